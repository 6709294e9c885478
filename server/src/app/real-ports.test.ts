import assert from "node:assert/strict";
import { test } from "node:test";
import { realClock } from "./real-ports.ts";

test("a timer of the real clock never fires before its instant by that clock, though setTimeout does in one case of six", async () => {
  const early: number[] = [];
  const wait = (afterMs: number): Promise<void> =>
    new Promise((done) => {
      const dueMs = realClock.now() + afterMs;
      realClock.after(afterMs, () => {
        if (realClock.now() < dueMs) early.push(dueMs - realClock.now());
        done();
      });
    });
  for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 50 }, (_, i) => wait(1 + (i % 7))));
  assert.deepEqual(early, []);
});

test("a cancelled timer does not fire, whenever it is cancelled", async () => {
  let fired = 0;
  const cancels = Array.from({ length: 50 }, (_, i) => realClock.after(i % 3, () => fired++));
  for (const cancel of cancels) cancel();
  await new Promise<void>((done) => void realClock.after(10, done));
  assert.equal(fired, 0);
});
