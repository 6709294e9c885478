/** Who is the customer? Asked by effect; known already = not asked again (PIT-01). No answer in time = unknown. */
import { z } from "zod";
import type { Run } from "../run.ts";
import { keepAhead } from "./say.ts";
import type { FlowInput } from "../state.ts";
import { StepId } from "../words.ts";

/** A slow customer base must not hold the call: the flow goes on without it. */
const LOOKUP_MS = 3_000;

export const LookupStep = z.object({
  kind: z.literal("lookup"),
  /** `from`: the address of the contact; otherwise digits collected before. */
  by: z.union([z.literal("from"), z.string().regex(/^data\.[a-z][\w-]{0,39}$/i)]),
  next: StepId,
  unknown: StepId,
});
export type LookupStep = z.infer<typeof LookupStep>;

export function enterLookup(run: Run, step: LookupStep): void {
  if (run.state.customer !== null) {
    run.goTo(step.next);
    return;
  }
  const value = run.read(step.by);
  if (value === null || value === "") {
    run.goTo(step.unknown);
    return;
  }
  run.effects.push({ do: "lookup", by: step.by === "from" ? "address" : "typed", value: String(value) });
  run.expect(LOOKUP_MS);
}

export function hearInLookup(run: Run, step: LookupStep, input: FlowInput): void {
  if (input.kind === "key" || input.kind === "text") {
    keepAhead(run, input);
    run.expect(LOOKUP_MS);
  }
  if (input.kind === "silence") run.goTo(step.unknown);
  if (input.kind === "lookedUp") {
    run.state.customer = input.customer;
    run.goTo(input.customer === null ? step.unknown : step.next);
  }
}
