/** Which language to go on in. Each choice is named in its own. */
import type { FlowLanguage, Says, StepOf } from "@tandem/protocol/flow/flow";
import { matchChoice } from "../match-text.ts";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import type { Behaviour } from "./behaviour.ts";
import { choosing } from "./choosing.ts";

/** How people call a language, in any of them. */
const NAMES: Record<FlowLanguage, readonly string[]> = { fr: ["français", "french", "fr"], en: ["anglais", "english", "en"] };

type LanguageStep = StepOf<"language">;

export const language: Behaviour<"language"> = choosing(ask, answered);

const choicesOf = (step: LanguageStep) => step.choices.map((choice) => ({ ...choice, words: NAMES[choice.language] }));

function ask(run: Run, step: LanguageStep, before?: Says): void {
  run.ask({ says: before ? [before, step.says] : [step.says], choices: choicesOf(step), speech: true, free: false, interruptible: step.interruptible });
}

function answered(run: Run, step: LanguageStep, input: FlowInput | null): boolean {
  const choices = choicesOf(step);
  const choice = input?.kind === "key" ? choices.find((one) => one.key === input.key) : input?.kind === "text" ? matchChoice(choices, input.text) : null;
  if (!choice) return false;
  run.state.language = choice.language;
  run.trail(run.ownWords(step.label), choice.label);
  run.goTo(step.next, "next");
  return true;
}
