import type { ClientAuth } from "./client-auth.ts";
import type { Flow } from "./contract.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import type { SipMessage } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import { printRequest, type Body, type HeaderPair, type RequestParts } from "./print.ts";
import type { ClientTransaction, ClientUser } from "./transactions.ts";
import { parseUri } from "./uri.ts";
import { ownVia } from "./via.ts";
import { ownAddress, ownContact, wayToUri, type Way } from "./way.ts";

/** RFC 3261 section 12: what two user agents agree on for the life of a call. */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From and To of our requests, without tags. */
  readonly local: string;
  readonly remote: string;
  localSeq: number;
  /** Highest CSeq of the peer's requests; null before the first. */
  remoteSeq: number | null;
  routes: readonly string[];
  /** Remote target: the peer's Contact URI as written. */
  target: string;
  /** The way that the peer was last heard on; null when that connection closed. */
  flow: Flow | null;
  /** The peer is reached on its flow whatever its Contact says: a connection, a registered phone, or a peer behind a NAT. */
  readonly pinned: boolean;
  /** The peer has authenticated, or is where one of ours registered. */
  known: boolean;
  /** Credentials for the challenges of the peer that we called; null: nobody's challenge is answered. */
  auth: ClientAuth | null;
}

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}|${localTag}|${remoteTag}`;
}

/** The Contact of a dialog-creating or target-refreshing message as written, or null when it has not exactly one usable. */
export function contactOf(message: SipMessage): string | null {
  const list = message.list("contact");
  const contact = list.length === 1 ? parseNameAddr(list[0]!) : null;
  return contact?.uri && contact.uri.scheme !== "tel" ? contact.raw : null;
}

/** RFC 3261 12.1.1: the dialog of a request that we answer with `localTag`. `known`: the caller has authenticated. */
export function dialogOfRequest(request: SipMessage, envelope: Envelope, flow: Flow, localTag: string, target: string, known: boolean): Dialog {
  return {
    callId: envelope.callId, localTag, remoteTag: envelope.fromTag,
    local: withoutTag(request.header("to")!), remote: withoutTag(request.header("from")!),
    localSeq: 0, remoteSeq: envelope.cseq,
    routes: request.list("record-route"), target, flow,
    pinned: known || flow.transport !== "udp" || envelope.via.host !== flow.remoteAddress, known, auth: null,
  };
}

/** RFC 3261 12.1.2: the dialog that a 2xx to our INVITE makes. The route set is the Record-Route reversed. */
export function dialogOfResponse(parts: RequestParts, response: SipMessage, envelope: Envelope, flow: Flow, target: string, known: boolean): Dialog {
  return {
    callId: envelope.callId, localTag: envelope.fromTag, remoteTag: envelope.toTag,
    local: withoutTag(parts.from), remote: withoutTag(parts.to),
    localSeq: parts.cseq, remoteSeq: null,
    routes: response.list("record-route").reverse(), target, flow,
    pinned: known || flow.transport !== "udp", known, auth: null,
  };
}

/** The tag stands behind the address: what looks like one in a name in quotes is the name's. */
function withoutTag(value: string): string {
  const name = value.startsWith('"') ? (/^"(?:[^"\\]|\\[\s\S])*"/.exec(value)?.[0].length ?? 0) : 0;
  const address = value.indexOf(">", name) + 1;
  return value.slice(0, address) + value.slice(address).replace(/;\s*tag\s*=\s*[^;,\s]*/i, "");
}

/** RFC 3261 12.2.1.1: loose routers stay in Route; a strict one takes the Request-URI and ours goes last. */
function routed(dialog: Dialog): { uri: string; routes: string[] } {
  const first = dialog.routes[0] === undefined ? null : parseNameAddr(dialog.routes[0]);
  if (!first || first.uri?.params.has("lr")) return { uri: dialog.target, routes: [...dialog.routes] };
  return { uri: first.raw, routes: [...dialog.routes.slice(1), `<${dialog.target}>`] };
}

/** How the dialog's requests leave; null when no way is left (a contact that we cannot resolve). */
export function wayOf(dialog: Dialog): Way | null {
  const { flow } = dialog;
  if (flow && dialog.pinned) return { flow };
  const route = dialog.routes[0] === undefined ? null : parseNameAddr(dialog.routes[0]);
  const uri = route?.uri ?? parseUri(dialog.target);
  const way = uri && wayToUri(uri);
  if (!way) return flow && { flow };
  if (flow && !way.flow && way.host === flow.remoteAddress && way.port === flow.remotePort && way.transport === flow.transport) return { flow };
  return way;
}

export interface DialogRequest {
  method: string;
  headers?: readonly HeaderPair[];
  body?: Body | null;
  user: ClientUser;
}

/** Sends a request within the dialog, with the next CSeq. Without a way its user hears of a transport error at once. */
export function sendInDialog(ground: Ground, dialog: Dialog, request: DialogRequest): ClientTransaction | null {
  const way = wayOf(dialog);
  if (!way) {
    request.user.transportError();
    return null;
  }
  const { auth } = dialog;
  const place = (authorization: readonly HeaderPair[], user: ClientUser): ClientTransaction => {
    const branch = ground.newBranch();
    dialog.localSeq++;
    const headers = authorization.length === 0 ? (request.headers ?? []) : [...(request.headers ?? []), ...authorization];
    return ground.transactions.openClient(partsFor(ground, dialog, way, branch, request.method, dialog.localSeq, headers, request.body ?? null), branch, way, user);
  };
  if (!auth) return place([], request.user);
  const { uri } = routed(dialog);
  const user: ClientUser = {
    ...request.user,
    response(answer, envelope, flow) {
      const again = auth.answer(answer, flow, request.method, uri);
      if (again) place(again, user);
      else request.user.response(answer, envelope, flow);
    },
  };
  return place(auth.begin(request.method, uri, way), user);
}

/** RFC 3261 13.2.2.4: the ACK for a 2xx is no part of the transaction and has a branch of its own. Returned to be sent again with each repeated 2xx. */
export function sendAck(ground: Ground, dialog: Dialog, cseq: number): () => void {
  const way = wayOf(dialog);
  if (!way) return () => undefined;
  const bytes = printRequest(partsFor(ground, dialog, way, ground.newBranch(), "ACK", cseq, dialog.auth?.forAck(way) ?? [], null));
  const send = (): void => ground.transactions.send(way, bytes);
  send();
  return send;
}

/** Methods whose Contact refreshes or sets the target (RFC 3261 12.2, RFC 3311, RFC 3515, RFC 6665). */
const WITH_CONTACT = new Set(["INVITE", "UPDATE", "NOTIFY", "REFER"]);

function partsFor(ground: Ground, dialog: Dialog, way: Way, branch: string, method: string, cseq: number, headers: readonly HeaderPair[], body: Body | null): RequestParts {
  const own = ownAddress(way, ground.points, ground.settings.domain);
  const { uri, routes } = routed(dialog);
  return {
    method, uri, via: ownVia(own, branch), maxForwards: 70,
    from: `${dialog.local};tag=${dialog.localTag}`,
    to: dialog.remoteTag === "" ? dialog.remote : `${dialog.remote};tag=${dialog.remoteTag}`,
    callId: dialog.callId, cseq, routes, body,
    headers: WITH_CONTACT.has(method) ? [["Contact", ownContact(own, dialog.target)], ...headers] : headers,
  };
}

/** A user that wants to hear nothing: CANCEL, BYE and NOTIFY, whose outcome changes nothing. */
export const nobody: ClientUser = { response: () => undefined, timeout: () => undefined, transportError: () => undefined };
