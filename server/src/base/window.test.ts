import assert from "node:assert/strict";
import { test } from "node:test";
import { isOver } from "./window.ts";

test("a window is over after its length, and when the clock was set back behind its beginning", () => {
  assert.equal(isOver(1_000, 500, 1_000), false);
  assert.equal(isOver(1_000, 500, 1_499), false);
  assert.equal(isOver(1_000, 500, 1_500), true);
  assert.equal(isOver(1_000, 500, 999), true);
});
