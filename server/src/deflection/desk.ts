/** The room in one piece: calendars and settings read together. Settings stand in the directory; what they may not say is told by `refusal`. */
import type { ContactChannel, DeflectionPreview, DeflectionProblem, HoursNow, Slot, TransferQueue } from "@tandem/protocol/hours";
import { ContactChannel as Channels } from "@tandem/protocol/hours";
import type { HoursOf } from "@tandem/protocol/flow/flow";
import type { QueueSetting, QueueSettingKind } from "@tandem/protocol/queue-settings";
import { createCalendars, type Calendars, type CalendarsOptions } from "./calendars.ts";
import { byChannel, decide, LAST_DRAW, type Decision, type Ground, type Language, type Question, type QueueLive } from "./decide.ts";
import { findLoop, withSetting } from "./loops.ts";
import { pageOptions, type PageOptions, type PageQuestion } from "./page-options.ts";
import { deflectionProblems, isAssistantMissing, type ProblemGround } from "./problems.ts";
import { transferQueues, type TransferQuestion } from "./transfer-queues.ts";

/** The settings that this room understands. */
export const DEFLECTION_KINDS = ["deflection", "queue-deflection", "over-capacity", "redirection"] as const satisfies QueueSettingKind[];
export type DeflectionKind = (typeof DEFLECTION_KINDS)[number];

export interface DeflectionOptions extends Omit<CalendarsOptions, "queueExists"> {
  settings: Pick<Ground, "get" | "own">;
  queue(id: string): { name: string } | null;
  queueIds(): readonly string[];
  schedules(queueId: string): boolean;
  /** How many agents could be given a contact of this queue. */
  people(queueId: string): number;
  /** The centre's own language. */
  language: Language;
}

export interface Deflection {
  calendars: Calendars;
  hoursOf(of: HoursOf, channel: ContactChannel | null, language: Language, nowMs: number): HoursNow;
  /** Open spans within [fromMs, toMs), in order: callbacks are booked in them. */
  openings(queueId: string, channel: ContactChannel | null, language: Language, fromMs: number, toMs: number): Slot[];
  decide(question: Question): Decision | null;
  /** Dated callbacks are offered for this queue. */
  schedules(queueId: string): boolean;
  language: Language;
  transferQueues(question: TransferQuestion): TransferQueue[];
  pageOptions(question: PageQuestion): Promise<PageOptions>;
  /** What would happen to each channel of a queue: shares apart, they are drawn (but for those of everybody). */
  preview(queueId: string, language: Language, nowMs: number, live: (queueId: string) => QueueLive): DeflectionPreview[];
  problems(nowMs: number): DeflectionProblem[];
  /** What this setting may not say; null = nothing. A body null removes it: that may close a circle, too. */
  refusal<K extends DeflectionKind>(kind: K, queueId: string, body: QueueSetting<K> | null, nowMs: number): { ok: false; code: "unknown-reference" | "redirect-loop"; field: string; names?: string[] } | null;
  /** A setting sends contacts to this queue: it is not removed. */
  leadsTo(queueId: string): boolean;
}

export async function createDeflection(options: DeflectionOptions): Promise<Deflection> {
  const { settings, queue, queueIds, schedules, people, language } = options;
  const calendars = await createCalendars({ ...options, queueExists: (id) => queue(id) !== null });
  const ground: ProblemGround = {
    get: settings.get,
    own: settings.own,
    queue,
    queueIds,
    schedules,
    people,
    language,
    hours: (queueId, channel, lang, nowMs) => calendars.hoursOf({ kind: "queue", queueId }, channel, lang, nowMs),
    openings: (queueId, channel, fromMs, toMs, lang = language) => calendars.openings(queueId, channel, lang, fromMs, toMs),
  };
  /** A year's openings are computed once a calendar: queues are many, calendars few. */
  const asked = (): ProblemGround => {
    const found = new Map<string, readonly Slot[]>();
    return {
      ...ground,
      openings(queueId, channel, fromMs, toMs, lang = language) {
        const key = `${fromMs} ${toMs} ${calendars.idFor({ queueId, channel, language: lang })}`;
        const open = found.get(key) ?? calendars.openings(queueId, channel, lang, fromMs, toMs);
        found.set(key, open);
        return open;
      },
    };
  };
  return {
    calendars,
    hoursOf: calendars.hoursOf,
    openings: calendars.openings,
    decide: (question) => decide(ground, question),
    schedules,
    language,
    transferQueues: (question) => transferQueues(ground, question),
    pageOptions: (question) => pageOptions(ground, question),
    preview: (queueId, lang, nowMs, live) =>
      Channels.options.map((channel) => {
        const who = { queueId, channel, language: lang };
        const decision = decide(ground, { ...who, nowMs, live, dice: LAST_DRAW });
        const deflected = decision && { why: decision.why, goes: decision.flow ? decision.goes : ("queue" as const), queueId: decision.flow ? decision.by : decision.queueId };
        return { queueId, channel, hours: ground.hours(queueId, channel, lang, nowMs), calendarId: calendars.idFor(who), deflected };
      }),
    problems: (nowMs) => deflectionProblems(asked(), nowMs),
    refusal(kind, queueId, body, nowMs) {
      if (body !== null && targetsOf(kind, body).some((target) => queue(target) === null)) return { ok: false, code: "unknown-reference", field: "queueId" };
      if (kind === "queue-deflection" && isAssistantMissing(ground, body as QueueSetting<"queue-deflection"> | null)) return { ok: false, code: "unknown-reference", field: "virtualAgent" };
      const loop = findLoop(withSetting(ground, kind, queueId, body), nowMs);
      // One that hours made before is not this setting's fault, and must not keep the others from being changed.
      if (loop === null || JSON.stringify(loop) === JSON.stringify(findLoop(ground, nowMs))) return null;
      return { ok: false, code: "redirect-loop", field: "queueId", names: loop.map(({ from }) => queue(from)?.name ?? from) };
    },
    leadsTo: (queueId) => ["", ...queueIds()].some((of) => DEFLECTION_KINDS.some((kind) => { const body = settings.own(kind, of); return body !== null && targetsOf(kind, body).includes(queueId); })),
  };
}

/** Every queue that a setting names. */
function targetsOf<K extends DeflectionKind>(kind: K, body: QueueSetting<K>): string[] {
  const of = <J extends DeflectionKind>(name: J): QueueSetting<J> | null => ((kind as string) === name ? (body as unknown as QueueSetting<J>) : null);
  const found: string[] = [];
  const deflection = of("deflection");
  if (deflection?.calls.ivr.kind === "queue") found.push(deflection.calls.ivr.queueId);
  const own = of("queue-deflection");
  if (own?.ivr && own.ivr !== "off" && own.ivr.kind === "queue") found.push(own.ivr.queueId);
  if (own?.mobile && own.mobile !== "off" && own.mobile.to === "queue") found.push(own.mobile.queueId);
  const busy = of("over-capacity");
  if (busy)
    for (const channel of Channels.options) {
      const target = byChannel(busy.then, channel);
      if (target?.kind === "queue") found.push(target.queueId);
    }
  found.push(...(of("redirection")?.shares ?? []).map((share) => share.queueId));
  return found;
}
