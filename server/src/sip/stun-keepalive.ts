import { isIPv4, isIPv6 } from "node:net";
import type { Flow } from "./contract.ts";

const COOKIE = 0x2112_a442;

/** True for what may be a STUN message (RFC 5389 6: two zero bits and the magic cookie); no SIP message begins so. */
export function isStun(bytes: Uint8Array): boolean {
  return bytes.length >= 20 && bytes[0]! <= 3 && bytes[4] === 0x21 && bytes[5] === 0x12 && bytes[6] === 0xa4 && bytes[7] === 0x42;
}

/**
 * The answer to a keep-alive on a UDP flow (RFC 5626 4.4.2): a Binding success with the peer's address as we see it, from which a phone
 * learns that its NAT changed its mind. Null for anything else.
 */
export function stunAnswer(bytes: Uint8Array, flow: Flow): Uint8Array | null {
  const request = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isStun(bytes) || request.readUInt16BE(0) !== 0x0001 || request.readUInt16BE(2) !== bytes.length - 20) return null;
  const address = addressBytes(flow.remoteAddress);
  if (!address) return null;
  const out = Buffer.alloc(28 + address.length);
  out.writeUInt16BE(0x0101, 0);
  out.writeUInt16BE(8 + address.length, 2);
  request.copy(out, 4, 4, 20);
  out.writeUInt16BE(0x0020, 20); // XOR-MAPPED-ADDRESS (RFC 5389 15.2)
  out.writeUInt16BE(4 + address.length, 22);
  out[25] = address.length === 4 ? 1 : 2;
  out.writeUInt16BE(flow.remotePort ^ (COOKIE >>> 16), 26);
  for (let i = 0; i < address.length; i++) out[28 + i] = address[i]! ^ out[4 + i]!;
  return out;
}

function addressBytes(address: string): Uint8Array | null {
  if (isIPv4(address)) return Uint8Array.from(address.split("."), Number);
  if (!isIPv6(address)) return null;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const words = (text: string): number[] => (text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16)));
  const first = words(head);
  const last = tail === undefined ? [] : words(tail);
  const all = tail === undefined ? first : [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  return all.length === 8 && all.every((word) => word >= 0 && word <= 0xffff) ? Uint8Array.from(all.flatMap((word) => [word >> 8, word & 255])) : null;
}
