import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice } from "./voice.ts";
import type { Voice } from "./voice.ts";

const START_MS = Date.UTC(2026, 10, 21, 12);
const CONTEXT = { callerName: 'Ana\r\nEvil: "x"', callerNumber: "+33611", queueName: "Support", ringMs: 20_000 };

let sip: FakeSip;
let media: FakeMedia;
let virtual: VirtualClock;
let clock: ReturnType<typeof countingClock>;
let voice: Voice;
let told: ChannelEvent[];
let brokenPrompts: Set<string>;

beforeEach(() => {
  sip = new FakeSip();
  media = new FakeMedia();
  virtual = new VirtualClock(START_MS);
  clock = countingClock(virtual);
  told = [];
  brokenPrompts = new Set();
  let ids = 0;
  voice = createVoice({
    sip, media, clock, chance: seededChance(1), log: silentLog, recordingDir: "/rec",
    prompts: {
      promptPath: async (text, language) => {
        if (brokenPrompts.has(text)) throw new Error("no voice");
        return `/p/${language}/${text}.wav`;
      },
      holdMusicPath: async () => "/p/music.wav", atSpeed: async (path) => path,
    },
    tell: (event) => void told.push(event),
    accountsOf: (agentId) => [{ account: `web-${agentId}`, kind: "browser" }, { account: `desk-${agentId}`, kind: "phone" }],
    partyOf: (ref) => (ref === "leg-of-the-exchange" ? "usr_carla" : null),
    agentOf: (account) => (account.startsWith("desk-") ? account.slice(5) : null),
    resolveNumber: (user) => (user === "3000" ? { kind: "number", number: "3000" } : { kind: "none" }),
    visitorOf: (account) => (account === "visitor-1" ? { visitorId: "vis_1", name: "Vera", language: "en", context: { page: "Lampes" } } : null),
    newInteractionId: () => `int_${++ids}`,
    maxCalls: 3,
  });
  sip.hear = (event) => voice.onSip(event);
  for (const agent of ["ana", "bob"]) {
    sip.registered.set(`web-${agent}`, ["browser"]);
    sip.registered.set(`desk-${agent}`, ["phone"]);
  }
});

function events(...types: ChannelEvent["type"][]): ChannelEvent[] {
  return told.filter((event) => types.includes(event.type));
}

function statusOf(ref: string): number | undefined {
  const reject = sip.commands.find((command) => command.type === "reject" && command.ref === ref);
  return reject?.type === "reject" ? reject.status : undefined;
}

async function arrived(): Promise<{ id: string; ref: string }> {
  const ref = sip.incoming("3000", { display: "Ana" });
  const event = told.at(-1);
  assert.ok(event?.type === "arrived");
  voice.open(event.id);
  await breathe();
  media.tell({ type: "mediaStarted", id: ref });
  return { id: event.id, ref };
}

/** Leg of an agent's device that rings for call `id`. */
function device(account: string): string {
  const dialog = [...sip.dialogs.values()].findLast((one) => one.account === account);
  assert.ok(dialog, `nothing rings at ${account}`);
  return dialog.ref;
}

async function connected(agentId = "ana"): Promise<{ id: string; ref: string; agentRef: string }> {
  const call = await arrived();
  voice.wait(call.id);
  voice.ring(call.id, agentId, CONTEXT);
  await breathe();
  const agentRef = device(`desk-${agentId}`);
  sip.peer(agentRef, "answer");
  await breathe();
  voice.connect(call.id, agentId);
  voice.record(call.id, "start");
  return { ...call, agentRef };
}

async function nothingLeft(): Promise<void> {
  while (media.waiting.length > 0) {
    media.release();
    await breathe();
  }
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
  assert.deepEqual(sip.alive(), []);
  assert.equal(media.endpoints.size, 0);
  assert.equal(media.recordings.size, 0);
  assert.equal(clock.pending(), 0);
}

describe("arrival", () => {
  test("told at once, rung, answered only when opened, spoken to once it hears", async () => {
    const ref = sip.incoming("3000", { display: "Ana Ferreira", headers: [["Call-ID", ["abc@x"]], ["User-Agent", ["Phone/1"]]] });
    assert.deepEqual(told, [{ type: "arrived", id: "int_1", medium: "voice", from: "+33611", fromName: "Ana Ferreira", to: "3000", language: null, context: { callId: "abc@x", userAgent: "Phone/1" } }]);
    assert.deepEqual(sip.commands, [{ type: "progress", ref, status: 180 }]);
    voice.open("int_1");
    voice.say("int_1", "s1", [{ text: "Bonjour", language: "fr" }, { text: "", language: "fr" }, { text: "Press 9", language: "en" }]);
    await breathe();
    assert.equal(sip.commands.at(-1)?.type, "answer");
    assert.equal(media.endpoints.get(ref)?.playing, null);
    media.tell({ type: "mediaStarted", id: ref });
    assert.deepEqual(media.endpoints.get(ref)?.playing, { playId: "int_1:s1", paths: ["/p/fr/Bonjour.wav", "/p/en/Press 9.wav"], loop: false });
    media.finishPlay(ref);
    assert.deepEqual(told.at(-1), { type: "said", id: "int_1", sayId: "s1" });
    sip.peer(ref, "bye");
    await nothingLeft();
  });

  test("a phone that sends nothing is spoken to all the same", async () => {
    const ref = sip.incoming("3000");
    voice.open("int_1");
    voice.say("int_1", "s1", [{ text: "Bonjour", language: "fr" }]);
    await breathe();
    virtual.advance(399);
    assert.equal(media.endpoints.get(ref)?.playing, null);
    virtual.advance(1);
    assert.ok(media.endpoints.get(ref)?.playing);
  });

  test("a browser's call: WebRTC, the visitor and the page", async () => {
    const ref = sip.incoming("3000", { account: "visitor-1", sdp: "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\n" });
    voice.open("int_1");
    await breathe();
    assert.deepEqual(media.offered, [{ id: ref, kind: "webrtc" }]);
    assert.deepEqual(told, [{ type: "arrived", id: "int_1", medium: "voice", from: "vis_1", fromName: "Vera", to: "3000", language: "en", context: { page: "Lampes" } }]);
  });

  test("a caller who asks not to be named (RFC 3323) is not", () => {
    sip.hear = (event) => voice.onSip(event.type === "incoming" ? { ...event, privacy: ["id", "user"] } : event);
    sip.incoming("3000", { display: "Ana Ferreira" });
    assert.ok(told[0]?.type === "arrived" && told[0].from === "anonymous" && told[0].fromName === "");
  });

  test("an agent's own phone that dials the number is a customer", () => {
    sip.incoming("3000", { account: "desk-bob", from: "bob" });
    assert.ok(told[0]?.type === "arrived" && told[0].from === "bob" && told[0].context.callingAgentId === "bob");
  });

  test("a caller without an offer gets ours with the answer, and hears us once it answered that", async () => {
    const ref = sip.incoming("3000", { sdp: null });
    assert.deepEqual(events("arrived").map((event) => event.id), ["int_1"]);
    voice.open("int_1");
    voice.say("int_1", "greeting", [{ text: "Bonjour", language: "fr" }]);
    await breathe();
    assert.deepEqual(sip.commands.at(-1), { type: "answer", ref, sdp: `sdp of ${ref}` });
    virtual.advance(5_000);
    assert.equal(media.endpoints.get(ref)?.playing, null, "until their answer came nobody listens");
    sip.hear({ type: "offerAnswered", ref, sdp: "their answer" });
    await breathe();
    virtual.advance(500);
    assert.deepEqual(media.endpoints.get(ref)?.playing?.paths, ["/p/fr/Bonjour.wav"]);
  });

  test("refusals: unknown number 404, too many calls 503, no codec as the media side says", async () => {
    assert.equal(statusOf(sip.incoming("nowhere")), 404);
    assert.deepEqual(told, []);
    media.refuseNext = 488;
    const ref = sip.incoming("3000");
    voice.open("int_1");
    await breathe();
    assert.equal(statusOf(ref), 488);
    assert.deepEqual(told.at(-1), { type: "customerLeft", id: "int_1", why: "media-lost" });
    await nothingLeft();
    for (let i = 0; i < 3; i++) assert.equal(statusOf(sip.incoming("3000")), undefined);
    assert.equal(statusOf(sip.incoming("3000")), 503);
  });

  test("a caller who gives up before, during and after the answer leaves nothing", async () => {
    const early = sip.incoming("3000");
    sip.peer(early, "cancel");
    assert.deepEqual(told.at(-1), { type: "customerLeft", id: "int_1", why: "hung-up" });
    media.slow = true;
    const during = sip.incoming("3000");
    voice.open("int_2");
    sip.peer(during, "cancel");
    assert.deepEqual(told.at(-1), { type: "customerLeft", id: "int_2", why: "hung-up" });
    await nothingLeft();
    voice.say("int_2", "s", [{ text: "x", language: "fr" }]);
    voice.end("int_2", "late");
    await nothingLeft();
  });
});

describe("saying and waiting", () => {
  test("stopped speech is not told; music waits for speech and comes back after it", async () => {
    const { id, ref } = await arrived();
    voice.say(id, "a", [{ text: "A", language: "fr" }]);
    await breathe();
    voice.stopSaying(id);
    assert.equal(media.endpoints.get(ref)?.playing, null);
    voice.say(id, "b", [{ text: "B", language: "fr" }]);
    voice.wait(id);
    await breathe();
    assert.equal(media.endpoints.get(ref)?.playing?.playId, `${id}:b`);
    media.finishPlay(ref);
    assert.deepEqual(events("said"), [{ type: "said", id, sayId: "b" }]);
    assert.deepEqual(media.endpoints.get(ref)?.playing, { playId: `${id}:music:1`, paths: ["/p/music.wav"], loop: true });
    voice.say(id, "c", [{ text: "C", language: "fr" }]);
    await breathe();
    assert.equal(media.endpoints.get(ref)?.playing?.playId, `${id}:c`);
    media.finishPlay(ref);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
  });

  test("a prompt that cannot be made is left out, and the dialogue goes on", async () => {
    const { id } = await arrived();
    brokenPrompts.add("X");
    voice.say(id, "x", [{ text: "X", language: "fr" }]);
    await breathe();
    assert.deepEqual(told.at(-1), { type: "said", id, sayId: "x" });
    voice.say(id, "none", []);
    await breathe();
    assert.deepEqual(told.at(-1), { type: "said", id, sayId: "none" });
  });

  test("keys come once, whichever way the phone sends them, and only without an agent", async () => {
    const { id, ref } = await arrived();
    media.tell({ type: "digit", id: ref, digit: "1", source: "rfc4733" });
    sip.hear({ type: "digit", ref, digit: "1", durationMs: 100 });
    media.tell({ type: "digit", id: ref, digit: "A", source: "rfc4733" });
    media.tell({ type: "digit", id: ref, digit: "#", source: "rfc4733" });
    assert.deepEqual(events("input"), ["1", "#"].map((key) => ({ type: "input", id, input: { kind: "key", key } })));
  });
});

describe("ringing an agent", () => {
  test("all devices at once, each with its own media; the first answer wins, the other stops", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    const [web, desk] = [device("web-ana"), device("desk-ana")];
    assert.deepEqual(media.offered.slice(1), [{ id: web, kind: "webrtc" }, { id: desk, kind: "rtp" }]);
    const { invite } = sip.dialogs.get(desk)!;
    assert.deepEqual(invite?.target, { account: "desk-ana", only: "phone" });
    assert.deepEqual(invite?.headers, { "X-Tandem-Interaction": id });
    assert.equal(invite?.noAnswerMs, 22_000);
    assert.deepEqual(invite?.from, { user: "+33611", display: "Ana  Evil:  x" });
    sip.peer(desk, "ringing");
    sip.peer(web, "ringing");
    sip.peer(web, "answer");
    sip.peer(desk, "answer");
    await breathe();
    assert.deepEqual(events("agentRinging", "agentAnswered", "agentRefused").map((event) => event.type), ["agentRinging", "agentAnswered"]);
    assert.deepEqual(sip.alive().map((dialog) => dialog.direction), ["in", "out"]);
    assert.equal(sip.dialogs.get(desk)?.state, "gone");
  });

  for (const [name, fails, why] of [
    ["busy everywhere", [486, 486], "declined"], ["declined on one device", [603], "declined"], ["no answer", [408, 408], "no-answer"],
    ["not reachable", [480, 503], "unreachable"], ["busy and dead", [503, 486], "declined"],
  ] as const) {
    test(`${name} -> ${why}`, async () => {
      const { id } = await arrived();
      voice.ring(id, "ana", CONTEXT);
      await breathe();
      const legs = [device("web-ana"), device("desk-ana")];
      fails.forEach((fail, i) => sip.peer(legs[i]!, { fail }));
      assert.deepEqual(events("agentRefused"), [{ type: "agentRefused", id, agentId: "ana", why }]);
      assert.equal(sip.alive().length, 1);
      voice.ring(id, "ana", CONTEXT);
      await breathe();
      assert.equal(sip.alive().length, 3, "may be rung again");
    });
  }

  test("one device failing does not end the ring; no device at all is told at once", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    sip.peer(device("web-ana"), { fail: 486 });
    assert.deepEqual(events("agentRefused"), []);
    sip.registered.clear();
    voice.ring(id, "bob", CONTEXT);
    assert.deepEqual(events("agentRefused"), [{ type: "agentRefused", id, agentId: "bob", why: "unreachable" }]);
  });

  test("the customer leaves while it rings, while media is made, and while the answer crosses", async () => {
    for (const when of ["made", "rings", "crosses"] as const) {
      media.slow = false;
      const { id, ref } = await arrived();
      media.slow = when === "made";
      voice.ring(id, "ana", CONTEXT);
      await breathe();
      if (when === "crosses") {
        media.slow = true;
        sip.peer(device("web-ana"), "answer");
      }
      sip.peer(ref, "bye");
      voice.cancelRing(id, "ana");
      voice.connect(id, "ana");
      voice.end(id, "customer-left");
      await nothingLeft();
      assert.deepEqual(told.filter((event) => event.type === "customerLeft" && event.id === id).length, 1);
      assert.deepEqual(events("agentAnswered", "agentLeft"), []);
    }
  });

  test("answered too late: the order to cancel hangs up the answered leg", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    sip.peer(device("web-ana"), "answer");
    await breathe();
    voice.cancelRing(id, "ana");
    voice.connect(id, "ana");
    assert.deepEqual(sip.alive().map((dialog) => dialog.direction), ["in"]);
    assert.deepEqual(events("agentLeft"), []);
  });

  test("an agent who answers and hangs up before the connection is told as left", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    sip.peer(device("web-ana"), "answer");
    await breathe();
    sip.peer(device("web-ana"), "bye");
    voice.connect(id, "ana");
    assert.deepEqual(told.slice(-2).map((event) => event.type), ["agentAnswered", "agentLeft"]);
  });

  test("answered media that does not fit: the device is hung up and the ring goes on without it", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    media.refuseNext = 488;
    sip.peer(device("web-ana"), "answer");
    await breathe();
    assert.equal(sip.dialogs.get(device("web-ana"))?.state, "gone");
    sip.peer(device("desk-ana"), "answer");
    await breathe();
    assert.equal(told.at(-1)?.type, "agentAnswered");
  });
});

describe("talking", () => {
  test("connected: bridged, recorded under the day; ended: both files told, nothing left", async () => {
    const { id, ref, agentRef } = await connected();
    assert.equal(media.endpoints.get(ref)?.bridgedTo, agentRef);
    assert.equal(media.endpoints.get(ref)?.playing, null);
    assert.deepEqual([...media.recordings.values()].map(({ a, b, paths }) => ({ a, b, paths })), [
      { a: ref, b: agentRef, paths: { mixed: `/rec/2026-11-21/${id}.mixed.wav`, stereo: `/rec/2026-11-21/${id}.stereo.wav` } },
    ]);
    media.tell({ type: "digit", id: ref, digit: "5", source: "rfc4733" });
    assert.deepEqual(events("input"), []);
    voice.record(id, "stop");
    voice.end(id, "agent-ended");
    assert.deepEqual(events("recordingReady"), [
      { type: "recordingReady", id, mixedPath: `/rec/2026-11-21/${id}.mixed.wav`, stereoPath: `/rec/2026-11-21/${id}.stereo.wav`, durationMs: 1000 },
    ]);
    assert.deepEqual(events("customerLeft", "agentLeft"), [], "whom we hang up did not leave");
    await nothingLeft();
  });

  test("hold by command: music for the customer, silence for the agent, nothing recorded; resume gives it all back", async () => {
    const { id, ref, agentRef } = await connected();
    voice.hold(id);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
    assert.equal(media.endpoints.get(agentRef)?.bridgedTo, null);
    assert.deepEqual([...media.recordings.values()].map((recording) => recording.paused), [true]);
    voice.resume(id);
    assert.equal(media.endpoints.get(ref)?.playing, null);
    assert.equal(media.endpoints.get(ref)?.bridgedTo, agentRef);
    assert.deepEqual([...media.recordings.values()].map((recording) => recording.paused), [false]);
    voice.record(id, "pause");
    voice.hold(id);
    voice.resume(id);
    assert.deepEqual([...media.recordings.values()].map((recording) => recording.paused), [true], "a pause survives a hold");
  });

  test("hold by the agent's phone is asked; taking it back by command sends it an offer", async () => {
    const { id, ref, agentRef } = await connected();
    media.remoteHolds = true;
    sip.peer(agentRef, "offer");
    await breathe();
    assert.deepEqual(told.at(-1), { type: "holdAsked", id, agentId: "ana", held: true });
    assert.deepEqual(sip.commands.at(-1), { type: "acceptOffer", ref: agentRef, sdp: `sdp of ${agentRef}` });
    voice.hold(id);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
    voice.resume(id);
    await breathe();
    assert.deepEqual(sip.commands.at(-1), { type: "offer", ref: agentRef, sdp: `sdp of ${agentRef}` });
    sip.hear({ type: "offerAnswered", ref: agentRef, sdp: "v=0\r\na=sendrecv\r\n" });
    await breathe();
    assert.deepEqual(told.at(-1), { type: "holdAsked", id, agentId: "ana", held: false });
    media.remoteHolds = false;
    sip.peer(agentRef, "offer");
    await breathe();
    assert.equal(events("holdAsked").length, 2, "no news is not told");
  });

  test("the customer's phone may hold, too: answered, told nobody", async () => {
    const { ref } = await connected();
    media.remoteHolds = true;
    sip.peer(ref, "offer");
    await breathe();
    assert.equal(sip.commands.at(-1)?.type, "acceptOffer");
    assert.deepEqual(events("holdAsked"), []);
    media.refuseNext = 488;
    sip.peer(ref, "offer");
    await breathe();
    assert.deepEqual(sip.commands.at(-1), { type: "refuseOffer", ref, status: 488 });
  });

  test("a transfer by REFER is asked; the agent leaves, the customer waits, the next agent has a recording of their own", async () => {
    const { id, ref, agentRef } = await connected();
    sip.peer(agentRef, "refer");
    const asked = told.at(-1);
    assert.ok(asked?.type === "transferAsked" && asked.target === "sales" && asked.agentId === "ana");
    asked.accept();
    asked.refuse("too late");
    assert.deepEqual(sip.commands.slice(-2), [{ type: "acceptRefer", ref: agentRef }, { type: "referProgress", ref: agentRef, status: 200, reason: "OK" }]);
    voice.record(id, "stop");
    voice.dropAgent(id, "ana");
    voice.wait(id);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
    assert.equal(sip.dialogs.get(agentRef)?.state, "gone");
    voice.ring(id, "bob", CONTEXT);
    await breathe();
    sip.peer(device("web-bob"), "answer");
    await breathe();
    voice.connect(id, "bob");
    voice.record(id, "start");
    assert.equal(media.endpoints.get(ref)?.bridgedTo, device("web-bob"));
    assert.deepEqual([...media.recordings.values()].map(({ paths }) => paths.mixed), [`/rec/2026-11-21/${id}.2.mixed.wav`]);
    assert.deepEqual(events("agentLeft"), []);
    sip.peer(ref, "bye");
    await nothingLeft();
  });

  test("attended transfer: the call that the agent consulted on says to whom, here or in another room", async () => {
    const { agentRef } = await connected();
    const consulted = sip.incoming("3000", { account: "desk-ana", from: "ana" });
    voice.open("int_2");
    await breathe();
    voice.ring("int_2", "bob", CONTEXT);
    await breathe();
    sip.peer(device("desk-bob"), "answer");
    await breathe();
    voice.connect("int_2", "bob");
    const refer = (ref: string | null): string | undefined => {
      sip.hear({ type: "refer", ref: agentRef, inDialog: true, from: null, referredBy: null, target: { user: "3000", host: "tandem.local", raw: "sip:3000@tandem.local", replaces: { ref, raw: "x" } } });
      const asked = told.at(-1);
      return asked?.type === "transferAsked" ? asked.target : undefined;
    };
    assert.equal(refer(consulted), "bob", "not the number that ana dialled, but who answered there");
    assert.equal(refer("leg-of-the-exchange"), "usr_carla");
    assert.equal(refer("unknown"), "3000");
    assert.equal(refer(null), "3000");
  });

  test("an INVITE that would replace or join a leg here is declined", async () => {
    const { agentRef } = await connected();
    for (const [replaces, join] of [[agentRef, null], [null, agentRef]] as const) {
      sip.hear = (event) => voice.onSip(event.type === "incoming" ? { ...event, replaces, join } : event);
      assert.equal(statusOf(sip.incoming("3000")), 603);
    }
    assert.equal(events("arrived").length, 1);
  });

  test("a customer's REFER, and one of an agent not connected, are refused", async () => {
    const { id, ref, agentRef } = await connected();
    sip.peer(ref, "refer");
    assert.deepEqual(sip.commands.at(-1), { type: "refuseRefer", ref, status: 403 });
    sip.peer(agentRef, "refer");
    const asked = told.at(-1);
    assert.ok(asked?.type === "transferAsked");
    asked.refuse("nobody");
    assert.deepEqual(sip.commands.at(-1), { type: "refuseRefer", ref: agentRef, status: 404 });
    voice.end(id, "x");
  });

  for (const [name, act, expected] of [
    ["agent hangs up", (_: string, agentRef: string) => sip.peer(agentRef, "bye"), { type: "agentLeft", agentId: "ana", why: "hung-up" }],
    ["agent's transport dies", (_: string, agentRef: string) => sip.peer(agentRef, "lost"), { type: "agentLeft", agentId: "ana", why: "device-lost" }],
    ["agent's media stops", (_: string, agentRef: string) => media.tell({ type: "mediaLost", id: agentRef, silentMs: 10_000 }), { type: "agentLeft", agentId: "ana", why: "device-lost" }],
    ["customer hangs up", (ref: string) => sip.peer(ref, "bye"), { type: "customerLeft", why: "hung-up" }],
    ["customer's media stops", (ref: string) => media.tell({ type: "mediaLost", id: ref, silentMs: 10_000 }), { type: "customerLeft", why: "media-lost" }],
    ["customer's endpoint fails", (ref: string) => media.tell({ type: "failed", id: ref, why: "bug" }), { type: "customerLeft", why: "media-lost" }],
  ] as const) {
    for (const held of [false, true]) {
      test(`${name}${held ? " on hold" : ""}`, async () => {
        const { id, ref, agentRef } = await connected();
        if (held) voice.hold(id);
        act(ref, agentRef);
        assert.deepEqual(events("agentLeft", "customerLeft"), [{ ...expected, id }]);
        if (expected.type === "agentLeft") {
          assert.equal(media.endpoints.get(ref)?.bridgedTo, null);
          voice.dropAgent(id, "ana");
          assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
        }
        voice.end(id, "over");
        await nothingLeft();
      });
    }
  }

  test("an agent who answers before our own answer is through is bridged as soon as it is", async () => {
    const ref = sip.incoming("3000");
    voice.ring("int_1", "ana", CONTEXT);
    await breathe();
    const agentRef = device("desk-ana");
    sip.peer(agentRef, "answer");
    await breathe();
    voice.connect("int_1", "ana");
    assert.equal(media.endpoints.get(agentRef)?.bridgedTo, null);
    voice.open("int_1");
    await breathe();
    assert.equal(media.endpoints.get(ref)?.bridgedTo, agentRef);
  });

  test("another agent takes over: the first one's leg ends, and only the second is bridged", async () => {
    const { id, ref, agentRef } = await connected();
    voice.ring(id, "bob", CONTEXT);
    await breathe();
    sip.peer(device("web-bob"), "answer");
    await breathe();
    voice.connect(id, "bob");
    assert.equal(sip.dialogs.get(agentRef)?.state, "gone");
    assert.equal(media.endpoints.get(ref)?.bridgedTo, device("web-bob"));
    assert.deepEqual(events("agentLeft"), []);
    voice.end(id, "over");
    await nothingLeft();
  });

  test("the server stops: every call is hung up", async () => {
    await connected();
    await arrived();
    voice.stop();
    await nothingLeft();
  });
});
