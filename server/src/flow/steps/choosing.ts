/** A question that one answer leaves: said, answered by a key, a text or what was typed ahead; asked again after silence or a wrong answer. */
import type { Says, StepOf } from "@tandem/protocol/flow/flow";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { takeAhead } from "./behaviour.ts";

type Choosing<S> = { enter(run: Run, step: S): void; hear(run: Run, step: S, input: FlowInput): void; interruptible(step: S): boolean };

/** `ask` says it, after an apology if there is one; `answered` leaves the step if the input is an answer. */
export function choosing<S extends StepOf<"menu" | "language">>(ask: (run: Run, step: S, before?: Says) => void, answered: (run: Run, step: S, input: FlowInput | null) => boolean): Choosing<S> {
  const again = (run: Run, step: S, why: "silence" | "wrong"): void => run.retry(why, (before) => ask(run, step, before), step.noAnswer);
  return {
    enter(run, step) {
      if (step.interruptible && answered(run, step, takeAhead(run))) return;
      ask(run, step);
    },
    hear(run, step, input) {
      switch (input.kind) {
        case "said":
          if (!answered(run, step, takeAhead(run))) run.expectAnswer(step.silenceMs);
          return;
        case "silence":
          again(run, step, "silence");
          return;
        case "key":
        case "text":
          if (!answered(run, step, input)) again(run, step, "wrong");
          return;
        case "answered":
      }
    },
    interruptible: (step) => step.interruptible,
  };
}
