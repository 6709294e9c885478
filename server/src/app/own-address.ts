/** Which of this machine's addresses a peer reaches, IPv4 and IPv6. */
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** How long a list of interfaces is believed: a laptop changes its network while we run, but reading it per datagram costs 50 µs. */
const interfacesMs = 10_000;

interface LocalNet {
  address: string;
  internal: boolean;
  /** First octets of the network, and how many bits of them count. */
  octets: Uint8Array;
  prefix: number;
}

let nets: readonly LocalNet[] = [];
let netsReadAtMs = -Infinity;

/** Our address on the network of that peer: the one that it reaches without a router; null when it is not near. */
export function nearAddress(remote: string, nowMs: number): string | null {
  const at = octetsOf(remote);
  if (!at) return null;
  return localNets(nowMs).find(({ octets, prefix }) => octets.length === at.length && sameNet(octets, at, prefix))?.address ?? null;
}

/** The first outside loopback, of that family; null when this machine has none of it. */
export function firstAddress(family: 4 | 6, nowMs: number): string | null {
  const own = localNets(nowMs).filter(({ octets }) => octets.length === (family === 4 ? 4 : 16));
  return (own.find(({ internal }) => !internal) ?? own[0])?.address ?? null;
}

export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** IPv4 in IPv6 as plain IPv4: what a dual-stack socket tells of an IPv4 peer. */
export function plain(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** The other way round: what a dual-stack socket must be given to reach an IPv4 peer. */
export function mapped(address: string): string {
  return address.includes(":") ? address : `::ffff:${address}`;
}

function localNets(nowMs: number): readonly LocalNet[] {
  if (Math.abs(nowMs - netsReadAtMs) <= interfacesMs) return nets;
  netsReadAtMs = nowMs;
  nets = Object.values(networkInterfaces()).flatMap((list) => list ?? []).flatMap(({ address, internal, cidr }) => {
    const octets = octetsOf(address);
    // a link-local address means nothing without its zone, which no header of SIP can carry
    if (!octets || /^fe[89ab]/i.test(address)) return [];
    return [{ address, internal, octets, prefix: Number(cidr?.split("/")[1] ?? octets.length * 8) }];
  });
  return nets;
}

function sameNet(a: Uint8Array, b: Uint8Array, prefix: number): boolean {
  for (let bit = 0, i = 0; bit < prefix; bit += 8, i++) {
    const mask = prefix - bit >= 8 ? 0xff : (0xff << (8 - (prefix - bit))) & 0xff;
    if (((a[i]! ^ b[i]!) & mask) !== 0) return false;
  }
  return true;
}

/** Four or sixteen octets; null for what is no address. */
function octetsOf(address: string): Uint8Array | null {
  if (!address.includes(":")) {
    const parts = address.split(".").map(Number);
    return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? Uint8Array.from(parts) : null;
  }
  const bare = address.split("%")[0]!;
  if (!isIPv6(bare) || bare.includes(".")) return null;
  const [head = "", tail] = bare.split("::");
  const words = (text: string): number[] => (text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16)));
  const front = words(head);
  const back = words(tail ?? "");
  const all = tail === undefined ? front : [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 255]));
}
