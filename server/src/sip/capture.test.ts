import assert from "node:assert/strict";
import { test } from "node:test";
import { Capture, maskSecrets } from "./capture.ts";

const phone = { transport: "udp", remoteAddress: "192.0.2.7", remotePort: 5060 } as const;
const message = (first: string, callId: string, more = ""): Uint8Array => Buffer.from(`${first}\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\n${more}\r\n`);

function captured(): { capture: Capture; legs: Map<string, string> } {
  const legs = new Map<string, string>([["call-1", "leg-a"], ["call-2", "leg-b"]]);
  return { capture: new Capture({ legOf: (callId) => legs.get(callId) ?? null }), legs };
}

test("both legs of a call make one ladder, in the order of time, and stay known when the leg is gone", () => {
  const { capture, legs } = captured();
  capture.message("in", message("INVITE sip:1000@tandem.test SIP/2.0", "call-1"), phone, 1);
  capture.message("out", message("INVITE sip:lea@192.0.2.9 SIP/2.0", "call-2"), { ...phone, remoteAddress: "2001:db8::9" }, 3);
  capture.message("out", message("SIP/2.0 180 Ringing", "call-1"), phone, 2);
  capture.belongs("leg-a", "int-1");
  capture.belongs("leg-b", "int-1");
  legs.clear();
  capture.message("in", message("BYE sip:tandem@x SIP/2.0", "call-1"), phone, 4);
  assert.deepEqual(capture.of("int-1").map(({ atMs, from, to, what, cseq }) => [atMs, from, to, what, cseq]), [
    [1, "udp 192.0.2.7:5060", "tandem", "INVITE", "1 INVITE"],
    [2, "tandem", "udp 192.0.2.7:5060", "180 Ringing", "1 INVITE"],
    [3, "tandem", "udp [2001:db8::9]:5060", "INVITE", "1 INVITE"],
    [4, "udp 192.0.2.7:5060", "tandem", "BYE", "1 INVITE"],
  ]);
  capture.forget("int-1");
  assert.deepEqual(capture.of("int-1"), []);
});

test("a leg that goes on in another call belongs to both, and is kept for the later one", () => {
  const { capture } = captured();
  capture.message("in", message("INVITE sip:201@tandem.test SIP/2.0", "call-1"), phone, 1);
  capture.belongs("leg-a", "first");
  capture.belongs("leg-a", "second");
  capture.forget("first");
  assert.deepEqual(capture.of("first"), []);
  assert.equal(capture.of("second").length, 1);
});

test("what is no call of ours costs no memory", () => {
  const { capture } = captured();
  capture.message("in", message("REGISTER sip:tandem.test SIP/2.0", "stranger"), phone, 1);
  capture.message("in", Buffer.from("\r\n\r\n"), phone, 1);
  capture.belongs("stranger", "x");
  assert.deepEqual(capture.of("x"), []);
});

test("the challenge that came before the call became ours belongs to its story", () => {
  const { capture, legs } = captured();
  capture.message("in", message("INVITE sip:1000@tandem.test SIP/2.0", "call-3"), phone, 1);
  capture.message("out", message("SIP/2.0 401 Unauthorized", "call-3"), phone, 2);
  for (let i = 0; i < 50; i++) capture.message("in", message("REGISTER sip:tandem.test SIP/2.0", `stranger${i}`), phone, 3);
  legs.set("call-3", "leg-c");
  capture.belongs("leg-c", "int-3");
  capture.message("in", message("INVITE sip:1000@tandem.test SIP/2.0", "call-3", "X-Signed: 1\r\n"), phone, 4);
  assert.deepEqual(capture.of("int-3").map((m) => m.what), ["INVITE", "401 Unauthorized", "INVITE"]);
});

test("a peer that repeats without end fills its own capture only", () => {
  const { capture } = captured();
  for (let i = 0; i < 1_000; i++) capture.message("in", message("OPTIONS sip:x SIP/2.0", "call-1"), phone, i);
  capture.belongs("leg-a", "int-1");
  assert.equal(capture.of("int-1").length, 400);
});

test("the oldest call goes when memory is full", () => {
  const legs = new Map<string, string>();
  const capture = new Capture({ legOf: (callId) => legs.get(callId) ?? null });
  const long = `X-Long: ${"x".repeat(6_500)}\r\n`;
  for (let call = 0; call < 20; call++) {
    legs.set(`c${call}`, `leg${call}`);
    capture.belongs(`leg${call}`, `int${call}`);
    for (let i = 0; i < 400; i++) capture.message("in", message("OPTIONS sip:x SIP/2.0", `c${call}`, long), phone, i);
  }
  assert.deepEqual(capture.of("int0"), []);
  assert.equal(capture.of("int19").length, 400);
  assert.ok(capture.of("int19")[0]!.text.length < 6_100);
});

test("secrets are masked: digest answers, media keys, pressed keys, words, signed identities", () => {
  const digest = maskSecrets('REGISTER sip:x SIP/2.0\r\nAuthorization: Digest username="lea", realm="t", nonce="n1", cnonce="c0ffee", nc=00000001, response="deadbeef"\r\nProxy-Authorization: Digest response=deadbeef, realm="t", cnonce="c0ffee"\r\nAuthorization: Digest realm="t",\r\n response="deadbeef"\r\n\r\n');
  assert.doesNotMatch(digest, /deadbeef|c0ffee/);
  assert.match(digest, /username="lea", realm="t", nonce="n1"/);
  const sdp = maskSecrets("SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\na=ice-pwd:hush\r\na=ice-ufrag:hushhush\r\na=sendrecv\r\n");
  assert.doesNotMatch(sdp, /c2VjcmV0|hush/);
  assert.match(sdp, /a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:•••\r\n/);
  assert.match(sdp, /a=sendrecv/);
  assert.doesNotMatch(maskSecrets("INFO sip:x SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=7\r\nDuration=160\r\n"), /Signal=7/);
  assert.doesNotMatch(maskSecrets("INFO sip:x SIP/2.0\r\nc: application/dtmf\r\n\r\n7\r\n"), /\n7/);
  assert.doesNotMatch(maskSecrets("MESSAGE sip:x SIP/2.0\r\nContent-Type: text/plain\r\n\r\nmy card is 4970"), /4970/);
  assert.doesNotMatch(maskSecrets("INVITE sip:x SIP/2.0\r\nIdentity: eyJhbGciOi.sig;info=<https://c>\r\n\r\n"), /eyJ/);
});
