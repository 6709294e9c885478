import assert from "node:assert/strict";
import { it } from "node:test";
import { levelOver, levelUnder } from "./level.ts";

it("a wait goes ok, watch, breach as it nears and passes its limit", () => {
  assert.deepEqual([0, 71, 72, 120, 121].map((s) => levelUnder(s, 120)), ["ok", "ok", "watch", "watch", "breach"]);
});

it("a service level goes watch just below its goal, then breach", () => {
  assert.deepEqual([85, 80, 79, 70, 69].map((p) => levelOver(p, 80, 10)), ["ok", "ok", "watch", "watch", "breach"]);
});
