/** The graph as data: settings and steps by id. Shape here, sense in `validate.ts`. */
import { z } from "zod";
import { FlowSettings } from "./settings.ts";
import { BranchStep } from "./steps/branch.ts";
import { CollectStep } from "./steps/collect.ts";
import { HangupStep } from "./steps/hangup.ts";
import { LookupStep } from "./steps/lookup.ts";
import { MenuStep } from "./steps/menu.ts";
import { QueueStep } from "./steps/queue.ts";
import { SayStep } from "./steps/say.ts";
import { problemsOf } from "./validate.ts";
import { StepId } from "./words.ts";

/** Most steps of one flow: a definition comes from the database or an import file. */
const MAX_STEPS = 500;

export const Step = z.discriminatedUnion("kind", [SayStep, MenuStep, CollectStep, BranchStep, LookupStep, QueueStep, HangupStep]);
export type Step = z.infer<typeof Step>;

export const FlowDefinition = FlowSettings.extend({ steps: z.record(StepId, Step) }).superRefine((definition, context) => {
  if (Object.keys(definition.steps).length > MAX_STEPS) {
    context.addIssue({ code: "custom", message: `more than ${MAX_STEPS} steps` });
    return;
  }
  for (const { path, why } of problemsOf(definition)) context.addIssue({ code: "custom", path, message: why });
});
export type FlowDefinition = z.infer<typeof FlowDefinition>;
/** What an author writes: defaults may be left out. */
export type FlowDefinitionInput = z.input<typeof FlowDefinition>;

/** From outside (database, import): a definition that cannot fail later, or every reason why not. */
export function readFlowDefinition(value: unknown): { ok: true; definition: FlowDefinition } | { ok: false; why: string[] } {
  const read = FlowDefinition.safeParse(value);
  if (read.success) return { ok: true, definition: read.data };
  return { ok: false, why: read.error.issues.map((issue) => `${issue.path.join(".") || "flow"}: ${issue.message}`) };
}
