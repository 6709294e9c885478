/** Says goodbye to the end, then ends. Who asks for a person during it still gets one. */
import { z } from "zod";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { Says } from "../words.ts";

export const HangupStep = z.object({ kind: z.literal("hangup"), says: Says.optional() });
export type HangupStep = z.infer<typeof HangupStep>;

export function enterHangup(run: Run, step: HangupStep): void {
  if (step.says) run.say([step.says]);
  else run.end();
}

export function hearInHangup(run: Run, input: FlowInput): void {
  if (input.kind === "said" || input.kind === "silence") run.end();
}
