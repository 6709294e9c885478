import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, reportOf, type PromiseRow } from "./report.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
let ids = 0;
/** Announced and what it took, in minutes. */
const wait = (announced: number, took: number | null, more: Partial<PromiseRow> = {}): PromiseRow => ({
  id: `p${++ids}`, kind: "wait", queueId: "q", interactionId: `i${ids}`, callbackId: null, madeAtMs: NOON, announcedMs: announced * MINUTE, dueMs: NOON + announced * MINUTE,
  outcome: took === null ? "open" : took > announced + 1 ? "late" : "kept", settledAtMs: took === null ? null : NOON + took * MINUTE, why: null, ...more,
});
const report = (rows: readonly PromiseRow[], zone = "UTC"): ReturnType<typeof reportOf> => reportOf(rows, { fromMs: 0, toMs: NOON * 2, zone, queueName: (id) => `Queue ${id}` });

test("the error of estimates: bias signed, size by mean, median and ninth tenth; a factor only of enough", () => {
  const error = errorOf([wait(5, 3), wait(5, 5), wait(5, 12)]);
  assert.deepEqual([error?.count, error?.bias, error?.mean, error?.p50, error?.p90, error?.factor], [3, (5 / 3) * MINUTE, 3 * MINUTE, 2 * MINUTE, 7 * MINUTE, null]);
  const always = errorOf(Array.from({ length: 10 }, () => wait(4, 6)));
  assert.deepEqual([always?.bias, always?.factor], [2 * MINUTE, 1.5]);
  assert.equal(errorOf([wait(5, null), wait(5, 2, { outcome: "released" }), wait(5, 9, { outcome: "broken" })]), null, "who left or was lost tells nothing of how long it would have been");
  assert.equal(errorOf([{ ...wait(5, 3), announcedMs: null }]), null, "a place is no time");
});

test("counted per queue and kind, per day of the centre's zone, the broken by reason, the worst newest first", () => {
  const rows = [
    wait(5, 3), wait(5, 9), wait(5, null), wait(2, 4, { outcome: "broken", why: "gave-up" }), wait(2, 4, { outcome: "broken", why: "gave-up", madeAtMs: NOON + MINUTE }), wait(1, 1, { queueId: "r" }),
    wait(5, 3, { kind: "slot", announcedMs: null, madeAtMs: Date.UTC(2026, 10, 23, 23, 30) }),
  ];
  const { queues, days, worst } = report(rows, "Europe/Paris");
  assert.deepEqual(queues.map(({ queueId, kind, kept, late, broken, open, broke }) => [queueId, kind, kept, late, broken, open, broke]), [
    ["q", "slot", 1, 0, 0, 0, {}], ["q", "wait", 1, 1, 2, 1, { "gave-up": 2 }], ["r", "wait", 1, 0, 0, 0, {}],
  ]);
  assert.deepEqual(days.map(({ day, queueId, kept }) => [day, queueId, kept]), [["2026-11-23", "q", 1], ["2026-11-23", "r", 1], ["2026-11-24", "q", 1]], "half past midnight in Paris is the next day");
  assert.equal(queues[1]?.meanLateMs, 4 * MINUTE);
  assert.deepEqual(worst.map(({ outcome, lateMs }) => [outcome, lateMs]), [["broken", 2 * MINUTE], ["late", 4 * MINUTE], ["broken", 2 * MINUTE]]);
  assert.deepEqual(report([]), { fromMs: 0, toMs: NOON * 2, queues: [], days: [], worst: [] });
});
