import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readEnvelope } from "./envelope.ts";
import { limits } from "./limits.ts";
import { splitList } from "./message.ts";
import { parseNameAddr, printNameAddr } from "./name-addr.ts";
import { parseMessage } from "./parse.ts";
import { RawBench, write } from "./raw-peer.ts";
import { StreamFramer } from "./stream-framer.ts";
import { escapeUser, parseUri } from "./uri.ts";
import { parseVia } from "./via.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

test("headers are found by long and compact name, in any case, folded, with spaces before the colon", () => {
  const parsed = parseMessage(bytes([
    "INVITE sip:bob@biloxi.test SIP/2.0", "v: SIP/2.0/UDP a.test;branch=z9hG4bK1 , SIP / 2.0 / TCP b.test:5070 ; branch = z9hG4bK2", "V:SIP/2.0/UDP c.test;branch=z9hG4bK3",
    "f : \"A, \\\"quoted\\\" <name>\" <sip:alice@a.test>;tag=1", "TO:", " <sip:bob@b.test>", "\t;x=y", "I: one@a", "CSEQ\t: 0009", "  INVITE", "l: 4", "Subject:", "", "bodymore",
  ].join("\r\n")));
  assert.ok(parsed.ok);
  const { message } = parsed;
  assert.equal(Buffer.from(message.body).toString(), "body", "bytes after Content-Length are dropped");
  assert.equal(message.list("via").length, 3);
  assert.equal(message.header("subject"), "");
  assert.equal(message.header("absent"), null);
  const read = readEnvelope(message);
  assert.ok(read.ok);
  assert.equal(read.envelope.from.display, 'A, "quoted" <name>');
  assert.equal(read.envelope.to.params.get("x"), "y");
  assert.deepEqual([read.envelope.cseq, read.envelope.cseqMethod, read.envelope.branch], [9, "INVITE", "z9hG4bK1"]);
  assert.deepEqual(parseVia(message.list("via")[1]!), { transport: "TCP", host: "b.test", port: 5070, params: new Map([["branch", "z9hG4bK2"]]) });
});

test("what smuggles a header past somebody is refused: bare CR or LF, doubled identity headers", () => {
  const good = write(new RawBench().peer("203.0.113.5").flow, {});
  assert.ok(parseMessage(bytes(good)).ok);
  for (const bad of [good.replace("Max-Forwards: 70", "Max-Forwards: 70\nFrom: x"), good.replace("Max-Forwards: 70", "Max-Forwards: 70\rFrom: x"), good.replace("Call-ID:", ": x\r\nCall-ID:"), good.replace("\r\nVia", "\r\n folded\r\nVia")]) {
    assert.equal(parseMessage(bytes(bad)).ok, false, bad);
  }
  for (const twice of ["From: <sip:a@b.test>;tag=2", "f: <sip:a@b.test>", "To: <sip:a@b.test>", "i: other", "CSeq : 2 OPTIONS"]) {
    const parsed = parseMessage(bytes(good.replace("User-Agent", `${twice}\r\nUser-Agent`)));
    assert.ok(parsed.ok);
    assert.equal(readEnvelope(parsed.message).ok, false, twice);
  }
});

test("limits: head, header count, list values, message", () => {
  const good = write(new RawBench().peer("203.0.113.5").flow, {});
  const refused = (text: string): number => {
    const parsed = parseMessage(bytes(text));
    return parsed.ok ? 0 : parsed.status;
  };
  assert.equal(refused(good.replace("User-Agent: ", `User-Agent: ${"x".repeat(limits.maxHeadBytes)}`)), 513);
  assert.equal(refused(good.replace("User-Agent", `${"X: y\r\n".repeat(limits.maxHeaderLines)}User-Agent`)), 400);
  assert.equal(refused("x".repeat(limits.maxMessageBytes + 1)), 513);
  assert.equal(splitList(Array.from({ length: 5_000 }, () => "a").join(",")).length, limits.maxListValues);
});

test("URIs", () => {
  const parts = (text: string): unknown => {
    const uri = parseUri(text);
    return uri && [uri.scheme, uri.user, uri.host, uri.port];
  };
  assert.deepEqual(parts("sip:alice@atlanta.test"), ["sip", "alice", "atlanta.test", null]);
  assert.deepEqual(parts("SIPS:A%20b:pw;x@[2001:DB8::1]:5061;transport=tls?Subject=hi"), ["sips", "A b", "2001:db8::1", 5061]);
  assert.deepEqual(parts("sip:user;par=u%40example.net@EXAMPLE.test"), ["sip", "user;par=u@example.net", "example.test", null]);
  assert.deepEqual(parts("tel:+33-1.23(45)67;phone-context=x"), ["tel", "+331234567", "", null]);
  assert.deepEqual(parts("sip:null-%00-null@h.test"), ["sip", "null-\0-null", "h.test", null]);
  for (const bad of ["", "sip:", "sip:@h", "sip:a@", "sip:a@h:0", "sip:a@h:99999", "sip:a@h:x", "sip:a@1.2.3", "sip:a@[::g]", "sip:a b@h", "sip:a@h;=x", "sip:%zz@h", "sip:a@h@i", "http://h", "tel:abcxyz", "sip:a@-h-"]) {
    assert.equal(parseUri(bad), null, bad);
  }
});

test("name-addr: quotes, brackets, parameters; malformed is null", () => {
  assert.deepEqual(parseNameAddr("sip:a@b.test;tag=1")!.params.get("tag"), "1");
  assert.equal(parseNameAddr('caller<sip:a@b.test>;tag = "q;,x"')!.params.get("tag"), "q;,x");
  assert.equal(parseNameAddr('"\\"\\\\" <sip:a@b.test;x>;y')!.display, '"\\');
  for (const bad of ["", "<sip:a@b.test", '"open <sip:a@b.test>', "Bad, name <sip:a@b.test>", "sip:a@b.test?x=y", "<sip:a b@c.test>", "<sip:a@b.test>;=x", "<>", "noscheme"]) {
    assert.equal(parseNameAddr(bad), null, bad);
  }
});

/** Pieces that are likely to hurt, put together in any order. */
const nasty = fc.array(fc.oneof(
  fc.constantFrom(
    "INVITE", "SIP/2.0", " ", "\r\n", "\r\n\r\n", "\r", "\n", "\t", ":", ";", ",", "<", ">", '"', "\\", "=", "@", "%", "%00", "[::1]", "Via", "v", "From: ", "To: ", "Call-ID: x", "CSeq: 1 INVITE",
    "Content-Length: ", "l:", "-1", "99999999999", "sip:", "tel:", "z9hG4bK", ";branch=", ";tag=", ";rport", "\0", "\xff", "Contact: *", "Authorization: Digest ", "Session-Expires: ", "x".repeat(300),
  ),
  fc.string({ maxLength: 8 }),
), { maxLength: 60 }).map((pieces) => pieces.join(""));

test("nothing that comes in makes the parsers throw", () => {
  fc.assert(fc.property(nasty, (text) => {
    const parsed = parseMessage(bytes(text));
    if (parsed.message) readEnvelope(parsed.message);
    parseUri(text);
    parseNameAddr(text);
    parseVia(text);
    splitList(text);
  }), { numRuns: 20_000 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (raw) => {
    parseMessage(raw);
  }), { numRuns: 5_000 });
});

test("a real message with anything changed in it never makes the core throw, and leaves nothing behind that does not end", () => {
  const flowOf = new RawBench().peer("203.0.113.5").flow;
  const samples = [
    write(flowOf, { method: "INVITE", uri: "sip:100@tandem.test", headers: ["Contact: <sip:e@203.0.113.5>", "Content-Type: application/sdp", "Supported: timer", "Session-Expires: 1800"], body: "v=0\r\n" }),
    write(flowOf, { method: "REGISTER", headers: ['Contact: "x" <sip:e@203.0.113.5>;expires=60;q=0.3, *', 'Authorization: Digest username="1001", realm="tandem.test", nonce="x", uri="sip:x", response="0", qop=auth, nc=00000001, cnonce="c"'] }),
    write(flowOf, { method: "ACK", to: "<sip:x@tandem.test>;tag=1" }), write(flowOf, { method: "CANCEL" }),
    write(flowOf, {}).replace("OPTIONS sip:tandem.test SIP/2.0", "SIP/2.0 200 OK"),
  ];
  const change = fc.record({ sample: fc.nat(samples.length - 1), at: fc.nat(2_000), drop: fc.nat(30), put: nasty });
  fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
    const bench = new RawBench();
    for (const { sample, at, drop, put } of changes) {
      const text = samples[sample]!;
      const cut = at % text.length;
      bench.peer("203.0.113.5").raw(text.slice(0, cut) + put.slice(0, 40) + text.slice(cut + drop));
    }
    for (const event of bench.of("incoming")) bench.take(bench.core.command({ type: "reject", ref: event.ref, status: 486, reason: "" }, bench.nowMs));
    bench.advance(100_000);
    assert.equal(bench.core.nextWakeAt(), null);
  }), { numRuns: 3_000 });
});

test("what we print, we read: users and display names of any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ maxLength: 20 }), (user, display) => {
    const uri = parseUri(`sip:${escapeUser(user)}@h.test`);
    assert.equal(uri?.user ?? "", user.toWellFormed());
    assert.ok(parseNameAddr(printNameAddr(display, "sip:a@h.test")), display);
  }));
});

test("a stream is cut at Content-Length however it arrives; what cannot be followed ends it", () => {
  const flow = new RawBench().peer("203.0.113.5", "tcp").flow;
  const messages = [write(flow, { body: "hello" }), write(flow, { method: "BYE" }), write(flow, { body: "\r\n\r\n" })];
  const whole = `\r\n\r\n${messages.join("\r\n")}`;
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
    const framer = new StreamFramer();
    const out: string[] = [];
    for (let at = 0, i = 0; at < whole.length; i++) {
      const size = sizes[i % sizes.length]!;
      for (const message of framer.push(bytes(whole.slice(at, at + size))) ?? assert.fail("lost the stream")) out.push(Buffer.from(message).toString("latin1"));
      at += size;
    }
    assert.deepEqual(out.filter((m) => m !== "\r\n\r\n"), messages);
    assert.equal(framer.heldBytes, 0);
  }));
  assert.deepEqual(new StreamFramer().push(bytes("\r\n\r\n"))?.length, 1, "a ping");
  assert.equal(new StreamFramer().push(bytes("OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n")), null, "no Content-Length");
  assert.equal(new StreamFramer().push(bytes(`OPTIONS sip:a SIP/2.0\r\nContent-Length: ${limits.maxMessageBytes}\r\n\r\n`)), null, "too large");
  assert.equal(new StreamFramer().push(bytes("x".repeat(limits.maxHeadBytes + 1))), null, "a head without end");
});
