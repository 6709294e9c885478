import assert from "node:assert/strict";
import { test } from "node:test";
import { sdp } from "../lossy-net.ts";
import type { Written } from "../raw-peer.ts";
import { all, bench, send } from "./proxy-peer.ts";

const invite = (more: Partial<Written> = {}): Written => ({
  method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("alice"), ...more,
  headers: ["Contact: <sip:alice@203.0.113.5:5060>", "Content-Type: application/sdp", `X-Length: ${"x".repeat(200)}`, ...(more.headers ?? [])],
});

test("a redirect server answers with the contacts by falling q, never with the address asked for, and keeps nothing for strangers", () => {
  const b = bench(() => ({ as: "redirect", status: 302, contacts: [{ uri: "sip:b@198.51.100.2", q: 0.5 }, { uri: "sip:a@198.51.100.1", q: 1 }, { uri: "sip:100@tandem.test", q: 1 }, { uri: "not a uri", q: 1 }] }));
  const alice = b.peer("203.0.113.5");
  const [answer] = send(alice, invite());
  assert.equal(answer!.line, "SIP/2.0 302 Moved Temporarily");
  assert.deepEqual(all(answer!.text, "Contact"), ["<sip:a@198.51.100.1>;q=1", "<sip:b@198.51.100.2>;q=0.5"]);
  assert.equal(b.core.nextWakeAt(), null);
  assert.equal(send(alice, { method: "MESSAGE", uri: "sip:100@tandem.test", body: "x".repeat(300) })[0]!.line, "SIP/2.0 302 Moved Temporarily", "any method");
});

test("registered contacts stand for an account; none is 480; over UDP a stranger gets no more bytes than it sent", () => {
  const b = bench(() => ({ as: "redirect", status: 301, contacts: [{ account: "1001", q: 0.8 }] }));
  const alice = b.peer("203.0.113.5");
  assert.match(send(alice, invite())[0]!.line, /^SIP\/2\.0 480/);
  const phone = b.peer("198.51.100.1");
  phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: ["Contact: <sip:p@198.51.100.1:5062>;q=0.5"] }, "1001", "pw");
  assert.deepEqual(all(send(alice, invite())[0]!.text, "Contact"), ["<sip:p@198.51.100.1:5062>;q=0.4"]);
  const text = "OPTIONS sip:100@tandem.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKs\r\nFrom: <sip:e@e.test>;tag=1\r\nTo: <sip:100@tandem.test>\r\nCall-ID: s\r\nCSeq: 1 OPTIONS\r\n\r\n";
  for (const answer of send(alice, text)) assert.ok(answer.text.length <= text.length);
});

test("one of us is answered by a transaction: repeated until its ACK, absorbed when repeated", () => {
  const b = bench(() => ({ as: "redirect", status: 302, contacts: [{ uri: "sip:b@198.51.100.2", q: 1 }] }));
  const phone = b.peer("198.51.100.7");
  phone.sendSigned(invite({ from: "<sip:1001@tandem.test>;tag=1" }), "1001", "pw");
  assert.ok(b.advance(1_000).some((message) => message.startsWith("SIP/2.0 302")));
});
