/**
 * A deflection as a flow, so that the one interpreter plays it by voice and in writing. `0` and a word for a person work in it as
 * anywhere; they lead back to the queue, whose next decision knows that they were here (`deflected`).
 */
import { type ChosenOption, DeflectionWords, type DeflectionWhy, type MobileOptions } from "@tandem/protocol/hours";
import { FlowDocument, type FlowDocumentInput, type Says, type Texts } from "@tandem/protocol/flow/flow";
import type { FlowTarget, Language, Passed } from "./decide.ts";

/** The data of the flow that says where a contact was deflected before; `passedOf` reads it. */
export const PASSED = "deflected";
/** The reasons that an administrator declared by choosing these settings: the proof asks for one where a contact ends without a promise. */
export const DECLARED = {
  message: "Message only: declared in the settings of hours and deflection",
  email: "E-mail instead: declared in the settings of hours and deflection",
  resolved: "Resolved by the virtual agent: declared in the settings of the queue",
} as const;

/** Bounds of the flow's schema: a long text grows by the address put into it, and a contact may come round often. */
const MAX_TEXT_CHARS = 1_200;
const MAX_PASSED_CHARS = 300;
const texts = (fr: string, en: string): Texts => ({ fr, en });
const says = (fr: string, en: string): Says => ({ sounds: texts(fr, en) });
const BUILT_IN = DeflectionWords.parse({});
const LABELS: Record<ChosenOption, Texts> = {
  "scheduled-call": texts("Être rappelé", "Be called back"),
  email: texts("Écrire un e-mail", "Write an e-mail"),
  number: texts("Appeler un autre numéro", "Call another number"),
  voicemail: texts("Laisser un message pour être rappelé", "Leave a message to be called back"),
};

export interface FlowOf {
  queueId: string;
  why: DeflectionWhy;
  target: FlowTarget;
  words: DeflectionWords;
  /** The support address; null = none is set. */
  email: string | null;
  passed: readonly Passed[];
  chosen: ChosenOption | null;
  schedules: boolean;
  language: Language;
  /** They come back again and again, and nobody is there: nothing of this flow sends them round once more by itself. */
  last: boolean;
}

type Steps = FlowDocumentInput["steps"];

export function deflectionFlow(of: FlowOf): FlowDocument {
  return FlowDocument.parse({
    id: "deflection",
    name: `Deflection (${of.why})`,
    version: 1,
    languages: of.language === "fr" ? ["fr", "en"] : ["en", "fr"],
    start: "mark",
    reachHuman: { queueId: of.queueId, says: says("Nous cherchons une personne pour vous.", "We are looking for a person for you."), label: texts("Parler à un conseiller", "Speak to an agent") },
    variables: { [PASSED]: { type: "text" } },
    retry: { wrong: says("Je n’ai pas compris.", "I did not understand."), silence: says("Je n’ai rien entendu.", "I did not hear anything.") },
    steps: { mark: { kind: "set", values: [{ name: PASSED, to: JSON.stringify(shown(of.passed)) }], next: "first" }, ...stepsOf(of) },
  } satisfies FlowDocumentInput);
}

/** What is told before anything else: closed, or busy. */
const openingOf = ({ why, words }: FlowOf): Says => (why === "closed" || why === "holiday" ? words.message : words.busy);
/** Said first; then `next`. */
const opening = (of: FlowOf, next: string): Steps[string] => ({ kind: "say", says: inBoth(of, openingOf(of), BUILT_IN.message), next });

/** The steps from `first` on. */
function stepsOf(of: FlowOf): Steps {
  const { target, queueId, words } = of;
  switch (target.kind) {
    case "voicemail":
      if (of.last) return { first: { ...voicemail(of, words.voicemail), failed: "over" }, ...(of.email === null ? closing(of, openingOf(of), "over") : { over: toEmail(of), ...emailEnd }) };
      // A greeting of one's own says all there is to say.
      return target.greeting ? { first: voicemail(of, target.greeting) } : { first: opening(of, "voicemail"), voicemail: voicemail(of, words.voicemail) };
    case "number":
      return { first: toNumber(of, target.number, target.greeting ?? words.number, "nobody"), nobody: voicemail(of, words.voicemail) };
    case "message":
      return closing(of, target.greeting ?? openingOf(of));
    case "text":
      return closing(of, target.message);
    case "email":
      return of.email === null ? closing(of, openingOf(of)) : { first: opening(of, "option-email"), ...emailSteps(of) };
    case "assistant":
      return {
        first: { kind: "assistant", assistantId: target.assistantId, label: texts("Assistant", "Assistant"), says: inBoth(of, words.assistant, BUILT_IN.assistant), resolved: "done", person: "person", failed: "person" },
        done: { kind: "end", exception: DECLARED.resolved },
        person: { kind: "queue", queueId },
      };
    case "options":
      return optionSteps(of, target.options);
  }
}

/** What of the options can be offered now: an e-mail needs an address, a dated call a queue that schedules them. */
export function offerable(options: MobileOptions, email: string | null, schedules: boolean): ChosenOption[] {
  const offered: ChosenOption[] = [];
  if (options.scheduledCall && schedules) offered.push("scheduled-call");
  if (options.email && email !== null) offered.push("email");
  if (options.number !== null) offered.push("number");
  if (options.voicemail) offered.push("voicemail");
  return offered;
}

function optionSteps(of: FlowOf, options: MobileOptions): Steps {
  const { words } = of;
  const offered = offerable(options, of.email, of.schedules);
  if (offered.length === 0) return closing(of, openingOf(of));
  // Where those go who choose nothing, or for whom the chosen one failed.
  const after = offered.includes("voicemail") ? "option-voicemail" : offered.includes("email") ? "option-email" : "message";
  const steps: Steps = after === "message" ? closing(of, openingOf(of), "message") : {};
  for (const option of offered) {
    if (option === "scheduled-call") steps["option-scheduled-call"] = { kind: "callback", queueId: of.queueId, offer: "dated", says: inBoth(of, words.scheduledCall, BUILT_IN.scheduledCall), label: LABELS[option], declined: after, failed: after };
    if (option === "email") Object.assign(steps, emailSteps(of));
    if (option === "number" && options.number !== null) steps["option-number"] = toNumber(of, options.number, words.number, after);
    if (option === "voicemail") steps["option-voicemail"] = voicemail(of, words.voicemail);
  }
  const chosen = of.chosen !== null && offered.includes(of.chosen) ? of.chosen : offered.length === 1 ? offered[0] : undefined;
  if (chosen !== undefined) return { first: opening(of, `option-${chosen}`), ...steps };
  const keys = offered.map((option, i) => ({ option, key: String(i + 1) }));
  const menu: Says = {
    sounds: texts(keys.map(({ option, key }) => `${LABELS[option].fr}, tapez ${key}.`).join(" "), keys.map(({ option, key }) => `${LABELS[option].en}, press ${key}.`).join(" ")),
    reads: texts("Que souhaitez-vous faire ?", "What would you like to do?"),
  };
  return {
    first: opening(of, "choose"),
    choose: { kind: "menu", label: texts("Autres moyens", "Other ways"), says: menu, choices: keys.map(({ option, key }) => ({ key, label: LABELS[option], next: `option-${option}` })), noAnswer: after },
    ...steps,
  };
}

const toEmail = (of: FlowOf): Steps[string] => ({ kind: "deflect", to: { kind: "email" }, says: inBoth(of, of.words.email, BUILT_IN.email), next: "email-end", failed: "email-end" });
const emailEnd: Steps = { "email-end": { kind: "end", exception: DECLARED.email } };
const emailSteps = (of: FlowOf): Steps => ({ "option-email": toEmail(of), ...emailEnd });
const toNumber = (of: FlowOf, number: string, words: Says, failed: string): Steps[string] => ({ kind: "deflect", to: { kind: "number", number }, says: inBoth(of, words, BUILT_IN.number), failed });
const voicemail = (of: FlowOf, greeting: Says): Extract<Steps[string], { kind: "voicemail" }> => ({
  kind: "voicemail", queueId: of.queueId, says: inBoth(of, greeting, BUILT_IN.voicemail), askNumber: inBoth(of, of.words.askNumber, BUILT_IN.askNumber), numberTaken: inBoth(of, of.words.numberTaken, BUILT_IN.numberTaken),
});
/** Words, and the end. Whom a crowd keeps away is told to come again: nobody is left with "we are receiving many calls" and a dead line. */
function closing(of: FlowOf, words: Says, name = "first"): Steps {
  const end = (last: Says): Steps[string] => ({ kind: "end", says: inBoth(of, last, BUILT_IN.message), exception: DECLARED.message });
  if (words !== of.words.busy) return { [name]: end(words) };
  return { [name]: { kind: "say", says: inBoth(of, words, BUILT_IN.busy), next: `${name}-again` }, [`${name}-again`]: end(of.words.callAgain) };
}

/** What an administrator wrote in one language, ours in the other; `{email}` filled: written as it is, spoken sign by sign. */
function inBoth({ email }: FlowOf, words: Says, otherwise: Says): Says {
  const fill = (text: string | undefined, address: string): string => (text ?? "").replaceAll("{email}", address).slice(0, MAX_TEXT_CHARS);
  const sounds = { fr: words.sounds.fr ?? otherwise.sounds.fr, en: words.sounds.en ?? otherwise.sounds.en };
  const reads = { fr: words.reads?.fr ?? sounds.fr, en: words.reads?.en ?? sounds.en };
  const written = email ?? "";
  return { ...words, sounds: texts(fill(sounds.fr, spoken(written, "fr")), fill(sounds.en, spoken(written, "en"))), reads: texts(fill(reads.fr, written), fill(reads.en, written)) };
}

const SIGNS = { fr: { "@": "arobase", ".": "point", "-": "tiret", _: "tiret bas" }, en: { "@": "at", ".": "dot", "-": "dash", _: "underscore" } } as const;
const spoken = (email: string, language: Language): string => email.replace(/[@._-]/g, (sign) => ` ${SIGNS[language][sign as "@" | "." | "-" | "_"]} `);

/** `<queue> <why> <ms>`, joined by commas, the oldest left out where it grows long: read back by `passedOf`. */
function shown(passed: readonly Passed[]): string {
  const text = passed.map(({ queueId, why, atMs }) => `${queueId} ${why} ${atMs}`).join(",");
  return text.length <= MAX_PASSED_CHARS || passed.length === 1 ? text : shown(passed.slice(1));
}

/** From the contact's data; what is not ours is left out. */
export function passedOf(data: Readonly<Record<string, unknown>>): Passed[] {
  const text = data[PASSED];
  if (typeof text !== "string") return [];
  return text.split(",").flatMap((one) => {
    const [queueId, why, atMs] = one.split(" ");
    const known = (["closed", "holiday", "wait", "length", "no-agent", "share", "assistant"] as const).find((w) => w === why);
    return queueId && known && Number.isFinite(Number(atMs)) ? [{ queueId, why: known, atMs: Number(atMs) }] : [];
  });
}
