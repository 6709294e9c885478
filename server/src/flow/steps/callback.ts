/**
 * A promise to call: in order (the request keeps its place in the queue), or at a slot of the queue's hours and capacity. What is
 * offered is asked of the queue at once; the number is asked for when it is hidden; the promise is made before it is announced.
 */
import type { Says, StepOf } from "@tandem/protocol/flow/flow";
import type { Utterance } from "../../hub/hub.ts";
import { holdsPhrase, matchChoice, plain } from "../match-text.ts";
import type { Choice, Run } from "../run.ts";
import { callbackConfirmed, declined, declinedSounds, inOrder, moreSlots, moreSlotsSounds, NO_WORDS, slotSounds, WITHOUT_WORDS, YES_WORDS } from "../sentences.ts";
import { spellPhone, spellSlot } from "../spell.ts";
import type { Answer, FlowInput, Slot } from "../state.ts";
import { askingInNumber, callableNumber, enterNumber, hearNumber, inNumber } from "./ask-number.ts";
import type { NumberQuestion } from "./ask-number.ts";
import { takeAhead } from "./behaviour.ts";
import type { Behaviour } from "./behaviour.ts";

const SLOTS_MS = 3_000;
const BOOK_MS = 5_000;
/** Slots read out at once: more are not remembered. */
const PAGE = 3;
const MORE_KEY = "9";

type Callback = StepOf<"callback">;
/** `slot` null = in order. */
type Offer = Choice & { slot: Slot | null; sounds: string };

export const callback: Behaviour<"callback"> = {
  enter(run, step) {
    run.state.phase = "slots";
    run.asks({ kind: "slots", queueId: step.queueId }, SLOTS_MS);
  },
  hear(run, step, input) {
    if (inNumber(run)) {
      hearNumber(run, questionOf(run, step), input);
      return;
    }
    switch (run.state.phase) {
      case "slots":
        if (input.kind === "answered") offered(run, step, input.answer);
        return;
      case "offer":
        hearOffer(run, step, input);
        return;
      case "book":
        if (input.kind === "answered") booked(run, step, input.answer);
        return;
      default:
        if (input.kind === "said" || input.kind === "silence") run.end("callback", String(run.state.memo.callbackId));
    }
  },
  interruptible: (_step, run) => run.state.phase !== "booked",
  asking: (run) => askingInNumber(run),
};

// ---- what is offered

function offered(run: Run, step: Callback, answer: Answer): void {
  const { state } = run;
  if (!answer.ok) {
    run.goTo(step.failed, "failed");
    return;
  }
  const wait = answer.inOrder ?? null;
  state.slots = step.offer === "in-order" ? [] : [...(answer.slots ?? [])].slice(0, 2 * PAGE);
  state.memo = { inOrder: step.offer !== "dated" && wait !== null, waitMs: wait?.estimatedWaitMs ?? null, page: 0 };
  if (state.memo.inOrder !== true && state.slots.length === 0) run.goTo(step.failed, "failed");
  else offer(run, step);
}

function offersOf(run: Run): Offer[] {
  const { memo, slots, language } = run.state;
  const page = Number(memo.page);
  const offers: Offer[] = [];
  const key = (): string => String(offers.length + 1);
  if (memo.inOrder === true) {
    const minutes = typeof memo.waitMs === "number" ? Math.max(1, Math.ceil(memo.waitMs / 60_000)) : null;
    offers.push({ key: key(), slot: null, label: inOrder.label(language, minutes), sounds: inOrder.sounds(language, minutes, key()), words: language === "fr" ? ["mon tour", "dès que possible", "rappelez-moi"] : ["my turn", "as soon as possible", "call me back"] });
  }
  for (const slot of slots.slice(page * PAGE, (page + 1) * PAGE)) {
    offers.push({ key: key(), slot, label: spellSlot(slot, { ...run.manner, written: true }), sounds: slotSounds(language, spellSlot(slot, run.manner), key()), words: [] });
  }
  return offers;
}

const hasMore = (run: Run): boolean => run.state.slots.length > PAGE;

function offer(run: Run, step: Callback, before: readonly Says[] = []): void {
  const { state } = run;
  const { language, written } = state;
  state.phase = "offer";
  const offers = offersOf(run);
  const more = hasMore(run);
  const sounds: Utterance[] = written ? [] : [...offers.map((one) => one.sounds), ...(more ? [moreSlotsSounds(language, MORE_KEY)] : []), declinedSounds[language]].map((text) => run.sentence(text));
  // further times are read out without the explanation before them
  const says = [...before, ...(state.memo.page === 0 || written ? [step.says] : []), ...sounds];
  const choices: Choice[] = [...offers, ...(more ? [{ key: MORE_KEY, label: moreSlots[language], words: [] }] : []), { key: "#", label: declined[language], words: language === "fr" ? ["non", "non merci"] : ["no", "no thank you"] }];
  run.ask({ says, choices: choices.map(({ key, label, words }) => ({ key, label, words })), speech: true, free: false, interruptible: true });
}

function hearOffer(run: Run, step: Callback, input: FlowInput): void {
  const { state } = run;
  const again = (before: Says): void => offer(run, step, [before]);
  switch (input.kind) {
    case "said": {
      const early = takeAhead(run);
      if (early) hearOffer(run, step, early);
      else run.expect();
      return;
    }
    case "silence":
      run.retry("silence", again);
      return;
    case "key":
    case "text": {
      const offers = offersOf(run);
      const key = input.kind === "key" ? input.key : keyOf(run, offers, input.text);
      const chosen = offers.find((one) => one.key === key);
      if (chosen) {
        const at = chosen.slot ? state.slots.indexOf(chosen.slot) : -1;
        state.memo = { ...state.memo, slot: at };
        run.trail(run.ownWords(step.label), chosen.label);
        chooseNumber(run, step);
      } else if (key === "#") {
        run.trail(run.ownWords(step.label), run.ownWords(declined));
        run.goTo(step.declined, "declined");
      } else if (key === MORE_KEY && hasMore(run)) {
        state.memo = { ...state.memo, page: state.memo.page === 0 ? 1 : 0 };
        offer(run, step);
      } else run.retry("wrong", again);
      return;
    }
    case "answered":
  }
}

/** The key that a sentence means. */
function keyOf(run: Run, offers: readonly Offer[], text: string): string | null {
  const { language } = run.state;
  if (text.trim() === "#") return "#";
  const said = plain(text);
  const more = hasMore(run) ? [{ key: MORE_KEY, label: moreSlots[language], words: [] }] : [];
  const match = matchChoice([...offers, ...more, { key: "#", label: declined[language], words: [] }], text);
  if (match) return match.key;
  if ([...NO_WORDS, ...WITHOUT_WORDS].some((word) => holdsPhrase(said, word))) return "#";
  return offers.length === 1 && YES_WORDS.some((word) => holdsPhrase(said, word)) ? (offers[0]?.key ?? null) : null;
}

// ---- where to call

function chooseNumber(run: Run, step: Callback): void {
  const { state } = run;
  const own = callableNumber(run);
  state.failures = 0;
  if (own !== null && step.askNumber === "when-hidden") book(run, step, own);
  else enterNumber(run, questionOf(run, step));
}

function questionOf(run: Run, step: Callback): NumberQuestion {
  return { own: callableNumber(run), optional: false, done: (number) => {
    if (number === null) run.toHuman("number");
    else book(run, step, number);
  } };
}

// ---- the promise

function book(run: Run, step: Callback, number: string): void {
  const { state } = run;
  state.phase = "book";
  const slot = state.slots[Number(state.memo.slot)] ?? null;
  state.memo = { ...state.memo, number };
  run.asks({ kind: "callback", queueId: step.queueId, number, slot, reason: state.reason, priority: state.priority }, BOOK_MS);
}

function booked(run: Run, step: Callback, answer: Answer): void {
  const { state } = run;
  if (!answer.ok || answer.callbackId === undefined) {
    run.goTo(step.failed, "failed");
    return;
  }
  const slot = state.slots[Number(state.memo.slot)] ?? null;
  const number = spellPhone(String(state.memo.number), run.world.centre.country);
  const when = slot ? spellSlot(slot, run.manner) : null;
  state.phase = "booked";
  state.reached = "callback";
  state.memo = { callbackId: answer.callbackId, "{callback.number}": number, "{callback.when}": when };
  run.say([step.confirmed ?? run.sentence(callbackConfirmed(state.language, number, when))]);
}
