/** From an engine's samples to what a telephone plays: 8 kHz without aliases, no silence around, one loudness. */

export const TELEPHONE_RATE = 8000;
/** Speech level of every prompt, in dB of full scale, measured where there is speech. */
export const SPEECH_DBFS = -20;

/** Half width of the low-pass in output samples: 24 gives 60 dB at 4.2 kHz with the window below. */
const HALF_TAPS = 24;
/** Passes speech to 3.6 kHz; what lies above 4 kHz would come back as noise. */
const CUTOFF_HZ = 3700;
const SILENCE_DB_BELOW_PEAK = 42;
const LEAD_MS = 40;
const TAIL_MS = 140;
const FADE_MS = 6;
/** Above this the limiter bends peaks instead of cutting them. */
const KNEE = 0.7;

export function speechForTelephone(samples: Int16Array, rateHz: number): Int16Array<ArrayBuffer> {
  return level(trim(resample(samples, rateHz), TELEPHONE_RATE), SPEECH_DBFS);
}

/** Windowed-sinc resampling to 8 kHz (Blackman), band-limited to CUTOFF_HZ. Output in -1..1. */
export function resample(samples: Int16Array, rateHz: number): Float32Array {
  const { up, down, half, taps } = filterFor(rateHz);
  const out = new Float32Array(Math.max(0, Math.floor((samples.length * up) / down)));
  const width = 2 * half;
  for (let i = 0; i < out.length; i++) {
    const phase = (i * down) % up;
    const first = (i * down - phase) / up - half + 1;
    const row = phase * width;
    const from = Math.max(0, -first);
    const to = Math.min(width, samples.length - first);
    let sum = 0;
    for (let k = from; k < to; k++) sum += samples[first + k]! * taps[row + k]!;
    out[i] = sum / 32768;
  }
  return out;
}

interface Filter {
  /** 8 kHz : input as a reduced fraction. */
  up: number;
  down: number;
  /** Half the taps of one output sample, in input samples. */
  half: number;
  /** `2 * half` taps for each of `up` phases, each row summing to one: 160 rows of 134 for 22,050 Hz. */
  taps: Float64Array;
}

const filters = new Map<number, Filter>();

function filterFor(rateHz: number): Filter {
  const known = filters.get(rateHz);
  if (known) return known;
  const common = greatestCommonDivisor(TELEPHONE_RATE, rateHz);
  const [up, down] = [TELEPHONE_RATE / common, rateHz / common];
  const half = Math.ceil(HALF_TAPS * Math.max(1, down / up));
  const cutoff = Math.min(CUTOFF_HZ, rateHz / 2) / rateHz;
  const taps = new Float64Array(up * 2 * half);
  for (let phase = 0; phase < up; phase++) {
    const row = taps.subarray(phase * 2 * half, (phase + 1) * 2 * half);
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      const x = k - half + 1 - phase / up;
      const angle = 2 * Math.PI * cutoff * x;
      const sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(angle) / angle;
      row[k] = sinc * (0.42 + 0.5 * Math.cos((Math.PI * x) / half) + 0.08 * Math.cos((2 * Math.PI * x) / half));
      sum += row[k]!;
    }
    for (let k = 0; k < row.length; k++) row[k]! /= sum;
  }
  const made = { up, down, half, taps };
  filters.set(rateHz, made);
  return made;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Cuts the silence around, leaves a short lead and tail, fades both ends. */
export function trim(samples: Float32Array, rateHz: number): Float32Array {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const floor = peak * 10 ** (-SILENCE_DB_BELOW_PEAK / 20);
  const first = samples.findIndex((sample) => Math.abs(sample) > floor);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > floor);
  if (first < 0) return new Float32Array(0);
  const from = Math.max(0, first - (LEAD_MS * rateHz) / 1000);
  const out = samples.slice(from, last + (TAIL_MS * rateHz) / 1000);
  const fade = Math.min(out.length >> 1, (FADE_MS * rateHz) / 1000);
  for (let i = 0; i < fade; i++) {
    out[i]! *= i / fade;
    out[out.length - 1 - i]! *= i / fade;
  }
  return out;
}

/** To `dbfs` RMS over the 20 ms frames in which something sounds; peaks bend above the knee and never clip. */
export function level(samples: Float32Array, dbfs: number): Int16Array<ArrayBuffer> {
  const gain = 10 ** (dbfs / 20) / Math.max(soundingRms(samples), 1e-6);
  const out = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) out[i] = Math.round(limit(samples[i]! * gain) * 32767);
  return out;
}

function limit(value: number): number {
  const size = Math.abs(value);
  if (size <= KNEE) return value;
  return Math.sign(value) * (KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)) * 0.98);
}

/** RMS without pauses: frames within 30 dB of the loudest. */
export function soundingRms(samples: Float32Array | Int16Array): number {
  const frame = TELEPHONE_RATE / 50;
  const powers: number[] = [];
  for (let at = 0; at < samples.length; at += frame) {
    const end = Math.min(samples.length, at + frame);
    let sum = 0;
    for (let i = at; i < end; i++) sum += samples[i]! ** 2;
    powers.push(sum / (end - at));
  }
  const loudest = Math.max(0, ...powers);
  const sounding = powers.filter((power) => power > loudest / 1000);
  return sounding.length === 0 ? 0 : Math.sqrt(sounding.reduce((sum, power) => sum + power, 0) / sounding.length);
}
