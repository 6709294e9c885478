import { limits } from "./limits.ts";

/** RFC 3261 section 7.3.3 and the IANA registry: long name -> compact letter. */
const COMPACT: Readonly<Record<string, string>> = {
  "call-id": "i", contact: "m", "content-encoding": "e", "content-length": "l", "content-type": "c", from: "f",
  subject: "s", supported: "k", to: "t", via: "v", event: "o", "refer-to": "r", "referred-by": "b",
  "session-expires": "x", "allow-events": "u",
};
const LONG = new Map(Object.entries(COMPACT).map(([long, letter]) => [letter, long]));

/** Headers that every message has, or that are asked for in most: known by a number from the first look on. Place 0 is all the others. */
const HOT = [
  "", "via", "from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type", "contact", "route", "record-route", "authorization", "proxy-authorization", "supported", "user-agent",
  "require", "expires", "content-encoding", "content-disposition", "session-expires", "min-se", "allow",
] as const;
const HOT_IDS = new Map<string, number>(HOT.map((name, id) => [name, id]));
/** By length times 32 plus the first letter: the few that a written name may be. */
const HOT_BY_SHAPE = new Map<number, number[]>();
HOT.forEach((name, id) => {
  if (id === 0) return;
  const letter = COMPACT[name];
  for (const written of letter === undefined ? [name] : [name, letter]) {
    const shape = written.length * 32 + (written.charCodeAt(0) & 31);
    HOT_BY_SHAPE.set(shape, [...(HOT_BY_SHAPE.get(shape) ?? []), id]);
  }
});

/** The number of a header name as written, in any case or compact; 0 for one that has none. */
export function headerId(head: string, start: number, end: number): number {
  const length = end - start;
  const candidates = HOT_BY_SHAPE.get(length * 32 + (head.charCodeAt(start) & 31));
  if (candidates === undefined) return 0;
  next: for (const id of candidates) {
    const name = length === 1 ? COMPACT[HOT[id]!]! : HOT[id]!;
    for (let i = 0; i < length; i++) {
      const c = head.charCodeAt(start + i);
      if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== name.charCodeAt(i)) continue next;
    }
    return id;
  }
  return 0;
}

/**
 * A message whose headers are found on demand. The head is kept as latin1 text, so that every byte survives a copy into an
 * answer; use `utf8` for text shown to people.
 */
export class SipMessage {
  /** For a request; "" for a response. Case-sensitive. */
  readonly method: string;
  /** For a request: the Request-URI as written; "" for a response. */
  readonly uri: string;
  /** For a response; 0 for a request. */
  readonly status: number;
  readonly reason: string;
  readonly body: Uint8Array;
  /** Bytes that this message took on the wire. */
  readonly size: number;
  readonly #head: string;
  /** Four numbers a line: name start, name end, value start, value end. */
  readonly #marks: readonly number[];
  /** `headerId` of each line. */
  readonly #ids: readonly number[];

  constructor(start: StartLine, head: string, marks: readonly number[], ids: readonly number[], body: Uint8Array, size: number) {
    this.method = start.method;
    this.uri = start.uri;
    this.status = start.status;
    this.reason = start.reason;
    this.#head = head;
    this.#marks = marks;
    this.#ids = ids;
    this.body = body;
    this.size = size;
  }

  get isRequest(): boolean {
    return this.status === 0;
  }

  /** The value of the first line of that name (lower case), unfolded and trimmed; null when absent. */
  header(name: string): string | null {
    const at = this.#find(name, 0);
    return at < 0 ? null : this.#value(at);
  }

  /** The values of all lines of that name, in order, not split at commas. */
  lines(name: string): string[] {
    const out: string[] = [];
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at + 4)) out.push(this.#value(at));
    return out;
  }

  /** The values of a list header, split at commas outside quotes and angle brackets, over all its lines. */
  list(name: string): string[] {
    const out: string[] = [];
    for (const line of this.lines(name)) for (const value of splitList(line)) out.push(value);
    return out;
  }

  /** The place of the first line of that name (lower case) from `from` on, or -1: for `value` and `rewrite`. The line after it starts at + 4. */
  find(name: string, from = 0): number {
    return this.#find(name, from);
  }

  /** The value of the line at a place, unfolded and trimmed. */
  value(at: number): string {
    return this.#value(at);
  }

  /**
   * The message again, every byte as it came but for this: another start line, lines on top, lines replaced or left out ("").
   * What is given ends with CRLF, `start` apart; `edits` are in the order of their places.
   */
  rewrite(start: string | null, top: string, edits: readonly LineEdit[]): Buffer {
    const head = this.#head;
    const marks = this.#marks;
    let at = marks.length === 0 ? head.length : marks[0]!;
    let text = `${start ?? head.slice(0, at - 2)}\r\n${top}`;
    for (const edit of edits) {
      text += head.slice(at, marks[edit.at]) + edit.text;
      at = marks[edit.at + 3]! + 2;
    }
    text += `${head.slice(at)}\r\n`;
    const { body } = this;
    if (body.length === 0) return Buffer.from(text, "latin1");
    const out = Buffer.allocUnsafe(text.length + body.length);
    out.write(text, 0, "latin1");
    out.set(body, text.length);
    return out;
  }

  /** True when a list header contains that token, in any case. */
  has(name: string, token: string): boolean {
    return this.list(name).some((value) => value.toLowerCase() === token);
  }

  /** Every header, long lower-case names, decoded as UTF-8: what rooms above may look at. */
  all(): Map<string, string[]> {
    const out = new Map<string, string[]>();
    for (let at = 0; at < this.#marks.length; at += 4) {
      const written = this.#head.slice(this.#marks[at], this.#marks[at + 1]).toLowerCase();
      const name = LONG.get(written) ?? written;
      const values = out.get(name);
      const value = utf8(this.#value(at));
      if (values) values.push(value);
      else out.set(name, [value]);
    }
    return out;
  }

  /** The body as text (UTF-8), or null when empty. */
  text(): string | null {
    return this.body.length === 0 ? null : Buffer.from(this.body).toString("utf8");
  }

  #find(name: string, from: number): number {
    const marks = this.#marks;
    const ids = this.#ids;
    const id = HOT_IDS.get(name);
    if (id !== undefined) {
      for (let line = from >> 2; line < ids.length; line++) if (ids[line] === id) return line << 2;
      return -1;
    }
    const letter = COMPACT[name];
    for (let at = from; at < marks.length; at += 4) {
      if (ids[at >> 2] !== 0) continue;
      const start = marks[at]!;
      const length = marks[at + 1]! - start;
      if (length === name.length) {
        if ((this.#head.charCodeAt(start) | 0x20) === name.charCodeAt(0) && this.#head.slice(start, start + length).toLowerCase() === name) return at;
      } else if (length === 1 && letter !== undefined && (this.#head.charCodeAt(start) | 0x20) === letter.charCodeAt(0)) return at;
    }
    return -1;
  }

  #value(at: number): string {
    const head = this.#head;
    let from = this.#marks[at + 2]!;
    const to = this.#marks[at + 3]!;
    if (head.charCodeAt(from) === 0x20) from++; // as nearly everybody writes it
    const value = head.slice(from, to);
    return value.includes("\n") ? unfold(value) : trimBlanks(value);
  }
}

/** A header line, by its place (`SipMessage.find`), and what stands there instead: whole lines with their CRLF, or "". */
export interface LineEdit {
  at: number;
  text: string;
}

export interface StartLine {
  method: string;
  uri: string;
  status: number;
  reason: string;
}

/**
 * RFC 3261 7.3.1: a folded line is the same as one with a single space there. By hand: a regular expression that looks for blanks before
 * the line end takes two seconds over a header of 20 KB of blanks.
 */
function unfold(value: string): string {
  return trimBlanks(value.split("\r\n").map(trimBlanks).join(" "));
}

/** Without spaces and tabs at its ends. Not `trim`: that takes the last byte of a UTF-8 "à" for a space. */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09;
}

/** latin1 text of a head -> text for people. */
export function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}

/** Text -> latin1 text of its UTF-8 bytes, as heads are kept here. */
export function wire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Splits at commas outside quoted strings and angle brackets; empty elements are dropped (RFC 3261 7.3.1). At most `limits.maxListValues`. */
export function splitList(line: string): string[] {
  if (!line.includes(",")) return line === "" ? [] : [line];
  const out: string[] = [];
  let quoted = false;
  let angle = false;
  let from = 0;
  const push = (to: number): void => {
    const value = trimBlanks(line.slice(from, to));
    if (value !== "" && out.length < limits.maxListValues) out.push(value);
  };
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x3c) angle = true;
    else if (c === 0x3e) angle = false;
    else if (c === 0x2c && !angle) {
      push(i);
      from = i + 1;
    }
  }
  push(line.length);
  return out;
}
