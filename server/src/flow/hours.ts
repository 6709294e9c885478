/** Opening hours: weekly openings in the wall time of an IANA zone, with exceptions by date. Pure but for Intl's zone tables. */
import { z } from "zod";

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time is HH:MM");
const Opening = z.object({ from: wallTime, to: wallTime });

export const Hours = z.object({
  zone: z.string().max(60).refine(isZone, "not an IANA time zone"),
  /** Days: 1 Monday .. 7 Sunday. `to` at or before `from` means the next morning. */
  weekly: z.array(Opening.extend({ days: z.array(z.int().min(1).max(7)).min(1).max(7) })).max(50),
  /** By local date (yyyy-mm-dd): the openings of that day instead of the week's; none = closed. */
  exceptions: z.record(z.string().regex(/^\d{4}-\d\d-\d\d$/), z.array(Opening).max(10)).default({}),
});
export type Hours = z.infer<typeof Hours>;

function isZone(zone: string): boolean {
  try {
    formatter(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false; // Intl's word for an unknown zone
    throw error;
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    });
    formatters.set(zone, found);
  }
  return found;
}

interface WallClock {
  date: string;
  day: number;
  minute: number;
}

function wallClock(zone: string, nowMs: number): WallClock {
  const part: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(nowMs)) part[type] = value;
  const date = `${part.year}-${part.month}-${part.day}`;
  return { date, day: dayOf(date), minute: Number(part.hour) * 60 + Number(part.minute) };
}

function dayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function openingsOn(hours: Hours, date: string): readonly { from: string; to: string }[] {
  const day = dayOf(date);
  return hours.exceptions[date] ?? hours.weekly.filter((opening) => opening.days.includes(day));
}

/** Open now? From is in, to is out. In a skipped hour of spring nothing exists to be open; in the doubled one of autumn both are. */
export function isOpen(hours: Hours, nowMs: number): boolean {
  const { date, minute } = wallClock(hours.zone, nowMs);
  for (const opening of openingsOn(hours, date)) {
    const from = minuteOf(opening.from);
    const to = minuteOf(opening.to);
    if (minute >= from && (to <= from || minute < to)) return true;
  }
  return openingsOn(hours, dayBefore(date)).some((opening) => {
    const to = minuteOf(opening.to);
    return to <= minuteOf(opening.from) && minute < to;
  });
}
