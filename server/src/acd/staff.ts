import { Agent, FREE, NOBODY, isServing, profileOf } from "./agent.ts";
import type { Engagement, Profile, Waited } from "./agent.ts";
import { Changed } from "./changed.ts";
import type { AgentConfig, Wish } from "./contract.ts";
import { IdleOrder, turnOf } from "./idle-order.ts";
import { Ledger } from "./ledger.ts";
import type { Page } from "./ledger.ts";
import type { Media } from "./media.ts";
import { WakeHeap } from "./wake-heap.ts";

/**
 * Every agent, and what matching asks of all of them as columns by slot: who is next and why not, per medium. Tells
 * matching who became free and whether somebody left.
 */
export class Staff {
  readonly media: Media;
  /** Who is free for anything. */
  readonly order = new IdleOrder();
  /** By medium, by slot: the turn (idle-order.ts) of who is free for it, else Infinity. */
  readonly turns: Float64Array[] = [];
  /** By medium: how many are free. */
  readonly free: number[] = [];
  /** By medium: status of every slot (agent.ts). */
  readonly status: Uint8Array[] = [];
  readonly leases = new WakeHeap<Agent>();
  /** Agents who can take something that they could not before; emptied by matching. */
  readonly freed = new Changed<Agent>();
  /** Counts each time that somebody began or ceased to be at work for a medium, or was configured anew. */
  servingEpoch = 0;
  /** Somebody ceased to be at work: those who waited for others may now have nobody else. */
  someoneLeft = false;
  readonly #unresponsiveAfter: number;
  readonly #byId = new Map<string, Agent>();
  readonly #slots: (Agent | undefined)[] = [];
  /** By slot, whatever the medium: when something was last given or ended. */
  #idleSinceMs = new Float64Array(64);
  readonly #ledger = new Ledger();
  /** Configuration by slot as the ledger keeps it; null = to be taken anew. */
  #roster: readonly (Profile | undefined)[] | null = null;
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

  /** The page of history that ends now: with its count of entries, what every agent was at this instant. */
  page(): Page {
    return this.#ledger.page(
      () => (this.#roster ??= this.#slots.map((agent) => agent?.profile)),
      () => ({ status: this.status, turns: this.order.turn, idleSinceMs: this.#idleSinceMs }),
    );
  }

  /** Columns of a medium seen for the first time. */
  openMedium(name: string): number {
    const medium = this.media.number(name);
    while (this.turns.length <= medium) {
      this.#ledger.close();
      this.turns.push(new Float64Array(this.order.turn.length).fill(Infinity));
      this.free.push(0);
      this.status.push(new Uint8Array(this.order.turn.length).fill(NOBODY));
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
      this.#grow();
    }
    agent.profile = profile;
    this.#configChanged();
    for (let medium = 0; medium < this.media.size; medium++) this.openMedium(this.media.name(medium));
    this.refresh(agent);
    this.show(agent, nowMs);
    if (agent.anyFree) this.freed.add(agent);
    return agent;
  }

  remove(agent: Agent): void {
    this.#byId.delete(agent.id);
    this.leases.delete(agent);
    this.freed.delete(agent);
    agent.anyFree = false;
    this.order.remove(agent.slot);
    for (let medium = 0; medium < this.turns.length; medium++) {
      if (this.status[medium]![agent.slot] === FREE) this.free[medium]!--;
      this.turns[medium]![agent.slot] = Infinity;
      this.status[medium]![agent.slot] = NOBODY;
    }
    this.#slots[agent.slot] = undefined;
    this.#emptySlots.push(agent.slot);
    this.#configChanged();
  }

  setWish(agent: Agent, wish: Wish, nowMs: number): void {
    if (agent.wish === wish) return;
    agent.wish = wish;
    if (wish === "available") this.#touch(agent, nowMs);
    this.#changed(agent, nowMs);
  }

  setDevices(agent: Agent, names: readonly string[], nowMs: number, elsewhere: readonly string[]): void {
    for (const name of names) this.openMedium(name);
    for (const name of elsewhere) this.openMedium(name);
    agent.devices = this.media.mask(names);
    agent.elsewhere = this.media.mask(elsewhere);
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
    for (let agent = this.leases.wake(nowMs); agent !== null; agent = this.leases.wake(nowMs)) {
      agent.lapsed = true;
      this.#changed(agent, nowMs);
    }
  }

  /** Reserves capacity. An item that the agent already has is left as it is. */
  engage(agent: Agent, itemId: string, medium: number, state: "ringing" | "talking", waited: Waited | null, nowMs: number): void {
    if (agent.engagement(itemId) !== undefined) return;
    const { touch: touchBefore, idleSinceMs: idleSinceMsBefore } = agent;
    this.#touch(agent, nowMs);
    agent.take({ itemId, medium, state, waited, touchBefore, idleSinceMsBefore, touch: agent.touch, next: null });
    this.#changed(agent, nowMs);
  }

  accept(agent: Agent, engagement: Engagement, nowMs: number): void {
    if (engagement.state !== "ringing") return;
    engagement.state = "talking";
    const { waited } = engagement;
    waited?.pace.answered(waited.enteredMs, waited.offeredMs, nowMs);
    agent.misses = 0;
    this.show(agent, nowMs);
  }

  notAnswered(agent: Agent, engagement: Engagement, why: "declined" | "missed" | "withdrawn", nowMs: number): void {
    if (engagement.state !== "ringing") return;
    agent.drop(engagement);
    // The customer went: the agent loses no turn, unless something else was given or ended meanwhile.
    if (why === "withdrawn" && engagement.touch === agent.touch) {
      agent.touch = engagement.touchBefore;
      agent.idleSinceMs = engagement.idleSinceMsBefore;
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

  release(agent: Agent, engagement: Engagement, nowMs: number): void {
    agent.drop(engagement);
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
    const { effectiveWish, system } = agent;
    if (effectiveWish === agent.shownWish && system === agent.shownSystem) return;
    agent.shownWish = effectiveWish;
    agent.shownSystem = system;
    agent.shownSinceMs = nowMs;
  }

  /** Brings the columns in line with the agent. */
  refresh(agent: Agent): void {
    const { slot } = agent;
    const turn = turnOf(agent.inHand, agent.touch);
    if (this.order.turn[slot] !== turn || this.#idleSinceMs[slot] !== agent.idleSinceMs) {
      this.#idleSinceMs[slot] = agent.idleSinceMs;
      this.#ledger.touch(slot, turn, agent.idleSinceMs);
    }
    let anyFree = false;
    for (let medium = 0; medium < this.turns.length; medium++) {
      const column = this.status[medium]!;
      const now = agent.status(medium);
      const was = column[slot]!;
      if (now === FREE) {
        anyFree = true;
        this.turns[medium]![slot] = turn;
      }
      if (now === was) continue;
      column[slot] = now;
      this.#ledger.status(slot, medium, now);
      if (now === FREE) {
        this.free[medium]!++;
        this.freed.add(agent);
      } else if (was === FREE) {
        this.free[medium]!--;
        this.turns[medium]![slot] = Infinity;
      }
      if (isServing(now) !== isServing(was)) {
        this.servingEpoch++;
        if (isServing(was)) this.someoneLeft = true;
      }
    }
    agent.anyFree = anyFree;
    if (anyFree) this.order.put(slot, turn);
    else {
      this.order.remove(slot);
      this.order.turn[slot] = turn;
      this.freed.delete(agent);
    }
  }

  #configChanged(): void {
    this.#ledger.close();
    this.#roster = null;
    this.servingEpoch++;
    this.someoneLeft = true;
  }

  #grow(): void {
    const before = this.order.turn.length;
    if (this.#slots.length <= before) return;
    const size = before * 2;
    this.order.grow(size);
    const idleSinceMs = new Float64Array(size);
    idleSinceMs.set(this.#idleSinceMs);
    this.#idleSinceMs = idleSinceMs;
    for (let medium = 0; medium < this.turns.length; medium++) {
      const turns = new Float64Array(size).fill(Infinity);
      turns.set(this.turns[medium]!);
      this.turns[medium] = turns;
      const status = new Uint8Array(size).fill(NOBODY);
      status.set(this.status[medium]!);
      this.status[medium] = status;
    }
  }
}
