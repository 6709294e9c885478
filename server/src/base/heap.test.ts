import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Heap } from "./heap.ts";

test("a heap gives back in order what was pushed, whatever was popped and dropped in between", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.record({ push: fc.integer() }), fc.constant("pop" as const), fc.constant("odd" as const)), { size: "large" }), (acts) => {
      const heap = new Heap<number>((a, b) => a < b);
      let model: number[] = [];
      for (const act of acts) {
        if (act === "pop") {
          assert.equal(heap.pop(), model.shift());
        } else if (act === "odd") {
          heap.retain((n) => n % 2 !== 0);
          model = model.filter((n) => n % 2 !== 0);
        } else {
          heap.push(act.push);
          model.push(act.push);
          model.sort((a, b) => a - b);
        }
        assert.equal(heap.peek(), model[0]);
        assert.equal(heap.size, model.length);
      }
    }),
  );
});
