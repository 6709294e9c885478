import type { Waiting, Whisper } from "@tandem/protocol/waiting";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Acd } from "../acd/acd.ts";
import type { Values } from "@tandem/protocol/flow/flow";
import type { Channel, Fact, HandOverTarget, Interaction, LastContact } from "../hub/hub.ts";
import type { FlowPorts } from "./flow-ports.ts";

/** Where facts become durable. `done` is called once, in the order of the calls for one interaction; in the simulator at once. */
export interface FactStore {
  append(write: FactWrite, done: (error: Error | null) => void): void;
}

export interface FactWrite {
  /** An interaction's id, or an agent's for facts about the agent. */
  subjectId: string;
  facts: readonly { type: string; atMs: number; body: object }[];
  /** The state that the facts lead to; null for facts about an agent. */
  state: Interaction | null;
}

/** Timers that outlive the process; they may fire late, never early, and come back through `Centre.timerDue`. */
export interface DurableTimers {
  set(kind: DurableTimer, interactionId: string, atMs: number): void;
}
export type DurableTimer = "idle";

export interface Customers {
  /** Never fails: an unreachable customer base gives null, said in the log by whoever serves this port. `card`: what flows may know of them. */
  identify(medium: string, from: string, fromName: string, language: "fr" | "en", done: (found: Identified | null, card?: Values | null) => void): void;
}
export interface Identified {
  customerId: string;
  name: string;
  known: boolean;
  language: "fr" | "en" | null;
  last: LastContact | null;
}

/** What the centre reads of the directory. */
export interface Setup {
  /** The flow that a number or page runs, and its language; null = nobody lives there. */
  flowFor(to: string): { definition: unknown; language: "fr" | "en" } | null;
  queue(id: string): { name: string; ringMs: number; wrapMs: number; needs: readonly { skillId: string; minLevel: number }[]; priority: number } | null;
  agent(id: string): { name: string; language: "fr" | "en" } | null;
  /** What customers hear while waiting there, and agents before the customer. */
  waiting(queueId: string): Waiting;
  /** How far off the waits said there were lately; null = not measured. */
  waitError(queueId: string): { p90Ms: number; count: number } | null;
  whisper(queueId: string): Whisper;
  /** What an agent types on a phone to transfer: a queue's or agent's short name. */
  transferTarget(typed: string): { kind: "queue"; queueId: string } | { kind: "agent"; agentId: string } | null;
  /** Somebody who is not the centre's, by their number as that agent may dial it: an extension, a ring group, an outside number. */
  handOverTarget(agentId: string, typed: string): { ok: true; to: HandOverTarget } | { ok: false; code: "unknown-target" | "not-allowed-outside" };
}

export interface CentreOptions {
  clock: Clock;
  chance: Chance;
  log: Log;
  store: FactStore;
  acd: Acd;
  channels: readonly Channel[];
  customers: Customers;
  setup: Setup;
  /** Of dialogues; absent: flows run, and nothing outside answers them. */
  flows?: FlowPorts;
  timers: DurableTimers;
  /** Reads back an interaction that is closed. */
  closed(id: string, done: (interaction: Interaction | null) => void): void;
}

/** A fact that became durable, with the state after it. */
export interface InteractionChange {
  interaction: Interaction;
  facts: readonly Fact[];
}
