import { strict as assert } from "node:assert";
import { test } from "node:test";
import { nearly, within } from "./stretch.ts";

test("what a report says of a measured time is nearly true, and a bound holds", () => {
  assert.deepEqual([nearly(92_000), nearly(30_000), nearly(59_000)], [120_000, 30_000, 59_000]);
  assert.deepEqual([within(214_000), within(240_000), within(61_000), within(12_000)], [240_000, 240_000, 120_000, 12_000]);
});
