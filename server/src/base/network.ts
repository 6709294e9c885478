/**
 * Addresses as two 32-bit words: IPv4 whole in `lo`; IPv6 by its first 64 bits, which is the least that one customer gets (RFC 6177):
 * who has a /64 has 2^64 addresses, and counting each alone would count nothing.
 */
export interface Source {
  hi: number;
  lo: number;
}

/** A list rule's network: IPv4 up to /32, IPv6 up to /64 (longer prefixes count as the /64 that they are in). */
export interface Network {
  v6: boolean;
  hi: number;
  lo: number;
  hiMask: number;
  loMask: number;
}

/** Read once per datagram: no allocation, no regular expression for IPv4. False when it is no address. */
export function readSource(address: string, into: Source): boolean {
  if (address.includes(":")) return readV6(address, into);
  let value = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < address.length; i++) {
    const c = address.charCodeAt(i);
    if (c >= 0x30 && c <= 0x39) {
      part = part * 10 + c - 0x30;
      if (++digits > 3 || part > 255) return false;
    } else if (c === 0x2e && digits > 0 && dots < 3) {
      value = value * 256 + part;
      part = digits = 0;
      dots++;
    } else return false;
  }
  if (dots !== 3 || digits === 0) return false;
  into.hi = 0;
  into.lo = (value * 256 + part) >>> 0;
  return true;
}

function readV6(text: string, into: Source): boolean {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  if (address.length > 45) return false;
  const dotted = address.lastIndexOf(":") + 1;
  const words: number[] = [];
  let gap = -1;
  let head = address;
  let tail: number[] = [];
  if (address.includes(".", dotted)) {
    const v4: Source = { hi: 0, lo: 0 };
    if (!readSource(address.slice(dotted), v4)) return false;
    // IPv4 in IPv6 (RFC 4291 2.5.5.2) is that IPv4 address, however the socket shows it
    if (/^::ffff:$/i.test(address.slice(0, dotted))) {
      into.hi = v4.hi;
      into.lo = v4.lo;
      return true;
    }
    tail = [v4.lo >>> 16, v4.lo & 0xffff];
    head = address.slice(0, dotted - (address.endsWith("::", dotted) ? 0 : 1));
  }
  const parts = head.split(":");
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part === "") {
      // "::" once; at an end it splits into two empty parts
      if (i > 0 && i < parts.length - 1) {
        if (gap >= 0) return false;
        gap = words.length;
      } else if (parts[i === 0 ? 1 : i - 1] !== "" || parts.length < 3) return false;
      continue;
    }
    if (!/^[0-9a-f]{1,4}$/i.test(part)) return false;
    words.push(Number.parseInt(part, 16));
  }
  words.push(...tail);
  if (gap < 0 ? words.length !== 8 : words.length > 7) return false;
  if (gap >= 0) words.splice(gap, 0, ...Array.from({ length: 8 - words.length }, () => 0));
  into.hi = ((words[0]! << 16) | words[1]!) >>> 0;
  into.lo = ((words[2]! << 16) | words[3]!) >>> 0;
  // a v6 network whose first 32 bits are zero would be taken for IPv4: loopback and the unspecified address only; told apart by a bit
  if (into.hi === 0) into.hi = 0xffff_ffff;
  return true;
}

/** "203.0.113.0/24", "2001:db8::/32", or one address. Null when it is none. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf("/");
  const source: Source = { hi: 0, lo: 0 };
  if (!readSource(slash < 0 ? text : text.slice(0, slash), source)) return null;
  const v6 = text.includes(":") && source.hi !== 0;
  const most = v6 ? 128 : 32;
  const bits = slash < 0 ? most : /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1;
  if (bits < 0 || bits > most) return null;
  const [hiMask, loMask] = v6 ? [mask(bits), mask(bits - 32)] : [0xffff_ffff, mask(bits)];
  // "::/0" is every IPv6 address, and ::1 is kept under another first word than it has
  return { v6, hi: (bits === 0 ? 0 : source.hi & hiMask) >>> 0, lo: (source.lo & loMask) >>> 0, hiMask, loMask };
}

export function inNetwork(source: Source, network: Network): boolean {
  if ((source.hi !== 0) !== network.v6) return false;
  return ((source.hi & network.hiMask) >>> 0) === network.hi && ((source.lo & network.loMask) >>> 0) === network.lo;
}

/** As people read it: the address, or the /64. */
export function printSource({ hi, lo }: Source): string {
  if (hi === 0) return `${lo >>> 24}.${(lo >>> 16) & 255}.${(lo >>> 8) & 255}.${lo & 255}`;
  const first = hi === 0xffff_ffff ? 0 : hi;
  return `${(first >>> 16).toString(16)}:${(first & 0xffff).toString(16)}:${(lo >>> 16).toString(16)}:${(lo & 0xffff).toString(16)}::/64`;
}

/** Whose address it is, for everything that counts by address: IPv4 as it is (also in the form of IPv6), IPv6 by its /64; what is no address stands for itself. */
export function countedAs(address: string): string {
  const source: Source = { hi: 0, lo: 0 };
  return readSource(address, source) ? printSource(source) : address;
}

function mask(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - bits)) >>> 0;
}
