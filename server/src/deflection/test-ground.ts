/** A centre of four queues for tests: "orders" and "support" by day, "night" always, "sales" with a calendar of its own. Test aid. */
import { QUEUE_SETTINGS, type QueueSetting, type QueueSettingKind } from "@tandem/protocol/queue-settings";
import type { ContactChannel, HoursState } from "@tandem/protocol/hours";
import type { Decision, Ground, Question, QueueLive } from "./decide.ts";
import { decide } from "./decide.ts";

export const NOW = Date.parse("2026-11-21T20:00:00Z");

export interface TestGround extends Ground {
  state: Record<string, HoursState>;
  /** By channel, over `state`. */
  channelState: Partial<Record<ContactChannel, HoursState>>;
  live: Record<string, QueueLive>;
  set<K extends QueueSettingKind>(kind: K, queueId: string, body: unknown): TestGround;
  scheduling: boolean;
}

export function testGround(): TestGround {
  const kept = new Map<string, unknown>();
  const own = <K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K> | null => (kept.get(`${kind} ${queueId}`) as QueueSetting<K> | undefined) ?? null;
  const ground: TestGround = {
    state: { orders: "closed", support: "closed", night: "open", sales: "open" },
    channelState: {},
    live: {},
    scheduling: true,
    language: "fr",
    hours(queueId, channel) {
      const state = ground.channelState[channel] ?? ground.state[queueId] ?? "closed";
      return { state, nextOpenMs: state === "open" ? null : NOW + 36_000_000, nextChangeMs: NOW + 36_000_000, why: null };
    },
    own,
    get: (kind, queueId) => own(kind, queueId) ?? own(kind, "") ?? (QUEUE_SETTINGS[kind].schema.parse({}) as never),
    queue: (id) => (id in ground.state ? { name: id } : null),
    schedules: () => ground.scheduling,
    set(kind, queueId, body) {
      kept.set(`${kind} ${queueId}`, QUEUE_SETTINGS[kind].schema.parse(body));
      return ground;
    },
  };
  return ground;
}

export const NOBODY: QueueLive = { waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 };

export const ask = (ground: TestGround, queueId: string, channel: ContactChannel, more: Partial<Question> = {}): Decision | null =>
  decide(ground, { queueId, channel, language: "fr", nowMs: NOW, dice: 0.5, live: (id) => ground.live[id] ?? NOBODY, ...more });

/** A decision in short: "takes", "-> queue", or the kinds of the flow's steps in the order in which they lead on. */
export function short(decision: Decision | null): string {
  if (decision === null) return "takes";
  if (decision.queueId !== undefined) return `${decision.why} -> ${decision.queueId}`;
  const { steps } = decision.flow;
  const kinds = Object.values(steps).filter((step) => step.kind !== "set" && step.kind !== "say");
  return `${decision.why}: ${kinds.map((step) => (step.kind === "deflect" ? `${step.kind} ${step.to.kind}` : step.kind === "menu" ? `menu ${step.choices.length}` : step.kind)).join(", ")}`;
}
