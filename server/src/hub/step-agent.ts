/** The step from an agent found to the wrap-up's end: rings, answers, transfers, departures. */
import type { Interaction, QueuePlace } from "./interaction.ts";
import type { Order } from "./order.ts";
import type { FactOf, Stepped } from "./step-life.ts";
import { closeState, ended, HIGHEST_PRIORITY, PREFERRED_WAIT_MS, queued, raised, segment, stopRecording, wrapOrClose } from "./step-life.ts";

/** Longer than any whisper that a medium plays (voice ends its own at 30 s). */
const WHISPER_AT_MOST_MS = 45_000;

export function agentFound(was: Interaction, fact: FactOf<"agentFound">, nowMs: number): Stepped {
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
export function pickedUp(was: Interaction, fact: FactOf<"pickedUp">, nowMs: number): Stepped {
  if (was.state !== "offered" || was.offer?.agentId !== fact.agentId) return [was, was.agentId === fact.agentId ? [] : [{ do: "cancelRing", agentId: fact.agentId }]];
  return [{ ...was, offer: { ...was.offer, pickedUpMs: nowMs, untilMs: nowMs + WHISPER_AT_MOST_MS } }, []];
}

export function accepted(was: Interaction, fact: FactOf<"accepted">, nowMs: number): Stepped {
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

export function notAnswered(was: Interaction, fact: FactOf<"notAnswered">, nowMs: number): Stepped {
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

export function transferred(was: Interaction, fact: FactOf<"transferred">, nowMs: number): Stepped {
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
export function handedOver(was: Interaction, fact: FactOf<"handedOver">, nowMs: number): Stepped {
  if (was.state !== "connected" || was.agentId !== fact.byAgentId || was.traits.written) return [was, []];
  const { byAgentId, note, to } = fact;
  const given: Interaction = { ...was, handedTo: { number: to.number, name: to.name, byAgentId, note, atMs: nowMs } };
  const [now, orders] = wrapOrClose(given, "handed-over", nowMs);
  return [now, orders.map((order): Order => (order.do === "end" ? { do: "handOver", agentId: byAgentId, to } : order))];
}

export function agentLeft(was: Interaction, fact: FactOf<"agentLeft">, nowMs: number): Stepped {
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

export function wrapEnded(was: Interaction, nowMs: number, by: string): Stepped {
  if (was.state !== "wrapping") return [was, []];
  return [closeState(was, was.endedWhy ?? "agent-ended", nowMs, by), [{ do: "release", agentId: was.agentId! }]];
}
