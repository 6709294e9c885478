/**
 * Active speech level (ITU-T P.56, method B): the power of speech while it sounds, pauses left out, however long they are. In dBov (0 is the
 * power of a full-scale square wave, as G.191 counts); G.711's full-scale sine is +3.14 dBm0 (A-law), which makes 0 dBov +6.15 dBm0.
 */

/** Time constant of the envelope, and how long a pause still counts as speech. */
const SMOOTHING_MS = 30;
const HANGOVER_MS = 200;
/** P.56: the activity threshold lies so far below the active level. */
const MARGIN_DB = 15.9;
/** Thresholds, 1 dB apart from the loudest sample down. */
const STEPS = 90;

/** dBov of 0 dBm0. */
export const DBM0 = -6.15;

export interface SpeechLevel {
  /** Active level; -Infinity for silence. */
  dbov: number;
  /** Share of the time that counts as active. */
  activity: number;
}

/** `samples` in -1..1. */
export function activeSpeechLevel(samples: Float32Array, rateHz: number): SpeechLevel {
  const smooth = Math.exp(-1000 / (rateHz * SMOOTHING_MS));
  const hangover = Math.round((HANGOVER_MS * rateHz) / 1000);
  const counts = new Float64Array(STEPS);
  const hanging = new Int32Array(STEPS).fill(hangover);
  // threshold i is 2^-(i/6.02) of full scale: i dB below it
  const thresholds = Float64Array.from({ length: STEPS }, (_, i) => 10 ** (-i / 20));
  let energy = 0;
  let p = 0;
  let q = 0;
  for (const sample of samples) {
    energy += sample * sample;
    p = smooth * p + (1 - smooth) * Math.abs(sample);
    q = smooth * q + (1 - smooth) * p;
    for (let i = 0; i < STEPS; i++) {
      if (q >= thresholds[i]!) hanging[i] = 0;
      else if (hanging[i]! < hangover) hanging[i]!++;
      else continue;
      counts[i]!++;
    }
  }
  if (energy === 0 || samples.length === 0) return { dbov: -Infinity, activity: 0 };
  // the threshold for which the level of what exceeds it is the margin above it, between two steps
  let before: { level: number; above: number; count: number } | null = null;
  for (let i = STEPS - 1; i >= 0; i--) {
    const count = counts[i]!;
    if (count === 0) continue;
    const level = 10 * Math.log10(energy / count);
    const above = level - -i - MARGIN_DB;
    if (above <= 0) {
      if (!before) return { dbov: level, activity: count / samples.length };
      const share = before.above / (before.above - above);
      return { dbov: before.level + share * (level - before.level), activity: (before.count + share * (count - before.count)) / samples.length };
    }
    before = { level, above, count };
  }
  return before ? { dbov: before.level, activity: before.count / samples.length } : { dbov: 10 * Math.log10(energy / samples.length), activity: 1 };
}
