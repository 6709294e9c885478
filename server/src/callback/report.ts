/** What became of promises, counted: per queue and kind, per day, the worst, and how far estimates were off. Pure. */
import type { PromiseError, PromiseKind, PromiseOutcome, PromiseReport } from "@tandem/protocol/callback";

export interface PromiseRow {
  id: string;
  kind: PromiseKind;
  queueId: string;
  interactionId: string | null;
  callbackId: string | null;
  madeAtMs: number;
  announcedMs: number | null;
  dueMs: number | null;
  outcome: PromiseOutcome;
  settledAtMs: number | null;
  why: string | null;
}

/** Fewer say nothing of an estimate. */
const FEWEST = 10;
const WORST = 50;

export function reportOf(rows: readonly PromiseRow[], { fromMs, toMs, zone, queueName }: { fromMs: number; toMs: number; zone: string; queueName(id: string): string }): PromiseReport {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const queues = [...Map.groupBy(rows, (row) => `${row.queueId}|${row.kind}`).values()].map((group) => {
    const { queueId, kind } = group[0]!;
    const broke: Record<string, number> = {};
    for (const { outcome, why } of group) if (outcome === "broken") broke[why ?? "unknown"] = (broke[why ?? "unknown"] ?? 0) + 1;
    return { queueId, queueName: queueName(queueId), kind, ...tally(group), error: errorOf(group), broke };
  });
  const days = [...Map.groupBy(rows, (row) => `${day.format(row.madeAtMs)}|${row.queueId}`).values()].map((group) => ({ day: day.format(group[0]!.madeAtMs), queueId: group[0]!.queueId, ...tally(group) }));
  const worst = rows.filter(({ outcome }) => outcome === "late" || outcome === "broken").toSorted((a, b) => b.madeAtMs - a.madeAtMs).slice(0, WORST);
  return {
    fromMs, toMs,
    queues: queues.toSorted((a, b) => a.queueName.localeCompare(b.queueName) || a.kind.localeCompare(b.kind)),
    days: days.toSorted((a, b) => a.day.localeCompare(b.day) || a.queueId.localeCompare(b.queueId)),
    worst: worst.map(({ announcedMs: _announced, ...row }) => ({ ...row, lateMs: lateMs(row) })),
  };
}

function lateMs({ dueMs, settledAtMs }: Pick<PromiseRow, "dueMs" | "settledAtMs">): number | null {
  return dueMs === null || settledAtMs === null ? null : Math.max(0, settledAtMs - dueMs);
}

function tally(rows: readonly PromiseRow[]): { kept: number; late: number; broken: number; released: number; open: number; meanLateMs: number | null } {
  const count = { kept: 0, late: 0, broken: 0, released: 0, open: 0 };
  let sum = 0;
  for (const row of rows) {
    count[row.outcome]++;
    if (row.outcome === "late") sum += lateMs(row) ?? 0;
  }
  return { ...count, meanLateMs: count.late === 0 ? null : sum / count.late };
}

/** Of waits that were announced and came to their end; who left tells nothing of how long it would have been. */
export function errorOf(rows: readonly PromiseRow[]): PromiseError | null {
  const errors: number[] = [];
  const factors: number[] = [];
  for (const { announcedMs, madeAtMs, outcome, settledAtMs } of rows) {
    if (announcedMs === null || settledAtMs === null || (outcome !== "kept" && outcome !== "late")) continue;
    errors.push(settledAtMs - madeAtMs - announcedMs);
    if (announcedMs > 0) factors.push((settledAtMs - madeAtMs) / announcedMs);
  }
  if (errors.length === 0) return null;
  const sizes = errors.map(Math.abs).toSorted((a, b) => a - b);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    count: errors.length, bias: mean(errors), mean: mean(sizes), p50: quantile(sizes, 0.5), p90: quantile(sizes, 0.9),
    factor: factors.length < FEWEST ? null : quantile(factors.toSorted((a, b) => a - b), 0.5),
  };
}

/** Of sorted values, the nearest rank. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}
