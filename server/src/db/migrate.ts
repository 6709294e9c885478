import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Log } from "../base/log.ts";
import { DbError, toDbError } from "./db-error.ts";
import type { Db } from "./pool.ts";

/** One numbered step forward; `id` is the file name without `.sql`. */
export interface Migration {
  id: string;
  sql: string;
}

const NAME = /^(\d{4}-[a-z0-9-]+)\.sql$/;
const LOCK = 7_426_336_001; // any constant: servers that start together migrate one after the other

/** The files of migrations/, in order. */
export async function readMigrations(folder: URL = new URL("./migrations/", import.meta.url)): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const id = NAME.exec(file)?.[1];
    if (id === undefined) throw new DbError("invalid", `migrations/${file}: the name must be NNNN-some-words.sql`);
    if (migrations.at(-1)?.id.slice(0, 4) === id.slice(0, 4)) throw new DbError("invalid", `migrations/${file}: the number is taken`);
    migrations.push({ id, sql: await readFile(new URL(file, folder), "utf8") });
  }
  return migrations;
}

/**
 * Brings the schema up to date, each file in a transaction of its own. A file that was applied may not change
 * afterwards (a new file says what is different). A database from a newer Tandem is refused.
 */
export async function migrate(db: Db, migrations: readonly Migration[], log: Log): Promise<{ applied: string[] }> {
  const client = await db.connect();
  const applied: string[] = [];
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS migration (
      id text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ id: string; checksum: string }>("SELECT id, checksum FROM migration");
    const done = new Map(rows.map((row) => [row.id, row.checksum]));
    const known = new Set(migrations.map((m) => m.id));
    const unknown = rows.map((row) => row.id).filter((id) => !known.has(id));
    if (unknown.length > 0) throw new DbError("invalid", `the database has migrations that this Tandem does not know (${unknown.join(", ")}): it was used by a newer one`);
    for (const { id, sql } of migrations) {
      const checksum = createHash("sha256").update(sql).digest("hex");
      const before = done.get(id);
      if (before === checksum) continue;
      if (before !== undefined) throw new DbError("invalid", `migration ${id} was changed after it was applied: put it back and add a new file`);
      try {
        await client.query("BEGIN");
        await client.query(sql);
        await client.query("INSERT INTO migration (id, checksum) VALUES ($1, $2)", [id, checksum]);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw new DbError("invalid", `migration ${id}: ${(error as Error).message}`, { cause: error });
      }
      applied.push(id);
    }
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]);
    client.release();
  } catch (error) {
    client.release(true); // closes the session, and its lock with it
    throw toDbError(error);
  }
  if (applied.length > 0) log.info({ applied }, "database schema brought up to date");
  return { applied };
}
