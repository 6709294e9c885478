import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { decodeG711, encodeG711, transcodeInPlace, type G711Codec } from "./g711.ts";
import { InbandDetector } from "./inband-dtmf.ts";
import { JitterBuffer } from "./jitter-buffer.ts";
import { EventReceiver, writeEvent } from "./telephone-event.ts";
import { goertzelPower, meanPower, tone, tones } from "./tones.ts";
import { readWav, WAV_HEADER_BYTES, wavHeader, writeWav } from "./wav.ts";

const LAWS: G711Codec[] = ["PCMU", "PCMA"];

test("G.711: known values of ITU-T G.711 and of sox", () => {
  const decoded = new Int16Array(6);
  decodeG711("PCMU", Uint8Array.of(0x00, 0x7f, 0x80, 0xff, 0x0f, 0xf0), decoded);
  assert.deepEqual([...decoded], [-32124, 0, 32124, 0, -16764, 120]);
  decodeG711("PCMA", Uint8Array.of(0x55, 0xd5, 0x2a, 0xaa, 0x80, 0x54), decoded);
  assert.deepEqual([...decoded], [-8, 8, -32256, 32256, 5504, -24]);
});

test("G.711: each octet survives decoding and encoding; each sample comes back within its step", () => {
  for (const law of LAWS) {
    const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
    const samples = new Int16Array(256);
    decodeG711(law, octets, samples);
    const again = new Uint8Array(256);
    encodeG711(law, samples, 256, again, 0);
    for (let i = 0; i < 256; i++) {
      if (law === "PCMU" && i === 0x7f) assert.equal(again[i], 0xff, "minus zero has no sample of its own");
      else assert.equal(again[i], i, `${law} ${i}`);
    }
    const every = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
    const coded = new Uint8Array(65536);
    const back = new Int16Array(65536);
    encodeG711(law, every, 65536, coded, 0);
    decodeG711(law, coded, back);
    for (let i = 0; i < 65536; i++) {
      const error = Math.abs(back[i]! - every[i]!);
      assert.ok(error <= Math.max(16, Math.abs(every[i]!) / 16), `${law} ${every[i]} -> ${back[i]}`);
    }
  }
});

test("G.711: recoding to the other law is decoding and encoding", () => {
  const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
  const samples = new Int16Array(256);
  const expected = new Uint8Array(256);
  decodeG711("PCMU", octets, samples);
  encodeG711("PCMA", samples, 256, expected, 0);
  transcodeInPlace("PCMA", octets, 0, 256);
  assert.deepEqual(octets, expected);
});

test("power of a tone does not depend on its length, and neighbours are quiet", () => {
  for (const ms of [100, 500, 1000]) {
    assert.ok(Math.abs(goertzelPower(tone(440, ms), 440) - 0.125) < 0.001);
    assert.ok(goertzelPower(tone(440, ms), 1000) < 1e-4);
  }
  assert.equal(meanPower(new Int16Array(0)), 0);
});

test("WAV: what we write we read, and a file cut anywhere is playable or refused, never thrown at", () => {
  const left = tone(440, 50);
  const right = tone(1000, 50);
  const file = writeWav([left, right]);
  const read = readWav(file);
  assert.ok(read.ok);
  assert.deepEqual(read.wav, { sampleRateHz: 8000, channels: [left, right] });
  for (let length = 0; length < file.length; length++) {
    const cut = readWav(file.subarray(0, length));
    assert.equal(cut.ok, length >= WAV_HEADER_BYTES, `${length} bytes`);
    if (cut.ok) assert.equal(cut.wav.channels[0]!.length, Math.floor((length - WAV_HEADER_BYTES) / 4));
  }
});

test("WAV: A-law, µ-law and extensible are read; others say why not", () => {
  const samples = tone(440, 20);
  for (const [law, code] of [["PCMA", 6], ["PCMU", 7]] as const) {
    const header = wavHeader(1, 8000, samples.length);
    const view = new DataView(header.buffer);
    view.setUint16(20, code, true);
    view.setUint16(34, 8, true);
    const data = new Uint8Array(samples.length);
    encodeG711(law, samples, samples.length, data, 0);
    const read = readWav(Buffer.concat([header, data]));
    assert.ok(read.ok && goertzelPower(read.wav.channels[0]!, 440) > 0.12);
  }
  const float = writeWav([samples]);
  new DataView(float.buffer).setUint16(20, 3, true);
  const refused = readWav(float);
  assert.ok(!refused.ok && refused.why.includes("format 3"));
  const list = Buffer.concat([writeWav([samples]).subarray(0, 36), Buffer.from("LIST"), Buffer.of(3, 0, 0, 0, 1, 2, 3, 0), writeWav([samples]).subarray(36)]);
  assert.ok(readWav(list).ok, "a chunk of odd length in between");
});

const KEYS: Record<string, [number, number]> = {};
for (const [row, low] of [697, 770, 852, 941].entries()) {
  for (const [column, high] of [1209, 1336, 1477, 1633].entries()) KEYS[["123A", "456B", "789C", "*0#D"][row]![column]!] = [low, high];
}

/** The keys heard when the audio passes G.711 in frames of 20 ms from any offset. */
function detect(samples: Int16Array, law: G711Codec = "PCMA"): string {
  const coded = new Uint8Array(samples.length);
  encodeG711(law, samples, samples.length, coded, 0);
  const line = new Int16Array(samples.length);
  decodeG711(law, coded, line);
  const detector = new InbandDetector();
  let keys = "";
  for (let at = 0; at < line.length; at += 160) keys += detector.take(line.subarray(at, at + 160));
  return keys;
}

test("in-band: every key at its pitch and 1.5 % off, 8 dB of level apart, 50 ms on and off, loud and low, over noise", () => {
  const chance = seededChance(5);
  for (const [key, [low, high]] of Object.entries(KEYS)) {
    for (const pitch of [1, 0.985, 1.015]) {
      for (const [a, b] of [[0.3, 0.3], [0.3, 0.15], [0.15, 0.3], [0.02, 0.02]] as const) {
        const lead = new Int16Array(Math.floor(chance.next() * 300));
        const on = tone(low * pitch, 50, a).map((sample, i) => sample + tone(high * pitch, 50, b)[i]! + (chance.next() - 0.5) * 200);
        const press = [...lead, ...on, ...new Int16Array(400)];
        const expected = key + key;
        assert.equal(detect(Int16Array.from([...press, ...press])), expected, `${key} x${pitch} at ${a}/${b}`);
      }
    }
  }
});

test("in-band: a long press is one key, also with a short drop-out in it", () => {
  const on = tones(KEYS["8"]!, 1000, 0.3);
  on.fill(0, 4000, 4080);
  assert.equal(detect(on), "8");
});

test("in-band: an hour of speech-like sound and noise presses no key", () => {
  const chance = seededChance(11);
  let keys = "";
  const detector = new InbandDetector();
  const frame = new Int16Array(160);
  let phase = 0;
  let pitchHz = 120;
  let gain = 0;
  let formants: number[] = [500, 1500, 2500];
  const filters = [0, 0, 0, 0, 0, 0];
  for (let n = 0; n < 50 * 3600; n++) {
    // A new syllable about five times a second: pitch, loudness, vowel or hiss.
    if (chance.next() < 0.1) {
      pitchHz = 80 + chance.next() * 220;
      gain = chance.next() < 0.3 ? 0 : 0.05 + chance.next() * 0.6;
      formants = [250 + chance.next() * 700, 850 + chance.next() * 1400, 2000 + chance.next() * 1200];
    }
    const voiced = n % 7 !== 0;
    for (let i = 0; i < 160; i++) {
      phase += pitchHz / 8000;
      if (phase >= 1) phase -= 1;
      const source = voiced ? (phase < pitchHz / 8000 ? 1 : 0) : (chance.next() - 0.5) * 0.5;
      let sample = 0;
      for (let f = 0; f < 3; f++) {
        const radius = 0.97;
        const y = source + 2 * radius * Math.cos((2 * Math.PI * formants[f]!) / 8000) * filters[2 * f]! - radius * radius * filters[2 * f + 1]!;
        filters[2 * f + 1] = filters[2 * f]!;
        filters[2 * f] = y;
        sample += y / (f + 1);
      }
      frame[i] = Math.max(-32768, Math.min(32767, sample * gain * 8000));
    }
    keys += detector.take(frame);
  }
  assert.equal(keys, "");
});

test("in-band: single tones, chords, dial tone, music on hold press no key", () => {
  for (const freqHz of [350, 440, 697, 770, 941, 1209, 1336, 1633, 2100]) assert.equal(detect(tone(freqHz, 500)), "");
  for (const chord of [[350, 440], [480, 620], [440, 480], [523, 659, 784], [697, 1209, 1000], [697, 770], [1209, 1336], [941, 1336, 1882]]) {
    assert.equal(detect(tones(chord, 500, 0.2)), "", chord.join("+"));
  }
  assert.equal(detect(tone(697, 100, 0.5).map((sample, i) => sample + tone(1209, 100, 0.03)[i]!)), "", "24 dB of twist");
});

test("RFC 4733: repeats and stragglers are one press, across the wrap of the timestamp", () => {
  const receiver = new EventReceiver();
  const take = (digit: string, ended: boolean, timestamp: number, ssrc = 1): string | null =>
    receiver.take(writeEvent(digit, ended, 160), 0, 4, timestamp >>> 0, ssrc);
  assert.equal(take("1", false, 0xffffff00), "1");
  assert.equal(take("1", true, 0xffffff00), null);
  assert.equal(take("1", true, 400), "1");
  assert.equal(take("1", true, 0xffffff00), null, "from before the wrap");
  assert.equal(take("D", true, 800), "D");
  assert.equal(take("2", true, 5, 2), "2", "another sender starts its own time");
  assert.equal(receiver.take(Uint8Array.of(16, 0, 0, 0), 0, 4, 9000, 2), null, "flash is no key");
  assert.equal(receiver.take(Uint8Array.of(1, 0), 0, 2, 9999, 2), null, "cut short");
});

/** Draws `frames` frames at 20 ms while packets arrive at given times; returns what was heard and how late at the end. */
function through(buffer: JitterBuffer, packets: readonly { atMs: number; timestamp: number; samples: Int16Array }[], frames: number): Int16Array {
  const heard = new Int16Array(frames * 160);
  const frame = new Int16Array(160);
  const queue = [...packets].sort((a, b) => a.atMs - b.atMs);
  for (let n = 0; n < frames; n++) {
    while (queue[0] && queue[0].atMs <= n * 20) {
      const { timestamp, samples } = queue.shift()!;
      buffer.put(1, timestamp >>> 0, samples, samples.length);
    }
    buffer.draw(frame);
    heard.set(frame, n * 160);
  }
  return heard;
}

test("jitter buffer: reordered and jittered packets come out whole, the delay grows to what is needed, loss is silence in its place", () => {
  const chance = seededChance(2);
  const sound = tone(440, 20_000);
  const packets = (jitterMs: number, lossShare: number) =>
    Array.from({ length: 1000 }, (_, i) => ({ atMs: i * 20 + chance.next() * jitterMs, timestamp: 0xfffff000 + i * 160, samples: sound.subarray(i * 160, i * 160 + 160) })).filter(
      () => chance.next() >= lossShare,
    );
  const calm = new JitterBuffer();
  assert.ok(goertzelPower(through(calm, packets(0, 0), 1000).subarray(16_000), 440) > 0.12);
  assert.equal(calm.delayMs, 40);
  assert.equal(calm.late, 0);
  const rough = new JitterBuffer();
  const heard = through(rough, packets(90, 0), 1000);
  assert.ok(rough.delayMs >= 80 && rough.delayMs <= 160, `${rough.delayMs} ms`);
  assert.ok(goertzelPower(heard.subarray(40_000), 440) > 0.12, "whole once it has learnt");
  const lossy = through(new JitterBuffer(), packets(0, 0.1), 1000);
  const share = meanPower(lossy.subarray(16_000)) / 0.125;
  assert.ok(share > 0.85 && share < 0.95, `${share}`);
  assert.ok(goertzelPower(lossy.subarray(16_000), 440) > 0.09, "in phase over the gaps");
});

test("jitter buffer: a sender that pauses, jumps or changes is heard again within the delay", () => {
  const buffer = new JitterBuffer();
  const sound = tone(440, 1000);
  const burst = (fromMs: number, timestamp: number) =>
    Array.from({ length: 50 }, (_, i) => ({ atMs: fromMs + i * 20, timestamp: timestamp + i * 160, samples: sound.subarray(i * 160, i * 160 + 160) }));
  const heard = through(buffer, [...burst(0, 1000), ...burst(3000, 25_000), ...burst(6000, 90_000_000)], 400);
  for (const startMs of [0, 3000, 6000]) {
    assert.ok(goertzelPower(heard.subarray((startMs + 200) * 8, (startMs + 900) * 8), 440) > 0.12, `from ${startMs} ms`);
    assert.ok(meanPower(heard.subarray((startMs + 1200) * 8, (startMs + 1900) * 8)) < 1e-9, `quiet after ${startMs} ms`);
  }
});
