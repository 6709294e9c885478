import { FREE, isServing } from "./agent.ts";
import type { Agent } from "./agent.ts";
import type { AcdDecision, RoutingReason } from "./contract.ts";
import { Picker } from "./pick.ts";
import { HEAD } from "./pools.ts";
import type { Pools } from "./pools.ts";
import { ProposalHeap } from "./proposals.ts";
import { Reason } from "./reason.ts";
import type { WaitingRoom } from "./room.ts";
import type { Staff } from "./staff.ts";
import { byWeight } from "./waiting.ts";
import type { Line } from "./line.ts";
import type { Entry, Item } from "./waiting.ts";

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
    for (let item = room.wakes.wake(nowMs); item !== null; item = room.wakes.wake(nowMs)) room.dirty.add(item);
    if (staff.someoneLeft) this.#reconsider();
    if (room.dirty.size > 0) this.#decideChanged(nowMs, decisions);
    else if (staff.freed.size > 0 && room.size > 0) this.#decideFreed(nowMs, decisions);
    staff.freed.clear();
    return decisions;
  }

  #decideChanged(nowMs: number, decisions: AcdDecision[]): void {
    const { dirty } = this.#room;
    for (let n = 0; n < dirty.end; n++) {
      const item = dirty.at(n);
      if (item !== undefined) this.#advance(item, nowMs, decisions);
    }
    // Nearly always one item came and nobody became free: then there is nothing to weigh against each other.
    if (dirty.size === 1 && this.#staff.freed.size === 0) this.#offerItem(dirty.at(dirty.end - 1)!, nowMs, decisions);
    else this.#matchAll(nowMs, decisions);
    this.#room.lineUp();
    for (let n = 0; n < dirty.end; n++) {
      const item = dirty.at(n);
      if (item !== undefined) this.#room.arm(item);
    }
    dirty.clear();
  }

  #decideFreed(nowMs: number, decisions: AcdDecision[]): void {
    const { freed } = this.#staff;
    if (freed.size === 1) this.#offerAgent(freed.at(freed.end - 1)!, nowMs, decisions);
    else this.#matchAll(nowMs, decisions);
  }

  /** Why it still waits: as a decision would see it now. */
  explain(item: Item, nowMs: number): RoutingReason | null {
    const entry = item.entries[0];
    if (entry === undefined) return null;
    this.#pools.freshen();
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
      for (const item of items) if (item.isKept) this.#room.dirty.add(item);
    }
    this.#staff.someoneLeft = false;
  }

  #advance(item: Item, nowMs: number, decisions: AcdDecision[]): void {
    if (item.isKept && !this.#isPreferredAtWork(item)) item.preferredUntilMs = -Infinity;
    this.#room.advance(item, nowMs, decisions);
  }

  /** Worth keeping the item for: at work for the medium, and not one who just passed on it. */
  #isPreferredAtWork(item: Item): boolean {
    const agent = this.#preferred(item);
    if (agent === null || item.data.avoid.includes(agent.id)) return false;
    return isServing(this.#staff.status[item.medium]![agent.slot]!);
  }

  #preferred(item: Item): Agent | null {
    return item.data.preferredAgentId === null ? null : (this.#staff.agent(item.data.preferredAgentId) ?? null);
  }

  #isMember(agent: Agent, entry: Entry): boolean {
    return entry.pool !== null && this.#pools.rows.has(agent.slot, entry.pool.id);
  }

  #canTake(agent: Agent, entry: Entry): boolean {
    const { item } = entry;
    if (this.#staff.status[item.medium]![agent.slot] !== FREE || this.#isAvoided(agent, item)) return false;
    // Who keeps an item for somebody knows whom they ask: neither queue nor skills are.
    return item.isKept ? item.data.preferredAgentId === agent.id : this.#isMember(agent, entry);
  }

  #isAvoided(agent: Agent, item: Item): boolean {
    return item.data.avoid.length > 0 && item.data.avoid.includes(agent.id) && this.#avoids(item);
  }

  /** Are those it avoids out of the question now? During the pause, and then while others are at work for it. */
  #avoids(item: Item): boolean {
    return item.data.avoid.length > 0 && (item.avoidUntilMs !== -Infinity || this.#hasOthers(item));
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

  /** One agent became free and nothing else changed: whoever waits and can be served waited for this agent. */
  #offerAgent(agent: Agent, nowMs: number, decisions: AcdDecision[]): void {
    while (agent.anyFree && this.#room.size > 0) {
      const entry = this.#bestFor(agent, nowMs);
      if (entry === null) return;
      this.#make(entry, agent, nowMs, decisions);
    }
  }

  #matchAll(nowMs: number, decisions: AcdDecision[]): void {
    this.#room.lineUp();
    const heap = new ProposalHeap(nowMs);
    const { dirty } = this.#room;
    const { freed } = this.#staff;
    for (let n = 0; n < dirty.end; n++) {
      const item = dirty.at(n);
      const entry = item === undefined ? null : this.#matchable(item);
      if (item !== undefined && entry !== null) heap.push({ entry, item, agent: null });
    }
    const propose = (agent: Agent): void => {
      const entry = this.#bestFor(agent, nowMs);
      if (entry !== null) heap.push({ entry, item: null, agent });
    };
    for (let n = 0; n < freed.end; n++) {
      const agent = freed.at(n);
      if (agent !== undefined) propose(agent);
    }
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
    for (const entry of item.entries) if (this.#offer(entry, nowMs, decisions)) return;
  }

  /** First entry, in the order in which the queues were entered, for which somebody is free. */
  #matchable(item: Item): Entry | null {
    for (const entry of item.entries) if (this.#choose(entry) >= 0) return entry;
    return null;
  }

  #returnedFirst(entry: Entry): Entry | null {
    const { queue } = entry;
    for (let at = 0; at < queue.returned; at++) {
      const first = queue.line.at(at)!;
      if (this.#choose(first) >= 0) return first;
    }
    return null;
  }

  /** Whose turn it is among all that this agent can take now. */
  #bestFor(agent: Agent, nowMs: number): Entry | null {
    let best: Entry | null = null;
    for (let medium = 0; medium < this.#pools.waiting.length; medium++) {
      if (this.#pools.waitingPools[medium] === 0 || this.#staff.status[medium]![agent.slot] !== FREE) continue;
      best = this.#bestInLine(agent, medium, best, nowMs);
    }
    if (this.#room.preferring.size > 0) best = this.#preferring(agent, best, nowMs);
    if (best === null || best.queue.returned === 0) return best;
    for (let at = 0; at < best.queue.returned; at++) {
      const first = best.queue.line.at(at)!;
      if (this.#canTake(agent, first)) return first;
    }
    return best;
  }

  /** Weighs the heads of lines by their numbers alone; an object is touched for the winner, a tie, and who avoids somebody. */
  #bestInLine(agent: Agent, medium: number, before: Entry | null, nowMs: number): Entry | null {
    const { rows } = this.#pools;
    const waiting = this.#pools.waiting[medium]!.words;
    const heads = this.#pools.heads[medium]!;
    const length = Math.min(waiting.length, rows.width);
    let best = before;
    /** Pool whose head is the best so far, -1 = `best` is. */
    let bestId = -1;
    let most = best === null ? -Infinity : best.weight(nowMs);
    for (let w = 0; w < length; w++) {
      if (waiting[w] === 0) continue;
      for (let both = rows.words[agent.slot * rows.width + w]! & waiting[w]!; both !== 0; both &= both - 1) {
        const id = (w << 5) + 31 - Math.clz32(both & -both);
        const head = id * HEAD;
        const weight = heads[head + 2]! + (nowMs - heads[head]!) * heads[head + 1]!;
        if (weight < most) continue;
        if (weight > most && heads[head + 3] === 0) {
          most = weight;
          bestId = id;
          continue;
        }
        if (bestId >= 0) best = this.#line(bestId, medium).at(0)!;
        bestId = -1;
        const found = this.#firstOf(this.#line(id, medium), agent, best, nowMs);
        if (found === null) continue;
        best = found;
        most = found.weight(nowMs);
      }
    }
    return bestId >= 0 ? this.#line(bestId, medium).at(0)! : best;
  }

  #line(id: number, medium: number): Line<Entry> {
    return this.#pools.at(id).lines[medium]!;
  }

  /** First of a line who goes before `best` and may be offered to the agent. */
  #firstOf(line: Line<Entry>, agent: Agent, best: Entry | null, nowMs: number): Entry | null {
    for (let at = 0; at < line.size; at++) {
      const entry = line.at(at)!;
      if (best !== null && byWeight(entry, best, nowMs) >= 0) return null;
      if (!this.#isAvoided(agent, entry.item)) return entry;
    }
    return null;
  }

  /** Items that wait with a preference for this agent, in line or not. */
  #preferring(agent: Agent, before: Entry | null, nowMs: number): Entry | null {
    let best = before;
    for (const item of this.#room.preferring.get(agent.id) ?? []) {
      for (const entry of item.entries) {
        if (this.#canTake(agent, entry) && (best === null || byWeight(entry, best, nowMs) < 0)) best = entry;
      }
    }
    return best;
  }

  /** Slot of the agent for this entry, or -1. */
  #choose(entry: Entry): number {
    const { item } = entry;
    const preferred = this.#preferred(item);
    if (item.isKept) return preferred !== null && this.#canTake(preferred, entry) ? preferred.slot : -1;
    let skip: number[] | null = null;
    if (this.#avoids(item)) skip = item.data.avoid.flatMap((id) => this.#staff.agent(id)?.slot ?? []);
    const best = this.#picker.pick(entry.pool!, item.medium, skip);
    return best >= 0 && preferred !== null && this.#canTake(preferred, entry) ? preferred.slot : best;
  }

  #offer(entry: Entry, nowMs: number, decisions: AcdDecision[]): boolean {
    const slot = this.#choose(entry);
    if (slot >= 0) this.#make(entry, this.#staff.at(slot), nowMs, decisions);
    return slot >= 0;
  }

  #make(entry: Entry, agent: Agent, nowMs: number, decisions: AcdDecision[]): void {
    const { item, queue } = entry;
    const { id: itemId, preferredAgentId } = item.data;
    const reason = this.#reason(entry, nowMs, agent.id === preferredAgentId ? "preferred" : queue.config.strategy);
    const waited = { pace: queue.answers, enteredMs: item.standsSinceMs(entry), offeredMs: nowMs };
    this.#room.take(item);
    this.#staff.engage(agent, itemId, item.medium, "ringing", waited, nowMs);
    decisions.push({ type: "offer", itemId, agentId: agent.id, queueId: queue.config.id, reason });
  }

  #reason(entry: Entry, nowMs: number, chosenBy: RoutingReason["chosenBy"]): RoutingReason {
    const { item } = entry;
    const avoid = this.#avoids(item) ? item.data.avoid : NOBODY_AVOIDED;
    return new Reason(entry, nowMs, chosenBy, this.#staff.page(), avoid, item.isKept ? item.data.preferredAgentId : null);
  }
}

const NOBODY_AVOIDED: readonly string[] = [];
