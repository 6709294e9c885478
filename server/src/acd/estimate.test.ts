import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { Acd } from "./acd.ts";
import { agent, centre, item, queue } from "./fixtures.ts";

/** One agent, who takes call after call; each is answered `everyMs` after the one before, from `fromMs` on. */
function answering(acd: Acd, calls: readonly string[], fromMs: number, everyMs: number): number {
  let atMs = fromMs;
  for (const id of calls) {
    acd.decide(atMs);
    acd.accepted(id, "a", atMs);
    atMs += everyMs;
    acd.released(id, "a", atMs);
  }
  return atMs;
}

test("estimated wait: unknown until some waited and were answered, or without staff; then the place in line times what a place took", () => {
  const acd = centre([queue("q")], [agent("a")]);
  for (const id of ["d0", "d1", "d2", "d3", "w1", "w2"]) acd.enqueue(item(id, "q", { sinceMs: 100 }), 100);
  const now = answering(acd, ["d0", "d1", "d2"], 100, 10_000);
  // d0 was offered at once: it tells nothing
  acd.decide(now);
  assert.equal(acd.position("w1")?.estimatedWaitMs, null, "two who waited are too few");
  acd.accepted("d3", "a", now);
  assert.deepEqual(acd.position("w2"), { position: 2, of: 2, estimatedWaitMs: 15_000 });
  acd.decide(now + 30_000);
  assert.equal(acd.position("w2")?.estimatedWaitMs, 30_000, "nothing is answered any more: it grows");
  acd.setWish("a", "offline", now + 30_000);
  assert.equal(acd.position("w2")?.estimatedWaitMs, null);
});

test("calls far apart that were answered at once make no long estimate: it is of those who waited", () => {
  const acd = centre([queue("q")], [agent("a")]);
  for (const id of ["a0", "a1", "a2", "a3"]) acd.enqueue(item(id, "q", { sinceMs: 100 }), 100);
  let now = answering(acd, ["a0", "a1", "a2", "a3"], 100, 60_000);
  for (let n = 0; n < 3; n++) {
    now += 240_000; // quiet
    acd.enqueue(item(`b${n}`, "q", { sinceMs: now }), now);
    now = answering(acd, [`b${n}`], now, 60_000);
  }
  acd.enqueue(item("busy", "q", { sinceMs: now }), now);
  acd.decide(now);
  acd.accepted("busy", "a", now);
  acd.enqueue(item("w", "q", { sinceMs: now }), now);
  acd.decide(now);
  assert.deepEqual(acd.position("w"), { position: 1, of: 1, estimatedWaitMs: 45_000 });
});
