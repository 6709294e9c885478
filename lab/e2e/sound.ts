import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readWav, tone, writeWav } from "../../server/src/rtp/rtp.ts";

/** A WAV of a steady tone, 8 kHz mono, at -16 dBFS RMS or so; longer than a call lasts on a busy machine: a baresip hangs up at its end. */
export function toneFile(folder: string, hz: number, ms = 300_000): string {
  const path = join(folder, `${hz}.wav`);
  writeFileSync(path, writeWav([tone(hz, ms, 0.22)]));
  return path;
}

export function channels(path: string): readonly Int16Array[] {
  const read = readWav(readFileSync(path));
  if (!read.ok) throw new Error(`${path}: ${read.why}`);
  return read.wav.channels;
}

export function dbfs(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length) / 32_768 ** 2 + 1e-12);
}
