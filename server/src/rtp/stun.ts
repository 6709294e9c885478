/** STUN binding requests as ICE sends them (RFC 8489, RFC 8445 section 7.3), seen by an ICE-lite agent: check, answer. */
import { crc32 } from "node:zlib";
import { HmacSha1 } from "./hmac-sha1.ts";
import { readU32, writeU32 } from "./packet.ts";

const MAGIC = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const XOR_MAPPED_ADDRESS = 0x0020;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;

/** Attack: large STUN messages that keep the hash busy; Chromium's checks are about 120 bytes. */
const MAX_BYTES = 548;

export function isStun(bytes: Uint8Array): boolean {
  return bytes.length >= 20 && bytes[0]! < 4 && readU32(bytes, 4) === MAGIC;
}

export interface BindingRequest {
  transaction: Uint8Array;
  useCandidate: boolean;
}

/** A binding request for `ufrag` whose integrity `password` proves; null for all else. */
export function readBindingRequest(bytes: Uint8Array, ufrag: string, mac: HmacSha1): BindingRequest | null {
  if (bytes.length > MAX_BYTES || ((bytes[0]! << 8) | bytes[1]!) !== BINDING_REQUEST) return null;
  const end = 20 + ((bytes[2]! << 8) | bytes[3]!);
  if (end !== bytes.length) return null;
  let named = false;
  let useCandidate = false;
  for (let at = 20; at + 4 <= end; ) {
    const type = (bytes[at]! << 8) | bytes[at + 1]!;
    const size = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const value = at + 4;
    if (value + size > end) return null;
    if (type === USERNAME) named = new TextDecoder().decode(bytes.subarray(value, value + size)).startsWith(`${ufrag}:`);
    else if (type === USE_CANDIDATE) useCandidate = true;
    else if (type === MESSAGE_INTEGRITY) {
      // What follows integrity is not covered by it (but for the fingerprint): stop here.
      return named && size === 20 && integrityHolds(bytes, at, mac) ? { transaction: Uint8Array.from(bytes.subarray(8, 20)), useCandidate } : null;
    }
    at = value + size + ((4 - (size & 3)) & 3);
  }
  return null;
}

/** The header's length is that of a message ending with the integrity attribute while it is hashed (RFC 8489 section 14.5). */
function integrityHolds(bytes: Uint8Array, at: number, mac: HmacSha1): boolean {
  const covered = Uint8Array.from(bytes.subarray(0, at)); // a copy: `slice` of a Buffer is none
  setLength(covered, at + 24 - 20);
  const words = mac.digest(covered, 0, at);
  let difference = 0;
  for (let i = 0; i < 20; i++) difference |= ((words[i >> 2]! >>> (24 - 8 * (i & 3))) & 255) ^ bytes[at + 4 + i]!;
  return difference === 0;
}

/** Success with the address that we saw (IPv4 dotted or IPv6), integrity and fingerprint. */
export function writeBindingSuccess(transaction: Uint8Array, address: string, port: number, mac: HmacSha1): Uint8Array {
  const ip = addressBytes(address);
  const out = new Uint8Array(20 + 8 + ip.length + 24 + 8);
  out[0] = BINDING_SUCCESS >> 8;
  out[1] = BINDING_SUCCESS & 255;
  writeU32(out, 4, MAGIC);
  out.set(transaction, 8);
  out[21] = XOR_MAPPED_ADDRESS;
  out[23] = 4 + ip.length;
  out[25] = ip.length === 4 ? 1 : 2;
  const xored = port ^ (MAGIC >>> 16);
  out[26] = xored >> 8;
  out[27] = xored;
  for (let i = 0; i < ip.length; i++) out[28 + i] = ip[i]! ^ out[4 + i]!;
  let at = 28 + ip.length;
  setLength(out, at + 24 - 20);
  const words = mac.digest(out, 0, at);
  out[at + 1] = MESSAGE_INTEGRITY;
  out[at + 3] = 20;
  for (let i = 0; i < 20; i++) out[at + 4 + i] = words[i >> 2]! >>> (24 - 8 * (i & 3));
  at += 24;
  setLength(out, at + 8 - 20);
  out[at] = FINGERPRINT >> 8;
  out[at + 1] = FINGERPRINT & 255;
  out[at + 3] = 4;
  writeU32(out, at + 4, (crc32(out.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0);
  return out;
}

function setLength(bytes: Uint8Array, length: number): void {
  bytes[2] = length >> 8;
  bytes[3] = length;
}

function addressBytes(address: string): Uint8Array {
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  const plain = address.split("%")[0]!;
  const [head = "", tail] = plain.split("::");
  const groups = (text: string): number[] => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}
