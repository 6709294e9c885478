/** Promised calls as they are made: agents, tries, lines, and customers who call in themselves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../base/log.ts";
import { newInteraction, step, type Fact } from "../hub/hub.ts";
import { AGENT, booking, callbackRig, HOUR, made, MINUTE, NINE, VOICE, WRAPPED } from "./test-callback-rig.ts";

const at = callbackRig();

test("in order: begins at once at the place and priority that were kept; reached is served, the promise is kept", async () => {
  const { request } = made(await at.callbacks.book(booking({ sinceMs: NINE - 5 * MINUTE, estimatedWaitMs: 180_000 })));
  assert.deepEqual([request.dueMs, request.state], [NINE + 180_000, "waiting"]);
  at.clock.advance(0);
  const { place } = at.begun[0]!;
  assert.deepEqual([at.begun.length, place.sinceMs, place.priority, place.attempt, place.reason, place.ringMs], [1, NINE - 5 * MINUTE, 3, 1, "Retour", 20_000]);
  at.clock.advance(2 * MINUTE);
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
  await at.callbacks.settled();
  const over = await at.callbacks.get(request.id);
  assert.deepEqual([over?.state, over?.end, over?.attempts.map(({ outcome, agentId }) => [outcome, agentId])], ["served", "reached", [["reached", "ana"]]]);
  const report = await at.ledger.report(null, NINE - HOUR, NINE + HOUR);
  assert.deepEqual(report.queues.map(({ kind, kept, late, open }) => [kind, kept, late, open]), [["callback", 1, 0, 0]]);
  assert.equal(report.queues[0]?.error?.bias, -60_000, "three minutes were said, two it took");
});

test("a mistake of ours over one promise keeps no other from being called, and it is tried again", async () => {
  const mistakes: string[] = [];
  at.log = { ...silentLog, error: (_fields, message) => void mistakes.push(message) };
  await at.open();
  for (const number of ["+33611000001", "+33611000002"]) made(await at.callbacks.book(booking({ number })));
  const { get } = at.speaking;
  at.speaking.get = (number) => {
    if (number === "+33611000001") throw new Error("ours");
    return get.call(at.speaking, number);
  };
  at.clock.advance(0);
  assert.deepEqual(at.begun.map(({ request }) => request.number), ["+33611000002"]);
  assert.equal(mistakes.length, 1);
  at.speaking.get = get;
  at.clock.advance(15_000);
  assert.deepEqual(at.begun.map(({ request }) => request.number), ["+33611000002", "+33611000001"]);
});

test("a call whose contact could not be stored is no try: it is begun again soon, as long as it takes", async () => {
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  for (let n = 1; n <= 25; n++) {
    at.live([{ type: "failed", why: "not stored" }]);
    at.clock.advance(15_000);
    assert.equal(at.begun.length, n + 1);
  }
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
  await at.callbacks.settled();
  const over = await at.callbacks.get(request.id);
  assert.deepEqual([over?.end, over?.attempts.length], ["reached", 1]);
});

test("busy, then no answer: tried again after the pause, as often as the rule says; then the promise is broken, with why", async () => {
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([...AGENT, { type: "customerNotReached", why: "busy", status: 486 }, WRAPPED]);
  at.clock.advance(15 * MINUTE - 1);
  assert.equal(at.begun.length, 1);
  at.clock.advance(1);
  assert.deepEqual([at.begun.length, at.begun[1]?.place.attempt, at.begun[1]?.place.sinceMs], [2, 2, NINE]);
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerNotReached", why: "no-answer", status: 0 }, WRAPPED]);
  at.clock.advance(15 * MINUTE);
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerNotReached", why: "no-answer", status: 0 }, WRAPPED]);
  at.clock.advance(5 * HOUR);
  assert.equal(at.begun.length, 3);
  await at.callbacks.settled();
  const over = await at.callbacks.get(request.id);
  assert.deepEqual([over?.state, over?.end, over?.attempts.map(({ outcome }) => outcome)], ["broken", "no-answer", ["busy", "no-answer", "no-answer"]]);
  const [line] = (await at.ledger.report(null, NINE - HOUR, NINE + 9 * HOUR)).queues;
  assert.deepEqual([line?.broken, line?.broke], [1, { "no-answer": 1 }]);
});

test("a machine is tried again; what the server cut is no try; an agent who hung up too soon is one", async () => {
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }]);
  assert.equal(at.callbacks.machine(request.id, "ana"), true);
  const first = at.begun[0]!;
  let it = at.live([...AGENT, { type: "customerReached" }]);
  assert.equal(it.id, first.interactionId);
  it = at.live([...AGENT, { type: "customerReached" }, { type: "agentLeft", agentId: "ana", why: "ended" }, WRAPPED]);
  at.clock.advance(15 * MINUTE);
  assert.equal(at.begun.length, 2);
  at.live([...AGENT, { type: "serverRestarted" }]);
  at.clock.advance(1);
  assert.deepEqual([at.begun.length, at.begun[2]?.place.attempt], [3, 2], "begun again at once");
  at.live([...AGENT, { type: "agentLeft", agentId: "ana", why: "ended" }, WRAPPED]);
  await at.callbacks.settled();
  const now = await at.callbacks.get(request.id);
  assert.deepEqual([now?.state, now?.attempts.map(({ outcome }) => outcome)], ["waiting", ["machine", "agent-ended"]]);
});

test("nobody is called at night: what waits for an agent when the queue closes goes on in the morning, and keeps its place", async () => {
  at.clock.advance(8 * HOUR - MINUTE);
  made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([]);
  assert.equal(at.begun.length, 1);
  at.clock.advance(2 * MINUTE);
  assert.deepEqual(at.ended, [at.begun[0]?.interactionId]);
  at.clock.advance(15 * HOUR);
  assert.equal(at.begun.length, 1);
  at.clock.advance(2 * HOUR);
  assert.deepEqual([at.begun.length, at.begun[1]?.place.sinceMs], [2, NINE + 8 * HOUR - MINUTE]);
  assert.equal(at.callbacks.offer("q_support", "fr").inOrder?.position, 3);
});

test("the customer calls in: they take their own place, nobody calls them meanwhile; served it is kept, given up it is called again", async () => {
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([]);
  let call = newInteraction("int_in", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, at.clock.now());
  const tell = (fact: Fact): void => {
    [call] = step(call, fact, at.clock.now());
    at.callbacks.follow({ interaction: call, facts: [fact] });
  };
  tell({ type: "continued", fromInteractionId: at.begun[0]!.interactionId, agentId: null, queueId: "q_support", needs: [], priority: 3, ringMs: 1, wrapMs: 1, trail: [], data: {}, reason: "Retour", sinceMs: NINE });
  assert.deepEqual([call.queue?.sinceMs, at.ended], [NINE, [at.begun[0]!.interactionId]]);
  at.clock.advance(10 * MINUTE);
  assert.equal(at.begun.length, 1, "nobody is dialled who waits on the line");
  tell({ type: "customerLeft", why: "hung-up" });
  at.clock.advance(0);
  assert.deepEqual([at.begun.length, at.begun[1]?.place.sinceMs], [2, NINE], "they gave up: the promise holds");
  call = newInteraction("int_in2", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, at.clock.now());
  tell({ type: "flowEnded", outcome: { type: "queue", queueId: "q_support", needs: [], priority: 0, reason: null, ringMs: 1, wrapMs: 1, preferredAgentId: null } });
  tell({ type: "agentFound", agentId: "ana", queueId: "q_support", reason: {} });
  tell({ type: "accepted", agentId: "ana" });
  await at.callbacks.settled();
  const over = await at.callbacks.get(request.id);
  assert.deepEqual([over?.state, over?.end, at.ended.at(-1)], ["served", "called-in", at.begun[1]?.interactionId]);
  assert.equal((await at.ledger.report(null, NINE - HOUR, NINE + HOUR)).queues[0]?.kept, 1);
});

test("who is on the line with us is not dialled: in-order begins when they hang up, whether they booked it in that call or called in meanwhile", async () => {
  at.speaking.set("+33611223344", "int_in");
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(MINUTE);
  assert.equal(at.begun.length, 0, "their line is busy with us");
  let call = newInteraction("int_in", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, at.clock.now());
  const tell = (fact: Fact): void => {
    [call] = step(call, fact, at.clock.now());
    at.callbacks.follow({ interaction: call, facts: [fact] });
  };
  tell({ type: "flowEnded", outcome: { type: "queue", queueId: "q_sales", needs: [], priority: 0, reason: null, ringMs: 1, wrapMs: 30_000, preferredAgentId: null } });
  tell({ type: "agentFound", agentId: "ana", queueId: "q_sales", reason: {} });
  tell({ type: "accepted", agentId: "ana" });
  at.clock.advance(MINUTE);
  assert.deepEqual([at.begun.length, at.callbacks.isOpen(request.id)], [0, true], "an agent of another queue has not served this promise");
  at.speaking.clear();
  tell({ type: "customerLeft", why: "hung-up" });
  assert.equal(call.state, "wrapping");
  at.clock.advance(0);
  assert.equal(at.begun.length, 1, "at once: the agent's wrap-up is not theirs");
});

test("two promises to one number are not dialled at once: the second waits until the first has hung up", async () => {
  const [one, two] = [made(await at.callbacks.book(booking())).request, made(await at.callbacks.book(booking({ queueId: "q_sales" }))).request];
  at.clock.advance(0);
  assert.deepEqual(at.begun.map(({ request: { id } }) => id), [one.id, two.id]);
  const second = at.begun[1]!;
  at.begun = [at.begun[0]!];
  at.live([]);
  assert.deepEqual(at.ended, [], "both wait for an agent");
  // by an agent of the other queue, which takes what is too much for this one
  let it = at.live([{ type: "agentFound", agentId: "ana", queueId: "q_sales", reason: {} }, { type: "accepted", agentId: "ana" }]);
  assert.deepEqual([it.state, at.ended], ["connected", [second.interactionId]], "an agent has the first: the other one's contact gives way");
  assert.equal((await at.callbacks.get(two.id))?.state, "waiting");
  at.clock.advance(10 * MINUTE);
  assert.equal(at.begun.length, 1);
  it = at.live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }]);
  at.clock.advance(0);
  assert.deepEqual(at.begun.map(({ request: { id } }) => id), [one.id, two.id], "and is called now, without a try lost");
  assert.equal(at.begun[1]?.place.attempt, 1);
});

test("who calls in while an agent dials them changes nothing: the line is busy, and it is tried again", async () => {
  made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([...AGENT, { type: "customerDialled" }]);
  const call = newInteraction("int_in", VOICE, { from: "+33611223344", fromName: "", to: "1000", language: "fr", context: {} }, at.clock.now());
  at.callbacks.follow({ interaction: call, facts: [] });
  assert.deepEqual(at.ended, []);
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerNotReached", why: "busy", status: 486 }, WRAPPED]);
  at.clock.advance(15 * MINUTE);
  assert.deepEqual([at.begun.length, at.begun[1]?.place.attempt], [2, 2]);
});

test("nobody is cut off who has answered: a removed queue, a link's cancel and staff leave the conversation alone, and the promise is kept", async () => {
  const { request } = made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([...AGENT, { type: "customerDialled" }, { type: "customerReached" }]);
  at.reached.add(at.begun[0]!.interactionId);
  at.callbacks.queueGone("q_support");
  for (const by of ["customer", "staff"] as const) assert.equal((await at.callbacks.cancel(request.id, by))?.state, "calling");
  assert.deepEqual(at.ended, []);
  at.live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
  await at.callbacks.settled();
  assert.equal((await at.callbacks.get(request.id))?.end, "reached");
});

test("no line is free: tried again soon, and it is no attempt", async () => {
  at.lines = false;
  made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  assert.equal(at.begun.length, 0);
  at.lines = true;
  at.clock.advance(15_000);
  assert.deepEqual([at.begun.length, at.begun[0]?.place.attempt], [1, 1]);
});

test("a contact that went without a word holds no promise up", async () => {
  made(await at.callbacks.book(booking()));
  at.clock.advance(0);
  at.live([...AGENT, { type: "customerDialled" }]);
  at.dead.add(at.begun[0]!.interactionId);
  at.clock.advance(30_000);
  assert.deepEqual([at.begun.length, at.begun[1]?.place.attempt], [2, 1]);
});

test("called now by an agent: they are asked first, before everybody, and the one that waited gives way", async () => {
  const slot = at.callbacks.offer("q_support", "fr").slots[6]!;
  const { request } = made(await at.callbacks.book(booking({ slot })));
  await at.callbacks.callNow(request.id, "ana");
  at.clock.advance(0);
  assert.deepEqual([at.begun.length, at.begun[0]?.place.preferredAgentId, at.begun[0]?.place.priority], [1, "ana", 10]);
  at.live(AGENT);
  assert.equal(await at.callbacks.callNow(request.id, "ben"), null, "somebody calls them already");
  at.clock.advance(0);
  assert.deepEqual([at.begun.length, (await at.callbacks.get(request.id))?.agentId], [1, "ana"]);
  at.live([...AGENT, { type: "customerReached" }, { type: "customerLeft", why: "hung-up" }, WRAPPED]);
  assert.equal((await at.ledger.report(null, NINE - HOUR, NINE + HOUR)).queues[0]?.kept, 1);
});
