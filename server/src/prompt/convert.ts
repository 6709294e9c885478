/** A recording as uploaded becomes a prompt as played: one channel, 8 kHz, silence trimmed, at the level of all other prompts; or it is refused. */
import { readSound, type Mp3Decoder, type ReadSound, type SoundRefusal } from "./read-sound.ts";
import { gainTo, level, resample, SPEECH_DBM0, TELEPHONE_RATE, trim } from "./shape.ts";
import { activeSpeechLevel, DBM0 } from "./speech-level.ts";

/** Shorter is no word. */
const MIN_SECONDS = 0.2;
/** Quieter than this is a microphone that was off: what would be lifted is its noise. */
const MIN_DBOV = -62;
/** Share of the samples that may lie on the flat tops of cut waves: beyond, speech rasps and no levelling mends it. */
const MAX_CLIPPED = 0.02;
/** A-law holds a full-scale sine at one step for 15 % of its time. */
const MAX_CLIPPED_COARSE = 0.25;
/** Softer peaks than this are flat by their few steps, not by clipping. */
const MIN_CLIPPED_PEAK = 0.05;

export interface Converted {
  samples: Int16Array<ArrayBuffer>;
  seconds: number;
  format: "wav" | "mp3";
  sampleRateHz: number;
  channels: number;
  /** Active speech level as it came, and what was added to it. */
  levelDbm0: number;
  gainDb: number;
  trimmedMs: number;
}
export type Conversion = { ok: true; converted: Converted } | { ok: false; code: SoundRefusal };

export async function convertRecording(bytes: Uint8Array, decodeMp3: Mp3Decoder): Promise<Conversion> {
  const read = await readSound(bytes, decodeMp3);
  return read.ok ? shapeRecording(read.sound) : read;
}

export function shapeRecording(sound: ReadSound): Conversion {
  const { samples, sampleRateHz, channels, format, coarse } = sound;
  if (samples.length < MIN_SECONDS * sampleRateHz) return { ok: false, code: "empty-audio" };
  takeOffset(samples);
  const narrow = sampleRateHz === TELEPHONE_RATE ? samples : resample(samples, sampleRateHz);
  const { dbov } = activeSpeechLevel(narrow, TELEPHONE_RATE);
  if (dbov < MIN_DBOV) return { ok: false, code: "silent-audio" };
  if (clippedShare(samples) > (coarse ? MAX_CLIPPED_COARSE : MAX_CLIPPED)) return { ok: false, code: "clipped-audio" };
  const trimmed = trim(narrow, TELEPHONE_RATE);
  if (trimmed.samples.length < MIN_SECONDS * TELEPHONE_RATE) return { ok: false, code: "empty-audio" };
  const shaped = level(trimmed.samples, TELEPHONE_RATE, SPEECH_DBM0);
  return {
    ok: true,
    converted: {
      samples: shaped, seconds: shaped.length / TELEPHONE_RATE, format, sampleRateHz, channels,
      levelDbm0: tenths(dbov - DBM0), gainDb: tenths(20 * Math.log10(gainTo(activeSpeechLevel(trimmed.samples, TELEPHONE_RATE).dbov, SPEECH_DBM0))), trimmedMs: Math.round(trimmed.trimmedMs),
    },
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** A sound card's direct voltage: it would click at both ends. In place. */
function takeOffset(samples: Float32Array): void {
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / samples.length;
  for (let i = 0; i < samples.length; i++) samples[i]! -= mean;
}

/** Samples in runs of three and more at the very top or bottom of the wave, and those beyond full scale (a lossy codec's overshoot of cut waves). */
export function clippedShare(samples: Float32Array): number {
  let highest = 0;
  let lowest = 0;
  for (const sample of samples) {
    highest = Math.max(highest, sample);
    lowest = Math.min(lowest, sample);
  }
  if (highest - lowest < 2 * MIN_CLIPPED_PEAK) return 0;
  let clipped = 0;
  let run = 0;
  for (let i = 0; i <= samples.length; i++) {
    const sample = samples[i] ?? 0;
    if (sample > highest * 0.9999 || sample < lowest * 0.9999 || Math.abs(sample) > 0.999) run++;
    else {
      if (run >= 3) clipped += run;
      run = 0;
    }
  }
  return clipped / Math.max(1, samples.length);
}
