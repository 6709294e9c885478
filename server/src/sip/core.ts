import { allowHeader, acceptHeader, METHODS, supportedHeader, unknownExtensions } from "./capabilities.ts";
import type { Flow, ListeningPoint, NetTransport, SipBinding, SipCommand, SipContact, SipCore, SipDialogSketch, SipEffect, SipHop, SipPeer, SipReason } from "./contract.ts";
import type { SipCoreSettings } from "./settings.ts";
import { Digest } from "./digest.ts";
import { readEnvelope, type Envelope } from "./envelope.ts";
import { Events, type EventCommand } from "./events/events.ts";
import { admitAccount, admitInvite, isOurs } from "./gate.ts";
import { Ground } from "./ground.ts";
import { InDialog } from "./in-dialog.ts";
import { Incoming } from "./incoming.ts";
import { endByUs, finish, Legs, sendBye, type Leg } from "./leg.ts";
import { kindOf } from "./location.ts";
import type { SipMessage } from "./message.ts";
import { Offers, repeat2xx } from "./offers.ts";
import { Outgoing } from "./outgoing.ts";
import { parseMessage } from "./parse.ts";
import type { HeaderPair } from "./print.ts";
import { Proxy } from "./proxy/proxy.ts";
import { redirect } from "./proxy/redirect.ts";
import { roleOf } from "./proxy/role.ts";
import { readReasons } from "./reason.ts";
import { acceptRefer, endReferral, isReferSubscribe, refer, referOutOfDialog, referProgress, refuseRefer } from "./refer.ts";
import { Registrations } from "./registrations.ts";
import { learnBinding, register, restoreBinding, tellGone, unregister } from "./registrar.ts";
import { namesOwnCall } from "./replaces.ts";
import { brokenEnvelope, StatelessAnswers } from "./stateless.ts";
import { endSketched, sketchOf } from "./sketch.ts";
import { stunAnswer } from "./stun-keepalive.ts";
import { parseUri } from "./uri.ts";
import { isPrivate } from "./way.ts";

/** A pure SIP user agent, registrar and location service; see sip.ts. */
export function createSipCore(settings: SipCoreSettings): SipCore {
  return new Core(settings);
}

class Core implements SipCore {
  readonly #ground: Ground;
  readonly #legs = new Legs();
  readonly #digest: Digest;
  readonly #stateless: StatelessAnswers;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #proxy: Proxy;
  readonly #offers: Offers;
  readonly #inDialog: InDialog;
  readonly #events: Events;
  readonly #registrations: Registrations;

  constructor(settings: SipCoreSettings) {
    this.#ground = new Ground(settings);
    this.#digest = new Digest({ realm: settings.domain, credentials: settings.credentials, chance: settings.chance, border: settings.border, tell: (event) => this.#ground.tell(event), secret: settings.nonceSecret });
    this.#stateless = new StatelessAnswers(Buffer.from(settings.chance.bytes(32)).toString("hex"));
    this.#incoming = new Incoming(this.#ground, this.#legs);
    this.#outgoing = new Outgoing(this.#ground, this.#legs);
    this.#proxy = new Proxy(this.#ground, settings.secret ?? Buffer.from(settings.chance.bytes(32)).toString("hex"));
    this.#offers = new Offers(this.#ground, this.#legs);
    this.#registrations = new Registrations(this.#ground);
    this.#events = new Events(this.#ground, this.#digest);
    this.#inDialog = new InDialog(this.#ground, this.#legs, this.#offers, this.#incoming);
  }

  listen(points: readonly ListeningPoint[]): void {
    this.#ground.points = points;
  }

  receive(bytes: Uint8Array, flow: Flow, nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    if (bytes.length <= 4 && bytes.every((byte) => byte === 13 || byte === 10)) {
      // RFC 5626 3.5.1: a double CRLF asks for a single one back; over UDP strangers get nothing
      if (bytes.length === 4 && flow.transport !== "udp") this.#ground.transactions.send({ flow }, Buffer.from("\r\n"));
      return this.#ground.takeEffects();
    }
    if (bytes[0]! <= 3 && flow.transport === "udp") {
      // RFC 5626 4.4.2: who registered by UDP keeps the flow alive by STUN; strangers get nothing, for the answer is longer than the question
      const pong = this.#ground.location.hasFlow(flow) ? stunAnswer(bytes, flow) : null;
      if (pong) this.#ground.transactions.send({ flow }, pong);
      return this.#ground.takeEffects();
    }
    const parsed = parseMessage(bytes);
    const { message } = parsed;
    if (message) {
      const read = readEnvelope(message);
      if (parsed.ok && read.ok) {
        if (message.isRequest) this.#request(message, read.envelope, flow);
        else if (!this.#ground.transactions.receiveResponse(message, read.envelope, flow)) this.#events.strayResponse(read.envelope, flow);
      } else if (message.isRequest) {
        const envelope = read.ok ? read.envelope : brokenEnvelope(message);
        if (envelope) this.#refuse(message, envelope, flow, parsed.ok ? 400 : parsed.status);
      }
    }
    return this.#ground.takeEffects();
  }

  #request(request: SipMessage, envelope: Envelope, flow: Flow): void {
    if (this.#ground.transactions.absorb(request, envelope)) return;
    if (request.method === "CANCEL") return this.#cancel(request, envelope, flow);
    if (this.#proxy.owns(request)) {
      const refusal = this.#proxy.routed(request, envelope, flow);
      if (refusal) this.#refuse(request, envelope, flow, refusal.status, refusal.headers ?? []);
      return;
    }
    if (request.method === "ACK") return this.#inDialog.ack(request, envelope, flow);
    const refusal = envelope.toTag === "" ? this.#newRequest(request, envelope, flow)
      : request.method === "MESSAGE" ? this.#inDialog.message(request, envelope, (target) => this.#events.request(request, envelope, flow, target))
      : request.method === "SUBSCRIBE" && !isReferSubscribe(request) ? this.#events.refresh(request, envelope, flow)
      : this.#inDialog.request(request, envelope, flow);
    if (refusal) this.#refuse(request, envelope, flow, refusal.status, refusal.headers ?? []);
  }

  /** A request outside any dialog. Null when it was taken. */
  #newRequest(request: SipMessage, envelope: Envelope, flow: Flow): { status: number; headers?: HeaderPair[] } | null {
    const role = roleOf(this.#ground, this.#digest, request, envelope, flow);
    if (role.as === "refuse") return role.refusal;
    if (role.as === "proxy") return this.#proxy.forward(request, envelope, flow, role.decision, role, role.routes);
    if (role.as === "redirect") return redirect(this.#ground, request, envelope, flow, role.decision, role.trusted);
    if (!(METHODS as readonly string[]).includes(request.method)) return { status: 405, headers: [allowHeader] };
    const target = parseUri(request.uri);
    if (!target) return { status: /^(?:sips?|tel):/i.test(request.uri) || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(request.uri) ? 400 : 416 };
    // RFC 3261 19.1.1: header fields are not allowed in a Request-URI
    if (target.headers !== "") return { status: 400 };
    // we serve our own domain and forward for nobody: an open relay is how toll fraud starts
    if (target.scheme !== "tel" && !isOurs(this.#ground, target.host, flow)) return { status: 404 };
    if (this.#ground.transactions.isMerged(envelope)) return { status: 482 };
    const unknown = unknownExtensions(request);
    if (unknown.length > 0) return { status: 420, headers: [["Unsupported", unknown.join(", ")]] };
    if (request.method === "OPTIONS") return { status: 200, headers: [allowHeader, acceptHeader, supportedHeader] };
    if (request.method === "REGISTER") return this.#register(request, envelope, flow);
    if (request.method === "SUBSCRIBE" || request.method === "PUBLISH" || request.method === "MESSAGE") return this.#events.request(request, envelope, flow, target);
    if (request.method === "REFER") {
      const verdict = role.admitted ?? admitAccount(this.#ground, this.#digest, request, envelope, flow);
      if (!verdict.ok) return verdict;
      return verdict.from.account === null ? { status: 403 } : referOutOfDialog(this.#ground, this.#legs, request, envelope, flow, verdict.from);
    }
    if (request.method !== "INVITE") return { status: 481 };
    const verdict = role.admitted ?? admitInvite(this.#ground, this.#digest, request, envelope, flow, target);
    if (verdict.ok) {
      const device = this.#ground.gruus.resolve(target, this.#ground.location);
      // RFC 5627 5.1: a temporary GRUU that is not valid (any more)
      if (device?.account === null) return { status: 404 };
      return this.#incoming.invite(request, envelope, flow, verdict.from, { user: device?.account ?? target.user, host: target.host, ...(device && { instance: device.instance }) });
    }
    // the peer of a call of ours may name that call without an account: an operator that transfers by INVITE with Replaces (RFC 3891)
    const stranger = namesOwnCall(this.#ground, this.#legs, request, envelope, flow);
    return stranger ? this.#incoming.invite(request, envelope, flow, stranger, { user: target.user, host: target.host }) : verdict;
  }

  #register(request: SipMessage, envelope: Envelope, flow: Flow): { status: number; headers?: HeaderPair[] } | null {
    const verdict = this.#digest.verify(request, flow, this.#ground.nowMs);
    if (!verdict.ok) return this.#digest.refusal(request, flow, verdict, this.#ground.nowMs);
    const { transactions } = this.#ground;
    if (transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
    const transaction = transactions.openServer(request, envelope, flow);
    const answer = register(this.#ground, request, envelope, flow, verdict.account);
    transactions.respond(transaction, answer.status, { headers: answer.headers ?? [] });
    return null;
  }

  /** RFC 3261 9.2: 200 to the CANCEL, 487 to the INVITE unless it has its final answer. */
  #cancel(request: SipMessage, envelope: Envelope, flow: Flow): void {
    const invite = this.#ground.transactions.cancelled(request, envelope);
    // a CANCEL is never challenged (22.1): it must at least come from where the INVITE came from
    if (!invite || invite.flow.remoteAddress !== flow.remoteAddress) return this.#refuse(request, envelope, flow, 481);
    this.#ground.transactions.respond(this.#ground.transactions.openServer(request, envelope, flow), 200);
    if (this.#proxy.cancel(invite)) return;
    const leg = this.#legs.ofDialog(invite.envelope.callId, invite.toTag, invite.envelope.fromTag);
    if (leg?.invite === invite) this.#incoming.gaveUp(leg, readReasons(request));
    else if (leg?.theirOffer?.transaction === invite) {
      this.#offers.refuse(leg, 487);
    }
  }

  #refuse(request: SipMessage, envelope: Envelope, flow: Flow, status: number, headers: readonly HeaderPair[] = []): void {
    const answer = this.#stateless.answer(request, envelope, flow, status, headers);
    if (answer) this.#ground.transactions.send(answer.way, answer.bytes);
  }

  flowClosed(flow: Flow, nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    this.#registrations.flowClosed(flow);
    // RFC 5626 5.3 and 7118: a contact lives as long as its connection
    for (const binding of this.#ground.location.takeFlow(flow)) tellGone(this.#ground, binding, "transport");
    for (const leg of this.#legs.onFlow(flow.id)) {
      if (leg.phase === "early") this.#incoming.gaveUp(leg);
      // a phone may open its TCP connection again, a browser never comes back to the same call
      else if ((flow.transport === "tcp" || flow.transport === "tls") && leg.dialog) leg.dialog.flow = null;
      else endByUs(this.#ground, this.#legs, leg, "transport", "connection closed");
    }
    this.#ground.transactions.flowClosed(flow);
    this.#proxy.flowClosed(flow);
    this.#events.flowClosed(flow);
    return this.#ground.takeEffects();
  }

  unreachable(to: { transport: NetTransport; host: string; port: number }, nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    this.#ground.transactions.unreachable(to);
    return this.#ground.takeEffects();
  }

  resolved(id: string, hops: readonly SipHop[], nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    this.#ground.hops.resolved(id, hops);
    return this.#ground.takeEffects();
  }

  command(command: SipCommand, nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    if (command.type === "invite") this.#outgoing.invite(command);
    else if (command.type === "registerAt") this.#registrations.registerAt(command);
    else if (command.type === "unregisterAt") this.#registrations.unregisterAt(command.ref);
    else if (command.type === "ping") this.#registrations.ping(command);
    else if (command.type === "forget") this.#forget(command.account);
    else if (command.type === "stateChanged" || command.type === "lamp" || command.type === "messageAnswer" || command.type === "sendMessage") this.#events.command(command);
    else this.#legCommand(command);
    return this.#ground.takeEffects();
  }

  #forget(account: string): void {
    for (const binding of this.#ground.location.all(account)) unregister(this.#ground, binding, "removed");
    this.#events.forget(account);
  }

  /** A command for a leg that is over is no mistake: its last event and the command crossed. */
  #legCommand(command: Exclude<SipCommand, { type: "invite" | "registerAt" | "unregisterAt" | "ping" | "forget" } | EventCommand>): void {
    const leg = this.#legs.get(command.ref);
    if (!leg || leg.phase === "over") return;
    switch (command.type) {
      case "progress": return this.#incoming.progress(leg, command.status, command.sdp ?? null);
      case "answer": return this.#incoming.answer(leg, command.sdp);
      case "reject": return this.#incoming.reject(leg, command.status, command.reason, command.causes, command.contacts);
      case "hangUp": return this.#hangUp(leg, command.reason, command.causes);
      case "offer": return this.#offers.offer(leg, command.sdp, false);
      case "acceptOffer": return this.#offers.accept(leg, command.sdp);
      case "refuseOffer": return this.#offers.refuse(leg, command.status);
      case "acceptRefer": return acceptRefer(this.#ground, leg);
      case "referProgress": return referProgress(this.#ground, this.#legs, leg, command.status, command.reason);
      case "refuseRefer": return refuseRefer(this.#ground, this.#legs, leg, command.status);
      case "refer": return refer(this.#ground, leg, command.to, command.replaces === undefined ? undefined : this.#legs.get(command.replaces), command.referredBy ?? "");
    }
  }

  #hangUp(leg: Leg, reason: string, causes: readonly SipReason[] = []): void {
    if (leg.referOnly) endReferral(this.#ground, this.#legs, leg);
    else if (leg.phase !== "early") endByUs(this.#ground, this.#legs, leg, "us", reason, causes);
    else if (leg.direction === "out") this.#outgoing.cancel(leg, 487, reason, causes);
    else this.#incoming.reject(leg, 480, "", causes);
  }

  nextWakeAt(): number | null {
    return this.#ground.timers.nextAt();
  }

  wake(nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    for (let due = this.#ground.timers.take(nowMs); due; due = this.#ground.timers.take(nowMs)) {
      if (due.name === "C") this.#proxy.timer(due.owner);
      else if (due.owner.startsWith("l|")) this.#legTimer(due.owner.slice(2), due.name);
      else if (due.owner.startsWith("b|")) {
        const binding = this.#ground.location.byId(due.owner);
        if (binding) unregister(this.#ground, binding, "expired");
      } else if (due.owner.startsWith("q|")) this.#ground.requests.late(due.owner);
      else if (due.owner.startsWith("n|")) this.#ground.hops.late(due.owner);
      else if (due.owner.startsWith("e|") || due.owner.startsWith("p|") || due.owner.startsWith("m|")) this.#events.timer(due.owner, due.name);
      else if (due.owner.startsWith("g|")) this.#registrations.due(due.owner.slice(2));
      else this.#ground.transactions.timer(due.owner, due.name);
    }
    return this.#ground.takeEffects();
  }

  #legTimer(ref: string, name: string): void {
    const leg = this.#legs.get(ref);
    if (!leg) return;
    if (name === "group") this.#outgoing.groupOver(leg);
    else if (name === "noAnswer") this.#outgoing.cancel(leg, 408, "no answer");
    else if (name === "noReply") this.#outgoing.noReply(leg);
    else if (name === "2xx") repeat2xx(this.#ground, leg);
    else if (name === "noAck") this.#inDialog.noAck(leg);
    else if (name === "session") this.#inDialog.session(leg);
    else if (name === "offer") this.#offers.go(leg);
    else if (name === "progress") this.#incoming.repeatProgress(leg);
    else if (name === "reliable") this.#incoming.repeatReliable(leg);
    else if (name === "referral") endReferral(this.#ground, this.#legs, leg);
  }

  contacts(account: string, nowMs: number): SipContact[] {
    return this.#ground.location.of(account, nowMs).map((binding) => {
      const { contact, userAgent, expiresAtMs, flow, path } = binding;
      return { contact, kind: kindOf(binding), userAgent, expiresAtMs, isPrivate: flow !== null && isPrivate(flow), address: flow && path.length === 0 ? flow.remoteAddress : null };
    });
  }

  peer(ref: string): SipPeer | null {
    const leg = this.#legs.get(ref);
    if (!leg) return null;
    return { flow: leg.dialog?.flow ?? leg.invite?.flow ?? null, direct: leg.invite ? leg.invite.request.list("via").length === 1 : leg.dialog?.routes.length === 0, stranger: leg.direction === "in" && leg.dialog?.known !== true, dialog: leg.dialog };
  }

  sizes(): { transactions: number; legs: number; bindings: number; timers: number; subscriptions: number } {
    const { transactions, location, timers } = this.#ground;
    return { transactions: transactions.size, legs: this.#legs.size, bindings: location.size, timers: timers.size, subscriptions: this.#events.size };
  }

  legOf(callId: string): string | null {
    return this.#legs.ofCall(callId)?.ref ?? null;
  }

  restore(bindings: readonly { binding: SipBinding; flow: Flow | null }[], nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    for (const { binding, flow } of bindings) restoreBinding(this.#ground, binding, flow);
    return this.#ground.takeEffects();
  }

  learn(changes: readonly { binding: SipBinding; gone: boolean }[], nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    for (const { binding, gone } of changes) learnBinding(this.#ground, binding, gone);
    return this.#ground.takeEffects();
  }

  dialogs(): SipDialogSketch[] {
    return this.#legs.all().flatMap((leg) => (leg.dialog && !leg.referOnly && (leg.phase === "accepted" || leg.phase === "up") ? [sketchOf(leg.dialog)] : []));
  }

  endDialog(sketch: SipDialogSketch, flow: Flow | null, causes: readonly SipReason[], nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    endSketched(this.#ground, sketch, flow, causes);
    return this.#ground.takeEffects();
  }

  stop(nowMs: number): SipEffect[] {
    this.#ground.nowMs = nowMs;
    this.#registrations.stop();
    this.#events.stop();
    for (const leg of this.#legs.all()) {
      if (leg.phase === "early" && leg.direction === "in") this.#incoming.reject(leg, 503, "");
      else if (leg.phase === "early") this.#outgoing.cancel(leg, 487, "stopping");
      else if (leg.referOnly) endReferral(this.#ground, this.#legs, leg);
      else if (leg.dialog) {
        // nobody will be there for a late ACK: BYE at once, whatever the state
        sendBye(this.#ground, leg.dialog, "stopping");
        leg.byeWanted = null;
        finish(this.#ground, this.#legs, leg, { type: "ended", ref: leg.ref, by: "us", reason: "stopping" });
      }
    }
    return this.#ground.takeEffects();
  }
}
