import { newId } from "../base/ids.ts";
import { acceptHeader, allowHeader, readSdp, supportedHeader } from "./capabilities.ts";
import type { Flow, SipIdentity, SipReason } from "./contract.ts";
import { contactOf, dialogOfRequest } from "./dialog.ts";
import { readHistory } from "./diversion.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { finish, keepSession, newLeg, type Leg, type Legs } from "./leg.ts";
import { trimBlanks, wire, type SipMessage } from "./message.ts";
import { awaitAck } from "./offers.ts";
import { phrase, type HeaderPair } from "./print.ts";
import { parseUri } from "./uri.ts";
import { reasonHeaders } from "./reason.ts";
import { prackReceived, progressReliably, reliabilityOf, repeatReliable } from "./reliable.ts";
import { readNamed } from "./replaces.ts";
import { allowed, sessionAsUas } from "./session-timer.ts";
import type { ServerTransaction } from "./transactions.ts";
import { ownAddress, ownContact } from "./way.ts";

/** RFC 3261 13.3.1.1: a UAS that needs longer repeats its provisional answer every minute, or proxies give up (timer C). */
const repeatProgressMs = 60_000;

/** Why an INVITE is refused before any state is made; the core answers it statelessly. */
export type InviteRefusal = { status: number; headers?: HeaderPair[] };

/** Calls that somebody places to us, until they are answered and confirmed (RFC 3261 13.3). */
export class Incoming {
  readonly #ground: Ground;
  readonly #legs: Legs;

  constructor(ground: Ground, legs: Legs) {
    this.#ground = ground;
    this.#legs = legs;
  }

  /** A new INVITE that may come in. Null when it became a leg. */
  invite(request: SipMessage, envelope: Envelope, flow: Flow, from: SipIdentity, to: { user: string; host: string; instance?: string }): InviteRefusal | null {
    // a peer of RFC 2543 writes neither tag nor Contact (RFC 3261 12.1.1: the tag is then null): it is reached at its From
    const target = contactOf(request) ?? (envelope.fromTag === "" && envelope.from.uri?.scheme === "sip" ? envelope.from.raw : null);
    if (target === null) return { status: 400 };
    const body = readSdp(request);
    if (!body.ok) return { status: 415, headers: body.headers };
    const maxForwards = hopsLeft(request);
    if (maxForwards === 0) return { status: 483 };
    const named = readNamed(request, this.#legs, flow, from.account);
    if (!named.ok) return { status: named.status };
    const timed = sessionAsUas(request, this.#ground.settings.sessionExpiresS ?? 1800, null);
    if (!timed.ok) return { status: 422, headers: timed.headers };
    if (this.#ground.transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
    const known = this.#ground.settings.isKnownSource?.(flow.remoteAddress) ?? false;
    if (from.account === null && this.#legs.outside.full(flow.remoteAddress, known)) return { status: 503, headers: [["Retry-After", "10"]] };

    const { border } = this.#ground.settings;
    if (border && !border.mayCall(from, to.user, flow, this.#ground.nowMs)) return { status: 503, headers: [["Retry-After", "10"]] };

    const transaction = this.#ground.transactions.openServer(request, envelope, flow);
    this.#ground.transactions.respond(transaction, 100);
    const leg = newLeg(newId("leg", this.#ground.nowMs, this.#ground.settings.chance), "in");
    leg.invite = transaction;
    leg.remoteSdp = body.sdp ?? "";
    leg.allow = allowed(request);
    this.#legs.add(leg);
    this.#legs.nameCall(leg, envelope.callId);
    this.#legs.setDialog(leg, dialogOfRequest(request, envelope, flow, transaction.toTag, target, from.account !== null));
    if (from.account === null) leg.pendingFrom = this.#legs.outside.add(flow.remoteAddress, known);
    this.#ground.tell({
      type: "incoming", ref: leg.ref, from, to, flow, sdp: body.sdp, headers: request.all(), replaces: named.replaces?.ref ?? null, join: named.join?.ref ?? null,
      maxForwards, history: readHistory(request), privacy: request.list("privacy").flatMap((line) => line.toLowerCase().split(";").map(trimBlanks)),
    });
    return null;
  }

  progress(leg: Leg, status: 180 | 183, sdp: string | null): void {
    const { invite } = leg;
    if (!invite || leg.phase !== "early") return;
    this.#ground.timers.start(leg.timerId, "progress", this.#ground.nowMs + repeatProgressMs);
    const reliability = reliabilityOf(invite);
    if (reliability === "required" || (reliability === "supported" && sdp !== null)) {
      return progressReliably(this.#ground, leg, invite, status, sdp, [...this.#dialogHeaders(invite), allowHeader]);
    }
    // RFC 3261 13.2.1: an offer of ours stands in a reliable answer or in the 2xx, nowhere else
    const body = sdp === null || leg.remoteSdp === "" ? null : { type: "application/sdp", text: sdp };
    this.#ground.transactions.respond(invite, status, { headers: this.#dialogHeaders(invite), body });
  }

  /** PRACK: the next provisional answer, or the 2xx that waited for it. */
  prack(leg: Leg, transaction: ServerTransaction): void {
    const acknowledged = prackReceived(this.#ground, leg, transaction);
    if (acknowledged === "broken") return this.reject(leg, 488, "");
    const { reliable, invite } = leg;
    if (!acknowledged || !reliable || !invite || leg.phase !== "early") return;
    if (reliable.answer !== null) return this.answer(leg, reliable.answer);
    const next = reliable.waiting.shift();
    if (next) progressReliably(this.#ground, leg, invite, next.status, next.sdp, [...this.#dialogHeaders(invite), allowHeader]);
  }

  /** Timer "reliable". RFC 3262 section 3: without a PRACK for 64*T1 the UAS "SHOULD reject the original request with a 5xx". */
  repeatReliable(leg: Leg): void {
    if (repeatReliable(this.#ground, leg) || !leg.invite) return;
    this.#ground.transactions.respond(leg.invite, 504);
    leg.invite = null;
    finish(this.#ground, this.#legs, leg, { type: "ended", ref: leg.ref, by: "timeout", reason: "no PRACK" });
  }

  /** Timer "progress". */
  repeatProgress(leg: Leg): void {
    if (!leg.invite || leg.phase !== "early" || !leg.invite.last) return;
    // a reliable one said again would be a repetition, which its peer must drop: a new one
    if (leg.reliable) return this.progress(leg, 180, null);
    this.#ground.transactions.send(leg.invite.way, leg.invite.last);
    this.#ground.timers.start(leg.timerId, "progress", this.#ground.nowMs + repeatProgressMs);
  }

  answer(leg: Leg, sdp: string): void {
    const { invite, reliable } = leg;
    if (!invite || leg.phase !== "early") return;
    if (reliable?.pending && reliable.pending.sdp !== "none") {
      reliable.answer = sdp;
      return;
    }
    const { transactions, settings, timers } = this.#ground;
    const timed = sessionAsUas(invite.request, settings.sessionExpiresS ?? 1800, leg.allow);
    const headers = [...this.#dialogHeaders(invite), allowHeader, supportedHeader, acceptHeader, ...timed.headers];
    // RFC 3261 13.2.1: what a reliable provisional answer has settled, the 2xx may repeat as an answer, never as an offer
    const offerless = leg.remoteSdp === "";
    const settledBefore = reliable !== null && reliable.sdp !== null;
    const body = settledBefore ? (invite.request.body.length > 0 && leg.localSdp === reliable.sdp ? reliable.sdp : null) : sdp;
    if (!settledBefore) leg.localSdp = sdp;
    leg.phase = "accepted";
    leg.invite = null;
    leg.agreed = !offerless;
    timers.stop(leg.timerId, "progress");
    timers.stop(leg.timerId, "reliable");
    transactions.respond(invite, 200, { headers, body: body === null ? null : { type: "application/sdp", text: body } });
    if (timed.ok) keepSession(this.#ground, leg, timed.session);
    awaitAck(this.#ground, leg, invite, offerless);
  }

  /** A final refusal of ours; the leg ends. `contacts` (URIs) go into a 3xx. */
  reject(leg: Leg, status: number, reason: string, causes: readonly SipReason[] = [], contacts: readonly string[] = []): void {
    const { invite } = leg;
    if (!invite || leg.phase !== "early") return;
    leg.invite = null;
    this.#ground.transactions.respond(invite, status >= 300 && status < 700 ? status : 480, {
      reason: wire(reason).replace(/[\r\n]+/g, " ") || phrase(status), headers: [...contactHeaders(status, contacts), ...reasonHeaders(causes)],
    });
    finish(this.#ground, this.#legs, leg, { type: "ended", ref: leg.ref, by: "us", reason: `refused ${status}` });
  }

  /** CANCEL, a BYE in the early dialog, or the connection went: RFC 3261 9.2, the INVITE is answered 487. */
  gaveUp(leg: Leg, causes: readonly SipReason[] = []): void {
    if (leg.phase !== "early") return;
    if (leg.invite) this.#ground.transactions.respond(leg.invite, 487);
    leg.invite = null;
    finish(this.#ground, this.#legs, leg, { type: "cancelled", ref: leg.ref, ...(causes.length > 0 && { causes }) });
  }

  /** RFC 3261 12.1.1: Record-Route is copied into every answer that makes a dialog; our Contact is where its requests go. */
  #dialogHeaders(invite: ServerTransaction): HeaderPair[] {
    const { points, settings } = this.#ground;
    const routes = invite.request.list("record-route").map((route): HeaderPair => ["Record-Route", route]);
    return [...routes, ["Contact", ownContact(ownAddress({ flow: invite.flow }, points, settings.domain), invite.request.uri)]];
  }
}

/** Max-Forwards of a request; 70 when it has none (RFC 3261 8.1.1.6), and never more than we would write. */
function hopsLeft(request: SipMessage): number {
  const written = Number(request.header("max-forwards") ?? "70");
  return Number.isInteger(written) && written >= 0 ? Math.min(written, 70) : 70;
}

/** RFC 3261 21.3: where else the caller may try. What is not a URI is left out. */
function contactHeaders(status: number, contacts: readonly string[]): HeaderPair[] {
  if (status < 300 || status > 399) return [];
  const usable = contacts.map(wire).filter((uri) => !/[\s<>"]/.test(uri) && parseUri(uri) !== null);
  return usable.length === 0 ? [] : [["Contact", usable.map((uri) => `<${uri}>`).join(", ")]];
}
