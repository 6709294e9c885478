/** What can be woken. */
export interface Sleeper {
  /** When, epoch ms; Infinity = not at all. Change it only through the heap. */
  wakeAtMs: number;
  /** Order among those that wake at the same instant. */
  readonly seq: number;
}

/**
 * Who wakes first: a binary heap of times in a column, their sleepers beside it. Leaving early costs one assignment: an
 * entry whose time is no longer its sleeper's is stale, and stale entries go when they come up or outnumber the others.
 * Nearly all wake later than everybody before them, so setting an alarm is writing at the end.
 */
export class WakeHeap<T extends Sleeper> {
  #times = new Float64Array(64);
  readonly #sleepers: T[] = [];
  #awaited = 0;

  /** Those who will wake. */
  get size(): number {
    return this.#awaited;
  }

  /** With the stale ones. */
  get entries(): number {
    return this.#sleepers.length;
  }

  /** When the next one wakes, Infinity when nobody does. */
  nextAt(): number {
    while (this.#sleepers.length > 0 && this.#sleepers[0]!.wakeAtMs !== this.#times[0]!) this.#pop();
    return this.#sleepers.length === 0 ? Infinity : this.#times[0]!;
  }

  /** The next one who is due, no longer asleep; null when nobody is. */
  wake(nowMs: number): T | null {
    while (this.#sleepers.length > 0 && this.#times[0]! <= nowMs) {
      const atMs = this.#times[0]!;
      const sleeper = this.#pop();
      if (sleeper.wakeAtMs !== atMs) continue;
      this.delete(sleeper);
      return sleeper;
    }
    return null;
  }

  /** Sets or moves the wake-up; Infinity removes it. */
  set(sleeper: T, wakeAtMs: number): void {
    if (wakeAtMs === Infinity) return this.delete(sleeper);
    if (wakeAtMs === sleeper.wakeAtMs) return;
    if (sleeper.wakeAtMs === Infinity) this.#awaited++;
    sleeper.wakeAtMs = wakeAtMs;
    const end = this.#sleepers.length;
    if (end === this.#times.length) {
      const grown = new Float64Array(end * 2);
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#sleepers.push(sleeper);
    this.#up(end, wakeAtMs, sleeper);
    if (end > 64 && end > this.#awaited * 2) this.#sweep();
  }

  delete(sleeper: T): void {
    if (sleeper.wakeAtMs === Infinity) return;
    sleeper.wakeAtMs = Infinity;
    this.#awaited--;
  }

  #pop(): T {
    const first = this.#sleepers[0]!;
    const last = this.#sleepers.pop()!;
    const end = this.#sleepers.length;
    if (end > 0) this.#down(0, this.#times[end]!, last);
    return first;
  }

  #before(atMs: number, sleeper: T, place: number): boolean {
    const theirs = this.#times[place]!;
    return atMs < theirs || (atMs === theirs && sleeper.seq < this.#sleepers[place]!.seq);
  }

  #put(at: number, atMs: number, sleeper: T): void {
    this.#times[at] = atMs;
    this.#sleepers[at] = sleeper;
  }

  #up(from: number, atMs: number, sleeper: T): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (!this.#before(atMs, sleeper, above)) break;
      this.#put(at, this.#times[above]!, this.#sleepers[above]!);
      at = above;
    }
    this.#put(at, atMs, sleeper);
  }

  #down(from: number, atMs: number, sleeper: T): void {
    const end = this.#sleepers.length;
    let at = from;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= end) break;
      if (below + 1 < end && this.#before(this.#times[below + 1]!, this.#sleepers[below + 1]!, below)) below++;
      if (this.#before(atMs, sleeper, below)) break;
      this.#put(at, this.#times[below]!, this.#sleepers[below]!);
      at = below;
    }
    this.#put(at, atMs, sleeper);
  }

  /** Drops every stale entry, and the second of an alarm that was moved and moved back: NaN equals no entry. */
  #sweep(): void {
    let kept = 0;
    for (let at = 0; at < this.#sleepers.length; at++) {
      const sleeper = this.#sleepers[at]!;
      const atMs = this.#times[at]!;
      if (sleeper.wakeAtMs !== atMs) continue;
      sleeper.wakeAtMs = NaN;
      this.#put(kept++, atMs, sleeper);
    }
    this.#sleepers.length = kept;
    for (let at = kept - 1; at >= 0; at--) {
      this.#sleepers[at]!.wakeAtMs = this.#times[at]!;
      this.#down(at, this.#times[at]!, this.#sleepers[at]!);
    }
  }
}
