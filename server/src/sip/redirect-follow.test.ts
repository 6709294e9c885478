import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipCoreSettings } from "./settings.ts";
import { sdp } from "./lossy-net.ts";
import { RawBench, type RawPeer } from "./raw-peer.ts";
import { all, reply, send, sent, type Sent } from "./proxy/proxy-peer.ts";

/** A call of ours to 198.51.100.2, and what it does when that peer answers 302 with these contacts. */
function redirected(contacts: string, settings: Partial<SipCoreSettings> = {}): { bench: RawBench; peer: RawPeer; first: Sent; then: Sent[] } {
  const bench = new RawBench(settings);
  const phone = bench.peer("198.51.100.7");
  phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: ["Contact: <sip:desk@198.51.100.7>"] }, "1001", "pw");
  const [first] = sent(bench, bench.core.command({ type: "invite", ref: "c", target: { uri: "sip:bob@198.51.100.2" }, from: { user: "100", display: "" }, sdp: sdp("us"), noAnswerMs: 20_000 }, bench.nowMs));
  const peer = bench.peer("198.51.100.2");
  return { bench, peer, first: first!, then: send(peer, reply(first!.text, "302 Moved Temporarily", "t", [`Contact: ${contacts}`])) };
}

test("a call that is redirected into our domain goes on to the phones of that account: same Call-ID, To and From, the next CSeq", () => {
  const { bench, first, then } = redirected("<sip:1001@tandem.test>");
  assert.deepEqual(then.map(({ to, line }) => `${to} ${line.split(" ")[0]}`), ["udp:198.51.100.2:5060 ACK", "udp:198.51.100.7:5060 INVITE"]);
  for (const name of ["Call-ID", "From", "To"]) assert.deepEqual(all(then[1]!.text, name), all(first.text, name));
  assert.deepEqual(all(then[1]!.text, "CSeq"), ["2 INVITE"]);
  send(bench.peer("198.51.100.7"), reply(then[1]!.text, "200 OK", "t7", ["Contact: <sip:desk@198.51.100.7>", "Content-Type: application/sdp"], sdp("desk")));
  assert.equal(bench.of("answered").length, 1);
});

test("a foreign contact is followed only when the policy says so, and told as the refusal that it is else", () => {
  const refused = redirected("<sip:x@premium.example>");
  assert.deepEqual(refused.bench.of("failed").map(({ status }) => status), [302]);
  const allowed = redirected("<sip:x@198.51.100.9>;q=0.2, <sip:y@198.51.100.8>;q=0.7, <sip:z@192.0.2.66>", { mayFollow: ({ host }, from) => from === "198.51.100.2" && host.startsWith("198.51.100.") });
  assert.deepEqual(allowed.then.slice(1).map(({ line }) => line), ["INVITE sip:y@198.51.100.8 SIP/2.0"], "the most wanted of those allowed");
});

test("a chain of redirections ends", () => {
  const { bench, peer, then } = redirected("<sip:hop1@198.51.100.2>", { mayFollow: () => true });
  let next = then[1];
  for (let hop = 2; next && hop < 20; hop++) next = send(peer, reply(next.text, "302 Moved Temporarily", "t", [`Contact: <sip:hop${hop}@198.51.100.2>`]))[1];
  assert.equal(next, undefined);
  assert.deepEqual(bench.of("failed").map(({ status }) => status), [302]);
});
