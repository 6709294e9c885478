import { assert } from "../base/assert.ts";
import { allowHeader, readSdp } from "./capabilities.ts";
import type { Flow, SipCommand } from "./contract.ts";
import { contactOf, dialogOfResponse, nobody, sendAck } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { finish, keepSession, newLeg, sendBye, type Branch, type Leg, type Legs } from "./leg.ts";
import { transactionLifeMs } from "./limits.ts";
import { utf8, wire, type SipMessage } from "./message.ts";
import { printNameAddr } from "./name-addr.ts";
import { safeHeader, type HeaderPair, type RequestParts } from "./print.ts";
import { allowed, minSessionS, readSeconds, sessionAsUac, sessionHeaders } from "./session-timer.ts";
import { escapeUser, parseUri } from "./uri.ts";
import { ownVia } from "./via.ts";
import { ownAddress, ownContact, wayToUri, type Way } from "./way.ts";

type Invite = Extract<SipCommand, { type: "invite" }>;

interface Place {
  /** Request-URI. */
  uri: string;
  to: string;
  way: Way;
  /** Route: the Path of the contact (RFC 3327). */
  routes: readonly string[];
  /** A registered contact: reached by its flow for the whole call. */
  known: boolean;
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
    const places = this.#places(command);
    if (places.length === 0) {
      const status = "account" in command.target ? 480 : 416;
      this.#ground.tell({ type: "failed", ref: command.ref, status, reason: status === 480 ? "no contact registered" : "URI not understood" });
      return;
    }
    const leg = newLeg(command.ref, "out");
    leg.localSdp = command.sdp;
    this.#legs.add(leg);
    this.#ground.timers.start(leg.timerId, "noAnswer", this.#ground.nowMs + command.noAnswerMs);
    for (const place of places) this.#place(leg, command, place, this.#ground.settings.sessionExpiresS ?? 1800);
  }

  /** hangUp, or nobody answered in time: every branch is cancelled. */
  cancel(leg: Leg, status: number, reason: string): void {
    for (const branch of leg.branches) this.#cancelBranch(branch);
    finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, status, reason });
  }

  #places(command: Invite): Place[] {
    const { target } = command;
    if ("account" in target) {
      const { account, only } = target;
      const to = `<sip:${escapeUser(account)}@${this.#ground.settings.domain}>`;
      return this.#ground.location.groups(account, this.#ground.nowMs, { only }).flat().map(({ uri, way, routes }) => ({ uri, to, way, routes, known: true }));
    }
    const raw = wire(target.uri);
    const uri = /[\s<>"]/.test(raw) ? null : parseUri(raw);
    const way = uri && wayToUri(uri);
    return way ? [{ uri: raw.replace(/\?.*$/, ""), to: `<${raw.replace(/\?.*$/, "")}>`, way, routes: [], known: false }] : [];
  }

  #place(leg: Leg, command: Invite, place: Place, sessionS: number): void {
    const ground = this.#ground;
    const own = ownAddress(place.way, ground.points, ground.settings.domain);
    const id = ground.newBranch();
    const extra = Object.entries(command.headers ?? {}).flatMap(([name, value]): HeaderPair[] => {
      const header = safeHeader(name, value);
      return header ? [header] : [];
    });
    const parts: RequestParts = {
      method: "INVITE", uri: place.uri, via: ownVia(own, id), maxForwards: 70,
      from: `${printNameAddr(wire(command.from.display), `sip:${escapeUser(command.from.user)}@${ground.settings.domain}`)};tag=${ground.newTag()}`,
      to: place.to, callId: ground.newCallId(), cseq: 1, routes: place.routes,
      headers: [["Contact", ownContact(own, place.uri)], allowHeader, ...sessionHeaders(sessionS), ...extra],
      body: { type: "application/sdp", text: command.sdp },
    };
    const branch: Branch = {
      heard: false, cancelWanted: false, final: null, acks: new Map(),
      transaction: ground.transactions.openClient(parts, id, place.way, {
        response: (response, envelope, flow) => this.#heard(leg, branch, command, place, response, envelope, flow),
        timeout: () => this.#branchFailed(leg, branch, 408, "no response"),
        transportError: () => this.#branchFailed(leg, branch, 503, "not reachable"),
      }),
    };
    leg.branches.push(branch);
    this.#legs.nameCall(leg, parts.callId);
  }

  #heard(leg: Leg, branch: Branch, command: Invite, place: Place, response: SipMessage, envelope: Envelope, flow: Flow): void {
    if (response.status < 200) return this.#provisional(leg, branch, response);
    if (response.status < 300) return this.#accepted(leg, branch, place, response, envelope, flow);
    // RFC 4028 7.3: after a 422 the request is tried again with at least the Min-SE of the answer
    const minSe = response.status === 422 ? readSeconds(response.header("min-se")) : null;
    const asked = readSeconds(branch.transaction.parts.headers.find(([name]) => name === "Session-Expires")?.[1] ?? null) ?? minSessionS;
    if (minSe !== null && minSe > asked && minSe <= 86_400 && leg.phase === "early" && !branch.cancelWanted) {
      leg.branches = leg.branches.filter((other) => other !== branch);
      return this.#place(leg, command, place, minSe);
    }
    this.#branchFailed(leg, branch, response.status, utf8(response.reason));
  }

  #provisional(leg: Leg, branch: Branch, response: SipMessage): void {
    branch.heard = true;
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
    branch.acks.set(envelope.toTag, sendAck(this.#ground, dialog, branch.transaction.parts.cseq));
    const body = readSdp(response);
    // late, or the second answer of a call forked further on: RFC 3261 13.2.2.4, accepted and ended
    if (leg.phase !== "early") return sendBye(this.#ground, dialog, "answered elsewhere");
    if (!body.ok || body.sdp === null) {
      sendBye(this.#ground, dialog, "answer without a session description");
      return this.#branchFailed(leg, branch, 488, "answer without a session description");
    }
    this.#ground.timers.stop(leg.timerId, "noAnswer");
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
