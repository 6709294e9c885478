import type { Acd, AgentConfig, QueueConfig } from "../server/src/acd/acd.ts";
import { seededChance } from "../server/src/base/chance.ts";

export type Bench = Pick<Acd, "putQueue" | "putAgent" | "setDevices" | "setWish" | "enqueue" | "engage" | "accepted" | "released" | "decide">;

export interface RoutingWorld {
  queues: QueueConfig[];
  agents: AgentConfig[];
}

/** So many skills are common, as languages are: each agent has one of them, and it is the second that a queue may need. */
const COMMON = 5;

/** Every agent has 3 to 8 skills; a tenth of the queues need two, a tenth take any level, a third choose by skill. */
export function routingWorld(seed: number, agentCount: number, queueCount: number, skillCount: number): RoutingWorld {
  const { next } = seededChance(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const queues = Array.from({ length: queueCount }, (_, q): QueueConfig => {
    const needs = [{ skillId: `s${q % skillCount}`, minLevel: q % 10 === 0 ? 1 : 1 + below(6) }];
    if (q % 10 === 1) needs.push({ skillId: `s${(q + 2) % COMMON}`, minLevel: 1 });
    return {
      id: `q${q}`, name: `q${q}`, needs, rings: [{ afterMs: 20_000, lower: 2 }, { afterMs: 60_000, lower: 3 }],
      strategy: q % 3 === 0 ? "best-skill" : "longest-idle", priority: below(5), ageingMs: 60_000, overflow: null,
      target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 600_000,
    };
  });
  const agents = Array.from({ length: agentCount }, (_, a): AgentConfig => {
    const skills = new Map([[`s${a % COMMON}`, 10]]);
    for (let n = 2 + below(6); n > 0; n--) skills.set(`s${below(skillCount)}`, 1 + below(10));
    return {
      id: `a${a}`, name: `a${a}`, team: `t${a % 100}`, skills: Array.from(skills, ([skillId, level]) => ({ skillId, level })), queueIds: [],
      capacity: { voice: 1, chat: 4, email: 2 }, exclusive: ["voice"],
    };
  });
  return { queues, agents };
}

/** Everybody signed in, reachable and available. */
export function staffed(acd: Bench, { queues, agents }: RoutingWorld): Bench {
  for (const q of queues) acd.putQueue(q, 0);
  for (const a of agents) {
    acd.putAgent(a, 0);
    acd.setDevices(a.id, ["voice", "chat", "email"], 0);
    acd.setWish(a.id, "available", 0);
  }
  acd.decide(0);
  return acd;
}
