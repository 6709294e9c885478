/** What the engine does with phones: bridging, prompts, addresses, keys, holds, mixes, refusals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bridged, called, FakePhone, fakeWorld, hears } from "./fake-world.ts";
import { SILENCE } from "./g711.ts";
import { InbandDetector } from "./inband-dtmf.ts";
import { writeRtcp } from "./rtcp.ts";
import { writeEvent } from "./telephone-event.ts";
import { goertzelPower, meanPower, tone } from "./tones.ts";
import { writeWav } from "./wav.ts";

test("different laws are recoded on the way", async () => {
  const world = fakeWorld();
  const [a, b] = await bridged(world, ["PCMU", "PCMA"]);
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  await world.run(2000);
  hears(a, 1000, 440);
  hears(b, 440, 1000);
  assert.ok(b.arrived.every((packet) => packet.payloadType === 8));
  assert.ok(a.arrived.every((packet) => packet.payloadType === 0));
});

test("one unbroken stream through prompt, silence, bridge and prompt again", async () => {
  const world = fakeWorld();
  world.files.files.set("/p/hello.wav", writeWav([tone(600, 500)]));
  const [a, b] = await bridged(world);
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  await world.run(1000);
  world.engine.play("a", "p1", [{ path: "/p/hello.wav" }], { loop: false });
  await world.run(400);
  assert.ok(goertzelPower(a.heard(200), 600) > 0.1, "the prompt interrupts the bridge");
  assert.ok(goertzelPower(a.heard(200), 1000) < 0.01);
  assert.ok(goertzelPower(b.heard(200), 440) > 0.1, "the other side still hears");
  await world.run(600);
  assert.deepEqual(world.events.filter((event) => event.type === "playEnded"), [{ type: "playEnded", id: "a", playId: "p1", why: "finished" }]);
  assert.ok(goertzelPower(a.heard(200), 1000) > 0.1, "and the bridge comes back");
  world.engine.unbridge("a");
  await world.run(400);
  assert.ok(meanPower(a.heard(200)) < 1e-5, "silence flows when nobody speaks");
  const { arrived } = a;
  assert.equal(new Set(arrived.map((packet) => packet.ssrc)).size, 1);
  for (let i = 1; i < arrived.length; i++) {
    assert.equal(arrived[i]!.sequence, (arrived[i - 1]!.sequence + 1) & 0xffff, `sequence at ${i}`);
    const step = (arrived[i]!.timestamp - arrived[i - 1]!.timestamp) | 0;
    assert.ok(step >= 160 && step <= 480, `timestamp step ${step} at ${i}`);
  }
});

test("prompts in a row, replaced, looped, stopped; unreadable ones end at once", async () => {
  const world = fakeWorld();
  world.files.files.set("/p/a.wav", writeWav([tone(600, 300)]));
  world.files.files.set("/p/b.wav", writeWav([tone(900, 300)]));
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMU");
  await called(world, "x", phone);
  phone.speak(new Int16Array(160));
  const ends = (): string[] => world.events.flatMap((event) => (event.type === "playEnded" ? [`${event.playId} ${event.why}`] : []));
  world.engine.play("x", "p1", [{ path: "/p/a.wav" }, { path: "/p/b.wav" }], { loop: false });
  await world.run(340);
  assert.ok(goertzelPower(phone.heard(200), 600) > 0.1);
  await world.run(280);
  assert.ok(goertzelPower(phone.heard(200), 900) > 0.1);
  await world.run(100);
  assert.deepEqual(ends(), ["p1 finished"]);
  world.engine.play("x", "p2", [{ path: "/p/a.wav" }], { loop: true, gainDb: -20 });
  await world.run(2000);
  const level = goertzelPower(phone.heard(200), 600);
  assert.ok(level > 0.125 / 130 && level < 0.125 / 80, `20 dB down: ${level}`);
  world.engine.play("x", "p3", [{ path: "/p/none.wav" }], { loop: true });
  await world.run(40);
  assert.deepEqual(ends(), ["p1 finished", "p2 replaced", "p3 finished"]);
  world.engine.play("x", "p4", [{ path: "/p/b.wav" }], { loop: true });
  await world.run(1000);
  world.engine.stopPlaying("x");
  assert.deepEqual(ends().at(-1), "p4 stopped");
});

test("who is listened to and stops sending (silence suppression) is heard to be silent", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMU");
  await called(world, "x", phone);
  world.engine.listen("x", true);
  phone.speak(tone(600, 1000));
  await world.run(1000);
  phone.silence();
  await world.run(2000);
  const heard = world.events.flatMap((event) => (event.type === "heard" ? [meanPower(event.samples) > 1e-3] : []));
  assert.ok(heard.filter((loud) => loud).length >= 9 && heard.filter((loud) => !loud).length >= 17, `${heard.length} batches`);
  world.engine.listen("x", false);
  const before = world.events.length;
  await world.run(500);
  assert.equal(world.events.length, before);
});

test("the beat keeps 50 frames a second", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMU");
  await called(world, "x", phone);
  await world.run(10_000);
  assert.ok(Math.abs(phone.arrived.length - 500) <= 1, `${phone.arrived.length}`);
  for (let i = 1; i < phone.arrived.length; i++) assert.ok(Math.abs(phone.arrived[i]!.atMs - phone.arrived[i - 1]!.atMs - 20) < 0.001);
});

test("a third address is never heard; the signalled one takes its place back", async () => {
  const world = fakeWorld();
  const [a, b] = await bridged(world);
  const thief = new FakePhone(world.net, "203.0.113.66", "PCMA", 0xbad);
  thief.to = a.to;
  thief.speak(tone(2000, 1000)); // first in: latched for a moment
  await world.run(100);
  a.speak(tone(440, 1000));
  await world.run(2000);
  assert.ok(goertzelPower(b.heard(1000), 2000) < 0.001, "the thief is out");
  assert.ok(goertzelPower(b.heard(1000), 440) > 0.1);
  const before = thief.arrived.length;
  b.speak(tone(1000, 1000));
  await world.run(1000);
  assert.equal(thief.arrived.length, before, "and gets nothing");
  hears(a, 1000, 440);
});

test("a phone behind a NAT is answered where it comes from, and nobody else can take over", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "203.0.113.7", "PCMU");
  const answer = await world.engine.answer("n", "rtp", phone.sdp().replaceAll("203.0.113.7", "10.0.0.5"));
  assert.ok(answer.ok);
  phone.aim(answer.sdp);
  await world.run(200);
  assert.ok(world.net.nowhere.every((to) => to.startsWith("10.0.0.5:")));
  phone.speak(new Int16Array(160));
  await world.run(500);
  assert.ok(phone.arrived.length > 20);
  const thief = new FakePhone(world.net, "203.0.113.66", "PCMU", 0xbad);
  thief.to = phone.to;
  thief.speak(tone(2000, 100));
  await world.run(3000);
  assert.equal(thief.arrived.length, 0);
});

test("keys: one event each, whatever is repeated, lost or late; passed on with the peer's number", async () => {
  const world = fakeWorld();
  const [a, b] = await bridged(world);
  a.speak(new Int16Array(160));
  b.speak(new Int16Array(160));
  await world.run(200);
  const press = async (digit: string, packets: readonly [boolean, number][]): Promise<void> => {
    const at = a.timestamp;
    for (const [ended, duration] of packets) {
      a.sendRaw(101, writeEvent(digit, ended, duration), at);
      await world.run(20);
    }
  };
  await press("5", [[false, 160], [false, 320], [true, 480], [true, 480], [true, 480]]);
  await press("5", [[true, 480]]); // start lost
  await press("#", [[false, 160]]); // end lost
  a.sendRaw(101, writeEvent("5", true, 480), a.timestamp - 20000); // a straggler
  await world.run(100);
  const digits = world.events.flatMap((event) => (event.type === "digit" ? [`${event.id}${event.digit}${event.source}`] : []));
  assert.deepEqual(digits, ["a5rfc4733", "a5rfc4733", "a#rfc4733"]);
  assert.ok(b.events.length >= 7 && b.events.every((event) => event.digit === 5 || event.digit === 11));
  assert.equal(new Set(b.events.slice(0, 5).map((event) => event.timestamp)).size, 1, "one press keeps one timestamp");
});

test("in-band keys count only from peers without telephone-event, and not while bridged", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA");
  const answer = await world.engine.answer("x", "rtp", phone.sdp("sendrecv", { event: null }));
  assert.ok(answer.ok && !answer.sdp.includes("telephone-event"));
  phone.aim(answer.sdp);
  const key = tone(770, 100, 0.3).map((sample, i) => sample + tone(1336, 100, 0.3)[i]!);
  for (let i = 0; i < 5; i++) phone.sendFrame(key.subarray(i * 160, i * 160 + 160));
  for (let i = 0; i < 5; i++) phone.sendFrame(new Int16Array(160));
  await world.run(100);
  assert.deepEqual(world.events.filter((event) => event.type === "digit"), [{ type: "digit", id: "x", digit: "5", source: "inband" }]);
});

test("a key is spoken as tones to a peer that has no telephone-event", async () => {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMU", 0xb);
  await called(world, "a", a);
  const answer = await world.engine.answer("b", "rtp", b.sdp("sendrecv", { event: null }));
  assert.ok(answer.ok);
  b.aim(answer.sdp);
  world.engine.bridge("a", "b");
  a.speak(new Int16Array(160));
  await world.run(200);
  a.silence();
  for (const digit of "5#5") {
    for (let n = 1; n <= 5; n++) {
      a.sendRaw(101, writeEvent(digit, false, n * 160), a.timestamp);
      await world.run(20);
    }
    for (let n = 0; n < 3; n++) a.sendRaw(101, writeEvent(digit, true, 800), a.timestamp);
    a.timestamp += 800;
    a.speak(new Int16Array(160));
    await world.run(100);
    a.silence();
  }
  await world.run(100);
  assert.equal(new InbandDetector().take(b.heard(800)), "5#5");
  assert.equal(b.events.length, 0);
  for (let i = 1; i < b.arrived.length; i++) assert.equal(b.arrived[i]!.sequence, (b.arrived[i - 1]!.sequence + 1) & 0xffff, "no gap");
});

test("hold and resume, from them and from us", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA");
  await called(world, "x", phone);
  phone.speak(tone(440, 1000));
  await world.run(500);
  const held = await world.engine.reanswer("x", phone.sdp("sendonly"));
  assert.ok(held.ok && held.remoteHolds && held.sdp.includes("a=recvonly"));
  phone.forget();
  await world.run(500);
  assert.ok(phone.arrived.length <= 1, "nothing is sent to one who only sends");
  const old = await world.engine.reanswer("x", phone.sdp().replace("c=IN IP4 198.51.100.1", "c=IN IP4 0.0.0.0"));
  assert.ok(old.ok && old.remoteHolds && old.sdp.includes("a=inactive"), "hold as in RFC 2543");
  const back = await world.engine.reanswer("x", phone.sdp());
  assert.ok(back.ok && !back.remoteHolds && back.sdp.includes("a=sendrecv"));
  await world.run(500);
  assert.ok(phone.arrived.length > 20);

  const ours = await world.engine.reoffer("x", "sendonly");
  assert.ok(ours.ok && ours.sdp.includes("a=sendonly"));
  const versions = [back.sdp, ours.sdp].map((sdp) => Number(/o=tandem \d+ (\d+)/.exec(sdp)![1]));
  assert.equal(versions[1], versions[0]! + 1);
  assert.deepEqual(await world.engine.setAnswer("x", phone.sdp("recvonly")), { ok: true });
  phone.forget();
  const before = world.events.length;
  await world.run(20_000);
  assert.ok(phone.arrived.length > 900, "we may play music to one on hold");
  assert.ok(!world.events.slice(before).some((event) => event.type === "mediaLost"), "silence of one on hold is no loss");
});

test("lost media is told once, and again after it came back", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA");
  await called(world, "x", phone);
  const lost = (): number => world.events.filter((event) => event.type === "mediaLost").length;
  phone.speak(new Int16Array(160));
  await world.run(30_000);
  assert.equal(lost(), 0);
  phone.silence();
  await world.run(30_000);
  assert.equal(lost(), 1);
  phone.speak(new Int16Array(160));
  await world.run(1000);
  phone.silence();
  await world.run(30_000);
  assert.equal(lost(), 2);
});

test("who was heard and is silent is not lost while their reports come; reports of somebody never heard count for nothing", async () => {
  const world = fakeWorld();
  const [listener, mute] = [new FakePhone(world.net, "198.51.100.1", "PCMA"), new FakePhone(world.net, "198.51.100.2", "PCMA")];
  await called(world, "listener", listener);
  await called(world, "mute", mute);
  const lost = (): string[] => world.events.flatMap((event) => (event.type === "mediaLost" ? [event.id] : []));
  listener.speak(new Int16Array(160));
  await world.run(1_000);
  listener.silence();
  const report = (phone: FakePhone): void => phone.socket.send(writeRtcp(phone.ssrc, "x", null, null, false), phone.to!.port + 1, phone.to!.address);
  for (let n = 0; n < 6; n++) {
    report(listener);
    report(mute);
    await world.run(5_000);
  }
  assert.deepEqual(lost(), ["mute"]);
  await world.run(15_000);
  assert.deepEqual(lost(), ["mute", "listener"]);
});

test("three in a mix: each hears the others, not itself; a listener is heard by nobody", async () => {
  const world = fakeWorld();
  const phones = [440, 700, 1000].map((freqHz, i) => ({ freqHz, phone: new FakePhone(world.net, `198.51.100.${i + 1}`, i === 1 ? "PCMU" : "PCMA", i) }));
  for (const [i, { phone, freqHz }] of phones.entries()) {
    await called(world, `m${i}`, phone);
    phone.speak(tone(freqHz, 1000, 0.25));
  }
  world.net.jitterMs = 30;
  world.engine.mix("conf", [{ id: "m0", hears: ["m1"] }, { id: "m1", hears: ["m0"] }, { id: "m2" }]);
  await world.run(3000);
  const power = (i: number, freqHz: number): number => goertzelPower(phones[i]!.phone.heard(1000), freqHz);
  assert.ok(power(0, 700) > 0.02 && power(0, 440) < 0.001 && power(0, 1000) < 0.001);
  assert.ok(power(1, 440) > 0.02 && power(1, 700) < 0.001 && power(1, 1000) < 0.001);
  assert.ok(power(2, 440) > 0.02 && power(2, 700) > 0.02 && power(2, 1000) < 0.001, "the supervisor hears both");
  world.engine.mix("conf", []);
  await world.run(500);
  assert.ok(meanPower(phones[2]!.phone.heard(200)) < 1e-5);
});

test("refusals are values: unknown ids, unusable offers, closed endpoints", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA");
  const statusOf = (result: { ok: boolean; status?: number }): number => (result.ok ? 0 : result.status!);
  assert.equal(statusOf(await world.engine.setAnswer("nobody", phone.sdp())), 481);
  assert.equal(statusOf(await world.engine.answer("x", "rtp", "not sdp")), 400);
  assert.equal(statusOf(await world.engine.answer("x", "rtp", phone.sdp().replace("RTP/AVP 8 101", "RTP/AVP 18"))), 488);
  assert.equal(statusOf(await world.engine.answer("x", "rtp", phone.sdp("sendrecv", { port: 53 }))), 488);
  assert.equal(statusOf(await world.engine.answer("x", "webrtc", phone.sdp())), 488);
  assert.equal(statusOf(await world.engine.answer("x", "rtp", phone.sdp())), 0, "a refused endpoint leaves nothing behind");
  assert.equal(statusOf(await world.engine.answer("x", "rtp", phone.sdp())), 500);
  world.engine.close("x");
  const closed = world.events.at(-1);
  assert.ok(closed?.type === "closed" && closed.id === "x");
  world.engine.close("x");
  world.engine.play("x", "p", [{ path: "/none" }], { loop: false });
  assert.deepEqual(world.events.at(-1), { type: "playEnded", id: "x", playId: "p", why: "stopped" });
});

test("reports flow: loss and jitter are counted, and stop ends all", async () => {
  const world = fakeWorld({ seed: 3 });
  const [a, b] = await bridged(world);
  world.net.jitterMs = 20;
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  await world.run(1000);
  world.net.lossShare = 0.1;
  await world.run(10_000);
  world.engine.startRecording("r", "a", null, { stereo: "/s.wav", mixed: "/m.wav" });
  await world.run(1000);
  const stopping = world.engine.stop();
  await world.run(100);
  await stopping;
  const closed = world.events.flatMap((event) => (event.type === "closed" ? [event] : []));
  assert.deepEqual(closed.map((event) => event.id), ["a", "b"]);
  const { stats } = closed[0]!;
  assert.ok(stats.packetsLost > 30 && stats.packetsLost < 90, JSON.stringify(stats));
  assert.ok(stats.jitterMs > 1 && stats.jitterMs < 20, JSON.stringify(stats));
  assert.ok(stats.packetsReceived > 450 && stats.packetsSent > 450);
  assert.ok(world.events.some((event) => event.type === "recordingEnded"));
  const sent = a.arrived.length;
  await world.run(2000);
  assert.equal(a.arrived.length, sent);
  assert.equal(SILENCE.PCMA, 0xd5);
});

test("no datagram harms: twenty thousand random and half-true ones at a phone's and a browser's port", async () => {
  const world = fakeWorld({ seed: 4 });
  const [a, b] = await bridged(world);
  const offer = await world.engine.offer("web", "webrtc");
  assert.ok(offer.ok);
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  await world.run(500);
  const ports = [a.to!.port, Number(/m=audio (\d+)/.exec(offer.sdp)![1])];
  for (let i = 0; i < 20_000; i++) {
    const bytes = world.chance.bytes(Math.floor(world.chance.next() * 200));
    const kind = i % 5;
    if (bytes.length > 1) bytes[0] = kind === 0 ? bytes[0]! : kind === 1 ? 0x80 | (bytes[0]! & 0x3f) : kind === 2 ? 0 : kind === 3 ? 20 + (bytes[0]! % 44) : 0x80;
    if (kind === 4 && bytes.length > 1) bytes[1] = i % 2 ? 8 : 200;
    a.socket.send(bytes, ports[i % 2]!, "192.0.2.1"); // from the rightful address
    if (i % 200 === 0) await world.run(20);
  }
  await world.run(3000);
  assert.deepEqual(world.events.filter((event) => event.type === "failed" || event.type === "mediaLost"), []);
  hears(a, 1000, 440);
});
