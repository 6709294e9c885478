/**
 * How long `npm start` takes until it says that it is ready, and what it holds in memory at rest.
 * npm run bench:start [-- bare]. Cold: an empty data folder and no compile cache; warm: the starts after it. `bare`
 * adds a clone of HEAD without node_modules: install, build and first start (needs the registry).
 * Goals: warm below 3 s, server process below 150 MB.
 */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const REST_MS = 20_000;
const READY = /is ready|est prêt/;

const root = mkdtempSync(join(tmpdir(), "tandem-bench-"));
chmodSync(root, 0o711);

interface Start {
  readyMs: number;
  serverMb: number;
  databaseMb: number;
  stopMs: number;
}

async function start(cwd: string, name: string, restMs: number): Promise<Start> {
  const from = performance.now();
  const flags = ["--port", "0", "--sip-port", "0", "--rtp-port-min", "25200", "--rtp-port-max", "25299", "--data-dir", join(root, "data", name), "--lang", "en"];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, `cache-${name}`) };
  const child = spawn("npm", ["start", "--silent", "--", ...flags], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let out = "";
  await new Promise<void>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        out += data.toString();
        if (READY.test(out)) done();
      });
    }
    child.once("exit", (code) => fail(new Error(`npm start ended with ${code}:\n${out}`)));
  });
  const readyMs = performance.now() - from;
  await new Promise((done) => setTimeout(done, restMs));
  const tree = descendants(child.pid!);
  const server = tree.find((p) => p.command.includes("app/main.ts") && !p.command.includes("start.mjs"));
  const databaseMb = tree.filter((p) => p.command.startsWith("postgres") || p.command.includes("/postgres ")).reduce((sum, p) => sum + p.pssMb, 0);
  const stopFrom = performance.now();
  process.kill(-child.pid!, "SIGTERM");
  // npm ends before the server has: the server and its database are waited for.
  while (tree.some((p) => existsSync(`/proc/${p.pid}/exe`))) await new Promise((done) => setTimeout(done, 10));
  return { readyMs, serverMb: server?.rssMb ?? Number.NaN, databaseMb, stopMs: performance.now() - stopFrom };
}

interface Running {
  pid: number;
  command: string;
  rssMb: number;
  /** Memory shared between processes counted once in all. */
  pssMb: number;
}

function descendants(pid: number): Running[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((n) => /^\d+$/.test(n))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]!.split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended meanwhile
    }
  }
  const found: Running[] = [];
  const visit = (at: number): void => {
    for (const next of children.get(at) ?? []) {
      const kb = (file: string, key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${next}/${file}`, "utf8"))?.[1] ?? Number.NaN);
      found.push({ pid: next, command: readFileSync(`/proc/${next}/cmdline`, "utf8").replaceAll("\0", " "), rssMb: kb("status", "VmRSS") / 1024, pssMb: kb("smaps_rollup", "Pss") / 1024 });
      visit(next);
    }
  };
  visit(pid);
  return found;
}

const rows: Record<string, Record<string, number>> = {};
const add = (name: string, s: Start): void => {
  rows[name] = { "ready s": Number((s.readyMs / 1000).toFixed(2)), "server MB (RSS)": Math.round(s.serverMb), "database MB (PSS)": Math.round(s.databaseMb), "stop s": Number((s.stopMs / 1000).toFixed(2)) };
};
try {
  if (process.argv[2] === "bare") {
    const clone = join(root, "clone");
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${checkout}`, clone]);
    add("bare clone: install, build, first start", await start(clone, "bare", 0));
  }
  await start(checkout, "warm-up", 0); // whatever must be built is built before the clock runs
  add("cold: empty data folder, no compile cache", await start(checkout, "here", 0));
  for (const n of [1, 2, 3]) add(`warm ${n}`, await start(checkout, "here", 0));
  add(`warm, after ${REST_MS / 1000} s of rest`, await start(checkout, "here", REST_MS));
  console.table(rows);
} finally {
  rmSync(root, { recursive: true, force: true });
}
