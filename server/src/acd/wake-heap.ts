/** What can be woken: it carries its own place in the heap, so that leaving early costs a few swaps and leaves no garbage. */
export interface Sleeper {
  /** When, epoch ms. Change it only through the heap. */
  wakeAtMs: number;
  /** Place in the heap, -1 when asleep in none. */
  wakeSlot: number;
  /** Order among those that wake at the same instant. */
  readonly seq: number;
}

/** Who wakes first: a binary heap with removal. */
export class WakeHeap<T extends Sleeper> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  first(): T | undefined {
    return this.#heap[0];
  }

  /** Sets or moves the wake-up; Infinity removes it. */
  set(sleeper: T, wakeAtMs: number): void {
    if (wakeAtMs === Infinity) return this.delete(sleeper);
    sleeper.wakeAtMs = wakeAtMs;
    if (sleeper.wakeSlot < 0) {
      sleeper.wakeSlot = this.#heap.length;
      this.#heap.push(sleeper);
    }
    this.#down(this.#up(sleeper.wakeSlot));
  }

  delete(sleeper: T): void {
    const at = sleeper.wakeSlot;
    if (at < 0) return;
    sleeper.wakeSlot = -1;
    const last = this.#heap.pop()!;
    if (last === sleeper) return;
    this.#heap[at] = last;
    last.wakeSlot = at;
    this.#down(this.#up(at));
  }

  #before(a: T, b: T): boolean {
    return a.wakeAtMs < b.wakeAtMs || (a.wakeAtMs === b.wakeAtMs && a.seq < b.seq);
  }

  #up(from: number): number {
    let at = from;
    const moved = this.#heap[at]!;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = this.#heap[above]!;
      if (!this.#before(moved, parent)) break;
      this.#heap[at] = parent;
      parent.wakeSlot = at;
      at = above;
    }
    this.#heap[at] = moved;
    moved.wakeSlot = at;
    return at;
  }

  #down(from: number): void {
    let at = from;
    const moved = this.#heap[at]!;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= this.#heap.length) break;
      if (below + 1 < this.#heap.length && this.#before(this.#heap[below + 1]!, this.#heap[below]!)) below++;
      const child = this.#heap[below]!;
      if (!this.#before(child, moved)) break;
      this.#heap[at] = child;
      child.wakeSlot = at;
      at = below;
    }
    this.#heap[at] = moved;
    moved.wakeSlot = at;
  }
}
