/** Keys in the SDP: the `a=crypto` attribute (RFC 4568, RFC 7714 section 14). Parse what peers write, never throw. */
import type { Chance } from "../base/chance.ts";
import { GcmDirection } from "./srtp-gcm.ts";
import { SrtpDirection, type SrtpTransform } from "./srtp.ts";

/** The ones that we speak, the most wanted first: AES-CM is our own code and cheapest, 32-bit tags are the weakest. */
const SUITES = {
  AES_CM_128_HMAC_SHA1_80: { keyBytes: 16, saltBytes: 14, transform: (key, salt) => new SrtpDirection(key, salt) },
  AEAD_AES_256_GCM: { keyBytes: 32, saltBytes: 12, transform: (key, salt) => new GcmDirection(key, salt) },
  AEAD_AES_128_GCM: { keyBytes: 16, saltBytes: 12, transform: (key, salt) => new GcmDirection(key, salt) },
  AES_CM_128_HMAC_SHA1_32: { keyBytes: 16, saltBytes: 14, transform: (key, salt) => new SrtpDirection(key, salt, 4) },
} satisfies Record<string, { keyBytes: number; saltBytes: number; transform(key: Uint8Array, salt: Uint8Array): SrtpTransform }>;

export type SrtpSuite = keyof typeof SUITES;
const NAMES = Object.keys(SUITES) as SrtpSuite[];

/** One `a=crypto` line: whoever writes it sends with this key. */
export interface CryptoLine {
  tag: number;
  suite: SrtpSuite;
  /** Base64 of key and salt. */
  inline: string;
}

/** What an offer/answer round agreed on. */
export interface Sdes {
  inbound: CryptoLine;
  outbound: CryptoLine;
}

/** Attack: hundreds of lines, each of which we would read for each stream. */
const MAX_LINES = 16;

/** The lines that we can use, in their order. A line with a master key index or with session parameters that change the protection is left out. */
export function readCryptoLines(attributes: readonly { name: string; value: string }[]): CryptoLine[] {
  const out: CryptoLine[] = [];
  for (const { name, value } of attributes) {
    if (name !== "crypto" || out.length >= MAX_LINES) continue;
    // inline:<key||salt>["|" lifetime]["|" MKI ":" length]; several keys (with ";") need an MKI
    const match = /^(\d{1,9})\s+([A-Za-z0-9_]+)\s+inline:([A-Za-z0-9+/]+={0,2})(?:\|(?:2\^\d{1,2}|\d{1,20}))?((?:\s+\S+)*)$/.exec(value);
    const suite = match && NAMES.find((known) => known === match[2]!.toUpperCase());
    if (!match || !suite) continue;
    // RFC 4568 section 6.3: what is not marked as optional by "-" must be obeyed; WSH is a hint only
    if (match[4]!.trim().split(/\s+/).some((parameter) => parameter !== "" && !parameter.startsWith("-") && !parameter.startsWith("WSH="))) continue;
    const { keyBytes, saltBytes } = SUITES[suite];
    if (Buffer.from(match[3]!, "base64").length !== keyBytes + saltBytes) continue;
    out.push({ tag: Number(match[1]), suite, inline: match[3]! });
  }
  return out;
}

export function printCryptoLine({ tag, suite, inline }: CryptoLine): string {
  return `a=crypto:${tag} ${suite} inline:${inline}`;
}

/** Our offer: a key of its own for each suite. */
export function offerCrypto(chance: Chance): CryptoLine[] {
  return NAMES.map((suite, i) => newLine(i + 1, suite, chance));
}

/** Of their lines the one that we take, with ours for it. `ours` has a key for each suite, which stays for the life of the endpoint. */
export function answerCrypto(theirs: readonly CryptoLine[], ours: readonly CryptoLine[]): Sdes | null {
  // RFC 4568 section 5.1.2: the most preferred that we can
  const inbound = theirs.find(({ suite }) => ours.some((own) => own.suite === suite));
  const own = ours.find(({ suite }) => suite === inbound?.suite);
  return inbound && own ? { inbound, outbound: { ...own, tag: inbound.tag } } : null;
}

/** The answer to an offer of ours: exactly one line, with a tag and suite that we offered. */
export function matchCrypto(ours: readonly CryptoLine[], theirs: readonly CryptoLine[]): Sdes | null {
  const [inbound, more] = theirs;
  const outbound = ours.find(({ tag, suite }) => tag === inbound?.tag && suite === inbound.suite);
  return inbound && outbound && !more ? { inbound, outbound } : null;
}

export function transformOf({ suite, inline }: CryptoLine): SrtpTransform {
  const { keyBytes, transform } = SUITES[suite];
  const bytes = Buffer.from(inline, "base64");
  return transform(bytes.subarray(0, keyBytes), bytes.subarray(keyBytes));
}

function newLine(tag: number, suite: SrtpSuite, chance: Chance): CryptoLine {
  const { keyBytes, saltBytes } = SUITES[suite];
  return { tag, suite, inline: Buffer.from(chance.bytes(keyBytes + saltBytes)).toString("base64") };
}
