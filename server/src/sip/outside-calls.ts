import { countedAs } from "../base/network.ts";
import { limits } from "./limits.ts";

/**
 * Calls without an account that nobody has confirmed yet, counted by where they came from. Strangers share one allowance and each address has
 * a part of it; a known source (`isKnownSource`: a trunk, whose calls all come from one address) has one of its own and takes nothing from theirs.
 */
export class OutsideCalls {
  readonly #bySource = new Map<string, number>();
  #strangers = 0;

  full(address: string, known: boolean): boolean {
    const here = this.#bySource.get(keyOf(address, known)) ?? 0;
    return known ? here >= limits.maxPendingKnownCallsPerSource : this.#strangers >= limits.maxPendingOutsideCalls || here >= limits.maxPendingOutsideCallsPerSource;
  }

  /** What to `remove` it by. */
  add(address: string, known: boolean): string {
    const key = keyOf(address, known);
    this.#bySource.set(key, (this.#bySource.get(key) ?? 0) + 1);
    if (!known) this.#strangers++;
    return key;
  }

  remove(key: string): void {
    const left = (this.#bySource.get(key) ?? 1) - 1;
    if (left > 0) this.#bySource.set(key, left);
    else this.#bySource.delete(key);
    if (!key.startsWith(KNOWN)) this.#strangers--;
  }
}

const KNOWN = "known ";

function keyOf(address: string, known: boolean): string {
  return known ? KNOWN + address : countedAs(address);
}
