import type { BorderRules } from "@tandem/protocol";
import { inNetwork, parseNetwork, printSource, readSource, type Network, type Source } from "../base/network.ts";
import { Bans, type Ban } from "./bans.ts";
import { limits } from "./limits.ts";
import { take, type Bucket } from "./rate.ts";
import { SourceTable } from "./source-table.ts";

const UNASKED = 0;
const STRANGER = 1;
const DENIED = 2;
/** Allowed by name, or the address of a trunk: never banned, held to the rate of a known address. */
const TRUSTED = 3;
const BANNED = 4;

export interface AdmissionCounts {
  passed: number;
  denied: number;
  banned: number;
  /** Over the rate of its source. */
  overRate: number;
  /** Within it, but strangers were too many together. */
  overStrangers: number;
  notAnAddress: number;
}

/**
 * Whether a datagram, a message on a connection, or a new connection is looked at at all: by the access list, the bans, and how much its
 * source has said lately. Asked before anything is parsed, for every one: about 100 ns, and nothing is allocated.
 */
export class Admission {
  readonly bans = new Bans();
  readonly counts: AdmissionCounts = { passed: 0, denied: 0, banned: 0, overRate: 0, overStrangers: 0, notAnAddress: 0 };
  readonly #table: SourceTable;
  readonly #source: Source = { hi: 0, lo: 0 };
  readonly #quiet: Bucket = { tokens: limits.quietStrangersPerSecond, atMs: 0 };
  readonly #loud: Bucket = { tokens: limits.loudStrangersPerSecond, atMs: 0 };
  #access: { network: Network; allow: boolean }[] = [];
  #trusted: Network[] = [];
  #perSecond = 1;
  /** What slots have read of lists and bans holds for one generation. */
  #generation = 1;

  constructor(secret: Uint8Array) {
    this.#table = new SourceTable(limits.sources, secret);
  }

  setRules(rules: BorderRules): void {
    this.#access = rules.access.flatMap(({ network, allow }) => {
      const read = parseNetwork(network);
      return read ? [{ network: read, allow }] : [];
    });
    this.#perSecond = rules.requestsPerSecondPerSource;
    this.#generation++;
  }

  /** Addresses of trunks. */
  setTrusted(networks: readonly string[]): void {
    this.#trusted = networks.flatMap((text) => parseNetwork(text) ?? []);
    this.#generation++;
  }

  /** `connected`: on a connection, so that the address is not forged: an operator's may then be as busy as it is. */
  admit(address: string, nowMs: number, connected: boolean): boolean {
    if (!readSource(address, this.#source)) {
      this.counts.notAnAddress++;
      return false;
    }
    const table = this.#table;
    const at = this.#slot(nowMs);
    const verdict = this.#verdict(at, nowMs);
    if (verdict === DENIED || verdict === BANNED) {
      table.seenAtMs[at] = nowMs;
      if (verdict === DENIED) this.counts.denied++;
      else this.counts.banned++;
      return false;
    }
    const known = verdict === TRUSTED || table.knownUntilMs[at]! > nowMs;
    const perSecond = known ? this.#perSecond * limits.knownFactor : this.#perSecond;
    const gainedS = Math.max(0, nowMs - table.seenAtMs[at]!) / 1000;
    table.seenAtMs[at] = nowMs;
    const tokens = Math.min(perSecond * limits.burstS, table.tokens[at]! + gainedS * perSecond);
    const quiet = Math.min(limits.quietBurst, table.quiet[at]! + gainedS * limits.quietPerSecond);
    if (tokens < 1 && !(connected && verdict === TRUSTED)) {
      table.tokens[at] = tokens;
      table.quiet[at] = quiet;
      this.counts.overRate++;
      return false;
    }
    table.tokens[at] = Math.max(0, tokens - 1);
    table.quiet[at] = quiet < 1 ? quiet : quiet - 1;
    if (!known && table.provenUntilMs[at]! <= nowMs) {
      const room = quiet >= 1
        ? take(this.#quiet, limits.quietStrangersPerSecond, limits.quietStrangersPerSecond, nowMs)
        : take(this.#loud, limits.loudStrangersPerSecond, limits.loudStrangersPerSecond, nowMs);
      if (!room) {
        this.counts.overStrangers++;
        return false;
      }
    }
    this.counts.passed++;
    return true;
  }

  /** Somebody there has authenticated, or registered until then. */
  known(address: string, untilMs: number, nowMs: number): void {
    if (!readSource(address, this.#source)) return;
    const at = this.#slot(nowMs);
    this.#table.knownUntilMs[at] = Math.max(this.#table.knownUntilMs[at]!, untilMs);
  }

  proven(address: string, nowMs: number): void {
    if (!readSource(address, this.#source)) return;
    this.#table.provenUntilMs[this.#slot(nowMs)] = nowMs + limits.knownMs;
  }

  isKnown(address: string, nowMs: number): boolean {
    if (!readSource(address, this.#source)) return false;
    const at = this.#table.find(this.#source);
    return at >= 0 && this.#table.knownUntilMs[at]! > nowMs;
  }

  isProven(address: string, nowMs: number): boolean {
    if (!readSource(address, this.#source)) return false;
    const at = this.#table.find(this.#source);
    return at >= 0 && this.#table.provenUntilMs[at]! > nowMs;
  }

  /** An address of a trunk, or one that the access list allows by name. */
  isTrusted(address: string, nowMs: number): boolean {
    if (!readSource(address, this.#source)) return false;
    return this.#verdict(this.#slot(nowMs), nowMs) === TRUSTED;
  }

  ban(ban: Ban): void {
    this.bans.add(ban);
    this.#generation++;
  }

  /** The ban as written in the list ("203.0.113.7", "2001:db8:1:2::/64"). */
  lift(address: string): boolean {
    const lifted = this.bans.lift(address);
    this.#generation++;
    return lifted;
  }

  #slot(nowMs: number): number {
    const found = this.#table.find(this.#source);
    if (found >= 0) return found;
    const at = this.#table.take(this.#source, nowMs);
    this.#table.tokens[at] = this.#perSecond * limits.burstS;
    this.#table.quiet[at] = limits.quietBurst;
    return at;
  }

  #verdict(at: number, nowMs: number): number {
    const table = this.#table;
    const remembered = table.verdict[at]!;
    if (remembered !== UNASKED && table.generation[at] === this.#generation % 0xffff_ffff) {
      if (remembered !== BANNED) return remembered;
      const ban = this.bans.of(printSource(this.#source), nowMs);
      if (ban) {
        ban.refused++;
        return BANNED;
      }
    }
    table.generation[at] = this.#generation % 0xffff_ffff;
    const fresh = this.#decide(nowMs);
    table.verdict[at] = fresh;
    return fresh;
  }

  /** The first rule of the access list that fits decides; then trunks; then bans. */
  #decide(nowMs: number): number {
    for (const { network, allow } of this.#access) if (inNetwork(this.#source, network)) return allow ? TRUSTED : DENIED;
    for (const network of this.#trusted) if (inNetwork(this.#source, network)) return TRUSTED;
    if (this.bans.size > 0) {
      const ban = this.bans.of(printSource(this.#source), nowMs);
      if (ban) {
        ban.refused++;
        return BANNED;
      }
    }
    return STRANGER;
  }
}
