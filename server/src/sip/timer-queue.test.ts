import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TimerQueue } from "./timer-queue.ts";

test("timers come out in the order of their instants and then of their starts, whatever was moved, stopped or set back meanwhile", () => {
  const owner = fc.constantFrom("a", "b", "c", "d");
  const name = fc.constantFrom("A", "B", "C");
  // usual delays go through lanes, others through the heap; the clock also goes back
  const delay = fc.constantFrom(0, 500, 1_000, 32_000, 777, 181_000, 12_345, 900_000);
  const act = fc.oneof(
    fc.record({ start: fc.tuple(owner, name, delay) }), fc.record({ stop: fc.tuple(owner, name) }), fc.record({ stopAll: owner }), fc.record({ clock: fc.integer({ min: -40_000, max: 60_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 400, size: "max" }), (acts) => {
      const queue = new TimerQueue();
      let model: { owner: string; name: string; atMs: number; order: number }[] = [];
      let now = 1_000_000;
      let order = 0;
      const drop = (o: string, n: string | null): void => void (model = model.filter((t) => t.owner !== o || (n !== null && t.name !== n)));
      for (const one of acts) {
        queue.nowMs = now;
        if ("start" in one) {
          const [o, n, ms] = one.start;
          drop(o, n);
          model.push({ owner: o, name: n, atMs: now + ms, order: order++ });
          queue.start(o, n, now + ms);
        } else if ("stop" in one) {
          drop(...one.stop);
          queue.stop(...one.stop);
        } else if ("stopAll" in one) {
          drop(one.stopAll, null);
          queue.stopAll(one.stopAll);
        } else {
          now += one.clock;
          model.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
          while (model[0] && model[0].atMs <= now) {
            const due = queue.take(now);
            assert.deepEqual(due && [due.owner, due.name], [model[0].owner, model[0].name]);
            model.shift();
          }
          assert.equal(queue.take(now), null);
        }
        assert.equal(queue.size, model.length);
        assert.equal(queue.nextAt(), model.length === 0 ? null : Math.min(...model.map(({ atMs }) => atMs)));
      }
    }),
    { numRuns: 300 },
  );
});

test("a hundred thousand timers started and stopped leave nothing to hold", () => {
  const queue = new TimerQueue();
  for (let i = 0; i < 100_000; i++) {
    queue.nowMs = i;
    queue.start(`t${i}`, "B", i + 32_000);
    queue.start(`t${i}`, "x", i + 32_001);
    queue.stopAll(`t${i}`);
  }
  assert.equal(queue.nextAt(), null);
  queue.start("last", "B", 100_000 + 32_000);
  assert.equal(queue.nextAt(), 132_000);
});
