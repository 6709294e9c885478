import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isRtcp, parseRtp, writeRtpHeader, type RtpPacket } from "./packet.ts";
import { ReceiveTrack } from "./receive-track.ts";
import { readRtcp, writeRtcp } from "./rtcp.ts";
import { SendTrack } from "./send-track.ts";

const packet = (sequence: number, timestamp = sequence * 160, ssrc = 1, marker = false): RtpPacket => ({
  payloadType: 0, marker, sequence: sequence & 0xffff, timestamp: timestamp >>> 0, ssrc, payloadStart: 12, payloadEnd: 172,
});

test("RTP header: written and read back; CSRCs, extension and padding are stepped over", () => {
  fc.assert(
    fc.property(fc.nat(127), fc.boolean(), fc.nat(65535), fc.nat(0xffffffff), fc.nat(0xffffffff), (payloadType, marker, sequence, timestamp, ssrc) => {
      const bytes = new Uint8Array(20);
      writeRtpHeader(bytes, 0, payloadType, marker, sequence, timestamp, ssrc);
      assert.deepEqual(parseRtp(bytes), { payloadType, marker, sequence, timestamp, ssrc, payloadStart: 12, payloadEnd: 20 });
    }),
  );
  const rich = new Uint8Array(12 + 8 + 4 + 4 + 10 + 2);
  writeRtpHeader(rich, 0, 8, false, 1, 1, 1);
  rich[0] = 0x80 | 0x20 | 0x10 | 2;
  rich[23] = 1; // one word of extension
  rich[39] = 2; // two octets of padding
  const read = parseRtp(rich);
  assert.deepEqual([read?.payloadStart, read?.payloadEnd], [28, 38]);
  rich[39] = 200;
  assert.equal(parseRtp(rich), null, "padding larger than the payload");
  rich[23] = 200;
  assert.equal(parseRtp(rich), null, "extension larger than the packet");
  assert.equal(parseRtp(new Uint8Array(1501)), null);
});

test("no datagram makes the parsers throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      parseRtp(bytes);
      readRtcp(bytes, bytes.length, 1);
    }),
    { numRuns: 2000 },
  );
});

test("received: loss, duplicates and reordering over the wrap", () => {
  const track = new ReceiveTrack();
  let taken = 0;
  for (let i = 0; i < 1000; i++) {
    if (i % 10 === 3) continue; // lost
    if (track.take(packet(65_000 + i), i * 20)) taken++;
    assert.equal(track.take(packet(65_000 + i), i * 20), false, "twice");
  }
  assert.equal(taken, 900);
  assert.equal(track.lost, 100);
  assert.ok(track.take(packet(65_993), 20_000), "late, and counted as here after all");
  assert.equal(track.lost, 99);
  assert.equal(track.report().cumulativeLost, 99);
  const report = track.report();
  assert.equal(report.fractionLost, 0, "nothing since the report before");
  assert.equal(report.highestSequence, 65_999);
  assert.ok(track.take(packet(5, 0, 2), 20_020), "another sender");
  assert.equal(track.lost, 99, "what was lost stays lost");
});

test("received: jitter is that of RFC 3550", () => {
  const track = new ReceiveTrack();
  for (let i = 0; i < 500; i++) track.take(packet(i), i * 20 + (i % 2) * 10);
  assert.ok(Math.abs(track.jitterMs - 10) < 0.5, `${track.jitterMs}`);
});

test("sent: relaying keeps order and gaps; a straggler from before the join is dropped, a skipped packet leaves no gap", () => {
  const track = new SendTrack(7, 1000, 5000);
  const source = Symbol("a");
  const first = track.frame("prompt", 160, 0);
  assert.deepEqual([first.sequence, first.marker], [1000, true]);
  assert.equal(track.frame("prompt", 160, 20).timestamp, first.timestamp + 160);
  const joined = track.relay(source, packet(65_535, 800), 60)!;
  assert.deepEqual(joined, { sequence: 1002, timestamp: first.timestamp + 160 + 320, marker: true });
  assert.equal(track.relay(source, packet(65_534, 640), 61), null);
  assert.equal(track.relay(source, packet(65_537, 1120), 100)!.sequence, 1004, "the gap is passed on");
  assert.equal(track.relay(source, packet(65_536, 960), 101)!.sequence, 1003, "and closed by the late one");
  track.skipRelayed(source, packet(65_538, 1280));
  assert.equal(track.relay(source, packet(65_539, 1440), 140)!.sequence, 1005);
  const restarted = track.relay(source, packet(20_000, 9_999_999), 160)!;
  assert.deepEqual([restarted.sequence, restarted.marker], [1006, true]);
  assert.equal(track.frame("silence", 160, 1160).timestamp, (restarted.timestamp + 8000) >>> 0, "time that passed is kept");
});

test("RTCP: what we report we read", () => {
  const block = { ssrc: 42, fractionLost: 64, cumulativeLost: 9, highestSequence: 70_000, jitter: 80, lastSenderReport: 1, sinceLastSenderReport: 2 };
  const bytes = writeRtcp(7, "tandem", { nowMs: 1_700_000_000_500, timestamp: 1, packets: 2, octets: 3 }, block, true);
  assert.ok(isRtcp(bytes));
  assert.equal(bytes.length % 4, 0);
  const ntp = (1_700_000_000 + 2_208_988_800) & 0xffff;
  assert.deepEqual(readRtcp(bytes, bytes.length, 42), { senderReport: ((ntp << 16) | 0x8000) >>> 0, fractionLost: 64, bye: true });
  assert.deepEqual(readRtcp(bytes, bytes.length, 43), { senderReport: ((ntp << 16) | 0x8000) >>> 0, fractionLost: null, bye: true });
  const receiver = writeRtcp(7, "tandem", null, null, false);
  assert.deepEqual(readRtcp(receiver, receiver.length, 42), { senderReport: null, fractionLost: null, bye: false });
});
