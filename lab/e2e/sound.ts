import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goertzelPower, meanPower, readWav, tone, writeWav } from "../../server/src/rtp/rtp.ts";

/** A WAV of a steady tone, 8 kHz mono, at -16 dBFS RMS or so. */
export function toneFile(folder: string, hz: number, ms = 90_000): string {
  const path = join(folder, `${hz}.wav`);
  writeFileSync(path, writeWav([tone(hz, ms, 0.22)]));
  return path;
}

export function channels(path: string): readonly Int16Array[] {
  const read = readWav(readFileSync(path));
  if (!read.ok) throw new Error(`${path}: ${read.why}`);
  return read.wav.channels;
}

/** Milliseconds in which `hz` carries most of the sound, in frames of 50 ms. */
export function toneMs(samples: Int16Array, hz: number): number {
  let ms = 0;
  for (let at = 0; at + 400 <= samples.length; at += 400) {
    const frame = samples.subarray(at, at + 400);
    if (dbfs(frame) > -40 && goertzelPower(frame, hz) > 0.5 * meanPower(frame)) ms += 50;
  }
  return ms;
}

export function dbfs(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length) / 32_768 ** 2 + 1e-12);
}
