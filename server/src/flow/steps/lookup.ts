/** Who is the customer, or which case is it about? A customer who is known already is not looked up again (PIT-01). No answer in time = `failed`, or unknown. */
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { Run } from "../run.ts";
import type { Behaviour } from "./behaviour.ts";

/** A slow customer base must not hold the call: the flow goes on without it. */
const LOOKUP_MS = 3_000;

export const lookup: Behaviour<"lookup"> = {
  enter(run, step) {
    if (step.of === undefined && run.facts().customer.known === true) {
      run.goTo(step.next, "next");
      return;
    }
    const value = wanted(run, step);
    if (value === null) run.goTo(step.unknown, "unknown");
    else run.asks({ kind: "lookup", ...(step.of && { of: step.of }), value }, LOOKUP_MS);
  },
  hear(run, step, input) {
    if (input.kind !== "answered") return;
    const { answer } = input;
    if (!answer.ok) {
      if (step.failed === undefined) run.goTo(step.unknown, "unknown");
      else run.goTo(step.failed, "failed");
      return;
    }
    if (step.of === undefined && answer.customer) run.state.customer = answer.customer;
    else if (step.of !== undefined && answer.case) run.caseIs(answer.case);
    else {
      run.goTo(step.unknown, "unknown");
      return;
    }
    run.goTo(step.next, "next");
  },
  interruptible: () => false,
};

/** Null = there is nothing to look for. */
function wanted(run: Run, step: StepOf<"lookup">): string | null {
  if (step.of === "newest-case") return run.facts().customer.known === true ? run.raw("customer.id") : null;
  const value = run.evaluate(step.value);
  return value === null || value === "" ? null : String(value);
}
