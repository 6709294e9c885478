/**
 * db: PostgreSQL for the rooms above: the pool, migrations, the fact log, durable jobs.
 *
 * Invariants
 * - A fact is stored in the transaction that stores the state it leads to; it is never changed or removed.
 * - The order of `seq` is the order of commit, for every writer of every server: a reader that remembers the last seq
 *   it saw misses nothing.
 * - An append that was answered is on disk; an append that was refused left nothing.
 * - One dialect: the embedded server and an outside one (PostgreSQL 15 or later) run the same SQL.
 *
 * Deliberately absent: business tables (each room has its own migration file in migrations/ and its own SQL), an
 * object mapper, NOTIFY inside transactions (a global lock: 480-730 commits/s against 3,600 without).
 */
export { createDb } from "./pool.ts";
export type { Db, DbConnection, DbOptions, Row, Sql, Tx } from "./pool.ts";
export { DbError } from "./db-error.ts";
export type { DbErrorCode } from "./db-error.ts";
export { migrate } from "./migrate.ts";
export type { Migration } from "./migrate.ts";
export { readMigrations } from "./migrate.ts";
export { createFactLog } from "./fact-log.ts";
export type { Append, FactLog, FactLogOptions, FactRow, FactWrite, OpenInteraction } from "./fact-log.ts";
export { createJobs } from "./jobs.ts";
export type { Job, Jobs } from "./jobs.ts";
