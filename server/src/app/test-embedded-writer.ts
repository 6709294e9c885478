/** A server that only inserts rows and prints what was acknowledged: its test kills it. Test aid. */
import { silentLog } from "../base/log.ts";
import { createDb } from "../db/db.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2]!, log: silentLog });
const db = createDb({ connection: postgres.connection, log: silentLog });
await db.query("CREATE TABLE IF NOT EXISTS written (n bigint PRIMARY KEY)");
const [last] = await db.query<{ n: number }>("SELECT coalesce(max(n), 0) AS n FROM written");
for (let n = last!.n + 1; ; n++) {
  await db.query("INSERT INTO written VALUES ($1)", [n]);
  process.stdout.write(`${n}\n`);
}
