/**
 * *66: the one I called last was busy; ring me when both of us are free, then call (automatic redial, RFC 5359 2.17). In memory
 * only: after a restart one dials again.
 */
import type { ExtensionRow } from "./config.ts";
import type { Clock } from "../base/clock.ts";
import type { States } from "./states.ts";

/** Time to hang up and breathe. */
const PAUSE_MS = 1_500;
/** After so long nobody remembers what it was about. */
const FORGET_MS = 30 * 60_000;

interface Wish {
  by: string;
  to: string;
  untilMs: number;
}

export interface CallBacksOptions {
  states: States;
  clock: Clock;
  /** Rings the first, then the second. */
  dial(by: ExtensionRow, to: ExtensionRow): void;
  extension(id: string): ExtensionRow | null;
}

export class CallBacks {
  readonly #options: CallBacksOptions;
  /** By who waits: one wish each. */
  readonly #wishes = new Map<string, Wish>();
  /** Whom an extension called in vain last. */
  readonly #lastMissed = new Map<string, string>();

  /** Set while a look is due. */
  #cancelLook: (() => void) | null = null;

  constructor(options: CallBacksOptions) {
    this.#options = options;
    options.states.onState(() => this.#lookSoon());
  }

  notReached(by: string, to: string): void {
    this.#lastMissed.set(by, to);
  }

  ask(by: string): boolean {
    const to = this.#lastMissed.get(by);
    if (to === undefined || to === by) return false;
    this.#wishes.set(by, { by, to, untilMs: this.#options.clock.now() + FORGET_MS });
    this.#lookSoon();
    return true;
  }

  drop(by: string): void {
    this.#wishes.delete(by);
  }

  /** Nobody is called any more. */
  stop(): void {
    this.#wishes.clear();
    this.#cancelLook?.();
    this.#cancelLook = null;
  }

  /** Not within the change that is being told: that one is not over. */
  #lookSoon(): void {
    if (this.#wishes.size === 0) return;
    this.#cancelLook ??= this.#options.clock.after(PAUSE_MS, () => {
      this.#cancelLook = null;
      this.#look();
    });
  }

  #look(): void {
    const { states, clock, extension, dial } = this.#options;
    for (const wish of this.#wishes.values()) {
      if (wish.untilMs < clock.now()) {
        this.#wishes.delete(wish.by);
        continue;
      }
      if (states.of(wish.by) !== "free" || states.of(wish.to) !== "free") continue;
      this.#wishes.delete(wish.by);
      const [by, to] = [extension(wish.by), extension(wish.to)];
      if (by && to) dial(by, to);
    }
  }
}
