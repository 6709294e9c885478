import type { SipMessage } from "./message.ts";
import { parseParams } from "./name-addr.ts";
import type { HeaderPair } from "./print.ts";

/** Methods that we answer; everything else is 405. */
export const METHODS = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "UPDATE", "PRACK", "REFER", "INFO", "NOTIFY", "SUBSCRIBE", "PUBLISH", "MESSAGE"] as const;

const EXTENSIONS = new Set(["100rel", "timer", "replaces", "join", "outbound", "path", "gruu", "norefersub"]);

export const allowHeader: HeaderPair = ["Allow", METHODS.filter((m) => m !== "REGISTER").join(", ")];
export const supportedHeader: HeaderPair = ["Supported", "100rel, timer, replaces, join, outbound, path, gruu, norefersub"];
export const acceptHeader: HeaderPair = ["Accept", "application/sdp"];

/** Extensions that the peer requires and that we do not have (RFC 3261 8.2.2.3), as written. */
export function unknownExtensions(request: SipMessage): string[] {
  return request.list("require").filter((tag) => !EXTENSIONS.has(tag.toLowerCase()));
}

export type SdpRead = { ok: true; sdp: string | null } | { ok: false; headers: HeaderPair[] };

/** The session description of a message; the first SDP part of a multipart body counts (RFC 5621). Not ok = 415 (RFC 3261 8.2.3). */
export function readSdp(message: SipMessage): SdpRead {
  const refused: SdpRead = { ok: false, headers: [acceptHeader] };
  if (message.body.length === 0) return { ok: true, sdp: null };
  const encoding = message.header("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") return { ok: false, headers: [["Accept-Encoding", "identity"]] };
  const written = message.header("content-type") ?? "";
  const type = written.split(";")[0]!.trim().toLowerCase();
  if (type === "application/sdp") return { ok: true, sdp: message.text() };
  if (!type.startsWith("multipart/")) return isOptional(message) ? { ok: true, sdp: null } : refused;
  const boundary = parseParams(written.slice(type.length))?.get("boundary");
  if (!boundary || boundary.length > 70) return refused;
  for (const part of (message.text() ?? "").split(`--${boundary}`).slice(1)) {
    const blank = part.indexOf("\r\n\r\n");
    if (blank >= 0 && /^content-type\s*:\s*application\/sdp\b/im.test(part.slice(0, blank))) return { ok: true, sdp: part.slice(blank + 4).replace(/\r\n$/, "") + "\r\n" };
  }
  return refused;
}

/** RFC 3261 20.11: a body whose handling is optional may be passed over. */
function isOptional(message: SipMessage): boolean {
  return /;\s*handling\s*=\s*optional\b/i.test(message.header("content-disposition") ?? "");
}
