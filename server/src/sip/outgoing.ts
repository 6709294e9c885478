import { isIPv6 } from "node:net";
import { assert } from "../base/assert.ts";
import { allowHeader, readSdp, supportedHeader } from "./capabilities.ts";
import { ClientAuth } from "./client-auth.ts";
import type { Flow, SipCommand, SipReason } from "./contract.ts";
import { nobody, sendAck, type Dialog } from "./dialog.ts";
import { historyHeaders } from "./diversion.ts";
import { confirmedDialog, heardProvisional } from "./early-dialog.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { finish, keepSession, newLeg, sendBye, type Branch, type Leg, type Legs, type Refused } from "./leg.ts";
import { transactionLifeMs } from "./limits.ts";
import { utf8, wire, type SipMessage } from "./message.ts";
import { parseNameAddr, printNameAddr } from "./name-addr.ts";
import { safeHeader, type HeaderPair, type RequestParts } from "./print.ts";
import { completedElsewhere, readReasons, reasonHeaders } from "./reason.ts";
import { printNamed } from "./replaces.ts";
import { redirectedTo } from "./redirect-follow.ts";
import { allowed, maxSessionS, readSeconds, sessionAsUac, sessionHeaders } from "./session-timer.ts";
import { escapeUser, parseHostPort, parseUri, printHost } from "./uri.ts";
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
  /** How often it was redirected. */
  redirects: number;
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
    const refusal = this.#refusalOf(command);
    if (refusal) return this.#ground.tell({ type: "failed", ref: command.ref, ...refusal });
    const raw = "uri" in target ? wire(target.uri).replace(/\?.*$/, "") : "";
    const uri = /[\s<>"]/.test(raw) ? null : parseUri(raw);
    const groups = "account" in target ? this.#contacts(target) : [];
    if (groups.length === 0 && (!uri || (!command.via && !wayToUri(uri)))) {
      const status = "account" in target ? 480 : 416;
      this.#ground.tell({ type: "failed", ref: command.ref, status, reason: status === 480 ? "no contact registered" : "URI not understood" });
      return;
    }
    const leg = newLeg(command.ref, "out");
    leg.localSdp = command.sdp;
    this.#legs.add(leg);
    this.#ground.timers.start(leg.timerId, "noAnswer", this.#ground.nowMs + command.noAnswerMs);
    if (!uri) return this.#ringGroup(leg, command, groups, command.noAnswerMs / groups.length);
    this.#ground.hops.find(uri, command.via ?? null, (ways) => {
      if (leg.phase !== "early") return; // hung up while the name was looked up
      if (ways.length === 0) return finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, status: 503, reason: "name not found" });
      const auth = command.auth ? new ClientAuth(command.auth, this.#ground.settings.chance, "call") : null;
      auth?.meantFor(ways);
      this.#place(leg, command, { uri: raw, to: `<${raw}>`, ways, routes: [], known: false, auth }, this.#firstAttempt());
    });
  }

  /** RFC 3261 16.6 for a target set with q values: the most wanted contacts ring, those after them when these refused or their share of the time is over. */
  #ringGroup(leg: Leg, command: Invite, [first = [], ...rest]: readonly (readonly Place[])[], shareMs: number): void {
    leg.nextGroup = rest.length === 0 ? null : () => this.#ringGroup(leg, command, rest, shareMs);
    if (leg.nextGroup) this.#ground.timers.start(leg.timerId, "group", this.#ground.nowMs + shareMs);
    for (const place of first) this.#place(leg, command, place, this.#firstAttempt());
  }

  /** Timer "group": who rang so far does not answer. */
  groupOver(leg: Leg): void {
    if (leg.phase !== "early" || !leg.nextGroup) return;
    for (const branch of leg.branches) this.#cancelBranch(branch, []);
    leg.nextGroup();
  }

  /** Timer "noReply": this hop said nothing, the next one is tried; if it wakes up after all, its call is cancelled. */
  noReply(leg: Leg): void {
    for (const branch of [...leg.branches]) {
      if (branch.heard || branch.final) continue;
      branch.cancelWanted = [];
      branch.giveUp();
    }
  }

  #firstAttempt(): Attempt {
    return { at: 0, callId: this.#ground.newCallId(), fromTag: this.#ground.newTag(), cseq: 1, redirects: 0, sessionS: this.#ground.settings.sessionExpiresS ?? 1800, authorization: null };
  }

  /** hangUp, or nobody answered in time: every branch is cancelled; the CANCEL says why. */
  cancel(leg: Leg, status: number, reason: string, why: readonly SipReason[] = []): void {
    this.#fail(leg, { status, reason }, why);
  }

  #fail(leg: Leg, refused: Refused, why: readonly SipReason[]): void {
    for (const branch of leg.branches) this.#cancelBranch(branch, why);
    finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, ...refused });
  }

  /** What cannot even be tried. */
  #refusalOf(command: Invite): Refused | null {
    // RFC 3261 16.3: whoever sends a call on has one hop less; at none it would go round for ever
    if ((command.maxForwards ?? 70) <= 0) return { status: 483, reason: "Too Many Hops" };
    if (command.replaces !== undefined && !this.#replaced(command)) return { status: 481, reason: "the leg to replace is gone" };
    return null;
  }

  #replaced({ replaces }: Invite): Dialog | null {
    return replaces === undefined ? null : (this.#legs.get(replaces)?.dialog ?? null);
  }

  #contacts({ account, only, instance }: Extract<Invite["target"], { account: string }>): Place[][] {
    const to = `<sip:${escapeUser(account)}@${this.#ground.settings.domain}>`;
    return this.#ground.location.groups(account, this.#ground.nowMs, { only, instance }).map((group) => group.map(({ uri, way, routes }) => ({ uri, to, ways: [way], routes, known: true, auth: null })));
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
      method: "INVITE", uri: place.uri, via: ownVia(own, id), maxForwards: Math.min(Math.trunc(command.maxForwards ?? 70), 70),
      from: `${printNameAddr(wire(command.from.display), `sip:${escapeUser(command.from.user)}@${safeHost(command.from.host) ?? ground.settings.domain}`)};tag=${attempt.fromTag}`,
      to: place.to, callId: attempt.callId, cseq: attempt.cseq, routes: place.routes,
      headers: [
        ["Contact", ownContact(own, place.uri)], allowHeader, supportedHeader, ...sessionHeaders(attempt.sessionS), ...this.#callHeaders(command, place.uri), ...extra,
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
      heard: false, cancelWanted: null, final: null, early: new Map(), acks: new Map(), giveUp: () => onwards(408, "no response"),
      transaction: ground.transactions.openClient(parts, id, way, {
        response: (response, envelope, flow) => {
          const open = response.status >= 300 && branch.final === null;
          if (open && (this.#again(leg, branch, command, place, attempt, response, flow) || this.#followed(leg, branch, command, place, attempt, response))) return;
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

  /** Headers that tell why and for whom this call is. */
  #callHeaders(command: Invite, target: string): HeaderPair[] {
    const headers = historyHeaders(command.history ?? [], target, this.#ground.settings.domain);
    const replaced = this.#replaced(command);
    if (replaced) headers.push(["Replaces", printNamed(replaced)]);
    const referredBy = wire(command.referredBy ?? "");
    if (referredBy !== "" && !/[\s<>"]/.test(referredBy) && parseUri(referredBy)) headers.push(["Referred-By", `<${referredBy}>`]);
    const required = [command.reliable ? "100rel" : "", replaced ? "replaces" : ""].filter((tag) => tag !== "");
    if (required.length > 0) headers.push(["Require", required.join(", ")]);
    return headers;
  }

  #heard(leg: Leg, branch: Branch, place: Place, response: SipMessage, envelope: Envelope, flow: Flow): void {
    if (response.status > 100 && response.status < 300) place.auth?.settle();
    if (response.status < 200) return this.#provisional(leg, branch, place, response, envelope, flow);
    if (response.status < 300) return this.#accepted(leg, branch, place, response, envelope, flow);
    const causes = readReasons(response);
    const contacts = response.status < 400 ? elsewhere(response) : [];
    this.#branchRefused(leg, branch, { status: response.status, reason: utf8(response.reason), ...(causes.length > 0 && { causes }), ...(contacts.length > 0 && { contacts }) });
  }

  /** A refusal that only asks for the same request in another form. True when it went again. */
  #again(leg: Leg, branch: Branch, command: Invite, place: Place, attempt: Attempt, response: SipMessage, flow: Flow): boolean {
    if (leg.phase !== "early" || branch.cancelWanted) return false;
    const authorization = place.auth?.answer(response, flow, "INVITE", place.uri) ?? null;
    // RFC 4028 7.3: after a 422 the request is tried again with at least the Min-SE of the answer
    const minSe = response.status === 422 ? readSeconds(response.header("min-se")) : null;
    const longer = minSe !== null && minSe > attempt.sessionS && minSe <= maxSessionS;
    if (!authorization && !longer) return false;
    leg.branches = leg.branches.filter((other) => other !== branch);
    this.#place(leg, command, place, { ...attempt, cseq: attempt.cseq + 1, authorization, ...(longer ? { sessionS: minSe } : {}) });
    return true;
  }

  /** RFC 3261 8.1.3.4: a 3xx whose contacts we may follow is no refusal; To, From and Call-ID stay. True when it went on. */
  #followed(leg: Leg, branch: Branch, command: Invite, place: Place, attempt: Attempt, response: SipMessage): boolean {
    if (leg.phase !== "early" || branch.cancelWanted) return false;
    const next = { ...attempt, at: 0, cseq: attempt.cseq + 1, redirects: attempt.redirects + 1, authorization: null };
    let went = false;
    for (const to of redirectedTo(this.#ground, response, place.uri, attempt.redirects)) {
      const places = "account" in to ? this.#contacts(to).flat() : [];
      const uri = "uri" in to ? parseUri(to.uri) : null;
      went ||= places.length > 0 || uri !== null;
      for (const other of places) this.#place(leg, command, { ...other, to: place.to }, next);
      if (!uri || !("uri" in to)) continue;
      this.#ground.hops.find(uri, null, (ways) => {
        if (leg.phase !== "early") return;
        if (ways.length > 0) this.#place(leg, command, { uri: to.uri, to: place.to, ways, routes: [], known: false, auth: null }, next);
        else if (leg.branches.every(({ final }) => final !== null)) finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, status: 503, reason: "name not found" });
      });
    }
    if (went) leg.branches = leg.branches.filter((other) => other !== branch);
    return went;
  }

  #provisional(leg: Leg, branch: Branch, place: Place, response: SipMessage, envelope: Envelope, flow: Flow): void {
    branch.heard = true;
    this.#ground.timers.stop(leg.timerId, "noReply");
    if (branch.cancelWanted) return this.#sendCancel(branch);
    if (response.status === 100 || leg.phase !== "early") return;
    const heard = heardProvisional(this.#ground, this.#legs, leg, branch, place, response, envelope, flow);
    if (!heard) return;
    // several contacts ring at once: the first tells it for all; early media is told each time
    const ringing = response.status === 180;
    if (heard.sdp === null && (ringing ? leg.rang : leg.progressed)) return;
    leg.progressed = true;
    leg.rang ||= ringing;
    this.#ground.tell({ type: "ringing", ref: leg.ref, status: response.status, sdp: heard.sdp });
  }

  #accepted(leg: Leg, branch: Branch, place: Place, response: SipMessage, envelope: Envelope, flow: Flow): void {
    const repeat = branch.acks.get(envelope.toTag);
    if (repeat) return repeat();
    branch.final = { status: response.status, reason: response.reason };
    const { dialog, early } = confirmedDialog(branch, place, response, envelope, flow);
    branch.acks.set(envelope.toTag, sendAck(this.#ground, dialog, branch.transaction.parts.cseq));
    // late, or the second answer of a call forked further on: RFC 3261 13.2.2.4, accepted and ended
    if (leg.phase !== "early" || branch.cancelWanted) return sendBye(this.#ground, dialog, "answered elsewhere", leg.phase === "early" ? [] : completedElsewhere);
    const body = readSdp(response);
    // what a reliable provisional answer (and an UPDATE since) agreed stands, whatever the 2xx repeats (RFC 3262 section 5)
    const agreed = early !== null && leg.agreed && leg.dialog === dialog ? leg.remoteSdp : null;
    const sdp = agreed ?? (body.ok ? body.sdp : null) ?? early?.sdp ?? null;
    if (sdp === null) {
      sendBye(this.#ground, dialog, "answer without a session description", [{ protocol: "SIP", cause: 488, text: "" }]);
      return this.#branchFailed(leg, branch, 488, "answer without a session description");
    }
    this.#ground.timers.stop(leg.timerId, "noAnswer");
    this.#ground.timers.stop(leg.timerId, "noReply");
    this.#ground.timers.stop(leg.timerId, "group");
    leg.phase = "up";
    leg.remoteSdp = sdp;
    leg.agreed = true;
    leg.allow = allowed(response) ?? early?.allow ?? null;
    this.#legs.setDialog(leg, dialog);
    for (const other of leg.branches) if (other !== branch) this.#cancelBranch(other, completedElsewhere);
    keepSession(this.#ground, leg, sessionAsUac(response, this.#ground.settings.sessionExpiresS ?? 1800, leg.allow));
    this.#ground.tell({ type: "answered", ref: leg.ref, sdp, contact: dialog.target });
  }

  #branchFailed(leg: Leg, branch: Branch, status: number, reason: string): void {
    this.#branchRefused(leg, branch, { status, reason });
  }

  #branchRefused(leg: Leg, branch: Branch, refused: Refused): void {
    branch.final = refused;
    if (leg.phase !== "early") return;
    // RFC 3261 16.7 step 5: a 6xx ends the search everywhere
    if (refused.status >= 600) return this.#fail(leg, refused, []);
    // a cancelled one whose 487 is on its way holds nothing up
    if (leg.branches.some((other) => other.final === null && (other.cancelWanted === null || leg.nextGroup === null))) return;
    if (leg.nextGroup) return leg.nextGroup();
    const best = leg.branches.map((other) => other.final!).sort((a, b) => rank(a.status) - rank(b.status))[0]!;
    finish(this.#ground, this.#legs, leg, { type: "failed", ref: leg.ref, ...best });
  }

  #cancelBranch(branch: Branch, why: readonly SipReason[]): void {
    if (branch.final || branch.cancelWanted) return;
    branch.cancelWanted = why;
    if (branch.heard) this.#sendCancel(branch);
  }

  /** RFC 3261 9.1: same Request-URI, Call-ID, To, From and CSeq number, one Via equal to the INVITE's. */
  #sendCancel(branch: Branch): void {
    const { transactions } = this.#ground;
    const { parts, way } = branch.transaction;
    const id = /branch=([^;]+)/.exec(parts.via)![1]!;
    if (transactions.has(id, "CANCEL")) return;
    transactions.openClient({ ...parts, method: "CANCEL", headers: reasonHeaders(branch.cancelWanted ?? []), body: null }, id, way, nobody);
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

/** A host or host and port given from above, as it may stand in a URI of ours; null when it is neither. */
function safeHost(host: string | undefined): string | null {
  const place = host === undefined ? null : parseHostPort(isIPv6(host) ? `[${host}]` : host);
  return place && `${printHost(place.host)}${place.port === null ? "" : `:${place.port}`}`;
}

/** RFC 3261 8.1.3.4: where a 3xx sends us, the most wanted (q) first. */
function elsewhere(response: SipMessage): NonNullable<Refused["contacts"]> {
  const read = response.list("contact").flatMap((value) => {
    const contact = parseNameAddr(value);
    return contact?.uri ? [{ uri: utf8(contact.raw), user: contact.uri.user, host: contact.uri.host, q: Number(contact.params.get("q") ?? "1") || 0 }] : [];
  });
  return read.sort((a, b) => b.q - a.q).map(({ uri, user, host }) => ({ uri, user, host }));
}
