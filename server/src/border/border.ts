/**
 * border: who may speak to us at all, and how much: access list, rates by source and by account, bans, call admission, toll fraud.
 *
 * Pure: addresses, events and time in, verdicts out; rules are data and change live (rules-store.ts keeps them). The sockets ask `admit`
 * before anything is parsed; the SIP core asks the rest (`SipBorder`).
 * Invariants
 * - Memory is bounded whatever arrives: tables of fixed size, each bound in limits.ts with its attack.
 * - Nobody is banned by what somebody else can forge: only who answered a nonce of ours counts, and an address from which one of ours
 *   speaks, a trunk, or an address that the list allows, is never banned.
 * - Emergency numbers pass every rule but the access list and the bans.
 * Absent on purpose: what a number is (libphonenumber, a port), hanging up, writing anything.
 */
import type { BorderCounts, BorderNotice, BorderRules, FraudRules } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import { countedAs, inNetwork, parseNetwork, readSource, type Network, type Source } from "../base/network.ts";
import type { Flow, SipBorder, SipEvent, SipIdentity } from "../sip/sip.ts";
import { Admission } from "./admission.ts";
import { Attempts } from "./attempts.ts";
import type { Ban } from "./bans.ts";
import { Calls } from "./calls.ts";
import { Fraud, type DescribeNumber } from "./fraud.ts";
import { limits } from "./limits.ts";
import { NamedBuckets, take, type Bucket } from "./rate.ts";

export { parseNetwork } from "../base/network.ts";
export { createRulesStore } from "./rules-store.ts";
export type { RulesStore } from "./rules-store.ts";
export { defaultBorderRules, defaultFraudRules } from "./defaults.ts";
export type { Ban } from "./bans.ts";
export type { DescribeNumber, FraudVerdict, FraudWhy } from "./fraud.ts";
export type { Fraud } from "./fraud.ts";

/** Calls that a source may have open over UDP before it has shown that it is not forged. Attack: we send 100, 180 and eleven 200 to whoever is named. */
const unprovenCalls = 10;
/** Refusals of one source within this long are one flood, told once. */
const floodNoticeMs = 60_000;
/** Refused requests within that time that are worth telling. */
const floodNoticeAt = 1_000;

export interface BorderOptions {
  rules: BorderRules;
  fraudRules: FraudRules;
  chance: Chance;
  describe: DescribeNumber;
  emergency(): readonly string[];
  /** Does a call to that user from that address come by a trunk (also one that is known by our registration there)? */
  byTrunk(toUser: string, address: string): boolean;
  /** Networks that no ban ever holds: this machine, where a front of ours may stand. */
  neverBan: readonly string[];
  /** Proxies of ours in front (addresses): everybody comes from there, so it is neither banned nor counted as one source. Nobody is believed more for it. */
  front?: readonly string[];
  tell(notice: BorderNotice): void;
  /** A ban began; to be stored. */
  banned(ban: Ban): void;
}

export interface Border extends SipBorder {
  /** One datagram, or (`connected`) one connection or message of one, from that address: look at it? */
  admit(address: string, nowMs: number, connected?: boolean): boolean;
  onSip(event: SipEvent, nowMs: number): void;
  setRules(rules: BorderRules): void;
  setFraudRules(rules: FraudRules): void;
  /** An operator's address, as its name led us there: known like one that has authenticated. */
  expect(address: string, nowMs: number): void;
  /** An address of a trunk, or one that the access list allows by name. */
  isTrusted(address: string, nowMs: number): boolean;
  /** Addresses or networks of the trunks. */
  setTrusted(networks: readonly string[]): void;
  bans(nowMs: number): Ban[];
  lift(address: string): boolean;
  /** Bans of the last run. */
  restore(bans: readonly Ban[]): void;
  counts(nowMs: number): BorderCounts;
  readonly fraud: Fraud;
}

export function createBorder(options: BorderOptions): Border {
  return new TheBorder(options);
}

class TheBorder implements Border {
  readonly fraud: Fraud;
  readonly #options: BorderOptions;
  readonly #admission: Admission;
  readonly #attempts = new Attempts();
  readonly #calls = new Calls();
  readonly #accounts = new NamedBuckets(limits.accounts);
  readonly #front: ReadonlySet<string>;
  readonly #neverBan: readonly Network[];
  readonly #notices: Bucket = { tokens: limits.noticesPerMinute, atMs: 0 };
  #rules: BorderRules;
  #failures = 0;
  #refusedCalls = 0;
  #refusedByFraud = 0;
  #floodSinceMs = 0;
  #floodCounted = 0;
  #floodTold = false;

  constructor(options: BorderOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#front = new Set(options.front);
    this.#neverBan = [...options.neverBan, ...this.#front].flatMap((text) => parseNetwork(text) ?? []);
    this.#admission = new Admission(options.chance.bytes(4));
    this.#admission.setRules(options.rules);
    this.fraud = new Fraud(options.fraudRules, {
      describe: options.describe,
      emergency: options.emergency,
      refused: ({ account, e164, why }, nowMs) => {
        this.#refusedByFraud++;
        this.#tell({ atMs: nowMs, kind: "fraud", why, address: "", account, number: e164, count: 1 });
      },
    });
  }

  admit(address: string, nowMs: number, connected = false): boolean {
    const pass = this.#front.has(address) || this.#admission.admit(address, nowMs, connected);
    if (!pass) this.#refusedOne(address, nowMs);
    return pass;
  }

  onSip(event: SipEvent, nowMs: number): void {
    switch (event.type) {
      case "authFailed": return this.#failed(event.account, event.flow, nowMs);
      case "authenticated": return this.#authenticated(event.account, event.flow, nowMs);
      case "registered": return this.#admission.known(event.flow.remoteAddress, event.expiresAtMs, nowMs);
      case "incoming": return this.#calls.began(event.ref, countedAs(event.flow.remoteAddress));
      case "ended": case "cancelled": case "failed": return this.#calls.ended(event.ref);
      default:
    }
  }

  isTrusted(address: string, nowMs: number): boolean {
    return this.#admission.isTrusted(address, nowMs);
  }

  mayTry(account: string, flow: Flow, nowMs: number): boolean {
    return this.#attempts.mayTry(account, countedAs(flow.remoteAddress), nowMs);
  }

  mayAsk(account: string, nowMs: number): boolean {
    const { requestsPerSecondPerAccount: perSecond } = this.#rules;
    return this.#accounts.take(account, perSecond, perSecond * limits.burstS, nowMs);
  }

  strangerMayCall(toUser: string, flow: Flow, nowMs: number): boolean {
    return this.#rules.strangersMayCall || this.#options.emergency().includes(toUser) || this.#admission.isTrusted(flow.remoteAddress, nowMs) || this.#options.byTrunk(toUser, flow.remoteAddress);
  }

  mayCall(from: SipIdentity, toUser: string, flow: Flow, nowMs: number): boolean {
    if (this.#options.emergency().includes(toUser)) return true;
    const open = this.#calls.from(countedAs(flow.remoteAddress));
    const why = this.#calls.size >= this.#rules.maxCalls ? "max-calls"
      : open < unprovenCalls && open < this.#rules.maxCallsPerSource ? null
      : this.#front.has(flow.remoteAddress) || this.#admission.isTrusted(flow.remoteAddress, nowMs) ? null
      : open >= this.#rules.maxCallsPerSource ? "max-calls-source"
      : flow.transport !== "udp" || from.account !== null || this.#admission.isProven(flow.remoteAddress, nowMs) ? null : "unproven";
    if (why === null) return true;
    this.#refusedCalls++;
    this.#tell({ atMs: nowMs, kind: "calls", why, address: flow.remoteAddress, account: from.account ?? "", number: toUser.slice(0, 40), count: 1 });
    return false;
  }

  proven(flow: Flow, nowMs: number): void {
    this.#admission.proven(flow.remoteAddress, nowMs);
  }

  #failed(account: string, flow: Flow, nowMs: number): void {
    this.#failures++;
    const address = countedAs(flow.remoteAddress);
    if (!this.#attempts.failed(address, this.#rules.failuresBeforeBan, nowMs)) return;
    const untilMs = nowMs + this.#rules.banMinutes * 60_000;
    if (this.#isSafe(flow.remoteAddress, nowMs)) {
      this.#attempts.probation(address, untilMs);
      return this.#tell({ atMs: nowMs, kind: "guessing", why: "known-address", address, account, number: "", count: this.#rules.failuresBeforeBan });
    }
    const ban: Ban = { address, why: "passwords", sinceMs: nowMs, untilMs, refused: 0 };
    this.#admission.ban(ban);
    this.#attempts.forget(address);
    this.#options.banned(ban);
    this.#tell({ atMs: nowMs, kind: "banned", why: "passwords", address, account, number: "", count: this.#rules.failuresBeforeBan });
  }

  #authenticated(account: string, flow: Flow, nowMs: number): void {
    this.#admission.known(flow.remoteAddress, nowMs + limits.knownMs, nowMs);
    this.#attempts.authenticated(account, countedAs(flow.remoteAddress));
  }

  /** Never banned: one of ours speaks from there, it is a trunk, the list allows it, or it is this machine. */
  #isSafe(address: string, nowMs: number): boolean {
    const source: Source = { hi: 0, lo: 0 };
    if (readSource(address, source) && this.#neverBan.some((network) => inNetwork(source, network))) return true;
    return this.#admission.isKnown(address, nowMs) || this.#admission.isTrusted(address, nowMs);
  }

  #refusedOne(address: string, nowMs: number): void {
    if (nowMs - this.#floodSinceMs > floodNoticeMs) {
      this.#floodSinceMs = nowMs;
      this.#floodCounted = 0;
      this.#floodTold = false;
    }
    if (++this.#floodCounted < floodNoticeAt || this.#floodTold) return;
    this.#floodTold = true;
    this.#tell({ atMs: nowMs, kind: "flood", why: "rate", address: countedAs(address), account: "", number: "", count: this.#floodCounted });
  }

  #tell(notice: BorderNotice): void {
    if (take(this.#notices, limits.noticesPerMinute / 60, limits.noticesPerMinute, notice.atMs)) this.#options.tell(notice);
  }

  setRules(rules: BorderRules): void {
    this.#rules = rules;
    this.#admission.setRules(rules);
  }

  setFraudRules(rules: FraudRules): void {
    this.fraud.setRules(rules);
  }

  expect(address: string, nowMs: number): void {
    this.#admission.known(address, nowMs + limits.knownMs, nowMs);
  }

  setTrusted(networks: readonly string[]): void {
    this.#admission.setTrusted(networks);
  }

  bans(nowMs: number): Ban[] {
    return this.#admission.bans.list(nowMs);
  }

  lift(address: string): boolean {
    this.#attempts.forget(address);
    return this.#admission.lift(address);
  }

  restore(bans: readonly Ban[]): void {
    for (const ban of bans) this.#admission.ban({ ...ban });
  }

  counts(nowMs: number): BorderCounts {
    const { passed, denied, banned, overRate, overStrangers, notAnAddress } = this.#admission.counts;
    return {
      passed, denied, banned, overRate, overStrangers: overStrangers + notAnAddress, failures: this.#failures,
      refusedCalls: this.#refusedCalls, refusedByFraud: this.#refusedByFraud, calls: this.#calls.size,
      bans: this.bans(nowMs).length, spentLastHour: this.fraud.spent(nowMs),
    };
  }
}
