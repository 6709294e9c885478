/**
 * Rings several devices at once; the first that answers wins, the others fall silent. Tells exactly one end (answered or failed)
 * unless it is cancelled, which ends it without a word.
 */
import type { SipReason } from "../sip/contract.ts";
import type { Invitation, LegEvent } from "../voice/voice.ts";
import type { Ground } from "./ground.ts";
import type { Owner, Party, Who } from "./party.ts";

/** One device or trunk to be rung. */
export interface Line {
  who: Who;
  /** Who calls: shown by busy lamps. */
  far: { number: string; name: string };
  invitation: Omit<Invitation, "noAnswerMs">;
}

export type WhyFailed = "busy" | "declined" | "no-answer" | "unreachable";

export type ForkEvent =
  | { type: "ringing" }
  /** Sound from the one called before the answer; only when one line is rung. */
  | { type: "early"; party: Party }
  | { type: "answered"; party: Party }
  /** `movedTo`: a phone sends the call on by itself (302). */
  | { type: "failed"; why: WhyFailed; status: number; movedTo: string | null };

/** The leg's own limit stands behind the fork's, for when the order to stop is lost. */
const RING_MARGIN_MS = 2_000;
/** RFC 3326: no phone shows as missed what was answered elsewhere. */
const ELSEWHERE: readonly SipReason[] = [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }];
const RANK: readonly WhyFailed[] = ["unreachable", "no-answer", "busy", "declined"];

export class Fork implements Owner {
  readonly #ground: Ground;
  readonly #hear: (event: ForkEvent) => void;
  readonly #ringMs: number;
  readonly #ringing = new Set<Party>();
  #cancelTimer: () => void = () => {};
  #toldRinging = false;
  #over = false;
  #one = false;
  #failed: { why: WhyFailed; status: number; movedTo: string | null } = { why: "unreachable", status: 480, movedTo: null };

  constructor(ground: Ground, ringMs: number, hear: (event: ForkEvent) => void) {
    this.#ground = ground;
    this.#ringMs = ringMs;
    this.#hear = hear;
  }

  start(lines: readonly Line[]): void {
    this.#one = lines.length === 1;
    this.#ground.ringing.add(this);
    this.#cancelTimer = this.#ground.clock.after(this.#ringMs, () => this.#timeUp());
    for (const line of lines) if (!this.#over) this.#invite(line);
    if (lines.length === 0) this.#end({ type: "failed", ...this.#failed });
  }

  /** Whom it rings. */
  parties(): IterableIterator<Party> {
    return this.#ringing.values();
  }

  /** Every device falls silent; nothing is told. */
  cancel(reason: string): void {
    if (this.#over) return;
    this.#stop(reason, undefined);
  }

  hear(party: Party, event: LegEvent): void {
    if (!this.#ringing.has(party) || this.#over) return;
    switch (event.type) {
      case "ringing":
        if (this.#toldRinging) return;
        this.#toldRinging = true;
        return this.#hear({ type: "ringing" });
      case "early":
        if (this.#one) this.#hear({ type: "early", party });
        return;
      case "up":
        this.#ringing.delete(party);
        this.#stop("answered elsewhere", ELSEWHERE);
        return this.#hear({ type: "answered", party });
      case "gone":
        return this.#lost(party, event);
      case "refer":
        return this.#ground.legs.refuseRefer(party.ref, 403);
      default: // keys and holds of a device that has not won mean nothing
    }
  }

  /** Picked up: another phone answers this call. */
  replace(old: Party, fresh: Party): boolean {
    if (this.#over || !this.#ringing.has(old)) return false;
    this.#stop("picked up elsewhere", ELSEWHERE);
    this.#hear({ type: "answered", party: fresh });
    return true;
  }

  #invite(line: Line): void {
    const party = this.#ground.parties.invite(line.who, { ...line.invitation, noAnswerMs: this.#ringMs + RING_MARGIN_MS }, this);
    party.far = line.far;
    this.#ringing.add(party);
  }

  #lost(party: Party, event: Extract<LegEvent, { type: "gone" }>): void {
    this.#ringing.delete(party);
    const why: WhyFailed = event.why === "busy" || event.why === "declined" || event.why === "no-answer" ? event.why : "unreachable";
    if (RANK.indexOf(why) >= RANK.indexOf(this.#failed.why)) this.#failed = { why, status: event.status === 0 ? 480 : event.status, movedTo: this.#failed.movedTo };
    if (event.status >= 300 && event.status < 400) this.#failed.movedTo ??= event.contacts[0]?.user ?? null;
    // 603 speaks for the person: their other devices need not go on ringing. In a group the others are other persons.
    if (why === "declined") for (const other of this.#ringing) if (other.who.extensionId === party.who.extensionId) this.#silence(other);
    if (this.#ringing.size === 0) this.#end({ type: "failed", ...this.#failed });
  }

  #timeUp(): void {
    this.#end({ type: "failed", why: "no-answer", status: 480, movedTo: null });
  }

  #end(event: ForkEvent): void {
    this.#stop("no answer", undefined);
    this.#hear(event);
  }

  #silence(party: Party): void {
    this.#ringing.delete(party);
    this.#ground.parties.end(party, 480, "declined elsewhere");
  }

  #stop(reason: string, causes: readonly SipReason[] | undefined): void {
    this.#over = true;
    this.#cancelTimer();
    this.#ground.ringing.delete(this);
    for (const party of this.#ringing) this.#ground.parties.end(party, 480, reason, causes);
    this.#ringing.clear();
  }
}
