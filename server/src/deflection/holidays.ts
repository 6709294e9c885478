/**
 * Public holidays, by the library date-holidays (decision 0037). It costs a second and 40 MB to load, so it is loaded when the first calendar
 * names a country; until then nothing is a holiday, and `loadHolidays` is awaited before a calendar that needs it is used.
 */
import type { HolidayPlace } from "@tandem/protocol/hours";
import type Library from "date-holidays";
import type { HolidaysTypes } from "date-holidays";
import { DAY, dateOf, midnightOf, type Span } from "./zone.ts";

export interface Holiday {
  /** Wall times: nearly always a whole day, now and then several or half of one. */
  span: Span;
  /** First day. */
  date: string;
  /** Its stable name: the library's rule, "easter 1", "12-25". */
  rule: string;
  name: { fr: string; en: string };
  substitute: boolean;
}

export interface Holidays {
  /** Of a year (by first day), in order. Unknown places have none. */
  ofYear(place: HolidayPlace, year: number): readonly Holiday[];
  countries(language: "fr" | "en"): Record<string, string>;
  states(country: string, language: "fr" | "en"): Record<string, string>;
  regions(country: string, state: string, language: "fr" | "en"): Record<string, string>;
  isKnown(place: HolidayPlace): boolean;
}

let loading: Promise<Holidays> | null = null;

export function loadHolidays(): Promise<Holidays> {
  return (loading ??= import("date-holidays").then((module) => holidaysBy(module.default)));
}

const HOUR = 3_600_000;
const regions = { fr: new Intl.DisplayNames("fr", { type: "region", fallback: "none" }), en: new Intl.DisplayNames("en", { type: "region", fallback: "none" }) };

/** Null = no code of a country that the system knows. */
function nameOf(code: string, language: "fr" | "en"): string | null {
  try {
    return regions[language].of(code) ?? null;
  } catch {
    return null; // not even of the form of one
  }
}

/** "l’Épiphanie", as the library has some, stands alone here. */
function asTitle(name: string): string {
  const bare = name.replace(/^(?:l[’']|la |le |les )/, "");
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function holidaysBy(HolidaysOf: typeof Library): Holidays {
  const names = new HolidaysOf();
  const calendars = new Map<string, Library>();
  const years = new Map<string, readonly Holiday[]>();
  const keyOf = ({ country, state, region }: HolidayPlace): string => [country, state ?? "", region ?? ""].join(".");
  const calendarOf = (place: HolidayPlace): Library => {
    const key = keyOf(place);
    const made = calendars.get(key) ?? new HolidaysOf({ country: place.country, ...(place.state !== undefined && { state: place.state }), ...(place.region !== undefined && { region: place.region }) });
    calendars.set(key, made);
    return made;
  };
  const isKnown = ({ country, state, region }: HolidayPlace): boolean => {
    // by own names only: "constructor" is no part of any country
    if (!Object.hasOwn(names.getCountries(), country)) return false;
    if (state === undefined) return region === undefined;
    if (!Object.hasOwn(names.getStates(country) ?? {}, state)) return false;
    return region === undefined || Object.hasOwn(names.getRegions(country, state) ?? {}, region);
  };
  return {
    isKnown,
    // the library has most countries in their own language alone
    countries: (language) => Object.fromEntries(Object.entries(names.getCountries(language)).map(([code, name]) => [code, nameOf(code, language) ?? name])),
    states: (country, language) => names.getStates(country, language) ?? {},
    regions: (country, state, language) => names.getRegions(country, state, language) ?? {},
    ofYear(place, year) {
      const key = `${keyOf(place)} ${year}`;
      const known = years.get(key);
      if (known) return known;
      const found: Holiday[] = [];
      if (isKnown(place)) {
        const calendar = calendarOf(place);
        const french = new Map(calendar.getHolidays(year, "fr").map((h) => [`${h.date} ${h.rule}`, h.name]));
        for (const one of calendar.getHolidays(year, "en")) {
          if (one.type !== "public") continue;
          const span = spanOf(one);
          found.push({ span, date: dateOf(span.startMs), rule: one.rule, name: { fr: asTitle(french.get(`${one.date} ${one.rule}`) ?? one.name), en: one.name }, substitute: one.substitute === true });
        }
      }
      years.set(key, found);
      return found;
    },
  };
}

/** `date` is the local begin; how long it lasts is counted between instants, so a clock change within makes it an hour more or less. */
function spanOf({ date, start, end }: HolidaysTypes.Holiday): Span {
  const startMs = Date.parse(`${date.slice(0, 10)}T${date.slice(11, 19) || "00:00:00"}Z`);
  const lastsMs = end.getTime() - start.getTime();
  const days = Math.round(lastsMs / DAY);
  const whole = days >= 1 && Math.abs(lastsMs - days * DAY) <= HOUR;
  return { startMs, endMs: startMs + (whole ? days * DAY : Math.round(lastsMs / HOUR) * HOUR) };
}

/** Those of a place that touch a day. */
export function holidaysOn(holidays: Holidays, places: readonly HolidayPlace[], date: string): Holiday[] {
  const dayMs = midnightOf(date);
  const year = Number(date.slice(0, 4));
  // one that began in the old year may last into this one
  return places.flatMap((place) => [...holidays.ofYear(place, year - 1), ...holidays.ofYear(place, year)].filter(({ span }) => span.startMs < dayMs + DAY && span.endMs > dayMs));
}
