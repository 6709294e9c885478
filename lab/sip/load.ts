/** sipp as load, and what a server used meanwhile. */
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** CPU of a process and all below it so far, ms (100 ticks a second on Linux). */
export function cpuMs(root: number): number {
  const parents = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "latin1").split(") ").at(-1)!.split(" ");
      const parent = Number(fields[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
      ticks.set(Number(name), Number(fields[11]) + Number(fields[12]));
    } catch {
      // it ended between the listing and the reading
    }
  }
  const sum = (pid: number): number => (ticks.get(pid) ?? 0) + (parents.get(pid) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(root) * 10;
}

export interface LoadResult {
  /** Calls or registrations that ended well, and not. */
  good: number;
  bad: number;
  /** Of the whole run. */
  seconds: number;
  /** Response times, ms, sorted. */
  rtts: number[];
  retransmissions: number;
}

export interface LoadOptions {
  folder: string;
  scenario: string;
  /** Local port. */
  port: number;
  target: string;
  rate: number;
  total: number;
  holdMs?: number;
  /** sipp is ended then, whatever still hangs (its own -timeout waits for what hangs). */
  timeoutS?: number;
  users?: string;
}

export function callee(folder: string, port: number, scenario: string): ChildProcess {
  writeFileSync(join(folder, "callee.xml"), scenario);
  return spawn("sipp", ["-sf", join(folder, "callee.xml"), "-i", "127.0.0.1", "-p", String(port), "-nostdin", "-buff_size", "4000000", "-rp", "1000"], { cwd: folder, stdio: "ignore" });
}

let serial = 0;
export async function load(options: LoadOptions): Promise<LoadResult> {
  const name = join(options.folder, `load${serial++}`);
  writeFileSync(`${name}.xml`, options.scenario.replace("[hold]", String(options.holdMs ?? 0)));
  const args = [
    options.target, "-sf", `${name}.xml`, "-i", "127.0.0.1", "-p", String(options.port), "-r", String(options.rate), "-m", String(options.total), "-nostdin", "-l", "200000",
    "-buff_size", "4000000", "-trace_stat", "-stf", `${name}.csv`, "-fd", "1", "-trace_rtt", "-rtt_freq", "200", "-trace_err", ...(options.users ? ["-inf", options.users] : []),
  ];
  const child = spawn("sipp", args, { cwd: options.folder, stdio: "ignore" });
  await new Promise<void>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`sipp cannot run (apt-get install sip-tester): ${error.message}`)));
    const late = setTimeout(() => child.kill("SIGKILL"), (options.timeoutS ?? 120) * 1_000);
    child.on("close", () => {
      clearTimeout(late);
      resolve();
    });
  });
  const rows = readFileSync(`${name}.csv`, "latin1").trim().split("\n").map((line) => line.split(";"));
  const column = (title: string): number => Number(rows.at(-1)![rows[0]!.indexOf(title)] ?? 0);
  const [minutes = "0", seconds = "0"] = (rows.at(-1)![rows[0]!.indexOf("ElapsedTime(C)")] ?? "0:0").split(":").slice(-2);
  const hours = Number((rows.at(-1)![rows[0]!.indexOf("ElapsedTime(C)")] ?? "0").split(":").at(-3) ?? 0);
  const rttFile = readdirSync(options.folder).find((file) => file.startsWith(name.split("/").at(-1)!) && file.endsWith("_rtt.csv"));
  const rtts = rttFile ? readFileSync(join(options.folder, rttFile), "latin1").split("\n").slice(1).flatMap((line) => (line.includes(";") ? [Number(line.split(";")[1])] : [])).sort((a, b) => a - b) : [];
  return { good: column("SuccessfulCall(C)"), bad: column("FailedCall(C)"), retransmissions: column("Retransmissions(C)"), seconds: hours * 3600 + Number(minutes) * 60 + Number(seconds), rtts };
}
