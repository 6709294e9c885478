/**
 * A calendar at an instant: open or not, until when, and why. By local day: an exception beats a public holiday, a holiday beats the week. An
 * opening belongs to the day on which it begins, also when it ends the next morning. Pure: instants in, instants out.
 */
import type { Calendar, HoursNow, Opening } from "@tandem/protocol/hours";
import { holidaysOn, type Holidays } from "./holidays.ts";
import { DAY, dateOf, instantsOf, joined, midnightOf, wallOf, type Span } from "./zone.ts";

/** How far an opening or a change is looked for: a year and a month, so that even "every first of January" is found. */
const HORIZON_DAYS = 400;

interface Special {
  name: { fr: string; en: string };
  /** No opening at all on that day. */
  closed: boolean;
}
interface DayPlan {
  openings: readonly Opening[];
  /** Cut out of the openings that begin on this day: holidays of half a day. */
  without: readonly Span[];
  special: Special | null;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const dayOf = (date: string): number => new Date(midnightOf(date)).getUTCDay() || 7;

function planOf(calendar: Calendar, holidays: Holidays | null, date: string): DayPlan {
  const exception = calendar.exceptions.filter((e) => e.from <= date && date <= e.to).reduce<Calendar["exceptions"][number] | null>((best, one) => (best === null || lengthOf(one) <= lengthOf(best) ? one : best), null);
  if (exception) return { openings: exception.openings, without: [], special: { name: { fr: exception.name, en: exception.name }, closed: exception.openings.length === 0 } };
  const week = calendar.weekly.filter(({ days }) => days.includes(dayOf(date)));
  const found = holidays === null ? [] : holidaysOn(holidays, calendar.holidays.places, date);
  const closing = found.filter(({ rule, date: first }) => keptOf(calendar, rule, first) === null);
  const dayMs = midnightOf(date);
  if (closing.length === 0) {
    const own = found.map(({ rule, date: first }) => keptOf(calendar, rule, first)?.openings ?? null).find((openings) => openings !== null);
    return own ? { openings: own, without: [], special: { name: found[0]!.name, closed: own.length === 0 } } : { openings: week, without: [], special: null };
  }
  const whole = closing.find(({ span }) => span.startMs <= dayMs && span.endMs >= dayMs + DAY);
  if (whole) return { openings: [], without: [], special: { name: whole.name, closed: true } };
  return { openings: week, without: closing.map(({ span }) => span), special: { name: closing[0]!.name, closed: false } };
}

const lengthOf = (e: { from: string; to: string }): number => midnightOf(e.to) - midnightOf(e.from);
const keptOf = (calendar: Calendar, rule: string, date: string): Calendar["holidays"]["kept"][number] | null => {
  const year = Number(date.slice(0, 4));
  return calendar.holidays.kept.find((k) => k.rule === rule && k.year === year) ?? calendar.holidays.kept.find((k) => k.rule === rule && k.year === null) ?? null;
};

/** The wall spans of the openings that begin on the days from `first` to `last`. */
function wallOpenings(first: string, last: string, plan: (date: string) => DayPlan): Span[] {
  const spans: Span[] = [];
  for (let dayMs = midnightOf(first); dayMs <= midnightOf(last); dayMs += DAY) {
    const { openings, without } = plan(dateOf(dayMs));
    for (const { from, to } of openings) {
      const startMs = dayMs + minuteOf(from) * 60_000;
      const endMs = dayMs + minuteOf(to) * 60_000 + (minuteOf(to) <= minuteOf(from) ? DAY : 0);
      spans.push(...less({ startMs, endMs }, without));
    }
  }
  return joined(spans);
}

function less(span: Span, without: readonly Span[]): Span[] {
  return without.reduce<Span[]>((left, hole) => left.flatMap((s) => [{ startMs: s.startMs, endMs: Math.min(s.endMs, hole.startMs) }, { startMs: Math.max(s.startMs, hole.endMs), endMs: s.endMs }]).filter((s) => s.endMs > s.startMs), [span]);
}

/** Open spans within [fromMs, toMs), joined, in order. */
export function openingsOf(calendar: Calendar, holidays: Holidays | null, fromMs: number, toMs: number): Span[] {
  return opened(calendar, fromMs, toMs, (date) => planOf(calendar, holidays, date));
}

function opened(calendar: Calendar, fromMs: number, toMs: number, plan: (date: string) => DayPlan): Span[] {
  const first = dateOf(wallOf(calendar.zone, fromMs) - DAY); // its openings may last into the first day
  return instantsOf(calendar.zone, wallOpenings(first, dateOf(wallOf(calendar.zone, toMs)), plan), fromMs, toMs);
}

/** The same answer holds in [fromMs, untilMs): so long a calendar need not be asked again. */
interface Answer {
  fromMs: number;
  untilMs: number;
  open: boolean;
  special: boolean;
  why: Special["name"] | null;
  nextOpenMs: number | null;
  nextChangeMs: number | null;
}
/** By calendar (a changed one is a new object) and whether holidays were loaded. Asked at every contact, and nearly always of now. */
const answers = new WeakMap<Calendar, Answer & { holidays: Holidays | null }>();

export function hoursAt(calendar: Calendar, holidays: Holidays | null, nowMs: number, language: "fr" | "en"): HoursNow {
  let answer = answers.get(calendar);
  if (!answer || answer.holidays !== holidays || nowMs < answer.fromMs || nowMs >= answer.untilMs) {
    answer = { ...ask(calendar, holidays, nowMs), holidays };
    answers.set(calendar, answer);
  }
  return { state: answer.open ? "open" : answer.special ? "holiday" : "closed", nextOpenMs: answer.nextOpenMs, nextChangeMs: answer.nextChangeMs, why: answer.why?.[language] ?? null };
}

function ask(calendar: Calendar, holidays: Holidays | null, nowMs: number): Answer {
  const [first, ...later] = spansAhead(calendar, holidays, nowMs);
  const open = first !== undefined && first.startMs <= nowMs;
  const nextOpenMs = open || first === undefined ? null : first.startMs;
  const nextChangeMs = open ? (later.length > 0 || first.endMs < nowMs + HORIZON_DAYS * DAY ? first.endMs : null) : nextOpenMs;
  const today = dateOf(wallOf(calendar.zone, nowMs));
  const plan = planOf(calendar, holidays, today);
  const yesterday = planOf(calendar, holidays, dateOf(midnightOf(today) - DAY));
  // Closed by a holiday or an exception: they take the whole day, or the week would have been open at this instant.
  const week: DayPlan = { openings: [], without: [], special: null };
  const wouldBeOpen = (): boolean => opened(calendar, nowMs, nowMs + 1, (date) => ({ ...week, openings: calendar.weekly.filter(({ days }) => days.includes(dayOf(date))) })).length > 0;
  const cause = plan.special?.closed ? plan.special : plan.special !== null || yesterday.special !== null ? (wouldBeOpen() ? (plan.special ?? yesterday.special) : null) : null;
  const special = !open && cause !== null;
  const midnight = instantsOf(calendar.zone, [{ startMs: midnightOf(today) + DAY, endMs: midnightOf(today) + 3 * DAY }], nowMs, nowMs + 4 * DAY)[0]?.startMs ?? nowMs + DAY;
  // Who is closed for a reason by half a day may have another reason in an hour: then the answer holds for this instant only.
  const stable = plan.special === null && yesterday.special === null;
  return { fromMs: nowMs, untilMs: stable || plan.special?.closed === true ? Math.min(midnight, nextChangeMs ?? midnight) : nowMs + 1, open, special, why: special ? cause.name : open ? (plan.special?.name ?? null) : null, nextOpenMs, nextChangeMs };
}

/** The next two open spans at most, the one of now included: most find them within days, so the window grows. */
function spansAhead(calendar: Calendar, holidays: Holidays | null, nowMs: number): Span[] {
  for (const days of [4, 40]) {
    const found = openingsOf(calendar, holidays, nowMs, nowMs + days * DAY);
    if (found.length > 0 && found[0]!.endMs < nowMs + days * DAY) return found;
  }
  return openingsOf(calendar, holidays, nowMs, nowMs + HORIZON_DAYS * DAY);
}
