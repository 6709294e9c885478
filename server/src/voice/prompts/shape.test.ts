import assert from "node:assert/strict";
import { test } from "node:test";
import { goertzelPower, meanPower } from "../../rtp/rtp.ts";
import { level, resample, soundingRms, speechForTelephone, trim } from "./shape.ts";

const RATE = 22050;

function sine(freqHz: number, ms: number, amplitude = 12000): Int16Array {
  return Int16Array.from({ length: (RATE * ms) / 1000 }, (_, i) => amplitude * Math.sin((2 * Math.PI * freqHz * i) / RATE));
}

function asInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(sample * 32767));
}

test("speech frequencies pass, what would alias is gone", () => {
  for (const freqHz of [300, 1000, 2500, 3300]) {
    const out = asInt16(resample(sine(freqHz, 500), RATE)).subarray(400, 3600);
    const lossDb = 10 * Math.log10(meanPower(out) / meanPower(sine(freqHz, 500)));
    assert.ok(Math.abs(lossDb) < 0.7, `${freqHz} Hz: ${lossDb} dB`);
  }
  for (const freqHz of [4600, 5000, 7000, 9000]) {
    const out = asInt16(resample(sine(freqHz, 500), RATE)).subarray(400, 3600);
    const leftDb = 10 * Math.log10((meanPower(out) + 1e-12) / meanPower(sine(freqHz, 500)));
    assert.ok(leftDb < -50, `${freqHz} Hz leaves ${leftDb} dB`);
  }
});

test("the pitch stays", () => {
  const out = asInt16(resample(sine(1000, 500), RATE));
  assert.equal(out.length, 4000);
  assert.ok(goertzelPower(out, 1000) > 50 * goertzelPower(out, 2756));
});

test("silence around is cut, a lead and a tail stay", () => {
  const samples = new Float32Array(16000);
  for (let i = 6000; i < 9000; i++) samples[i] = 0.5 * Math.sin(i / 3);
  const out = trim(samples, 8000);
  assert.ok(Math.abs(out.length - (3000 + 320 + 1120)) < 20, `${out.length}`);
  assert.equal(out[0], 0);
  assert.equal(trim(new Float32Array(100), 8000).length, 0);
});

test("every prompt has one loudness, whatever came in, and no peak clips", () => {
  for (const amplitude of [300, 3000, 30000]) {
    const speech = sine(400, 300, amplitude);
    const whole = new Int16Array(speech.length * 4);
    whole.set(speech, 2000);
    whole.set(speech, 12000);
    const out = speechForTelephone(whole, RATE);
    const dbfs = 20 * Math.log10(soundingRms(out) / 32768);
    assert.ok(Math.abs(dbfs + 20) < 1, `${amplitude}: ${dbfs}`);
  }
  const spiky = new Float32Array(8000).map((_, i) => (i % 200 === 0 ? 1 : 0.01 * Math.sin(i)));
  const out = level(spiky, -12);
  assert.ok(out.every((sample) => Math.abs(sample) < 32767));
});
