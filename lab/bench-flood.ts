/**
 * What a public address brings: npm run bench:flood [-- packets in thousands [seconds]]. The real server (main.ts, its own process and database),
 * each load in a process of its own (UDP in C), all on loopback.
 * 1. A million changed packets over UDP, TCP, TLS and WebSocket, let through by the border so that every one is parsed: the server stays
 *    up, its memory flat, and an honest probe (OPTIONS, and REGISTER with a password) is answered meanwhile.
 * 2. 20,000 unauthorised requests a second from 64 addresses, as the border meets them, while 50 calls talk and 5 a second are set up.
 * Beside each figure stands the same without the flood, in the same run: both cores are shared with all that sends.
 */
import { execFileSync, fork, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BorderCounts, BorderRules } from "@tandem/protocol";
import { freePort } from "../server/src/app/peer-network.ts";
import { corpus } from "../server/src/sip/test-mutate.ts";
import type { CallsResult } from "./flood/calls.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tandem-flood-"));
const thousands = Number(process.argv[2] ?? 1_000);
/** Seconds of each step of the second part. */
const seconds = Number(process.argv[3] ?? 30);
const PROBE_HERE = "127.0.0.60";
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

interface Target {
  child: ChildProcess;
  port: number;
  sipPort: number;
  tlsPort: number;
  password: string;
  phonePassword: string;
  output: string;
}

async function startTarget(): Promise<Target> {
  const [port, sipPort, tlsPort] = [await freePort(), await freePort(), await freePort()];

  const flags = ["--port", `${port}`, "--sip-port", `${sipPort}`, "--sip-tls-port", `${tlsPort}`, "--https", "--data-dir", join(folder, "data"), "--lang", "en", "--rtp-port-min", "25600", "--rtp-port-max", "25899", "--log-level", "error"];
  const child = spawn(process.execPath, ["--max-semi-space-size=4", here("../server/src/app/main.ts"), ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const target: Target = { child, port, sipPort, tlsPort, password: "", phonePassword: "", output: "" };
  child.stderr.on("data", (data: Buffer) => (target.output += data.toString()));
  await new Promise<void>((ready, failed) => {
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${target.output}`)));
    child.stdout.on("data", (data: Buffer) => {
      target.output += data.toString();
      if (/Ctrl-C/.test(target.output)) ready();
    });
  });
  [target.password, target.phonePassword] = [...target.output.matchAll(/(?:mot de passe|password) (\S+)/g)].map((match) => match[1]!) as [string, string];
  return target;
}

/** The API of a server with a certificate of its own making. */
async function api(target: Target): Promise<(method: string, path: string, body?: unknown) => Promise<unknown>> {
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"; // self-signed, on loopback
  const call = async (cookie: string, method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`https://127.0.0.1:${target.port}/api${path}`, { method, headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const session = await call("", "POST", "/session", { login: "lea", password: target.password });
  const cookie = session.headers.getSetCookie()[0]!.split(";")[0]!;
  return async (method, path, body) => (await call(cookie, method, path, body)).json();
}

interface Rss {
  nowMb: number;
  peakMb: number;
}

class Memory {
  peakMb = 0;
  readonly #timer: NodeJS.Timeout;
  readonly #pid: number;
  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => (this.peakMb = Math.max(this.peakMb, this.now())), 250);
  }
  now(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#pid}/status`, "utf8"))?.[1]) / 1024;
  }
  stop(): Rss {
    clearInterval(this.#timer);
    return { nowMb: this.now(), peakMb: this.peakMb };
  }
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Probe {
  options: number[];
  register: number[];
  lost: number;
}

/** An honest phone: OPTIONS ten times a second, a registration with its password twice; nothing is repeated, so that a loss shows. */
async function startProbe(target: Target): Promise<() => Promise<Probe>> {
  const socket = createSocket("udp4");
  socket.bind(0, PROBE_HERE);
  await once(socket, "listening");
  const { port } = socket.address();
  const probe: Probe = { options: [], register: [], lost: 0 };
  const waiting = new Map<string, { from: number; kind: "options" | "challenge" | "register" }>();
  let serial = 0;
  const ask = (method: "OPTIONS" | "REGISTER", kind: "options" | "challenge" | "register", extra: readonly string[] = []): void => {
    const id = `probe${serial++}`;
    waiting.set(id, { from: performance.now(), kind });
    socket.send([
      `${method} sip:tandem.local SIP/2.0`, `Via: SIP/2.0/UDP ${PROBE_HERE}:${port};branch=z9hG4bK${id};rport`, "Max-Forwards: 70", `From: <sip:camille@tandem.local>;tag=${id}`, "To: <sip:camille@tandem.local>",
      `Call-ID: ${id}`, `CSeq: ${serial} ${method}`, "User-Agent: an honest phone of the flood bench", `Contact: <sip:camille@${PROBE_HERE}:${port}>`, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, REFER, NOTIFY, UPDATE", ...extra, "Content-Length: 0", "", "",
    ].join("\r\n"), target.sipPort, "127.0.0.1");
  };
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  socket.on("message", (bytes) => {
    const text = bytes.toString("latin1");
    const id = /^(?:Call-ID|i): (\S+)/m.exec(text)?.[1] ?? "";
    const asked = waiting.get(id);
    if (!asked) return;
    waiting.delete(id);
    const ms = performance.now() - asked.from;
    if (asked.kind === "options") return void probe.options.push(ms);
    probe.register.push(ms);
    const nonce = /nonce="([^"]+)"/.exec(text)?.[1];
    if (asked.kind !== "challenge" || nonce === undefined) return;
    const response = md5(`${md5(`camille:tandem.local:${target.phonePassword}`)}:${nonce}:00000001:c:auth:${md5("REGISTER:sip:tandem.local")}`);
    ask("REGISTER", "register", [`Authorization: Digest username="camille", realm="tandem.local", nonce="${nonce}", uri="sip:tandem.local", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"`]);
  });
  const timers = [setInterval(() => ask("OPTIONS", "options"), 100), setInterval(() => ask("REGISTER", "challenge"), 500)];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await sleep(2_000);
    probe.lost = waiting.size;
    socket.close();
    return probe;
  };
}

const at = (sorted: readonly number[], share: number): string => (sorted.length === 0 ? "-" : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1));
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const within = values.filter((ms) => ms <= 20).length / Math.max(1, values.length);
  return `p50 ${at(sorted, 0.5)}  p99 ${at(sorted, 0.99)}  max ${at(sorted, 1)} ms, ${(within * 100).toFixed(1)} % within 20 ms`;
}

async function run(command: string, args: readonly string[]): Promise<Record<string, number>> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  await once(child, "exit");
  return JSON.parse(out) as Record<string, number>;
}

function writeCorpus(path: string, texts: readonly string[]): void {
  writeFileSync(path, Buffer.concat(texts.flatMap((text) => {
    const bytes = Buffer.from(text, "latin1");
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return [head, bytes];
  })));
}

const flood = join(folder, "flood");
execFileSync("gcc", ["-O2", "-o", flood, here("flood/flood.c")]);
writeCorpus(join(folder, "corpus"), corpus);
// what scanners send: registrations and calls without a password, each new
const scan = (method: string, user: string): string => [
  `${method} sip:${method === "REGISTER" ? "" : `${user}@`}tandem.local SIP/2.0`, "Via: SIP/2.0/UDP 10.9.8.7:5060;branch=z9hG4bK@@@@@@@@;rport", "Max-Forwards: 70", `From: <sip:${user}@tandem.local>;tag=@@@@@@@@`, `To: <sip:${user}@tandem.local>`,
  "Call-ID: @@@@@@@@", `CSeq: 1 ${method}`, `Contact: <sip:${user}@10.9.8.7>`, "User-Agent: friendly-scanner", "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS", "Content-Length: 0", "", "",
].join("\r\n");
writeCorpus(join(folder, "scan"), ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"].flatMap((method) => ["camille", "100", "@@@@@@@@"].map((user) => scan(method, user))));

const others = (): string => `${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`;

const target = await startTarget();
try {
  const admin = await api(target);
  const defaults = (await admin("GET", "/telephony/border")) as BorderRules;
  const pid = target.child.pid!;

  console.log(`\n1. ${thousands},000 changed packets, all let through to the parser (${others()})`);
  // flood addresses are let in by name and the rate is beyond reach: here the border shall not spare the parser its work
  await admin("PUT", "/telephony/border", { ...defaults, requestsPerSecondPerSource: 100_000, access: [{ network: "127.0.64.0/18", allow: true, note: "" }, { network: "127.0.0.1", allow: true, note: "" }] });
  {
    const stop = await startProbe(target);
    await sleep(8_000);
    const probe = await stop();
    console.log(`   no flood    OPTIONS ${spread(probe.options)}; REGISTER ${spread(probe.register)}; unanswered ${probe.lost}`);
  }
  const each = Math.ceil(thousands * 1_000 / 4);
  const phases: [string, () => Promise<Record<string, number>>][] = [
    ["UDP", () => run(flood, [`${target.sipPort}`, "64", "64", "10000", `${each}`, "7", "1", join(folder, "corpus")])],
    ["TCP", () => run(process.execPath, [here("flood/streams.ts"), "tcp", `${target.sipPort}`, `${each}`, "8"])],
    ["TLS", () => run(process.execPath, [here("flood/streams.ts"), "tls", `${target.tlsPort}`, `${each}`, "9"])],
    ["WSS", () => run(process.execPath, [here("flood/streams.ts"), "wss", `${target.port}`, `${each}`, "10"])],
  ];
  const startMb = new Memory(pid).stop().nowMb;
  for (const [name, work] of phases) {
    const memory = new Memory(pid);
    const stop = await startProbe(target);
    const cpu = cpuSeconds(pid);
    const done = await work();
    const busy = (cpuSeconds(pid) - cpu) / done["seconds"]!;
    const probe = await stop();
    const { nowMb, peakMb } = memory.stop();
    console.log(`   ${name}  ${done["sent"]} in ${done["seconds"]!.toFixed(0)} s (${(done["sent"]! / done["seconds"]!).toFixed(0)}/s)${done["opened"] ? `, ${done["opened"]} connections` : ""}; server ${(busy * 100).toFixed(0)} % of a core, ${nowMb.toFixed(0)} MB (peak ${peakMb.toFixed(0)})`);
    console.log(`        OPTIONS ${spread(probe.options)}; REGISTER ${spread(probe.register)}; unanswered ${probe.lost}`);
  }
  await sleep(35_000);
  console.log(`   memory: ${startMb.toFixed(0)} MB before, ${new Memory(pid).stop().nowMb.toFixed(0)} MB 35 s after; server ${target.child.exitCode === null ? "up" : "DOWN"}`);
  await admin("PUT", "/telephony/border", defaults);

  for (const rate of [0, 20_000, 50_000]) {
    const loader = fork(here("flood/calls.ts"), [`${target.sipPort}`, "50", "5", "1000"]);
    await once(loader, "message");
    loader.send("talk");
    await sleep(12_000);
    const before = (await admin("GET", "/telephony/border/counts")) as BorderCounts;
    const memory = new Memory(pid);
    const stop = await startProbe(target);
    const cpu = cpuSeconds(pid);
    loader.send("measure");
    const done = rate > 0 ? await run(flood, [`${target.sipPort}`, "64", "65", `${rate}`, `${rate * seconds}`, "11", "0", join(folder, "scan")]) : (await sleep(seconds * 1_000), { seconds, sent: 0, answers: 0, bytesOut: 1, bytesBack: 0 });
    const busy = (cpuSeconds(pid) - cpu) / done["seconds"]!;
    const probe = await stop();
    await sleep(3_000);
    loader.send("tell");
    const [calls] = (await once(loader, "message")) as [CallsResult];
    loader.disconnect();
    const after = (await admin("GET", "/telephony/border/counts")) as BorderCounts;
    const { nowMb } = memory.stop();
    const loss = calls.lostOfTheirs / Math.max(1, calls.heardOfTheirs + calls.lostOfTheirs);
    console.log(`\n2. ${rate} unauthorised requests/s from 64 addresses${rate > 0 ? ` (${done["sent"]} sent, ${(done["sent"]! / done["seconds"]!).toFixed(0)}/s)` : ", for comparison"}; 50 calls talk, 5/s set up (${others()})`);
    console.log(`   set up ${calls.answered} of ${calls.tried} (${(100 * calls.answered / Math.max(1, calls.tried)).toFixed(2)} %), ${spread(calls.setUpMs)}${calls.failed.length > 0 ? `; failed: ${[...new Set(calls.failed)].join(", ")}` : ""}`);
    console.log(`   ${calls.talking} talking: ${(loss * 100).toFixed(3)} % of the server's packets lost; of ours ${(calls.meanReportOfOurs * 100).toFixed(3)} % (worst five seconds of a call ${(calls.worstReportOfOurs * 100).toFixed(1)} %, ${calls.reports} reports)`);
    console.log(`   bytes back for bytes sent ${(done["bytesBack"]! / done["bytesOut"]!).toFixed(3)} (${done["answers"]} answers); server ${(busy * 100).toFixed(0)} % of a core, ${nowMb.toFixed(0)} MB`);
    console.log(`   border: ${after.passed - before.passed} passed, ${after.overRate - before.overRate} over the rate, ${after.overStrangers - before.overStrangers} strangers too many`);
    console.log(`   OPTIONS ${spread(probe.options)}; REGISTER ${spread(probe.register)}; unanswered ${probe.lost}`);
    await sleep(5_000);
  }
} finally {
  target.child.kill("SIGINT");
  if (target.child.exitCode === null) await once(target.child, "exit");
  rmSync(folder, { recursive: true, force: true });
}
