/**
 * Estimated wait: `position / rate`, where rate is the answers of the queue per millisecond over its recent past: the
 * last answers (at most 32) not older than 30 minutes, divided by the time from the oldest of them to now, so a queue
 * in which nothing is answered any more grows its estimate. With fewer than 3 answers there is no honest figure: null.
 */
const KEPT = 32;
const RECENT_MS = 30 * 60_000;
const FEWEST = 3;

export class AnswerRate {
  readonly #atMs = new Float64Array(KEPT);
  #count = 0;

  answered(nowMs: number): void {
    this.#atMs[this.#count++ % KEPT] = nowMs;
  }

  /** Milliseconds until the one at `position` (1 = next) is answered, or null when unknown. */
  waitMs(position: number, nowMs: number): number | null {
    let recent = 0;
    let oldestMs = nowMs;
    for (let back = 1; back <= Math.min(KEPT, this.#count); back++) {
      const atMs = this.#atMs[(this.#count - back) % KEPT]!;
      if (atMs < nowMs - RECENT_MS) break;
      recent++;
      oldestMs = atMs;
    }
    if (recent < FEWEST) return null;
    return Math.round((position * (nowMs - oldestMs)) / recent);
  }
}
