/**
 * Key presses as tones in the audio, by Goertzel's filters, with the tests of ITU-T Q.24 that keep speech out: level, twist,
 * each tone against its own group, the pair against the whole, no strong second harmonic, three blocks alike.
 */

const LOW_HZ = [697, 770, 852, 941];
const HIGH_HZ = [1209, 1336, 1477, 1633];
const KEYS = ["123A", "456B", "789C", "*0#D"];

/** 12.75 ms: wide enough filters for tones 1.5 % off pitch (Q.24), narrow enough to tell neighbours 73 Hz apart. */
const BLOCK = 102;
/** Blocks alike before a key is told, and blocks without it before the same key may come again. */
const HITS = 3;
const MISSES = 2;

const MIN_POWER = 1e-5; // -47 dBFS for each tone
const MAX_TWIST = 6.3; // 8 dB either way
const GROUP_RATIO = 4; // strongest against the second of its group: 6 dB
const MIN_SHARE = 0.72; // of the whole power within the two tones as they should be: the worst pair 1.5 % off pitch keeps 0.724
/** The same with each tone tried at five pitches: a true pair keeps 0.90 at least, and this is what speech does not pass. */
const MIN_FITTED_SHARE = 0.87;
const PITCHES = [0.982, 0.991, 1, 1.009, 1.018];
const MAX_HARMONIC = 0.1;

const coefficients = (freqs: readonly number[]): Float64Array => Float64Array.from(freqs, (hz) => 2 * Math.cos((2 * Math.PI * hz) / 8000));
const FILTERS = coefficients([...LOW_HZ, ...HIGH_HZ]);
const FITTED = coefficients([...LOW_HZ, ...HIGH_HZ].flatMap((hz) => PITCHES.map((pitch) => hz * pitch)));
/** Of the high group only: the low group's fall among the high tones. */
const HARMONICS = coefficients(HIGH_HZ.map((hz) => hz * 2));

function power(block: Float64Array, coefficient: number): number {
  let s1 = 0;
  let s2 = 0;
  for (let i = 0; i < BLOCK; i++) {
    const s0 = block[i]! + coefficient * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  return (2 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2)) / (BLOCK * BLOCK);
}

export class InbandDetector {
  #block = new Float64Array(BLOCK);
  #filled = 0;
  #candidate = "";
  #hits = 0;
  #misses = 0;
  #pressed = "";

  /** Samples in order of time; the keys newly pressed within them. */
  take(samples: Int16Array, count: number = samples.length): string {
    let keys = "";
    for (let i = 0; i < count; i++) {
      this.#block[this.#filled++] = samples[i]! / 32768;
      if (this.#filled === BLOCK) {
        this.#filled = 0;
        keys += this.#step(this.#judge());
      }
    }
    return keys;
  }

  #step(key: string): string {
    if (this.#pressed !== "") {
      this.#misses = key === this.#pressed ? 0 : this.#misses + 1;
      if (this.#misses >= MISSES) this.#pressed = "";
    }
    this.#hits = key !== "" && key === this.#candidate ? this.#hits + 1 : key === "" ? 0 : 1;
    this.#candidate = key;
    if (this.#hits < HITS || key === this.#pressed) return "";
    this.#pressed = key;
    this.#misses = 0;
    return key;
  }

  /** The key that this block shows, or "". */
  #judge(): string {
    let total = 0;
    for (let i = 0; i < BLOCK; i++) total += this.#block[i]! * this.#block[i]!;
    total /= BLOCK;
    if (total < MIN_POWER) return "";
    const low = this.#strongest(0);
    const high = this.#strongest(4);
    if (low.power < MIN_POWER || high.power < MIN_POWER) return "";
    if (low.power > high.power * MAX_TWIST || high.power > low.power * MAX_TWIST) return "";
    if (low.power < low.second * GROUP_RATIO || high.power < high.second * GROUP_RATIO) return "";
    if (low.power + high.power < total * MIN_SHARE) return "";
    if (power(this.#block, HARMONICS[high.index]!) > high.power * MAX_HARMONIC) return "";
    if (this.#fitted(low.index) + this.#fitted(4 + high.index) < total * MIN_FITTED_SHARE) return "";
    return KEYS[low.index]![high.index]!;
  }

  #fitted(index: number): number {
    let most = 0;
    for (let i = 0; i < PITCHES.length; i++) most = Math.max(most, power(this.#block, FITTED[index * PITCHES.length + i]!));
    return most;
  }

  #strongest(from: number): { index: number; power: number; second: number } {
    let index = 0;
    let best = -1;
    let second = -1;
    for (let i = 0; i < 4; i++) {
      const p = power(this.#block, FILTERS[from + i]!);
      if (p > best) {
        second = best;
        best = p;
        index = i;
      } else if (p > second) second = p;
    }
    return { index, power: best, second };
  }
}
