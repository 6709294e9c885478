/**
 * Every way that the settings may send a contact whom a queue finds in a given state: what `decide` would say, whatever the hour, the crowd and
 * the dice. For the proof, which goes on from there by itself: another queue is one step, not judged in its turn.
 */
import type { ContactChannel, DeflectionWhy, HoursNow } from "@tandem/protocol/hours";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { QUEUE_SETTINGS } from "@tandem/protocol/queue-settings";
import type { QueueSetting, QueueSettingKind } from "@tandem/protocol/queue-settings";
import { decide, type Ground, type QueueLive } from "./decide.ts";

/** `closed`: outside hours, nobody there; `empty`: open, nobody there; `full`: open, everybody busy, beyond every limit. */
export type QueueFound = "served" | "closed" | "empty" | "full";
export type Way = { to: "taken" } | { to: "queue"; queueId: string } | { to: "flow"; flow: FlowDocument; why: DeflectionWhy };
export interface WaysQuestion {
  queueId: string;
  channel: ContactChannel;
  found: QueueFound;
  /** Why they were sent away before, and by which queue. */
  passed: readonly { queueId: string; why: DeflectionWhy }[];
}

const BEYOND = 1e9;
const LIVES: Record<QueueFound, readonly QueueLive[]> = {
  served: [{ waiting: 0, longestWaitMs: 0, freeAgents: 1, staffed: 1 }],
  full: [{ waiting: BEYOND, longestWaitMs: BEYOND, freeAgents: 0, staffed: 1 }, { waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 1 }],
  empty: [{ waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 }, { waiting: BEYOND, longestWaitMs: BEYOND, freeAgents: 0, staffed: 0 }],
  closed: [{ waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 }, { waiting: BEYOND, longestWaitMs: BEYOND, freeAgents: 0, staffed: 0 }],
};
const hoursAs = (state: HoursNow["state"]): HoursNow => ({ state, nextOpenMs: null, nextChangeMs: null, why: null });

/** What is read for it: the hours are given by the question. */
export type WaysGround = Omit<Ground, "hours">;

export function waysFrom(ground: WaysGround, { queueId, channel, found, passed }: WaysQuestion): Way[] {
  const before = passed.map((one) => ({ ...one, atMs: 0 }));
  const ways = new Map<string, Way>();
  for (const state of found === "closed" ? (["closed", "holiday"] as const) : (["open"] as const)) {
    const alone = onlyOf(ground, queueId, hoursAs(state));
    for (const live of LIVES[found]) {
      for (const dice of draws(ground, queueId, channel)) {
        const decision = decide(alone, { queueId, channel, language: ground.language, nowMs: 0, live: () => live, dice, passed: before });
        const way: Way = decision === null || decision.queueId === queueId ? { to: "taken" } : decision.flow ? { to: "flow", flow: decision.flow, why: decision.why } : { to: "queue", queueId: decision.queueId };
        ways.set(JSON.stringify(way), way);
      }
    }
  }
  return [...ways.values()];
}

/** This queue as its settings have it; the others take whoever comes. */
function onlyOf(ground: WaysGround, queueId: string, hours: HoursNow): Ground {
  const plain = <K extends QueueSettingKind>(kind: K): QueueSetting<K> => QUEUE_SETTINGS[kind].schema.parse({}) as QueueSetting<K>;
  return {
    ...ground,
    hours: (of) => (of === queueId ? hours : hoursAs("open")),
    get: (kind, of) => (of === queueId || (kind !== "over-capacity" && kind !== "redirection") ? ground.get(kind, of) : plain(kind)),
    own: (kind, of) => (of === queueId ? ground.own(kind, of) : null),
  };
}

/** One draw within each share of the channel, and one that is in none. */
function draws(ground: WaysGround, queueId: string, channel: ContactChannel): number[] {
  const widths = ground.get("redirection", queueId).shares.filter(({ channels }) => channels.length === 0 || channels.includes(channel)).map(({ percent }) => percent / 100);
  let low = 0;
  const within = widths.map((width) => (low += width) - width / 2);
  return low < 1 ? [...within, (low + 1) / 2] : within;
}
