/** Hours and deflection wired: what the centre asks when a contact ends at a queue, what agents and pages are shown. */
import type { ContactChannel, Slot } from "@tandem/protocol/hours";
import { ChosenOption } from "@tandem/protocol/hours";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { z } from "zod";
import type { HoursDesk } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Centre } from "../centre/centre.ts";
import type { Db } from "../db/db.ts";
import { createDeflection, DEFLECTION_KINDS, LAST_DRAW, passedOf, type QueueLive } from "../deflection/deflection.ts";
import { servesQueue, type Directory, type QueueSettings } from "../directory/directory.ts";
import type { Interaction } from "../hub/hub.ts";

type Language = "fr" | "en";

export interface DeflectionSetupOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  directory: Directory;
  queueSettings: QueueSettings;
  timeZone: string;
  language: Language;
  centre(): Centre;
  /** The number that calls and chats from a page reach. */
  webNumber: string | null;
}

/** Free slots of a queue's dated callbacks. */
export type SlotsOf = (queueId: string, language: Language) => Promise<readonly Slot[]> | readonly Slot[];

export interface DeflectionSetup extends HoursDesk {
  /**
   * `FlowPorts.deflect` of the centre: asked when a flow ends at a queue and at a transfer to one; with `waits` of who waits already, at overflow and
   * where nobody is there any more. Null = the queue takes it.
   */
  deflect(it: Interaction, queueId: string, waits?: boolean): null | { queueId: string } | { flow: FlowDocument };
  /** Of who calls from a page and chose there what is offered in the place of the queue: no menu is heard first. Null = nothing was chosen, or the queue takes them by now. */
  chosen(it: Interaction): null | { queueId: string; flow: FlowDocument };
  /** Until callbacks are served, none is offered. */
  serve(slots: SlotsOf): void;
}

/** How a contact came, in the words of the settings. Null = never deflected: a call that we make, or a medium that waits. */
export function channelOf(it: Pick<Interaction, "traits" | "context">): ContactChannel | null {
  switch (it.traits.medium) {
    case "voice":
      // a page says its address; its telephone's shape says so
      return it.context.url === undefined ? "ivr" : it.context.device === "mobile" ? "mobile" : "web";
    case "chat":
      return "chat";
    case "message":
      return "sms";
    case "email":
      return "email";
    default:
      return null;
  }
}

/** Of a flow, whatever its format: where it leads who asks for a person. */
const WithPerson = z.object({ reachHuman: z.object({ queueId: z.string() }) });

/** The queue where who comes from a page waits at last. */
function pageQueue(directory: Directory, webNumber: string | null): string | null {
  const number = (webNumber === null ? null : directory.numberOf(webNumber)) ?? directory.numbers()[0];
  const flow = WithPerson.safeParse(number && directory.flow(number.flowId)?.definition);
  return flow.success && directory.queue(flow.data.reachHuman.queueId) ? flow.data.reachHuman.queueId : null;
}

export async function setUpDeflection(options: DeflectionSetupOptions): Promise<DeflectionSetup> {
  const { db, clock, chance, log, directory, queueSettings, centre, language } = options;
  let slotsOf: SlotsOf | null = null;
  const schedules = (queueId: string): boolean => slotsOf !== null && queueSettings.get("callback", queueId).dated;
  const queueIds = (): string[] => directory.queues().map(({ id }) => id);
  const deflection = await createDeflection({
    db, clock, chance, log, language,
    timeZone: options.timeZone,
    settings: { get: (kind, queueId) => queueSettings.get(kind, queueId), own: (kind, queueId) => queueSettings.own(kind, queueId) },
    queue: (id) => directory.queue(id),
    queueIds,
    schedules,
    people: (queueId) => directory.users().filter((user) => servesQueue(user, queueId)).length,
    inFlow: (calendarId) => directory.flows().some(({ definition }) => JSON.stringify(definition).includes(JSON.stringify(calendarId))),
  });
  for (const kind of DEFLECTION_KINDS) queueSettings.check(kind, (queueId, body) => deflection.refusal(kind, queueId, body, clock.now()));
  directory.onChange(({ kind, id, gone }) => {
    if (kind === "queue" && gone) deflection.calendars.queueGone(id).catch((error: Error) => log.warn({ queueId: id, why: error.message }, "hours of a queue that is gone stay in the database; nothing reads them"));
  });

  const live = (queueId: string): QueueLive => {
    const { count, oldestSinceMs, freeAgents, staffed } = centre().queueLive(queueId);
    return { waiting: count, longestWaitMs: oldestSinceMs === null ? 0 : Math.max(0, clock.now() - oldestSinceMs), freeAgents, staffed };
  };

  /** A queue that a page names: kept inside by its setting, it counts only where one that is not leads such contacts there now. */
  const forPages = (named: string, channel: "web" | "mobile", lang: Language): string | null => {
    if (!directory.queue(named)) return null;
    const isOpen = (queueId: string): boolean => queueSettings.get("pages", queueId).reachable;
    const leadsThere = (queueId: string): boolean => {
      const decision = isOpen(queueId) ? deflection.decide({ queueId, channel, live, language: lang, nowMs: clock.now(), dice: LAST_DRAW, chosen: null, passed: [], waits: false }) : null;
      return decision !== null && (decision.flow ? decision.by : decision.queueId) === named;
    };
    return isOpen(named) || queueIds().some(leadsThere) ? named : null;
  };

  const deflect: DeflectionSetup["deflect"] = (it, queueId, waits = false) => {
    const channel = channelOf(it);
    if (channel === null) return null;
    // Who spoke with somebody since is not going round: a transfer begins anew.
    const talkedMs = it.segments.findLast(({ kind }) => kind === "talk")?.sinceMs ?? 0;
    const passed = passedOf(it.data).filter(({ atMs }) => atMs >= talkedMs);
    // What was chosen on the page was chosen for the beginning: who is handed over, or comes back, is asked.
    const chosen = talkedMs === 0 && passed.length === 0 ? ChosenOption.safeParse(it.context.chosen).data : undefined;
    const decision = deflection.decide({
      queueId, channel, live, language: it.language, nowMs: clock.now(), dice: chance.next(), chosen: chosen ?? null, passed, waits,
    });
    return decision === null ? null : decision.flow ? { flow: decision.flow } : { queueId: decision.queueId };
  };

  return {
    deflection,
    deflect,
    chosen(it) {
      const channel = channelOf(it);
      if ((channel !== "web" && channel !== "mobile") || it.context.chosen === undefined) return null;
      const named = it.context.chosenQueue;
      const queueId = (named === undefined ? null : forPages(named, channel, it.language)) ?? pageQueue(directory, options.webNumber);
      const to = queueId === null ? null : deflect(it, queueId);
      return queueId !== null && to && "flow" in to ? { queueId, flow: to.flow } : null;
    },
    transferQueues(it) {
      const channel = channelOf(it) ?? "ivr";
      return deflection.transferQueues({ queueIds: queueIds(), channel, language: it.language, nowMs: clock.now(), live });
    },
    preview: (nowMs, lang) => queueIds().flatMap((queueId) => deflection.preview(queueId, lang, nowMs, live)),
    async widgetOptions({ queueId: asked, channel, language: lang, calls, device }) {
      const queueId = (asked === null ? null : forPages(asked, channel, lang)) ?? pageQueue(directory, options.webNumber);
      if (queueId === null) return { why: null, nextOpenMs: null, queueId: null, options: [...(calls ? [{ kind: "call" as const }] : []), { kind: "chat" }] };
      const nowMs = clock.now();
      return { queueId, ...(await deflection.pageOptions({ queueId, channel, language: lang, nowMs, live, dice: LAST_DRAW, calls, slots: (of) => slotsOf?.(of, lang) ?? [], device })) };
    },
    serve: (slots) => void (slotsOf = slots),
  };
}
