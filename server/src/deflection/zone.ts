/** Wall time of an IANA zone and back, exact over clock changes. "Wall" is a local date and time counted as if it were UTC, in ms. Pure but for Intl's tables. */

const MINUTE = 60_000;
export const DAY = 86_400_000;

/** A stretch of time with one offset: wall = instant + `offsetMs`. `endMs` is out. */
interface Stretch {
  startMs: number;
  endMs: number;
  offsetMs: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Asked of Intl: dear (microseconds), so only to find the clock changes of a year. */
function offsetByIntl(zone: string, atMs: number): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    formatters.set(zone, formatter);
  }
  const parts = new Map<string, number>(formatter.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const second = Math.floor(atMs / 1000) * 1000;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - second;
}

const years = new Map<string, readonly Stretch[]>();

/** The stretches of a year (UTC): a change is looked for a day at a time, then to the minute. No zone changes twice within a day. */
function stretchesOfYear(zone: string, year: number): readonly Stretch[] {
  const key = `${zone} ${year}`;
  const known = years.get(key);
  if (known) return known;
  const endMs = Date.UTC(year + 1, 0, 1);
  const found: Stretch[] = [];
  let startMs = Date.UTC(year, 0, 1);
  let offsetMs = offsetByIntl(zone, startMs);
  for (let day = startMs; day < endMs; day += DAY) {
    const next = Math.min(day + DAY, endMs);
    const after = offsetByIntl(zone, next);
    if (after === offsetMs) continue;
    let [before, from] = [day, next];
    while (from - before > MINUTE) {
      const middle = Math.floor((before + from) / 2 / MINUTE) * MINUTE;
      if (offsetByIntl(zone, middle) === offsetMs) before = middle;
      else from = middle;
    }
    if (from < endMs) {
      found.push({ startMs, endMs: from, offsetMs });
      [startMs, offsetMs] = [from, after];
    }
  }
  found.push({ startMs, endMs, offsetMs });
  years.set(key, found);
  return found;
}

const yearOf = (atMs: number): number => new Date(atMs).getUTCFullYear();

export function wallOf(zone: string, atMs: number): number {
  const stretch = stretchesOfYear(zone, yearOf(atMs)).find((s) => atMs < s.endMs)!;
  return atMs + stretch.offsetMs;
}

export interface Span {
  startMs: number;
  endMs: number;
}

/** Sorted and joined where they touch. */
export function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = out.at(-1);
    if (last && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else if (span.endMs > span.startMs) out.push({ ...span });
  }
  return out;
}

/**
 * The instants within [fromMs, toMs) whose wall time lies in `walls`. An hour that is skipped in spring is nowhere; of the doubled hour of
 * autumn both are there, so that one wall span may be two of instants.
 */
export function instantsOf(zone: string, walls: readonly Span[], fromMs: number, toMs: number): Span[] {
  const found: Span[] = [];
  for (let year = yearOf(fromMs); year <= yearOf(toMs); year++) {
    for (const { startMs, endMs, offsetMs } of stretchesOfYear(zone, year)) {
      const [low, high] = [Math.max(startMs, fromMs), Math.min(endMs, toMs)];
      if (low >= high) continue;
      for (const wall of walls) {
        const [start, end] = [Math.max(wall.startMs - offsetMs, low), Math.min(wall.endMs - offsetMs, high)];
        if (start < end) found.push({ startMs: start, endMs: end });
      }
    }
  }
  return joined(found);
}

/** yyyy-mm-dd of a wall time. */
export const dateOf = (wallMs: number): string => new Date(wallMs).toISOString().slice(0, 10);
export const midnightOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
