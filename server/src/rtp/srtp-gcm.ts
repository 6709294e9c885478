/**
 * SRTP and SRTCP with AES-GCM (RFC 7714), 128 and 256 bits, one direction an object. By OpenSSL: some peers offer nothing else, and a
 * call costs a few microseconds a packet more than with our own AES-CM.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { readU32, rtpPayloadStart, writeU32 } from "./packet.ts";
import type { SrtpTransform } from "./srtp.ts";
import { accept, estimateRoc, fresh, MAX_STREAMS, newStream, RtcpWindow, type Stream } from "./srtp-window.ts";

const TAG_BYTES = 16;
const SALT_BYTES = 12;
/** Tag, then the word with the E flag and the index. */
const RTCP_TAIL_BYTES = TAG_BYTES + 4;
const HEADER_RTCP_BYTES = 8;

interface Keys {
  key: Uint8Array;
  salt: Uint8Array;
}

export class GcmDirection implements SrtpTransform {
  readonly tailBytes = TAG_BYTES;
  readonly #algorithm: "aes-128-gcm" | "aes-256-gcm";
  readonly #rtp: Keys;
  readonly #rtcp: Keys;
  readonly #streams = new Map<number, Stream>();
  #rtcpIndex = 0;
  #rtcpWindow = new RtcpWindow();

  /** The master key of 16 or 32 octets, the salt of 12. */
  constructor(masterKey: Uint8Array, masterSalt: Uint8Array) {
    this.#algorithm = masterKey.length === 32 ? "aes-256-gcm" : "aes-128-gcm";
    const keys = (label: number): Keys => ({ key: derive(masterKey, masterSalt, label, masterKey.length), salt: derive(masterKey, masterSalt, label + 2, SALT_BYTES) });
    this.#rtp = keys(0);
    this.#rtcp = keys(3);
  }

  protect(bytes: Uint8Array, start: number, end: number): number {
    const packet = bytes.subarray(start, end);
    const payload = rtpPayloadStart(packet, packet.length);
    if (payload < 0) return -1;
    const sequence = (packet[2]! << 8) | packet[3]!;
    const ssrc = readU32(packet, 8);
    const stream = this.#streams.get(ssrc) ?? (this.#streams.size < MAX_STREAMS ? newStream(sequence) : null);
    if (stream === null) return -1;
    this.#streams.set(ssrc, stream);
    const roc = estimateRoc(stream, sequence);
    const index = roc * 65536 + sequence;
    if (roc < 0 || !fresh(stream, index)) return -1;
    accept(stream, roc, sequence, index);
    const cipher = createCipheriv(this.#algorithm, this.#rtp.key, rtpIv(this.#rtp.salt, ssrc, roc, sequence));
    cipher.setAAD(packet.subarray(0, payload));
    packet.set(cipher.update(packet.subarray(payload)), payload);
    cipher.final();
    bytes.set(cipher.getAuthTag(), end);
    return end + TAG_BYTES;
  }

  unprotect(bytes: Uint8Array, end: number): number {
    const body = end - TAG_BYTES;
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
    const plain = this.#open(this.#rtp.key, rtpIv(this.#rtp.salt, ssrc, roc, sequence), bytes.subarray(0, payload), bytes.subarray(payload, body), bytes.subarray(body, end));
    if (!plain) return -1;
    bytes.set(plain, payload);
    accept(stream, roc, sequence, index);
    if (!known) this.#streams.set(ssrc, stream);
    return body;
  }

  /** RFC 7714 section 9.3: header and the last word are authenticated, what is between is encrypted. */
  protectRtcp(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length + RTCP_TAIL_BYTES);
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) & 0x7fffffff;
    writeU32(out, bytes.length + TAG_BYTES, (0x80000000 | index) >>> 0);
    out.set(bytes.subarray(0, HEADER_RTCP_BYTES));
    const cipher = createCipheriv(this.#algorithm, this.#rtcp.key, rtcpIv(this.#rtcp.salt, readU32(bytes, 4), index));
    cipher.setAAD(Buffer.concat([out.subarray(0, HEADER_RTCP_BYTES), out.subarray(bytes.length + TAG_BYTES)]));
    out.set(cipher.update(bytes.subarray(HEADER_RTCP_BYTES)), HEADER_RTCP_BYTES);
    cipher.final();
    out.set(cipher.getAuthTag(), bytes.length);
    return out;
  }

  unprotectRtcp(bytes: Uint8Array, end: number): number {
    const body = end - RTCP_TAIL_BYTES;
    if (body < HEADER_RTCP_BYTES) return -1;
    const tail = readU32(bytes, end - 4);
    const index = tail & 0x7fffffff;
    if (!this.#rtcpWindow.fresh(index)) return -1;
    const encrypted = (tail & 0x80000000) !== 0;
    const word = bytes.subarray(end - 4, end);
    const header = bytes.subarray(0, encrypted ? HEADER_RTCP_BYTES : body);
    const plain = this.#open(this.#rtcp.key, rtcpIv(this.#rtcp.salt, readU32(bytes, 4), index), Buffer.concat([header, word]), bytes.subarray(header.length, body), bytes.subarray(body, body + TAG_BYTES));
    if (!plain) return -1;
    bytes.set(plain, header.length);
    this.#rtcpWindow.accept(index);
    return body;
  }

  /** Null when it is not authentic. */
  #open(key: Uint8Array, iv: Uint8Array, associated: Uint8Array, sealed: Uint8Array, tag: Uint8Array): Uint8Array | null {
    const decipher = createDecipheriv(this.#algorithm, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated);
    decipher.setAuthTag(tag);
    const plain = decipher.update(sealed);
    try {
      decipher.final();
      return plain;
    } catch {
      return null; // how OpenSSL says that the tag does not fit
    }
  }
}

/** RFC 7714 section 8.1. */
function rtpIv(salt: Uint8Array, ssrc: number, roc: number, sequence: number): Uint8Array {
  const iv = new Uint8Array(SALT_BYTES);
  writeU32(iv, 2, ssrc);
  writeU32(iv, 6, roc);
  iv[10] = sequence >> 8;
  iv[11] = sequence;
  for (let i = 0; i < SALT_BYTES; i++) iv[i]! ^= salt[i]!;
  return iv;
}

/** RFC 7714 section 9.1. */
function rtcpIv(salt: Uint8Array, ssrc: number, index: number): Uint8Array {
  const iv = new Uint8Array(SALT_BYTES);
  writeU32(iv, 2, ssrc);
  writeU32(iv, 8, index);
  for (let i = 0; i < SALT_BYTES; i++) iv[i]! ^= salt[i]!;
  return iv;
}

/** RFC 7714 section 11: the derivation of RFC 3711, by AES in counter mode of the key's own size; the short salt is filled with zeros. */
function derive(masterKey: Uint8Array, masterSalt: Uint8Array, label: number, bytes: number): Uint8Array {
  const iv = new Uint8Array(16);
  iv.set(masterSalt.subarray(0, SALT_BYTES));
  iv[7]! ^= label;
  return createCipheriv(masterKey.length === 32 ? "aes-256-ctr" : "aes-128-ctr", masterKey, iv).update(new Uint8Array(bytes));
}
