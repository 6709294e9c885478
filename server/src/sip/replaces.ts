import type { Flow, SipIdentity } from "./contract.ts";
import type { Dialog } from "./dialog.ts";
import type { Envelope } from "./envelope.ts";
import { isOurs } from "./gate.ts";
import type { Ground } from "./ground.ts";
import type { Leg, Legs } from "./leg.ts";
import { utf8, type SipMessage } from "./message.ts";
import { parseParams } from "./name-addr.ts";

export interface Named {
  callId: string;
  /** Tag of whoever is asked, and of the other side. */
  toTag: string;
  fromTag: string;
  earlyOnly: boolean;
}

/** The value of Replaces (RFC 3891) or Join (RFC 3911): `call-id;to-tag=..;from-tag=..`. Null when malformed. */
export function parseNamed(value: string): Named | null {
  const semicolon = value.indexOf(";");
  const callId = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
  const params = semicolon < 0 ? null : parseParams(value.slice(semicolon));
  const toTag = params?.get("to-tag");
  const fromTag = params?.get("from-tag");
  if (!params || callId === "" || /[\s,<>"]/.test(callId) || toTag === undefined || fromTag === undefined) return null;
  // RFC 3891 section 5: a tag of zero is a peer of RFC 2543 that writes none
  return { callId, toTag: toTag === "0" ? "" : toTag, fromTag: fromTag === "0" ? "" : fromTag, earlyOnly: params.has("early-only") };
}

/** The dialog of a leg as its peer, asked to give it up, must see it named. */
export function printNamed(dialog: Dialog): string {
  return `${dialog.callId};to-tag=${dialog.remoteTag || "0"};from-tag=${dialog.localTag || "0"}`;
}

export type NamedRead = { ok: true; replaces: Leg | null; join: Leg | null } | { ok: false; status: number };

/**
 * Which leg of ours an INVITE names. `account`: who authenticated; without that, only the peer of the dialog itself may name it, by
 * the address that it speaks from: who saw the tags of a call on the wire must not take it over from elsewhere.
 */
export function readNamed(request: SipMessage, legs: Legs, flow: Flow, account: string | null): NamedRead {
  const replaces = request.lines("replaces");
  const join = request.lines("join");
  if (replaces.length === 0 && join.length === 0) return { ok: true, replaces: null, join: null };
  // RFC 3891 section 3: "If more than one Replaces header field is present ... or Replaces with Join ... 400"
  if (replaces.length + join.length > 1) return { ok: false, status: 400 };
  const named = parseNamed(replaces[0] ?? join[0]!);
  if (!named) return { ok: false, status: 400 };
  const leg = legs.ofDialog(named.callId, named.toTag, named.fromTag);
  if (!leg || (account === null && !isPeer(leg, flow))) return { ok: false, status: 481 };
  // "If the Replaces header field matches more than one dialog or a terminated one": 603
  if (leg.phase === "over") return { ok: false, status: 603 };
  // "If the Replaces header field matches an early dialog that was not initiated by this UA, it returns a 481"
  if (leg.phase === "early" && leg.direction === "in") return { ok: false, status: 481 };
  // "the "early-only" flag ... and a confirmed dialog: 486"
  if (named.earlyOnly && leg.phase !== "early") return { ok: false, status: 486 };
  return replaces.length > 0 ? { ok: true, replaces: leg, join: null } : { ok: true, replaces: null, join: leg };
}

/** Who calls without an account and names the call that it has with us; null for everybody else, and for who claims to be one of us. */
export function namesOwnCall(ground: Ground, legs: Legs, request: SipMessage, envelope: Envelope, flow: Flow): SipIdentity | null {
  const named = readNamed(request, legs, flow, null);
  const { uri, display } = envelope.from;
  if (!named.ok || (!named.replaces && !named.join) || isOurs(ground, uri?.host ?? "", flow)) return null;
  return { user: uri?.user ?? "", host: uri?.host ?? "", display: utf8(display), account: null };
}

/** Speaks from where the dialog's other side does. */
function isPeer(leg: Leg, flow: Flow): boolean {
  const known = leg.dialog?.flow;
  return known !== undefined && known !== null && (known.id === flow.id || (known.transport === "udp" && flow.transport === "udp" && known.remoteAddress === flow.remoteAddress));
}

/** Replaces in the header part of a Refer-To URI (RFC 3891 section 4, escaped as RFC 3261 19.1.1 asks). Null when there is none. */
export function replacesOfUri(uriHeaders: string): string | null {
  for (const part of uriHeaders.split("&")) {
    const equals = part.indexOf("=");
    if (equals > 0 && part.slice(0, equals).toLowerCase() === "replaces") return unescaped(part.slice(equals + 1));
  }
  return null;
}

function unescaped(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
