/** For tests with real phones: sound, which exists in real time only. */
import { setTimeout as realTime } from "node:timers/promises";
import { goertzelPower, meanPower } from "../rtp/rtp.ts";

/**
 * Lets `ms` of sound flow. No event tells that so much was said: a phone writes what it heard and is read once the call is over, a recording
 * likewise. Never for what an event tells (rings, answers, ends, rows of the database).
 */
export const soundFlows = (ms: number): Promise<void> => realTime(ms);

/** Milliseconds in which `freqHz` carries most of the sound, counted in frames of 50 ms (8 kHz). */
export function toneMs(samples: Int16Array, freqHz: number): number {
  let ms = 0;
  for (let at = 0; at + 400 <= samples.length; at += 400) {
    const frame = samples.subarray(at, at + 400);
    if (meanPower(frame) > 1e-4 && goertzelPower(frame, freqHz) > 0.5 * meanPower(frame)) ms += 50;
  }
  return ms;
}
