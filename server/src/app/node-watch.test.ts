import assert from "node:assert/strict";
import { test } from "node:test";
import { lostAfterMs, NodeWatch, type NodeRow } from "./node-watch.ts";

const row = (run: string, beat: number, more: Partial<NodeRow> = {}): NodeRow => ({ run, name: run, beat, wrote: 0, ...more });

test("a beat that stands still for five seconds is a lost node; one that moves is not, nor is our own", () => {
  const watch = new NodeWatch("own", "own");
  const lostAt: Record<string, number> = {};
  for (let second = 0; second <= 8; second++) {
    const { lost } = watch.look([row("own", 1), row("still", 7), row("lives", second)], second * 1_000);
    for (const run of lost) lostAt[run] ??= second * 1_000;
  }
  assert.deepEqual(lostAt, { still: lostAfterMs });
});

test("whoever looked away themselves buries nobody: the time counts from the first look after", () => {
  const watch = new NodeWatch("own", "own");
  watch.look([row("other", 7)], 0);
  watch.look([row("other", 7)], 1_000);
  // the database was away for a minute, for everybody
  assert.deepEqual(watch.look([row("other", 7)], 61_000).lost, []);
  assert.deepEqual(watch.look([row("other", 7)], 62_000).lost, []);
  assert.deepEqual(watch.look([row("other", 8)], 63_000).lost, []);
  for (let second = 64; second < 68; second++) assert.deepEqual(watch.look([row("other", 8)], second * 1_000).lost, []);
  assert.deepEqual(watch.look([row("other", 8)], 68_000).lost, ["other"]);
});

test("a former run under our own name is over at once: it was this node", () => {
  assert.deepEqual(new NodeWatch("new", "a").look([row("new", 0, { name: "a" }), row("old", 5, { name: "a" }), row("b", 5)], 0).lost, ["old"]);
});

test("settings are read again when another node's count of them moves, not for being seen first and not for our own", () => {
  const watch = new NodeWatch("own", "own");
  assert.equal(watch.look([row("own", 1, { wrote: 3 }), row("b", 1, { wrote: 3 })], 0).settingsChanged, false);
  assert.equal(watch.look([row("own", 2, { wrote: 4 }), row("b", 2, { wrote: 3 })], 1_000).settingsChanged, false);
  assert.equal(watch.look([row("own", 3, { wrote: 4 }), row("b", 3, { wrote: 4 })], 2_000).settingsChanged, true);
  assert.equal(watch.look([row("own", 4, { wrote: 4 }), row("b", 4, { wrote: 4 })], 3_000).settingsChanged, false);
});
