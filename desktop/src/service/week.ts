/** A week of opening hours as its editor has it: stretches of each day in minutes, and back to the wire's openings. Pure. */
import type { Calendar, Opening } from "@tandem/protocol/hours";

export const DAY = 1_440;
/** What drags and arrow keys move by. */
export const STEP = 15;

/** `to` is after `from`; beyond the day's end it is the next morning's. */
export interface Stretch {
  from: number;
  to: number;
}
/** Monday first. */
export type Week = readonly (readonly Stretch[])[];

const two = (n: number): string => String(n).padStart(2, "0");
export const clockOf = (minute: number): string => (minute === DAY ? "24:00" : `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`);
/** Null while it is being typed. */
export function minuteOf(clock: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(clock) ?? [];
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes);
}

export function stretchOf({ from, to }: Opening): Stretch {
  const begin = minuteOf(from) ?? 0;
  const end = minuteOf(to) ?? DAY;
  return { from: begin, to: end > begin ? end : end + DAY };
}
export const openingOf = ({ from, to }: Stretch): Opening => ({ from: clockOf(from), to: clockOf(to) });

export function weekOf(weekly: Calendar["weekly"]): Week {
  return Array.from({ length: 7 }, (_, i) => {
    const day = weekly.filter(({ days }) => days.includes(i + 1)).map(stretchOf);
    return day.toSorted((a, b) => a.from - b.from);
  });
}

/** The same stretch on several days is one line of the wire. */
export function weeklyOf(week: Week): Calendar["weekly"] {
  const lines = new Map<string, { stretch: Stretch; days: Set<number> }>();
  week.forEach((day, i) => {
    for (const stretch of day) {
      const key = `${stretch.from}-${stretch.to}`;
      const line = lines.get(key) ?? { stretch, days: new Set() };
      line.days.add(i + 1);
      lines.set(key, line);
    }
  });
  return [...lines.values()].toSorted((a, b) => Math.min(...a.days) - Math.min(...b.days) || a.stretch.from - b.stretch.from).map(({ stretch, days }) => ({ days: [...days], ...openingOf(stretch) }));
}

/** `null` where the day has no room left. */
export function added(day: readonly Stretch[]): { day: Stretch[]; at: number } | null {
  const last = day.at(-1);
  if (last === undefined) return { day: [{ from: 9 * 60, to: 18 * 60 }], at: 0 };
  const from = last.to + 60;
  if (from + STEP <= DAY) return { day: [...day, { from, to: Math.min(DAY, from + 4 * 60) }], at: day.length };
  const first = day[0];
  return first !== undefined && first.from >= 2 * 60 ? { day: [{ from: Math.max(0, first.from - 5 * 60), to: first.from - 60 }, ...day], at: 0 } : null;
}

/** A stretch with one end moved: it stays between its neighbours and at least a minute long; the last one may end the next morning. */
export function moved(day: readonly Stretch[], at: number, end: "from" | "to", minute: number): Stretch[] {
  const stretch = day[at];
  if (stretch === undefined) return [...day];
  const before = day[at - 1]?.to ?? 0;
  const after = day[at + 1]?.from ?? stretch.from + DAY;
  const clamp = (n: number, low: number, high: number): number => Math.min(Math.max(n, low), high);
  const next = end === "from" ? { ...stretch, from: clamp(minute, before, Math.min(stretch.to, DAY) - 1) } : { ...stretch, to: clamp(minute, stretch.from + 1, after) };
  return day.map((one, i) => (i === at ? next : one));
}

/** "09:00–12:00, 14:00–18:00" */
export const dayWords = (day: readonly Stretch[]): string => day.map(({ from, to }) => `${clockOf(from)}–${clockOf(to)}`).join(", ");

/** Days with the same openings in a row, for a line in a list: `[[1, 5, "09:00–18:00"], ...]`; closed days left out. */
export function runsOf(week: Week): { first: number; last: number; words: string }[] {
  const runs: { first: number; last: number; words: string }[] = [];
  week.forEach((day, i) => {
    const words = dayWords(day);
    const run = runs.at(-1);
    if (words === "") return;
    if (run !== undefined && run.last === i && run.words === words) run.last = i + 1;
    else runs.push({ first: i + 1, last: i + 1, words });
  });
  return runs;
}
