import type { Clock } from "./clock.ts";

interface Entry {
  at: number;
  order: number;
  fire: () => void;
  dead: boolean;
}

/** A clock that moves only when told: pure tests and the simulator. Timers at the same instant fire in the order they were set. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #heap: Entry[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(afterMs: number, fire: () => void): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, afterMs), order: this.#order++, fire, dead: false };
    this.#push(entry);
    return () => {
      entry.dead = true;
    };
  }

  /** Moves to the next timer and fires it; false when none is left at or before `untilMs`. */
  stepTo(untilMs: number): boolean {
    for (;;) {
      const top = this.#heap[0];
      if (!top || top.at > untilMs) return false;
      this.#pop();
      if (top.dead) continue;
      this.#now = Math.max(this.#now, top.at);
      top.fire();
      return true;
    }
  }

  /** Fires everything due within `ms`, then stands exactly `ms` later. */
  advance(ms: number): void {
    const until = this.#now + ms;
    while (this.stepTo(until));
    this.#now = until;
  }

  #before(a: Entry, b: Entry): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(entry, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
