import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { DbError } from "./db-error.ts";
import { createBatchCommit, type Batch, type BatchCommit } from "./fact-commit.ts";
import type { Db } from "./pool.ts";

/** One fact to store; `body` is plain JSON. */
export interface FactWrite {
  interactionId: string;
  type: string;
  atMs: number;
  body: unknown;
}

/** What is stored whole or not at all. `state`: the interaction after these facts. `extra`: more rows that belong to them. */
export interface Append {
  facts: readonly FactWrite[];
  state: { interactionId: string; body: object; closed: boolean } | null;
  extra?: readonly { sql: string; params: readonly unknown[] }[];
}

export interface FactRow extends FactWrite {
  seq: number;
}

export interface OpenInteraction {
  interactionId: string;
  body: Record<string, unknown>;
  /** The newest fact that `body` includes. */
  lastSeq: number;
}

export interface FactLog {
  /**
   * Stores, and answers when all is on disk: the facts of one append have the numbers firstSeq, firstSeq + 1, ...
   * Appends are stored in the order of the calls. Throws DbError; `unknown` says that the connection was lost at the
   * commit and did not come back in time, so that it may be stored or not; after any other code nothing is stored.
   */
  append(append: Append): Promise<{ firstSeq: number }>;
  /** Facts after `afterSeq` in order, of all interactions. To follow the log, ask again with the last seq received. */
  read(options: { afterSeq: number; limit: number }): Promise<FactRow[]>;
  /** All facts of one interaction in order. */
  factsOf(interactionId: string): Promise<FactRow[]>;
  /** The newest fact's number, 0 in an empty log. */
  lastSeq(): Promise<number>;
  /** Interactions whose last state is not closed, oldest first: what to recover at start. */
  openInteractions(): Promise<OpenInteraction[]>;
  stateOf(interactionId: string): Promise<(OpenInteraction & { closed: boolean }) | undefined>;
  /** Hears this server's facts after their commit, in order of seq, without reading the database; answers its end. */
  onAppended(listener: (facts: readonly FactRow[]) => void): () => void;
  /** Makes the partitions of this month and the next two. At start, then daily. */
  prepareMonths(nowMs: number): Promise<void>;
  counts(): { appends: number; commits: number; queuedFacts: number };
  /** Waits for what was appended; later appends are refused. */
  close(): Promise<void>;
}

export interface FactLogOptions {
  db: Db;
  clock: Clock;
  log: Log;
  /** How long an append waits for a lost database to come back. */
  retryMs?: number;
}

/** One statement of this many facts runs about 15 ms; more would only lengthen the wait of each writer. */
const MAX_BATCH_FACTS = 1_000;
/** Bodies of one batch, so that a statement stays far below PostgreSQL's 1 GB and our memory. */
const MAX_BATCH_BYTES = 8_000_000;
/** Against memory filled by writers while the database is away: more are refused at once as unavailable. */
const MAX_QUEUED_FACTS = 100_000;
/** Against one fact filling the log (a chat message or a form pushed through a body). */
const MAX_BODY_BYTES = 1_000_000;

const ONE_LINE = /^[^\n]+$/;

interface Waiting extends Batch {
  bytes: number;
  done: (answer: { firstSeq: number }) => void;
  fail: (error: DbError) => void;
}

/**
 * The log with group commit: while one batch is being forced to disk, the appends that arrive gather for the next.
 * Measured (lab/bench-facts.ts, 2 shared cores): see docs/decisions/0003-fact-log.md.
 */
export function createFactLog(options: FactLogOptions): FactLog {
  const { db, clock, log } = options;
  const commit: BatchCommit = createBatchCommit({ db, clock, log, retryMs: options.retryMs ?? 10_000 });
  const listeners = new Set<(facts: readonly FactRow[]) => void>();
  let queue: Waiting[] = [];
  let queuedFacts = 0;
  let flushing: Promise<void> | undefined;
  let closed = false;
  let appends = 0;
  let commits = 0;

  const takeBatch = (): Waiting[] => {
    let facts = 0;
    let bytes = 0;
    let n = 0;
    for (const waiting of queue) {
      facts += waiting.facts.length;
      bytes += waiting.bytes;
      if (n > 0 && (facts > MAX_BATCH_FACTS || bytes > MAX_BATCH_BYTES)) break;
      n++;
    }
    const batch = queue.slice(0, n);
    queue = queue.slice(n);
    return batch;
  };

  const settle = (batch: readonly Waiting[], firstSeq: number): void => {
    commits++;
    const rows: FactRow[] = [];
    for (const waiting of batch) {
      queuedFacts -= waiting.facts.length;
      const first = firstSeq + rows.length;
      for (const { interactionId, type, atMs, body } of waiting.facts) rows.push({ seq: firstSeq + rows.length, interactionId, type, atMs, body });
      waiting.done({ firstSeq: first });
    }
    for (const listener of listeners) {
      try {
        listener(rows);
      } catch (error) {
        log.error({ why: String(error), stack: (error as Error).stack }, "a listener of the fact log failed");
      }
    }
  };

  /** A refused batch is halved until the append that is at fault stands alone: one writer's mistake is not its neighbours'. */
  const store = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      settle(batch, await commit.run(batch));
    } catch (error) {
      const refused = error as DbError;
      const mayHalve = refused.code !== "unavailable" && refused.code !== "unknown" && batch.length > 1;
      if (!mayHalve) {
        for (const waiting of batch) {
          queuedFacts -= waiting.facts.length;
          waiting.fail(refused);
        }
        return;
      }
      const middle = batch.length >> 1;
      await store(batch.slice(0, middle));
      await store(batch.slice(middle));
    }
  };

  const flush = async (): Promise<void> => {
    while (queue.length > 0) await store(takeBatch());
    flushing = undefined;
  };

  return {
    append(append) {
      assert(append.facts.length > 0, "an append without facts");
      if (closed) return Promise.reject(new DbError("unavailable", "the fact log is closed"));
      if (queuedFacts + append.facts.length > MAX_QUEUED_FACTS) {
        return Promise.reject(new DbError("unavailable", `${queuedFacts} facts already wait for the database`));
      }
      const bodies: string[] = [];
      let bytes = 0;
      for (const fact of append.facts) {
        // Batches are sent as lines: one of these in a name would shift its neighbours.
        if (!ONE_LINE.test(fact.interactionId) || !ONE_LINE.test(fact.type)) return Promise.reject(new DbError("invalid", "an interaction's id and a fact's type are one line of text"));
        const json = JSON.stringify(fact.body);
        assert(json !== undefined, `the body of fact ${fact.type} is not JSON`);
        if (json.length > MAX_BODY_BYTES) return Promise.reject(new DbError("invalid", `the body of fact ${fact.type} has more than ${MAX_BODY_BYTES} bytes`));
        bodies.push(json);
        bytes += json.length;
      }
      if (append.state && !ONE_LINE.test(append.state.interactionId)) return Promise.reject(new DbError("invalid", "an interaction's id is one line of text"));
      const state = append.state && { ...append.state, json: JSON.stringify(append.state.body) };
      bytes += state?.json.length ?? 0;
      appends++;
      queuedFacts += append.facts.length;
      return new Promise((done, fail) => {
        // The caller's objects may change after the call: what is stored is what they were now.
        queue.push({ facts: append.facts.slice(), bodies, state, extra: append.extra ?? [], bytes, done, fail });
        flushing ??= Promise.resolve().then(flush);
      });
    },

    read: ({ afterSeq, limit }) => db.query<FactRow & Record<string, unknown>>(`${SELECT} WHERE seq > $1 ORDER BY seq LIMIT $2`, [afterSeq, limit]),
    factsOf: (interactionId) => db.query<FactRow & Record<string, unknown>>(`${SELECT} WHERE interaction_id = $1 ORDER BY seq`, [interactionId]),
    async lastSeq() {
      const [row] = await db.query<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM fact");
      return row!.seq;
    },
    openInteractions: () =>
      db.query<OpenInteraction & Record<string, unknown>>(
        `SELECT id AS "interactionId", body, last_seq AS "lastSeq" FROM interaction WHERE NOT closed ORDER BY id`,
      ),
    async stateOf(interactionId) {
      const [row] = await db.query<OpenInteraction & { closed: boolean } & Record<string, unknown>>(
        `SELECT id AS "interactionId", body, last_seq AS "lastSeq", closed FROM interaction WHERE id = $1`,
        [interactionId],
      );
      return row;
    },
    onAppended(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async prepareMonths(nowMs) {
      for (const ahead of [0, 1, 2]) {
        await db.query("SELECT fact_month(to_timestamp($1::float8 / 1000) + make_interval(months => $2))", [nowMs, ahead]);
      }
    },
    counts: () => ({ appends, commits, queuedFacts }),
    async close() {
      closed = true;
      await flushing;
      commit.close();
    },
  };
}

const SELECT = `SELECT seq, round(extract(epoch FROM at) * 1000)::int8 AS "atMs", interaction_id AS "interactionId", type, body FROM fact`;
