import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { SrtcpSession, SrtpSession } from "werift";
import { seededChance } from "../base/chance.ts";
import { writeRtpHeader } from "./packet.ts";
import { writeRtcp } from "./rtcp.ts";
import { answerCrypto, matchCrypto, offerCrypto, printCryptoLine, readCryptoLines, transformOf, type CryptoLine } from "./sdes.ts";
import { GcmDirection } from "./srtp-gcm.ts";
import type { SrtpTransform } from "./srtp.ts";

const read = (...values: string[]): CryptoLine[] => readCryptoLines(values.map((value) => ({ name: "crypto", value })));
const key = (bytes: number): string => Buffer.alloc(bytes, 7).toString("base64");

test("crypto lines: the suites that we speak are read, with or without a lifetime; what changes the protection or needs a key index is left out", () => {
  assert.deepEqual(read(`1 AES_CM_128_HMAC_SHA1_80 inline:${key(30)}|2^31`), [{ tag: 1, suite: "AES_CM_128_HMAC_SHA1_80", inline: key(30) }]);
  assert.deepEqual(read(`2 aes_cm_128_hmac_sha1_32 inline:${key(30)}|1048576`).length, 1);
  assert.deepEqual(read(`3 AEAD_AES_256_GCM inline:${key(44)}`).length, 1);
  assert.deepEqual(read(`4 AEAD_AES_128_GCM inline:${key(28)} WSH=64 -X=1`).length, 1);
  for (const wrong of [
    `1 AES_CM_128_HMAC_SHA1_80 inline:${key(30)}|2^20|1:4`, `1 AES_CM_128_HMAC_SHA1_80 inline:${key(30)}|1:4`, `1 AES_CM_128_HMAC_SHA1_80 inline:${key(30)} UNENCRYPTED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${key(30)} KDR=1`, `1 AES_CM_128_HMAC_SHA1_80 inline:${key(16)}`, `1 F8_128_HMAC_SHA1_80 inline:${key(30)}`, `AES_CM_128_HMAC_SHA1_80 inline:${key(30)}`, "1", "",
  ]) assert.deepEqual(read(wrong), [], wrong);
});

test("reading never throws, whatever stands there", () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constant(`1 AES_CM_128_HMAC_SHA1_80 inline:${key(30)}`))), (values) => {
    for (const line of read(...values)) assert.ok(read(printCryptoLine(line).slice("a=crypto:".length)).length === 1);
  }));
});

test("offer and answer: a key for each direction, the tag is the offerer's; a peer that answers what was not offered is refused", () => {
  const chance = seededChance(1);
  const offer = offerCrypto(chance);
  const own = offerCrypto(chance);
  const taken = answerCrypto(offer, own)!;
  assert.equal(taken.outbound.tag, offer[0]!.tag);
  assert.notEqual(taken.outbound.inline, taken.inbound.inline);
  assert.deepEqual(matchCrypto(offer, [taken.outbound]), { inbound: taken.outbound, outbound: offer[0] });
  assert.equal(matchCrypto(offer, [{ ...taken.outbound, tag: 9 }]), null);
  assert.equal(matchCrypto(offer, [{ ...taken.outbound, suite: "AEAD_AES_128_GCM" }]), null);
  assert.equal(matchCrypto(offer, []), null);
  assert.equal(matchCrypto(offer, [taken.outbound, taken.outbound]), null);
  assert.equal(answerCrypto([], own), null);
  // a re-offer keeps our key while the suite stays, whatever its tag; each suite has its own
  assert.deepEqual(answerCrypto([{ ...offer[0]!, tag: 7 }], own)!.outbound, { ...taken.outbound, tag: 7 });
  assert.equal(new Set(own.map(({ inline }) => inline)).size, own.length);
});

function packet(sequence: number): Buffer {
  const bytes = Buffer.alloc(12 + 160 + 20, 0xab);
  writeRtpHeader(bytes, 0, 8, false, sequence & 0xffff, sequence * 160, 0xcafebabe);
  return bytes;
}

for (const line of offerCrypto(seededChance(2))) {
  test(`${line.suite}: what one side seals the other opens, over a wrap; a changed bit, a replay and a stranger's key are refused`, () => {
    const sender = transformOf(line);
    const receiver = transformOf(line);
    const stranger = transformOf({ ...line, inline: offerCrypto(seededChance(3)).find(({ suite }) => suite === line.suite)!.inline });
    for (let sequence = 65_500; sequence < 65_600; sequence++) {
      const bytes = packet(sequence);
      const end = sender.protect(bytes, 0, 172);
      assert.ok(end > 172 && end <= 172 + sender.tailBytes);
      const sealed = bytes.subarray(0, end);
      assert.notDeepEqual(sealed.subarray(12, 172), packet(sequence).subarray(12, 172));
      const copy = (): Buffer => Buffer.from(sealed);
      assert.equal(stranger.unprotect(copy(), end), -1);
      for (const at of [1, 13, end - 1]) {
        const changed = copy();
        changed[at]! ^= 1;
        assert.equal(receiver.unprotect(changed, end), -1, `octet ${at}`);
      }
      const opened = copy();
      assert.equal(receiver.unprotect(opened, end), 172);
      assert.deepEqual(opened.subarray(0, 172), packet(sequence).subarray(0, 172));
      assert.equal(receiver.unprotect(copy(), end), -1, "replayed");
    }
    assert.equal(sender.protect(packet(65_599), 0, 172), -1, "an index is used once");
    const report = writeRtcp(1, "cname", { nowMs: 1_700_000_000_000, timestamp: 1, packets: 1, octets: 1 }, null, false);
    for (let i = 0; i < 3; i++) {
      const sealed = sender.protectRtcp(report);
      const copy = (): Uint8Array => Uint8Array.from(sealed);
      const changed = copy();
      changed[5]! ^= 1;
      assert.equal(receiver.unprotectRtcp(changed, changed.length), -1);
      const opened = copy();
      assert.equal(receiver.unprotectRtcp(opened, opened.length), report.length);
      assert.deepEqual(opened.subarray(0, report.length), report);
      assert.equal(receiver.unprotectRtcp(copy(), sealed.length), -1, "replayed");
    }
  });
}

test("no datagram makes a transform throw", () => {
  const transforms: SrtpTransform[] = offerCrypto(seededChance(4)).map(transformOf);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    for (const transform of transforms) {
      assert.equal(transform.unprotect(Uint8Array.from(bytes), bytes.length), -1);
      assert.equal(transform.unprotectRtcp(Uint8Array.from(bytes), bytes.length), -1);
    }
  }));
  assert.equal(transforms[0]!.protect(randomBytes(5), 0, 5), -1);
});

test("AEAD_AES_128_GCM: werift reads ours, and ours reads werift's, over the wrap; reports too", () => {
  const master = Buffer.alloc(16, 3);
  const salt = Buffer.alloc(12, 5);
  const keys = { localMasterKey: master, localMasterSalt: salt, remoteMasterKey: master, remoteMasterSalt: salt };
  const profile = 7;
  const [reads, writes] = [new SrtpSession({ keys, profile }), new SrtpSession({ keys, profile })];
  const [sender, receiver] = [new GcmDirection(master, salt), new GcmDirection(master, salt)];
  for (let sequence = 65_400; sequence < 65_700; sequence++) {
    const plain = packet(sequence).subarray(0, 172);
    const ours = packet(sequence);
    assert.deepEqual(reads.decrypt(ours.subarray(0, sender.protect(ours, 0, 172))), plain);
    const theirs = writes.encrypt(plain.subarray(12), { serializeSize: 12, serialize: () => plain.subarray(0, 12), sequenceNumber: sequence & 0xffff, ssrc: 0xcafebabe } as never);
    assert.equal(receiver.unprotect(theirs, theirs.length), 172);
    assert.deepEqual(theirs.subarray(0, 172), plain);
  }
  const report = Buffer.from(writeRtcp(1, "cname", null, null, false));
  const [reportReads, reportWrites] = [new SrtcpSession({ keys, profile }), new SrtcpSession({ keys, profile })];
  assert.deepEqual(reportReads.decrypt(Buffer.from(sender.protectRtcp(report))), report);
  const theirs = reportWrites.encrypt(report);
  assert.equal(receiver.unprotectRtcp(theirs, theirs.length), report.length);
  assert.deepEqual(theirs.subarray(0, report.length), report);
});
