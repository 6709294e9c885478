/**
 * What administrators (and holders of an extension) wrote of the telephone system. Small and read at every call, so it lives in
 * memory; every write goes through to PostgreSQL first, one after another. Memory never shows what is not stored.
 */
import type { CallerRule, Destination, Extension, ExtensionChoices, MeetingRoom, PageGroup, RingGroup, SipRole, SpeedDial, TelephonySettings } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { takesTurns } from "../base/in-turn.ts";
import { type Db, DbError } from "../db/db.ts";
import type { Directory } from "../directory/directory.ts";
import { contradiction, DEFAULT_SETTINGS, reservedFor } from "./number-plan.ts";

type WithId<B> = B & { id: string };
export type ExtensionRow = WithId<Extension>;
export type GroupRow = WithId<RingGroup>;
export type RoomRow = WithId<MeetingRoom>;
export type PageRow = WithId<PageGroup>;
export type CallerRuleRow = WithId<CallerRule>;
export type SpeedDialRow = WithId<SpeedDial>;
export type SipRoleRow = WithId<SipRole>;

/** `reserved`: the number is the house's own (park slot, voicemail, emergency, outside line). `contradiction`: values that exclude each other. */
export interface ConfigRefusal {
  ok: false;
  code: "taken" | "in-use" | "not-found" | "unknown-reference" | "reserved" | "contradiction" | "too-many";
  field?: string;
}
export type ConfigWritten = { ok: true; id: string } | ConfigRefusal;

export type ConfigKind = "extension" | "group" | "room" | "page" | "caller-rule" | "speed-dial" | "role";
/** "choices" bears the extension's id, "settings" an empty one. */
export interface ConfigChange {
  kind: ConfigKind | "choices" | "settings";
  id: string;
  gone: boolean;
}

export interface ExchangeConfig {
  extensions(): ExtensionRow[];
  extension(id: string): ExtensionRow | null;
  extensionOf(number: string): ExtensionRow | null;
  extensionsOfUser(userId: string): readonly ExtensionRow[];
  /** The extension of a phone that is nobody's (lobby, door). */
  extensionOfPhone(phoneId: string): ExtensionRow | null;
  /** An extension that is not there chose nothing. */
  choices(extensionId: string): ExtensionChoices;
  setChoices(extensionId: string, choices: ExtensionChoices): Promise<ConfigWritten>;
  groups(): GroupRow[];
  groupOf(number: string): GroupRow | null;
  rooms(): RoomRow[];
  roomOf(number: string): RoomRow | null;
  pages(): PageRow[];
  pageOf(number: string): PageRow | null;
  /** By position, then by age: the order in which they decide. */
  callerRules(): CallerRuleRow[];
  /** Of one person, or (null) of the whole house. */
  speedDials(userId: string | null): SpeedDialRow[];
  speedDial(id: string): SpeedDialRow | null;
  roles(): SipRoleRow[];
  settings(): TelephonySettings;
  /** A short number that something inside answers to: what the centre's own numbers must leave alone. */
  isInside(number: string): boolean;

  /** A null id makes a new one. */
  putExtension(id: string | null, body: Extension): Promise<ConfigWritten>;
  putGroup(id: string | null, body: RingGroup): Promise<ConfigWritten>;
  putRoom(id: string | null, body: MeetingRoom): Promise<ConfigWritten>;
  putPage(id: string | null, body: PageGroup): Promise<ConfigWritten>;
  putCallerRule(id: string | null, body: CallerRule): Promise<ConfigWritten>;
  putSpeedDial(id: string | null, body: SpeedDial): Promise<ConfigWritten>;
  putRole(id: string | null, body: SipRole): Promise<ConfigWritten>;
  putSettings(settings: TelephonySettings): Promise<ConfigWritten>;
  remove(kind: ConfigKind, id: string): Promise<ConfigWritten>;
  /** Reads everything again: after rows were written from outside (the demo centre). */
  reload(): Promise<void>;
  onChange(hear: (change: ConfigChange) => void): void;
}

export interface ExchangeConfigOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  directory: Directory;
}

export const NO_CHOICES: ExtensionChoices = {
  doNotDisturb: false,
  forward: { always: null, busy: null, noAnswer: null, unreachable: null },
  voicemail: { on: true, email: null, pin: null },
};
/** Attack: a signed-in user who fills the database (every user may write speed dials of their own). */
const MAX_SPEED_DIALS_EACH = 500;
const SETTING = "telephony";

/** A column beside the body, and where its value comes from. */
interface Column<Row> {
  name: string;
  of(row: Row): unknown;
}
interface Table<Row> {
  name: string;
  prefix: string;
  rows: Map<string, Row>;
  columns: readonly Column<Row>[];
}

export async function createExchangeConfig({ db, clock, chance, directory }: ExchangeConfigOptions): Promise<ExchangeConfig> {
  const extensions: Table<ExtensionRow> = { name: "extension", prefix: "ext", rows: new Map(), columns: [{ name: "number", of: (r) => r.number }, { name: "user_id", of: (r) => r.userId }, { name: "phone_id", of: (r) => r.phoneId }] };
  const groups: Table<GroupRow> = { name: "ring_group", prefix: "grp", rows: new Map(), columns: [{ name: "number", of: (r) => r.number }] };
  const rooms: Table<RoomRow> = { name: "meeting_room", prefix: "rom", rows: new Map(), columns: [{ name: "number", of: (r) => r.number }] };
  const pages: Table<PageRow> = { name: "page_group", prefix: "pag", rows: new Map(), columns: [{ name: "number", of: (r) => r.number }] };
  const rules: Table<CallerRuleRow> = { name: "caller_rule", prefix: "rul", rows: new Map(), columns: [{ name: "extension_id", of: (r) => r.extensionId }] };
  const dials: Table<SpeedDialRow> = { name: "speed_dial", prefix: "spd", rows: new Map(), columns: [{ name: "user_id", of: (r) => r.userId }, { name: "code", of: (r) => r.code }] };
  const roles: Table<SipRoleRow> = { name: "sip_role", prefix: "rol", rows: new Map(), columns: [{ name: "match", of: (r) => r.match }] };
  const choices = new Map<string, ExtensionChoices>();
  let settings = DEFAULT_SETTINGS;
  const hearers: ((change: ConfigChange) => void)[] = [];

  // Asked at every call: found by key.
  let byNumber: Map<string, ExtensionRow> | null = null;
  let byUser: Map<string | null, ExtensionRow[]> | null = null;
  let sortedRules: CallerRuleRow[] | null = null;
  const tell = (kind: ConfigChange["kind"], id: string, gone = false): void => {
    byNumber = byUser = sortedRules = null;
    for (const hear of hearers) hear({ kind, id, gone });
  };

  /** Writes take turns: each checks (taken, in use, still there) what the one before it left. */
  const inTurn = takesTurns();

  const read = async <Row extends { id: string }>(table: Table<Row>, beside: (row: Record<string, unknown>) => Partial<Row> = () => ({})): Promise<void> => {
    const rows = await db.query(`SELECT * FROM ${table.name} ORDER BY id`);
    table.rows.clear(); // not before: whoever asks meanwhile finds what was there
    for (const row of rows) table.rows.set(row["id"] as string, { ...(row["body"] as Row), id: row["id"], ...beside(row) });
  };
  const load = async (): Promise<void> => {
    await read(extensions, (row) => {
      choices.set(row["id"] as string, row["choices"] as ExtensionChoices);
      return { userId: row["user_id"] as string | null, phoneId: row["phone_id"] as string | null };
    });
    for (const id of choices.keys()) if (!extensions.rows.has(id)) choices.delete(id);
    for (const table of [groups, rooms, pages, rules, dials, roles] as Table<{ id: string }>[]) await read(table);
    const [stored] = await db.query<{ value: TelephonySettings }>("SELECT value FROM centre_setting WHERE key = $1", [SETTING]);
    settings = { ...DEFAULT_SETTINGS, ...stored?.value };
    byNumber = byUser = sortedRules = null;
  };
  await load();

  const numbered = (): { id: string; number: string }[] => [extensions, groups, rooms, pages].flatMap((table) => [...(table.rows as Map<string, { id: string; number: string }>).values()]);
  const numberRefusal = (id: string | null, number: string): ConfigRefusal | null => {
    if (reservedFor(settings, number) !== null) return { ok: false, code: "reserved", field: "number" };
    if (numbered().some((row) => row.number === number && row.id !== id) || directory.numberOf(number) !== null) return { ok: false, code: "taken", field: "number" };
    return null;
  };
  const destinationRefusal = (destination: Destination | null, field: string): ConfigRefusal | null =>
    destination?.to === "voicemail" && !extensions.rows.has(destination.extensionId) ? { ok: false, code: "unknown-reference", field } : null;
  const membersRefusal = (ids: readonly string[]): ConfigRefusal | null =>
    ids.some((member) => !extensions.rows.has(member)) ? { ok: false, code: "unknown-reference", field: "extensionIds" } : new Set(ids).size < ids.length ? { ok: false, code: "contradiction", field: "extensionIds" } : null;

  const write = async <Row extends { id: string }>(table: Table<Row>, kind: ConfigKind, id: string | null, body: Omit<Row, "id">, uniqueField: string, check: () => ConfigRefusal | null): Promise<ConfigWritten> => {
    if (id !== null && !table.rows.has(id)) return { ok: false, code: "not-found" };
    const refusal = check();
    if (refusal) return refusal;
    const rowId = id ?? newId(table.prefix, clock.now(), chance);
    const row = { ...body, id: rowId } as Row;
    const names = table.columns.map((column) => column.name);
    const extra = kind === "extension" ? ["choices"] : []; // a new extension's; kept when it is changed
    const all = ["id", "body", ...names, ...extra];
    try {
      await db.query(
        `INSERT INTO ${table.name} (${all.join(", ")}) VALUES (${all.map((_, i) => `$${i + 1}`).join(", ")})
         ON CONFLICT (id) DO UPDATE SET ${["body", ...names].map((name) => `${name} = EXCLUDED.${name}`).join(", ")}`,
        [rowId, JSON.stringify(body), ...table.columns.map((column) => column.of(row)), ...extra.map(() => JSON.stringify(NO_CHOICES))],
      );
    } catch (error) {
      if (error instanceof DbError && error.code === "duplicate") return { ok: false, code: "taken", field: uniqueField };
      throw error;
    }
    table.rows.set(rowId, row);
    if (kind === "extension" && id === null) choices.set(rowId, NO_CHOICES);
    tell(kind, rowId);
    return { ok: true, id: rowId };
  };

  /** Who would lose something that an administrator must decide about. */
  const extensionInUse = (id: string): boolean =>
    [...groups.rows.values()].some((g) => g.extensionIds.includes(id) || isVoicemailOf(g.otherwise, id)) ||
    [...pages.rows.values()].some((p) => p.extensionIds.includes(id)) ||
    [...rules.rows.values()].some((r) => r.action.do === "send" && r.extensionId !== id && isVoicemailOf(r.action.destination, id));

  directory.onChange(({ kind, id, gone }) => {
    // The database has done the same already (ON DELETE).
    if (!gone || (kind !== "user" && kind !== "phone")) return;
    const field = kind === "user" ? "userId" : "phoneId";
    for (const row of extensions.rows.values()) {
      if (row[field] !== id) continue;
      extensions.rows.set(row.id, { ...row, [field]: null });
      tell("extension", row.id);
    }
    if (kind === "user") {
      for (const row of dials.rows.values()) {
        if (row.userId !== id) continue;
        dials.rows.delete(row.id);
        tell("speed-dial", row.id, true);
      }
    }
  });

  const config: ExchangeConfig = {
    extensions: () => [...extensions.rows.values()].sort((a, b) => byDigits(a.number, b.number)),
    extension: (id) => extensions.rows.get(id) ?? null,
    extensionOf: (number) => (byNumber ??= new Map([...extensions.rows.values()].map((row) => [row.number, row]))).get(number) ?? null,
    extensionsOfUser: (userId) => (byUser ??= Map.groupBy(extensions.rows.values(), (row) => row.userId)).get(userId) ?? [],
    extensionOfPhone: (phoneId) => [...extensions.rows.values()].find((row) => row.phoneId === phoneId) ?? null,
    choices: (id) => choices.get(id) ?? NO_CHOICES,
    setChoices: (id, chosen) =>
      inTurn(async () => {
        if (!extensions.rows.has(id)) return { ok: false, code: "not-found" };
        for (const when of ["always", "busy", "noAnswer", "unreachable"] as const) {
          const refusal = destinationRefusal(chosen.forward[when], "forward");
          if (refusal) return refusal;
        }
        await db.query("UPDATE extension SET choices = $2 WHERE id = $1", [id, JSON.stringify(chosen)]);
        choices.set(id, chosen);
        tell("choices", id);
        return { ok: true, id };
      }),
    groups: () => [...groups.rows.values()].sort((a, b) => byDigits(a.number, b.number)),
    groupOf: (number) => [...groups.rows.values()].find((row) => row.number === number) ?? null,
    rooms: () => [...rooms.rows.values()].sort((a, b) => byDigits(a.number, b.number)),
    roomOf: (number) => [...rooms.rows.values()].find((row) => row.number === number) ?? null,
    pages: () => [...pages.rows.values()].sort((a, b) => byDigits(a.number, b.number)),
    pageOf: (number) => [...pages.rows.values()].find((row) => row.number === number) ?? null,
    callerRules: () => (sortedRules ??= [...rules.rows.values()].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))),
    speedDials: (userId) => [...dials.rows.values()].filter((row) => row.userId === userId),
    speedDial: (id) => dials.rows.get(id) ?? null,
    roles: () => [...roles.rows.values()],
    settings: () => settings,
    isInside: (number) => !["outsidePrefix", null].includes(reservedFor(settings, number)) || numbered().some((row) => row.number === number),

    putExtension: (id, body) =>
      inTurn(() =>
        write(extensions, "extension", id, body, "number", () => {
          if (body.userId !== null && !directory.user(body.userId)) return { ok: false, code: "unknown-reference", field: "userId" };
          if (body.phoneId !== null && body.userId !== null) return { ok: false, code: "contradiction", field: "phoneId" };
          if (body.phoneId !== null && !directory.phones().some((phone) => phone.id === body.phoneId)) return { ok: false, code: "unknown-reference", field: "phoneId" };
          if (body.phoneId !== null && [...extensions.rows.values()].some((row) => row.phoneId === body.phoneId && row.id !== id)) return { ok: false, code: "taken", field: "phoneId" };
          return numberRefusal(id, body.number);
        }),
      ),
    putGroup: (id, body) => inTurn(() => write(groups, "group", id, body, "number", () => numberRefusal(id, body.number) ?? membersRefusal(body.extensionIds) ?? destinationRefusal(body.otherwise, "otherwise"))),
    putRoom: (id, body) =>
      inTurn(() =>
        write(rooms, "room", id, body, "number", () => {
          if (body.pin !== null && body.pin === body.moderatorPin) return { ok: false, code: "contradiction", field: "moderatorPin" };
          return numberRefusal(id, body.number);
        }),
      ),
    putPage: (id, body) => inTurn(() => write(pages, "page", id, body, "number", () => numberRefusal(id, body.number) ?? membersRefusal(body.extensionIds))),
    putCallerRule: (id, body) =>
      inTurn(() =>
        write(rules, "caller-rule", id, body, "caller", () => {
          if (body.extensionId !== null && !extensions.rows.has(body.extensionId)) return { ok: false, code: "unknown-reference", field: "extensionId" };
          if (body.hours !== null && body.hours.fromMinute >= body.hours.untilMinute) return { ok: false, code: "contradiction", field: "hours" };
          return body.action.do === "send" ? destinationRefusal(body.action.destination, "action") : null;
        }),
      ),
    putSpeedDial: (id, body) =>
      inTurn(() =>
        write(dials, "speed-dial", id, body, "code", () => {
          if (body.userId !== null && !directory.user(body.userId)) return { ok: false, code: "unknown-reference", field: "userId" };
          const others = [...dials.rows.values()].filter((row) => row.userId === body.userId && row.id !== id);
          if (others.length >= MAX_SPEED_DIALS_EACH) return { ok: false, code: "too-many" };
          return body.code !== null && others.some((row) => row.code === body.code) ? { ok: false, code: "taken", field: "code" } : null;
        }),
      ),
    putRole: (id, body) =>
      inTurn(() =>
        write(roles, "role", id, body, "match", () => {
          const answers = body.role === "redirect";
          if (answers && (body.targets.length === 0 || ![301, 302, 305].includes(body.status))) return { ok: false, code: "contradiction", field: body.targets.length === 0 ? "targets" : "status" };
          return [...roles.rows.values()].some((row) => row.match.toLowerCase() === body.match.toLowerCase() && row.id !== id) ? { ok: false, code: "taken", field: "match" } : null;
        }),
      ),
    putSettings: (next) =>
      inTurn(async () => {
        const field = contradiction(next);
        if (field !== null) return { ok: false, code: "contradiction", field };
        for (const number of [...numbered().map((row) => row.number), ...directory.numbers().map((row) => row.number)]) {
          const clash = reservedFor(next, number);
          // The centre's own numbers may begin with the digit for an outside line: they are found first.
          if (clash !== null && !(clash === "outsidePrefix" && directory.numberOf(number))) return { ok: false, code: "taken", field: clash };
        }
        await db.query("INSERT INTO centre_setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2", [SETTING, JSON.stringify(next)]);
        settings = next;
        tell("settings", "");
        return { ok: true, id: "" };
      }),

    remove: (kind, id) =>
      inTurn(async () => {
        const table = { extension: extensions, group: groups, room: rooms, page: pages, "caller-rule": rules, "speed-dial": dials, role: roles }[kind] as Table<{ id: string }>;
        if (!table.rows.has(id)) return { ok: false, code: "not-found" };
        if (kind === "extension" && extensionInUse(id)) return { ok: false, code: "in-use" };
        if (kind === "extension") await forgetVoicemail(id);
        await db.query(`DELETE FROM ${table.name} WHERE id = $1`, [id]);
        // from here to the telling in one go: nobody finds it by its number and not by its id
        table.rows.delete(id);
        if (kind === "extension") {
          choices.delete(id);
          for (const rule of rules.rows.values()) if (rule.extensionId === id) rules.rows.delete(rule.id); // the database has (ON DELETE CASCADE)
        }
        tell(kind, id, true);
        return { ok: true, id };
      }),
    reload: () => inTurn(load),
    onChange: (hear) => void hearers.push(hear),
  };

  /** A colleague's forward to a mailbox that goes away is no forward any more. */
  const forgetVoicemail = async (gone: string): Promise<void> => {
    for (const [id, chosen] of choices) {
      if (id === gone) continue;
      const { forward } = chosen;
      const kept = Object.fromEntries(Object.entries(forward).map(([when, destination]) => [when, isVoicemailOf(destination, gone) ? null : destination])) as ExtensionChoices["forward"];
      if (JSON.stringify(kept) === JSON.stringify(forward)) continue;
      const next = { ...chosen, forward: kept };
      await db.query("UPDATE extension SET choices = $2 WHERE id = $1", [id, JSON.stringify(next)]);
      choices.set(id, next);
      tell("choices", id);
    }
  };
  directory.reserve((number) => config.isInside(number));
  return config;
}

const isVoicemailOf = (destination: Destination | null, extensionId: string): boolean => destination?.to === "voicemail" && destination.extensionId === extensionId;

/** 20 before 100, 100 before 1000: as people read a number plan. */
function byDigits(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

