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
/** Noise is learned slowly upwards, so that a vowel is not taken for it, and fast downwards. */
const RISE_DB_PER_FRAME = 0.03;
const FALL_SHARE = 0.2;

export type Activity = "quiet" | "begins" | "speaks" | "ends" | "too-long";

/** Feeds on samples of any length; collects one sentence at a time. */
export class ActivityDetector {
  readonly #maxFrames: number;
  #noise = -60;
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

  get noiseDbfs(): number {
    return this.#noise;
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
    this.#noise = db < this.#noise ? this.#noise + (db - this.#noise) * FALL_SHARE : this.#noise + Math.min(RISE_DB_PER_FRAME, db - this.#noise);
    const sounds = db > Math.max(MIN_DBFS, this.#noise + ABOVE_NOISE_DB);
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

  #keep(samples: Int16Array): void {
    const most = this.#speaking ? this.#kept.length / HOP : BEGIN_WINDOW + LEAD_FRAMES;
    if (this.#keptFrames >= most) {
      this.#kept.copyWithin(0, HOP, this.#keptFrames * HOP);
      this.#keptFrames--;
    }
    this.#kept.set(samples, this.#keptFrames++ * HOP);
  }
}
