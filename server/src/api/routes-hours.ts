import { Calendar, DeflectionPreview, DeflectionProblem, HolidayView, HoursRule, type HolidayPlace, type KeptHoliday, type TransferQueue, type WidgetOptions } from "@tandem/protocol/hours";
import { Language } from "@tandem/protocol";
import { z } from "zod";
import { type Deflection, loadHolidays } from "../deflection/deflection.ts";
import type { Interaction } from "../hub/hub.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";
import { languageOf } from "./words.ts";

/** Hours and deflection: the room, and what it says with the live centre beside it. */
export interface HoursDesk {
  deflection: Deflection;
  /** Queues that this contact may be handed to (AHD-03). */
  transferQueues(it: Interaction): TransferQueue[];
  preview(nowMs: number, language: "fr" | "en"): DeflectionPreview[];
  widgetOptions(asked: { queueId: string | null; channel: "web" | "mobile"; language: "fr" | "en"; calls: boolean; device: Readonly<Record<string, string>> }): Promise<WidgetOptions>;
}

const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
const Id = z.object({ id: z.string().min(1).max(64) });
const WithId = Calendar.and(Id);
const Created = z.object({ id: z.string() });
/** Attack: a rule for every combination, again and again. Queues x channels x languages of a large centre fit. */
const MAX_RULES = 5_000;
const Rules = z.object({ rules: z.array(HoursRule).max(MAX_RULES) });
const year = z.coerce.number().int().min(1970).max(2200);
const at = z.coerce.number().int().min(0).max(Date.UTC(2200, 0)).optional();
const place = z.string().min(1).max(20).optional();
/** As many as a calendar takes. */
const MAX_PLACES = 5;
const PlaceCode = z.string().regex(/^[^,]{1,20}(,[^,]{1,20}){0,2}$/);
const Names = z.record(z.string(), z.string());

export function hoursRoutes(app: ApiApp, { hours, clock, directory }: ApiOptions): void {
  const { deflection } = hours;
  const { calendars } = deflection;

  app.get("/api/hours/calendars", { config: { who: READ }, schema: { response: { 200: z.array(WithId) }, summary: "Calendars; the first is the whole centre's" } }, async () => calendars.list());
  app.post("/api/hours/calendars", { config: { who: WRITE }, schema: { body: Calendar, response: { 200: Created }, summary: "Create a calendar" } }, async (request, reply) => {
    const done = await calendars.put(null, request.body);
    return done.ok ? reply.send({ id: done.id }) : refuse(request, reply, done.code, done.field);
  });
  app.put("/api/hours/calendars/:id", { config: { who: WRITE }, schema: { params: Id, body: Calendar, response: { 200: Created }, summary: "Change a calendar; holds at once" } }, async (request, reply) => {
    const done = await calendars.put(request.params.id, request.body);
    return done.ok ? reply.send({ id: done.id }) : refuse(request, reply, done.code, done.field);
  });
  app.delete("/api/hours/calendars/:id", { config: { who: WRITE }, schema: { params: Id, summary: "Delete a calendar that nothing uses; the whole centre's is open at all hours again" } }, async (request, reply) => {
    const done = await calendars.remove(request.params.id);
    return done.ok ? reply.code(204).send() : refuse(request, reply, done.code, done.field);
  });
  app.get("/api/hours/calendars/:id/holidays", { config: { who: READ }, schema: { params: Id, querystring: z.object({ year }), response: { 200: z.array(HolidayView) }, summary: "A calendar's public holidays of a year, and which are kept open" } }, async (request, reply) => {
    const calendar = calendars.get(request.params.id);
    if (!calendar) return refuse(request, reply, "not-found");
    return reply.send(await holidaysOf(calendar.holidays.places, request.query.year, calendar.holidays.kept));
  });
  app.get("/api/hours/holidays", { config: { who: READ }, schema: { querystring: z.object({ year, place: z.union([PlaceCode, z.array(PlaceCode).max(MAX_PLACES)]) }), response: { 200: z.array(HolidayView) }, summary: "Public holidays of places that no calendar has yet (place: FR, or DE,BY, or DE,BY,A; one or several)" } }, async (request, reply) => {
    const { place: codes, year: of } = request.query;
    const places = [codes].flat().map((code) => {
      const [country = "", state, region] = code.split(",");
      return { country, ...(state !== undefined && { state }), ...(region !== undefined && { region }) };
    });
    const holidays = await loadHolidays();
    return places.every((one) => holidays.isKnown(one)) ? reply.send(await holidaysOf(places, of, [])) : refuse(request, reply, "unknown-reference", "place");
  });
  app.get("/api/hours/places", { config: { who: READ }, schema: { querystring: z.object({ country: place, state: place, language: Language.optional() }), response: { 200: Names }, summary: "Countries, or the parts of one, or the regions of a part, by code" } }, async (request) => {
    const { country, state } = request.query;
    const language = request.query.language ?? languageOf(request.headers["accept-language"]);
    const holidays = await loadHolidays();
    if (country === undefined) return holidays.countries(language);
    return state === undefined ? holidays.states(country, language) : holidays.regions(country, state, language);
  });
  app.get("/api/hours/rules", { config: { who: READ }, schema: { response: { 200: Rules }, summary: "Which calendar holds for which queue, channel and language" } }, async () => ({ rules: [...calendars.rules()] }));
  app.put("/api/hours/rules", { config: { who: WRITE }, schema: { body: Rules, response: { 200: Rules }, summary: "Change them, all at once" } }, async (request, reply) => {
    const done = await calendars.putRules(request.body.rules);
    return done.ok ? reply.send({ rules: [...calendars.rules()] }) : refuse(request, reply, done.code, done.field);
  });
  app.get("/api/hours/preview", { config: { who: READ }, schema: { querystring: z.object({ at, queue: z.string().max(64).optional(), language: Language.optional() }), response: { 200: z.array(DeflectionPreview) }, summary: "What would happen now, or at an instant, to each queue's contacts by channel" } }, async (request, reply) => {
    const { queue, language } = request.query;
    if (queue !== undefined && !directory.queue(queue)) return refuse(request, reply, "not-found");
    return hours.preview(request.query.at ?? clock.now(), language ?? "fr").filter((one) => queue === undefined || one.queueId === queue);
  });
  app.get("/api/hours/problems", { config: { who: READ }, schema: { response: { 200: z.array(DeflectionProblem) }, summary: "Queues that never open, deflections that leave nobody reachable" } }, async () => deflection.problems(clock.now()));
}

/** Of all these places together, in order; what several have is there once. */
async function holidaysOf(places: readonly HolidayPlace[], wanted: number, kept: readonly KeptHoliday[]): Promise<HolidayView[]> {
  const holidays = await loadHolidays();
  const seen = new Set<string>();
  return places
    .flatMap((one) => holidays.ofYear(one, wanted))
    .filter(({ date, rule }) => seen.size < seen.add(`${date} ${rule}`).size)
    .toSorted((a, b) => a.span.startMs - b.span.startMs)
    .map(({ span, date, rule, name, substitute }) => {
      const until = new Date(span.endMs - 1).toISOString().slice(0, 10);
      return { date, until, rule, name, substitute, kept: kept.some((k) => k.rule === rule && (k.year === null || k.year === wanted)) };
    });
}
