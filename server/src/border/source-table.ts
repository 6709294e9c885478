import type { Source } from "../base/network.ts";

/** Slots looked at for one source. */
const ways = 8;

/**
 * What is remembered of each address that speaks to us, in arrays of fixed size: a flood from forged addresses changes what is in them,
 * never how much. A source has eight places where it can be; the one seen longest ago that nobody knows makes room. Where the places are
 * depends on a secret, so that nobody can aim at the ones of somebody else.
 */
export class SourceTable {
  readonly #hi: Uint32Array;
  readonly #lo: Uint32Array;
  /** Epoch ms; 0 = the slot is empty. */
  readonly seenAtMs: Float64Array;
  /** Requests left. */
  readonly tokens: Float32Array;
  readonly quiet: Float32Array;
  /** Until when the address counts as known (authenticated), or as not forged. */
  readonly knownUntilMs: Float64Array;
  readonly provenUntilMs: Float64Array;
  /** What the access list and the bans say of it, and for which generation of them that holds. */
  readonly verdict: Uint8Array;
  readonly generation: Uint32Array;
  readonly #sets: number;
  readonly #seed: number;

  constructor(slots: number, secret: Uint8Array) {
    this.#sets = slots / ways;
    this.#hi = new Uint32Array(slots);
    this.#lo = new Uint32Array(slots);
    this.seenAtMs = new Float64Array(slots);
    this.tokens = new Float32Array(slots);
    this.quiet = new Float32Array(slots);
    this.knownUntilMs = new Float64Array(slots);
    this.provenUntilMs = new Float64Array(slots);
    this.verdict = new Uint8Array(slots);
    this.generation = new Uint32Array(slots);
    this.#seed = (secret[0]! | (secret[1]! << 8) | (secret[2]! << 16) | (secret[3]! << 24)) | 1;
  }

  /** The slot of that source; -1 when it has none. */
  find({ hi, lo }: Source): number {
    const first = this.#first(hi, lo);
    for (let at = first; at < first + ways; at++) if (this.#lo[at] === lo && this.#hi[at] === hi && this.seenAtMs[at] !== 0) return at;
    return -1;
  }

  /** The slot of a source that has none: an empty one, or that of whom is missed least. It is blank but for `seenAtMs`. */
  take({ hi, lo }: Source, nowMs: number): number {
    const first = this.#first(hi, lo);
    let worst = first;
    let worstValue = Infinity;
    for (let at = first; at < first + ways; at++) {
      const seen = this.seenAtMs[at]!;
      if (seen === 0) {
        worst = at;
        break;
      }
      // a known address outlives any stranger
      const value = Math.max(seen, this.knownUntilMs[at]! > nowMs ? this.knownUntilMs[at]! + 1e12 : 0, this.provenUntilMs[at]!);
      if (value < worstValue) {
        worst = at;
        worstValue = value;
      }
    }
    this.#hi[worst] = hi;
    this.#lo[worst] = lo;
    this.seenAtMs[worst] = nowMs;
    this.tokens[worst] = this.quiet[worst] = this.knownUntilMs[worst] = this.provenUntilMs[worst] = this.verdict[worst] = this.generation[worst] = 0;
    return worst;
  }

  #first(hi: number, lo: number): number {
    let h = Math.imul(lo ^ this.#seed, 0x9e37_79b1) ^ Math.imul(hi + this.#seed, 0x85eb_ca6b);
    h = Math.imul(h ^ (h >>> 15), 0xc2b2_ae35);
    return ((h ^ (h >>> 13)) >>> 0) % this.#sets * ways;
  }
}
