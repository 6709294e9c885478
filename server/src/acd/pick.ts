import { popcount } from "./bits.ts";
import type { Pool, Tier } from "./pools.ts";
import type { Staff } from "./staff.ts";

/** How many of the best a reason names. */
const NAMED = 3;
/**
 * The order is walked when the free members squared are more than this many times all free agents: three named ones take
 * about 3 n / c steps of it, each a few times dearer (a jump in memory) than one of c bits.
 */
const WALK_ORDER = 12;

/**
 * Chooses in a pool: the best tier with somebody free; in it the fewest in hand; among these the longest idle, exactly.
 * A tier with few free agents is walked by its bits; one with many by the idle order, whose first member is then near:
 * with c free members among n free agents the walk expects n / c steps, so the cost is about min(c, n / c).
 */
export class Picker {
  readonly #staff: Staff;
  /** Result of the last `pick`: how many could take it, and the best of them, best first. */
  candidates = 0;
  readonly best: number[] = [];
  readonly scores: number[] = [];

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  /** Slot of the chosen one, or -1. `skip`: slots not to be considered. */
  pick(pool: Pool, medium: number, skip: readonly number[] | null): number {
    this.candidates = 0;
    this.best.length = 0;
    this.scores.length = 0;
    const free = this.#staff.free[medium]!.words;
    for (const tier of pool.tiers) {
      const { at, words } = tier;
      let count = 0;
      for (let i = 0; i < at.length; i++) {
        const both = words[i]! & (free[at[i]!] ?? 0);
        if (both !== 0) count += popcount(both);
      }
      if (skip !== null) for (const slot of skip) if (this.#freeIn(tier, slot, free)) count--;
      if (count > 0 && this.best.length < NAMED) {
        const from = this.best.length;
        if (count * count < WALK_ORDER * this.#staff.order.size || !this.#walkOrder(tier, free, skip, count, from)) this.#walkBits(tier, free, skip, from);
        while (this.scores.length < this.best.length) this.scores.push(tier.score);
      }
      this.candidates += count;
    }
    return this.best[0] ?? -1;
  }

  #freeIn(tier: Tier, slot: number, free: Int32Array): boolean {
    const word = slot >>> 5;
    const index = tier.at.indexOf(word);
    return index >= 0 && (((tier.words[index]! & (free[word] ?? 0)) >>> (slot & 31)) & 1) === 1;
  }

  #walkBits(tier: Tier, free: Int32Array, skip: readonly number[] | null, from: number): void {
    const { turn } = this.#staff.order;
    const { best } = this;
    best.length = from;
    for (let i = 0; i < tier.at.length; i++) {
      const word = tier.at[i]!;
      let both = tier.words[i]! & (free[word] ?? 0);
      while (both !== 0) {
        const slot = (word << 5) + 31 - Math.clz32(both & -both);
        both &= both - 1;
        const mine = turn[slot]!;
        if (best.length === NAMED && mine > turn[best[NAMED - 1]!]!) continue;
        if (skip !== null && skip.includes(slot)) continue;
        let place = best.length;
        while (place > from && turn[best[place - 1]!]! > mine) place--;
        best.splice(place, 0, slot);
        if (best.length > NAMED) best.pop();
      }
    }
  }

  /** False when the walk is too long; then the bits are walked. */
  #walkOrder(tier: Tier, free: Int32Array, skip: readonly number[] | null, count: number, from: number): boolean {
    const { order } = this.#staff;
    if (tier.dense === null) return false;
    const dense = tier.dense.words;
    const { best } = this;
    const wanted = Math.min(NAMED, from + count);
    let steps = count * 2;
    for (let inHand = 0; inHand < order.depth; inHand++) {
      for (let slot = order.head(inHand); slot >= 0; slot = order.next(slot)) {
        if (--steps < 0) return false;
        const word = slot >>> 5;
        if (((((dense[word] ?? 0) & (free[word] ?? 0)) >>> (slot & 31)) & 1) === 0) continue;
        if (skip !== null && skip.includes(slot)) continue;
        best.push(slot);
        if (best.length === wanted) return true;
      }
    }
    return true;
  }
}
