/**
 * RFC 5118, sections 4.1 to 4.10, each in our own words: what a server of ours must make of IPv6 wherever it may stand. The verdict of
 * each case stands with it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, RawBench, RawPeer, sign, status } from "./raw-peer.ts";
import { parseUri, printHost } from "./uri.ts";

const US = "2001:db8::10";
const CLIENT = "2001:db8::9:1";

/** A server at 2001:db8::10 and a client of IPv6, over UDP as in the RFC's messages (which have no Content-Length rule to trip over). */
function bench(address = CLIENT): { bench: RawBench; peer: RawPeer } {
  const made = new RawBench();
  made.core.listen([{ transport: "udp", address: US, port: 5060 }]);
  return { bench: made, peer: new RawPeer(made, { id: `udp:${address}:5060`, transport: "udp", remoteAddress: address, remotePort: 5060, localAddress: US, localPort: 5060 }) };
}

/** A REGISTER as section 4.1 to 4.4 have it, with one Request-URI or another. */
const register = (uri: string, more: { via?: string; contact?: string } = {}): string => [
  `REGISTER ${uri} SIP/2.0`, "To: sip:1001@tandem.test", "From: sip:1001@tandem.test;tag=81x2", `Via: SIP/2.0/UDP ${more.via ?? `[${CLIENT}]`};branch=z9hG4bKas3-111`,
  "Call-ID: SSG9559905523997077@hlau_4100", "Max-Forwards: 70", `Contact: "Caller" <sip:1001@${more.contact ?? `[${CLIENT}]`}>`, "CSeq: 98176 REGISTER", "Content-Length: 0", "", "",
].join("\r\n");

const sdp = (lines: readonly string[]): string => ["v=0", "o=assistant 971731711378798081 0 IN IP6 2001:db8::20", "s=Live video feed for today's meeting", ...lines, ""].join("\r\n");
const invite = (body: string, more: { uri?: string; from?: string; via?: string; contact?: string } = {}): string => [
  `INVITE ${more.uri ?? `sip:100@[${US}]`} SIP/2.0`, "To: sip:100@tandem.test", `From: ${more.from ?? `sip:user@[${CLIENT}]`};tag=81x2`, `Via: SIP/2.0/UDP ${more.via ?? `[${CLIENT}]`};branch=z9hG4bKas3-111`,
  "Call-ID: SSG9559905523997077@hlau_4100", `Contact: "Caller" <sip:caller@${more.contact ?? `[${CLIENT}]`}>`, "CSeq: 8612 INVITE", "Max-Forwards: 70", "Content-Type: application/sdp", `Content-Length: ${body.length}`, "", body,
].join("\r\n");

test("4.1 valid IPv6 reference in the Request-URI: taken; the registration keeps the contact as written and the flow's address", () => {
  const { bench: made, peer } = bench();
  const text = register(`sip:[${US}]`);
  const [challenge = ""] = peer.raw(text);
  assert.match(challenge, /^SIP\/2\.0 401/);
  const again = text.replace("98176", "98177").replace("3-111", "3-112").replace("Content-Length", `${sign(challenge, { method: "REGISTER", uri: `sip:[${US}]` }, "1001", "pw")}\r\nContent-Length`);
  const [answer] = peer.raw(again);
  assert.match(status([answer ?? ""]), /^SIP\/2\.0 200/);
  assert.deepEqual(made.core.contacts("1001", made.nowMs).map(({ contact, address }) => [contact, address]), [[`sip:1001@[${CLIENT}]`, CLIENT]]);
});

test("4.2 IPv6 address without brackets in the Request-URI: 400, as no port can be told from it", () => {
  assert.match(status(bench().peer.raw(register(`sip:${US}`))), /^SIP\/2\.0 400/);
});

test("4.3 a port inside of the brackets is part of the address: valid, and another host than ours: 404", () => {
  assert.deepEqual({ ...parseUri("sip:[2001:db8::10:5070]"), params: 0 }, { scheme: "sip", user: "", host: "2001:db8::10:5070", port: null, params: 0, headers: "" });
  assert.match(status(bench().peer.raw(register("sip:[2001:db8::10:5070]"))), /^SIP\/2\.0 404/);
});

test("4.4 a port behind the brackets is the port: taken", () => {
  assert.deepEqual({ ...parseUri("sip:[2001:db8::10]:5070"), params: 0 }, { scheme: "sip", user: "", host: US, port: 5070, params: 0, headers: "" });
  assert.match(status(bench().peer.raw(register(`sip:[${US}]:5070`))), /^SIP\/2\.0 401/);
});

test("4.5 received with and without brackets: both are read and replaced by what we see, without brackets as the grammar has it", () => {
  for (const received of ["[2001:db8::9:255]", "2001:db8::9:255"]) {
    const [answer] = bench().peer.raw(register(`sip:[${US}]`, { via: `[2001:db8::9:2];received=${received}` }));
    assert.equal(/^(?:Via|v): (.*)\r$/m.exec(answer ?? "")?.[1], `SIP/2.0/UDP [2001:db8::9:2];branch=z9hG4bKas3-111;received=${CLIENT}`, received);
  }
  // a response that brings it back to us is matched by its branch, whatever stands in received
  for (const received of ["[2001:db8::9:255]", "2001:db8::9:255"]) {
    const { bench: made, peer } = bench();
    const [sent = ""] = made.take(made.core.command({ type: "invite", ref: "out", target: { uri: `sip:bob@[${CLIENT}]` }, from: { user: "x", display: "" }, sdp: "v=0\r\n", noAnswerMs: 10_000 }, made.nowMs));
    const answer = ["SIP/2.0 486 Busy Here", `Via: ${field(sent, "Via")};received=${received}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")};tag=9`, `Call-ID: ${field(sent, "Call-ID")}`, "CSeq: 1 INVITE", "Content-Length: 0", "", ""].join("\r\n");
    peer.raw(answer);
    assert.deepEqual(made.of("failed").map((event) => event.status), [486], received);
  }
});

test("4.6 IPv6 in From, Contact, Via and in the session: taken as a call; answers and requests of ours carry brackets and our IPv6 address", () => {
  const { bench: made, peer } = bench();
  const body = sdp(["c=IN IP6 2001:db8::20", "t=3338481189 3370017201", "m=audio 6000 RTP/AVP 2", "a=rtpmap:2 G726-32/8000", "m=video 6024 RTP/AVP 107", "a=rtpmap:107 H263-1998/90000"]);
  assert.match(status(peer.raw(invite(body))), /^SIP\/2\.0 100/);
  const [incoming] = made.of("incoming");
  assert.ok(incoming);
  assert.equal(incoming.sdp, body);
  assert.deepEqual([incoming.from.host, incoming.to.user], [CLIENT, "100"]);
  const [ok] = made.take(made.core.command({ type: "answer", ref: incoming.ref, sdp: body }, made.nowMs));
  assert.match(field(ok, "Contact"), /^<sip:tandem@\[2001:db8::10\]:5060>$/);
  peer.raw(["ACK sip:tandem@[2001:db8::10]:5060 SIP/2.0", `Via: SIP/2.0/UDP [${CLIENT}];branch=z9hG4bKack`, "Max-Forwards: 70", `From: ${field(ok, "From")}`, `To: ${field(ok, "To")}`, `Call-ID: ${field(ok, "Call-ID")}`, "CSeq: 8612 ACK", "Content-Length: 0", "", ""].join("\r\n"));
  const [bye = ""] = made.take(made.core.command({ type: "hangUp", ref: incoming.ref, reason: "" }, made.nowMs));
  assert.match(bye, new RegExp(`^BYE sip:caller@\\[${CLIENT}\\] SIP/2\\.0\\r\\nVia: SIP/2\\.0/UDP \\[${US}\\]:5060;`));
});

test("4.7 addresses of both families in the Vias of one request: all of them are copied as they stand, but what the top one claims of where it came from", () => {
  const text = [
    `OPTIONS sip:user@[${US}] SIP/2.0`, "To: sip:user@tandem.test;tag=bd76ya", "From: sip:user@example.com;tag=81x2",
    `Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111`, "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144", "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
    "Call-ID: 997077@lau_4100", "Max-Forwards: 70", "CSeq: 89187 OPTIONS", "User-Agent: of both worlds, with a name that makes room for an answer", "Content-Length: 0", "", "",
  ].join("\r\n");
  const [answer = ""] = bench().peer.raw(text.replace(";tag=bd76ya", ""));
  assert.match(status([answer]), /^SIP\/2\.0 200/);
  assert.deepEqual([...answer.matchAll(/^(?:Via|v): (.*)\r$/gm)].map((match) => match[1]), [
    "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144", "SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200",
  ]);
  assert.match(status(bench().peer.raw(text)), /^SIP\/2\.0 481/, "in a dialog that nobody knows, as the RFC has it");
});

test("4.8 a session with a stream of each family: passed up whole", () => {
  const { bench: made, peer } = bench();
  const body = sdp(["t=3338481189 3370017201", "m=audio 6000 RTP/AVP 2", "c=IN IP6 2001:db8::1", "a=rtpmap:2 G726-32/8000", "m=video 6024 RTP/AVP 107", "c=IN IP4 192.0.2.1", "a=rtpmap:107 H263-1998/90000"]);
  assert.match(status(peer.raw(invite(body))), /^SIP\/2\.0 100/);
  assert.equal(made.of("incoming")[0]?.sdp, body);
});

test("4.9 IPv4-mapped IPv6 addresses in headers and session: taken as what they are", () => {
  const { bench: made, peer } = bench("::ffff:192.0.2.10");
  const body = sdp(["c=IN IP6 ::ffff:192.0.2.2", "t=3338481189 3370017201", "m=audio 6000 RTP/AVP 2", "a=rtpmap:2 G726-32/8000"]);
  const text = invite(body, { via: "[::ffff:192.0.2.10]:19823", contact: "[::ffff:192.0.2.10]:19823" });
  assert.match(status(peer.raw(text)), /^SIP\/2\.0 100/);
  assert.equal(made.of("incoming").length, 1);
  assert.deepEqual([parseUri("sip:t@[::ffff:192.0.2.10]:19823")?.host, parseUri("sip:t@[::ffff:192.0.2.10]:19823")?.port], ["::ffff:192.0.2.10", 19_823]);
});

test("4.10 the extra colon that RFC 3261's grammar lets through: read as if it were not there", () => {
  const { peer } = bench();
  const uri = parseUri("sip:user@[2001:db8:::192.0.2.1]");
  assert.equal(uri?.host, "2001:db8::192.0.2.1");
  assert.equal(printHost(uri.host), "[2001:db8::192.0.2.1]");
  const text = [
    `OPTIONS sip:user@[${US}] SIP/2.0`, "To: sip:user@[2001:db8:::192.0.2.1]", "From: sip:user@example.com;tag=810x2", `Via: SIP/2.0/UDP [${CLIENT}];branch=z9hG4bKas3-111`,
    "Call-ID: G9559905523997077@hlau_4100", "CSeq: 689 OPTIONS", "Max-Forwards: 70", "User-Agent: with a name that makes room for an answer", "Content-Length: 0", "", "",
  ].join("\r\n");
  assert.match(status(peer.raw(text)), /^SIP\/2\.0 200/);
  for (const wrong of ["[2001:db8::::1]", "[:::1]:5060:", "[2001:db8:::1:::2]", "[]", "[2001:db8::1", "2001:db8::1]", "[2001:db8::1%eth0]"]) assert.equal(parseUri(`sip:user@${wrong}`), null, wrong);
});
