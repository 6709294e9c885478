/** RTP packets (RFC 3550 section 5.1): parse without copying, write the fixed header. */

export const RTP_HEADER_BYTES = 12;

/** Attack: jumbo datagrams that cost memory and time; G.711 at 60 ms with every extension is below 700 bytes. */
export const MAX_RTP_BYTES = 1500;

export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Payload is `bytes[payloadStart, payloadEnd)`; padding is already cut off. */
  payloadStart: number;
  payloadEnd: number;
}

/** RTCP shares the port (RFC 5761 section 4): payload types 192-223 there are packet types 64-95 here. */
export function isRtcp(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes[0]! >> 6 === 2 && bytes[1]! >= 192 && bytes[1]! <= 223;
}

/** Where the payload starts (after CSRCs and extension), or -1 when the header is not RTP version 2 or is cut short. */
export function rtpPayloadStart(bytes: Uint8Array, end: number): number {
  if (end < RTP_HEADER_BYTES || bytes[0]! >> 6 !== 2) return -1;
  let start = RTP_HEADER_BYTES + (bytes[0]! & 0x0f) * 4;
  if (bytes[0]! & 0x10) {
    if (start + 4 > end) return -1;
    start += 4 + ((bytes[start + 2]! << 8) | bytes[start + 3]!) * 4;
  }
  return start <= end ? start : -1;
}

/** Null when it is not a well-formed RTP packet. */
export function parseRtp(bytes: Uint8Array, end: number = bytes.length): RtpPacket | null {
  if (end > MAX_RTP_BYTES) return null;
  const payloadStart = rtpPayloadStart(bytes, end);
  if (payloadStart < 0) return null;
  let payloadEnd = end;
  if (bytes[0]! & 0x20) {
    const padding = bytes[end - 1]!;
    payloadEnd -= padding;
    if (padding === 0 || payloadEnd < payloadStart) return null;
  }
  return {
    payloadType: bytes[1]! & 0x7f,
    marker: (bytes[1]! & 0x80) !== 0,
    sequence: (bytes[2]! << 8) | bytes[3]!,
    timestamp: readU32(bytes, 4),
    ssrc: readU32(bytes, 8),
    payloadStart,
    payloadEnd,
  };
}

/** Writes the 12-byte header at `offset`: no padding, extension or CSRC. */
export function writeRtpHeader(
  out: Uint8Array,
  offset: number,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  out[offset] = 0x80;
  out[offset + 1] = (marker ? 0x80 : 0) | payloadType;
  out[offset + 2] = sequence >> 8;
  out[offset + 3] = sequence;
  writeU32(out, offset + 4, timestamp);
  writeU32(out, offset + 8, ssrc);
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
}

export function writeU32(out: Uint8Array, offset: number, value: number): void {
  out[offset] = value >>> 24;
  out[offset + 1] = value >>> 16;
  out[offset + 2] = value >>> 8;
  out[offset + 3] = value;
}
