/**
 * How much an utterance is like a spoken pattern: dynamic time warping from begin to begin and end to end, within a few frames. Steps (pattern,
 * utterance) are (1,1), (1,2) and (2,1), so that neither runs more than twice as fast as the other (Sakoe and Chiba 1978, slope 1).
 */
import { DIMENSIONS, type Features } from "./features.ts";

/** Frames at either end of the utterance that may be left out. */
const LOOSE_FRAMES = 4;

/** Mean distance along the best path; Infinity when the lengths do not fit, or when it is sure to exceed `limit`. */
export function warpedDistance(pattern: Features, utterance: Features, limit: number): number {
  const rows = pattern.frames;
  const columns = utterance.frames;
  if (rows < 3 || columns < 3 || columns > 2 * rows + 2 * LOOSE_FRAMES || rows > 2 * columns) return Infinity;
  const steps = rows + columns;
  const cost = [new Float32Array(columns), new Float32Array(columns), new Float32Array(columns)];
  const local = [new Float32Array(columns), new Float32Array(columns)];
  for (let r = 0; r < rows; r++) {
    const here = local[r % 2]!;
    const above = local[(r + 1) % 2]!;
    const now = cost[r % 3]!;
    const one = cost[(r + 2) % 3]!;
    const two = cost[(r + 1) % 3]!;
    for (let c = 0; c < columns; c++) here[c] = frameDistance(pattern.values, r * DIMENSIONS, utterance.values, c * DIMENSIONS);
    let least = Infinity;
    for (let c = 0; c < columns; c++) {
      let best = Infinity;
      if (r === 0) {
        if (c <= LOOSE_FRAMES) best = here[c]!;
      } else {
        if (c >= 1) best = one[c - 1]! + 2 * here[c]!;
        if (c >= 2) best = Math.min(best, one[c - 2]! + 2 * here[c - 1]! + here[c]!);
        if (c >= 1 && r >= 2) best = Math.min(best, two[c - 1]! + 2 * above[c]! + here[c]!);
      }
      now[c] = best;
      if (best < least) least = best;
    }
    // costs only grow: two rows past the limit never come back
    if (r > 0 && least / steps > limit && leastOf(one) / steps > limit) return Infinity;
  }
  const last = cost[(rows - 1) % 3]!;
  let found = Infinity;
  for (let c = Math.max(0, columns - 1 - LOOSE_FRAMES); c < columns; c++) found = Math.min(found, last[c]!);
  return found / steps;
}

function leastOf(row: Float32Array): number {
  let least = Infinity;
  for (const value of row) if (value < least) least = value;
  return least;
}

function frameDistance(a: Float32Array, at: number, b: Float32Array, bt: number): number {
  let sum = 0;
  for (let d = 0; d < DIMENSIONS; d++) {
    const difference = a[at + d]! - b[bt + d]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}
