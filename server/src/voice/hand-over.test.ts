/** A customer's leg that goes to another room, and comes back. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent, ReturnedWhy } from "../hub/hub.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice, type HandedOver, type ReleasedLeg, type Voice } from "./voice.ts";

const TO = { number: "240", name: "Atelier" };
const CUSTOMER = { number: "+33611", name: "Ana", language: "fr" } as const;

let sip: FakeSip;
let media: FakeMedia;
let clock: ReturnType<typeof countingClock>;
let voice: Voice;
let told: ChannelEvent[];
let given: { leg: ReleasedLeg; order: HandedOver; back: (leg: ReleasedLeg, why: ReturnedWhy) => void }[];

function open(mayLeave: boolean): void {
  sip = new FakeSip();
  media = new FakeMedia();
  clock = countingClock(new VirtualClock(Date.UTC(2026, 10, 21, 12)));
  told = [];
  given = [];
  let ids = 0;
  voice = createVoice({
    sip, media, clock, chance: seededChance(1), log: silentLog, recordingDir: "/rec",
    prompts: { promptPath: (text) => Promise.resolve(`/p/${text}.wav`), holdMusicPath: () => Promise.resolve("/p/music.wav"), atSpeed: async (path) => path },
    tell: (event) => void told.push(event),
    accountsOf: (agentId) => [{ account: `desk-${agentId}`, kind: "phone" }],
    agentOf: () => null,
    ...(mayLeave && { handOver: (leg, order, back) => void given.push({ leg, order, back }) }),
    resolveNumber: (user) => (user === "3000" ? { kind: "number", number: "3000" } : { kind: "none" }),
    visitorOf: () => null,
    newInteractionId: () => `int_${++ids}`,
  });
  sip.hear = (event) => voice.onSip(event);
  sip.registered.set("desk-ana", ["phone"]);
}
beforeEach(() => open(true));

async function ringing(): Promise<{ ref: string; agentRef: string }> {
  const ref = sip.incoming("3000", { display: "Ana" });
  voice.ring("int_1", "ana", { callerName: "Ana", callerNumber: "+33611", queueName: "", ringMs: 20_000 });
  await breathe();
  const agentRef = [...sip.dialogs.values()].find(({ account }) => account === "desk-ana")!.ref;
  sip.peer(agentRef, "answer");
  await breathe();
  return { ref, agentRef };
}

async function connected(): Promise<{ ref: string; agentRef: string }> {
  const both = await ringing();
  voice.open("int_1");
  await breathe();
  media.tell({ type: "mediaStarted", id: both.ref });
  voice.connect("int_1", "ana");
  voice.record("int_1", "start");
  assert.equal(media.endpoints.get(both.ref)?.bridgedTo, both.agentRef);
  return both;
}

test("given away: the agent's leg and the recording end, the customer's leg goes whole and silent, nothing of the call stays", async () => {
  const { ref, agentRef } = await connected();
  voice.handOver!("int_1", "ana", TO, CUSTOMER);
  assert.deepEqual(given.map(({ leg, order }) => [leg.ref, leg.state, order]), [[ref, "up", { agentId: "ana", to: TO, customer: CUSTOMER }]]);
  assert.deepEqual(sip.alive().map((dialog) => dialog.ref), [ref]);
  assert.equal(sip.dialogs.get(agentRef)?.state, "gone");
  assert.deepEqual([media.endpoints.get(ref)?.bridgedTo, media.endpoints.get(ref)?.playing], [null, null]);
  assert.deepEqual([voice.counts(), clock.pending()], [{ calls: 0, legs: 0, recordings: 0 }, 0]);
  const before = told.length;
  sip.peer(ref, "bye");
  voice.end("int_1", "late");
  assert.equal(told.length, before, "what becomes of it is another room's to hear");
});

test("back again: a contact of its own that names the one before, answered already, spoken to, and its end is heard", async () => {
  const { ref } = await connected();
  const arrived = told.find((event) => event.type === "arrived");
  voice.handOver!("int_1", "ana", TO, CUSTOMER);
  given[0]!.back(given[0]!.leg, "no-answer");
  assert.deepEqual(told.at(-1), { ...arrived, id: "int_2", handedBack: { of: "int_1", why: "no-answer" } });
  const answers = sip.commands.filter(({ type }) => type === "answer").length;
  voice.open("int_2");
  voice.say("int_2", "s", [{ text: "Désolé", language: "fr" }]);
  voice.wait("int_2");
  await breathe();
  media.tell({ type: "mediaStarted", id: ref });
  assert.deepEqual(media.endpoints.get(ref)?.playing?.paths, ["/p/Désolé.wav"]);
  media.finishPlay(ref);
  assert.deepEqual(media.endpoints.get(ref)?.playing?.paths, ["/p/music.wav"]);
  assert.equal(sip.commands.filter(({ type }) => type === "answer").length, answers, "answered once");
  sip.peer(ref, "bye");
  assert.deepEqual(told.at(-1), { type: "customerLeft", id: "int_2", why: "hung-up" });
  assert.deepEqual([sip.alive(), media.endpoints.size, clock.pending()], [[], 0, 0]);
});

test("an agent quicker than our own answer: the customer goes once their leg is up; who hangs up before is gone", async () => {
  for (const end of ["up", "cancel"] as const) {
    open(true);
    const { ref } = await ringing();
    voice.connect("int_1", "ana");
    voice.handOver!("int_1", "ana", TO, CUSTOMER);
    assert.equal(given.length, 0, "not while their leg is on its way");
    if (end === "up") {
      voice.open("int_1");
      await breathe();
      assert.deepEqual(given.map(({ leg }) => leg.ref), [ref]);
    } else {
      sip.peer(ref, "cancel");
      assert.deepEqual([told.at(-1), voice.counts().calls, given.length], [{ type: "customerLeft", id: "int_1", why: "hung-up" }, 0, 0]);
    }
  }
});

test("attended by the agent's phone: the consulted conversation is named, 200 is said only when the customer goes", async () => {
  const { agentRef } = await connected();
  const progress = (): number[] => sip.commands.flatMap((command) => (command.type === "referProgress" ? [command.status] : []));
  sip.hear({ type: "refer", ref: agentRef, target: { user: "240", host: "tandem.local", raw: "", replaces: { ref: "leg-of-the-exchange", raw: "" } }, referredBy: null, inDialog: true, from: null });
  const asked = told.at(-1);
  assert.ok(asked?.type === "transferAsked");
  assert.deepEqual([asked.target, asked.consulted], ["240", "leg-of-the-exchange"]);
  asked.accept();
  assert.deepEqual(progress(), []);
  voice.handOver!("int_1", "ana", { ...TO, consulted: "leg-of-the-exchange" }, CUSTOMER);
  assert.deepEqual([progress(), given[0]?.order.to.consulted], [[200], "leg-of-the-exchange"]);
});

test("no other room is there: back at once", async () => {
  open(false);
  await connected();
  voice.handOver!("int_1", "ana", TO, CUSTOMER);
  assert.deepEqual(told.at(-1)?.type === "arrived" && told.at(-1), { type: "arrived", id: "int_2", medium: "voice", from: "+33611", fromName: "Ana", to: "3000", language: null, context: {}, handedBack: { of: "int_1", why: "unreachable" } });
  assert.equal(voice.counts().legs, 1);
});
