/** One call: what a customer's interaction is on the phone. Data only; what acts on it stands in the files beside. */

/** An agent's devices ring together; the first that answers is the winner. */
export interface Ring {
  readonly agentId: string;
  /** Legs that still ring or try. */
  readonly legs: Set<string>;
  winner: string | null;
  toldRinging: boolean;
  /** A device said no (busy, declined): a person did, rather than nobody being there. */
  refused: boolean;
  unanswered: boolean;
}

export interface Call {
  readonly id: string;
  readonly customerRef: string;
  /** The customer's leg is up: there is something to bridge. */
  up: boolean;
  /** The customer's leg is up and hears us (or had time to). */
  hears: boolean;
  cancelHearTimer: () => void;
  /** What is being said; `paths` null while its prompts are made. */
  saying: { sayId: string; paths: readonly string[] | null } | null;
  /** Waits for an agent, with music. */
  waiting: boolean;
  /** Ringing agents; more than one only while one's cancel crosses the other's offer. */
  readonly rings: Map<string, Ring>;
  agent: { agentId: string; ref: string } | null;
  held: boolean;
  /** Recording as ordered; `id` names it at the media side. */
  recording: { id: string; paused: boolean; heldBack: boolean } | null;
  recordings: number;
  /** As the media side was told last: the leg bridged to, what plays. */
  bridgedTo: string | null;
  playing: { playId: string; what: "say" | "music" } | null;
  plays: number;
}

export function newCall(id: string, customerRef: string): Call {
  return {
    id, customerRef, up: false, hears: false, cancelHearTimer: () => {}, saying: null, waiting: false, rings: new Map(), agent: null, held: false,
    recording: null, recordings: 0, bridgedTo: null, playing: null, plays: 0,
  };
}
