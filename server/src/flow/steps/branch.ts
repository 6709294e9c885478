/** Goes on by the first condition that holds. */
import { z } from "zod";
import { Condition, holds } from "../conditions.ts";
import type { Run } from "../run.ts";
import { StepId } from "../words.ts";

export const BranchStep = z.object({
  kind: z.literal("branch"),
  cases: z.array(z.object({ when: Condition, next: StepId })).min(1).max(20),
  otherwise: StepId,
});
export type BranchStep = z.infer<typeof BranchStep>;

export function enterBranch(run: Run, step: BranchStep): void {
  const facts = { read: (variable: string) => run.read(variable), hours: run.settings.hours, nowMs: run.nowMs };
  run.goTo(step.cases.find((one) => holds(one.when, facts))?.next ?? step.otherwise);
}
