/** Addresses and networks (CIDR) exactly: who may call as a trunk without a password. */
import { isIP } from "node:net";

export interface Network {
  v6: boolean;
  value: bigint;
  bits: number;
}

/** "198.51.100.0/24", "2001:db8::/32", or one address. Null when it is none. */
export function readNetwork(text: string): Network | null {
  const [address = "", prefix] = text.split("/");
  const read = readAddress(address);
  if (!read) return null;
  const most = read.v6 ? 128 : 32;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  return bits < 0 || bits > most ? null : { v6: read.v6, value: read.value >> BigInt(most - bits), bits };
}

export function isIn(address: string, networks: readonly Network[]): boolean {
  const read = readAddress(address);
  return read !== null && networks.some(({ v6, value, bits }) => v6 === read.v6 && read.value >> BigInt((v6 ? 128 : 32) - bits) === value);
}

function readAddress(text: string): { v6: boolean; value: bigint } | null {
  const family = isIP(text);
  if (family === 4) return { v6: false, value: text.split(".").reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
  if (family !== 6) return null;
  // one spelling: hexadecimal words, at most one "::"
  const plain = URL.parse(`http://[${text.replace(/%.*$/, "")}]`)?.hostname.slice(1, -1);
  if (plain === undefined) return null;
  const [head = "", tail] = plain.split("::");
  const words = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [before, after] = [words(head), words(tail ?? "")];
  const all = tail === undefined ? before : [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
  return { v6: true, value: all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n) };
}
