/** The process that holds the PostgreSQL of a test run (see test-database.ts). Test aid. */
import { appendFileSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { createServer, connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres } from "../app/embedded-postgres.ts";
import type { Log } from "../base/log.ts";
import { whenAbsent } from "../base/when-absent.ts";
import { testServerFolder } from "./test-database.ts";

const IDLE_MS = 20_000; // longer than the gap between two test files

const folder = testServerFolder();
const path = join(folder, "control.sock");
const write = (level: string) => (fields: Record<string, unknown>, message: string): void =>
  appendFileSync(join(folder, "daemon.log"), `${JSON.stringify({ level, pid: process.pid, message, ...fields })}\n`);
const log: Log = { debug: () => undefined, info: write("info"), warn: write("warn"), error: write("error") };

const users = new Set<Socket>();
let connection: string | undefined;
const waiting = new Set<Socket>();
const server = createServer((socket) => {
  users.add(socket);
  socket.on("error", () => undefined);
  socket.on("close", () => {
    users.delete(socket);
    waiting.delete(socket);
  });
  if (connection) socket.write(connection);
  else waiting.add(socket);
});

async function listen(): Promise<boolean> {
  const alive = await new Promise<boolean>((done) => {
    const probe = connect(path);
    probe.once("connect", () => done(true)).once("error", () => done(false));
    probe.once("connect", () => probe.destroy());
  });
  if (alive) return false;
  await rm(path, { force: true });
  const bound = await new Promise<boolean>((done) => {
    server.once("error", () => done(false));
    server.listen(path, () => done(true));
  });
  if (!bound) return false;
  // Two that found the same dead socket: the one whose socket is on the path goes on.
  const mine = await stat(path);
  await sleep(100);
  const now = await stat(path).catch(whenAbsent);
  return now?.ino === mine.ino;
}

if (await listen()) {
  const data = join(folder, "data");
  try {
    await rm(data, { recursive: true, force: true });
    const postgres = await startEmbeddedPostgres({ dataDir: data, log, fsync: false, maxConnections: 200, onDied: (why) => {
      log.error({}, why);
      process.exit(1);
    } });
    connection = `${JSON.stringify(postgres.connection)}\n`;
    for (const socket of waiting) socket.write(connection);
    waiting.clear();
    let idleSince = Date.now();
    while (Date.now() - idleSince < IDLE_MS) {
      await sleep(500);
      if (users.size > 0) idleSince = Date.now();
    }
    server.close();
    await postgres.stop();
    await rm(data, { recursive: true, force: true });
  } catch (error) {
    log.error({ stack: (error as Error).stack }, "the test database does not run");
    process.exitCode = 1;
  }
  for (const socket of users) socket.destroy();
  server.close();
} else {
  process.exit(0);
}
