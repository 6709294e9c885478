import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { CallerRule, Extension, MeetingRoom, RingGroup, SpeedDial } from "@tandem/protocol";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createDirectory, type Directory } from "../directory/directory.ts";
import { createExchangeConfig, type ConfigChange, type ConfigWritten, type ExchangeConfig } from "./exchange.ts";
import { DEFAULT_SETTINGS } from "./number-plan.ts";

let database: TestDatabase;
let directory: Directory;
let config: ExchangeConfig;
let changes: ConfigChange[];
const clock = new VirtualClock(1_790_000_000_000);
const chance = seededChance(3);

const EXTENSION: Extension = { number: "201", label: "Léa", userId: null, phoneId: null, language: "fr", callClass: "national", callerNumber: null, pickupGroup: "", ringMs: 20_000, listed: true };
const GROUP: RingGroup = { number: "301", name: "Workshop", strategy: "all", extensionIds: [], ringMs: 20_000, otherwise: { to: "hang-up" } };
const ROOM: MeetingRoom = { number: "401", name: "Room", pin: null, moderatorPin: null, maxMembers: 10 };
const RULE: CallerRule = { position: 1, caller: "+3389", extensionId: null, hours: null, action: { do: "block" }, note: "" };
const DIAL: SpeedDial = { code: "1", name: "Taxi", number: "+33270000999", userId: null };

before(async () => {
  database = await testDatabase();
  directory = await createDirectory({ db: database.db, clock, chance, domain: "tandem.test", passwordLogN: 10 });
  await newUser("admin", ["administrator"]); // without one, no user is ever removed
  await directory.putFlow({ id: "f", name: "f", version: 1, definition: {} });
});
after(async () => database?.drop());
beforeEach(async () => {
  for (const table of ["number", "ring_group", "page_group", "meeting_room", "caller_rule", "speed_dial", "sip_role", "extension", "phone", "centre_setting"]) await database.db.query(`DELETE FROM ${table}`);
  directory = await createDirectory({ db: database.db, clock, chance, domain: "tandem.test", passwordLogN: 10 });
  config = await createExchangeConfig({ db: database.db, clock, chance, directory });
  changes = [];
  config.onChange((change) => changes.push(change));
});

const must = async (put: Promise<ConfigWritten>): Promise<string> => {
  const done = await put;
  assert.ok(done.ok, JSON.stringify(done));
  return done.id;
};
const refused = async (put: Promise<ConfigWritten>): Promise<string> => {
  const done = await put;
  assert.ok(!done.ok, "it was taken");
  return `${done.code} ${done.field ?? ""}`.trim();
};
const reopened = (): Promise<ExchangeConfig> => createExchangeConfig({ db: database.db, clock, chance, directory });
const newUser = async (login: string, roles: ("agent" | "administrator")[] = ["agent"]): Promise<string> => {
  const done = await directory.putUser(null, { login, name: login, team: "", roles, language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true });
  assert.ok(done.ok);
  return done.id;
};

test("what was written is there again after a restart, every kind and field of it", async () => {
  const userId = await newUser("restart");
  const ext = await must(config.putExtension(null, { ...EXTENSION, userId }));
  await must(config.setChoices(ext, { doNotDisturb: true, forward: { always: null, busy: { to: "number", number: "+33612345678" }, noAnswer: { to: "voicemail", extensionId: ext }, unreachable: { to: "hang-up" } }, voicemail: { on: false, email: "a@b.fr", pin: "4711" } }));
  await must(config.putGroup(null, { ...GROUP, extensionIds: [ext] }));
  await must(config.putRoom(null, { ...ROOM, pin: "1234", moderatorPin: "9999" }));
  await must(config.putPage(null, { number: "501", name: "All", extensionIds: [ext], twoWay: false }));
  await must(config.putCallerRule(null, { ...RULE, extensionId: ext, hours: { days: [1, 5], fromMinute: 540, untilMinute: 1_080 } }));
  await must(config.putSpeedDial(null, { ...DIAL, userId }));
  await must(config.putRole(null, { match: "4*", role: "redirect", targets: [{ uri: "sip:a@b", q: 0.5 }], status: 302, recordRoute: false }));
  await must(config.putSettings({ ...DEFAULT_SETTINGS, outsidePrefix: "9", voicemailNumber: "888" }));
  const again = await reopened();
  const everything = (c: ExchangeConfig): unknown[] => [c.extensions(), c.choices(ext), c.groups(), c.rooms(), c.pages(), c.callerRules(), c.speedDials(userId), c.roles(), c.settings()];
  assert.deepEqual(everything(again), everything(config));
  assert.ok(everything(again).every((part) => !Array.isArray(part) || part.length === 1), "none was empty");
  assert.equal(again.extensionsOfUser(userId)[0]?.id, ext);
  assert.equal(again.choices(ext).voicemail.pin, "4711");
  assert.equal(again.settings().voicemailNumber, "888");
});

test("a short number is one thing's only: extension, group, room, page, park slot, voicemail, emergency, the centre's own", async () => {
  const ext = await must(config.putExtension(null, EXTENSION));
  await must(config.putRoom(null, ROOM));
  assert.equal(await refused(config.putExtension(null, EXTENSION)), "taken number");
  assert.equal(await refused(config.putGroup(null, { ...GROUP, number: "201", extensionIds: [ext] })), "taken number");
  assert.equal(await refused(config.putPage(null, { number: "401", name: "x", extensionIds: [ext], twoWay: false })), "taken number");
  for (const number of ["701", "710", "719", "700", "112", "15"]) assert.equal(await refused(config.putExtension(null, { ...EXTENSION, number })), "reserved number", number);
  await must(config.putExtension(null, { ...EXTENSION, number: "720" }));
  const number = { number: "1000", label: "", flowId: "f", language: "fr" as const };
  assert.ok((await directory.putNumber(null, { ...number, label: "Main" })).ok);
  assert.equal(await refused(config.putRoom(null, { ...ROOM, number: "1000" })), "taken number");
  for (const taken of ["201", "401", "705", "700"]) assert.deepEqual(await directory.putNumber(null, { ...number, number: taken }), { ok: false, code: "taken", field: "number" }, taken);
  await must(config.putExtension(ext, { ...EXTENSION, label: "Same number, other name" }));
});

test("two that want the same number in the same instant: one gets it", async () => {
  const done = await Promise.all([config.putExtension(null, EXTENSION), config.putRoom(null, { ...ROOM, number: "201" })]);
  assert.deepEqual(done.map((d) => (d.ok ? "done" : d.code)), ["done", "taken"]);
});

test("settings that would take somebody's number, or contradict themselves, are refused", async () => {
  await must(config.putExtension(null, EXTENSION));
  const put = (change: Partial<typeof DEFAULT_SETTINGS>): Promise<string> => refused(config.putSettings({ ...DEFAULT_SETTINGS, ...change }));
  assert.equal(await put({ voicemailNumber: "201" }), "taken voicemailNumber");
  assert.equal(await put({ park: { from: "200", to: "209", returnAfterMs: 10_000 } }), "taken park");
  assert.equal(await put({ outsidePrefix: "2" }), "taken outsidePrefix");
  assert.equal(await put({ park: { from: "719", to: "701", returnAfterMs: 10_000 } }), "contradiction park");
  assert.equal(await put({ park: { from: "71", to: "719", returnAfterMs: 10_000 } }), "contradiction park");
  assert.equal(await put({ voicemailNumber: "705" }), "contradiction voicemailNumber");
  assert.equal(await put({ voicemailNumber: "112" }), "contradiction voicemailNumber");
  assert.equal(await put({ outsidePrefix: "7" }), "contradiction outsidePrefix");
  assert.equal(await put({ emergencyNumbers: [] }), "contradiction emergencyNumbers");
  assert.deepEqual(config.settings(), DEFAULT_SETTINGS);
});

test("an extension rings a user or a phone that is nobody's, and neither twice nor a ghost", async () => {
  const userId = await newUser("rings");
  const phone = await directory.putPhone(null, { account: "door", label: "Door", userId: null });
  assert.ok(phone.ok);
  assert.equal(await refused(config.putExtension(null, { ...EXTENSION, userId, phoneId: phone.id })), "contradiction phoneId");
  assert.equal(await refused(config.putExtension(null, { ...EXTENSION, userId: "usr_gone" })), "unknown-reference userId");
  assert.equal(await refused(config.putExtension(null, { ...EXTENSION, phoneId: "phn_gone" })), "unknown-reference phoneId");
  const door = await must(config.putExtension(null, { ...EXTENSION, phoneId: phone.id }));
  assert.equal(config.extensionOfPhone(phone.id)?.id, door);
  assert.equal(await refused(config.putExtension(null, { ...EXTENSION, number: "202", phoneId: phone.id })), "taken phoneId");
});

test("who leaves takes their speed dials along, and their extension stays as nobody's", async () => {
  const userId = await newUser("leaves");
  const ext = await must(config.putExtension(null, { ...EXTENSION, userId }));
  const dial = await must(config.putSpeedDial(null, { ...DIAL, userId }));
  changes.length = 0;
  assert.ok((await directory.remove("user", userId)).ok);
  assert.equal(config.extension(ext)?.userId, null);
  assert.deepEqual([config.extensionsOfUser(userId), config.speedDials(userId)], [[], []]);
  assert.deepEqual(changes, [{ kind: "extension", id: ext, gone: false }, { kind: "speed-dial", id: dial, gone: true }]);
  const again = await reopened();
  assert.deepEqual([again.extension(ext)?.userId, again.speedDial(dial)], [null, null], "as stored");
});

test("an extension that others need stays; one that goes leaves no rule and no forward behind", async () => {
  const [a, b] = [await must(config.putExtension(null, EXTENSION)), await must(config.putExtension(null, { ...EXTENSION, number: "202" }))];
  const group = await must(config.putGroup(null, { ...GROUP, extensionIds: [a], otherwise: { to: "voicemail", extensionId: b } }));
  assert.deepEqual([await refused(config.remove("extension", a)), await refused(config.remove("extension", b))], ["in-use", "in-use"]);
  await must(config.remove("group", group));
  const rule = await must(config.putCallerRule(null, { ...RULE, action: { do: "send", destination: { to: "voicemail", extensionId: a } } }));
  assert.equal(await refused(config.remove("extension", a)), "in-use");
  await must(config.remove("caller-rule", rule));
  await must(config.putCallerRule(null, { ...RULE, extensionId: a }));
  await must(config.setChoices(b, { ...config.choices(b), doNotDisturb: true, forward: { always: null, busy: { to: "voicemail", extensionId: a }, noAnswer: { to: "hang-up" }, unreachable: null } }));
  changes.length = 0;
  await must(config.remove("extension", a));
  assert.deepEqual(config.callerRules(), []);
  assert.deepEqual(config.choices(b).forward, { always: null, busy: null, noAnswer: { to: "hang-up" }, unreachable: null });
  assert.equal(config.choices(b).doNotDisturb, true);
  assert.deepEqual(changes, [{ kind: "choices", id: b, gone: false }, { kind: "extension", id: a, gone: true }]);
  const again = await reopened();
  assert.deepEqual([again.callerRules(), again.choices(b)], [[], config.choices(b)], "as stored");
});

test("members that are not there, named twice, or mailboxes of nobody are refused", async () => {
  const ext = await must(config.putExtension(null, EXTENSION));
  assert.equal(await refused(config.putGroup(null, { ...GROUP, extensionIds: [ext, "ext_gone"] })), "unknown-reference extensionIds");
  assert.equal(await refused(config.putGroup(null, { ...GROUP, extensionIds: [ext, ext] })), "contradiction extensionIds");
  assert.equal(await refused(config.putGroup(null, { ...GROUP, extensionIds: [ext], otherwise: { to: "voicemail", extensionId: "ext_gone" } })), "unknown-reference otherwise");
  assert.equal(await refused(config.putCallerRule(null, { ...RULE, extensionId: "ext_gone" })), "unknown-reference extensionId");
  assert.equal(await refused(config.setChoices(ext, { ...config.choices(ext), forward: { ...config.choices(ext).forward, busy: { to: "voicemail", extensionId: "ext_gone" } } })), "unknown-reference forward");
  assert.equal(await refused(config.setChoices("ext_gone", config.choices(ext))), "not-found");
  assert.equal(await refused(config.putRoom("rom_gone", ROOM)), "not-found");
  assert.equal(await refused(config.putRoom(null, { ...ROOM, pin: "1234", moderatorPin: "1234" })), "contradiction moderatorPin");
});

test("caller rules stand in the order in which they decide", async () => {
  for (const [position, note] of [[5, "c"], [1, "a"], [5, "d"], [2, "b"]] as const) {
    await must(config.putCallerRule(null, { ...RULE, position, note }));
    clock.advance(1);
  }
  assert.deepEqual(config.callerRules().map((r) => r.note), ["a", "b", "c", "d"]);
});

test("a speed dial's digits are one person's or the house's: both may have a 1, none has two", async () => {
  const [one, two] = [await newUser("dials1"), await newUser("dials2")];
  for (const userId of [one, two, null]) await must(config.putSpeedDial(null, { ...DIAL, userId }));
  assert.equal(await refused(config.putSpeedDial(null, { ...DIAL, userId: one })), "taken code");
  await must(config.putSpeedDial(null, { ...DIAL, userId: one, code: null }));
  await must(config.putSpeedDial(null, { ...DIAL, userId: one, code: null }));
  assert.deepEqual([config.speedDials(one).length, config.speedDials(null).length], [3, 1]);
});

test("a redirect says where to and how; a domain has one role", async () => {
  const role = { match: "branch.example", role: "redirect" as const, targets: [{ uri: "sip:x@y.example", q: 1 }], status: 302, recordRoute: false };
  assert.equal(await refused(config.putRole(null, { ...role, status: 399 })), "contradiction status");
  assert.equal(await refused(config.putRole(null, { ...role, targets: [] })), "contradiction targets");
  await must(config.putRole(null, role));
  assert.equal(await refused(config.putRole(null, { ...role, match: "Branch.example" })), "taken match");
});

test("a change is told once it is stored, and memory shows it by then", async () => {
  let seen = "";
  config.onChange(({ kind, id }) => (seen = `${kind} ${config.extension(id)?.label ?? "gone"}`));
  const id = await must(config.putExtension(null, EXTENSION));
  assert.equal(seen, "extension Léa");
  await must(config.putExtension(id, { ...EXTENSION, label: "Zoé", number: "205" }));
  assert.equal(seen, "extension Zoé");
  assert.deepEqual([config.extensionOf("201"), config.extensionOf("205")?.id], [null, id]);
  await must(config.remove("extension", id));
  assert.equal(seen, "extension gone");
  assert.equal(config.extensionOf("205"), null);
});
