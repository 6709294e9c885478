/**
 * Browsers at both ends: a visitor calls from a page, the agent answers in another (sip.js and WebRTC in Chromium), while the
 * agent's second browser rings, too. Both hear each other's tone; hold plays music; the recording has both.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { goertzelPower, meanPower, readWav } from "../rtp/rtp.ts";
import { hears, levels, startBrowser, type BrowserRig } from "./browser-rig.ts";
import { soundFlows } from "./phone-sound.ts";
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
  const { event, told, voice } = rig;
  const [first, second, visitor] = [await browser.open("bob-1", 1000, true), await browser.open("bob-2", 1000, true), await browser.open("visitor-1", 440, false)];
  await visitor.evaluate("call()");
  const arrival = await rig.until("arrival", () => told.find((one) => one.type === "arrived"));
  assert.deepEqual([arrival.from, arrival.fromName, arrival.language, arrival.context.page], ["vis_1", "Vera", "en", "Lampes"]);
  const { id } = arrival;
  voice.open(id);
  voice.say(id, "hello", [{ text: "Hello, and welcome to Halo and Sons.", language: "en" }]);
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
  await Promise.all([hears(visitor, "levels([1000])[0] > -50"), hears(first, "levels([440])[0] > -50")]);
  await soundFlows(1_000); // the tones and nothing else fill the analysers, and the recording
  const [atVisitor, atAgent] = [await levels(visitor), await levels(first)];
  assert.ok(atVisitor[1] > atVisitor[0] + 20, `the visitor hears the agent: ${atVisitor.join()}`);
  assert.ok(atAgent[0] > atAgent[1] + 20, `the agent hears the visitor: ${atAgent.join()}`);

  voice.hold(id);
  await Promise.all([hears(first, "loud() < 0.001"), hears(visitor, "levels([1000])[0] < -60 && loud() > 0.005")]);
  voice.resume(id);
  await Promise.all([hears(visitor, "levels([1000])[0] > -50"), hears(first, "levels([440])[0] > -50")]);

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
  const [left, right] = read.wav.channels.map((samples) => samples.subarray(4_000, 8_000));
  assert.ok(goertzelPower(left!, 440) > 0.5 * meanPower(left!), "the visitor on the left");
  assert.ok(goertzelPower(right!, 1000) > 0.5 * meanPower(right!), "the agent on the right");
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
