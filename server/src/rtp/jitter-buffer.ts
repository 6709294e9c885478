/**
 * Evens out arrival for what must come on a tick (mixing): samples are laid down by RTP timestamp and drawn at a fixed pace,
 * a target delay behind. Late samples are lost and lengthen the delay; a delay that has proved too long shrinks by a frame.
 */

/** One second: far more than any delay that people can talk over. */
const CAPACITY = 8192;
const FRAME = 160;
const MIN_TARGET = 2 * FRAME;
const MAX_TARGET = 12 * FRAME;
/** After so many frames without a late packet the delay tries one frame less (10 s). */
const CALM_FRAMES = 500;

export class JitterBuffer {
  #ring = new Int16Array(CAPACITY);
  /** Timestamp of the next sample to draw, on an unwrapped line; and one past the newest laid down. */
  #readAt = 0;
  #endAt = 0;
  #ssrc = -1;
  #lastTimestamp = 0;
  #lastAt = 0;
  #started = false;
  #playing = false;
  #target = MIN_TARGET;
  #calm = 0;
  #lowest = MAX_TARGET;
  late = 0;

  get delayMs(): number {
    return this.#target / 8;
  }

  put(ssrc: number, timestamp: number, samples: Int16Array, count: number): void {
    let at = this.#lastAt + ((timestamp - this.#lastTimestamp) | 0);
    if (!this.#started || ssrc !== this.#ssrc || at > this.#readAt + CAPACITY - count || at < this.#readAt - CAPACITY) {
      this.#ssrc = ssrc;
      this.#started = true;
      this.#playing = false;
      this.#ring.fill(0);
      at = this.#readAt;
      this.#endAt = at;
    }
    this.#lastTimestamp = timestamp;
    this.#lastAt = at;
    if (this.#playing && at < this.#readAt) {
      this.late++;
      this.#calm = 0;
      this.#lowest = MAX_TARGET;
      const behind = Math.ceil((this.#readAt - at) / FRAME) * FRAME;
      const grow = Math.min(behind, MAX_TARGET - this.#target);
      this.#target += grow;
      // Going back over what was drawn already would repeat sound: blank it.
      this.#readAt -= grow;
      for (let i = 0; i < grow; i++) this.#ring[(this.#readAt + i) & (CAPACITY - 1)] = 0;
    }
    const ring = this.#ring;
    for (let i = Math.max(0, this.#readAt - at); i < count; i++) ring[(at + i) & (CAPACITY - 1)] = samples[i]!;
    this.#endAt = Math.max(this.#endAt, at + count);
    if (!this.#playing && this.#endAt - this.#readAt >= this.#target) this.#playing = true;
  }

  /** Draws one frame of 20 ms into `out`; false (and zeros) while nothing is there to be heard. */
  draw(out: Int16Array): boolean {
    if (!this.#playing) {
      out.fill(0);
      return false;
    }
    const depth = this.#endAt - this.#readAt;
    if (depth <= 0) {
      // Ran dry: the sender stopped, or everything is late. Hold the place for as long as a target, then wait afresh.
      if (depth <= -this.#target) this.#restartAt(this.#endAt);
      else this.#readAt += FRAME;
      out.fill(0);
      return false;
    }
    this.#lowest = Math.min(this.#lowest, depth);
    if (++this.#calm >= CALM_FRAMES) {
      if (this.#lowest > MIN_TARGET && this.#lowest > 2 * FRAME) {
        this.#target = Math.max(MIN_TARGET, this.#target - FRAME);
        this.#erase(FRAME);
      }
      this.#calm = 0;
      this.#lowest = MAX_TARGET;
    }
    const ring = this.#ring;
    const from = this.#readAt & (CAPACITY - 1);
    const first = Math.min(FRAME, CAPACITY - from);
    for (let i = 0; i < first; i++) out[i] = ring[from + i]!;
    ring.fill(0, from, from + first);
    for (let i = first; i < FRAME; i++) out[i] = ring[i - first]!;
    if (first < FRAME) ring.fill(0, 0, FRAME - first);
    this.#readAt += FRAME;
    return true;
  }

  #erase(count: number): void {
    for (let i = 0; i < count; i++) this.#ring[(this.#readAt + i) & (CAPACITY - 1)] = 0;
    this.#readAt += count;
  }

  #restartAt(at: number): void {
    this.#playing = false;
    this.#started = false;
    this.#readAt = at;
    this.#endAt = at;
    this.#ring.fill(0);
  }
}
