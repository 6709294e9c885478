/** Leads to a queue. Its words are heard while the contact already waits: no second is lost. */
import { z } from "zod";
import type { Run } from "../run.ts";
import { SkillNeed } from "../settings.ts";
import { Says } from "../words.ts";

export const QueueStep = z.object({
  kind: z.literal("queue"),
  queueId: z.string().min(1).max(60),
  needs: z.array(SkillNeed).max(10).default([]),
  priority: z.int().min(0).max(10).optional(),
  says: Says.optional(),
});
export type QueueStep = z.infer<typeof QueueStep>;

export function enterQueue(run: Run, step: QueueStep): void {
  if (step.priority !== undefined) run.raisePriority(step.priority);
  if (step.says) run.say([step.says]);
  run.toQueue(step.queueId, step.needs);
}
