/** What promised calls are to whoever uses them: what is booked, what is done, and what they need of the world. */
import type { CallbackOffer, CallbackSettings, CallbackView } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db, Tx } from "../db/db.ts";
import type { CalledBack, Fact, Interaction, Language, TrailStep } from "../hub/hub.ts";
import type { Ledger } from "./ledger.ts";
import type { CallbackRequest } from "./request.ts";
import type { Filter } from "./request-store.ts";
/** A queue as it is now. */
export interface QueueFacts {
  name: string;
  ringMs: number;
  wrapMs: number;
  priority: number;
  waiting: number;
  /** Of the one who would come last; null = not known. */
  estimatedWaitMs: number | null;
}

/** A call to be begun. */
export interface CallNow {
  interactionId: string;
  request: CallbackRequest;
  settings: CallbackSettings;
  agentRingMs: number;
  place: CalledBack;
}

export interface CallbackOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  ledger: Ledger;
  settings(queueId: string): CallbackSettings;
  /** In order, within the time asked for. */
  openings(queueId: string, language: Language, fromMs: number, toMs: number): readonly Slot[];
  queue(id: string): QueueFacts | null;
  /** As it will be dialled: E.164 or an extension. Nothing happens by asking. */
  dialable(number: string, queueId: string): { ok: true; number: string } | { ok: false; why: "not-a-number" | "not-allowed" };
  /** The form in which numbers are compared: as `dialable` gives them. */
  sameForm(number: string): string;
  /** False: no line is free. */
  call(call: CallNow): boolean;
  /** The contact, while anybody knows of it. `over`: closed, and about to be told so. `reached`: its customer has answered, and nobody cuts them off. */
  contact(interactionId: string): { over: boolean; reached: boolean } | null;
  /** The contact by which that number speaks with us, or is being called, now; null = none. */
  onTheLine(number: string): string | null;
  /** Ends the contact of a call that is not wanted any more. */
  end(interactionId: string): void;
  /** In the transaction that makes a promise, or gives it another time: its customer is to be told (links.ts). Absent = nobody is. */
  toTell?: (tx: Tx, request: CallbackRequest) => Promise<void>;
}

export interface Booking {
  queueId: string;
  number: string;
  slot: Slot | null;
  name: string;
  customerId: string | null;
  language: Language;
  reason: string | null;
  priority: number;
  needs?: readonly { skillId: string; minLevel: number }[];
  trail?: readonly TrailStep[];
  data?: Readonly<Record<string, string>>;
  /** Of the customer, for the link; as they typed it. */
  email?: string | null;
  agentId?: string | null;
  by: CallbackView["by"];
  byName: string;
  /** The visitor or user who asks; "" = the caller. */
  byId?: string;
  /** The number is not known to be theirs (a page's never is): no extension is rung, and no promise of somebody else's is changed. */
  stranger?: boolean;
  to: string;
  /** Of the place in the queue; absent = now. */
  sinceMs?: number;
  /** The estimate that was announced; absent = none. */
  estimatedWaitMs?: number | null;
  /** An agent's promise is theirs to make: neither hours nor capacity are asked. */
  unbound?: boolean;
}
export type Booked = { ok: true; request: CallbackRequest; /** Opens it again for the customer. Null: it was promised before. */ token: string | null } | { ok: false; why: "not-a-number" | "not-allowed" | "not-offered" | "full" | "unknown-queue" };

export interface Callbacks {
  /** Reads what is open. Nobody is called before `start`. */
  open(): Promise<void>;
  start(): void;
  stop(): void;
  offer(queueId: string, language: Language): CallbackOffer;
  book(booking: Booking): Promise<Booked>;
  move(id: string, slot: Slot | null): Promise<Booked>;
  /** One whose customer has answered is not taken back any more: answered as it is. */
  cancel(id: string, by: "customer" | "staff"): Promise<CallbackRequest | null>;
  /** Now, and by this agent first. Null: it is over, or somebody calls them already. */
  callNow(id: string, agentId: string): Promise<CallbackRequest | null>;
  /** The agent who has the call heard a machine. False: it is not theirs, or over. */
  machine(id: string, agentId: string): boolean;
  get(id: string): Promise<CallbackRequest | null>;
  byToken(token: string): Promise<CallbackRequest | null>;
  /** A new link for the customer; the one of before opens nothing any more. */
  renewToken(id: string): Promise<string>;
  list(filter: Filter): Promise<CallbackRequest[]>;
  /** As it would be dialled, however it is written; null = it is not called. */
  dialled(number: string, queueId: string): string | null;
  /** Of that number, in whichever queue. */
  openFor(number: string): CallbackRequest[];
  openIn(queueId: string): number;
  isOpen(id: string): boolean;
  /** What the centre tells: calls that end, customers who call in. */
  follow(change: { interaction: Interaction; facts: readonly Fact[] }): void;
  queueGone(queueId: string): void;
  onChange(hear: (request: CallbackRequest, fresh: boolean) => void): void;
  tidy(): Promise<void>;
  /** Everything is written. */
  settled(): Promise<void>;
}
