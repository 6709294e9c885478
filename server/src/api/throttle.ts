import { isOver } from "../base/window.ts";

/** Attack: counters themselves that fill memory (one per address guessed from). The oldest are forgotten first. */
const MAX_TRACKED = 10_000;

export interface Limit {
  max: number;
  windowMs: number;
}

/**
 * Counts attempts per key in a window. An attempt is counted before it is made: a thousand at once are a thousand. What
 * turned out to be honest is given back.
 */
export class Throttle {
  readonly #counts = new Map<string, { count: number; sinceMs: number }>();

  /** False when any of the keys has used up its limit; else all are counted. */
  take(keys: readonly (readonly [key: string, limit: Limit])[], nowMs: number): boolean {
    const current = keys.map(([key, { windowMs }]) => {
      const found = this.#counts.get(key);
      return found && !isOver(found.sinceMs, windowMs, nowMs) ? found : null;
    });
    if (keys.some(([, limit], i) => (current[i]?.count ?? 0) >= limit.max)) return false;
    keys.forEach(([key], i) => {
      const found = current[i];
      if (found) return void found.count++;
      this.#counts.delete(key);
      if (this.#counts.size >= MAX_TRACKED) this.#counts.delete(this.#counts.keys().next().value!);
      this.#counts.set(key, { count: 1, sinceMs: nowMs });
    });
    return true;
  }

  giveBack(keys: readonly (readonly [key: string, limit: Limit])[]): void {
    for (const [key] of keys) {
      const found = this.#counts.get(key);
      if (found && found.count > 0) found.count--;
    }
  }
}
