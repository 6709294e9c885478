/** Sounds made and measured: test aids for every room, and the arithmetic under the DTMF detector. 8 kHz throughout. */

export const SAMPLE_RATE = 8000;

/** A sine of `ms` at 8 kHz. `level` is the peak as a share of full scale. */
export function tone(freqHz: number, ms: number, level = 0.5): Int16Array {
  return tones([freqHz], ms, level);
}

/** Several sines at once, each of peak `level`. */
export function tones(freqsHz: readonly number[], ms: number, level = 0.4): Int16Array {
  const out = new Int16Array(Math.round((ms * SAMPLE_RATE) / 1000));
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (const freqHz of freqsHz) sum += Math.sin((2 * Math.PI * freqHz * i) / SAMPLE_RATE);
    out[i] = Math.max(-32768, Math.min(32767, Math.round(sum * level * 32767)));
  }
  return out;
}

/**
 * Power of one frequency in `samples` as a share of full scale: a sine of peak level L gives L² / 2 (0.125 for `tone(f, ms)`),
 * whatever the length. Goertzel's recurrence (1958).
 */
export function goertzelPower(samples: Int16Array, freqHz: number, sampleRateHz = SAMPLE_RATE): number {
  if (samples.length === 0) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * freqHz) / sampleRateHz);
  let s1 = 0;
  let s2 = 0;
  for (const sample of samples) {
    const s0 = sample / 32768 + coefficient * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  return (2 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2)) / (samples.length * samples.length);
}

/** Mean square of `samples` as a share of full scale (a full-scale sine gives 0.5). */
export function meanPower(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += (sample / 32768) ** 2;
  return samples.length === 0 ? 0 : sum / samples.length;
}
