import type { Flow, ListeningPoint } from "../contract.ts";
import type { Envelope } from "../envelope.ts";
import { keyedHash } from "../keyed-hash.ts";
import { printHost } from "../uri.ts";
import { ownAddress, type Way } from "../way.ts";

/** How the user part of every Record-Route of ours begins. */
const MARK = "tr~";

/** Where a request of a dialog goes when no Route is left: back on a connection, to a NAT's address, or (null) where its URI says. */
export interface Pins {
  caller: Way | null;
  callee: Way | null;
}

/** Where a request of a dialog goes on: `gone`, the connection named in the token has closed; `expired`, the token is too old. */
export interface Onward {
  way: Way | null;
  gone: boolean;
  expired: boolean;
}

const dayMs = 86_400_000;
/**
 * How long a token lasts, days. Attack: who was once in a dialog relays by it for ever. No re-INVITE can renew it, for the route set of a dialog
 * never changes (RFC 3261 12.2): longer than the longest call, and a subscription that lasts longer begins again.
 */
export const tokenDays = 7;

/**
 * The user part of our Record-Route: a signature over the call, the day and the ways to both sides, so that nothing is kept for a dialog, and
 * nobody who was not in it can have requests relayed (an open relay is how toll fraud starts). RFC 5626 5.3 calls it a flow token.
 */
export class RouteTokens {
  readonly #secret: string;
  /** Connections named in tokens: alive ones only. */
  readonly #connections = new Map<string, Flow>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  make(envelope: Envelope, pins: Pins, nowMs: number): string {
    const ways = `${Math.floor(nowMs / dayMs).toString(36)}~${this.#print(pins.caller)}~${this.#print(pins.callee)}`;
    return `${MARK}${this.#sign(envelope.callId, envelope.fromTag, ways)}~${ways}`;
  }

  /**
   * The way to the other side for a request of a dialog, or null when this is no token of ours for that dialog. The tag of the caller was
   * signed: who writes it in From is the caller, who writes it in To is the callee.
   */
  read(user: string, envelope: Envelope, nowMs: number): Onward | null {
    const [, signature = "", day = "", caller = "", callee = ""] = user.split("~");
    const ways = `${day}~${caller}~${callee}`;
    if (signature.length !== 32) return null;
    const expired = Math.floor(nowMs / dayMs) - Number.parseInt(day, 36) > tokenDays;
    if (this.#sign(envelope.callId, envelope.fromTag, ways) === signature) return this.#parse(callee, expired);
    if (this.#sign(envelope.callId, envelope.toTag, ways) === signature) return this.#parse(caller, expired);
    return null;
  }

  flowClosed(flow: Flow): void {
    this.#connections.delete(flow.id);
  }

  #sign(callId: string, callerTag: string, ways: string): string {
    return keyedHash(this.#secret, `${callId}|${callerTag}|${ways}`);
  }

  #print(way: Way | null): string {
    if (!way) return "";
    if (!way.flow) return `u_${way.host.replaceAll(":", "!")}_${way.port}`;
    if (way.flow.transport === "udp") return `u_${way.flow.remoteAddress.replaceAll(":", "!")}_${way.flow.remotePort}`;
    this.#connections.set(way.flow.id, way.flow);
    return `c_${way.flow.id.replaceAll(":", "!")}`;
  }

  #parse(text: string, expired: boolean): Onward {
    if (text === "") return { way: null, gone: false, expired };
    const [kind, name = "", port = ""] = text.split("_");
    if (kind === "u") return { way: { flow: null, transport: "udp", host: name.replaceAll("!", ":"), port: Number(port) }, gone: false, expired };
    const flow = this.#connections.get(name.replaceAll("!", ":"));
    return { way: flow ? { flow } : null, gone: !flow, expired };
  }
}

/** True when a URI as written is one of our Record-Routes (not: that its signature is right). */
export function isRouteToken(uri: string): boolean {
  return uri.startsWith(`sip:${MARK}`);
}

/** The token in a Route value or URI as written, or null: cheap, as it is looked for in every request. */
export function tokenIn(route: string): string | null {
  const from = route.startsWith("<") ? 1 : 0;
  if (!route.startsWith(`sip:${MARK}`, from)) return null;
  const at = route.indexOf("@", from);
  return at < 0 ? null : route.slice(from + 4, at);
}

/**
 * Our Record-Route lines for a request that came by `from` and leaves by `to`: one, or two when the sides differ (RFC 5658), the side
 * where it leaves on top.
 */
export function recordRoutes(token: string, from: Way, to: Way, points: readonly ListeningPoint[], domain: string): string {
  const inner = uriOf(token, ownAddress(to, points, domain));
  const outer = uriOf(token, ownAddress(from, points, domain));
  return inner === outer ? `Record-Route: <${inner}>\r\n` : `Record-Route: <${inner}>\r\nRecord-Route: <${outer}>\r\n`;
}

function uriOf(token: string, own: { transport: string; address: string; port: number }): string {
  const transport = own.transport === "udp" ? "" : `;transport=${own.transport === "wss" ? "ws" : own.transport}`;
  return `sip:${token}@${printHost(own.address)}:${own.port}${transport};lr`;
}
