/**
 * Browsers at both ends: a visitor calls from a page, the agent answers in another (sip.js and WebRTC in Chromium), while the
 * agent's second browser rings, too. Both hear each other's tone; hold plays music; the recording has both.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium, type Browser, type Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { goertzelPower, meanPower, readWav } from "../rtp/rtp.ts";
import { DOMAIN, PASSWORD, startVoiceRig, type VoiceRig } from "./voice-rig.ts";

const LIB = join(import.meta.dirname, "../../../node_modules/sip.js/lib");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];
const CONTEXT = { callerName: "Vera", callerNumber: "vis_1", queueName: "Ventes", ringMs: 20_000 };

/** Runs in the page: a sip.js user agent whose microphone is a tone, and an analyser on what it hears. */
const PAGE = `<!doctype html><script type="module">
import { UserAgent, Registerer, Inviter, SessionState } from "/lib/index.js";
import { defaultSessionDescriptionHandlerFactory } from "/lib/platform/web/index.js";
const sound = new AudioContext();
const out = new MediaStreamAudioDestinationNode(sound);
const oscillator = new OscillatorNode(sound);
oscillator.connect(new GainNode(sound, { gain: 0.5 })).connect(out);
oscillator.start();
const analyser = new AnalyserNode(sound, { fftSize: 16384, smoothingTimeConstant: 0 });
window.states = [];
let session;
function follow(made) {
  session = made;
  session.stateChange.addListener((state) => {
    window.states.push(state);
    if (state !== SessionState.Established) return;
    const track = session.sessionDescriptionHandler.peerConnection.getReceivers()[0].track;
    const stream = new MediaStream([track]);
    const player = new Audio();
    player.srcObject = stream;
    player.muted = true;
    player.play();
    new MediaStreamAudioSourceNode(sound, { mediaStream: stream }).connect(analyser);
  });
}
window.begin = async (account, frequency, register) => {
  oscillator.frequency.value = frequency;
  window.ua = new UserAgent({
    uri: UserAgent.makeURI("sip:" + account + "@${DOMAIN}"), authorizationUsername: account, authorizationPassword: "${PASSWORD}", logBuiltinEnabled: false,
    transportOptions: { server: "ws://" + location.host + "/sip" },
    sessionDescriptionHandlerFactory: defaultSessionDescriptionHandlerFactory(() => Promise.resolve(out.stream)),
    sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 500, peerConnectionConfiguration: { iceServers: [] } },
    delegate: { onInvite: (invitation) => { follow(invitation); window.interaction = invitation.request.getHeader("X-Tandem-Interaction"); } },
  });
  await window.ua.start();
  if (register) await new Registerer(window.ua, { expires: 120 }).register();
};
window.call = async () => { const inviter = new Inviter(window.ua, UserAgent.makeURI("sip:3000@${DOMAIN}")); follow(inviter); await inviter.invite(); };
window.answer = () => session.accept();
window.bye = () => session.bye();
window.press = (key) => session.sessionDescriptionHandler.sendDtmf(key, { duration: 160 });
window.levels = (frequencies) => {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  return frequencies.map((hz) => Math.max(...bins.slice(Math.round(hz / sound.sampleRate * 16384) - 2).slice(0, 5)));
};
window.loud = () => { const samples = new Float32Array(8192); analyser.getFloatTimeDomainData(samples); return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length); };
window.ready = true;
</script>`;

let rig: VoiceRig;
let browser: Browser;
let http: Server;
let wss: WebSocketServer;

async function open(account: string, freqHz: number, register: boolean): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
  await page.waitForFunction("window.ready");
  await page.evaluate(`begin("${account}", ${freqHz}, ${register})`);
  return page;
}

/** dB of 440 and 1000 Hz in what the page hears now. */
const levels = (page: Page): Promise<[number, number]> => page.evaluate("levels([440, 1000])");
const hears = (page: Page, test: string): Promise<unknown> => page.waitForFunction(test, null, { polling: 100, timeout: 8_000 });

before(async () => {
  rig = await startVoiceRig({
    host: "127.0.0.1",
    accounts: [{ account: "bob-1", kind: "browser" }, { account: "bob-2", kind: "browser" }, { account: "bob-desk", kind: "phone" }],
    visitors: { "visitor-1": { visitorId: "vis_1", name: "Vera", language: "en", context: { page: "Lampes" } } },
  });
  http = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    response.setHeader("content-type", path.endsWith(".js") ? "text/javascript" : "text/html");
    response.end(path.startsWith("/lib/") ? readFileSync(join(LIB, path.slice(5))) : PAGE);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  wss = new WebSocketServer({ server: http, path: "/sip", handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });
  wss.on("connection", (ws, request) => rig.sip.attachWebSocket(ws, request));
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });
});

after(async () => {
  await browser?.close();
  await rig?.stop();
  wss?.close();
  http?.closeAllConnections();
  http?.close();
});

test("a visitor's browser reaches the agent's, two devices ringing; tones at both ends, hold, keys, recording", { timeout: 60_000 }, async () => {
  const { event, told, voice } = rig;
  const [first, second, visitor] = [await open("bob-1", 1000, true), await open("bob-2", 1000, true), await open("visitor-1", 440, false)];
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
  await new Promise((done) => setTimeout(done, 1_000));
  const [atVisitor, atAgent] = [await levels(visitor), await levels(first)];
  assert.ok(atVisitor[1] > atVisitor[0] + 20, `the visitor hears the agent: ${atVisitor.join()}`);
  assert.ok(atAgent[0] > atAgent[1] + 20, `the agent hears the visitor: ${atAgent.join()}`);

  voice.hold(id);
  await Promise.all([hears(first, "loud() < 0.001"), hears(visitor, "levels([1000])[0] < -60 && loud() > 0.005")]);
  voice.resume(id);
  await Promise.all([hears(visitor, "levels([1000])[0] > -50"), hears(first, "levels([440])[0] > -50")]);

  voice.record(id, "stop");
  const recording = await event(id, "recordingReady");
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

test("a page that closes in the middle of a call: the visitor is gone, the agent's side too", { timeout: 40_000 }, async () => {
  const { event, told, voice } = rig;
  const visitor = await open("visitor-1", 440, false);
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
