import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeG711, goertzelPower, meanPower } from "../rtp/rtp.ts";
import { convertRecording, clippedShare } from "./convert.ts";
import type { Mp3Decoder } from "./read-sound.ts";
import { activeSpeechLevel, DBM0 } from "./speech-level.ts";

const noMp3: Mp3Decoder = () => Promise.resolve(null);

interface Made {
  rateHz?: number;
  channels?: number;
  /** "pcm8" ... as sox names them. */
  kind?: "pcm8" | "pcm16" | "pcm24" | "pcm32" | "float32" | "float64" | "alaw" | "ulaw";
  extensible?: boolean;
  /** Of the data chunk, in the place of its length. */
  toldBytes?: number;
}

const KINDS = { pcm8: [1, 8], pcm16: [1, 16], pcm24: [1, 24], pcm32: [1, 32], float32: [3, 32], float64: [3, 64], alaw: [6, 8], ulaw: [7, 8] } as const;

/** A WAV of any kind that a studio writes; `sound` in -1..1 by second. */
function wav(seconds: number, sound: (second: number, channel: number) => number, { rateHz = 44100, channels = 2, kind = "pcm16", extensible = false, toldBytes }: Made = {}): Uint8Array {
  const [code, bits] = KINDS[kind];
  const width = bits / 8;
  const frames = Math.round(seconds * rateHz);
  const fmtBytes = extensible ? 40 : 16;
  const dataAt = 12 + 8 + fmtBytes + 8;
  const bytes = new Uint8Array(dataAt + frames * channels * width);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => [...value].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, fmtBytes, true);
  view.setUint16(20, extensible ? 0xfffe : code, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * channels * width, true);
  view.setUint16(32, channels * width, true);
  view.setUint16(34, bits, true);
  if (extensible) view.setUint16(44, code, true);
  text(dataAt - 8, "data");
  view.setUint32(dataAt - 4, toldBytes ?? frames * channels * width, true);
  for (let f = 0, at = dataAt; f < frames; f++) {
    for (let c = 0; c < channels; c++, at += width) {
      const value = Math.max(-1, Math.min(1, sound(f / rateHz, c)));
      if (kind === "pcm8") view.setUint8(at, Math.round(128 + value * 127));
      else if (kind === "pcm16") view.setInt16(at, Math.round(value * 32767), true);
      else if (kind === "pcm24") {
        const whole = Math.round(value * 8388607);
        view.setUint8(at, whole & 0xff);
        view.setInt16(at + 1, whole >> 8, true);
      } else if (kind === "pcm32") view.setInt32(at, Math.round(value * 2147483647), true);
      else if (kind === "float32") view.setFloat32(at, value, true);
      else if (kind === "float64") view.setFloat64(at, value, true);
      else encodeG711(kind === "alaw" ? "PCMA" : "PCMU", Int16Array.of(Math.round(value * 32767)), 1, bytes, at);
    }
  }
  return bytes;
}

const sine = (hz: number, amplitude = 0.3) => (second: number): number => amplitude * Math.sin(2 * Math.PI * hz * second);
/** Words and pauses, with silence around. */
const words = (second: number): number => (second > 0.7 && second < 2.3 && second % 0.4 < 0.3 ? sine(500, 0.05)(second) + sine(1300, 0.03)(second) : 0.0001 * Math.sin(second * 9e5));

async function converted(bytes: Uint8Array) {
  const result = await convertRecording(bytes, noMp3);
  assert.ok(result.ok, result.ok ? "" : result.code);
  return result.converted;
}
async function refused(bytes: Uint8Array): Promise<string> {
  const result = await convertRecording(bytes, noMp3);
  assert.ok(!result.ok);
  return result.code;
}

test("every usual kind of WAV becomes the same prompt: 1 kHz stays 1 kHz, at -20 dBm0", async () => {
  const rates = [[8000, 1], [11025, 1], [22050, 2], [44100, 2], [48000, 1], [96000, 4]] as const;
  for (const [i, kind] of (Object.keys(KINDS) as (keyof typeof KINDS)[]).entries()) {
    for (const [rateHz, channels] of [rates[i % 6]!, rates[(i + 3) % 6]!]) {
      const { samples, seconds, sampleRateHz, ...rest } = await converted(wav(1, sine(1000), { rateHz, channels, kind, extensible: channels === 4 }));
      const name = `${kind} ${rateHz} ${channels}`;
      const tone = samples.subarray(1600, 7200);
      assert.ok(goertzelPower(tone, 1000) > 0.98 * meanPower(tone) && goertzelPower(tone, 1100) < 0.001 * meanPower(tone), name);
      assert.ok(Math.abs(activeSpeechLevel(Float32Array.from(samples, (s) => s / 32768), 8000).dbov - DBM0 + 20) < 0.5, name);
      assert.ok(seconds > 1.1 && seconds < 1.25, `${name}: ${seconds} s`); // 100 ms of silence at each end
      assert.deepEqual([sampleRateHz, rest.channels, rest.format], [rateHz, channels, "wav"]);
    }
  }
});

test("what a telephone cannot carry is gone, and does not come back as another tone", async () => {
  const { samples } = await converted(wav(1, (t) => sine(1000)(t) + sine(6000)(t)));
  const tone = samples.subarray(1600, 7200);
  assert.ok(goertzelPower(tone, 1000) > 0.99 * meanPower(tone));
  assert.ok(goertzelPower(tone, 2000) < 1e-5 * meanPower(tone), "6 kHz folded to 2 kHz");
  assert.equal(await refused(wav(1, (t) => sine(6000)(t) * Math.sin(Math.PI * t))), "silent-audio");
});

test("quiet and loud recordings come out alike; silence around is cut, pauses within stay, what was done is told", async () => {
  const quiet = await converted(wav(3, words, { channels: 1 }));
  const loud = await converted(wav(3, (t) => 8 * words(t), { channels: 1 }));
  for (const { samples } of [quiet, loud]) {
    const { dbov } = activeSpeechLevel(Float32Array.from(samples, (s) => s / 32768), 8000);
    assert.ok(Math.abs(dbov - DBM0 + 20) < 0.5, `${dbov - DBM0}`);
    assert.ok(Math.abs(samples.length / 8000 - 1.7) < 0.06, `${samples.length}`);
  }
  assert.ok(Math.abs(loud.levelDbm0 - quiet.levelDbm0 - 18.06) < 0.3 && Math.abs(quiet.gainDb - loud.gainDb - 18.06) < 0.3);
  assert.ok(quiet.trimmedMs > 1200 && quiet.trimmedMs < 1400, `${quiet.trimmedMs}`);
});

test("a sound card's direct voltage is taken away", async () => {
  const { samples } = await converted(wav(1, (t) => 0.2 + sine(800, 0.05)(t)));
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  assert.ok(Math.abs(mean) < 60, `${mean}`);
});

test("what is no recording of speech is refused by its reason", async () => {
  assert.equal(await refused(new Uint8Array(0)), "empty-audio");
  assert.equal(await refused(new TextEncoder().encode("<html>not a sound at all, a page</html>".repeat(99))), "not-audio");
  assert.equal(await refused(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255)), "not-audio");
  assert.equal(await refused(wav(0.1, sine(500))), "empty-audio");
  assert.equal(await refused(wav(2, () => 0)), "silent-audio");
  assert.equal(await refused(wav(2, (t) => 0.0003 * Math.sin(t * 7e5))), "silent-audio");
  assert.equal(await refused(wav(301, sine(500), { rateHz: 8000, channels: 1, kind: "ulaw" })), "long-audio");
  assert.equal(await refused(wav(1, sine(500)).subarray(0, 30_000)), "broken-audio", "half a file");
  assert.equal(await refused(wav(1, sine(500)).subarray(0, 30)), "broken-audio", "a header alone");
  assert.equal(await refused(wav(1, sine(500), { rateHz: 1_000_000, channels: 1 })), "unsupported-audio");
  assert.equal(await refused(wav(0.5, sine(500), { channels: 9, rateHz: 8000 })), "unsupported-audio");
  assert.equal(await refused(new Uint8Array(41 * 1024 * 1024)), "large-audio");
  assert.equal(await refused(Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0, 1, 2, 3)), "broken-audio", "an ID3 tag and nothing after it");
});

test("a program that streams writes no length: the file is read to its end", async () => {
  for (const toldBytes of [0, 0xffffffff]) assert.ok((await converted(wav(1, sine(500), { toldBytes }))).seconds > 1);
});

/** The same file with chunks before its sound, one of them of an odd length (padded, RIFF 1991). */
function withChunks(bytes: Uint8Array, ...chunks: (readonly [string, number])[]): Uint8Array {
  const more = chunks.map(([name, size]) => {
    const chunk = new Uint8Array(8 + size + (size & 1)).fill(0x64);
    chunk.set(new TextEncoder().encode(name));
    new DataView(chunk.buffer).setUint32(4, size, true);
    return chunk;
  });
  return Buffer.concat([bytes.subarray(0, 12), ...more, bytes.subarray(12)]);
}

test("what studios write around and beside the sound does no harm: chunks of odd lengths, 192 kHz, eight channels, numbers that are none", async () => {
  assert.ok((await converted(withChunks(wav(1, sine(500)), ["bext", 603], ["JUNK", 4], ["LIST", 27]))).seconds > 1);
  for (const [rateHz, channels, kind] of [[192_000, 1, "pcm24"], [192_000, 2, "float32"], [48_000, 8, "pcm24"], [191_999, 1, "pcm16"], [4_001, 1, "pcm8"]] as const) {
    const { samples } = await converted(wav(0.6, sine(900), { rateHz, channels, kind }));
    const tone = samples.subarray(1600, 4000);
    assert.ok(goertzelPower(tone, 900) > 0.95 * meanPower(tone), `${rateHz} ${channels} ${kind}`);
  }
  let n = 0;
  const odd = await converted(wav(1, (t) => (++n % 4999 === 0 ? Number.NaN : sine(900)(t)), { kind: "float32", channels: 1 }));
  assert.ok(goertzelPower(odd.samples.subarray(1600, 7200), 900) > 0.95 * meanPower(odd.samples.subarray(1600, 7200)));
});

test("a microphone wired the wrong way round on one side (each channel is the other's opposite) is heard all the same", async () => {
  const { samples } = await converted(wav(1, (t, channel) => (channel === 0 ? 1 : -1) * sine(900)(t)));
  assert.ok(goertzelPower(samples.subarray(1600, 7200), 900) > 0.98 * meanPower(samples.subarray(1600, 7200)));
});

test("one number beyond all sense does not make the rest silent", async () => {
  const bytes = wav(1, sine(900), { kind: "float32", channels: 1 });
  new DataView(bytes.buffer).setFloat32(44 + 4 * 20_000, 1e30, true);
  const { samples } = await converted(bytes);
  assert.ok(goertzelPower(samples.subarray(1600, 4000), 900) > 0.98 * meanPower(samples.subarray(1600, 4000)));
});

test("clipped to pieces is refused; loud but whole is not", async () => {
  const speech = (gain: number) => (t: number) => Math.max(-0.98, Math.min(0.98, gain * (sine(300, 0.5)(t) + sine(700, 0.4)(t)) * (t % 0.5 < 0.4 ? 1 : 0)));
  assert.equal(await refused(wav(2, speech(8))), "clipped-audio");
  assert.equal(await refused(wav(2, (t) => 0.3 * speech(8)(t))), "clipped-audio", "made softer after it was clipped");
  await converted(wav(2, speech(1.05)));
  await converted(wav(2, sine(440, 1)));
  await converted(wav(2, sine(440, 0.99), { kind: "alaw", rateHz: 8000 }));
  assert.ok(clippedShare(Float32Array.from({ length: 48000 }, (_, i) => Math.sin(i / 20))) < 0.005);
});

test("no bytes make the reader throw", async () => {
  let seed = 5;
  const random = (): number => (seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32;
  const good = wav(0.3, sine(500), { rateHz: 8000 });
  for (let round = 0; round < 2000; round++) {
    const bytes = good.slice(0, round % 3 === 0 ? Math.floor(random() * good.length) : good.length);
    for (let i = 0; i < 1 + round % 6; i++) bytes[Math.floor(random() * Math.min(bytes.length, 60))] = Math.floor(random() * 256);
    await convertRecording(bytes, noMp3);
  }
});
