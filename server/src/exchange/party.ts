/**
 * Parties: who takes part in a call, each on one leg. A party belongs to one machine at a time (its owner), which hears everything
 * that its leg tells and hands it over whole. So no machine asks another what became of a leg, and a leg that goes is heard of once.
 */
import type { Language } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { EndpointKind, MediaPort } from "../rtp/rtp.ts";
import type { SipReason } from "../sip/contract.ts";
import type { Invitation, LegEvent, Legs, ReleasedLeg } from "../voice/voice.ts";
import type { Sounds } from "./sounds.ts";

/** What is said before the peer listens is lost: it waits for the first packet, at most so long (a silent phone; DTLS). */
const HEARS_AT_LATEST_MS: Readonly<Record<EndpointKind, number>> = { rtp: 400, srtp: 400, webrtc: 3_000 };

/** Who somebody is for the others: shown, counted, kept in the history. */
export interface Who {
  /** Short number of the house, E.164 or what a stranger wrote; "" = withheld or none. */
  number: string;
  name: string;
  anonymous: boolean;
  extensionId: string | null;
  userId: string | null;
  trunkId: string | null;
  language: Language;
}

export interface Owner {
  hear(party: Party, event: LegEvent): void;
  /** Another, answered party takes the place of this one, which the owner ends (attended transfer, Replaces, pick-up). False: not here. */
  replace(old: Party, fresh: Party): boolean;
}

export interface Party {
  readonly ref: string;
  readonly kind: EndpointKind;
  readonly who: Who;
  /** We placed this leg (a phone that rings), or it was placed to us. */
  readonly direction: "in" | "out";
  /** Hops that a leg which goes on with this call may still make (RFC 3261 Max-Forwards). */
  readonly maxForwards: number;
  owner: Owner;
  /** Trying: nothing rings yet. Early: it rings, there or here. Up: answered. Gone: no leg any more. */
  phase: "trying" | "early" | "up" | "gone";
  /** Hears what we play from now on. */
  hears: boolean;
  cancelHearing: () => void;
  /** Its device put us on hold. */
  holds: boolean;
  bridged: Party | null;
  /** Whom it talks to, or will when somebody answers: what a busy lamp tells. */
  far: { number: string; name: string } | null;
}

export interface PartiesOptions {
  legs: Legs;
  media: MediaPort;
  clock: Clock;
  chance: Chance;
  sounds: Sounds;
  /** Something about a party that others see changed: it began, rang, was answered, held, ended. */
  changed(party: Party): void;
  /** Its leg is over. Not told of one that was released: that goes on. */
  over(party: Party): void;
}

export class Parties {
  readonly #options: PartiesOptions;
  readonly #parties = new Map<string, Party>();

  constructor(options: PartiesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#parties.size;
  }

  all(): IterableIterator<Party> {
    return this.#parties.values();
  }

  get(ref: string): Party | null {
    return this.#parties.get(ref) ?? null;
  }

  /** Somebody calls. Nothing is answered yet, not even 180. */
  take(ref: string, sdp: string | null, who: Who, maxForwards: number, owner: Owner, kind?: EndpointKind): Party {
    const taken = this.#options.legs.take(ref, sdp, (event) => this.#hear(party, event), { ring: false, ...(kind && { kind }) });
    const party = this.#new(ref, taken, who, "in", maxForwards, owner);
    return party;
  }

  /** Somebody in conversation elsewhere, whose leg comes here. */
  adopt(leg: ReleasedLeg, who: Who, owner: Owner): Party {
    const kind = this.#options.legs.adopt(leg, (event) => this.#hear(party, event));
    const party = this.#new(leg.ref, kind, who, "in", 70, owner);
    party.phase = "up";
    party.hears = true;
    party.holds = leg.remoteHolds;
    return party;
  }

  /** Rings somebody. */
  invite(who: Who, invitation: Invitation, owner: Owner): Party {
    const { clock, chance, legs } = this.#options;
    const party = this.#new(newId("leg", clock.now(), chance), invitation.kind, who, "out", 70, owner);
    legs.invite(party.ref, invitation, (event) => this.#hear(party, event));
    return party;
  }

  /** Tells a caller that it rings. */
  ring(party: Party): void {
    if (party.direction !== "in" || party.phase === "up" || party.phase === "gone") return;
    this.#options.legs.ring(party.ref);
    if (party.phase === "early") return;
    party.phase = "early";
    this.#options.changed(party);
  }

  /** Opens early media to a caller; its owner hears `early`. */
  early(party: Party, like: Party | null): void {
    if (party.direction === "in" && party.phase !== "up") this.#options.legs.early(party.ref, like ? { like: like.ref } : {});
  }

  /** Its owner hears `up`. */
  answer(party: Party, like: Party | null = null): void {
    if (party.direction === "in" && party.phase !== "up") this.#options.legs.answer(party.ref, like ? { like: like.ref } : {});
  }

  /** Ends a party by our will: a refusal with this status while it is not answered, else a goodbye. Its owner hears nothing of it. */
  end(party: Party, status: number, reason: string, causes?: readonly SipReason[]): void {
    if (party.phase === "gone") return;
    const early = party.direction === "in" && party.phase !== "up";
    this.#forget(party);
    if (early) this.#options.legs.reject(party.ref, status, reason);
    else this.#options.legs.hangUp(party.ref, reason, causes);
    this.#options.changed(party);
  }

  /** Takes a party out for good without ending its leg, which somebody else has from now on; null when it cannot be given away now. */
  release(party: Party): ReleasedLeg | null {
    const leg = this.#options.legs.release(party.ref);
    if (!leg) return null;
    this.#options.sounds.stop(party);
    this.#takeOut(party);
    this.#options.changed(party);
    return leg;
  }

  /** Both hear each other from now on, instead of whom they heard before. */
  bridge(a: Party, b: Party): void {
    if (a.bridged === b) return;
    this.unbridge(a);
    this.unbridge(b);
    a.bridged = b;
    b.bridged = a;
    a.far = { number: b.who.number, name: b.who.name };
    b.far = { number: a.who.number, name: a.who.name };
    this.#options.media.bridge(a.ref, b.ref);
  }

  unbridge(party: Party): void {
    const other = party.bridged;
    if (!other) return;
    party.bridged = null;
    other.bridged = null;
    this.#options.media.unbridge(party.ref);
  }

  /** Our re-INVITE that takes a call back which the device holds. */
  resume(party: Party): void {
    this.#options.legs.resume(party.ref);
  }

  #new(ref: string, kind: EndpointKind, who: Who, direction: Party["direction"], maxForwards: number, owner: Owner): Party {
    const party: Party = { ref, kind, who, direction, maxForwards, owner, phase: "trying", hears: false, cancelHearing: () => {}, holds: false, bridged: null, far: null };
    this.#parties.set(ref, party);
    this.#options.changed(party);
    return party;
  }

  #hear(party: Party, event: LegEvent): void {
    const { changed, clock, sounds } = this.#options;
    if (party.phase === "gone") return;
    switch (event.type) {
      case "ringing":
        if (party.phase === "trying") party.phase = "early";
        changed(party);
        break;
      case "early":
        if (party.phase === "trying") party.phase = "early";
        this.#hearsNow(party);
        changed(party);
        break;
      case "up":
        party.phase = "up";
        if (!party.hears) party.cancelHearing = clock.after(HEARS_AT_LATEST_MS[party.kind], () => this.#hearsNow(party));
        changed(party);
        break;
      case "mediaStarted":
        if (party.phase === "up") this.#hearsNow(party);
        break;
      case "held":
        party.holds = event.held;
        changed(party);
        break;
      case "playEnded":
        return sounds.playEnded(party, event.playId, event.why);
      case "gone":
        this.#forget(party);
        changed(party);
        break;
      default: // keys, referrals: their owner's matter
    }
    party.owner.hear(party, event);
  }

  #hearsNow(party: Party): void {
    party.cancelHearing();
    if (party.hears || party.phase === "gone") return;
    party.hears = true;
    this.#options.sounds.begin(party);
  }

  #forget(party: Party): void {
    this.#takeOut(party);
    this.#options.over(party);
  }

  #takeOut(party: Party): void {
    party.cancelHearing();
    this.unbridge(party);
    party.phase = "gone";
    this.#options.sounds.forget(party);
    this.#parties.delete(party.ref);
  }
}
