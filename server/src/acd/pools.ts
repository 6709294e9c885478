import type { Profile } from "./agent.ts";
import type { Agent } from "./agent.ts";
import { BitSet, BitTable } from "./bits.ts";
import type { QueueConfig, SkillNeed } from "./contract.ts";
import { Line } from "./line.ts";
import type { Entry } from "./waiting.ts";
import { byKey } from "./waiting.ts";

/**
 * Pools made for the own needs of items are dropped when unused past this many: a flow that writes a level chosen by
 * the caller into the needs could otherwise grow them without end.
 */
export const MAX_UNUSED_POOLS = 4096;
/** From this many members on, a pool of one tier also keeps them as bits, for membership in one step. */
const BITS_FROM = 256;

/** The pools of one queue: by ring for items without needs of their own, by ring and needs for the others. */
export interface QueuePools {
  readonly queue: QueueConfig;
  readonly plain: (Pool | undefined)[];
  readonly own: Map<string, Pool>;
}

/** Numbers kept of the head of a line, side by side: key, pace, priority of the queue (waiting.ts: `Entry.weight`), and 1 when it avoids somebody. */
export const HEAD = 4;

/** The agents who can serve one class of items: a queue, its needs and the item's, at one ring. */
export class Pool {
  readonly id: number;
  readonly queue: QueueConfig;
  readonly needs: readonly SkillNeed[];
  /** Sorted slots; replaced, never mutated (reasons keep it). */
  members: Int32Array = new Int32Array(0);
  /** The members by static key, best first, and where each tier of equal key ends; for longest idle there is one tier. */
  ranked: Int32Array = new Int32Array(0);
  ends: Int32Array = new Int32Array(0);
  /** The members of a large pool of one tier. */
  bits: BitSet | null = null;
  /** By medium: those who wait for somebody of this pool. */
  readonly lines: (Line<Entry> | undefined)[] = [];
  /** Items that wait here, in line or kept for a preferred agent. */
  users = 0;

  constructor(id: number, queue: QueueConfig, needs: readonly SkillNeed[]) {
    this.id = id;
    this.queue = queue;
    this.needs = needs;
  }

  /** Sum of the agent's levels in the needed skills, or why the agent is not of this pool. */
  scoreOf(profile: Profile): number | "not-in-queue" | "skill-missing" | "level-too-low" {
    if (profile.queues !== null && !profile.queues.has(this.queue.id)) return "not-in-queue";
    let score = 0;
    let low = false;
    for (const need of this.needs) {
      const level = profile.skills.get(need.skillId);
      if (level === undefined) return "skill-missing";
      if (level < need.minLevel) low = true;
      score += level;
    }
    return low ? "level-too-low" : score;
  }

  /** The agent's level in the weakest of the needed skills; 0 when nothing is needed. */
  levelOf(profile: Profile): number {
    let level = Infinity;
    for (const need of this.needs) level = Math.min(level, profile.skills.get(need.skillId) ?? 0);
    return level === Infinity ? 0 : level;
  }
}

/** Both directions of "who can serve what": pools by agent (bits) and agents by pool (tiers); and which pools have somebody waiting. */
export class Pools {
  /** By medium: pools with somebody in line. */
  readonly waiting: BitSet[] = [];
  /** By medium: what weighs the head of each pool's line, `HEAD` numbers a pool. */
  readonly heads: Float64Array[] = [];
  /** By medium: how many pools have somebody in line. */
  readonly waitingPools: number[] = [];
  /** By agent's slot: pools that the agent can serve; right for every pool that is not stale. */
  readonly rows = new BitTable();
  readonly #pools: (Pool | undefined)[] = [];
  readonly #emptyIds: number[] = [];
  readonly #byQueue = new Map<string, QueuePools>();
  readonly #stale = new Set<Pool>();
  readonly #holders = new Map<string, Set<Agent>>();
  readonly #agents = new Set<Agent>();
  /** Pools made for the own needs of items, and how many make a sweep due. */
  #own = 0;
  #sweepAt = MAX_UNUSED_POOLS;

  get size(): number {
    return this.#pools.length - this.#emptyIds.length;
  }

  at(id: number): Pool {
    return this.#pools[id]!;
  }

  /** A queue begins, or begins anew: pools of its last configuration are forgotten, nobody may wait there any more. */
  open(queue: QueueConfig): QueuePools {
    this.dropQueue(queue.id);
    const pools: QueuePools = { queue, plain: [], own: new Map() };
    this.#byQueue.set(queue.id, pools);
    return pools;
  }

  dropQueue(queueId: string): void {
    const pools = this.#byQueue.get(queueId);
    if (pools === undefined) return;
    for (const pool of pools.plain) if (pool !== undefined) this.#drop(pool);
    for (const pool of pools.own.values()) this.#drop(pool);
    this.#own -= pools.own.size;
    this.#byQueue.delete(queueId);
  }

  /** The pool of a queue with the item's own needs, after `ring` rings. */
  pool(pools: QueuePools, own: readonly SkillNeed[], ring: number): Pool {
    const pool = own.length === 0 ? (pools.plain[ring] ??= this.#make(pools.queue, own, ring)) : this.#ownPool(pools, own, ring);
    if (this.#stale.size > 0) this.#freshen(pool);
    return pool;
  }

  #ownPool(pools: QueuePools, own: readonly SkillNeed[], ring: number): Pool {
    const key = `${ring}|${[...own].sort(bySkill).map((n) => `${n.skillId}:${n.minLevel}`).join()}`;
    let pool = pools.own.get(key);
    if (pool !== undefined) return pool;
    if (this.#own >= this.#sweepAt) this.#sweep();
    pool = this.#make(pools.queue, own, ring);
    pools.own.set(key, pool);
    this.#own++;
    return pool;
  }

  #make(queue: QueueConfig, own: readonly SkillNeed[], ring: number): Pool {
    const id = this.#emptyIds.pop() ?? this.#pools.length;
    const pool = new Pool(id, queue, neededAt(queue, own, ring));
    this.#pools[id] = pool;
    this.#stale.add(pool);
    return pool;
  }

  /** Brings every pool with somebody waiting up to date with the agents' configuration. */
  freshen(): void {
    if (this.#stale.size === 0) return;
    for (const pool of this.#stale) if (pool.users > 0) this.#freshen(pool);
  }

  /** Call before and after a change of configuration (`profile` null: the agent leaves). */
  agentChanged(agent: Agent, before: Profile | null, after: Profile | null): void {
    for (const skillId of before?.skills.keys() ?? []) {
      const holders = this.#holders.get(skillId);
      holders?.delete(agent);
      if (holders?.size === 0) this.#holders.delete(skillId);
    }
    for (const skillId of after?.skills.keys() ?? []) {
      let holders = this.#holders.get(skillId);
      if (holders === undefined) this.#holders.set(skillId, (holders = new Set()));
      holders.add(agent);
    }
    if (after === null) this.#agents.delete(agent);
    else this.#agents.add(agent);
    for (const pool of this.#pools) {
      if (pool === undefined || this.#stale.has(pool)) continue;
      const was = before === null ? "" : pool.scoreOf(before);
      const is = after === null ? "" : pool.scoreOf(after);
      if (was !== is && (typeof was === "number" || typeof is === "number")) this.#stale.add(pool);
    }
    // A slot may be given to somebody else before its pools are rebuilt.
    if (after === null) this.rows.clear(agent.slot);
  }

  join(pool: Pool, entry: Entry, medium: number): void {
    const line = (pool.lines[medium] ??= new Line(byKey));
    while (this.waiting.length <= medium) this.#openMedium();
    if (line.size === 0) {
      this.waiting[medium]!.add(pool.id);
      this.waitingPools[medium]!++;
    }
    line.add(entry);
    if (line.at(0) === entry) this.#setHead(medium, pool.id, entry);
  }

  leave(pool: Pool, entry: Entry, medium: number): void {
    const line = pool.lines[medium];
    if (line === undefined || !line.delete(entry)) return;
    const head = line.at(0);
    if (head !== undefined) return this.#setHead(medium, pool.id, head);
    this.waiting[medium]!.delete(pool.id);
    this.waitingPools[medium]!--;
  }

  #openMedium(): void {
    this.waiting.push(new BitSet());
    this.heads.push(new Float64Array(64 * HEAD));
    this.waitingPools.push(0);
  }

  #setHead(medium: number, id: number, { key, queue, item }: Entry): void {
    const at = id * HEAD;
    let heads = this.heads[medium]!;
    if (at >= heads.length) {
      const grown = new Float64Array(Math.max(at + HEAD, heads.length * 2));
      grown.set(heads);
      this.heads[medium] = heads = grown;
    }
    heads[at] = key;
    heads[at + 1] = queue.pace;
    heads[at + 2] = queue.config.priority;
    heads[at + 3] = item.data.avoid.length > 0 ? 1 : 0;
  }

  #freshen(pool: Pool): void {
    if (!this.#stale.delete(pool)) return;
    for (const slot of pool.members) this.rows.delete(slot, pool.id);
    let fewest: Set<Agent> = this.#agents;
    for (const need of pool.needs) {
      const holders = this.#holders.get(need.skillId) ?? new Set<Agent>();
      if (holders.size < fewest.size) fewest = holders;
    }
    const slots: number[] = [];
    const byScore = new Map<number, number[]>();
    for (const agent of fewest) {
      const score = pool.scoreOf(agent.profile);
      if (typeof score !== "number") continue;
      slots.push(agent.slot);
      this.rows.add(agent.slot, pool.id);
      const key = pool.queue.strategy === "best-skill" ? score : 0;
      const same = byScore.get(key);
      if (same === undefined) byScore.set(key, [agent.slot]);
      else same.push(agent.slot);
    }
    pool.members = Int32Array.from(slots).sort();
    pool.ranked = new Int32Array(slots.length);
    pool.ends = new Int32Array(byScore.size);
    let end = 0;
    [...byScore].sort((a, b) => b[0] - a[0]).forEach(([, tier], n) => {
      pool.ranked.set(tier, end);
      pool.ends[n] = end += tier.length;
    });
    pool.bits = byScore.size === 1 && slots.length >= BITS_FROM ? bitsOf(slots) : null;
  }

  #drop(pool: Pool): void {
    for (const slot of pool.members) this.rows.delete(slot, pool.id);
    this.#stale.delete(pool);
    this.#pools[pool.id] = undefined;
    this.#emptyIds.push(pool.id);
  }

  #sweep(): void {
    for (const { own } of this.#byQueue.values()) {
      for (const [key, pool] of own) {
        if (pool.users > 0) continue;
        this.#drop(pool);
        own.delete(key);
        this.#own--;
      }
    }
    this.#sweepAt = Math.max(MAX_UNUSED_POOLS, this.#own * 2);
  }
}

function bySkill(a: SkillNeed, b: SkillNeed): number {
  return a.skillId < b.skillId ? -1 : a.skillId > b.skillId ? 1 : a.minLevel - b.minLevel;
}

/** Needs of the queue and of the item together (the higher level wins), lowered by every ring that has passed. */
function neededAt(queue: QueueConfig, own: readonly SkillNeed[], ring: number): SkillNeed[] {
  let lower = 0;
  for (const step of queue.rings.slice(0, ring)) lower += step.lower;
  const levels = new Map<string, number>();
  for (const { skillId, minLevel } of [...queue.needs, ...own]) levels.set(skillId, Math.max(levels.get(skillId) ?? 0, minLevel));
  return [...levels].map(([skillId, level]) => ({ skillId, minLevel: Math.max(1, level - lower) }));
}

function bitsOf(slots: readonly number[]): BitSet {
  const bits = new BitSet();
  for (const slot of slots) bits.add(slot);
  return bits;
}
