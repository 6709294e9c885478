import { createAcd, type Acd } from "./acd.ts";
import type { AgentConfig, QueueConfig, WaitingItem } from "./contract.ts";

/** Small wholes for the tests of this room; only what matters in a test is written in it. */
export function queue(id: string, over: Partial<QueueConfig> = {}): QueueConfig {
  return {
    id, name: id, needs: [], rings: [], strategy: "longest-idle", priority: 0, ageingMs: 0, overflow: null,
    target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 0, ...over,
  };
}

export function agent(id: string, over: Partial<AgentConfig> = {}): AgentConfig {
  return { id, name: id, team: "t", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, exclusive: ["voice"], ...over };
}

export function item(id: string, queueId: string, over: Partial<WaitingItem> = {}): WaitingItem {
  return {
    id, medium: "voice", queueId, needs: [], priority: 0, sinceMs: 0, preferredAgentId: null, preferredForMs: 0,
    returned: false, avoid: [], ...over,
  };
}

/** Its agents are at work, the first longest. */
export function centre(queues: QueueConfig[], agents: AgentConfig[], options?: Parameters<typeof createAcd>[0]): Acd {
  const acd = createAcd(options);
  for (const q of queues) acd.putQueue(q, 0);
  let now = 1;
  for (const a of agents) {
    acd.putAgent(a, now);
    acd.setDevices(a.id, ["voice", "chat"], now);
    acd.setWish(a.id, "available", now++);
  }
  return acd;
}
