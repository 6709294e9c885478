import type { BanView } from "@tandem/protocol";
import { limits } from "./limits.ts";

/** One address (IPv6: its /64) that is shut out for a while. Times in epoch ms. */
export type Ban = BanView;

/** Live bans by printed source. The one that ends first goes when there are too many. */
export class Bans {
  readonly #bans = new Map<string, Ban>();

  get size(): number {
    return this.#bans.size;
  }

  add(ban: Ban): void {
    this.#bans.delete(ban.address);
    if (this.#bans.size >= limits.bans) {
      let first: Ban | null = null;
      for (const one of this.#bans.values()) if (!first || one.untilMs < first.untilMs) first = one;
      if (first) this.#bans.delete(first.address);
    }
    this.#bans.set(ban.address, ban);
  }

  lift(address: string): boolean {
    return this.#bans.delete(address);
  }

  /** Null when not banned now. */
  of(address: string, nowMs: number): Ban | null {
    const ban = this.#bans.get(address);
    if (!ban) return null;
    if (ban.untilMs > nowMs) return ban;
    this.#bans.delete(address);
    return null;
  }

  /** The newest first. */
  list(nowMs: number): Ban[] {
    return Array.from(this.#bans.values()).filter(({ untilMs }) => untilMs > nowMs).sort((a, b) => b.sinceMs - a.sinceMs);
  }
}
