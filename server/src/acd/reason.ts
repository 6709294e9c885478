import { FREE, MISSED, NOBODY, NOT_AVAILABLE, NO_CAPACITY, NO_DEVICE, OFFLINE, isServing } from "./agent.ts";
import type { Profile } from "./agent.ts";
import type { ExclusionCause, RoutingReason } from "./contract.ts";
import type { Pool } from "./pools.ts";
import type { Entry } from "./waiting.ts";

/** A reason names at most so many excluded agents; the counts are of all. */
const MAX_NAMED_EXCLUDED = 64;
/** Above so many members copying the whole column is cheaper than gathering. */
const GATHER_TO = 512;
const SLAB_BYTES = 65_536;

type Counts = Partial<Record<ExclusionCause, number>>;
type Excluded = { agentId: string; cause: ExclusionCause };
type Roster = readonly (Profile | undefined)[];

/** What was true at the instant of the decision, compactly: a byte a member, and configuration that never changes. */
export interface Snapshot {
  pool: Pool;
  members: Int32Array;
  bytes: Uint8Array;
  /** Where the members' bytes start, or -1: `bytes` is a whole column, by slot. */
  start: number;
  roster: Roster;
  avoid: readonly string[];
  /** Only this agent was considered. */
  only: string | null;
}

/** Copies statuses out of a column that goes on changing; small copies share a buffer. */
export class Snapshots {
  #slab = new Uint8Array(SLAB_BYTES);
  #used = 0;

  take(pool: Pool, column: Uint8Array, roster: Roster, avoid: readonly string[], only: string | null): Snapshot {
    const { members } = pool;
    if (members.length > GATHER_TO) return { pool, members, bytes: column.slice(), start: -1, roster, avoid, only };
    if (this.#used + members.length > SLAB_BYTES) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#used = 0;
    }
    const bytes = this.#slab;
    const start = this.#used;
    for (let i = 0; i < members.length; i++) bytes[start + i] = column[members[i]!]!;
    this.#used += members.length;
    return { pool, members, bytes, start, roster, avoid, only };
  }
}

/**
 * A reason as decided. The exclusions are counted when first read, from the snapshot of the instant: exact, however
 * late they are read. They are getters of the class: `JSON.stringify` has them, an object spread has not.
 */
export class Reason implements RoutingReason {
  readonly atMs: number;
  readonly itemId: string;
  readonly queueId: string;
  readonly ring: number;
  readonly strategy: RoutingReason["strategy"];
  readonly waitedMs: number;
  readonly candidates: number;
  readonly best: RoutingReason["best"];
  readonly chosenBy: RoutingReason["chosenBy"];
  #snapshot: Snapshot | null;
  #read: { exclusions: Counts; excludedAgents: Excluded[] } | null = null;

  constructor(entry: Entry, nowMs: number, candidates: number, best: RoutingReason["best"], chosenBy: RoutingReason["chosenBy"], snapshot: Snapshot | null) {
    this.atMs = nowMs;
    this.itemId = entry.item.data.id;
    this.queueId = entry.queue.config.id;
    this.ring = entry.ring;
    this.strategy = entry.queue.config.strategy;
    this.waitedMs = nowMs - entry.item.sinceMs;
    this.candidates = candidates;
    this.best = best;
    this.chosenBy = chosenBy;
    this.#snapshot = snapshot;
  }

  get exclusions(): Counts {
    return this.#materialise().exclusions;
  }

  get excludedAgents(): readonly Excluded[] {
    return this.#materialise().excludedAgents;
  }

  toJSON(): RoutingReason {
    const { atMs, itemId, queueId, ring, strategy, waitedMs, candidates, best, exclusions, excludedAgents, chosenBy } = this;
    return { atMs, itemId, queueId, ring, strategy, waitedMs, candidates, best, exclusions, excludedAgents, chosenBy };
  }

  #materialise(): { exclusions: Counts; excludedAgents: Excluded[] } {
    if (this.#read === null) {
      this.#read = this.#snapshot === null ? { exclusions: {}, excludedAgents: [] } : exclusionsOf(this.#snapshot);
      this.#snapshot = null;
    }
    return this.#read;
  }
}

function exclusionsOf(snapshot: Snapshot): { exclusions: Counts; excludedAgents: Excluded[] } {
  const { pool, members, bytes, start, roster, avoid, only } = snapshot;
  const outside = outsiders(pool, members, roster);
  const exclusions: Counts = { ...outside.counts };
  const excludedAgents: Excluded[] = [];
  for (let i = 0; i < members.length; i++) {
    const slot = members[i]!;
    const profile = roster[slot];
    if (profile === undefined) continue;
    const { id } = profile.config;
    const cause = causeOf(bytes[start < 0 ? slot : start + i]!, id, avoid, only);
    if (cause === null) continue;
    exclusions[cause] = (exclusions[cause] ?? 0) + 1;
    if (excludedAgents.length < MAX_NAMED_EXCLUDED) excludedAgents.push({ agentId: id, cause });
  }
  // Then those who serve the queue and lack only the level: the ones whom the next ring may bring.
  for (const agentId of outside.almost) {
    if (excludedAgents.length < MAX_NAMED_EXCLUDED) excludedAgents.push({ agentId, cause: "level-too-low" });
  }
  return { exclusions, excludedAgents };
}

function causeOf(status: number, id: string, avoid: readonly string[], only: string | null): ExclusionCause | null {
  if (status === OFFLINE || status === NOBODY) return "offline";
  if (status === NOT_AVAILABLE || status === MISSED) return "not-available";
  if (status === NO_DEVICE) return "no-device";
  if (status === NO_CAPACITY) return "capacity";
  if (status !== FREE && isServing(status)) return BUSY_CAUSES[status] ?? "busy";
  if (only !== null && only !== id) return "not-preferred";
  return avoid.includes(id) ? "avoided" : null;
}

/** Wrap-up keeps an agent busy; a full medium is a matter of capacity. */
const BUSY_CAUSES: Readonly<Record<number, ExclusionCause>> = { 5: "busy", 6: "busy", 7: "capacity" };

interface Outsiders {
  members: Int32Array;
  roster: Roster;
  counts: Counts;
  almost: string[];
}

/** Non-members change only with configuration: counted once for each pool and roster. */
const known = new WeakMap<Pool, Outsiders>();

function outsiders(pool: Pool, members: Int32Array, roster: Roster): Outsiders {
  const cached = known.get(pool);
  if (cached !== undefined && cached.roster === roster && cached.members === members) return cached;
  const found: Outsiders = { members, roster, counts: {}, almost: [] };
  for (const profile of roster) {
    if (profile === undefined) continue;
    const why = pool.scoreOf(profile);
    if (typeof why === "number") continue;
    found.counts[why] = (found.counts[why] ?? 0) + 1;
    if (why === "level-too-low" && found.almost.length < MAX_NAMED_EXCLUDED) found.almost.push(profile.config.id);
  }
  known.set(pool, found);
  return found;
}
