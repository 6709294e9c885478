/**
 * Routing on one core: the engine against a naive scan, same centre, same events, same run.
 *
 *     node lab/bench-routing.ts [--agents 10000] [--queues 1000] [--skills 200] [--round 100000] [--rounds 7] [--naive 300]
 *
 * The events of a round are prepared from a seed before its time runs (routing-day.ts). A decision is one offer with its reason,
 * and `decide` follows every command, as in the centre. Decisions/s counts everything the engine does for one: the
 * item's arrival, its acceptance, the end of another contact, and the three `decide`s, in CPU
 * seconds of this thread (garbage collection on it included): the machine is shared, and the wall time, given beside, is
 * also that of others. The latency is that of the command
 * that led to the offer, with its `decide`. Commands/s is three times as much, for comparing with who counts every `decide`. Reasons are kept: the last 1,000, read to the last field after
 * each round ("read µs", apart). Each row is several rounds after a warm-up; best and median of the rounds' decisions/s.
 *
 * "loop ms" is a fixed integer loop in CPU time before and after the row (median of five): a row whose loop took longer than
 * the others' was measured on a slower core.
 */
import { createAcd } from "../server/src/acd/acd.ts";
import { NaiveRouting } from "./naive-routing.ts";
import { RoutingDay } from "./routing-day.ts";
import type { DayKind, Measured } from "./routing-day.ts";
import { routingWorld, staffed } from "./routing-world.ts";

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

/** What a contact costs, each followed by `decide`: enqueue, accepted, released. */
const COMMANDS = 3;
const AGENTS = option("agents", 10_000);
const QUEUES = option("queues", 1000);
const SKILLS = option("skills", 200);
const ROUND = option("round", 100_000);
const ROUNDS = option("rounds", 7);
const NAIVE = option("naive", 300);

/** Milliseconds of a fixed amount of integer work. */
function loopMs(): number {
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const from = process.threadCpuUsage();
    let x = 0x9e3779b9 | 0;
    for (let n = 0; n < 2e7; n++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
    }
    if (x === 0) throw new Error("xorshift never reaches zero");
    times.push(process.threadCpuUsage(from).user / 1000);
  }
  return median(times);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function row(what: string, rounds: readonly Measured[], loops: readonly [number, number]): Record<string, string> {
  const rates = rounds.map((m) => m.decisions / (m.cpuMs / 1000));
  const wall = rounds.map((m) => m.decisions / (m.wallMs / 1000));
  const at = (share: number): string => median(rounds.map((m) => m.us[Math.min(m.us.length - 1, Math.floor(m.us.length * share))]!)).toFixed(2);
  const n = (x: number): string => Math.round(x).toLocaleString("en");
  return {
    "": what, "decisions/s best": n(Math.max(...rates)), median: n(median(rates)), "commands/s median": n(COMMANDS * median(rates)), "wall median": n(median(wall)), "p50 µs": at(0.5), "p99 µs": at(0.99), "p99.9 µs": at(0.999),
    "max µs": n(Math.max(...rounds.map((m) => m.us.at(-1)!))), "read µs": n(median(rounds.map((m) => m.readUs))), decisions: `${rounds.length} x ${n(rounds[0]!.decisions)}`, "loop ms": loops.map((l) => l.toFixed(0)).join(" / "),
  };
}

const world = routingWorld(1, AGENTS, QUEUES, SKILLS);
console.log(`${AGENTS} agents, ${QUEUES} queues, ${SKILLS} skills, Node ${process.version}, one core`);
const rows: Record<string, string>[] = [];

function measure(what: string, day: RoutingDay, warmUp: number, decisions: number, rounds: number): void {
  day.run(warmUp);
  const before = loopMs();
  const measured = Array.from({ length: rounds }, () => day.run(decisions));
  rows.push(row(what, measured, [before, loopMs()]));
}

const kinds: readonly DayKind[] = ["calm", "full", "mixed"];
for (const kind of kinds) {
  const day = new RoutingDay(staffed(createAcd(), world), world, kind);
  measure(`tandem, ${kind}`, day, ROUND, ROUND, ROUNDS);
  const scan = new RoutingDay(staffed(new NaiveRouting(), world), world, kind);
  measure(`naive scan, ${kind}`, scan, 30, NAIVE, 3);
  const same = day.choices.slice(0, scan.choices.length).filter((choice, n) => choice === scan.choices[n]).length;
  console.log(`${kind}: ${same} of the first ${scan.choices.length} decisions of both are the same agent for the same item`);
}
console.table(rows);
