import type { Flow, ListeningPoint, NetTransport } from "./contract.ts";
import { printHost, type SipUri } from "./uri.ts";

/** How a message leaves: by a flow that is there, or to an address for which the sockets find or open one. */
export type Way = { flow: Flow } | { flow: null; transport: NetTransport; host: string; port: number; name?: string | undefined };

/** TCP, TLS and WebSocket neither lose nor repeat (RFC 3261 17: "reliable transports"). */
export function isReliable(way: Way): boolean {
  return way.flow ? way.flow.transport !== "udp" : way.transport !== "udp";
}

/** Nobody on the way reads or changes what this flow carries: TLS, or the machine itself. */
export function isPrivate(flow: Flow): boolean {
  return flow.transport === "tls" || flow.transport === "wss" || flow.remoteAddress === "::1" || flow.remoteAddress.startsWith("127.");
}

/**
 * RFC 3263 without DNS records: the URI's host, port and transport parameter; UDP when it names none, 5061 for TLS and 5060 else.
 * `sips` is TLS whatever the parameter says (RFC 5630 section 4), except over UDP, where there is none. Null for what we cannot speak.
 */
export function wayToUri(uri: SipUri): Way | null {
  if (uri.scheme === "tel" || uri.host === "") return null;
  const sips = uri.scheme === "sips";
  const asked = uri.params.get("transport")?.toLowerCase() ?? (sips ? "tls" : "udp");
  if (asked !== "udp" && asked !== "tcp" && asked !== "tls") return null;
  if (sips && asked === "udp") return null;
  const transport = sips ? "tls" : asked;
  return { flow: null, transport, host: uri.params.get("maddr") ?? uri.host, port: uri.port ?? (transport === "tls" ? 5061 : 5060) };
}

/** The transport, address and port that we write for ourselves into a message that leaves by this way. */
export function ownAddress(way: Way, points: readonly ListeningPoint[], domain: string): { transport: string; address: string; port: number } {
  if (way.flow) return { transport: way.flow.transport, address: way.flow.localAddress, port: way.flow.localPort };
  // of the family of the peer, when that is known: an IPv6 peer cannot answer an IPv4 address
  const v6 = way.host.includes(":");
  const point = points.find((p) => p.transport === way.transport && p.address.includes(":") === v6) ?? points.find((p) => p.transport === way.transport) ?? points[0];
  return { transport: way.transport, address: point?.towards?.(way.host) ?? point?.address ?? domain, port: point?.port ?? 5060 };
}

/**
 * Our Contact for that address (RFC 7118 5.2.1: both ws and wss are written `transport=ws`). `target` is the Request-URI or remote
 * target: RFC 5630 section 5.1.2.2, what is asked for as `sips` gets a `sips` Contact, so that no hop of the dialog goes unprotected.
 */
export function ownContact(own: { transport: string; address: string; port: number }, target = ""): string {
  if (target.startsWith("sips:")) return `<sips:tandem@${printHost(own.address)}:${own.port}${own.transport === "wss" ? ";transport=ws" : ""}>`;
  const transport = own.transport === "udp" ? "" : `;transport=${own.transport === "wss" ? "ws" : own.transport}`;
  return `<sip:tandem@${printHost(own.address)}:${own.port}${transport}>`;
}
