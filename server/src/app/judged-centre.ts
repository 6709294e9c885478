/**
 * The centre as a proof sees it: its queues, people, hours, settings and published flows of one moment, as plain data that a thread can be given;
 * and the proof's site made of it.
 */
import type { DeflectionWhy } from "@tandem/protocol/hours";
import type { FlowDocument, FlowLanguage, HoursOf, SkillNeed } from "@tandem/protocol/flow/flow";
import { QUEUE_SETTINGS, QueueSettingKind, type QueueSetting } from "@tandem/protocol/queue-settings";
import { waysFrom, type Deflection, type WaysGround } from "../deflection/deflection.ts";
import { servesQueue, WHOLE_CENTRE, type Directory, type QueueRow, type QueueSettings, type UserRow } from "../directory/directory.ts";
import type { Deflected, ProofChannel, ProofQueue, Site } from "../flow/flow.ts";
import { documentOf } from "./flow-document.ts";
import type { HeardItem } from "./speech-seconds.ts";

const LANGUAGES = ["fr", "en"] as const;
const CHANNELS = ["ivr", "web", "mobile", "chat", "sms"] as const satisfies ProofChannel[];

interface Ever {
  everOpen: boolean;
  everClosed: boolean;
}
export interface JudgedCentre {
  zone: string;
  country: string;
  /** Its own language. */
  language: FlowLanguage;
  hearsFreely: boolean;
  queues: readonly { row: QueueRow; hours: Ever; schedules: boolean }[];
  hours: Ever;
  calendars: readonly { id: string; hours: Ever }[];
  staff: readonly Pick<UserRow, "active" | "roles" | "queueIds" | "skills">[];
  settings: readonly { kind: QueueSettingKind; queueId: string; body: unknown }[];
  /** As they stand: read where they are asked for. */
  flows: readonly { id: string; definition: unknown }[];
  /** Entries of the prompt table that have a file. */
  recordings: readonly string[];
}

export interface JudgedCentreOptions {
  nowMs: number;
  directory: Pick<Directory, "queues" | "users" | "flows">;
  queueSettings: Pick<QueueSettings, "own">;
  deflection: Pick<Deflection, "hoursOf" | "calendars" | "schedules" | "language">;
  /** What has a file: `recordingKey`s. */
  recordings: readonly string[];
  /** A recogniser of whole sentences is configured. */
  hearsFreely: boolean;
  zone: string;
  country: string;
}

export const recordingKey = (promptId: string, language: FlowLanguage): string => `${language} ${promptId}`;
export const heardKey = ({ text, promptId, language }: HeardItem): string => `${language} ${promptId ?? ""} ${text}`;

export function judgedCentre({ nowMs, directory, queueSettings, deflection, recordings, hearsFreely, zone, country }: JudgedCentreOptions): JudgedCentre {
  const hoursOf = (of: HoursOf): Ever => {
    const all = CHANNELS.flatMap((channel) => LANGUAGES.map((language) => deflection.hoursOf(of, channel, language, nowMs)));
    return {
      everOpen: all.some(({ state, nextOpenMs }) => state === "open" || nextOpenMs !== null),
      everClosed: all.some(({ state, nextChangeMs }) => state !== "open" || nextChangeMs !== null),
    };
  };
  const queues = directory.queues();
  return {
    zone, country, hearsFreely, recordings,
    language: deflection.language,
    queues: queues.map((row) => ({ row, hours: hoursOf({ kind: "queue", queueId: row.id }), schedules: deflection.schedules(row.id) })),
    hours: hoursOf({ kind: "global" }),
    calendars: deflection.calendars.list().map(({ id }) => ({ id, hours: hoursOf({ kind: "calendar", calendarId: id }) })),
    staff: directory.users().filter(({ active, roles }) => active && roles.includes("agent")).map(({ active, roles, queueIds, skills }) => ({ active, roles, queueIds, skills })),
    settings: [WHOLE_CENTRE, ...queues.map(({ id }) => id)].flatMap((queueId) =>
      QueueSettingKind.options.flatMap((kind) => {
        const body = queueSettings.own(kind, queueId);
        return body === null ? [] : [{ kind, queueId, body }];
      }),
    ),
    flows: directory.flows().map(({ id, definition }) => ({ id, definition })),
  };
}

/** `seconds`: of what is heard. Made for one proof after another of the same moment: what was found is kept. */
export function siteOf(centre: JudgedCentre, seconds: (item: HeardItem) => number): Site {
  const settings = new Map(centre.settings.map(({ kind, queueId, body }) => [`${kind} ${queueId}`, body]));
  const defaults = memo((kind) => QUEUE_SETTINGS[kind as QueueSettingKind].schema.parse({}));
  const own = <K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K> | null => (settings.get(`${kind} ${queueId}`) as QueueSetting<K> | undefined) ?? null;
  const get = <K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K> => own(kind, queueId) ?? own(kind, WHOLE_CENTRE) ?? (defaults(kind) as QueueSetting<K>);
  const queues = new Map(centre.queues.map((queue) => [queue.row.id, queue]));
  const calendars = new Map(centre.calendars.map(({ id, hours }) => [id, hours]));
  const flows = new Map(centre.flows.map(({ id, definition }) => [id, definition]));
  const recorded = new Set(centre.recordings);
  const ground: WaysGround = { get, own, made: new Map(), language: centre.language, queue: (id) => queues.get(id)?.row ?? null, schedules: (id) => queues.get(id)?.schedules === true };
  return {
    channels: [],
    queue: memo((id: string) => {
      const found = queues.get(id);
      return found ? queueOf(found.row, found.hours, centre.staff.filter((user) => servesQueue(user, id)), ground) : null;
    }),
    flow: memo((id: string): FlowDocument | null => documentOf(flows.get(id))),
    hours(of) {
      switch (of.kind) {
        case "global":
          return centre.hours;
        case "calendar":
          return calendars.get(of.calendarId) ?? null;
        case "queue":
          return queues.get(of.queueId)?.hours ?? centre.hours;
      }
    },
    recorded: (promptId, language) => recorded.has(recordingKey(promptId, language)),
    seconds: ({ text, recordingId }, language) => seconds({ text, promptId: recordingId, language }),
    hears: centre.hearsFreely,
    zone: centre.zone,
    country: centre.country,
    email: get("details", WHOLE_CENTRE).supportEmail,
  };
}

function queueOf(row: QueueRow, { everOpen, everClosed }: Ever, staff: JudgedCentre["staff"], ground: WaysGround): ProofQueue {
  const { id, name } = row;
  const callback = ground.get("callback", id);
  const lowered = row.rings.reduce((sum, { lower }) => sum + lower, 0);
  const ways = memo((question: string): readonly Deflected[] => {
    const { found, channel, before } = JSON.parse(question) as Parameters<ProofQueue["deflect"]>[0];
    const whys = before === null ? [] : (JSON.parse(before) as DeflectionWhy[]);
    return waysFrom(ground, { queueId: id, channel, found, passed: whys.map((why) => ({ queueId: id, why })) }).map((way) => (way.to === "flow" ? { to: "flow", flow: way.flow, memory: remembered([...whys, way.why]) } : way));
  });
  const off = ground.own("queue-deflection", id)?.ivr === "off";
  return {
    id, name, everOpen, everClosed,
    skilledAgents: (needs) => staff.filter((user) => hasAll(user, merged(row.needs, needs), lowered)).length,
    voicemailOwners: staff.length + ground.get("voicemail", id).emails.length,
    callbacks: { inOrder: callback.inOrder, dated: callback.dated && everOpen },
    offersCallback: callback.inOrder && ground.get("waiting", id).callback !== null,
    mayWait: {
      voice: off ? `The calls of “${name}” are never deflected: declared in the settings of the queue` : null,
      // A conversation is not an open line: it stands on both sides until somebody reads it.
      written: "Who writes has an answer as soon as somebody reads it",
    },
    deflect: (question) => ways(JSON.stringify(question)),
  };
}

/** What a next time depends on: that the virtual agent was met, and the first two other times. */
function remembered(whys: readonly DeflectionWhy[]): string {
  const others = whys.filter((why) => why !== "assistant");
  return JSON.stringify([...(whys.includes("assistant") ? ["assistant"] : []), ...others.slice(0, 2)]);
}

/** The higher level wins, as in routing. */
function merged(own: readonly SkillNeed[], more: readonly SkillNeed[]): Map<string, number> {
  const levels = new Map<string, number>();
  for (const { skillId, minLevel } of [...own, ...more]) levels.set(skillId, Math.max(minLevel, levels.get(skillId) ?? 0));
  return levels;
}

function hasAll({ skills }: Pick<UserRow, "skills">, needs: ReadonlyMap<string, number>, lowered: number): boolean {
  return [...needs].every(([skillId, level]) => skills.some((skill) => skill.skillId === skillId && skill.level >= Math.max(1, level - lowered)));
}

function memo<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as T;
  };
}
