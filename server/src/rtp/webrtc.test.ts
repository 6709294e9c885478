/** The WebRTC leg over the false network: who is heard, in which order things may come, what must fail. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { browserIdentity, FakeBrowser } from "./fake-browser.ts";
import { FakePhone, fakeWorld, type FakeWorld } from "./fake-world.ts";
import { decodeG711, encodeG711 } from "./g711.ts";
import type { DtlsPort } from "./media-ports.ts";
import { parseRtp, writeRtpHeader } from "./packet.ts";
import { goertzelPower, tone } from "./tones.ts";
import { WebRtcLink } from "./webrtc-link.ts";

const identity = browserIdentity(1_700_000_000_000, seededChance(9));
const browsers: FakeBrowser[] = [];
after(() => {
  for (const browser of browsers) browser.stop();
});

/** A browser at an address, aimed at the port of an SDP of ours. */
function browserAt(world: FakeWorld, address: string): { browser: FakeBrowser; aim: (sdp: string) => void; heard: () => Int16Array; send: (bytes: Uint8Array) => void } {
  let to = 0;
  const heard: number[] = [];
  const socket = world.net.socket(address, (bytes) => browser.receive(bytes));
  const send = (bytes: Uint8Array): void => socket.send(bytes, to, "192.0.2.1");
  const browser = new FakeBrowser(identity, send);
  browsers.push(browser);
  browser.onRtp = (bytes, end) => {
    const packet = parseRtp(bytes, end)!;
    const samples = new Int16Array(packet.payloadEnd - packet.payloadStart);
    decodeG711("PCMA", bytes.subarray(packet.payloadStart, packet.payloadEnd), samples);
    heard.push(...samples);
  };
  return { browser, send, aim: (sdp) => void (to = Number(/m=audio (\d+)/.exec(sdp)![1])), heard: () => Int16Array.from(heard.slice(-4000)) };
}

/** Virtual time with real turns of the loop in between: werift's client works by promises. */
async function turn(world: FakeWorld, ms: number): Promise<void> {
  for (let i = 0; i < ms; i += 20) {
    await world.run(20);
    await new Promise((done) => setImmediate(done));
  }
}

/** Goes on until the browser's handshake is done. */
async function connected(world: FakeWorld, browser: FakeBrowser): Promise<void> {
  for (let i = 0; i < 100 && !browser.ready; i++) await turn(world, 20);
  assert.ok(browser.ready, "the handshake does not end");
  await turn(world, 100);
}

function speak(world: FakeWorld, browser: FakeBrowser, freqHz: number, frames: number): Promise<void> {
  const sound = tone(freqHz, frames * 20);
  let n = 0;
  const next = (): void => {
    const bytes = new Uint8Array(12 + 160 + 14);
    writeRtpHeader(bytes, 0, 8, n === 0, 500 + n, 1000 + n * 160, 77);
    encodeG711("PCMA", sound.subarray(n * 160, n * 160 + 160), 160, bytes, 12);
    browser.sendRtp(bytes, 172);
    if (++n < frames) world.clock.after(20, next);
  };
  next();
  return turn(world, frames * 20);
}

const failures = (world: FakeWorld): string[] => world.events.flatMap((event) => (event.type === "failed" ? [event.why] : []));

test("a browser and a phone hear each other; the browser's handshake may end before its answer is known", async () => {
  const world = fakeWorld();
  const { browser, aim, heard } = browserAt(world, "198.51.100.9");
  const offer = await world.engine.offer("web", "webrtc");
  assert.ok(offer.ok);
  aim(offer.sdp);
  browser.start(offer.sdp);
  await connected(world, browser);
  assert.ok(browser.checksAnswered > 0);
  assert.deepEqual(failures(world), []);
  assert.deepEqual(await world.engine.setAnswer("web", browser.sdp("active")), { ok: true });

  const phone = new FakePhone(world.net, "198.51.100.1", "PCMU");
  const answer = await world.engine.answer("tel", "rtp", phone.sdp());
  assert.ok(answer.ok);
  phone.aim(answer.sdp);
  world.engine.bridge("web", "tel");
  phone.speak(tone(1000, 1000));
  await speak(world, browser, 440, 75);
  assert.ok(goertzelPower(phone.heard(400), 440) > 0.1);
  assert.ok(goertzelPower(heard(), 1000) > 0.1);
  assert.ok(world.events.some((event) => event.type === "mediaStarted" && event.id === "web"));
});

test("a browser and two phones in one mix: each hears the two others and not itself", async () => {
  const world = fakeWorld();
  const { browser, aim, heard } = browserAt(world, "198.51.100.9");
  const answer = await world.engine.answer("web", "webrtc", browser.sdp("actpass"));
  assert.ok(answer.ok);
  aim(answer.sdp);
  browser.start(answer.sdp);
  await connected(world, browser);
  const phones = ["PCMU", "PCMA"].map((codec, i) => new FakePhone(world.net, `198.51.100.${i + 1}`, codec as "PCMU" | "PCMA", i + 1));
  for (const [i, phone] of phones.entries()) {
    const told = await world.engine.answer(`tel${i}`, "rtp", phone.sdp());
    assert.ok(told.ok);
    phone.aim(told.sdp);
    phone.speak(tone([700, 1000][i]!, 1000, 0.3));
  }
  world.engine.mix("room", [{ id: "web" }, { id: "tel0" }, { id: "tel1" }]);
  await speak(world, browser, 440, 100);
  const hears = (samples: Int16Array): number[] => [440, 700, 1000].filter((freqHz) => goertzelPower(samples, freqHz) > 0.01);
  assert.deepEqual([hears(heard()), hears(phones[0]!.heard(400)), hears(phones[1]!.heard(400))], [[700, 1000], [440, 1000], [440, 700]]);
});

test("a certificate that is not the one in the SDP fails the leg, and nothing is heard of it", async () => {
  const world = fakeWorld();
  const { browser, aim } = browserAt(world, "198.51.100.9");
  const other = browserIdentity(1_700_000_000_000, seededChance(10)).fingerprint;
  const answer = await world.engine.answer("web", "webrtc", browser.sdp("actpass").replace(identity.fingerprint, other));
  assert.ok(answer.ok);
  aim(answer.sdp);
  browser.start(answer.sdp);
  await connected(world, browser);
  assert.deepEqual(failures(world), ["DTLS certificate does not match the fingerprint in the SDP"]);
  await speak(world, browser, 440, 25);
  assert.ok(!world.events.some((event) => event.type === "mediaStarted"));
});

test("without a check that knows the password there is no handshake and no sound", async () => {
  const world = fakeWorld();
  const { browser, aim } = browserAt(world, "198.51.100.9");
  const answer = await world.engine.answer("web", "webrtc", browser.sdp("actpass"));
  assert.ok(answer.ok);
  aim(answer.sdp);
  browser.start(answer.sdp.replace(/a=ice-pwd:\S+/, "a=ice-pwd:wrongwrongwrongwrongwrong"));
  await turn(world, 200);
  browser.shakeHands(); // all the same
  await turn(world, 500);
  assert.equal(browser.checksAnswered, 0);
  assert.deepEqual([...world.events], []);
});

test("a stranger's datagrams do not disturb: forged media, replays, foreign handshakes, noise", async () => {
  const world = fakeWorld();
  const { browser, aim, send } = browserAt(world, "198.51.100.9");
  const answer = await world.engine.answer("web", "webrtc", browser.sdp("actpass"));
  assert.ok(answer.ok);
  aim(answer.sdp);
  browser.start(answer.sdp);
  await connected(world, browser);
  const to = Number(/m=audio (\d+)/.exec(answer.sdp)![1]);
  const stranger = world.net.socket("203.0.113.66", () => {});
  const rtp = new Uint8Array(186);
  writeRtpHeader(rtp, 0, 8, true, 1, 1, 666);
  for (const bytes of [rtp, Uint8Array.of(22, 254, 253, 0), Uint8Array.of(0, 1, 0, 0), new Uint8Array(0), new Uint8Array(500).fill(21)]) {
    stranger.send(bytes, to, "192.0.2.1");
    send(bytes); // and from the right address
  }
  await turn(world, 100);
  assert.deepEqual(failures(world), []);
  assert.ok(!world.events.some((event) => event.type === "mediaStarted"), "unauthenticated RTP is not media");
  await speak(world, browser, 440, 25);
  assert.ok(world.events.some((event) => event.type === "mediaStarted"));
});

test("an ICE restart brings new credentials, and sound goes on; a new certificate is refused", async () => {
  const world = fakeWorld();
  const { browser, aim } = browserAt(world, "198.51.100.9");
  const answer = await world.engine.answer("web", "webrtc", browser.sdp("actpass"));
  assert.ok(answer.ok);
  aim(answer.sdp);
  browser.start(answer.sdp);
  await connected(world, browser);
  const same = await world.engine.reanswer("web", browser.sdp("actpass"));
  assert.ok(same.ok);
  const ufrag = (sdp: string): string => /a=ice-ufrag:(\S+)/.exec(sdp)![1]!;
  assert.equal(ufrag(same.sdp), ufrag(answer.sdp), "no restart, no change");
  const restarted = await world.engine.reanswer("web", browser.sdp("actpass").replace("a=ice-ufrag:brow", "a=ice-ufrag:wser"));
  assert.ok(restarted.ok);
  assert.notEqual(ufrag(restarted.sdp), ufrag(answer.sdp));
  const before = browser.checksAnswered;
  browser.check(); // with the old ones, in flight
  browser.start(restarted.sdp);
  await turn(world, 100);
  assert.equal(browser.checksAnswered, before + 2);
  await speak(world, browser, 440, 25);
  assert.ok(world.events.some((event) => event.type === "mediaStarted"));
  const other = browserIdentity(1_700_000_000_000, seededChance(10)).fingerprint;
  const swapped = await world.engine.reanswer("web", browser.sdp("actpass").replace(identity.fingerprint, other));
  assert.ok(!swapped.ok && swapped.status === 488);
});

test("a browser that closes its connection has two seconds for the BYE that says whose will it was; a handshake refused has none", () => {
  const told: string[] = [];
  const clock = new VirtualClock(1_000);
  const sessions: Parameters<DtlsPort["open"]>[0][] = [];
  const dtls: DtlsPort = { fingerprint: "AA", open: (handlers) => (sessions.push(handlers), { receive: () => {}, close: () => {} }) };
  const link = (): WebRtcLink => new WebRtcLink({ port: 4_000, send: () => {}, close: () => {} }, dtls, clock, seededChance(1), { rtp: () => {}, rtcp: () => {}, ready: () => {}, failed: (why) => told.push(why) });

  const withBye = link();
  sessions[0]!.closed();
  clock.advance(1_999);
  withBye.close();
  link();
  sessions[1]!.closed();
  clock.advance(1_999);
  assert.deepEqual(told, []);
  clock.advance(1);
  assert.deepEqual(told, ["DTLS closed by the peer"]);
  link();
  sessions[2]!.failed("alert 40 from the peer");
  assert.deepEqual(told.slice(1), ["DTLS: alert 40 from the peer"]);
});
