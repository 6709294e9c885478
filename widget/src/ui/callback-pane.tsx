import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Slot } from "@tandem/protocol/hours";
import { EMAIL } from "../email.ts";
import { MORE_WORDS } from "../more-words.ts";
import { Icon } from "./icons.tsx";
import { useModel } from "./model.ts";
import type { PromiseModel } from "./model.ts";
import { clockText, dayText } from "./times.ts";

/** In turn, or one of the slots; "" = not chosen yet. */
type Choice = "" | "turn" | Slot;

/** Asks for a call: the number, and when; or another time for the one that is promised. */
export function CallbackPane({ model, onDone, level: Heading = "h3" }: { model: PromiseModel; onDone(): void; level?: "h2" | "h3" }) {
  useModel(model);
  const w = MORE_WORDS[model.language()];
  const lang = model.language();
  const { offer } = model;
  const { promise } = offer.view;
  // a promise is moved within its own queue, whatever this page offers
  const at = promise ?? offer.bookable?.offer ?? null;
  const slots = at?.slots ?? [];
  const inOrder = promise?.slot === null ? null : (at?.inOrder ?? null);
  const [number, setNumber] = useState(promise?.number ?? "");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [choice, setChoice] = useState<Choice>(inOrder !== null && promise === null ? "turn" : "");
  const [problem, setProblem] = useState<{ of: "number" | "email" | "when"; words: string } | null>(null);
  const [sending, setSending] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const mailbox = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => (first.current ?? heading.current)?.focus(), []);
  // the pane is longer than the window: what is wrong is shown
  useLayoutEffect(() => {
    told.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);

  const send = async (): Promise<void> => {
    if (sending) return;
    if (number.replaceAll(/\D/g, "").length < 3) {
      setProblem({ of: "number", words: w.errors["not-a-number"]! });
      first.current?.focus();
      return;
    }
    if (email.trim() !== "" && !EMAIL.test(email.trim())) {
      setProblem({ of: "email", words: w.emailWrong });
      mailbox.current?.focus();
      return;
    }
    if (choice === "") {
      setProblem({ of: "when", words: w.whenMissing });
      return;
    }
    setSending(true);
    setProblem(null);
    const code = await offer.book({ number: number.trim(), name: name.trim(), email: email.trim(), slot: choice === "turn" ? null : choice });
    setSending(false);
    if (code === null) {
      onDone();
      return;
    }
    if (code === "slot-gone") setChoice("");
    const ofNumber = code === "not-a-number" || code === "number-not-called";
    setProblem({ of: ofNumber ? "number" : "when", words: w.errors[code] ?? w.failed });
    if (ofNumber) first.current?.focus();
  };
  /** What was wrong is being put right: it is said again when it is sent. */
  const change = <T,>(of: "number" | "email" | "when", put: (value: T) => void, value: T): void => {
    put(value);
    setProblem(problem?.of === of ? null : problem);
  };
  const wrong = (of: "number" | "email" | "when") =>
    problem?.of === of && (
      <p ref={told} class="wrong-text" role="alert" id={`tandem-wrong-${of}`}>
        {problem.words}
      </p>
    );
  const chosen = (slot: Slot): boolean => typeof choice === "object" && choice.startMs === slot.startMs;
  return (
    <form
      class="callback"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="callback-body">
        <button type="button" class="back" onClick={onDone}>
          <Icon name="chevron" size={16} /> {w.back}
        </button>
        <Heading ref={heading} tabIndex={-1}>{promise === null ? (inOrder === null ? w.scheduled : w.callBack) : w.move}</Heading>
        {promise === null && (
          <>
            <label class="text">
              {w.number}
              <input ref={first} type="tel" autocomplete="tel" inputMode="tel" maxLength={40} value={number} aria-invalid={problem?.of === "number"} aria-describedby={problem?.of === "number" ? "tandem-wrong-number" : "tandem-number-hint"} onInput={(event) => change("number", setNumber, event.currentTarget.value)} />
              <small id="tandem-number-hint">
                {w.numberHint}
                <br />
                {w.oneCall}
              </small>
            </label>
            {wrong("number")}
            <label class="text">
              {w.name}
              <input type="text" autocomplete="name" maxLength={120} value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </label>
            {offer.confirmsByMail && (
              <>
                <label class="text">
                  {w.email}
                  <input ref={mailbox} type="email" autocomplete="email" inputMode="email" maxLength={200} value={email} aria-invalid={problem?.of === "email"} aria-describedby={problem?.of === "email" ? "tandem-wrong-email" : "tandem-email-hint"} onInput={(event) => change("email", setEmail, event.currentTarget.value)} />
                  <small id="tandem-email-hint">{w.emailHint}</small>
                </label>
                {wrong("email")}
              </>
            )}
          </>
        )}
        <fieldset aria-describedby={problem?.of === "when" ? "tandem-wrong-when" : undefined}>
          <legend>{w.when}</legend>
          {wrong("when")}
          {inOrder !== null && (
            <label class={choice === "turn" ? "slot wide on" : "slot wide"}>
              <input type="radio" name="tandem-slot" checked={choice === "turn"} onChange={() => change<Choice>("when", setChoice, "turn")} />
              {inOrder.position > 0 ? w.soonAt(inOrder.position) : w.soon}
            </label>
          )}
          {byDay(slots).map(({ day, slots: ofDay }) => (
            <div key={day} class="slot-day">
              <p>{dayText(ofDay[0]!.startMs, lang)}</p>
              <div class="slots">
                {ofDay.map((slot) => (
                  <label key={slot.startMs} class={chosen(slot) ? "slot on" : "slot"}>
                    <input type="radio" name="tandem-slot" checked={chosen(slot)} onChange={() => change<Choice>("when", setChoice, slot)} aria-label={`${dayText(slot.startMs, lang)}, ${clockText(slot.startMs, lang)} – ${clockText(slot.endMs, lang)}`} />
                    {clockText(slot.startMs, lang)}
                  </label>
                ))}
              </div>
            </div>
          ))}
          {inOrder === null && slots.length === 0 && <p class="soft">{w.noSlots}</p>}
        </fieldset>
      </div>
      <div class="row callback-end">
        <button type="submit" class="primary" aria-disabled={sending}>
          {promise === null ? w.confirm : w.move}
        </button>
      </div>
    </form>
  );
}

/** Slots by the visitor's own days. */
function byDay(slots: readonly Slot[]): { day: string; slots: Slot[] }[] {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const day = new Date(slot.startMs).toDateString();
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return [...days].map(([day, of]) => ({ day, slots: of }));
}
