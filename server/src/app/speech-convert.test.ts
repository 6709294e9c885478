import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { goertzelPower, meanPower, writeWav } from "../rtp/rtp.ts";
import { startConverter } from "./speech-convert.ts";
import { realClock } from "./real-ports.ts";

const converter = startConverter({ clock: realClock, log: silentLog });
after(() => converter.stop());
const mp3 = readFileSync(new URL("../prompt/corpus/tone-1khz.mp3", import.meta.url));

test("an MP3 (44.1 kHz, stereo, by lame) becomes 8 kHz: 1 kHz at its pitch, the silence around cut", async () => {
  const result = await converter.convert(mp3);
  assert.ok(result?.ok);
  const { samples, format, sampleRateHz, channels, seconds, trimmedMs } = result.converted;
  assert.deepEqual([format, sampleRateHz, channels], ["mp3", 44_100, 2]);
  assert.ok(Math.abs(seconds - 1.4) < 0.06 && trimmedMs > 900, `${seconds} s, ${trimmedMs} ms`);
  const tone = samples.subarray(1600, 8000);
  assert.ok(goertzelPower(tone, 1000) > 0.98 * meanPower(tone));
});

test("a word of half a second is no damaged file, though a third of its frames is padding; half of it is", async () => {
  const word = readFileSync(new URL("../prompt/corpus/half-second.mp3", import.meta.url));
  const [whole, half] = await Promise.all([converter.convert(word), converter.convert(word.subarray(0, word.length / 2))]);
  assert.ok(whole?.ok, JSON.stringify(whole));
  assert.ok(Math.abs(whole.converted.seconds - 0.7) < 0.06, `${whole.converted.seconds}`);
  assert.deepEqual(half, { ok: false, code: "broken-audio" });
});

test("noise that calls itself MP3, half an MP3, and one full of holes are refused; the next one is converted all the same", async () => {
  const noise = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255);
  noise.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]);
  const broken = Buffer.from(mp3);
  for (let at = 1200; at < broken.length - 400; at += 300) broken.fill(0x55, at, at + 260);
  const results = await Promise.all([converter.convert(noise), converter.convert(mp3.subarray(0, mp3.length / 2)), converter.convert(broken), converter.convert(mp3)]);
  assert.deepEqual(results.map((result) => (result?.ok ? "ok" : result?.code)), ["broken-audio", "broken-audio", "broken-audio", "ok"]);
});

test("an MP3 of an hour is refused before it is decoded whole", async () => {
  const hour = Buffer.concat(Array.from({ length: 1600 }, () => mp3));
  const result = await converter.convert(hour);
  assert.ok(result && !result.ok);
  assert.equal(result.code, "long-audio");
});

test("uploads that queue without end are turned away", async () => {
  const wav = writeWav([new Int16Array(8000)]);
  const queued = Array.from({ length: 9 }, () => converter.convert(wav));
  assert.equal(queued[8], null);
  for (const one of queued.slice(0, 8)) assert.deepEqual(await one, { ok: false, code: "silent-audio" });
});
