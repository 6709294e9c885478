/**
 * What the SIP server costs, beside Debian's Kamailio with its fast allocator doing the same jobs in the same run: registrations with digest,
 * stateful proxied calls, back-to-back calls; the memory of phones and dialogs; response times at half of the highest rate.
 *
 *   node lab/bench-sip.ts [--seconds 6] [--only register,proxy,b2bua,memory] [--steps 500,1000,2000] [--phones 100000] [--workers 1]
 *
 * sipp is the load, on the same machine: wall rates are those of what it leaves. "CPU" is what the server's processes used, system calls
 * included, over what was served: it holds on a busy machine too, and 1,000,000 over it is the rate of a core. Kamailio is no back-to-back
 * agent: that row stands beside its proxy. A step counts when 99.9 % ended well at 95 % of the rate asked, with less than 1 % repeated.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startKamailio } from "./sip/kamailio.ts";
import { callee, cpuMs, load, type LoadResult } from "./sip/load.ts";
import { CALLEE, CALLER, REGISTER } from "./sip/scenarios.ts";

const PORT = 15100;
const CALLEE_PORT = 15102;
const { values } = parseArgs({ options: {
  seconds: { type: "string", default: "6" }, only: { type: "string", default: "register,proxy,b2bua,memory" }, steps: { type: "string", default: "500,1000,1500,2000,3000,4000,6000,8000" },
  phones: { type: "string", default: "100000" }, workers: { type: "string", default: "1" },
} });
const seconds = Number(values.seconds);
const steps = values.steps.split(",").map(Number);
const workers = Number(values.workers);
const folder = mkdtempSync(join(tmpdir(), "tandem-bench-sip-"));
const users = join(folder, "users.csv");
writeFileSync(users, `SEQUENTIAL\n${Array.from({ length: Number(values.phones) }, (_, i) => `u${i};[authentication username=u${i} password=pw]`).join("\n")}\n`);
const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

type Job = "register" | "proxy" | "b2bua";
interface Peer {
  name: string;
  start(job: Job): Promise<ChildProcess>;
}

const kamailio: Peer = {
  name: "Kamailio",
  async start() {
    const child = startKamailio({ folder, port: PORT, target: `127.0.0.1:${CALLEE_PORT}`, workers });
    child.on("error", (error) => console.error(`Kamailio cannot run (apt-get install kamailio): ${error.message}`));
    await rest(1_500);
    return child;
  },
};
const tandem: Peer = {
  name: "Tandem",
  async start(job) {
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
  return load({ folder, scenario: job === "register" ? REGISTER : CALLER, port, target: `127.0.0.1:${PORT}`, rate, total, holdMs, ...(job === "register" && { users }) });
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await gone;
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Steps up until one fails, twice; then half of the highest for the response times. */
async function rates(peer: Peer, job: Job): Promise<void> {
  const server = await peer.start(job);
  const answering = callee(folder, CALLEE_PORT, CALLEE);
  try {
    await drive(job, 500, 3_000); // caches and compilers warm
    let best = { rate: 0, cpuUs: Number.NaN };
    for (const rate of steps) {
      let passed = false;
      for (let tries = 0; tries < 2 && !passed; tries++) {
        const before = cpuMs(server.pid!);
        const result = await drive(job, rate, rate * seconds);
        const cpuUs = ((cpuMs(server.pid!) - before) * 1_000) / result.good;
        passed = result.bad <= result.good / 1_000 && result.good / result.seconds >= rate * 0.95 && result.retransmissions <= result.good / 100;
        if (passed) best = { rate, cpuUs };
      }
      if (!passed) break;
    }
    const half = Math.max(100, Math.round(best.rate / 2));
    const before = cpuMs(server.pid!);
    const { rtts, good } = await drive(job, half, half * seconds);
    const cpuUs = ((cpuMs(server.pid!) - before) * 1_000) / good;
    const cells = [peer.name.padEnd(9), job.padEnd(9), String(best.rate).padStart(8), best.cpuUs.toFixed(0).padStart(10), String(half).padStart(8), cpuUs.toFixed(0).padStart(10), at(rtts, 0.5).toFixed(0).padStart(7), at(rtts, 0.99).toFixed(0).padStart(7), loadavg()[0]!.toFixed(1).padStart(6)];
    console.log(cells.join(" "));
  } finally {
    answering.kill();
    await stop(server);
  }
}

const heapOf = (child: ChildProcess): Promise<number> => new Promise((done) => {
  child.once("message", (answer) => done((answer as { heapBytes: number }).heapBytes));
  child.send("memory");
});

async function memory(): Promise<void> {
  const phones = Number(values.phones);
  const registrar = await tandem.start("register");
  const empty = await heapOf(registrar);
  const { good } = await drive("register", 1_500, phones);
  await rest(33_000); // transactions end
  console.log(`a registered phone: ${(((await heapOf(registrar)) - empty) / good).toFixed(0)} bytes of heap (${good} phones)`);
  await stop(registrar);
  const agent = await tandem.start("b2bua");
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

console.log(`${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)} before we start, ${seconds} s a step, ${workers} worker(s)`);
console.log("server    job       highest/s   CPU µs   half/s   CPU µs  p50 ms  p99 ms   load");
const wanted = values.only.split(",");
for (const job of ["register", "proxy", "b2bua"] as const) {
  if (!wanted.includes(job)) continue;
  if (job !== "b2bua") await rates(kamailio, job);
  await rates(tandem, job);
}
if (wanted.includes("memory")) await memory();
rmSync(folder, { recursive: true, force: true });
