/**
 * What the SIP server costs, beside Debian's Kamailio with its fast allocator doing the same jobs in the same run: registrations with digest,
 * stateful proxied calls, back-to-back calls, the proxy as two processes on one port; on request (`--only memory`) the memory of phones and dialogs.
 *
 *   node lab/bench-sip.ts [--seconds 5] [--budget 45] [--only register,proxy,b2bua,workers] [--phones 100000] [--workers 2]
 *
 * Each server is warmed first (V8 compiles for some ten thousand calls), then asked for more and more until a step fails, then for rates
 * in between, for at most `--budget` seconds; all in all under eight minutes. A step counts when 99.9 % ended well at 95 % of the rate asked,
 * with less than 1 % repeated. sipp is the load, on the same machine: wall rates are those of what it leaves, so goals are judged by "CPU",
 * what the server's processes used, system calls included, over what was served; 1,000,000 over it is the rate of a core. Kamailio is
 * no back-to-back agent: that row stands beside its proxy.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { startKamailio } from "./sip/kamailio.ts";
import { callee, cpuMs, load, type LoadResult } from "./sip/load.ts";
import { CALLEE, CALLER, REGISTER } from "./sip/scenarios.ts";

const PORT = 15100;
const CALLEE_PORT = 15102;
const { values } = parseArgs({ options: {
  seconds: { type: "string", default: "5" }, budget: { type: "string", default: "45" }, only: { type: "string", default: "register,proxy,b2bua,workers" },
  phones: { type: "string", default: "100000" }, workers: { type: "string", default: "2" },
} });
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), "tandem-bench-sip-"));
const users = join(folder, "users.csv");
writeFileSync(users, `SEQUENTIAL\n${Array.from({ length: Number(values.phones) }, (_, i) => `u${i};[authentication username=u${i} password=pw]`).join("\n")}\n`);
const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

type Job = "register" | "proxy" | "b2bua";
/** First rate asked for, and how many are served before anything is measured. */
const JOBS: Readonly<Record<Job, { from: number; warmUp: number }>> = { register: { from: 2_000, warmUp: 12_000 }, proxy: { from: 1_000, warmUp: 9_000 }, b2bua: { from: 500, warmUp: 5_000 } };
/** Steps nearer than this are the same. */
const NEAR = 1.15;
const MOST = 20_000;

interface Peer {
  name: string;
  start(job: Job, workers: number): Promise<ChildProcess>;
}

const kamailio: Peer = {
  name: "Kamailio",
  async start(_, workers) {
    const child = startKamailio({ folder, port: PORT, target: `127.0.0.1:${CALLEE_PORT}`, workers });
    child.on("error", (error) => console.error(`Kamailio cannot run (apt-get install kamailio): ${error.message}`));
    await rest(1_500);
    return child;
  },
};
const tandem: Peer = {
  name: "Tandem",
  async start(job, workers) {
    const args = ["--role", job === "register" ? "registrar" : job, "--port", String(PORT), "--target", `127.0.0.1:${CALLEE_PORT}`, "--workers", String(workers)];
    const child = fork(new URL("sip/server.ts", import.meta.url), args, { execArgv: ["--expose-gc"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await new Promise<void>((done, failed) => {
      child.once("message", () => done());
      child.once("exit", () => failed(new Error("the server ended")));
    });
    return child;
  },
};

let port = 15110;
function drive(job: Job, rate: number, total: number, holdMs = 0): Promise<LoadResult> {
  port = port > 15190 ? 15110 : port + 1;
  const timeoutS = Math.ceil(total / rate + (2 * holdMs) / 1_000) + 6;
  return load({ folder, scenario: job === "register" ? REGISTER : CALLER, port, target: `127.0.0.1:${PORT}`, rate, total, holdMs, timeoutS, ...(job === "register" && { users }) });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await gone;
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

interface Step extends LoadResult {
  rate: number;
  cpuUs: number;
}

async function step(server: ChildProcess, job: Job, rate: number): Promise<Step & { passed: boolean }> {
  const before = cpuMs(server.pid!);
  const result = await drive(job, rate, rate * seconds);
  const cpuUs = ((cpuMs(server.pid!) - before) * 1_000) / Math.max(1, result.good);
  const passed = result.bad <= result.good / 1_000 && result.good >= rate * seconds * 0.99 && result.good / result.seconds >= rate * 0.95 && result.retransmissions <= result.good / 100;
  console.error(`  ${rate}/s: ${result.good} well, ${result.bad} not, ${result.retransmissions} repeated, ${result.seconds} s, ${cpuUs.toFixed(0)} µs${passed ? "" : ", failed"}`);
  // what was left hanging is repeated for a while
  if (!passed) await rest(3_000);
  return { ...result, rate, cpuUs, passed };
}

/** The highest rate that passed (null = none), and half of it for the response times; prints the row. */
async function rates(peer: Peer, job: Job, workers = 1): Promise<Step | null> {
  const server = await peer.start(job, workers);
  const answering = callee(folder, CALLEE_PORT, CALLEE);
  try {
    const { from, warmUp } = JOBS[job];
    const until = performance.now() + Number(values.budget) * 1_000;
    await drive(job, from * 0.75, peer === tandem ? warmUp * workers : 2_000);
    let best: Step | null = null;
    let failedAt = Infinity;
    let retried = false;
    let rate = from;
    while (performance.now() < until && rate <= MOST && rate >= 50) {
      const tried = await step(server, job, rate);
      if (!tried.passed && !retried && failedAt === Infinity) {
        // a neighbour's turn on the cores fails a step too: the first failure is asked again
        retried = true;
        continue;
      }
      if (tried.passed) best = tried;
      else failedAt = rate;
      const low: number = best?.rate ?? failedAt / 3;
      rate = Math.round(failedAt === Infinity ? low * 1.5 : (low + failedAt) / 2);
      if (best && failedAt / best.rate < NEAR) break;
    }
    const name = `${workers > 1 ? `${workers} x ` : ""}${peer.name}`.padEnd(12);
    if (!best) {
      console.log(`${name} ${job.padEnd(9)} no step passed: the machine has no room for it now`);
      return null;
    }
    let half = await step(server, job, Math.round(best.rate / 2));
    if (!half.passed) half = await step(server, job, half.rate);
    console.log([name, job.padEnd(9), String(best.rate).padStart(9), best.cpuUs.toFixed(0).padStart(8), String(half.rate).padStart(8), half.cpuUs.toFixed(0).padStart(8), at(half.rtts, 0.5).toFixed(0).padStart(7), at(half.rtts, 0.99).toFixed(0).padStart(7), loadavg()[0]!.toFixed(1).padStart(6)].join(" "));
    return best;
  } finally {
    answering.kill();
    await stop(server);
  }
}

/** One line: ours beside theirs by the rate of a core, and by the highest step. */
function judge(what: string, share: number, ours: Step | null | undefined, theirs: Step | null | undefined): string {
  if (!ours || !theirs) return `${what}: not measured`;
  const byCpu = theirs.cpuUs / ours.cpuUs;
  return `${byCpu >= share ? "goal met   " : "goal missed"} ${what}: ${byCpu.toFixed(2)} of Kamailio's rate a core, wanted ${share} (${theirs.cpuUs.toFixed(0)} µs against ${ours.cpuUs.toFixed(0)}); ${(ours.rate / theirs.rate).toFixed(2)} by the highest step`;
}

const heapOf = (child: ChildProcess): Promise<number> => new Promise((done) => {
  child.once("message", (answer) => done((answer as { heapBytes: number }).heapBytes));
  child.send("memory");
});

async function memory(): Promise<void> {
  const phones = Number(values.phones);
  const registrar = await tandem.start("register", 1);
  const empty = await heapOf(registrar);
  const { good } = await drive("register", 1_500, phones);
  await rest(33_000); // transactions end
  console.log(`a registered phone: ${(((await heapOf(registrar)) - empty) / good).toFixed(0)} bytes of heap (${good} phones)`);
  await stop(registrar);
  const agent = await tandem.start("b2bua", 1);
  const answering = callee(folder, CALLEE_PORT, CALLEE);
  await drive("b2bua", 200, 400);
  await rest(33_000);
  const before = await heapOf(agent);
  const calls = 5_000;
  const running = drive("b2bua", 250, calls, 60_000);
  await rest((calls / 250) * 1_000 + 36_000);
  console.log(`a call of two dialogs, established: ${(((await heapOf(agent)) - before) / calls).toFixed(0)} bytes of heap (${calls} calls)`);
  await running;
  answering.kill();
  await stop(agent);
}

const began = performance.now();
console.log(`${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)} before we start, ${seconds} s a step`);
if (loadavg()[0]! > 1) console.log("NOT a quiet machine: wall rates are floors, and CPU a call is too high for both");
console.log("server       job       highest/s   CPU µs   half/s   CPU µs  p50 ms  p99 ms   load");
const wanted = values.only.split(",");
const several = Number(values.workers);
const verdicts: string[] = [];
if (wanted.includes("register")) {
  const theirs = await rates(kamailio, "register");
  verdicts.push(judge("registrar with digest", 0.5, await rates(tandem, "register"), theirs));
}
const proxied = wanted.some((name) => name !== "register" && name !== "memory") ? await rates(kamailio, "proxy") : null;
if (wanted.includes("proxy")) verdicts.push(judge("stateful proxy", 0.5, await rates(tandem, "proxy"), proxied));
if (wanted.includes("b2bua")) verdicts.push(judge("back-to-back agent", 0.25, await rates(tandem, "b2bua"), proxied));
if (wanted.includes("workers")) {
  const ours = await rates(tandem, "proxy", several);
  const verdict = ours && proxied ? `${ours.rate > proxied.rate ? "goal met   " : "goal missed"} ${several} processes on one port: ${ours.rate}/s, one Kamailio process ${proxied.rate}/s` : "several processes: not measured";
  verdicts.push(`${verdict}${cpus().length < several + 3 ? ` (sipp needs two cores and there are ${cpus().length}: what it takes, the processes do not have)` : ""}`);
}
for (const verdict of verdicts) console.log(verdict);
if (wanted.includes("memory")) await memory();
console.log(`${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
rmSync(folder, { recursive: true, force: true });
