import { Heap } from "../base/heap.ts";

/** Protocol timers as data: a timer is an owner's id and a letter; whoever wakes the core dispatches them. */
export interface Due {
  owner: string;
  name: string;
}

interface Entry extends Due {
  readonly atMs: number;
  readonly order: number;
  dead: boolean;
  /** Null: in the heap. */
  lane: Lane | null;
  /** Another living timer of the same owner. */
  next: Entry | null;
}

/** Timers in the order in which they were started, all with the same delay: first in is first due. */
interface Lane {
  entries: Entry[];
  /** Index of the first that may live. */
  head: number;
  /** Dead ones from there on. */
  dead: number;
}

/** Delays that are used over and over (T1, 2*T1, T2, T4, 64*T1, no answer, timer C, session refresh, registration): nearly all timers there are. */
const LANES_MS = [500, 1_000, 2_000, 4_000, 5_000, 32_000, 60_000, 181_000, 900_000, 3_600_000];
/** So many dead ones are not worth a sweep. */
const fewDead = 1_024;

/**
 * A lane for each usual delay, where starting and taking cost a push and a shift, and a heap for the rest. A stopped timer stays where
 * it is, dead, until it is due or the dead are too many. Most owners have one or two timers, so theirs are a short chain.
 */
export class TimerQueue {
  readonly #heap = new Heap<Entry>(before);
  readonly #lanes: readonly Lane[] = LANES_MS.map(() => ({ entries: [], head: 0, dead: 0 }));
  readonly #laneOf = new Map(LANES_MS.map((ms, i) => [ms, this.#lanes[i]!]));
  /** The instant of what is being worked on: a usual delay is seen by it. */
  nowMs = 0;
  #order = 0;
  #size = 0;
  /** Dead ones in the heap. */
  #dead = 0;
  readonly #byOwner = new Map<string, Entry>();

  /** Living timers. */
  get size(): number {
    return this.#size;
  }

  /** Starts (or moves) the timer `name` of `owner`. */
  start(owner: string, name: string, atMs: number): void {
    const first = this.#byOwner.get(owner);
    const old = find(first, name);
    let lane = this.#laneOf.get(atMs - this.nowMs) ?? null;
    // a clock that was set back would put it before its elders: then it is the heap's
    if (lane && lane.entries.length > 0 && lane.entries[lane.entries.length - 1]!.atMs > atMs) lane = null;
    const entry: Entry = { owner, name, atMs, order: this.#order++, dead: false, lane, next: null };
    if (old) {
      this.#kill(old);
      this.#replace(owner, first!, old, entry);
    } else {
      this.#size++;
      entry.next = first ?? null;
      this.#byOwner.set(owner, entry);
    }
    if (lane) lane.entries.push(entry);
    else this.#heap.push(entry);
  }

  stop(owner: string, name: string): void {
    const first = this.#byOwner.get(owner);
    const entry = find(first, name);
    if (!entry) return;
    this.#size--;
    this.#kill(entry);
    this.#replace(owner, first!, entry, null);
  }

  stopAll(owner: string): void {
    const first = this.#byOwner.get(owner);
    if (!first) return;
    this.#byOwner.delete(owner);
    for (let entry: Entry | null = first; entry; entry = entry.next) {
      this.#size--;
      this.#kill(entry);
    }
  }

  nextAt(): number | null {
    return this.#first()?.atMs ?? null;
  }

  /** Takes the next timer due at `nowMs`, earliest first, or null. */
  take(nowMs: number): Due | null {
    const entry = this.#first();
    if (!entry || entry.atMs > nowMs) return null;
    if (entry.lane) entry.lane.head++;
    else this.#heap.pop();
    entry.dead = true;
    this.#size--;
    const first = this.#byOwner.get(entry.owner);
    if (first) this.#replace(entry.owner, first, entry, null);
    return entry;
  }

  /** The earliest that lives; the dead before it are dropped. */
  #first(): Entry | null {
    let best: Entry | null = null;
    for (const lane of this.#lanes) {
      const { entries } = lane;
      while (lane.head < entries.length && entries[lane.head]!.dead) {
        lane.head++;
        lane.dead--;
      }
      if (lane.head === entries.length && lane.head > 0) sweep(lane);
      const top = entries[lane.head];
      if (top && (!best || before(top, best))) best = top;
    }
    let top = this.#heap.peek();
    while (top?.dead) {
      this.#heap.pop();
      this.#dead--;
      top = this.#heap.peek();
    }
    return top && (!best || before(top, best)) ? top : best;
  }

  /** Takes `old` out of the chain of its owner, or puts another in its place. */
  #replace(owner: string, first: Entry, old: Entry, fresh: Entry | null): void {
    const rest = fresh ?? old.next;
    if (fresh) fresh.next = old.next;
    old.next = null;
    if (first !== old) {
      let entry = first;
      while (entry.next && entry.next !== old) entry = entry.next;
      entry.next = rest;
    } else if (rest) this.#byOwner.set(owner, rest);
    else this.#byOwner.delete(owner);
  }

  #kill(entry: Entry): void {
    if (entry.dead) return;
    entry.dead = true;
    const { lane } = entry;
    if (lane) {
      lane.dead++;
      if (lane.dead + lane.head > fewDead && (lane.dead + lane.head) * 2 > lane.entries.length) sweep(lane);
      return;
    }
    this.#dead++;
    if (this.#dead > fewDead && this.#dead * 2 > this.#heap.size) {
      this.#heap.retain((e) => !e.dead);
      this.#dead = 0;
    }
  }
}

/** Throws out what is dead or past, in place. */
function sweep(lane: Lane): void {
  const { entries } = lane;
  let kept = 0;
  for (let i = lane.head; i < entries.length; i++) if (!entries[i]!.dead) entries[kept++] = entries[i]!;
  entries.length = kept;
  lane.head = 0;
  lane.dead = 0;
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function find(first: Entry | undefined, name: string): Entry | null {
  for (let entry = first ?? null; entry; entry = entry.next) if (entry.name === name) return entry;
  return null;
}
