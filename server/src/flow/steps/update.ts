/** Changes the customer's card or a case, opens a case, or adds a note to the timeline. */
import type { StepOf, Value } from "@tandem/protocol/flow/flow";
import type { Run } from "../run.ts";
import type { Ask } from "../state.ts";
import type { Behaviour } from "./behaviour.ts";

const UPDATE_MS = 5_000;

export const update: Behaviour<"update"> = {
  enter(run, step) {
    const ask = asked(run, step);
    if (ask === null) run.goTo(step.failed, "failed");
    else run.asks(ask, UPDATE_MS);
  },
  hear(run, step, input) {
    if (input.kind !== "answered") return;
    const { answer } = input;
    if (!answer.ok || (step.of === "new-case" && !answer.case)) {
      run.goTo(step.failed, "failed");
      return;
    }
    if (step.of !== undefined && answer.case) run.caseIs(answer.case);
    const changed = step.of === undefined && Object.keys(step.fields).length > 0;
    if (changed && run.state.customer && answer.customer) run.state.customer = answer.customer;
    run.goTo(step.next, "next");
  },
  interruptible: () => false,
};

/** Null = there is nothing to write, or nothing to write it to. */
function asked(run: Run, step: StepOf<"update">): Extract<Ask, { kind: "update" }> | null {
  const fields: Record<string, Value> = {};
  for (const [name, source] of Object.entries(step.fields)) {
    if (run.readsSecret(source)) {
      run.problem(`${name}: a hidden answer is not written into a record`);
      continue;
    }
    const value = run.evaluate(source);
    // what could not be computed is no reason to wipe a field
    if (value !== null) fields[name] = value;
  }
  const note = step.timeline ? run.fill(run.ownWords(step.timeline)) : null;
  switch (step.of) {
    case "new-case":
      return run.facts().customer.known === true && fields["subject"] !== undefined && fields["subject"] !== "" ? { kind: "update", of: "new-case", customerId: run.raw("customer.id"), fields, note } : null;
    case "case": {
      const number = run.raw("case.number");
      return number === "" || (note === null && Object.keys(fields).length === 0) ? null : { kind: "update", of: "case", number, fields, note };
    }
    case undefined:
      return note === null && Object.keys(fields).length === 0 ? null : { kind: "update", fields, note };
  }
}
