import type { FraudRules } from "@tandem/protocol";
import { limits } from "./limits.ts";
import { NamedBuckets } from "./rate.ts";

const minuteMs = 60_000;
const minutesKept = 60;
/** Running calls are charged at most this often: a check must not cost as much as there are calls. */
const chargeEveryMs = 1_000;

export type FraudWhy = "country" | "prefix" | "premium" | "rate" | "spend";
export type FraudVerdict = { ok: true } | { ok: false; why: FraudWhy };

/** What a number is (libphonenumber in `app`): its country (null = none: satellite, international networks), and whether it costs the caller extra. */
export type DescribeNumber = (e164: string) => { country: string | null; premium: boolean };

interface Running {
  account: string;
  e164: string;
  perMinute: number;
  startedAtMs: number;
  charged: number;
}

export interface FraudOptions {
  describe: DescribeNumber;
  emergency(): readonly string[];
  refused(call: { account: string; e164: string; why: FraudWhy }, nowMs: number): void;
}

/**
 * The rules against toll fraud: a stolen password is worth what it can call. Asked before a call leaves by a trunk; what a call costs is
 * counted from there, each minute as it starts. Emergency numbers always pass.
 */
export class Fraud {
  readonly #options: FraudOptions;
  readonly #attempts = new NamedBuckets(limits.fraudAccounts);
  readonly #running = new Map<string, Running>();
  /** Hundredths spent in each of the last 60 minutes, by minute modulo 60. */
  readonly #spent = new Float64Array(minutesKept);
  #minute = 0;
  #chargedAtMs = 0;
  #rules: FraudRules;
  #allowed: ReadonlySet<string>;
  #prices: { prefix: string; perMinute: number }[] = [];

  constructor(rules: FraudRules, options: FraudOptions) {
    this.#options = options;
    this.#rules = rules;
    this.#allowed = new Set();
    this.setRules(rules);
  }

  setRules(rules: FraudRules): void {
    this.#rules = rules;
    this.#allowed = new Set(rules.allowedCountries);
    this.#prices = rules.prices.toSorted((a, b) => b.prefix.length - a.prefix.length);
  }

  /** One attempt of that account. `e164` with its plus, or an emergency number as dialled. */
  check(call: { account: string; e164: string }, nowMs: number): FraudVerdict {
    if (this.#options.emergency().includes(call.e164)) return { ok: true };
    const why = this.#why(call, nowMs);
    if (why === null) return { ok: true };
    this.#options.refused({ ...call, why }, nowMs);
    return { ok: false, why };
  }

  /** Whether the rules of the number let anybody call it. Only asked: nothing is counted or told, and what passes by itself (rate, spend) is not looked at. */
  allows(e164: string): boolean {
    return this.#options.emergency().includes(e164) || this.#ofNumber(e164) === null;
  }

  #ofNumber(e164: string): FraudWhy | null {
    const rules = this.#rules;
    if (rules.blockedPrefixes.some((prefix) => e164.startsWith(prefix))) return "prefix";
    const { country, premium } = this.#options.describe(e164);
    if (premium && !rules.premiumAllowed) return "premium";
    return country === null || !this.#allowed.has(country) ? "country" : null;
  }

  #why({ account, e164 }: { account: string; e164: string }, nowMs: number): FraudWhy | null {
    const rules = this.#rules;
    const never = this.#ofNumber(e164);
    if (never !== null) return never;
    if (!this.#attempts.take(account, rules.callsPerMinutePerAccount / 60, rules.callsPerMinutePerAccount, nowMs)) return "rate";
    const price = this.price(e164);
    if (rules.spendPerHour > 0 && price > 0 && this.spent(nowMs) + price > rules.spendPerHour) return "spend";
    return null;
  }

  /** Hundredths a started minute, by the longest prefix; 0 for what the list does not name. */
  price(e164: string): number {
    return this.#prices.find(({ prefix }) => e164.startsWith(prefix))?.perMinute ?? 0;
  }

  started(callId: string, account: string, e164: string, nowMs: number): void {
    if (this.#running.has(callId) || this.#running.size >= limits.fraudCalls || this.#options.emergency().includes(e164)) return;
    const call: Running = { account, e164, perMinute: this.price(e164), startedAtMs: nowMs, charged: 0 };
    this.#running.set(callId, call);
    this.#charge(call, nowMs);
  }

  ended(callId: string, nowMs: number): void {
    const call = this.#running.get(callId);
    if (!call) return;
    this.#charge(call, nowMs - 1); // who hangs up as a minute begins has not started it
    this.#running.delete(callId);
  }

  /** Hundredths spent within the last 60 minutes, of the whole house. */
  spent(nowMs: number): number {
    if (Math.abs(nowMs - this.#chargedAtMs) >= chargeEveryMs) {
      this.#chargedAtMs = nowMs;
      for (const call of this.#running.values()) this.#charge(call, nowMs);
    }
    this.#turnTo(Math.floor(nowMs / minuteMs));
    return this.#spent.reduce((sum, cents) => sum + cents, 0);
  }

  /** Calls that must end because the hour's spend is used up: all that cost something. */
  overspent(nowMs: number): { callId: string; e164: string }[] {
    if (this.#rules.spendPerHour === 0 || this.spent(nowMs) <= this.#rules.spendPerHour) return [];
    return Array.from(this.#running).filter(([, { perMinute }]) => perMinute > 0).map(([callId, { e164 }]) => ({ callId, e164 }));
  }

  #charge(call: Running, nowMs: number): void {
    if (call.perMinute === 0) return;
    for (let at = call.startedAtMs + call.charged * minuteMs; at <= nowMs; at += minuteMs) {
      call.charged++;
      const minute = Math.floor(at / minuteMs);
      this.#turnTo(minute);
      if (this.#minute - minute < minutesKept) this.#spent[minute % minutesKept]! += call.perMinute;
    }
  }

  /** Empties the minutes that are an hour old. */
  #turnTo(minute: number): void {
    if (minute <= this.#minute) return;
    for (let at = Math.max(this.#minute + 1, minute - minutesKept + 1); at <= minute; at++) this.#spent[at % minutesKept] = 0;
    this.#minute = minute;
  }
}
