/** What an agent hears before the customer, over false legs and media: who hears what, and when the answer is told. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent, RingContext, Whisper } from "../hub/hub.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice, type Voice } from "./voice.ts";

const WHISPER: Whisper = { utterances: [{ text: "Appel depuis Support.", language: "fr" }, { text: "", language: "fr", recordingId: "tone" }], speed: 1.5 };
const HEARD = ["/p/fr/Appel depuis Support..wav@1.5", "/rec/fr/tone.wav@1.5"];

let sip: FakeSip;
let media: FakeMedia;
let clock: ReturnType<typeof countingClock>;
let virtual: VirtualClock;
let voice: Voice;
let told: ChannelEvent[];
let accounts: { account: string; kind: "browser" | "phone" }[];
let making: (path: string) => Promise<string>;

beforeEach(() => {
  sip = new FakeSip();
  media = new FakeMedia();
  virtual = new VirtualClock(Date.UTC(2026, 10, 21, 12));
  clock = countingClock(virtual);
  told = [];
  accounts = [{ account: "desk-ana", kind: "phone" }];
  making = async (path) => path;
  voice = createVoice({
    sip, media, clock, chance: seededChance(1), log: silentLog, recordingDir: "/rec",
    prompts: { promptPath: (text, language) => making(`/p/${language}/${text}.wav`), holdMusicPath: async () => "/p/music.wav", atSpeed: async (path, speed) => `${path}@${speed}` },
    recordingPath: async (id, language) => `/rec/${language}/${id}.wav`,
    tell: (event) => void told.push(event),
    accountsOf: () => accounts,
    agentOf: () => null,
    resolveNumber: (user) => ({ kind: "number", number: user }),
    visitorOf: () => null,
    newInteractionId: () => "int_1",
  });
  sip.hear = (event) => voice.onSip(event);
  sip.registered.set("desk-ana", ["phone"]);
});

/** A customer waits with music, the agent's phone was taken up. */
async function takenUp(whisper: Whisper | null = WHISPER): Promise<{ customer: string; agent: string }> {
  const customer = sip.incoming("3000");
  voice.open("int_1");
  await breathe();
  media.tell({ type: "mediaStarted", id: customer });
  voice.wait("int_1");
  await breathe();
  const context: RingContext = { callerName: "Ana", callerNumber: "+33611", queueName: "Support", ringMs: 20_000, whisper };
  voice.ring("int_1", "ana", context);
  await breathe();
  const agent = [...sip.dialogs.values()].find((one) => one.account === "desk-ana")!.ref;
  sip.peer(agent, "answer");
  await breathe();
  media.tell({ type: "mediaStarted", id: agent });
  await breathe();
  return { customer, agent };
}

const types = (): string[] => told.map(({ type }) => type).filter((type) => type.startsWith("agent"));
const playing = (ref: string): readonly string[] | undefined => media.endpoints.get(ref)?.playing?.paths;
function heardToTheEnd(ref: string): void {
  const { playId } = media.endpoints.get(ref)!.playing!;
  media.endpoints.get(ref)!.playing = null;
  media.tell({ type: "playEnded", id: ref, playId, why: "finished" });
}

test("a browser that is still agreeing on keys loses nothing of it; one that never hears is not waited for without end", async () => {
  accounts = [{ account: "web-ana", kind: "browser" }];
  sip.registered.set("web-ana", ["browser"]);
  const customer = sip.incoming("3000");
  voice.open("int_1");
  await breathe();
  media.tell({ type: "mediaStarted", id: customer });
  voice.ring("int_1", "ana", { callerName: "Ana", callerNumber: "+33611", queueName: "Support", ringMs: 20_000, whisper: WHISPER });
  await breathe();
  const agent = [...sip.dialogs.values()].find((one) => one.account === "web-ana")!.ref;
  sip.peer(agent, "answer");
  await breathe();
  virtual.advance(2_999);
  assert.equal(playing(agent), undefined);
  virtual.advance(1);
  assert.deepEqual(playing(agent), HEARD);
});

test("the agent alone hears it, the customer's music plays on, and the answer is told when it was heard to the end", async () => {
  const { customer, agent } = await takenUp();
  assert.deepEqual(playing(agent), HEARD);
  assert.deepEqual(playing(customer), ["/p/music.wav"]);
  assert.deepEqual(types(), ["agentPickedUp"]);
  voice.connect("int_1", "ana"); // an order that came too early connects nobody
  assert.equal(media.endpoints.get(customer)?.bridgedTo, null);
  heardToTheEnd(agent);
  assert.deepEqual(types(), ["agentPickedUp", "agentAnswered"]);
  voice.connect("int_1", "ana");
  assert.equal(media.endpoints.get(customer)?.bridgedTo, agent);
  assert.equal(playing(customer), undefined, "no music in the conversation");
});

test("without a whisper the answer is told at once", async () => {
  await takenUp(null);
  assert.deepEqual(types(), ["agentAnswered"]);
});

test("# cuts it short; other keys do not", async () => {
  const { agent } = await takenUp();
  media.tell({ type: "digit", id: agent, digit: "5", source: "rfc4733" });
  assert.deepEqual(types(), ["agentPickedUp"]);
  media.tell({ type: "digit", id: agent, digit: "#", source: "rfc4733" });
  assert.deepEqual(types(), ["agentPickedUp", "agentAnswered"]);
  assert.equal(playing(agent), undefined);
});

test("an agent who hangs up during it has declined; the customer waits on", async () => {
  const { customer, agent } = await takenUp();
  sip.peer(agent, "bye");
  await breathe();
  const last = told.at(-1);
  assert.ok(last?.type === "agentRefused" && last.why === "declined", JSON.stringify(last));
  assert.deepEqual(playing(customer), ["/p/music.wav"]);
  virtual.advance(60_000);
  assert.ok(!types().includes("agentAnswered"));
});

test("a customer who leaves during it frees the agent's phone", async () => {
  const { customer, agent } = await takenUp();
  sip.peer(customer, "bye");
  await breathe();
  assert.equal(sip.dialogs.get(agent)?.state, "gone");
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
  assert.equal(clock.pending(), 0, "no timer is left");
});

test("a whisper that cannot be made is left out: the conversation is worth more", async () => {
  making = () => Promise.reject(new Error("no voice"));
  await takenUp({ utterances: [WHISPER.utterances[0]!], speed: 1 });
  assert.deepEqual(types(), ["agentPickedUp", "agentAnswered"]);
});

test("of a whisper of two parts, the one that cannot be made is left out alone", async () => {
  making = () => Promise.reject(new Error("no voice"));
  const { agent } = await takenUp();
  assert.deepEqual(playing(agent), [HEARD[1]]);
  heardToTheEnd(agent);
  assert.deepEqual(types(), ["agentPickedUp", "agentAnswered"]);
});

test("one whose making never ends is left out after three seconds", async () => {
  making = () => new Promise(() => {});
  const { agent } = await takenUp({ utterances: [WHISPER.utterances[0]!], speed: 1 });
  virtual.advance(2_999);
  await breathe();
  assert.deepEqual(types(), ["agentPickedUp"]);
  virtual.advance(1);
  await breathe();
  assert.deepEqual(types(), ["agentPickedUp", "agentAnswered"]);
  assert.equal(playing(agent), undefined);
});

test("after three seconds the part that is made is heard without the one that is not", async () => {
  making = () => new Promise(() => {});
  const { agent } = await takenUp();
  virtual.advance(2_999);
  await breathe();
  assert.equal(playing(agent), undefined);
  virtual.advance(1);
  await breathe();
  assert.deepEqual([playing(agent), types()], [[HEARD[1]], ["agentPickedUp"]]);
});

test("an endless one is cut at thirty seconds", async () => {
  await takenUp();
  virtual.advance(29_000);
  assert.deepEqual(types(), ["agentPickedUp"]);
  virtual.advance(1_000);
  assert.deepEqual(types(), ["agentPickedUp", "agentAnswered"]);
});

test("a withdrawn ring ends it", async () => {
  const { agent } = await takenUp();
  voice.cancelRing("int_1", "ana");
  assert.equal(sip.dialogs.get(agent)?.state, "gone");
  virtual.advance(60_000);
  assert.ok(!types().includes("agentAnswered"));
});

test("a queue's music is played in the place of the house's, and comes back to it", async () => {
  const customer = sip.incoming("3000");
  voice.open("int_1");
  await breathe();
  media.tell({ type: "mediaStarted", id: customer });
  voice.wait("int_1", { recordingId: "jazz", language: "fr" });
  await breathe();
  assert.deepEqual(playing(customer), ["/rec/fr/jazz.wav"]);
  voice.wait("int_1", null);
  await breathe();
  assert.deepEqual(playing(customer), ["/p/music.wav"]);
});
