import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../api/test-client.ts";
import { silentLog } from "../base/log.ts";
import { createDb } from "../db/db.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

let root: string;
before(() => {
  root = mkdtempSync(join(tmpdir(), "tandem-embedded-"));
  chmodSync(root, 0o711);
});
after(() => rmSync(root, { recursive: true }));

const start = (dataDir: string): ReturnType<typeof startEmbeddedPostgres> => startEmbeddedPostgres({ dataDir, log: silentLog });

/** Processes that stand in the cluster's folder. */
function processesOn(dataDir: string): number[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readlinkSync(`/proc/${name}/cwd`) === join(dataDir, "postgres");
    } catch {
      return false;
    }
  }).map(Number);
}

/** PostgreSQL's processes are not our children: nobody tells us of their end, so /proc is read. */
const noProcessOn = (dataDir: string): Promise<true> => until("PostgreSQL's end", () => processesOn(dataDir).length === 0, 60_000);

/** A data folder whose cluster is that of the first test, as it stopped: initdb costs seconds of a processor, and is the matter of two tests only. */
function withCluster(name: string): string {
  const dataDir = join(root, name);
  mkdirSync(dataDir, { mode: 0o711 });
  execFileSync("cp", ["-a", ...["postgres", "postgres-password"].map((made) => join(root, "plain", made)), dataDir]);
  return dataDir;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Another process that holds the data folder and inserts rows, printing what was acknowledged. */
async function writer(dataDir: string): Promise<{ child: ChildProcess; printed: () => string[] }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./test-embedded-writer.ts", import.meta.url)), dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  await new Promise<void>((writes, failed) => {
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      if (out.split("\n").length > 20) writes();
    });
    child.once("exit", (code, signal) => failed(new Error(`the writer ended (${code ?? signal}) before it wrote 20 rows`)));
  });
  return { child, printed: () => out.slice(0, out.lastIndexOf("\n")).split("\n") };
}

async function rowsIn(dataDir: string): Promise<Set<number>> {
  const postgres = await start(dataDir);
  const db = createDb({ connection: postgres.connection, log: silentLog });
  const rows = await db.query<{ n: number }>("SELECT n FROM written");
  await db.close();
  await postgres.stop();
  return new Set(rows.map((row) => row.n));
}

test("starts, keeps what was written, stops and leaves no process", async () => {
  const dataDir = join(root, "plain");
  let waits = 0;
  const first = await startEmbeddedPostgres({ dataDir, log: silentLog, waiting: () => void waits++ });
  assert.equal(waits, 2, "for initdb and for the server: whoever starts it has something else to do meanwhile");
  const db = createDb({ connection: first.connection, log: silentLog });
  await db.query("CREATE TABLE kept AS SELECT 'été' AS word");
  const [settings] = await db.query(`SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS listen,
    current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone`);
  assert.deepEqual(settings, { fsync: "on", listen: "", encoding: "UTF8", zone: "UTC" });
  await db.close();
  await first.stop();
  await first.stop();
  assert.deepEqual(processesOn(dataDir), []);
  const second = await start(dataDir);
  const again = createDb({ connection: second.connection, log: silentLog });
  assert.deepEqual(await again.query("SELECT word FROM kept"), [{ word: "été" }]);
  await again.close();
  await second.stop();
});

test("needs its password, and only its folder's owner can read it", async () => {
  const dataDir = withCluster("secret");
  const postgres = await start(dataDir);
  assert.ok("host" in postgres.connection);
  const db = createDb({ connection: { ...postgres.connection, password: "guess" }, log: silentLog });
  await assert.rejects(db.query("SELECT 1"), /password authentication failed/);
  await db.close();
  await postgres.stop();
});

test("a second server on the folder is refused, and does no harm", async () => {
  const dataDir = withCluster("twice");
  const first = await start(dataDir);
  await assert.rejects(start(dataDir), { code: "data-folder-in-use", message: /another Tandem server.*--data-dir/s });
  const db = createDb({ connection: first.connection, log: silentLog });
  assert.deepEqual(await db.query("SELECT 1 AS one"), [{ one: 1 }]);
  await db.close();
  await first.stop();
});

test("kill -9 of the server: PostgreSQL is stopped by the watchdog, nothing acknowledged is lost", async () => {
  const dataDir = withCluster("killed");
  const { child, printed } = await writer(dataDir);
  child.kill("SIGKILL");
  await noProcessOn(dataDir);
  const rows = await rowsIn(dataDir);
  for (const n of printed()) assert.ok(rows.has(Number(n)), `${n} was acknowledged`);
});

test("kill -9 of server and watchdog: the next start ends the orphan and goes on", async () => {
  const dataDir = withCluster("orphan");
  const { child, printed } = await writer(dataDir);
  const postmaster = Number(readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  const watchdogs = readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").slice(1, 3).join(" ").endsWith(`watchdog.sh ${postmaster}`);
    } catch {
      return false;
    }
  });
  assert.equal(watchdogs.length, 1);
  process.kill(Number(watchdogs[0]), "SIGKILL");
  child.kill("SIGKILL");
  await ended(child);
  assert.ok(processesOn(dataDir).length > 0, "PostgreSQL outlived its server");
  const rows = await rowsIn(dataDir);
  for (const n of printed()) assert.ok(rows.has(Number(n)), `${n} was acknowledged`);
  assert.deepEqual(processesOn(dataDir), []);
});

test("kill -9 of everything at once, ten times: recovers, nothing acknowledged is lost", async () => {
  const dataDir = withCluster("crash");
  const acknowledged: string[] = [];
  for (let round = 0; round < 10; round++) {
    const { child, printed } = await writer(dataDir);
    for (const pid of [child.pid!, ...processesOn(dataDir)]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ESRCH"); // a child of the postmaster that ended with it
      }
    }
    await Promise.all([ended(child), noProcessOn(dataDir)]);
    acknowledged.push(...printed());
  }
  const rows = await rowsIn(dataDir);
  for (const n of acknowledged) assert.ok(rows.has(Number(n)), `${n} was acknowledged`);
});

test("a pid file that names a stranger is not believed", async () => {
  const dataDir = withCluster("stranger");
  await (await start(dataDir)).stop();
  writeFileSync(join(dataDir, "postgres/postmaster.pid"), `${process.pid}\n${dataDir}/postgres\n1\n5432\n`);
  await (await start(dataDir)).stop();
});

test("a start that was cut during initdb is begun anew", async () => {
  const dataDir = join(root, "cut");
  mkdirSync(join(dataDir, "postgres.new/base"), { recursive: true });
  writeFileSync(join(dataDir, "postgres-password.new"), "half");
  await (await start(dataDir)).stop();
  assert.ok(!existsSync(join(dataDir, "postgres.new")));
});

test("a data folder whose path is too long for a socket", async () => {
  const dataDir = withCluster("deep".repeat(30));
  const postgres = await start(dataDir);
  await assert.rejects(start(dataDir), { code: "data-folder-in-use" });
  const { connection } = postgres;
  assert.ok("host" in connection && existsSync(connection.host));
  await postgres.stop();
  assert.ok(!existsSync(connection.host), "the folder of the socket is removed");
  const { child } = await writer(dataDir);
  const socketDir = readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[4]!;
  for (const pid of [child.pid!, ...processesOn(dataDir)]) process.kill(pid, "SIGKILL");
  await Promise.all([ended(child), noProcessOn(dataDir)]);
  await (await start(dataDir)).stop();
  assert.ok(!existsSync(socketDir), "that of a killed server too");
});

test("as root under a folder closed to others: in a namespace of its own; the folder moves freely between the two ways", async () => {
  const closed = join(root, "closed");
  mkdirSync(closed);
  const dataDir = withCluster("closed/data");
  await (await start(dataDir)).stop();
  chmodSync(closed, 0o700);
  // A container may forbid namespaces: then the error says what to do instead.
  if (process.getuid?.() === 0 && spawnSync("unshare", ["--user", "true"]).status !== 0) {
    await assert.rejects(start(dataDir), { code: "no-account", message: /DATABASE_URL/ });
    return;
  }
  const inside = await start(dataDir);
  const db = createDb({ connection: inside.connection, log: silentLog });
  await db.query("CREATE TABLE moved AS SELECT 1 AS one");
  await db.close();
  await inside.stop();
  assert.deepEqual(processesOn(dataDir), []);
  chmodSync(closed, 0o711);
  const outside = await start(dataDir);
  const again = createDb({ connection: outside.connection, log: silentLog });
  assert.deepEqual(await again.query("SELECT one FROM moved"), [{ one: 1 }]);
  await again.close();
  await outside.stop();
});

test("PostgreSQL that dies under a living server is told", async () => {
  const dataDir = withCluster("died");
  const death = Promise.withResolvers<string>();
  const postgres = await startEmbeddedPostgres({ dataDir, log: silentLog, onDied: death.resolve });
  process.kill(Number(readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[0]), "SIGQUIT");
  assert.match(await death.promise, /postgres\.log/);
  await postgres.stop();
});
