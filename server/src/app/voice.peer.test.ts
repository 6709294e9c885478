/**
 * A phone call with real phones: one baresip calls from outside, hears the French greeting, presses a key, waits with music and
 * reaches a second baresip, which is the agent. SIP core, sockets, media worker, speech, flow and voice are the product's own.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoFlow, startFlow, stepFlow, type FlowInput, type FlowState, type FlowWorld, type Turn } from "../flow/flow.ts";
import { goertzelPower, meanPower, readWav, tone, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { outside } from "./peer-network.ts";
import { hearsFor, soundFlows, toneMs } from "./phone-sound.ts";
import { realClock } from "./real-ports.ts";
import { DOMAIN, PASSWORD, startVoiceRig, type VoiceRig } from "./voice-rig.ts";

/** What this caller of the demo's flow hears, until its queue. */
const SPOKEN = {
  greeting: { text: "Bonjour et bienvenue chez Halo et Fils.", language: "fr" },
  aside: { text: "For English, press 9.", language: "en" },
  menu: { text: "Pour une commande ou une livraison, tapez 1. Pour un retour ou un article abîmé, tapez 2. Pour un conseil d'achat, tapez 3. Pour parler à un conseiller, tapez 0.", language: "fr" },
  sales: { text: "Très bien. Un vendeur vous répond dans un instant.", language: "fr" },
} as const;
const CONTEXT = { callerName: "Ana", callerNumber: "+33611", queueName: "Ventes", ringMs: 20_000 };
const { interfaceName, address } = outside();

let rig: VoiceRig;
let customer: Baresip;
let agent: Baresip;

/** The customer dials the centre; the interaction's id. */
async function dial(): Promise<string> {
  const from = rig.told.length;
  customer.command("dial", `sip:3000@${address}:${rig.sip.ports.udp}`);
  return (await rig.until("arrival", () => rig.told.slice(from).find((one) => one.type === "arrived"))).id;
}

function startAgent(name: string, answermode: "auto" | "manual"): Promise<Baresip> {
  return Baresip.start({
    interfaceName, folder: join(rig.folder, name), source: join(rig.folder, "1000.wav"),
    account: `<sip:bob@${DOMAIN};transport=udp>;auth_user=bob;auth_pass=${PASSWORD};outbound="sip:${address}:${rig.sip.ports.udp}";regint=60;answermode=${answermode};audio_codecs=PCMA,PCMU`,
  });
}

before(async () => {
  rig = await startVoiceRig({ host: address, accounts: [{ account: "bob", kind: "phone" }] });
  for (const freqHz of [440, 1000]) writeFileSync(join(rig.folder, `${freqHz}.wav`), writeWav([tone(freqHz, 300_000, 0.3)]));
  agent = await startAgent("agent", "auto");
  customer = await Baresip.start({
    interfaceName, folder: join(rig.folder, "customer"), source: join(rig.folder, "440.wav"), account: "<sip:ana@outside.example>;regint=0;audio_codecs=PCMA,PCMU",
  });
});

after(async () => {
  await customer?.stop();
  await agent?.stop();
  await rig?.stop();
});

/** Runs the demo's flow over the call until it hands over; resolves with the queue. */
async function runFlow(id: string): Promise<string> {
  const { told, until, voice } = rig;
  let seen = told.length;
  const world = (): FlowWorld => ({
    nowMs: realClock.now(), centre: { zone: "Europe/Paris", country: "FR", email: null }, hears: false, hours: () => "open", queue: () => null, flow: () => null, agent: () => null,
  });
  let turn: Turn = startFlow(demoFlow, { medium: "voice", written: false, from: "+33611", to: "3000", language: null, data: {}, customer: null, context: {}, returning: false }, world());
  for (;;) {
    for (const effect of turn.effects) {
      if (effect.do === "say") voice.say(id, effect.sayId, effect.utterances);
      if (effect.do === "stopSaying") voice.stopSaying(id);
      if (effect.do === "done") return effect.outcome.type === "queue" ? effect.outcome.queueId : "";
    }
    const state: FlowState = turn.state;
    let input: FlowInput;
    const ask = turn.effects.find((effect) => effect.do === "ask");
    if (ask) input = { kind: "answered", askId: ask.askId, answer: { ok: true, customer: null } };
    else {
      const next = await until("said or input", () => told.slice(seen).find((one) => one.type === "said" || one.type === "input"));
      seen = told.indexOf(next) + 1;
      assert.ok(next.type === "said" || next.type === "input");
      input = next.type === "said" ? { kind: "said", sayId: next.sayId } : next.input;
    }
    turn = stepFlow(demoFlow, state, input, world());
  }
}

/** Where `needle` sounds in `heard` (ms), and how alike it is there (normalised correlation, 1 = the same); looked for with a fourth of the samples first. */
function find(heard: Int16Array, needle: Int16Array): { atMs: number; alike: number } {
  const near = Math.round(likest(fourth(heard), fourth(needle)).at * 4);
  const from = Math.max(0, near - 8);
  const { at, alike } = likest(heard.subarray(from, near + needle.length + 9), needle);
  return { atMs: (from + at) / 8, alike };
}

/** Each the mean of four. */
const fourth = (samples: Int16Array): Int16Array => Int16Array.from({ length: samples.length >> 2 }, (_, i) => (samples[4 * i]! + samples[4 * i + 1]! + samples[4 * i + 2]! + samples[4 * i + 3]!) / 4);

function likest(heard: Int16Array, needle: Int16Array): { at: number; alike: number } {
  const needlePower = Math.sqrt(needle.reduce((sum, sample) => sum + sample * sample, 0));
  let power = 0;
  for (let i = 0; i < needle.length; i++) power += heard[i]! ** 2;
  let best = { at: 0, alike: 0 };
  for (let at = 0; at + needle.length < heard.length; at++) {
    let sum = 0;
    for (let i = 0; i < needle.length; i++) sum += heard[at + i]! * needle[i]!;
    const alike = sum / (needlePower * Math.sqrt(power) + 1);
    if (alike > best.alike) best = { at, alike };
    power += heard[at + needle.length]! ** 2 - heard[at]! ** 2;
  }
  return best;
}

/**
 * Where that file begins in `heard`, and how alike the best 400 ms of its first 2.3 s are there: of several, for a phone that a busy machine keeps
 * waiting drops some packets, and what is cut in two is like nothing.
 */
function place(heard: Int16Array, path: string): { atMs: number; alike: number } {
  const read = readWav(readFileSync(path));
  assert.ok(read.ok);
  let best = { atMs: 0, alike: 0 };
  for (let fromMs = 300; fromMs <= 1_900 && best.alike <= 0.9; fromMs += 400) {
    const part = read.wav.channels[0]!.subarray(fromMs * 8, (fromMs + 400) * 8);
    const { atMs, alike } = part.length < 3_200 ? best : find(heard, part);
    if (alike > best.alike) best = { atMs: atMs - fromMs, alike };
  }
  return best;
}

function loudDbfs(samples: Int16Array): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length / 32768 ** 2 + 1e-12);
}

/** Largest less smallest loudness of 20 ms frames: speech breathes (30 dB and more), a tone does not. */
function breathDb(samples: Int16Array): number {
  const frames: number[] = [];
  for (let at = 0; at + 160 <= samples.length; at += 160) frames.push(loudDbfs(samples.subarray(at, at + 160)));
  frames.sort((a, b) => a - b);
  return frames[Math.floor(frames.length * 0.95)]! - frames[Math.floor(frames.length * 0.05)]!;
}

test("greeting, key, music, agent, hold both ways, transfer by phone, recording; nothing left at the end", async () => {
  const { event, prompts, voice } = rig;
  await rig.registered("bob");
  // spoken ahead, as the server does: what a busy machine has not made within eight seconds is left out
  const spoken = Object.fromEntries(await Promise.all(Object.entries(SPOKEN).map(async ([name, { text, language }]) => [name, await prompts.promptPath(text, language)] as const)));
  const id = await dial();
  let [talkMs, talkSinceMs] = [0, 0];
  voice.open(id);
  const queue = runFlow(id);
  await event(id, "said");
  await soundFlows(700); // the menu has begun: the key speaks over it
  customer.command("sndcode", "3");
  assert.equal(await queue, "q_sales");
  voice.wait(id);
  await event(id, "said", 2);
  await soundFlows(2_500);

  voice.ring(id, "bob", CONTEXT);
  await event(id, "agentAnswered");
  assert.equal((await agent.until("its call", (one) => one.type === "CALL_ESTABLISHED")).param, `sip:+33611@${DOMAIN}`);
  voice.connect(id, "bob");
  talkSinceMs = Date.now();
  voice.record(id, "start");
  await Promise.all([hearsFor(customer, 1000, 2_200), hearsFor(agent, 440, 2_200)]);
  voice.hold(id);
  talkMs += Date.now() - talkSinceMs;
  await soundFlows(2_000);
  voice.resume(id);
  talkSinceMs = Date.now();
  await Promise.all([hearsFor(customer, 1000, 3_600), hearsFor(agent, 440, 3_600)]);

  // The agent's own phone holds (re-INVITE sendonly) and takes back.
  agent.command("hold");
  assert.equal((await event(id, "holdAsked")).held, true);
  voice.hold(id);
  talkMs += Date.now() - talkSinceMs;
  await soundFlows(1_000);
  agent.command("resume");
  assert.equal((await event(id, "holdAsked", 2)).held, false);
  voice.resume(id);
  talkSinceMs = Date.now();
  await hearsFor(customer, 1000, 4_000);

  // ... and hands the caller over (REFER): back to waiting, then to whoever answers next.
  agent.command("transfer", `sip:sales@${DOMAIN}`);
  const asked = await event(id, "transferAsked");
  assert.equal(asked.target, "sales");
  asked.accept();
  voice.record(id, "stop");
  voice.dropAgent(id, "bob");
  talkMs += Date.now() - talkSinceMs;
  voice.wait(id);
  const recording = await event(id, "recordingReady");
  await soundFlows(500);
  voice.ring(id, "bob", CONTEXT);
  await event(id, "agentAnswered", 2);
  voice.connect(id, "bob");
  talkSinceMs = Date.now();
  await hearsFor(customer, 1000, 4_800);
  customer.command("hangup");
  assert.equal((await event(id, "customerLeft")).why, "hung-up");
  talkMs += Date.now() - talkSinceMs;
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
  await agent.until("two ends", () => agent.events.filter((one) => one.type === "CALL_CLOSED").length === 2);
  await customer.until("the end", (one) => one.type === "CALL_CLOSED");

  const heard = customer.heard();
  const greeting = place(heard, spoken["greeting"]!);
  const aside = place(heard, spoken["aside"]!);
  const sales = place(heard, spoken["sales"]!);
  const music = place(heard, await prompts.holdMusicPath());
  for (const [name, { alike }] of Object.entries({ greeting, aside, sales, music })) assert.ok(alike > 0.9, `${name}: ${alike}`);
  assert.ok(greeting.atMs < aside.atMs && aside.atMs < sales.atMs && sales.atMs < music.atMs, JSON.stringify({ greeting, aside, sales, music }));
  const words = heard.subarray(Math.max(0, greeting.atMs + 50) * 8, (greeting.atMs + 1_500) * 8);
  assert.ok(loudDbfs(words) > -30 && loudDbfs(words) < -14, `greeting at ${loudDbfs(words)} dBFS`);
  assert.ok(breathDb(words) > 15, `greeting breathes ${breathDb(words)} dB`);
  // None of it is while held (3 s).
  const agentHeardMs = toneMs(heard, 1000);
  assert.ok(agentHeardMs > 4_000 && agentHeardMs < talkMs + 1_000, `the customer heard the agent for ${agentHeardMs} of ${talkMs} ms`);

  const read = readWav(readFileSync(recording.stereoPath));
  const mixed = readWav(readFileSync(recording.mixedPath));
  assert.ok(read.ok && mixed.ok);
  const [left, right] = read.wav.channels;
  const recorded = { left440: toneMs(left!, 440), left1000: toneMs(left!, 1000), right1000: toneMs(right!, 1000), right440: toneMs(right!, 440), ms: left!.length / 8 };
  assert.ok(recorded.left440 > 3_500 && recorded.right1000 > 3_500, JSON.stringify(recorded));
  assert.deepEqual([recorded.left1000, recorded.right440], [0, 0]);
  assert.ok(recorded.ms - recorded.left440 > 2_500, `holds are silent in the recording: ${JSON.stringify(recorded)}`);
  const together = mixed.wav.channels[0]!.subarray(4_000, 12_000);
  assert.ok(goertzelPower(together, 440) > 0.2 * meanPower(together) && goertzelPower(together, 1000) > 0.2 * meanPower(together), "both in the mix");
  assert.ok(Math.abs(recording.durationMs - recorded.ms) < 100, `${recording.durationMs} ms told, ${recorded.ms} ms there`);
});

test("the agent hears the customer, whoever hangs up first", async () => {
  const { event, told, voice } = rig;
  const from = told.length;
  const id = await dial();
  voice.open(id);
  voice.wait(id);
  await soundFlows(500);
  voice.ring(id, "bob", CONTEXT);
  await event(id, "agentAnswered");
  voice.connect(id, "bob");
  await hearsFor(agent, 440, 1_100);
  agent.command("hangup");
  assert.equal((await event(id, "agentLeft")).why, "hung-up");
  voice.end(id, "agent-ended");
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
  await agent.until("the end", () => agent.events.filter((one) => one.type === "CALL_CLOSED").length === 3);
  assert.ok(toneMs(agent.heard(), 440) > 1_000, `${toneMs(agent.heard(), 440)} ms`);
  assert.deepEqual(told.slice(from).filter((one) => one.type === "customerLeft"), []);
});

test("a caller who gives up while the agent's phone rings leaves no ringing phone", async () => {
  const { event, voice } = rig;
  await agent.stop();
  const former = new Set(rig.sip.contacts("bob").map(({ contact }) => contact));
  agent = await startAgent("agent2", "manual");
  await rig.until("the new phone's registration", () => rig.sip.contacts("bob").find(({ contact }) => !former.has(contact)));
  const answered = customer.next("CALL_ESTABLISHED");
  const id = await dial();
  voice.open(id);
  voice.wait(id);
  voice.ring(id, "bob", CONTEXT);
  await event(id, "agentRinging");
  await answered;
  customer.command("hangup");
  await event(id, "customerLeft");
  await agent.until("the end of the ring", (one) => one.type === "CALL_CLOSED");
  assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
});
