import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { FakePhone, fakeWorld, type FakeWorld } from "./fake-world.ts";
import type { EndpointKind } from "./media-contract.ts";
import { writeRtpHeader } from "./packet.ts";
import { writeRtcp } from "./rtcp.ts";
import { parseSdp } from "./sdp.ts";
import { readStreams, streamsOf } from "./streams.ts";
import { goertzelPower, tone } from "./tones.ts";

/** A port of a phone's for a further stream; what it heard, as text. */
function port(world: FakeWorld, address: string): { port: number; heard: string[]; send(text: string, to: number): void; report(to: number): void } {
  const heard: string[] = [];
  const socket = world.net.socket(address, (bytes) => void heard.push(Buffer.from(bytes.subarray(12)).toString()));
  let sequence = 1;
  return {
    port: socket.port, heard,
    send(text, to) {
      const bytes = Buffer.concat([Buffer.alloc(12), Buffer.from(text)]);
      writeRtpHeader(bytes, 0, 97, true, sequence++, sequence * 3000, 0x7777);
      socket.send(bytes, to, "192.0.2.1");
    },
    report: (to) => socket.send(writeRtcp(0x7777, "picture", null, null, false), to, "192.0.2.1"),
  };
}

const VIDEO = ["a=rtpmap:97 H264/90000", "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1", "a=rtcp-fb:97 nack pli", "a=rtpmap:98 VP8/90000"];
const portOf = (sdp: string, kind: string): number => Number(new RegExp(`^m=${kind} (\\d+)`, "m").exec(sdp)![1]);

interface Call {
  world: FakeWorld;
  a: FakePhone;
  b: FakePhone;
  /** The offer to b and the answer to a. */
  offer: string;
  answer: string;
  eyesA: ReturnType<typeof port>;
  eyesB: ReturnType<typeof port>;
}

/** a calls with video and text; b is asked like that, takes the video in one format, and not the text. */
async function call(kindOfB: EndpointKind = "rtp"): Promise<Call> {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xb);
  const eyesA = port(world, a.address);
  const eyesB = port(world, b.address);
  const offerSdp = [a.sdp().trimEnd(), `m=video ${eyesA.port} RTP/AVPF 97 98`, ...VIDEO, "a=candidate:1 1 UDP 1 10.0.0.1 9 typ host", "a=rtcp-mux", "m=text 30000 RTP/AVP 99 100", "a=rtpmap:99 t140/1000", "a=rtpmap:100 red/1000", ""].join("\r\n");
  const offer = await world.engine.offer("b", kindOfB, { likeSdp: offerSdp });
  assert.ok(offer.ok);
  b.aim(offer.sdp);
  const bAnswer = [b.sdp().trimEnd(), `m=video ${eyesB.port} RTP/AVPF 97`, ...VIDEO.slice(0, 3), "a=rtcp-mux", "m=text 0 RTP/AVP 99", ""].join("\r\n");
  assert.deepEqual(await world.engine.setAnswer("b", bAnswer), { ok: true });
  const answer = await world.engine.answer("a", "rtp", offerSdp, { like: "b" });
  assert.ok(answer.ok);
  a.aim(answer.sdp);
  world.engine.bridge("a", "b");
  a.speak(tone(440, 1000));
  b.speak(tone(1000, 1000));
  return { world, a, b, offer: offer.sdp, answer: answer.sdp, eyesA, eyesB };
}

test("video passes through two bridged endpoints as it is, with its reports; text that one side does not want has port 0 at the other", async () => {
  const { world, a, b, offer, answer, eyesA, eyesB } = await call();
  // asked as the caller asked: formats and what is said of them, our own address and port, nothing of theirs
  assert.match(offer, /m=video \d+ RTP\/AVPF 97 98\r\nc=IN IP4 192\.0\.2\.1\r\na=rtpmap:97 H264\/90000\r\na=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\na=rtcp-fb:97 nack pli\r\na=rtpmap:98 VP8\/90000\r\na=sendrecv\r\n/);
  assert.match(offer, /m=text \d+ RTP\/AVP 99 100\r\n/);
  assert.doesNotMatch(offer, /candidate|10\.0\.0\.1/);
  assert.notEqual(portOf(offer, "video"), eyesA.port);
  // answered as the callee answered
  assert.match(answer, /m=video \d+ RTP\/AVPF 97\r\n/);
  assert.doesNotMatch(answer, /VP8/);
  assert.equal(portOf(answer, "text"), 0);

  eyesA.send("picture of a", portOf(answer, "video"));
  eyesB.send("picture of b", portOf(offer, "video"));
  await world.run(100);
  eyesA.report(portOf(answer, "video"));
  await world.run(1000);
  assert.deepEqual(eyesB.heard.slice(0, 1), ["picture of a"]);
  assert.equal(eyesB.heard.length, 2, "the report came after it");
  assert.deepEqual(eyesA.heard, ["picture of b"]);
  assert.ok(goertzelPower(a.heard(500), 1000) > 0.1 && goertzelPower(b.heard(500), 440) > 0.1);

  // apart, nothing passes
  world.engine.unbridge("a");
  eyesA.send("to nobody", portOf(answer, "video"));
  await world.run(100);
  assert.equal(eyesB.heard.length, 2);
});

test("a third address is not seen: its pictures are not passed on", async () => {
  const { world, answer, eyesA, eyesB } = await call();
  eyesA.send("picture of a", portOf(answer, "video"));
  await world.run(100);
  port(world, "203.0.113.66").send("picture of a thief", portOf(answer, "video"));
  await world.run(100);
  assert.deepEqual(eyesB.heard, ["picture of a"]);
});

test("an offer of ours later in the call keeps every section in its place", async () => {
  const { world } = await call();
  for (const [id, text] of [["a", 0], ["b", 0]] as const) {
    const again = await world.engine.reoffer(id, "sendonly");
    assert.ok(again.ok);
    assert.deepEqual(again.sdp.match(/^m=\w+/gm), ["m=audio", "m=video", "m=text"], id);
    assert.equal(portOf(again.sdp, "text"), text);
    assert.ok(portOf(again.sdp, "video") > 0);
    assert.equal(again.sdp.match(/^a=sendonly$/gm)?.length, 2);
  }
});

test("a stream taken away by re-INVITE gives its port back; the sound goes on", async () => {
  const { world, a, b, eyesB, answer } = await call();
  const without = [a.sdp().trimEnd(), "m=video 0 RTP/AVPF 97", "m=text 0 RTP/AVP 99", ""].join("\r\n");
  const reanswer = await world.engine.reanswer("a", without);
  assert.ok(reanswer.ok);
  assert.equal(portOf(reanswer.sdp, "video"), 0);
  port(world, a.address).send("late", portOf(answer, "video"));
  await world.run(1000);
  assert.deepEqual(eyesB.heard, []);
  assert.ok(goertzelPower(b.heard(500), 440) > 0.1);
});

test("video beside keys: the stream has keys of its own, and passes sealed on one side, plain on the other", async () => {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "198.51.100.1", "PCMA", 0xa);
  const b = new FakePhone(world.net, "198.51.100.2", "PCMA", 0xb);
  const [eyesA, eyesB] = [port(world, a.address), port(world, b.address)];
  const withVideo = (phone: FakePhone, eyes: { port: number }): string => [phone.sdp().trimEnd(), `m=video ${eyes.port} RTP/AVP 97`, "a=rtpmap:97 H264/90000", "a=rtcp-mux", ""].join("\r\n");
  // a <-> one = two <-> b, where one and two speak SRTP with each other
  const [offerA, offerB] = [withVideo(a, eyesA), withVideo(b, eyesB)];
  const keyed = await world.engine.offer("one", "srtp", { likeSdp: offerA });
  assert.ok(keyed.ok);
  assert.match(keyed.sdp, /m=video \d+ RTP\/SAVP 97\r\n/);
  const keys = keyed.sdp.match(/inline:\S+/g)!;
  assert.equal(new Set(keys).size, 8, "no key twice");
  const toB = await world.engine.offer("b", "rtp", { likeSdp: keyed.sdp });
  assert.ok(toB.ok);
  b.aim(toB.sdp);
  assert.match(toB.sdp, /m=video \d+ RTP\/AVP 97\r\n/);
  assert.doesNotMatch(toB.sdp, /crypto/);
  assert.deepEqual(await world.engine.setAnswer("b", offerB), { ok: true });
  const two = await world.engine.answer("two", "srtp", keyed.sdp, { like: "b" });
  assert.ok(two.ok);
  assert.deepEqual(await world.engine.setAnswer("one", two.sdp), { ok: true });
  const toA = await world.engine.answer("a", "rtp", offerA, { like: "one" });
  assert.ok(toA.ok);
  a.aim(toA.sdp);
  world.engine.bridge("a", "one");
  world.engine.bridge("two", "b");
  const wire: string[] = [];
  const sealedPorts = [portOf(keyed.sdp, "video"), portOf(two.sdp, "video")];
  world.net.tap = (bytes, to) => void (sealedPorts.includes(to) && wire.push(Buffer.from(bytes).toString("latin1")));
  eyesA.send("picture of a", portOf(toA.sdp, "video"));
  eyesB.send("picture of b", portOf(toB.sdp, "video"));
  await world.run(100);
  assert.deepEqual([eyesA.heard, eyesB.heard], [["picture of b"], ["picture of a"]]);
  assert.equal(wire.length, 2);
  assert.ok(wire.every((text) => !text.includes("picture")));
});

test("without another side, further streams are refused in their place", async () => {
  const world = fakeWorld();
  const a = new FakePhone(world.net, "198.51.100.1", "PCMA");
  const offer = ["v=0", "o=- 1 1 IN IP4 198.51.100.1", "s=-", "c=IN IP4 198.51.100.1", "t=0 0", "m=video 4000 RTP/AVP 97", "m=audio 4002 RTP/AVP 8", "m=text 4004 RTP/AVP 99", "m=application 4006 TCP/BFCP *", ""].join("\r\n");
  const answer = await world.engine.answer("a", "rtp", offer);
  assert.ok(answer.ok);
  assert.deepEqual(answer.sdp.match(/^m=\w+ \d+ \S+/gm)!.map((line) => line.replace(/ [1-9]\d+ /, " N ")), ["m=video 0 RTP/AVP", "m=audio N RTP/AVP", "m=text 0 RTP/AVP", "m=application 0 TCP/BFCP"]);
  a.aim(answer.sdp);
});

test("fax: a re-INVITE to T.38 alone is refused with 488, beside sound with port 0; the call goes on", async () => {
  const { world, a, b } = await call();
  const t38 = "m=image 4444 udptl t38\r\na=T38FaxVersion:0\r\n";
  const alone = a.sdp().replace(/m=audio[\s\S]*/, t38);
  const refused = await world.engine.reanswer("a", alone);
  assert.deepEqual([refused.ok, refused.ok ? 0 : refused.status], [false, 488]);
  await world.run(1000);
  assert.ok(goertzelPower(b.heard(500), 440) > 0.1 && goertzelPower(a.heard(500), 1000) > 0.1, "as if nothing had been asked");
  const beside = await world.engine.reanswer("a", `${a.sdp()}${t38}`);
  assert.ok(beside.ok);
  assert.match(beside.sdp, /^m=image 0 UDPTL t38\r$/m);
  await world.run(1000);
  assert.ok(goertzelPower(b.heard(500), 440) > 0.1);
});

test("streams of any description: four at most, nothing of addresses, keys and identities, and never a throw", () => {
  const many = ["v=0", "c=IN IP4 192.0.2.9", ...Array.from({ length: 20 }, () => "m=video 4000 RTP/AVP 97")].join("\r\n");
  assert.equal(streamsOf(many).length, 4);
  const line = fc.oneof(
    fc.constantFrom("m=video 4000 RTP/AVP 97", "m=video 0 RTP/AVP 97", "m=text 4000 RTP/SAVPF 98 99", "m=video 4000 UDP/TLS/RTP/SAVPF 97", "m=audio 4000 RTP/AVP 0", "a=rtpmap:97 H264/90000", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AA", "a=candidate:1 1 UDP 1 10.0.0.1 9 typ host", "a=rtcp:4001 IN IP4 10.0.0.1", "a=ssrc:1 cname:x"),
    fc.string({ maxLength: 30 }).map((text) => `a=${text.replaceAll(/[\r\n]/g, "")}`),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
    const parsed = parseSdp(["v=0", ...lines].join("\r\n"));
    if (!parsed.ok) return;
    for (const { shape } of readStreams(parsed.sdp)) assert.ok(shape.lines.every((one) => /^(rtpmap|fmtp|rtcp-fb|frame(rate|size)|imageattr|content|(max)?ptime|lang|hlang-(send|recv))(:|$)/.test(one)));
  }));
});
