/** Rings an agent on all devices at once. The first that answers wins, the others are cancelled; losers never reach the customer. */
import type { Chance } from "../base/chance.ts";
import { newId } from "../base/ids.ts";
import type { ChannelEvent, RingContext, Whisper } from "../hub/hub.ts";
import type { EndpointKind } from "../rtp/rtp.ts";
import type { Call, Ring } from "./call.ts";
import type { GoneWhy, LegEvent } from "./leg.ts";
import type { Legs } from "./legs.ts";
import type { SipPort, VoiceOptions } from "./ports.ts";
import { Whispering, type WhisperOptions } from "./whisper.ts";

/** Whoever ordered the ring ends it in time; this is for the device when that order is lost. */
const RING_MARGIN_MS = 2_000;
/** What a phone's screen takes, and no more of a caller's own words. */
const MAX_DISPLAY_CHARS = 60;

interface Device {
  ref: string;
  kind: EndpointKind;
}

export interface RingsOptions extends WhisperOptions {
  legs: Legs;
  sip: SipPort;
  chance: Chance;
  accountsOf: VoiceOptions["accountsOf"];
  claim(ref: string, interactionId: string): void;
  tell(event: ChannelEvent): void;
  /** What happens on the winner's leg from its answer on. */
  agentLeg(call: Call, agentId: string, ref: string, event: LegEvent): void;
}

export class Rings {
  readonly #options: RingsOptions;

  constructor(options: RingsOptions) {
    this.#options = options;
  }

  start(call: Call, agentId: string, context: RingContext): void {
    const { accountsOf, chance, clock, legs, sip, tell } = this.#options;
    if (call.rings.has(agentId) || call.agent?.agentId === agentId) return;
    const devices = accountsOf(agentId).filter(({ account, kind }) => sip.contacts(account).some((contact) => contact.kind === kind));
    if (devices.length === 0) return tell({ type: "agentRefused", id: call.id, agentId, why: "unreachable" });
    const ring: Ring = { agentId, legs: new Set(), winner: null, whispering: null, toldRinging: false, refused: false, unanswered: false };
    call.rings.set(agentId, ring);
    for (const { account, kind } of devices) {
      const ref = newId("leg", clock.now(), chance);
      ring.legs.add(ref);
      this.#options.claim(ref, call.id);
      const invitation = {
        kind: kind === "browser" ? ("webrtc" as const) : ("rtp" as const),
        target: { account, only: kind },
        from: callerOf(context),
        headers: { "X-Tandem-Interaction": call.id },
        noAnswerMs: context.ringMs + RING_MARGIN_MS,
      };
      legs.invite(ref, invitation, (event) => this.#hear(call, ring, { ref, kind: invitation.kind }, event, context.whisper ?? null));
    }
  }

  /** Withdrawn, or answered too late: every device falls silent. */
  cancel(call: Call, agentId: string, reason: string): void {
    const ring = call.rings.get(agentId);
    if (!ring) return;
    call.rings.delete(agentId);
    ring.whispering?.cancel();
    for (const ref of ring.legs) this.#options.legs.hangUp(ref, reason);
  }

  cancelAll(call: Call, reason: string): void {
    for (const agentId of call.rings.keys()) this.cancel(call, agentId, reason);
  }

  /** The answered leg of an agent, taken out of ringing for the connection; null when there is none (any more). */
  takeWinner(call: Call, agentId: string): string | null {
    const ring = call.rings.get(agentId);
    if (!ring?.winner || ring.whispering) return null;
    call.rings.delete(agentId);
    return ring.winner;
  }

  #hear(call: Call, ring: Ring, device: Device, event: LegEvent, whisper: Whisper | null): void {
    const { agentId } = ring;
    const { ref } = device;
    if (ring.winner === ref && ring.whispering) {
      if (event.type !== "gone") return ring.whispering.on(event);
      // hung up before the customer was there: as declined
      ring.whispering.cancel();
      return this.#lost(call, ring, ref, event.why === "hung-up" ? "declined" : event.why);
    }
    if (ring.winner === ref) return this.#options.agentLeg(call, agentId, ref, event);
    switch (event.type) {
      case "ringing":
        if (ring.toldRinging) return;
        ring.toldRinging = true;
        return this.#options.tell({ type: "agentRinging", id: call.id, agentId });
      case "up":
        return this.#won(call, ring, device, whisper);
      case "gone":
        return this.#lost(call, ring, ref, event.why);
      default: // keys and holds of a device that has not won mean nothing
    }
  }

  #won(call: Call, ring: Ring, device: Device, whisper: Whisper | null): void {
    const { tell } = this.#options;
    const { ref } = device;
    ring.winner = ref;
    for (const other of ring.legs) if (other !== ref) this.#options.legs.hangUp(other, "answered elsewhere");
    ring.legs.clear();
    ring.legs.add(ref);
    const answered = (): void => {
      ring.whispering = null;
      tell({ type: "agentAnswered", id: call.id, agentId: ring.agentId });
    };
    if (!whisper) return answered();
    ring.whispering = new Whispering(this.#options, call.id, device, whisper, answered);
    tell({ type: "agentPickedUp", id: call.id, agentId: ring.agentId });
  }

  #lost(call: Call, ring: Ring, ref: string, why: GoneWhy): void {
    ring.legs.delete(ref);
    ring.refused ||= why === "busy" || why === "declined";
    ring.unanswered ||= why === "no-answer";
    // 603 speaks for the person: the other devices need not go on ringing.
    if (why === "declined") for (const other of ring.legs) this.#options.legs.hangUp(other, "declined elsewhere");
    if (why !== "declined" && ring.legs.size > 0) return;
    if (call.rings.get(ring.agentId) === ring) call.rings.delete(ring.agentId);
    const told = ring.refused ? "declined" : ring.unanswered ? "no-answer" : "unreachable";
    this.#options.tell({ type: "agentRefused", id: call.id, agentId: ring.agentId, why: told });
  }
}

/** The caller's words go into a header of ours: no line ends or control characters, a bounded length. */
function callerOf({ callerName, callerNumber }: RingContext): { user: string; display: string } {
  const user = callerNumber.replaceAll(/[^\w.+-]/g, "").slice(0, MAX_DISPLAY_CHARS);
  const display = callerName.replaceAll(/[\p{Cc}"<>\\]/gu, " ").trim().slice(0, MAX_DISPLAY_CHARS);
  return { user: user || "anonymous", display: display || user };
}
