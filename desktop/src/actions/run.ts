/** Performs a command; a refusal is told in words and loses nothing. */
import { inWords } from "../data/data.ts";
import { toast } from "../kit/toast.tsx";
import type { Action, ActionContext } from "./action.ts";

export function run(action: Action, context: ActionContext): void {
  if (!action.enabled(context)) return;
  Promise.resolve()
    .then(() => action.perform(context))
    .catch((error: unknown) => toast("alert", inWords(error)));
}
