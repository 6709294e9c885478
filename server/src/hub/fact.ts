import type { CalledBack, Language, MediumTraits, NotReachedWhy } from "./channel.ts";
import type { Interaction, LastContact, Message, TrailStep } from "./interaction.ts";

/**
 * What happened to an interaction, past tense: one row of the append-only log each. Bodies are plain JSON and are never
 * changed once released: add a type or an optional field, so that yesterday's log replays.
 */
export type Fact =
  | { type: "arrived"; traits: MediumTraits; from: string; fromName: string; to: string; language: Language; context: Readonly<Record<string, string>> }
  | { type: "customerIdentified"; customerId: string; name: string; known: boolean; language: Language | null; last: LastContact | null }
  /** The dialogue went on: what the customer answered, and where the flow stands now (to go on after a restart). */
  | { type: "flowMoved"; flow: unknown; trail: readonly TrailStep[]; data: Readonly<Record<string, string>>; /** Of those of `data` that agents see, by name. */ labels?: Readonly<Record<string, string>>; language: Language | null }
  | { type: "flowEnded"; outcome: FlowOutcome }
  /** A dialogue goes on where an earlier contact left it: its caller rang again (redial), or nobody took a hand-over (returned). */
  | { type: "flowResumed"; of: string; why: "redial" | "returned"; trail: readonly TrailStep[]; data: Readonly<Record<string, string>>; labels?: Readonly<Record<string, string>>; language: Language; reason: string | null }
  /** The queue does not take it now: a dialogue goes on instead of the waiting. */
  | { type: "deflected"; queueId: string; flow: unknown }
  /** Their flow's end, of whoever hung up before it was said, or before what they left became durable. */
  | { type: "endNoted"; end: FlowEnd }
  /** The same customer is already here by another medium: goes on where that one is, nothing is asked again (HUB-03). */
  | { type: "continued"; fromInteractionId: string; agentId: string | null; queueId: string; needs: readonly { skillId: string; minLevel: number }[]; priority: number; ringMs: number; wrapMs: number; trail: readonly TrailStep[]; data: Readonly<Record<string, string>>; reason: string | null; handedBack?: HandedBack; /** Waits since then: who had a place already keeps it. Absent = now. */ sinceMs?: number }
  /** A promised call begins: it waits for an agent at the place that was kept. */
  | ({ type: "calledBack" } & Omit<CalledBack, "customer">)
  | { type: "customerDialled" }
  | { type: "customerReached" }
  | { type: "customerNotReached"; why: NotReachedWhy; status: number }
  /** It is not needed any more: moved, cancelled, or they called in. */
  | { type: "callWithdrawn" }
  | { type: "overflowed"; fromQueueId: string; toQueueId: string }
  | { type: "waitExceeded"; queueId: string; waitedMs: number }
  /** Routing chose: `reason` is its whole record of why (shape: acd's RoutingReason; opaque here). */
  | { type: "agentFound"; agentId: string; queueId: string; reason: unknown }
  /** Said to who waits: how long it is likely to take still, and their place. A promise: whether it was kept is recorded. Null = not said. */
  /** `waitMs`: the longest that was said. `estimateMs`: what routing expected, said or kept back; absent in facts of before it was told apart. */
  | { type: "promised"; queueId: string; waitMs: number | null; position: number | null; estimateMs?: number | null }
  /** The agent took up the device and hears a whisper first: the offer stands until then, and waiting goes on. */
  | { type: "pickedUp"; agentId: string }
  | { type: "accepted"; agentId: string }
  | { type: "notAnswered"; agentId: string; why: "declined" | "missed" | "unreachable" }
  | { type: "held" }
  | { type: "resumed" }
  | { type: "recordingPaused" }
  | { type: "recordingResumed" }
  | { type: "recordingReady"; mixedPath: string; stereoPath: string; durationMs: number }
  | { type: "transferred"; byAgentId: string; to: TransferTarget; note: string }
  /** The customer was given to somebody of the company, or outside, who is not the centre's: its part of the call is over. */
  | { type: "handedOver"; byAgentId: string; to: HandOverTarget; note: string }
  /** Whom they were handed to did not take them: they are here again, as that contact. */
  | { type: "returned"; why: ReturnedWhy; asInteractionId: string }
  | { type: "messageAdded"; message: Message }
  /** A message of ours reached the customer's device, or did not (`status` as in SIP: 480 nobody there, 408 no answer). In order of `seq`. */
  | { type: "messageDelivered"; seq: number }
  | { type: "messageUndelivered"; seq: number; status: number }
  | { type: "read"; side: "customer" | "agent"; upTo: number }
  | { type: "customerAway" }
  | { type: "customerBack" }
  | { type: "customerLeft"; why: "hung-up" | "media-lost" | "ended" | "idle" }
  /** `ended` and `hung-up` are the agent's will; `device-lost` is not: the customer stays and goes back to the head of the queue. */
  | { type: "agentLeft"; agentId: string; why: "ended" | "hung-up" | "device-lost" }
  /** A supervisor ended it. */
  | { type: "endedBySupervisor"; userId: string }
  | { type: "noted"; disposition: string | null; notes: string }
  | { type: "wrapEnded"; by: "agent" | "limit" | "agent-gone" }
  | { type: "rated"; score: number; comment: string }
  /** The server stopped or died while this was open: told once, at the next start. */
  | { type: "serverRestarted" }
  /** Our own mistake or a dead medium: this interaction ends, the process does not. */
  | { type: "failed"; why: string };

export type FlowOutcome =
  | {
      type: "queue";
      queueId: string;
      needs: readonly { skillId: string; minLevel: number }[];
      priority: number;
      reason: string | null;
      ringMs: number;
      wrapMs: number;
      preferredAgentId: string | null;
      /** Said to the agent before the customer, in the place of the queue's words. */
      whisper?: string;
      /** Waits since then: who was deflected and comes back keeps the place. Absent = now. */
      sinceMs?: number;
    }
  /** To somebody who is not the centre's; `flow`: how the dialogue goes on when nobody takes them. */
  | { type: "hand-over"; to: HandOverTarget; flow: unknown }
  /** Without `how`: ended by a flow of before these were told. */
  | ({ type: "end" } & Partial<FlowEnd>);

/** How a contact ended without a person: `ref` is the callback's or message's id, `dueMs` when a callback is promised for, `exception` the administrator's reason. */
export interface FlowEnd {
  how: "callback" | "voicemail" | "email" | "sms" | "message" | "resolved" | "ended";
  ref: string | null;
  exception: string | null;
  dueMs?: number | null;
}

export type TransferTarget =
  | { kind: "queue"; queueId: string; priority: number; ringMs: number; wrapMs: number }
  | { kind: "agent"; agentId: string };

/** A number as dialled, and whose it is ("" = not known: an outside number). */
export interface HandOverTarget {
  number: string;
  name: string;
  /** The agent's own conversation with them, whose place the customer takes (attended transfer): the channel's name for it. */
  consulted?: string;
}
export type ReturnedWhy = "busy" | "no-answer" | "unreachable";

/** What a contact that came back brings along of the one before. */
export interface HandedBack {
  why: ReturnedWhy;
  transfers: Interaction["transfers"];
}

/** A fact as the log keeps it. */
export interface RecordedFact {
  interactionId: string;
  atMs: number;
  fact: Fact;
}

