import type { BitSet } from "./bits.ts";
import type { IdleOrder } from "./idle-order.ts";
import type { Pool } from "./pools.ts";
import type { Staff } from "./staff.ts";

/** A step along the idle order is a jump in memory and costs about as much as so many members of a scan. */
const STEP = 8;

/**
 * Chooses in a pool: the best tier with somebody free; in it the fewest in hand; among these the longest idle, exactly.
 * A small pool is scanned: one number a member, Infinity for who is not free. In a large one the first of the idle order
 * is near: with m members among N agents the walk expects N / m steps, against the m of a scan, which is the way out.
 */
export class Picker {
  readonly #staff: Staff;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  /** Slot of the chosen one, or -1. `skip`: slots not to be considered. */
  pick(pool: Pool, medium: number, skip: readonly number[] | null): number {
    const order = this.#staff.orders[medium]!;
    if (order.size === 0) return -1;
    const { ranked, bits } = pool;
    if (bits !== null && ranked.length * ranked.length > STEP * this.#staff.size) {
      const near = walk(bits, order, skip, ranked.length / STEP);
      if (near !== null) return near;
    }
    return scan(pool, order, skip);
  }
}

function scan({ ranked, ends }: Pool, { turn }: IdleOrder, skip: readonly number[] | null): number {
  let from = 0;
  for (let tier = 0; tier < ends.length; tier++) {
    const end = ends[tier]!;
    let best = -1;
    let least = Infinity;
    for (let i = from; i < end; i++) {
      const slot = ranked[i]!;
      const mine = turn[slot]!;
      if (mine < least && (skip === null || !skip.includes(slot))) {
        least = mine;
        best = slot;
      }
    }
    if (best >= 0) return best;
    from = end;
  }
  return -1;
}

/** First member in the order, -1 when there is none, null when it is not among the first `steps`. */
function walk({ words }: BitSet, order: IdleOrder, skip: readonly number[] | null, steps: number): number | null {
  let left = steps;
  for (let inHand = 0; inHand < order.depth; inHand++) {
    for (let slot = order.head(inHand); slot >= 0; slot = order.next(slot)) {
      if (--left < 0) return null;
      if ((((words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1 && (skip === null || !skip.includes(slot))) return slot;
    }
  }
  return -1;
}
