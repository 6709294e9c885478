/**
 * SRTP and SRTCP with AES_CM_128_HMAC_SHA1_80 and _32 (RFC 3711, RFC 5764 section 4.1.2), one direction an object. Works in place.
 * Replays and stale packets are refused; a sender never uses an index twice.
 */
import { AesCounter } from "./aes-cm.ts";
import { HmacSha1 } from "./hmac-sha1.ts";
import { readU32, rtpPayloadStart, writeU32 } from "./packet.ts";
import { accept, estimateRoc, fresh, MAX_STREAMS, newStream, RtcpWindow, type Stream } from "./srtp-window.ts";

export const SRTP_TAG_BYTES = 10;
export const SRTCP_TAIL_BYTES = 14;

/** What every cipher of SRTP does, one direction an object. */
export interface SrtpTransform {
  /** Octets that a protected RTP packet is longer at most; `protect` needs that room behind. */
  readonly tailBytes: number;
  /** Encrypts the RTP packet at `bytes[start, end)`. Returns the new end, -1 when its index was used. */
  protect(bytes: Uint8Array, start: number, end: number): number;
  /** Checks and decrypts `bytes[0, end)` in place; the new end, or -1 when it is not authentic, replayed, too old or malformed. */
  unprotect(bytes: Uint8Array, end: number): number;
  /** A new array: reports are rare. */
  protectRtcp(bytes: Uint8Array): Uint8Array;
  /** In place; the new end or -1. */
  unprotectRtcp(bytes: Uint8Array, end: number): number;
}

/** RFC 3711 section 4.3.1, key derivation rate 0. */
export function deriveKey(masterKey: Uint8Array, masterSalt: Uint8Array, label: number, bytes: number): Uint8Array {
  const salt = new Uint8Array(16);
  salt.set(masterSalt.subarray(0, 14));
  salt[7]! ^= label;
  const out = new Uint8Array(bytes);
  new AesCounter(masterKey).apply(readU32(salt, 0), readU32(salt, 4), readU32(salt, 8), readU32(salt, 12), out, 0, bytes);
  return out;
}

class Half {
  readonly cipher: AesCounter;
  readonly mac: HmacSha1;
  readonly salt: Uint8Array;

  constructor(masterKey: Uint8Array, masterSalt: Uint8Array, label: number) {
    this.cipher = new AesCounter(deriveKey(masterKey, masterSalt, label, 16));
    this.mac = new HmacSha1(deriveKey(masterKey, masterSalt, label + 1, 20));
    this.salt = deriveKey(masterKey, masterSalt, label + 2, 14);
  }

  /** IV = (salt << 16) ^ (SSRC << 64) ^ (index << 16), RFC 3711 section 4.1.1; `high` is index >> 16, `low` the 16 bits below. */
  crypt(ssrc: number, high: number, low: number, bytes: Uint8Array, start: number, end: number): void {
    const { salt } = this;
    this.cipher.apply(
      readU32(salt, 0),
      readU32(salt, 4) ^ ssrc,
      readU32(salt, 8) ^ high,
      ((salt[12]! << 24) | (salt[13]! << 16)) ^ (low << 16),
      bytes,
      start,
      end,
    );
  }

  tagMatches(bytes: Uint8Array, start: number, end: number, tag: Uint8Array, tagBytes: number): boolean {
    const words = this.mac.digest(bytes, start, end);
    let difference = 0; // every octet is compared, whatever the first difference
    for (let i = 0; i < tagBytes; i++) difference |= ((words[i >> 2]! >>> (24 - 8 * (i & 3))) & 255) ^ tag[i]!;
    return difference === 0;
  }

  writeTag(bytes: Uint8Array, start: number, end: number): void {
    const words = this.mac.digest(bytes, start, end);
    for (let i = 0; i < SRTP_TAG_BYTES; i++) bytes[end + i] = words[i >> 2]! >>> (24 - 8 * (i & 3));
  }
}

export class SrtpDirection implements SrtpTransform {
  readonly tailBytes: number;
  readonly #tagBytes: number;
  #rtp: Half;
  #rtcp: Half;
  #streams = new Map<number, Stream>();
  #rtcpIndex = 0;
  #rtcpWindow = new RtcpWindow();
  #tag = new Uint8Array(SRTP_TAG_BYTES);

  /** `tagBytes`: 10, or 4 for RTP packets of AES_CM_128_HMAC_SHA1_32 (reports keep their 10, RFC 4568 section 6.2.2). */
  constructor(masterKey: Uint8Array, masterSalt: Uint8Array, tagBytes = SRTP_TAG_BYTES) {
    this.#tagBytes = tagBytes;
    // the four octets of the rollover counter stand behind the packet while its tag is made
    this.tailBytes = Math.max(tagBytes, 4);
    this.#rtp = new Half(masterKey, masterSalt, 0);
    this.#rtcp = new Half(masterKey, masterSalt, 3);
  }

  /** Encrypts the RTP packet at `bytes[start, end)`; needs `tailBytes` of room behind. Returns the new end, -1 when its index was used. */
  protect(bytes: Uint8Array, start: number, end: number): number {
    const packet = start === 0 && end === bytes.length ? bytes : bytes.subarray(start);
    const payload = rtpPayloadStart(packet, end - start);
    if (payload < 0) return -1;
    const sequence = (packet[2]! << 8) | packet[3]!;
    const ssrc = readU32(packet, 8);
    const stream = this.#stream(ssrc, sequence);
    if (stream === null) return -1;
    const roc = estimateRoc(stream, sequence);
    const index = roc * 65536 + sequence;
    if (roc < 0 || !fresh(stream, index)) return -1;
    accept(stream, roc, sequence, index);
    this.#rtp.crypt(ssrc, roc, sequence, bytes, start + payload, end);
    writeU32(bytes, end, roc);
    const words = this.#rtp.mac.digest(bytes, start, end + 4);
    for (let i = 0; i < this.#tagBytes; i++) bytes[end + i] = words[i >> 2]! >>> (24 - 8 * (i & 3));
    return end + this.#tagBytes;
  }

  /** Checks and decrypts `bytes[0, end)` in place; the new end, or -1 when it is not authentic, replayed, too old or malformed. */
  unprotect(bytes: Uint8Array, end: number): number {
    const body = end - this.#tagBytes;
    const payload = rtpPayloadStart(bytes, body);
    if (payload < 0) return -1;
    const sequence = (bytes[2]! << 8) | bytes[3]!;
    const ssrc = readU32(bytes, 8);
    const known = this.#streams.get(ssrc);
    if (!known && this.#streams.size >= MAX_STREAMS) return -1;
    const stream = known ?? newStream(sequence);
    const roc = estimateRoc(stream, sequence);
    const index = roc * 65536 + sequence;
    if (roc < 0 || !fresh(stream, index)) return -1;
    this.#tag.set(bytes.subarray(body, end));
    writeU32(bytes, body, roc);
    if (!this.#rtp.tagMatches(bytes, 0, body + 4, this.#tag, this.#tagBytes)) return -1;
    this.#rtp.crypt(ssrc, roc, sequence, bytes, payload, body);
    accept(stream, roc, sequence, index);
    if (!known) this.#streams.set(ssrc, stream);
    return body;
  }

  /** RFC 3711 section 3.4. A new array: reports are rare. */
  protectRtcp(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length + SRTCP_TAIL_BYTES);
    out.set(bytes);
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) & 0x7fffffff;
    this.#rtcp.crypt(readU32(bytes, 4), index >>> 16, index & 0xffff, out, 8, bytes.length);
    writeU32(out, bytes.length, (0x80000000 | index) >>> 0);
    this.#rtcp.writeTag(out, 0, bytes.length + 4);
    return out;
  }

  /** In place; the new end or -1. */
  unprotectRtcp(bytes: Uint8Array, end: number): number {
    const body = end - SRTCP_TAIL_BYTES;
    if (body < 8) return -1;
    const tail = readU32(bytes, body);
    const index = tail & 0x7fffffff;
    if (!this.#rtcpWindow.fresh(index)) return -1;
    this.#tag.set(bytes.subarray(body + 4, end));
    if (!this.#rtcp.tagMatches(bytes, 0, body + 4, this.#tag, SRTP_TAG_BYTES)) return -1;
    if (tail & 0x80000000) this.#rtcp.crypt(readU32(bytes, 4), index >>> 16, index & 0xffff, bytes, 8, body);
    this.#rtcpWindow.accept(index);
    return body;
  }

  #stream(ssrc: number, sequence: number): Stream | null {
    const known = this.#streams.get(ssrc);
    if (known) return known;
    if (this.#streams.size >= MAX_STREAMS) return null;
    const stream = newStream(sequence);
    this.#streams.set(ssrc, stream);
    return stream;
  }
}
