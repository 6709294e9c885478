/** What crosses the edge of the interpreter: state (plain JSON, survives a restart), inputs, effects. */
import type { Language, Utterance } from "../hub/hub.ts";
import type { SkillNeed } from "./settings.ts";
import type { Value, Values } from "./words.ts";

/** What the flow knows when it starts. */
export interface FlowContext {
  medium: string;
  /** The medium's trait: choices are read as buttons, silence is patient. */
  written: boolean;
  from: string;
  to: string;
  language: Language | null;
  nowMs: number;
  data: Values;
  /** The customer's card when already known (then a lookup step does not ask again). */
  customer: Values | null;
}

export interface FlowState {
  readonly flowId: string;
  readonly version: number;
  readonly medium: string;
  readonly written: boolean;
  readonly from: string;
  readonly to: string;
  language: Language;
  stepId: string;
  /** The sayId being heard, null when quiet. */
  saying: string | null;
  sayCount: number;
  /** Keys of a collect step so far. */
  digits: string;
  /** Wrong answers and silences at this step. */
  failures: number;
  /** Typed ahead of the question: keys (voice) or one text (written). */
  ahead: string;
  /** Steps entered since the customer's last input: a loop without a person in it ends with one. */
  sinceInput: number;
  priority: number;
  reason: string | null;
  data: Record<string, Value>;
  customer: Values | null;
  done: boolean;
}

export type FlowInput =
  | { kind: "said"; sayId: string }
  | { kind: "key"; key: string }
  | { kind: "text"; text: string }
  /** The timer of the last `expect` ran out. */
  | { kind: "silence" }
  /** The answer to a `lookup`; null = nobody known. */
  | { kind: "lookedUp"; customer: Values | null };

export type FlowOutcome =
  | { type: "queue"; queueId: string; needs: readonly SkillNeed[]; priority: number; reason?: string; language: Language }
  | { type: "end" };

export type FlowEffect =
  | { do: "say"; sayId: string; utterances: readonly Utterance[] }
  /** The customer spoke over what is said. */
  | { do: "stopSaying" }
  /** Wait for an input; without one in time feed `silence`. The timer dies with the next input or effect. */
  | { do: "expect"; timeoutMs: number }
  /** Who is this? Feed `lookedUp` back; `value` is an address or what the customer typed. An `expect` follows as the time limit. */
  | { do: "lookup"; by: "address" | "typed"; value: string }
  /** What the customer did, in the centre's own language, for the screen pop. */
  | { do: "trail"; step: string; label: string; answer: string }
  | { do: "set"; name: string; value: Value }
  /** Over. For a queue a `say` may stand before it in the same list: it is heard while the contact already waits. */
  | { do: "done"; outcome: FlowOutcome };
