/** For tests with real phones: sound, which exists in real time only. */
import { setTimeout as realTime } from "node:timers/promises";
import { goertzelPower, meanPower } from "../rtp/rtp.ts";
import type { Baresip } from "./baresip.ts";

/**
 * Lets `ms` of sound flow where nothing tells that so much was said: in a recording of ours, in what no baresip hears. Never for what an event
 * tells (rings, answers, ends, rows of the database), nor for what a baresip hears (`hearsFor`).
 */
export const soundFlows = (ms: number): Promise<void> => realTime(ms);

/** Only ends a hopeless wait. */
const HEARD_WITHIN_MS = 60_000;

/** Until the phone has heard so much of that tone in the call that lasts; on a busy machine that takes longer than the tone. */
export async function hearsFor(phone: Baresip, freqHz: number, ms: number): Promise<void> {
  for (const endMs = Date.now() + HEARD_WITHIN_MS; toneMs(phone.hearing(), freqHz) < ms; await realTime(50)) {
    if (Date.now() > endMs) throw new Error(`heard ${toneMs(phone.hearing(), freqHz)} ms of ${freqHz} Hz within ${HEARD_WITHIN_MS} ms, not ${ms}\n${phone.output}`);
  }
}

/** Milliseconds in which `freqHz` carries most of the sound, counted in frames of 50 ms (8 kHz). */
export function toneMs(samples: Int16Array, freqHz: number): number {
  let ms = 0;
  for (let at = 0; at + 400 <= samples.length; at += 400) {
    const frame = samples.subarray(at, at + 400);
    if (meanPower(frame) > 1e-4 && goertzelPower(frame, freqHz) > 0.5 * meanPower(frame)) ms += 50;
  }
  return ms;
}
