import { isIPv4, isIPv6 } from "node:net";
import { limits } from "./limits.ts";

/** A SIP, SIPS or TEL URI (RFC 3261 19.1, RFC 3966). `host` is lower case, IPv6 without brackets; "" for tel. */
export interface SipUri {
  scheme: "sip" | "sips" | "tel";
  /** Unescaped; for tel: the number without visual separators. "" when there is none. */
  user: string;
  host: string;
  port: number | null;
  params: ReadonlyMap<string, string>;
  /** What stands after "?", as written. */
  headers: string;
}

const HOSTNAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?$/;
// RFC 3261 25.1 user and password, a little wider: what real phones send ("#" in feature codes)
const USERINFO = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/:#]|%[0-9A-Fa-f]{2})*$/;

/** Null when it is not a URI that we understand. */
export function parseUri(text: string): SipUri | null {
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  const scheme = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon + 1);
  if (scheme === "tel") return parseTel(rest);
  if (scheme !== "sip" && scheme !== "sips") return null;
  const at = rest.indexOf("@");
  const userinfo = at < 0 ? "" : rest.slice(0, at);
  if (at === 0 || !USERINFO.test(userinfo)) return null;
  const password = userinfo.indexOf(":");
  const user = unescape(password < 0 ? userinfo : userinfo.slice(0, password));
  if (user === null) return null;

  let tail = rest.slice(at + 1);
  let headers = "";
  const question = tail.indexOf("?");
  if (question >= 0) {
    headers = tail.slice(question + 1);
    tail = tail.slice(0, question);
  }
  const semicolon = tail.indexOf(";");
  const params = semicolon < 0 ? new Map<string, string>() : uriParams(tail.slice(semicolon + 1));
  const place = parseHostPort(semicolon < 0 ? tail : tail.slice(0, semicolon));
  if (!place || !params) return null;
  return { scheme, user, host: place.host, port: place.port, params, headers };
}

function parseTel(rest: string): SipUri | null {
  const [number = "", ...tail] = rest.split(";");
  const digits = number.replace(/[-.()]/g, "");
  if (!/^\+?[0-9A-Fa-f*#]+$/.test(digits)) return null;
  const params = uriParams(tail.join(";"));
  return params && { scheme: "tel", user: digits, host: "", port: null, params, headers: "" };
}

function uriParams(text: string): Map<string, string> | null {
  const out = new Map<string, string>();
  if (text === "") return out;
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name === "" || /[\s<>"]/.test(part) || out.size >= limits.maxParams) return null;
    out.set(name, equals < 0 ? "" : part.slice(equals + 1));
  }
  return out;
}

/** "host", "host:port", "[v6]:port". Null when the host is neither a name nor an address or the port is no port. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number | null } | null {
  const known = placesKnown.get(text);
  if (known) return known;
  const place = readHostPort(text);
  if (place === null || text.length > 64) return place;
  if (placesKnown.size >= maxPlacesKnown) placesKnown.clear();
  placesKnown.set(text, place);
  return place;
}

/** Places read before, for the same few come again and again. Attack: ever new ones; forgotten all at once, it then costs what it cost before. */
const maxPlacesKnown = 4_096;
const placesKnown = new Map<string, { readonly host: string; readonly port: number | null }>();

function readHostPort(text: string): { host: string; port: number | null } | null {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const port = match[3] === undefined ? null : Number(match[3]);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  if (match[1] !== undefined) {
    // RFC 5118 4.10: the grammar of RFC 3261 lets a colon too many stand before an IPv4 address; it can be ignored
    const host = match[1].toLowerCase().replace(/:::(?=[\d.]+$)/, "::");
    return isIPv6(host) && !host.includes("%") ? { host, port } : null;
  }
  const host = match[2]!.toLowerCase();
  if (/^[\d.]+$/.test(host) ? !isIPv4(host) : host.length > 255 || !HOSTNAME.test(host)) return null;
  return { host, port };
}

/** Brackets for IPv6. */
export function printHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Text as the user part of a URI: everything outside RFC 3261 "unreserved / user-unreserved" is escaped. */
export function escapeUser(user: string): string {
  return encodeURIComponent(user.toWellFormed()).replace(/%(2B|24|2C|3B|3D|26|2F)/g, (whole) => decodeURIComponent(whole));
}

function unescape(text: string): string | null {
  if (!text.includes("%")) return text;
  return Buffer.from(text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1").toString("utf8");
}

/** One spelling for two URIs that RFC 3261 19.1.4 calls equal in practice: for use as a key. */
export function uriKey(uri: SipUri): string {
  const transport = uri.params.get("transport");
  return `${uri.scheme}:${uri.user}@${uri.host}:${uri.port ?? ""};${transport ? transport.toLowerCase() : ""}`;
}
