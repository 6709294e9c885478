import type { AgentConfig, AgentLive, SystemState, Wish } from "./contract.ts";
import type { AnswerPace } from "./estimate.ts";
import type { Changing } from "./changed.ts";
import type { Sleeper } from "./wake-heap.ts";
import type { Media } from "./media.ts";

/** Why a medium reaches an agent or not, as one byte, so that the reason of a decision can copy a whole pool's. */
export const FREE = 0;
export const OFFLINE = 1;
export const NOT_AVAILABLE = 2;
export const MISSED = 3;
export const NO_DEVICE = 4;
export const WRAP_UP = 5;
export const BUSY = 6;
export const FULL = 7;
export const NO_CAPACITY = 8;
/** Its device is on a call that is none of the centre's. */
export const ELSEWHERE = 9;
/** The slot is empty: nobody. */
export const NOBODY = 10;

export const WHY_NOT = [null, "offline", "not-available", "missed", "no-device", "wrap-up", "busy", "capacity", "capacity", "on-internal-call"] as const;

/** At work for this medium: free, or free again without doing anything but ending what is in hand. */
export function isServing(status: number): boolean {
  return status === FREE || status === WRAP_UP || status === BUSY || status === FULL;
}

/** What configuration says of an agent; never mutated, replaced as a whole (reasons keep it). */
export interface Profile {
  readonly config: AgentConfig;
  readonly skills: ReadonlyMap<string, number>;
  /** null = every queue whose needs are met. */
  readonly queues: ReadonlySet<string> | null;
  readonly capacity: readonly number[];
  /** Exclusive media as a mask of medium numbers. */
  readonly exclusive: number;
}

export function profileOf(config: AgentConfig, media: Media): Profile {
  return {
    config,
    skills: new Map(config.skills.map((s) => [s.skillId, s.level])),
    queues: config.queueIds.length === 0 ? null : new Set(config.queueIds),
    capacity: media.capacity(config.capacity),
    exclusive: media.mask(config.exclusive),
  };
}

export type EngagementState = "ringing" | "talking" | "held" | "wrapping";

/** What was offered stood in a queue since then. */
export interface Waited {
  readonly pace: AnswerPace;
  readonly enteredMs: number;
  readonly offeredMs: number;
}

export interface Engagement {
  readonly itemId: string;
  readonly medium: number;
  state: EngagementState;
  /** Where an answer of this offer is counted; null for an engagement without one. */
  readonly waited: Waited | null;
  /** Touch and idle time before it, given back when the customer withdraws an offer; and the touch that it gave. */
  readonly touchBefore: number;
  readonly idleSinceMsBefore: number;
  readonly touch: number;
  /** The agent's next one. */
  next: Engagement | null;
}

/** An agent at work. Only `Staff` mutates it. */
export class Agent implements Sleeper, Changing {
  readonly id: string;
  readonly slot: number;
  readonly seq: number;
  profile: Profile;
  wish: Wish = "offline";
  devices = 0;
  /** Of those that are not in `devices`: there, but in use elsewhere. */
  elsewhere = 0;
  /** No lease until the first renewal: a bare SIP phone has no desktop. */
  leaseUntilMs = Infinity;
  lapsed = false;
  /** What is in hand, oldest first: a chain of a few. */
  engaged: Engagement | null = null;
  inHand = 0;
  /** Misses in a row. */
  misses = 0;
  away: "missed" | "unresponsive" | null = null;
  touch = 0;
  idleSinceMs: number;
  anyFree = false;
  /** As last shown, and since when. */
  shownWish: Wish | null = null;
  shownSystem: SystemState = "idle";
  shownSinceMs: number;
  wakeAtMs = Infinity;
  changedAt = -1;

  constructor(slot: number, seq: number, profile: Profile, nowMs: number) {
    this.id = profile.config.id;
    this.slot = slot;
    this.seq = seq;
    this.profile = profile;
    this.idleSinceMs = nowMs;
    this.shownSinceMs = nowMs;
  }

  engagement(itemId: string): Engagement | undefined {
    for (let e = this.engaged; e !== null; e = e.next) if (e.itemId === itemId) return e;
    return undefined;
  }

  take(engagement: Engagement): void {
    this.inHand++;
    if (this.engaged === null) this.engaged = engagement;
    else {
      let last = this.engaged;
      while (last.next !== null) last = last.next;
      last.next = engagement;
    }
  }

  drop(engagement: Engagement): void {
    this.inHand--;
    if (this.engaged === engagement) this.engaged = engagement.next;
    else {
      let before = this.engaged!;
      while (before.next !== engagement) before = before.next!;
      before.next = engagement.next;
    }
  }

  /** The wish as it counts: an expired lease with nothing in hand is offline. */
  get effectiveWish(): Wish {
    return this.lapsed && this.inHand === 0 ? "offline" : this.wish;
  }

  get system(): SystemState {
    let best: SystemState = this.away ?? "idle";
    for (let e = this.engaged; e !== null; e = e.next) {
      const { state } = e;
      if (state === "ringing") return "ringing";
      if (state === "talking") best = "on-contact";
      else if (state === "held" && best !== "on-contact") best = "hold";
      else if (state === "wrapping" && best === "idle") best = "wrap-up";
    }
    return best;
  }

  /**
   * Can this medium reach the agent? Rule of capacity: at most `capacity[medium]` contacts of the medium, wrap-up
   * included; and an exclusive medium is offered only while no contact of any exclusive medium is in hand. So a call
   * blocks a second call, while chats go on up to their own capacity; list chat as exclusive to have one or the other.
   */
  status(medium: number): number {
    if (this.wish === "offline" || this.lapsed) return OFFLINE;
    const { capacity, exclusive } = this.profile;
    const most = capacity[medium] ?? 0;
    if (most <= 0) return NO_CAPACITY;
    if (this.wish !== "available") return NOT_AVAILABLE;
    if (this.away !== null) return MISSED;
    if (((this.devices >>> medium) & 1) === 0) return ((this.elsewhere >>> medium) & 1) === 1 ? ELSEWHERE : NO_DEVICE;
    if (this.inHand === 0) return FREE;
    const alone = ((exclusive >>> medium) & 1) === 1;
    let same = 0;
    let wrapping = 0;
    let blocked: number = FREE;
    for (let engagement = this.engaged; engagement !== null; engagement = engagement.next) {
      const wraps = engagement.state === "wrapping";
      if (engagement.medium === medium) {
        same++;
        if (wraps) wrapping++;
      }
      if (alone && ((exclusive >>> engagement.medium) & 1) === 1 && blocked !== BUSY) blocked = wraps ? WRAP_UP : BUSY;
    }
    if (blocked !== FREE) return blocked;
    if (same < most) return FREE;
    return same - wrapping < most ? WRAP_UP : FULL;
  }

  live(media: Media): AgentLive {
    const load: Record<string, string[]> = {};
    for (let e = this.engaged; e !== null; e = e.next) (load[media.name(e.medium)] ??= []).push(e.itemId);
    const reach: Record<string, AgentLive["reach"][string]> = {};
    for (const [name, of] of Object.entries(this.profile.config.capacity)) {
      const medium = media.number(name);
      const whyNot = WHY_NOT[this.status(medium)] ?? null;
      const alone = ((this.profile.exclusive >>> medium) & 1) === 1;
      reach[name] = { free: whyNot !== null ? 0 : alone ? 1 : of - (load[name]?.length ?? 0), of, whyNot };
    }
    return { id: this.id, wish: this.effectiveWish, system: this.system, sinceMs: this.shownSinceMs, load, reach };
  }
}
