/**
 * Routing decisions on one core: the engine against a naive scan, same centre, same run.
 *
 *     node lab/bench-routing.ts [--agents 10000] [--queues 1000] [--skills 200] [--decisions 300000]
 *
 * A decision is one offer with its reason. Two days of work:
 * - calm: half of the agents are free, a call arrives, is offered, accepted, and another call ends;
 * - full: everybody talks and 5,000 calls wait; a call ends, the freed agent gets the one whose turn it is, a new one joins.
 * "decision" is what happens between the event and the offer (enqueue or release, and decide); "cycle" counts
 * everything, also deciding after a release with nobody waiting for it, accepting and releasing. Reasons are kept: the last 1,000, every 1,000th read to the last field.
 */
import { createAcd } from "../server/src/acd/acd.ts";
import type { Acd, AgentConfig, QueueConfig, RoutingReason, WaitingItem } from "../server/src/acd/acd.ts";
import { seededChance } from "../server/src/base/chance.ts";
import { NaiveRouting } from "./naive-routing.ts";

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

const AGENTS = option("agents", 10_000);
const QUEUES = option("queues", 1000);
const SKILLS = option("skills", 200);
const DECISIONS = option("decisions", 300_000);
const WAITING = 5000;

type Bench = Pick<Acd, "putQueue" | "putAgent" | "setDevices" | "setWish" | "enqueue" | "engage" | "accepted" | "released" | "decide">;

interface Centre {
  queues: QueueConfig[];
  agents: AgentConfig[];
}

/** Every agent has 3 to 8 skills; a queue needs one or two; a tenth of the queues take whoever is in them, a third choose by skill. */
function centre(seed: number): Centre {
  const { next } = seededChance(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const queues = Array.from({ length: QUEUES }, (_, q): QueueConfig => {
    const needs = q % 10 === 0 ? [{ skillId: `s${q % SKILLS}`, minLevel: 1 }] : [{ skillId: `s${q % SKILLS}`, minLevel: 1 + below(6) }];
    if (q % 10 === 1) needs.push({ skillId: `s${(q * 7) % SKILLS}`, minLevel: 1 });
    return {
      id: `q${q}`, name: `q${q}`, needs, rings: [{ afterMs: 20_000, lower: 2 }, { afterMs: 60_000, lower: 3 }],
      strategy: q % 3 === 0 ? "best-skill" : "longest-idle", priority: below(5), ageingMs: 60_000, overflow: null,
      target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 600_000,
    };
  });
  const agents = Array.from({ length: AGENTS }, (_, a): AgentConfig => {
    const skills = new Map<string, number>();
    for (let n = 3 + below(6); n > 0; n--) skills.set(`s${below(SKILLS)}`, 1 + below(10));
    return {
      id: `a${a}`, name: `a${a}`, team: `t${a % 100}`, skills: Array.from(skills, ([skillId, level]) => ({ skillId, level })), queueIds: [],
      capacity: { voice: 1, chat: 4, email: 2 }, exclusive: ["voice"],
    };
  });
  return { queues, agents };
}

function staffed(acd: Bench, { queues, agents }: Centre): Bench {
  for (const q of queues) acd.putQueue(q, 0);
  for (const a of agents) {
    acd.putAgent(a, 0);
    acd.setDevices(a.id, ["voice", "chat", "email"], 0);
    acd.setWish(a.id, "available", 0);
  }
  acd.decide(0);
  return acd;
}

function call(n: number, nowMs: number, queue: number, priority: number): WaitingItem {
  return {
    id: `c${n}`, medium: "voice", queueId: `q${queue}`, needs: [], priority, sinceMs: nowMs, preferredAgentId: null, preferredForMs: 0,
    returned: false, avoid: [],
  };
}

interface Measured {
  decisions: number;
  seconds: number;
  deciding: number;
  us: Float64Array;
  candidates: number;
}

function measure(acd: Bench, day: "calm" | "full", decisions: number, warmUp: number): Measured {
  const { next } = seededChance(7);
  const talking: [string, string][] = [];
  const kept: RoutingReason[] = Array.from({ length: 1000 });
  const us = new Float64Array(decisions);
  let nowMs = 1000;
  let arrivals = 0;
  let made = -warmUp;
  let deciding = 0;
  let candidates = 0;
  let readBytes = 0;
  const arrive = (): void => {
    acd.enqueue(call(arrivals++, nowMs, Math.floor(next() * QUEUES), Math.floor(next() * 3)), nowMs);
  };
  const settle = (from: bigint): void => {
    const found = acd.decide(nowMs);
    const took = Number(process.hrtime.bigint() - from) / 1000;
    for (const d of found) {
      if (d.type !== "offer") continue;
      acd.accepted(d.itemId, d.agentId, nowMs);
      talking.push([d.itemId, d.agentId]);
      kept[(made + warmUp) % 1000] = d.reason;
      if (made % 1000 === 0) readBytes += JSON.stringify(d.reason).length;
      if (made >= 0 && made < decisions) {
        us[made] = took;
        deciding += took;
        candidates += d.reason.candidates;
      }
      made++;
    }
  };
  const end = (): void => {
    const at = Math.floor(next() * talking.length);
    const [itemId, agentId] = talking[at]!;
    talking[at] = talking.at(-1)!;
    talking.pop();
    acd.released(itemId, agentId, nowMs);
  };
  const busy = day === "calm" ? AGENTS / 2 : AGENTS;
  for (let n = 0; n < busy; n++) {
    acd.engage(`x${n}`, `a${n}`, "voice", nowMs);
    talking.push([`x${n}`, `a${n}`]);
  }
  if (day === "full") for (let n = 0; n < WAITING; n++) arrive();
  acd.decide(nowMs);
  let began = process.hrtime.bigint();
  let warm = false;
  while (made < decisions) {
    if (!warm && made >= 0) {
      warm = true;
      began = process.hrtime.bigint();
    }
    nowMs += 1;
    if (day === "calm") {
      const from = process.hrtime.bigint();
      arrive();
      settle(from);
      const ended = process.hrtime.bigint();
      if (talking.length >= busy) end();
      settle(ended);
    } else {
      const from = process.hrtime.bigint();
      end();
      settle(from);
      const joined = process.hrtime.bigint();
      arrive();
      settle(joined);
    }
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (readBytes === 0) throw new Error("no reason was read");
  return { decisions, seconds, deciding: deciding / 1e6, us: us.sort(), candidates: candidates / decisions };
}

function row(what: string, m: Measured): Record<string, string> {
  const at = (share: number): string => m.us[Math.min(m.us.length - 1, Math.floor(m.us.length * share))]!.toFixed(1);
  const n = (x: number): string => Math.round(x).toLocaleString("en");
  return {
    "": what, "decisions/s": n(m.decisions / m.deciding), "cycles/s": n(m.decisions / m.seconds), "p50 µs": at(0.5), "p99 µs": at(0.99),
    "p99.9 µs": at(0.999), "max µs": at(1), candidates: m.candidates.toFixed(1), decisions: n(m.decisions),
  };
}

const world = centre(1);
/** Absolute figures mean little on a shared machine: the time of a plain loop says how fast it was just then. */
function calibrate(): string {
  const from = process.hrtime.bigint();
  let sum = 0;
  for (let n = 0; n < 3e8; n++) sum = (sum + n) | 0;
  return `${(3e8 / (Number(process.hrtime.bigint() - from) / 1000)).toFixed(0)} plain additions a µs (${sum})`;
}

console.log(`${AGENTS} agents, ${QUEUES} queues, ${SKILLS} skills, Node ${process.version}, one core; ${calibrate()}`);
const rows: Record<string, string>[] = [];
for (const day of ["calm", "full"] as const) {
  rows.push(row(`tandem, ${day}`, measure(staffed(createAcd(), world), day, DECISIONS, Math.ceil(DECISIONS / 3))));
  rows.push(row(`naive scan, ${day}`, measure(staffed(new NaiveRouting(), world), day, Math.max(200, Math.ceil(DECISIONS / 300)), 100)));
}
console.table(rows);
