/** The media worker with real sockets against a real browser: offers both ways, sound both ways, keys, hold, ICE restart, recording. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { until } from "../api/test-client.ts";
import { silentLog } from "../base/log.ts";
import { goertzelPower, readWav, tone, writeWav, type MediaEvent, type MediaPort } from "../rtp/rtp.ts";
import { launchBrowser } from "./browser-rig.ts";
import { startMedia } from "./media-host.ts";

/** Runs in the page: one peer connection that speaks a tone, and an analyser on what it hears. */
const PAGE = `<!doctype html><script>
  const sound = new AudioContext();
  const oscillator = new OscillatorNode(sound, { frequency: 440 });
  const gain = new GainNode(sound, { gain: 0.5 });
  const out = new MediaStreamAudioDestinationNode(sound);
  oscillator.connect(gain).connect(out);
  oscillator.start();
  const analyser = new AnalyserNode(sound, { fftSize: 16384, smoothingTimeConstant: 0 });
  let pc;
  function open(frequency) {
    oscillator.frequency.value = frequency;
    pc = new RTCPeerConnection();
    pc.ontrack = ({ track }) => {
      const stream = new MediaStream([track]);
      const player = new Audio();
      player.srcObject = stream;
      player.muted = true;
      player.play();
      new MediaStreamAudioSourceNode(sound, { mediaStream: stream }).connect(analyser);
    };
  }
  const gathered = () => new Promise((done) => {
    const look = () => { if (pc.iceGatheringState === "complete") done(pc.localDescription.sdp); };
    pc.onicegatheringstatechange = look;
    look();
  });
  async function call(frequency, more) {
    open(frequency);
    pc.addTrack(out.stream.getTracks()[0], out.stream);
    if (more) { pc.addTransceiver("video"); pc.createDataChannel("d"); }
    await pc.setLocalDescription(await pc.createOffer());
    return gathered();
  }
  async function offerAgain(direction, iceRestart) {
    pc.getTransceivers()[0].direction = direction;
    await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
    return gathered();
  }
  const answered = (sdp) => pc.setRemoteDescription({ type: "answer", sdp });
  async function answer(frequency, sdp) {
    if (!pc) open(frequency);
    await pc.setRemoteDescription({ type: "offer", sdp });
    const [transceiver] = pc.getTransceivers();
    if (!transceiver.sender.track) { transceiver.direction = "sendrecv"; await transceiver.sender.replaceTrack(out.stream.getTracks()[0]); }
    await pc.setLocalDescription(await pc.createAnswer());
    return gathered();
  }
  const press = (keys) => pc.getSenders()[0].dtmf.insertDTMF(keys, 100, 70);
  function levels(frequencies) {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    return frequencies.map((hz) => Math.max(...bins.slice(Math.round(hz / sound.sampleRate * 16384) - 2).slice(0, 5)));
  }
  async function inbound() {
    for (const report of (await pc.getStats()).values()) if (report.type === "inbound-rtp") return { received: report.packetsReceived, lost: report.packetsLost, discarded: report.packetsDiscarded };
  }
  const hangUp = () => pc.close();
</script>`;

let browser: Browser;
let media: MediaPort;
let folder: string;
let origin: string;
const events: MediaEvent[] = [];
const server = createServer((_request, response) => response.setHeader("content-type", "text/html").end(PAGE));

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tandem-media-"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  media = await startMedia({ host: "127.0.0.1", log: silentLog });
  media.onEvent((event) => events.push(event));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await media?.stop();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(origin);
  return page;
}

/** Runs a function of the page by name. */
function inPage<Result>(page: Page, name: string, ...args: readonly unknown[]): Promise<Result> {
  return page.evaluate(`${name}(...${JSON.stringify(args)})`);
}

/** The wanted tone stands over the others. The page itself looks ten times a second. */
async function hearsOnly(page: Page, wanted: number, others: readonly number[]): Promise<void> {
  const all = JSON.stringify([wanted, ...others]);
  try {
    await page.waitForFunction(`(([level, ...rest]) => level > -40 && rest.every((other) => level - other > 25))(levels(${all}))`, null, { polling: 100, timeout: 60_000 });
  } catch (error) {
    throw new Error(`not ${wanted} Hz alone: ${all} Hz at ${String(await inPage(page, "levels", [wanted, ...others]))} dB; events ${JSON.stringify(events)}`, { cause: error });
  }
}

/** Highest power of a tone in any quarter of a second: holds and keys lie in between. */
function loudest(samples: Int16Array, freqHz: number): number {
  let most = 0;
  for (let at = 0; at + 2000 <= samples.length; at += 2000) most = Math.max(most, goertzelPower(samples.subarray(at, at + 2000), freqHz));
  return most;
}

test("two browsers, one calling and one called, hear each other through the engine", async () => {
  const [caller, agent] = await Promise.all([openPage(), openPage()]);
  const answer = await media.answer("caller", "webrtc", await inPage(caller, "call", 440));
  assert.ok(answer.ok, JSON.stringify(answer));
  await inPage(caller, "answered", answer.sdp);
  const offer = await media.offer("agent", "webrtc");
  assert.ok(offer.ok);
  const taken = await media.setAnswer("agent", await inPage(agent, "answer", 1000, offer.sdp));
  assert.deepEqual(taken, { ok: true });
  await until("media from both", () => ["caller", "agent"].every((id) => events.some((event) => event.type === "mediaStarted" && event.id === id)));

  const prompt = join(folder, "prompt.wav");
  writeFileSync(prompt, writeWav([tone(700, 2000)]));
  media.play("caller", "hello", [{ path: prompt }], { loop: true });
  await hearsOnly(caller, 700, [440, 1000]);
  media.stopPlaying("caller");

  media.bridge("caller", "agent");
  const path = { stereo: join(folder, "r.wav"), mixed: join(folder, "r-mixed.wav") };
  media.startRecording("r", "caller", "agent", path);
  await hearsOnly(caller, 1000, [440, 700]);
  await hearsOnly(agent, 440, [1000, 700]);

  await inPage(caller, "press", "5#");
  await until("two keys", () => events.filter((event) => event.type === "digit").length === 2);
  assert.deepEqual(events.filter((event) => event.type === "digit"), [
    { type: "digit", id: "caller", digit: "5", source: "rfc4733" },
    { type: "digit", id: "caller", digit: "#", source: "rfc4733" },
  ]);

  const held = await media.reanswer("agent", await inPage(agent, "offerAgain", "sendonly", false));
  assert.ok(held.ok && held.remoteHolds);
  await inPage(agent, "answered", held.sdp);
  const resumed = await media.reanswer("agent", await inPage(agent, "offerAgain", "sendrecv", true)); // with an ICE restart
  assert.ok(resumed.ok && !resumed.remoteHolds);
  assert.notEqual(/ice-ufrag:(\S+)/.exec(resumed.sdp)![1], /ice-ufrag:(\S+)/.exec(held.sdp)![1]);
  await inPage(agent, "answered", resumed.sdp);
  await hearsOnly(agent, 440, [1000, 700]);
  await hearsOnly(caller, 1000, [440, 700]);

  const ours = await media.reoffer("caller", "sendonly");
  assert.ok(ours.ok);
  assert.deepEqual(await media.setAnswer("caller", await inPage(caller, "answer", 440, ours.sdp)), { ok: true });
  const back = await media.reoffer("caller", "sendrecv");
  assert.ok(back.ok);
  assert.deepEqual(await media.setAnswer("caller", await inPage(caller, "answer", 440, back.sdp)), { ok: true });
  await hearsOnly(agent, 440, [1000, 700]);

  const stats = await inPage<{ received: number; lost: number; discarded: number }>(agent, "inbound");
  // a browser that a busy machine keeps waiting drops some itself; numbers that jump where the stream changes hands would be lost by the hundred
  assert.ok(stats.received > 25 && stats.lost <= stats.received / 5, JSON.stringify(stats));
  media.stopRecording("r");
  await until("the recording's end", () => events.some((event) => event.type === "recordingEnded"));
  const recording = readWav(readFileSync(path.stereo));
  assert.ok(recording.ok);
  const [left, right] = recording.wav.channels;
  assert.ok(loudest(left!, 440) > 0.05 && loudest(left!, 1000) < 0.001, "the caller is left");
  assert.ok(loudest(right!, 1000) > 0.05 && loudest(right!, 440) < 0.001, "the agent is right");
  assert.ok(readWav(readFileSync(path.mixed)).ok);

  await inPage(agent, "hangUp");
  await until("the browser's close_notify", () => events.some((event) => event.type === "failed" && event.id === "agent"));
  media.close("agent");
  media.close("caller");
  await until("both closed", () => events.filter((event) => event.type === "closed").length === 2);
});

test("a browser that offers video and data beside gets its audio, and says so of the rest", async () => {
  const page = await openPage();
  const answer = await media.answer("more", "webrtc", await inPage(page, "call", 600, true));
  assert.ok(answer.ok, JSON.stringify(answer));
  await inPage(page, "answered", answer.sdp);
  await until("its media", () => events.some((event) => event.type === "mediaStarted" && event.id === "more"));
  const kept = await page.evaluate("pc.getTransceivers().map((t) => [t.mid, t.currentDirection])");
  assert.deepEqual(kept, [["0", "sendrecv"]], "Chromium drops what was refused");
  const prompt = join(folder, "prompt2.wav");
  writeFileSync(prompt, writeWav([tone(900, 500)]));
  media.play("more", "p", [{ path: prompt }], { loop: true });
  await hearsOnly(page, 900, [600]);
  media.close("more");
});
