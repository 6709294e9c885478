/** To an extension, a group or a number of the house, or outside. Only a call can be handed over: writing goes to `failed`, and so does what is no number. */
import type { Behaviour } from "./behaviour.ts";

export const transfer: Behaviour<"transfer"> = {
  enter(run, step) {
    const number = run.state.written ? null : run.number(step.number);
    if (number === null) run.goTo(step.failed, "failed");
    else if (step.says) run.say([step.says]);
    else run.done({ type: "hand-over", number, failedStep: step.failed });
  },
  hear(run, step, input) {
    const number = run.number(step.number);
    if (input.kind !== "said" && input.kind !== "silence") return;
    if (number === null) run.goTo(step.failed, "failed");
    else run.done({ type: "hand-over", number, failedStep: step.failed });
  },
  interruptible: () => false,
};
