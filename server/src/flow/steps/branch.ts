/** Goes on by the first condition that holds. */
import { never } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const branch: Behaviour<"branch"> = {
  ...never,
  enter(run, step) {
    const at = step.cases.findIndex((one) => run.evaluate(one.when) === true);
    const found = step.cases[at];
    if (found) run.goTo(found.next, `case:${at}`);
    else run.goTo(step.otherwise, "otherwise");
  },
};
