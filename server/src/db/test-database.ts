/**
 * A real PostgreSQL for tests: one server for the whole run (nothing forced to disk), a database for each suite, made
 * from a template that has the migrations. The first user of a checkout starts the server in a process of its own
 * (test-postgres.ts); it ends 20 s after the last user has gone. Test aid: production code does not import it.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { silentLog } from "../base/log.ts";
import { migrate, readMigrations, type Migration } from "./migrate.ts";
import { createDb, type Db, type DbConnection } from "./pool.ts";

type Parts = Extract<DbConnection, { host: string }>;

export interface TestDatabase {
  db: Db;
  connection: Parts;
  /** Drops the database, whoever is still connected to it, and closes `db`. */
  drop(): Promise<void>;
}

const START_MS = 60_000;
const LOCK = 7_426_336_003;

let server: Promise<Parts> | undefined;
let made = 0;

/** A fresh migrated database. `migrations`: others than those of the product. */
export async function testDatabase(options: { migrations?: readonly Migration[]; poolSize?: number } = {}): Promise<TestDatabase> {
  const admin = await (server ??= reach());
  const migrations = options.migrations ?? (await readMigrations());
  const hash = createHash("sha256").update(JSON.stringify(migrations)).digest("hex").slice(0, 12);
  const database = `test_${process.pid}_${++made}`;
  const client = new Client(admin);
  await client.connect();
  try {
    const template = `template_${hash}`;
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]); // one maker of the template; also, a template in use cannot be copied twice at once
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [template]);
    if (rowCount === 0) {
      await client.query(`DROP DATABASE IF EXISTS ${template}_new`);
      await client.query(`CREATE DATABASE ${template}_new`);
      const db = createDb({ connection: { ...admin, database: `${template}_new` }, log: silentLog, poolSize: 1 });
      try {
        await migrate(db, migrations, silentLog);
      } finally {
        await db.close();
      }
      await client.query(`ALTER DATABASE ${template}_new RENAME TO ${template}`);
    }
    await client.query(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY = file_copy`);
  } finally {
    await client.end();
  }
  const connection = { ...admin, database };
  const db = createDb({ connection, log: silentLog, poolSize: options.poolSize ?? 5 });
  return {
    db,
    connection,
    async drop() {
      // First the database, by force: a test that failed may still hold connections, and close() would wait for them.
      const client = new Client(admin);
      await client.connect();
      try {
        await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
      } finally {
        await client.end();
      }
      await db.close();
    },
  };
}

/** Where the server of this checkout answers: a folder of ours that others may pass (PostgreSQL runs as nobody) but not read. */
export function testServerFolder(): string {
  const key = createHash("sha256").update(import.meta.url).digest("hex").slice(0, 8);
  const folder = join(tmpdir(), `tandem-test-${process.getuid?.() ?? 0}-${key}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return folder;
}

async function reach(): Promise<Parts> {
  const path = join(testServerFolder(), "control.sock");
  const until = Date.now() + START_MS;
  let started = false;
  for (;;) {
    const answer = await ask(path);
    if (answer) return answer;
    if (!started) {
      started = true;
      const script = fileURLToPath(new URL("./test-postgres.ts", import.meta.url));
      spawn(process.execPath, [script], { detached: true, stdio: "ignore" }).unref();
    }
    if (Date.now() > until) throw new Error(`the test database did not start: see ${testServerFolder()}/daemon.log`);
    await sleep(20);
  }
}

/** Asks the daemon for the connection, and stays connected for as long as this process lives: that is how it counts its users. */
function ask(path: string): Promise<Parts | undefined> {
  return new Promise((done) => {
    const socket: Socket = connect(path);
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
      if (!text.endsWith("\n")) return;
      socket.unref();
      done(JSON.parse(text) as Parts);
    });
    socket.on("error", () => done(undefined));
    socket.on("close", () => done(undefined));
  });
}
