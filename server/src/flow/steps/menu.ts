/** A question with few answers: one key by voice; the key, the label or its beginning, or a telling word in writing. */
import { z } from "zod";
import { matchChoice, plain } from "../match-text.ts";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { inLanguage, Says, StepId, Texts, Value } from "../words.ts";

export const MenuChoice = z.object({
  /** 0 and * are kept for a person. */
  key: z.string().regex(/^[1-9#]$/, "a choice's key is 1 to 9 or #"),
  label: Texts,
  /** Words of a written answer that mean this choice. */
  words: z.object({ fr: z.array(z.string().min(2).max(40)).max(30).optional(), en: z.array(z.string().min(2).max(40)).max(30).optional() }).default({}),
  next: StepId,
  /** Goes on in this language; not offered to whom speaks it already. */
  language: z.enum(["fr", "en"]).optional(),
  /** Why the customer contacts us, for the agent. */
  reason: Texts.optional(),
  set: z.record(z.string().regex(/^[a-z][\w-]{0,39}$/i), Value).default({}),
  priority: z.int().min(0).max(10).optional(),
});
export type MenuChoice = z.infer<typeof MenuChoice>;

export const MenuStep = z.object({ kind: z.literal("menu"), label: Texts, says: Says, choices: z.array(MenuChoice).min(1).max(12) });
export type MenuStep = z.infer<typeof MenuStep>;

export function enterMenu(run: Run, step: MenuStep): void {
  const { ahead, written } = run.state;
  run.state.ahead = "";
  if (ahead !== "") {
    const choice = find(run, step, written ? { kind: "text", text: ahead } : { kind: "key", key: ahead.slice(0, 1) });
    if (choice) {
      if (!written) run.state.ahead = ahead.slice(1);
      take(run, step, choice);
      return;
    }
  }
  ask(run, step);
}

export function hearInMenu(run: Run, step: MenuStep, input: FlowInput): void {
  switch (input.kind) {
    case "said":
      run.expect();
      return;
    case "silence":
      run.retry("silence", (before) => ask(run, step, before));
      return;
    case "lookedUp":
      return;
    default: {
      run.stopSaying();
      const choice = find(run, step, input);
      if (choice) take(run, step, choice);
      else run.retry("wrong", (before) => ask(run, step, before));
    }
  }
}

/** The choices offered to a customer of this language. */
export function offered(step: MenuStep, language: "fr" | "en"): MenuChoice[] {
  return step.choices.filter((choice) => choice.language !== language);
}

function ask(run: Run, step: MenuStep, before?: Says): void {
  const { language } = run.state;
  const buttons = offered(step, language).map((choice) => ({ key: choice.key, label: inLanguage(choice.label, language) }));
  buttons.push({ key: "0", label: inLanguage(run.settings.reachHuman.label, language) });
  run.say(before ? [before, step.says] : [step.says], buttons);
}

function find(run: Run, step: MenuStep, input: FlowInput): MenuChoice | null {
  const { language } = run.state;
  const choices = offered(step, language);
  if (input.kind === "key") return choices.find((choice) => choice.key === input.key) ?? null;
  if (input.kind !== "text") return null;
  if (input.text.trim() === "#") return choices.find((choice) => choice.key === "#") ?? null;
  const matched = matchChoice(
    choices.map((choice) => ({ key: choice.key, label: inLanguage(choice.label, language), words: choice.words[language] ?? [], choice })),
    plain(input.text),
  );
  return matched?.choice ?? null;
}

function take(run: Run, step: MenuStep, choice: MenuChoice): void {
  run.trail(run.ownWords(step.label), run.ownWords(choice.label));
  if (choice.language) run.state.language = choice.language;
  if (choice.reason) run.state.reason = run.ownWords(choice.reason);
  if (choice.priority !== undefined) run.raisePriority(choice.priority);
  for (const [name, value] of Object.entries(choice.set)) run.set(name, value);
  run.goTo(choice.next);
}
