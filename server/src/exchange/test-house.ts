/** A house for this room's tests: four extensions, fakes of SIP and media, time by hand, the history and the mailboxes in memory. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallerRule, CallRecord, ExtensionChoices, RingGroup, SpeedDial, TelephonySettings } from "@tandem/protocol";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { Db } from "../db/db.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "../voice/fakes.ts";
import { NO_CHOICES, type ConfigChange, type ExchangeConfig, type ExtensionRow, type GroupRow, type PageRow, type RoomRow } from "./config.ts";
import { createExchange, type Exchange } from "./engine.ts";
import { DEFAULT_SETTINGS } from "./number-plan.ts";
import type { IncomingCall, OutsidePlan, TrunkPort, VoicemailMail } from "./ports.ts";

export const START_MS = Date.parse("2026-11-23T09:00:00Z"); // a Monday, 10:00 in Paris

export function extension(number: string, label: string, more: Partial<ExtensionRow> = {}): ExtensionRow {
  return {
    id: `e${number}`, number, label, userId: `u${number}`, phoneId: null, language: "fr", callClass: "national", callerNumber: null,
    pickupGroup: "", ringMs: 20_000, listed: true, ...more,
  };
}

/** Rows of call_record and voicemail, as the SQL of this room asks for them. */
export class FakeDb {
  readonly calls = new Map<unknown, unknown[]>();
  readonly voicemails = new Map<string, Record<string, unknown>>();

  query(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return Promise.resolve(this.#query(text, values));
  }

  #query(text: string, values: readonly unknown[]): Record<string, unknown>[] {
    if (text.startsWith("INSERT INTO call_record")) this.calls.set(values[0], [...values]);
    else if (text.startsWith("SELECT") && text.includes("FROM call_record")) return this.#callsOf(values[1] as string | null);
    else if (text.startsWith("INSERT INTO voicemail")) this.#addVoicemail(values);
    else if (text.includes("FROM voicemail WHERE extension_id")) return [...this.voicemails.values()].filter((row) => row.extension_id === values[0]).sort((a, b) => Number(a.heard) - Number(b.heard));
    else if (text.includes("FROM voicemail WHERE id")) return [...this.voicemails.values()].filter((row) => row.id === values[0] && (text.startsWith("SELECT") || this.voicemails.delete(values[0] as string)));
    else if (text.startsWith("UPDATE voicemail")) return this.#heard(values[0] as string);
    return [];
  }

  #callsOf(extensionId: string | null): Record<string, unknown>[] {
    const names = ["id", "started_at", "answered_at", "ended_at", "from_number", "from_name", "to_number", "to_name", "direction", "result", "extension_ids", "trunk_id", "customer_id"];
    const rows = [...this.calls.values()].map((call) => Object.fromEntries(names.map((name, i) => [name, call[i]])));
    return rows.filter((row) => row.result !== "live" && (extensionId === null || (row.extension_ids as string[]).includes(extensionId))).toReversed();
  }

  #addVoicemail([id, extension_id, from_number, from_name, customer_id, left_at, duration_ms, heard]: readonly unknown[]): void {
    this.voicemails.set(id as string, { id, extension_id, from_number, from_name, customer_id, left_at, duration_ms, heard });
  }

  #heard(id: string): Record<string, unknown>[] {
    const row = this.voicemails.get(id);
    if (!row || row.heard === true) return [];
    row.heard = true;
    return [row];
  }
}

class FakeConfig {
  rows: ExtensionRow[] = [];
  groupRows: GroupRow[] = [];
  roomRows: RoomRow[] = [];
  pageRows: PageRow[] = [];
  rules: (CallerRule & { id: string })[] = [];
  dials: (SpeedDial & { id: string })[] = [];
  set: TelephonySettings = DEFAULT_SETTINGS;
  readonly chosen = new Map<string, ExtensionChoices>();
  readonly hearers: ((change: ConfigChange) => void)[] = [];

  as(): ExchangeConfig {
    const unused = (): never => {
      throw new Error("not written in these tests");
    };
    return {
      extensions: () => this.rows, extension: (id) => this.rows.find((row) => row.id === id) ?? null, extensionOf: (number) => this.rows.find((row) => row.number === number) ?? null,
      extensionsOfUser: (userId) => this.rows.filter((row) => row.userId === userId), extensionOfPhone: () => null,
      choices: (id) => this.chosen.get(id) ?? { ...NO_CHOICES, voicemail: { on: false, email: null, pin: null } },
      setChoices: (id, choices) => {
        this.chosen.set(id, choices);
        for (const hear of this.hearers) hear({ kind: "choices", id, gone: false });
        return Promise.resolve({ ok: true, id });
      },
      groups: () => this.groupRows, groupOf: (number) => this.groupRows.find((row) => row.number === number) ?? null,
      rooms: () => this.roomRows, roomOf: (number) => this.roomRows.find((row) => row.number === number) ?? null, pages: () => this.pageRows, pageOf: (number) => this.pageRows.find((row) => row.number === number) ?? null, callerRules: () => this.rules,
      speedDials: (userId) => this.dials.filter((row) => row.userId === userId), speedDial: () => null, roles: () => [], settings: () => this.set, isInside: () => false,
      putExtension: unused, putGroup: unused, putRoom: unused, putPage: unused, putCallerRule: unused, putSpeedDial: unused, putRole: unused, putSettings: unused, remove: unused, reload: unused,
      onChange: (hear) => void this.hearers.push(hear),
    };
  }
}

export class FakeTrunks implements TrunkPort {
  outside: OutsidePlan = { ok: false, status: 404, why: "no-route" };
  readonly plans: unknown[] = [];
  readonly live = new Map<string, string>();
  plan(call: unknown): OutsidePlan {
    this.plans.push(call);
    return this.outside;
  }
  inbound(): null {
    return null;
  }
  started(trunkId: string, callId: string): void {
    this.live.set(callId, trunkId);
  }
  ended(callId: string): void {
    this.live.delete(callId);
  }
  failed(_trunkId: string, status: number): boolean {
    return status >= 500 || status === 408;
  }
  attempt(trunkId: string, srtp: "off" | "offered" | "required" = "off") {
    return { trunkId, target: { uri: `sip:x@${trunkId}` }, from: { user: "+33170000000", display: "" }, headers: {}, noReplyMs: 4_000, srtp };
  }
}

export interface House {
  sip: FakeSip;
  media: FakeMedia;
  clock: VirtualClock;
  timers(): number;
  db: FakeDb;
  config: FakeConfig;
  trunks: FakeTrunks;
  exchange: Exchange;
  mails: VoicemailMail[];
  records: CallRecord[];
  /** Handed over to the centre. */
  given: IncomingCall[];
  folder: string;
  /** Somebody of the house dials. */
  dial(account: string, to: string, more?: Parameters<FakeSip["incoming"]>[1]): string;
  /** The leg that rings (or rang last) at an account. */
  legAt(account: string): string;
  ringing(): string[];
  /** Answers there. */
  answerAt(account: string): Promise<string>;
  /** What the holder of an extension set; everything is off before. */
  choose(number: string, change: (chosen: ExtensionChoices) => void): void;
  /** Two extensions in conversation, called and answered: the refs of the caller's and the callee's leg. */
  conversation(from: string, to: string, at: string): Promise<[string, string]>;
  status(ref: string): number | "ended" | null;
  /** What is played to a leg now: texts of prompts, "music", file names. */
  heardBy(ref: string): string[];
  talking(a: string, b: string): boolean;
  refer(ref: string, to: string, replaces?: string): void;
  progress(ref: string): number[];
  key(ref: string, keys: string): Promise<void>;
  /** What plays to it comes to its end, and so on until `until` plays, or nothing. */
  listen(ref: string, until?: string): Promise<string[]>;
  close(): void;
}

export async function openHouse(): Promise<House> {
  const sip = new FakeSip();
  const media = new FakeMedia();
  const virtual = new VirtualClock(START_MS);
  const clock = countingClock(virtual);
  const config = new FakeConfig();
  const db = new FakeDb();
  const trunks = new FakeTrunks();
  const mails: VoicemailMail[] = [];
  const records: CallRecord[] = [];
  const given: IncomingCall[] = [];
  const folder = mkdtempSync(join(tmpdir(), "tandem-exchange-"));
  config.rows = [
    extension("201", "Léa", { pickupGroup: "sales" }), extension("202", "Marc", { pickupGroup: "sales" }), extension("203", "Nora"), extension("204", "Otto", { language: "en" }),
  ];
  const accounts: Record<string, string> = { lea: "u201", marc: "u202", nora: "u203", otto: "u204" };
  for (const account of Object.keys(accounts)) sip.registered.set(account, ["phone"]);
  accounts["marc2"] = "u202"; // a second telephone of Marc's, switched off
  const exchange = await createExchange({
    sip: Object.assign(sip, { keysInTheOpen: true }), media, clock, chance: seededChance(5), log: silentLog, db: db as unknown as Db, config: config.as(), trunks, run: null, zone: "Europe/Paris",
    prompts: { promptPath: (text) => Promise.resolve(text), holdMusicPath: () => Promise.resolve("music") },
    voicemailDir: folder, beepPath: "beep", tones: { join: { path: "join" }, leave: { path: "leave" }, page: { path: "page-tone" } },
    holderOf(account) {
      const userId = accounts[account];
      return userId === undefined ? null : { userId, extension: config.rows.find((row) => row.userId === userId) ?? null, name: account };
    },
    devicesOf: (row) => Object.entries(accounts).filter(([account, userId]) => userId === row.userId && (sip.registered.get(account) ?? []).length > 0).map(([account]) => ({ account, kind: "phone" })),
    extensionNamed: (name) => config.rows.find((row) => row.userId === accounts[name]) ?? null,
    isCentre: (number) => number === "3000" || number === "0170003000",
    e164: (number) => (/^0[1-9]/.test(number) ? `+33${number.slice(1)}` : number),
    toCentre: (incoming) => void given.push(incoming),
    centreState: () => "free",
    customerOf: (number) => Promise.resolve(number === "+33611111111" ? "cus_ana" : null),
    mail: (mail) => void mails.push(mail),
    recorded: (record) => void records.push(record),
  });
  sip.hear = (event) => void exchange.onSip(event);

  const house: House = {
    sip, media, clock: virtual, timers: () => clock.pending(), db, config, trunks, exchange, mails, records, given, folder,
    dial: (account, to, more = {}) => sip.incoming(to, { account, from: account, ...more }),
    legAt(account) {
      const found = [...sip.dialogs.values()].findLast((dialog) => dialog.direction === "out" && dialog.account === account);
      if (!found) throw new Error(`nothing rang at ${account}`);
      return found.ref;
    },
    ringing: () => [...sip.dialogs.values()].filter((dialog) => dialog.direction === "out" && dialog.state === "inviting").map((dialog) => dialog.account ?? "outside").sort(),
    async answerAt(account) {
      await breathe();
      const ref = house.legAt(account);
      sip.peer(ref, "ringing");
      sip.peer(ref, "answer");
      await breathe();
      return ref;
    },
    choose(number, change) {
      const chosen = structuredClone({ ...NO_CHOICES, voicemail: { on: false, email: null, pin: null } });
      change(chosen);
      config.chosen.set(`e${number}`, chosen);
    },
    async conversation(from, to, at) {
      const caller = house.dial(from, to);
      const callee = await house.answerAt(at);
      assert.ok(house.talking(caller, callee), "no conversation");
      return [caller, callee];
    },
    status(ref) {
      for (const command of sip.commands.toReversed()) {
        if (!("ref" in command) || command.ref !== ref) continue;
        if (command.type === "reject") return command.status;
        if (command.type === "hangUp") return "ended";
      }
      return null;
    },
    heardBy: (ref) => media.endpoints.get(ref)?.playing?.paths ?? [],
    talking: (a, b) => media.endpoints.get(a)?.bridgedTo === b && media.endpoints.get(b)?.bridgedTo === a,
    refer(ref, to, replaces) {
      sip.hear({ type: "refer", ref, target: { user: to, host: "tandem.local", raw: `sip:${to}@tandem.local`, replaces: replaces === undefined ? null : { ref: replaces, raw: "" } }, referredBy: null, inDialog: true, from: null });
    },
    progress: (ref) => sip.commands.flatMap((command) => (command.type === "referProgress" && command.ref === ref ? [command.status] : [])),
    async key(ref, keys) {
      for (const digit of keys) sip.hear({ type: "digit", ref, digit, durationMs: 100 });
      await breathe();
    },
    async listen(ref, until) {
      const heard: string[] = [];
      for (let i = 0; i < 20; i++) {
        media.tell({ type: "mediaStarted", id: ref });
        await breathe();
        const playing = house.heardBy(ref);
        heard.push(...playing);
        if (playing.length === 0 || (until !== undefined && playing.some((path) => path.includes(until))) || playing.includes("music")) break;
        media.finishPlay(ref);
        await breathe();
      }
      return heard;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  return house;
}

/** The end of a test: the exchange stops, and nothing of what it held is left anywhere. */
export async function closeHouse(house: House): Promise<void> {
  await house.exchange.stop();
  await breathe();
  assert.deepEqual(house.exchange.counts(), { meetings: 0, parties: 0, legs: 0, ringing: 0, takes: 0, calls: 0 }, "nothing is left");
  assert.deepEqual([...house.media.endpoints.keys()], [], "endpoints left");
  assert.deepEqual([...house.media.mixes.keys()], [], "mixes left");
  assert.deepEqual([...house.trunks.live], [], "calls left on trunks");
  assert.equal(house.timers(), 0, "timers left");
  house.close();
}

/** What the media side writes when it records. */
export function writeTake(path: string): void {
  writeFileSync(path, "RIFF");
}

export const group = (number: string, strategy: RingGroup["strategy"], extensionIds: string[], otherwise: RingGroup["otherwise"] = { to: "hang-up" }): GroupRow => ({ id: `g${number}`, number, name: "Sales", strategy, extensionIds, ringMs: 15_000, otherwise });
