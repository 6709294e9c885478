import type { Language, MediumTraits, NotReachedWhy } from "./channel.ts";
import type { FlowEnd, HandOverTarget, ReturnedWhy } from "./fact.ts";

/**
 * A contact of any medium, as plain JSON: it is the state row written beside its facts. Media differ by `traits`, never by
 * class. Times are epoch ms.
 */
export interface Interaction {
  readonly id: string;
  readonly traits: MediumTraits;
  readonly createdAtMs: number;
  /** The customer's address in the medium (E.164 number, SIP user, visitor id) and the address that they reached. */
  readonly from: string;
  readonly to: string;
  /** What the device sent along: page, user agent, SIP Call-ID. */
  readonly context: Readonly<Record<string, string>>;
  state: InteractionState;
  language: Language;
  customer: { id: string | null; name: string; known: boolean; last: LastContact | null };
  /** What the customer chose or said on the way, oldest first: nobody repeats himself. */
  trail: readonly TrailStep[];
  /** Values that the flow collected or looked up. */
  data: Readonly<Record<string, string>>;
  /** How those of `data` are called that agents see. */
  labels?: Readonly<Record<string, string>>;
  reason: string | null;
  /** The flow's own state while `state` is "flow"; opaque to the hub. */
  flow: unknown;
  /** Of a call that was cut within its flow: the flow's state, so that who rings again may go on there. */
  unfinished?: unknown;
  /** The earlier call that this one goes on with. */
  redialOf?: string;
  /** How its flow ended it; absent = it did not. */
  flowEnd?: FlowEnd;
  /** Of a promised call: which promise, the how manyth try, and what became of dialling the customer. */
  calledBack?: { callbackId: string; attempt: number; dialledAtMs: number | null; reachedAtMs: number | null; notReached: { why: NotReachedWhy; status: number } | null };
  queue: QueuePlace | null;
  /** `pickedUpMs`: the agent answered and hears a whisper before the customer. */
  offer: { agentId: string; sinceMs: number; untilMs: number; pickedUpMs?: number } | null;
  agentId: string | null;
  connectedAtMs: number | null;
  heldSinceMs: number | null;
  recording: "off" | "on" | "paused";
  /** Mixed and stereo files of every part recorded. */
  recordings: readonly { mixedPath: string; stereoPath: string; durationMs: number }[];
  wrapUntilMs: number | null;
  /** How the conversation ended, known from the wrap-up on. */
  endedWhy: ClosedWhy | null;
  /** Since when the customer's side is away (a closed page); null while it is there. */
  awaySinceMs: number | null;
  disposition: string | null;
  notes: string;
  /** Handovers, with what the former agent wrote for the next. */
  transfers: readonly { fromAgentId: string; note: string; atMs: number; /** Somebody outside the centre, who did not take them. */ to?: string }[];
  /** To whom outside the centre the customer was given; absent = to nobody. */
  handedTo?: HandOverTarget & { /** Null: its flow did. */ byAgentId: string | null; /** How the flow goes on if nobody takes them. */ flow?: unknown; note: string; atMs: number; /** They came back, as that contact. */ returned?: { why: ReturnedWhy; asInteractionId: string } };
  messages: number;
  lastMessage: Message | null;
  /** Of media that carry messages one by one: every message up to this one is settled; absent = none yet. */
  deliveredUpTo?: number;
  /** Those that did not arrive, oldest first. */
  undelivered?: readonly { seq: number; status: number }[];
  readBy: { customer: number; agent: number };
  rating: { score: number; comment: string } | null;
  /** Talk, hold, queue... in order: what reports and the timeline read. */
  segments: readonly Segment[];
  closed: { why: ClosedWhy; atMs: number } | null;
}

export type InteractionState = "flow" | "queued" | "offered" | "connected" | "wrapping" | "closed";
export type ClosedWhy = "customer-left" | "agent-ended" | "flow-ended" | "abandoned" | "server-restarted" | "media-lost" | "failed" | "idle" | "handed-over" | "not-reached" | "withdrawn";

/** The customer's contact before this one. */
export interface LastContact {
  atMs: number;
  medium: string;
  reason: string | null;
  closedWhy: ClosedWhy;
  agentId: string | null;
}

export interface QueuePlace {
  queueId: string;
  /** Queues that it also waits in by overflow. */
  alsoIn: readonly string[];
  needs: readonly { skillId: string; minLevel: number }[];
  priority: number;
  sinceMs: number;
  preferredAgentId: string | null;
  preferredForMs: number;
  /** Back at the head: was offered and not answered, or lost its agent. */
  returned: boolean;
  /** Missed or declined it. */
  avoid: readonly string[];
  ringMs: number;
  wrapMs: number;
  /** The flow's own words for the agent; absent = the queue's. */
  whisper?: string;
}

export interface TrailStep {
  atMs: number;
  step: string;
  label: string;
  answer: string;
  /** It told who they are: nobody else may go on behind it. */
  sensitive?: true;
}

export interface Message {
  id: string;
  seq: number;
  author: "customer" | "agent" | "flow" | "system";
  authorName: string;
  text: string;
  /** `text` is dots: it answered a hidden question, and is nowhere in the log. */
  hidden?: true;
  choices?: readonly { key: string; label: string }[];
  atMs: number;
  clientId: string | null;
}

export interface Segment {
  kind: "flow" | "queue" | "ring" | "talk" | "hold" | "wrap";
  sinceMs: number;
  untilMs: number | null;
  queueId: string | null;
  agentId: string | null;
  /** How it ended; null while it lasts. */
  end: string | null;
}

/** A contact that has just arrived and nothing else happened to yet. */
export function newInteraction(
  id: string,
  traits: MediumTraits,
  arrival: { from: string; fromName: string; to: string; language: Language; context: Readonly<Record<string, string>> },
  nowMs: number,
): Interaction {
  return {
    id,
    traits,
    createdAtMs: nowMs,
    from: arrival.from,
    to: arrival.to,
    context: arrival.context,
    state: "flow",
    language: arrival.language,
    customer: { id: null, name: arrival.fromName || arrival.from, known: false, last: null },
    trail: [],
    data: {},
    reason: null,
    flow: null,
    queue: null,
    offer: null,
    agentId: null,
    connectedAtMs: null,
    heldSinceMs: null,
    recording: "off",
    recordings: [],
    wrapUntilMs: null,
    endedWhy: null,
    awaySinceMs: null,
    disposition: null,
    notes: "",
    transfers: [],
    messages: 0,
    lastMessage: null,
    readBy: { customer: 0, agent: 0 },
    rating: null,
    segments: [{ kind: "flow", sinceMs: nowMs, untilMs: null, queueId: null, agentId: null, end: null }],
    closed: null,
  };
}
