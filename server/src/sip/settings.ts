import type { Chance } from "../base/chance.ts";
import type { Flow, SipIdentity, SipPackage } from "./contract.ts";

/** What the SIP core is given by whoever makes it: secrets and times, and rules to ask (who may, where to). What it then says and hears: contract.ts. */

/** Credentials of one account. `ha1` values are hex of H(user:realm:password) (RFC 8760 for SHA-256). */
export interface SipCredentials {
  account: string;
  ha1Md5: string | null;
  ha1Sha256: string | null;
}

export interface SipCoreOptions {
  /** Digest realm and the host part that is ours, e.g. "tandem.local". Requests to our listening addresses are ours too. */
  domain: string;
  credentials(account: string): SipCredentials | null;
  /** True when `user` is a number or name that anybody may call without credentials (a number of the centre). */
  isPublicTarget(user: string, address: string): boolean;
  /** True for an address that an administrator named (a trunk's): many calls at a time may come from there (limits.ts). Absent: none is. */
  isKnownSource?(address: string): boolean;
}

/** Who may watch what (RFC 6665), and what it looks like. */
export interface SipEventRules {
  /** `pkg` is a SipPackage or "reg"; `resource` is the user part of the URI that was subscribed to. */
  may(account: string, pkg: string, resource: string): boolean;
  /** The document as that watcher may see it; null = no such resource. `version` counts the NOTIFYs of one subscription from 0 (RFC 4235). */
  state(pkg: SipPackage, resource: string, about: { watcher: string; version: number }): string | null;
}

/** What the border decides about what it has let in (room `border`). */
export interface SipBorder {
  /** May that address try that account's password now? False: what it says is refused unchecked. */
  mayTry(account: string, flow: Flow, nowMs: number): boolean;
  /** One more authenticated request of that account; false: 503. */
  mayAsk(account: string, nowMs: number): boolean;
  /** May somebody without an account call that number of the centre from there? False: challenged like any other target. */
  strangerMayCall(toUser: string, flow: Flow, nowMs: number): boolean;
  /** One more call from there to that user; false: 503. */
  mayCall(from: SipIdentity, toUser: string, flow: Flow, nowMs: number): boolean;
  /** Somebody there knew the tag that only our answer told (the ACK of a call): that address is not forged. */
  proven(flow: Flow, nowMs: number): void;
}

/** What `createSipCore` needs beside the options: chance (tags, branches, nonces; strong in `app`) and times that a test may shorten. */
export interface SipCoreSettings extends SipCoreOptions {
  chance: Chance;
  /** Absent: the border lets everybody through. */
  border?: SipBorder;
  /** Registration lifetimes, seconds; defaults 30, 3600, 600 (what a client gets that asks for nothing). */
  minExpiresS?: number;
  maxExpiresS?: number;
  defaultExpiresS?: number;
  /** Session interval that we propose (RFC 4028), seconds; default 1800, at least 90. */
  sessionExpiresS?: number;
  /** Absent: nobody may subscribe to anything but their own registration. */
  events?: SipEventRules;
  /**
   * What we are for a request outside a dialog, asked after the gate; pure, and sometimes asked as if the sender had authenticated.
   * Absent = user agent for everything. What it sends elsewhere it answers for: a stranger (`trusted` false) goes where it says.
   */
  route?(question: RouteQuestion): RouteDecision;
  /** May a call of ours follow a 3xx to that contact (RFC 3261 8.1.3.4)? `from` = host that redirected. Default: contacts in our domain only. */
  mayFollow?(contact: { user: string; host: string }, from: string): boolean;
  /** Shared by processes that answer for each other (several workers on one port): makes Record-Routes of one valid in all. Nonces stay each one's own, with their counts: one of another is stale. Absent = by chance. */
  secret?: string;
  /** Shared by nodes among which a proxy hands one request on: makes nonces of one valid in all, though their counts stay each one's own (decision 0032). Absent = by chance. */
  nonceSecret?: string;
  /** 16 bytes that make temporary GRUUs; kept over a restart, or those handed out before lead nowhere. Absent = by chance. */
  gruuKey?: Uint8Array;
}

export interface RouteQuestion {
  method: string;
  /** The Request-URI; `host` "" for tel. `ours`: that host is us (always for tel). */
  target: { scheme: "sip" | "sips" | "tel"; user: string; host: string; ours: boolean };
  from: SipIdentity;
  /** Digest succeeded. */
  trusted: boolean;
}

/** A URI, or the registered contacts of an account. */
export type RouteTarget = { uri: string } | { account: string };

export type RouteDecision =
  | { as: "agent" }
  /**
   * Stateful proxy (RFC 3261 16): all targets of a group at once, the next group when one is done without success. Contacts of one account
   * with lower q come after those with higher. `ringMs`: how long a group may ring (timer C, default and least 180 s for the last one).
   * `follow`: hosts beside our domain to whose contacts a 3xx may lead.
   */
  | { as: "proxy"; groups: readonly (readonly RouteTarget[])[]; recordRoute: boolean; ringMs?: number; follow?: readonly string[] }
  /** 3xx with these contacts; an account stands for its registered contacts. */
  | { as: "redirect"; status: number; contacts: readonly (RouteTarget & { q: number })[] }
  | { as: "refuse"; status: number };
