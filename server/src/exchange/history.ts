/**
 * The call history: one line a call set up through the exchange, written when it begins, when it is answered and when it is over. What
 * a server that died left unfinished is closed as cut: by another node that lives (decision 0032), else at the next start.
 */
import type { CallRecord, CallResult } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Db, Tx } from "../db/db.ts";
import type { Who } from "./party.ts";

/** Longest name kept of a caller: written by strangers, read for years. */
const MAX_NAME_CHARS = 120;
/** The result of a call that is not over: never read out as history. */
const LIVE = "live";
const COLUMNS = "id, started_at, answered_at, ended_at, from_number, from_name, to_number, to_name, direction, result, extension_ids, trunk_id, customer_id";

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
  /** Of this node, as long as it lives; null: a server alone. */
  run: string | null;
  customerOf(number: string): Promise<string | null>;
  recorded?: ((record: CallRecord) => void) | undefined;
}

export class History {
  readonly #options: HistoryOptions;
  readonly #live = new Map<string, LiveCall>();
  /** The last write asked for of each call, or of a lost node: they follow one another. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  open(from: Who, to: { number: string; name: string }, outside: { trunkId: string | null; number: string } | null): LiveCall {
    const { clock, chance } = this.#options;
    const direction = from.extensionId === null ? "in" : outside ? "out" : "internal";
    const call: LiveCall = {
      id: newId("pbx", clock.now(), chance), startedAtMs: clock.now(), answeredAtMs: null, from: { number: from.number, name: from.name.slice(0, MAX_NAME_CHARS) },
      to, direction, trunkId: from.trunkId ?? outside?.trunkId ?? null, outside: direction === "in" ? (from.anonymous ? null : from.number) : (outside?.number ?? null),
      extensionIds: new Set(from.extensionId === null ? [] : [from.extensionId]),
    };
    this.#live.set(call.id, call);
    this.#keepLive(call);
    return call;
  }

  answered(call: LiveCall, by: Who): void {
    call.answeredAtMs ??= this.#options.clock.now();
    if (by.extensionId !== null) call.extensionIds.add(by.extensionId);
    this.#keepLive(call);
  }

  /** Idempotent: the first result counts. */
  close(call: LiveCall, result: CallResult): void {
    if (!this.#live.delete(call.id)) return;
    const endedAtMs = this.#options.clock.now();
    this.#queue(call.id, () => this.#complete(call, result, endedAtMs));
  }

  /**
   * Once at the start, before any call: what was going on when the last server died. When that was nobody knows: no end is written.
   * Calls of other nodes that live (decision 0032) are theirs.
   */
  async recover(): Promise<void> {
    await this.#addCustomers(await this.#options.db.query<CallRow>(`UPDATE call_record r SET result = 'cut' WHERE result = '${LIVE}' AND NOT EXISTS (SELECT FROM sip_node n WHERE n.run = r.run) RETURNING ${COLUMNS}`));
  }

  /** What a node had live that was just found dead, in the transaction that does so. It writes none of these lines again, should it wake up. Answers how many. */
  async endCallsOf(run: string, tx: Tx): Promise<number> {
    const cut = await tx.query<CallRow>(`UPDATE call_record SET result = 'cut', ended_at = $2, run = NULL WHERE result = '${LIVE}' AND run = $1 RETURNING ${COLUMNS}`, [run, new Date(this.#options.clock.now())]);
    // not in the transaction: the goodbyes wait for its end
    this.#queue(run, () => this.#addCustomers(cut));
    return cut.length;
  }

  live(): LiveCall[] {
    return [...this.#live.values()];
  }

  /** Everything is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  async read({ extensionId, before, limit }: HistoryQuery): Promise<CallRecord[]> {
    const rows = await this.#options.db.query<CallRow>(
      `SELECT ${COLUMNS} FROM call_record WHERE result <> '${LIVE}' AND started_at < $1 AND ($2::text IS NULL OR extension_ids @> ARRAY[$2::text]) ORDER BY started_at DESC, id DESC LIMIT $3`,
      [new Date(before), extensionId, limit],
    );
    return rows.map(recordOf);
  }

  async #addCustomers(cut: readonly CallRow[]): Promise<void> {
    const { db, customerOf } = this.#options;
    for (const { id, direction, from_number, to_number } of cut) {
      const outside = direction === "in" ? from_number : direction === "out" ? to_number : "";
      const customerId = outside === "" ? null : await customerOf(outside);
      if (customerId !== null) await db.query("UPDATE call_record SET customer_id = $2 WHERE id = $1", [id, customerId]);
    }
  }

  #keepLive(call: LiveCall): void {
    // one that is over by then, a wrong number, is written once
    this.#queue(call.id, () => (this.#live.has(call.id) ? this.#write(call, LIVE, null, null) : Promise.resolve()));
  }

  #queue(id: string, write: () => Promise<void>): void {
    const writing = (this.#writing.get(id) ?? Promise.resolve())
      .then(write)
      .catch((error: unknown) => this.#options.log.error({ call: id, error }, "a line of the call history could not be written"));
    this.#writing.set(id, writing);
    void writing.then(() => this.#writing.get(id) === writing && this.#writing.delete(id));
  }

  async #complete(call: LiveCall, result: CallResult, endedAtMs: number): Promise<void> {
    const { customerOf, recorded } = this.#options;
    const customerId = call.outside === null ? null : await customerOf(call.outside);
    await this.#write(call, result, endedAtMs, customerId);
    recorded?.({
      id: call.id, startedAtMs: call.startedAtMs, answeredAtMs: call.answeredAtMs, endedAtMs,
      fromNumber: call.from.number, fromName: call.from.name, toNumber: call.to.number, toName: call.to.name,
      direction: call.direction, result, extensionIds: [...call.extensionIds], trunkId: call.trunkId, customerId,
    });
  }

  async #write(call: LiveCall, result: CallResult | typeof LIVE, endedAtMs: number | null, customerId: string | null): Promise<void> {
    await this.#options.db.query(
      `INSERT INTO call_record AS r (${COLUMNS}, run) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (id) DO UPDATE SET answered_at = $3, ended_at = $4, result = $10, extension_ids = $11, trunk_id = $12, customer_id = $13 WHERE r.run IS NOT DISTINCT FROM $14`,
      [call.id, new Date(call.startedAtMs), call.answeredAtMs === null ? null : new Date(call.answeredAtMs), endedAtMs === null ? null : new Date(endedAtMs), call.from.number, call.from.name,
        call.to.number, call.to.name, call.direction, result, [...call.extensionIds], call.trunkId, customerId, this.#options.run],
    );
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
