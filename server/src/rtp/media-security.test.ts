import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { FakePhone, fakeWorld, type FakeWorld } from "./fake-world.ts";
import type { EndpointKind, MediaOptions } from "./media-contract.ts";
import { isRtcp, parseRtp, writeRtpHeader } from "./packet.ts";
import { writeRtcp } from "./rtcp.ts";
import { goertzelPower, meanPower, tone } from "./tones.ts";
import { readWav } from "./wav.ts";

async function answered(world: FakeWorld, id: string, phone: FakePhone, options: MediaOptions = {}, sdp = phone.sdp()): Promise<void> {
  const answer = await world.engine.answer(id, "rtp", sdp, options);
  assert.ok(answer.ok, JSON.stringify(answer));
  phone.aim(answer.sdp);
}

const hears = (phone: FakePhone, freqHz: number): boolean => goertzelPower(phone.heard(500), freqHz) > 0.1;

test("RTP bleed: before the peer has spoken, packets from an address that signalling does not know are neither relayed nor recorded, and get nothing", async () => {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "203.0.113.7", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xb);
  // a is behind a NAT: its SDP says an address that nobody reaches
  await answered(world, "a", a, { peer: "203.0.113.7" }, a.sdp().replaceAll("203.0.113.7", "10.0.0.5"));
  await answered(world, "b", b, { peer: "198.51.100.2" });
  world.engine.bridge("a", "b");
  world.engine.startRecording("r", "a", "b", { stereo: "/s.wav", mixed: "/m.wav" });
  const thief = new FakePhone(world.net, "203.0.113.66", "PCMA", 0xbad);
  thief.to = a.to;
  thief.speak(tone(2000, 1000));
  b.speak(tone(1000, 1000));
  await world.run(1000);
  assert.equal(thief.arrived.length, 0);
  assert.ok(meanPower(b.heard(1000)) < 1e-6, "the thief is not heard");
  a.speak(tone(440, 1000));
  await world.run(1500);
  assert.ok(hears(a, 1000) && hears(b, 440));
  assert.equal(thief.arrived.length, 0);
  world.engine.stopRecording("r");
  await world.run(100);
  const read = readWav(world.files.files.get("/m.wav")!);
  assert.ok(read.ok);
  assert.ok(goertzelPower(read.wav.channels[0]!, 2000) < 0.001, "nor is it in the recording");
});

test("an outgoing call to an operator: sound from another address than its SDP says is heard; a third one never", async () => {
  const world = fakeWorld();
  const offer = await world.engine.offer("a", "rtp", {});
  assert.ok(offer.ok);
  const said = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xa);
  const media = new FakePhone(world.net, "198.51.100.3", "PCMA", 0xb);
  const thief = new FakePhone(world.net, "203.0.113.66", "PCMA", 0xbad);
  assert.ok((await world.engine.setAnswer("a", said.sdp())).ok);
  const inside = new FakePhone(world.net, "10.0.0.7", "PCMA", 0xc);
  await answered(world, "b", inside, { peer: "10.0.0.7" });
  world.engine.bridge("a", "b");
  for (const phone of [media, thief]) phone.aim(offer.sdp);
  media.speak(tone(440, 2000));
  inside.speak(tone(1000, 2000));
  await world.run(500);
  thief.speak(tone(2000, 1000));
  await world.run(1000);
  assert.ok(hears(inside, 440) && hears(media, 1000));
  assert.equal(thief.arrived.length, 0);
  assert.ok(goertzelPower(inside.heard(500), 2000) < 0.001);
});

test("a peer is told our address on its own network, and of its own family; one from far the first of all", async () => {
  const world = fakeWorld({ addresses: ["203.0.113.1", "10.0.0.1", "2001:db8::1"], near: (peer) => (peer.startsWith("10.") ? "10.0.0.1" : null) });
  const told = async (id: string, options: MediaOptions): Promise<string | undefined> => {
    const offer = await world.engine.offer(id, "rtp", options);
    assert.ok(offer.ok);
    return /^c=IN (.*)$/m.exec(offer.sdp)?.[1]?.trim();
  };
  assert.deepEqual([await told("a", {}), await told("b", { peer: "198.51.100.9" }), await told("c", { peer: "10.0.0.9" }), await told("d", { peer: "2001:db8::9" })], ["IP4 203.0.113.1", "IP4 203.0.113.1", "IP4 10.0.0.1", "IP6 2001:db8::1"]);
  const v6 = new FakePhone(world.net, "198.51.100.2", "PCMA").sdp().replaceAll("IP4 198.51.100.2", "IP6 2001:db8::7");
  const answer = await world.engine.answer("e", "rtp", v6);
  assert.ok(answer.ok);
  assert.match(answer.sdp, /^c=IN IP6 2001:db8::1\r$/m);
});

test("a NAT that changes its port is followed: from the same address, after silence, in the same stream; nobody else is", async () => {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "203.0.113.7", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xb);
  await answered(world, "a", a, { peer: "203.0.113.7" });
  await answered(world, "b", b);
  world.engine.bridge("a", "b");
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  await world.run(1000);
  const copycat = (address: string, ssrc: number, sequence: number): FakePhone => {
    const phone = new FakePhone(world.net, address, "PCMA", ssrc);
    phone.to = a.to;
    phone.sequence = sequence;
    phone.timestamp = a.timestamp;
    phone.speak(tone(2000, 1000));
    return phone;
  };
  // while it speaks, its own stream forged from its own address does not turn it away
  const forger = copycat("203.0.113.7", 0xa, a.sequence + 10);
  await world.run(1000);
  assert.equal(forger.arrived.length, 0);
  assert.ok(hears(a, 1000) && goertzelPower(b.heard(500), 2000) < 0.001);
  forger.silence();

  a.silence();
  await world.run(700);
  for (const [address, ssrc, sequence] of [["203.0.113.7", 0xbad, a.sequence], ["203.0.113.66", 0xa, a.sequence], ["203.0.113.7", 0xa, a.sequence - 50], ["203.0.113.7", 0xa, a.sequence + 20_000]] as const) {
    const stranger = copycat(address, ssrc, sequence & 0xffff);
    await world.run(200);
    assert.equal(stranger.arrived.length, 0, `${address} ${ssrc} ${sequence}`);
    stranger.silence();
  }
  const moved = copycat("203.0.113.7", 0xa, a.sequence + 1);
  const before = a.arrived.length;
  await world.run(1000);
  assert.ok(hears(moved, 1000) && hears(b, 2000));
  assert.ok(a.arrived.length <= before + 2, "the old port gets nothing more");
});

test("a new address by re-INVITE is where the peer is, at once; the old one is nobody", async () => {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "203.0.113.7", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xb);
  await answered(world, "a", a);
  await answered(world, "b", b);
  world.engine.bridge("a", "b");
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  await world.run(500);
  const elsewhere = new FakePhone(world.net, "203.0.113.8", "PCMA", 0xc);
  const answer = await world.engine.reanswer("a", elsewhere.sdp());
  assert.ok(answer.ok);
  elsewhere.aim(answer.sdp);
  elsewhere.speak(tone(700, 1000));
  await world.run(1500);
  assert.ok(hears(elsewhere, 1000) && hears(b, 700) && goertzelPower(b.heard(500), 440) < 0.001);
});

/** Two endpoints of one engine that speak SRTP with each other over the false network, each bridged to a phone. */
async function keyed(world: FakeWorld): Promise<{ a: FakePhone; b: FakePhone; offer: string; answer: string }> {
  const a = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xb);
  await answered(world, "a", a);
  await answered(world, "b", b);
  const offer = await world.engine.offer("left", "srtp");
  assert.ok(offer.ok);
  const answer = await world.engine.answer("right", "srtp", offer.sdp);
  assert.ok(answer.ok, JSON.stringify(answer));
  assert.deepEqual(await world.engine.setAnswer("left", answer.sdp), { ok: true });
  world.engine.bridge("a", "left");
  world.engine.bridge("right", "b");
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  return { a, b, offer: offer.sdp, answer: answer.sdp };
}

test("SRTP with keys in the SDP: sound both ways, on the wire only what is sealed, reports too", async () => {
  const world = fakeWorld();
  const wire: Uint8Array[] = [];
  const { a, b, offer, answer } = await keyed(world);
  const port = Number(/m=audio (\d+)/.exec(offer)![1]);
  world.net.tap = (bytes, toPort) => void (toPort === port && wire.push(Uint8Array.from(bytes)));
  await world.run(12_000);
  assert.ok(hears(a, 1000) && hears(b, 440));
  assert.match(offer, /m=audio \d+ RTP\/SAVP 8 0 101\r\n/);
  assert.equal(offer.match(/a=crypto:/g)?.length, 4);
  assert.equal(answer.match(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/g)?.length, 1);
  assert.ok(wire.length > 500);
  for (const bytes of wire) assert.equal(bytes.length, isRtcp(bytes) ? bytes.length : 182);
  assert.ok(wire.some((bytes) => isRtcp(bytes)));
});

test("keys of a re-offer: the same one goes on with its counter; a new one is in force at once; a stranger without it is nobody", async () => {
  const world = fakeWorld();
  const { a, b, answer } = await keyed(world);
  await world.run(1000);
  const again = await world.engine.reoffer("left", "sendrecv");
  assert.ok(again.ok);
  const same = await world.engine.reanswer("right", again.sdp);
  assert.ok(same.ok);
  assert.equal(same.sdp.match(/a=crypto:.*/)![0], answer.match(/a=crypto:.*/)![0]);
  assert.deepEqual(await world.engine.setAnswer("left", same.sdp), { ok: true });
  await world.run(1000);
  assert.ok(hears(a, 1000) && hears(b, 440), "nothing was lost");
  // the other side says that it sends with another key, and does not: it is not heard any more
  const other = again.sdp.replace(/(a=crypto:1 \S+ inline:)\S+/, `$1${Buffer.alloc(30, 9).toString("base64")}`);
  assert.ok((await world.engine.reanswer("right", other)).ok);
  await world.run(100);
  b.forget();
  await world.run(1500);
  assert.ok(!hears(b, 440));
  assert.ok((await world.engine.reanswer("right", again.sdp)).ok);
  await world.run(1500);
  assert.ok(hears(a, 1000) && hears(b, 440));
});

test("what an endpoint with keys refuses: an offer without, an answer with another suite or without", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  const refused = await world.engine.answer("x", "srtp", phone.sdp());
  assert.deepEqual([refused.ok, refused.ok ? 0 : refused.status], [false, 488]);
  const plain = await world.engine.answer("y", "rtp", phone.sdp().replace("RTP/AVP", "RTP/SAVP"));
  assert.deepEqual([plain.ok, plain.ok ? 0 : plain.status], [false, 488]);
  const offer = await world.engine.offer("z", "srtp");
  assert.ok(offer.ok);
  for (const answer of [phone.sdp(), phone.sdp().replace("RTP/AVP", "RTP/SAVP"), phone.sdp().replace("RTP/AVP", "RTP/SAVP").replace("a=sendrecv", `a=crypto:1 AEAD_AES_128_GCM inline:${Buffer.alloc(28).toString("base64")}\r\na=sendrecv`)]) {
    const set = await world.engine.setAnswer("z", answer);
    assert.equal(set.ok, false);
  }
});

test("an offer of RTP/AVP with keys (RFC 8643) is answered with keys, in its own profile", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  const answer = await world.engine.answer("x", "srtp", phone.sdp().replace("a=sendrecv", `a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:${Buffer.alloc(30).toString("base64")}\r\na=sendrecv`));
  assert.ok(answer.ok);
  assert.match(answer.sdp, /m=audio \d+ RTP\/AVP 8 101\r\n[\s\S]*a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:\S{40}\r\n/);
});

test("reports on a port of their own (no rtcp-mux) are read there and answered there, from the peer's address only", async () => {
  const world = fakeWorld();
  const phone = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  await answered(world, "x", phone);
  let reports = 0;
  const report = world.net.socket("198.51.100.1", (bytes) => void (isRtcp(bytes) && reports++), phone.socket.port + 7);
  let stolen = 0;
  const thief = world.net.socket("203.0.113.66", (bytes) => void (isRtcp(bytes) && stolen++), 4000);
  phone.speak(tone(440, 1000));
  await world.run(1000);
  const own = writeRtcp(0xa, "phone", { nowMs: world.clock.now(), timestamp: 0, packets: 1, octets: 1 }, null, false);
  thief.send(own, phone.to!.port + 1, "192.0.2.1");
  report.send(own, phone.to!.port + 1, "192.0.2.1");
  await world.run(11_000);
  assert.ok(reports >= 2, `${reports} reports`);
  assert.equal(stolen, 0);
});

test("no datagram disturbs: noise, cut headers, STUN, DTLS and forged reports from everywhere, on every kind of endpoint", async () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Uint8Array.from([0x80 | (bytes[0]! & 0x3f), ...bytes])),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([0, 1, 0, bytes.length & 0xfc, 0x21, 0x12, 0xa4, 0x42, ...bytes])),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([22, 0xfe, 0xfd, ...bytes])),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.from([0x81, 200 + (bytes[0] ?? 0) % 8, 0, 6, ...bytes])),
    fc.tuple(fc.nat(127), fc.nat(65_535), fc.uint8Array({ maxLength: 1600 })).map(([type, sequence, payload]) => {
      const bytes = new Uint8Array(12 + payload.length);
      writeRtpHeader(bytes, 0, type, false, sequence, sequence * 160, 0xbad);
      bytes.set(payload, 12);
      return bytes;
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom<EndpointKind>("rtp", "srtp", "webrtc"), fc.array(fc.tuple(fc.boolean(), noise), { minLength: 20, maxLength: 60 }), async (kind, datagrams) => {
      const world = fakeWorld();
      const { a, b, offer } = await keyed(world);
      const web = await world.engine.offer("web", "webrtc");
      assert.ok(web.ok);
      await world.run(500);
      const thief = world.net.socket("203.0.113.66", () => undefined, 4000);
      const target = kind === "rtp" ? b.to!.port : Number(/m=audio (\d+)/.exec(kind === "srtp" ? offer : web.sdp)![1]);
      for (const [near, bytes] of datagrams) {
        // from the peer's own address only what keys must prove: in plain RTP it would be the peer
        const from = near && kind === "srtp" ? world.net.socket("192.0.2.1", () => undefined, 9) : thief;
        from.send(bytes, target, "192.0.2.1");
      }
      await world.run(1000);
      assert.deepEqual(world.events.filter(({ type }) => type === "failed"), []);
      assert.ok(hears(a, 1000) && hears(b, 440));
    }),
    { numRuns: 60 },
  );
});

test("what is relayed is well formed, whatever a peer puts into its packets", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 300 })), { maxLength: 50 }), async (packets) => {
      const world = fakeWorld();
      const a = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
      const b = new FakePhone(world.net, "198.51.100.2", "PCMU", 0xb);
      await answered(world, "a", a);
      await answered(world, "b", b);
      world.engine.bridge("a", "b");
      world.engine.startRecording("r", "a", "b", { stereo: "/s.wav", mixed: "/m.wav" });
      const port = b.socket.port;
      world.net.tap = (bytes, toPort) => {
        if (toPort === port && !isRtcp(bytes)) assert.ok(parseRtp(bytes), Buffer.from(bytes).toString("hex"));
      };
      for (const [first, second, rest] of packets) a.socket.send(Uint8Array.from([first, second, ...rest]), a.to!.port, a.to!.address);
      await world.run(300);
      assert.deepEqual(world.events.filter(({ type }) => type === "failed"), []);
      world.engine.stopRecording("r");
      await world.run(100);
      assert.ok(readWav(world.files.files.get("/m.wav")!).ok);
    }),
    { numRuns: 100 },
  );
});

test("a stranger's call makes no stream of packets to an address that never spoke: three seconds, and the rest once it was heard", async () => {
  const world = fakeWorld();
  let [sent, port] = [0, 0];
  world.net.tap = (bytes, toPort) => {
    if (!isRtcp(bytes) && toPort === port) sent++;
  };
  const victim = new FakePhone(world.net, "203.0.113.7", "PCMA", 0xa);
  port = Number(/^m=audio (\d+)/m.exec(victim.sdp())![1]);
  await answered(world, "a", victim, { stranger: true });
  await world.run(8_000);
  assert.equal(sent, 150);
  victim.speak(tone(440, 500));
  await world.run(1_000);
  const after = sent;
  await world.run(2_000);
  assert.ok(sent - after > 90, `${sent - after} packets in the two seconds after it spoke`);
  const known = new FakePhone(world.net, "203.0.113.8", "PCMA", 0xb);
  [sent, port] = [0, Number(/^m=audio (\d+)/m.exec(known.sdp())![1])];
  await answered(world, "b", known);
  await world.run(8_000);
  assert.ok(sent > 380, `${sent} packets to one of ours`);
});
