/** How a contact waits, ends and is cut into segments: what every other file of the step is made of. */
import type { Fact } from "./fact.ts";
import type { ClosedWhy, Interaction, QueuePlace, Segment } from "./interaction.ts";
import type { Order } from "./order.ts";

/** Transfers to a named agent wait for that agent this long before the queue takes over. */
export const PREFERRED_WAIT_MS = 30_000;
export const HIGHEST_PRIORITY = 10;

export type Stepped = readonly [Interaction, readonly Order[]];

export type FactOf<T extends Fact["type"]> = Extract<Fact, { type: T }>;

export function queued(was: Interaction, place: QueuePlace, nowMs: number, how: string, before: readonly Order[]): Stepped {
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

/** Who was already served once does not wait behind those who were not. */
export function raised(priority: number): number {
  return Math.min(HIGHEST_PRIORITY, priority + 1);
}

export function stopRecording(was: Interaction): Order[] {
  return was.recording === "off" ? [] : [{ do: "record", what: "stop" }];
}

export function wrapOrClose(was: Interaction, why: ClosedWhy, nowMs: number): Stepped {
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

/** Ends from any state: whoever is on the line, ringing or waiting is told. */
export function ended(was: Interaction, why: ClosedWhy, nowMs: number): Stepped {
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

export function closeState(was: Interaction, why: ClosedWhy, nowMs: number, how: string): Interaction {
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

export function segment(was: Interaction, kind: Segment["kind"], nowMs: number, how: string, queueId = was.queue?.queueId ?? null, agentId = was.agentId): Interaction {
  const next: Segment = { kind, sinceMs: nowMs, untilMs: null, queueId, agentId: kind === "queue" || kind === "flow" ? null : agentId, end: null };
  return { ...was, segments: [...endSegment(was.segments, nowMs, how), next] };
}

function endSegment(segments: readonly Segment[], nowMs: number, how: string): readonly Segment[] {
  const last = segments.at(-1);
  if (!last || last.untilMs !== null) return segments;
  return [...segments.slice(0, -1), { ...last, untilMs: nowMs, end: how }];
}
