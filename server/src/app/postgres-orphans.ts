import { execFileSync } from "node:child_process";
import { readFile, readdir, readlink, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../base/log.ts";
import { whenAbsent } from "../base/when-absent.ts";

const FAST_STOP_MS = 15_000;
const HARD_STOP_MS = 10_000;

/**
 * Before a start: ends what an earlier server left on this data folder. A postmaster that outlived a `kill -9` (its
 * watchdog may be ending it already) gets a fast shutdown; then its pid file, if still there, names nobody and goes:
 * PostgreSQL itself would refuse to start when that number meanwhile belongs to another process of the account.
 */
export async function stopOrphans(pgData: string, log: Log): Promise<void> {
  let left = await processesOn(pgData);
  if (left.length > 0) {
    log.warn({ pids: left, pgData }, "PostgreSQL of an earlier server still runs: stopping it");
    const postmaster = await readPid(pgData);
    if (postmaster !== undefined && left.includes(postmaster)) signal(postmaster, "SIGINT");
    left = await waitGone(pgData, FAST_STOP_MS);
    for (const pid of left) signal(pid, "SIGQUIT");
    if (left.length > 0) left = await waitGone(pgData, HARD_STOP_MS);
    if (left.length > 0) throw new Error(`PostgreSQL processes ${left.join(", ")} of an earlier server do not stop: end them and start again`);
  }
  const socketDir = (await readPidFile(pgData))[4];
  if (socketDir !== undefined && basename(socketDir).startsWith(SOCKET_PREFIX)) await rm(socketDir, { recursive: true, force: true });
  await rm(join(pgData, "postmaster.pid"), { force: true });
}

/** Of socket folders outside the data folder: what a start made under this name, a later start may remove. */
export const SOCKET_PREFIX = "tandem-pg-";

/** Lines of `postmaster.pid`: pid, data folder, start, port, socket folder, ... Empty when there is no such file. */
export async function readPidFile(pgData: string): Promise<string[]> {
  return ((await readFile(join(pgData, "postmaster.pid"), "utf8").catch(whenAbsent)) ?? "").split("\n");
}

async function waitGone(pgData: string, withinMs: number): Promise<number[]> {
  const until = Date.now() + withinMs;
  for (;;) {
    const left = await processesOn(pgData);
    if (left.length === 0 || Date.now() > until) return left;
    await sleep(20);
  }
}

async function readPid(pgData: string): Promise<number | undefined> {
  const pid = Number((await readPidFile(pgData))[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** All PostgreSQL processes whose working folder is `pgData` (PostgreSQL stands in its data folder). */
async function processesOn(pgData: string): Promise<number[]> {
  if (process.platform !== "linux") {
    const pid = await readPid(pgData);
    if (pid === undefined) return [];
    try {
      const command = execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
      return command.includes(pgData) ? [pid] : [];
    } catch {
      return []; // ps says by its exit code that there is no such process
    }
  }
  const pids: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => ""); // gone meanwhile, or of another user
    if (cwd === pgData) {
      const comm = await readFile(`/proc/${name}/comm`, "utf8").catch(() => "");
      if (comm.trim() === "postgres") pids.push(Number(name)); // not a shell that a person opened there
    }
  }
  return pids;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
