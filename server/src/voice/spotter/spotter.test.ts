import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../base/log.ts";
import type { HeardSpeech } from "../recogniser.ts";
import { ActivityDetector } from "./activity.ts";
import { featuresOf, spectrumOf } from "./features.ts";
import { createSpotter } from "./listening.ts";
import { warpedDistance } from "./match.ts";
import { decide, patternOf, rank } from "./spotter.ts";

/** A "word": vowels as pairs of formants over a pitch, each of so many ms, gliding into the next. */
function word(vowels: readonly (readonly [number, number])[], ms: number, pitchHz = 120, stretch = 1): Int16Array {
  const each = Math.round(ms * 8 * stretch);
  const out = new Int16Array(each * vowels.length);
  for (let i = 0; i < out.length; i++) {
    const at = i / each;
    const [a, b] = [vowels[Math.floor(at)]!, vowels[Math.min(vowels.length - 1, Math.floor(at) + 1)]!];
    const glide = Math.min(1, Math.max(0, ((at % 1) - 0.7) / 0.3));
    const [f1, f2] = [a[0] + (b[0] - a[0]) * glide, a[1] + (b[1] - a[1]) * glide];
    let sum = 0;
    for (let h = 1; h * pitchHz < 3800; h++) {
      const hz = h * pitchHz;
      const gain = 1 / (1 + ((hz - f1) / 90) ** 2) + 0.6 / (1 + ((hz - f2) / 120) ** 2);
      sum += gain * Math.sin((2 * Math.PI * hz * i) / 8000);
    }
    out[i] = Math.round(sum * 2500 * Math.min(1, i / 400, (out.length - i) / 400));
  }
  return out;
}
const A = [700, 1250] as const;
const I = [280, 2250] as const;
const U = [310, 800] as const;
const E = [450, 1900] as const;
let seed = 11;
const random = (): number => (seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32 - 0.5;
const silence = (ms: number, level = 20): Int16Array => Int16Array.from({ length: ms * 8 }, () => random() * 2 * level);
function joined(...parts: Int16Array[]): Int16Array {
  const out = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
function noisy(samples: Int16Array, level: number): Int16Array {
  return samples.map((sample) => Math.max(-32768, Math.min(32767, sample + random() * 2 * level)));
}

const patterns = [patternOf("1", "aia", word([A, I, A], 160)), patternOf("2", "uiu", word([U, I, U], 160)), patternOf("3", "aue", word([A, U, E], 160))];
const ordinary = [patternOf("", "iei", word([I, E, I], 150)), patternOf("", "eau", word([E, A, U], 180)), patternOf("", "uau", word([U, A, U], 140))];
const heard = (samples: Int16Array) => decide(rank(samples, patterns, ordinary));

test("a phrase is found at another speed, pitch, level and with noise and silence around", () => {
  for (const [pitch, stretch, gain] of [[120, 1, 1], [95, 1.3, 0.2], [210, 0.75, 1.5], [160, 1.2, 0.5]] as const) {
    for (const [key, vowels] of [["1", [A, I, A]], ["2", [U, I, U]], ["3", [A, U, E]]] as const) {
      const said = noisy(joined(silence(300), word(vowels, 160, pitch, stretch).map((s) => s * gain), silence(200)), 60 * gain);
      assert.equal(heard(said)?.key, key, `${key} at ${pitch} Hz, ${stretch}`);
    }
  }
});

test("another word, noise, or nothing at all is not understood", () => {
  for (const vowels of [[I, E, I], [U, A, U], [E, A, U], [I, U, I], [E, I, E]] as const) assert.equal(heard(noisy(word(vowels, 160, 140, 1.1), 60)), null);
  assert.equal(heard(silence(700, 3000)), null);
  assert.equal(heard(new Int16Array(8000)), null);
  assert.equal(heard(new Int16Array(0)), null);
});

test("two answers alike are a doubt, and a doubt is not understood", () => {
  const twins = [patternOf("1", "aia", word([A, I, A], 160)), patternOf("2", "aia too", word([A, I, A], 160))];
  assert.equal(decide(rank(word([A, I, A], 160, 130), twins, ordinary)), null);
  assert.equal(decide(rank(word([A, I, A], 160, 130), twins.slice(0, 1), ordinary))?.key, "1");
});

test("a distance past the limit is told as none, and never one below it", () => {
  const features = (samples: Int16Array) => featuresOf(spectrumOf(samples));
  const one = features(word([A, I, A], 160));
  const other = features(word([U, I, E], 190, 150));
  const whole = warpedDistance(one, other, Infinity);
  assert.ok(whole > 0.5 && whole < Infinity && warpedDistance(one, one, Infinity) < 1e-6);
  assert.equal(warpedDistance(one, other, whole * 1.001), whole);
  assert.equal(warpedDistance(one, features(word([A, I, A], 600)), Infinity), Infinity, "three times as long");
});

function activities(samples: Int16Array, maxMs = 3000): { told: string[]; sentences: number[] } {
  const detector = new ActivityDetector(maxMs);
  const told: string[] = [];
  const sentences: number[] = [];
  for (let at = 0; at < samples.length; at += 800) {
    detector.hear(samples.subarray(at, at + 800), (activity) => {
      told.push(activity);
      if (activity !== "begins") sentences.push(detector.take().length / 8);
    });
  }
  return { told, sentences };
}

test("a sentence begins when somebody speaks and ends when they have paused; soft lines and loud noise alike", () => {
  const said = word([A, I, A], 250);
  for (const level of [3, 20, 300]) {
    const { told, sentences } = activities(joined(silence(1500, level), noisy(said, level), silence(150, level), noisy(said, level), silence(900, level), noisy(said, level), silence(900, level)));
    assert.deepEqual(told, ["begins", "ends", "begins", "ends"], `noise ${level}`);
    assert.ok(sentences[0]! > 1600 && sentences[0]! < 2300 && sentences[1]! > 700 && sentences[1]! < 1400, sentences.join());
  }
});

test("where sound was left out (lost, or an echo), the noise of the line that comes after is no speech", () => {
  const gaps = joined(silence(600, 300), new Int16Array(16_000), silence(900, 300), new Int16Array(4_000), silence(900, 300));
  assert.deepEqual(activities(gaps).told, []);
  assert.deepEqual(activities(joined(new Int16Array(16_000), silence(900, 300))).told, []);
  assert.deepEqual(activities(joined(gaps, noisy(word([A, I, A], 250), 300), silence(900, 300))).told, ["begins", "ends"]);
});

test("clicks, a knock and the hiss of the line begin nothing; who does not stop is told so", () => {
  const click = silence(3000, 20);
  for (const at of [4000, 9000, 9300, 15000]) for (let i = 0; i < 400; i++) click[at + i] = Math.round(20000 * Math.exp(-i / 80) * random());
  assert.deepEqual(activities(click).told, []);
  const talk = joined(silence(500), ...Array.from({ length: 12 }, () => word([A, I, U, E], 120)));
  assert.deepEqual(activities(talk, 2000).told.slice(0, 2), ["begins", "too-long"]);
});

test("as a recogniser: speech is told at its begin, the phrase at its end, doubt as nothing understood, and nothing after the stop", async () => {
  const judged: string[] = [];
  let settled: () => void = () => undefined;
  const spotter = createSpotter({
    log: silentLog, prepare: () => Promise.resolve(), stop: () => Promise.resolve(),
    judge(language, words, sentence) {
      judged.push(`${language} ${words.map(({ phrase }) => phrase).join()}`);
      queueMicrotask(() => queueMicrotask(() => settled()));
      return Promise.resolve(heard(sentence));
    },
  });
  const told: HeardSpeech[] = [];
  const hearing = spotter.listen("int_1", { language: "fr", words: [{ key: "1", phrases: ["aia"] }, { key: "2", phrases: ["uiu"] }], free: false }, (one) => told.push(one));
  const say = async (samples: Int16Array): Promise<void> => {
    const done = new Promise<void>((resolve) => (settled = resolve));
    for (let at = 0; at < samples.length; at += 800) hearing.audio(samples.subarray(at, at + 800));
    await done;
    await new Promise((next) => setImmediate(next));
  };
  await say(joined(silence(600), word([U, I, U], 200), silence(800)));
  await say(joined(word([I, E, I], 250), silence(800)));
  assert.deepEqual(told.map((one) => (one.type === "final" ? `final ${one.text}` : one.type)), ["speaking", "final uiu", "speaking", "final "]);
  assert.deepEqual(judged, ["fr aia,uiu", "fr aia,uiu"]);
  hearing.stop();
  for (let i = 0; i < 20; i++) hearing.audio(word([A], 100));
  assert.equal(told.length, 4);
});

test("patterns that cannot be made are told as a failure, once", async () => {
  const told: HeardSpeech[] = [];
  const spotter = createSpotter({ log: silentLog, prepare: () => Promise.reject(new Error("no engine")), judge: () => Promise.resolve(null), stop: () => Promise.resolve() });
  spotter.listen("int_1", { language: "fr", words: [{ key: "1", phrases: ["un"] }], free: false }, (one) => told.push(one));
  await new Promise((next) => setImmediate(next));
  assert.deepEqual(told, [{ type: "failed", why: "no engine" }]);
});
