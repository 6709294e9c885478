/** Says something and goes on. What is typed meanwhile stops it and answers the next question. */
import { z } from "zod";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { Says, StepId } from "../words.ts";

/** Keys typed ahead: more than any question collects is noise. */
const MAX_AHEAD_CHARS = 40;

export const SayStep = z.object({ kind: z.literal("say"), says: Says, next: StepId });
export type SayStep = z.infer<typeof SayStep>;

export function enterSay(run: Run, step: SayStep): void {
  if (run.state.ahead === "") run.say([step.says]);
  else run.goTo(step.next);
}

export function hearInSay(run: Run, step: SayStep, input: FlowInput): void {
  if (input.kind === "lookedUp") return;
  if (input.kind === "key" || input.kind === "text") {
    run.stopSaying();
    keepAhead(run, input);
  }
  run.goTo(step.next);
}

export function keepAhead(run: Run, input: FlowInput): void {
  if (input.kind === "key") run.state.ahead = (run.state.ahead + input.key).slice(0, MAX_AHEAD_CHARS);
  if (input.kind === "text") run.state.ahead = input.text.slice(0, MAX_AHEAD_CHARS);
}
