import type { Clock } from "./clock.ts";
import { Heap } from "./heap.ts";

interface Entry {
  at: number;
  order: number;
  fire: () => void;
  dead: boolean;
}

/** A clock that moves only when told: pure tests and the simulator. Timers at the same instant fire in the order they were set. */
export class VirtualClock implements Clock {
  #now: number;
  #backMs = 0;
  #order = 0;
  readonly #timers = new Heap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now - this.#backMs;
  }

  /** The wall clock is set back (NTP, an administrator): `now` says so, timers wait as long as they were asked to. */
  setBack(ms: number): void {
    this.#backMs += ms;
  }

  after(afterMs: number, fire: () => void): () => void {
    const entry: Entry = { at: this.#now + Math.max(0, afterMs), order: this.#order++, fire, dead: false };
    this.#timers.push(entry);
    return () => {
      entry.dead = true;
    };
  }

  /** Moves to the next timer and fires it; false when none is left at or before `untilMs`. */
  stepTo(untilMs: number): boolean {
    for (;;) {
      const top = this.#timers.peek();
      if (!top || top.at > untilMs) return false;
      this.#timers.pop();
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
}
