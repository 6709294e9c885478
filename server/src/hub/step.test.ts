/** The hub's table: every fact in every state, over both kinds of media, and long odd days. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { newInteraction, step, type Fact, type Interaction, type InteractionState, type MediumTraits, type Order } from "./hub.ts";

const VOICE: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
const CHAT: MediumTraits = { medium: "chat", written: true, holdable: false, recordable: false, acceptedByDevice: false, ringMs: 30_000, wraps: true };
const NOW = 1_790_000_000_000;
const STATES: readonly InteractionState[] = ["flow", "queued", "offered", "connected", "wrapping", "closed"];
const AGENT = "lea";
const OTHER = "hugo";

const queueOutcome = (wrapMs: number): Fact => ({ type: "flowEnded", outcome: { type: "queue", queueId: "q", needs: [], priority: 3, reason: null, ringMs: 20_000, wrapMs, preferredAgentId: null } });
const message = (seq: number): Fact => ({ type: "messageAdded", message: { id: `m${seq}`, seq, author: "customer", authorName: "C", text: "bonjour", atMs: NOW, clientId: `client-${seq}` } });

/** One of each, and of those with a choice, each choice; for the agent who has it and for one who has not. */
const FACTS: readonly Fact[] = [
  { type: "customerIdentified", customerId: "cus", name: "Camille", known: true, language: "en", last: null },
  { type: "flowMoved", flow: { step: "x" }, trail: [{ atMs: NOW, step: "need", label: "Demande", answer: "Retour" }], data: { need: "return" }, language: "en" },
  queueOutcome(30_000),
  { type: "flowEnded", outcome: { type: "end" } },
  { type: "overflowed", fromQueueId: "q", toQueueId: "q2" },
  { type: "continued", fromInteractionId: "other", agentId: "a1", queueId: "q", needs: [], priority: 3, ringMs: 20_000, wrapMs: 30_000, trail: [], data: {}, reason: "same matter" },
  { type: "continued", fromInteractionId: "other", agentId: null, queueId: "q", needs: [], priority: 3, ringMs: 20_000, wrapMs: 30_000, trail: [], data: {}, reason: null, handedBack: { why: "busy", transfers: [{ fromAgentId: "a1", note: "n", atMs: 1, to: "Atelier" }] } },
  { type: "waitExceeded", queueId: "q", waitedMs: 1 },
  { type: "calledBack", callbackId: "cb", attempt: 1, queueId: "q", needs: [], priority: 3, sinceMs: NOW - 60_000, preferredAgentId: null, ringMs: 20_000, wrapMs: 30_000, reason: "order", trail: [], data: {} },
  { type: "customerDialled" },
  { type: "customerReached" },
  { type: "callWithdrawn" },
  { type: "customerNotReached", why: "busy", status: 486 },
  ...[AGENT, OTHER].flatMap((agentId): Fact[] => [
    { type: "agentFound", agentId, queueId: "q", reason: {} },
    { type: "accepted", agentId },
    { type: "notAnswered", agentId, why: "declined" },
    { type: "notAnswered", agentId, why: "missed" },
    { type: "notAnswered", agentId, why: "unreachable" },
    { type: "agentLeft", agentId, why: "ended" },
    { type: "agentLeft", agentId, why: "hung-up" },
    { type: "agentLeft", agentId, why: "device-lost" },
    { type: "transferred", byAgentId: agentId, to: { kind: "queue", queueId: "q2", priority: 3, ringMs: 20_000, wrapMs: 0 }, note: "" },
    { type: "transferred", byAgentId: agentId, to: { kind: "agent", agentId: "aicha" }, note: "" },
    { type: "handedOver", byAgentId: agentId, to: { number: "240", name: "Atelier" }, note: "" },
  ]),
  { type: "returned", why: "busy", asInteractionId: "i2" },
  { type: "messageDelivered", seq: 1 },
  { type: "messageUndelivered", seq: 2, status: 480 },
  { type: "held" },
  { type: "resumed" },
  { type: "recordingPaused" },
  { type: "recordingResumed" },
  { type: "recordingReady", mixedPath: "/a", stereoPath: "/b", durationMs: 1 },
  message(1),
  { type: "read", side: "customer", upTo: 99 },
  { type: "read", side: "agent", upTo: 0 },
  { type: "customerAway" },
  { type: "customerBack" },
  ...(["hung-up", "media-lost", "ended", "idle"] as const).map((why): Fact => ({ type: "customerLeft", why })),
  { type: "endedBySupervisor", userId: "sup" },
  { type: "noted", disposition: "d", notes: "n" },
  ...(["agent", "limit", "agent-gone"] as const).map((by): Fact => ({ type: "wrapEnded", by })),
  { type: "rated", score: 5, comment: "" },
  { type: "serverRestarted" },
  { type: "failed", why: "bug" },
];

const told = (it: Interaction, ...facts: Fact[]): Interaction => facts.reduce((now, fact) => step(now, fact, NOW)[0], it);

function inState(traits: MediumTraits, state: InteractionState): Interaction {
  const flow = newInteraction("i1", traits, { from: "+33612849047", fromName: "Camille", to: "1000", language: "fr", context: {} }, NOW);
  const queued = told(flow, queueOutcome(30_000));
  const offered = told(queued, { type: "agentFound", agentId: AGENT, queueId: "q", reason: {} });
  const connected = told(offered, { type: "accepted", agentId: AGENT });
  const wrapping = told(connected, { type: "customerLeft", why: "hung-up" });
  const it = { flow, queued, offered, connected, wrapping, closed: told(wrapping, { type: "wrapEnded", by: "agent" }) }[state];
  assert.equal(it.state, state);
  return it;
}

/** What can be read off the state itself. */
function consistent(it: Interaction, where: string): void {
  assert.equal(it.state === "offered", it.offer !== null, `${where}: an offer exactly while offered`);
  assert.equal(it.state === "closed", it.closed !== null, `${where}: closed with its reason`);
  assert.equal(it.state === "wrapping", it.wrapUntilMs !== null, `${where}: a wrap-up limit exactly while wrapping`);
  if (it.state === "flow" || it.state === "queued" || it.state === "offered") assert.equal(it.agentId, null, `${where}: no owner before one accepted`);
  if (it.state === "connected" || it.state === "wrapping") assert.ok(it.agentId, `${where}: an owner`);
  if (it.state === "queued" || it.state === "offered") assert.ok(it.queue, `${where}: a place`);
  if (it.heldSinceMs !== null) assert.equal(it.state, "connected", `${where}: held only while connected`);
  if (it.state !== "connected") assert.equal(it.recording, "off", `${where}: recorded only while connected`);
  const open = it.segments.filter((s) => s.untilMs === null);
  assert.equal(open.length, it.state === "closed" ? 0 : 1, `${where}: one segment lasts while it is open`);
  assert.deepEqual(JSON.parse(JSON.stringify(it)), it, `${where}: plain JSON`);
}

for (const traits of [VOICE, CHAT]) {
  describe(`every fact in every state, ${traits.medium}`, () => {
    for (const state of STATES) {
      test(state, () => {
        for (const fact of FACTS) {
          const was = inState(traits, state);
          const before = structuredClone(was);
          const where = `${fact.type} ${JSON.stringify(fact)} while ${state}`;
          const [now, orders] = step(was, fact, NOW + 1_000);
          assert.deepEqual(was, before, `${where}: the old state is not touched`);
          consistent(now, where);
          if (state === "closed") {
            assert.equal(now.state, "closed", `${where}: what is closed is not revived`);
            assert.deepEqual(now.closed, was.closed, `${where}: nor does its end change`);
            for (const order of orders) assert.ok(order.do === "offerEnded" || order.do === "cancelRing", `${where}: only taken back, not ${order.do}`);
          }
        }
      });
    }

    test("arrived is told once: a second one is our mistake, but closed it is only late", () => {
      const arrived: Fact = { type: "arrived", traits, from: "x", fromName: "", to: "1000", language: "fr", context: {} };
      for (const state of STATES) {
        const it = inState(traits, state);
        if (state === "closed") assert.deepEqual(step(it, arrived, NOW), [it, []]);
        else assert.throws(() => step(it, arrived, NOW), /arrived/);
      }
    });
  });
}

/** Whom the orders so far have put where: what routing and the channel hold. */
class Floor {
  readonly engaged = new Set<string>();
  readonly ringing = new Set<string>();
  waiting = false;
  open = true;
  recording = false;

  carryOut(order: Order, where: string): void {
    switch (order.do) {
      case "enqueue":
        assert.equal(this.waiting, false, `${where}: waits once`);
        this.waiting = true;
        return;
      case "dequeue":
        this.waiting = false;
        return;
      case "ring":
        this.ringing.add(order.agentId);
        return;
      case "cancelRing":
        this.ringing.delete(order.agentId);
        return;
      case "offerAccepted":
        assert.ok(this.engaged.has(order.agentId), `${where}: accepted by who was offered it`);
        this.ringing.delete(order.agentId);
        return;
      case "offerEnded":
      case "release":
        this.engaged.delete(order.agentId);
        return;
      case "record":
        if (order.what === "start" || order.what === "stop") {
          assert.equal(this.recording, order.what === "stop", `${where}: recording ${order.what}`);
          this.recording = order.what === "start";
        }
        return;
      case "end":
      case "handOver":
        assert.equal(this.open, true, `${where}: ends once`);
        this.open = false;
        return;
      default:
        return;
    }
  }
}

test("3,000 odd lives: orders in are orders out, one owner, one end, and every life ends", () => {
  const seed = Number(process.env["SEED"] ?? 20261121);
  const chance = seededChance(seed);
  const ends = new Map<string, number>();
  for (let life = 0; life < 3_000; life++) {
    const traits = life % 2 === 0 ? VOICE : CHAT;
    const floor = new Floor();
    let it = newInteraction(`i${life}`, traits, { from: "x", fromName: "", to: "1000", language: "fr", context: {} }, NOW);
    // chance alone seldom gets as far as a conversation
    if (life % 5 === 0) {
      it = inState(traits, "connected");
      floor.engaged.add(AGENT);
      floor.recording = traits.recordable;
    }
    const told: string[] = [];
    for (let i = 0; i < 40; i++) {
      // The process that carried the calls is gone with what it held: recovery is not part of one life of the orders.
      const all = FACTS.filter((f) => f.type !== "serverRestarted");
      const fact: Fact = all[Math.floor(chance.next() * all.length)]!;
      told.push(`${it.state}:${fact.type}`);
      const where = `seed ${seed}, life ${life}: ${told.join(" ")}`;
      // Routing engages whom it found, before the hub hears of it; never somebody twice.
      if (fact.type === "agentFound") {
        if (floor.engaged.has(fact.agentId)) continue;
        if (it.state === "queued") floor.waiting = false;
        floor.engaged.add(fact.agentId);
      }
      const [next, orders] = step(it, fact, NOW + i * 1_000);
      it = next;
      for (const order of orders) floor.carryOut(order, where);
      consistent(it, where);
      const holder = it.offer?.agentId ?? it.agentId;
      if (it.state !== "closed") assert.deepEqual([...floor.engaged], holder === null ? [] : [holder], `${where}: engaged is who holds it`);
      assert.equal(floor.waiting, it.state === "queued", `${where}: waits exactly while queued`);
      assert.deepEqual([...floor.ringing], it.offer === null ? [] : [it.offer.agentId], `${where}: rings exactly while offered`);
      assert.equal(floor.recording, it.recording !== "off", `${where}: recorded as shown`);
      assert.equal(floor.open, it.state !== "wrapping" && it.state !== "closed", `${where}: the customer's side is open until the end`);
    }
    const [closed, orders] = step(it, { type: "endedBySupervisor", userId: "sup" }, NOW + 100_000);
    for (const order of orders) floor.carryOut(order, `seed ${seed}, life ${life}: ended`);
    assert.equal(closed.state, "closed");
    assert.deepEqual([...floor.engaged, ...floor.ringing, floor.waiting, floor.open, floor.recording], [false, false, false], `seed ${seed}, life ${life}: nobody is left behind`);
    ends.set(closed.closed!.why, (ends.get(closed.closed!.why) ?? 0) + 1);
  }
  for (const why of ["customer-left", "abandoned", "agent-ended", "flow-ended", "failed", "handed-over"]) assert.ok((ends.get(why) ?? 0) > 10, `${why} was among the ends: ${JSON.stringify([...ends])}`);
});

test("after a restart: written media go on, calls close with the reason, wrap-up goes on in both", () => {
  for (const traits of [VOICE, CHAT]) {
    for (const state of STATES) {
      const [now, orders] = step(inState(traits, state), { type: "serverRestarted" }, NOW + 5_000);
      const where = `${traits.medium} ${state}`;
      if (state === "closed" || state === "wrapping") assert.equal(now.state, state, where);
      else if (!traits.written) {
        assert.deepEqual([now.state, now.closed?.why, orders], ["closed", "server-restarted", []], `${where}: nothing is left to be told`);
      } else assert.equal(now.state, state === "offered" ? "queued" : state, where);
      if (now.state === "queued") assert.equal(orders.filter((o) => o.do === "enqueue").length, 1, where);
      if (now.state === "connected" || now.state === "wrapping") assert.deepEqual(orders.filter((o) => o.do === "engage"), [{ do: "engage", agentId: AGENT, wrapping: now.state === "wrapping" }], where);
      consistent(now, where);
    }
  }
});

test("what became of each message of ours is kept, also after the end; of those that did not arrive the last fifty", () => {
  let it = newInteraction("i", { ...CHAT, medium: "message", countsAs: "chat" }, { from: "+33612345678", fromName: "", to: "1000", language: "fr", context: {} }, NOW);
  const tell = (fact: Fact): void => void ([it] = step(it, fact, NOW));
  tell({ type: "messageDelivered", seq: 2 });
  tell({ type: "messageUndelivered", seq: 3, status: 480 });
  assert.deepEqual([it.deliveredUpTo, it.undelivered], [3, [{ seq: 3, status: 480 }]]);
  tell({ type: "customerLeft", why: "idle" });
  assert.equal(it.state, "closed");
  tell({ type: "messageUndelivered", seq: 4, status: 408 });
  assert.deepEqual(it.undelivered?.map(({ seq }) => seq), [3, 4]);
  for (let seq = 5; seq < 105; seq++) tell({ type: "messageUndelivered", seq, status: 408 });
  assert.deepEqual([it.undelivered?.length, it.undelivered?.[0]?.seq, it.deliveredUpTo], [50, 55, 104]);
});

test("handed over: recording stops, the customer is given away instead of ended, the agent's wrap-up begins at once; written media refuse", () => {
  const fact: Fact = { type: "handedOver", byAgentId: AGENT, to: { number: "240", name: "Atelier" }, note: "moteur" };
  const [now, orders] = step(inState(VOICE, "connected"), fact, NOW + 5_000);
  assert.deepEqual(orders, [{ do: "record", what: "stop" }, { do: "handOver", agentId: AGENT, to: { number: "240", name: "Atelier" } }, { do: "wrap", agentId: AGENT }]);
  assert.deepEqual([now.state, now.endedWhy, now.wrapUntilMs], ["wrapping", "handed-over", NOW + 35_000]);
  assert.deepEqual(now.handedTo, { number: "240", name: "Atelier", byAgentId: AGENT, note: "moteur", atMs: NOW + 5_000 });
  const written = inState(CHAT, "connected");
  assert.deepEqual(step(written, fact, NOW), [written, []]);
  const notTheirs = inState(VOICE, "connected");
  assert.deepEqual(step(notTheirs, { ...fact, byAgentId: OTHER }, NOW), [notTheirs, []]);
});

test("handed over and back: the old contact knows as which one, also closed; the new one is at the head of its queue and dearer by one", () => {
  const given = told(inState(VOICE, "connected"), { type: "handedOver", byAgentId: AGENT, to: { number: "240", name: "Atelier" }, note: "" });
  const back: Fact = { type: "returned", why: "no-answer", asInteractionId: "i2" };
  for (const it of [given, told(given, { type: "wrapEnded", by: "agent" })]) {
    const [now, orders] = step(it, back, NOW);
    assert.deepEqual([now.state, now.handedTo?.returned, orders], [it.state, { why: "no-answer", asInteractionId: "i2" }, []]);
  }
  const transfers = [{ fromAgentId: AGENT, note: "moteur", atMs: NOW, to: "Atelier" }];
  const [now] = step(inState(VOICE, "flow"), { type: "continued", fromInteractionId: "i1", agentId: null, queueId: "q", needs: [], priority: 3, ringMs: 1, wrapMs: 1, trail: [], data: {}, reason: "r", handedBack: { why: "busy", transfers } }, NOW);
  assert.deepEqual([now.state, now.queue?.returned, now.queue?.priority, now.transfers], ["queued", true, 4, transfers]);
});

test("a promised call waits at its kept place; whom it does not reach ends it, with wrap-up for an agent who has it; once reached it is a call like any other", () => {
  const CALLBACK: MediumTraits = { ...VOICE, medium: "callback", countsAs: "voice" };
  const begin = newInteraction("i", CALLBACK, { from: "+33612345678", fromName: "Camille", to: "1000", language: "fr", context: {} }, NOW);
  const [waits, asked] = step(begin, { type: "calledBack", callbackId: "cb", attempt: 2, queueId: "q", needs: [], priority: 3, sinceMs: NOW - 60_000, preferredAgentId: null, ringMs: 20_000, wrapMs: 30_000, reason: "Retour", trail: [], data: {} }, NOW);
  assert.deepEqual([waits.state, waits.queue?.sinceMs, waits.queue?.priority, waits.reason, waits.calledBack?.attempt], ["queued", NOW - 60_000, 3, "Retour", 2]);
  assert.deepEqual(asked.map((o) => o.do), ["enqueue", "wait"]);
  const busy: Fact = { type: "customerNotReached", why: "busy", status: 486 };
  const [over, orders] = step(waits, busy, NOW);
  assert.deepEqual([over.closed?.why, over.calledBack?.notReached, orders.map((o) => o.do)], ["not-reached", { why: "busy", status: 486 }, ["dequeue", "end"]]);
  assert.equal(told(waits, { type: "callWithdrawn" }).closed?.why, "withdrawn");
  const connected = told(told(waits, { type: "agentFound", agentId: AGENT, queueId: "q", reason: {} }), { type: "accepted", agentId: AGENT });
  const [wraps, wrapOrders] = step(connected, busy, NOW);
  assert.deepEqual([wraps.state, wraps.endedWhy, wrapOrders.map((o) => o.do)], ["wrapping", "not-reached", ["record", "end", "wrap"]]);
  const reached = told(connected, { type: "customerReached" });
  assert.deepEqual(step(reached, busy, NOW), [reached, []], "a late word of a line that was given up");
  assert.equal(told(reached, { type: "agentLeft", agentId: AGENT, why: "ended" }).endedWhy, "agent-ended");
  assert.deepEqual(step(reached, { type: "callWithdrawn" }, NOW), [reached, []], "nobody is cut off who has answered");
  const tooLate = told(told(connected, { type: "agentLeft", agentId: AGENT, why: "hung-up" }), { type: "customerReached" });
  assert.deepEqual([tooLate.state, tooLate.calledBack?.reachedAtMs], ["wrapping", null], "who answers when the agent has just hung up met nobody");
  const missed = told(told(told(waits, { type: "agentFound", agentId: AGENT, queueId: "q", reason: {} }), { type: "customerDialled" }), { type: "notAnswered", agentId: AGENT, why: "missed" });
  assert.deepEqual([missed.state, missed.calledBack?.dialledAtMs], ["queued", null], "nothing rings there any more");
  const call = inState(VOICE, "queued");
  assert.deepEqual(step(call, busy, NOW), [call, []], "no contact but a promised call is dialled by us");
});
