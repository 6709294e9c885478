import { DatabaseError, Pool, types, type PoolClient, type QueryConfig } from "pg";
import { assert } from "../base/assert.ts";
import type { Log } from "../base/log.ts";
import { toDbError } from "./db-error.ts";

/** Where the database is: a URL (the operator's), or the parts (the embedded one; `host` may be a socket folder). */
export type DbConnection =
  | { connectionString: string }
  | { host: string; port: number; user: string; password: string; database: string };

export type Row = Record<string, unknown>;

/**
 * Runs one statement, prepared once per connection. Answers its rows. What comes back: bigint as number (checked to
 * be exact), timestamptz as Date, date and numeric as string, jsonb parsed. Throws DbError.
 */
export interface Sql {
  query<R extends Row = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

export type Tx = Sql;

export interface Db extends Sql {
  /** BEGIN, `work`, COMMIT; ROLLBACK when it throws. Throws DbError, or what `work` threw. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A connection of one's own, for LISTEN, COPY or session locks. Release it, with the error if it is broken. */
  connect(): Promise<PoolClient>;
  /** For gauges. */
  counts(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

export interface DbOptions {
  connection: DbConnection;
  log: Log;
  /** Connections at most. */
  poolSize?: number;
  connectTimeoutMs?: number;
}

/** Named statements live on the server for as long as a connection: SQL text made at run time must not fill its memory. */
const MAX_PREPARED = 500;

export function createDb(options: DbOptions): Db {
  const { connection, log } = options;
  const pool = new Pool({
    ...connection,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: false,
    application_name: "tandem",
    types: { getTypeParser: typeParser as typeof types.getTypeParser },
  });
  let closing = false;
  // Without a listener, a connection that breaks while idle would end the process. After close() the pool has said
  // goodbye without waiting: a server that stops meanwhile breaks the connection first.
  // A connection may break in the very packet that makes it ready, before whoever asked for it can listen: its first
  // listener is there from the start. Users of a connection hear the break by their query's rejection.
  pool.on("connect", (client) => client.on("error", (error) => log.debug({ why: error.message }, "a database connection broke")));
  pool.on("error", (error) => closing || log.warn({ why: error.message }, "an idle database connection broke"));

  const names = new Map<string, string>();
  const statement = (text: string, params: readonly unknown[] | undefined): QueryConfig => {
    let name = names.get(text);
    if (name === undefined && names.size < MAX_PREPARED) {
      name = `s${names.size + 1}`;
      names.set(text, name);
    }
    return { text, values: params as unknown[], ...(name === undefined ? {} : { name }) };
  };
  const run = async <R extends Row>(on: Pool | PoolClient, sql: string, params?: readonly unknown[]): Promise<R[]> => {
    try {
      return (await on.query<R>(statement(sql, params ?? []))).rows;
    } catch (error) {
      throw toDbError(error);
    }
  };

  const connect = async (): Promise<PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      throw toDbError(error);
    }
  };

  return {
    query: (sql, params) => run(pool, sql, params),
    connect,
    async transaction(work) {
      const client = await connect();
      // A connection that breaks while it is ours emits 'error' beside the rejection of the query that runs.
      const broke = (error: Error): void => log.warn({ why: error.message }, "a database connection broke in a transaction");
      client.on("error", broke);
      let open = true;
      const tx: Tx = {
        query: (sql, params) => {
          assert(open, "a transaction was used after its end");
          return run(client, sql, params);
        },
      };
      let failure: Error | undefined;
      try {
        await client.query("BEGIN");
        const result = await work(tx);
        open = false;
        const { command } = await client.query("COMMIT");
        // PostgreSQL answers ROLLBACK to the COMMIT of a transaction in which a caught statement failed.
        assert(command === "COMMIT", "a transaction went on after one of its statements failed");
        return result;
      } catch (error) {
        open = false;
        await client.query("ROLLBACK").catch((rollbackError: Error) => {
          failure = rollbackError;
        });
        throw error instanceof DatabaseError || failure ? toDbError(error) : error;
      } finally {
        client.off("error", broke);
        client.release(failure);
      }
    },
    counts: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close() {
      closing = true;
      return pool.end();
    },
  };
}

const INT8 = 20;
const DATE = 1082;

function typeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === INT8) return exactNumber;
  if (oid === DATE) return String; // a Date would be the local midnight, which is another day elsewhere
  return types.getTypeParser(oid, format);
}

function exactNumber(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `bigint ${text} does not fit a number`);
  return value;
}
