/** Computes variables. */
import { never } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const set: Behaviour<"set"> = {
  ...never,
  enter(run, step) {
    for (const { name, to } of step.values) run.set(name, run.evaluate(to));
    run.goTo(step.next, "next");
  },
};
