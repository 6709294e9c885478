/**
 * What an endpoint hears, for a recogniser: batches of 100 ms on the sender's own time line, so that a lost packet is a gap and not a
 * word cut short. A tick is never delayed by it: laying down costs a copy, and who listens works in another thread.
 */

/** One message between threads for five packets. */
export const BATCH_SAMPLES = 800;
/** Ticks (of 20 ms) without a packet after which the sender pauses; packets that are only late come within. */
const PAUSE_TICKS = 10;
const TICK_SAMPLES = 160;
/** A longer gap is a pause of the sender (silence suppression, a hold): it is shortened to this, which is silence enough for any recogniser. */
const MAX_GAP = 8000;

export class Listener {
  readonly #heard: (samples: Int16Array) => void;
  #batch = new Int16Array(BATCH_SAMPLES);
  #filled = 0;
  #ssrc = -1;
  /** Timestamp right after what was laid down last. */
  #next = 0;
  #quietTicks = 0;
  /** Silence that was laid down since, by our clock. */
  #ahead = 0;

  constructor(heard: (samples: Int16Array) => void) {
    this.#heard = heard;
  }

  put(ssrc: number, timestamp: number, samples: Int16Array, count: number): void {
    if (ssrc === this.#ssrc) {
      const gap = (timestamp - this.#next) | 0;
      if (gap < 0) return; // late: its place was filled with silence already
      this.#lay(null, Math.min(Math.max(0, gap - this.#ahead), MAX_GAP));
    }
    this.#quietTicks = 0;
    this.#ahead = 0;
    this.#ssrc = ssrc;
    this.#next = (timestamp + count) >>> 0;
    this.#lay(samples, count);
  }

  /** 20 ms went by. Who suppresses silence sends none, and it must be heard all the same: it ends a sentence, and a message. */
  tick(): void {
    if (++this.#quietTicks <= PAUSE_TICKS) return;
    this.#ahead += TICK_SAMPLES;
    this.#lay(null, TICK_SAMPLES);
  }

  #lay(samples: Int16Array | null, count: number): void {
    for (let at = 0; at < count; ) {
      const run = Math.min(count - at, BATCH_SAMPLES - this.#filled);
      if (samples) this.#batch.set(samples.subarray(at, at + run), this.#filled);
      at += run;
      this.#filled += run;
      if (this.#filled < BATCH_SAMPLES) continue;
      this.#heard(this.#batch);
      this.#batch = new Int16Array(BATCH_SAMPLES);
      this.#filled = 0;
    }
  }
}
