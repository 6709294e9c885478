/**
 * The ledger of promises: each announced wait, place, slot and call is a row; facts settle it. Rows are written behind what happens
 * (a promise that cannot be written is said in the log, the customer is served all the same), in order for each.
 */
import type { PromiseBreak, PromiseKind, PromiseOutcome, PromiseReport } from "@tandem/protocol/callback";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import { reportOf, type PromiseRow } from "./report.ts";

export interface PromiseMade {
  kind: PromiseKind;
  queueId: string;
  interactionId: string | null;
  callbackId: string | null;
  /** The wait that was said, from now on (of a range, its beginning: the estimate); null = none (a place alone). */
  announcedMs: number | null;
  /** Null = no time was said. */
  dueMs: number | null;
  toleranceMs: number;
}

interface Open extends PromiseMade {
  id: string;
  madeAtMs: number;
}

export type Settled =
  /** What was promised happened. */
  | { type: "done"; atMs: number }
  | { type: "broken"; why: PromiseBreak }
  /** By the customer, or another promise took its place. */
  | { type: "released"; why: string };

/** A report reads no more rows than this; of longer times it says the last ones. Attack: a report of ten years asked in a loop. */
const MAX_ROWS = 100_000;
/** Estimates of long ago tell nothing of today's. */
const RECENT_DAYS_MS = 14 * 86_400_000;
/** Of a queue's last announced waits: how far off they were, for whoever announces the next. */
const RECENT = 100;

export interface LedgerOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  zone: string;
  queueName(id: string): string;
}

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #open = new Map<string, Open>();
  readonly #byInteraction = new Map<string, Set<string>>();
  readonly #byCallback = new Map<string, Set<string>>();
  /** Sizes of the last errors of estimates, by queue, oldest first. */
  readonly #recent = new Map<string, number[]>();
  /** Estimates whose contact still waits, said or kept back. */
  readonly #estimates = new Map<string, { queueId: string; madeAtMs: number; estimateMs: number }[]>();
  #tail: Promise<void> = Promise.resolve();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Promises of before this start. */
  async open(): Promise<void> {
    for (const index of [this.#open, this.#byInteraction, this.#byCallback, this.#recent, this.#estimates]) index.clear();
    const rows = await this.#options.db.query<{ id: string; kind: PromiseKind; queue_id: string; interaction_id: string | null; callback_id: string | null; made_at: Date; announced_ms: number | null; due_at: Date | null; tolerance_ms: number }>(
      "SELECT id, kind, queue_id, interaction_id, callback_id, made_at, announced_ms, due_at, tolerance_ms FROM promise WHERE outcome = 'open'",
    );
    for (const row of rows) {
      this.#keep({
        id: row.id, kind: row.kind, queueId: row.queue_id, interactionId: row.interaction_id, callbackId: row.callback_id,
        madeAtMs: row.made_at.getTime(), announcedMs: row.announced_ms, dueMs: row.due_at?.getTime() ?? null, toleranceMs: row.tolerance_ms,
      });
    }
    const waits = await this.#options.db.query<{ queue_id: string; made_at: Date; settled_at: Date; announced_ms: number }>(
      `SELECT queue_id, made_at, settled_at, announced_ms FROM (
         SELECT *, row_number() OVER (PARTITION BY queue_id ORDER BY settled_at DESC) AS n FROM promise
         WHERE kind = 'wait' AND outcome IN ('kept', 'late') AND announced_ms IS NOT NULL AND made_at > $1
       ) last WHERE n <= ${RECENT} ORDER BY settled_at`,
      [new Date(this.#options.clock.now() - RECENT_DAYS_MS)],
    );
    for (const row of waits) this.#learn(row.queue_id, row.settled_at.getTime() - row.made_at.getTime() - row.announced_ms);
  }

  /** How far off the last estimates of a queue were; null = none is over yet. */
  waitError(queueId: string): { p90Ms: number; count: number } | null {
    const sizes = this.#recent.get(queueId)?.toSorted((a, b) => a - b);
    return sizes ? { p90Ms: sizes[Math.ceil(0.9 * sizes.length) - 1] ?? 0, count: sizes.length } : null;
  }

  #learn(queueId: string, errorMs: number): void {
    const recent = this.#recent.get(queueId) ?? [];
    recent.push(Math.abs(errorMs));
    if (recent.length > RECENT) recent.shift();
    this.#recent.set(queueId, recent);
  }

  promise(made: PromiseMade): void {
    const { clock, chance } = this.#options;
    const open: Open = { ...made, id: newId("prm", clock.now(), chance), madeAtMs: clock.now() };
    this.#keep(open);
    this.#write(
      "INSERT INTO promise (id, kind, queue_id, interaction_id, callback_id, made_at, announced_ms, due_at, tolerance_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      [open.id, open.kind, open.queueId, open.interactionId, open.callbackId, new Date(open.madeAtMs), open.announcedMs === null ? null : Math.round(open.announcedMs), open.dueMs === null ? null : new Date(open.dueMs), Math.round(open.toleranceMs)],
    );
  }

  /** What routing expects for one who waits now; measured once an agent has them. */
  estimated({ queueId, interactionId, estimateMs }: { queueId: string; interactionId: string; estimateMs: number }): void {
    const made = { queueId, madeAtMs: this.#options.clock.now(), estimateMs };
    const before = this.#estimates.get(interactionId);
    if (before) before.push(made);
    else this.#estimates.set(interactionId, [made]);
  }

  settleContact(interactionId: string, how: Settled): void {
    if (how.type === "done") for (const { queueId, madeAtMs, estimateMs } of this.#estimates.get(interactionId) ?? []) this.#learn(queueId, how.atMs - madeAtMs - estimateMs);
    this.#estimates.delete(interactionId);
    for (const id of this.#byInteraction.get(interactionId) ?? []) this.#settle(id, how);
  }

  settleCallback(callbackId: string, how: Settled): void {
    for (const id of this.#byCallback.get(callbackId) ?? []) this.#settle(id, how);
  }

  /** The contact went: before what it was told was over it let the promise go; after that we broke it. */
  contactGone(interactionId: string, atMs: number): void {
    this.#estimates.delete(interactionId);
    for (const id of this.#byInteraction.get(interactionId) ?? []) {
      const { dueMs, toleranceMs } = this.#open.get(id)!;
      this.#settle(id, dueMs !== null && atMs > dueMs + toleranceMs ? { type: "broken", why: "gave-up" } : { type: "released", why: "left" });
    }
  }

  isOpen(interactionId: string): boolean {
    return this.#byInteraction.has(interactionId) || this.#estimates.has(interactionId);
  }

  /** Contacts and callbacks that have a promise open. */
  openOf(): { interactionIds: string[]; callbackIds: string[] } {
    return { interactionIds: [...this.#byInteraction.keys()], callbackIds: [...this.#byCallback.keys()] };
  }

  async report(queueId: string | null, fromMs: number, toMs: number): Promise<PromiseReport> {
    const { db, zone, queueName } = this.#options;
    await this.#tail;
    const rows = await db.query<{ id: string; kind: PromiseKind; queue_id: string; interaction_id: string | null; callback_id: string | null; made_at: Date; announced_ms: number | null; due_at: Date | null; outcome: PromiseOutcome; settled_at: Date | null; why: string | null }>(
      `SELECT id, kind, queue_id, interaction_id, callback_id, made_at, announced_ms, due_at, outcome, settled_at, why FROM promise
       WHERE made_at >= $1 AND made_at < $2 AND ($3::text IS NULL OR queue_id = $3) ORDER BY made_at DESC LIMIT ${MAX_ROWS}`,
      [new Date(fromMs), new Date(toMs), queueId],
    );
    const read: PromiseRow[] = rows.map((row) => ({
      id: row.id, kind: row.kind, queueId: row.queue_id, interactionId: row.interaction_id, callbackId: row.callback_id, madeAtMs: row.made_at.getTime(), announcedMs: row.announced_ms,
      dueMs: row.due_at?.getTime() ?? null, outcome: row.outcome, settledAtMs: row.settled_at?.getTime() ?? null, why: row.why,
    }));
    return reportOf(read, { fromMs, toMs, zone, queueName });
  }

  /** Everything that was told is written. */
  settled(): Promise<void> {
    return this.#tail;
  }

  /** Rows of promises that were made before. */
  async tidy(beforeMs: number): Promise<void> {
    await this.#options.db.query("DELETE FROM promise WHERE made_at < $1 AND outcome <> 'open'", [new Date(beforeMs)]);
  }

  #settle(id: string, how: Settled): void {
    const { clock } = this.#options;
    const open = this.#open.get(id);
    if (!open) return;
    this.#drop(open);
    const atMs = how.type === "done" ? how.atMs : clock.now();
    const outcome: PromiseOutcome = how.type !== "done" ? how.type : open.dueMs !== null && atMs > open.dueMs + open.toleranceMs ? "late" : "kept";
    this.#write("UPDATE promise SET outcome = $2, settled_at = $3, why = $4 WHERE id = $1 AND outcome = 'open'", [id, outcome, new Date(atMs), how.type === "done" ? null : how.why]);
  }

  #keep(open: Open): void {
    this.#open.set(open.id, open);
    if (open.interactionId !== null) add(this.#byInteraction, open.interactionId, open.id);
    if (open.callbackId !== null) add(this.#byCallback, open.callbackId, open.id);
  }

  #drop(open: Open): void {
    this.#open.delete(open.id);
    if (open.interactionId !== null) remove(this.#byInteraction, open.interactionId, open.id);
    if (open.callbackId !== null) remove(this.#byCallback, open.callbackId, open.id);
  }

  #write(sql: string, params: readonly unknown[]): void {
    this.#tail = this.#tail.then(() => this.#options.db.query(sql, params)).then(() => undefined, (error: Error) => this.#options.log.error({ why: error.message }, "the ledger of promises could not be written; its report lacks one"));
  }
}

function add(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

function remove(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
