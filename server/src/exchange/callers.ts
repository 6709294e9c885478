/** The caller before the callee: who is let through to whom, and when. Checked before anything rings. Pure but for Intl's zone tables. */
import type { CallerRule, Destination } from "@tandem/protocol";

export interface CallerFacts {
  /** E.164, or a short number of the house; "" = none given. */
  number: string;
  /** Withheld, or not there at all. */
  anonymous: boolean;
  /** One of the house: the rules about every call to the house are not meant for them, unless a rule names their short number. */
  inside: boolean;
  /** Whom it is for; null = not an extension (a ring group, a room). */
  extensionId: string | null;
}

export type Verdict = { let: "in" } | { let: "block" } | { let: "send"; destination: Destination };

/** The first rule that fits decides; none = let in. `rules` in the order of their positions. */
export function judgeCaller(rules: readonly CallerRule[], facts: CallerFacts, zone: string, nowMs: number): Verdict {
  for (const rule of rules) {
    if (rule.extensionId !== null && rule.extensionId !== facts.extensionId) continue;
    if (facts.inside && rule.extensionId === null && rule.caller !== facts.number) continue;
    if (!callerFits(rule.caller, facts)) continue;
    if (rule.hours !== null && !hoursFit(rule.hours, zone, nowMs)) continue;
    const { action } = rule;
    if (action.do === "allow") return { let: "in" };
    return action.do === "block" ? { let: "block" } : { let: "send", destination: action.destination };
  }
  return { let: "in" };
}

/** A rule with + is a prefix of E.164 (a whole number is its own prefix); digits alone are one whole number. */
function callerFits(rule: string, { number, anonymous }: CallerFacts): boolean {
  if (rule === "any") return true;
  if (rule === "anonymous") return anonymous || number === "";
  if (anonymous || number === "") return false;
  return rule.startsWith("+") ? number.startsWith(rule) : number === rule;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const DAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 };

/**
 * The wall clock decides: on the day summer time begins the skipped hour exists for nobody, on the day it ends the doubled one
 * counts twice.
 */
function hoursFit(hours: NonNullable<CallerRule["hours"]>, zone: string, nowMs: number): boolean {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", weekday: "short", hour: "2-digit", minute: "2-digit" });
    formatters.set(zone, formatter);
  }
  const part: Record<string, string> = {};
  for (const { type, value } of formatter.formatToParts(nowMs)) part[type] = value;
  const minute = Number(part.hour) * 60 + Number(part.minute);
  return hours.days.includes(DAYS[part.weekday!]!) && minute >= hours.fromMinute && minute < hours.untilMinute;
}
