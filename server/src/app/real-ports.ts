import { randomBytes, randomInt } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";

/** setTimeout's own limit (a 32-bit signed count of ms); longer waits are made of several. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  after(afterMs, fire) {
    let timer: NodeJS.Timeout;
    const set = (leftMs: number): void => {
      const piece = Math.min(Math.max(0, leftMs), LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => (leftMs > piece ? set(leftMs - piece) : fire()), piece);
    };
    set(afterMs);
    return () => clearTimeout(timer);
  },
};

export const realChance: Chance = {
  next: () => randomInt(2 ** 47) / 2 ** 47,
  bytes: (size) => randomBytes(size),
};
