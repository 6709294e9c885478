import { acceptHeader, allowHeader, METHODS, supportedHeader, unknownExtensions } from "./capabilities.ts";
import type { Flow } from "./contract.ts";
import { sendInDialog } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import type { Incoming } from "./incoming.ts";
import { infoReceived } from "./info.ts";
import { endByUs, finish, forget, keepSession, sendBye, type Leg, type Legs } from "./leg.ts";
import { readSdp } from "./capabilities.ts";
import type { SipMessage } from "./message.ts";
import type { Offers } from "./offers.ts";
import type { HeaderPair } from "./print.ts";
import { readReasons } from "./reason.ts";
import { isReferSubscribe, referNotified, referReceived, referSubscribed } from "./refer.ts";
import { allowed, maxSessionS, minSessionS, readSeconds, refreshHeaders, sessionAsUac } from "./session-timer.ts";
import type { ServerTransaction } from "./transactions.ts";
import type { SipUri } from "./uri.ts";

/** How soon a refused refresh is tried again. */
const refreshAgainMs = 20_000;

/** Requests within a dialog (RFC 3261 12.2.2), and the keeping alive of one. */
export class InDialog {
  readonly #ground: Ground;
  readonly #legs: Legs;
  readonly #offers: Offers;
  readonly #incoming: Incoming;

  constructor(ground: Ground, legs: Legs, offers: Offers, incoming: Incoming) {
    this.#ground = ground;
    this.#legs = legs;
    this.#offers = offers;
    this.#incoming = incoming;
  }

  /** Null when handled; else the status that the core answers statelessly. */
  request(request: SipMessage, envelope: Envelope, flow: Flow): { status: number; headers?: HeaderPair[] } | null {
    const leg = this.#legs.ofDialog(envelope.callId, envelope.toTag, envelope.fromTag);
    const dialog = leg && this.#legs.dialogWith(leg, envelope.fromTag);
    if (!leg || !dialog) return { status: 481 };
    if (!(METHODS as readonly string[]).includes(request.method)) return { status: 405, headers: [allowHeader] };
    // RFC 3261 12.2.2: "If the remote sequence number was not empty, but the sequence number of the request is lower ... 500"
    if (dialog.remoteSeq !== null && envelope.cseq <= dialog.remoteSeq) return { status: 500 };
    const unknown = unknownExtensions(request);
    if (unknown.length > 0) return { status: 420, headers: [["Unsupported", unknown.join(", ")]] };
    // a call forked further on: the session is agreed with one of its ends at a time
    if (dialog !== leg.dialog && request.method === "UPDATE") return { status: 500, headers: [["Retry-After", "2"]] };
    dialog.remoteSeq = envelope.cseq;
    if (dialog !== leg.dialog) dialog.flow = flow;
    else if (dialog.flow === null || (dialog.flow.transport === "udp" && flow.transport === "udp")) this.#legs.moveFlow(leg, flow);
    this.#dispatch(leg, this.#ground.transactions.openServer(request, envelope, flow));
    return null;
  }

  /**
   * A MESSAGE within a call (RFC 3428 8 allows it and advises against): `take` is given the number that was called, for who writes there
   * may do so outside of the call as well. Null when it took it, else what the core answers.
   */
  message(request: SipMessage, envelope: Envelope, take: (target: SipUri) => { status: number; headers?: HeaderPair[] } | null): { status: number; headers?: HeaderPair[] } | null {
    const leg = this.#legs.ofDialog(envelope.callId, envelope.toTag, envelope.fromTag);
    const dialog = leg && this.#legs.dialogWith(leg, envelope.fromTag);
    if (!leg || !dialog || leg.phase === "over" || leg.referOnly || !envelope.to.uri) return { status: 481 };
    if (dialog.remoteSeq !== null && envelope.cseq <= dialog.remoteSeq) return { status: 500 };
    // a stranger's first one over UDP is dropped until its address is proved: what is repeated then must not seem old
    return take(envelope.to.uri);
  }

  #dispatch(leg: Leg, transaction: ServerTransaction): void {
    const { transactions } = this.#ground;
    // the dialog of a REFER outside any call carries its NOTIFYs and nothing else
    if (leg.referOnly && transaction.request.method !== "REFER" && !isReferSubscribe(transaction.request)) return transactions.respond(transaction, 481);
    switch (transaction.request.method) {
      case "BYE": return this.#bye(leg, transaction);
      case "INVITE":
      case "UPDATE": return leg.phase === "over" ? transactions.respond(transaction, 481) : this.#offers.received(leg, transaction);
      case "INFO": return leg.phase === "over" ? transactions.respond(transaction, 481) : infoReceived(this.#ground, leg, transaction);
      case "PRACK": return this.#incoming.prack(leg, transaction);
      case "REFER": return referReceived(this.#ground, this.#legs, leg, transaction, null);
      case "OPTIONS": return transactions.respond(transaction, 200, { headers: [allowHeader, acceptHeader, supportedHeader] });
      case "SUBSCRIBE": return referSubscribed(this.#ground, leg, transaction);
      case "NOTIFY": return referNotified(this.#ground, leg, transaction);
      default: return transactions.respond(transaction, 405, { headers: [allowHeader] });
    }
  }

  /** RFC 3261 15.1.2: 200, and every request still open is answered 487. */
  #bye(leg: Leg, transaction: ServerTransaction): void {
    // RFC 3261 15: "The callee's UA MUST NOT send a BYE on early dialogs"
    if (leg.phase === "early" && leg.direction === "out") return this.#ground.transactions.respond(transaction, 481);
    this.#ground.transactions.respond(transaction, 200);
    if (leg.phase === "over") return forget(this.#ground, this.#legs, leg);
    const causes = readReasons(transaction.request);
    if (leg.phase === "early") return this.#incoming.gaveUp(leg, causes);
    const reason = transaction.request.header("reason") ?? "";
    finish(this.#ground, this.#legs, leg, { type: "ended", ref: leg.ref, by: "peer", reason: reason.slice(0, 200), ...(causes.length > 0 && { causes }) });
  }

  /** The ACK of a 2xx of ours, for the INVITE or a re-INVITE. */
  ack(request: SipMessage, envelope: Envelope, flow: Flow): void {
    const leg = this.#legs.ofDialog(envelope.callId, envelope.toTag, envelope.fromTag);
    if (!leg?.unacked || leg.unacked.transaction.envelope.cseq !== envelope.cseq) return;
    const { wantsAnswer } = leg.unacked;
    this.#ground.transactions.settle(leg.unacked.transaction);
    const first = leg.phase !== "up";
    leg.unacked = null;
    this.#ground.timers.stop(leg.timerId, "2xx");
    this.#ground.timers.stop(leg.timerId, "noAck");
    this.#legs.settlePending(leg);
    this.#ground.settings.border?.proven(flow, this.#ground.nowMs);
    if (leg.phase === "over") {
      if (leg.dialog) sendBye(this.#ground, leg.dialog, leg.byeWanted?.reason ?? "", leg.byeWanted?.causes);
      return forget(this.#ground, this.#legs, leg);
    }
    leg.phase = "up";
    if (wantsAnswer) {
      // an INVITE without an offer: our 2xx carried the offer, this ACK carries the answer (RFC 3261 13.2.1)
      const body = readSdp(request);
      const sdp = body.ok ? body.sdp : null;
      if (sdp === null && first) return endByUs(this.#ground, this.#legs, leg, "us", "ACK without the answer", [{ protocol: "SIP", cause: 488, text: "" }]);
      leg.agreed = true;
      leg.remoteSdp = sdp ?? leg.remoteSdp;
      this.#ground.tell(sdp === null ? { type: "offerRefused", ref: leg.ref, status: 488 } : { type: "offerAnswered", ref: leg.ref, sdp });
    }
    this.#offers.go(leg);
  }

  /** Timer "noAck". */
  noAck(leg: Leg): void {
    if (leg.phase !== "over") return endByUs(this.#ground, this.#legs, leg, "timeout", "no ACK");
    if (leg.dialog) sendBye(this.#ground, leg.dialog, "no ACK");
    forget(this.#ground, this.#legs, leg);
  }

  /** Timer "session": refresh, or the peer did not (RFC 4028 section 10). */
  session(leg: Leg): void {
    const { session, dialog } = leg;
    if (!session || !dialog || leg.phase === "over") return;
    if (!session.weRefresh) return endByUs(this.#ground, this.#legs, leg, "timeout", "session expired");
    if (session.by === "INVITE") {
      if (leg.ourOffer) this.#ground.timers.start(leg.timerId, "session", this.#ground.nowMs + refreshAgainMs);
      else this.#offers.offer(leg, leg.localSdp, true);
      return;
    }
    const headers = session.by === "UPDATE" ? [supportedHeader, ...refreshHeaders(session.intervalS)] : [];
    sendInDialog(this.#ground, dialog, {
      method: session.by, headers,
      user: {
        response: (response) => this.#refreshed(leg, response),
        timeout: () => endByUs(this.#ground, this.#legs, leg, "timeout", "peer silent"),
        transportError: () => endByUs(this.#ground, this.#legs, leg, "transport", "peer not reachable"),
      },
    });
  }

  #refreshed(leg: Leg, response: SipMessage): void {
    const { session } = leg;
    if (!session || leg.phase === "over" || response.status < 200) return;
    if (response.status === 481 || response.status === 408) return endByUs(this.#ground, this.#legs, leg, "timeout", `refresh answered ${response.status}`);
    if (session.by === "OPTIONS") return keepSession(this.#ground, leg, session);
    if (response.status < 300) return keepSession(this.#ground, leg, sessionAsUac(response, session.intervalS, allowed(response) ?? leg.allow));
    if (response.status === 422) {
      // RFC 4028 7.3: the same again with the interval that somebody on the way wants at least
      const minSe = Math.min(readSeconds(response.header("min-se")) ?? minSessionS, maxSessionS);
      if (minSe > session.intervalS) {
        session.intervalS = minSe;
        return this.session(leg);
      }
    }
    this.#ground.timers.start(leg.timerId, "session", this.#ground.nowMs + refreshAgainMs);
  }
}
