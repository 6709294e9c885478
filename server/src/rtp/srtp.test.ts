import assert from "node:assert/strict";
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import { SrtpSession } from "werift";
import { AesCounter } from "./aes-cm.ts";
import { HmacSha1 } from "./hmac-sha1.ts";
import { writeRtpHeader } from "./packet.ts";
import { writeRtcp } from "./rtcp.ts";
import { deriveKey, SrtpDirection } from "./srtp.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const KEY = hex("e1f97a0d3e018be0d64fa32c06de4139");
const SALT = hex("0ec675ad498afeebb6960b3aabe6");

function words(digest: Int32Array): string {
  return Array.from(digest, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function packet(sequence: number, ssrc = 0xcafebabe, payload = Buffer.alloc(160, 0xab)): Buffer {
  const bytes = Buffer.alloc(12 + payload.length + 14);
  writeRtpHeader(bytes, 0, 8, false, sequence & 0xffff, sequence * 160, ssrc);
  payload.copy(bytes, 12);
  return bytes;
}

function sealed(direction: SrtpDirection, sequence: number): Buffer {
  const bytes = packet(sequence);
  const end = direction.protect(bytes, 0, 172);
  assert.equal(end, 182);
  return bytes.subarray(0, end);
}

test("RFC 3711 B.2: the AES-CM key stream", () => {
  const stream = new Uint8Array(48);
  new AesCounter(hex("2b7e151628aed2a6abf7158809cf4f3c")).apply(0xf0f1f2f3, 0xf4f5f6f7, 0xf8f9fafb, 0xfcfd0000, stream, 0, 48);
  assert.equal(Buffer.from(stream).toString("hex"), "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0");
});

test("RFC 3711 B.3: key derivation", () => {
  const derived = [0, 1, 2].map((label) => Buffer.from(deriveKey(KEY, SALT, label, [16, 20, 14][label]!)).toString("hex"));
  assert.deepEqual(derived, ["c61e7a93744f39ee10734afe3ff7a087", "cebe321f6ff7716b6fd4ab49af256a156d38baa4", "30cbbc08863d8c85d49db34a9ae1"]);
});

test("libsrtp's reference packets", () => {
  const sender = new SrtpDirection(KEY, SALT);
  const rtp = Buffer.concat([hex("800f1234decafbadcafebabeabababababababababababababababab"), Buffer.alloc(14)]);
  const end = sender.protect(rtp, 0, 28);
  assert.equal(rtp.subarray(0, end).toString("hex"), "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
  const rtcp = hex("81c8000bcafebabeabababababababababababababababab");
  sender.protectRtcp(rtcp); // index 0: libsrtp begins at 1
  assert.equal(Buffer.from(sender.protectRtcp(rtcp)).toString("hex"), "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798");
});

test("AES and HMAC agree with OpenSSL for every length", () => {
  const key = randomBytes(16);
  const mac = new HmacSha1(key);
  for (let length = 0; length <= 200; length++) {
    const bytes = randomBytes(length);
    assert.equal(words(mac.digest(bytes, 0, length)), createHmac("sha1", key).update(bytes).digest("hex"));
    const iv = randomBytes(16);
    iv.writeUInt16BE(0, 14);
    const expected = createCipheriv("aes-128-ctr", key, iv).update(bytes).toString("hex");
    new AesCounter(key).apply(iv.readUInt32BE(0), iv.readUInt32BE(4), iv.readUInt32BE(8), iv.readUInt32BE(12), bytes, 0, length);
    assert.equal(bytes.toString("hex"), expected, `${length} octets`);
  }
});

test("werift's SRTP reads ours, and ours reads werift's, over the wrap of the sequence number", () => {
  const keys = { localMasterKey: KEY, localMasterSalt: SALT, remoteMasterKey: KEY, remoteMasterSalt: SALT };
  const other = new SrtpSession({ keys, profile: 1 });
  const sender = new SrtpDirection(KEY, SALT);
  const receiver = new SrtpDirection(KEY, SALT);
  for (let sequence = 65_400; sequence < 65_700; sequence++) {
    const plain = packet(sequence).subarray(0, 172);
    assert.deepEqual(other.decrypt(sealed(sender, sequence)), plain);
  }
  const theirs = new SrtpSession({ keys, profile: 1 });
  for (let sequence = 65_400; sequence < 65_700; sequence++) {
    const plain = packet(sequence).subarray(0, 172);
    const bytes = theirs.encrypt(plain.subarray(12), { serializeSize: 12, serialize: () => plain.subarray(0, 12), sequenceNumber: sequence & 0xffff, ssrc: 0xcafebabe } as never);
    const end = receiver.unprotect(bytes, bytes.length);
    assert.equal(bytes.subarray(0, end).toString("hex"), plain.toString("hex"));
  }
});

test("replayed, stale, changed and cut packets are refused; late ones within the window pass once", () => {
  const sender = new SrtpDirection(KEY, SALT);
  const receiver = new SrtpDirection(KEY, SALT);
  const sent = Array.from({ length: 300 }, (_, i) => sealed(sender, 65_436 + i));
  const take = (bytes: Buffer): number => receiver.unprotect(Buffer.from(bytes), bytes.length);
  assert.equal(take(sent[0]!), 172);
  assert.equal(take(sent[0]!), -1, "replay");
  assert.equal(take(sent[150]!), 172, "a leap over the wrap");
  assert.equal(take(sent[100]!), 172, "late, from before the wrap");
  assert.equal(take(sent[100]!), -1);
  assert.equal(take(sent[10]!), -1, "older than the window");
  for (const at of [0, 3, 13, 100, 175, 181]) {
    const changed = Buffer.from(sent[200]!);
    changed[at]! ^= 1;
    assert.equal(take(changed), -1, `octet ${at}`);
  }
  for (let length = 0; length < 182; length += 7) assert.equal(take(sent[200]!.subarray(0, length)), -1);
  assert.equal(take(sent[200]!), 172, "and none of that harmed the true one");
});

test("a sender never uses an index twice", () => {
  const sender = new SrtpDirection(KEY, SALT);
  sealed(sender, 100);
  assert.equal(sender.protect(packet(100, 0xcafebabe, Buffer.alloc(160, 1)), 0, 172), -1);
  sealed(sender, 102);
  sealed(sender, 101);
});

test("SRTCP: round trip, replay, forgery", () => {
  const sender = new SrtpDirection(KEY, SALT);
  const receiver = new SrtpDirection(KEY, SALT);
  const report = writeRtcp(5, "cname", null, null, false);
  const sealedReport = sender.protectRtcp(report);
  const forged = Buffer.from(sealedReport);
  forged[9]! ^= 1;
  assert.equal(receiver.unprotectRtcp(forged, forged.length), -1);
  const bytes = Buffer.from(sealedReport);
  assert.equal(receiver.unprotectRtcp(bytes, bytes.length), report.length);
  assert.deepEqual(new Uint8Array(bytes.subarray(0, report.length)), report);
  assert.equal(receiver.unprotectRtcp(Buffer.from(sealedReport), sealedReport.length), -1);
});
