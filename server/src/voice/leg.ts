/** One leg as data: what it is, what becomes of it, how one is asked for. What acts on it: legs.ts. */
import type { EndpointKind } from "../rtp/rtp.ts";
import type { SipCommand, SipEvent, SipReason } from "../sip/contract.ts";

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
  /** Before the answer both can hear us and be heard: the owner may play, bridge. May come again when a call forked further on changes its mind. */
  | { type: "early" }
  | { type: "up" }
  /** The peer's first packet came: it hears us from now on. */
  | { type: "mediaStarted" }
  | { type: "digit"; key: string }
  | { type: "held"; held: boolean }
  /** Answer with `acceptRefer` and `referProgress`, or `refuseRefer`. `replaces`: attended transfer; its `ref` is any leg of this server's. */
  | { type: "refer"; target: string; host: string; raw: string; replaces: { ref: string | null; raw: string } | null; referredBy: string | null }
  /** What became of our `refer`. */
  | { type: "referResult"; status: number; final: boolean }
  | { type: "playEnded"; playId: string; why: "finished" | "stopped" | "replaced" }
  /** `status`: the SIP status of a refusal, else 0. `contacts`: where a 3xx sends us. */
  | { type: "gone"; why: GoneWhy; status: number; reason: string; causes: readonly SipReason[]; contacts: readonly { uri: string; user: string; host: string }[] };

export type GoneMore = Partial<Omit<Extract<LegEvent, { type: "gone" }>, "type" | "why">>;

/** A leg on its way from one owner to another (`release`, `adopt`). */
export type ReleasedLeg = Readonly<Leg>;

export interface Leg {
  readonly ref: string;
  readonly kind: EndpointKind;
  state: "arrived" | "describing" | "early" | "confirming" | "offering" | "inviting" | "settling" | "up";
  /** The offer of an incoming leg; null when it came without one. */
  readonly offerSdp: string | null;
  /** Our description, once the media side made it. */
  localSdp: string | null;
  /** `answer` was asked while the media side worked. */
  answerWanted: boolean;
  /** The peer's answer is with the media side, which works in order: what the peer offers next may go there, too. */
  answerGiven: boolean;
  /** Media is settled both ways. */
  described: boolean;
  weHold: "sendonly" | "inactive" | null;
  remoteHolds: boolean;
  /** Some phones send a key twice, as RFC 4733 and as INFO or tones: the way seen first counts. */
  keysBy: string | null;
  /** Its owner. */
  hear: (event: LegEvent) => void;
  /** The legs that it is one of; null: it is gone, or on its way to other ones. */
  among: Map<string, Leg> | null;
}

type Invite = Extract<SipCommand, { type: "invite" }>;

/** How to call somebody; what is not said here is as in sip/contract.ts. */
export interface Invitation extends Omit<Invite, "type" | "ref" | "sdp"> {
  kind: EndpointKind;
  /** Further streams (video, text) as this leg has them: see MediaOptions. */
  like?: string;
}

export interface Taking {
  /** Default: what the offer asks for; without an offer plain RTP. */
  kind?: EndpointKind;
  /** Tell the caller at once that it rings (default). A call that goes on elsewhere rings when the other end does: `ring`. */
  ring?: boolean;
}

export function newLeg(ref: string, kind: EndpointKind, state: Leg["state"], offerSdp: string | null, hear: Leg["hear"]): Leg {
  return { ref, kind, state, offerSdp, localSdp: null, answerWanted: false, answerGiven: false, described: false, weHold: null, remoteHolds: false, keysBy: null, hear, among: null };
}

/** What is answered of a leg that is gone: whoever still asks must not wait for us. Null: nothing is owed. */
export function answerOfGone(event: Extract<SipEvent, { ref: string }>): SipCommand | null {
  const { ref } = event;
  switch (event.type) {
    case "offer":
    case "offerWanted":
      return { type: "refuseOffer", ref, status: 481 };
    case "refer":
      return { type: "refuseRefer", ref, status: event.inDialog ? 481 : 603 };
    case "answered":
      return { type: "hangUp", ref, reason: "not wanted any more" };
    default:
      return null;
  }
}

/** Whose word a refusal is. */
export function whyFailed(status: number): GoneWhy {
  if (status === 603 || status === 600 || status === 607) return "declined";
  if (status === 486) return "busy";
  if (status === 408 || status === 487) return "no-answer";
  return "unreachable";
}

/** What the media side answers; a worker that died is a refusal like any other. */
export function settled<T extends { ok: boolean }>(asked: Promise<T>): Promise<T | { ok: false; status: number; why: string }> {
  return asked.catch((error: unknown) => ({ ok: false, status: 500, why: error instanceof Error ? error.message : String(error) }));
}
