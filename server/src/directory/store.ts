import { createHash } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId, newSecret } from "../base/ids.ts";
import { takesTurns } from "../base/in-turn.ts";
import type { AdminDisposition, AdminNumber, AdminPhone, AdminQueue, AdminSkill, AdminUser, Wish } from "@tandem/protocol";
import { type Db, DbError } from "../db/db.ts";
import { type Flows, openFlows } from "./flows.ts";
import { hashPassword, newPassword } from "./password.ts";
import type { DispositionRow, FlowRow, NumberRow, PhoneRow, QueueRow, SkillRow, UserRow } from "./rows.ts";

export interface Refusal {
  ok: false;
  code: "taken" | "in-use" | "not-found" | "unknown-reference" | "last-administrator";
  field?: string;
}
/** A number runs what is published. */
export interface Unpublished {
  ok: false;
  code: "unpublished";
  field: "flowId";
}
type Written<T> = ({ ok: true } & T) | Refusal;

export type DirectoryChange = { kind: "user" | "queue" | "skill" | "number" | "phone" | "disposition" | "flow"; id: string; gone: boolean };

export interface Directory {
  users(): UserRow[];
  user(id: string): UserRow | null;
  userByLogin(login: string): Promise<{ user: UserRow; passwordHash: string } | null>;
  queues(): QueueRow[];
  queue(id: string): QueueRow | null;
  skills(): SkillRow[];
  numbers(): NumberRow[];
  numberOf(number: string): NumberRow | null;
  phones(): PhoneRow[];
  phonesOfUser(userId: string): readonly PhoneRow[];
  phoneOf(account: string): PhoneRow | null;
  dispositions(): DispositionRow[];
  /** Flows that are live. */
  flows(): FlowRow[];
  flow(id: string): FlowRow | null;
  /** A version that a contact began with; null = not in memory (`studio.keep`). */
  flowVersion(id: string, version: number): unknown;
  /** Drafts, versions, publishing. */
  readonly studio: Flows;

  /** A null id makes a new one. A new user or phone answers its generated password, which is kept nowhere. */
  /** `noPassword`: a new one cannot sign in until a password is made for them. */
  putUser(id: string | null, body: AdminUser, noPassword?: "no-password"): Promise<Written<{ id: string; password: string | null }>>;
  resetPassword(id: string): Promise<Written<{ id: string; password: string }>>;
  setLanguage(id: string, language: UserRow["language"]): Promise<void>;
  setWish(id: string, wish: Wish): Promise<void>;
  putQueue(id: string | null, body: AdminQueue): Promise<Written<{ id: string }>>;
  putSkill(id: string | null, body: AdminSkill): Promise<Written<{ id: string }>>;
  putNumber(id: string | null, body: AdminNumber): Promise<Written<{ id: string }> | Unpublished>;
  putPhone(id: string | null, body: AdminPhone): Promise<Written<{ id: string; password: string | null }>>;
  resetPhone(id: string): Promise<Written<{ id: string; password: string }>>;
  putDisposition(id: string | null, body: AdminDisposition): Promise<Written<{ id: string }>>;
  /** Live at once, without a verdict: the demo, and tests. */
  putFlow(flow: FlowRow): Promise<void>;
  remove(kind: Exclude<DirectoryChange["kind"], "flow">, id: string): Promise<Written<object>>;
  /** Numbers that another part of the house answers to: a number of the centre is refused as taken when `taken` says so. */
  reserve(taken: (number: string) => boolean): void;

  /** Reads everything again: after rows were written from outside (the demo centre). */
  reload(): Promise<void>;
  setting<T>(key: string): Promise<T | null>;
  putSetting(key: string, value: unknown): Promise<void>;
  onChange(hear: (change: DirectoryChange) => void): void;
}

export interface DirectoryOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  /** Digest realm of the phones' passwords. */
  domain: string;
  /** Tests: less than the whole cost of a password (scrypt's N is 2 to this). */
  passwordLogN?: number | undefined;
}

const USER_COLUMNS = "id, login, name, team, roles, language, skills, queue_ids, capacity, active, wish";

/** Reads everything once; after that, memory answers and every write goes to the database first. */
export async function createDirectory({ db, clock, chance, domain, passwordLogN }: DirectoryOptions): Promise<Directory> {
  const users = new Map<string, UserRow>();
  const queues = new Map<string, QueueRow>();
  const skills = new Map<string, SkillRow>();
  const numbers = new Map<string, NumberRow>();
  const phones = new Map<string, PhoneRow>();
  const dispositions = new Map<string, DispositionRow>();
  const hearers: ((change: DirectoryChange) => void)[] = [];
  const reserved: ((number: string) => boolean)[] = [];
  // Asked at every view of an agent and every SIP request: found by key, not by search.
  let byAccount: Map<string, PhoneRow> | null = null;
  let byUser: Map<string | null, PhoneRow[]> | null = null;
  /** Writes take turns: each checks (last administrator, in use, still there) what the one before it left. */
  const inTurn = takesTurns();
  const tell = (kind: DirectoryChange["kind"], id: string, gone = false): void => {
    if (kind === "phone" || kind === "user") byAccount = byUser = null;
    for (const hear of hearers) hear({ kind, id, gone });
  };

  const load = async (): Promise<void> => {
    const read = await Promise.all([
      db.query(`SELECT ${USER_COLUMNS} FROM app_user ORDER BY name`),
      db.query("SELECT id, name, settings FROM queue ORDER BY name"),
      db.query<SkillRow & Record<string, unknown>>("SELECT id, name FROM skill ORDER BY name"),
      db.query("SELECT id, number, label, flow_id, language FROM number ORDER BY number"),
      db.query("SELECT id, account, label, user_id, ha1_md5, ha1_sha256 FROM phone ORDER BY account"),
      db.query<DispositionRow & Record<string, unknown>>("SELECT id, label FROM disposition ORDER BY position"),
    ]);
    // all at once: a phone that asks meanwhile must find its password
    byAccount = byUser = null;
    for (const map of [users, queues, skills, numbers, phones, dispositions]) map.clear();
    for (const row of read[0]) users.set(row.id as string, userRow(row));
    for (const row of read[1]) queues.set(row.id as string, { ...(row.settings as AdminQueue), id: row.id as string, name: row.name as string });
    for (const row of read[2]) skills.set(row.id, row);
    for (const row of read[3]) numbers.set(row.id as string, numberRow(row));
    for (const row of read[4]) phones.set(row.id as string, phoneRow(row));
    for (const row of read[5]) dispositions.set(row.id, row);
  };
  await load();
  const studio = await openFlows({
    db,
    clock,
    inTurn,
    changed: (id, gone) => tell("flow", id, gone),
    inUse: (id) => [...numbers.values()].some((row) => row.flowId === id),
    missing: (document) => (queueIdsIn(document).every((id) => queues.has(id)) ? null : "queueId"),
  });

  const written = async <T>(field: string, write: () => Promise<T>): Promise<T | Refusal> => {
    try {
      return await write();
    } catch (error) {
      if (error instanceof DbError && error.code === "duplicate") return { ok: false, code: "taken", field };
      throw error;
    }
  };
  const ha1 = (account: string, password: string): { md5: string; sha256: string } => {
    const a1 = `${account}:${domain}:${password}`;
    return { md5: createHash("md5").update(a1).digest("hex"), sha256: createHash("sha256").update(a1).digest("hex") };
  };
  const administrators = (): UserRow[] => [...users.values()].filter((u) => u.active && u.roles.includes("administrator"));
  const missing = (body: { skills?: { skillId: string }[]; needs?: { skillId: string }[]; queueIds?: string[] }): Refusal | null => {
    if ((body.skills ?? []).some((s) => !skills.has(s.skillId))) return { ok: false, code: "unknown-reference", field: "skills" };
    if ((body.needs ?? []).some((s) => !skills.has(s.skillId))) return { ok: false, code: "unknown-reference", field: "needs" };
    if ((body.queueIds ?? []).some((q) => !queues.has(q))) return { ok: false, code: "unknown-reference", field: "queueIds" };
    return null;
  };

  return {
    users: () => [...users.values()],
    user: (id) => users.get(id) ?? null,
    async userByLogin(login) {
      const [row] = await db.query<{ id: string; password_hash: string }>("SELECT id, password_hash FROM app_user WHERE login = $1 AND active", [login]);
      const user = row && users.get(row.id);
      return user ? { user, passwordHash: row.password_hash } : null;
    },
    queues: () => [...queues.values()],
    queue: (id) => queues.get(id) ?? null,
    skills: () => [...skills.values()],
    numbers: () => [...numbers.values()],
    numberOf: (number) => [...numbers.values()].find((row) => row.number === number) ?? null,
    phones: () => [...phones.values()],
    phonesOfUser: (userId) => (byUser ??= Map.groupBy(phones.values(), (row) => row.userId)).get(userId) ?? [],
    phoneOf: (account) => (byAccount ??= new Map([...phones.values()].map((row) => [row.account, row]))).get(account) ?? null,
    dispositions: () => [...dispositions.values()],
    flows: () => studio.live(),
    flow(id) {
      const head = studio.head(id);
      return head?.published ? { id, name: head.name, version: head.published.version, definition: studio.version(id, head.published.version) } : null;
    },
    flowVersion: (id, version) => studio.version(id, version),
    studio,

    putUser: (id, body, noPassword) =>
      inTurn(async () => {
        if (id !== null && !users.has(id)) return { ok: false, code: "not-found" };
        const refusal = missing(body);
        if (refusal) return refusal;
        const stays = body.active && body.roles.includes("administrator");
        if (id !== null && !stays && administrators().every((u) => u.id === id)) return { ok: false, code: "last-administrator", field: "roles" };
        const userId = id ?? newId("usr", clock.now(), chance);
        const password = id === null && noPassword === undefined ? newPassword(chance) : null;
        const passwordHash = password === null ? null : await hashPassword(password, chance, passwordLogN);
        const done = await written("login", () =>
          db.query(
            `INSERT INTO app_user (id, login, name, team, roles, language, skills, queue_ids, capacity, active, password_hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($11, ''))
             ON CONFLICT (id) DO UPDATE SET login = $2, name = $3, team = $4, roles = $5, language = $6, skills = $7, queue_ids = $8, capacity = $9, active = $10`,
            [userId, body.login, body.name, body.team, body.roles, body.language, JSON.stringify(body.skills), body.queueIds, JSON.stringify(body.capacity), body.active, passwordHash],
          ),
        );
        if ("ok" in done) return done;
        users.set(userId, { ...body, id: userId, wish: users.get(userId)?.wish ?? "offline" });
        tell("user", userId);
        return { ok: true, id: userId, password };
      }),
    async resetPassword(id) {
      if (!users.has(id)) return { ok: false, code: "not-found" };
      const password = newPassword(chance);
      await db.query("UPDATE app_user SET password_hash = $2 WHERE id = $1", [id, await hashPassword(password, chance, passwordLogN)]);
      return { ok: true, id, password };
    },
    async setLanguage(id, language) {
      const user = users.get(id);
      if (!user) return;
      await db.query("UPDATE app_user SET language = $2 WHERE id = $1", [id, language]);
      const now = users.get(id); // may have changed or gone meanwhile
      if (!now) return;
      users.set(id, { ...now, language });
      tell("user", id);
    },
    async setWish(id, wish) {
      const user = users.get(id);
      if (!user) return;
      await db.query("UPDATE app_user SET wish = $2 WHERE id = $1", [id, wish]);
      const now = users.get(id);
      if (now) users.set(id, { ...now, wish });
    },
    putQueue: (id, body) =>
      inTurn(async () => {
        if (id !== null && !queues.has(id)) return { ok: false, code: "not-found" };
        const refusal = missing(body);
        if (refusal) return refusal;
        if (body.overflow && (!queues.has(body.overflow.toQueueId) || body.overflow.toQueueId === id)) return { ok: false, code: "unknown-reference", field: "overflow" };
        const queueId = id ?? newId("que", clock.now(), chance);
        const done = await written("name", () =>
          db.query("INSERT INTO queue (id, name, settings) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = $2, settings = $3", [queueId, body.name, JSON.stringify(body)]),
        );
        if ("ok" in done) return done;
        queues.set(queueId, { ...body, id: queueId });
        tell("queue", queueId);
        return { ok: true, id: queueId };
      }),
    putSkill: (id, body) =>
      inTurn(async () => {
        if (id !== null && !skills.has(id)) return { ok: false, code: "not-found" };
        const skillId = id ?? newId("skl", clock.now(), chance);
        const done = await written("name", () => db.query("INSERT INTO skill (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = $2", [skillId, body.name]));
        if ("ok" in done) return done;
        skills.set(skillId, { ...body, id: skillId });
        tell("skill", skillId);
        return { ok: true, id: skillId };
      }),
    putNumber: (id, body) =>
      inTurn(async () => {
        if (id !== null && !numbers.has(id)) return { ok: false, code: "not-found" };
        const flow = studio.head(body.flowId);
        if (!flow) return { ok: false, code: "unknown-reference", field: "flowId" };
        if (flow.published === null) return { ok: false, code: "unpublished", field: "flowId" };
        if (reserved.some((taken) => taken(body.number))) return { ok: false, code: "taken", field: "number" };
        const numberId = id ?? newId("num", clock.now(), chance);
        const done = await written("number", () =>
          db.query(
            "INSERT INTO number (id, number, label, flow_id, language) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET number = $2, label = $3, flow_id = $4, language = $5",
            [numberId, body.number, body.label, body.flowId, body.language],
          ),
        );
        if ("ok" in done) return done;
        numbers.set(numberId, { ...body, id: numberId });
        tell("number", numberId);
        return { ok: true, id: numberId };
      }),
    putPhone: (id, body) =>
      inTurn(async () => {
        const was = id === null ? null : phones.get(id);
        if (was === undefined) return { ok: false, code: "not-found" };
        if (body.userId !== null && !users.has(body.userId)) return { ok: false, code: "unknown-reference", field: "userId" };
        if (was && was.account !== body.account) return { ok: false, code: "in-use", field: "account" }; // the digest secret is bound to the account's name
        const phoneId = was?.id ?? newId("phn", clock.now(), chance);
        const password = was ? null : newSecret(16, chance);
        const secrets = password === null ? { md5: was!.ha1Md5, sha256: was!.ha1Sha256 } : ha1(body.account, password);
        const done = await written("account", () =>
          db.query(
            `INSERT INTO phone (id, account, label, user_id, ha1_md5, ha1_sha256) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET label = $3, user_id = $4`,
            [phoneId, body.account, body.label, body.userId, secrets.md5, secrets.sha256],
          ),
        );
        if ("ok" in done) return done;
        phones.set(phoneId, { id: phoneId, account: body.account, label: body.label, userId: body.userId, ha1Md5: secrets.md5, ha1Sha256: secrets.sha256 });
        tell("phone", phoneId);
        return { ok: true, id: phoneId, password };
      }),
    resetPhone: (id) =>
      inTurn(async () => {
        const was = phones.get(id);
        if (!was) return { ok: false, code: "not-found" };
        const password = newSecret(16, chance);
        const secrets = ha1(was.account, password);
        await db.query("UPDATE phone SET ha1_md5 = $2, ha1_sha256 = $3 WHERE id = $1", [id, secrets.md5, secrets.sha256]);
        phones.set(id, { ...was, ha1Md5: secrets.md5, ha1Sha256: secrets.sha256 });
        tell("phone", id);
        return { ok: true, id, password };
      }),
    putDisposition: (id, body) =>
      inTurn(async () => {
        if (id !== null && !dispositions.has(id)) return { ok: false, code: "not-found" };
        const dispositionId = id ?? newId("dsp", clock.now(), chance);
        await db.query(
          "INSERT INTO disposition (id, position, label) VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM disposition), $2) ON CONFLICT (id) DO UPDATE SET label = $2",
          [dispositionId, JSON.stringify(body.label)],
        );
        dispositions.set(dispositionId, { ...body, id: dispositionId });
        tell("disposition", dispositionId);
        return { ok: true, id: dispositionId };
      }),
    putFlow: (flow) => studio.put(flow),
    remove: (kind, id) =>
      inTurn(async () => {
        const map: Map<string, unknown> = { user: users, queue: queues, skill: skills, number: numbers, phone: phones, disposition: dispositions }[kind];
        if (!map.has(id)) return { ok: false, code: "not-found" };
        if (kind === "user" && administrators().every((u) => u.id === id)) return { ok: false, code: "last-administrator" };
        if (kind === "skill" && ([...users.values()].some((u) => u.skills.some((s) => s.skillId === id)) || [...queues.values()].some((q) => q.needs.some((s) => s.skillId === id)))) return { ok: false, code: "in-use" };
        if (kind === "queue" && (JSON.stringify(studio.live().map((f) => f.definition)).includes(JSON.stringify(id)) || [...queues.values()].some((q) => q.overflow?.toQueueId === id) || [...users.values()].some((u) => u.queueIds.includes(id)))) return { ok: false, code: "in-use" };
        const table = { user: "app_user", queue: "queue", skill: "skill", number: "number", phone: "phone", disposition: "disposition" }[kind];
        await db.query(`DELETE FROM ${table} WHERE id = $1`, [id]);
        map.delete(id);
        if (kind === "user") for (const [phoneId, phone] of phones) if (phone.userId === id) phones.set(phoneId, { ...phone, userId: null });
        tell(kind, id, true);
        return { ok: true };
      }),
    reserve: (taken) => void reserved.push(taken),
    reload: () =>
      inTurn(async () => {
        await load();
        await studio.load();
      }),
    async setting<T>(key: string) {
      const [row] = await db.query<{ value: T }>("SELECT value FROM centre_setting WHERE key = $1", [key]);
      return row?.value ?? null;
    },
    async putSetting(key, value) {
      await db.query("INSERT INTO centre_setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2", [key, JSON.stringify(value)]);
    },
    onChange: (hear) => void hearers.push(hear),
  };
}

/** Wherever a flow names a queue, it does so under this word. */
function queueIdsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "queueId" && typeof inner === "string" ? [inner] : queueIdsIn(inner)));
}

function userRow(row: Record<string, unknown>): UserRow {
  const { queue_ids, ...rest } = row;
  return { ...(rest as Omit<UserRow, "queueIds">), queueIds: queue_ids as string[] };
}

function numberRow(row: Record<string, unknown>): NumberRow {
  return { id: row.id as string, number: row.number as string, label: row.label as string, flowId: row.flow_id as string, language: row.language as NumberRow["language"] };
}

function phoneRow(row: Record<string, unknown>): PhoneRow {
  return { id: row.id as string, account: row.account as string, label: row.label as string, userId: row.user_id as string | null, ha1Md5: row.ha1_md5 as string, ha1Sha256: row.ha1_sha256 as string };
}
