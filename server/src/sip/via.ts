import type { Flow } from "./contract.ts";
import { parseParams } from "./name-addr.ts";
import { parseHostPort, printHost } from "./uri.ts";

/** RFC 3261 20.42. */
export interface Via {
  transport: string;
  host: string;
  port: number | null;
  params: ReadonlyMap<string, string>;
}

/** Null when malformed. */
export function parseVia(text: string): Via | null {
  if (text.startsWith("SIP/2.0/")) {
    // as nearly everybody writes it: one space, no other
    const space = text.indexOf(" ", 8);
    const semicolon = text.indexOf(";", space);
    const transport = text.slice(8, space);
    if (space > 8 && semicolon > space && (transport === "UDP" || transport === "TCP" || transport === "TLS" || transport === "WS" || transport === "WSS")) {
      const place = parseHostPort(text.slice(space + 1, semicolon));
      const params = place && parseParams(text.slice(semicolon));
      if (place && params) return { transport, host: place.host, port: place.port, params };
    }
  }
  const match = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+(\[[^\]]*\]|[^\s;:]+)(?:\s*:\s*(\d{1,5}))?\s*(;[\s\S]*)?$/i.exec(text);
  if (!match) return null;
  const place = parseHostPort(match[3] === undefined ? match[2]! : `${match[2]}:${match[3]}`);
  const params = parseParams(match[4] ?? "");
  if (!place || !params) return null;
  return { transport: match[1]!.toUpperCase(), host: place.host, port: place.port, params };
}

/**
 * The top Via as it must stand in an answer: RFC 3261 18.2.1 (`received` when sent-by is not the source) and
 * RFC 3581 section 4 (a client that wrote `rport` learns its port). What the client claimed itself is dropped.
 */
export function stampVia(text: string, via: Via, flow: Flow): string {
  const asksPort = via.params.has("rport");
  const differs = via.host !== flow.remoteAddress;
  if (!asksPort && !differs && !via.params.has("received")) return text;
  // nothing before the semicolon: blanks looked for there cost the square of their number
  const clean = text.replace(/;\s*(?:rport|received)(?:\s*=\s*(?:\[[^\]]*\]|[^;,\s]*))?/gi, "");
  return `${clean}${differs || asksPort ? `;received=${flow.remoteAddress}` : ""}${asksPort ? `;rport=${flow.remotePort}` : ""}`;
}

/** Our own Via for a request that leaves by this transport and address. */
export function ownVia(at: { transport: string; address: string; port: number }, branch: string): string {
  // RFC 5923 section 5: requests to us may come back on the same TLS connection
  return `SIP/2.0/${at.transport.toUpperCase()} ${printHost(at.address)}:${at.port};branch=${branch};rport${at.transport === "tls" ? ";alias" : ""}`;
}
