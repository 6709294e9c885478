/** Recordings in the place of speech, and customers who answer by speech: what is played, told, cut off, and when nobody is listened to. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent, Listening } from "../hub/hub.ts";
import { breathe, FakeMedia, FakeSip } from "./fakes.ts";
import type { HeardSpeech, Recogniser } from "./recogniser.ts";
import { createVoice, type Voice } from "./voice.ts";

let sip: FakeSip;
let media: FakeMedia;
let voice: Voice;
let told: ChannelEvent[];
let hearings: { hear: (heard: HeardSpeech) => void; batches: number; stopped: boolean; language: string; phrases: string[] }[];
let recordings: Map<string, string | Error | Promise<string>>;
let clock: VirtualClock;
let making: Promise<string> | null;

const recogniser: Recogniser = {
  listen(_call, { language, words }, hear) {
    const hearing = { hear, batches: 0, stopped: false, language, phrases: words.flatMap(({ phrases }) => phrases) };
    hearings.push(hearing);
    return { audio: () => hearing.batches++, stop: () => (hearing.stopped = true) };
  },
  stop: () => Promise.resolve(),
};

beforeEach(() => {
  sip = new FakeSip();
  media = new FakeMedia();
  told = [];
  hearings = [];
  recordings = new Map();
  clock = new VirtualClock(0);
  making = null;
  voice = createVoice({
    sip, media, clock, chance: seededChance(1), log: silentLog, recordingDir: "/rec",
    prompts: { promptPath: async (text, language) => making ?? `/p/${language}/${text}.wav`, holdMusicPath: async () => "/p/music.wav", atSpeed: async (path) => path },
    recordingPath: async (promptId, language) => {
      const found = recordings.get(`${promptId} ${language}`) ?? null;
      if (found instanceof Error) throw found;
      return found;
    },
    recogniser,
    tell: (event) => void told.push(event),
    accountsOf: () => [], agentOf: () => null, visitorOf: () => null, resolveNumber: () => ({ kind: "number", number: "3000" }), newInteractionId: () => "int_1",
  });
  sip.hear = (event) => voice.onSip(event);
});

async function call(): Promise<string> {
  const ref = sip.incoming("3000");
  voice.open("int_1");
  await breathe();
  media.tell({ type: "mediaStarted", id: ref });
  return ref;
}
const playing = (ref: string): readonly string[] | undefined => media.endpoints.get(ref)?.playing?.paths;
const question = (more: Partial<Listening> = {}): Listening => ({ language: "fr", words: [{ key: "1", phrases: ["livraison"] }], free: false, interrupts: true, ...more });
const sound = (ref: string): void => media.tell({ type: "heard", id: ref, samples: new Int16Array(800).fill(3000) });
const inputs = (): unknown[] => told.flatMap((event) => (event.type === "input" ? [event.input] : []));

test("a recording is played where there is one in the language; else, and when it cannot be read, the text is spoken", async () => {
  const ref = await call();
  recordings.set("prm_1 fr", "/r/one.wav");
  recordings.set("prm_2 fr", new Error("the disk"));
  const say = async (recordingId: string | undefined, language: "fr" | "en", text = "Bonjour"): Promise<void> => {
    voice.say("int_1", "s", [{ text, language, ...(recordingId !== undefined && { recordingId }) }]);
    await breathe();
  };
  await say("prm_1", "fr");
  assert.deepEqual(playing(ref), ["/r/one.wav"]);
  await say("prm_1", "en");
  assert.deepEqual(playing(ref), ["/p/en/Bonjour.wav"]);
  await say("prm_2", "fr");
  assert.deepEqual(playing(ref), ["/p/fr/Bonjour.wav"]);
  await say("prm_1", "fr", "");
  assert.deepEqual(playing(ref), ["/r/one.wav"], "a recording needs no text");
  told = [];
  await say("prm_3", "fr", "");
  assert.deepEqual(told.map((event) => event.type), ["said"], "neither: the dialogue goes on");
});

test("what is said while a question stands is told as text; speech cuts off what is being said, which counts as said", async () => {
  const ref = await call();
  voice.say("int_1", "s1", [{ text: "Que voulez-vous ?", language: "fr" }]);
  voice.listen!("int_1", question());
  await breathe();
  assert.deepEqual([[...media.listened], hearings.length, hearings[0]?.phrases], [[ref], 1, ["livraison"]]);
  sound(ref);
  assert.equal(hearings[0]?.batches, 1);
  told = [];
  hearings[0]?.hear({ type: "speaking" });
  assert.equal(playing(ref), undefined);
  assert.deepEqual(told, [{ type: "said", id: "int_1", sayId: "s1" }, { type: "speaking", id: "int_1" }]);
  hearings[0]?.hear({ type: "partial", text: "livr" });
  hearings[0]?.hear({ type: "final", text: "livraison", confidence: 1 });
  assert.deepEqual(inputs(), [{ kind: "text", text: "livraison" }]);
  voice.listen!("int_1", null);
  assert.deepEqual([hearings[0]?.stopped, [...media.listened]], [true, []]);
});

test("the same question asked on does not cut the sentence in the middle; another question begins anew", async () => {
  const ref = await call();
  voice.listen!("int_1", question());
  voice.listen!("int_1", question());
  assert.equal(hearings.length, 1);
  voice.listen!("int_1", question({ words: [{ key: "2", phrases: ["facture"] }] }));
  assert.deepEqual([hearings.length, hearings[0]?.stopped], [2, true]);
  hearings[0]?.hear({ type: "final", text: "livraison", confidence: 1 });
  assert.deepEqual(inputs(), [], "an answer to the question of before is none");
  assert.deepEqual([...media.listened], [ref]);
});

test("a question that must be heard out is listened to from its end on", async () => {
  const ref = await call();
  voice.say("int_1", "s1", [{ text: "Ecoutez bien.", language: "fr" }]);
  voice.listen!("int_1", question({ interrupts: false }));
  await breathe();
  sound(ref);
  assert.equal(hearings.length, 0);
  media.finishPlay(ref);
  sound(ref);
  assert.deepEqual([hearings.length, hearings[0]?.batches], [1, 1]);
});

test("a recogniser that fails leaves the keys; the next question tries it again", async () => {
  const ref = await call();
  voice.listen!("int_1", question());
  hearings[0]?.hear({ type: "failed", why: "gone" });
  sound(ref);
  assert.equal(hearings[0]?.batches, 0);
  media.tell({ type: "digit", id: ref, digit: "1", source: "rfc4733" });
  assert.deepEqual(inputs(), [{ kind: "key", key: "1" }]);
  voice.listen!("int_1", question());
  assert.equal(hearings.length, 2);
});

test("nobody is listened to without a question, after the call, or without words and without a recogniser of sentences", async () => {
  const ref = await call();
  sound(ref);
  voice.listen!("int_1", question({ words: [] }));
  assert.equal(hearings.length, 0);
  voice.listen!("int_1", question());
  sip.peer(ref, "bye");
  assert.deepEqual([hearings[0]?.stopped, [...media.listened]], [true, []]);
  hearings[0]?.hear({ type: "final", text: "livraison", confidence: 1 });
  assert.deepEqual(inputs(), []);
});

test("nobody listens to silence for a prompt that is not made: it is left out after eight seconds, and one that comes later is not played over the next", async () => {
  const ref = await call();
  let made: (path: string) => void = () => undefined;
  making = new Promise((resolve) => (made = resolve));
  voice.say("int_1", "s1", [{ text: "Bonjour", language: "fr" }]);
  clock.advance(7_900);
  await breathe();
  assert.deepEqual(told.filter(({ type }) => type === "said"), []);
  clock.advance(200);
  await breathe();
  assert.deepEqual(told.filter(({ type }) => type === "said"), [{ type: "said", id: "int_1", sayId: "s1" }]);
  made("/p/late.wav");
  await breathe();
  assert.equal(playing(ref), undefined);
});

test("of words and recordings said together, what is not made in time, or cannot be made, is left out alone: the rest is heard", async () => {
  const ref = await call();
  recordings.set("prm_menu fr", "/r/menu.wav");
  const menu = [{ text: "Bonjour Ana", language: "fr" as const }, { text: "Tapez un", language: "fr" as const, recordingId: "prm_menu" }];
  making = new Promise(() => {});
  voice.say("int_1", "s1", menu);
  clock.advance(7_900);
  await breathe();
  assert.equal(playing(ref), undefined);
  clock.advance(200);
  await breathe();
  assert.deepEqual(playing(ref), ["/r/menu.wav"]);
  making = Promise.reject(new Error("no voice"));
  voice.say("int_1", "s2", menu);
  await breathe();
  assert.deepEqual([media.endpoints.get(ref)?.playing?.playId, playing(ref)], ["int_1:s2", ["/r/menu.wav"]]);
});

test("a prompt that was made in time may last as long as it likes", async () => {
  const ref = await call();
  voice.say("int_1", "s1", [{ text: "Bonjour", language: "fr" }]);
  await breathe();
  clock.advance(60_000);
  assert.deepEqual([playing(ref), told.filter(({ type }) => type === "said")], [["/p/fr/Bonjour.wav"], []]);
});

test("music of a queue that they have left already is not played in the next one", async () => {
  const ref = await call();
  let slow: (path: string) => void = () => undefined;
  recordings.set("prm_slow fr", new Promise((resolve) => (slow = resolve)));
  recordings.set("prm_2 fr", "/r/two.wav");
  voice.wait("int_1", { recordingId: "prm_slow", language: "fr" });
  voice.wait("int_1", { recordingId: "prm_2", language: "fr" });
  await breathe();
  slow("/r/slow.wav");
  await breathe();
  assert.deepEqual(playing(ref), ["/r/two.wav"]);
});

test("a queue's music that cannot be played gives way to the house's; that of the house is not tried again and again", async () => {
  const ref = await call();
  recordings.set("prm_1 fr", "/r/broken.wav");
  voice.wait("int_1", { recordingId: "prm_1", language: "fr" });
  await breathe();
  const end = (): void => media.tell({ type: "playEnded", id: ref, playId: media.endpoints.get(ref)!.playing!.playId, why: "finished" });
  end();
  assert.deepEqual(playing(ref), ["/p/music.wav"]);
  const order = media.endpoints.get(ref)?.playing?.playId;
  end();
  assert.equal(media.endpoints.get(ref)?.playing?.playId, order, "no further order");
});
