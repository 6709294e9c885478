/** What routing hears and decides. Synchronous, deterministic, explicit `nowMs`; no medium is special: media are names with a weight. */

export interface SkillNeed {
  skillId: string;
  /** 1..10; the agent's level must be at least this. */
  minLevel: number;
}

export interface QueueConfig {
  id: string;
  name: string;
  /** What every item of this queue needs on top of its own needs. */
  needs: readonly SkillNeed[];
  /** After `afterMs` of waiting the needed levels drop by `lower` (never below 1), one ring after another. */
  rings: readonly { afterMs: number; lower: number }[];
  strategy: "longest-idle" | "best-skill";
  /** 0..10, higher first; ageing adds one per `ageingMs` waited (0 = no ageing). */
  priority: number;
  ageingMs: number;
  /** After `afterMs` the item also waits in the other queue (its age kept). */
  overflow: { afterMs: number; toQueueId: string } | null;
  /** Service level: `percent` answered within `withinMs`. */
  target: { percent: number; withinMs: number };
  maxWaitMs: number;
}

/** The agent's wish, which only the agent (or a supervisor) changes. */
export type Wish = "offline" | "available" | "break" | "meal" | "meeting" | "training" | "back-office";
/** What the system knows, apart from the wish. */
export type SystemState = "idle" | "ringing" | "on-contact" | "hold" | "wrap-up" | "missed" | "unresponsive";

export interface AgentConfig {
  id: string;
  name: string;
  team: string;
  skills: readonly { skillId: string; level: number }[];
  /** Queues that this agent serves; empty = every queue whose needs the agent meets. */
  queueIds: readonly string[];
  /** Most simultaneous contacts per medium, e.g. { voice: 1, chat: 4 }. */
  capacity: Readonly<Record<string, number>>;
  /** Media that block every other one while held (voice). */
  exclusive: readonly string[];
}

export interface WaitingItem {
  id: string;
  medium: string;
  queueId: string;
  needs: readonly SkillNeed[];
  priority: number;
  /** Since when it waits (kept across returns to the queue, transfers and restarts), epoch ms. */
  sinceMs: number;
  preferredAgentId: string | null;
  /** How long only the preferred agent is considered, who then needs neither the queue nor its skills. */
  preferredForMs: number;
  /** Back at the head of its queue (offered and not answered). */
  returned: boolean;
  /** Not offered to these (they missed or declined it) for a pause of 10 s, and after it while others are at work. */
  avoid: readonly string[];
}

export interface RoutingReason {
  atMs: number;
  itemId: string;
  queueId: string;
  ring: number;
  strategy: QueueConfig["strategy"];
  waitedMs: number;
  /** How many agents were eligible, and the best few with their score. */
  candidates: number;
  best: readonly { agentId: string; score: number; idleMs: number; level: number }[];
  /** Why the others could not: counts by cause, and per agent for the agents who serve this queue (bounded). */
  exclusions: Readonly<Partial<Record<ExclusionCause, number>>>;
  excludedAgents: readonly { agentId: string; cause: ExclusionCause }[];
  chosenBy: "preferred" | "longest-idle" | "best-skill";
}
export type ExclusionCause = "offline" | "not-available" | "busy" | "capacity" | "no-device" | "on-internal-call" | "skill-missing" | "level-too-low" | "not-in-queue" | "avoided" | "not-preferred";

export type AcdDecision =
  | { type: "offer"; itemId: string; agentId: string; queueId: string; reason: RoutingReason }
  /** The item now also waits in another queue. */
  | { type: "overflow"; itemId: string; fromQueueId: string; toQueueId: string }
  /** Waited longer than the queue's `maxWaitMs`: the centre decides (a person is still reachable; a callback may be offered). */
  | { type: "waitExceeded"; itemId: string; queueId: string; waitedMs: number };

export interface AgentLive {
  id: string;
  wish: Wish;
  /** A wish chosen during a contact applies after it: shown so. */
  system: SystemState;
  sinceMs: number;
  /** Ids of contacts held, ringing or wrapping, by medium. */
  load: Readonly<Record<string, readonly string[]>>;
  /** Media that can reach the agent now, and otherwise why not. */
  reach: Readonly<Record<string, { free: number; of: number; whyNot: null | "offline" | "not-available" | "busy" | "capacity" | "no-device" | "on-internal-call" | "missed" | "wrap-up" }>>;
}

/** An answer of the outside, like the time: the same ones give the same decisions. */
export type OverflowTo = (itemId: string, queueId: string) => string | null;

export interface Acd {
  putQueue(queue: QueueConfig, nowMs: number): void;
  removeQueue(queueId: string, nowMs: number): void;
  putAgent(agent: AgentConfig, nowMs: number): void;
  removeAgent(agentId: string, nowMs: number): void;
  setWish(agentId: string, wish: Wish, nowMs: number): void;
  /** Media whose device is there now (a registered phone or browser for voice, a live desktop for chat); `elsewhere`: there, but on a call that is none of the centre's. */
  setDevices(agentId: string, media: readonly string[], nowMs: number, elsewhere?: readonly string[]): void;
  /** The agent's desktop is alive: renews the lease. A lease that expires makes a non-engaged agent offline. */
  renewLease(agentId: string, untilMs: number): void;

  enqueue(item: WaitingItem, nowMs: number): void;
  /** The item left (customer gone, answered elsewhere, transferred). Idempotent. */
  dequeue(itemId: string): void;

  /** The life of an offer, told by the centre: it reserves capacity from the decision on. */
  accepted(itemId: string, agentId: string, nowMs: number): void;
  /** Declined or not answered in time. `missed` sets the system state until the agent says they are back; after `unresponsiveAfter` misses, unresponsive. */
  notAnswered(itemId: string, agentId: string, why: "declined" | "missed" | "withdrawn", nowMs: number): void;
  setHeld(itemId: string, agentId: string, held: boolean, nowMs: number): void;
  wrapping(itemId: string, agentId: string, nowMs: number): void;
  /** Contact over for this agent (after wrap-up, or at once for a medium without one). */
  released(itemId: string, agentId: string, nowMs: number): void;
  /** Without an offer: restores an engagement at recovery, or a direct transfer to an agent. */
  engage(itemId: string, agentId: string, medium: string, nowMs: number): void;
  /** Clears missed/unresponsive. */
  back(agentId: string, nowMs: number): void;

  /** Matches what can be matched, applies due rings, ageing, overflow and lease expiry. */
  decide(nowMs: number): AcdDecision[];
  nextWakeAt(): number | null;

  position(itemId: string): { position: number; of: number; estimatedWaitMs: number | null } | null;
  agent(agentId: string): AgentLive | null;
  agents(): AgentLive[];
  waiting(queueId: string): { count: number; oldestSinceMs: number | null; freeAgents: number; staffed: number };
  /** Why this item is still waiting: the same reason object, without a choice. */
  explain(itemId: string, nowMs: number): RoutingReason | null;
}
