import { Heap } from "../base/heap.ts";

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
  readonly #heap = new Heap<Entry>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  #order = 0;
  #dead = 0;
  readonly #byOwner = new Map<string, Map<string, Entry>>();

  /** Owners that wait for something. */
  get size(): number {
    return this.#byOwner.size;
  }

  /** Starts (or moves) the timer `name` of `owner`. */
  start(owner: string, name: string, atMs: number): void {
    let own = this.#byOwner.get(owner);
    if (own) this.#kill(own.get(name));
    else this.#byOwner.set(owner, (own = new Map()));
    const entry: Entry = { owner, name, atMs, order: this.#order++, dead: false };
    own.set(name, entry);
    this.#heap.push(entry);
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
      const top = this.#heap.peek();
      if (!top) return null;
      if (!top.dead) return top.atMs;
      this.#heap.pop();
      this.#dead--;
    }
  }

  /** Takes the next timer due at `nowMs`, earliest first, or null. */
  take(nowMs: number): Due | null {
    const at = this.nextAt();
    if (at === null || at > nowMs) return null;
    const entry = this.#heap.pop()!;
    const own = this.#byOwner.get(entry.owner);
    own?.delete(entry.name);
    if (own?.size === 0) this.#byOwner.delete(entry.owner);
    return entry;
  }

  #kill(entry: Entry | undefined): void {
    if (!entry || entry.dead) return;
    entry.dead = true;
    this.#dead++;
    if (this.#dead > 1024 && this.#dead * 2 > this.#heap.size) {
      this.#heap.retain((e) => !e.dead);
      this.#dead = 0;
    }
  }
}
