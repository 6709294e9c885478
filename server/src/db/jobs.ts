import { PgBoss } from "pg-boss";
import type { Log } from "../base/log.ts";
import type { DbConnection, Tx } from "./pool.ts";

export interface Job<T> {
  id: string;
  data: T;
  /** Aborted when the server stops or the job has run too long. */
  signal: AbortSignal;
}

/**
 * Durable jobs and timers: rows of the same database, so they survive the server. A job runs at least once: when the
 * server that runs it dies, another (or the same, after its start) gets it again some 15 s later.
 */
export interface Jobs {
  /** Runs `handler` for each job of this name, one at a time per server. A handler that throws is tried again, 3 times. */
  work<T extends object>(name: string, handler: (job: Job<T>) => Promise<void>): Promise<void>;
  /**
   * Runs at or after `atMs` (epoch). `key` names what it is about (a callback's id): while a job of this name and key
   * waits, no second one is made (answers null), so that scheduling twice is harmless. `tx`: in that transaction,
   * with the rows that belong to it.
   */
  schedule(name: string, data: object, atMs: number, options: { key: string; tx?: Tx }): Promise<string | null>;
  /** The data of those that wait for their time, or for another try; not of the one that runs. */
  waiting<T extends object>(name: string): Promise<T[]>;
  /** Runs by a crontab line in UTC, once for all servers. */
  every(name: string, cron: string, data: object): Promise<void>;
  cancel(name: string, id: string): Promise<void>;
  /** Lets running handlers end (10 s at most). */
  stop(): Promise<void>;
}

const HEARTBEAT_SECONDS = 10; // pg-boss's least; off by default, and a job of a killed server would then wait 15 minutes
const STOP_MS = 10_000;

export async function createJobs(options: { connection: DbConnection; log: Log; poolSize?: number }): Promise<Jobs> {
  const { connection, log } = options;
  const boss = new PgBoss({
    ...connection,
    schema: "pgboss",
    max: options.poolSize ?? 3,
    application_name: "tandem-jobs",
    reindex: false, // CONCURRENTLY rebuilds of a shared database are the operator's to decide
    superviseIntervalSeconds: 5, // with the next, how soon a missing heartbeat is seen (60 s otherwise)
    monitorIntervalSeconds: 5,
  });
  let stopped = false; // its pool says goodbye without waiting: a database that stops meanwhile breaks the connection first
  boss.on("error", (error) => stopped || log.error({ why: error.message }, "durable jobs: the library reports an error"));
  boss.on("warning", (warning) => log.warn({ warning }, "durable jobs: the library warns"));
  await boss.start();

  const made = new Map<string, Promise<void>>();
  const queue = (name: string): Promise<void> => {
    let ready = made.get(name);
    if (!ready) {
      // `short`: one waiting job a key.
      ready = boss.createQueue(name, { policy: "short", heartbeatSeconds: HEARTBEAT_SECONDS, retryLimit: 3, retryDelay: 5, retryBackoff: true });
      made.set(name, ready);
      ready.catch(() => made.delete(name));
    }
    return ready;
  };

  return {
    async work<T extends object>(name: string, handler: (job: Job<T>) => Promise<void>) {
      await queue(name);
      await boss.work<T>(name, { pollingIntervalSeconds: 1, batchSize: 1 }, async (jobs) => {
        for (const { id, data, signal } of jobs) await handler({ id, data, signal });
      });
    },
    async schedule(name, data, atMs, { key, tx }) {
      await queue(name);
      return boss.send(name, data, {
        startAfter: new Date(atMs),
        singletonKey: key,
        ...(tx ? { db: { executeSql: async (text: string, values?: unknown[]) => ({ rows: await tx.query(text, values) }) } } : {}),
      });
    },
    async waiting<T extends object>(name: string) {
      await queue(name);
      return (await boss.findJobs<T>(name, { queued: true })).map(({ data }) => data);
    },
    async every(name, cron, data) {
      await queue(name);
      await boss.schedule(name, cron, data);
    },
    async cancel(name, id) {
      await boss.cancel(name, id);
    },
    async stop() {
      await boss.stop({ graceful: true, close: true, timeout: STOP_MS });
      stopped = true;
    },
  };
}
