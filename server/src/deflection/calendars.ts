/**
 * Calendars, and whom each holds for. Small and read at every contact, so they live in memory; every write goes to PostgreSQL first, one
 * after another. A calendar that a rule or a flow uses is not removed; the whole centre's is always there (open at all hours until set).
 */
import { Calendar, GLOBAL_CALENDAR, HoursRule, type ContactChannel, type HoursNow, type Slot } from "@tandem/protocol/hours";
import { ruleFor, weightOf } from "@tandem/protocol/hours-closed";
import type { HoursFor } from "@tandem/protocol/hours-closed";
import type { HoursOf } from "@tandem/protocol/flow/flow";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { takesTurns } from "../base/in-turn.ts";
import type { Log } from "../base/log.ts";
import { type Db, DbError } from "../db/db.ts";
import { hoursAt, openingsOf } from "./calendar.ts";
import { loadHolidays, type Holidays } from "./holidays.ts";

type Language = "fr" | "en";

export interface CalendarRefusal {
  ok: false;
  code: "taken" | "in-use" | "not-found" | "unknown-reference" | "contradiction";
  field?: string;
}
export type CalendarWritten = { ok: true; id: string } | CalendarRefusal;

export interface Calendars {
  list(): (Calendar & { id: string })[];
  get(id: string): Calendar | null;
  rules(): readonly HoursRule[];
  put(id: string | null, body: Calendar): Promise<CalendarWritten>;
  remove(id: string): Promise<CalendarWritten>;
  /** All of them at once: they are judged together. */
  putRules(rules: readonly HoursRule[]): Promise<{ ok: true } | CalendarRefusal>;
  /** The rule that holds, by the order of precedence; its calendar's id, the whole centre's when there is none. */
  idFor(who: HoursFor): string;
  hoursOf(of: HoursOf, channel: ContactChannel | null, language: Language, nowMs: number): HoursNow;
  openings(queueId: string, channel: ContactChannel | null, language: Language, fromMs: number, toMs: number): Slot[];
  /** Its rules go with it. */
  queueGone(queueId: string): Promise<void>;
  onChange(hear: () => void): void;
  reload(): Promise<void>;
}

export interface CalendarsOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  /** Of the centre: until its hours are set it is open, in this zone. */
  timeZone: string;
  queueExists(id: string): boolean;
  /** A flow asks this calendar by its id. */
  inFlow(calendarId: string): boolean;
}

export async function createCalendars({ db, clock, chance, log, timeZone, queueExists, inFlow }: CalendarsOptions): Promise<Calendars> {
  const calendars = new Map<string, Calendar>();
  let rules: readonly HoursRule[] = [];
  let holidays: Holidays | null = null;
  const hearers: (() => void)[] = [];
  const always: Calendar = Calendar.parse({ name: "24/7", zone: timeZone, weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] });
  /** Each write checks what the one before it left. */
  const inTurn = takesTurns();
  const tell = (): void => {
    for (const hear of hearers) hear();
  };
  const needHolidays = async (body: Calendar): Promise<void> => {
    if (body.holidays.places.length > 0) holidays = await loadHolidays();
  };

  const load = async (): Promise<void> => {
    const rows = await db.query<{ id: string; body: unknown }>("SELECT id, body FROM calendar ORDER BY name");
    const stored = await db.query<{ queue_id: string; channel: string; language: string; calendar_id: string }>("SELECT queue_id, channel, language, calendar_id FROM hours_rule ORDER BY queue_id, channel, language");
    const found = new Map<string, Calendar>();
    for (const { id, body } of rows) {
      const read = Calendar.safeParse(body);
      if (read.success) {
        await needHolidays(read.data);
        found.set(id, read.data);
      } else log.error({ id, why: read.error.message }, "a stored calendar cannot be read: the whole centre's hours hold until it is saved again");
    }
    // all at once: who rings meanwhile must not find a centre that is always open
    calendars.clear();
    for (const [id, body] of found) calendars.set(id, body);
    const read = HoursRule.array().safeParse(stored.map((r) => ({ queueId: r.queue_id || null, channel: r.channel || null, language: r.language || null, calendarId: r.calendar_id })));
    if (read.success) rules = read.data;
    else log.error({ why: read.error.message }, "the stored rules of opening hours cannot be read: the whole centre's hours hold for everybody");
  };
  await load();

  const get = (id: string): Calendar | null => calendars.get(id) ?? (id === GLOBAL_CALENDAR ? always : null);
  const idFor = (who: HoursFor): string => {
    const rule = ruleFor(rules, who);
    return rule !== null && calendars.has(rule.calendarId) ? rule.calendarId : GLOBAL_CALENDAR;
  };
  const whole = (): Calendar => calendars.get(GLOBAL_CALENDAR) ?? always;
  const calendarOf = (of: HoursOf, channel: ContactChannel | null, language: Language): Calendar => {
    switch (of.kind) {
      case "calendar":
        return get(of.calendarId) ?? whole(); // a flow that was imported may name one that is not here: better the centre's hours than none
      case "global":
        return get(idFor({ queueId: null, channel, language })) ?? whole();
      case "queue":
        return get(idFor({ queueId: of.queueId, channel, language })) ?? whole();
    }
  };

  return {
    list: () => [{ ...whole(), id: GLOBAL_CALENDAR }, ...[...calendars].filter(([id]) => id !== GLOBAL_CALENDAR).map(([id, body]) => ({ ...body, id }))],
    get,
    rules: () => rules,
    put: (id, body) =>
      inTurn(async () => {
        if (id !== null && id !== GLOBAL_CALENDAR && !calendars.has(id)) return { ok: false, code: "not-found" };
        await needHolidays(body);
        if (body.holidays.places.some((place) => !holidays!.isKnown(place))) return { ok: false, code: "unknown-reference", field: "holidays" };
        const calendarId = id ?? newId("cal", clock.now(), chance);
        try {
          await db.query("INSERT INTO calendar (id, name, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = $2, body = $3", [calendarId, body.name, JSON.stringify(body)]);
        } catch (error) {
          if (error instanceof DbError && error.code === "duplicate") return { ok: false, code: "taken", field: "name" };
          throw error;
        }
        calendars.set(calendarId, body);
        tell();
        return { ok: true, id: calendarId };
      }),
    remove: (id) =>
      inTurn(async () => {
        if (!calendars.has(id)) return { ok: false, code: "not-found" };
        if (rules.some((rule) => rule.calendarId === id) || (id !== GLOBAL_CALENDAR && inFlow(id))) return { ok: false, code: "in-use" };
        await db.query("DELETE FROM calendar WHERE id = $1", [id]);
        calendars.delete(id);
        tell();
        return { ok: true, id };
      }),
    putRules: (wanted) =>
      inTurn(async () => {
        if (wanted.some((r) => r.queueId !== null && !queueExists(r.queueId))) return { ok: false, code: "unknown-reference", field: "queueId" };
        if (wanted.some((r) => !calendars.has(r.calendarId) && r.calendarId !== GLOBAL_CALENDAR)) return { ok: false, code: "unknown-reference", field: "calendarId" };
        if (wanted.some((r) => weightOf(r) === 0)) return { ok: false, code: "contradiction", field: "calendarId" }; // for everybody: that is the whole centre's calendar
        if (new Set(wanted.map((r) => [r.queueId ?? "", r.channel ?? "", r.language ?? ""].join(" "))).size < wanted.length) return { ok: false, code: "contradiction", field: "rules" };
        await db.transaction(async (tx) => {
          if (wanted.some((r) => r.calendarId === GLOBAL_CALENDAR)) await tx.query("INSERT INTO calendar (id, name, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", [GLOBAL_CALENDAR, whole().name, JSON.stringify(whole())]);
          await tx.query("DELETE FROM hours_rule");
          for (const r of wanted) await tx.query("INSERT INTO hours_rule (queue_id, channel, language, calendar_id) VALUES ($1, $2, $3, $4)", [r.queueId ?? "", r.channel ?? "", r.language ?? "", r.calendarId]);
        });
        if (wanted.some((r) => r.calendarId === GLOBAL_CALENDAR)) calendars.set(GLOBAL_CALENDAR, whole());
        rules = [...wanted];
        tell();
        return { ok: true };
      }),
    idFor,
    hoursOf: (of, channel, language, nowMs) => hoursAt(calendarOf(of, channel, language), holidays, nowMs, language),
    openings: (queueId, channel, language, fromMs, toMs) => openingsOf(calendarOf({ kind: "queue", queueId }, channel, language), holidays, fromMs, toMs),
    queueGone: (queueId) =>
      inTurn(async () => {
        await db.query("DELETE FROM hours_rule WHERE queue_id = $1", [queueId]);
        rules = rules.filter((rule) => rule.queueId !== queueId);
        tell();
      }),
    onChange: (hear) => void hearers.push(hear),
    reload: () => inTurn(load),
  };
}
