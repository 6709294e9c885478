/**
 * How well a phrase fits into what was said: dynamic time warping with free ends (the phrase may stand anywhere in the sentence), and what any
 * speech at all would have cost in the same place. Their ratio is small only where the phrase itself is there; noise and a strange voice raise both.
 */
import { DIMENSIONS, type Features } from "./features.ts";

/** Nearest frames of the garbage speech that make up what "any speech" costs. */
const NEAREST = 4;

export interface Fit {
  /** Cost of the phrase over cost of any speech in its place: 0 the same sound, around 1 any other words. */
  ratio: number;
  /** Frames of the sentence that the phrase covers. */
  from: number;
  to: number;
}

export function distance(a: Float32Array, at: number, b: Float32Array, bt: number): number {
  let sum = 0;
  for (let d = 0; d < DIMENSIONS; d++) {
    const difference = a[at + d]! - b[bt + d]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** For each frame of the sentence the mean distance to the nearest frames of `garbage` (ordinary speech of the same voice). */
export function garbageCosts(sentence: Features, garbage: Features): Float32Array {
  const costs = new Float32Array(sentence.frames);
  const nearest = new Float32Array(NEAREST);
  for (let f = 0; f < sentence.frames; f++) {
    nearest.fill(Infinity);
    for (let g = 0; g < garbage.frames; g++) {
      let cost = distance(sentence.values, f * DIMENSIONS, garbage.values, g * DIMENSIONS);
      for (let n = 0; n < NEAREST && cost < Infinity; n++) {
        if (cost >= nearest[n]!) continue;
        const pushed = nearest[n]!;
        nearest[n] = cost;
        cost = pushed;
      }
    }
    let sum = 0;
    for (let n = 0; n < NEAREST; n++) sum += nearest[n]!;
    costs[f] = sum / NEAREST;
  }
  return costs;
}

/**
 * Steps of the path (phrase, sentence): (1,1), (1,2) and (2,1), so that neither runs more than twice as fast as the other (Sakoe and Chiba 1978,
 * slope 1). The cost of a path is the mean over its steps; each step also collects the garbage's cost of the frames that it passes.
 */
export function fit(phrase: Features, sentence: Features, garbage: Float32Array): Fit | null {
  const rows = phrase.frames;
  const columns = sentence.frames;
  if (rows < 2 || columns < rows / 2) return null;
  // three rows of cost, of garbage, of the path's begin
  const cost = [new Float32Array(columns), new Float32Array(columns), new Float32Array(columns)];
  const other = [new Float32Array(columns), new Float32Array(columns), new Float32Array(columns)];
  const begin = [new Int32Array(columns), new Int32Array(columns), new Int32Array(columns)];
  const local = [new Float32Array(columns), new Float32Array(columns)];
  for (let r = 0; r < rows; r++) {
    const here = local[r % 2]!;
    const above = local[(r + 1) % 2]!;
    for (let c = 0; c < columns; c++) here[c] = distance(phrase.values, r * DIMENSIONS, sentence.values, c * DIMENSIONS);
    const [now, one, two] = [r % 3, (r + 2) % 3, (r + 1) % 3];
    for (let c = 0; c < columns; c++) {
      if (r === 0) {
        cost[now]![c] = here[c]!;
        other[now]![c] = garbage[c]!;
        begin[now]![c] = c;
        continue;
      }
      let best = Infinity;
      let bestOther = 0;
      let from = -1;
      const take = (total: number, garbageTotal: number, at: number): void => {
        // compared as they will be judged: phrase against garbage along the way
        if (total - garbageTotal >= best - bestOther && best < Infinity) return;
        best = total;
        bestOther = garbageTotal;
        from = at;
      };
      if (c >= 1 && cost[one]![c - 1]! < Infinity) take(cost[one]![c - 1]! + 2 * here[c]!, other[one]![c - 1]! + 2 * garbage[c]!, begin[one]![c - 1]!);
      if (c >= 2 && cost[one]![c - 2]! < Infinity) take(cost[one]![c - 2]! + 2 * here[c - 1]! + here[c]!, other[one]![c - 2]! + 2 * garbage[c - 1]! + garbage[c]!, begin[one]![c - 2]!);
      if (r >= 2 && c >= 1 && cost[two]![c - 1]! < Infinity) take(cost[two]![c - 1]! + 2 * above[c]! + here[c]!, other[two]![c - 1]! + 3 * garbage[c]!, begin[two]![c - 1]!);
      cost[now]![c] = best;
      other[now]![c] = bestOther;
      begin[now]![c] = from;
    }
  }
  const last = (rows - 1) % 3;
  let found: Fit | null = null;
  for (let c = 0; c < columns; c++) {
    const total = cost[last]![c]!;
    if (total === Infinity) continue;
    const ratio = total / Math.max(1e-6, other[last]![c]!);
    if (found === null || ratio < found.ratio) found = { ratio, from: begin[last]![c]!, to: c };
  }
  return found;
}
