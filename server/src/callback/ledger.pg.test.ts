import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { newInteraction, step, type Fact, type Interaction, type MediumTraits } from "../hub/hub.ts";
import { followWaits, Ledger } from "./callback.ts";

const VOICE: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
const NOON = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const CHANCE = seededChance(3);
const QUEUED: Fact = { type: "flowEnded", outcome: { type: "queue", queueId: "q", needs: [], priority: 0, reason: null, ringMs: 1, wrapMs: 1, preferredAgentId: null } };
const promised = (minutes: number | null, position: number | null = null): Fact => ({ type: "promised", queueId: "q", waitMs: minutes === null ? null : minutes * MINUTE, position });
const AGENT: Fact[] = [{ type: "agentFound", agentId: "a", queueId: "q", reason: {} }, { type: "accepted", agentId: "a" }];

let database: TestDatabase;
let clock: VirtualClock;
let ledger: Ledger;
let contacts = 0;

before(async () => {
  database = await testDatabase();
});
after(() => database.drop());
beforeEach(async () => {
  await database.db.query("DELETE FROM promise");
  clock = new VirtualClock(NOON);
  await open();
});

async function open(): Promise<void> {
  ledger = new Ledger({ db: database.db, clock, chance: CHANCE, log: { ...silentLog, error(fields) {
    throw new Error(JSON.stringify(fields));
  } }, zone: "UTC", queueName: (id) => id });
  await ledger.open();
}

/** A contact to which these things happen, each after so many minutes. */
function contact(...life: (readonly [afterMinutes: number, fact: Fact])[]): Interaction {
  let it = newInteraction(`i${++contacts}`, VOICE, { from: "+33611", fromName: "", to: "1", language: "fr", context: {} }, clock.now());
  for (const [minutes, fact] of [[0, QUEUED] as const, ...life]) {
    clock.advance(minutes * MINUTE);
    [it] = step(it, fact, clock.now());
    followWaits(ledger, { interaction: it, facts: [fact] }, clock.now());
  }
  return it;
}
const tally = async (): Promise<unknown> => (await ledger.report(null, NOON - MINUTE, NOON + 600 * MINUTE)).queues.map(({ kind, kept, late, broken, released, open: left, broke }) => [kind, { kept, late, broken, released, open: left }, broke]);
const none = { kept: 0, late: 0, broken: 0, released: 0, open: 0 };

test("an announced wait: answered in time or within its minute it is kept, later it is late, and by how much is known", async () => {
  contact([0, promised(3)], [2, AGENT[0]!], [0, AGENT[1]!]);
  contact([0, promised(3)], [4, AGENT[0]!], [0, AGENT[1]!]);
  contact([0, promised(3)], [8, AGENT[0]!], [0, AGENT[1]!]);
  assert.deepEqual(await tally(), [["wait", { ...none, kept: 2, late: 1 }, {}]]);
  assert.deepEqual(ledger.waitError("q"), { p90Ms: 5 * MINUTE, count: 3 });
  assert.equal(ledger.waitError("other"), null);
});

test("who leaves before it was due, or within its minute, lets it go; after it we broke it; a cut line breaks it; a callback, or a number that they are put through to, takes its place", async () => {
  contact([0, promised(3)], [1, { type: "customerLeft", why: "hung-up" }]);
  contact([0, promised(3)], [6, { type: "customerLeft", why: "hung-up" }]);
  contact([0, promised(3)], [1, { type: "serverRestarted" }]);
  contact([0, promised(3)], [1, { type: "deflected", queueId: "q", flow: {} }], [0, { type: "flowEnded", outcome: { type: "end", how: "callback", ref: "cb", exception: null } }]);
  contact([0, promised(3)], [3.5, { type: "customerLeft", why: "hung-up" }]);
  contact([0, promised(3)], [1, { type: "deflected", queueId: "q", flow: {} }], [0, { type: "flowEnded", outcome: { type: "hand-over", to: { number: "240", name: "Atelier" }, flow: null } }]);
  // late, but they left a message, and hung up over its last words
  contact([0, promised(3)], [6, { type: "deflected", queueId: "q", flow: {} }], [0, { type: "endNoted", end: { how: "voicemail", ref: "qm", exception: null } }], [0, { type: "customerLeft", why: "hung-up" }]);
  assert.deepEqual(await tally(), [["wait", { ...none, broken: 2, released: 5 }, { "gave-up": 1, "server-restarted": 1 }]]);
  assert.equal(ledger.openOf().interactionIds.length, 0);
  const released = await database.db.query<{ why: string }>("SELECT why FROM promise WHERE outcome = 'released' ORDER BY why");
  assert.deepEqual(released.map(({ why }) => why), ["callback", "flow-ended", "handed-over", "left", "left"]);
});

test("each announcement is a promise of its own; a place alone has no time and is kept when they are served", async () => {
  contact([0, promised(null, 3)], [1, promised(5, 2)], [1, promised(2, 1)], [1, AGENT[0]!], [0, AGENT[1]!]);
  assert.deepEqual(await tally(), [["position", { ...none, kept: 1 }, {}], ["wait", { ...none, kept: 2 }, {}]]);
});

test("the estimate is measured, not the range that was said for its errors; one that is kept back is measured, too, and promises nothing", async () => {
  const estimated = (estimate: number, waitMs: number | null): Fact => ({ type: "promised", queueId: "q", waitMs, position: null, estimateMs: estimate * MINUTE });
  contact([0, estimated(3, 8 * MINUTE)], [3, AGENT[0]!], [0, AGENT[1]!]);
  assert.deepEqual(ledger.waitError("q"), { p90Ms: 0, count: 1 });
  contact([0, estimated(3, 8 * MINUTE)], [8, AGENT[0]!], [0, AGENT[1]!]);
  contact([0, estimated(3, null)], [10, AGENT[0]!], [0, AGENT[1]!]);
  contact([0, estimated(3, null)], [1, { type: "customerLeft", why: "hung-up" }]);
  assert.deepEqual(ledger.waitError("q"), { p90Ms: 7 * MINUTE, count: 3 });
  assert.deepEqual(await tally(), [["wait", { ...none, kept: 2 }, {}]], "within the range is kept");
  assert.equal((await ledger.report(null, NOON - MINUTE, NOON + 600 * MINUTE)).queues[0]?.error?.bias, 2.5 * MINUTE);
});

test("it outlives the server: open promises are settled by the next run, errors of before are known", async () => {
  const open1 = contact([0, promised(3)]);
  contact([0, promised(3)], [8, AGENT[0]!], [0, AGENT[1]!]);
  await ledger.settled();
  await open();
  assert.deepEqual([ledger.openOf().interactionIds, ledger.waitError("q")], [[open1.id], { p90Ms: 5 * MINUTE, count: 1 }]);
  const [closed] = step(open1, { type: "serverRestarted" }, clock.now());
  followWaits(ledger, { interaction: closed, facts: [{ type: "serverRestarted" }] }, clock.now());
  assert.deepEqual(await tally(), [["wait", { ...none, late: 1, broken: 1 }, { "server-restarted": 1 }]]);
  await ledger.tidy(NOON + 600 * MINUTE);
  assert.deepEqual(await tally(), []);
});
