import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { CalledBack, ChannelEvent } from "../hub/hub.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice } from "./voice.ts";
import type { CallbackOrder, Voice, Way } from "./voice.ts";

const PLACE: CalledBack = { callbackId: "cb_1", attempt: 1, queueId: "q", needs: [], priority: 0, sinceMs: 0, preferredAgentId: null, ringMs: 50_000, wrapMs: 0, customer: null, reason: null, trail: [], data: {} };
const RING = { callerName: "Ana", callerNumber: "+33611", queueName: "Support", ringMs: 50_000 };

let sip: FakeSip;
let media: FakeMedia;
let clock: VirtualClock;
let counting: ReturnType<typeof countingClock>;
let voice: Voice;
let told: ChannelEvent[];
let failed: unknown[];
let began: string[];

beforeEach(() => {
  sip = new FakeSip();
  media = new FakeMedia();
  clock = new VirtualClock(Date.UTC(2026, 10, 21, 12));
  counting = countingClock(clock);
  told = [];
  failed = [];
  began = [];
  voice = createVoice({
    sip, media, clock: counting, chance: seededChance(1), log: silentLog, recordingDir: "/rec", tones: { ringback: "/t/ringback.wav", beep: "/t/beep.wav" },
    prompts: { promptPath: async (text) => `/p/${text}.wav`, holdMusicPath: async () => "/p/music.wav", atSpeed: async (path) => path },
    tell: (event) => void told.push(event), accountsOf: (agentId) => [{ account: `desk-${agentId}`, kind: "phone" }], agentOf: () => null,
    resolveNumber: () => ({ kind: "none" }), visitorOf: () => null, newInteractionId: () => "int_x", maxCalls: 3,
  });
  sip.hear = (event) => voice.onSip(event);
  sip.registered.set("desk-ana", ["phone"]);
  sip.registered.set("desk-bob", ["phone"]);
});

const way = (name: string): Way => ({ invitation: { kind: "rtp", target: { account: name }, from: { user: "+33270", display: "Tandem" } }, began: (ref) => void began.push(`${name} ${ref}`) });
/** Ways one after another, each a wave of its own. */
function call(first: "agent" | "customer", waves: readonly (readonly string[])[] | null): void {
  const order: CallbackOrder = {
    id: "int_1", number: "+33611", name: "Ana", language: "fr", to: "1000", first, ringMs: 30_000, agentRingMs: 20_000, greeting: [{ text: "Bonjour", language: "fr" }], context: {}, place: PLACE,
    ways() {
      if (!waves) return null;
      let at = 0;
      return { next: (how) => {
        failed.push(how);
        return waves[at++]?.map(way) ?? null;
      } };
    },
  };
  assert.equal(voice.callBack(order), true);
}
const refOf = (account: string): string => {
  const dialog = [...sip.dialogs.values()].findLast((one) => one.account === account);
  assert.ok(dialog, `nothing rings at ${account}`);
  return dialog.ref;
};
const kinds = (): string[] => told.map(({ type }) => type);
async function agentAnswers(): Promise<string> {
  voice.callbacks.ring("int_1", "ana", RING);
  await breathe();
  const ref = refOf("desk-ana");
  sip.peer(ref, "answer");
  await breathe();
  return ref;
}

test("agent first: nobody is dialled before the agent answers; they hear it ring, then the customer; recorded from there on", async () => {
  call("agent", [["customer"]]);
  const arrived = told[0];
  assert.ok(arrived?.type === "arrived");
  assert.deepEqual([arrived.medium, arrived.from, arrived.calledBack?.callbackId], ["callback", "+33611", "cb_1"]);
  voice.callbacks.open("int_1");
  voice.callbacks.wait("int_1");
  const agent = await agentAnswers();
  assert.deepEqual(began, []);
  voice.callbacks.connect("int_1", "ana");
  voice.callbacks.record("int_1", "start");
  await breathe();
  const customer = refOf("customer");
  assert.deepEqual([began, media.recordings.size], [[`customer ${customer}`], 0]);
  sip.peer(customer, "ringing");
  await breathe();
  assert.deepEqual(media.endpoints.get(agent)?.playing, { playId: "int_1:ringback", paths: ["/t/ringback.wav"], loop: true });
  sip.peer(customer, "answer");
  await breathe();
  assert.deepEqual([media.endpoints.get(agent)?.playing, media.endpoints.get(agent)?.bridgedTo], [null, customer]);
  assert.deepEqual([...media.recordings.values()].map(({ a, b }) => [a, b]), [[customer, agent]]);
  assert.deepEqual(kinds(), ["arrived", "agentAnswered", "customerDialled", "customerReached"]);
  sip.peer(customer, "bye");
  assert.deepEqual(told.at(-1), { type: "customerLeft", id: "int_1", why: "hung-up" });
  assert.equal(voice.counts().legs, 0);
});

test("customer first: dialled while an agent is kept; greeted, and only then the agent's telephone rings", async () => {
  call("customer", [["customer"]]);
  voice.callbacks.wait("int_1");
  voice.callbacks.ring("int_1", "ana", RING);
  await breathe();
  const customer = refOf("customer");
  assert.equal([...sip.dialogs.values()].filter(({ account }) => account === "desk-ana").length, 0);
  sip.peer(customer, "ringing");
  sip.peer(customer, "answer");
  await breathe();
  media.tell({ type: "mediaStarted", id: customer });
  await breathe();
  assert.deepEqual(media.endpoints.get(customer)?.playing?.paths, ["/p/Bonjour.wav"]);
  const agent = refOf("desk-ana");
  sip.peer(agent, "answer");
  await breathe();
  voice.callbacks.connect("int_1", "ana");
  assert.equal(media.endpoints.get(agent)?.bridgedTo, customer);
  assert.deepEqual(kinds(), ["arrived", "customerDialled", "customerReached", "agentAnswered"]);
});

test("customer first: an agent who does not answer costs nothing: the customer stays with music, the next agent is rung at once", async () => {
  call("customer", [["customer"]]);
  voice.callbacks.wait("int_1");
  voice.callbacks.ring("int_1", "ana", RING);
  await breathe();
  sip.peer(refOf("customer"), "answer");
  await breathe();
  sip.peer(refOf("desk-ana"), { fail: 480 });
  assert.equal(told.at(-1)?.type, "agentRefused");
  voice.callbacks.cancelRing("int_1", "ana");
  voice.callbacks.wait("int_1");
  assert.equal(sip.dialogs.get(refOf("customer"))?.state, "up");
  voice.callbacks.ring("int_1", "bob", RING);
  await breathe();
  assert.equal(sip.dialogs.get(refOf("desk-bob"))?.invite?.noAnswerMs, 22_000, "the agent's own limit, not that of both calls");
  assert.equal(began.length, 1, "dialled once");
});

test("customer first: the kept agent goes away while it rings there: it falls silent, and nothing is told", async () => {
  call("customer", [["customer"]]);
  voice.callbacks.ring("int_1", "ana", RING);
  await breathe();
  const customer = refOf("customer");
  sip.peer(customer, "ringing");
  voice.callbacks.cancelRing("int_1", "ana");
  assert.equal(sip.dialogs.get(customer)?.state, "gone");
  assert.deepEqual(kinds(), ["arrived", "customerDialled"]);
  voice.callbacks.ring("int_1", "bob", RING);
  await breathe();
  assert.equal(began.length, 2);
});

test("one way after another: how the last one did is told to who knows the next; what was said last of the person counts", async () => {
  call("agent", [["trunk-a"], ["trunk-b"]]);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("trunk-a"), { fail: 503 });
  await breathe();
  sip.peer(refOf("trunk-b"), { fail: 486 });
  assert.deepEqual(failed, [null, { why: "unreachable", status: 503 }, { why: "busy", status: 486 }]);
  assert.deepEqual(told.at(-1), { type: "customerNotReached", id: "int_1", why: "busy", status: 486 });
});

test("a network that says something and gives up: on the next way the agent hears it ring again", async () => {
  call("agent", [["trunk-a"], ["trunk-b"]]);
  const agent = await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  const first = refOf("trunk-a");
  voice.onSip({ type: "ringing", ref: first, status: 183, sdp: "v=0\r\n" });
  await breathe();
  assert.deepEqual([media.endpoints.get(agent)?.bridgedTo, media.endpoints.get(agent)?.playing], [first, null], "their network's own words");
  sip.peer(first, { fail: 503 });
  await breathe();
  sip.peer(refOf("trunk-b"), "ringing");
  assert.equal(media.endpoints.get(agent)?.playing?.playId, "int_1:ringback");
  assert.equal(told.filter(({ type }) => type === "customerDialled").length, 1);
});

test("an extension's devices ring together: the first that answers has it, and one that refuses for all ends it as refused", async () => {
  call("agent", [["dev-1", "dev-2"]]);
  const agent = await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("dev-1"), { fail: 480 });
  sip.peer(refOf("dev-2"), "answer");
  await breathe();
  assert.equal(media.endpoints.get(agent)?.bridgedTo, refOf("dev-2"));
  assert.equal(voice.counts().legs, 2);
});

test("of devices that ring together none is heard before the answer: the agent hears it ring", async () => {
  call("agent", [["dev-1", "dev-2"]]);
  const agent = await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  voice.onSip({ type: "ringing", ref: refOf("dev-1"), status: 183, sdp: "v=0\r\n" });
  await breathe();
  assert.deepEqual([media.endpoints.get(agent)?.bridgedTo, media.endpoints.get(agent)?.playing?.playId], [null, "int_1:ringback"]);
});

test("a customer who is being dialled is not dialled a second time, whoever else is kept for them", async () => {
  call("customer", [["customer"], ["customer-2"]]);
  voice.callbacks.ring("int_1", "ana", RING);
  await breathe();
  voice.callbacks.ring("int_1", "bob", RING);
  await breathe();
  assert.equal(began.length, 1);
});

test("of devices that ring together, what says most of the person is what is told, whichever ends last", async () => {
  call("agent", [["dev-1", "dev-2"]]);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("dev-1"), { fail: 486 });
  sip.peer(refOf("dev-2"), { fail: 480 });
  assert.deepEqual(told.at(-1), { type: "customerNotReached", id: "int_1", why: "busy", status: 486 });
});

test("no answer: after its limit the customer's telephone falls silent", async () => {
  call("agent", [["customer"]]);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("customer"), "ringing");
  clock.advance(29_999);
  assert.equal(told.at(-1)?.type, "customerDialled");
  clock.advance(1);
  assert.deepEqual(told.at(-1), { type: "customerNotReached", id: "int_1", why: "no-answer", status: 0 });
  assert.equal(sip.dialogs.get(refOf("customer"))?.state, "gone");
});

test("what may not be dialled is told at once; the agent's hang-up while it rings leaves nothing behind", async () => {
  call("agent", null);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  assert.deepEqual(told.at(-1), { type: "customerNotReached", id: "int_1", why: "not-allowed", status: 0 });
  voice.callbacks.end("int_1", "not-reached");
  told.length = 0;
  call("agent", [["customer"]]);
  const agent = await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(agent, "bye");
  voice.callbacks.end("int_1", "agent-ended");
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
  assert.equal(told.some(({ type }) => type === "customerNotReached"), false);
});

test("nothing is said to who is not on the line, and nothing of it later", async () => {
  call("agent", [["customer"]]);
  voice.callbacks.say("int_1", "wait:1", [{ text: "Vous êtes en position 2.", language: "fr" }]);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("customer"), "answer");
  await breathe();
  media.tell({ type: "mediaStarted", id: refOf("customer") });
  assert.equal(media.endpoints.get(refOf("customer"))?.playing, null);
});

test("no more calls are begun than can be carried", () => {
  for (const id of ["a", "b", "c"]) assert.equal(voice.callBack({ id, number: "1", name: "", language: "fr", to: "", first: "agent", ringMs: 1, agentRingMs: 1, greeting: [], context: {}, ways: () => null, place: PLACE }), true);
  assert.equal(voice.callBack({ id: "d", number: "1", name: "", language: "fr", to: "", first: "agent", ringMs: 1, agentRingMs: 1, greeting: [], context: {}, ways: () => null, place: PLACE }), false);
});

test("a customer who has not answered yet is given to nobody: their telephone falls silent, and nothing is left of the call", async () => {
  call("agent", [["customer"]]);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("customer"), "ringing");
  voice.callbacks.handOver!("int_1", "ana", { number: "240", name: "Atelier" }, { number: "+33611", name: "Ana", language: "fr" });
  assert.deepEqual([sip.dialogs.get(refOf("customer"))?.state, voice.counts()], ["gone", { calls: 0, legs: 0, recordings: 0 }]);
});

test("a reached customer who is handed over and comes back is no promise any more", async () => {
  call("agent", [["customer"]]);
  await agentAnswers();
  voice.callbacks.connect("int_1", "ana");
  await breathe();
  sip.peer(refOf("customer"), "answer");
  await breathe();
  voice.callbacks.handOver!("int_1", "ana", { number: "240", name: "Atelier" }, { number: "+33611", name: "Ana", language: "fr" });
  const back = told.at(-1);
  assert.ok(back?.type === "arrived");
  assert.deepEqual([back.handedBack?.of, back.calledBack, voice.counts().calls], ["int_1", undefined, 1]);
});
