import type { Flow } from "./contract.ts";

/** One message of a call as it was on the wire, secrets masked. `from` and `to` are "tandem" or "udp 192.0.2.1:5060". */
export interface CapturedMessage {
  atMs: number;
  from: string;
  to: string;
  transport: string;
  callId: string;
  /** "INVITE", or "180 Ringing". */
  what: string;
  cseq: string;
  text: string;
}

/** Messages kept of one call. Attack: a peer that sends re-INVITEs without end fills memory with its own capture. */
const maxMessagesPerCall = 400;
/** Text kept of one message: longer ones end in an ellipsis. Attack: 64 KB bodies, each kept whole. */
const maxTextChars = 6_000;
/** Characters kept in all; the oldest calls go first. Attack: many calls at once, each within its own bound. */
const maxChars = 32_000_000;
/** Latest messages that belong to no call (yet): the challenge before an INVITE with credentials is part of its story. */
const maxEarlier = 200;
/** A dialog that no call claimed is forgotten after so many newer ones. */
const maxDialogs = 20_000;

interface Dialog {
  ref: string;
  messages: CapturedMessage[];
  chars: number;
}

type Peer = Pick<Flow, "transport" | "remoteAddress" | "remotePort">;

interface Seen {
  direction: "in" | "out";
  bytes: Uint8Array;
  peer: Peer;
  atMs: number;
  callId: string;
}

export interface CaptureOptions {
  /** The leg that a Call-ID belongs to, as the core knows it; null for registrations, strangers and what is relayed. */
  legOf(callId: string): string | null;
}

/**
 * Keeps the SIP messages of calls, for the ladder that an administrator looks at. Only calls that became a leg are kept: a flood of
 * requests costs one search of the Call-ID each, and of those that are no call only the latest few stay for a moment. Passwords' digests, media keys and pressed keys never enter it.
 */
export class Capture {
  readonly #options: CaptureOptions;
  readonly #dialogs = new Map<string, Dialog>();
  /** Leg -> the calls that it is or was part of (an interaction, lines of the call history). */
  readonly #subjects = new Map<string, Set<string>>();
  readonly #earlier: Seen[] = [];
  #chars = 0;

  constructor(options: CaptureOptions) {
    this.#options = options;
  }

  /** Call after the core has taken (or made) the message, so that a new call is known. */
  message(direction: "in" | "out", bytes: Uint8Array, peer: Peer, nowMs: number): void {
    const callId = callIdOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (callId === null) return;
    const seen: Seen = { direction, bytes, peer, atMs: nowMs, callId };
    const known = this.#dialogs.get(callId);
    if (known) return this.#keep(known, seen);
    const opened = this.#open(callId);
    if (!opened) {
      if (this.#earlier.push(seen) > maxEarlier) this.#earlier.shift();
      return;
    }
    for (const before of this.#earlier) if (before.callId === callId) this.#keep(opened, before);
    this.#keep(opened, seen);
  }

  #keep(dialog: Dialog, { direction, bytes, peer, atMs, callId }: Seen): void {
    if (dialog.messages.length >= maxMessagesPerCall) return;
    const masked = maskSecrets(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
    const kept = masked.length > maxTextChars ? `${masked.slice(0, maxTextChars)}…` : masked;
    const there = `${peer.transport} ${peer.remoteAddress.includes(":") ? `[${peer.remoteAddress}]` : peer.remoteAddress}:${peer.remotePort}`;
    const line = kept.slice(0, Math.max(0, kept.indexOf("\r\n")));
    dialog.messages.push({
      atMs, from: direction === "in" ? there : "tandem", to: direction === "in" ? "tandem" : there, transport: peer.transport, callId,
      what: line.startsWith("SIP/2.0 ") ? line.slice(8) : line.slice(0, Math.max(0, line.indexOf(" "))),
      cseq: /^cseq[ \t]*:[ \t]*([^\r\n]+)/im.exec(kept)?.[1]?.trim() ?? "",
      text: kept,
    });
    dialog.chars += kept.length;
    this.#chars += kept.length;
    if (this.#chars > maxChars) this.#forgetOldest();
  }

  /** This leg is part of that call: of one more, after a transfer. */
  belongs(ref: string, subject: string): void {
    const subjects = this.#subjects.get(ref);
    if (subjects) return void subjects.add(subject);
    this.#subjects.set(ref, new Set([subject]));
    if (this.#subjects.size > maxDialogs * 2) this.#subjects.delete(this.#subjects.keys().next().value!);
  }

  /** Everything captured of a call so far, in the order of time. */
  of(subject: string): CapturedMessage[] {
    const out: CapturedMessage[] = [];
    for (const dialog of this.#dialogs.values()) if (this.#subjects.get(dialog.ref)?.has(subject)) out.push(...dialog.messages);
    return out.sort((a, b) => a.atMs - b.atMs);
  }

  /** It was stored elsewhere: memory may go, but for legs that are part of another call still. */
  forget(subject: string): void {
    for (const [callId, dialog] of this.#dialogs) {
      const subjects = this.#subjects.get(dialog.ref);
      if (!subjects?.delete(subject) || subjects.size > 0) continue;
      this.#remove(callId, dialog);
    }
    for (const [ref, subjects] of this.#subjects) if (subjects.size === 0) this.#subjects.delete(ref);
  }

  #open(callId: string): Dialog | null {
    const ref = this.#options.legOf(callId);
    if (ref === null) return null;
    const dialog: Dialog = { ref, messages: [], chars: 0 };
    this.#dialogs.set(callId, dialog);
    if (this.#dialogs.size > maxDialogs) this.#forgetOldest();
    return dialog;
  }

  #forgetOldest(): void {
    const [oldest] = this.#dialogs;
    if (oldest) this.#remove(...oldest);
  }

  #remove(callId: string, dialog: Dialog): void {
    this.#dialogs.delete(callId);
    this.#chars -= dialog.chars;
  }
}

/** Found without reading the message when it is written as nearly everybody does: this runs for each message of the server. */
function callIdOf(message: Buffer): string | null {
  const at = message.indexOf("\r\nCall-ID: ", 0, "latin1");
  if (at >= 0) return message.toString("latin1", at + 11, message.indexOf("\r\n", at + 11, "latin1")).trim();
  return /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(message.toString("latin1"))?.[1] ?? null;
}

/**
 * Hides what would let a reader act in somebody's place or read what a customer said in confidence: digest answers, SDES and ICE keys
 * (RFC 4568, RFC 8445), keys pressed in INFO (a PIN, a card number), the words of a MESSAGE, signed identities (RFC 8224).
 */
export function maskSecrets(text: string): string {
  const blank = text.indexOf("\r\n\r\n");
  const head = blank < 0 ? text : text.slice(0, blank);
  const body = blank < 0 ? "" : text.slice(blank + 4);
  const safeHead = head
    .replace(/^((?:proxy-)?authorization[ \t]*:)((?:[^\r\n]|\r\n[ \t])*)/gim, (_, name: string, value: string) => name + value.replace(/\b(response|cnonce)([ \t]*=[ \t]*)("[^"]*"|[^",\s]*)/gi, "$1$2•••"))
    .replace(/^((?:identity|y)[ \t]*:[ \t]*)[^\r\n]+/gim, "$1•••");
  if (body === "") return blank < 0 ? safeHead : `${safeHead}\r\n\r\n`;
  const type = /^(?:content-type|c)[ \t]*:[ \t]*([^;\r\n]+)/im.exec(head)?.[1]?.trim().toLowerCase() ?? "";
  if (type.startsWith("application/dtmf")) return `${safeHead}\r\n\r\n${body.replace(/(signal[ \t]*=[ \t]*)[^\r\n]+/i, "$1•").replace(/^[0-9A-D*#]+\s*$/i, "•")}`;
  if (head.startsWith("MESSAGE ") || type === "text/plain" || type === "message/cpim") return `${safeHead}\r\n\r\n•••`;
  return `${safeHead}\r\n\r\n${body
    .replace(/^(a=crypto:\d+ \S+ inline:)[^\r\n]+/gim, "$1•••")
    .replace(/^(a=ice-(?:pwd|ufrag):)[^\r\n]+/gim, "$1•••")
    .replace(/^(k=)[^\r\n]+/gim, "$1•••")}`;
}
