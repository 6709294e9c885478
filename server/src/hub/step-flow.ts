/** The step while no agent has the contact: the dialogue, its ends, promised calls. */
import type { Interaction, QueuePlace } from "./interaction.ts";
import type { Order } from "./order.ts";
import type { FactOf, Stepped } from "./step-life.ts";
import { ended, PREFERRED_WAIT_MS, queued, raised, segment, wrapOrClose } from "./step-life.ts";

export function flowMoved(was: Interaction, fact: FactOf<"flowMoved">): Stepped {
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

export function flowEnded(was: Interaction, fact: FactOf<"flowEnded">, nowMs: number): Stepped {
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

export function flowResumed(was: Interaction, fact: FactOf<"flowResumed">): Stepped {
  if (was.state !== "flow") return [was, []];
  const { trail, data, labels, language, reason, why, of } = fact;
  return [{ ...was, ...(why === "redial" && { redialOf: of }), trail: [...trail, ...was.trail], data: { ...was.data, ...data }, ...(labels && { labels }), language, reason: was.reason ?? reason }, []];
}

/** Only who waits and rings nowhere: an agent who is being asked comes first. */
export function deflected(was: Interaction, fact: FactOf<"deflected">, nowMs: number): Stepped {
  if (was.state !== "queued") return [was, []];
  const now: Interaction = { ...segment(was, "flow", nowMs, "deflected", null, null), state: "flow", queue: null, flow: fact.flow };
  return [now, [{ do: "dequeue" }, { do: "stopWaiting" }, { do: "resumeFlow" }]];
}

export function continued(was: Interaction, fact: FactOf<"continued">, nowMs: number): Stepped {
  if (was.state !== "flow") return [was, []];
  const { queueId, needs, ringMs, wrapMs, agentId, handedBack } = fact;
  const priority = handedBack ? raised(fact.priority) : fact.priority;
  const place: QueuePlace = { queueId, alsoIn: [], needs, priority, sinceMs: fact.sinceMs ?? nowMs, preferredAgentId: agentId, preferredForMs: agentId === null ? 0 : PREFERRED_WAIT_MS, returned: handedBack !== undefined, avoid: [], ringMs, wrapMs };
  const transfers = handedBack ? [...was.transfers, ...handedBack.transfers] : was.transfers;
  return queued({ ...was, flow: null, transfers, trail: [...was.trail, ...fact.trail], data: { ...was.data, ...fact.data }, reason: was.reason ?? fact.reason }, place, nowMs, "continued", []);
}

/** Nothing is asked: it was, when the call was promised. */
export function calledBack(was: Interaction, fact: FactOf<"calledBack">, nowMs: number): Stepped {
  if (was.state !== "flow") return [was, []];
  const { callbackId, attempt, queueId, needs, priority, sinceMs, preferredAgentId, ringMs, wrapMs, reason, trail, data } = fact;
  const place: QueuePlace = { queueId, alsoIn: [], needs, priority, sinceMs, preferredAgentId, preferredForMs: preferredAgentId === null ? 0 : PREFERRED_WAIT_MS, returned: false, avoid: [], ringMs, wrapMs };
  return queued({ ...was, flow: null, reason, trail, data, calledBack: { callbackId, attempt, dialledAtMs: null, reachedAtMs: null, notReached: null } }, place, nowMs, "called-back", []);
}

/** They are not there this time: an agent who has it writes down what is to be, anybody else is asked no more. */
export function customerNotReached(was: Interaction, fact: FactOf<"customerNotReached">, nowMs: number): Stepped {
  if (!was.calledBack || was.calledBack.reachedAtMs !== null || was.state === "wrapping") return [was, []];
  const now = { ...was, calledBack: { ...was.calledBack, notReached: { why: fact.why, status: fact.status } } };
  return was.state === "connected" ? wrapOrClose(now, "not-reached", nowMs) : ended(now, "not-reached", nowMs);
}
