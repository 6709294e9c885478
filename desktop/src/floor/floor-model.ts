/** The live floor's numbers, levels and decisions, derived from the centre's state. Pure: state and time in, what is shown out. */
import type { AgentView, InteractionView, QueueView } from "@tandem/protocol";
import { levelOver, levelUnder } from "../kit/level.ts";
import type { Level } from "../kit/level.ts";

/** Share of today's contacts lost before an answer; the trade's usual ceiling. */
export const ABANDON_LIMIT = 0.05;
/** A service level this far under its goal is a breach; nearer is a watch. */
export const SERVICE_MARGIN = 0.08;
/** A conversation longer than its queue's average of today by this factor is worth a look; the breach is its double. */
export const LONG_TALK_WATCH = 1.5;
export const LONG_TALK_BREACH = 2;
/** Fewer contacts than this make an average of the day meaningless. */
export const MIN_FOR_AVERAGE = 5;

export interface Kpis {
  service: { level: Level; value: number; goal: number; withinMs: number | null; deltaPoints: number } | null;
  waiting: { level: Level; value: number; free: number; lastHour: number[] };
  longest: { level: Level; waitMs: number; limitMs: number; queueName: string } | null;
  abandon: { level: Level; value: number } | null;
  agents: { signedIn: number; total: number; available: number };
  today: { answered: number; offered: number; averageHandleMs: number | null };
}

export function kpis(queues: readonly QueueView[], agents: readonly AgentView[], nowMs: number): Kpis {
  const sum = (of: (queue: QueueView) => number): number => queues.reduce((total, queue) => total + of(queue), 0);
  const offered = sum((q) => q.today.offered);
  const answered = sum((q) => q.today.answered);
  const waiting = sum((q) => q.waiting);
  const signedIn = agents.filter((agent) => agent.wish !== "offline");
  const available = signedIn.filter((agent) => agent.wish === "available" && agent.system === "idle").length;
  return {
    service: service(queues),
    waiting: {
      value: waiting, free: available, lastHour: addUp(queues.map((q) => q.lastHour)),
      level: waiting === 0 ? "ok" : waiting > available * 2 || available === 0 ? "breach" : waiting > available ? "watch" : "ok",
    },
    longest: longest(queues, nowMs),
    abandon: offered === 0 ? null : { value: sum((q) => q.today.abandoned) / offered, level: levelUnder(sum((q) => q.today.abandoned) / offered, ABANDON_LIMIT, 0.9) },
    agents: { signedIn: signedIn.length, total: agents.length, available },
    today: { answered, offered, averageHandleMs: answered === 0 ? null : sum((q) => (q.today.averageHandleMs ?? 0) * q.today.answered) / answered },
  };
}

/** The day's service level over all queues and the goal, both weighted by what came in. */
function service(queues: readonly QueueView[]): Kpis["service"] {
  let weight = 0;
  let value = 0;
  let goal = 0;
  for (const { today, target } of queues) {
    if (today.serviceLevel === null) continue;
    weight += today.offered;
    value += today.serviceLevel * today.offered;
    goal += (target.percent / 100) * today.offered;
  }
  if (weight === 0) return null;
  value /= weight;
  goal /= weight;
  const within = new Set(queues.map((queue) => queue.target.withinMs));
  const [only] = within;
  // The difference of what is shown, not of what is hidden behind the rounding.
  const deltaPoints = Math.round(value * 100) - Math.round(goal * 100);
  return { value, goal, deltaPoints, withinMs: within.size === 1 && only !== undefined ? only : null, level: levelOver(Math.round(value * 100) / 100, Math.round(goal * 100) / 100, SERVICE_MARGIN) };
}

function longest(queues: readonly QueueView[], nowMs: number): Kpis["longest"] {
  let found: Kpis["longest"] = null;
  for (const queue of queues) {
    if (queue.oldestSinceMs === null) continue;
    const waitMs = nowMs - queue.oldestSinceMs;
    if (found === null || waitMs > found.waitMs) found = { waitMs, limitMs: queue.maxWaitMs, queueName: queue.name, level: levelUnder(waitMs, queue.maxWaitMs) };
  }
  return found;
}

function addUp(series: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...series.map((one) => one.length));
  // Aligned at the end: the last number of each is now.
  return Array.from({ length }, (_, i) => series.reduce((total, one) => total + (one[one.length - length + i] ?? 0), 0));
}

export interface QueueLevels {
  waiting: Level;
  wait: Level;
  service: Level;
  free: Level;
  waitMs: number | null;
}

export function queueLevels(queue: QueueView, nowMs: number): QueueLevels {
  const waitMs = queue.oldestSinceMs === null ? null : nowMs - queue.oldestSinceMs;
  const wait = waitMs === null ? "ok" : levelUnder(waitMs, queue.maxWaitMs);
  return {
    waitMs,
    wait,
    waiting: queue.waiting === 0 ? "ok" : wait,
    service: queue.today.serviceLevel === null ? "ok" : levelOver(queue.today.serviceLevel, queue.target.percent / 100, SERVICE_MARGIN),
    free: queue.waiting > 0 && queue.freeAgents === 0 ? "breach" : "ok",
  };
}

export interface Tile {
  agent: AgentView;
  calls: number;
  chats: number;
  /** What the time beside the name counts from. */
  sinceMs: number;
  /** Queue of the contact in hand, for the second line. */
  queueName: string | null;
  /** Beyond this the conversation is long for its queue; null when the day knows no average yet. */
  longAfterMs: number | null;
}

export function tileOf(agent: AgentView, interactions: ReadonlyMap<string, InteractionView>, queues: ReadonlyMap<string, QueueView>): Tile {
  const calls = agent.load["voice"] ?? [];
  const chats = agent.load["chat"] ?? [];
  const first = [...calls, ...chats].map((id) => interactions.get(id)).find((i) => i !== undefined);
  const queue = first?.queue ?? null;
  const today = queue === null ? undefined : queues.get(queue.id)?.today;
  const talking = agent.system === "on-contact" || agent.system === "hold";
  return {
    agent, calls: calls.length, chats: chats.length, sinceMs: agent.sinceMs, queueName: queue?.name ?? null,
    longAfterMs: talking && calls.length > 0 ? longAfterMs(today) : null,
  };
}

export function longAfterMs(today: QueueView["today"] | undefined): number | null {
  return today === undefined || today.averageHandleMs === null || today.answered < MIN_FOR_AVERAGE ? null : today.averageHandleMs * LONG_TALK_BREACH;
}

export function talkLevel(talkMs: number, limitMs: number | null): Level {
  return limitMs === null ? "ok" : levelUnder(talkMs, limitMs, LONG_TALK_WATCH / LONG_TALK_BREACH);
}

export interface Team {
  name: string;
  agents: AgentView[];
}

/** By team, then by name: a tile never moves while one looks. */
export function teams(agents: readonly AgentView[], compare: (a: string, b: string) => number): Team[] {
  const byTeam = new Map<string, AgentView[]>();
  for (const agent of agents) {
    const team = byTeam.get(agent.team);
    if (team === undefined) byTeam.set(agent.team, [agent]);
    else team.push(agent);
  }
  return [...byTeam].map(([name, members]) => ({ name, agents: members.toSorted((a, b) => compare(a.name, b.name)) })).toSorted((a, b) => compare(a.name, b.name));
}

export type Decision =
  /** Somebody waits longer than the queue allows. `helper`: an agent of the queue who is away without a contact. */
  | { kind: "over-limit"; id: string; queue: QueueView; overMs: number; helper: AgentView | null; elsewhere: { name: string; free: number } | null }
  /** People wait and nobody who serves the queue is signed in as available. */
  | { kind: "nobody"; id: string; queue: QueueView; helper: AgentView | null }
  | { kind: "not-answering"; id: string; agent: AgentView };

/** What needs a supervisor now, most urgent kind first, in a fixed order within. Only with actions that exist. */
export function decisions(queues: readonly QueueView[], agents: readonly AgentView[], nowMs: number): Decision[] {
  const out: Decision[] = [];
  const taken = new Set<string>();
  // Where nobody is, first: the one who can come back goes there.
  for (const queue of queues.toSorted((a, b) => Number(a.staffed > 0) - Number(b.staffed > 0))) {
    if (queue.waiting === 0) continue;
    const nobody = queue.staffed === 0;
    const overMs = queue.oldestSinceMs === null ? 0 : nowMs - queue.oldestSinceMs - queue.maxWaitMs;
    if (!nobody && overMs <= 0) continue;
    const helper = helperFor(queue, agents, taken);
    // Two cards must not ask for the same person.
    if (helper !== null) taken.add(helper.id);
    if (nobody) out.push({ kind: "nobody", id: `nobody:${queue.id}`, queue, helper });
    else out.push({ kind: "over-limit", id: `over:${queue.id}`, queue, overMs, helper, elsewhere: spare(queue, queues) });
  }
  for (const agent of agents) if (agent.system === "missed" || agent.system === "unresponsive") out.push({ kind: "not-answering", id: `away:${agent.id}`, agent });
  const order: Record<Decision["kind"], number> = { nobody: 0, "over-limit": 1, "not-answering": 2 };
  return out.toSorted((a, b) => order[a.kind] - order[b.kind]);
}

/** An agent without queues of their own serves all, as their skills allow. */
export function serves(agent: AgentView, queueId: string): boolean {
  return agent.queueIds.length === 0 || agent.queueIds.includes(queueId);
}

/** Who could be asked back: serves the queue, is away on a break or on other work (a meal is not taken from anybody), longest first. */
function helperFor(queue: QueueView, agents: readonly AgentView[], taken: ReadonlySet<string>): AgentView | null {
  const askable = agents.filter(
    (a) => serves(a, queue.id) && a.system === "idle" && ["back-office", "training", "meeting", "break"].includes(a.wish) && !taken.has(a.id),
  );
  return askable.toSorted((a, b) => a.sinceMs - b.sinceMs)[0] ?? null;
}

/** A queue of the same medium with people free and nobody waiting: evidence that help exists. */
function spare(queue: QueueView, queues: readonly QueueView[]): { name: string; free: number } | null {
  const best = queues
    .filter((other) => other.id !== queue.id && other.waiting === 0 && other.freeAgents > 0 && other.media.some((medium) => queue.media.includes(medium)))
    .toSorted((a, b) => b.freeAgents - a.freeAgents)[0];
  return best === undefined ? null : { name: best.name, free: best.freeAgents };
}

export interface Moment {
  atMs: number;
  kind: "arrived" | "queued" | "offered" | "connected" | "held";
  who: string | null;
}

/** What is known of a contact's life so far, oldest first. */
export function momentsOf(interaction: InteractionView, agents: ReadonlyMap<string, AgentView>): Moment[] {
  const { createdAtMs, queuedAtMs, offer, connectedAtMs, heldSinceMs, agentName, queue } = interaction;
  const out: Moment[] = [{ atMs: createdAtMs, kind: "arrived", who: null }];
  if (queuedAtMs !== null) out.push({ atMs: queuedAtMs, kind: "queued", who: queue?.name ?? null });
  if (offer !== null) out.push({ atMs: offer.sinceMs, kind: "offered", who: agents.get(offer.agentId)?.name ?? null });
  if (connectedAtMs !== null) out.push({ atMs: connectedAtMs, kind: "connected", who: agentName });
  if (heldSinceMs !== null) out.push({ atMs: heldSinceMs, kind: "held", who: null });
  return out.toSorted((a, b) => a.atMs - b.atMs);
}
