import { limits } from "./limits.ts";
import { headerId, SipMessage, type StartLine } from "./message.ts";

/** `message` beside a refusal: enough could be read to answer it (a request) or to name it in a log. */
export type Parsed = { ok: true; message: SipMessage } | { ok: false; status: number; why: string; message: SipMessage | null };

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const NO_BODY = new Uint8Array(0);

/**
 * One SIP message from one datagram, one WebSocket frame or one framed piece of a stream (RFC 3261 section 7). Never throws.
 * Bare CR or LF inside the head is refused: it is how one header smuggles another past the reader before us.
 */
export function parseMessage(bytes: Uint8Array): Parsed {
  if (bytes.length > limits.maxMessageBytes) return bad(513, "message too large");
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let begin = 0;
  // RFC 3261 7.5: "Implementations processing SIP messages over stream-oriented transports MUST ignore any CRLF appearing before the start-line"
  while (buffer[begin] === 13 && buffer[begin + 1] === 10) begin += 2;
  const end = buffer.indexOf("\r\n\r\n", begin, "latin1");
  if (end < 0) return bad(400, "no empty line after the headers");
  if (end - begin > limits.maxHeadBytes) return bad(513, "headers too large");
  const head = buffer.toString("latin1", begin, end + 2);

  const firstEnd = head.indexOf("\r\n");
  const start = parseStartLine(head.slice(0, firstEnd));
  if (!start.ok && !start.line) return bad(400, start.why);

  const marks: number[] = [];
  const ids: number[] = [];
  const headersOk = markHeaders(head, firstEnd + 2, marks, ids);
  const rest = buffer.subarray(end + 4);
  const whole = new SipMessage(start.line!, head, marks, ids, rest, bytes.length);
  if (!start.ok) return { ok: false, status: 400, why: start.why, message: whole };
  if (headersOk !== null) return { ok: false, status: 400, why: headersOk, message: whole };
  if (start.version !== "SIP/2.0") return { ok: false, status: 505, why: "version not supported", message: whole };

  const length = whole.header("content-length");
  if (length === null) return { ok: true, message: whole };
  if (!/^\d{1,9}$/.test(length)) return { ok: false, status: 400, why: "Content-Length is not a number", message: whole };
  const wanted = Number(length);
  if (wanted === rest.length) return { ok: true, message: whole };
  // RFC 3261 18.3: fewer bytes than Content-Length is an error, more bytes are discarded
  if (wanted > rest.length) return { ok: false, status: 400, why: "body shorter than Content-Length", message: whole };
  return { ok: true, message: new SipMessage(start.line, head, marks, ids, wanted === 0 ? NO_BODY : rest.subarray(0, wanted), bytes.length) };
}

function bad(status: number, why: string): Parsed {
  return { ok: false, status, why, message: null };
}

/** A refused line that names a method is kept: the request can be answered. */
type Start = { ok: true; line: StartLine; version: string } | { ok: false; why: string; line: StartLine | null };

/** RFC 3261 7.1 and 7.2: exactly one space between the parts; the reason phrase may be empty or contain anything. */
function parseStartLine(line: string): Start {
  if (line.startsWith("SIP/2.0 ") && line.charCodeAt(11) === 0x20) {
    const status = (line.charCodeAt(8) - 0x30) * 100 + (line.charCodeAt(9) - 0x30) * 10 + line.charCodeAt(10) - 0x30;
    if (isDigit(line, 8) && isDigit(line, 9) && isDigit(line, 10) && status >= 100 && status < 700) return { ok: true, version: "SIP/2.0", line: { method: "", uri: "", status, reason: line.slice(12) } };
  }
  if (/^SIP\/\d+\.\d+ /i.test(line)) {
    const match = /^(SIP\/\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/is.exec(line);
    if (!match) return { ok: false, why: "malformed status line", line: null };
    return { ok: true, version: match[1]!.toUpperCase(), line: { method: "", uri: "", status: Number(match[2]), reason: match[3] ?? "" } };
  }
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  const method = line.slice(0, Math.max(first, 0));
  if (!TOKEN.test(method)) return { ok: false, why: "malformed request line", line: null };
  const version = line.endsWith(" SIP/2.0") ? "SIP/2.0" : line.slice(last + 1).toUpperCase();
  if (last <= first || !/^SIP\/\d+\.\d+$/.test(version)) return { ok: false, why: "malformed request line", line: { method, uri: "", status: 0, reason: "" } };
  return { ok: true, version, line: { method, uri: line.slice(first + 1, last), status: 0, reason: "" } };
}

function isDigit(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c >= 0x30 && c <= 0x39;
}

/** Fills `marks` (name start, name end, value start, value end); returns what is wrong, or null. What was read stays usable. */
function markHeaders(head: string, from: number, marks: number[], ids: number[]): string | null {
  let wrong: string | null = null;
  let at = from;
  while (at < head.length) {
    const lf = head.indexOf("\n", at);
    const cr = head.indexOf("\r", at);
    if (lf < 0 || cr !== lf - 1) return "bare CR or LF in a header";
    const c = head.charCodeAt(at);
    if (c === 0x20 || c === 0x09) {
      if (marks.length === 0) wrong ??= "folded line before any header";
      else marks[marks.length - 1] = cr;
    } else {
      if (marks.length >= limits.maxHeaderLines * 4) return "too many headers";
      const colon = head.indexOf(":", at);
      if (colon < 0 || colon > cr || colon === at) wrong ??= "header line without a name";
      else {
        let nameEnd = colon;
        // RFC 3261 25.1 HCOLON: spaces before the colon do not make another header of it
        while (nameEnd > at && (head.charCodeAt(nameEnd - 1) === 0x20 || head.charCodeAt(nameEnd - 1) === 0x09)) nameEnd--;
        marks.push(at, nameEnd, colon + 1, cr);
        ids.push(headerId(head, at, nameEnd));
      }
    }
    at = lf + 1;
  }
  return wrong;
}
