import type { Flow, SipEffect } from "./contract.ts";
import type { Envelope } from "./envelope.ts";
import { FlowIndex } from "./flow-index.ts";
import { inviteClient } from "./invite-client.ts";
import { inviteServer } from "./invite-server.ts";
import { limits, T1, transactionLifeMs } from "./limits.ts";
import { SipMessage } from "./message.ts";
import { nonInviteClient } from "./non-invite-client.ts";
import { nonInviteServer } from "./non-invite-server.ts";
import { phrase, printRequest, printResponse, type Body, type HeaderPair, type RequestParts } from "./print.ts";
import type { TimerQueue } from "./timer-queue.ts";
import type { Action, ClientInput, Facts, ServerInput, TimerName } from "./transaction.ts";
import { isReliable, type Way } from "./way.ts";

/** A request that somebody sent us and that we answer statefully. */
export interface ServerTransaction extends Facts {
  readonly id: string;
  readonly invite: boolean;
  /** Until it is settled: the transaction then only repeats its last answer, for half a minute, and keeps no more than that takes. */
  request: SipMessage;
  envelope: Envelope;
  /** How a merged request is known (RFC 3261 8.2.2.2); null for one that is passed on. */
  readonly merge: string | null;
  readonly flow: Flow;
  readonly way: Way;
  /** Tag that our answers put into To. */
  readonly toTag: string;
  last: Uint8Array | null;
}

/** What the user of a client transaction hears. `response` may come several times (1xx, and 2xx of an INVITE). */
export interface ClientUser {
  response(response: SipMessage, envelope: Envelope, flow: Flow): void;
  /** Timer B or F: nobody answered. */
  timeout(): void;
  transportError(): void;
  /** After the first provisional answer to an INVITE the final one must come so soon, else `timeout`. Absent: its user keeps the time. */
  readonly finalWithinMs?: number;
}

/** A request that we sent. */
export interface ClientTransaction extends Facts {
  readonly id: string;
  readonly branch: string;
  readonly invite: boolean;
  parts: RequestParts;
  readonly way: Way;
  bytes: Uint8Array;
  /** Somebody else's request. */
  readonly passed: boolean;
  readonly user: ClientUser;
  ack: Uint8Array | null;
}

export interface TransactionPort {
  timers: TimerQueue;
  now(): number;
  out(effect: SipEffect): void;
  newTag(): string;
}

/** What a settled transaction has in the place of its request. */
const SPENT_BYTES = new Uint8Array(0);
const SPENT_REQUEST = new SipMessage({ method: "", uri: "", status: 0, reason: "" }, "", [], [], SPENT_BYTES, 0);
const NOBODY = { display: "", raw: "", uri: null, params: new Map<string, string>() };
const SPENT_ENVELOPE: Envelope = {
  via: { transport: "", host: "", port: null, params: new Map() }, viaText: "", branch: "", from: NOBODY, fromTag: "", to: NOBODY, toTag: "", callId: "", cseq: 0, cseqMethod: "",
};
const SPENT_PARTS: RequestParts = { method: "", uri: "", via: "", maxForwards: 0, from: "", to: "", callId: "", cseq: 0, routes: [], headers: [], body: null };

/** Our own timer beside the letters of the RFC (9.1, a cancelled INVITE without a final answer). */
const ABANDON = "abandon";
/** And for a re-INVITE that is answered provisionally for ever: nothing else would end it. */
const LATE = "late";

/** The transaction layer (RFC 3261 section 17): matches messages to transactions and carries out what the machines say. */
export class Transactions {
  readonly #port: TransactionPort;
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #clients = new Map<string, ClientTransaction>();
  /** From tag, Call-ID and CSeq of requests in work -> transaction: RFC 3261 8.2.2.2 merged requests. */
  readonly #merges = new Map<string, string>();
  /** Transactions of each connection, so that one that closes costs only what it carried. */
  readonly #onFlow = new FlowIndex();
  /** Have their final answer; whoever gave it may still be looking at the request. */
  readonly #settled: ServerTransaction[] = [];

  constructor(port: TransactionPort) {
    this.#port = port;
  }

  get size(): number {
    return this.#servers.size + this.#clients.size;
  }

  get full(): boolean {
    return this.size >= limits.maxTransactions;
  }

  /** Gives a request to the transaction that it repeats (or acknowledges). False: it is new. */
  absorb(message: SipMessage, envelope: Envelope): boolean {
    while (this.#settled.length > 0) {
      const settled = this.#settled.pop()!;
      settled.request = SPENT_REQUEST;
      settled.envelope = SPENT_ENVELOPE;
    }
    const ack = message.method === "ACK";
    const transaction = this.#servers.get(serverKey(message, envelope, ack ? "INVITE" : message.method));
    if (!transaction) return false;
    // RFC 6026 7.1: in Accepted an ACK belongs to the dialog, even from a peer that repeats the branch
    if (ack && transaction.state === "accepted") return false;
    this.#serverStep(transaction, { on: ack ? "ack" : "request" });
    return true;
  }

  /** The INVITE that this CANCEL names: same branch, same sent-by (RFC 3261 9.2). */
  cancelled(message: SipMessage, envelope: Envelope): ServerTransaction | null {
    return this.#servers.get(serverKey(message, envelope, "INVITE")) ?? null;
  }

  /** True when the same request is in work here under another branch: it was forked and came back twice. */
  isMerged(envelope: Envelope): boolean {
    return envelope.toTag === "" && this.#merges.has(mergeKey(envelope));
  }

  /** `merges` false: a request that we only pass on may come back to us by another branch (a spiral) and is no double. */
  openServer(message: SipMessage, envelope: Envelope, flow: Flow, merges = true): ServerTransaction {
    const id = serverKey(message, envelope, message.method);
    const invite = message.method === "INVITE";
    const way = wayBack(envelope, flow);
    const transaction: ServerTransaction = {
      id, invite, request: message, envelope, flow, way, toTag: envelope.toTag || this.#port.newTag(), last: null,
      state: invite ? "proceeding" : "trying", reliable: isReliable(way), intervalMs: T1, merge: merges && envelope.toTag === "" ? mergeKey(envelope) : null,
    };
    this.#servers.set(id, transaction);
    this.#onFlow.add(way.flow, id);
    if (transaction.merge !== null) this.#merges.set(transaction.merge, id);
    return transaction;
  }

  respond(transaction: ServerTransaction, status: number, answer: { reason?: string; headers?: readonly HeaderPair[]; body?: Body | null } = {}): void {
    if (transaction.state === "terminated" || transaction.state === "completed" || transaction.state === "confirmed") return;
    transaction.last = printResponse(transaction.request, transaction.envelope, transaction.flow, {
      status, reason: answer.reason ?? phrase(status), toTag: status === 100 ? null : transaction.toTag, headers: answer.headers ?? [], body: answer.body ?? null,
    });
    this.#serverStep(transaction, { on: "respond", status });
    // a 2xx to an INVITE is its user's until the ACK
    if (status >= 300 || (status >= 200 && !transaction.invite)) this.#settled.push(transaction);
  }

  /** Answers with somebody else's response, as it is to be sent (a proxy, RFC 3261 16.7 step 9). */
  pass(transaction: ServerTransaction, status: number, bytes: Uint8Array): void {
    if (transaction.state === "terminated" || transaction.state === "completed" || transaction.state === "confirmed") return;
    transaction.last = bytes;
    this.#serverStep(transaction, { on: "respond", status });
    if (status >= 200) this.#settled.push(transaction);
  }

  /** Nobody looks at the request of this transaction any more, once what is being worked on is done. */
  settle(transaction: ServerTransaction): void {
    this.#settled.push(transaction);
  }

  /** Ends a transaction without an answer. */
  drop(transaction: ServerTransaction): void {
    transaction.state = "terminated";
    this.#forgetServer(transaction);
  }

  /** Sends the last response once more: 2xx are repeated by the user of the transaction (RFC 3261 13.3.1.4). */
  repeat(transaction: ServerTransaction): void {
    this.#serverStep(transaction, { on: "respond", status: 200 });
  }

  /** `parts.via` carries `branch`, which names the transaction. `bytes`: a request that is somebody else's; `parts` then make its ACK and CANCEL. */
  openClient(parts: RequestParts, branch: string, way: Way, user: ClientUser, bytes?: Uint8Array): ClientTransaction {
    const invite = parts.method === "INVITE";
    const transaction: ClientTransaction = {
      id: `c|${branch}|${parts.method}`, branch, invite, parts, way, bytes: bytes ?? printRequest(parts), passed: bytes !== undefined, user, ack: null,
      state: invite ? "calling" : "trying", reliable: isReliable(way), intervalMs: T1,
    };
    this.#clients.set(transaction.id, transaction);
    this.#onFlow.add(way.flow, transaction.id);
    const { timers } = this.#port;
    const now = this.#port.now();
    this.send(way, transaction.bytes);
    if (!transaction.reliable) timers.start(transaction.id, invite ? "A" : "E", now + T1);
    timers.start(transaction.id, invite ? "B" : "F", now + transactionLifeMs);
    return transaction;
  }

  /** Gives a response to its transaction; false when there is none (stray, late or forged): it is dropped (RFC 3261 18.1.2). */
  receiveResponse(message: SipMessage, envelope: Envelope, flow: Flow): boolean {
    const transaction = this.#clients.get(`c|${envelope.branch}|${envelope.cseqMethod}`);
    if (!transaction) return false;
    // a response that comes by another connection than its request went is forged
    if (transaction.way.flow && transaction.way.flow.transport !== "udp" && transaction.way.flow.id !== flow.id) return false;
    const { finalWithinMs } = transaction.user;
    if (finalWithinMs !== undefined && message.status < 200 && transaction.state === "calling") this.#port.timers.start(transaction.id, LATE, this.#port.now() + finalWithinMs);
    if (transaction.invite && message.status >= 300 && transaction.ack === null) transaction.ack = ackFor(transaction.parts, message);
    this.#clientStep(transaction, { on: "response", status: message.status }, { message, envelope, flow });
    if (transaction.passed && message.status >= 200) {
      transaction.parts = SPENT_PARTS;
      transaction.bytes = SPENT_BYTES;
    }
    return true;
  }

  has(branch: string, method: string): boolean {
    return this.#clients.has(`c|${branch}|${method}`);
  }

  /** Ends a client transaction without a word after a while, unless it ends before: a cancelled INVITE whose final answer never comes. */
  abandonAfter(transaction: ClientTransaction, afterMs: number): void {
    this.#port.timers.start(transaction.id, ABANDON, this.#port.now() + afterMs);
  }

  /** Ends it now, without a word to its user. */
  abandon(transaction: ClientTransaction): void {
    transaction.state = "terminated";
    this.#forget(transaction);
  }

  timer(owner: string, name: string): void {
    const server = this.#servers.get(owner);
    if (server) return this.#serverStep(server, { on: "timer", name: name as TimerName });
    const client = this.#clients.get(owner);
    if (!client) return;
    if (name === LATE) {
      if (client.state !== "proceeding") return;
      client.state = "terminated";
      this.#forget(client);
      return client.user.timeout();
    }
    if (name !== ABANDON) return this.#clientStep(client, { on: "timer", name: name as TimerName }, null);
    if (client.state === "accepted" || client.state === "completed") return;
    client.state = "terminated";
    this.#forget(client);
  }

  /** A connection closed: client transactions on it hear of it; server ones have nobody left to answer. */
  flowClosed(flow: Flow): void {
    for (const id of this.#onFlow.take(flow.id)) {
      const client = this.#clients.get(id);
      if (client) this.#clientStep(client, { on: "transportError" }, null);
      const server = this.#servers.get(id);
      if (!server) continue;
      server.state = "terminated";
      this.#forgetServer(server);
    }
  }

  /** Nothing listens there, or the name is unknown. */
  unreachable(to: { transport: string; host: string; port: number }): void {
    // who is told may send again at once: only what was there before counts
    const there = Array.from(this.#clients.values()).filter(({ way }) => !way.flow && way.transport === to.transport && way.host === to.host && way.port === to.port);
    for (const client of there) this.#clientStep(client, { on: "transportError" }, null);
  }

  send(way: Way, bytes: Uint8Array): void {
    this.#port.out(way.flow ? { do: "send", flow: way.flow, bytes } : { do: "sendTo", transport: way.transport, host: way.host, port: way.port, name: way.name, bytes });
  }

  #serverStep(transaction: ServerTransaction, input: ServerInput): void {
    const actions = transaction.invite ? inviteServer(transaction, input) : nonInviteServer(transaction, input);
    for (const action of actions) {
      if (action.do === "sendLastResponse") {
        if (transaction.last) this.send(transaction.way, transaction.last);
      } else this.#common(transaction, action);
    }
    if (transaction.state === "terminated") this.#forgetServer(transaction);
  }

  #clientStep(transaction: ClientTransaction, input: ClientInput, heard: { message: SipMessage; envelope: Envelope; flow: Flow } | null): void {
    for (const action of transaction.invite ? inviteClient(transaction, input) : nonInviteClient(transaction, input)) {
      if (action.do === "sendRequest") this.send(transaction.way, transaction.bytes);
      else if (action.do === "sendAck") {
        if (transaction.ack) this.send(transaction.way, transaction.ack);
      } else if (action.do === "tell") {
        if (transaction.state === "terminated") this.#forget(transaction);
        if (action.what === "timeout") transaction.user.timeout();
        else if (action.what === "transportError") transaction.user.transportError();
        else if (heard) transaction.user.response(heard.message, heard.envelope, heard.flow);
      } else this.#common(transaction, action);
    }
    if (transaction.state === "terminated") this.#forget(transaction);
  }

  #common(transaction: Facts & { id: string }, action: Action): void {
    const { timers } = this.#port;
    if (action.do === "start") timers.start(transaction.id, action.timer, this.#port.now() + action.afterMs);
    else if (action.do === "stop") timers.stop(transaction.id, action.timer);
    else if (action.do === "become") transaction.state = action.state;
    else if (action.do === "interval") transaction.intervalMs = action.ms;
  }

  #forget(transaction: ClientTransaction): void {
    this.#port.timers.stopAll(transaction.id);
    this.#clients.delete(transaction.id);
    this.#onFlow.remove(transaction.way.flow, transaction.id);
  }

  #forgetServer(transaction: ServerTransaction): void {
    this.#port.timers.stopAll(transaction.id);
    this.#servers.delete(transaction.id);
    this.#onFlow.remove(transaction.way.flow, transaction.id);
    const { merge } = transaction;
    if (merge !== null && this.#merges.get(merge) === transaction.id) this.#merges.delete(merge);
  }
}

/** RFC 3261 17.2.3: branch, sent-by and method; without the magic cookie (RFC 2543 peers) the fields that identify a request. */
function serverKey(message: SipMessage, envelope: Envelope, method: string): string {
  const { via, branch } = envelope;
  if (branch.startsWith("z9hG4bK") && branch.length > 7) return `s|${branch}|${via.host}:${via.port ?? ""}|${method}`;
  return `s|${message.uri}|${envelope.fromTag}|${envelope.callId}|${envelope.cseq}|${via.host}:${via.port ?? ""};${branch}|${method}`;
}

function mergeKey(envelope: Envelope): string {
  return `${envelope.fromTag}|${envelope.callId}|${envelope.cseq}|${envelope.cseqMethod}`;
}

/**
 * Where an answer goes. Connections: back on the connection. UDP: to the source port when asked by `rport` (RFC 3581) or when it is
 * what sent-by says; else to the source address at sent-by's port (RFC 3261 18.2.2). Never to an address that only the message
 * names (maddr, a foreign sent-by): that would make us a reflector.
 */
export function wayBack(envelope: Envelope, flow: Flow): Way {
  if (flow.transport !== "udp" || envelope.via.params.has("rport")) return { flow };
  const port = envelope.via.port ?? 5060;
  return port === flow.remotePort ? { flow } : { flow: null, transport: "udp", host: flow.remoteAddress, port };
}

/** RFC 3261 17.1.1.3: the ACK for a refusal repeats Via, From, Call-ID, Route and Request-URI; To comes from the response. */
function ackFor(parts: RequestParts, response: SipMessage): Uint8Array {
  return printRequest({ ...parts, method: "ACK", to: response.header("to") ?? parts.to, headers: [], body: null });
}
