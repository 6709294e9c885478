import type { AgentConfig, QueueConfig } from "../acd/acd.ts";
import type { Setup } from "../centre/centre.ts";
import { normalAddress } from "../crm/crm.ts";
import type { Directory, NumberRow, QueueRow, QueueSettings, UserRow } from "../directory/directory.ts";

/** The centre's number that was dialled, as it stands in the directory: operators also send the national form (0270...). */
export function numberDialled(directory: Directory, user: string): NumberRow | null {
  return directory.numberOf(user) ?? directory.numberOf(normalAddress("voice", user).value);
}

/** What the centre reads of the directory. */
export function setupOf(directory: Directory, queueSettings: Pick<QueueSettings, "get">, webNumber: string | null, waitError: Setup["waitError"], handOverTarget: Setup["handOverTarget"]): Setup {
  return {
    handOverTarget,
    flowFor(to) {
      // Who writes from a page is served as who calls from it.
      const number = directory.numberOf(to === "web" && webNumber !== null ? webNumber : to) ?? (to === "web" ? (directory.numbers()[0] ?? null) : null);
      const flow = number && directory.flow(number.flowId);
      return flow ? { definition: flow.definition, language: number.language } : null;
    },
    queue: (id) => directory.queue(id),
    agent: (id) => directory.user(id),
    waiting: (queueId) => queueSettings.get("waiting", queueId),
    waitError,
    whisper: (queueId) => queueSettings.get("whisper", queueId),
    transferTarget(typed) {
      const user = directory.users().find((u) => (u.login === typed || u.id === typed) && u.active && u.roles.includes("agent"));
      if (user) return { kind: "agent", agentId: user.id };
      const queue = directory.queues().find((q) => q.id === typed || q.name.toLowerCase() === typed.toLowerCase());
      return queue ? { kind: "queue", queueId: queue.id } : null;
    },
  };
}

export function queueConfig(queue: QueueRow): QueueConfig {
  const { id, name, needs, rings, strategy, priority, ageingMs, overflow, target, maxWaitMs } = queue;
  return { id, name, needs, rings, strategy, priority, ageingMs, overflow, target, maxWaitMs };
}

export function agentConfig(user: UserRow): AgentConfig {
  const { id, name, team, skills, queueIds, capacity } = user;
  return { id, name, team, skills, queueIds, capacity, exclusive: ["voice"] };
}
