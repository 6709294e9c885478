import { assert } from "../base/assert.ts";
import { allowHeader, readSdp } from "./capabilities.ts";
import { ClientAuth } from "./client-auth.ts";
import type { Flow, SipCommand } from "./contract.ts";
import { contactOf, dialogOfResponse, nobody, sendAck } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { finish, keepSession, newLeg, sendBye, type Branch, type Leg, type Legs } from "./leg.ts";
import { transactionLifeMs } from "./limits.ts";
import { utf8, wire, type SipMessage } from "./message.ts";
import { printNameAddr } from "./name-addr.ts";
import { safeHeader, type HeaderPair, type RequestParts } from "./print.ts";
import { allowed, readSeconds, sessionAsUac, sessionHeaders } from "./session-timer.ts";
import { escapeUser, parseUri } from "./uri.ts";
import { ownVia } from "./via.ts";
import { ownAddress, ownContact, wayToUri, type Way } from "./way.ts";

type Invite = Extract<SipCommand, { type: "invite" }>;

interface Place {
  /** Request-URI. */
  uri: string;
  to: string;
  /** Next hops, in the order in which to try them. */
  ways: readonly Way[];
  /** Route: the Path of the contact (RFC 3327). */
  routes: readonly string[];
  /** A registered contact: reached by its flow for the whole call. */
  known: boolean;
  auth: ClientAuth | null;
}

/** What a request that goes again keeps (RFC 3261 22.2: same Call-ID, To and From, the next CSeq) and what it changes. */
interface Attempt {
  /** Which hop. */
  at: number;
  callId: string;
  fromTag: string;
  cseq: number;
  sessionS: number;
  /** Answers to a challenge; null = what is known already. */
  authorization: readonly HeaderPair[] | null;
}

/** Calls that we place: one INVITE per contact at once, the first 2xx wins, the others are cancelled (RFC 3261 13.2, 16.7 for the choice of the refusal). */
export class Outgoing {
  readonly #ground: Ground;
  readonly #legs: Legs;

  constructor(ground: Ground, legs: Legs) {
    this.#ground = ground;
    this.#legs = legs;
  }

  invite(command: Invite): void {
    assert(this.#legs.get(command.ref) === null, `leg ${command.ref} is there already`);
    const { target } = command;
    const raw = "uri" in target ? wire(target.uri).replace(/\?.*$/, "") : "";
    const uri = /[\s<>"]/.test(raw) ? null : parseUri(raw);
    const places = "account" in target ? this.#contacts(target) : [];
    if (places.length === 0 && (!uri || (!command.via && !wayToUri(uri)))) {
      const status = "account" in target ? 480 : 416;
      this.#ground.tell({ type: "failed", ref: command.ref, status, reason: status === 480 ? "no contact registered" : "URI not understood" });
      return;
    }
    const leg = newLeg(command.ref, "out");
    leg.localSdp = command.sdp;
    this.#legs.add(leg);
    this.#ground.timers.start(leg.timerId, "noAnswer", this.#ground.nowMs + command.noAnswerMs);
    for (const place of places) this.#place(leg, command, place, this.#firstAttempt());
    if (!uri) return;
    this.#ground.hops.find(uri, command.via ?? null, (ways) => {
      if (leg.phase !== "early") return; // hung up while the name was looked up
      if (ways.length === 0) return finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, status: 503, reason: "name not found" });
      const auth = command.auth ? new ClientAuth(command.auth, this.#ground.settings.chance, "call") : null;
      auth?.meantFor(ways);
      this.#place(leg, command, { uri: raw, to: `<${raw}>`, ways, routes: [], known: false, auth }, this.#firstAttempt());
    });
  }

  /** Timer "noReply": this hop said nothing, the next one is tried; if it wakes up after all, its call is cancelled. */
  noReply(leg: Leg): void {
    for (const branch of [...leg.branches]) {
      if (branch.heard || branch.final) continue;
      branch.cancelWanted = true;
      branch.giveUp();
    }
  }

  #firstAttempt(): Attempt {
    return { at: 0, callId: this.#ground.newCallId(), fromTag: this.#ground.newTag(), cseq: 1, sessionS: this.#ground.settings.sessionExpiresS ?? 1800, authorization: null };
  }

  /** hangUp, or nobody answered in time: every branch is cancelled. */
  cancel(leg: Leg, status: number, reason: string): void {
    for (const branch of leg.branches) this.#cancelBranch(branch);
    finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, status, reason });
  }

  #contacts({ account, only }: Extract<Invite["target"], { account: string }>): Place[] {
    const to = `<sip:${escapeUser(account)}@${this.#ground.settings.domain}>`;
    return this.#ground.location.groups(account, this.#ground.nowMs, { only }).flat().map(({ uri, way, routes }) => ({ uri, to, ways: [way], routes, known: true, auth: null }));
  }

  #place(leg: Leg, command: Invite, place: Place, attempt: Attempt): void {
    const ground = this.#ground;
    const way = place.ways[attempt.at]!;
    const own = ownAddress(way, ground.points, ground.settings.domain);
    const id = ground.newBranch();
    const extra = Object.entries(command.headers ?? {}).flatMap(([name, value]): HeaderPair[] => {
      const header = safeHeader(name, value);
      return header ? [header] : [];
    });
    const parts: RequestParts = {
      method: "INVITE", uri: place.uri, via: ownVia(own, id), maxForwards: 70,
      from: `${printNameAddr(wire(command.from.display), `sip:${escapeUser(command.from.user)}@${command.from.host ?? ground.settings.domain}`)};tag=${attempt.fromTag}`,
      to: place.to, callId: attempt.callId, cseq: attempt.cseq, routes: place.routes,
      headers: [
        ["Contact", ownContact(own, place.uri)], allowHeader, ...sessionHeaders(attempt.sessionS), ...extra,
        ...(attempt.authorization ?? place.auth?.begin("INVITE", place.uri, way) ?? []),
      ],
      body: { type: "application/sdp", text: command.sdp },
    };
    const sized = attempt.at === 0 ? ground.requests.waysFor(place.ways, () => parts) : place.ways;
    if (sized.length > place.ways.length) return this.#place(leg, command, { ...place, ways: sized }, attempt);
    const onwards = (status: number, reason: string): void => {
      // RFC 3263 4.3: after a timeout, a broken way or a 503 the same request goes to the next hop
      if (leg.phase !== "early" || attempt.at + 1 >= place.ways.length || (branch.cancelWanted && status !== 408)) return this.#branchFailed(leg, branch, status, reason);
      branch.final = { status, reason };
      this.#place(leg, command, place, { ...attempt, at: attempt.at + 1, cseq: attempt.cseq + 1, authorization: null });
    };
    const branch: Branch = {
      heard: false, cancelWanted: false, final: null, acks: new Map(), giveUp: () => onwards(408, "no response"),
      transaction: ground.transactions.openClient(parts, id, way, {
        response: (response, envelope, flow) => {
          const open = response.status >= 300 && branch.final === null;
          if (open && this.#again(leg, branch, command, place, attempt, response, flow)) return;
          if (open && response.status === 503) onwards(503, utf8(response.reason));
          else this.#heard(leg, branch, place, response, envelope, flow);
        },
        timeout: () => {
          if (branch.final === null) onwards(408, "no response");
        },
        transportError: () => {
          ground.requests.spareTcp(way);
          if (branch.final === null) onwards(503, "not reachable");
        },
      }),
    };
    leg.branches.push(branch);
    if (command.noReplyMs !== undefined && !place.known) ground.timers.start(leg.timerId, "noReply", ground.nowMs + command.noReplyMs);
    this.#legs.nameCall(leg, parts.callId);
  }

  #heard(leg: Leg, branch: Branch, place: Place, response: SipMessage, envelope: Envelope, flow: Flow): void {
    if (response.status > 100 && response.status < 300) place.auth?.settle();
    if (response.status < 200) return this.#provisional(leg, branch, response);
    if (response.status < 300) return this.#accepted(leg, branch, place, response, envelope, flow);
    this.#branchFailed(leg, branch, response.status, utf8(response.reason));
  }

  /** A refusal that only asks for the same request in another form. True when it went again. */
  #again(leg: Leg, branch: Branch, command: Invite, place: Place, attempt: Attempt, response: SipMessage, flow: Flow): boolean {
    if (leg.phase !== "early" || branch.cancelWanted) return false;
    const authorization = place.auth?.answer(response, flow, "INVITE", place.uri) ?? null;
    // RFC 4028 7.3: after a 422 the request is tried again with at least the Min-SE of the answer
    const minSe = response.status === 422 ? readSeconds(response.header("min-se")) : null;
    const longer = minSe !== null && minSe > attempt.sessionS && minSe <= 86_400;
    if (!authorization && !longer) return false;
    leg.branches = leg.branches.filter((other) => other !== branch);
    this.#place(leg, command, place, { ...attempt, cseq: attempt.cseq + 1, authorization, ...(longer ? { sessionS: minSe } : {}) });
    return true;
  }

  #provisional(leg: Leg, branch: Branch, response: SipMessage): void {
    branch.heard = true;
    this.#ground.timers.stop(leg.timerId, "noReply");
    if (branch.cancelWanted) return this.#sendCancel(branch);
    if (response.status === 100 || leg.phase !== "early") return;
    const body = readSdp(response);
    const sdp = body.ok ? body.sdp : null;
    // several contacts ring at once: the first tells it for all; early media is told each time
    if (leg.rang && sdp === null) return;
    leg.rang = true;
    this.#ground.tell({ type: "ringing", ref: leg.ref, status: response.status, sdp });
  }

  #accepted(leg: Leg, branch: Branch, place: Place, response: SipMessage, envelope: Envelope, flow: Flow): void {
    const repeat = branch.acks.get(envelope.toTag);
    if (repeat) return repeat();
    branch.final = { status: response.status, reason: response.reason };
    const target = contactOf(response) ?? place.uri;
    const dialog = dialogOfResponse(branch.transaction.parts, response, envelope, flow, target, place.known);
    dialog.auth = place.auth;
    branch.acks.set(envelope.toTag, sendAck(this.#ground, dialog, branch.transaction.parts.cseq));
    const body = readSdp(response);
    // late, or the second answer of a call forked further on: RFC 3261 13.2.2.4, accepted and ended
    if (leg.phase !== "early" || branch.cancelWanted) return sendBye(this.#ground, dialog, "answered elsewhere");
    if (!body.ok || body.sdp === null) {
      sendBye(this.#ground, dialog, "answer without a session description");
      return this.#branchFailed(leg, branch, 488, "answer without a session description");
    }
    this.#ground.timers.stop(leg.timerId, "noAnswer");
    this.#ground.timers.stop(leg.timerId, "noReply");
    leg.phase = "up";
    leg.remoteSdp = body.sdp;
    leg.allow = allowed(response);
    this.#legs.setDialog(leg, dialog);
    for (const other of leg.branches) if (other !== branch) this.#cancelBranch(other);
    keepSession(this.#ground, leg, sessionAsUac(response, this.#ground.settings.sessionExpiresS ?? 1800, leg.allow));
    this.#ground.tell({ type: "answered", ref: leg.ref, sdp: body.sdp, contact: target });
  }

  #branchFailed(leg: Leg, branch: Branch, status: number, reason: string): void {
    branch.final = { status, reason };
    if (leg.phase !== "early") return;
    // RFC 3261 16.7 step 5: a 6xx ends the search everywhere
    if (status >= 600) return this.cancel(leg, status, reason);
    if (leg.branches.some((other) => other.final === null)) return;
    const best = leg.branches.map((other) => other.final!).sort((a, b) => rank(a.status) - rank(b.status))[0]!;
    finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, status: best.status, reason: best.reason });
  }

  #cancelBranch(branch: Branch): void {
    if (branch.final || branch.cancelWanted) return;
    branch.cancelWanted = true;
    if (branch.heard) this.#sendCancel(branch);
  }

  /** RFC 3261 9.1: same Request-URI, Call-ID, To, From and CSeq number, one Via equal to the INVITE's. */
  #sendCancel(branch: Branch): void {
    const { transactions } = this.#ground;
    const { parts, way } = branch.transaction;
    const id = /branch=([^;]+)/.exec(parts.via)![1]!;
    if (transactions.has(id, "CANCEL")) return;
    transactions.openClient({ ...parts, method: "CANCEL", headers: [], body: null }, id, way, nobody);
    // "If there is no final response for the original request in 64*T1 seconds ... the client SHOULD then consider the original transaction cancelled"
    transactions.abandonAfter(branch.transaction, transactionLifeMs);
  }
}

/** Which refusal tells most: somebody's word (busy, declined) before redirections and faults, silence last. */
function rank(status: number): number {
  if (status === 486) return 0;
  if (status === 408 || status === 503) return 900;
  return status;
}
