/** How long prompts last, at their longest: real audio lengths of texts whose variables are filled with long, plausible values. Silence of the customer is not counted. */
import type { FlowDocument, FlowLanguage, Says, Step, StepOf } from "@tandem/protocol/flow/flow";
import { askNumber, callbackConfirmed, confirmKeys, declinedSounds, inOrder, moreSlotsSounds, numberBack, sameNumberSounds, slotSounds } from "../sentences.ts";
import { spellDate, spellNumber, spellPhone, spellSlot, spellValue } from "../spell.ts";
import { fill, inLanguage } from "../words.ts";
import type { Site } from "./site.ts";

/** As long as names and free answers get. */
const LONG_NAME = "Marie-Christine de La Rochefoucauld";
const LONG_DATE = "2028-09-27";
const LONG_NUMBER = 198_799.99;
const LONG_PHONE = "+33694759779";
/** A Wednesday in September, with minutes: the longest slot to say. */
const LONG_SLOT = { startMs: Date.UTC(2028, 8, 27, 14, 45), endMs: Date.UTC(2028, 8, 27, 15, 45) };
const SLOTS_READ = 3;
/** An estimate that a queue of a bad day gives. */
const LONG_WAIT_MINUTES = 175;
/** Digits of a number that is collected without a bound. */
const MOST_DIGITS = 12;

/** Plain reckoning where no audio is at hand (tests, a file without a centre): speech engines say 13 to 16 characters a second. */
export function roughSeconds(text: string): number {
  return text === "" ? 0 : 0.4 + text.length / 14;
}

/** By country: put into its groups once (a tenth of a proof's time went there). */
const longPhones = new Map<string, string>();
function longPhone(country: string): string {
  let spelled = longPhones.get(country);
  if (spelled === undefined) longPhones.set(country, (spelled = spellPhone(LONG_PHONE, country)));
  return spelled;
}

export class Prompts {
  readonly #site: Site;
  readonly #memo = new WeakMap<Says, Partial<Record<FlowLanguage, number>>>();
  readonly #sentences = new Map<string, number>();
  readonly #longest = new WeakMap<FlowDocument, Map<string, (language: FlowLanguage) => string>>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** Seconds of a step's or flow's words; what `{value}` stands for is the step's. */
  says(definition: FlowDocument, says: Says | undefined, language: FlowLanguage, step?: Step): number {
    if (!says) return 0;
    let memo = this.#memo.get(says);
    if (!memo) this.#memo.set(says, (memo = {}));
    return (memo[language] ??= this.#measure(definition, says, language, step));
  }

  #measure(definition: FlowDocument, says: Says, language: FlowLanguage, step: Step | undefined): number {
    const own = this.#filled(definition, inLanguage(says.sounds, language), language, step);
    const aside = says.aside?.[language];
    return this.#site.seconds({ text: own, recordingId: says.recording?.[language] }, language) + (aside ? this.#site.seconds({ text: this.#filled(definition, aside.text, aside.language, step) }, aside.language) : 0);
  }

  sentence(text: string, language: FlowLanguage): number {
    const key = `${language} ${text}`;
    let seconds = this.#sentences.get(key);
    if (seconds === undefined) this.#sentences.set(key, (seconds = this.#site.seconds({ text }, language)));
    return seconds;
  }

  /** Said back, and asked whether it is right. */
  confirm(definition: FlowDocument, step: StepOf<"collect">, language: FlowLanguage): number {
    return step.confirm ? this.says(definition, step.confirm, language, step) + this.sentence(confirmKeys[language], language) : 0;
  }

  /** The first slots read out, with what stands around them. */
  offers(definition: FlowDocument, step: StepOf<"callback">, language: FlowLanguage): number {
    const slot = slotSounds(language, spellSlot(LONG_SLOT, { language, written: false, zone: this.#site.zone }), "3");
    const order = step.offer === "dated" ? 0 : Math.max(...[LONG_WAIT_MINUTES, null].map((minutes) => this.sentence(inOrder.sounds(language, minutes, "1"), language)));
    const dated = step.offer === "in-order" ? 0 : SLOTS_READ * this.sentence(slot, language) + this.sentence(moreSlotsSounds(language, "9"), language);
    return this.says(definition, step.says, language, step) + order + dated + this.sentence(declinedSounds[language], language);
  }

  /** The number asked for, said back and confirmed. */
  number(definition: FlowDocument, step: StepOf<"callback"> | StepOf<"voicemail">, language: FlowLanguage): number {
    const asked = step.kind === "voicemail" && step.askNumber ? this.says(definition, step.askNumber, language, step) : this.sentence(askNumber.sounds[language], language);
    const same = step.kind === "callback" && step.askNumber === "always" ? this.sentence(sameNumberSounds[language], language) : 0;
    const back = step.kind === "voicemail" && step.numberTaken ? this.says(definition, step.numberTaken, language, step) : this.sentence(numberBack(language, longPhone(this.#site.country)), language);
    return asked + same + back + this.sentence(confirmKeys[language], language);
  }

  confirmed(definition: FlowDocument, step: StepOf<"callback">, language: FlowLanguage): number {
    if (step.confirmed) return this.says(definition, step.confirmed, language, step);
    const when = spellSlot(LONG_SLOT, { language, written: false, zone: this.#site.zone });
    return this.sentence(callbackConfirmed(language, longPhone(this.#site.country), when), language);
  }

  // ---- variables at their longest

  #filled(definition: FlowDocument, text: string, language: FlowLanguage, step: Step | undefined): string {
    return fill(text, (variable) => this.#long(definition, variable, language, step));
  }

  #long(definition: FlowDocument, variable: string, language: FlowLanguage, step: Step | undefined): string {
    const manner = { language, written: false, zone: this.#site.zone };
    if (variable === "callback.when") return spellSlot(LONG_SLOT, manner);
    if (variable === "callback.number" || variable === "contact.from" || variable === "contact.to" || (variable === "value" && step?.kind !== "collect")) return longPhone(this.#site.country);
    if (variable === "value" && step?.kind === "collect") return spellValue(step.type, sampleOf(step), this.#site.country, manner);
    if (variable === "centre.email") return this.#site.email ?? "";
    if (variable.startsWith("data.")) return this.#variables(definition).get(variable.slice(5))?.(language) ?? LONG_NAME;
    return LONG_NAME;
  }

  #variables(definition: FlowDocument): Map<string, (language: FlowLanguage) => string> {
    let found = this.#longest.get(definition);
    if (!found) this.#longest.set(definition, (found = longestValues(definition)));
    return found;
  }
}

function sampleOf(step: StepOf<"collect">): string | number {
  switch (step.type) {
    case "digits":
      return "4".repeat(Math.min(step.max ?? MOST_DIGITS, 32));
    case "number":
    case "amount":
      return step.max ?? LONG_NUMBER;
    case "date":
      return LONG_DATE;
    case "phone":
      return LONG_PHONE;
    case "email":
      return "marie.christine@exemple-de-domaine.fr";
    case "text":
      return LONG_NAME;
  }
}

/** As `{data.name}` is said: the longest of what the flow's own steps put in, by type else. */
function longestValues(definition: FlowDocument): Map<string, (language: FlowLanguage) => string> {
  const samples = new Map<string, string[]>();
  for (const step of Object.values(definition.steps)) {
    if (step.kind === "collect") samples.set(step.variable, [...(samples.get(step.variable) ?? []), String(sampleOf(step))]);
  }
  return new Map(Object.entries(definition.variables).map(([name, { type, initial }]) => [name, (language: FlowLanguage): string => {
    if (type === "date") return spellDate(LONG_DATE, language);
    if (type === "number") return spellNumber(LONG_NUMBER, language, false);
    const all = [...(samples.get(name) ?? [LONG_NAME]), typeof initial === "string" ? initial : ""];
    return all.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  }]));
}
