/**
 * Faster or slower speech at the same pitch: WSOLA (Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA)
 * for high quality time-scale modification of speech", ICASSP 1993). Pieces of the sound are laid over each other at another distance than they
 * were taken from, each taken where it continues the one before best.
 */

/** 8 kHz: a piece of 30 ms holds two periods of the lowest voices; half of it overlaps the next. */
const PIECE = 240;
const HOP = PIECE / 2;
/** A piece is sought within 10 ms of its place: one period of a low voice. */
const SEEK = 80;
const WINDOW = Float64Array.from({ length: PIECE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / PIECE));

/** `speed` 2: half as long. 8 kHz mono in and out; 1 gives the same samples. The length is right to within one piece. */
export function timeStretch(samples: Int16Array, speed: number): Int16Array {
  if (speed === 1 || samples.length < PIECE + 2 * SEEK) return samples;
  const outLength = Math.round(samples.length / speed);
  const sum = new Float64Array(outLength + PIECE);
  let taken = 0;
  for (let out = 0; out < outLength; out += HOP) {
    const wanted = Math.round(out * speed);
    // the first piece is where it is; each further one continues what was laid before it
    const at = out === 0 ? 0 : best(samples, taken + HOP, wanted);
    for (let i = 0; i < PIECE; i++) sum[out + i]! += (samples[at + i] ?? 0) * WINDOW[i]!;
    // the rise of the very first window has nothing under it
    if (out === 0) for (let i = 0; i < HOP; i++) sum[i] = samples[i]!;
    taken = at;
  }
  const stretched = new Int16Array(outLength);
  for (let i = 0; i < outLength; i++) stretched[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum[i]!)));
  return stretched;
}

/** Where around `wanted` the sound is most like what comes at `continues` (normalised cross-correlation). */
function best(samples: Int16Array, continues: number, wanted: number): number {
  const last = Math.max(0, samples.length - PIECE);
  const from = Math.min(last, Math.max(0, wanted - SEEK));
  const to = Math.min(last, wanted + SEEK);
  let found = from;
  let highest = -Infinity;
  for (let at = from; at <= to; at++) {
    let product = 0;
    let energy = 1;
    for (let i = 0; i < PIECE; i++) {
      const sample = samples[at + i] ?? 0;
      product += sample * (samples[continues + i] ?? 0);
      energy += sample * sample;
    }
    const like = product / Math.sqrt(energy);
    if (like > highest) [highest, found] = [like, at];
  }
  return found;
}
