import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { Changed } from "./changed.ts";
import { WakeHeap } from "./wake-heap.ts";

test("what changed is a set in order of change, its last place always taken", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 400 }), (steps) => {
      const members = Array.from({ length: 101 }, (_, n) => ({ n, changedAt: -1 }));
      const changed = new Changed<(typeof members)[number]>();
      const model = new Set<number>();
      for (const step of steps) {
        const n = Math.abs(step);
        if (n === 0) {
          changed.clear();
          model.clear();
        } else if (step > 0) {
          changed.add(members[n]!);
          model.add(n);
        } else {
          changed.delete(members[n]!);
          model.delete(n);
        }
        const there = Array.from({ length: changed.end }, (_, at) => changed.at(at)?.n).filter((m) => m !== undefined);
        assert.deepEqual(there, [...model]);
        assert.equal(changed.size, model.size);
        assert.ok(changed.end === 0 || changed.at(changed.end - 1) !== undefined);
      }
    }),
  );
});

test("alarms set, moved, moved back and given up ring once, in order, and stale ones do not pile up", () => {
  const step = fc.record({ who: fc.nat({ max: 9 }), atMs: fc.integer({ min: 0, max: 50 }), do: fc.constantFrom("set", "set", "back and forth", "delete", "wake") });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const sleepers = Array.from({ length: 10 }, (_, seq) => ({ seq, wakeAtMs: Infinity }));
      const heap = new WakeHeap<(typeof sleepers)[number]>();
      const model = new Map<number, number>();
      for (const { who, atMs, do: what } of steps) {
        if (what === "set") heap.set(sleepers[who]!, atMs);
        else if (what === "back and forth") for (let n = 0; n < 200; n++) heap.set(sleepers[who]!, atMs + (n % 2));
        else if (what === "delete") heap.delete(sleepers[who]!);
        if (what === "set") model.set(who, atMs);
        else if (what === "back and forth") model.set(who, atMs + 1);
        else if (what === "delete") model.delete(who);
        else {
          const due = [...model].filter(([, at]) => at <= atMs).sort((a, b) => a[1] - b[1] || a[0] - b[0]);
          const woken: number[] = [];
          for (let next = heap.wake(atMs); next !== null; next = heap.wake(atMs)) woken.push(next.seq);
          assert.deepEqual(woken, due.map(([n]) => n));
          for (const n of woken) model.delete(n);
        }
        assert.equal(heap.size, model.size);
        assert.ok(heap.entries <= 66 + 2 * heap.size, `${heap.entries} entries`);
        assert.equal(heap.nextAt(), Math.min(Infinity, ...model.values()));
      }
    }),
  );
});
