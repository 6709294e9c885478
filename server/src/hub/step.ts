import { Bug, never } from "../base/assert.ts";
import type { Fact } from "./fact.ts";
import type { ClosedWhy, Interaction } from "./interaction.ts";
import { accepted, agentFound, agentLeft, handedOver, notAnswered, pickedUp, transferred, wrapEnded } from "./step-agent.ts";
import { calledBack, continued, customerNotReached, deflected, flowEnded, flowMoved, flowResumed } from "./step-flow.ts";
import type { FactOf, Stepped } from "./step-life.ts";
import { ended, queued, segment, wrapOrClose } from "./step-life.ts";
import { settled, withMessage, withRecording, withReturn } from "./step-told.ts";

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

function customerLeft(was: Interaction, fact: FactOf<"customerLeft">, nowMs: number): Stepped {
  const here = { ...was, awaySinceMs: was.awaySinceMs ?? nowMs };
  if (was.state === "connected") return wrapOrClose(here, fact.why === "media-lost" ? "media-lost" : fact.why === "idle" ? "idle" : "customer-left", nowMs);
  const why: ClosedWhy = was.state === "flow" ? "customer-left" : fact.why === "idle" ? "idle" : "abandoned";
  return was.state === "wrapping" ? [here, []] : ended(here, why, nowMs);
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
