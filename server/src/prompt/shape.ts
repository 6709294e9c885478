/** From an engine's or a studio's samples to what a telephone plays: 8 kHz without aliases, no silence around, one loudness. */
import { activeSpeechLevel, DBM0 } from "./speech-level.ts";

export const TELEPHONE_RATE = 8000;
/**
 * Active level of every prompt: the -26 dBov (-20 dBm0) that ITU-T P.830 and G.191 take as nominal for speech on telephone networks, so that a
 * prompt is as loud as the person who answers after it.
 */
export const SPEECH_DBM0 = -20;

/** Half width of the low-pass in output samples: 24 gives 60 dB at 4.2 kHz with the window below. */
const HALF_TAPS = 24;
/** Passes speech to 3.6 kHz; what lies above 4 kHz would come back as noise. */
const CUTOFF_HZ = 3700;
/** Quieter than the speech by this, and not much above the noise of the recording: silence. Soft consonants are 25 dB down. */
const SILENCE_DB_BELOW_SPEECH = 30;
const ABOVE_NOISE_DB = 6;
/** Silence kept at both ends. */
const KEPT_MS = 100;
const FADE_MS = 6;
/** Above this the limiter bends peaks instead of cutting them. */
const KNEE = 0.7;

export function speechForTelephone(samples: Int16Array, rateHz: number): Int16Array<ArrayBuffer> {
  const floats = Float32Array.from(samples, (sample) => sample / 32768);
  return level(trim(resample(floats, rateHz), TELEPHONE_RATE).samples, TELEPHONE_RATE, SPEECH_DBM0);
}

/** Windowed-sinc resampling to 8 kHz (Blackman), band-limited to CUTOFF_HZ. In and out -1..1. */
export function resample(samples: Float32Array, rateHz: number): Float32Array {
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
    out[i] = sum;
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

/** Cuts the silence around, leaves KEPT_MS at each end (of silence, where the recording had less), fades both ends. */
export function trim(samples: Float32Array, rateHz: number): { samples: Float32Array; trimmedMs: number } {
  const frame = rateHz / 100;
  const powers: number[] = [];
  for (let at = 0; at + frame <= samples.length; at += frame) {
    let sum = 0;
    for (let i = at; i < at + frame; i++) sum += samples[i]! * samples[i]!;
    powers.push(10 * Math.log10(sum / frame + 1e-12));
  }
  const speech = activeSpeechLevel(samples, rateHz).dbov;
  if (powers.length === 0 || speech === -Infinity) return { samples: new Float32Array(0), trimmedMs: (1000 * samples.length) / rateHz };
  const noise = powers.toSorted((a, b) => a - b)[Math.floor(powers.length / 20)]!;
  // a recording without any pause has no noise to be measured
  const threshold = Math.max(speech - SILENCE_DB_BELOW_SPEECH, Math.min(noise + ABOVE_NOISE_DB, speech - 15));
  const sounds = (power: number): boolean => power > threshold;
  const first = powers.findIndex(sounds);
  const last = powers.findLastIndex(sounds);
  const kept = (KEPT_MS * rateHz) / 1000;
  const from = first * frame - kept;
  const to = (last + 1) * frame + kept;
  const out = new Float32Array(to - from);
  out.set(samples.subarray(Math.max(0, from), Math.min(samples.length, to)), Math.max(0, -from));
  const fade = Math.min(out.length >> 1, (FADE_MS * rateHz) / 1000);
  for (let i = 0; i < fade; i++) {
    out[i]! *= i / fade;
    out[out.length - 1 - i]! *= i / fade;
  }
  return { samples: out, trimmedMs: Math.max(0, (1000 * (samples.length - out.length)) / rateHz) };
}

/** To an active speech level of `dbm0`; peaks bend above the knee and never clip. */
export function level(samples: Float32Array, rateHz: number, dbm0: number): Int16Array<ArrayBuffer> {
  const gain = gainTo(activeSpeechLevel(samples, rateHz).dbov, dbm0);
  const out = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) out[i] = Math.round(limit(samples[i]! * gain) * 32767);
  return out;
}

/** The factor that brings an active level to `dbm0`; silence stays as it is. */
export function gainTo(dbov: number, dbm0: number): number {
  return dbov === -Infinity ? 1 : 10 ** ((dbm0 + DBM0 - dbov) / 20);
}

function limit(value: number): number {
  const size = Math.abs(value);
  if (size <= KNEE) return value;
  return Math.sign(value) * (KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)) * 0.98);
}
