/** A telephone number asked for within a step (a callback, a voicemail from a hidden number): asked, understood, said back, confirmed. */
import type { Says } from "@tandem/protocol/flow/flow";
import type { Utterance } from "../../hub/hub.ts";
import { digitsOfPhone, phoneNumber } from "../answers.ts";
import { holdsPhrase, plain } from "../match-text.ts";
import { isHidden } from "../run.ts";
import type { Run } from "../run.ts";
import { askNumber, confirmKeys, NO, NO_SPOKEN, numberBack, sameNumberSounds, WITHOUT_WORDS, YES, YES_SPOKEN } from "../sentences.ts";
import { spellPhone } from "../spell.ts";
import type { FlowInput } from "../state.ts";
import type { Asking } from "../reach-human.ts";
import { takeAhead } from "./behaviour.ts";
import { answerOf, INTER_DIGIT_MS, LONE_ZERO_MS } from "./collect.ts";

const SAME_WORDS = { fr: ["ce numéro", "le même", "celui-ci"], en: ["this number", "the same", "this one"] } as const;
/** E.164 with its international prefix. */
const MAX_KEYS = 18;

export interface NumberQuestion {
  /** The author's own words; absent = ours. */
  says?: Says | undefined;
  back?: Says | undefined;
  /** The caller's own, taken by # alone; null = # alone goes on without a number where `optional`. */
  own: string | null;
  optional: boolean;
  done(number: string | null): void;
}

/** Where a caller can be called back: E.164, or the short number of a phone of the house; null = hidden, or no telephone. */
export function callableNumber(run: Run): string | null {
  const { from } = run.state;
  if (isHidden(from)) return null;
  return phoneNumber(from, run.world.centre.country) ?? (/^\d{2,6}$/.test(from) ? from : null);
}

export function enterNumber(run: Run, question: NumberQuestion, before: readonly (Says | Utterance)[] = []): void {
  const { state } = run;
  const { language, written } = state;
  state.phase = "number";
  state.digits = "";
  const same = question.own !== null && !written ? [run.sentence(sameNumberSounds[language])] : [];
  const choices = question.own === null ? [] : [{ key: "#", label: spellPhone(question.own, run.world.centre.country), words: SAME_WORDS[language] }];
  run.ask({ says: [...before, question.says ?? run.sentence((written ? askNumber.reads : askNumber.sounds)[language]), ...same], choices, speech: true, free: true, interruptible: true });
}

export const inNumber = (run: Run): boolean => run.state.phase === "number" || run.state.phase === "number-back";

export const askingInNumber = (run: Run): Asking => ({ zeroIsDigit: run.state.phase === "number", starIsComma: false, labels: [] });

export function hearNumber(run: Run, question: NumberQuestion, input: FlowInput): void {
  if (run.state.phase === "number-back") {
    hearBack(run, question, input);
    return;
  }
  const { state } = run;
  switch (input.kind) {
    case "said":
      while (asking(run)) {
        const early = takeAhead(run);
        if (early === null) break;
        hearNumber(run, question, early);
      }
      if (asking(run) && state.expects === null) run.expect();
      return;
    case "key":
      if (input.key === "#") finish(run, question, "wrong");
      else if (input.key === "*") wrong(run, question, "wrong");
      else {
        state.digits += input.key;
        if (state.digits.length >= MAX_KEYS) finish(run, question, "wrong");
        else run.expect(state.digits === "0" ? LONE_ZERO_MS : INTER_DIGIT_MS);
      }
      return;
    case "silence":
      finish(run, question, "silence");
      return;
    case "text": {
      const number = digitsOfPhone(input.text, state.language, run.world.centre.country);
      const said = plain(input.text);
      if (number !== null) take(run, question, number);
      else if (input.text.trim() === "#" || (question.own !== null && SAME_WORDS[state.language].some((word) => holdsPhrase(said, plain(word)))) || (!/\d/.test(said) && WITHOUT_WORDS.some((word) => holdsPhrase(said, word)))) without(run, question);
      else wrong(run, question, "wrong");
      return;
    }
    case "answered":
  }
}

/** Still at the question, and nothing is being said. */
const asking = ({ state, next }: Run): boolean => state.phase === "number" && state.saying === null && !state.done && next === null;

function finish(run: Run, question: NumberQuestion, why: "wrong" | "silence"): void {
  const { digits } = run.state;
  if (digits === "0") {
    run.toHuman("0");
    return;
  }
  if (digits === "") {
    if (why === "silence") wrong(run, question, "silence");
    else without(run, question);
    return;
  }
  const number = phoneNumber(digits, run.world.centre.country);
  if (number === null) wrong(run, question, "wrong");
  else take(run, question, number);
}

function without(run: Run, question: NumberQuestion): void {
  if (question.own !== null || question.optional) question.done(question.own);
  else wrong(run, question, "wrong");
}

function wrong(run: Run, question: NumberQuestion, why: "wrong" | "silence"): void {
  const { state } = run;
  // A message without a number is better than none.
  if (question.optional && state.failures >= run.definition.retry.times) question.done(question.own);
  else run.retry(why, (before) => enterNumber(run, question, [before]));
}

function take(run: Run, question: NumberQuestion, number: string): void {
  const { state } = run;
  state.memo = { ...state.memo, number, "{value}": spellPhone(number, run.world.centre.country) };
  state.digits = "";
  // Who writes sees what they wrote; the number that they call from was not misheard.
  if (state.written || number === question.own) question.done(number);
  else sayBack(run, question);
}

function sayBack(run: Run, question: NumberQuestion, before: readonly Says[] = []): void {
  const { language, memo } = run.state;
  run.state.phase = "number-back";
  const choices = [{ key: "1", label: YES[language], words: YES_SPOKEN[language] }, { key: "2", label: NO[language], words: NO_SPOKEN[language] }];
  const back = question.back ?? run.sentence(numberBack(language, String(memo["{value}"] ?? "")));
  run.ask({ says: [...before, back, run.sentence(confirmKeys[language])], choices, speech: true, free: false, interruptible: true });
}

function hearBack(run: Run, question: NumberQuestion, input: FlowInput): void {
  const { state } = run;
  if (input.kind === "said") {
    const early = takeAhead(run);
    if (early) hearBack(run, question, early);
    else run.expect();
    return;
  }
  const number = typeof state.memo.number === "string" ? state.memo.number : null;
  const yes = answerOf(input);
  // Silence agrees: the number was said back.
  if (yes === true || (input.kind === "silence" && number !== null)) question.done(number);
  // as in `wrong`: a message without a number is better than none
  else if (question.optional && state.failures >= run.definition.retry.times) question.done(question.own);
  else if (yes === false) {
    state.failures++;
    if (state.failures > run.definition.retry.times) run.toHuman("wrong");
    else enterNumber(run, question);
  } else run.retry("wrong", (before) => sayBack(run, question, [before]));
}
