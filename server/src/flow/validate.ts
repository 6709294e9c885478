/** The sense of a definition: steps that exist, texts in every language, a way out from everywhere, keys that mean one thing. */
import { hoursNamed } from "./conditions.ts";
import type { FlowSettings } from "./settings.ts";
import type { BranchStep } from "./steps/branch.ts";
import type { CollectStep } from "./steps/collect.ts";
import type { HangupStep } from "./steps/hangup.ts";
import type { LookupStep } from "./steps/lookup.ts";
import { offered } from "./steps/menu.ts";
import type { MenuStep } from "./steps/menu.ts";
import type { QueueStep } from "./steps/queue.ts";
import type { SayStep } from "./steps/say.ts";
import type { Says, Texts } from "./words.ts";

export type AnyStep = SayStep | MenuStep | CollectStep | BranchStep | LookupStep | QueueStep | HangupStep;
type Definition = FlowSettings & { steps: Readonly<Record<string, AnyStep>> };

export interface Problem {
  path: (string | number)[];
  why: string;
}

/** Where a step can lead. */
export function waysOf(step: AnyStep): string[] {
  switch (step.kind) {
    case "say":
      return [step.next];
    case "menu":
      return step.choices.map((choice) => choice.next);
    case "collect":
      return step.optional ? [step.next, step.optional.next] : [step.next];
    case "branch":
      return [...step.cases.map((one) => one.next), step.otherwise];
    case "lookup":
      return [step.next, step.unknown];
    default:
      return [];
  }
}

export function problemsOf(definition: Definition): Problem[] {
  const problems: Problem[] = [];
  const { steps, languages } = definition;
  if (!steps[definition.start]) problems.push({ path: ["start"], why: `no step "${definition.start}"` });
  const texts = (path: Problem["path"], value: Texts | undefined): void => {
    for (const language of languages) if (value && !value[language]) problems.push({ path, why: `no text in "${language}"` });
  };
  const says = (path: Problem["path"], value: Says | undefined): void => {
    texts([...path, "sounds"], value?.sounds);
    texts([...path, "reads"], value?.reads);
  };
  says(["reachHuman", "says"], definition.reachHuman.says);
  texts(["reachHuman", "label"], definition.reachHuman.label);
  says(["retry", "wrong"], definition.retry.wrong);
  says(["retry", "silence"], definition.retry.silence);
  for (const [id, step] of Object.entries(steps)) {
    const path = ["steps", id];
    for (const next of waysOf(step)) if (!steps[next]) problems.push({ path, why: `leads to "${next}", which does not exist` });
    if ("says" in step) says([...path, "says"], step.says);
    if ("label" in step) texts([...path, "label"], step.label);
    if (step.kind === "menu") problems.push(...menuProblems(path, step, languages, texts));
    if (step.kind === "collect") {
      texts([...path, "optional", "label"], step.optional?.label);
      if (step.minDigits > step.maxDigits) problems.push({ path, why: "minDigits is above maxDigits" });
    }
    if (step.kind === "branch") {
      for (const hours of step.cases.flatMap((one) => hoursNamed(one.when))) {
        if (!Object.hasOwn(definition.hours, hours)) problems.push({ path, why: `hours "${hours}" do not exist` });
      }
    }
  }
  for (const id of withoutWayOut(steps)) problems.push({ path: ["steps", id], why: "has no way out: no queue and no end can be reached" });
  return problems;
}

function menuProblems(path: Problem["path"], step: MenuStep, languages: readonly ("fr" | "en")[], texts: (path: Problem["path"], value: Texts | undefined) => void): Problem[] {
  const problems: Problem[] = [];
  step.choices.forEach((choice, i) => {
    texts([...path, "choices", i, "label"], choice.label);
    texts([...path, "choices", i, "reason"], choice.reason);
    if (choice.language && !languages.includes(choice.language)) problems.push({ path: [...path, "choices", i], why: `the flow does not speak "${choice.language}"` });
  });
  for (const language of languages) {
    const keys = offered(step, language).map((choice) => choice.key);
    if (new Set(keys).size !== keys.length) problems.push({ path, why: `a key means two things in "${language}"` });
    if (keys.length === 0) problems.push({ path, why: `no choice is left in "${language}"` });
  }
  return problems;
}

/** Steps from which neither a queue nor a hang-up can be reached, walking back from those. */
function withoutWayOut(steps: Readonly<Record<string, AnyStep>>): string[] {
  const out = new Set(Object.entries(steps).flatMap(([id, step]) => (step.kind === "queue" || step.kind === "hangup" ? [id] : [])));
  for (let grown = true; grown; ) {
    grown = false;
    for (const [id, step] of Object.entries(steps)) {
      if (out.has(id) || !waysOf(step).some((next) => out.has(next))) continue;
      out.add(id);
      grown = true;
    }
  }
  return Object.keys(steps).filter((id) => !out.has(id));
}
