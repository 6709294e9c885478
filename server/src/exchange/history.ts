/** The call history: one line a call set up through the exchange, written when it is over. */
import type { CallRecord, CallResult } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { Who } from "./party.ts";

/** Longest name kept of a caller: written by strangers, read for years. */
const MAX_NAME_CHARS = 120;

/** A call that is not over. */
export interface LiveCall {
  readonly id: string;
  readonly startedAtMs: number;
  answeredAtMs: number | null;
  from: { number: string; name: string };
  to: { number: string; name: string };
  direction: CallRecord["direction"];
  trunkId: string | null;
  /** The outside number, when there is one: whose customer it may be. */
  outside: string | null;
  readonly extensionIds: Set<string>;
}

export interface HistoryQuery {
  /** Null: every call. */
  extensionId: string | null;
  /** Calls that began before this instant. */
  before: number;
  limit: number;
}

export interface HistoryOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  customerOf(number: string): Promise<string | null>;
  recorded?: ((record: CallRecord) => void) | undefined;
}

export class History {
  readonly #options: HistoryOptions;
  readonly #live = new Map<string, LiveCall>();
  readonly #writing = new Set<Promise<void>>();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  open(from: Who, to: { number: string; name: string }, outside: { trunkId: string | null; number: string } | null): LiveCall {
    const { clock, chance } = this.#options;
    const direction = from.extensionId === null ? "in" : outside ? "out" : "internal";
    const call: LiveCall = {
      id: newId("pbx", clock.now(), chance), startedAtMs: clock.now(), answeredAtMs: null, from: { number: from.number, name: from.name.slice(0, MAX_NAME_CHARS) },
      to, direction, trunkId: from.trunkId ?? outside?.trunkId ?? null, outside: outside?.number ?? (direction === "in" && !from.anonymous ? from.number : null),
      extensionIds: new Set(from.extensionId === null ? [] : [from.extensionId]),
    };
    this.#live.set(call.id, call);
    return call;
  }

  answered(call: LiveCall, by: Who): void {
    call.answeredAtMs ??= this.#options.clock.now();
    if (by.extensionId !== null) call.extensionIds.add(by.extensionId);
  }

  /** Idempotent: the first result counts. */
  close(call: LiveCall, result: CallResult): void {
    if (!this.#live.delete(call.id)) return;
    const writing = this.#write(call, result).catch((error: unknown) => this.#options.log.error({ call: call.id, error }, "a line of the call history could not be written"));
    this.#writing.add(writing);
    void writing.then(() => this.#writing.delete(writing));
  }

  live(): LiveCall[] {
    return [...this.#live.values()];
  }

  /** Everything is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async read({ extensionId, before, limit }: HistoryQuery): Promise<CallRecord[]> {
    const rows = await this.#options.db.query<CallRow>(
      `SELECT id, started_at, answered_at, ended_at, from_number, from_name, to_number, to_name, direction, result, extension_ids, trunk_id, customer_id
       FROM call_record WHERE started_at < $1 AND ($2::text IS NULL OR extension_ids @> ARRAY[$2::text]) ORDER BY started_at DESC, id DESC LIMIT $3`,
      [new Date(before), extensionId, limit],
    );
    return rows.map(recordOf);
  }

  async #write(call: LiveCall, result: CallResult): Promise<void> {
    const { db, clock, customerOf, recorded } = this.#options;
    const endedAtMs = clock.now();
    const customerId = call.outside === null ? null : await customerOf(call.outside);
    const record: CallRecord = {
      id: call.id, startedAtMs: call.startedAtMs, answeredAtMs: call.answeredAtMs, endedAtMs,
      fromNumber: call.from.number, fromName: call.from.name, toNumber: call.to.number, toName: call.to.name,
      direction: call.direction, result, extensionIds: [...call.extensionIds], trunkId: call.trunkId, customerId,
    };
    await db.query(
      `INSERT INTO call_record (id, started_at, answered_at, ended_at, from_number, from_name, to_number, to_name, direction, result, extension_ids, trunk_id, customer_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [record.id, new Date(call.startedAtMs), call.answeredAtMs === null ? null : new Date(call.answeredAtMs), new Date(endedAtMs), record.fromNumber, record.fromName,
        record.toNumber, record.toName, record.direction, result, record.extensionIds, record.trunkId, customerId],
    );
    recorded?.(record);
  }
}

interface CallRow extends Record<string, unknown> {
  id: string;
  started_at: Date;
  answered_at: Date | null;
  ended_at: Date | null;
  from_number: string;
  from_name: string;
  to_number: string;
  to_name: string;
  direction: CallRecord["direction"];
  result: CallResult;
  extension_ids: string[];
  trunk_id: string | null;
  customer_id: string | null;
}

function recordOf(row: CallRow): CallRecord {
  return {
    id: row.id, startedAtMs: row.started_at.getTime(), answeredAtMs: row.answered_at?.getTime() ?? null, endedAtMs: row.ended_at?.getTime() ?? null,
    fromNumber: row.from_number, fromName: row.from_name, toNumber: row.to_number, toName: row.to_name, direction: row.direction, result: row.result,
    extensionIds: row.extension_ids, trunkId: row.trunk_id, customerId: row.customer_id,
  };
}
