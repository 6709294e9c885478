import type { Flow } from "./contract.ts";
import type { Envelope } from "./envelope.ts";
import { wire, type SipMessage } from "./message.ts";
import { stampVia } from "./via.ts";

/** Name and value of a header; the value is latin1 text of the wire. */
export type HeaderPair = readonly [name: string, value: string];

export interface Body {
  type: string;
  text: string;
}

/** What a request is made of, in the order in which it is written. */
export interface RequestParts {
  method: string;
  uri: string;
  /** Our Via, without the ones of others: we are never a proxy. */
  via: string;
  maxForwards: number;
  from: string;
  to: string;
  callId: string;
  cseq: number;
  routes: readonly string[];
  headers: readonly HeaderPair[];
  body: Body | null;
}

export function printRequest(parts: RequestParts): Uint8Array {
  let head = `${parts.method} ${parts.uri} SIP/2.0\r\nVia: ${parts.via}\r\n`;
  for (const route of parts.routes) head += `Route: ${route}\r\n`;
  head += `Max-Forwards: ${parts.maxForwards}\r\nFrom: ${parts.from}\r\nTo: ${parts.to}\r\nCall-ID: ${parts.callId}\r\nCSeq: ${parts.cseq} ${parts.method}\r\n`;
  for (const [name, value] of parts.headers) head += `${name}: ${value}\r\n`;
  return close(head, parts.body);
}

/**
 * An answer to `request` (RFC 3261 8.2.6): Via, From, To, Call-ID and CSeq copied, the top Via stamped with the source,
 * `toTag` added unless To has one already. `compact`: one-letter names and a reason phrase of one, for answers that must stay small; "bare":
 * a datagram that also leaves out what its receiver can do without, the length of no body and where we saw the request come from.
 */
export function printResponse(
  request: SipMessage, envelope: Envelope, flow: Flow,
  answer: { status: number; reason: string; toTag: string | null; headers?: readonly HeaderPair[]; body?: Body | null; compact?: boolean | "bare" },
): Uint8Array {
  const [via, from, to, callId] = answer.compact ? ["v", "f", "t", "i"] : ["Via", "From", "To", "Call-ID"];
  // measured: baresip 1.0.0 cannot read a status line without a phrase (RFC 3261 7.2 allows one), and asks again 3,000 times a second
  let head = `SIP/2.0 ${answer.status} ${answer.compact ? "-" : answer.reason}\r\n`;
  const vias = request.list("via");
  head += `${via}: ${answer.compact === "bare" ? envelope.viaText : stampVia(envelope.viaText, envelope.via, flow)}\r\n`;
  for (let i = 1; i < vias.length; i++) head += `${via}: ${vias[i]}\r\n`;
  head += `${from}: ${request.header("from") ?? ""}\r\n${to}: ${request.header("to") ?? ""}${envelope.toTag === "" && answer.toTag !== null ? `;tag=${answer.toTag}` : ""}\r\n`;
  head += `${callId}: ${envelope.callId}\r\nCSeq: ${request.header("cseq") ?? ""}\r\n`;
  for (const [name, value] of answer.headers ?? []) head += `${name}: ${value}\r\n`;
  return close(head, answer.body ?? null, answer.compact);
}

function close(head: string, body: Body | null, compact: boolean | "bare" = false): Uint8Array {
  if (!body && compact === "bare") return Buffer.from(`${head}\r\n`, "latin1");
  if (!body) return Buffer.from(`${head}${compact ? "l" : "Content-Length"}: 0\r\n\r\n`, "latin1");
  const text = wire(body.text);
  return Buffer.from(`${head}Content-Type: ${body.type}\r\nContent-Length: ${text.length}\r\n\r\n${text}`, "latin1");
}

/** A header given from above, made harmless: no line ends, no header that the core writes itself. Null to refuse it. */
export function safeHeader(name: string, value: string): HeaderPair | null {
  if (!/^[A-Za-z0-9-]+$/.test(name) || OWN.has(name.toLowerCase())) return null;
  return [name, wire(value.replace(/[\r\n\0]+/g, " "))];
}

const OWN = new Set([
  "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "content-length", "l", "content-type", "c", "route",
  "record-route", "max-forwards", "require", "supported", "k", "allow", "session-expires", "x", "min-se", "authorization", "proxy-authorization",
]);

/** RFC 3261 21: the phrases we write. */
const PHRASES: Readonly<Record<number, string>> = {
  100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 183: "Session Progress", 200: "OK", 202: "Accepted",
  300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily", 305: "Use Proxy", 380: "Alternative Service", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
  404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone", 412: "Conditional Request Failed", 413: "Request Entity Too Large", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
  422: "Session Interval Too Small", 423: "Interval Too Brief", 430: "Flow Failed", 439: "First Hop Lacks Outbound Support", 440: "Max-Breadth Exceeded", 469: "Bad Info Package", 480: "Temporarily Unavailable",
  481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
  500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
};

export function phrase(status: number): string {
  return PHRASES[status] ?? (status < 200 ? "Progress" : status < 300 ? "OK" : status < 500 ? "Refused" : "Failed");
}
