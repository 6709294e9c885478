import { Bug, never } from "../base/assert.ts";
import type { Fact } from "./fact.ts";
import type { ClosedWhy, Interaction, QueuePlace, Segment } from "./interaction.ts";
import type { Order } from "./order.ts";

/** Transfers to a named agent wait for that agent this long before the queue takes over. */
export const PREFERRED_WAIT_MS = 30_000;
/** Longer than any whisper that a medium plays (voice ends its own at 30 s). */
const WHISPER_AT_MOST_MS = 45_000;
const HIGHEST_PRIORITY = 10;
/** A reason is one line on the agent's screen; the whole message stands in the conversation. */
const REASON_LENGTH = 200;

type Stepped = readonly [Interaction, readonly Order[]];
type FactOf<T extends Fact["type"]> = Extract<Fact, { type: T }>;

/**
 * The life of a contact of any medium: state and one fact in, new state and orders out. Pure and total: a fact that comes too
 * late for the state (a customer who left while the agent answered) is kept in the log and undone by orders, never an error.
 */
export function step(was: Interaction, fact: Fact, nowMs: number): Stepped {
  if (was.state === "closed") return afterClose(was, fact);
  switch (fact.type) {
    case "arrived":
      throw new Bug("arrived is told once, by newInteraction");
    case "customerIdentified":
      return [{ ...was, customer: { id: fact.customerId, name: fact.name, known: fact.known, last: fact.last }, language: fact.language ?? was.language }, []];
    case "flowMoved":
      return flowMoved(was, fact);
    case "flowEnded":
      return flowEnded(was, fact, nowMs);
    case "flowResumed":
      return flowResumed(was, fact);
    case "deflected":
      return deflected(was, fact, nowMs);
    case "endNoted":
      return [{ ...was, flowEnd: fact.end }, []];
    case "continued":
      return continued(was, fact, nowMs);
    case "calledBack":
      return calledBack(was, fact, nowMs);
    case "customerDialled":
      return [was.calledBack ? { ...was, calledBack: { ...was.calledBack, dialledAtMs: nowMs } } : was, []];
    case "customerReached":
      // who answers when the agent has just hung up met nobody
      return [was.calledBack && was.state !== "wrapping" ? { ...was, calledBack: { ...was.calledBack, reachedAtMs: was.calledBack.reachedAtMs ?? nowMs } } : was, []];
    case "callWithdrawn":
      // nobody is cut off who has answered
      return was.calledBack && was.calledBack.reachedAtMs === null ? ended(was, "withdrawn", nowMs) : [was, []];
    case "customerNotReached":
      return customerNotReached(was, fact, nowMs);
    case "overflowed":
      if (was.queue === null) return [was, []];
      return [{ ...was, queue: { ...was.queue, alsoIn: [...was.queue.alsoIn, fact.toQueueId] } }, []];
    case "waitExceeded":
      return [was, []];
    case "agentFound":
      return agentFound(was, fact, nowMs);
    case "promised":
      return [was, []];
    case "pickedUp":
      return pickedUp(was, fact, nowMs);
    case "accepted":
      return accepted(was, fact, nowMs);
    case "notAnswered":
      return notAnswered(was, fact, nowMs);
    case "held":
      if (was.state !== "connected" || was.heldSinceMs !== null) return [was, []];
      return [{ ...segment(was, "hold", nowMs, "held"), heldSinceMs: nowMs }, [{ do: "hold" }]];
    case "resumed":
      if (was.state !== "connected" || was.heldSinceMs === null) return [was, []];
      return [{ ...segment(was, "talk", nowMs, "resumed"), heldSinceMs: null }, [{ do: "resume" }]];
    case "recordingPaused":
      if (was.recording !== "on") return [was, []];
      return [{ ...was, recording: "paused" }, [{ do: "record", what: "pause" }]];
    case "recordingResumed":
      if (was.recording !== "paused") return [was, []];
      return [{ ...was, recording: "on" }, [{ do: "record", what: "resume" }]];
    case "recordingReady":
      return [withRecording(was, fact), []];
    case "transferred":
      return transferred(was, fact, nowMs);
    case "handedOver":
      return handedOver(was, fact, nowMs);
    case "returned":
      return [withReturn(was, fact), []];
    case "messageAdded":
      return [withMessage(was, fact), [{ do: "deliver", message: fact.message }]];
    case "messageDelivered":
    case "messageUndelivered":
      return [settled(was, fact), []];
    case "read":
      return [{ ...was, readBy: { ...was.readBy, [fact.side]: Math.max(was.readBy[fact.side], Math.min(fact.upTo, was.messages)) } }, []];
    case "customerAway":
      return [{ ...was, awaySinceMs: nowMs }, []];
    case "customerBack":
      return [{ ...was, awaySinceMs: null }, []];
    case "customerLeft":
      return customerLeft(was, fact, nowMs);
    case "agentLeft":
      return agentLeft(was, fact, nowMs);
    case "endedBySupervisor":
      return ended(was, "agent-ended", nowMs);
    case "noted":
      return [{ ...was, disposition: fact.disposition, notes: fact.notes }, []];
    case "wrapEnded":
      return wrapEnded(was, nowMs, fact.by);
    case "rated":
      return [{ ...was, rating: { score: fact.score, comment: fact.comment } }, []];
    case "serverRestarted":
      return serverRestarted(was, nowMs);
    case "failed":
      return ended(was, "failed", nowMs);
    default:
      return never(fact, "hub step");
  }
}

/** The instant at which this contact needs a fact if nothing else happens, and which one: ring time-out, wrap-up limit. */
export function deadline(it: Interaction): { atMs: number; fact: Fact } | null {
  if (it.state === "offered" && it.offer) return { atMs: it.offer.untilMs, fact: { type: "notAnswered", agentId: it.offer.agentId, why: "missed" } };
  if (it.state === "wrapping" && it.wrapUntilMs !== null) return { atMs: it.wrapUntilMs, fact: { type: "wrapEnded", by: "limit" } };
  return null;
}

/** What may still happen once closed: late recordings, a rating, notes; an agent found too late is given back. */
function afterClose(was: Interaction, fact: Fact): Stepped {
  switch (fact.type) {
    case "recordingReady":
      return [withRecording(was, fact), []];
    case "returned":
      return [withReturn(was, fact), []];
    case "endNoted":
      return [{ ...was, flowEnd: fact.end }, []];
    case "rated":
      return [{ ...was, rating: { score: fact.score, comment: fact.comment } }, []];
    case "noted":
      return [{ ...was, disposition: fact.disposition, notes: fact.notes }, []];
    case "messageDelivered":
    case "messageUndelivered":
      return [settled(was, fact), []];
    case "agentFound":
      return [was, [{ do: "offerEnded", agentId: fact.agentId, why: "withdrawn" }]];
    case "pickedUp":
    case "accepted":
      return [was, [{ do: "cancelRing", agentId: fact.agentId }]];
    default:
      return [was, []];
  }
}

function flowMoved(was: Interaction, fact: FactOf<"flowMoved">): Stepped {
  if (was.state !== "flow") return [was, []];
  return [
    {
      ...was,
      flow: fact.flow,
      trail: [...was.trail, ...fact.trail],
      data: { ...was.data, ...fact.data },
      ...(fact.labels && { labels: { ...was.labels, ...fact.labels } }),
      language: fact.language ?? was.language,
    },
    [],
  ];
}

function flowEnded(was: Interaction, fact: FactOf<"flowEnded">, nowMs: number): Stepped {
  if (was.state !== "flow") return [was, []];
  const { outcome } = fact;
  if (outcome.type === "end") {
    const { how, ref = null, exception = null, dueMs = null } = outcome;
    return ended({ ...was, flow: null, ...(how !== undefined && { flowEnd: { how, ref, exception, dueMs } }) }, "flow-ended", nowMs);
  }
  if (outcome.type === "hand-over") {
    const handedTo = { number: outcome.to.number, name: outcome.to.name, byAgentId: null, note: "", atMs: nowMs, flow: outcome.flow };
    const [now, orders] = ended({ ...was, flow: null, handedTo }, "handed-over", nowMs);
    return [now, orders.map((order): Order => (order.do === "end" ? { do: "handOver", agentId: null, to: outcome.to } : order))];
  }
  const { queueId, needs, priority, ringMs, wrapMs, preferredAgentId, whisper } = outcome;
  const place: QueuePlace = {
    queueId,
    alsoIn: [],
    needs,
    priority,
    sinceMs: outcome.sinceMs ?? nowMs,
    preferredAgentId,
    preferredForMs: 0, // taken when free; nobody waits longer for a known face
    returned: false,
    avoid: [],
    ringMs,
    wrapMs,
    ...(whisper !== undefined && { whisper }),
  };
  const reason = was.reason ?? outcome.reason; // their own words before the menu's
  return queued({ ...was, flow: null, reason }, place, nowMs, "ended", []);
}

function flowResumed(was: Interaction, fact: FactOf<"flowResumed">): Stepped {
  if (was.state !== "flow") return [was, []];
  const { trail, data, labels, language, reason, why, of } = fact;
  return [{ ...was, ...(why === "redial" && { redialOf: of }), trail: [...trail, ...was.trail], data: { ...was.data, ...data }, ...(labels && { labels }), language, reason: was.reason ?? reason }, []];
}

/** Only who waits and rings nowhere: an agent who is being asked comes first. */
function deflected(was: Interaction, fact: FactOf<"deflected">, nowMs: number): Stepped {
  if (was.state !== "queued") return [was, []];
  const now: Interaction = { ...segment(was, "flow", nowMs, "deflected", null, null), state: "flow", queue: null, flow: fact.flow };
  return [now, [{ do: "dequeue" }, { do: "stopWaiting" }, { do: "resumeFlow" }]];
}

function continued(was: Interaction, fact: FactOf<"continued">, nowMs: number): Stepped {
  if (was.state !== "flow") return [was, []];
  const { queueId, needs, ringMs, wrapMs, agentId, handedBack } = fact;
  const priority = handedBack ? raised(fact.priority) : fact.priority;
  const place: QueuePlace = { queueId, alsoIn: [], needs, priority, sinceMs: fact.sinceMs ?? nowMs, preferredAgentId: agentId, preferredForMs: agentId === null ? 0 : PREFERRED_WAIT_MS, returned: handedBack !== undefined, avoid: [], ringMs, wrapMs };
  const transfers = handedBack ? [...was.transfers, ...handedBack.transfers] : was.transfers;
  return queued({ ...was, flow: null, transfers, trail: [...was.trail, ...fact.trail], data: { ...was.data, ...fact.data }, reason: was.reason ?? fact.reason }, place, nowMs, "continued", []);
}

/** Nothing is asked: it was, when the call was promised. */
function calledBack(was: Interaction, fact: FactOf<"calledBack">, nowMs: number): Stepped {
  if (was.state !== "flow") return [was, []];
  const { callbackId, attempt, queueId, needs, priority, sinceMs, preferredAgentId, ringMs, wrapMs, reason, trail, data } = fact;
  const place: QueuePlace = { queueId, alsoIn: [], needs, priority, sinceMs, preferredAgentId, preferredForMs: preferredAgentId === null ? 0 : PREFERRED_WAIT_MS, returned: false, avoid: [], ringMs, wrapMs };
  return queued({ ...was, flow: null, reason, trail, data, calledBack: { callbackId, attempt, dialledAtMs: null, reachedAtMs: null, notReached: null } }, place, nowMs, "called-back", []);
}

/** They are not there this time: an agent who has it writes down what is to be, anybody else is asked no more. */
function customerNotReached(was: Interaction, fact: FactOf<"customerNotReached">, nowMs: number): Stepped {
  if (!was.calledBack || was.calledBack.reachedAtMs !== null || was.state === "wrapping") return [was, []];
  const now = { ...was, calledBack: { ...was.calledBack, notReached: { why: fact.why, status: fact.status } } };
  return was.state === "connected" ? wrapOrClose(now, "not-reached", nowMs) : ended(now, "not-reached", nowMs);
}

function queued(was: Interaction, place: QueuePlace, nowMs: number, how: string, before: readonly Order[]): Stepped {
  const now: Interaction = {
    ...segment(was, "queue", nowMs, how, place.queueId),
    state: "queued",
    queue: place,
    offer: null,
    agentId: null,
    connectedAtMs: null,
    heldSinceMs: null,
    // a telephone that rang for the agent of before rings no more
    ...(was.calledBack?.reachedAtMs === null && { calledBack: { ...was.calledBack, dialledAtMs: null } }),
  };
  return [now, [...before, { do: "enqueue", place }, { do: "wait" }]];
}

function agentFound(was: Interaction, fact: FactOf<"agentFound">, nowMs: number): Stepped {
  if (was.state !== "queued" || was.queue === null) return [was, [{ do: "offerEnded", agentId: fact.agentId, why: "withdrawn" }]];
  const untilMs = nowMs + was.queue.ringMs;
  return [
    {
      ...segment(was, "ring", nowMs, "agent-found", fact.queueId, fact.agentId),
      state: "offered",
      queue: { ...was.queue, queueId: fact.queueId },
      offer: { agentId: fact.agentId, sinceMs: nowMs, untilMs },
    },
    [{ do: "ring", agentId: fact.agentId, untilMs }],
  ];
}

/** Nobody cuts off a whisper: the medium ends it, and this only what a dead medium left. */
function pickedUp(was: Interaction, fact: FactOf<"pickedUp">, nowMs: number): Stepped {
  if (was.state !== "offered" || was.offer?.agentId !== fact.agentId) return [was, was.agentId === fact.agentId ? [] : [{ do: "cancelRing", agentId: fact.agentId }]];
  return [{ ...was, offer: { ...was.offer, pickedUpMs: nowMs, untilMs: nowMs + WHISPER_AT_MOST_MS } }, []];
}

function accepted(was: Interaction, fact: FactOf<"accepted">, nowMs: number): Stepped {
  if (was.state !== "offered" || was.offer?.agentId !== fact.agentId) {
    // Answered too late: somebody else has it, or it went back to the queue. Never two owners.
    return [was, was.agentId === fact.agentId ? [] : [{ do: "cancelRing", agentId: fact.agentId }]];
  }
  const now: Interaction = {
    ...segment(was, "talk", nowMs, "accepted", was.queue?.queueId ?? null, fact.agentId),
    state: "connected",
    offer: null,
    agentId: fact.agentId,
    connectedAtMs: nowMs,
    recording: was.traits.recordable ? "on" : "off",
  };
  const orders: Order[] = [{ do: "offerAccepted", agentId: fact.agentId }, { do: "connect", agentId: fact.agentId }];
  if (was.traits.recordable) orders.push({ do: "record", what: "start" });
  return [now, orders];
}

function notAnswered(was: Interaction, fact: FactOf<"notAnswered">, nowMs: number): Stepped {
  if (was.state !== "offered" || was.offer?.agentId !== fact.agentId || was.queue === null) return [was, []];
  const place: QueuePlace = {
    ...was.queue,
    returned: true,
    avoid: [...was.queue.avoid.filter((id) => id !== fact.agentId), fact.agentId],
    preferredAgentId: was.queue.preferredAgentId === fact.agentId ? null : was.queue.preferredAgentId,
  };
  const why = fact.why === "declined" ? "declined" : "missed";
  return queued(was, place, nowMs, fact.why, [
    { do: "cancelRing", agentId: fact.agentId },
    { do: "offerEnded", agentId: fact.agentId, why },
  ]);
}

function transferred(was: Interaction, fact: FactOf<"transferred">, nowMs: number): Stepped {
  if (was.state !== "connected" || was.agentId !== fact.byAgentId || was.queue === null) return [was, []];
  const before: Order[] = [...stopRecording(was), { do: "dropAgent", agentId: fact.byAgentId }, { do: "release", agentId: fact.byAgentId }];
  const common = { alsoIn: [], sinceMs: nowMs, returned: false, avoid: [fact.byAgentId] } as const;
  const place: QueuePlace =
    fact.to.kind === "queue"
      ? { ...common, queueId: fact.to.queueId, needs: was.queue.needs, priority: raised(fact.to.priority), preferredAgentId: null, preferredForMs: 0, ringMs: fact.to.ringMs, wrapMs: fact.to.wrapMs }
      : { ...was.queue, ...common, priority: raised(was.queue.priority), preferredAgentId: fact.to.agentId, preferredForMs: PREFERRED_WAIT_MS };
  const transfers = [...was.transfers, { fromAgentId: fact.byAgentId, note: fact.note, atMs: nowMs }];
  return queued({ ...was, transfers, recording: "off" }, place, nowMs, "transferred", before);
}

/** Somebody who is not the centre's takes the customer: the agent's part, and ours, is over. A written contact has nowhere else to go on. */
function handedOver(was: Interaction, fact: FactOf<"handedOver">, nowMs: number): Stepped {
  if (was.state !== "connected" || was.agentId !== fact.byAgentId || was.traits.written) return [was, []];
  const { byAgentId, note, to } = fact;
  const given: Interaction = { ...was, handedTo: { number: to.number, name: to.name, byAgentId, note, atMs: nowMs } };
  const [now, orders] = wrapOrClose(given, "handed-over", nowMs);
  return [now, orders.map((order): Order => (order.do === "end" ? { do: "handOver", agentId: byAgentId, to } : order))];
}

function withReturn(was: Interaction, fact: FactOf<"returned">): Interaction {
  if (!was.handedTo) return was;
  return { ...was, handedTo: { ...was.handedTo, returned: { why: fact.why, asInteractionId: fact.asInteractionId } } };
}

/** Who was already served once does not wait behind those who were not. */
function raised(priority: number): number {
  return Math.min(HIGHEST_PRIORITY, priority + 1);
}

function customerLeft(was: Interaction, fact: FactOf<"customerLeft">, nowMs: number): Stepped {
  const here = { ...was, awaySinceMs: was.awaySinceMs ?? nowMs };
  if (was.state === "connected") return wrapOrClose(here, fact.why === "media-lost" ? "media-lost" : fact.why === "idle" ? "idle" : "customer-left", nowMs);
  const why: ClosedWhy = was.state === "flow" ? "customer-left" : fact.why === "idle" ? "idle" : "abandoned";
  return was.state === "wrapping" ? [here, []] : ended(here, why, nowMs);
}

function agentLeft(was: Interaction, fact: FactOf<"agentLeft">, nowMs: number): Stepped {
  if (was.state === "wrapping" && was.agentId === fact.agentId && fact.why === "device-lost") return wrapEnded(was, nowMs, "agent-gone");
  if (was.state !== "connected" || was.agentId !== fact.agentId) return [was, []];
  if (fact.why !== "device-lost") return wrapOrClose(was, "agent-ended", nowMs);
  if (was.queue === null) return ended(was, "failed", nowMs);
  const place: QueuePlace = { ...was.queue, returned: true, sinceMs: nowMs, avoid: [fact.agentId], preferredAgentId: null, preferredForMs: 0, priority: HIGHEST_PRIORITY };
  return queued({ ...was, recording: "off" }, place, nowMs, "agent-lost", [
    ...stopRecording(was),
    { do: "dropAgent", agentId: fact.agentId },
    { do: "release", agentId: fact.agentId },
  ]);
}

function stopRecording(was: Interaction): Order[] {
  return was.recording === "off" ? [] : [{ do: "record", what: "stop" }];
}

function wrapOrClose(was: Interaction, why: ClosedWhy, nowMs: number): Stepped {
  const agentId = was.agentId!;
  const wrapMs = was.traits.wraps ? (was.queue?.wrapMs ?? 0) : 0;
  if (wrapMs === 0) return ended(was, why, nowMs);
  return [
    {
      ...segment(was, "wrap", nowMs, why, was.queue?.queueId ?? null, agentId),
      state: "wrapping",
      heldSinceMs: null,
      recording: "off",
      wrapUntilMs: nowMs + wrapMs,
      endedWhy: why,
    },
    [...stopRecording(was), { do: "end", why }, { do: "wrap", agentId }],
  ];
}

function wrapEnded(was: Interaction, nowMs: number, by: string): Stepped {
  if (was.state !== "wrapping") return [was, []];
  return [closeState(was, was.endedWhy ?? "agent-ended", nowMs, by), [{ do: "release", agentId: was.agentId! }]];
}

/** Ends from any state: whoever is on the line, ringing or waiting is told. */
function ended(was: Interaction, why: ClosedWhy, nowMs: number): Stepped {
  const orders: Order[] = [];
  if (was.state === "flow") orders.push({ do: "stopFlow" });
  if (was.state === "queued") orders.push({ do: "dequeue" });
  if (was.state === "offered" && was.offer) {
    orders.push({ do: "dequeue" }, { do: "cancelRing", agentId: was.offer.agentId }, { do: "offerEnded", agentId: was.offer.agentId, why: "withdrawn" });
  }
  orders.push(...stopRecording(was));
  if (was.state !== "wrapping") orders.push({ do: "end", why });
  if (was.agentId !== null) orders.push({ do: "release", agentId: was.agentId });
  return [closeState(was, why, nowMs, why), orders];
}

function closeState(was: Interaction, why: ClosedWhy, nowMs: number, how: string): Interaction {
  return {
    ...was,
    state: "closed",
    segments: endSegment(was.segments, nowMs, how),
    offer: null,
    heldSinceMs: null,
    wrapUntilMs: null,
    recording: "off",
    flow: null,
    // a call that was cut within its flow
    ...(was.state === "flow" && was.flow !== null && !was.traits.written && (why === "customer-left" || why === "media-lost" || why === "server-restarted") && { unfinished: was.flow }),
    closed: { why, atMs: nowMs },
  };
}

/** Written media go on where they were; a call cannot outlive the process that carried it and closes with the reason. */
function serverRestarted(was: Interaction, nowMs: number): Stepped {
  if (was.state === "wrapping") return [was, [{ do: "engage", agentId: was.agentId!, wrapping: true }]];
  if (!was.traits.written) {
    const [closed] = ended(was, "server-restarted", nowMs);
    return [closed, []];
  }
  switch (was.state) {
    case "flow":
      return [was, [{ do: "open" }, { do: "resumeFlow" }]];
    case "queued":
      return [was, [{ do: "open" }, { do: "enqueue", place: was.queue! }, { do: "wait" }]];
    case "offered": {
      const place = { ...was.queue!, returned: true };
      return queued(was, place, nowMs, "server-restarted", [{ do: "open" }]);
    }
    case "connected":
      return [was, [{ do: "open" }, { do: "engage", agentId: was.agentId!, wrapping: false }, { do: "connect", agentId: was.agentId! }]];
    default:
      return [was, []];
  }
}

function withMessage(was: Interaction, fact: FactOf<"messageAdded">): Interaction {
  const { message } = fact;
  const readBy = { ...was.readBy };
  if (message.author === "customer" || message.author === "agent") readBy[message.author] = message.seq; // who writes has read
  const reason = was.reason === null && was.state === "flow" && message.author === "customer" ? message.text.slice(0, REASON_LENGTH) : was.reason;
  return { ...was, messages: message.seq, lastMessage: message, readBy, reason };
}

/** What is shown of messages that did not arrive: the last ones. */
const MAX_UNDELIVERED = 50;

function settled(was: Interaction, fact: FactOf<"messageDelivered"> | FactOf<"messageUndelivered">): Interaction {
  const deliveredUpTo = Math.max(was.deliveredUpTo ?? 0, fact.seq);
  if (fact.type === "messageDelivered") return { ...was, deliveredUpTo };
  return { ...was, deliveredUpTo, undelivered: [...(was.undelivered ?? []), { seq: fact.seq, status: fact.status }].slice(-MAX_UNDELIVERED) };
}

function withRecording(was: Interaction, fact: FactOf<"recordingReady">): Interaction {
  return { ...was, recordings: [...was.recordings, { mixedPath: fact.mixedPath, stereoPath: fact.stereoPath, durationMs: fact.durationMs }] };
}

function segment(was: Interaction, kind: Segment["kind"], nowMs: number, how: string, queueId = was.queue?.queueId ?? null, agentId = was.agentId): Interaction {
  const next: Segment = { kind, sinceMs: nowMs, untilMs: null, queueId, agentId: kind === "queue" || kind === "flow" ? null : agentId, end: null };
  return { ...was, segments: [...endSegment(was.segments, nowMs, how), next] };
}

function endSegment(segments: readonly Segment[], nowMs: number, how: string): readonly Segment[] {
  const last = segments.at(-1);
  if (!last || last.untilMs !== null) return segments;
  return [...segments.slice(0, -1), { ...last, untilMs: nowMs, end: how }];
}
