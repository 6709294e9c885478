import { ELSEWHERE, FREE, MISSED, NOBODY, NOT_AVAILABLE, NO_CAPACITY, NO_DEVICE, OFFLINE, isServing } from "./agent.ts";
import type { Profile } from "./agent.ts";
import type { ExclusionCause, RoutingReason } from "./contract.ts";
import type { Columns, Page } from "./ledger.ts";
import type { Pool } from "./pools.ts";
import type { Entry } from "./waiting.ts";

/** How many of the best a reason names. */
const NAMED = 3;
/** A reason names at most so many excluded agents; the counts are of all. */
const MAX_NAMED_EXCLUDED = 64;

type Counts = Partial<Record<ExclusionCause, number>>;
type Excluded = { agentId: string; cause: ExclusionCause };
type Roster = readonly (Profile | undefined)[];

/** What is worked out from the instant of the decision when somebody reads it. */
interface Findings {
  candidates: number;
  best: RoutingReason["best"];
  exclusions: Counts;
  excludedAgents: Excluded[];
}

/**
 * A reason as decided. It keeps the instant (a page of history and how much of it was written) and what was asked; the
 * candidates and the excluded are worked out when first read: exact, however late. They are getters of the class:
 * `JSON.stringify` has them, an object spread has not.
 */
export class Reason implements RoutingReason {
  readonly atMs: number;
  readonly itemId: string;
  readonly queueId: string;
  readonly ring: number;
  readonly strategy: RoutingReason["strategy"];
  readonly waitedMs: number;
  readonly chosenBy: RoutingReason["chosenBy"];
  readonly #medium: number;
  readonly #count: number;
  readonly #pool: Pool;
  readonly #members: Int32Array;
  readonly #avoid: readonly string[];
  readonly #only: string | null;
  /** Let go when read. */
  #page: Page | null;
  #findings: Findings | null = null;

  /** `avoid`: not considered now; `only`: nobody else was considered. */
  constructor(entry: Entry, nowMs: number, chosenBy: RoutingReason["chosenBy"], page: Page, avoid: readonly string[], only: string | null) {
    const { item, queue } = entry;
    const pool = entry.pool!;
    this.atMs = nowMs;
    this.itemId = item.data.id;
    this.queueId = queue.config.id;
    this.ring = entry.ring;
    this.strategy = queue.config.strategy;
    this.waitedMs = nowMs - item.sinceMs;
    this.chosenBy = chosenBy;
    this.#medium = item.medium;
    this.#count = page.count;
    this.#pool = pool;
    this.#members = pool.members;
    this.#avoid = avoid;
    this.#only = only;
    this.#page = page;
  }

  get candidates(): number {
    return this.#found().candidates;
  }

  get best(): RoutingReason["best"] {
    return this.#found().best;
  }

  get exclusions(): Counts {
    return this.#found().exclusions;
  }

  get excludedAgents(): readonly Excluded[] {
    return this.#found().excludedAgents;
  }

  toJSON(): RoutingReason {
    const { atMs, itemId, queueId, ring, strategy, waitedMs, candidates, best, exclusions, excludedAgents, chosenBy } = this;
    return { atMs, itemId, queueId, ring, strategy, waitedMs, candidates, best, exclusions, excludedAgents, chosenBy };
  }

  #found(): Findings {
    if (this.#page !== null) {
      this.#findings = this.#find(this.#page.roster, this.#page.at(this.#count));
      this.#page = null;
    }
    return this.#findings!;
  }

  #find(roster: Roster, columns: Columns): Findings {
    const column = columns.status[this.#medium]!;
    const outside = outsiders(this.#pool, this.#members, roster);
    const exclusions: Counts = { ...outside.counts };
    const excludedAgents: Excluded[] = [];
    const free: number[] = [];
    const judge = (slot: number, { config: { id } }: Profile): void => {
      const cause = causeOf(column[slot]!, id, this.#avoid, this.#only);
      if (cause === null) return void free.push(slot);
      exclusions[cause] = (exclusions[cause] ?? 0) + 1;
      if (excludedAgents.length < MAX_NAMED_EXCLUDED) excludedAgents.push({ agentId: id, cause });
    };
    for (const slot of this.#members) {
      const profile = roster[slot];
      if (profile !== undefined) judge(slot, profile);
    }
    // Only asked for: membership and skills are not.
    const named = this.#only === null ? -1 : roster.findIndex((profile) => profile?.config.id === this.#only);
    const why = named < 0 ? 0 : this.#pool.scoreOf(roster[named]!);
    if (typeof why === "string") {
      if (exclusions[why] === 1) delete exclusions[why];
      else exclusions[why]!--;
      judge(named, roster[named]!);
    }
    // Then those who serve the queue and lack only the level: the ones whom the next ring may bring.
    for (const agentId of outside.almost) {
      if (agentId !== this.#only && excludedAgents.length < MAX_NAMED_EXCLUDED) excludedAgents.push({ agentId, cause: "level-too-low" });
    }
    return { candidates: free.length, best: this.#best(free, roster, columns), exclusions, excludedAgents };
  }

  #best(free: readonly number[], roster: Roster, { turns, idleSinceMs }: Columns): RoutingReason["best"] {
    const bySkill = this.strategy === "best-skill";
    const scores = new Map<number, number>();
    for (const slot of free) {
      const score = this.#pool.scoreOf(roster[slot]!);
      scores.set(slot, typeof score === "number" ? score : 0);
    }
    const order = [...free].sort((a, b) => (bySkill ? scores.get(b)! - scores.get(a)! : 0) || turns[a]! - turns[b]!);
    return order.slice(0, NAMED).map((slot) => {
      const profile = roster[slot]!;
      const idleMs = this.atMs - idleSinceMs[slot]!;
      return { agentId: profile.config.id, score: bySkill ? scores.get(slot)! : idleMs, idleMs, level: this.#pool.levelOf(profile) };
    });
  }
}

function causeOf(status: number, id: string, avoid: readonly string[], only: string | null): ExclusionCause | null {
  if (status === OFFLINE || status === NOBODY) return "offline";
  if (status === NOT_AVAILABLE || status === MISSED) return "not-available";
  if (status === NO_DEVICE) return "no-device";
  if (status === ELSEWHERE) return "on-internal-call";
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
