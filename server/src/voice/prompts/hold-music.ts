/**
 * Music on hold, ours: slow chords and a sparse bell line, 24 s, a seamless loop (every note is rendered round the end).
 * Notes are near-sines below 660 Hz, so that no frame holds the two tones of a key press (DTMF begins at 697 Hz).
 */
import { TELEPHONE_RATE } from "../../prompt/prompt.ts";

export const HOLD_MUSIC_MS = 24_000;
/** A little softer than speech, which is at -26 (prompt/shape.ts). */
const HOLD_MUSIC_DBFS = -30;
const BAR_MS = 3_000;

/** A pad under each bar: C, Am, F, G, C, Em, F, G in close voicings (MIDI numbers; C4 = 60). */
const BARS = [
  [48, 55, 60, 64], [45, 57, 60, 64], [41, 53, 57, 60], [43, 55, 59, 62],
  [48, 55, 60, 64], [40, 55, 59, 64], [41, 53, 57, 60], [43, 53, 59, 62],
] as const;
/** Bells: [start in quarter bars, note]. */
const BELLS = [
  [0, 72], [2, 67], [4, 69], [6, 64], [8, 69], [10, 65], [12, 67], [14, 71], [15, 62],
  [16, 67], [18, 72], [20, 71], [22, 67], [24, 69], [26, 72], [28, 71], [30, 67],
] as const;

function frequency(note: number): number {
  return 440 * 2 ** ((note - 69) / 12);
}

export function holdMusic(): Int16Array {
  const length = (HOLD_MUSIC_MS * TELEPHONE_RATE) / 1000;
  const mix = new Float64Array(length);
  BARS.forEach((notes, bar) => {
    for (const note of notes) addPad(mix, frequency(note), bar * BAR_MS, BAR_MS);
  });
  for (const [quarter, note] of BELLS) addBell(mix, frequency(note), (quarter * BAR_MS) / 4);
  let sum = 0;
  for (const sample of mix) sum += sample * sample;
  const gain = 10 ** (HOLD_MUSIC_DBFS / 20) / Math.sqrt(sum / length);
  return Int16Array.from(mix, (sample) => Math.round(Math.max(-1, Math.min(1, sample * gain)) * 32767));
}

/** Swells in and out over its neighbours; two voices a hair apart make it breathe. */
function addPad(mix: Float64Array, freqHz: number, startMs: number, lengthMs: number): void {
  const swellMs = 900;
  const total = samplesOf(lengthMs + swellMs);
  const swell = samplesOf(swellMs);
  const start = samplesOf(startMs);
  for (let i = 0; i < total; i++) {
    const edge = Math.min(1, i / swell, (total - i) / swell);
    const t = i / TELEPHONE_RATE;
    const wave = Math.sin(2 * Math.PI * freqHz * t) + 0.8 * Math.sin(2 * Math.PI * freqHz * 1.0018 * t + 1);
    mix[(start + i) % mix.length]! += 0.22 * (0.5 - 0.5 * Math.cos(Math.PI * edge)) * wave;
  }
}

function addBell(mix: Float64Array, freqHz: number, startMs: number): void {
  const total = samplesOf(2_600);
  const start = samplesOf(startMs);
  for (let i = 0; i < total; i++) {
    const t = i / TELEPHONE_RATE;
    const envelope = Math.min(1, t / 0.012) * Math.exp(-t * 1.9) * Math.min(1, (total - i) / 400);
    mix[(start + i) % mix.length]! += 0.34 * envelope * Math.sin(2 * Math.PI * freqHz * t);
  }
}

function samplesOf(ms: number): number {
  return Math.round((ms * TELEPHONE_RATE) / 1000);
}
