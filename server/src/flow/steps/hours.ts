/** Open, closed, or closed because of the day. */
import { never } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const hours: Behaviour<"hours"> = {
  ...never,
  enter(run, step) {
    const found = run.world.hours(step.of, run.state.medium, run.state.language);
    if (found === "open") run.goTo(step.open, "open");
    else if (found === "holiday" && step.holiday !== undefined) run.goTo(step.holiday, "holiday");
    else run.goTo(step.closed, "closed");
  },
};
