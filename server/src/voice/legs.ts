/**
 * Legs: one SIP dialog and one media endpoint that live and die together, joined by one ref. A leg knows nothing of
 * interactions; its owner hears what becomes of it, and hears `gone` at most once, never after `hangUp`.
 *
 *   incoming: arrived -> answering -> up          outgoing: offering -> inviting -> settling -> up
 */
import type { Log } from "../base/log.ts";
import type { EndpointKind, MediaEvent, MediaPort } from "../rtp/rtp.ts";
import type { SipCommand, SipEvent } from "../sip/contract.ts";
import type { SipPort } from "./ports.ts";

export type GoneWhy =
  | "hung-up" // by the peer's will (BYE, CANCEL)
  | "declined" // by the peer's will, before answering, for all its devices
  | "busy"
  | "no-answer"
  | "unreachable"
  | "device-lost" // dialog or transport lost
  | "media-lost"; // no packets although some were due, or no media possible

export type LegEvent =
  | { type: "ringing" }
  | { type: "up" }
  /** The peer's first packet came: it hears us from now on. */
  | { type: "mediaStarted" }
  | { type: "digit"; key: string }
  | { type: "held"; held: boolean }
  | { type: "refer"; target: string }
  | { type: "playEnded"; playId: string; why: "finished" | "stopped" | "replaced" }
  | { type: "gone"; why: GoneWhy };

interface Leg {
  readonly ref: string;
  readonly kind: EndpointKind;
  state: "arrived" | "answering" | "offering" | "inviting" | "settling" | "up";
  /** The offer of an incoming leg. */
  readonly offerSdp: string;
  remoteHolds: boolean;
  /** Some phones send a key twice, as RFC 4733 and as INFO or tones: the way seen first counts. */
  keysBy: string | null;
  readonly hear: (event: LegEvent) => void;
}

export interface Invitation {
  kind: EndpointKind;
  target: { account: string; only: "browser" | "phone" };
  from: { user: string; display: string };
  headers: Readonly<Record<string, string>>;
  noAnswerMs: number;
}

type Refusal = { ok: false; status: number; why: string };

export class Legs {
  readonly #legs = new Map<string, Leg>();
  readonly #sip: SipPort;
  readonly #media: MediaPort;
  readonly #log: Log;

  constructor(sip: SipPort, media: MediaPort, log: Log) {
    this.#sip = sip;
    this.#media = media;
    this.#log = log;
  }

  get size(): number {
    return this.#legs.size;
  }

  /** An INVITE came in. Nothing is answered yet but 180. */
  take(ref: string, offerSdp: string, hear: Leg["hear"]): EndpointKind {
    const kind = /^m=audio \d+ UDP\/TLS\/RTP\/SAVPF/m.test(offerSdp) ? "webrtc" : "rtp";
    this.#legs.set(ref, { ref, kind, state: "arrived", offerSdp, remoteHolds: false, keysBy: null, hear });
    this.#sip.command({ type: "progress", ref, status: 180 });
    return kind;
  }

  answer(ref: string): void {
    const leg = this.#legs.get(ref);
    if (leg?.state !== "arrived") return;
    leg.state = "answering";
    void settled(this.#media.answer(ref, leg.kind, leg.offerSdp)).then((answer) => {
      if (!this.#isLive(leg)) return;
      if (!answer.ok) {
        this.#log.warn({ ref, status: answer.status, why: answer.why }, "a call could not be answered");
        this.#forget(leg);
        this.#sip.command({ type: "reject", ref, status: answer.status, reason: "Not Acceptable Here" });
        leg.hear({ type: "gone", why: "media-lost" });
        return;
      }
      leg.state = "up";
      this.#sip.command({ type: "answer", ref, sdp: answer.sdp });
      if (this.#isLive(leg)) leg.hear({ type: "up" });
    });
  }

  invite(ref: string, invitation: Invitation, hear: Leg["hear"]): void {
    const { kind, target, from, headers, noAnswerMs } = invitation;
    const leg: Leg = { ref, kind, state: "offering", offerSdp: "", remoteHolds: false, keysBy: null, hear };
    this.#legs.set(ref, leg);
    void settled(this.#media.offer(ref, kind)).then((offer) => {
      if (!this.#isLive(leg)) return;
      if (!offer.ok) {
        this.#log.warn({ ref, status: offer.status, why: offer.why }, "no media for a leg to an agent");
        this.#forget(leg);
        leg.hear({ type: "gone", why: "unreachable" });
        return;
      }
      leg.state = "inviting";
      this.#sip.command({ type: "invite", ref, target, from, sdp: offer.sdp, headers, noAnswerMs });
    });
  }

  /** Ends the leg whatever its state; its owner hears nothing of it any more. Idempotent. */
  hangUp(ref: string, reason: string): void {
    const leg = this.#legs.get(ref);
    if (!leg) return;
    this.#forget(leg);
    if (leg.state !== "offering") this.#sip.command({ type: "hangUp", ref, reason });
  }

  /** Our own re-INVITE that takes a call back which the peer's device holds. */
  resume(ref: string): void {
    const leg = this.#legs.get(ref);
    if (leg?.state !== "up" || !leg.remoteHolds) return;
    void settled(this.#media.reoffer(ref, "sendrecv")).then((offer) => {
      if (!this.#isLive(leg)) return;
      if (offer.ok) this.#sip.command({ type: "offer", ref, sdp: offer.sdp });
      else this.#log.warn({ ref, why: offer.why }, "no new offer for a held leg");
    });
  }

  acceptRefer(ref: string): void {
    this.#sip.command({ type: "acceptRefer", ref });
    this.#sip.command({ type: "referProgress", ref, status: 200, reason: "OK" });
  }

  refuseRefer(ref: string, status: number): void {
    this.#sip.command({ type: "refuseRefer", ref, status });
  }

  onSip(event: Exclude<SipEvent, { type: "incoming" | "registered" | "unregistered" }>): void {
    const leg = this.#legs.get(event.ref);
    if (!leg) return this.#unknown(event);
    switch (event.type) {
      case "cancelled":
        return this.#lose(leg, "hung-up");
      case "ringing":
        return leg.hear({ type: "ringing" });
      case "answered":
        return this.#answered(leg, event.sdp);
      case "failed":
        return this.#lose(leg, whyFailed(event.status));
      case "ended":
        return this.#lose(leg, event.by === "peer" ? "hung-up" : "device-lost");
      case "offer":
        return this.#reoffered(leg, event.sdp);
      case "offerAnswered":
        return this.#reanswered(leg, event.sdp);
      case "offerRefused":
        return this.#log.info({ ref: leg.ref, status: event.status }, "a device keeps its hold");
      case "refer":
        return leg.hear({ type: "refer", target: event.target.user });
      case "digit":
        return this.#digit(leg, event.digit, "info");
    }
  }

  onMedia(event: MediaEvent): void {
    if (event.type === "recordingEnded") return;
    const leg = this.#legs.get(event.id);
    if (!leg) return;
    switch (event.type) {
      case "digit":
        return this.#digit(leg, event.digit, event.source);
      case "mediaStarted":
        return leg.hear({ type: "mediaStarted" });
      case "playEnded":
        return leg.hear({ type: "playEnded", playId: event.playId, why: event.why });
      case "mediaLost":
      case "failed":
        this.#log.warn({ ref: leg.ref, event: event.type, why: event.type === "failed" ? event.why : `${event.silentMs} ms of silence` }, "a leg lost its media");
        this.hangUp(leg.ref, "media lost");
        return leg.hear({ type: "gone", why: "media-lost" });
      case "closed":
        return; // by our own close, answered when the leg went
    }
  }

  #answered(leg: Leg, sdp: string): void {
    if (leg.state !== "inviting") return;
    leg.state = "settling";
    void settled(this.#media.setAnswer(leg.ref, sdp)).then((set) => {
      if (!this.#isLive(leg)) return;
      if (set.ok) {
        leg.state = "up";
        leg.hear({ type: "up" });
        return;
      }
      this.#log.warn({ ref: leg.ref, why: set.why }, "an agent's device answered with media that we cannot carry");
      this.hangUp(leg.ref, "media not acceptable");
      leg.hear({ type: "gone", why: "unreachable" });
    });
  }

  /** The peer's re-INVITE: hold, resume, a new address, an ICE restart. */
  #reoffered(leg: Leg, sdp: string): void {
    if (leg.state !== "up") {
      this.#sip.command({ type: "refuseOffer", ref: leg.ref, status: 491 });
      return;
    }
    void settled(this.#media.reanswer(leg.ref, sdp)).then((answer) => {
      if (!this.#isLive(leg)) return;
      if (!answer.ok) {
        this.#sip.command({ type: "refuseOffer", ref: leg.ref, status: answer.status === 488 ? 488 : 500 });
        return;
      }
      this.#sip.command({ type: "acceptOffer", ref: leg.ref, sdp: answer.sdp });
      this.#setRemoteHolds(leg, answer.remoteHolds);
    });
  }

  /** The answer to `resume`: a device that still holds says so by its direction. */
  #reanswered(leg: Leg, sdp: string): void {
    void settled(this.#media.setAnswer(leg.ref, sdp)).then((set) => {
      if (!this.#isLive(leg)) return;
      if (set.ok) this.#setRemoteHolds(leg, /^a=(sendonly|inactive)\s*$/m.test(sdp));
      else this.#log.warn({ ref: leg.ref, why: set.why }, "the answer to our offer does not fit");
    });
  }

  #setRemoteHolds(leg: Leg, held: boolean): void {
    if (leg.remoteHolds === held) return;
    leg.remoteHolds = held;
    leg.hear({ type: "held", held });
  }

  #digit(leg: Leg, key: string, by: string): void {
    if (!/^[0-9*#]$/.test(key)) return;
    leg.keysBy ??= by;
    if (leg.keysBy === by) leg.hear({ type: "digit", key });
  }

  #lose(leg: Leg, why: GoneWhy): void {
    this.#forget(leg);
    leg.hear({ type: "gone", why });
  }

  #forget(leg: Leg): void {
    this.#legs.delete(leg.ref);
    this.#media.close(leg.ref);
  }

  /** After a wait for the media side: a leg that went meanwhile may have got an endpoint after its close. */
  #isLive(leg: Leg): boolean {
    if (this.#legs.get(leg.ref) === leg) return true;
    this.#media.close(leg.ref);
    return false;
  }

  /** Of a leg that is gone: whoever still asks must not wait for us. */
  #unknown(event: SipEvent): void {
    if (event.type === "offer") this.#command({ type: "refuseOffer", ref: event.ref, status: 481 });
    if (event.type === "refer") this.#command({ type: "refuseRefer", ref: event.ref, status: 481 });
    if (event.type === "answered") this.#command({ type: "hangUp", ref: event.ref, reason: "not wanted any more" });
  }

  #command(command: SipCommand): void {
    this.#sip.command(command);
  }
}

/** A media worker that died is a refusal like any other. */
function settled<T extends { ok: boolean }>(asked: Promise<T>): Promise<T | Refusal> {
  return asked.catch((error: unknown) => ({ ok: false, status: 500, why: error instanceof Error ? error.message : String(error) }));
}

function whyFailed(status: number): GoneWhy {
  if (status === 603 || status === 600 || status === 607) return "declined";
  if (status === 486) return "busy";
  if (status === 408 || status === 487) return "no-answer";
  return "unreachable";
}
