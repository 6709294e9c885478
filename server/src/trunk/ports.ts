/** What the room is given, and what it gives. */
import type { CallClass } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { SipAuth, SipCommand, SipDiversion, SipEvent, SipVia } from "../sip/sip.ts";
import type { Attest } from "./stir/passport.ts";
import type { TrunkStore } from "./store.ts";

export type IncomingCall = Extract<SipEvent, { type: "incoming" }>;

/** A call that somebody of the house places outside. */
export interface OutboundCall {
  /** As dialled, without the digit for an outside line. */
  dialled: string;
  callClass: CallClass;
  /** E.164 of the caller's own; null = the trunk's. */
  callerNumber: string | null;
  callerName: string;
  account: string;
  /** The caller withholds their number (CLIR). */
  anonymous: boolean;
  emergency?: boolean;
  /** Nobody is called: nothing is counted, and what an account called or spent in the last hour refuses nothing. */
  onlyAsked?: boolean;
  /** A forwarded call: who is really calling, shown where the operator allows it; its stations go as History-Info and Diversion by `invite.history`. */
  onBehalfOf?: { e164: string; name: string };
}

/** One try on one trunk: what an `invite` needs. */
export interface TrunkAttempt {
  trunkId: string;
  target: { uri: string };
  from: { user: string; display: string; host: string };
  headers: Readonly<Record<string, string>>;
  auth?: SipAuth;
  via: SipVia;
  /** A hop that says nothing is left after this. */
  noReplyMs: number;
  srtp: "off" | "offered" | "required";
}

export type TrunkPlan =
  | { ok: true; e164: string; attempts: TrunkAttempt[] }
  | { ok: false; status: number; why: "not-allowed" | "no-route" | "not-a-number" | "fraud" | "busy" };

export interface InboundCall {
  trunkId: string;
  trunkName: string;
  /** Null: withheld, or no number. */
  callerE164: string | null;
  callerName: string;
  anonymous: boolean;
  calledE164: string | null;
  /** Of the signature of the caller's number (STIR). */
  verified: "passed" | "failed" | "none";
  attest: Attest | null;
  /** RDP-03. */
  data: { metadata: Record<string, string>; crmRecord: Record<string, string> };
  /** Who the call was forwarded from before it came to us. */
  history: readonly SipDiversion[];
}

/** Why a trunk is in its state; words are made by whoever shows it. */
export type TrunkWhy =
  | { why: "inactive" | "not-asked" | "asking" | "answers" | "name-not-found" | "no-answer" | "not-reachable" | "ended" }
  | { why: "registered"; untilMs: number }
  | { why: "refused"; status: number; reason: string };

export interface TrunkState {
  state: "off" | "unknown" | "up" | "down";
  reason: TrunkWhy;
  sinceMs: number;
  calls: number;
}

/** The rules against toll fraud (room `border`). */
export interface FraudPort {
  check(call: { account: string; e164: string }, nowMs: number): { ok: boolean };
  /** Only asked, for a call that is made another time. */
  allows(e164: string): boolean;
  started(callId: string, account: string, e164: string, nowMs: number): void;
  ended(callId: string, nowMs: number): void;
}

export interface TrunkOptions {
  sip: { command(command: SipCommand): void };
  store: TrunkStore;
  clock: Clock;
  chance: Chance;
  log: Log;
  fraud: FraudPort;
  /** Of the house. */
  region(): string;
  emergencyNumbers(): readonly string[];
  /** The user of our Contact at a trunk's registrar: secret, and the same after a restart, or the operator would ring one that is gone. */
  contactUser(trunkId: string): string;
  /** A certificate of the RFC 8226 kind, PEM; null when it is not to be had. Never rejects. */
  fetchCertificate(url: string): Promise<string | null>;
}

export interface Trunks {
  /** Which trunks to try for a number as dialled, in order; nothing happens. */
  plan(call: OutboundCall, nowMs: number): TrunkPlan;
  /** Which trunk this INVITE came by, and who calls whom; null = by none. */
  inbound(incoming: IncomingCall): InboundCall | null;
  /** Something must be fetched before `inbound` can tell whether the caller's number is verified; null: ask at once. Never rejects. */
  prepare(incoming: IncomingCall): Promise<void> | null;
  /** That source or that user of the request is one of our trunks': it may call without a password. */
  admits(user: string, address: string): boolean;
  /** One more call is on that trunk, in or out; `account` "" for a call that comes in. */
  started(trunkId: string, callId: string, e164: string, account: string, nowMs: number): void;
  ended(callId: string, nowMs: number): void;
  /** No more calls may come in by it now. */
  isFull(trunkId: string): boolean;
  /** After a refusal before anything rang: true, the next attempt may do. */
  failed(trunkId: string, status: number): boolean;
  state(trunkId: string): TrunkState;
  onState(hear: (trunkId: string) => void): void;
  /** True when it was ours. */
  onSip(event: SipEvent): boolean;
  /** Registers and asks; follows the store from then on. */
  start(): void;
  /** Says goodbye to the registrars; resolves when they answered, or soon after. */
  stop(): Promise<void>;
}
