/** Parsers under whatever may come: none throws, what was read stays within its limits, and what we print we read back. Seeds are fixed; fast-check prints one that fails. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededChance } from "../base/chance.ts";
import { parseDigest } from "./digest.ts";
import { readEnvelope } from "./envelope.ts";
import { limits } from "./limits.ts";
import { splitList } from "./message.ts";
import { parseNameAddr, parseParams, printNameAddr } from "./name-addr.ts";
import { parseMessage } from "./parse.ts";
import { StreamFramer } from "./stream-framer.ts";
import { corpus, mutate } from "./test-mutate.ts";
import { escapeUser, parseHostPort, parseUri, uriKey } from "./uri.ts";
import { parseVia } from "./via.ts";

const SEED = 20261121;
const runs = { seed: SEED, numRuns: 4_000 };
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
/** Text of the characters that grammars are made of, so that more than the first branch is reached. */
const dense = fc.string({ unit: fc.constantFrom(...'abcXYZ019 \t\r\n:;,<>"\\=%@?&[]()/*+-._~#\'\0\xe9\xff'), maxLength: 120, size: "max" });
const mutated = fc.tuple(fc.constantFrom(...corpus), fc.integer()).map(([text, seed]) => mutate(text, seededChance(seed)));

const NAMES = ["via", "from", "to", "call-id", "cseq", "contact", "content-length", "max-forwards", "route", "authorization", "expires", "supported", "nothing"];

/** Everything that is asked of a message. */
function readAll(bytes: Uint8Array): void {
  const parsed = parseMessage(bytes);
  const { message } = parsed;
  if (!message) return;
  assert.ok(message.body.length <= bytes.length);
  for (const name of NAMES) {
    const lines = message.lines(name);
    assert.ok(lines.length <= limits.maxHeaderLines);
    assert.equal(message.header(name), lines[0] ?? null, name);
    // no line end survives into a value: it could end a header of ours
    for (const line of lines) assert.doesNotMatch(line, /[\r\n]/);
    for (const value of message.list(name)) {
      parseNameAddr(value);
      parseDigest(value);
      parseVia(value);
    }
    message.has(name, "timer");
  }
  message.all();
  message.text();
  const read = readEnvelope(message);
  if (!read.ok) return;
  const { envelope } = read;
  assert.ok(envelope.cseq >= 0 && envelope.cseq < 2 ** 31);
  for (const { params } of [envelope.via, envelope.from, envelope.to]) assert.ok(params.size <= limits.maxParams);
  assert.ok(envelope.via.port === null || (envelope.via.port > 0 && envelope.via.port < 65_536));
}

test("property: any bytes at all", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600, size: "max" }), readAll), runs);
  fc.assert(fc.property(dense, (text) => readAll(latin1(text))), runs);
});

test("property: real messages with changes", () => {
  for (const text of corpus) readAll(latin1(text));
  fc.assert(fc.property(mutated, (text) => readAll(latin1(text))), { ...runs, numRuns: 15_000 });
});

test("property: URIs, addresses, lists, Via, hosts, digests", () => {
  fc.assert(fc.property(dense, (text) => {
    for (const prefix of ["", "sip:", "sips:a@", "tel:", "<sip:", '"', "SIP/2.0/UDP ", "Digest "]) {
      const whole = prefix + text;
      const uri = parseUri(whole);
      if (uri) {
        assert.ok(uri.params.size <= limits.maxParams && (uri.port === null || (uri.port > 0 && uri.port < 65_536)));
        uriKey(uri);
      }
      parseNameAddr(whole);
      parseParams(whole);
      parseVia(whole);
      parseHostPort(whole);
      parseDigest(whole);
      assert.ok(splitList(whole).length <= limits.maxListValues);
    }
  }), runs);
});

test("property: a display name and a user that we print come back as they were, whatever is in them; no header can be made of them", () => {
  const text = fc.string({ unit: "binary", maxLength: 60, size: "max" });
  fc.assert(fc.property(text, fc.string({ unit: "grapheme", minLength: 1, maxLength: 30, size: "max" }), (display, user) => {
    const raw = `sip:${escapeUser(user)}@tandem.test`;
    assert.equal(parseUri(raw)?.user, user.toWellFormed(), raw);
    const printed = printNameAddr(latin1(display).toString("latin1"), raw);
    assert.doesNotMatch(printed, /[\r\n\0]/);
    const back = parseNameAddr(printed);
    assert.ok(back, printed);
    assert.equal(back.raw, raw);
    // oxlint-disable-next-line no-control-regex -- control characters are what printing replaces
    assert.equal(back.display, latin1(display).toString("latin1").replace(/[\x00-\x1f\x7f]/g, " ").trim());
  }), { ...runs, numRuns: 600 });
});

test("property: a stream cut anywhere gives the same messages as in one piece, and holds no more than one message", () => {
  const one = fc.constantFrom(...corpus.map((text) => (/^(?:content-length|l): /im.test(text) ? text : "")).filter((text) => text !== ""), "\r\n\r\n");
  fc.assert(fc.property(fc.array(one, { minLength: 1, maxLength: 6, size: "max" }), fc.array(fc.nat(4_000), { maxLength: 40, size: "max" }), (messages, cuts) => {
    const stream = latin1(messages.join(""));
    const whole = new StreamFramer().push(stream);
    assert.ok(whole);
    const framer = new StreamFramer();
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (const cut of [...cuts.map((c) => c % (stream.length + 1)).sort((a, b) => a - b), stream.length]) {
      const got = framer.push(stream.subarray(at, cut));
      assert.ok(got);
      pieces.push(...got);
      assert.ok(framer.heldBytes <= limits.maxMessageBytes + limits.maxHeadBytes);
      at = cut;
    }
    const text = (list: readonly Uint8Array[]): string[] => list.map((m) => Buffer.from(m).toString("latin1")).filter((m) => m.trim() !== "");
    assert.deepEqual(text(pieces), text(whole));
    assert.deepEqual(text(whole), messages.filter((m) => m.trim() !== ""));
  }), { ...runs, numRuns: 1_500 });
});

test("property: a hostile stream closes or waits, never throws, and is held within bounds", () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 200, size: "max" }), mutated.map(latin1), fc.constant(Buffer.alloc(9_000, "a")), fc.constant(latin1("Content-Length: 99999999\r\n"))), { maxLength: 20, size: "max" }), (chunks) => {
    const framer = new StreamFramer();
    for (const chunk of chunks) {
      const got = framer.push(chunk);
      if (got === null) return;
      for (const message of got) readAll(message);
      assert.ok(framer.heldBytes <= limits.maxMessageBytes + 9_000, String(framer.heldBytes));
    }
  }), { ...runs, numRuns: 2_000 });
});
