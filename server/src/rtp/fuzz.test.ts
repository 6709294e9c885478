/** What strangers may send to a media port, and what an SDP may say: no reader throws, none reads past the end. Seeds are fixed. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { readCertificate, readCertificateVerify, readClientHello, readClientKeyExchange, readFragments, readRecords } from "./dtls-messages.ts";
import { HmacSha1 } from "./hmac-sha1.ts";
import { isRtcp, MAX_RTP_BYTES, parseRtp, rtpPayloadStart } from "./packet.ts";
import { readRtcp } from "./rtcp.ts";
import { readCryptoLines } from "./sdes.ts";
import { attribute, directionOf, MAX_MEDIA, parseSdp, payloadTypes } from "./sdp.ts";
import { streamsOf } from "./streams.ts";
import { isStun, readBindingRequest } from "./stun.ts";
import { eventDigit } from "./telephone-event.ts";
import { readWav } from "./wav.ts";

const runs = { seed: 20261121, numRuns: 5_000 };
const bytes = fc.uint8Array({ maxLength: 300, size: "max" });
/** Bytes that begin as the packets of each protocol do, so that more than the first check is reached. */
const packet = fc.tuple(fc.constantFrom("", "80", "90", "b0", "bf", "80c8000c", "81c90007", "8fca0004", "000100082112a442", "0001ffff2112a442", "16fefd0000000000000000", "16fefd00000000000000000050010000440000000000000044fefd", "524946462400000057415645666d7420"), bytes).map(([head, rest]) => Buffer.concat([Buffer.from(head, "hex"), rest]));
const mac = new HmacSha1(Buffer.from("password"));

test("property: RTP, RTCP, STUN, DTLS, key presses and WAV from any bytes", () => {
  let understood = 0;
  fc.assert(fc.property(packet, (data) => {
    const rtp = parseRtp(data);
    if (rtp) {
      understood++;
      assert.ok(rtp.payloadStart >= 12 && rtp.payloadStart <= rtp.payloadEnd && rtp.payloadEnd <= data.length && data.length <= MAX_RTP_BYTES);
      eventDigit(data, rtp.payloadStart, rtp.payloadEnd);
    }
    assert.ok(rtpPayloadStart(data, data.length) <= data.length);
    for (let end = 0; end <= data.length; end += 7) parseRtp(data, end);
    if (isRtcp(data)) readRtcp(data, data.length, 1);
    if (isStun(data)) assert.equal(readBindingRequest(data, "ufrag", mac), null, "nobody forges the integrity");
    for (const { body, number } of readRecords(data)) {
      assert.equal(number.length, 8);
      for (const fragment of readFragments(body) ?? []) {
        assert.ok(fragment.offset + fragment.body.length <= fragment.length);
        readClientHello(fragment.body);
      }
    }
    readClientHello(data);
    readCertificate(data);
    readClientKeyExchange(data);
    readCertificateVerify(data);
    const wav = readWav(data);
    if (wav.ok) understood++;
  }), { ...runs, numRuns: 20_000 });
  assert.ok(understood > 500, `${understood} packets were understood`);
});

const folder = new URL("./corpus/", import.meta.url);
const descriptions = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
const line = fc.oneof(
  fc.constantFrom("m=audio 0 RTP/AVP 0", "m=audio 65535/2 RTP/SAVP 0 8 96", "m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "c=IN IP6 ::", "c=IN IP4 224.2.1.1/127/3", "a=rtpmap:0 PCMU/8000", "a=rtpmap:999999999999 x/0", "a=rtcp:99999", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=crypto:99999999999 A inline:|2^99|1:4", "a=fmtp:101 0-16", "a=sendonly", "a=ptime:0", "v=1", "=", "a=", "m="),
  fc.string({ maxLength: 40 }).map((text) => `a=${text}`), fc.string({ maxLength: 20 }),
);

test("property: SDP of real peers with lines cut, doubled, moved and strange ones among them", () => {
  let read = 0;
  fc.assert(fc.property(fc.constantFrom(...descriptions), fc.array(fc.tuple(fc.nat(120), fc.constantFrom("cut", "double", "shorten", "put"), line), { maxLength: 12 }), (text, changes) => {
    const lines = text.split(/\r?\n/);
    for (const [where, what, strange] of changes) {
      const at = where % lines.length;
      if (what === "cut") lines.splice(at, 1);
      else if (what === "double") lines.splice(at, 0, ...Array.from({ length: 1 + (where % 40) }, () => lines[at]!));
      else if (what === "shorten") lines[at] = lines[at]!.slice(0, where % 12);
      else lines.splice(at, 0, strange);
      if (lines.length === 0) lines.push("v=0");
    }
    const whole = lines.join("\r\n");
    streamsOf(whole);
    const result = parseSdp(whole);
    if (!result.ok) return assert.ok(result.status >= 400 && result.why !== "");
    read++;
    assert.ok(result.sdp.media.length <= MAX_MEDIA);
    for (const media of result.sdp.media) {
      assert.ok(media.port >= 0 && media.port <= 65_535);
      attribute(result.sdp, media, "rtcp");
      directionOf(result.sdp, media);
      payloadTypes(media);
      readCryptoLines(media.attributes);
    }
  }), runs);
  assert.ok(read > 500, `${read} descriptions were read`);
  fc.assert(fc.property(fc.string({ maxLength: 400, size: "max" }), (text) => void parseSdp(text)), runs);
});
