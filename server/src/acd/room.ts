import { Item, Queue, Entry } from "./waiting.ts";
import { Changed } from "./changed.ts";
import type { AcdDecision, OverflowTo, QueueConfig, WaitingItem } from "./contract.ts";
import { AnswerPace } from "./estimate.ts";
import type { Pools } from "./pools.ts";
import { WakeHeap } from "./wake-heap.ts";

/** A queue that did not take an overflow may have opened, or somebody come, by then. */
export const OVERFLOW_AGAIN_MS = 30_000;

/** The waiting room: queues, items, where each item waits, and when something becomes due for it. */
export class WaitingRoom {
  readonly wakes = new WakeHeap<Item>();
  /** Items to be matched or moved at the next decision; emptied by matching. */
  readonly dirty = new Changed<Item>();
  /** Items with somebody to avoid: looked at again when others leave. */
  readonly avoiding = new Set<Item>();
  /** By preferred agent: items that wait with a preference. */
  readonly preferring = new Map<string, Set<Item>>();
  readonly #pools: Pools;
  readonly #queues = new Map<string, Queue>();
  readonly #items = new Map<string, Item>();
  /** Items whose queue is gone: kept until the centre moves them. */
  readonly #homeless = new Set<Item>();
  #arrivals = 0;

  readonly #overflowTo: OverflowTo;

  constructor(pools: Pools, overflowTo: OverflowTo) {
    this.#pools = pools;
    this.#overflowTo = overflowTo;
  }

  get size(): number {
    return this.#items.size;
  }

  queue(id: string): Queue | undefined {
    return this.#queues.get(id);
  }

  item(id: string): Item | undefined {
    return this.#items.get(id);
  }

  putQueue(given: QueueConfig, nowMs: number): void {
    this.lineUp();
    const config = { ...given, rings: [...given.rings].sort((a, b) => a.afterMs - b.afterMs) };
    const before = this.#queues.get(config.id);
    const moved = this.#emptyQueue(before);
    this.#queues.set(config.id, new Queue(config, this.#pools.open(config), before?.answers ?? new AnswerPace()));
    for (const item of this.#homeless) if (item.data.queueId === config.id) moved.add(item);
    for (const item of moved) this.#place(item, nowMs);
    // An overflow that had no target may have one now.
    for (const item of this.#items.values()) {
      if (item.entries.some((e) => e.queue.config.overflow?.toQueueId === config.id)) this.dirty.add(item);
    }
  }

  removeQueue(id: string, nowMs: number): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) return;
    this.lineUp();
    const moved = this.#emptyQueue(queue);
    this.#queues.delete(id);
    this.#pools.dropQueue(id);
    for (const item of moved) {
      item.overflowed?.delete(id);
      this.#place(item, nowMs);
    }
  }

  enqueue(data: WaitingItem, medium: number, nowMs: number): void {
    this.dequeue(data.id);
    const home = this.#queues.get(data.queueId);
    const item = new Item(data, medium, this.#arrivals++, nowMs);
    this.#items.set(data.id, item);
    if (data.avoid.length > 0) this.avoiding.add(item);
    if (data.preferredAgentId !== null) {
      const same = this.preferring.get(data.preferredAgentId);
      if (same === undefined) this.preferring.set(data.preferredAgentId, new Set([item]));
      else same.add(item);
    }
    if (home === undefined) this.#homeless.add(item);
    else this.#enter(item, home, item.sinceMs, nowMs);
    this.dirty.add(item);
  }

  dequeue(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item !== undefined) this.take(item);
  }

  /** Whoever came since the last decision takes their places in line: before anything that reads a line. */
  lineUp(): void {
    for (let n = 0; n < this.dirty.end; n++) {
      const item = this.dirty.at(n);
      if (item !== undefined && !item.stands) this.#stand(item);
    }
  }

  #stand(item: Item): void {
    item.stands = true;
    for (const entry of item.entries) {
      this.#standInQueue(entry);
      this.#standInPool(entry);
    }
  }

  #standInQueue(entry: Entry): void {
    entry.queue.line.add(entry);
    if (entry.returned) entry.queue.returned++;
  }

  /** Unless it is kept for the preferred agent. */
  #standInPool(entry: Entry): void {
    const { item } = entry;
    if (entry.inLine || !item.stands || item.isKept) return;
    entry.inLine = true;
    this.#pools.join(entry.pool!, entry, item.medium);
  }

  /** The item leaves. */
  take(item: Item): void {
    this.#items.delete(item.data.id);
    this.#leaveAll(item);
    if (this.#homeless.size > 0) this.#homeless.delete(item);
    this.wakes.delete(item);
    this.dirty.delete(item);
    if (item.data.avoid.length > 0) this.avoiding.delete(item);
    const { preferredAgentId } = item.data;
    if (preferredAgentId === null) return;
    const same = this.preferring.get(preferredAgentId);
    same?.delete(item);
    if (same?.size === 0) this.preferring.delete(preferredAgentId);
  }

  /** Rings, overflow, the end of a preference, of a pause and of the longest wait, as far as they are due. */
  advance(item: Item, nowMs: number, due: AcdDecision[]): void {
    if (item.preferredUntilMs <= nowMs) item.preferredUntilMs = -Infinity;
    if (item.avoidUntilMs <= nowMs) item.avoidUntilMs = -Infinity;
    // By index: an overflow adds an entry, which may overflow in its turn.
    for (let i = 0; i < item.entries.length; i++) {
      const entry = item.entries[i]!;
      this.#settle(entry, nowMs);
      const target = entry.queue.config.overflow === null ? null : this.#overflowTarget(entry);
      if (target === null || target.atMs > nowMs) continue;
      const to = this.#queues.get(this.#overflowTo(item.data.id, target.queue.config.id) ?? "");
      if (to === undefined || item.entries.some((e) => e.queue === to)) {
        entry.overflowNotBeforeMs = nowMs + OVERFLOW_AGAIN_MS;
        continue;
      }
      item.overflowed ??= new Map();
      item.overflowed.set(to.config.id, nowMs);
      this.#enter(item, to, nowMs, nowMs);
      if (to !== target.queue) entry.overflowNotBeforeMs = nowMs + OVERFLOW_AGAIN_MS;
      due.push({ type: "overflow", itemId: item.data.id, fromQueueId: entry.queue.config.id, toQueueId: to.config.id });
    }
    const waitedMs = nowMs - item.sinceMs;
    const home = homeOf(item);
    const most = home === undefined ? 0 : home.config.maxWaitMs > 0 ? home.config.maxWaitMs : Infinity;
    if (!item.exceeded && waitedMs >= most) {
      item.exceeded = true;
      due.push({ type: "waitExceeded", itemId: item.data.id, queueId: item.data.queueId, waitedMs });
    }
  }

  /** Sets the alarm for what becomes due next. */
  arm(item: Item): void {
    let at = item.isKept ? item.preferredUntilMs : Infinity;
    if (item.avoidUntilMs !== -Infinity) at = Math.min(at, item.avoidUntilMs);
    for (const entry of item.entries) {
      const ring = entry.queue.config.rings[entry.ring];
      if (ring !== undefined) at = Math.min(at, item.sinceMs + ring.afterMs);
      if (entry.queue.config.overflow !== null) at = Math.min(at, this.#overflowTarget(entry)?.atMs ?? Infinity);
    }
    const mostMs = homeOf(item)?.config.maxWaitMs ?? 0;
    if (!item.exceeded && mostMs > 0) at = Math.min(at, item.sinceMs + mostMs);
    this.wakes.set(item, at);
  }

  #overflowTarget(entry: Entry): { queue: Queue; atMs: number } | null {
    const { overflow } = entry.queue.config;
    if (overflow === null) return null;
    const queue = this.#queues.get(overflow.toQueueId);
    if (queue === undefined || entry.item.entries.some((e) => e.queue === queue)) return null;
    return { queue, atMs: Math.max(entry.enteredMs + overflow.afterMs, entry.overflowNotBeforeMs) };
  }

  /** Enters every queue where the item belongs and is not yet: its own, and those it overflowed to. */
  #place(item: Item, nowMs: number): void {
    const entries = item.entries;
    item.entries = [];
    item.othersEpoch = -1;
    const home = this.#queues.get(item.data.queueId);
    const own = entries.find((e) => e.queue === home);
    if (own !== undefined) item.entries.push(own);
    else if (home !== undefined) this.#enter(item, home, item.sinceMs, nowMs);
    for (const [queueId, enteredMs] of item.overflowed ?? []) {
      const queue = this.#queues.get(queueId);
      if (queue === undefined || queue === home) continue;
      const there = entries.find((e) => e.queue === queue);
      if (there !== undefined) item.entries.push(there);
      else this.#enter(item, queue, enteredMs, nowMs);
    }
    if (home === undefined) this.#homeless.add(item);
    else this.#homeless.delete(item);
    this.dirty.add(item);
  }

  #enter(item: Item, queue: Queue, enteredMs: number, nowMs: number): void {
    const entry = new Entry(item, queue, enteredMs);
    item.entries.push(entry);
    if (item.stands) this.#standInQueue(entry);
    this.#settle(entry, nowMs);
  }

  /** Finds the pool of its ring, and its place there when it stands in line. */
  #settle(entry: Entry, nowMs: number): void {
    const { item } = entry;
    const { rings } = entry.queue.config;
    const was = entry.ring;
    while (entry.ring < rings.length && item.sinceMs + rings[entry.ring]!.afterMs <= nowMs) entry.ring++;
    if (entry.pool === null || entry.ring !== was) {
      this.#leavePool(entry);
      entry.pool = this.#pools.pool(entry.queue.pools, item.data.needs, entry.ring);
      entry.pool.users++;
      item.othersEpoch = -1;
    }
    this.#standInPool(entry);
  }

  #leavePool(entry: Entry): void {
    if (entry.pool === null) return;
    if (entry.inLine) this.#pools.leave(entry.pool, entry, entry.item.medium);
    entry.inLine = false;
    entry.pool.users--;
    entry.pool = null;
  }

  #leaveAll(item: Item): void {
    for (const entry of item.entries) {
      this.#leavePool(entry);
      if (!item.stands) continue;
      entry.queue.line.delete(entry);
      if (entry.returned) entry.queue.returned--;
    }
    item.entries.length = 0;
  }

  #emptyQueue(queue: Queue | undefined): Set<Item> {
    const moved = new Set<Item>();
    if (queue === undefined) return moved;
    for (let entry = queue.line.at(0); entry !== undefined; entry = queue.line.at(0)) {
      const gone = entry;
      this.#leavePool(gone);
      queue.line.delete(gone);
      gone.item.entries = gone.item.entries.filter((e) => e !== gone);
      moved.add(gone.item);
    }
    queue.returned = 0;
    return moved;
  }
}

/** The queue it came for, unless that is gone. */
function homeOf({ entries, data }: Item): Queue | undefined {
  const queue = entries[0]?.queue;
  return queue !== undefined && queue.config.id === data.queueId ? queue : undefined;
}
