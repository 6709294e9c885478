/** What every kind of step is to the interpreter. */
import type { StepKind, StepOf } from "@tandem/protocol/flow/flow";
import type { Asking } from "../reach-human.ts";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";

/** Keys typed ahead, and texts: more than any question collects is noise. */
const MAX_AHEAD_KEYS = 40;
const MAX_AHEAD_CHARS = 400;

export interface Behaviour<K extends StepKind> {
  enter(run: Run, step: StepOf<K>): void;
  /** An input that is about now, and does not ask for a person. */
  hear(run: Run, step: StepOf<K>, input: FlowInput): void;
  /** May a key or a text cut off what is being said? */
  interruptible(step: StepOf<K>, run: Run): boolean;
  /** What a key or a text may mean here other than a person; absent = nothing. */
  asking?(run: Run, step: StepOf<K>): Asking;
}

export function keepAhead(run: Run, input: FlowInput): void {
  if (input.kind === "key") run.state.ahead = (run.state.ahead + input.key).slice(0, MAX_AHEAD_KEYS);
  if (input.kind === "text") run.state.ahead = input.text.slice(0, MAX_AHEAD_CHARS);
}

/** What was typed ahead, as inputs; it is forgotten here. Voice: keys, one input each (a recogniser's sentence is one text). */
export function takeAhead(run: Run): FlowInput | null {
  const { ahead, written } = run.state;
  if (ahead === "") return null;
  if (written || !/^[0-9*#]+$/.test(ahead)) {
    run.state.ahead = "";
    return { kind: "text", text: ahead };
  }
  run.state.ahead = ahead.slice(1);
  return { kind: "key", key: ahead.slice(0, 1) };
}

/** Of a step that is left in the turn that entered it. */
export const never = { hear: (): void => {}, interruptible: (): boolean => false };
