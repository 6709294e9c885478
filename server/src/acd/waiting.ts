import type { Changing } from "./changed.ts";
import type { QueueConfig, WaitingItem } from "./contract.ts";
import { Line } from "./line.ts";
import type { Pool, QueuePools } from "./pools.ts";
import type { Sleeper } from "./wake-heap.ts";
import { AnswerPace } from "./estimate.ts";

/**
 * Who missed or declined an item gets it again only so long after it came back, even when nobody else is there: a phone
 * that rings on at once with what was just refused is no rest, and the others need the time to come back.
 */
export const AVOID_PAUSE_MS = 10_000;

/** No ageing is ageing by one in 317 years: one formula, and equal priorities still go by age. */
const NEVER_MS = 1e13;

/** A queue with those who wait in it, in the order of their turn. */
export class Queue {
  readonly config: QueueConfig;
  readonly pools: QueuePools;
  readonly ageingMs: number;
  /** Added to the effective priority for each millisecond: 1 / ageingMs. */
  readonly pace: number;
  readonly line = new Line<Entry>(byTurn);
  /** How many at the head of the line came back to it. */
  returned = 0;
  readonly answers: AnswerPace;

  /** `config` with its rings in order. */
  constructor(config: QueueConfig, pools: QueuePools, answers: AnswerPace) {
    this.config = config;
    this.pools = pools;
    this.ageingMs = config.ageingMs > 0 ? config.ageingMs : NEVER_MS;
    this.pace = 1 / this.ageingMs;
    this.answers = answers;
  }
}

/** An item in one of the queues where it waits. */
export class Entry {
  readonly item: Item;
  readonly queue: Queue;
  readonly enteredMs: number;
  /**
   * Order in this queue. Effective priority is `priority + waited / ageingMs` (pro rata, not in steps), so two items of
   * a queue never change places by waiting: the order is that of `sinceMs - priority * ageingMs`, smaller first.
   */
  readonly key: number;
  ring = 0;
  /** Its overflow was not taken. */
  overflowNotBeforeMs = -Infinity;
  pool: Pool | null = null;
  /** In the line of its pool. */
  inLine = false;
  readonly returned: boolean;
  /** Arrival of the item. */
  readonly seq: number;

  constructor(item: Item, queue: Queue, enteredMs: number) {
    this.item = item;
    this.queue = queue;
    this.enteredMs = enteredMs;
    this.key = item.sinceMs - item.data.priority * queue.ageingMs;
    this.returned = item.data.returned;
    this.seq = item.seq;
  }

  /** Effective priority, comparable between queues. */
  weight(nowMs: number): number {
    return this.queue.config.priority + (nowMs - this.key) * this.queue.pace;
  }
}

export class Item implements Sleeper, Changing {
  readonly data: WaitingItem;
  readonly medium: number;
  readonly seq: number;
  /** Never in the future. */
  readonly sinceMs: number;
  /** The queue it came for first. */
  entries: Entry[] = [];
  /** Until when only the preferred agent is considered; -Infinity = no longer. */
  preferredUntilMs: number;
  /** Until when those to avoid are not considered at all; -Infinity = no longer. */
  avoidUntilMs: number;
  /** Queues entered by overflow, and when; null = none. */
  overflowed: Map<string, number> | null = null;
  exceeded = false;
  /** In the lines of its queues and pools. Not before the decision after it came: most are offered at once and never stand. */
  stands = false;
  /** Is anybody at work outside `avoid`? As of `othersEpoch`. */
  others = false;
  othersEpoch = -1;
  wakeAtMs = Infinity;
  changedAt = -1;
  readonly #cameMs: number;

  constructor(data: WaitingItem, medium: number, seq: number, nowMs: number) {
    this.#cameMs = nowMs;
    this.data = data;
    this.medium = medium;
    this.seq = seq;
    this.sinceMs = Math.min(data.sinceMs, nowMs);
    this.preferredUntilMs = data.preferredAgentId === null || data.preferredForMs <= 0 ? -Infinity : nowMs + data.preferredForMs;
    this.avoidUntilMs = data.avoid.length === 0 ? -Infinity : nowMs + AVOID_PAUSE_MS;
  }

  /** Since when it stands there: not before it came, whatever place it kept. */
  standsSinceMs(entry: Entry): number {
    return Math.max(entry.enteredMs, this.#cameMs);
  }

  get waits(): boolean {
    return this.entries.length > 0;
  }

  /** Is only the preferred agent considered? */
  get isKept(): boolean {
    return this.preferredUntilMs !== -Infinity;
  }
}

/** Order among those who want the same agents. */
export function byKey(a: Entry, b: Entry): number {
  return a.key - b.key || a.seq - b.seq;
}

/** Order in the queue: those who were already offered and came back, then by key. */
export function byTurn(a: Entry, b: Entry): number {
  return a.returned === b.returned ? byKey(a, b) : a.returned ? -1 : 1;
}

/** Order between queues: effective priority, then age, then arrival. Negative when `a` goes first. */
export function byWeight(a: Entry, b: Entry, nowMs: number): number {
  return b.weight(nowMs) - a.weight(nowMs) || a.item.sinceMs - b.item.sinceMs || a.item.seq - b.item.seq;
}
