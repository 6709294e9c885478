import assert from "node:assert/strict";
import { test } from "node:test";
import { goertzelPower, meanPower } from "../../rtp/rtp.ts";
import { HOLD_MUSIC_MS, holdMusic } from "./hold-music.ts";

const music = holdMusic();

test("24 seconds at -30 dBFS, never clipped, never silent", () => {
  assert.equal(music.length, (HOLD_MUSIC_MS * 8000) / 1000);
  const rms = Math.sqrt(music.reduce((sum, sample) => sum + sample * sample, 0) / music.length) / 32768;
  assert.ok(Math.abs(20 * Math.log10(rms) + 30) < 0.5);
  assert.ok(music.every((sample) => Math.abs(sample) < 16000));
  for (let at = 0; at + 4000 <= music.length; at += 4000) {
    assert.ok(meanPower(music.subarray(at, at + 4000)) > 0.05 * meanPower(music), `quiet at ${at / 8} ms`);
  }
});

test("the loop has no click: the step over the seam is an ordinary step", () => {
  let largest = 0;
  for (let i = 1; i < music.length; i++) largest = Math.max(largest, Math.abs(music[i]! - music[i - 1]!));
  assert.ok(Math.abs(music[0]! - music.at(-1)!) <= largest * 0.8);
});

test("no frame holds the two tones of a key", () => {
  const low = [697, 770, 852, 941];
  const high = [1209, 1336, 1477, 1633];
  let worst = 0;
  for (let at = 0; at + 205 <= music.length; at += 102) {
    const frame = music.subarray(at, at + 205);
    const strongest = (freqs: number[]): number => Math.max(...freqs.map((freqHz) => goertzelPower(frame, freqHz)));
    worst = Math.max(worst, Math.min(strongest(low), strongest(high)) / (meanPower(frame) + 1e-9));
  }
  assert.ok(worst < 0.05, `a pair reaches ${worst} of a frame`);
});
