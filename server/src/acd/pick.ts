import type { BitSet } from "./bits.ts";
import type { IdleOrder } from "./idle-order.ts";
import type { Pool } from "./pools.ts";
import type { Staff } from "./staff.ts";

/** A step along the idle order is a jump in memory and costs about as much as so many members of a scan. */
const STEP = 8;
/** So many times the expected steps are gone before the scan. */
const LUCK = 4;

/**
 * Chooses in a pool: the best tier with somebody free; in it the fewest in hand; among these the longest idle, exactly.
 * A small pool is scanned: one number a member, Infinity for who is not free. In a large one the first of the idle order
 * is near: with m of all N agents as members, and f of the n in the order free for the medium, the walk expects n N / f m
 * steps; the scan of m is the way out.
 */
export class Picker {
  readonly #staff: Staff;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  /** Slot of the chosen one, or -1. `skip`: slots not to be considered. */
  pick(pool: Pool, medium: number, skip: readonly number[] | null): number {
    const free = this.#staff.free[medium]!;
    if (free === 0) return -1;
    const { ranked, bits } = pool;
    const turn = this.#staff.turns[medium]!;
    if (bits !== null) {
      const { order, size } = this.#staff;
      const expected = (order.size * size) / (free * ranked.length);
      if (expected * STEP < ranked.length) {
        const near = walk(bits, order, turn, skip, expected * LUCK);
        if (near !== null) return near;
      }
    }
    return scan(pool, turn, skip);
  }
}

function scan({ ranked, ends }: Pool, turn: Float64Array, skip: readonly number[] | null): number {
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
function walk({ words }: BitSet, order: IdleOrder, turn: Float64Array, skip: readonly number[] | null, steps: number): number | null {
  let left = steps;
  for (let inHand = 0; inHand < order.depth; inHand++) {
    for (let slot = order.head(inHand); slot >= 0; slot = order.next(slot)) {
      if (--left < 0) return null;
      if ((((words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1 && turn[slot] !== Infinity && (skip === null || !skip.includes(slot))) return slot;
    }
  }
  return -1;
}
