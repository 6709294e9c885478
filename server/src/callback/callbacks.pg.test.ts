/** What is promised: booked, moved, cancelled, kept over a restart and over closed hours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { step } from "../hub/hub.ts";
import type { Booked, Booking } from "./callback.ts";
import { AGENT, booking, callbackRig, HOUR, made, MINUTE, NINE, WRAPPED } from "./test-callback-rig.ts";

const at = callbackRig();

test("a promise that is cancelled while it is given another time stays cancelled, in memory and on disk; nobody is called", async () => {
  for (const turns of [0, 1, 2, 3]) {
    const [first, second] = at.callbacks.offer("q_support", "fr").slots;
    const { request, token } = made(await at.callbacks.book(booking({ slot: first! })));
    const moves = at.callbacks.move(request.id, second!);
    const again = at.callbacks.book(booking({ slot: second! }));
    for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
    await at.callbacks.cancel(request.id, "customer");
    await Promise.all([moves, again]);
    await at.callbacks.settled();
    assert.deepEqual([at.callbacks.isOpen(request.id), (await at.callbacks.byToken(token!))?.state], [false, "cancelled"], `after ${turns} turns`);
    for (const { id } of at.callbacks.openFor("+33611223344")) await at.callbacks.cancel(id, "customer");
    await at.callbacks.settled();
  }
  at.clock.advance(4 * HOUR);
  assert.equal(at.begun.length, 0);
});

test("a slot's end is ours, whoever moves a promise to its own beginning", async () => {
  const [slot] = at.callbacks.offer("q_support", "fr").slots;
  const { request } = made(await at.callbacks.book(booking({ slot: slot! })));
  assert.deepEqual(await at.callbacks.move(request.id, { startMs: slot!.startMs, endMs: slot!.endMs + 30 * 24 * HOUR }), { ok: false, why: "not-offered" });
  assert.equal(made(await at.callbacks.move(request.id, slot!)).request.dueMs, slot!.endMs);
});

test("who types another's number rings no extension, changes no promise of theirs, and has a few open at most", async () => {
  const chat = (more: Partial<Booking>): Promise<Booked> => at.callbacks.book(booking({ byId: "vis_1", stranger: true, ...more }));
  assert.deepEqual(await chat({ number: "209" }), { ok: false, why: "not-a-number" });
  assert.ok((await at.callbacks.book(booking({ number: "209" }))).ok, "a telephone of the house that calls from there is called back");
  const [slot] = at.callbacks.offer("q_support", "fr").slots;
  const theirs = made(await at.callbacks.book(booking({ slot: slot! }))).request;
  assert.deepEqual(made(await chat({ slot: null })).request.slot, null, "told nothing of it (echoes.pg.test.ts)");
  assert.equal((await at.callbacks.get(theirs.id))?.slot?.startMs, slot!.startMs);
  for (const number of ["+33611000001", "+33611000002"]) assert.ok((await chat({ number })).ok, number);
  assert.deepEqual(await chat({ number: "+33611000004" }), { ok: false, why: "full" });
  assert.ok((await chat({ number: "+33611000001", slot: slot! })).ok, "their own may move");
  assert.ok((await at.callbacks.book(booking({ number: "+33611000004" }))).ok, "others are called");
});

test("asking twice finds the first; another time moves it; a number that may not be dialled is promised nothing", async () => {
  const first = made(await at.callbacks.book(booking()));
  const again = made(await at.callbacks.book(booking({ reason: "Encore" })));
  assert.deepEqual([again.request.id, again.token, again.request.reason], [first.request.id, null, "Retour"]);
  const slot = at.callbacks.offer("q_support", "fr").slots[0]!;
  const dated = made(await at.callbacks.book(booking({ slot })));
  assert.deepEqual([dated.request.id, dated.request.slot, dated.request.nextAtMs], [first.request.id, slot, slot.startMs]);
  assert.equal((await at.callbacks.list({ queueIds: null, states: ["waiting"], number: "+33611223344", customerId: null })).length, 1);
  assert.notEqual(made(await at.callbacks.book(booking({ queueId: "q_sales" }))).request.id, first.request.id, "another queue is another matter");
  assert.deepEqual(await at.callbacks.book(booking({ number: "+882123456" })), { ok: false, why: "not-allowed" });
  assert.deepEqual(await at.callbacks.book(booking({ number: "anonymous" })), { ok: false, why: "not-a-number" });
  assert.deepEqual(await at.callbacks.book(booking({ number: "209", by: "page" })), { ok: false, why: "not-a-number" }, "a page reaches no extension");
  assert.deepEqual(await at.callbacks.book(booking({ queueId: "gone" })), { ok: false, why: "unknown-queue" });
  const report = await at.ledger.report("q_support", NINE - HOUR, NINE + HOUR);
  assert.deepEqual(report.queues.map(({ kind, open, released }) => [kind, open, released]), [["callback", 0, 1], ["slot", 1, 0]], "the promise of before was let go");
});

test("50 parties want one slot of 3 at the same instant: 3 get it, 47 are told that it is full, and it is offered no more", async () => {
  const slot = at.callbacks.offer("q_support", "fr").slots[0]!;
  const booked = await Promise.all(Array.from({ length: 50 }, (_, i) => at.callbacks.book(booking({ number: `+336000000${String(i).padStart(2, "0")}`, slot }))));
  assert.deepEqual([booked.filter(({ ok }) => ok).length, booked.filter((one) => !one.ok && one.why === "full").length], [3, 47]);
  const [row] = await at.database.db.query<{ n: number }>("SELECT count(*) AS n FROM callback_request WHERE slot_at = $1", [new Date(slot.startMs)]);
  assert.equal(row?.n, 3);
  assert.notEqual(at.callbacks.offer("q_support", "fr").slots[0]?.startMs, slot.startMs);
});

test("50 requests of one number at the same instant are one promise", async () => {
  const booked = await Promise.all(Array.from({ length: 50 }, () => at.callbacks.book(booking())));
  assert.equal(new Set(booked.map((one) => made(one).request.id)).size, 1);
  assert.equal(booked.filter((one) => made(one).token !== null).length, 1);
  at.clock.advance(0);
  assert.equal(at.begun.length, 1);
  const report = await at.ledger.report(null, NINE - HOUR, NINE + HOUR);
  assert.equal(report.queues[0]?.open, 1);
});

test("dated: not before its time, at its time ahead of who has none; slots are within hours and not too soon", async () => {
  const { slots, inOrder } = at.callbacks.offer("q_support", "fr");
  assert.deepEqual([slots[0], inOrder], [{ startMs: NINE + 30 * MINUTE, endMs: NINE + HOUR }, { position: 3, estimatedWaitMs: 180_000 }]);
  for (const { startMs, endMs } of slots) assert.ok(startMs % (24 * HOUR) >= 9 * HOUR && endMs % (24 * HOUR) <= 17 * HOUR);
  assert.deepEqual(await at.callbacks.book(booking({ slot: { startMs: NINE + 31 * MINUTE, endMs: NINE + 61 * MINUTE } })), { ok: false, why: "not-offered" });
  assert.deepEqual(await at.callbacks.book(booking({ slot: { startMs: NINE + 30 * MINUTE, endMs: NINE + 5 * HOUR } })), { ok: false, why: "not-offered" });
  made(await at.callbacks.book(booking({ slot: slots[0]! })));
  at.clock.advance(30 * MINUTE - 1);
  assert.equal(at.begun.length, 0);
  at.clock.advance(1);
  assert.deepEqual([at.begun.length, at.begun[0]?.place.priority, at.begun[0]?.place.sinceMs], [1, 8, NINE + 30 * MINUTE]);
});

test("cancelled by the customer it is released, by staff it is broken; a removed queue breaks it; the contact ends", async () => {
  const one = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  await at.callbacks.cancel(one.request.id, "customer");
  const two = made(await at.callbacks.book(booking()));
  assert.notEqual(two.request.id, one.request.id, "a new promise after the end of the first");
  await at.callbacks.cancel(two.request.id, "staff");
  made(await at.callbacks.book(booking({ queueId: "q_sales" })));
  at.callbacks.queueGone("q_sales");
  assert.deepEqual(at.ended, [at.begun[0]?.interactionId]);
  const report = await at.ledger.report(null, NINE - HOUR, NINE + HOUR);
  assert.deepEqual(report.queues.map(({ queueId, released, broken, broke }) => [queueId, released, broken, broke]), [["q_sales", 0, 1, { "queue-gone": 1 }], ["q_support", 1, 1, { "cancelled-by-staff": 1 }]]);
});

test("the customer's link opens it, moves it and cancels it; a renewed link is the only one", async () => {
  const { token, request } = made(await at.callbacks.book(booking()));
  assert.equal((await at.callbacks.byToken(token!))?.id, request.id);
  assert.equal(await at.callbacks.byToken("x".repeat(26)), null);
  const slot = at.callbacks.offer("q_support", "fr").slots[4]!;
  assert.deepEqual(made(await at.callbacks.move(request.id, slot)).request.slot, slot);
  assert.deepEqual(await at.callbacks.move(request.id, { startMs: NINE - HOUR, endMs: NINE }), { ok: false, why: "not-offered" });
  const renewed = await at.callbacks.renewToken(request.id);
  assert.deepEqual([await at.callbacks.byToken(token!), (await at.callbacks.byToken(renewed))?.id], [null, request.id]);
});

test("a restart: open promises are there again, what called when the server ended is called again, and the ledger settles what it promised before", async () => {
  const { request } = made(await at.callbacks.book(booking({ estimatedWaitMs: 60_000 })));
  const slot = at.callbacks.offer("q_support", "fr").slots[0]!;
  made(await at.callbacks.book(booking({ number: "+33699999999", slot })));
  at.clock.advance(0);
  at.live([...AGENT, { type: "customerDialled" }]);
  await at.callbacks.settled();
  await at.ledger.settled();
  at.callbacks.stop();
  // the centre has closed it, and is about to tell
  at.closed.add(at.begun[0]!.interactionId);
  const cut = at.begun[0]!.interactionId;
  at.begun = [];
  await at.open();
  at.clock.advance(20 * MINUTE);
  assert.deepEqual([at.begun[0]?.request.attempts, at.begun[0]?.interactionId === cut], [[], false], "what the server's end cut is no try");
  assert.deepEqual(at.begun.map(({ request: { id } }) => id), [request.id]);
  at.live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
  await at.callbacks.settled();
  const report = await at.ledger.report(null, NINE - HOUR, NINE + HOUR);
  assert.deepEqual(report.queues.map(({ kind, late, open, meanLateMs }) => [kind, late, open, meanLateMs]), [["callback", 1, 0, 19 * MINUTE], ["slot", 0, 1, null]]);
  assert.deepEqual(report.worst.map(({ callbackId, outcome, lateMs }) => [callbackId, outcome, lateMs]), [[request.id, "late", 19 * MINUTE]]);
});

test("a restart while the agent writes down a call that was made: the customer is not called a second time, and the promise is kept", async () => {
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  const wraps = at.live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }]);
  assert.equal(wraps.state, "wrapping");
  await at.callbacks.settled();
  await at.ledger.settled();
  at.callbacks.stop();
  at.begun = [];
  await at.open();
  at.clock.advance(HOUR);
  assert.equal(at.begun.length, 0);
  const [over] = step(wraps, WRAPPED, at.clock.now());
  at.callbacks.follow({ interaction: over, facts: [WRAPPED] });
  await at.callbacks.settled();
  assert.deepEqual([(await at.callbacks.get(request.id))?.end, (await at.ledger.report(null, NINE - HOUR, NINE + HOUR)).queues[0]?.kept], ["reached", 1]);
});

test("hours that were closed after the promise: nobody is called in them, not for an instant, and it is called when they open", async () => {
  const slot = at.callbacks.offer("q_support", "fr").slots[2]!;
  const { request } = made(await at.callbacks.book(booking({ slot })));
  at.closures = [{ startMs: NINE, endMs: NINE + 12 * HOUR }];
  at.clock.advance(10 * HOUR);
  assert.deepEqual([at.begun.length, (await at.callbacks.get(request.id))?.nextAtMs], [0, NINE + 24 * HOUR]);
  at.clock.advance(14 * HOUR);
  assert.equal(at.begun.length, 1);
});

test("an agent's own promise is theirs to keep, also in the evening: hours put it off neither at its time nor later", async () => {
  made(await at.callbacks.book(booking({ slot: { startMs: NINE + 12 * HOUR, endMs: NINE + 13 * HOUR }, unbound: true, agentId: "ana" })));
  at.clock.advance(12 * HOUR);
  assert.equal(at.begun.length, 1);
  at.clock.advance(10 * MINUTE);
  assert.deepEqual(at.ended, []);
});

test("closed hours of a queue that is gone put nothing off: the promise is broken, and why", async () => {
  const slot = at.callbacks.offer("q_support", "fr").slots[2]!;
  const { request } = made(await at.callbacks.book(booking({ slot })));
  at.closures = [{ startMs: NINE, endMs: NINE + 48 * HOUR }];
  at.gone.add("q_support");
  at.clock.advance(10 * HOUR);
  await at.callbacks.settled();
  assert.deepEqual([(await at.callbacks.get(request.id))?.state, (await at.callbacks.get(request.id))?.end], ["broken", "queue-gone"]);
});

test("times that nobody means are refused, whoever asks", async () => {
  for (const [startMs, endMs] of [[NINE + HOUR, NINE + HOUR], [NINE - HOUR, NINE - 1], [NINE + 500 * 24 * HOUR, NINE + 500 * 24 * HOUR + HOUR]] as const) {
    assert.deepEqual(await at.callbacks.book(booking({ slot: { startMs, endMs }, unbound: true })), { ok: false, why: "not-offered" });
  }
  made(await at.callbacks.book(booking({ slot: { startMs: NINE + 12 * HOUR, endMs: NINE + 13 * HOUR }, unbound: true })));
});
