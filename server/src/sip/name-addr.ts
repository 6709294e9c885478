import { limits } from "./limits.ts";
import { trimBlanks } from "./message.ts";
import { parseUri, type SipUri } from "./uri.ts";

/** From, To, Contact, Route, Refer-To: an address with its header parameters (RFC 3261 20.10). */
export interface NameAddr {
  /** Without quotes and escapes; "" when there is none. Still latin1 text of the wire. */
  display: string;
  /** The URI as written. */
  raw: string;
  /** Null for a scheme that we do not speak (http:, urn:...). */
  uri: SipUri | null;
  params: ReadonlyMap<string, string>;
}

/** Null when malformed. */
export function parseNameAddr(text: string): NameAddr | null {
  let display = "";
  let rest = text.trim();
  if (rest.startsWith('"')) {
    const quoted = /^"((?:[^"\\]|\\[\s\S])*)"\s*/.exec(rest);
    if (!quoted) return null;
    display = quoted[1]!.replace(/\\([\s\S])/g, "$1");
    rest = rest.slice(quoted[0].length);
    if (!rest.startsWith("<")) return null;
  } else {
    const open = rest.indexOf("<");
    if (open > 0) {
      display = trimBlanks(rest.slice(0, open));
      // RFC 3261 25.1: an unquoted display name is *(token LWS)
      if (!/^[A-Za-z0-9\-.!%*_+`'~ \t\x80-\xff]*$/.test(display)) return null;
      rest = rest.slice(open);
    }
  }
  let raw: string;
  let tail: string;
  if (rest.startsWith("<")) {
    const close = rest.indexOf(">");
    if (close < 0) return null;
    raw = rest.slice(1, close).trim();
    tail = rest.slice(close + 1);
  } else {
    // RFC 3261 20: without brackets what follows ";" belongs to the header, and the URI may contain no "?" or ","
    const semicolon = rest.indexOf(";");
    raw = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
    tail = semicolon < 0 ? "" : rest.slice(semicolon);
    if (/[?,]/.test(raw)) return null;
  }
  if (!/^[A-Za-z][A-Za-z0-9+\-.]*:[^\s<>"]+$/.test(raw)) return null;
  const params = parseParams(tail);
  const uri = parseUri(raw);
  if (!params || (uri === null && /^(sips?|tel):/i.test(raw))) return null;
  return { display, raw, uri, params };
}

const SIMPLE = /^(?:;[A-Za-z0-9\-.!%*_+`'~]+(?:=[^\s;,"]*)?)+$/;

/** `;name=value;flag` with spaces allowed around the separators; values may be quoted. Names lower case. Null when malformed. */
export function parseParams(text: string): Map<string, string> | null {
  const out = new Map<string, string>();
  if (text === "") return out;
  if (SIMPLE.test(text)) {
    // no quotes, no spaces: what phones write
    for (let at = 0; at < text.length; ) {
      let end = text.indexOf(";", at + 1);
      if (end < 0) end = text.length;
      if (out.size >= limits.maxParams) return null;
      const equals = text.indexOf("=", at);
      if (equals < 0 || equals > end) out.set(text.slice(at + 1, end).toLowerCase(), "");
      else out.set(text.slice(at + 1, equals).toLowerCase(), text.slice(equals + 1, end));
      at = end;
    }
    return out;
  }
  const one = /\s*;\s*([A-Za-z0-9\-.!%*_+`'~]+)(?:\s*=\s*("(?:[^"\\]|\\[\s\S])*"|[^\s;,"]*))?\s*/y;
  let at = 0;
  while (at < text.length) {
    one.lastIndex = at;
    const match = one.exec(text);
    if (!match) return text.slice(at).trim() === "" ? out : null;
    if (out.size >= limits.maxParams) return null;
    const value = match[2] ?? "";
    out.set(match[1]!.toLowerCase(), value.startsWith('"') ? value.slice(1, -1).replace(/\\([\s\S])/g, "$1") : value);
    at = one.lastIndex;
  }
  return out;
}

/** `"display" <uri>`; quotes and control characters in the name cannot end it. */
export function printNameAddr(display: string, uri: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not pass (header injection)
  const clean = display.replace(/[\x00-\x1f\x7f]/g, " ").replace(/["\\]/g, "\\$&").trim();
  return clean === "" ? `<${uri}>` : `"${clean}" <${uri}>`;
}
