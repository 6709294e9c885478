/**
 * How many calls one media worker carries before the 99th percentile of its delay passes 10 ms or its loss 0.1 %:
 * bridged and recorded on plain RTP, with a browser leg (SRTP), mixed instead of relayed, in meeting rooms; and rtpengine beside it in the same run.
 *
 *   node lab/bench-media.ts [--seconds 8] [--tries 3] [--scenario rtp|browser|mix|rooms|rtpengine] [--steps 100,200]
 *
 * The load is another process on the same machine, so the figures are those of half a machine. "direct" is the load without
 * anything in between: what the measuring itself costs. Other work on the machine only ever makes a step worse, so a step that
 * fails is tried again, for rtpengine as for us. The browser's leg is our own SRTP sender behind a real ICE check and DTLS
 * handshake (werift's client), not Chromium: 150 Chromiums do not fit.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startMedia } from "../server/src/app/media-host.ts";
import { silentLog } from "../server/src/base/log.ts";
import type { FromLoad, LoadResult, ToLoad } from "./media-load.ts";
import { RtpenginePeer } from "./rtpengine-peer.ts";

const PORT_MIN = 21000;
const PORT_MAX = 24899;
const CONTROL_PORT = 24998;
const MAX_P99_MS = 10;
const MAX_LOSS = 0.001;

const { values } = parseArgs({ options: { seconds: { type: "string", default: "8" }, tries: { type: "string", default: "3" }, scenario: { type: "string" }, steps: { type: "string" } } });
const seconds = Number(values.seconds);

type Scenario = "rtp" | "rtpengine" | "browser" | "mix" | "rooms";
/** Members of each room; a call is two of them. */
const ROOM_MEMBERS = 10;
const SCENARIOS: Record<Scenario, { title: string; goal: number; steps: number[] }> = {
  rtp: { title: "Tandem: RTP, bridged, recorded", goal: 400, steps: [100, 200, 300, 400, 500, 600, 700] },
  rtpengine: { title: "rtpengine: RTP, bridged, recorded (pcap)", goal: 0, steps: [100, 200, 300, 400, 500, 600, 700] },
  browser: { title: "Tandem: RTP and SRTP leg, bridged, recorded", goal: 150, steps: [50, 100, 150, 200, 250, 300, 400] },
  mix: { title: "Tandem: RTP, mixed on the beat, recorded", goal: 250, steps: [100, 150, 200, 250, 300, 400] },
  rooms: { title: `Tandem: RTP, meeting rooms of ${ROOM_MEMBERS} who all talk (two members a call)`, goal: 0, steps: [50, 100, 150, 200, 250] },
};

class Load {
  #child: ChildProcess = fork(new URL("./media-load.ts", import.meta.url), { stdio: "inherit" });

  #ask<Type extends FromLoad["type"]>(message: ToLoad, type: Type): Promise<Extract<FromLoad, { type: Type }>> {
    return new Promise((done, failed) => {
      const exit = (): void => failed(new Error("the load process ended"));
      this.#child.once("exit", exit);
      const hear = (answer: FromLoad): void => {
        if (answer.type !== type) return;
        this.#child.off("message", hear);
        this.#child.off("exit", exit);
        done(answer as Extract<FromLoad, { type: Type }>);
      };
      this.#child.on("message", hear);
      this.#child.send(message);
    });
  }

  async prepare(calls: number, browserLeg: boolean): Promise<string[]> {
    return (await this.#ask({ type: "prepare", calls, browserLeg, sampleEvery: Math.max(1, Math.round(calls / 50)) }, "offers")).sdps;
  }

  async start(engineSdps: string[]): Promise<void> {
    await this.#ask({ type: "start", engineSdps }, "started");
  }

  async measure(by: "stamp" | "grid"): Promise<LoadResult> {
    return (await this.#ask({ type: "measure", seconds, by }, "result")).result;
  }

  stop(): void {
    this.#child.removeAllListeners("exit");
    this.#child.kill();
  }
}

const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** CPU of a process so far, in ms (100 ticks a second on Linux). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

interface Row {
  calls: number;
  result: LoadResult;
  cpuPerCall: number;
}

async function run(scenario: Scenario | "direct", calls: number): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-bench-media-"));
  const load = new Load();
  let stop: () => Promise<void> = () => Promise.resolve();
  let pid = process.pid;
  try {
    const offers = await load.prepare(calls, scenario === "browser");
    const answers: string[] = [];
    let after: () => void = () => {};
    if (scenario === "direct") {
      for (let i = 0; i < offers.length; i += 2) answers.push(offers[i + 1]!, offers[i]!);
    } else if (scenario === "rtpengine") {
      const peer = new RtpenginePeer(CONTROL_PORT, PORT_MIN, PORT_MAX, folder);
      stop = () => peer.stop();
      pid = peer.pid;
      await peer.ready();
      for (let i = 0; i < offers.length; i += 2) answers.push(...(await peer.bridge(`call-${i}`, offers[i]!, offers[i + 1]!)));
    } else {
      const media = await startMedia({ host: "127.0.0.1", rtpPortMin: PORT_MIN, rtpPortMax: PORT_MAX, log: silentLog });
      stop = () => media.stop();
      for (const [i, offer] of offers.entries()) {
        const answer = await media.answer(`leg-${i}`, scenario === "browser" && i % 2 === 1 ? "webrtc" : "rtp", offer);
        if (!answer.ok) throw new Error(answer.why);
        answers.push(answer.sdp);
      }
      after = () => {
        if (scenario === "rooms") {
          for (let i = 0; i < offers.length; i += ROOM_MEMBERS) media.mix(`room-${i}`, offers.slice(i, i + ROOM_MEMBERS).map((_, j) => ({ id: `leg-${i + j}` })));
          return;
        }
        for (let i = 0; i < offers.length; i += 2) {
          if (scenario === "mix") media.mix(`mix-${i}`, [{ id: `leg-${i}` }, { id: `leg-${i + 1}` }]);
          else media.bridge(`leg-${i}`, `leg-${i + 1}`);
          const path = { stereo: join(folder, `${i}.wav`), mixed: join(folder, `${i}-mixed.wav`) };
          media.startRecording(`rec-${i}`, `leg-${i}`, `leg-${i + 1}`, path);
        }
      };
    }
    await load.start(answers);
    after();
    await rest(3000);
    const before = cpuMs(pid);
    const result = await load.measure(scenario === "mix" || scenario === "rooms" ? "grid" : "stamp");
    const cpuPerCall = (cpuMs(pid) - before) / seconds / calls;
    return { calls, result, cpuPerCall };
  } finally {
    load.stop();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(row: Row, verdict: string): void {
  const { p50, p99, max } = row.result.delayMs;
  const cells = [
    String(row.calls).padStart(6), p50.toFixed(2).padStart(8), p99.toFixed(2).padStart(8), max.toFixed(1).padStart(8),
    `${(row.result.lossShare * 100).toFixed(3)} %`.padStart(9), row.cpuPerCall.toFixed(2).padStart(9), String(row.result.measuredPackets).padStart(9),
  ];
  console.log(`${cells.join(" ")}  ${verdict}`);
}

const HEADER = " calls   p50 ms   p99 ms   max ms      loss  CPU ms/s   packets  (CPU a call, of the whole process)";
console.log(`${cpus().length} x ${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)} before we start, ${seconds} s a step; limits: p99 ${MAX_P99_MS} ms, loss ${MAX_LOSS * 100} %`);
const chosen = (values.scenario ? [values.scenario] : Object.keys(SCENARIOS)) as Scenario[];
if (!values.scenario) {
  console.log(`\nThe load alone, phone to phone (delay that the measuring itself adds)\n${HEADER}`);
  for (const calls of [100, 400]) print(await run("direct", calls), "");
}
const summary: string[] = [];
for (const scenario of chosen) {
  const { title, goal, steps } = SCENARIOS[scenario];
  console.log(`\n${title}${goal ? ` (goal ${goal} calls)` : ""}${scenario === "mix" || scenario === "rooms" ? "; delay = lateness against its own 20 ms beat" : ""}`);
  if (scenario === "rtpengine" && !RtpenginePeer.installed()) {
    console.log("  not installed: apt-get install rtpengine-daemon");
    continue;
  }
  console.log(HEADER);
  let best = 0;
  for (const calls of values.steps ? values.steps.split(",").map(Number) : steps) {
    let passes = false;
    for (let left = Number(values.tries); left > 0 && !passes; left--) {
      const row = await run(scenario, calls);
      passes = row.result.delayMs.p99 <= MAX_P99_MS && row.result.lossShare <= MAX_LOSS;
      print(row, passes ? "ok" : left > 1 ? "over, again" : "over");
    }
    if (!passes) break;
    best = calls;
  }
  summary.push(`  ${title}: ${best} calls${goal ? (best >= goal ? `, goal ${goal} met` : `, goal ${goal} NOT met`) : ""}`);
}
console.log(`\nCalls a worker carries within the limits (steps as listed)\n${summary.join("\n")}`);
