import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { FakeMedia } from "../voice/fakes.ts";
import { History } from "./history.ts";
import type { Who } from "./party.ts";
import { Takes } from "./takes.ts";
import { VoicemailStore } from "./voicemail-store.ts";

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), "tandem-records-"));
const clock = new VirtualClock(1_790_000_000_000);
const lea: Who = { number: "201", name: "Léa", anonymous: false, extensionId: "ext_lea", userId: null, trunkId: null, language: "fr" };
const ana: Who = { number: "+33611111111", name: "Ana", anonymous: false, extensionId: null, userId: null, trunkId: "trk_1", language: "fr" };

before(async () => {
  database = await testDatabase();
  await database.db.query("INSERT INTO extension (id, number, body, choices) VALUES ('ext_lea', '201', '{}', '{}')");
});
after(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** As a node of that run keeps it; null: a server alone. */
const historyOf = (run: string | null, seed: number): History =>
  new History({ db: database.db, clock, chance: seededChance(seed), log: silentLog, run, customerOf: (number) => Promise.resolve(number === ana.number ? "cus_ana" : null) });

test("the history is read back as it was, newest first, by page and by extension", async () => {
  const history = historyOf(null, 1);
  const inward = history.open(ana, { number: "201", name: "Léa" }, null);
  inward.extensionIds.add("ext_lea");
  clock.advance(2_000);
  history.answered(inward, lea);
  clock.advance(5_000);
  history.close(inward, "answered");
  history.close(inward, "failed");
  const outward = history.open(lea, { number: "0612345678", name: "" }, { trunkId: "trk_2", number: "+33612345678" });
  history.close(outward, "busy");
  const elsewhere = history.open({ ...lea, extensionId: "ext_marc", number: "202" }, { number: "203", name: "" }, null);
  assert.equal(history.live().length, 1);
  history.close(elsewhere, "missed");
  await history.settled();
  const mine = await history.read({ extensionId: "ext_lea", before: clock.now() + 1, limit: 10 });
  assert.deepEqual(mine.map(({ direction, result, trunkId, customerId }) => [direction, result, trunkId, customerId]), [["out", "busy", "trk_2", null], ["in", "answered", "trk_1", "cus_ana"]]);
  assert.deepEqual([mine[1]!.answeredAtMs! - mine[1]!.startedAtMs, mine[1]!.endedAtMs! - mine[1]!.startedAtMs], [2_000, 7_000]);
  assert.equal((await history.read({ extensionId: null, before: clock.now() + 1, limit: 2 })).length, 2);
  assert.deepEqual((await history.read({ extensionId: "ext_lea", before: mine[0]!.startedAtMs, limit: 10 })).map(({ id }) => id), [mine[1]!.id]);
});

test("a server that dies: what went on is closed as cut at the next start, with what was known of it; a call that is going on is no history yet", async () => {
  const start = async (): Promise<History> => {
    const history = historyOf(null, clock.now());
    await history.recover();
    return history;
  };
  const since = clock.now();
  clock.advance(1_000);
  const died = await start();
  const talked = died.open(ana, { number: "201", name: "Léa" }, null);
  clock.advance(2_000);
  died.answered(talked, lea);
  died.open(lea, { number: "0612345678", name: "" }, { trunkId: "trk_2", number: "+33612345678" });
  await died.settled();
  const read = async (history: History) => (await history.read({ extensionId: "ext_lea", before: clock.now() + 1, limit: 10 })).filter(({ startedAtMs }) => startedAtMs > since);
  assert.deepEqual(await read(died), []);
  clock.advance(60_000);
  const next = await start();
  assert.deepEqual(
    (await read(next)).map(({ direction, result, answeredAtMs, startedAtMs, endedAtMs, customerId, trunkId }) => [direction, result, answeredAtMs === null ? null : answeredAtMs - startedAtMs, endedAtMs, customerId, trunkId]),
    [["out", "cut", null, null, null, "trk_2"], ["in", "cut", 2_000, null, "cus_ana", "trk_1"]],
  );
  const own = next.open(lea, { number: "203", name: "" }, null);
  await next.settled();
  next.close(own, "missed");
  await next.settled();
  assert.deepEqual((await read(next)).map(({ result }) => result), ["missed", "cut", "cut"], "the line of its own is one line");
});

test("nodes: another one's start leaves a call alone that has just begun; a node found dead has its calls ended with an end and a customer, and writes none of them again", async () => {
  const since = clock.now();
  clock.advance(1_000);
  const { db } = database;
  await db.query("INSERT INTO sip_node (run, name) VALUES ('run_a', 'a')");
  const lines = async () => (await historyOf(null, 1).read({ extensionId: null, before: clock.now() + 1, limit: 20 })).filter(({ startedAtMs }) => startedAtMs > since).map(({ toNumber, result, endedAtMs, customerId }) => [toNumber, result, endedAtMs, customerId]);
  const a = historyOf("run_a", 40);
  const inward = a.open(ana, { number: "201", name: "Léa" }, null);
  clock.advance(1);
  const own = a.open(lea, { number: "202", name: "" }, null);
  await a.settled(); // nothing but the lines was written when the node died
  const b = historyOf("run_b", 41);
  await b.recover();
  assert.deepEqual(await lines(), [], "a living node's");
  // of a run that never came to be a node, and of nobody
  const [c, nobody] = [historyOf("run_c", 42), historyOf(null, 43)];
  c.open(lea, { number: "203", name: "" }, null);
  nobody.open(lea, { number: "204", name: "" }, null);
  await Promise.all([c.settled(), nobody.settled()]); // each writes by itself: they stand before they are looked for
  a.close(own, "missed");
  await a.settled();
  clock.advance(5_000);
  assert.equal(await db.transaction((tx) => b.endCallsOf("run_a", tx)), 1);
  await b.settled();
  const ofA = [["202", "missed", clock.now() - 5_000, null], ["201", "cut", clock.now(), "cus_ana"]];
  assert.deepEqual(await lines(), ofA);
  // it had only been stopped, and goes on for the second until it finds out
  clock.advance(1_000);
  a.answered(inward, lea);
  a.close(inward, "answered");
  await a.settled();
  assert.deepEqual(await lines(), ofA);
  await b.recover();
  assert.deepEqual((await lines()).toSorted(), [...ofA, ["203", "cut", null, null], ["204", "cut", null, null]].toSorted());
});

test("messages: counted, new ones first, heard and deleted once; counts are there after a restart; an extension that goes takes its sounds along", async () => {
  const takes = new Takes({ media: new FakeMedia(), clock, log: silentLog, folder });
  await takes.open();
  const store = new VoicemailStore(database.db, folder, takes);
  await store.open();
  for (const id of ["vm_1", "vm_2"]) {
    writeFileSync(store.pathOf(id), "RIFF");
    await store.add({ id, extensionId: "ext_lea", fromNumber: ana.number, fromName: "Ana", customerId: "cus_ana", leftAtMs: clock.now(), durationMs: 4_000, heard: false });
    clock.advance(1_000);
  }
  assert.deepEqual([await store.markHeard("vm_2"), await store.markHeard("vm_2"), await store.markHeard("vm_9")], [true, false, false]);
  assert.deepEqual((await store.list("ext_lea")).map(({ id, heard }) => [id, heard]), [["vm_1", false], ["vm_2", true]]);
  assert.equal((await store.ofCustomer("cus_ana")).length, 2);
  const again = new VoicemailStore(database.db, folder, takes);
  writeFileSync(join(folder, "take.wav"), "RIFF");
  await store.setGreeting("ext_lea", join(folder, "take.wav"));
  await again.open();
  assert.deepEqual([again.counts("ext_lea"), again.greetingPath("ext_lea")], [{ fresh: 1, all: 2 }, join(folder, "greeting-ext_lea.wav")]);
  assert.deepEqual([await again.remove("vm_1"), await again.remove("vm_1")], [true, false]);
  assert.deepEqual(again.counts("ext_lea"), { fresh: 0, all: 1 });
  await database.db.query("DELETE FROM extension WHERE id = 'ext_lea'"); // first, as config.ts does
  await again.forget("ext_lea");
  await gone(() => existsSync(store.pathOf("vm_2")) || existsSync(join(folder, "greeting-ext_lea.wav")));
});

test("messages of an extension that went while the server died go at the next start", async () => {
  const takes = new Takes({ media: new FakeMedia(), clock, log: silentLog, folder });
  const store = new VoicemailStore(database.db, folder, takes);
  writeFileSync(store.pathOf("vm_8"), "RIFF");
  await store.add({ id: "vm_8", extensionId: "ext_gone", fromNumber: "", fromName: "", customerId: null, leftAtMs: clock.now(), durationMs: 4_000, heard: false });
  const next = new VoicemailStore(database.db, folder, takes);
  await next.open();
  assert.deepEqual([await next.message("vm_8"), next.counts("ext_gone")], [null, { fresh: 0, all: 0 }]);
  await gone(() => existsSync(store.pathOf("vm_8")));
});

/** Files go in their own time. */
async function gone(isThere: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && isThere(); i++) await new Promise((done) => setImmediate(done));
  assert.equal(isThere(), false);
}
