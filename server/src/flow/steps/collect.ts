/** Collects digits: by keys with a longest length, `#` to finish and a limit between keys; in writing, the digits of the message. */
import { z } from "zod";
import { holdsPhrase, plain } from "../match-text.ts";
import type { Run } from "../run.ts";
import type { FlowInput } from "../state.ts";
import { inLanguage, Says, StepId, Texts } from "../words.ts";

const NO_WORDS = ["non", "no", "passer", "skip", "aucun", "none", "sans", "je ne sais pas", "i don t know", "je ne l ai pas", "i don t have it", "i don t have one"];

export const CollectStep = z.object({
  kind: z.literal("collect"),
  label: Texts,
  says: Says,
  /** Where the digits are kept: `data.<name>`. */
  name: z.string().regex(/^[a-z][\w-]{0,39}$/i),
  minDigits: z.int().min(1).max(32),
  maxDigits: z.int().min(1).max(32),
  interDigitMs: z.int().min(500).max(30_000).default(3_000),
  next: StepId,
  /** Without it the answer is needed. `#` alone, the button or silence goes on without. */
  optional: z.object({ label: Texts, next: StepId }).optional(),
});
export type CollectStep = z.infer<typeof CollectStep>;

export function enterCollect(run: Run, step: CollectStep): void {
  const { ahead, written } = run.state;
  run.state.ahead = "";
  if (ahead !== "") {
    if (written) {
      const digits = digitsIn(ahead, step);
      if (digits !== null) {
        take(run, step, digits);
        return;
      }
    } else if (/^\d/.test(ahead)) {
      for (let i = 0; i < ahead.length && run.next === null && !run.state.done; i++) {
        if (i + 1 < ahead.length) run.state.ahead = ahead.slice(i + 1);
        else run.state.ahead = "";
        hearKey(run, step, ahead[i] ?? "#", i + 1 === ahead.length);
      }
      return;
    }
  }
  ask(run, step);
}

export function hearInCollect(run: Run, step: CollectStep, input: FlowInput): void {
  switch (input.kind) {
    case "said":
      run.expect();
      return;
    case "silence":
      finish(run, step, "silence");
      return;
    case "key":
      run.stopSaying();
      hearKey(run, step, input.key, true);
      return;
    case "text":
      run.stopSaying();
      hearText(run, step, input.text);
      return;
    default:
  }
}

function ask(run: Run, step: CollectStep, before?: Says): void {
  const { language } = run.state;
  const buttons = step.optional ? [{ key: "#", label: inLanguage(step.optional.label, language) }] : [];
  buttons.push({ key: "0", label: inLanguage(run.settings.reachHuman.label, language) });
  run.say(before ? [before, step.says] : [step.says], buttons);
}

function hearKey(run: Run, step: CollectStep, key: string, last: boolean): void {
  if (key === "#") {
    finish(run, step, "wrong");
    return;
  }
  run.state.digits += key;
  if (run.state.digits.length >= step.maxDigits) finish(run, step, "wrong");
  else if (last) run.expect(step.interDigitMs);
}

function hearText(run: Run, step: CollectStep, text: string): void {
  const digits = digitsIn(text, step);
  if (digits !== null) {
    take(run, step, digits);
    return;
  }
  const said = plain(text);
  const { optional } = step;
  const declines = text.trim() === "#" || said === plain(optional ? inLanguage(optional.label, run.state.language) : "#");
  if (optional && (declines || (!/\d/.test(said) && NO_WORDS.some((word) => holdsPhrase(said, word))))) without(run, step, optional);
  else run.retry("wrong", (before) => ask(run, step, before));
}

/** `#`, the longest length or a silence ends the digits. */
function finish(run: Run, step: CollectStep, why: "wrong" | "silence"): void {
  const { digits } = run.state;
  if (digits.length >= step.minDigits) take(run, step, digits);
  else if (digits === "" && step.optional) without(run, step, step.optional);
  else run.retry(digits === "" ? why : "wrong", (before) => ask(run, step, before));
}

function take(run: Run, step: CollectStep, digits: string): void {
  run.set(step.name, digits);
  run.trail(run.ownWords(step.label), digits);
  run.goTo(step.next);
}

function without(run: Run, step: CollectStep, optional: { label: Texts; next: string }): void {
  run.trail(run.ownWords(step.label), run.ownWords(optional.label));
  run.goTo(optional.next);
}

/** The first run of digits of a fitting length; people write "n° 12 345", so single spaces, dots and dashes may part digits. */
function digitsIn(text: string, step: CollectStep): string | null {
  for (const [run] of text.slice(0, 500).matchAll(/\d(?:[ .-]?\d)*/g)) {
    const digits = run.replaceAll(/\D/g, "");
    if (digits.length >= step.minDigits && digits.length <= step.maxDigits) return digits;
  }
  return null;
}
