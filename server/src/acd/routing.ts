import { FREE } from "./agent.ts";
import type { Acd, AcdDecision, AgentConfig, AgentLive, OverflowTo, QueueConfig, RoutingReason, WaitingItem, Wish } from "./contract.ts";
import { Matcher } from "./match.ts";
import { Media } from "./media.ts";
import { Pools } from "./pools.ts";
import { WaitingRoom } from "./room.ts";
import { Staff } from "./staff.ts";

/** The contract over its parts: staff, pools, waiting room, matcher. */
export class Routing implements Acd {
  readonly #staff: Staff;
  readonly #pools = new Pools();
  readonly #room: WaitingRoom;
  readonly #matcher: Matcher;
  #nowMs = 0;

  constructor(unresponsiveAfter: number, overflowTo: OverflowTo) {
    this.#room = new WaitingRoom(this.#pools, overflowTo);
    this.#staff = new Staff(new Media(), unresponsiveAfter);
    this.#matcher = new Matcher(this.#staff, this.#pools, this.#room);
  }

  #at(nowMs: number): number {
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
    return this.#nowMs;
  }

  putQueue(queue: QueueConfig, nowMs: number): void {
    this.#room.putQueue(queue, this.#at(nowMs));
  }

  removeQueue(queueId: string, nowMs: number): void {
    this.#room.removeQueue(queueId, this.#at(nowMs));
  }

  putAgent(config: AgentConfig, nowMs: number): void {
    const before = this.#staff.agent(config.id)?.profile ?? null;
    const agent = this.#staff.put(config, this.#at(nowMs));
    this.#pools.agentChanged(agent, before, agent.profile);
  }

  removeAgent(agentId: string, nowMs: number): void {
    this.#at(nowMs);
    const agent = this.#staff.agent(agentId);
    if (agent === undefined) return;
    this.#staff.remove(agent);
    this.#pools.agentChanged(agent, agent.profile, null);
  }

  setWish(agentId: string, wish: Wish, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    if (agent !== undefined) this.#staff.setWish(agent, wish, this.#at(nowMs));
  }

  setDevices(agentId: string, media: readonly string[], nowMs: number, elsewhere: readonly string[] = []): void {
    const agent = this.#staff.agent(agentId);
    if (agent !== undefined) this.#staff.setDevices(agent, media, this.#at(nowMs), elsewhere);
  }

  renewLease(agentId: string, untilMs: number): void {
    const agent = this.#staff.agent(agentId);
    if (agent !== undefined) this.#staff.renewLease(agent, untilMs, this.#nowMs);
  }

  enqueue(item: WaitingItem, nowMs: number): void {
    this.#room.enqueue(item, this.#staff.openMedium(item.medium), this.#at(nowMs));
  }

  dequeue(itemId: string): void {
    this.#room.dequeue(itemId);
  }

  accepted(itemId: string, agentId: string, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    const engagement = agent?.engagement(itemId);
    if (agent !== undefined && engagement !== undefined) this.#staff.accept(agent, engagement, this.#at(nowMs));
  }

  notAnswered(itemId: string, agentId: string, why: "declined" | "missed" | "withdrawn", nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    const engagement = agent?.engagement(itemId);
    if (agent !== undefined && engagement !== undefined) this.#staff.notAnswered(agent, engagement, why, this.#at(nowMs));
  }

  setHeld(itemId: string, agentId: string, held: boolean, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    const engagement = agent?.engagement(itemId);
    if (agent === undefined || engagement === undefined || engagement.state === "wrapping") return;
    this.#staff.setState(agent, engagement, held ? "held" : "talking", this.#at(nowMs));
  }

  wrapping(itemId: string, agentId: string, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    const engagement = agent?.engagement(itemId);
    if (agent !== undefined && engagement !== undefined) this.#staff.setState(agent, engagement, "wrapping", this.#at(nowMs));
  }

  released(itemId: string, agentId: string, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    const engagement = agent?.engagement(itemId);
    if (agent !== undefined && engagement !== undefined) this.#staff.release(agent, engagement, this.#at(nowMs));
  }

  engage(itemId: string, agentId: string, medium: string, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    if (agent === undefined) return;
    this.#room.dequeue(itemId);
    this.#staff.engage(agent, itemId, this.#staff.openMedium(medium), "talking", null, this.#at(nowMs));
  }

  back(agentId: string, nowMs: number): void {
    const agent = this.#staff.agent(agentId);
    if (agent !== undefined) this.#staff.back(agent, this.#at(nowMs));
  }

  decide(nowMs: number): AcdDecision[] {
    return this.#matcher.decide(this.#at(nowMs));
  }

  nextWakeAt(): number | null {
    if (this.#room.dirty.size > 0 || (this.#room.size > 0 && (this.#staff.freed.size > 0 || this.#staff.someoneLeft))) return this.#nowMs;
    const at = Math.min(this.#room.wakes.nextAt(), this.#staff.leases.nextAt());
    return at === Infinity ? null : at;
  }

  position(itemId: string): { position: number; of: number; estimatedWaitMs: number | null } | null {
    this.#room.lineUp();
    const item = this.#room.item(itemId);
    const home = item?.entries[0];
    if (item === undefined || home === undefined) return null;
    let estimatedWaitMs: number | null = null;
    for (const entry of item.entries) {
      // A rate of the past says nothing once everybody has gone home.
      if (!this.#matcher.isAnyoneServing(entry)) continue;
      const { line, answers } = entry.queue;
      const head = line.at(0) ?? entry;
      const waitMs = answers.waitMs(line.indexOf(entry) + 1, head.item.standsSinceMs(head), this.#nowMs);
      if (waitMs !== null) estimatedWaitMs = Math.min(estimatedWaitMs ?? Infinity, waitMs);
    }
    return { position: home.queue.line.indexOf(home) + 1, of: home.queue.line.size, estimatedWaitMs };
  }

  agent(agentId: string): AgentLive | null {
    return this.#staff.agent(agentId)?.live(this.#staff.media) ?? null;
  }

  agents(): AgentLive[] {
    return Array.from(this.#staff.all(), (agent) => agent.live(this.#staff.media));
  }

  waiting(queueId: string): { count: number; oldestSinceMs: number | null; freeAgents: number; staffed: number } {
    this.#room.lineUp();
    const queue = this.#room.queue(queueId);
    if (queue === undefined) return { count: 0, oldestSinceMs: null, freeAgents: 0, staffed: 0 };
    let oldestSinceMs: number | null = null;
    for (let at = 0; at < queue.line.size; at++) oldestSinceMs = Math.min(oldestSinceMs ?? Infinity, queue.line.at(at)!.item.sinceMs);
    let freeAgents = 0;
    let staffed = 0;
    for (const slot of this.#pools.pool(queue.pools, [], 0).members) {
      if (this.#staff.at(slot).effectiveWish !== "offline") staffed++;
      if (this.#staff.status.some((column) => column[slot] === FREE)) freeAgents++;
    }
    return { count: queue.line.size, oldestSinceMs, freeAgents, staffed };
  }

  explain(itemId: string, nowMs: number): RoutingReason | null {
    const item = this.#room.item(itemId);
    return item === undefined ? null : this.#matcher.explain(item, this.#at(nowMs));
  }
}
