import { hash } from "node:crypto";
import { newId } from "../../base/ids.ts";
import { countedAs } from "../../base/network.ts";
import { isOver } from "../../base/window.ts";
import { ClientAuth } from "../client-auth.ts";
import type { Flow, SipCommand, SipIdentity } from "../contract.ts";
import type { Envelope } from "../envelope.ts";
import type { Ground } from "../ground.ts";
import { limits } from "../limits.ts";
import type { Place } from "../location.ts";
import { wire, type SipMessage } from "../message.ts";
import { printNameAddr } from "../name-addr.ts";
import type { ServerTransaction } from "../transactions.ts";
import { escapeUser, parseUri, printHost, type SipUri } from "../uri.ts";
import type { Way } from "../way.ts";
import type { Refusal } from "./subscriptions.ts";
import { ReturnPath } from "./return-path.ts";
import { readText } from "./text-body.ts";

/** So long the rooms above have to store or deliver a text; the sender's own patience is 32 s (timer F). */
const answerWithinMs = 20_000;
/** RFC 3428 8: "the size of a MESSAGE request ... MUST NOT exceed 1300 bytes" where nothing controls congestion. */
const maxDatagramBytes = 1_300;
/** What a MESSAGE of ours has beside its addresses and text. */
const headBytes = 420;
const minuteMs = 60_000;

type Send = Extract<SipCommand, { type: "sendMessage" }>;

/** Pager-mode texts (RFC 3428), both ways. What comes is answered when somebody above has it safe; we forward for nobody by ourselves. */
export class Texts {
  readonly #ground: Ground;
  readonly #waiting = new Map<string, ServerTransaction>();
  #minute: { sinceMs: number; all: number; perSource: Map<string, number> } = { sinceMs: 0, all: 0, perSource: new Map() };

  readonly #returnPath: ReturnPath;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#returnPath = new ReturnPath(ground);
  }

  strayResponse(envelope: Envelope, flow: Flow): void {
    this.#returnPath.answered(envelope, flow);
  }

  /** A MESSAGE that may come in (gate.ts). Null when it was taken. */
  receive(request: SipMessage, envelope: Envelope, flow: Flow, from: SipIdentity, target: SipUri): Refusal | null {
    const read = readText(request);
    if ("status" in read) return read;
    const { transactions, timers, nowMs, settings, location, gruus } = this.#ground;
    if (transactions.full || this.#waiting.size >= limits.maxPendingMessages) return { status: 503, headers: [["Retry-After", "10"]] };
    if (from.account === null && !this.#returnPath.proved(flow, request.size)) return null;
    if (from.account === null && !this.#countOutside(countedAs(flow.remoteAddress))) return { status: 503, headers: [["Retry-After", "60"]] };
    const device = gruus.resolve(target, location);
    if (device?.account === null) return { status: 404 };
    const transaction = transactions.openServer(request, envelope, flow);
    const ref = newId("txt", nowMs, settings.chance);
    this.#waiting.set(ref, transaction);
    timers.start(`m|${ref}`, "answer", nowMs + answerWithinMs);
    this.#ground.tell({
      type: "message", ref, id: hash("sha256", `${envelope.callId}|${envelope.fromTag}|${envelope.cseq}`, "hex").slice(0, 32), from,
      to: { user: device?.account ?? target.user, host: target.host, ...(device ? { instance: device.instance } : {}) }, contentType: "text/plain", text: read.text, flow,
    });
    return null;
  }

  /** Answers a text that came; once. */
  answer(ref: string, status: number): void {
    const transaction = this.#waiting.get(ref);
    if (!transaction) return;
    this.#waiting.delete(ref);
    this.#ground.timers.stopAll(`m|${ref}`);
    this.#ground.transactions.respond(transaction, status >= 200 && status < 700 ? status : 500);
  }

  send(command: Send): void {
    const { target, ref } = command;
    const done = (status: number): void => this.#ground.tell({ type: "messageSent", ref, status });
    if ("account" in target) {
      const to = `<sip:${escapeUser(target.account)}@${this.#ground.settings.domain}>`;
      return this.#toGroups(command, to, this.#ground.location.groups(target.account, this.#ground.nowMs, { instance: target.instance }), 480, done);
    }
    const raw = wire(target.uri).replace(/\?.*$/, "");
    const uri = /[\s<>"]/.test(raw) ? null : parseUri(raw);
    if (!uri) return done(416);
    const auth = command.auth ? new ClientAuth(command.auth, this.#ground.settings.chance, "call") : null;
    const go = (ways: readonly Way[]): void => {
      auth?.meantFor(ways);
      if (ways.length === 0) done(503);
      else this.#request(command, raw, `<${raw}>`, [], ways, auth, done);
    };
    if (target.flow) go([{ flow: target.flow }]);
    else this.#ground.hops.find(uri, command.via ?? null, go);
  }

  /** Contacts of equal q together, the next ones when none of these takes it; one that takes it is enough. */
  #toGroups(command: Send, to: string, groups: readonly (readonly Place[])[], worst: number, done: (status: number) => void): void {
    const [first, ...rest] = groups;
    if (!first) return done(worst);
    let left = first.length;
    let best = worst;
    let over = false;
    for (const { uri, way, routes } of first) {
      this.#request(command, uri, to, routes, [way], null, (status) => {
        left--;
        if (over) return;
        if (status < 300) {
          over = true;
          return done(status);
        }
        best = best === 480 ? status : Math.min(best, status);
        if (left === 0) this.#toGroups(command, to, rest, best, done);
      });
    }
  }

  #request(command: Send, uri: string, to: string, routes: readonly string[], ways: readonly Way[], auth: ClientAuth | null, done: (status: number) => void): void {
    const ground = this.#ground;
    const { from, text } = command;
    const host = from.host === undefined ? ground.settings.domain : printHost(from.host);
    const fromText = `${printNameAddr(wire(from.display), `sip:${escapeUser(from.user)}@${host}`)};tag=${ground.newTag()}`;
    const size = headBytes + Buffer.byteLength(text) + uri.length + to.length + fromText.length + routes.join("").length;
    // a known contact has no other way than its flow; elsewhere TCP is tried first (requests.ts)
    if (ways[0]?.flow?.transport === "udp" && size > maxDatagramBytes) return done(513);
    ground.requests.send(
      { method: "MESSAGE", uri, from: fromText, to, callId: ground.newCallId(), cseq: 1, routes, headers: () => [], body: { type: "text/plain;charset=UTF-8", text }, ways, auth },
      ({ status }) => done(status === 0 ? 503 : status),
    );
  }

  /** Timer: nobody above answered. */
  late(owner: string): void {
    this.answer(owner.slice(2), 500);
  }

  #countOutside(source: string): boolean {
    const { nowMs } = this.#ground;
    if (isOver(this.#minute.sinceMs, minuteMs, nowMs)) this.#minute = { sinceMs: nowMs, all: 0, perSource: new Map() };
    const count = this.#minute.perSource.get(source) ?? 0;
    if (count >= limits.maxOutsideMessagesPerMinutePerSource || this.#minute.all >= limits.maxOutsideMessagesPerMinute) return false;
    this.#minute.perSource.set(source, count + 1);
    this.#minute.all++;
    return true;
  }
}
