/** A question with few answers: one key or a telling word by voice; the key, the label or its beginning, or a telling word in writing. */
import type { MenuChoice, Says, StepOf } from "@tandem/protocol/flow/flow";
import type { Language } from "../../hub/hub.ts";
import { matchChoice, plain } from "../match-text.ts";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { inLanguage } from "../words.ts";
import type { Behaviour } from "./behaviour.ts";
import { choosing } from "./choosing.ts";

type Menu = StepOf<"menu">;

export const menu: Behaviour<"menu"> = {
  ...choosing(ask, answered),
  asking: (run, step) => ({ zeroIsDigit: false, starIsComma: false, labels: offered(step, run.state.language).map((choice) => inLanguage(choice.label, run.state.language)) }),
};

/** The choices offered to a customer of this language. */
export function offered(step: Menu, language: Language): MenuChoice[] {
  return step.choices.filter((choice) => choice.language !== language);
}

function ask(run: Run, step: Menu, before?: Says): void {
  const { language } = run.state;
  const choices = offered(step, language).map((choice) => ({ key: choice.key, label: inLanguage(choice.label, language), words: choice.words[language] ?? [] }));
  run.ask({ says: before ? [before, step.says] : [step.says], choices, speech: step.speech || step.anything !== undefined, free: step.anything !== undefined, interruptible: step.interruptible });
}

function answered(run: Run, step: Menu, input: FlowInput | null): boolean {
  const choice = input && find(run, step, input);
  if (choice) {
    take(run, step, choice);
    return true;
  }
  if (input?.kind !== "text" || !step.anything || plain(input.text) === "") return false;
  run.set(step.anything.name, input.text.trim().slice(0, 400), { told: true });
  run.trail(run.ownWords(step.label), input.text.trim());
  run.goTo(step.anything.next, "anything");
  return true;
}

function find(run: Run, step: Menu, input: FlowInput): MenuChoice | null {
  const { language } = run.state;
  const choices = offered(step, language);
  if (input.kind === "key") return choices.find((choice) => choice.key === input.key) ?? null;
  if (input.kind !== "text") return null;
  const sign = input.text.trim();
  if (sign === "#" || sign === "*") return choices.find((choice) => choice.key === sign) ?? null;
  const matched = matchChoice(
    choices.map((choice) => ({ key: choice.key, label: inLanguage(choice.label, language), words: choice.words[language] ?? [], choice })),
    input.text,
  );
  return matched?.choice ?? null;
}

function take(run: Run, step: Menu, choice: MenuChoice): void {
  run.trail(run.ownWords(step.label), run.ownWords(choice.label));
  if (choice.language) run.state.language = choice.language;
  if (choice.reason) run.state.reason = run.ownWords(choice.reason);
  if (choice.priority !== undefined) run.raisePriority(choice.priority);
  for (const [name, value] of Object.entries(choice.set)) run.set(name, value);
  run.goTo(choice.next, `choice:${step.choices.indexOf(choice)}`);
}
