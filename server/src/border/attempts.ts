import { limits } from "./limits.ts";
import { NamedBuckets } from "./rate.ts";

/** Of an account that is at home at an address where somebody guesses: what it may still try, a second, and its burst. */
const homeTriesPerSecond = 5;
const homeTriesBurst = 20;

interface Failures {
  count: number;
  sinceMs: number;
  /** The limit was passed, but the address may not be banned: until then only accounts that are at home there are looked at. */
  probationUntilMs: number;
}

/**
 * Failed passwords by address. Only who answered a nonce of ours is counted, so the address is not forged. An address from which
 * somebody of ours speaks is never banned (one wrong phone would shut out an office): there it is only the guessing that stops.
 */
export class Attempts {
  readonly #failures = new Map<string, Failures>();
  /** Where each account authenticated last. */
  readonly #homes = new Map<string, string>();
  readonly #homeTries = new NamedBuckets(limits.accounts);

  /** Counts one; true when it is one that reaches the limit (or as many again). */
  failed(source: string, most: number, nowMs: number): boolean {
    let failures = this.#failures.get(source);
    if (!failures || nowMs - failures.sinceMs > limits.failureWindowMs) {
      this.#failures.delete(source);
      if (this.#failures.size >= limits.failureSources) this.#failures.delete(this.#failures.keys().next().value!);
      failures = { count: 0, sinceMs: nowMs, probationUntilMs: failures?.probationUntilMs ?? 0 };
      this.#failures.set(source, failures);
    }
    return ++failures.count % most === 0;
  }

  forget(source: string): void {
    this.#failures.delete(source);
  }

  probation(source: string, untilMs: number): void {
    const failures = this.#failures.get(source);
    if (failures) failures.probationUntilMs = untilMs;
  }

  authenticated(account: string, source: string): void {
    if (this.#homes.get(account) === source) return;
    this.#homes.delete(account);
    if (this.#homes.size >= limits.accounts) this.#homes.delete(this.#homes.keys().next().value!);
    this.#homes.set(account, source);
  }

  mayTry(account: string, source: string, nowMs: number): boolean {
    if (this.#failures.size === 0) return true;
    if ((this.#failures.get(source)?.probationUntilMs ?? 0) <= nowMs) return true;
    return this.#homes.get(account) === source && this.#homeTries.take(account, homeTriesPerSecond, homeTriesBurst, nowMs);
  }
}
