import { newId } from "../base/ids.ts";
import { acceptHeader, allowHeader, readSdp, supportedHeader } from "./capabilities.ts";
import type { Flow, SipIdentity } from "./contract.ts";
import { contactOf, dialogOfRequest } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { finish, keepSession, newLeg, type Leg, type Legs } from "./leg.ts";
import { limits } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { awaitAck } from "./offers.ts";
import { phrase, type HeaderPair } from "./print.ts";
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
  invite(request: SipMessage, envelope: Envelope, flow: Flow, from: SipIdentity, to: { user: string; host: string }): InviteRefusal | null {
    // a peer of RFC 2543 writes neither tag nor Contact (RFC 3261 12.1.1: the tag is then null): it is reached at its From
    const target = contactOf(request) ?? (envelope.fromTag === "" && envelope.from.uri?.scheme === "sip" ? envelope.from.raw : null);
    if (target === null) return { status: 400 };
    const body = readSdp(request);
    if (!body.ok) return { status: 415, headers: body.headers };
    if (request.header("max-forwards") === "0") return { status: 483 };
    const timed = sessionAsUas(request, this.#ground.settings.sessionExpiresS ?? 1800, null);
    if (!timed.ok) return { status: 422, headers: timed.headers };
    if (this.#ground.transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
    if (from.account === null) {
      const pending = this.#legs.pendingFrom(flow.remoteAddress);
      if (pending.all >= limits.maxPendingOutsideCalls || pending.source >= limits.maxPendingOutsideCallsPerSource) return { status: 503, headers: [["Retry-After", "10"]] };
    }

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
    if (from.account === null) this.#legs.countPending(leg, flow.remoteAddress);
    this.#ground.tell({ type: "incoming", ref: leg.ref, from, to, flow, sdp: body.sdp, headers: request.all(), replaces: null, join: null, maxForwards: 70, history: [], privacy: [] });
    return null;
  }

  progress(leg: Leg, status: 180 | 183, sdp: string | null): void {
    if (!leg.invite || leg.phase !== "early") return;
    this.#ground.transactions.respond(leg.invite, status, { headers: this.#dialogHeaders(leg.invite), body: sdp === null ? null : { type: "application/sdp", text: sdp } });
    this.#ground.timers.start(leg.timerId, "progress", this.#ground.nowMs + repeatProgressMs);
  }

  /** Timer "progress". */
  repeatProgress(leg: Leg): void {
    if (!leg.invite || leg.phase !== "early" || !leg.invite.last) return;
    this.#ground.transactions.send(leg.invite.way, leg.invite.last);
    this.#ground.timers.start(leg.timerId, "progress", this.#ground.nowMs + repeatProgressMs);
  }

  answer(leg: Leg, sdp: string): void {
    const { invite } = leg;
    if (!invite || leg.phase !== "early") return;
    const { transactions, settings, timers } = this.#ground;
    const timed = sessionAsUas(invite.request, settings.sessionExpiresS ?? 1800, leg.allow);
    const headers = [...this.#dialogHeaders(invite), allowHeader, supportedHeader, acceptHeader, ...timed.headers];
    leg.phase = "accepted";
    leg.localSdp = sdp;
    leg.invite = null;
    timers.stop(leg.timerId, "progress");
    transactions.respond(invite, 200, { headers, body: { type: "application/sdp", text: sdp } });
    if (timed.ok) keepSession(this.#ground, leg, timed.session);
    awaitAck(this.#ground, leg, invite);
  }

  /** A final refusal of ours; the leg ends. */
  reject(leg: Leg, status: number, reason: string): void {
    const { invite } = leg;
    if (!invite || leg.phase !== "early") return;
    leg.invite = null;
    this.#ground.transactions.respond(invite, status >= 300 && status < 700 ? status : 480, { reason: reason.replace(/[\r\n]+/g, " ") || phrase(status) });
    finish(this.#ground, this.#legs, leg, { type: "ended", ref: leg.ref, by: "us", reason: `refused ${status}` });
  }

  /** CANCEL, a BYE in the early dialog, or the connection went: RFC 3261 9.2, the INVITE is answered 487. */
  gaveUp(leg: Leg): void {
    if (leg.phase !== "early") return;
    if (leg.invite) this.#ground.transactions.respond(leg.invite, 487);
    leg.invite = null;
    finish(this.#ground, this.#legs, leg, { type: "cancelled", ref: leg.ref });
  }

  /** RFC 3261 12.1.1: Record-Route is copied into every answer that makes a dialog; our Contact is where its requests go. */
  #dialogHeaders(invite: ServerTransaction): HeaderPair[] {
    const { points, settings } = this.#ground;
    const routes = invite.request.list("record-route").map((route): HeaderPair => ["Record-Route", route]);
    return [...routes, ["Contact", ownContact(ownAddress({ flow: invite.flow }, points, settings.domain), invite.request.uri)]];
  }
}
