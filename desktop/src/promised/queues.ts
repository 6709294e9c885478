import type { QueueView } from "@tandem/protocol";
import { useMe, useMyAgent, useQueues } from "../data/data.ts";

/** Whether the queue rings this user. */
export function useServes(): (queueId: string) => boolean {
  const agent = useMyAgent();
  return (queueId) => agent !== null && (agent.queueIds.length === 0 || agent.queueIds.includes(queueId));
}

/** Queues whose promises this user makes and keeps: an agent's own, a supervisor's all. */
export function usePromisingQueues(): readonly QueueView[] {
  const all = useQueues();
  const { roles } = useMe();
  const serves = useServes();
  return roles.includes("agent") && !roles.includes("supervisor") && !roles.includes("administrator") ? all.filter(({ id }) => serves(id)) : all;
}
