/** Says something and goes on. What is typed meanwhile stops it and answers the next question. */
import { keepAhead } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const say: Behaviour<"say"> = {
  enter(run, step) {
    if (run.state.ahead === "" || !step.interruptible) run.say([step.says]);
    else run.goTo(step.next, "next");
  },
  hear(run, step, input) {
    keepAhead(run, input);
    run.goTo(step.next, "next");
  },
  interruptible: (step) => step.interruptible,
};
