import assert from "node:assert/strict";
import { test } from "node:test";
import { goertzelPower, meanPower } from "../rtp/rtp.ts";
import { level, resample, SPEECH_DBM0, speechForTelephone, trim } from "./shape.ts";
import { activeSpeechLevel, DBM0 } from "./speech-level.ts";

function sine(freqHz: number, ms: number, rateHz: number, amplitude = 0.4): Float32Array {
  return Float32Array.from({ length: (rateHz * ms) / 1000 }, (_, i) => amplitude * Math.sin((2 * Math.PI * freqHz * i) / rateHz));
}

function asInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(sample * 32767));
}

test("speech frequencies pass, what would alias is gone, at every rate that comes", () => {
  for (const rateHz of [11025, 16000, 22050, 32000, 44100, 48000, 96000]) {
    for (const freqHz of [300, 1000, 2500, 3300]) {
      const out = asInt16(resample(sine(freqHz, 500, rateHz), rateHz)).subarray(400, 3600);
      const lossDb = 10 * Math.log10(meanPower(out) / meanPower(asInt16(sine(freqHz, 500, rateHz))));
      assert.ok(Math.abs(lossDb) < 0.7, `${freqHz} Hz at ${rateHz}: ${lossDb} dB`);
    }
    for (const freqHz of [4600, 6000, 7000, 9000].filter((hz) => hz < rateHz / 2)) {
      const out = asInt16(resample(sine(freqHz, 500, rateHz), rateHz)).subarray(400, 3600);
      const leftDb = 10 * Math.log10((meanPower(out) + 1e-12) / meanPower(asInt16(sine(freqHz, 500, rateHz))));
      assert.ok(leftDb < -50, `${freqHz} Hz at ${rateHz} leaves ${leftDb} dB`);
    }
  }
});

test("the pitch stays", () => {
  const out = asInt16(resample(sine(1000, 500, 22050), 22050));
  assert.equal(out.length, 4000);
  assert.ok(goertzelPower(out, 1000) > 50 * goertzelPower(out, 2756));
});

test("silence around is cut to 100 ms at each end, made where there was less, and noise counts as silence", () => {
  const noisy = Float32Array.from({ length: 16000 }, (_, i) => (i >= 6000 && i < 9000 ? 0.5 * Math.sin(i / 3) : 0.001 * Math.sin(i * i)));
  const out = trim(noisy, 8000);
  assert.ok(Math.abs(out.samples.length - (3000 + 1600)) <= 160, `${out.samples.length}`);
  assert.ok(Math.abs(out.trimmedMs - 1425) <= 20, `${out.trimmedMs}`);
  assert.ok(Math.abs(out.samples[0] ?? 1) === 0);
  const tight = trim(sine(500, 400, 8000), 8000);
  assert.ok(Math.abs(tight.samples.length - (3200 + 1600)) <= 160 && tight.trimmedMs === 0);
  assert.equal(trim(new Float32Array(100), 8000).samples.length, 0);
});

test("a soft consonant before a vowel is not cut away", () => {
  const word = Float32Array.from({ length: 8000 }, (_, i) => (i < 2000 ? 0 : i < 2800 ? 0.02 * Math.sin(i * i) : 0.4 * Math.sin(i / 3)));
  const out = trim(word, 8000).samples;
  assert.ok(out.slice(800, 1500).some((sample) => Math.abs(sample) > 0.01));
});

test("active speech level leaves pauses out (P.56): the same words with a pause three times as long are as loud", () => {
  const speech = (pauseMs: number): Float32Array => {
    const word = sine(400, 600, 8000, 0.2);
    const out = new Float32Array(2 * word.length + pauseMs * 8);
    out.set(word);
    out.set(word, word.length + pauseMs * 8);
    return out;
  };
  const once = activeSpeechLevel(speech(1000), 8000);
  const longer = activeSpeechLevel(speech(6000), 8000);
  assert.ok(Math.abs(once.dbov - longer.dbov) < 0.2, `${once.dbov} ${longer.dbov}`);
  assert.ok(once.activity > 0.55 && once.activity < 0.8 && longer.activity < 0.25);
  // a steady sine of amplitude 0.2 is at -17 dBov; the hangover of 200 ms after each word costs the rest
  assert.ok(Math.abs(activeSpeechLevel(sine(400, 4000, 8000, 0.2), 8000).dbov + 16.99) < 0.1);
  assert.equal(activeSpeechLevel(new Float32Array(8000), 8000).dbov, -Infinity);
});

test("every prompt has one loudness, whatever came in, and no peak clips", () => {
  for (const amplitude of [300, 3000, 30000]) {
    const speech = asInt16(sine(400, 300, 22050, amplitude / 32767));
    const whole = new Int16Array(speech.length * 4);
    whole.set(speech, 2000);
    whole.set(speech, 12000);
    const out = speechForTelephone(whole, 22050);
    const { dbov } = activeSpeechLevel(Float32Array.from(out, (sample) => sample / 32768), 8000);
    assert.ok(Math.abs(dbov - DBM0 - SPEECH_DBM0) < 0.5, `${amplitude}: ${dbov - DBM0} dBm0`);
  }
  const spiky = new Float32Array(8000).map((_, i) => (i % 200 === 0 ? 1 : 0.01 * Math.sin(i)));
  const out = level(spiky, 8000, -12);
  assert.ok(out.every((sample) => Math.abs(sample) < 32767));
});
