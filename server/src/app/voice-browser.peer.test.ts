/**
 * Browsers at both ends: a visitor calls from a page, the agent answers in another (sip.js and WebRTC in Chromium), while the
 * agent's second browser rings, too. Both hear each other's tone; hold plays music; the recording has both.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { readWav } from "../rtp/rtp.ts";
import { hears, hearsTone, startBrowser, type BrowserRig } from "./browser-rig.ts";
import { soundFlows, toneMs } from "./phone-sound.ts";
import { startVoiceRig, type VoiceRig } from "./voice-rig.ts";

const CONTEXT = { callerName: "Vera", callerNumber: "vis_1", queueName: "Ventes", ringMs: 20_000 };

let rig: VoiceRig;
let browser: BrowserRig;

before(async () => {
  rig = await startVoiceRig({
    host: "127.0.0.1",
    accounts: [{ account: "bob-1", kind: "browser" }, { account: "bob-2", kind: "browser" }, { account: "bob-desk", kind: "phone" }],
    visitors: { "visitor-1": { visitorId: "vis_1", name: "Vera", language: "en", context: { page: "Lampes" } } },
  });
  browser = await startBrowser(rig);
});

after(async () => {
  await rig?.stop();
  await browser?.stop();
});

test("a visitor's browser reaches the agent's, two devices ringing; tones at both ends, hold, keys, recording", async () => {
  const { event, prompts, told, voice } = rig;
  const greeting = { text: "Hello, and welcome to Halo and Sons.", language: "en" } as const;
  // spoken ahead, as the server does: what a busy machine has not made within eight seconds is left out
  await prompts.promptPath(greeting.text, greeting.language);
  const [first, second, visitor] = [await browser.open("bob-1", 1000, true), await browser.open("bob-2", 1000, true), await browser.open("visitor-1", 440, false)];
  await visitor.evaluate("call()");
  const arrival = await rig.until("arrival", () => told.find((one) => one.type === "arrived"));
  assert.deepEqual([arrival.from, arrival.fromName, arrival.language, arrival.context.page], ["vis_1", "Vera", "en", "Lampes"]);
  const { id } = arrival;
  voice.open(id);
  voice.say(id, "hello", [greeting]);
  await hears(visitor, "loud() > 0.01");
  await event(id, "said");
  voice.wait(id);
  await visitor.evaluate("press('3')");
  assert.deepEqual((await event(id, "input")).input, { kind: "key", key: "3" });

  voice.ring(id, "bob", CONTEXT);
  await event(id, "agentRinging");
  await Promise.all([first, second].map((page) => page.waitForFunction("window.interaction")));
  assert.equal(await first.evaluate("interaction"), id);
  await first.evaluate("answer()");
  await event(id, "agentAnswered");
  await second.waitForFunction("states.at(-1) === 'Terminated'");
  voice.connect(id, "bob");
  voice.record(id, "start");
  // each hears the other's tone and not its own
  await Promise.all([hearsTone(visitor, 1000, 440), hearsTone(first, 440, 1000)]);
  await soundFlows(1_000); // for the recording

  voice.hold(id);
  await Promise.all([hears(first, "loud() < 0.001"), hears(visitor, "levels([1000])[0] < -60 && loud() > 0.005")]);
  voice.resume(id);
  await Promise.all([hearsTone(visitor, 1000, 440), hearsTone(first, 440, 1000)]);

  voice.record(id, "stop");
  const recording = await event(id, "recordingReady");
  // the page closes its media beside its BYE: here the BYE is surely the later one
  await first.evaluate("slowSip(500)");
  await first.evaluate("bye()");
  assert.equal((await event(id, "agentLeft")).why, "hung-up");
  voice.end(id, "agent-ended");
  await visitor.waitForFunction("states.at(-1) === 'Terminated'");
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });

  const read = readWav(readFileSync(recording.stereoPath));
  assert.ok(read.ok);
  const [left, right] = read.wav.channels;
  // not from its first moment on: the agent's page agrees on keys first
  const recorded = { left440: toneMs(left!, 440), left1000: toneMs(left!, 1000), right1000: toneMs(right!, 1000), right440: toneMs(right!, 440) };
  assert.ok(recorded.left440 >= 500 && recorded.right1000 >= 500, `the visitor is on the left, the agent on the right: ${JSON.stringify(recorded)}`);
  assert.deepEqual([recorded.left1000, recorded.right440], [0, 0]);
});

test("a page that closes in the middle of a call: the visitor is gone, the agent's side too", async () => {
  const { event, told, voice } = rig;
  const visitor = await browser.open("visitor-1", 440, false);
  const from = told.length;
  await visitor.evaluate("call()");
  const { id } = await rig.until("arrival", () => told.slice(from).find((one) => one.type === "arrived"));
  voice.open(id);
  await visitor.waitForFunction("states.includes('Established')");
  await visitor.close();
  const left = await event(id, "customerLeft");
  assert.ok(["hung-up", "media-lost"].includes(left.why));
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
});
