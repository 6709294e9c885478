/**
 * Collects a value: by keys with a longest length, `#` to finish and a limit between keys; in writing or speech, what is found in the
 * sentence. Checked, and said back when the step wants it confirmed.
 */
import type { Says, StepOf } from "@tandem/protocol/flow/flow";
import { fromKeys, fromText, mayBeginWithZero, mostKeys } from "../answers.ts";
import { HIDDEN_ANSWER } from "../hidden.ts";
import { holdsPhrase, plain } from "../match-text.ts";
import type { Run } from "../run.ts";
import { confirmKeys, NEGATIONS, NO, NO_SPOKEN, NO_WORDS, WITHOUT_WORDS, YES, YES_SPOKEN, YES_WORDS } from "../sentences.ts";
import { spellValue } from "../spell.ts";
import type { FlowInput } from "../state.ts";
import { inLanguage } from "../words.ts";
import { takeAhead } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

/** Longest pause between two keys. */
export const INTER_DIGIT_MS = 4_000;
/** A 0 that stands alone for so long asked for a person. */
export const LONE_ZERO_MS = 2_000;

type Collect = StepOf<"collect">;

export const collect: Behaviour<"collect"> = {
  enter(run, step) {
    const { written } = run.state;
    if (step.sensitive) run.guard();
    if (!written && !run.world.hears && (step.type === "text" || step.type === "email")) {
      // Nobody could answer: keys write no text.
      if (step.optional) without(run, step, step.optional);
      else run.giveUp("speech", step.noAnswer);
      return;
    }
    if (step.interruptible && ahead(run, step)) return;
    ask(run, step);
  },
  hear(run, step, input) {
    if (run.state.phase === "confirm") {
      hearConfirm(run, step, input);
      return;
    }
    switch (input.kind) {
      case "said":
        if (!ahead(run, step)) run.expectAnswer(step.silenceMs);
        return;
      case "silence":
        if (run.state.digits === "0" && mayBeginWithZero(step)) run.toHuman("0");
        else finish(run, step, "silence");
        return;
      case "key":
        hearKey(run, step, input.key, true);
        return;
      case "text":
        hearText(run, step, input.text);
        return;
      case "answered":
    }
  },
  interruptible: (step, run) => run.state.phase === "confirm" || step.interruptible,
  asking: (run, step) => {
    const asking = run.state.phase === "";
    const begun = asking && run.state.digits !== "";
    // over a question that must be heard, nobody keys an answer yet
    const answers = run.state.saying === null || step.interruptible;
    return { zeroIsDigit: begun || (asking && answers && mayBeginWithZero(step)), starIsComma: begun && step.type === "amount", labels: [] };
  },
};

/** True when what was typed ahead was read here. */
function ahead(run: Run, step: Collect): boolean {
  const { state } = run;
  if (state.ahead === "") return false;
  // keys that begin digits; a spoken "12 mars" is a sentence
  if (state.written || !/^\d[0-9*#]*$/.test(state.ahead)) {
    const first = takeAhead(run);
    if (first?.kind !== "text") return false;
    const value = read(run, step, first.text);
    if (value !== null) take(run, step, value);
    return value !== null;
  }
  for (let input = takeAhead(run); input?.kind === "key"; input = takeAhead(run)) {
    hearKey(run, step, input.key, state.ahead === "");
    if (run.next !== null || state.done || state.phase !== "" || state.saying !== null) return true;
  }
  return true;
}

function ask(run: Run, step: Collect, before?: Says): void {
  run.state.phase = "";
  run.state.digits = "";
  const choices = step.optional ? [{ key: "#", label: inLanguage(step.optional.label, run.state.language), words: [] }] : [];
  run.ask({ says: before ? [before, step.says] : [step.says], choices, speech: true, free: true, interruptible: step.interruptible });
}

function hearKey(run: Run, step: Collect, key: string, last: boolean): void {
  const { state } = run;
  if (key === "#") {
    if (state.digits === "0" && mayBeginWithZero(step)) run.toHuman("0");
    else finish(run, step, "wrong");
    return;
  }
  if (step.type === "text" || step.type === "email") {
    wrong(run, step);
    return;
  }
  state.digits += key;
  if (state.digits.length >= mostKeys(step)) finish(run, step, "wrong");
  else if (last) run.expect(state.digits === "0" ? LONE_ZERO_MS : INTER_DIGIT_MS);
}

function hearText(run: Run, step: Collect, text: string): void {
  const value = read(run, step, text);
  const said = plain(text);
  const { optional } = step;
  if (optional) {
    const declines = text.trim() === "#" || said === plain(inLanguage(optional.label, run.state.language));
    if (declines || ((value === null || step.type === "text") && !/\d/.test(said) && said.length <= 40 && WITHOUT_WORDS.some((word) => (step.type === "text" ? said === word : holdsPhrase(said, word))))) {
      without(run, step, optional);
      return;
    }
  }
  if (value !== null) take(run, step, value);
  else wrong(run, step);
}

function read(run: Run, step: Collect, text: string): string | number | null {
  return fromText(step, text, { language: run.state.language, country: run.world.centre.country, today: run.today });
}

/** `#`, the longest length or a silence ends the digits. */
function finish(run: Run, step: Collect, why: "wrong" | "silence"): void {
  const { digits } = run.state;
  const value = digits === "" ? null : fromKeys(step, digits, { language: run.state.language, country: run.world.centre.country, today: run.today });
  if (value !== null) take(run, step, value);
  else if (digits === "" && step.optional) without(run, step, step.optional);
  else if (digits === "" && why === "silence") run.retry("silence", (before) => ask(run, step, before), step.noAnswer);
  else wrong(run, step);
}

function wrong(run: Run, step: Collect): void {
  run.retry("wrong", (before) => ask(run, step, step.wrong ?? before), step.noAnswer);
}

function take(run: Run, step: Collect, value: string | number): void {
  if (step.check !== undefined && run.evaluate(step.check, value) !== true) {
    wrong(run, step);
    return;
  }
  if (step.confirm) {
    run.state.digits = "";
    // who writes sees what they wrote, and a conversation is read by others, for years
    run.state.memo = { value, "{value}": run.state.written && step.sensitive === "hidden" ? HIDDEN_ANSWER : spell(run, step, value) };
    confirm(run, step);
    return;
  }
  keep(run, step, value);
}

function spell(run: Run, step: Collect, value: string | number): string {
  return spellValue(step.type, value, run.world.centre.country, run.manner);
}

function keep(run: Run, step: Collect, value: string | number): void {
  const secret = step.sensitive === "hidden";
  run.set(step.variable, value, { told: true, secret });
  run.trail(run.ownWords(step.label), secret ? HIDDEN_ANSWER : String(value), step.sensitive !== undefined);
  run.goTo(step.next, "next");
}

function without(run: Run, step: Collect, optional: NonNullable<Collect["optional"]>): void {
  run.trail(run.ownWords(step.label), run.ownWords(optional.label));
  run.goTo(optional.next, "optional");
}

// ---- said back

function confirm(run: Run, step: Collect, before?: Says): void {
  const { state } = run;
  if (!step.confirm) return;
  state.phase = "confirm";
  const keys = state.written ? [] : [run.sentence(confirmKeys[state.language])];
  const choices = [{ key: "1", label: YES[state.language], words: YES_SPOKEN[state.language] }, { key: "2", label: NO[state.language], words: NO_SPOKEN[state.language] }];
  run.ask({ says: [...(before ? [before] : []), step.confirm, ...keys], choices, speech: true, free: false, interruptible: true });
}

function hearConfirm(run: Run, step: Collect, input: FlowInput): void {
  const { state } = run;
  const value = state.memo.value;
  if (input.kind === "said") {
    const early = takeAhead(run);
    if (early) hearConfirm(run, step, early);
    else run.expectAnswer(step.silenceMs);
    return;
  }
  if (input.kind === "silence") {
    run.retry("silence", (before) => confirm(run, step, before), step.noAnswer);
    return;
  }
  const yes = answerOf(input);
  if (yes === true && (typeof value === "string" || typeof value === "number")) keep(run, step, value);
  else if (yes === false) {
    // Not the customer's mistake: no apology, but it counts, or a wrong recogniser would ask for ever.
    state.failures++;
    if (state.failures > run.definition.retry.times) run.giveUp("wrong", step.noAnswer);
    else ask(run, step);
  } else run.retry("wrong", (before) => confirm(run, step, before), step.noAnswer);
}

/** Yes, no, or neither. */
export function answerOf(input: FlowInput): boolean | null {
  if (input.kind === "key") return input.key === "1" ? true : input.key === "2" ? false : null;
  if (input.kind !== "text") return null;
  const said = plain(input.text);
  if (said === "1" || said === "2") return said === "1";
  // "ce n'est pas exact", "that's not right": asked again rather than taken for a yes
  const no = NO_WORDS.some((word) => holdsPhrase(said, word)) || NEGATIONS.some((word) => holdsPhrase(said, word));
  return no ? false : YES_WORDS.some((word) => holdsPhrase(said, word)) ? true : null;
}
