/** Callers: arriving, spoken to, waiting. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { breathe } from "./fakes.ts";
import { openVoice, type VoiceDesk } from "./test-voice.ts";

let sip: VoiceDesk["sip"];
let media: VoiceDesk["media"];
let virtual: VoiceDesk["virtual"];
let voice: VoiceDesk["voice"];
let told: VoiceDesk["told"];
let brokenPrompts: VoiceDesk["brokenPrompts"];
let events: VoiceDesk["events"];
let statusOf: VoiceDesk["statusOf"];
let arrived: VoiceDesk["arrived"];
let nothingLeft: VoiceDesk["nothingLeft"];

beforeEach(() => {
  ({ sip, media, virtual, voice, told, brokenPrompts, events, statusOf, arrived, nothingLeft } = openVoice());
});

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
