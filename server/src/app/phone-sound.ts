/** For tests with real phones: sound, which exists in real time only. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as realTime } from "node:timers/promises";
import { goertzelPower, meanPower } from "../rtp/rtp.ts";
import type { Baresip } from "./baresip.ts";

/**
 * Lets `ms` of sound flow where nothing tells that so much was said: in a recording of a conversation, in what no baresip hears. Never for what an
 * event tells (rings, answers, ends, rows of the database), nor for what a baresip hears (`hearsFor`) or a message holds (`recordsFor`).
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

const WAV_HEADER = 44;

/** What a mono WAV holds so far that somebody writes: its header tells the length once it is closed. */
export function soFar(path: string): Int16Array {
  const bytes = readFileSync(path);
  const samples = Math.max(0, Math.floor((bytes.length - WAV_HEADER) / 2));
  return Int16Array.from({ length: samples }, (_, i) => bytes.readInt16LE(WAV_HEADER + i * 2));
}

/** Until the newest message that is being recorded in that folder has so much of that tone. */
export async function recordsFor(folder: string, freqHz: number, ms: number): Promise<void> {
  const recorded = (): number => {
    // beside a message there is the recording of both sides, of which it is one
    const name = (existsSync(folder) ? readdirSync(folder) : []).filter((one) => /^[a-z]+_\w+\.wav$/.test(one)).sort().at(-1);
    return name === undefined ? 0 : toneMs(soFar(join(folder, name)), freqHz);
  };
  for (const endMs = Date.now() + HEARD_WITHIN_MS; recorded() < ms; await realTime(50)) {
    if (Date.now() > endMs) throw new Error(`recorded ${recorded()} ms of ${freqHz} Hz within ${HEARD_WITHIN_MS} ms, not ${ms}`);
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
