import type { Envelope } from "../envelope.ts";
import type { Flow } from "../contract.ts";
import { parseDigest } from "../digest.ts";
import { splitList, type LineEdit, type SipMessage } from "../message.ts";
import { stampVia } from "../via.ts";

/** How a request leaves (RFC 3261 16.6). Everything that is not named here goes on byte for byte. */
export interface Forwarding {
  uri: string;
  /** Our Via, without the name. */
  via: string;
  /** Whole Record-Route lines, or "". */
  recordRoutes: string;
  /** The Route values that stay; null = none were taken or added. */
  routes: readonly string[] | null;
  maxForwards: number;
  /** RFC 5393 5.3.3; null = as it came. */
  maxBreadth: number | null;
  /** Credentials for this realm are ours and go no further (RFC 3261 22.3). */
  realm: string;
}

export function printForwarded(request: SipMessage, envelope: Envelope, flow: Flow, forwarding: Forwarding): Buffer {
  const edits: LineEdit[] = [];
  let top = `Via: ${forwarding.via}\r\n${forwarding.recordRoutes}`;

  // RFC 3261 18.2.1 and RFC 3581: the sender's Via learns where the request came from
  const stamped = stampVia(envelope.viaText, envelope.via, flow);
  if (stamped !== envelope.viaText) {
    const at = request.find("via");
    const values = splitList(request.value(at));
    values[0] = stamped;
    edits.push({ at, text: `Via: ${values.join(", ")}\r\n` });
  }

  const hops = request.find("max-forwards");
  if (hops < 0) top += `Max-Forwards: ${forwarding.maxForwards}\r\n`;
  else edits.push({ at: hops, text: `Max-Forwards: ${forwarding.maxForwards}\r\n` });

  if (forwarding.routes) {
    for (let at = request.find("route"); at >= 0; at = request.find("route", at + 4)) edits.push({ at, text: "" });
    for (const route of forwarding.routes) top += `Route: ${route}\r\n`;
  }
  if (forwarding.maxBreadth !== null) {
    const at = request.find("max-breadth");
    if (at >= 0) edits.push({ at, text: "" });
    top += `Max-Breadth: ${forwarding.maxBreadth}\r\n`;
  }
  for (const name of ["authorization", "proxy-authorization"]) {
    for (let at = request.find(name); at >= 0; at = request.find(name, at + 4)) {
      if (parseDigest(request.value(at))?.get("realm") === forwarding.realm) edits.push({ at, text: "" });
    }
  }
  // a stream needs the length that a datagram may leave out (RFC 3261 20.14)
  if (request.find("content-length") < 0) top += `Content-Length: ${request.body.length}\r\n`;

  if (edits.length > 1) edits.sort((a, b) => a.at - b.at);
  return request.rewrite(forwarding.uri === request.uri ? null : `${request.method} ${forwarding.uri} SIP/2.0`, top, edits);
}

/**
 * A response without our Via (RFC 3261 16.7 step 3), every other byte as it came, `added` on top; null when no Via is left: it was for us.
 */
export function printPassed(response: SipMessage, added = ""): Buffer | null {
  const at = response.find("via");
  if (at < 0) return null;
  const line = response.value(at);
  const comma = line.includes(",") ? splitList(line) : null;
  if (comma && comma.length > 1) return response.rewrite(null, added, [{ at, text: `Via: ${comma.slice(1).join(", ")}\r\n` }]);
  if (response.find("via", at + 4) < 0) return null;
  return response.rewrite(null, added, [{ at, text: "" }]);
}
