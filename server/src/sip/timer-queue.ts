/** Protocol timers as data: a timer is an owner's id and a letter; whoever wakes the core dispatches them. */
export interface Due {
  owner: string;
  name: string;
}

interface Entry extends Due {
  atMs: number;
  order: number;
  dead: boolean;
}

/** Heap of timers with lazy deletion; rebuilt when the dead outnumber the living. */
export class TimerQueue {
  #heap: Entry[] = [];
  #order = 0;
  #dead = 0;
  readonly #byOwner = new Map<string, Map<string, Entry>>();

  /** Starts (or moves) the timer `name` of `owner`. */
  start(owner: string, name: string, atMs: number): void {
    let own = this.#byOwner.get(owner);
    if (own) this.#kill(own.get(name));
    else this.#byOwner.set(owner, (own = new Map()));
    const entry: Entry = { owner, name, atMs, order: this.#order++, dead: false };
    own.set(name, entry);
    this.#push(entry);
  }

  stop(owner: string, name: string): void {
    const own = this.#byOwner.get(owner);
    if (!own) return;
    this.#kill(own.get(name));
    own.delete(name);
    if (own.size === 0) this.#byOwner.delete(owner);
  }

  stopAll(owner: string): void {
    const own = this.#byOwner.get(owner);
    if (!own) return;
    for (const entry of own.values()) this.#kill(entry);
    this.#byOwner.delete(owner);
  }

  nextAt(): number | null {
    for (;;) {
      const top = this.#heap[0];
      if (!top) return null;
      if (!top.dead) return top.atMs;
      this.#pop();
      this.#dead--;
    }
  }

  /** Takes the next timer due at `nowMs`, earliest first, or null. */
  take(nowMs: number): Due | null {
    const at = this.nextAt();
    if (at === null || at > nowMs) return null;
    const entry = this.#pop();
    const own = this.#byOwner.get(entry.owner);
    own?.delete(entry.name);
    if (own?.size === 0) this.#byOwner.delete(entry.owner);
    return entry;
  }

  #kill(entry: Entry | undefined): void {
    if (!entry || entry.dead) return;
    entry.dead = true;
    this.#dead++;
    if (this.#dead > 1024 && this.#dead * 2 > this.#heap.length) {
      const living = this.#heap.filter((e) => !e.dead);
      living.sort((a, b) => a.atMs - b.atMs || a.order - b.order); // a sorted array is a heap
      this.#heap = living;
      this.#dead = 0;
    }
  }

  #before(a: Entry, b: Entry): boolean {
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
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

  #pop(): Entry {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
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
    return top;
  }
}
