/**
 * Estimated wait: the place in line times what one place took lately. That is the time from one answer to the next while somebody waited, the mean
 * of the last answers (at most 32) not older than 30 minutes and of the answer that is awaited, so the estimate of a queue in which nothing is
 * answered any more grows. Who was offered at once tells nothing of waiting: a quiet hour makes no slow queue. With fewer than 3
 * answers there is no honest figure: null.
 */
const KEPT = 32;
const RECENT_MS = 30 * 60_000;
const FEWEST = 3;
/** Who was offered sooner did not wait. */
const WAITED_MS = 1_000;

export class AnswerPace {
  readonly #atMs = new Float64Array(KEPT);
  readonly #tookMs = new Float64Array(KEPT);
  #count = 0;
  #lastMs = -Infinity;

  /** The answer of one who waits since `enteredMs`, and was offered at `offeredMs`. */
  answered(enteredMs: number, offeredMs: number, nowMs: number): void {
    if (offeredMs - enteredMs < WAITED_MS) return;
    const at = this.#count++ % KEPT;
    this.#atMs[at] = nowMs;
    // who waited while nobody was there does not make the half hour after it slow
    this.#tookMs[at] = Math.min(RECENT_MS, nowMs - Math.max(enteredMs, this.#lastMs));
    this.#lastMs = nowMs;
  }

  /** Milliseconds until the one at `position` (1 = next) is answered, or null when unknown. `headSinceMs`: since when the first in line waits. */
  waitMs(position: number, headSinceMs: number, nowMs: number): number | null {
    let recent = 0;
    let tookMs = nowMs - Math.max(headSinceMs, this.#lastMs);
    for (let back = 1; back <= Math.min(KEPT, this.#count); back++) {
      const at = (this.#count - back) % KEPT;
      if (this.#atMs[at]! < nowMs - RECENT_MS) break;
      recent++;
      tookMs += this.#tookMs[at]!;
    }
    return recent < FEWEST ? null : Math.round((position * tookMs) / (recent + 1));
  }
}
