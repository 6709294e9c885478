/** Says goodbye to the end, then ends. Who asks for a person during it still gets one. */
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { Run } from "../run.ts";
import type { Behaviour } from "./behaviour.ts";

export const end: Behaviour<"end"> = {
  enter(run, step) {
    if (step.says) run.say([step.says]);
    else finish(run, step);
  },
  hear(run, step, input) {
    if (input.kind === "said" || input.kind === "silence") finish(run, step);
  },
  interruptible: () => false,
};

function finish(run: Run, step: StepOf<"end">): void {
  run.end(run.state.reached ?? (step.says ? "message" : "ended"), null, step.exception ?? null);
}
