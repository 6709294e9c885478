/** Where somebody speaks: level against the noise of the line, frame by frame (10 ms), with patience at both ends of a sentence. */
import { HOP } from "./features.ts";

/** Quieter is never speech: the hiss of an idle line. */
const MIN_DBFS = -52;
/** Above the noise by this: speech. While a prompt plays its echo comes back, too; loudspeakers return it 20 dB down and more. */
const ABOVE_NOISE_DB = 10;
/** Of 250 ms so much must sound: a knock or a click does not. */
const BEGIN_WINDOW = 25;
const BEGIN_FRAMES = 15;
/** Quiet for this long ends a sentence: the closure of a "t" lasts 120 ms, a breath within a name 300. */
const END_FRAMES = 55;
/** Sound before the begin that belongs to it: soft consonants. */
const LEAD_FRAMES = 20;
/** The noise is the quietest of this time (speech has a dip in every 1.5 s), in so many parts of which the oldest is forgotten. */
const NOISE_PARTS = 12;
const NOISE_PART_FRAMES = 12;
/** Softer than any line: lost packets, or an echo that was taken out. It says nothing about the noise. */
const NO_SOUND_DBFS = -80;
/** Levels are smoothed before, or the noise would be its own rarest dip. */
const SMOOTHING = 0.35;

/** Feeds on samples of any length; collects one sentence at a time. */
export class ActivityDetector {
  readonly #maxFrames: number;
  #smooth: number | null = null;
  readonly #lowest = new Float32Array(NOISE_PARTS).fill(0);
  #parts = 0;
  #kept: Int16Array;
  #keptFrames = 0;
  #part = new Int16Array(HOP);
  #partFilled = 0;
  readonly #recent = new Uint8Array(BEGIN_WINDOW);
  #frame = 0;
  #speaking = false;
  #quiet = 0;

  constructor(maxMs: number) {
    this.#maxFrames = Math.ceil(maxMs / 10);
    this.#kept = new Int16Array((this.#maxFrames + BEGIN_WINDOW + LEAD_FRAMES) * HOP);
  }

  /** Tells the begin and the end (or the limit) of sentences; on an end `take()` has the sentence. */
  hear(samples: Int16Array, tell: (activity: "begins" | "ends" | "too-long") => void): void {
    for (let at = 0; at < samples.length; ) {
      const run = Math.min(samples.length - at, HOP - this.#partFilled);
      this.#part.set(samples.subarray(at, at + run), this.#partFilled);
      this.#partFilled += run;
      at += run;
      if (this.#partFilled < HOP) continue;
      this.#partFilled = 0;
      const told = this.#step(this.#part);
      if (told) tell(told);
    }
  }

  /** The sentence that ended, with a little of the quiet around it; the detector begins anew. */
  take(): Int16Array {
    const frames = Math.max(0, this.#keptFrames - Math.max(0, this.#quiet - LEAD_FRAMES));
    const sentence = this.#kept.slice(0, frames * HOP);
    this.#speaking = false;
    this.#keptFrames = 0;
    this.#quiet = 0;
    this.#recent.fill(0);
    return sentence;
  }

  #step(samples: Int16Array): "begins" | "ends" | "too-long" | null {
    let sum = 0;
    for (let i = 0; i < HOP; i++) sum += samples[i]! * samples[i]!;
    const db = 10 * Math.log10(sum / HOP / 32768 ** 2 + 1e-10);
    const sounds = db > Math.max(MIN_DBFS, this.#noise(db) + ABOVE_NOISE_DB);
    this.#keep(samples);
    this.#recent[this.#frame++ % BEGIN_WINDOW] = sounds ? 1 : 0;
    if (!this.#speaking) {
      let count = 0;
      for (let i = 0; i < BEGIN_WINDOW; i++) count += this.#recent[i]!;
      if (count < BEGIN_FRAMES) return null;
      this.#speaking = true;
      this.#quiet = 0;
      return "begins";
    }
    this.#quiet = sounds ? 0 : this.#quiet + 1;
    if (this.#quiet >= END_FRAMES) return "ends";
    return this.#keptFrames >= this.#maxFrames ? "too-long" : null;
  }

  /** Level of what is there all the time, in dB of full scale, with this frame. */
  #noise(db: number): number {
    if (db < NO_SOUND_DBFS) {
      this.#smooth = null;
      return this.#quietest(0);
    }
    this.#smooth = this.#smooth === null ? db : this.#smooth + SMOOTHING * (db - this.#smooth);
    const part = Math.floor(this.#frame / NOISE_PART_FRAMES);
    const at = part % NOISE_PARTS;
    if (part >= this.#parts) {
      this.#parts = part + 1;
      this.#lowest[at] = this.#smooth;
    } else this.#lowest[at] = Math.min(this.#lowest[at]!, this.#smooth);
    return this.#quietest(this.#smooth);
  }

  #quietest(level: number): number {
    return Math.min(level, ...this.#lowest);
  }

  #keep(samples: Int16Array): void {
    const most = this.#speaking ? this.#kept.length / HOP : BEGIN_WINDOW + LEAD_FRAMES;
    if (this.#keptFrames >= most) {
      this.#kept.copyWithin(0, HOP, this.#keptFrames * HOP);
      this.#keptFrames--;
    }
    this.#kept.set(samples, this.#keptFrames++ * HOP);
  }
}
