import { FREE, isServing } from "./agent.ts";
import type { Agent } from "./agent.ts";
import type { AcdDecision, RoutingReason } from "./contract.ts";
import { Picker } from "./pick.ts";
import type { Pools } from "./pools.ts";
import { Reason, Snapshots } from "./reason.ts";
import type { WaitingRoom } from "./room.ts";
import type { Staff } from "./staff.ts";
import { byWeight } from "./waiting.ts";
import type { Entry, Item } from "./waiting.ts";

/** A pair found but not yet made: an item that changed, or the best item for an agent who became free. */
interface Proposal {
  entry: Entry;
  item: Item | null;
  agent: Agent | null;
}

/**
 * Brings those who wait and those who are free together. After each run no pair is left that could be made; so in the
 * next run a new pair has a changed item or a freed agent in it, and only these are looked at. Among several, the item
 * whose turn is first goes first, whichever side it was found from.
 */
export class Matcher {
  readonly #staff: Staff;
  readonly #pools: Pools;
  readonly #room: WaitingRoom;
  readonly #picker: Picker;
  readonly #snapshots = new Snapshots();
  /** Result of the last pick. */
  #chosen = -1;

  constructor(staff: Staff, pools: Pools, room: WaitingRoom) {
    this.#staff = staff;
    this.#pools = pools;
    this.#room = room;
    this.#picker = new Picker(staff);
  }

  decide(nowMs: number): AcdDecision[] {
    const staff = this.#staff;
    const room = this.#room;
    const decisions: AcdDecision[] = [];
    staff.expireLeases(nowMs);
    this.#pools.freshen();
    for (let item = room.wakes.first(); item !== undefined && item.wakeAtMs <= nowMs; item = room.wakes.first()) {
      room.wakes.delete(item);
      room.dirty.add(item);
    }
    if (staff.someoneLeft) this.#reconsider();
    for (const item of room.dirty) this.#advance(item, nowMs, decisions);
    if (room.dirty.size === 1 && staff.freed.size === 0) {
      for (const item of room.dirty) this.#offerItem(item, nowMs, decisions);
    } else if (room.size > 0) this.#matchAll(nowMs, decisions);
    for (const item of room.dirty) room.arm(item);
    room.dirty.clear();
    staff.freed.clear();
    return decisions;
  }

  /** Why it still waits: as a decision would see it now. */
  explain(item: Item, nowMs: number): RoutingReason | null {
    const entry = item.entries[0];
    if (entry === undefined) return null;
    this.#pools.freshen();
    this.#pick(entry);
    return this.#reason(entry, nowMs, entry.queue.config.strategy);
  }

  /** At work and able to serve this entry, whatever is in hand. */
  isAnyoneServing(entry: Entry): boolean {
    const column = this.#staff.status[entry.item.medium]!;
    return entry.pool !== null && entry.pool.members.some((slot) => isServing(column[slot]!));
  }

  /** Somebody left: who waited for them, or for others than those they avoid, is looked at again. */
  #reconsider(): void {
    for (const item of this.#room.avoiding) this.#room.dirty.add(item);
    for (const items of this.#room.preferring.values()) {
      for (const item of items) if (item.preferredUntilMs !== -Infinity) this.#room.dirty.add(item);
    }
    this.#staff.someoneLeft = false;
  }

  #advance(item: Item, nowMs: number, decisions: AcdDecision[]): void {
    if (item.preferredUntilMs !== -Infinity && !this.#isPreferredAtWork(item)) item.preferredUntilMs = -Infinity;
    this.#room.advance(item, nowMs, (due) => decisions.push({ ...due, itemId: item.data.id }));
  }

  /** Worth keeping the item for: at work for the medium, of the pool, and not one who just passed on it. */
  #isPreferredAtWork(item: Item): boolean {
    const agent = this.#preferred(item);
    if (agent === null || item.data.avoid.includes(agent.id)) return false;
    if (!isServing(this.#staff.status[item.medium]![agent.slot]!)) return false;
    return item.entries.some((entry) => this.#isMember(agent, entry));
  }

  #preferred(item: Item): Agent | null {
    return item.data.preferredAgentId === null ? null : (this.#staff.agent(item.data.preferredAgentId) ?? null);
  }

  #isMember(agent: Agent, entry: Entry): boolean {
    return entry.pool !== null && this.#pools.row(agent.slot).has(entry.pool.id);
  }

  #canTake(agent: Agent, entry: Entry): boolean {
    const { item } = entry;
    return (
      this.#staff.status[item.medium]![agent.slot] === FREE &&
      this.#isMember(agent, entry) &&
      (item.preferredUntilMs === -Infinity || item.data.preferredAgentId === agent.id) &&
      !this.#isAvoided(agent, item)
    );
  }

  #isAvoided(agent: Agent, item: Item): boolean {
    return item.data.avoid.length > 0 && item.data.avoid.includes(agent.id) && this.#hasOthers(item);
  }

  /** Is anybody at work for it apart from those it avoids? If not, they are all there is, and nobody waits for ever. */
  #hasOthers(item: Item): boolean {
    const { servingEpoch } = this.#staff;
    if (item.othersEpoch === servingEpoch) return item.others;
    const column = this.#staff.status[item.medium]!;
    const others = (entry: Entry): boolean =>
      entry.pool!.members.some((slot) => isServing(column[slot]!) && !item.data.avoid.includes(this.#staff.at(slot).id));
    item.others = item.entries.some(others);
    item.othersEpoch = servingEpoch;
    return item.others;
  }

  #matchAll(nowMs: number, decisions: AcdDecision[]): void {
    const heap = new ProposalHeap(nowMs);
    for (const item of this.#room.dirty) {
      const entry = this.#matchable(item);
      if (entry !== null) heap.push({ entry, item, agent: null });
    }
    const propose = (agent: Agent): void => {
      const entry = this.#bestFor(agent, nowMs);
      if (entry !== null) heap.push({ entry, item: null, agent });
    };
    for (const agent of this.#staff.freed) propose(agent);
    for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
      const { entry, item, agent } = next;
      if (agent !== null) {
        if (entry.item.waits && this.#canTake(agent, entry)) this.#offer(entry, nowMs, decisions);
        if (agent.anyFree) propose(agent);
      } else if (item!.waits) {
        const first = item!.data.returned ? null : this.#returnedFirst(entry);
        if (first !== null) {
          this.#offer(first, nowMs, decisions);
          heap.push(next);
        } else this.#offerItem(item!, nowMs, decisions);
      }
    }
  }

  #offerItem(item: Item, nowMs: number, decisions: AcdDecision[]): void {
    const entry = this.#matchable(item);
    if (entry !== null) this.#offerPicked(entry, nowMs, decisions);
  }

  /** First entry, in the order in which the queues were entered, for which somebody is free. */
  #matchable(item: Item): Entry | null {
    for (const entry of item.entries) if (this.#pick(entry) >= 0) return entry;
    return null;
  }

  #returnedFirst(entry: Entry): Entry | null {
    const { queue } = entry;
    for (let at = 0; at < queue.returned; at++) {
      const first = queue.line.at(at)!;
      if (this.#pick(first) >= 0) return first;
    }
    return null;
  }

  /** Whose turn it is among all that this agent can take now. */
  #bestFor(agent: Agent, nowMs: number): Entry | null {
    const row = this.#pools.row(agent.slot).words;
    let best: Entry | null = null;
    for (let medium = 0; medium < this.#pools.waiting.length; medium++) {
      if (this.#staff.status[medium]![agent.slot] !== FREE) continue;
      const waiting = this.#pools.waiting[medium]!.words;
      for (let w = 0; w < waiting.length && w < row.length; w++) {
        for (let both = row[w]! & waiting[w]!; both !== 0; both &= both - 1) {
          const line = this.#pools.at((w << 5) + 31 - Math.clz32(both & -both)).lines[medium]!;
          for (let at = 0; at < line.size; at++) {
            const entry = line.at(at)!;
            if (best !== null && byWeight(entry, best, nowMs) >= 0) break;
            if (!this.#isAvoided(agent, entry.item)) {
              best = entry;
              break;
            }
          }
        }
      }
    }
    for (const item of this.#room.preferring.get(agent.id) ?? []) {
      for (const entry of item.entries) {
        if (this.#canTake(agent, entry) && (best === null || byWeight(entry, best, nowMs) < 0)) best = entry;
      }
    }
    if (best === null) return null;
    for (let at = 0; at < best.queue.returned; at++) {
      const first = best.queue.line.at(at)!;
      if (this.#canTake(agent, first)) return first;
    }
    return best;
  }

  /** Slot of the agent for this entry, or -1; candidates and the best few are left in the picker. */
  #pick(entry: Entry): number {
    this.#chosen = this.#choose(entry);
    return this.#chosen;
  }

  #choose(entry: Entry): number {
    const { item } = entry;
    const picker = this.#picker;
    const preferred = this.#preferred(item);
    if (item.preferredUntilMs !== -Infinity) {
      const can = preferred !== null && this.#canTake(preferred, entry);
      picker.candidates = can ? 1 : 0;
      picker.best.length = 0;
      picker.scores.length = 0;
      if (!can) return -1;
      picker.best.push(preferred.slot);
      picker.scores.push(0);
      return preferred.slot;
    }
    let skip: number[] | null = null;
    if (item.data.avoid.length > 0 && this.#hasOthers(item)) {
      skip = [...new Set(item.data.avoid)].flatMap((id) => this.#staff.agent(id)?.slot ?? []);
    }
    const best = picker.pick(entry.pool!, item.medium, skip);
    return best >= 0 && preferred !== null && this.#canTake(preferred, entry) ? preferred.slot : best;
  }

  #offer(entry: Entry, nowMs: number, decisions: AcdDecision[]): void {
    if (this.#pick(entry) >= 0) this.#offerPicked(entry, nowMs, decisions);
  }

  /** Of the entry that was picked for last. */
  #offerPicked(entry: Entry, nowMs: number, decisions: AcdDecision[]): void {
    const agent = this.#staff.at(this.#chosen);
    const { item, queue } = entry;
    const chosenBy = agent.id === item.data.preferredAgentId ? "preferred" : queue.config.strategy;
    const reason = this.#reason(entry, nowMs, chosenBy);
    const itemId = item.data.id;
    this.#room.dequeue(itemId);
    this.#staff.engage(agent, itemId, item.medium, "ringing", queue.config.id, nowMs);
    decisions.push({ type: "offer", itemId, agentId: agent.id, queueId: queue.config.id, reason });
  }

  /** Of the picker's last result. */
  #reason(entry: Entry, nowMs: number, chosenBy: RoutingReason["chosenBy"]): RoutingReason {
    const { best, scores, candidates } = this.#picker;
    const { item } = entry;
    const pool = entry.pool!;
    const bySkill = entry.queue.config.strategy === "best-skill";
    const named: { agentId: string; score: number; idleMs: number; level: number }[] = [];
    for (let i = 0; i < best.length; i++) {
      const agent = this.#staff.at(best[i]!);
      const idleMs = nowMs - agent.idleSinceMs;
      named.push({ agentId: agent.id, score: bySkill ? scores[i]! : idleMs, idleMs, level: pool.levelOf(agent.profile) });
    }
    const avoid = item.data.avoid.length > 0 && this.#hasOthers(item) ? item.data.avoid : [];
    const only = item.preferredUntilMs === -Infinity ? null : item.data.preferredAgentId;
    const column = this.#staff.status[item.medium]!;
    return new Reason(entry, nowMs, candidates, named, chosenBy, this.#snapshots.take(pool, column, this.#staff.keepRoster(), avoid, only));
  }
}

/** Proposals by turn; small and short-lived. */
class ProposalHeap {
  readonly #nowMs: number;
  readonly #heap: Proposal[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  push(proposal: Proposal): void {
    const heap = this.#heap;
    let at = heap.push(proposal) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (byWeight(heap[above]!.entry, proposal.entry, this.#nowMs) <= 0) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = proposal;
  }

  pop(): Proposal | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && byWeight(heap[below + 1]!.entry, heap[below]!.entry, this.#nowMs) < 0) below++;
      if (byWeight(last.entry, heap[below]!.entry, this.#nowMs) <= 0) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
