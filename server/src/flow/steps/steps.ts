/** Every kind of step, by its name. A new one is a new file and a line here. */
import type { Step, StepKind } from "@tandem/protocol/flow/flow";
import { assistant } from "./assistant.ts";
import type { Behaviour } from "./behaviour.ts";
import { branch } from "./branch.ts";
import { callback } from "./callback.ts";
import { collect } from "./collect.ts";
import { deflect } from "./deflect.ts";
import { end } from "./end.ts";
import { hours } from "./hours.ts";
import { http } from "./http.ts";
import { language } from "./language.ts";
import { lookup } from "./lookup.ts";
import { menu } from "./menu.ts";
import { queue } from "./queue.ts";
import { say } from "./say.ts";
import { set } from "./set.ts";
import { back, subflow } from "./subflow.ts";
import { transfer } from "./transfer.ts";
import { update } from "./update.ts";
import { voicemail } from "./voicemail.ts";
import { wait } from "./wait.ts";

const BEHAVIOURS: { readonly [K in StepKind]: Behaviour<K> } = {
  say, menu, collect, language, branch, hours, lookup, update, http, set, queue, callback, voicemail, deflect, assistant, transfer, subflow, return: back, wait, end,
};

/** Of this step; to be called with this step only. */
export function behaviourOf(step: Step): Behaviour<StepKind> {
  // The compiler cannot tie the entry to the step that it was found by.
  return BEHAVIOURS[step.kind] as unknown as Behaviour<StepKind>;
}
