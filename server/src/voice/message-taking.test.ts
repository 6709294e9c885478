import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import { tone } from "../rtp/rtp.ts";
import { breathe, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice } from "./voice.ts";
import type { MessageTaken, Voice } from "./voice.ts";

let sip: FakeSip;
let media: FakeMedia;
let clock: VirtualClock;
let voice: Voice;
let told: ChannelEvent[];
let taken: (MessageTaken | null)[];
let id: string;
let ref: string;
let stop: (() => void) | null;

const SPEECH = tone(440, 100, 0.1);
const QUIET = tone(440, 100, 0.005);
const ORDER = { path: "/m/a.wav", asidePath: "/m/a.both.wav", maxMs: 60_000, silenceMs: 5_000 };

beforeEach(async () => {
  sip = new FakeSip();
  media = new FakeMedia();
  clock = new VirtualClock(Date.UTC(2026, 10, 21, 12));
  told = [];
  taken = [];
  voice = createVoice({
    sip, media, clock, chance: seededChance(1), log: silentLog, recordingDir: "/rec", tones: { ringback: "/t/ringback.wav", beep: "/t/beep.wav" },
    prompts: { promptPath: async (text) => `/p/${text}.wav`, holdMusicPath: async () => "/p/music.wav", atSpeed: async (path) => path },
    tell: (event) => void told.push(event), accountsOf: () => [], agentOf: () => null, resolveNumber: () => ({ kind: "number", number: "3000" }), visitorOf: () => null, newInteractionId: () => "int_1",
  });
  sip.hear = (event) => voice.onSip(event);
  ref = sip.incoming("3000");
  id = "int_1";
  voice.open(id);
  await breathe();
  media.tell({ type: "mediaStarted", id: ref });
  stop = voice.takeMessage(id, ORDER, (one) => void taken.push(one));
});

/** A second of a sound. */
function hear(samples: Int16Array, seconds: number): void {
  for (let i = 0; i < seconds * 10; i++) {
    clock.advance(100);
    media.tell({ type: "heard", id: ref, samples });
  }
}

test("the tone, then the recording; # ends it, and other keys are the dialogue's", () => {
  assert.deepEqual([media.endpoints.get(ref)?.playing?.paths, media.recordings.size], [["/t/beep.wav"], 0]);
  media.tell({ type: "digit", id: ref, digit: "#", source: "rfc4733" });
  assert.equal(taken.length, 0, "at the tone there is nothing to end");
  media.finishPlay(ref);
  assert.deepEqual([...media.recordings.values()].map(({ a, b, paths }) => [a, b, paths.mixed]), [[ref, null, "/m/a.wav"]]);
  hear(SPEECH, 2);
  media.tell({ type: "digit", id: ref, digit: "0", source: "rfc4733" });
  assert.deepEqual(told.at(-1), { type: "input", id, input: { kind: "key", key: "0" } });
  media.tell({ type: "digit", id: ref, digit: "#", source: "rfc4733" });
  assert.deepEqual(taken, [{ durationMs: 1000, spoken: true, how: "key" }]);
  assert.deepEqual([media.listened.size, voice.counts().recordings], [0, 0]);
});

test("a silence ends it, counted from the last word; the first word may take its time", () => {
  media.finishPlay(ref);
  hear(QUIET, 7);
  assert.equal(media.listened.has(ref), true, "3 s to breathe and 5 s of silence");
  hear(SPEECH, 1);
  hear(QUIET, 4.8);
  assert.equal(media.listened.has(ref), true);
  hear(QUIET, 0.3);
  assert.equal(media.listened.has(ref), false);
  assert.equal(taken[0]?.how, "silence");
});

test("who says nothing has said nothing", () => {
  media.finishPlay(ref);
  hear(QUIET, 9);
  assert.deepEqual(taken, [{ durationMs: 1000, spoken: false, how: "silence" }]);
});

test("on a quiet line a soft talker is heard, and not cut off in the middle", () => {
  const [hiss, soft] = [tone(440, 100, 0.0008), tone(440, 100, 0.008)]; // -65 and -45 dBov
  media.finishPlay(ref);
  hear(hiss, 1);
  hear(soft, 12);
  assert.equal(media.listened.has(ref), true);
  hear(hiss, 5.1);
  assert.deepEqual(taken.map((one) => [one?.spoken, one?.how]), [[true, "silence"]]);
});

test("the hiss of a line alone is nobody", () => {
  media.finishPlay(ref);
  for (let i = 0; i < 9; i++) {
    hear(tone(440, 100, 0.0008), 0.5);
    hear(tone(440, 100, 0.003), 0.5); // -53 dBov
  }
  assert.deepEqual(taken.map((one) => one?.spoken), [false]);
});

test("a hang-up keeps what was said; the limit ends it; so does whoever ordered it", () => {
  media.finishPlay(ref);
  hear(SPEECH, 3);
  sip.peer(ref, "bye");
  assert.deepEqual(taken, [{ durationMs: 1000, spoken: true, how: "hung-up" }]);
  assert.equal(voice.counts().recordings, 0);
});

test("the limit", () => {
  media.finishPlay(ref);
  hear(SPEECH, 61);
  assert.equal(taken[0]?.how, "limit");
});

test("who asks for a person meanwhile waits for one, and their message ends", () => {
  media.finishPlay(ref);
  hear(SPEECH, 1);
  voice.wait(id);
  assert.deepEqual(taken[0], { durationMs: 1000, spoken: true, how: "stopped" });
});

test("stopped at the tone, nothing was recorded", () => {
  stop?.();
  assert.deepEqual([taken, voice.counts().recordings], [[null], 0]);
});

test("a recording that cannot be written is told as none", () => {
  media.finishPlay(ref);
  media.tell({ type: "failed", id: "msg:int_1:1", why: "disk full" });
  assert.deepEqual([taken, media.listened.size, media.recordings.size, voice.counts().recordings], [[null], 0, 0, 0], "told once, and nothing goes on for it");
});

test("a message that is begun while the last bytes of the one before are written is its own: # ends it, and its words are heard", () => {
  media.finishPlay(ref);
  hear(SPEECH, 1);
  const slow = media.stopRecording.bind(media);
  const waiting: string[] = [];
  media.stopRecording = (recordingId) => void waiting.push(recordingId);
  stop?.();
  voice.takeMessage(id, { ...ORDER, path: "/m/b.wav", asidePath: "/m/b.both.wav" }, (one) => void taken.push(one));
  media.finishPlay(ref);
  hear(SPEECH, 1);
  media.tell({ type: "digit", id: ref, digit: "#", source: "rfc4733" });
  assert.deepEqual(waiting, ["msg:int_1:1", "msg:int_1:2"]);
  for (const recordingId of waiting) slow(recordingId);
  assert.deepEqual(taken, [{ durationMs: 1000, spoken: true, how: "stopped" }, { durationMs: 1000, spoken: true, how: "key" }]);
});
