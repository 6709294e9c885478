/** One call: what a customer's interaction is on the phone. Data only; what acts on it stands in the files beside. */

import type { ChannelEvent, HandOverTarget, Language, Music } from "../hub/hub.ts";
import type { Outbound } from "./dial-out.ts";
import type { LegEvent } from "./leg.ts";

export type Arrived = Extract<ChannelEvent, { type: "arrived" }>;

/** A customer whom an agent gives to somebody who is not the centre's. */
export interface HandedOver {
  /** Null: their flow sent them. */
  agentId: string | null;
  to: HandOverTarget;
  customer: { number: string; name: string; language: Language };
}

/** An agent's devices ring together; the first that answers is the winner. */
export interface Ring {
  readonly agentId: string;
  /** Legs that still ring or try. */
  readonly legs: Set<string>;
  winner: string | null;
  /** The winner hears first whom they get; nobody is told of the answer until then. */
  whispering: { on(event: LegEvent): void; cancel(): void } | null;
  toldRinging: boolean;
  /** A device said no (busy, declined): a person did, rather than nobody being there. */
  refused: boolean;
  unanswered: boolean;
}

export interface Call {
  readonly id: string;
  /** "" until the customer of a call that we place has answered. */
  customerRef: string;
  /** As it was told: one that was handed over and comes back arrives so again. */
  readonly arrived: Arrived;
  /** A call that we place; null: theirs. */
  out: Outbound | null;
  /** Goes to somebody else as soon as the customer's leg is up (an agent who was quicker than our own answer). */
  leaving: HandedOver | null;
  /** The customer's leg is up: there is something to bridge. */
  up: boolean;
  /** The customer's leg is up and hears us (or had time to). */
  hears: boolean;
  cancelHearTimer: () => void;
  /** What is being said; `paths` null while its prompts are made. */
  saying: { sayId: string; paths: readonly string[] | null } | null;
  /** Waits for an agent, with music. */
  waiting: boolean;
  /** The queue's own music as it was ordered last, and its file; null: the house's, or not read yet. */
  music: Music | null;
  musicPath: string | null;
  /** Ringing agents; more than one only while one's cancel crosses the other's offer. */
  readonly rings: Map<string, Ring>;
  /** `referral`: their phone asked to hand over whom it consulted on the side, and waits for the last word. */
  agent: { agentId: string; ref: string; referral?: boolean } | null;
  held: boolean;
  /** Recording as ordered; `id` names it at the media side. */
  recording: { id: string; paused: boolean; heldBack: boolean } | null;
  recordings: number;
  /** As the media side was told last: the leg bridged to, what plays. */
  bridgedTo: string | null;
  playing: { playId: string; what: "say" | "music" } | null;
  plays: number;
}

export function newCall(arrived: Arrived, customerRef: string): Call {
  return {
    id: arrived.id, customerRef, arrived, out: null, leaving: null, up: false, hears: false, cancelHearTimer: () => {}, saying: null, waiting: false, music: null, musicPath: null, rings: new Map(), agent: null, held: false,
    recording: null, recordings: 0, bridgedTo: null, playing: null, plays: 0,
  };
}
