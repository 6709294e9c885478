/**
 * Dials the customer of a promised call: one way after another (trunks), or the devices of an extension together, until somebody
 * answers or nobody is to be had. Agent first: the agent hears it ring. Customer first: they are dialled while an agent is kept free
 * for them, and the agent's devices ring once they have answered.
 */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { CalledBack, ChannelEvent, Language, NotReachedWhy, RingContext, Utterance } from "../hub/hub.ts";
import type { EndpointKind, MediaPort } from "../rtp/rtp.ts";
import type { Call } from "./call.ts";
import type { GoneWhy, Invitation, LegEvent } from "./leg.ts";
import type { Legs } from "./legs.ts";

/** Until it rings: routes that answer nothing are given up by SIP's own timers before. */
const SETUP_MS = 20_000;
/** The leg's own limit stands behind ours, for when the order to stop is lost. */
const MARGIN_MS = 2_000;

/** One leg to be invited; `began` is told its ref, whose end is an event of SIP. */
export interface Way {
  invitation: Omit<Invitation, "noAnswerMs">;
  began?(ref: string): void;
}

/** The ways to a number, as the rules of the house have them at this moment. */
export interface WaysOut {
  /** What to ring next, together; `failed`: how the ones before did (null = the first). Null: nothing is left. */
  next(failed: { why: GoneWhy; status: number } | null): readonly Way[] | null;
}

export interface CallbackOrder {
  /** Of the interaction. */
  id: string;
  number: string;
  name: string;
  language: Language;
  /** The number of ours that it is filed under. */
  to: string;
  first: "agent" | "customer";
  /** The customer's telephone rings so long. */
  ringMs: number;
  /** And an agent's, when the customer is on the line already. */
  agentRingMs: number;
  /** Customer first: said to them when they answer. */
  greeting: readonly Utterance[];
  context: Readonly<Record<string, string>>;
  /** Asked each time it is dialled; null = it may not be. */
  ways(): WaysOut | null;
  place: CalledBack;
}

/** Of a call that we place: what was ordered, and what is under way. */
export interface Outbound {
  readonly order: CallbackOrder;
  dialling: Dialling | null;
  /** Customer first: whom it is dialled for. */
  keptFor: { agentId: string; context: RingContext } | null;
  /** The customer's leg that the agent hears before its answer. */
  earlyRef: string | null;
  /** The agent hears our ringing tone. */
  ringback: string | null;
  /** Recording was ordered before there was a customer. */
  recordWanted: boolean;
}

interface Dialling {
  ways: WaysOut;
  /** Legs that try or ring. */
  legs: Set<string>;
  rang: boolean;
  cancelTimer: () => void;
  /** The last failure of this wave that says most of the person. */
  failed: { why: GoneWhy; status: number };
}

export interface DialOutOptions {
  legs: Legs;
  media: MediaPort;
  clock: Clock;
  chance: Chance;
  /** Path of the tone that an agent hears while it rings; null = none. */
  ringbackPath: string | null;
  claim(ref: string, interactionId: string): void;
  tell(event: ChannelEvent): void;
  /** The customer's leg, from its answer on; the first event is `up`. */
  customerLeg(call: Call, kind: EndpointKind, event: LegEvent): void;
  /** They answered and both ends can be joined. */
  reached(call: Call, keptFor: Outbound["keptFor"]): void;
}

const RANK: readonly GoneWhy[] = ["media-lost", "device-lost", "unreachable", "no-answer", "hung-up", "busy", "declined"];
const WHY: Readonly<Record<GoneWhy, NotReachedWhy>> = { "media-lost": "unreachable", "device-lost": "unreachable", unreachable: "unreachable", "no-answer": "no-answer", "hung-up": "refused", busy: "busy", declined: "refused" };

export class DialOut {
  readonly #options: DialOutOptions;

  constructor(options: DialOutOptions) {
    this.#options = options;
  }

  /** Agent first: `call.agent` listens. Customer first: `keptFor` waits for them. Nothing while it dials already, or they are here. */
  start(call: Call, keptFor: Outbound["keptFor"]): void {
    const { out } = call;
    if (!out || call.up || out.dialling) return;
    out.keptFor = keptFor;
    const ways = out.order.ways();
    if (!ways) return this.#fail(call, "not-allowed", 0);
    out.dialling = { ways, legs: new Set(), rang: false, cancelTimer: () => {}, failed: { why: "unreachable", status: 0 } };
    this.#limit(call, out.dialling, SETUP_MS + out.order.ringMs);
    this.#next(call, out.dialling, null);
  }

  /** Nobody is dialled any more; nothing is told. */
  stop(call: Call, reason: string): void {
    const { out } = call;
    if (!out) return;
    out.keptFor = null;
    const { dialling } = out;
    out.dialling = null;
    this.#quiet(call);
    if (!dialling) return;
    dialling.cancelTimer();
    for (const ref of dialling.legs) this.#options.legs.hangUp(ref, reason);
    dialling.legs.clear();
  }

  #next(call: Call, dialling: Dialling, failed: { why: GoneWhy; status: number } | null): void {
    const { chance, claim, clock, legs } = this.#options;
    const wave = dialling.ways.next(failed);
    if (!wave || wave.length === 0) {
      const { why, status } = failed ?? { why: "unreachable" as const, status: 480 };
      return this.#fail(call, WHY[why], status);
    }
    dialling.failed = { why: "media-lost", status: 0 };
    const made = wave.map((way) => ({ way, ref: newId("leg", clock.now(), chance) }));
    for (const { ref } of made) dialling.legs.add(ref);
    for (const { way, ref } of made) {
      if (!dialling.legs.has(ref)) continue; // an earlier one of the wave ended it all
      claim(ref, call.id);
      way.began?.(ref);
      legs.invite(ref, { ...way.invitation, noAnswerMs: SETUP_MS + call.out!.order.ringMs + MARGIN_MS }, (event) => this.#hear(call, dialling, ref, way, event));
    }
  }

  #hear(call: Call, dialling: Dialling, ref: string, way: Way, event: LegEvent): void {
    const { customerLeg, legs } = this.#options;
    if (call.customerRef === ref) return customerLeg(call, way.invitation.kind, event);
    if (call.out?.dialling !== dialling || !dialling.legs.has(ref)) return;
    switch (event.type) {
      case "ringing":
        return this.#rings(call, dialling);
      case "early":
        this.#rings(call, dialling);
        return this.#hearEarly(call, dialling, ref);
      case "up":
        return this.#answered(call, dialling, ref, way);
      case "refer":
        return legs.refuseRefer(ref, 403);
      case "gone":
        dialling.legs.delete(ref);
        if (call.out.earlyRef === ref) this.#quiet(call);
        if (RANK.indexOf(event.why) >= RANK.indexOf(dialling.failed.why)) dialling.failed = { why: event.why, status: event.status };
        if (dialling.legs.size === 0) this.#next(call, dialling, dialling.failed);
        return;
      default: // keys and holds of whom we have not reached
    }
  }

  #rings(call: Call, dialling: Dialling): void {
    // also when a network before this one had its own say
    this.#ringback(call);
    if (dialling.rang) return;
    dialling.rang = true;
    this.#limit(call, dialling, call.out!.order.ringMs);
    this.#options.tell({ type: "customerDialled", id: call.id });
  }

  #limit(call: Call, dialling: Dialling, ms: number): void {
    dialling.cancelTimer();
    dialling.cancelTimer = this.#options.clock.after(ms, () => {
      if (call.out?.dialling === dialling) this.#fail(call, "no-answer", 0);
    });
  }

  /** What their network says before the answer ("the number has changed") is for the agent's ears; of several devices, none. */
  #hearEarly(call: Call, dialling: Dialling, ref: string): void {
    const { out, agent } = call;
    if (!out || !agent || dialling.legs.size > 1) return;
    this.#quiet(call);
    out.earlyRef = ref;
    this.#options.media.bridge(ref, agent.ref);
  }

  #ringback(call: Call): void {
    const { media, ringbackPath } = this.#options;
    const { out, agent } = call;
    if (!out || !agent || ringbackPath === null || out.ringback !== null || out.earlyRef !== null) return;
    out.ringback = agent.ref;
    media.play(agent.ref, `${call.id}:ringback`, [{ path: ringbackPath }], { loop: true });
  }

  /** The agent hears neither our tone nor their network. */
  #quiet(call: Call): void {
    const { out } = call;
    if (!out) return;
    if (out.ringback !== null) this.#options.media.stopPlaying(out.ringback);
    if (out.earlyRef !== null) this.#options.media.unbridge(out.earlyRef);
    out.ringback = null;
    out.earlyRef = null;
  }

  #answered(call: Call, dialling: Dialling, ref: string, way: Way): void {
    const { legs, reached, customerLeg, tell } = this.#options;
    const out = call.out!;
    const { keptFor } = out;
    dialling.legs.delete(ref);
    this.stop(call, "answered elsewhere");
    call.customerRef = ref;
    // one that has gone within these lines must not be told of
    customerLeg(call, way.invitation.kind, { type: "up" });
    if (!legs.has(ref)) return;
    reached(call, keptFor);
    tell({ type: "customerReached", id: call.id });
  }

  #fail(call: Call, why: NotReachedWhy, status: number): void {
    this.stop(call, "not reached");
    this.#options.tell({ type: "customerNotReached", id: call.id, why, status });
  }
}
