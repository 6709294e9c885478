import type { AcdDecision, QueueConfig, RoutingReason, WaitingItem } from "../server/src/acd/acd.ts";
import { seededChance } from "../server/src/base/chance.ts";
import type { Bench, RoutingWorld } from "./routing-world.ts";

/**
 * calm: half of the agents are in a call; a call arrives and is offered at once, and another call ends.
 * full: everybody is in a call and 5,000 calls wait; a call ends, the freed agent gets the one whose turn it is, one joins.
 * mixed: half in a call, two chats each for half; a call or a chat (half and half) arrives, and any contact ends.
 */
export type DayKind = "calm" | "full" | "mixed";

const WAITING = 5000;
const KEPT = 1000;
/** Beginning of the day, epoch ms: the size of real times. */
const DAY_MS = 1_760_000_000_000;

export interface Measured {
  decisions: number;
  /** In the engine and in handing it the prepared events: CPU time of this thread, and wall time. */
  cpuMs: number;
  wallMs: number;
  /** To read one of the kept reasons to the last field, wall time, after the round. */
  readUs: number;
  /** Sorted latencies, wall time, of the commands that led to an offer, with their `decide`. */
  us: Float64Array;
}

/** A day of events, played in rounds; the events of a round are prepared before its time runs. */
export class RoutingDay {
  /** Every decision as item>agent, for comparing engines; the first few thousand. */
  readonly choices: string[] = [];
  readonly #acd: Bench;
  readonly #kind: DayKind;
  readonly #queues: readonly QueueConfig[];
  /** Two streams, so that the events are the same however they are cut into rounds. */
  readonly #arrivals = seededChance(7);
  readonly #ends = seededChance(8);
  readonly #itemIds: string[] = [];
  readonly #agentIds: string[] = [];
  readonly #kept: RoutingReason[] = [];
  #busy = 0;
  #steady = 0;
  #nowMs = DAY_MS;
  #arrived = 0;
  #made = 0;
  #us = new Float64Array(0);
  #timed = 0;

  constructor(acd: Bench, { agents, queues }: RoutingWorld, kind: DayKind) {
    this.#acd = acd;
    this.#kind = kind;
    this.#queues = queues;
    const take = (id: string, agentId: string, medium: string): void => {
      acd.engage(id, agentId, medium, DAY_MS);
      this.#itemIds[this.#busy] = id;
      this.#agentIds[this.#busy++] = agentId;
    };
    agents.forEach(({ id }, n) => {
      if (kind === "full" || n % 2 === 0) take(`v${n}`, id, "voice");
      if (kind === "mixed" && n % 4 < 2) for (const chat of [0, 1]) take(`t${n}.${chat}`, id, "chat");
    });
    this.#steady = this.#busy;
    const waiting = kind === "full" ? WAITING : 0;
    for (let n = 0; n < waiting; n++) acd.enqueue(this.#item(++this.#nowMs), this.#nowMs);
    acd.decide(this.#nowMs);
  }

  /** `events`: arrivals; about as many are decided. */
  run(events: number): Measured {
    const arrivals = Array.from({ length: events }, (_, n) => this.#item(this.#nowMs + n + 1));
    /** Which of the contacts in hand ends, as a share of their number. */
    const ends = Float64Array.from({ length: events }, () => this.#ends.next());
    this.#us = new Float64Array(events + WAITING);
    this.#timed = 0;
    const full = this.#kind === "full";
    const cpu = process.threadCpuUsage();
    const began = performance.now();
    for (let n = 0; n < events; n++) {
      this.#nowMs++;
      if (!full) this.#arrive(arrivals[n]!);
      if (full || this.#busy > this.#steady) this.#end(Math.floor(ends[n]! * this.#busy));
      if (full) this.#arrive(arrivals[n]!);
    }
    const wallMs = performance.now() - began;
    const { user, system } = process.threadCpuUsage(cpu);
    const reading = performance.now();
    for (const reason of this.#kept) if (JSON.stringify(reason).length < 100) throw new Error("a reason without content");
    const readUs = ((performance.now() - reading) * 1000) / this.#kept.length;
    return { decisions: this.#timed, readUs, cpuMs: (user + system) / 1000, wallMs, us: this.#us.subarray(0, this.#timed).sort() };
  }

  #item(sinceMs: number): WaitingItem {
    const { next } = this.#arrivals;
    const medium = this.#kind === "mixed" && next() < 0.5 ? "chat" : "voice";
    return {
      id: `c${this.#arrived++}`, medium, queueId: this.#queues[Math.floor(next() * this.#queues.length)]!.id, needs: [], priority: Math.floor(next() * 3),
      sinceMs, preferredAgentId: null, preferredForMs: 0, returned: false, avoid: [],
    };
  }

  #arrive(item: WaitingItem): void {
    const from = performance.now();
    this.#acd.enqueue(item, this.#nowMs);
    const decisions = this.#acd.decide(this.#nowMs);
    if (decisions.length > 0) this.#take(decisions, from);
  }

  #end(at: number): void {
    const itemId = this.#itemIds[at]!;
    const agentId = this.#agentIds[at]!;
    this.#busy--;
    this.#itemIds[at] = this.#itemIds[this.#busy]!;
    this.#agentIds[at] = this.#agentIds[this.#busy]!;
    const from = performance.now();
    this.#acd.released(itemId, agentId, this.#nowMs);
    const decisions = this.#acd.decide(this.#nowMs);
    if (decisions.length > 0) this.#take(decisions, from);
  }

  #take(decisions: readonly AcdDecision[], from: number): void {
    const tookUs = (performance.now() - from) * 1000;
    for (const d of decisions) {
      if (d.type !== "offer") continue;
      this.#us[this.#timed++] = tookUs;
      this.#kept[this.#made % KEPT] = d.reason;
      if (this.choices.length < 4000) this.choices.push(`${d.itemId}>${d.agentId}`);
      this.#made++;
      this.#itemIds[this.#busy] = d.itemId;
      this.#agentIds[this.#busy++] = d.agentId;
      this.#acd.accepted(d.itemId, d.agentId, this.#nowMs);
      const more = this.#acd.decide(this.#nowMs);
      if (more.some((m) => m.type === "offer")) throw new Error("accepting an offer frees nobody");
    }
  }
}
