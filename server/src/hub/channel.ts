/**
 * The one contract of every medium. A channel carries a customer's side and an agent's side of interactions; it never chooses
 * an agent, never finds a customer, never decides when something ends. Calls are orders (idempotent, unknown ids ignored with a
 * log line); what happens comes back as `ChannelEvent`s. Ids are interaction ids.
 */
import type { HandOverTarget, ReturnedWhy } from "./fact.ts";
import type { Message, TrailStep } from "./interaction.ts";

export interface MediumTraits {
  medium: string;
  /** Text that waits to be read: survives a restart where it was; the customer may be away and come back. */
  written: boolean;
  holdable: boolean;
  recordable: boolean;
  /** True when the agent's side accepts by its own device (a SIP leg is answered), false when by command. */
  acceptedByDevice: boolean;
  /** How long an offer waits for the agent, unless the queue says otherwise. */
  ringMs: number;
  wraps: boolean;
  /** The medium whose capacity and reach it shares; absent = its own. Share of an agent that one contact takes is `1 / capacity[countsAs]`. */
  countsAs?: string;
}

export type Language = "fr" | "en";

/** One thing to tell the customer; voice speaks it, chat writes it. `text` is final (variables filled). */
export interface Utterance {
  text: string;
  language: Language;
  /** Of the prompt table: voice plays it in the place of `text` when there is one in this language. Written media ignore it. */
  recordingId?: string;
  /** Shown as buttons by written media, ignored by voice (whose text names the keys). */
  choices?: readonly { key: string; label: string }[];
}

/** What a recogniser may listen for while a question stands. */
export interface Listening {
  language: Language;
  /** The answers of the question, each with the phrases that mean it. */
  words: readonly { key: string; phrases: readonly string[] }[];
  /** Any other sentence is an answer too: only a streaming recogniser hears those. */
  free: boolean;
  /** Speech cuts off what is being said: it then counts as said. */
  interrupts: boolean;
}

export type ChannelEvent =
  /** `handedBack`: nobody took the customer of that contact, and here they are again. */
  | { type: "arrived"; id: string; medium: string; from: string; fromName: string; to: string; language: Language | null; context: Readonly<Record<string, string>>; handedBack?: { of: string; why: ReturnedWhy }; /** Not their call but ours to them, promised: waits at once for an agent, whatever a flow would ask was asked. */ calledBack?: CalledBack }
  /** The utterances of `sayId` have been heard to the end (voice) or delivered (written). Not told when stopped. */
  | { type: "said"; id: string; sayId: string }
  /**
   * Customer input while a flow runs: one key ("0".."9", "*", "#") from voice, or a text from written media. Voice tells a text, too, when it
   * listens: the phrase or sentence heard, "" for speech that was not understood.
   */
  | { type: "input"; id: string; input: { kind: "key"; key: string } | { kind: "text"; text: string } }
  /** Speech began while we listen: the answer is on its way, and the silence before it is over. */
  | { type: "speaking"; id: string }
  | { type: "agentRinging"; id: string; agentId: string }
  /** The agent took up the device and is told first whom they get (`RingContext.whisper`); `agentAnswered` follows when they have heard it. */
  | { type: "agentPickedUp"; id: string; agentId: string }
  | { type: "agentAnswered"; id: string; agentId: string }
  /** The agent's device refused (busy, declined on the phone), or could not be reached. */
  | { type: "agentRefused"; id: string; agentId: string; why: "declined" | "unreachable" | "no-answer" }
  | { type: "agentLeft"; id: string; agentId: string; why: "hung-up" | "device-lost" }
  | { type: "customerLeft"; id: string; why: "hung-up" | "media-lost" | "ended" | "idle" }
  /** We dial the customer of a promised call: it rings there, they answered, or nobody is to be had there this time (`status`: SIP's, 0 = none). */
  | { type: "customerDialled"; id: string }
  | { type: "customerReached"; id: string }
  | { type: "customerNotReached"; id: string; why: NotReachedWhy; status: number }
  /** A blind transfer asked from the agent's own phone (REFER to a queue's or agent's short name, an extension, any number). */
  | { type: "transferAsked"; id: string; agentId: string; target: string; /** The agent talks to them already, in that conversation. */ consulted?: string; accept(): void; refuse(why: string): void }
  /** The agent's own phone put the call on hold or took it back (re-INVITE). */
  | { type: "holdAsked"; id: string; agentId: string; held: boolean }
  | { type: "recordingReady"; id: string; mixedPath: string; stereoPath: string; durationMs: number };

/** A promised call whose time has come: its place in the queue, and what is known since it was promised. */
export interface CalledBack {
  callbackId: string;
  /** 1 = the first. */
  attempt: number;
  queueId: string;
  needs: readonly { skillId: string; minLevel: number }[];
  priority: number;
  /** Since when the place counts. */
  sinceMs: number;
  preferredAgentId: string | null;
  ringMs: number;
  wrapMs: number;
  customer: { id: string; name: string; known: boolean } | null;
  reason: string | null;
  trail: readonly TrailStep[];
  data: Readonly<Record<string, string>>;
}
/** `not-allowed`: the rules of the house do not let us dial it. */
export type NotReachedWhy = "busy" | "no-answer" | "refused" | "unreachable" | "not-allowed";

export interface RingContext {
  /** What a phone's small screen shows. */
  callerName: string;
  callerNumber: string;
  queueName: string;
  ringMs: number;
  /** Said to the agent alone between the answer and `agentAnswered` (NOT-01, NOT-02); media whose agents do not listen leave it out. */
  whisper?: Whisper | null;
}

/** A recording of the prompt table, played in a loop. */
export interface Music {
  recordingId: string;
  language: Language;
}

export interface Whisper {
  utterances: readonly Utterance[];
  /** 1 = as spoken, 2 = in half the time at the same pitch. */
  speed: number;
}

export interface Channel {
  readonly traits: MediumTraits;
  /** What `listen` can hear: a question's own words, or any sentence; absent = nothing. */
  readonly hears?: "words" | "freely" | null;
  /** Takes the customer's side: answer the call. Called once, before any `say`. */
  open(id: string): void;
  say(id: string, sayId: string, utterances: readonly Utterance[]): void;
  stopSaying(id: string): void;
  /** The customer's speech is an answer from now on (from the end of what is said, when it must not be interrupted); null: no longer. Media with a recogniser. */
  listen?(id: string, listening: Listening | null): void;
  /** The customer waits for an agent: music for voice (the queue's, or null: the house's), nothing for chat. `say` may interrupt it; it comes back by itself. */
  wait(id: string, music?: Music | null): void;
  /** They wait no more, a dialogue goes on with them. Absent: nothing is heard or shown while they wait. */
  stopWaiting?(id: string): void;
  ring(id: string, agentId: string, context: RingContext): void;
  cancelRing(id: string, agentId: string): void;
  /** Both sides talk. The agent answered (voice) or accepted (written). Ends the waiting. */
  connect(id: string, agentId: string): void;
  hold(id: string): void;
  resume(id: string): void;
  /** The agent's side leaves, the customer stays (transfer, agent lost): the customer waits again. */
  dropAgent(id: string, agentId: string): void;
  /** The agent's side ends, the customer's goes to somebody who is not the centre's: no order for this contact follows. Media that cannot leave it out. */
  handOver?(id: string, agentId: string | null, to: HandOverTarget, customer: { number: string; name: string; language: Language }): void;
  /** Everything ends. */
  end(id: string, why: string): void;
  /** Written media: a message of the other side (or of the flow) became durable: show it. */
  deliver?(id: string, message: Message): void;
  record(id: string, what: "start" | "pause" | "resume" | "stop"): void;
}
