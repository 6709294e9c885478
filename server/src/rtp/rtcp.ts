/** RTCP (RFC 3550 section 6), the minimum: a sender or receiver report with CNAME, BYE; and reading the reports of peers. */
import { readU32, writeU32 } from "./packet.ts";

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const NTP_EPOCH_OFFSET_S = 2208988800;

export interface SenderInfo {
  nowMs: number;
  timestamp: number;
  packets: number;
  octets: number;
}

export interface ReportBlock {
  ssrc: number;
  fractionLost: number;
  cumulativeLost: number;
  highestSequence: number;
  jitter: number;
  /** Middle 32 bits of the NTP time of their last sender report, and how long ago in 1/65536 s. */
  lastSenderReport: number;
  sinceLastSenderReport: number;
}

/** A compound packet: SR when `sender` is given, else RR; then SDES with the CNAME; then BYE when `bye`. */
export function writeRtcp(ssrc: number, cname: string, sender: SenderInfo | null, block: ReportBlock | null, bye: boolean): Uint8Array {
  const name = new TextEncoder().encode(cname).subarray(0, 255);
  const chunk = Math.ceil((4 + 2 + name.length + 1) / 4) * 4;
  const reportBytes = 8 + (sender ? 20 : 0) + (block ? 24 : 0);
  const out = new Uint8Array(reportBytes + 4 + chunk + (bye ? 8 : 0));
  header(out, 0, block ? 1 : 0, sender ? SR : RR, reportBytes);
  writeU32(out, 4, ssrc);
  let at = 8;
  if (sender) {
    const seconds = sender.nowMs / 1000 + NTP_EPOCH_OFFSET_S;
    writeU32(out, at, Math.floor(seconds) >>> 0);
    writeU32(out, at + 4, Math.floor((seconds % 1) * 2 ** 32) >>> 0);
    writeU32(out, at + 8, sender.timestamp);
    writeU32(out, at + 12, sender.packets >>> 0);
    writeU32(out, at + 16, sender.octets >>> 0);
    at += 20;
  }
  if (block) {
    writeU32(out, at, block.ssrc);
    writeU32(out, at + 4, ((block.fractionLost << 24) | (block.cumulativeLost & 0xffffff)) >>> 0);
    writeU32(out, at + 8, block.highestSequence);
    writeU32(out, at + 12, block.jitter);
    writeU32(out, at + 16, block.lastSenderReport);
    writeU32(out, at + 20, block.sinceLastSenderReport);
    at += 24;
  }
  header(out, at, 1, SDES, 4 + chunk);
  writeU32(out, at + 4, ssrc);
  out[at + 8] = 1;
  out[at + 9] = name.length;
  out.set(name, at + 10);
  at += 4 + chunk;
  if (bye) {
    header(out, at, 1, BYE, 8);
    writeU32(out, at + 4, ssrc);
  }
  return out;
}

function header(out: Uint8Array, at: number, count: number, type: number, bytes: number): void {
  out[at] = 0x80 | count;
  out[at + 1] = type;
  out[at + 2] = (bytes / 4 - 1) >> 8;
  out[at + 3] = bytes / 4 - 1;
}

export interface RtcpHeard {
  /** Middle 32 bits of the NTP time of a sender report, else null. */
  senderReport: number | null;
  /** What they report of our stream: share of 256 lost lately. */
  fractionLost: number | null;
  bye: boolean;
}

/** Reads a compound packet; unknown types are stepped over, a cut one ends the reading. `ourSsrc` picks the block about us. */
export function readRtcp(bytes: Uint8Array, end: number, ourSsrc: number): RtcpHeard {
  const heard: RtcpHeard = { senderReport: null, fractionLost: null, bye: false };
  for (let at = 0; at + 8 <= end; ) {
    const size = (((bytes[at + 2]! << 8) | bytes[at + 3]!) + 1) * 4;
    if (bytes[at]! >> 6 !== 2 || at + size > end) break;
    const type = bytes[at + 1]!;
    const count = bytes[at]! & 0x1f;
    if (type === SR && size >= 28) heard.senderReport = readU32(bytes, at + 10);
    if (type === SR || type === RR) {
      const first = at + (type === SR ? 28 : 8);
      for (let i = 0; i < count && first + (i + 1) * 24 <= at + size; i++) {
        if (readU32(bytes, first + i * 24) === ourSsrc) heard.fractionLost = bytes[first + i * 24 + 4]!;
      }
    }
    if (type === BYE) heard.bye = true;
    at += size;
  }
  return heard;
}
