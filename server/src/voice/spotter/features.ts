/**
 * Sound to what speech recognition compares: mel-frequency cepstra (Davis and Mermelstein 1980) and their slopes, 100 frames a second, each
 * brought to mean 0 and the same spread over the utterance, so that a telephone's colour, a voice's level and steady noise count for little.
 */

export const HOP = 80; // 10 ms
const WINDOW = 200; // 25 ms
const FFT = 256;
const BINS = FFT / 2 + 1;
const FILTERS = 20;
const LOW_HZ = 150;
const HIGH_HZ = 3600;
const CEPSTRA = 12;
/** Numbers of one frame: cepstra 1 to 12 and their slopes. */
export const DIMENSIONS = 2 * CEPSTRA;
/** Slopes are smaller than the cepstra that they belong to. */
const SLOPE_WEIGHT = 2;
const SLOPE_SPAN = 3;
/** Weight of cepstrum n: n to the power of minus this. */
const SHARE_FALL = 0.6;
/** Added to every filter's power: digital silence must not become a cliff that only a perfect line has. */
const POWER_FLOOR = 2e-8;
/** Quieter than the loudest frame by this, or not above the noise by that: around the words. A frame or three of it is kept at both ends. */
const SOUNDING_DB = 22;
const ABOVE_NOISE_DB = 6;
const EDGE_FRAMES = 3;

const HAMMING = Float32Array.from({ length: WINDOW }, (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (WINDOW - 1)));
/** Row c: the cosine of cepstrum c + 1. */
const COSINES = Array.from({ length: CEPSTRA }, (_, c) => Float32Array.from({ length: FILTERS }, (_, m) => Math.sqrt(2 / FILTERS) * Math.cos((Math.PI * (c + 1) * (m + 0.5)) / FILTERS)));

export interface Features {
  /** Frames of DIMENSIONS numbers each. */
  values: Float32Array;
  frames: number;
}

/** The sound of one utterance, kept so that several warps cost one transform each. */
export interface Spectrum {
  /** Power of 129 bins a frame. */
  powers: Float32Array;
  frames: number;
  /** Of the noise around the words, by bin. */
  noise: Float32Array;
}

/** Frames from the first to the last that sounds: what is around the words is noise, and would be compared, too. Levels are measured above the rumble of a line. */
export function spectrumOf(samples: Int16Array): Spectrum {
  const frames = Math.max(0, Math.floor((samples.length - WINDOW) / HOP) + 1);
  const powers = new Float32Array(frames * BINS);
  const levels = new Float32Array(frames);
  const audible = withoutRumble(samples);
  const real = new Float32Array(FFT);
  const imaginary = new Float32Array(FFT);
  for (let f = 0; f < frames; f++) {
    const from = f * HOP;
    real.fill(0);
    imaginary.fill(0);
    let energy = 0;
    for (let i = 0; i < WINDOW; i++) {
      const before = from + i === 0 ? 0 : samples[from + i - 1]!;
      const sample = (samples[from + i]! - 0.97 * before) / 32768;
      energy += audible[from + i]! ** 2;
      real[i] = sample * HAMMING[i]!;
    }
    levels[f] = 10 * Math.log10(energy / WINDOW + 1e-10);
    transform(real, imaginary);
    for (let k = 0; k < BINS; k++) powers[f * BINS + k] = real[k]! ** 2 + imaginary[k]! ** 2;
  }
  const sorted = levels.toSorted();
  const loudest = sorted.at(-1) ?? 0;
  const quiet = sorted[Math.floor(frames / 10)] ?? 0;
  const threshold = Math.max(loudest - SOUNDING_DB, Math.min(quiet + ABOVE_NOISE_DB, loudest - 10));
  const sounds = (level: number): boolean => level > threshold;
  const first = Math.max(0, levels.findIndex(sounds) - EDGE_FRAMES);
  const last = Math.min(frames - 1, levels.findLastIndex(sounds) + EDGE_FRAMES);
  const kept = frames === 0 ? 0 : last - first + 1;
  return { powers: powers.subarray(first * BINS, (first + kept) * BINS), frames: kept, noise: meanPower(powers, frames, first, last) };
}

/** First-order high-pass at 150 Hz, in -1..1. */
function withoutRumble(samples: Int16Array): Float32Array {
  const out = new Float32Array(samples.length);
  let last = 0;
  let before = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]! / 32768;
    last = 0.89 * (last + sample - before);
    before = sample;
    out[i] = last;
  }
  return out;
}

/** Of the frames before `first` and after `last`. */
function meanPower(powers: Float32Array, frames: number, first: number, last: number): Float32Array {
  const mean = new Float32Array(BINS);
  const count = Math.max(1, first + frames - 1 - last);
  for (let f = 0; f < frames; f++) {
    if (f >= first && f <= last) continue;
    for (let k = 0; k < BINS; k++) mean[k]! += powers[f * BINS + k]! / count;
  }
  return mean;
}

/** `warp`: 0.9 hears a high voice as if it were deeper, 1.1 the reverse (length of the vocal tract). */
export function featuresOf({ powers, frames, noise }: Spectrum, warp = 1): Features {
  const cepstra = new Float32Array(frames * CEPSTRA);
  const filters = filtersFor(warp);
  const logs = new Float32Array(FILTERS);
  for (let f = 0; f < frames; f++) {
    for (let m = 0; m < FILTERS; m++) {
      const { first, weights } = filters[m]!;
      let power = 0;
      let ofNoise = 0;
      for (let k = 0; k < weights.length; k++) {
        power += weights[k]! * powers[f * BINS + first + k]!;
        ofNoise += weights[k]! * noise[first + k]!;
      }
      // spectral subtraction (Boll 1979), never below a twentieth of what is there
      logs[m] = Math.log(Math.max(power - ofNoise, 0.05 * power) / FFT + POWER_FLOOR);
    }
    for (let c = 0; c < CEPSTRA; c++) {
      let sum = 0;
      const row = COSINES[c]!;
      for (let m = 0; m < FILTERS; m++) sum += row[m]! * logs[m]!;
      cepstra[f * CEPSTRA + c] = sum;
    }
  }
  normalise(cepstra, frames);
  return { values: withSlopes(cepstra, frames), frames };
}

/** Mean 0 and the same spread for each cepstrum, then its share: high ones tell less. In place. */
function normalise(cepstra: Float32Array, frames: number): void {
  for (let c = 0; c < CEPSTRA; c++) {
    let sum = 0;
    let squares = 0;
    for (let f = 0; f < frames; f++) sum += cepstra[f * CEPSTRA + c]!;
    const mean = sum / Math.max(1, frames);
    for (let f = 0; f < frames; f++) squares += (cepstra[f * CEPSTRA + c]! - mean) ** 2;
    const scale = (c + 1) ** -SHARE_FALL / (Math.sqrt(squares / Math.max(1, frames)) + 0.1);
    for (let f = 0; f < frames; f++) cepstra[f * CEPSTRA + c] = (cepstra[f * CEPSTRA + c]! - mean) * scale;
  }
}

function withSlopes(cepstra: Float32Array, frames: number): Float32Array {
  const values = new Float32Array(frames * DIMENSIONS);
  let norm = 0;
  for (let n = 1; n <= SLOPE_SPAN; n++) norm += 2 * n * n;
  for (let f = 0; f < frames; f++) {
    for (let c = 0; c < CEPSTRA; c++) {
      let slope = 0;
      for (let n = 1; n <= SLOPE_SPAN; n++) {
        const after = Math.min(frames - 1, f + n);
        const before = Math.max(0, f - n);
        slope += n * (cepstra[after * CEPSTRA + c]! - cepstra[before * CEPSTRA + c]!);
      }
      values[f * DIMENSIONS + c] = cepstra[f * CEPSTRA + c]!;
      values[f * DIMENSIONS + CEPSTRA + c] = (SLOPE_WEIGHT * slope) / norm;
    }
  }
  return values;
}

interface MelFilter {
  first: number;
  weights: Float32Array;
}

const banks = new Map<number, MelFilter[]>();

function filtersFor(warp: number): MelFilter[] {
  const known = banks.get(warp);
  if (known) return known;
  const mel = (hz: number): number => 1127 * Math.log(1 + hz / 700);
  const hertz = (value: number): number => 700 * (Math.exp(value / 1127) - 1);
  const edges = Array.from({ length: FILTERS + 2 }, (_, i) => {
    const hz = hertz(mel(LOW_HZ) + ((mel(HIGH_HZ) - mel(LOW_HZ)) * i) / (FILTERS + 1));
    return (warped(hz, warp) * FFT) / 8000;
  });
  const bank = Array.from({ length: FILTERS }, (_, m) => {
    const [left, top, right] = [edges[m]!, edges[m + 1]!, edges[m + 2]!];
    const first = Math.max(1, Math.ceil(left));
    const last = Math.max(first, Math.min(FFT / 2, Math.floor(right)));
    const weights = Float32Array.from({ length: last - first + 1 }, (_, k) => {
      const bin = first + k;
      return Math.max(1e-3, bin <= top ? (bin - left) / Math.max(1e-6, top - left) : (right - bin) / Math.max(1e-6, right - top));
    });
    return { first, weights };
  });
  banks.set(warp, bank);
  return bank;
}

/** Straight up to 2.8 kHz, then to the end of the band, which stays where it is. */
function warped(hz: number, warp: number): number {
  const knee = 2800 / Math.max(1, warp);
  return hz <= knee ? hz * warp : knee * warp + ((hz - knee) * (4000 - knee * warp)) / (4000 - knee);
}

const TWIDDLES = Array.from({ length: FFT / 2 }, (_, k) => [Math.cos((2 * Math.PI * k) / FFT), -Math.sin((2 * Math.PI * k) / FFT)] as const);
const REVERSED = Uint16Array.from({ length: FFT }, (_, i) => {
  let out = 0;
  for (let bit = 1, value = i; bit < FFT; bit <<= 1, value >>= 1) out = (out << 1) | (value & 1);
  return out;
});

/** In place, radix 2. */
function transform(real: Float32Array, imaginary: Float32Array): void {
  for (let i = 0; i < FFT; i++) {
    const j = REVERSED[i]!;
    if (j <= i) continue;
    const kept = real[i]!;
    real[i] = real[j]!;
    real[j] = kept; // the input is real: the imaginary half is zeros on both sides
  }
  for (let size = 2; size <= FFT; size *= 2) {
    const half = size / 2;
    const step = FFT / size;
    for (let start = 0; start < FFT; start += size) {
      for (let k = 0; k < half; k++) {
        const [cosine, sine] = TWIDDLES[k * step]!;
        const a = start + k;
        const b = a + half;
        const r = real[b]! * cosine - imaginary[b]! * sine;
        const i = real[b]! * sine + imaginary[b]! * cosine;
        real[b] = real[a]! - r;
        imaginary[b] = imaginary[a]! - i;
        real[a]! += r;
        imaginary[a]! += i;
      }
    }
  }
}
