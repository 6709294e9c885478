import { Agent, FREE, NOBODY, isServing, profileOf } from "./agent.ts";
import type { Engagement, Profile } from "./agent.ts";
import { BitSet } from "./bits.ts";
import type { AgentConfig, Wish } from "./contract.ts";
import { IdleOrder } from "./idle-order.ts";
import type { Media } from "./media.ts";
import { WakeHeap } from "./wake-heap.ts";

/** Every agent, and per medium who is free as a bit and why not as a byte. Tells matching who became free and whether somebody left. */
export class Staff {
  readonly media: Media;
  readonly order = new IdleOrder();
  /** By medium: the free agents. */
  readonly free: BitSet[] = [];
  /** By medium: status of every slot (agent.ts). */
  readonly status: Uint8Array[] = [];
  readonly leases = new WakeHeap<Agent>();
  /** Agents who can take something that they could not before; emptied by matching. */
  readonly freed = new Set<Agent>();
  /** Counts each time that somebody began or ceased to be at work for a medium, or was configured anew. */
  servingEpoch = 0;
  /** Somebody ceased to be at work: those who waited for others may now have nobody else. */
  someoneLeft = false;
  readonly #unresponsiveAfter: number;
  readonly #byId = new Map<string, Agent>();
  #slots: (Agent | undefined)[] = [];
  /** By slot, copied before the first change after a reason kept it. */
  #roster: (Profile | undefined)[] = [];
  #rosterKept = false;
  readonly #emptySlots: number[] = [];
  #touches = 0;
  #agentsSeen = 0;

  constructor(media: Media, unresponsiveAfter: number) {
    this.media = media;
    this.#unresponsiveAfter = unresponsiveAfter;
  }

  get size(): number {
    return this.#byId.size;
  }

  agent(id: string): Agent | undefined {
    return this.#byId.get(id);
  }

  at(slot: number): Agent {
    return this.#slots[slot]!;
  }

  all(): IterableIterator<Agent> {
    return this.#byId.values();
  }

  /** The agents' configuration by slot, for reading; it stays as it is now, for ever. */
  keepRoster(): readonly (Profile | undefined)[] {
    this.#rosterKept = true;
    return this.#roster;
  }

  roster(): readonly (Profile | undefined)[] {
    return this.#roster;
  }

  /** Columns of a medium seen for the first time. */
  openMedium(name: string): number {
    const medium = this.media.number(name);
    while (this.free.length <= medium) {
      this.free.push(new BitSet(this.#slots.length));
      this.status.push(new Uint8Array(Math.max(64, this.order.turn.length)).fill(NOBODY));
      for (const agent of this.#byId.values()) this.refresh(agent);
    }
    return medium;
  }

  put(config: AgentConfig, nowMs: number): Agent {
    const profile = profileOf(config, this.media);
    let agent = this.#byId.get(config.id);
    if (agent === undefined) {
      const slot = this.#emptySlots.pop() ?? this.#slots.length;
      agent = new Agent(slot, this.#agentsSeen++, profile, nowMs);
      agent.touch = ++this.#touches;
      this.#slots[slot] = agent;
      this.#byId.set(config.id, agent);
      this.order.grow(this.#slots.length);
      for (let medium = 0; medium < this.status.length; medium++) this.#growStatus(medium);
    }
    agent.profile = profile;
    this.#setRoster(agent.slot, profile);
    for (let medium = 0; medium < this.media.size; medium++) this.openMedium(this.media.name(medium));
    this.#staffChanged();
    this.refresh(agent);
    this.show(agent, nowMs);
    if (agent.anyFree) this.freed.add(agent);
    return agent;
  }

  remove(agent: Agent): void {
    this.#byId.delete(agent.id);
    this.leases.delete(agent);
    this.order.remove(agent.slot);
    this.freed.delete(agent);
    agent.anyFree = false;
    for (let medium = 0; medium < this.free.length; medium++) {
      this.free[medium]!.delete(agent.slot);
      this.status[medium]![agent.slot] = NOBODY;
    }
    this.#setRoster(agent.slot, undefined);
    this.#slots[agent.slot] = undefined;
    this.#emptySlots.push(agent.slot);
    this.#staffChanged();
  }

  setWish(agent: Agent, wish: Wish, nowMs: number): void {
    if (agent.wish === wish) return;
    agent.wish = wish;
    if (wish === "available") this.#touch(agent, nowMs);
    this.#changed(agent, nowMs);
  }

  setDevices(agent: Agent, names: readonly string[], nowMs: number): void {
    for (const name of names) this.openMedium(name);
    agent.devices = this.media.mask(names);
    this.#changed(agent, nowMs);
  }

  renewLease(agent: Agent, untilMs: number, nowMs: number): void {
    agent.leaseUntilMs = untilMs;
    this.leases.set(agent, untilMs);
    const lapsed = untilMs <= nowMs;
    if (lapsed === agent.lapsed) return;
    agent.lapsed = lapsed;
    if (!lapsed) this.#touch(agent, nowMs);
    this.#changed(agent, nowMs);
  }

  expireLeases(nowMs: number): void {
    for (let agent = this.leases.first(); agent !== undefined && agent.wakeAtMs <= nowMs; agent = this.leases.first()) {
      this.leases.delete(agent);
      agent.lapsed = true;
      this.#changed(agent, nowMs);
    }
  }

  /** Reserves capacity. An item that the agent already has is left as it is. */
  engage(agent: Agent, itemId: string, medium: number, state: "ringing" | "talking", queueId: string | null, nowMs: number): void {
    if (agent.engaged.has(itemId)) return;
    const { touch, idleSinceMs } = agent;
    this.#touch(agent, nowMs);
    const before = state === "ringing" ? { touch, idleSinceMs, during: agent.touch } : null;
    agent.engaged.set(itemId, { itemId, medium, state, queueId, before });
    this.#changed(agent, nowMs);
  }

  accept(agent: Agent, engagement: Engagement, nowMs: number): void {
    if (engagement.state !== "ringing") return;
    engagement.state = "talking";
    agent.misses = 0;
    this.show(agent, nowMs);
  }

  notAnswered(agent: Agent, engagement: Engagement, why: "declined" | "missed" | "withdrawn", nowMs: number): void {
    if (engagement.state !== "ringing") return;
    agent.engaged.delete(engagement.itemId);
    const { before } = engagement;
    // The customer went: the agent loses no turn, unless something else was given or ended meanwhile.
    if (why === "withdrawn" && before !== null && before.during === agent.touch) {
      agent.touch = before.touch;
      agent.idleSinceMs = before.idleSinceMs;
    } else this.#touch(agent, nowMs);
    if (why === "missed") {
      agent.misses++;
      agent.away = agent.misses >= this.#unresponsiveAfter ? "unresponsive" : "missed";
    }
    this.#changed(agent, nowMs);
  }

  setState(agent: Agent, engagement: Engagement, state: "talking" | "held" | "wrapping", nowMs: number): void {
    if (engagement.state === "ringing" || engagement.state === state) return;
    engagement.state = state;
    this.#changed(agent, nowMs);
  }

  release(agent: Agent, itemId: string, nowMs: number): void {
    if (!agent.engaged.delete(itemId)) return;
    this.#touch(agent, nowMs);
    this.#changed(agent, nowMs);
  }

  back(agent: Agent, nowMs: number): void {
    if (agent.away === null) return;
    if (agent.away === "unresponsive") agent.misses = 0;
    agent.away = null;
    this.#touch(agent, nowMs);
    this.#changed(agent, nowMs);
  }

  #touch(agent: Agent, nowMs: number): void {
    agent.touch = ++this.#touches;
    agent.idleSinceMs = nowMs;
  }

  #changed(agent: Agent, nowMs: number): void {
    this.refresh(agent);
    this.show(agent, nowMs);
  }

  show(agent: Agent, nowMs: number): void {
    const shown = agent.effectiveWish + agent.system;
    if (shown === agent.shown) return;
    agent.shown = shown;
    agent.shownSinceMs = nowMs;
  }

  /** Brings bits, bytes and the idle order in line with the agent. */
  refresh(agent: Agent): void {
    const { slot } = agent;
    let anyFree = false;
    for (let medium = 0; medium < this.free.length; medium++) {
      const column = this.status[medium]!;
      const now = agent.status(medium);
      const was = column[slot]!;
      if (now === FREE) anyFree = true;
      if (now === was) continue;
      column[slot] = now;
      if (now === FREE) {
        this.free[medium]!.add(slot);
        this.freed.add(agent);
      } else if (was === FREE) this.free[medium]!.delete(slot);
      if (isServing(now) !== isServing(was)) {
        this.servingEpoch++;
        if (isServing(was)) this.someoneLeft = true;
      }
    }
    agent.anyFree = anyFree;
    if (anyFree) this.order.put(slot, agent.engaged.size, agent.touch);
    else {
      this.order.remove(slot);
      this.freed.delete(agent);
    }
  }

  #staffChanged(): void {
    this.servingEpoch++;
    this.someoneLeft = true;
  }

  #setRoster(slot: number, profile: Profile | undefined): void {
    if (this.#rosterKept) {
      this.#roster = this.#roster.slice();
      this.#rosterKept = false;
    }
    this.#roster[slot] = profile;
  }

  #growStatus(medium: number): void {
    const column = this.status[medium]!;
    if (column.length >= this.#slots.length) return;
    const grown = new Uint8Array(Math.max(this.#slots.length, column.length * 2)).fill(NOBODY);
    grown.set(column);
    this.status[medium] = grown;
  }
}
