/** Whom a contact can be handed to: queues of its medium first, then colleagues, those who can take it now before the others. Pure. */
import type { AgentView, Medium, QueueView, Transfer } from "@tandem/protocol";

export type Target = { id: string; name: string; to: Transfer["to"] } & ({ kind: "queue"; queue: QueueView } | { kind: "agent"; agent: AgentView; free: boolean });

export function transferTargets(o: { queues: readonly QueueView[]; agents: readonly AgentView[]; medium: Medium; meId: string; currentQueueId: string | null; compare: (a: string, b: string) => number }): Target[] {
  const queues = o.queues
    .filter((queue) => queue.media.includes(o.medium) && queue.id !== o.currentQueueId)
    .toSorted((a, b) => o.compare(a.name, b.name))
    .map((queue): Target => ({ id: `queue:${queue.id}`, kind: "queue", name: queue.name, queue, to: { kind: "queue", queueId: queue.id } }));
  const agents = o.agents
    .filter((agent) => agent.id !== o.meId && agent.wish !== "offline" && (agent.reach[o.medium]?.of ?? 0) > 0)
    .map((agent): Target => ({ id: `agent:${agent.id}`, kind: "agent", name: agent.name, agent, free: (agent.reach[o.medium]?.free ?? 0) > 0 && agent.reach[o.medium]?.whyNot === null, to: { kind: "agent", agentId: agent.id } }))
    .toSorted((a, b) => Number(b.kind === "agent" && b.free) - Number(a.kind === "agent" && a.free) || o.compare(a.name, b.name));
  return [...queues, ...agents];
}
