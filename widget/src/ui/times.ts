/** Times as the visitor's own clock says them. */
import type { Lang } from "../words.ts";

const DAY_MS = 86_400_000;
const locale = (lang: Lang): string => (lang === "fr" ? "fr-FR" : "en-GB");

export function clockText(atMs: number, lang: Lang): string {
  return new Intl.DateTimeFormat(locale(lang), { hour: "2-digit", minute: "2-digit" }).format(atMs);
}

/** In the middle of a sentence: yesterday, today, tomorrow, else the day with its date. */
export function dayText(atMs: number, lang: Lang): string {
  const days = Math.round((new Date(atMs).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / DAY_MS);
  if (Math.abs(days) <= 1) return new Intl.RelativeTimeFormat(locale(lang), { numeric: "auto" }).format(days, "day");
  return new Intl.DateTimeFormat(locale(lang), { weekday: "long", day: "numeric", month: "long" }).format(atMs);
}
