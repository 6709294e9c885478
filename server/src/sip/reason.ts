import type { SipReason } from "./contract.ts";
import { limits } from "./limits.ts";
import { utf8, wire, type SipMessage } from "./message.ts";
import { parseParams } from "./name-addr.ts";
import type { HeaderPair } from "./print.ts";

/** Longest text kept or written: it is shown on phones and kept in logs. */
const maxTextChars = 100;

/** Reason (RFC 3326) as SIP status and ISDN cause (RFC 6432); other protocols and malformed values are passed over. */
export function readReasons(message: SipMessage): readonly SipReason[] {
  const out: SipReason[] = [];
  for (const value of message.list("reason")) {
    const protocol = /^(SIP|Q\.850)(?=\s*(?:;|$))/i.exec(value)?.[1];
    if (protocol === undefined || out.length >= limits.maxReasons) continue;
    const params = parseParams(value.slice(protocol.length));
    const cause = Number(params?.get("cause") ?? "0");
    if (!params || !Number.isInteger(cause) || cause < 0 || cause > 999) continue;
    out.push({ protocol: protocol.toUpperCase() === "SIP" ? "SIP" : "Q.850", cause, text: clean(utf8(params.get("text") ?? "")) });
  }
  return out;
}

/** One Reason header for all; none when there is nothing to say. `text` alone (no cause of ours) is written for whoever reads traces. */
export function reasonHeaders(causes: readonly SipReason[], text = ""): HeaderPair[] {
  const values = causes.map((one) => `${one.protocol};cause=${Math.trunc(one.cause)}${quoted(one.text)}`);
  if (values.length === 0 && clean(text) !== "") values.push(`SIP${quoted(text)}`);
  return values.length === 0 ? [] : [["Reason", values.join(", ")]];
}

/** A device that stops ringing because another one answered lists no missed call (RFC 3326 section 2). */
export const completedElsewhere: readonly SipReason[] = [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }];

function quoted(text: string): string {
  const said = clean(text);
  return said === "" ? "" : `;text="${wire(said)}"`;
}

function clean(text: string): string {
  return text.replace(/\p{Cc}|["\\]/gu, "").slice(0, maxTextChars).trim();
}
