import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Binding, Location } from "./location.ts";
import { escapeUser, type SipUri } from "./uri.ts";

const PREFIX = "tgruu.";

/**
 * Globally routable URIs of one device (RFC 5627). Public: `sip:user@domain;gr=<instance>`. Temporary: a fresh one with each refresh,
 * which shows neither whose it is nor that two are the same device's (3.1.2); nothing is remembered for it (appendix A.2): the user
 * part is a block cipher's output over the binding's secret name and a counter.
 */
export class Gruus {
  readonly #key: Uint8Array;
  readonly #domain: string;
  #counter: bigint;

  /** `key` is 16 bytes; `start` of the counter by chance, so that a restart does not repeat itself. */
  constructor(key: Uint8Array, domain: string, start: bigint) {
    this.#key = key;
    this.#domain = domain;
    this.#counter = start;
  }

  public(binding: Binding): string {
    return `sip:${escapeUser(binding.account)}@${this.#domain};gr=${binding.instance}`;
  }

  temporary(binding: Binding): string {
    const block = Buffer.alloc(16);
    block.write(binding.gruu, 0, 8, "hex");
    block.writeBigUInt64BE(this.#counter++ & 0xffff_ffff_ffff_ffffn, 8);
    const cipher = createCipheriv("aes-128-ecb", this.#key, null).setAutoPadding(false);
    return `sip:${PREFIX}${Buffer.concat([cipher.update(block), cipher.final()]).toString("hex")}@${this.#domain};gr`;
  }

  /** The device that a GRUU of ours names; `account` null = a temporary one that is not valid (any more). Null for any other URI. */
  resolve(uri: SipUri, location: Location): { account: string; instance: string } | { account: null } | null {
    const gr = uri.params.get("gr");
    if (gr === undefined) return null;
    if (gr !== "") return { account: uri.user, instance: gr };
    const token = uri.user.startsWith(PREFIX) ? uri.user.slice(PREFIX.length) : "";
    if (!/^[0-9a-f]{32}$/.test(token)) return { account: null };
    const cipher = createDecipheriv("aes-128-ecb", this.#key, null).setAutoPadding(false);
    const name = Buffer.concat([cipher.update(Buffer.from(token, "hex")), cipher.final()]).toString("hex", 0, 8);
    // who makes up a token meets one of our 64-bit names with the chance of a guess at it
    const binding = location.byGruu(name);
    return binding ? { account: binding.account, instance: binding.instance } : { account: null };
  }
}
