/**
 * Legs: one SIP dialog and one media endpoint that live and die together, joined by one ref. A leg knows nothing of
 * interactions; its owner hears what becomes of it, and hears `gone` at most once, never after `hangUp` or `reject`.
 *
 *   incoming: arrived -> describing -> early -> up, or arrived -> describing -> (confirming, without their offer) -> up
 *   outgoing: offering -> inviting -> settling -> up
 */
import type { Log } from "../base/log.ts";
import { kindOfOffer, type EndpointKind, type MediaEvent, type MediaOptions, type MediaPort } from "../rtp/rtp.ts";
import type { SipCommand, SipEvent, SipReason } from "../sip/contract.ts";
import { answerOfGone, newLeg, settled, whyFailed, type GoneMore, type GoneWhy, type Invitation, type Leg, type ReleasedLeg, type Taking } from "./leg.ts";
import { areAllPrivate, devicesOf, mayGiveKeys, NO_SRTP, type InvitedDevice } from "./leg-keys.ts";
import type { SipPort } from "./ports.ts";

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

  /** True while that leg is one of these: its events belong here. */
  has(ref: string): boolean {
    return this.#legs.has(ref);
  }

  /** An INVITE came in. Nothing is answered yet but 180, and not even that with `ring: false`. */
  take(ref: string, offerSdp: string | null, hear: Leg["hear"], taking: Taking = {}): EndpointKind {
    const kind = taking.kind ?? kindOfOffer(offerSdp ?? "", this.#sip.peerOf?.(ref)?.keysAllowed ?? false);
    this.#add(newLeg(ref, kind, "arrived", offerSdp, hear));
    if (taking.ring ?? true) this.#sip.command({ type: "progress", ref, status: 180 });
    return kind;
  }

  /**
   * Gives a caller away to other `Legs` (`adopt`), not answered yet or in conversation; null while its media is being settled. Its
   * owner hears nothing of it any more.
   */
  release(ref: string): ReleasedLeg | null {
    const leg = this.#legs.get(ref);
    if (leg?.state !== "arrived" && leg?.state !== "up") return null;
    this.#legs.delete(ref);
    leg.among = null;
    return leg;
  }

  /** Takes what others released, in the same turn; one that is answered already is `up` again at `answer`. A hold that came just before is the new owner's. */
  adopt(leg: ReleasedLeg, hear: Leg["hear"]): EndpointKind {
    this.#add(Object.assign(leg, { hear }));
    return leg.kind;
  }

  #add(leg: Leg): void {
    this.#legs.set(leg.ref, leg);
    leg.among = this.#legs;
  }

  /** 180 to a caller that waits. */
  ring(ref: string): void {
    const leg = this.#legs.get(ref);
    if (leg && (leg.state === "arrived" || leg.state === "describing" || leg.state === "early")) this.#sip.command({ type: "progress", ref, status: 180 });
  }

  /** Early media towards a caller: 183 with our description; `early` is heard when it may be used. */
  early(ref: string, options: MediaOptions = {}): void {
    const leg = this.#legs.get(ref);
    if (leg?.state === "arrived") this.#describe(leg, options);
  }

  answer(ref: string, options: MediaOptions = {}): void {
    const leg = this.#legs.get(ref);
    if (!leg) return;
    if (leg.state === "up") leg.hear({ type: "up" });
    else if (leg.state === "describing") leg.answerWanted = true;
    else if (leg.state === "early") this.#accept(leg);
    else if (leg.state === "arrived") {
      leg.answerWanted = true;
      this.#describe(leg, options);
    }
  }

  /** Refuses a caller; its owner hears nothing of it any more. */
  reject(ref: string, status: number, reason: string, more: { causes?: readonly SipReason[]; contacts?: readonly string[] } = {}): void {
    const leg = this.#legs.get(ref);
    if (!leg) return;
    if (leg.state !== "arrived" && leg.state !== "describing" && leg.state !== "early") return this.hangUp(ref, reason);
    this.#forget(leg);
    this.#sip.command({ type: "reject", ref, status, reason, ...more });
  }

  invite(ref: string, invitation: Invitation, hear: Leg["hear"]): void {
    const devices = devicesOf(this.#sip, invitation);
    if (invitation.kind === "srtp" && !mayGiveKeys(this.#sip, invitation, devices)) {
      this.#log.warn({ ref }, "SRTP is wanted where SIP is not protected by TLS: its keys are not given");
      const leg = newLeg(ref, "srtp", "offering", null, hear);
      this.#add(leg);
      queueMicrotask(() => this.#legs.get(ref) === leg && this.#lose(leg, "unreachable", { status: 488, reason: "SRTP needs TLS" }));
      return;
    }
    // keys for a device that is reached by TLS only; one that knows none of it is asked once more without
    if (invitation.kind !== "rtp" || !areAllPrivate(devices)) return this.#invite(ref, invitation, devices, hear);
    this.#invite(ref, { ...invitation, kind: "srtp" }, devices, (event) => {
      if (event.type === "gone" && NO_SRTP.has(event.status)) this.#invite(ref, invitation, devices, hear);
      else hear(event);
    });
  }

  #invite(ref: string, invitation: Invitation, devices: readonly InvitedDevice[], hear: Leg["hear"]): void {
    const { kind, like, ...call } = invitation;
    const leg = newLeg(ref, kind, "offering", null, hear);
    this.#add(leg);
    const address = devices[0]?.address ?? null;
    const peer = address !== null && devices.every((device) => device.address === address) ? { peer: address } : {};
    void settled(this.#media.offer(ref, kind, { ...this.#like(like), ...peer })).then((offer) => {
      if (!this.#isLive(leg)) return;
      if (!offer.ok) {
        this.#log.warn({ ref, status: offer.status, why: offer.why }, "no media for a leg that we invite");
        this.#lose(leg, "unreachable");
        return;
      }
      leg.state = "inviting";
      leg.localSdp = offer.sdp;
      this.#sip.command({ type: "invite", ref, sdp: offer.sdp, ...call });
    });
  }

  /** Ends the leg whatever its state; its owner hears nothing of it any more. Idempotent. */
  hangUp(ref: string, reason: string, causes?: readonly SipReason[]): void {
    const leg = this.#legs.get(ref);
    if (!leg) return;
    this.#forget(leg);
    if (leg.state !== "offering") this.#sip.command({ type: "hangUp", ref, reason, ...(causes && { causes }) });
  }

  /** Our own re-INVITE that puts the peer on hold: it sends nothing ("sendonly", we play music), or nobody does ("inactive"). */
  hold(ref: string, how: "sendonly" | "inactive" = "sendonly"): void {
    const leg = this.#legs.get(ref);
    if (leg?.state !== "up" || leg.weHold === how) return;
    leg.weHold = how;
    this.#reoffer(leg);
  }

  /** Our own re-INVITE that ends our hold, or takes a call back which the peer's device holds. */
  resume(ref: string): void {
    const leg = this.#legs.get(ref);
    if (leg?.state !== "up" || (!leg.remoteHolds && leg.weHold === null)) return;
    leg.weHold = null;
    this.#reoffer(leg);
  }

  /** Asks the peer to call `to` (a SIP URI), in the place of the leg `replaces` when given: `referResult` tells what became of it. */
  refer(ref: string, to: string, more: { replaces?: string; referredBy?: string } = {}): void {
    if (this.#legs.get(ref)?.state === "up") this.#sip.command({ type: "refer", ref, to, ...more });
  }

  acceptRefer(ref: string): void {
    this.#sip.command({ type: "acceptRefer", ref });
  }

  /** How the call goes that the peer asked for; a status of 200 or more is the last word. */
  referProgress(ref: string, status: number, reason: string): void {
    this.#sip.command({ type: "referProgress", ref, status, reason });
  }

  refuseRefer(ref: string, status: number): void {
    this.#sip.command({ type: "refuseRefer", ref, status });
  }

  /** An event of the SIP core; one that names no leg (a registration) or begins one (incoming) does nothing here. */
  onSip(event: SipEvent): void {
    if (!("ref" in event) || event.type === "incoming") return;
    const leg = this.#legs.get(event.ref);
    if (!leg) {
      const answer = answerOfGone(event);
      return answer ? this.#sip.command(answer) : undefined;
    }
    switch (event.type) {
      case "cancelled":
        return this.#lose(leg, "hung-up", { causes: event.causes ?? [] });
      case "ringing":
        return event.sdp === null ? leg.hear({ type: "ringing" }) : this.#earlyMedia(leg, event.status, event.sdp);
      case "answered":
        return this.#answered(leg, event.sdp);
      case "failed":
        return this.#lose(leg, whyFailed(event.status), { status: event.status, reason: event.reason, causes: event.causes ?? [], contacts: event.contacts ?? [] });
      case "ended":
        return this.#lose(leg, event.by === "peer" ? "hung-up" : "device-lost", { reason: event.reason, causes: event.causes ?? [] });
      case "offer":
        return this.#reoffered(leg, event.sdp);
      case "offerWanted":
        return this.#offerWanted(leg);
      case "offerAnswered":
        return this.#reanswered(leg, event.sdp);
      case "offerRefused":
        return this.#log.info({ ref: leg.ref, status: event.status }, "a device keeps its hold");
      case "refer": {
        const { target, referredBy } = event;
        return leg.hear({ type: "refer", target: target.user, host: target.host, raw: target.raw, replaces: target.replaces, referredBy });
      }
      case "referResult":
        return leg.hear({ type: "referResult", status: event.status, final: event.final });
      case "digit":
        return this.#digit(leg, event.digit, "info");
      default: // of other things that have a ref
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
        // who has not answered owes us no packets: a ringing phone is silent for as long as it likes
        if (leg.state !== "up") return;
        return this.#loseMedia(leg, `${event.silentMs} ms of silence`);
      case "failed":
        return this.#loseMedia(leg, event.why);
      case "closed":
        return; // by our own close, answered when the leg went
      default: // of conferences: their owner hears them
    }
  }

  /** Further streams as another leg has them: agreed ones, or what it offers while nobody has answered it. */
  #like(ref: string | undefined): MediaOptions {
    if (ref === undefined) return {};
    const leg = this.#legs.get(ref);
    return leg && !leg.described && leg.offerSdp !== null ? { likeSdp: leg.offerSdp } : { like: ref };
  }

  /** Our description of an incoming leg: the answer to its offer, or an offer when it brought none. */
  #describe(leg: Leg, asOwnerSays: MediaOptions): void {
    leg.state = "describing";
    const from = this.#sip.peerOf?.(leg.ref);
    const options: MediaOptions = { ...(from?.direct && from.flow && { peer: from.flow.remoteAddress }), ...(from?.stranger && { stranger: true }), ...asOwnerSays };
    const asked = leg.offerSdp === null ? this.#media.offer(leg.ref, leg.kind, options) : this.#media.answer(leg.ref, leg.kind, leg.offerSdp, options);
    void settled(asked).then((described) => {
      if (!this.#isLive(leg)) return;
      if (!described.ok) {
        this.#log.warn({ ref: leg.ref, status: described.status, why: described.why }, "a call could not be answered");
        return this.#lose(leg, "media-lost", {}, { type: "reject", ref: leg.ref, status: described.status, reason: "Not Acceptable Here" });
      }
      leg.state = "early";
      leg.localSdp = described.sdp;
      leg.described = leg.offerSdp !== null;
      if (leg.answerWanted) return this.#accept(leg);
      this.#sip.command({ type: "progress", ref: leg.ref, status: 183, sdp: described.sdp });
      // without their offer the media is settled only when they have answered ours (in PRACK or ACK)
      if (leg.described && this.#isLive(leg)) leg.hear({ type: "early" });
    });
  }

  #accept(leg: Leg): void {
    if (leg.localSdp === null) return;
    const settledBefore = leg.described;
    leg.state = settledBefore ? "up" : "confirming";
    this.#sip.command({ type: "answer", ref: leg.ref, sdp: leg.localSdp });
    if (settledBefore && leg.among !== null) leg.hear({ type: "up" });
  }

  #earlyMedia(leg: Leg, status: number, sdp: string): void {
    if (leg.state !== "inviting") return;
    leg.answerGiven = true;
    void settled(this.#media.setAnswer(leg.ref, sdp)).then((set) => {
      if (!this.#isLive(leg) || leg.state !== "inviting") return;
      if (set.ok) {
        leg.described = true;
        leg.hear({ type: "early" });
      } else this.#log.info({ ref: leg.ref, why: set.why }, "early media that we cannot carry");
      if (status === 180) leg.hear({ type: "ringing" });
    });
  }

  #answered(leg: Leg, sdp: string): void {
    if (leg.state !== "inviting") return;
    leg.state = "settling";
    leg.answerGiven = true;
    void settled(this.#media.setAnswer(leg.ref, sdp)).then((set) => {
      if (!this.#isLive(leg)) return;
      if (set.ok) {
        leg.state = "up";
        leg.described = true;
        leg.hear({ type: "up" });
        return;
      }
      this.#log.warn({ ref: leg.ref, why: set.why }, "a device answered with media that we cannot carry");
      this.#lose(leg, "unreachable", { status: 488 }, { type: "hangUp", ref: leg.ref, reason: "media not acceptable", causes: [{ protocol: "SIP", cause: 488, text: "Not Acceptable Here" }] });
    });
  }

  /** The peer's new offer: hold, resume, a new address, an ICE restart; by UPDATE also before the answer. */
  #reoffered(leg: Leg, sdp: string): void {
    if (!leg.described && !leg.answerGiven) {
      this.#sip.command({ type: "refuseOffer", ref: leg.ref, status: 491 });
      return;
    }
    void settled(this.#media.reanswer(leg.ref, sdp)).then((answer) => {
      if (!this.#isLive(leg)) return;
      if (!answer.ok) {
        this.#sip.command({ type: "refuseOffer", ref: leg.ref, status: answer.status === 488 ? 488 : 500 });
        return;
      }
      // an INVITE answered after this repeats the description agreed last
      if (leg.state !== "up") leg.localSdp = answer.sdp;
      this.#sip.command({ type: "acceptOffer", ref: leg.ref, sdp: answer.sdp });
      this.#setRemoteHolds(leg, answer.remoteHolds);
    });
  }

  /** A re-INVITE without an offer: the peer wants ours (a call server that puts two calls together, RFC 3725). */
  #offerWanted(leg: Leg): void {
    void settled(this.#media.reoffer(leg.ref, leg.weHold ?? "sendrecv")).then((offer) => {
      if (!this.#isLive(leg)) return;
      if (offer.ok) this.#sip.command({ type: "acceptOffer", ref: leg.ref, sdp: offer.sdp });
      else this.#sip.command({ type: "refuseOffer", ref: leg.ref, status: 488 });
    });
  }

  #reoffer(leg: Leg): void {
    void settled(this.#media.reoffer(leg.ref, leg.weHold ?? "sendrecv")).then((offer) => {
      if (!this.#isLive(leg)) return;
      if (offer.ok) this.#sip.command({ type: "offer", ref: leg.ref, sdp: offer.sdp });
      else this.#log.warn({ ref: leg.ref, why: offer.why }, "no new offer for a leg");
    });
  }

  /** The answer to an offer of ours: the first of a leg that came without one, a hold, a resume (a device that still holds says so by its direction). */
  #reanswered(leg: Leg, sdp: string): void {
    leg.answerGiven = true;
    void settled(this.#media.setAnswer(leg.ref, sdp)).then((set) => {
      if (!this.#isLive(leg)) return;
      if (!set.ok) {
        this.#log.warn({ ref: leg.ref, why: set.why }, "the answer to our offer does not fit");
        if (!leg.described) this.#loseMedia(leg, set.why);
        return;
      }
      leg.described = true;
      if (leg.state === "early") return leg.hear({ type: "early" });
      if (leg.state === "confirming") {
        leg.state = "up";
        return leg.hear({ type: "up" });
      }
      if (leg.weHold === null) this.#setRemoteHolds(leg, /^a=(sendonly|inactive)\s*$/m.test(sdp));
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

  #loseMedia(leg: Leg, why: string): void {
    this.#log.warn({ ref: leg.ref, why }, "a leg lost its media");
    this.#lose(leg, "media-lost", { reason: why }, leg.state === "offering" ? null : { type: "hangUp", ref: leg.ref, reason: "media lost" });
  }

  /** Forgotten first: the core answers a command that ends a dialog with an end of its own, and the owner hears `gone` once. */
  #lose(leg: Leg, why: GoneWhy, more: GoneMore = {}, command: SipCommand | null = null): void {
    this.#forget(leg);
    if (command) this.#sip.command(command);
    leg.hear({ type: "gone", why, status: 0, reason: "", causes: [], contacts: [], ...more });
  }

  #forget(leg: Leg): void {
    leg.among?.delete(leg.ref);
    leg.among = null;
    this.#media.close(leg.ref);
  }

  /** After a wait for the media side: a leg that went meanwhile may have got an endpoint after its close. A ref that is asked again (without keys) has a new one. */
  #isLive(leg: Leg): boolean {
    if (leg.among === null && !this.#legs.has(leg.ref)) this.#media.close(leg.ref);
    return leg.among !== null;
  }
}
