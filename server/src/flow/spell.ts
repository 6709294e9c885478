/** How values sound and read: numbers in groups, dates in words, the wall time of a slot. */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { Language } from "../hub/hub.ts";
import type { Slot } from "./state.ts";

export interface Manner {
  language: Language;
  written: boolean;
  zone: string;
}

const LOCALE: Record<Language, string> = { fr: "fr-FR", en: "en-GB" };

const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(key: string, language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const at = `${key} ${language} ${options.timeZone}`;
  let format = dateFormats.get(at);
  if (!format) dateFormats.set(at, (format = new Intl.DateTimeFormat(LOCALE[language], options)));
  return format;
}

/** "12 mars 2026", "12 March 2026": in words, so that day and month cannot be taken for each other. */
export function spellDate(date: string, language: Language): string {
  return dateFormat("date", language, { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" }).format(Date.parse(`${date}T00:00:00Z`));
}

/** One key after the other by voice ("1 2 3 4 5"); as it is in writing. */
export function spellDigits(digits: string, written: boolean): string {
  return written ? digits : [...digits].join(" ");
}

/** In the country's own groups: "06 12 34 56 78". */
export function spellPhone(number: string, country: string): string {
  const parsed = number.startsWith("+") ? parsePhoneNumberFromString(number) : undefined;
  if (!parsed) return number.split("").join(" ");
  return parsed.country === country ? parsed.formatNational() : parsed.formatInternational();
}

export function spellNumber(value: number, language: Language, amount: boolean): string {
  return new Intl.NumberFormat(LOCALE[language], { minimumFractionDigits: amount && !Number.isInteger(value) ? 2 : 0, maximumFractionDigits: amount ? 2 : 6, useGrouping: false }).format(value);
}

export function spellValue(type: StepOf<"collect">["type"], value: string | number, country: string, manner: Manner): string {
  switch (type) {
    case "digits":
      return spellDigits(String(value), manner.written);
    case "phone":
      return spellPhone(String(value), country);
    case "date":
      return spellDate(String(value), manner.language);
    case "number":
    case "amount":
      return spellNumber(Number(value), manner.language, type === "amount");
    case "email":
    case "text":
      return String(value);
  }
}

/** "lundi 23 novembre entre 10 h et 10 h 30", "Monday 23 November between 10:00 and 10:30". */
export function spellSlot({ startMs, endMs }: Slot, { language, written, zone }: Manner): string {
  const day = dateFormat("day", language, { timeZone: zone, weekday: "long", day: "numeric", month: "long" }).format(startMs).replace(",", "");
  const from = spellTime(startMs, language, written, zone);
  const to = spellTime(endMs, language, written, zone);
  return language === "fr" ? `${day} entre ${from} et ${to}` : `${day} between ${from} and ${to}`;
}

function spellTime(atMs: number, language: Language, written: boolean, zone: string): string {
  const parts = dateFormat("time", "en", { timeZone: zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit" }).format(atMs);
  if (language === "en") return parts;
  const hour = Number(parts.slice(0, 2));
  const minute = parts.slice(3);
  const hours = written ? `${hour} h` : hour > 1 ? `${hour} heures` : `${hour} heure`;
  return minute === "00" ? hours : `${hours} ${written ? minute : Number(minute)}`;
}
