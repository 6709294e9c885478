/** Calendar dates as text (yyyy-mm-dd), and the wall clock of a zone. Pure but for Intl's zone tables. */

export function isDate(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
}

/** The date, null when there is no such day (31 February). */
export function dateOf(year: number, month: number, day: number): string | null {
  const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  return isDate(text) ? text : null;
}

export function daysBetween(from: string, to: string): number | null {
  return isDate(from) && isDate(to) ? Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) : null;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export interface WallClock {
  date: string;
  /** HH:MM. */
  time: string;
  hour: number;
  /** 1 Monday .. 7 Sunday. */
  weekday: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
let last: { zone: string; minute: number; clock: WallClock } | null = null;

export function wallClock(zone: string, nowMs: number): WallClock {
  const minute = Math.floor(nowMs / 60_000);
  // every contact of a minute asks for the same one
  if (last?.zone === zone && last.minute === minute) return last.clock;
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
    formatters.set(zone, formatter);
  }
  // 23/11/2026, 09:05; as parts it takes three times as long
  const [day, month, year, hour, minutes] = formatter.format(nowMs).match(/\d+/g)!;
  const date = `${year}-${month}-${day}`;
  const clock = { date, time: `${hour}:${minutes}`, hour: Number(hour), weekday: new Date(`${date}T00:00:00Z`).getUTCDay() || 7 };
  last = { zone, minute, clock };
  return clock;
}
