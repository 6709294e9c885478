/**
 * G.711 (ITU-T G.711, 1988): µ-law and A-law to and from 16-bit linear, by table. 8 kHz mono, one octet a sample.
 */

export type G711Codec = "PCMU" | "PCMA";

/** Octet that decodes to (near) zero: what silence looks like on the wire. */
export const SILENCE: Record<G711Codec, number> = { PCMU: 0xff, PCMA: 0xd5 };

function expandMulaw(octet: number): number {
  const u = ~octet & 0xff;
  const magnitude = (((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4);
  return u & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

function expandAlaw(octet: number): number {
  const a = octet ^ 0x55;
  const segment = (a & 0x70) >> 4;
  let magnitude = (a & 0x0f) << 4;
  magnitude = segment === 0 ? magnitude + 8 : (magnitude + 0x108) << (segment - 1);
  return a & 0x80 ? magnitude : -magnitude;
}

function compressMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(sign ? -sample : sample, 32635) + 0x84;
  let segment = 7;
  for (let mask = 0x4000; segment > 0 && !(magnitude & mask); mask >>= 1) segment--;
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

function compressAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(sign ? sample : -sample - 1, 32767);
  let segment = 7;
  for (let mask = 0x4000; segment > 0 && !(magnitude & mask); mask >>= 1) segment--;
  const mantissa = segment === 0 ? magnitude >> 4 : magnitude >> (segment + 3);
  return (sign | (segment << 4) | (mantissa & 0x0f)) ^ 0x55;
}

const EXPAND: Record<G711Codec, Int16Array> = {
  PCMU: Int16Array.from({ length: 256 }, (_, octet) => expandMulaw(octet)),
  PCMA: Int16Array.from({ length: 256 }, (_, octet) => expandAlaw(octet)),
};

/** Indexed by the sample's 16 bits taken as unsigned: 64 KiB a law buys one look-up a sample. */
const COMPRESS: Record<G711Codec, Uint8Array> = {
  PCMU: Uint8Array.from({ length: 65536 }, (_, bits) => compressMulaw((bits << 16) >> 16)),
  PCMA: Uint8Array.from({ length: 65536 }, (_, bits) => compressAlaw((bits << 16) >> 16)),
};

const TRANSCODE: Record<G711Codec, Uint8Array> = {
  PCMU: Uint8Array.from({ length: 256 }, (_, octet) => COMPRESS.PCMU[EXPAND.PCMA[octet]! & 0xffff]!),
  PCMA: Uint8Array.from({ length: 256 }, (_, octet) => COMPRESS.PCMA[EXPAND.PCMU[octet]! & 0xffff]!),
};

/** The 256 linear values of a law: for hot loops that decode straight into their own buffer. */
export function expansionTable(codec: G711Codec): Int16Array {
  return EXPAND[codec];
}

/** Decodes `octets` into `out` (at least as long). */
export function decodeG711(codec: G711Codec, octets: Uint8Array, out: Int16Array): void {
  const table = EXPAND[codec];
  for (let i = 0; i < octets.length; i++) out[i] = table[octets[i]!]!;
}

/** Encodes the first `count` samples into `out` from `offset`. */
export function encodeG711(codec: G711Codec, samples: Int16Array, count: number, out: Uint8Array, offset: number): void {
  const table = COMPRESS[codec];
  for (let i = 0; i < count; i++) out[offset + i] = table[samples[i]! & 0xffff]!;
}

/** Rewrites octets of the other law into `to`, in place. */
export function transcodeInPlace(to: G711Codec, octets: Uint8Array, start: number, end: number): void {
  const table = TRANSCODE[to];
  for (let i = start; i < end; i++) octets[i] = table[octets[i]!]!;
}
