/** Loudness of both sides of a call, 0..1, for the bars beside the timer. Its own store: it changes often, few look. */
import { createStore } from "../data/store.ts";

export interface Levels {
  /** What our microphone sends, and what the customer sends. */
  readonly mine: number;
  readonly theirs: number;
}

const READ_EVERY_MS = 80;
/** Quiet room to loud voice, in decibels of full scale: the part of the scale that people use. */
const FLOOR_DB = -60;
const TOP_DB = -12;

export const levels = createStore<Levels>({ mine: 0, theirs: 0 });

/** Measures until the returned function is called. */
export function meter(mine: MediaStream, theirs: MediaStream): () => void {
  const context = new AudioContext();
  const tap = (stream: MediaStream): (() => number) => {
    if (stream.getAudioTracks().length === 0) return () => 0;
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return () => {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    };
  };
  const readMine = tap(mine);
  const readTheirs = tap(theirs);
  const timer = setInterval(() => levels.set({ mine: readMine(), theirs: readTheirs() }), READ_EVERY_MS);
  return () => {
    clearInterval(timer);
    levels.set({ mine: 0, theirs: 0 });
    void context.close();
  };
}

export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.max(0, Math.min(1, (db - FLOOR_DB) / (TOP_DB - FLOOR_DB)));
}
