/** Changes the customer's card, or adds a note to the timeline. */
import type { Value } from "@tandem/protocol/flow/flow";
import type { Behaviour } from "./behaviour.ts";

const UPDATE_MS = 5_000;

export const update: Behaviour<"update"> = {
  enter(run, step) {
    const fields: Record<string, Value> = {};
    for (const [name, source] of Object.entries(step.fields)) {
      const value = run.evaluate(source);
      // what could not be computed is no reason to wipe a field
      if (value !== null) fields[name] = value;
    }
    const note = step.timeline ? run.fill(run.ownWords(step.timeline)) : null;
    if (note === null && Object.keys(fields).length === 0) run.goTo(step.failed, "failed");
    else run.asks({ kind: "update", fields, note }, UPDATE_MS);
  },
  hear(run, step, input) {
    if (input.kind !== "answered") return;
    const asked = Object.keys(step.fields).length > 0;
    if (!input.answer.ok) {
      run.goTo(step.failed, "failed");
      return;
    }
    if (asked && run.state.customer && input.answer.customer) run.state.customer = input.answer.customer;
    run.goTo(step.next, "next");
  },
  interruptible: () => false,
};
