/** To an extension, a group or a number of the house, or outside. Only a call can be handed over: writing goes to `failed`. */
import type { Behaviour } from "./behaviour.ts";

export const transfer: Behaviour<"transfer"> = {
  enter(run, step) {
    if (run.state.written) run.goTo(step.failed, "failed");
    else if (step.says) run.say([step.says]);
    else run.done({ type: "hand-over", number: run.fill(step.number), failedStep: step.failed });
  },
  hear(run, step, input) {
    if (input.kind === "said" || input.kind === "silence") run.done({ type: "hand-over", number: run.fill(step.number), failedStep: step.failed });
  },
  interruptible: () => false,
};
