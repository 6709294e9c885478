/** What a customer keyed, wrote or said, as a value of a collect step's type; null when it is none. Never throws. */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { CountryCode } from "libphonenumber-js/min";
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { Language } from "../hub/hub.ts";
import { addDays, dateOf } from "./dates.ts";
import { plain } from "./match-text.ts";
import { figures } from "./spoken-numbers.ts";

/** Longest answer that is read. Attack: a pasted book. */
const MAX_ANSWER_CHARS = 500;
/** Most digits of a digits step without a bound of its own. */
export const MAX_DIGITS = 32;
/** E.164 and its international prefix. */
const MAX_PHONE_KEYS = 18;
/** Whole numbers beyond are not exact. */
const MAX_NUMBER_KEYS = 15;

export interface AnswerFacts {
  language: Language;
  /** ISO 3166, of numbers without a prefix. */
  country: string;
  /** Today in the centre's zone. */
  today: string;
}

type CollectStep = StepOf<"collect">;

/** Keys after which nothing more can come. */
export function mostKeys(step: CollectStep): number {
  switch (step.type) {
    case "digits":
      return Math.min(step.max ?? MAX_DIGITS, MAX_DIGITS);
    case "date":
      return 8;
    case "phone":
      return MAX_PHONE_KEYS;
    default:
      return MAX_NUMBER_KEYS;
  }
}

/** A 0 that comes first may be the beginning of this answer: only a pause says that it asked for a person. */
export function mayBeginWithZero(step: CollectStep): boolean {
  return step.type === "phone" || step.type === "date" || (step.type === "digits" && (step.min ?? 1) >= 2);
}

export function fromKeys(step: CollectStep, keys: string, facts: AnswerFacts): string | number | null {
  switch (step.type) {
    case "digits":
      return /^\d+$/.test(keys) && withinLength(step, keys) ? keys : null;
    case "number":
      return /^\d{1,15}$/.test(keys) ? within(step, Number(keys)) : null;
    case "amount":
      return /^\d{1,12}(\*\d{0,2})?$/.test(keys) ? within(step, Number(keys.replace("*", "."))) : null;
    case "date":
      return /^\d{8}$/.test(keys) ? dateOf(Number(keys.slice(4)), Number(keys.slice(2, 4)), Number(keys.slice(0, 2))) : null;
    case "phone":
      return phoneNumber(keys, facts.country);
    case "email":
    case "text":
      return null;
  }
}

export function fromText(step: CollectStep, written: string, facts: AnswerFacts): string | number | null {
  const text = written.slice(0, MAX_ANSWER_CHARS);
  switch (step.type) {
    case "digits":
      return digitsIn(text, (digits) => withinLength(step, digits)) ?? digitsIn(figures(plain(text), facts.language), (digits) => withinLength(step, digits));
    case "number":
    case "amount": {
      const number = numberIn(text, facts.language, step.type === "amount");
      return number === null ? null : within(step, number);
    }
    case "date":
      return dateIn(text, facts);
    case "email":
      return emailIn(text);
    case "phone":
      return digitsOfPhone(text, facts.language, facts.country);
    case "text": {
      const kept = text.trim().replaceAll(/\s+/g, " ").slice(0, 400);
      return kept !== "" && withinLength(step, kept) ? kept : null;
    }
  }
}

/** E.164, null for what is no number anybody could have. */
export function phoneNumber(written: string, country: string): string | null {
  const bare = written.replaceAll(/[ ().-]/g, "").replace(/^00/, "+");
  if (!/^\+?\d{4,17}$/.test(bare)) return null;
  const home: CountryCode | undefined = isSupportedCountry(country) ? country : undefined;
  const parsed = parsePhoneNumberFromString(bare, home);
  return parsed?.isPossible() ? parsed.number : null;
}

/** The first telephone number in a sentence, E.164. */
export function digitsOfPhone(written: string, language: Language, country: string): string | null {
  const text = written.slice(0, MAX_ANSWER_CHARS);
  const read = (run: string): string | null => phoneNumber(run, country);
  return digitsIn(text.replaceAll(/[()]/g, " "), () => true, read) ?? digitsIn(figures(plain(text), language), () => true, read);
}

function within(step: CollectStep, value: number): number | null {
  return value >= (step.min ?? Number.NEGATIVE_INFINITY) && value <= (step.max ?? Number.POSITIVE_INFINITY) ? value : null;
}

function withinLength(step: CollectStep, text: string): boolean {
  return text.length >= (step.min ?? 1) && text.length <= (step.max ?? (step.type === "digits" ? MAX_DIGITS : 400));
}

/** The first run of digits that fits; people write "n° 12 345" and "06.12.34", so single spaces, dots and dashes may part digits. */
function digitsIn(text: string, fits: (digits: string) => boolean, read: (run: string) => string | null = (run) => run.replaceAll(/\D/g, "")): string | null {
  for (const [run] of text.matchAll(/\+?\d(?:[ .-]{0,2}\d)*/g)) {
    const digits = read(run);
    if (digits !== null && fits(digits)) return digits;
  }
  return null;
}

/** "12,50 €", "1 234,5", "$1,234.50", "12 euros 50", "moins trois". A comma parts decimals in French, thousands in English. */
function numberIn(text: string, language: Language, amount: boolean): number | null {
  const inFigures = /\d/.test(text) ? text : figures(plain(text), language);
  if (amount) {
    const parts = /(\d[\d  \u202f]*)\s*(?:€|euros?|\$|dollars?|£|pounds?)\s*(?:et |and )?(\d{1,2})(?!\d)/i.exec(inFigures);
    if (parts) return Number(`${parts[1]?.replaceAll(/\D/g, "")}.${parts[2]?.padStart(2, "0")}`);
  }
  const found = /-?\d[\d.,'\u00a0\u202f ]*/.exec(inFigures);
  if (!found) return null;
  const sign = /(^|\s)(moins|minus)\s+$/i.test(inFigures.slice(0, found.index)) ? -1 : 1;
  let bare = found[0].replaceAll(/['\u00a0\u202f ]/g, "").replace(/[.,]+$/, "");
  const decimal = decimalMark(bare, language);
  bare = decimal === "," ? bare.replaceAll(".", "").replace(",", ".") : bare.replaceAll(",", "");
  return /^-?\d{1,15}(\.\d+)?$/.test(bare) ? sign * Number(bare) : null;
}

function decimalMark(number: string, language: Language): "," | "." {
  const comma = number.lastIndexOf(",");
  const dot = number.lastIndexOf(".");
  if (comma >= 0 && dot >= 0) return comma > dot ? "," : ".";
  // three figures after the only mark: thousands where the language writes them so, decimals otherwise
  if (comma >= 0) return language === "en" && /,\d{3}$/.test(number) ? "." : ",";
  if (dot >= 0) return language === "fr" && /^-?\d{1,3}(\.\d{3})+$/.test(number) ? "," : ".";
  return ".";
}

const MONTHS: readonly (readonly string[])[] = [
  ["janvier", "janv", "january", "jan"], ["fevrier", "fevr", "fev", "february", "feb"], ["mars", "march", "mar"], ["avril", "avr", "april", "apr"], ["mai", "may"], ["juin", "june", "jun"],
  ["juillet", "juil", "july", "jul"], ["aout", "august", "aug"], ["septembre", "sept", "september", "sep"], ["octobre", "october", "oct"], ["novembre", "november", "nov"], ["decembre", "december", "dec"],
];
const DAYS_FROM_TODAY: readonly [string, number][] = [["apres demain", 2], ["avant hier", -2], ["aujourd hui", 0], ["demain", 1], ["hier", -1], ["day after tomorrow", 2], ["day before yesterday", -2], ["today", 0], ["tomorrow", 1], ["yesterday", -1]];

/**
 * yyyy-mm-dd, figures day first (month first only where the second figure cannot be a month), or a month's name with the day before
 * or after it: "le 12 mars 2026", "March 12th, 2026". Without a year: this year's.
 */
function dateIn(text: string, { language, today }: AnswerFacts): string | null {
  const iso = /(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(text);
  if (iso) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const numeric = /(?<!\d)(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{4}|\d{2}))?(?!\d)/.exec(text);
  const said = figures(plain(text), language).replaceAll(/\b(\d{1,2})(st|nd|rd|th|er)\b/g, "$1").replaceAll(/\b(premier|first)\b/g, "1");
  const named = monthIn(said);
  if (named) {
    const { month, before, after } = named;
    const day = /(?:^|\s)(\d{1,2})(?: of)?$/.exec(before)?.[1] ?? /^(\d{1,2})(?:\s|$)/.exec(after)?.[1];
    const year = /(?:^|\s)(\d{4})(?:\s|$)/.exec(after)?.[1] ?? /(?:^|\s)(\d{2}) (\d{2})$/.exec(after)?.slice(1).join("");
    return day === undefined ? null : dateOf(Number(year ?? today.slice(0, 4)), month, Number(day));
  }
  if (numeric) {
    const [first, second, year] = [Number(numeric[1]), Number(numeric[2]), numeric[3]];
    const full = year === undefined ? Number(today.slice(0, 4)) : year.length === 2 ? century(Number(year), today) : Number(year);
    return second > 12 ? dateOf(full, first, second) : dateOf(full, second, first);
  }
  const compact = /(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)/.exec(text);
  if (compact) return dateOf(Number(compact[3]), Number(compact[2]), Number(compact[1]));
  const relative = DAYS_FROM_TODAY.find(([words]) => ` ${said} `.includes(` ${words} `));
  return relative ? addDays(today, relative[1]) : null;
}

function monthIn(said: string): { month: number; before: string; after: string } | null {
  const words = said.split(" ");
  const at = words.findIndex((word) => MONTHS.some((names) => names.includes(word)));
  if (at < 0) return null;
  return { month: MONTHS.findIndex((names) => names.includes(words[at] ?? "")) + 1, before: words.slice(0, at).join(" "), after: words.slice(at + 1).join(" ") };
}

/** Two figures of a year: up to ten years ahead, else the past (births, orders). */
function century(year: number, today: string): number {
  const now = Number(today.slice(0, 4));
  const full = Math.floor(now / 100) * 100 + year;
  return full > now + 10 ? full - 100 : full;
}

/** Also as it is dictated: "jean point dupont arobase exemple point fr". */
function emailIn(text: string): string | null {
  const dictated = text.toLowerCase().replaceAll(/\s+(?:arobase|at|chez)\s+/g, "@").replaceAll(/\s+(?:point|dot)\s+/g, ".").replaceAll(/\s+(?:tiret du bas|underscore)\s+/g, "_").replaceAll(/\s+(?:tiret|dash|hyphen)\s+/g, "-");
  for (const candidate of dictated.split(/[\s,;<>()]+/)) {
    if (/^[a-z0-9._%+'-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}\.?$/.test(candidate)) return candidate.replace(/\.$/, "");
  }
  return null;
}
