/** The proof and the test cases of a flow, with the centre as it is: its queues, people, hours, deflections, and how long words really last. */
import type { Proof } from "@tandem/protocol/flow-studio";
import type { DeflectionWhy } from "@tandem/protocol/hours";
import type { FlowDocument, FlowLanguage, HoursOf, SkillNeed } from "@tandem/protocol/flow/flow";
import type { Clock } from "../base/clock.ts";
import type { Deflection } from "../deflection/deflection.ts";
import { servesQueue, type Directory, type QueueRow, type QueueSettings, type UserRow } from "../directory/directory.ts";
import { playScript, prove, runTests, type Deflected, type ProofChannel, type ProofQueue, type ScriptSite } from "../flow/flow.ts";
import type { FlowDesk } from "../api/api.ts";
import { documentOf } from "./flow-document.ts";
import type { HeardItem, SpeechSeconds } from "./speech-seconds.ts";

/** Words not yet measured are spoken first; whoever waits for a check while editing gets an estimate after so long, and the length at the next check. */
const MEASURE_AT_MOST_MS = 4_000;
const LANGUAGES = ["fr", "en"] as const;
const CHANNELS = ["ivr", "web", "mobile", "chat", "sms"] as const satisfies ProofChannel[];

export interface FlowJudgeOptions {
  clock: Clock;
  directory: Pick<Directory, "queue" | "users" | "user" | "flow">;
  queueSettings: Pick<QueueSettings, "get" | "own">;
  deflection: Pick<Deflection, "hoursOf" | "waysFrom" | "calendars">;
  seconds: SpeechSeconds;
  recorded(promptId: string, language: FlowLanguage): boolean;
  /** A recogniser of whole sentences is configured. */
  hearsFreely: boolean;
  zone: string;
  country(): string;
}

export interface FlowJudge {
  /** `exact`: however long the measuring takes. */
  prove(document: FlowDocument, exact: boolean): Promise<Proof>;
  test(document: FlowDocument): ReturnType<typeof runTests>;
  run(document: FlowDocument, script: Parameters<FlowDesk["run"]>[1]): ReturnType<typeof playScript>;
}

export function createFlowJudge(options: FlowJudgeOptions): FlowJudge {
  const { clock, directory, queueSettings, deflection, seconds } = options;
  const { hoursOf } = deflection;
  const measured = new Set<string>();

  /** As seen now; what it is asked for is remembered, so that one proof asks each once. */
  const siteOf = (asked: Map<string, HeardItem>): ScriptSite => {
    const nowMs = clock.now();
    const hours = memo((key: string) => {
      const all = CHANNELS.flatMap((channel) => LANGUAGES.map((language) => hoursOf(JSON.parse(key) as HoursOf, channel, language, nowMs)));
      return {
        everOpen: all.some(({ state, nextOpenMs }) => state === "open" || nextOpenMs !== null),
        everClosed: all.some(({ state, nextChangeMs }) => state !== "open" || nextChangeMs !== null),
      };
    });
    const flow = memo((id: string) => documentOf(directory.flow(id)?.definition));
    const queue = memo((id: string) => {
      const row = directory.queue(id);
      return row && queueOf(row, { ...hours(JSON.stringify({ kind: "queue", queueId: id } satisfies HoursOf)), staff: directory.users().filter((user) => servesQueue(user, id)), queueSettings, deflection });
    });
    return {
      channels: [],
      queue,
      flow,
      hours: (of) => (of.kind === "calendar" && !deflection.calendars.get(of.calendarId) ? null : hours(JSON.stringify(of))),
      recorded: options.recorded,
      seconds({ text, recordingId }, language) {
        const item = { text, promptId: recordingId, language };
        asked.set(keyOf(item), item);
        return seconds.seconds(item);
      },
      hears: options.hearsFreely,
      zone: options.zone,
      country: options.country(),
      email: queueSettings.get("details", "").supportEmail,
      clockMs: () => clock.now(),
      nowMs,
      hoursAt: (atMs, of, medium, language) => hoursOf(of, medium === "voice" ? "ivr" : medium === "chat" ? "chat" : "sms", language, atMs).state,
      agent: (idOrLogin) => directory.users().find((user) => user.active && (user.id === idOrLogin || user.login === idOrLogin))?.id ?? null,
    };
  };

  return {
    async prove(document, exact) {
      const asked = new Map<string, HeardItem>();
      const proof = prove(document, siteOf(asked));
      const unknown = [...asked].filter(([key, { promptId }]) => promptId !== undefined || !measured.has(key));
      if (unknown.length === 0) return proof;
      const measuring = seconds.prepare(unknown.map(([, item]) => item)).then(() => {
        for (const [key, { promptId }] of unknown) if (promptId === undefined) measured.add(key);
      });
      if (exact) await measuring;
      else await soonerOf(measuring, MEASURE_AT_MOST_MS, clock);
      return prove(document, siteOf(new Map()));
    },
    test: (document) => runTests(document, siteOf(new Map())),
    run: (document, script) => playScript(document, script, siteOf(new Map())),
  };
}

interface Around {
  everOpen: boolean;
  everClosed: boolean;
  staff: readonly UserRow[];
  queueSettings: FlowJudgeOptions["queueSettings"];
  deflection: FlowJudgeOptions["deflection"];
}

function queueOf(row: QueueRow, { everOpen, everClosed, staff, queueSettings, deflection }: Around): ProofQueue {
  const { id, name } = row;
  const callback = queueSettings.get("callback", id);
  const lowered = row.rings.reduce((sum, { lower }) => sum + lower, 0);
  const ways = memo((question: string): readonly Deflected[] => {
    const { found, channel, before } = JSON.parse(question) as Parameters<ProofQueue["deflect"]>[0];
    const whys = before === null ? [] : (JSON.parse(before) as DeflectionWhy[]);
    return deflection.waysFrom({ queueId: id, channel, found, passed: whys.map((why) => ({ queueId: id, why })) }).map((way) => (way.to === "flow" ? { to: "flow", flow: way.flow, memory: remembered([...whys, way.why]) } : way));
  });
  const off = queueSettings.own("queue-deflection", id)?.ivr === "off";
  return {
    id, name, everOpen, everClosed,
    skilledAgents: (needs) => staff.filter((user) => hasAll(user, merged(row.needs, needs), lowered)).length,
    voicemailOwners: staff.length + queueSettings.get("voicemail", id).emails.length,
    callbacks: { inOrder: callback.inOrder, dated: callback.dated && everOpen },
    offersCallback: callback.inOrder && queueSettings.get("waiting", id).callback !== null,
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

function hasAll({ skills }: UserRow, needs: ReadonlyMap<string, number>, lowered: number): boolean {
  return [...needs].every(([skillId, level]) => skills.some((skill) => skill.skillId === skillId && skill.level >= Math.max(1, level - lowered)));
}

const keyOf = ({ text, promptId, language }: HeardItem): string => `${language} ${promptId ?? ""} ${text}`;

function memo<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as T;
  };
}

function soonerOf(work: Promise<void>, ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    work.then(resolve, reject).finally(cancel);
  });
}
