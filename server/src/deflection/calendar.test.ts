/** Calendars at instants: weeks, nights, exceptions, holidays, and both clock changes. The rows up to `for` were those of flow/hours.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Calendar, type CalendarInput } from "@tandem/protocol/hours";
import { hoursAt, openingsOf } from "./calendar.ts";
import { loadHolidays } from "./holidays.ts";
import { DAY, wallOf } from "./zone.ts";

const at = (iso: string): number => Date.parse(iso);
const calendar = (input: Omit<CalendarInput, "name">): Calendar => Calendar.parse({ name: "test", ...input });
const closedOn = (date: string, name = "closed"): { from: string; to: string; name: string } => ({ from: date, to: date, name });
const holidays = await loadHolidays();
const week = [1, 2, 3, 4, 5];

const ROWS: [string, Calendar, string, boolean][] = [];
const shop = calendar({ zone: "Europe/Paris", weekly: [{ days: week, from: "09:00", to: "18:00" }], exceptions: [closedOn("2026-12-25", "Christmas"), { ...closedOn("2026-12-24", "Christmas Eve"), openings: [{ from: "09:00", to: "12:00" }] }] });
ROWS.push(
  ["Monday at nine (winter)", shop, "2026-11-23T08:00:00Z", true],
  ["a minute before", shop, "2026-11-23T07:59:00Z", false],
  ["the last minute", shop, "2026-11-23T16:59:59Z", true],
  ["closing is out", shop, "2026-11-23T17:00:00Z", false],
  ["Monday at nine (summer)", shop, "2026-07-06T07:00:00Z", true],
  ["the Monday after the clocks go forward opens an hour earlier in UTC", shop, "2026-03-30T07:00:00Z", true],
  ["the Friday before does not", shop, "2026-03-27T07:00:00Z", false],
  ["the Monday after the clocks go back", shop, "2026-10-26T07:30:00Z", false],
  ["Sunday", shop, "2026-11-22T10:00:00Z", false],
  ["Christmas, a Friday", shop, "2026-12-25T10:00:00Z", false],
  ["the morning before", shop, "2026-12-24T10:00:00Z", true],
  ["the afternoon before", shop, "2026-12-24T12:00:00Z", false],
);
const night = calendar({ zone: "Europe/Paris", weekly: [{ days: [6], from: "22:00", to: "06:00" }] });
ROWS.push(
  ["Saturday night", night, "2026-11-21T21:30:00Z", true],
  ["the Sunday morning after", night, "2026-11-22T04:59:00Z", true],
  ["until six", night, "2026-11-22T05:00:00Z", false],
  ["not the Saturday morning", night, "2026-11-21T03:00:00Z", false],
);
// 29 March 2026, 02:00 -> 03:00 in Paris; 25 October 2026, 03:00 -> 02:00.
const small = calendar({ zone: "Europe/Paris", weekly: [{ days: [7], from: "02:30", to: "03:30" }] });
ROWS.push(
  ["just before the skipped hour", small, "2026-03-29T00:59:00Z", false],
  ["just after it, 03:00", small, "2026-03-29T01:00:00Z", true],
  ["03:29", small, "2026-03-29T01:29:00Z", true],
  ["03:30", small, "2026-03-29T01:30:00Z", false],
  ["first 02:30 of autumn", small, "2026-10-25T00:30:00Z", true],
  ["second 02:15: not yet open again", small, "2026-10-25T01:15:00Z", false],
  ["second 02:30", small, "2026-10-25T01:30:00Z", true],
);
const whole = calendar({ zone: "America/New_York", weekly: [{ days: [1], from: "00:00", to: "24:00" }] });
ROWS.push(
  ["Monday begins in New York", whole, "2026-11-23T05:00:00Z", true],
  ["still Sunday there", whole, "2026-11-23T04:59:00Z", false],
  ["its last minute", whole, "2026-11-24T04:59:00Z", true],
  ["Tuesday", whole, "2026-11-24T05:00:00Z", false],
);
const lunch = calendar({ zone: "Europe/Brussels", weekly: [{ days: week, from: "08:30", to: "12:00" }, { days: week, from: "13:30", to: "17:00" }] });
ROWS.push(["several openings a day: the morning", lunch, "2026-11-23T09:00:00Z", true], ["lunch", lunch, "2026-11-23T11:30:00Z", false], ["the afternoon", lunch, "2026-11-23T12:30:00Z", true]);
// In Beirut and Santiago the clocks go forward at midnight: the day begins at one.
const beirut = calendar({ zone: "Asia/Beirut", weekly: [{ days: [7], from: "00:00", to: "01:30" }] });
ROWS.push(["midnight is skipped in Beirut: 01:00", beirut, "2026-03-28T22:00:00Z", true], ["01:30 there", beirut, "2026-03-28T22:30:00Z", false], ["the Saturday before midnight", beirut, "2026-03-28T21:59:00Z", false]);

for (const [name, hours, iso, open] of ROWS) test(`hours: ${name}: ${open ? "open" : "closed"}`, () => assert.equal(hoursAt(hours, null, at(iso), "en").state === "open", open));

const STATES: [string, Calendar, string, [state: string, nextOpen: string | null, nextChange: string | null, why: string | null]][] = [
  ["open: until when", shop, "2026-11-23T10:00:00Z", ["open", null, "2026-11-23T17:00:00.000Z", null]],
  ["the evening: opens tomorrow", shop, "2026-11-23T20:00:00Z", ["closed", "2026-11-24T08:00:00.000Z", "2026-11-24T08:00:00.000Z", null]],
  ["Friday evening: opens on Monday, an hour earlier in UTC after the change of March", shop, "2026-03-27T20:00:00Z", ["closed", "2026-03-30T07:00:00.000Z", "2026-03-30T07:00:00.000Z", null]],
  ["Friday evening: an hour later in UTC after the change of October", shop, "2026-10-23T20:00:00Z", ["closed", "2026-10-26T08:00:00.000Z", "2026-10-26T08:00:00.000Z", null]],
  ["the night open over the change of March is an hour short", night, "2026-03-28T22:00:00Z", ["open", null, "2026-03-29T04:00:00.000Z", null]],
  ["the night open over the change of October is an hour long", night, "2026-10-24T21:00:00Z", ["open", null, "2026-10-25T05:00:00.000Z", null]],
  ["the first of the doubled openings ends when the clocks go back", small, "2026-10-25T00:45:00Z", ["open", null, "2026-10-25T01:00:00.000Z", null]],
  ["and opens again half an hour later", small, "2026-10-25T01:10:00Z", ["closed", "2026-10-25T01:30:00.000Z", "2026-10-25T01:30:00.000Z", null]],
  ["an exceptional closing of a day says its name, at any hour of it", shop, "2026-12-25T03:00:00Z", ["holiday", "2026-12-28T08:00:00.000Z", "2026-12-28T08:00:00.000Z", "Christmas"]],
  ["a shortened day: open in the morning, with its name", shop, "2026-12-24T10:00:00Z", ["open", null, "2026-12-24T11:00:00.000Z", "Christmas Eve"]],
  ["in the afternoon it is closed for that reason", shop, "2026-12-24T13:00:00Z", ["holiday", "2026-12-28T08:00:00.000Z", "2026-12-28T08:00:00.000Z", "Christmas Eve"]],
  ["in its evening it would have been closed anyhow", shop, "2026-12-24T20:00:00Z", ["closed", "2026-12-28T08:00:00.000Z", "2026-12-28T08:00:00.000Z", null]],
  ["open always: never changes", calendar({ zone: "UTC", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] }), "2026-11-23T10:00:00Z", ["open", null, null, null]],
  ["open never", calendar({ zone: "UTC", weekly: [] }), "2026-11-23T10:00:00Z", ["closed", null, null, null]],
  ["open on one day of next year", calendar({ zone: "UTC", weekly: [], exceptions: [{ ...closedOn("2027-11-20", "open day"), openings: [{ from: "10:00", to: "11:00" }] }] }), "2026-11-23T10:00:00Z", ["closed", "2027-11-20T10:00:00.000Z", "2027-11-20T10:00:00.000Z", null]],
];
for (const [name, hours, iso, [state, nextOpen, nextChange, why]] of STATES)
  test(`hours: ${name}`, () => {
    const now = hoursAt(hours, null, at(iso), "en");
    const shown = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
    assert.deepEqual([now.state, shown(now.nextOpenMs), shown(now.nextChangeMs), now.why], [state, nextOpen, nextChange, why]);
  });

const placed = (country: string, state?: string, more: Partial<CalendarInput["holidays"] & object> = {}): Calendar =>
  calendar({ zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "09:00", to: "18:00" }], holidays: { places: [{ country, ...(state !== undefined && { state }) }], ...more } });
const HOLIDAYS: [string, Calendar, string, string, string | null][] = [
  ["France, 14 July", placed("FR"), "2026-07-14T10:00:00Z", "holiday", "Fête Nationale de la France"],
  ["France, Easter Monday 2027 (a movable feast)", placed("FR"), "2027-03-29T10:00:00Z", "holiday", "Lundi de Pâques"],
  ["France works on Good Friday", placed("FR"), "2026-04-03T10:00:00Z", "open", null],
  ["Alsace does not", placed("FR", "67"), "2026-04-03T10:00:00Z", "holiday", "Vendredi saint"],
  ["nor on 26 December", placed("FR", "68"), "2026-12-26T10:00:00Z", "holiday", "Lendemain de Noël"],
  ["France does", placed("FR"), "2026-12-26T10:00:00Z", "open", null],
  ["Bavaria, Epiphany", placed("DE", "BY"), "2026-01-06T10:00:00Z", "holiday", "Épiphanie"],
  ["Berlin works then", placed("DE", "BE"), "2026-01-06T10:00:00Z", "open", null],
  ["England: Boxing Day 2026 falls on a Saturday, so Monday is off", placed("GB", "ENG"), "2026-12-28T10:00:00Z", "holiday", "Lendemain de Noël (jour substitut)"],
  ["Scotland: 2 January", placed("GB", "SCT"), "2026-01-02T10:00:00Z", "holiday", null],
  ["England works on 2 January", placed("GB", "ENG"), "2026-01-02T10:00:00Z", "open", null],
  ["Belgium, 21 July", placed("BE"), "2026-07-21T10:00:00Z", "holiday", "Fête nationale"],
  ["France works on 21 July", placed("FR"), "2026-07-21T10:00:00Z", "open", null],
  ["a mother's day is no public holiday", placed("FR"), "2026-05-31T10:00:00Z", "open", null],
  ["kept open every year", placed("FR", undefined, { kept: [{ rule: "easter 50" }] }), "2027-05-17T10:00:00Z", "open", null],
  ["kept open in one year", placed("FR", undefined, { kept: [{ rule: "easter 50", year: 2026 }] }), "2026-05-25T10:00:00Z", "open", null],
  ["and closed in the next", placed("FR", undefined, { kept: [{ rule: "easter 50", year: 2026 }] }), "2027-05-17T10:00:00Z", "holiday", "Lundi de Pentecôte"],
  ["kept open with hours of its own: within", placed("FR", undefined, { kept: [{ rule: "05-08", openings: [{ from: "10:00", to: "12:00" }] }] }), "2026-05-08T09:00:00Z", "open", "Fête de la Victoire 1945"],
  ["outside of them", placed("FR", undefined, { kept: [{ rule: "05-08", openings: [{ from: "10:00", to: "12:00" }] }] }), "2026-05-08T13:00:00Z", "holiday", "Fête de la Victoire 1945"],
  ["on its whole day, at night too", placed("FR"), "2026-07-14T01:00:00Z", "holiday", "Fête Nationale de la France"],
  ["the night before it is an ordinary one", placed("FR"), "2026-07-13T20:00:00Z", "closed", null],
  ["kept with no hours at all: closed, by its name", placed("FR", undefined, { kept: [{ rule: "05-08", openings: [] }] }), "2026-05-08T03:00:00Z", "holiday", "Fête de la Victoire 1945"],
  ["a year's own word before that for every year", placed("FR", undefined, { kept: [{ rule: "05-08" }, { rule: "05-08", year: 2026, openings: [{ from: "10:00", to: "12:00" }] }] }), "2026-05-08T13:00:00Z", "holiday", "Fête de la Victoire 1945"],
  ["half a day: Iceland, 24 December, the morning", placed("IS"), "2026-12-24T10:00:00Z", "open", null],
  ["its afternoon", placed("IS"), "2026-12-24T13:00:00Z", "holiday", null],
  ["several days: Armenia, 4 January", placed("AM"), "2026-01-04T10:00:00Z", "holiday", null],
  ["over the year's end: Eswatini, 1 January", placed("SZ"), "2027-01-01T10:00:00Z", "holiday", null],
];
for (const [name, hours, iso, state, why] of HOLIDAYS)
  test(`holidays: ${name}: ${state}`, () => {
    const now = hoursAt(hours, holidays, at(iso), "fr");
    assert.equal(now.state, state);
    if (why !== null) assert.equal(now.why, why);
  });

test("a holiday takes its own days, to the minute, and not those beside them; regions of a part have their own", async () => {
  const open = (hours: Calendar, iso: string): boolean => hoursAt(hours, holidays, at(iso), "fr").state === "open";
  const always = (places: CalendarInput["holidays"] & object): Calendar => calendar({ zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }], holidays: places });
  const france = always({ places: [{ country: "FR" }] });
  assert.deepEqual(["2026-07-13T21:59:00Z", "2026-07-13T22:00:00Z", "2026-07-14T21:59:00Z", "2026-07-14T22:00:00Z"].map((iso) => open(france, iso)), [true, false, false, true]);
  const armenia = always({ places: [{ country: "AM" }] });
  assert.deepEqual(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05", "2026-01-08"].map((day) => open(armenia, `${day}T11:00:00Z`)), [false, false, false, false, true]);
  const iceland = always({ places: [{ country: "IS" }] });
  assert.deepEqual(["2026-12-24T11:59:00Z", "2026-12-24T12:00:00Z"].map((iso) => open(iceland, iso)), [true, false]);
  const friedensfest = "2026-08-08T10:00:00Z";
  assert.deepEqual([open(always({ places: [{ country: "DE", state: "BY" }] }), friedensfest), open(always({ places: [{ country: "DE", state: "BY", region: "A" }] }), friedensfest)], [true, false]);
  const known = [{ country: "FR" }, { country: "FR", state: "67" }, { country: "DE", state: "BY", region: "A" }, { country: "XX" }, { country: "FR", state: "99" }, { country: "DE", state: "BY", region: "ZZ" }, { country: "DE", region: "A" }, { country: "MC", state: "1" }];
  assert.deepEqual(known.map((place) => holidays.isKnown(place)), [true, true, true, false, false, false, false, false]);
  assert.equal(holidays.ofYear({ country: "GB", state: "ENG" }, 2026).filter(({ substitute }) => substitute).length, 1);
});

test("countries and holidays are named in the reader's language", () => {
  assert.deepEqual([holidays.countries("fr")["DE"], holidays.countries("en")["DE"], holidays.countries("fr")["AE"]], ["Allemagne", "Germany", "Émirats arabes unis"]);
  const named = holidays.ofYear({ country: "DE", state: "BY" }, 2027).map(({ date, name }) => `${date} ${name.fr}`);
  for (const one of ["2027-01-06 Épiphanie", "2027-05-27 Fête-Dieu"]) assert.ok(named.includes(one), named.join(", "));
});

test("an exception beats a holiday; the shortest exception beats a longer one", () => {
  const hours = calendar({
    zone: "Europe/Paris", weekly: [{ days: week, from: "09:00", to: "18:00" }], holidays: { places: [{ country: "FR" }] },
    exceptions: [{ from: "2026-07-01", to: "2026-07-31", name: "works" }, { from: "2026-07-14", to: "2026-07-14", name: "the parade", openings: [{ from: "08:00", to: "20:00" }] }],
  });
  assert.deepEqual([hoursAt(hours, holidays, at("2026-07-14T17:30:00Z"), "en").state, hoursAt(hours, holidays, at("2026-07-14T17:30:00Z"), "en").why], ["open", "the parade"]);
  assert.deepEqual([hoursAt(hours, holidays, at("2026-07-15T10:00:00Z"), "en").state, hoursAt(hours, holidays, at("2026-07-15T10:00:00Z"), "en").why], ["holiday", "works"]);
});

test("a night that would begin on a holiday does not begin; of half a day's, what is left", () => {
  const nights = (country: string): Calendar => calendar({ zone: "UTC", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "22:00", to: "06:00" }], holidays: { places: [{ country }] } });
  const state = (country: string, iso: string): string => hoursAt(nights(country), holidays, at(iso), "en").state;
  assert.deepEqual([state("FR", "2026-07-14T03:00:00Z"), state("FR", "2026-07-14T23:00:00Z"), state("FR", "2026-07-15T03:00:00Z"), state("FR", "2026-07-15T23:00:00Z")], ["open", "holiday", "holiday", "open"]);
  const hours = calendar({ zone: "UTC", weekly: [{ days: [4], from: "09:00", to: "20:00" }, { days: [4], from: "13:00", to: "13:30" }], holidays: { places: [{ country: "IS" }] } });
  const day = at("2026-12-24T00:00:00Z");
  assert.deepEqual(openingsOf(hours, holidays, day, day + DAY), [{ startMs: day + 9 * 3_600_000, endMs: day + 13 * 3_600_000 }]);
});

test("an answer is kept only as long as it holds: over midnight, and within a day that is special in part", () => {
  const states = (hours: Calendar, isos: readonly string[]): string[] => isos.map((iso) => hoursAt(hours, null, at(iso), "en").state);
  const days = calendar({ zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" }], exceptions: [closedOn("2026-11-25")] });
  assert.deepEqual(states(days, ["2026-11-24T22:59:59Z", "2026-11-24T23:00:00Z", "2026-11-25T22:59:59Z", "2026-11-25T23:00:00Z"]), ["closed", "holiday", "holiday", "closed"]);
  const nights = calendar({ zone: "UTC", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "22:00", to: "06:00" }], exceptions: [closedOn("2026-11-25")] });
  assert.deepEqual(states(nights, ["2026-11-26T03:00:00Z", "2026-11-26T07:00:00Z", "2026-11-26T22:00:00Z"]), ["holiday", "closed", "open"]);
  assert.deepEqual(states(nights, ["2026-11-26T22:30:00Z", "2026-11-26T03:00:00Z"]), ["open", "holiday"], "also when asked of the past");
});

test("holidays that are loaded later hold at once", () => {
  const hours = placed("FR");
  assert.deepEqual([hoursAt(hours, null, at("2026-07-14T10:00:00Z"), "fr").state, hoursAt(hours, holidays, at("2026-07-14T10:00:00Z"), "fr").state], ["open", "holiday"]);
});

test("of two exceptions of the same days the later in the list holds", () => {
  const hours = calendar({ zone: "UTC", weekly: [], exceptions: [{ ...closedOn("2026-11-25", "first"), openings: [{ from: "08:00", to: "20:00" }] }, closedOn("2026-11-25", "second")] });
  assert.deepEqual([hoursAt(hours, null, at("2026-11-25T10:00:00Z"), "en").state, hoursAt(hours, null, at("2026-11-25T10:00:00Z"), "en").why], ["holiday", "second"]);
});

test("a night that begins before a holiday lasts into its morning; one that would begin on it does not", () => {
  const hours = calendar({ zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "22:00", to: "06:00" }], exceptions: [closedOn("2026-11-25", "stocktaking")] });
  assert.equal(hoursAt(hours, null, at("2026-11-25T03:00:00Z"), "en").state, "open");
  assert.equal(hoursAt(hours, null, at("2026-11-25T22:00:00Z"), "en").state, "holiday");
  assert.deepEqual([hoursAt(hours, null, at("2026-11-26T03:00:00Z"), "en").state, hoursAt(hours, null, at("2026-11-26T03:00:00Z"), "en").why], ["holiday", "stocktaking"]);
});

test("refused: zones that do not exist, times that do not, exceptions that end before they begin", () => {
  const bad: Omit<CalendarInput, "name">[] = [
    { zone: "Europe/Atlantis", weekly: [] },
    { zone: "UTC", weekly: [{ days: [1], from: "24:00", to: "25:00" }] },
    { zone: "UTC", weekly: [{ days: [0], from: "09:00", to: "10:00" }] },
    { zone: "UTC", weekly: [], exceptions: [{ from: "2026-02-30", to: "2026-03-01", name: "n" }] },
    { zone: "UTC", weekly: [], exceptions: [{ from: "2026-03-02", to: "2026-03-01", name: "n" }] },
  ];
  for (const body of bad) assert.equal(Calendar.safeParse({ name: "n", ...body }).success, false, JSON.stringify(body));
});

/** The naive rule of issue 2, by the wall clock of Intl alone: what `openingsOf` must agree with at every instant. */
function openByTheClock(hours: Calendar, nowMs: number): boolean {
  const part: Record<string, string> = {};
  for (const { type, value } of new Intl.DateTimeFormat("en-GB", { timeZone: hours.zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(nowMs)) part[type] = value;
  const date = Date.parse(`${part.year}-${part.month}-${part.day}T00:00:00Z`);
  const minute = Number(part.hour) * 60 + Number(part.minute);
  const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const on = (day: number): Calendar["weekly"] => hours.weekly.filter((o) => o.days.includes(new Date(day).getUTCDay() || 7));
  return (
    on(date).some((o) => minute >= minutes(o.from) && (minutes(o.to) <= minutes(o.from) || minute < minutes(o.to))) ||
    on(date - DAY).some((o) => minutes(o.to) <= minutes(o.from) && minute < minutes(o.to))
  );
}

test("for any week in any zone, at any minute near any clock change: open exactly when the wall clock says so, and nextOpen is the first such minute", () => {
  const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45)).map(([h, m]) => `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`);
  const opening = fc.record({ days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), from: time, to: fc.oneof(time, fc.constant("24:00")) });
  const zones = fc.constantFrom("Europe/Paris", "America/New_York", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC");
  const days = fc.constantFrom("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-09-06", "2026-10-04", "2026-02-15", "2026-03-22", "2027-01-01", "2026-07-01");
  fc.assert(
    fc.property(zones, fc.array(opening, { maxLength: 4 }), days, fc.integer({ min: -2_000, max: 2_000 }), (zone, weekly, day, minutes) => {
      const hours = calendar({ zone, weekly });
      const now = at(`${day}T00:00:00Z`) + minutes * 60_000;
      const state = hoursAt(hours, null, now, "fr");
      assert.equal(state.state === "open", openByTheClock(hours, now));
      assert.equal(openingsOf(hours, null, now, now + 60_000).length > 0, openByTheClock(hours, now));
      if (state.nextOpenMs !== null) {
        assert.equal(openByTheClock(hours, state.nextOpenMs), true);
        assert.equal(openByTheClock(hours, state.nextOpenMs - 60_000), false);
      }
      if (state.nextChangeMs !== null) assert.notEqual(openByTheClock(hours, state.nextChangeMs), openByTheClock(hours, state.nextChangeMs - 60_000));
      assert.deepEqual(hoursAt(hours, null, now + 30_000, "fr").state, state.state, "what is kept from the last question still holds");
    }),
    { numRuns: 600, seed: 4 },
  );
});

test("the wall clock of every zone at every quarter of an hour around a change is that of Intl", () => {
  for (const zone of ["Europe/Paris", "Asia/Beirut", "Australia/Lord_Howe", "America/Havana"])
    for (let atMs = at("2026-01-01T00:00:00Z"); atMs < at("2026-12-31T00:00:00Z"); atMs += 6 * 3_600_000 + 900_000) {
      const iso = new Date(wallOf(zone, atMs)).toISOString().slice(0, 16).replace("T", " ");
      assert.equal(iso, new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(atMs));
    }
});
