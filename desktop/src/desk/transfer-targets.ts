/** Whom a contact can be handed to: queues of its medium first, then colleagues, those who can take it now before the others. Pure. A call also goes to whoever has a number. */
import type { AgentView, DirectoryEntry, Medium, QueueView, Transfer } from "@tandem/protocol";
import type { TransferQueue } from "@tandem/protocol/hours";

export type Target = { id: string; name: string; to: Transfer["to"] } & (
  | { kind: "queue"; queue: QueueView; /** Closed now: what its customers meet there; null = agents of it who are there. */ closed: { goes: TransferQueue["goes"] } | null }
  | { kind: "agent"; agent: AgentView; free: boolean }
  /** Somebody of the company who is reached by the telephone alone, or any number. */
  | { kind: "number"; number: string; entry: DirectoryEntry | null }
);

export function transferTargets(o: { queues: readonly QueueView[]; /** Those that may be shown; null = not known yet. */ open: readonly TransferQueue[] | null; agents: readonly AgentView[]; medium: Medium; meId: string; currentQueueId: string | null; compare: (a: string, b: string) => number }): Target[] {
  const queues = o.queues
    .filter((queue) => queue.media.includes(o.medium) && queue.id !== o.currentQueueId)
    .toSorted((a, b) => o.compare(a.name, b.name))
    .flatMap((queue): Target[] => {
      const shown = o.open?.find(({ queueId }) => queueId === queue.id);
      return shown === undefined ? [] : [{ id: `queue:${queue.id}`, kind: "queue", name: queue.name, queue, closed: shown.isOpen ? null : { goes: shown.goes }, to: { kind: "queue", queueId: queue.id } }];
    });
  const agents = o.agents
    .filter((agent) => agent.id !== o.meId && agent.wish !== "offline" && (agent.reach[o.medium]?.of ?? 0) > 0)
    .map((agent): Target => ({ id: `agent:${agent.id}`, kind: "agent", name: agent.name, agent, free: (agent.reach[o.medium]?.free ?? 0) > 0 && agent.reach[o.medium]?.whyNot === null, to: { kind: "agent", agentId: agent.id } }))
    .toSorted((a, b) => Number(b.kind === "agent" && b.free) - Number(a.kind === "agent" && a.free) || o.compare(a.name, b.name));
  return [...queues, ...agents];
}

/** Rooms and pages are no place for a customer. */
const KINDS: ReadonlySet<DirectoryEntry["kind"]> = new Set(["extension", "group", "speed-dial", "outside"]);

/** Those of the company directory who are not in `others` already (an agent who can be reached is there as a person), and a number as typed. */
export function numberTargets(o: { entries: readonly DirectoryEntry[]; others: readonly Target[]; mine: string | null; typed: string | null; nameOfNumber: (number: string) => string; compare: (a: string, b: string) => number }): Target[] {
  const reached = new Set(o.others.filter((target) => target.kind === "agent").map((target) => target.name));
  const entries = o.entries.filter(({ kind, name, number }) => KINDS.has(kind) && number !== o.mine && !(kind === "extension" && reached.has(name)));
  const targets = entries.toSorted((a, b) => o.compare(a.name, b.name)).map((entry): Target => ({ id: `number:${entry.kind}:${entry.id}`, kind: "number", name: entry.name, number: entry.number, entry, to: { kind: "number", number: entry.number } }));
  const { typed } = o;
  if (typed === null || typed === o.mine || entries.some(({ number }) => number === typed)) return targets;
  return [{ id: `typed:${typed}`, kind: "number", name: o.nameOfNumber(typed), number: typed, entry: null, to: { kind: "number", number: typed } }, ...targets];
}
