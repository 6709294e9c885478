/** Which language to go on in. Each choice is named in its own. */
import type { FlowLanguage, Says, StepOf } from "@tandem/protocol/flow/flow";
import { matchChoice } from "../match-text.ts";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { takeAhead } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

/** How people call a language, in any of them. */
const NAMES: Record<FlowLanguage, readonly string[]> = { fr: ["français", "french", "fr"], en: ["anglais", "english", "en"] };

type LanguageStep = StepOf<"language">;

export const language: Behaviour<"language"> = {
  enter(run, step) {
    if (step.interruptible && answered(run, step, takeAhead(run))) return;
    ask(run, step);
  },
  hear(run, step, input) {
    switch (input.kind) {
      case "said":
        if (!answered(run, step, takeAhead(run))) run.expectAnswer(step.silenceMs);
        return;
      case "silence":
        run.retry("silence", (before) => ask(run, step, before), step.noAnswer);
        return;
      case "key":
      case "text":
        if (!answered(run, step, input)) run.retry("wrong", (before) => ask(run, step, before), step.noAnswer);
        return;
      case "answered":
    }
  },
  interruptible: (step) => step.interruptible,
};

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
