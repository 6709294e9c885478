import { randomBytes, randomInt } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";

/** setTimeout's own limit (a 32-bit signed count of ms); longer waits are made of several. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** setTimeout counts from the event loop's own rounded time, and one in six fires when Date.now() still stands 1 ms before the instant. */
const EARLY_MS = 2;

export const realClock: Clock = {
  now: () => Date.now(),
  after(afterMs, fire) {
    const dueMs = Date.now() + afterMs;
    let timer: NodeJS.Timeout;
    const set = (leftMs: number): void => {
      const piece = Math.min(Math.max(0, leftMs), LONGEST_TIMEOUT_MS);
      timer = setTimeout(() => {
        if (leftMs > piece) return set(leftMs - piece);
        const early = dueMs - Date.now();
        if (early > 0 && early <= EARLY_MS) set(early); // more than that is a wall clock set back: the wait asked for is over
        else fire();
      }, piece);
    };
    set(afterMs);
    return () => clearTimeout(timer);
  },
};

/** Random bytes are fetched so many at a time: a call to the library costs 2 µs however few it is asked for, and a SIP call needs a dozen. */
const poolBytes = 4_096;
let pool = new Uint8Array(0);
let poolAt = 0;

export const realChance: Chance = {
  next: () => randomInt(2 ** 47) / 2 ** 47,
  bytes(size) {
    if (size > 64) return randomBytes(size);
    if (poolAt + size > pool.length) {
      pool = randomBytes(poolBytes);
      poolAt = 0;
    }
    // each byte is given out once; the pool is not filled again but left to whoever still holds a piece of it
    poolAt += size;
    return pool.subarray(poolAt - size, poolAt);
  },
};

/** The real clock, for one run of the server: when it has stopped, nothing of it fires any more or keeps the process. */
export function clockOfRun(): { clock: Clock; stop(): void } {
  const set = new Set<() => void>();
  let stopped = false;
  return {
    clock: {
      now: realClock.now,
      after(afterMs, fire) {
        if (stopped) return () => {};
        const cancelReal = realClock.after(afterMs, () => {
          set.delete(cancel);
          fire();
        });
        const cancel = (): void => {
          set.delete(cancel);
          cancelReal();
        };
        set.add(cancel);
        return cancel;
      },
    },
    stop() {
      stopped = true;
      for (const cancel of set) cancel();
    },
  };
}
