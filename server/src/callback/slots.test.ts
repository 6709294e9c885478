import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { MAX_SLOTS, slotsOf } from "./slots.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NINE = Date.UTC(2026, 10, 23, 9);

test("slots begin with the opening and end within it; what is too soon is left out", () => {
  const opening = { startMs: NINE + 15 * MINUTE, endMs: NINE + 2 * HOUR };
  assert.deepEqual(slotsOf([opening], 30, NINE, NINE - DAY).map(({ startMs, endMs }) => [(startMs - NINE) / MINUTE, (endMs - NINE) / MINUTE]), [[15, 45], [45, 75], [75, 105]]);
  assert.deepEqual(slotsOf([opening], 30, NINE + 46 * MINUTE, NINE - DAY).map(({ startMs }) => (startMs - NINE) / MINUTE), [75]);
});

test("always open: the slots are the same at whatever second one asks", () => {
  const asked = [0, 1, 17_345, 29 * MINUTE].map((ms) => {
    const seenFromMs = NINE + ms - DAY;
    return slotsOf([{ startMs: seenFromMs, endMs: NINE + 3 * HOUR }], 30, NINE + ms, seenFromMs);
  });
  assert.deepEqual(asked[1]?.[0], { startMs: NINE + 30 * MINUTE, endMs: NINE + HOUR });
  for (const slots of asked) for (const { startMs } of slots) assert.equal(startMs % (30 * MINUTE), 0);
});

test("of any openings: whole, apart, inside, in order, no more than the limit", () => {
  const chance = seededChance(11);
  for (let round = 0; round < 500; round++) {
    const minutes = 5 + Math.floor(chance.next() * 100);
    let at = NINE;
    const openings = Array.from({ length: Math.floor(chance.next() * 8) }, () => {
      const startMs = at + Math.floor(chance.next() * DAY);
      at = startMs + Math.floor(chance.next() * 10 * DAY);
      return { startMs, endMs: at };
    });
    const fromMs = NINE + Math.floor(chance.next() * 5 * DAY);
    const slots = slotsOf(openings, minutes, fromMs, NINE);
    assert.ok(slots.length <= MAX_SLOTS);
    slots.forEach(({ startMs, endMs }, i) => {
      assert.equal(endMs - startMs, minutes * MINUTE);
      assert.ok(startMs >= fromMs && startMs >= (slots[i - 1]?.endMs ?? 0), `round ${round}`);
      assert.ok(openings.some((one) => startMs >= one.startMs && endMs <= one.endMs), `round ${round}`);
    });
  }
});
