/** Times, durations and numbers as the design writes them: m:ss timers, "38 min", 14:32, "hier 18:04", 1 234,50 €, 76 %. */
import type { Language } from "@tandem/protocol";
import { NARROW } from "./catalogue.ts";
import type { Key } from "./catalogue.ts";

export interface Formatters {
  /** Counting time: `0:05`, `9:50`, `1:28:34`. Negative counts as zero. */
  timer(ms: number): string;
  /** A rounded stretch of time: `20 s`, `38 min`, `1 h 20`, `20 h`. */
  duration(ms: number): string;
  /** Up to an hour as a timer, beyond as a duration (queue waits). */
  wait(ms: number): string;
  /** 14:32 */
  clock(atMs: number): string;
  /** Today `14:32`, yesterday `hier 18:04`, this week `lun. 14:10`, else `18 nov.`, another year `18 nov. 2025`. */
  when(atMs: number, nowMs: number): string;
  /** `lundi 23 novembre` */
  day(atMs: number): string;
  date(atMs: number): string;
  year(atMs: number): string;
  number(n: number, digits?: number): string;
  /** `ratio` 0..1 */
  percent(ratio: number, digits?: number): string;
  money(cents: number, currency: string): string;
  /** Grouped for reading: +33 6 12 84 90 47; anything else is left as it is. */
  phone(address: string): string;
  compare(a: string, b: string): number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export function formatters(language: Language, t: (key: Key, values?: Readonly<Record<string, string | number>>) => string): Formatters {
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const clockFormat = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
  const dayFormat = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  const numbers = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    let made = numbers.get(key);
    if (made === undefined) numbers.set(key, (made = new Intl.NumberFormat(locale, options)));
    return made;
  };
  const narrow = (text: string): string => (language === "fr" ? text.replaceAll("\u00a0", NARROW) : text);

  const timer = (ms: number): string => {
    const seconds = Math.max(0, Math.floor(ms / SECOND));
    const two = (n: number): string => String(n).padStart(2, "0");
    const h = Math.floor(seconds / 3600);
    const m = Math.floor(seconds / 60) % 60;
    return h > 0 ? `${h}:${two(m)}:${two(seconds % 60)}` : `${m}:${two(seconds % 60)}`;
  };
  const duration = (ms: number): string => {
    if (ms < MINUTE) return t("everywhere.unit.seconds", { n: Math.max(0, Math.round(ms / SECOND)) });
    const minutes = Math.floor(ms / MINUTE);
    if (minutes < 60) return t("everywhere.unit.minutes", { n: minutes });
    const hours = t("everywhere.unit.hours", { n: Math.floor(minutes / 60) });
    return minutes % 60 === 0 || minutes >= 600 ? hours : `${hours} ${minutes % 60}`;
  };
  const clock = (atMs: number): string => clockFormat.format(atMs);
  const midnight = (atMs: number): number => new Date(atMs).setHours(0, 0, 0, 0);

  return {
    timer,
    duration,
    wait: (ms) => (ms < HOUR ? timer(ms) : duration(ms)),
    clock,
    when(atMs, nowMs) {
      const days = Math.round((midnight(nowMs) - midnight(atMs)) / (24 * HOUR));
      if (days <= 0) return clock(atMs);
      if (days === 1) return t("everywhere.day.yesterdayAt", { time: clock(atMs) });
      if (days < 7) return `${weekday.format(atMs)} ${clock(atMs)}`;
      return new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? dayMonth.format(atMs) : dayMonthYear.format(atMs);
    },
    day: (atMs) => dayFormat.format(atMs),
    date: (atMs) => dayMonthYear.format(atMs),
    year: (atMs) => String(new Date(atMs).getFullYear()),
    number: (n, digits = 0) => narrow(numberFormat({ maximumFractionDigits: digits }).format(n)),
    percent: (ratio, digits = 0) => narrow(numberFormat({ style: "percent", maximumFractionDigits: digits }).format(ratio)),
    money: (cents, currency) => narrow(numberFormat({ style: "currency", currency }).format(cents / 100)),
    phone: groupPhone,
    compare: (a, b) => collator.compare(a, b),
  };
}

/** French numbers by pairs after the country code; other E.164 by threes from the right. */
function groupPhone(address: string): string {
  const french = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(address);
  if (french !== null) return `+33 ${french.slice(1).join(" ")}`;
  const other = /^\+(\d{4,15})$/.exec(address)?.[1];
  return other === undefined ? address : `+${other.replace(/\B(?=(\d{3})+(?!\d))/g, " ")}`;
}
