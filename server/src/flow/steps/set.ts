/** Computes variables. What is computed from the customer's words is theirs still. */
import { expressionsOf } from "../expressions.ts";
import { never } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

export const set: Behaviour<"set"> = {
  ...never,
  enter(run, step) {
    for (const { name, to } of step.values) {
      const { values } = expressionsOf(run.definition).reads(to);
      const { told } = run.state;
      run.set(name, run.evaluate(to), { told: values.some((one) => told.includes(one)) || /\bcont(?:ext|act)\b/.test(to), secret: run.readsSecret(to) });
    }
    run.goTo(step.next, "next");
  },
};
