import { allowHeader, readSdp, supportedHeader } from "./capabilities.ts";
import { contactOf, sendAck, sendInDialog } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { endByUs, keepSession, type Leg, type Legs } from "./leg.ts";
import { T1, T2, transactionLifeMs } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import type { HeaderPair } from "./print.ts";
import { allowed, maxSessionS, readSeconds, refreshHeaders, sessionAsUac, sessionAsUas } from "./session-timer.ts";
import type { ClientUser, ServerTransaction } from "./transactions.ts";
import { ownAddress, ownContact } from "./way.ts";

/** For how long an offer that met another one (491, or 500 with Retry-After) is sent again before it counts as refused. */
const glareMs = transactionLifeMs;
/** How long a peer may think about an offer that it says it has (1xx). Attack: a 180 to each re-INVITE and never an answer keeps them all. */
const answerOfferMs = 180_000;

/** Changes of an established session: our re-INVITEs, the peer's re-INVITEs and UPDATEs (RFC 3261 section 14, RFC 3311). */
export class Offers {
  readonly #ground: Ground;
  readonly #legs: Legs;

  constructor(ground: Ground, legs: Legs) {
    this.#ground = ground;
    this.#legs = legs;
  }

  /** Sends our offer now, or as soon as nothing else is in negotiation. One at a time: a second one replaces what waits. */
  offer(leg: Leg, sdp: string, refresh: boolean): void {
    if (leg.ourOffer?.inFlight) {
      if (!refresh) this.#ground.tell({ type: "offerRefused", ref: leg.ref, status: 491 });
      return;
    }
    leg.ourOffer = { sdp, refresh, giveUpAtMs: this.#ground.nowMs + glareMs, notBeforeMs: 0, inFlight: false };
    this.go(leg);
  }

  /** Timer "offer", or the obstacle went away. */
  go(leg: Leg): void {
    const { ourOffer, dialog } = leg;
    if (!ourOffer || ourOffer.inFlight || !dialog || leg.phase === "over" || this.#ground.nowMs < ourOffer.notBeforeMs) return;
    // before the answer an offer goes by UPDATE, once the first one has its answer (RFC 3311 section 5.1)
    const early = leg.phase === "early" && leg.agreed && leg.allow?.includes("UPDATE") === true;
    // RFC 3261 14.1: no new INVITE while one is in progress in either direction
    if ((leg.phase !== "up" && !early) || leg.theirOffer || leg.unacked) {
      this.#ground.timers.start(leg.timerId, "offer", this.#ground.nowMs + T1);
      return;
    }
    ourOffer.inFlight = true;
    const timed = leg.session && leg.session.by !== "OPTIONS" ? refreshHeaders(this.#sessionS(leg)) : [];
    const acks = new Map<string, () => void>();
    const user: ClientUser = {
      response: (response, envelope) => this.#answered(leg, acks, response, envelope),
      timeout: () => this.#broken(leg, "timeout"),
      transportError: () => this.#broken(leg, "transport"),
      finalWithinMs: answerOfferMs,
    };
    sendInDialog(this.#ground, dialog, { method: early ? "UPDATE" : "INVITE", headers: [allowHeader, supportedHeader, ...timed], body: { type: "application/sdp", text: ourOffer.sdp }, user });
  }

  #answered(leg: Leg, acks: Map<string, () => void>, response: SipMessage, envelope: Envelope): void {
    const { dialog } = leg;
    if (!dialog || response.status < 200) return;
    if (response.status < 300) {
      const repeat = acks.get(envelope.toTag);
      if (repeat) return repeat();
      const contact = contactOf(response);
      if (contact !== null) dialog.target = contact;
      if (envelope.cseqMethod === "INVITE") acks.set(envelope.toTag, sendAck(this.#ground, dialog, envelope.cseq));
    }
    const { ourOffer } = leg;
    if (!ourOffer || leg.phase === "over") return;
    if (response.status < 300) {
      leg.ourOffer = null;
      const answer = readSdp(response);
      if (!answer.ok || answer.sdp === null) {
        if (!ourOffer.refresh) this.#ground.tell({ type: "offerRefused", ref: leg.ref, status: 488 });
        return;
      }
      leg.localSdp = ourOffer.sdp;
      leg.remoteSdp = answer.sdp;
      if (leg.session) keepSession(this.#ground, leg, sessionAsUac(response, leg.session.intervalS, leg.allow));
      if (!ourOffer.refresh) this.#ground.tell({ type: "offerAnswered", ref: leg.ref, sdp: answer.sdp });
      return;
    }
    ourOffer.inFlight = false;
    // RFC 4028 7.3: the same again with the interval that somebody on the way wants at least
    const minSe = response.status === 422 ? readSeconds(response.header("min-se")) : null;
    if (minSe !== null && leg.session && minSe > leg.session.intervalS && minSe <= maxSessionS) {
      leg.session.intervalS = minSe;
      return this.go(leg);
    }
    const waitMs = this.#tryAgainMs(leg, response);
    if (waitMs !== null && this.#ground.nowMs + waitMs < ourOffer.giveUpAtMs) {
      ourOffer.notBeforeMs = this.#ground.nowMs + waitMs;
      this.#ground.timers.start(leg.timerId, "offer", ourOffer.notBeforeMs);
      return;
    }
    leg.ourOffer = null;
    // RFC 3261 12.2.1.2: "If the response for a request within a dialog is a 481 or a 408, the UAC SHOULD terminate the dialog"
    if ((response.status === 481 || response.status === 408) && leg.phase !== "early") endByUs(this.#ground, this.#legs, leg, "timeout", `re-INVITE answered ${response.status}`);
    else if (!ourOffer.refresh) this.#ground.tell({ type: "offerRefused", ref: leg.ref, status: response.status });
    else if (leg.session) keepSession(this.#ground, leg, leg.session);
  }

  /** How long to wait before the offer goes again; null when the refusal is final. */
  #tryAgainMs(leg: Leg, response: SipMessage): number | null {
    const chance = this.#ground.settings.chance.next();
    // RFC 3261 14.1: after a 491 the owner of the Call-ID waits 2.1 to 4 s, the other side 0 to 2 s, in steps of 10 ms
    if (response.status === 491) return leg.direction === "out" ? 2100 + Math.floor(chance * 190) * 10 : Math.floor(chance * 200) * 10;
    // 14.2: the peer's own offer is in progress: it says when
    const after = response.status === 500 ? readSeconds(response.header("retry-after")) : null;
    return after === null || after > 10 ? null : after * 1000;
  }

  #broken(leg: Leg, by: "timeout" | "transport"): void {
    const { ourOffer } = leg;
    if (leg.phase === "early") {
      // the call may still be answered: its own timers decide
      leg.ourOffer = null;
      if (ourOffer && !ourOffer.refresh) this.#ground.tell({ type: "offerRefused", ref: leg.ref, status: 408 });
      return;
    }
    if (ourOffer) ourOffer.inFlight = false;
    endByUs(this.#ground, this.#legs, leg, by, "re-INVITE not answered");
  }

  /** A re-INVITE or an UPDATE of the peer. */
  received(leg: Leg, transaction: ServerTransaction): void {
    const { request } = transaction;
    const { transactions } = this.#ground;
    const body = readSdp(request);
    if (!body.ok) return transactions.respond(transaction, 415, { headers: body.headers });
    const timed = sessionAsUas(request, this.#sessionS(leg), leg.allow);
    if (!timed.ok) return transactions.respond(transaction, 422, { headers: timed.headers });
    // RFC 3261 14.2: 491 while our own offer is out; 500 with Retry-After while the peer's earlier one is not answered
    if (leg.ourOffer?.inFlight && (request.method === "INVITE" || body.sdp !== null)) return transactions.respond(transaction, 491);
    const early = leg.phase === "early" && request.method === "UPDATE";
    // RFC 3311 section 5.2: our first offer has no answer yet
    if (early && !leg.agreed && body.sdp !== null && (leg.direction === "out" || leg.reliable?.pending?.sdp === "offer")) return transactions.respond(transaction, 491);
    const busy = leg.theirOffer !== null || leg.unacked !== null || (leg.phase !== "up" && !(early && leg.agreed));
    if (busy && (request.method === "INVITE" || body.sdp !== null)) return transactions.respond(transaction, 500, { headers: [["Retry-After", String(1 + Math.floor(this.#ground.settings.chance.next() * 10))]] });
    const contact = contactOf(request);
    if (contact !== null && leg.dialog) leg.dialog.target = contact;
    leg.allow = allowed(request) ?? leg.allow;
    if (body.sdp === null) {
      // an UPDATE without SDP only refreshes; a re-INVITE without one asks us for an offer
      if (request.method !== "INVITE") return this.#accept(leg, transaction, null);
      leg.theirOffer = { transaction, sdp: null };
      transactions.respond(transaction, 100);
      return this.#ground.tell({ type: "offerWanted", ref: leg.ref });
    }
    // the same description again is a session refresh (RFC 4028 section 9): nobody above needs to hear of it
    if (body.sdp === leg.remoteSdp && leg.localSdp !== "") return this.#accept(leg, transaction, leg.localSdp);
    leg.theirOffer = { transaction, sdp: body.sdp };
    if (transaction.invite) transactions.respond(transaction, 100);
    this.#ground.tell({ type: "offer", ref: leg.ref, sdp: body.sdp });
  }

  accept(leg: Leg, sdp: string): void {
    const offer = leg.theirOffer;
    if (!offer) return;
    leg.theirOffer = null;
    if (offer.sdp !== null) leg.remoteSdp = offer.sdp;
    leg.localSdp = sdp;
    this.#accept(leg, offer.transaction, sdp, offer.sdp === null);
    if (!offer.transaction.invite) this.go(leg);
  }

  refuse(leg: Leg, status: number): void {
    const offer = leg.theirOffer;
    if (!offer) return;
    leg.theirOffer = null;
    this.#ground.transactions.respond(offer.transaction, status >= 300 && status < 700 ? status : 488);
    this.go(leg);
  }

  #accept(leg: Leg, transaction: ServerTransaction, sdp: string | null, ourOffer = false): void {
    const { transactions, settings, points } = this.#ground;
    // a PRACK and whatever comes before the answer say nothing about the session's timer
    const refreshes = leg.phase !== "early" && transaction.request.method !== "PRACK";
    const timed = sessionAsUas(transaction.request, this.#sessionS(leg), leg.allow);
    const contact: HeaderPair = ["Contact", ownContact(ownAddress({ flow: transaction.flow }, points, settings.domain), transaction.request.uri)];
    transactions.respond(transaction, 200, {
      headers: [contact, allowHeader, supportedHeader, ...(refreshes ? timed.headers : [])], body: sdp === null ? null : { type: "application/sdp", text: sdp },
    });
    if (timed.ok && refreshes) keepSession(this.#ground, leg, timed.session);
    if (transaction.invite) awaitAck(this.#ground, leg, transaction, ourOffer);
  }

  #sessionS(leg: Leg): number {
    return leg.session?.intervalS ?? this.#ground.settings.sessionExpiresS ?? 1800;
  }
}

/**
 * RFC 3261 13.3.1.4: a 2xx is repeated by its sender, T1 doubling to T2, over every transport, "until the ACK is received"; after
 * 64*T1 without one the session is ended.
 */
export function awaitAck(ground: Ground, leg: Leg, transaction: ServerTransaction, wantsAnswer: boolean): void {
  leg.unacked = { transaction, intervalMs: T1, wantsAnswer };
  ground.timers.start(leg.timerId, "2xx", ground.nowMs + T1);
  ground.timers.start(leg.timerId, "noAck", ground.nowMs + transactionLifeMs);
}

/** Timer "2xx". */
export function repeat2xx(ground: Ground, leg: Leg): void {
  if (!leg.unacked) return;
  ground.transactions.repeat(leg.unacked.transaction);
  leg.unacked.intervalMs = Math.min(leg.unacked.intervalMs * 2, T2);
  ground.timers.start(leg.timerId, "2xx", ground.nowMs + leg.unacked.intervalMs);
}
