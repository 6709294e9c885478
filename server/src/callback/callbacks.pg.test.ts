import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { CallbackSettings } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import { seededChance } from "../base/chance.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { newInteraction, step, type Fact, type Interaction, type MediumTraits } from "../hub/hub.ts";
import { createCallbacks, Ledger, type Booked, type Booking, type Callbacks, type CallNow } from "./callback.ts";

const VOICE: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
const CALLBACK: MediumTraits = { ...VOICE, medium: "callback", countsAs: "voice" };
const NINE = Date.UTC(2026, 10, 23, 9);
const HOUR = 3_600_000;
const MINUTE = 60_000;

const CHANCE = seededChance(7);

let database: TestDatabase;
let clock: VirtualClock;
let ledger: Ledger;
let callbacks: Callbacks;
let rules: ReturnType<typeof CallbackSettings.parse>;
let begun: CallNow[];
let ended: string[];
let lines: boolean;
let dead: Set<string>;
let closed: Set<string>;
let reached: Set<string>;
/** Who is on the line: contacts by number. */
let speaking: Map<string, string>;
let closures: Slot[];
let gone: Set<string>;
const LOUD: Log = { ...silentLog, error(fields, message) {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
} };

/** Open 09:00 to 17:00 UTC, every day. */
function openings(fromMs: number, toMs: number): Slot[] {
  const days: Slot[] = [];
  for (let day = Math.floor(fromMs / (24 * HOUR)); day * 24 * HOUR < toMs; day++) {
    const [startMs, endMs] = [Math.max(fromMs, day * 24 * HOUR + 9 * HOUR), Math.min(toMs, day * 24 * HOUR + 17 * HOUR)];
    if (startMs < endMs) days.push({ startMs, endMs });
  }
  return days;
}
const aligned = (fromMs: number, toMs: number): Slot[] => openings(Math.floor(fromMs / (24 * HOUR)) * 24 * HOUR, toMs).filter(({ endMs }) => endMs > fromMs);

async function room(): Promise<void> {
  ledger = new Ledger({ db: database.db, clock, chance: CHANCE, log: LOUD, zone: "UTC", queueName: (id) => id });
  await ledger.open();
  callbacks = createCallbacks({
    db: database.db, clock, chance: CHANCE, log: LOUD, ledger, settings: () => rules, openings: (_queue, _language, fromMs, toMs) => aligned(fromMs, toMs).filter((day) => !closures.some(({ startMs, endMs }) => startMs < day.endMs && day.startMs < endMs)),
    queue: (id) => (id.startsWith("q") && !gone.has(id) ? { name: id, ringMs: 20_000, wrapMs: 30_000, priority: 0, waiting: 2, estimatedWaitMs: 180_000 } : null),
    dialable: (number) => (number.startsWith("+8") ? { ok: false, why: "not-allowed" } : /^\+?\d+$/.test(number) ? { ok: true, number } : { ok: false, why: "not-a-number" }),
    sameForm: (number) => number,
    call: (call) => {
      if (lines) begun.push(call);
      return lines;
    },
    contact: (id) => (dead.has(id) ? null : { over: closed.has(id), reached: reached.has(id) }),
    onTheLine: (number) => speaking.get(number) ?? null,
    end: (id) => void ended.push(id),
  });
  await callbacks.open();
  callbacks.start();
}

const booking = (more: Partial<Booking> = {}): Booking => ({ queueId: "q_support", number: "+33611223344", slot: null, name: "Camille", customerId: null, language: "fr", reason: "Retour", priority: 3, by: "flow", byName: "", to: "1000", ...more });
const made = (booked: Booked): Extract<Booked, { ok: true }> => {
  assert.ok(booked.ok, JSON.stringify(booked));
  return booked;
};

/** The contact of the last call that was begun, after these facts. */
function live(facts: readonly Fact[]): Interaction {
  const { interactionId, request, place } = begun.at(-1)!;
  const { customer: _customer, ...rest } = place;
  let it = newInteraction(interactionId, CALLBACK, { from: request.number, fromName: request.name, to: "1000", language: "fr", context: {} }, clock.now());
  for (const fact of [{ type: "calledBack", ...rest } as Fact, ...facts]) {
    [it] = step(it, fact, clock.now());
    callbacks.follow({ interaction: it, facts: [fact] });
  }
  return it;
}
const AGENT: Fact[] = [{ type: "agentFound", agentId: "ana", queueId: "q_support", reason: {} }, { type: "accepted", agentId: "ana" }];
const WRAPPED: Fact = { type: "wrapEnded", by: "agent" };

describe("promised calls", () => {
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await callbacks?.settled();
    await ledger?.settled();
    await database.db.query("DELETE FROM callback_request");
    await database.db.query("DELETE FROM promise");
    callbacks?.stop();
    clock = new VirtualClock(NINE);
    rules = CallbackSettings.parse({});
    begun = [];
    ended = [];
    lines = true;
    dead = new Set();
    closed = new Set();
    reached = new Set();
    speaking = new Map();
    closures = [];
    gone = new Set();
    await room();
  });

  test("a promise that is cancelled while it is given another time stays cancelled, in memory and on disk; nobody is called", async () => {
    for (const turns of [0, 1, 2, 3]) {
      const [first, second] = callbacks.offer("q_support", "fr").slots;
      const { request, token } = made(await callbacks.book(booking({ slot: first! })));
      const moves = callbacks.move(request.id, second!);
      const again = callbacks.book(booking({ slot: second! }));
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      await callbacks.cancel(request.id, "customer");
      await Promise.all([moves, again]);
      await callbacks.settled();
      assert.deepEqual([callbacks.isOpen(request.id), (await callbacks.byToken(token!))?.state], [false, "cancelled"], `after ${turns} turns`);
      for (const { id } of callbacks.openFor("+33611223344")) await callbacks.cancel(id, "customer");
      await callbacks.settled();
    }
    clock.advance(4 * HOUR);
    assert.equal(begun.length, 0);
  });

  test("a slot's end is ours, whoever moves a promise to its own beginning", async () => {
    const [slot] = callbacks.offer("q_support", "fr").slots;
    const { request } = made(await callbacks.book(booking({ slot: slot! })));
    assert.deepEqual(await callbacks.move(request.id, { startMs: slot!.startMs, endMs: slot!.endMs + 30 * 24 * HOUR }), { ok: false, why: "not-offered" });
    assert.equal(made(await callbacks.move(request.id, slot!)).request.dueMs, slot!.endMs);
  });

  test("who types another's number rings no extension, changes no promise of theirs, and has a few open at most", async () => {
    const chat = (more: Partial<Booking>): Promise<Booked> => callbacks.book(booking({ byId: "vis_1", stranger: true, ...more }));
    assert.deepEqual(await chat({ number: "209" }), { ok: false, why: "not-a-number" });
    assert.ok((await callbacks.book(booking({ number: "209" }))).ok, "a telephone of the house that calls from there is called back");
    const [slot] = callbacks.offer("q_support", "fr").slots;
    const theirs = made(await callbacks.book(booking({ slot: slot! }))).request;
    assert.deepEqual(made(await chat({ slot: null })).request.slot, null, "told nothing of it (echoes.pg.test.ts)");
    assert.equal((await callbacks.get(theirs.id))?.slot?.startMs, slot!.startMs);
    for (const number of ["+33611000001", "+33611000002"]) assert.ok((await chat({ number })).ok, number);
    assert.deepEqual(await chat({ number: "+33611000004" }), { ok: false, why: "full" });
    assert.ok((await chat({ number: "+33611000001", slot: slot! })).ok, "their own may move");
    assert.ok((await callbacks.book(booking({ number: "+33611000004" }))).ok, "others are called");
  });

  test("in order: begins at once at the place and priority that were kept; reached is served, the promise is kept", async () => {
    const { request } = made(await callbacks.book(booking({ sinceMs: NINE - 5 * MINUTE, estimatedWaitMs: 180_000 })));
    assert.deepEqual([request.dueMs, request.state], [NINE + 180_000, "waiting"]);
    clock.advance(0);
    const { place } = begun[0]!;
    assert.deepEqual([begun.length, place.sinceMs, place.priority, place.attempt, place.reason, place.ringMs], [1, NINE - 5 * MINUTE, 3, 1, "Retour", 20_000]);
    clock.advance(2 * MINUTE);
    live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
    await callbacks.settled();
    const over = await callbacks.get(request.id);
    assert.deepEqual([over?.state, over?.end, over?.attempts.map(({ outcome, agentId }) => [outcome, agentId])], ["served", "reached", [["reached", "ana"]]]);
    const report = await ledger.report(null, NINE - HOUR, NINE + HOUR);
    assert.deepEqual(report.queues.map(({ kind, kept, late, open }) => [kind, kept, late, open]), [["callback", 1, 0, 0]]);
    assert.equal(report.queues[0]?.error?.bias, -60_000, "three minutes were said, two it took");
  });

  test("asking twice finds the first; another time moves it; a number that may not be dialled is promised nothing", async () => {
    const first = made(await callbacks.book(booking()));
    const again = made(await callbacks.book(booking({ reason: "Encore" })));
    assert.deepEqual([again.request.id, again.token, again.request.reason], [first.request.id, null, "Retour"]);
    const slot = callbacks.offer("q_support", "fr").slots[0]!;
    const dated = made(await callbacks.book(booking({ slot })));
    assert.deepEqual([dated.request.id, dated.request.slot, dated.request.nextAtMs], [first.request.id, slot, slot.startMs]);
    assert.equal((await callbacks.list({ queueIds: null, states: ["waiting"], number: "+33611223344", customerId: null })).length, 1);
    assert.notEqual(made(await callbacks.book(booking({ queueId: "q_sales" }))).request.id, first.request.id, "another queue is another matter");
    assert.deepEqual(await callbacks.book(booking({ number: "+882123456" })), { ok: false, why: "not-allowed" });
    assert.deepEqual(await callbacks.book(booking({ number: "anonymous" })), { ok: false, why: "not-a-number" });
    assert.deepEqual(await callbacks.book(booking({ number: "209", by: "page" })), { ok: false, why: "not-a-number" }, "a page reaches no extension");
    assert.deepEqual(await callbacks.book(booking({ queueId: "gone" })), { ok: false, why: "unknown-queue" });
    const report = await ledger.report("q_support", NINE - HOUR, NINE + HOUR);
    assert.deepEqual(report.queues.map(({ kind, open, released }) => [kind, open, released]), [["callback", 0, 1], ["slot", 1, 0]], "the promise of before was let go");
  });

  test("50 parties want one slot of 3 at the same instant: 3 get it, 47 are told that it is full, and it is offered no more", async () => {
    const slot = callbacks.offer("q_support", "fr").slots[0]!;
    const booked = await Promise.all(Array.from({ length: 50 }, (_, i) => callbacks.book(booking({ number: `+336000000${String(i).padStart(2, "0")}`, slot }))));
    assert.deepEqual([booked.filter(({ ok }) => ok).length, booked.filter((one) => !one.ok && one.why === "full").length], [3, 47]);
    const [row] = await database.db.query<{ n: number }>("SELECT count(*) AS n FROM callback_request WHERE slot_at = $1", [new Date(slot.startMs)]);
    assert.equal(row?.n, 3);
    assert.notEqual(callbacks.offer("q_support", "fr").slots[0]?.startMs, slot.startMs);
  });

  test("50 requests of one number at the same instant are one promise", async () => {
    const booked = await Promise.all(Array.from({ length: 50 }, () => callbacks.book(booking())));
    assert.equal(new Set(booked.map((one) => made(one).request.id)).size, 1);
    assert.equal(booked.filter((one) => made(one).token !== null).length, 1);
    clock.advance(0);
    assert.equal(begun.length, 1);
    const report = await ledger.report(null, NINE - HOUR, NINE + HOUR);
    assert.equal(report.queues[0]?.open, 1);
  });

  test("dated: not before its time, at its time ahead of who has none; slots are within hours and not too soon", async () => {
    const { slots, inOrder } = callbacks.offer("q_support", "fr");
    assert.deepEqual([slots[0], inOrder], [{ startMs: NINE + 30 * MINUTE, endMs: NINE + HOUR }, { position: 3, estimatedWaitMs: 180_000 }]);
    for (const { startMs, endMs } of slots) assert.ok(startMs % (24 * HOUR) >= 9 * HOUR && endMs % (24 * HOUR) <= 17 * HOUR);
    assert.deepEqual(await callbacks.book(booking({ slot: { startMs: NINE + 31 * MINUTE, endMs: NINE + 61 * MINUTE } })), { ok: false, why: "not-offered" });
    assert.deepEqual(await callbacks.book(booking({ slot: { startMs: NINE + 30 * MINUTE, endMs: NINE + 5 * HOUR } })), { ok: false, why: "not-offered" });
    made(await callbacks.book(booking({ slot: slots[0]! })));
    clock.advance(30 * MINUTE - 1);
    assert.equal(begun.length, 0);
    clock.advance(1);
    assert.deepEqual([begun.length, begun[0]?.place.priority, begun[0]?.place.sinceMs], [1, 8, NINE + 30 * MINUTE]);
  });

  test("busy, then no answer: tried again after the pause, as often as the rule says; then the promise is broken, with why", async () => {
    const { request } = made(await callbacks.book(booking()));
    clock.advance(0);
    live([...AGENT, { type: "customerNotReached", why: "busy", status: 486 }, WRAPPED]);
    clock.advance(15 * MINUTE - 1);
    assert.equal(begun.length, 1);
    clock.advance(1);
    assert.deepEqual([begun.length, begun[1]?.place.attempt, begun[1]?.place.sinceMs], [2, 2, NINE]);
    live([...AGENT, { type: "customerDialled" }, { type: "customerNotReached", why: "no-answer", status: 0 }, WRAPPED]);
    clock.advance(15 * MINUTE);
    live([...AGENT, { type: "customerDialled" }, { type: "customerNotReached", why: "no-answer", status: 0 }, WRAPPED]);
    clock.advance(5 * HOUR);
    assert.equal(begun.length, 3);
    await callbacks.settled();
    const over = await callbacks.get(request.id);
    assert.deepEqual([over?.state, over?.end, over?.attempts.map(({ outcome }) => outcome)], ["broken", "no-answer", ["busy", "no-answer", "no-answer"]]);
    const [line] = (await ledger.report(null, NINE - HOUR, NINE + 9 * HOUR)).queues;
    assert.deepEqual([line?.broken, line?.broke], [1, { "no-answer": 1 }]);
  });

  test("a machine is tried again; what the server cut is no try; an agent who hung up too soon is one", async () => {
    const { request } = made(await callbacks.book(booking()));
    clock.advance(0);
    live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }]);
    assert.equal(callbacks.machine(request.id, "ana"), true);
    const first = begun[0]!;
    let it = live([...AGENT, { type: "customerReached" }]);
    assert.equal(it.id, first.interactionId);
    it = live([...AGENT, { type: "customerReached" }, { type: "agentLeft", agentId: "ana", why: "ended" }, WRAPPED]);
    clock.advance(15 * MINUTE);
    assert.equal(begun.length, 2);
    live([...AGENT, { type: "serverRestarted" }]);
    clock.advance(1);
    assert.deepEqual([begun.length, begun[2]?.place.attempt], [3, 3], "begun again at once");
    live([...AGENT, { type: "agentLeft", agentId: "ana", why: "ended" }, WRAPPED]);
    await callbacks.settled();
    const now = await callbacks.get(request.id);
    assert.deepEqual([now?.state, now?.attempts.map(({ outcome }) => outcome)], ["waiting", ["machine", "cut", "agent-ended"]]);
  });

  test("nobody is called at night: what waits for an agent when the queue closes goes on in the morning, and keeps its place", async () => {
    clock.advance(8 * HOUR - MINUTE);
    made(await callbacks.book(booking()));
    clock.advance(0);
    live([]);
    assert.equal(begun.length, 1);
    clock.advance(2 * MINUTE);
    assert.deepEqual(ended, [begun[0]?.interactionId]);
    clock.advance(15 * HOUR);
    assert.equal(begun.length, 1);
    clock.advance(2 * HOUR);
    assert.deepEqual([begun.length, begun[1]?.place.sinceMs], [2, NINE + 8 * HOUR - MINUTE]);
    assert.equal(callbacks.offer("q_support", "fr").inOrder?.position, 3);
  });

  test("the customer calls in: they take their own place, nobody calls them meanwhile; served it is kept, given up it is called again", async () => {
    const { request } = made(await callbacks.book(booking()));
    clock.advance(0);
    live([]);
    let call = newInteraction("int_in", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, clock.now());
    const tell = (fact: Fact): void => {
      [call] = step(call, fact, clock.now());
      callbacks.follow({ interaction: call, facts: [fact] });
    };
    tell({ type: "continued", fromInteractionId: begun[0]!.interactionId, agentId: null, queueId: "q_support", needs: [], priority: 3, ringMs: 1, wrapMs: 1, trail: [], data: {}, reason: "Retour", sinceMs: NINE });
    assert.deepEqual([call.queue?.sinceMs, ended], [NINE, [begun[0]!.interactionId]]);
    clock.advance(10 * MINUTE);
    assert.equal(begun.length, 1, "nobody is dialled who waits on the line");
    tell({ type: "customerLeft", why: "hung-up" });
    clock.advance(0);
    assert.deepEqual([begun.length, begun[1]?.place.sinceMs], [2, NINE], "they gave up: the promise holds");
    call = newInteraction("int_in2", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, clock.now());
    tell({ type: "flowEnded", outcome: { type: "queue", queueId: "q_support", needs: [], priority: 0, reason: null, ringMs: 1, wrapMs: 1, preferredAgentId: null } });
    tell({ type: "agentFound", agentId: "ana", queueId: "q_support", reason: {} });
    tell({ type: "accepted", agentId: "ana" });
    await callbacks.settled();
    const over = await callbacks.get(request.id);
    assert.deepEqual([over?.state, over?.end, ended.at(-1)], ["served", "called-in", begun[1]?.interactionId]);
    assert.equal((await ledger.report(null, NINE - HOUR, NINE + HOUR)).queues[0]?.kept, 1);
  });

  test("cancelled by the customer it is released, by staff it is broken; a removed queue breaks it; the contact ends", async () => {
    const one = made(await callbacks.book(booking()));
    clock.advance(0);
    await callbacks.cancel(one.request.id, "customer");
    const two = made(await callbacks.book(booking()));
    assert.notEqual(two.request.id, one.request.id, "a new promise after the end of the first");
    await callbacks.cancel(two.request.id, "staff");
    made(await callbacks.book(booking({ queueId: "q_sales" })));
    callbacks.queueGone("q_sales");
    assert.deepEqual(ended, [begun[0]?.interactionId]);
    const report = await ledger.report(null, NINE - HOUR, NINE + HOUR);
    assert.deepEqual(report.queues.map(({ queueId, released, broken, broke }) => [queueId, released, broken, broke]), [["q_sales", 0, 1, { "queue-gone": 1 }], ["q_support", 1, 1, { "cancelled-by-staff": 1 }]]);
  });

  test("the customer's link opens it, moves it and cancels it; a renewed link is the only one", async () => {
    const { token, request } = made(await callbacks.book(booking()));
    assert.equal((await callbacks.byToken(token!))?.id, request.id);
    assert.equal(await callbacks.byToken("x".repeat(26)), null);
    const slot = callbacks.offer("q_support", "fr").slots[4]!;
    assert.deepEqual(made(await callbacks.move(request.id, slot)).request.slot, slot);
    assert.deepEqual(await callbacks.move(request.id, { startMs: NINE - HOUR, endMs: NINE }), { ok: false, why: "not-offered" });
    const renewed = await callbacks.renewToken(request.id);
    assert.deepEqual([await callbacks.byToken(token!), (await callbacks.byToken(renewed))?.id], [null, request.id]);
  });

  test("a restart: open promises are there again, what called when the server ended is called again, and the ledger settles what it promised before", async () => {
    const { request } = made(await callbacks.book(booking({ estimatedWaitMs: 60_000 })));
    const slot = callbacks.offer("q_support", "fr").slots[0]!;
    made(await callbacks.book(booking({ number: "+33699999999", slot })));
    clock.advance(0);
    live([...AGENT, { type: "customerDialled" }]);
    await callbacks.settled();
    await ledger.settled();
    callbacks.stop();
    // the centre has closed it, and is about to tell
    closed.add(begun[0]!.interactionId);
    const cut = begun[0]!.interactionId;
    begun = [];
    await room();
    clock.advance(20 * MINUTE);
    assert.deepEqual([begun[0]?.request.attempts, begun[0]?.interactionId === cut], [[], false], "what the server's end cut is no try");
    assert.deepEqual(begun.map(({ request: { id } }) => id), [request.id]);
    live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
    await callbacks.settled();
    const report = await ledger.report(null, NINE - HOUR, NINE + HOUR);
    assert.deepEqual(report.queues.map(({ kind, late, open, meanLateMs }) => [kind, late, open, meanLateMs]), [["callback", 1, 0, 19 * MINUTE], ["slot", 0, 1, null]]);
    assert.deepEqual(report.worst.map(({ callbackId, outcome, lateMs }) => [callbackId, outcome, lateMs]), [[request.id, "late", 19 * MINUTE]]);
  });

  test("a restart while the agent writes down a call that was made: the customer is not called a second time, and the promise is kept", async () => {
    const { request } = made(await callbacks.book(booking()));
    clock.advance(0);
    const wraps = live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }]);
    assert.equal(wraps.state, "wrapping");
    await callbacks.settled();
    await ledger.settled();
    callbacks.stop();
    begun = [];
    await room();
    clock.advance(HOUR);
    assert.equal(begun.length, 0);
    const [over] = step(wraps, WRAPPED, clock.now());
    callbacks.follow({ interaction: over, facts: [WRAPPED] });
    await callbacks.settled();
    assert.deepEqual([(await callbacks.get(request.id))?.end, (await ledger.report(null, NINE - HOUR, NINE + HOUR)).queues[0]?.kept], ["reached", 1]);
  });

  test("who is on the line with us is not dialled: in-order begins when they hang up, whether they booked it in that call or called in meanwhile", async () => {
    speaking.set("+33611223344", "int_in");
    const { request } = made(await callbacks.book(booking()));
    clock.advance(MINUTE);
    assert.equal(begun.length, 0, "their line is busy with us");
    let call = newInteraction("int_in", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, clock.now());
    const tell = (fact: Fact): void => {
      [call] = step(call, fact, clock.now());
      callbacks.follow({ interaction: call, facts: [fact] });
    };
    tell({ type: "flowEnded", outcome: { type: "queue", queueId: "q_sales", needs: [], priority: 0, reason: null, ringMs: 1, wrapMs: 30_000, preferredAgentId: null } });
    tell({ type: "agentFound", agentId: "ana", queueId: "q_sales", reason: {} });
    tell({ type: "accepted", agentId: "ana" });
    clock.advance(MINUTE);
    assert.deepEqual([begun.length, callbacks.isOpen(request.id)], [0, true], "an agent of another queue has not served this promise");
    speaking.clear();
    tell({ type: "customerLeft", why: "hung-up" });
    assert.equal(call.state, "wrapping");
    clock.advance(0);
    assert.equal(begun.length, 1, "at once: the agent's wrap-up is not theirs");
  });

  test("two promises to one number are not dialled at once: the second waits until the first has hung up", async () => {
    const [one, two] = [made(await callbacks.book(booking())).request, made(await callbacks.book(booking({ queueId: "q_sales" }))).request];
    clock.advance(0);
    assert.deepEqual(begun.map(({ request: { id } }) => id), [one.id, two.id]);
    const second = begun[1]!;
    begun = [begun[0]!];
    live([]);
    assert.deepEqual(ended, [], "both wait for an agent");
    // by an agent of the other queue, which takes what is too much for this one
    let it = live([{ type: "agentFound", agentId: "ana", queueId: "q_sales", reason: {} }, { type: "accepted", agentId: "ana" }]);
    assert.deepEqual([it.state, ended], ["connected", [second.interactionId]], "an agent has the first: the other one's contact gives way");
    assert.equal((await callbacks.get(two.id))?.state, "waiting");
    clock.advance(10 * MINUTE);
    assert.equal(begun.length, 1);
    it = live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }]);
    clock.advance(0);
    assert.deepEqual(begun.map(({ request: { id } }) => id), [one.id, two.id], "and is called now, without a try lost");
    assert.equal(begun[1]?.place.attempt, 1);
  });

  test("hours that were closed after the promise: nobody is called in them, not for an instant, and it is called when they open", async () => {
    const slot = callbacks.offer("q_support", "fr").slots[2]!;
    const { request } = made(await callbacks.book(booking({ slot })));
    closures = [{ startMs: NINE, endMs: NINE + 12 * HOUR }];
    clock.advance(10 * HOUR);
    assert.deepEqual([begun.length, (await callbacks.get(request.id))?.nextAtMs], [0, NINE + 24 * HOUR]);
    clock.advance(14 * HOUR);
    assert.equal(begun.length, 1);
  });

  test("an agent's own promise is theirs to keep, also in the evening: hours put it off neither at its time nor later", async () => {
    made(await callbacks.book(booking({ slot: { startMs: NINE + 12 * HOUR, endMs: NINE + 13 * HOUR }, unbound: true, agentId: "ana" })));
    clock.advance(12 * HOUR);
    assert.equal(begun.length, 1);
    clock.advance(10 * MINUTE);
    assert.deepEqual(ended, []);
  });

  test("closed hours of a queue that is gone put nothing off: the promise is broken, and why", async () => {
    const slot = callbacks.offer("q_support", "fr").slots[2]!;
    const { request } = made(await callbacks.book(booking({ slot })));
    closures = [{ startMs: NINE, endMs: NINE + 48 * HOUR }];
    gone.add("q_support");
    clock.advance(10 * HOUR);
    await callbacks.settled();
    assert.deepEqual([(await callbacks.get(request.id))?.state, (await callbacks.get(request.id))?.end], ["broken", "queue-gone"]);
  });

  test("who calls in while an agent dials them changes nothing: the line is busy, and it is tried again", async () => {
    made(await callbacks.book(booking()));
    clock.advance(0);
    live([...AGENT, { type: "customerDialled" }]);
    const call = newInteraction("int_in", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, clock.now());
    callbacks.follow({ interaction: call, facts: [] });
    assert.deepEqual(ended, []);
    live([...AGENT, { type: "customerDialled" }, { type: "customerNotReached", why: "busy", status: 486 }, WRAPPED]);
    clock.advance(15 * MINUTE);
    assert.deepEqual([begun.length, begun[1]?.place.attempt], [2, 2]);
  });

  test("nobody is cut off who has answered: a removed queue, a link's cancel and staff leave the conversation alone, and the promise is kept", async () => {
    const { request } = made(await callbacks.book(booking()));
    clock.advance(0);
    live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }]);
    reached.add(begun[0]!.interactionId);
    callbacks.queueGone("q_support");
    for (const by of ["customer", "staff"] as const) assert.equal((await callbacks.cancel(request.id, by))?.state, "calling");
    assert.deepEqual(ended, []);
    live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
    await callbacks.settled();
    assert.equal((await callbacks.get(request.id))?.end, "reached");
  });

  test("no line is free: tried again soon, and it is no attempt", async () => {
    lines = false;
    made(await callbacks.book(booking()));
    clock.advance(0);
    assert.equal(begun.length, 0);
    lines = true;
    clock.advance(15_000);
    assert.deepEqual([begun.length, begun[0]?.place.attempt], [1, 1]);
  });

  test("a contact that went without a word holds no promise up", async () => {
    made(await callbacks.book(booking()));
    clock.advance(0);
    live([...AGENT, { type: "customerDialled" }]);
    dead.add(begun[0]!.interactionId);
    clock.advance(30_000);
    assert.deepEqual([begun.length, begun[1]?.place.attempt], [2, 1]);
  });

  test("times that nobody means are refused, whoever asks", async () => {
    for (const [startMs, endMs] of [[NINE + HOUR, NINE + HOUR], [NINE - HOUR, NINE - 1], [NINE + 500 * 24 * HOUR, NINE + 500 * 24 * HOUR + HOUR]] as const) {
      assert.deepEqual(await callbacks.book(booking({ slot: { startMs, endMs }, unbound: true })), { ok: false, why: "not-offered" });
    }
    made(await callbacks.book(booking({ slot: { startMs: NINE + 12 * HOUR, endMs: NINE + 13 * HOUR }, unbound: true })));
  });

  test("called now by an agent: they are asked first, before everybody, and the one that waited gives way", async () => {
    const slot = callbacks.offer("q_support", "fr").slots[6]!;
    const { request } = made(await callbacks.book(booking({ slot })));
    await callbacks.callNow(request.id, "ana");
    clock.advance(0);
    assert.deepEqual([begun.length, begun[0]?.place.preferredAgentId, begun[0]?.place.priority], [1, "ana", 10]);
    live(AGENT);
    assert.equal(await callbacks.callNow(request.id, "ben"), null, "somebody calls them already");
    clock.advance(0);
    assert.deepEqual([begun.length, (await callbacks.get(request.id))?.agentId], [1, "ana"]);
    live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
    assert.equal((await ledger.report(null, NINE - HOUR, NINE + HOUR)).queues[0]?.kept, 1);
  });
});
