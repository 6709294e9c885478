/** Who is the customer? Known already = not asked again (PIT-01). No answer in time = `failed`, or unknown. */
import type { Behaviour } from "./behaviour.ts";

/** A slow customer base must not hold the call: the flow goes on without it. */
const LOOKUP_MS = 3_000;

export const lookup: Behaviour<"lookup"> = {
  enter(run, step) {
    if (run.facts().customer.known === true) {
      run.goTo(step.next, "next");
      return;
    }
    const value = run.evaluate(step.value);
    if (value === null || value === "") run.goTo(step.unknown, "unknown");
    else run.asks({ kind: "lookup", value: String(value) }, LOOKUP_MS);
  },
  hear(run, step, input) {
    if (input.kind !== "answered") return;
    const { answer } = input;
    if (!answer.ok) {
      if (step.failed === undefined) run.goTo(step.unknown, "unknown");
      else run.goTo(step.failed, "failed");
      return;
    }
    if (answer.customer) {
      run.state.customer = answer.customer;
      run.goTo(step.next, "next");
    } else run.goTo(step.unknown, "unknown");
  },
  interruptible: () => false,
};
