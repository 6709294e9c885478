import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { answerOffer, makeOffer, meet, takeAnswer, type LocalDescription } from "./negotiate.ts";
import { MAX_SDP_BYTES, parseSdp } from "./sdp.ts";

const CORPUS = new URL("./corpus/", import.meta.url);
const corpus = (name: string): string => readFileSync(new URL(`${name}.sdp`, CORPUS), "utf8");

const plain: LocalDescription = { sessionId: 7, version: 1, addresses: ["192.0.2.1"], port: 30000, ssrc: 99, cname: "c", webrtc: null, sdes: null, streams: [], layout: [] };
const secure: LocalDescription = {
  ...plain,
  addresses: ["192.0.2.1", "10.0.0.1"],
  webrtc: { ufrag: "ufrag", password: "p".repeat(24), fingerprint: Array.from({ length: 32 }, () => "AB").join(":") },
};

function answered(offer: string, local = plain): Extract<ReturnType<typeof answerOffer>, { ok: true }> {
  const result = answerOffer(offer, local, "sendrecv", null);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function refused(offer: string, local = plain): number {
  const result = answerOffer(offer, local, "sendrecv", null);
  assert.ok(!result.ok);
  return result.status;
}

test("every description of the corpus parses, and what we print parses again", () => {
  const names = readdirSync(CORPUS);
  assert.ok(names.length >= 6);
  for (const name of names) assert.ok(parseSdp(readFileSync(new URL(name, CORPUS), "utf8")).ok, name);
  for (const text of [makeOffer(plain, "sendrecv", "PCMA"), makeOffer(secure, "sendonly", "PCMU")]) assert.ok(parseSdp(text).ok);
});

test("phones: first codec of theirs that we speak, their number for telephone-event, their address", () => {
  const baresip = answered(corpus("baresip-1.0"));
  assert.equal(baresip.agreement.codec, "PCMU");
  assert.equal(baresip.agreement.telephoneEvent, 101);
  assert.deepEqual(baresip.agreement.remote, { address: "192.0.2.2", port: 18422 });
  assert.equal(baresip.agreement.rtcpPort, 18423);
  assert.match(baresip.sdp, /m=audio 30000 RTP\/AVP 0 101\r\n/);
  assert.doesNotMatch(baresip.sdp, /rtcp-mux/);

  const sipp = answered(corpus("sipp-3.6"));
  assert.equal(sipp.agreement.telephoneEvent, null);
  assert.doesNotMatch(sipp.sdp, /telephone-event/);

  const linphone = answered(corpus("linphone-5.1"));
  assert.equal(linphone.agreement.telephoneEvent, 100, "the one at 8 kHz");
  assert.match(linphone.sdp, /m=video 0 RTP\/AVP 96\r\n/);

  const trunk = answered(corpus("trunk-sbc-sdes"));
  assert.deepEqual(trunk.agreement.remote, { address: "203.0.113.9", port: 30002 });
  assert.match(trunk.sdp, /m=audio 0 RTP\/SAVP 8 101\r\nm=audio 30000 RTP\/AVP 8 101\r\n/, "sections keep their order");
});

test("Chromium: G.711, telephone-event at 8 kHz, passive, only the audio bundled", () => {
  const { agreement, sdp } = answered(corpus("chromium-156-audio-video-data"), secure);
  assert.deepEqual([agreement.codec, agreement.payloadType, agreement.telephoneEvent, agreement.rtcpMux], ["PCMU", 0, 126, true]);
  assert.equal(agreement.remote, null, "ICE says where");
  assert.equal(agreement.webrtc?.ufrag, "gloS");
  assert.match(sdp, /a=group:BUNDLE 0\r\n/);
  assert.match(sdp, /a=ice-lite\r\n/);
  assert.match(sdp, /a=setup:passive\r\n/);
  assert.match(sdp, /m=video 0 UDP\/TLS\/RTP\/SAVPF 96 .*\r\na=mid:1\r\n/);
  assert.match(sdp, /m=application 0 UDP\/DTLS\/SCTP webrtc-datachannel\r\na=mid:2\r\n/);
  const candidates = [...sdp.matchAll(/a=candidate:\d+ 1 udp (\d+) (\S+) 30000 typ host/g)];
  assert.deepEqual(candidates.map((c) => c[2]), ["192.0.2.1", "10.0.0.1"]);
  assert.ok(Number(candidates[0]![1]) > Number(candidates[1]![1]));
  const preferred = answerOffer(corpus("chromium-156-audio"), secure, "sendrecv", ["PCMA"]);
  assert.ok(preferred.ok && preferred.agreement.payloadType === 8);
});

test("our offer and its answer", () => {
  const offer = makeOffer(plain, "sendrecv", "PCMA");
  assert.match(offer, /m=audio 30000 RTP\/AVP 8 0 101\r\n/);
  const peer: LocalDescription = { ...plain, addresses: ["198.51.100.1"], port: 40000 };
  const answer = answered(offer, peer);
  const taken = takeAnswer(answer.sdp, plain, "sendrecv");
  assert.ok(taken.ok);
  assert.deepEqual(taken.agreement.remote, { address: "198.51.100.1", port: 40000 });
  assert.deepEqual([taken.agreement.codec, taken.agreement.telephoneEvent, taken.agreement.rtcpMux], ["PCMA", 101, true]);

  const web = makeOffer(secure, "sendrecv", "PCMA");
  assert.match(web, /a=setup:actpass/);
  const asked = takeAnswer(web, secure, "sendrecv"); // an answer that does not choose a role
  assert.ok(!asked.ok && asked.status === 488);
  assert.ok(!takeAnswer(web.replace("actpass", "passive"), secure, "sendrecv").ok, "we are the DTLS server always");
  assert.ok(takeAnswer(web.replace("actpass", "active"), secure, "sendrecv").ok);
});

test("directions", () => {
  assert.equal(meet("sendrecv", "sendonly"), "sendonly");
  assert.equal(meet("sendonly", "recvonly"), "inactive");
  assert.equal(meet("recvonly", "sendrecv"), "recvonly");
  const offered = (direction: string): string => corpus("baresip-1.0").replace("sendrecv", direction);
  assert.deepEqual(["sendrecv", "sendonly", "recvonly", "inactive"].map((d) => answered(offered(d)).agreement.direction), [
    "sendrecv", "recvonly", "sendonly", "inactive",
  ]);
  const hold = answerOffer(offered("sendrecv"), plain, "sendonly", null);
  assert.ok(hold.ok && hold.sdp.includes("a=sendonly"), "our own hold survives their re-offer");
  const session = answered(corpus("sipp-3.6").replace("t=0 0", "t=0 0\r\na=sendonly"));
  assert.equal(session.agreement.direction, "recvonly", "session level counts");
});

test("what cannot be taken is refused with its status", () => {
  const phone = corpus("baresip-1.0");
  assert.equal(refused(""), 400);
  assert.equal(refused("v=0\r\nm=audio x RTP/AVP 0"), 400);
  assert.equal(refused("v=0\r\nm=audio 70000 RTP/AVP 0"), 400);
  assert.equal(refused("v=1"), 400);
  assert.equal(refused("v=0\r\nhello"), 400);
  assert.equal(refused("x".repeat(MAX_SDP_BYTES + 1)), 413);
  assert.equal(refused(`v=0\r\n${"m=audio 1 RTP/AVP 0\r\n".repeat(33)}`), 413);
  assert.equal(refused(`v=0\r\n${"a=x\r\n".repeat(1001)}`), 413);
  assert.equal(refused(phone.replace("m=audio 18422", "m=audio 0")), 488);
  assert.equal(refused(phone.replace("m=audio 18422", "m=audio 123")), 488);
  assert.equal(refused(phone.replace("m=audio", "m=video")), 488);
  assert.equal(refused(phone.replaceAll(/c=.*\r\n/g, "")), 488);
  assert.equal(refused(phone, secure), 488);
  const browser = corpus("chromium-156-audio");
  assert.equal(refused(browser), 488);
  for (const needed of ["ice-ufrag", "ice-pwd", "fingerprint", "setup", "rtcp-mux\r"]) {
    assert.equal(refused(browser.replace(`a=${needed}`, "a=x"), secure), 488, needed);
  }
  assert.equal(refused(browser.replace("sha-256", "sha-1"), secure), 488);
});

test("no text makes it throw", () => {
  const lines = readdirSync(CORPUS).flatMap((name) => readFileSync(new URL(name, CORPUS), "utf8").split("\r\n"));
  const line = fc.oneof(fc.constantFrom(...lines), fc.string(), fc.string().map((s) => `a=${s}`), fc.string().map((s) => `m=audio ${s}`));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (text) => {
      for (const local of [plain, secure]) {
        const result = answerOffer(["v=0", ...text].join("\r\n"), local, "sendrecv", null);
        if (result.ok) assert.ok(parseSdp(result.sdp).ok);
        takeAnswer(text.join("\r\n"), local, "sendrecv");
      }
    }),
    { numRuns: 500 },
  );
});
