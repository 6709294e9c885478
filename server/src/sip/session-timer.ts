import type { SipMessage } from "./message.ts";
import type { HeaderPair } from "./print.ts";

/** RFC 4028 section 4: "The absolute minimum for the Min-SE header field ... MUST be 90 seconds". Shorter ones are a load attack. */
export const minSessionS = 90;

/** A day. Attack: a Min-SE that switches the watch over dead calls off. */
export const maxSessionS = 86_400;

/** Who keeps the session alive, and how. */
export interface Session {
  intervalS: number;
  /** We send the refreshes; else we wait for the peer's. */
  weRefresh: boolean;
  /**
   * UPDATE when the peer allows it, else a re-INVITE with the session unchanged. A peer without RFC 4028 is only asked whether the
   * dialog is still there (OPTIONS): a 481 or silence ends the call, so that no dead call stays for ever.
   */
  by: "UPDATE" | "INVITE" | "OPTIONS";
}

export type UasSession = { ok: true; session: Session; headers: HeaderPair[] } | { ok: false; headers: HeaderPair[] };

/** The answer to a request that starts or refreshes a session (RFC 4028 section 9). Not ok = 422. */
export function sessionAsUas(request: SipMessage, oursS: number, knownAllow: string[] | null): UasSession {
  const supports = request.has("supported", "timer") || request.has("require", "timer");
  const asked = readExpires(request);
  const least = readSeconds(request.header("min-se")) ?? minSessionS;
  const allow = allowed(request) ?? knownAllow;
  if (!supports) return { ok: true, session: { intervalS: oursS, weRefresh: true, by: "OPTIONS" }, headers: [] };
  if (asked && asked.seconds < minSessionS) return { ok: false, headers: [["Min-SE", String(minSessionS)]] };
  const intervalS = asked ? asked.seconds : Math.max(oursS, least);
  // table 2: refresher given by the UAC stays; when it left the choice to us, we refresh
  const refresher = asked?.refresher === "uac" ? "uac" : "uas";
  const headers: HeaderPair[] = [["Session-Expires", `${intervalS};refresher=${refresher}`]];
  // "If the refresher parameter is set to 'uac', the UAS MUST place a Require header field into the response with the value 'timer'"
  if (refresher === "uac") headers.push(["Require", "timer"]);
  return { ok: true, session: { intervalS, weRefresh: refresher === "uas", by: allow?.includes("UPDATE") ? "UPDATE" : "INVITE" }, headers };
}

/** What a 2xx to our request settled (RFC 4028 section 7.2). */
export function sessionAsUac(response: SipMessage, oursS: number, knownAllow: string[] | null): Session {
  const settled = readExpires(response);
  const allow = allowed(response) ?? knownAllow;
  if (!settled) return { intervalS: oursS, weRefresh: true, by: "OPTIONS" };
  return { intervalS: Math.max(settled.seconds, minSessionS), weRefresh: settled.refresher !== "uas", by: allow?.includes("UPDATE") ? "UPDATE" : "INVITE" };
}

/** Headers, beside Supported, of a request of ours that starts a session; the refresher is left to the peer (RFC 4028 7.1). */
export function sessionHeaders(seconds: number): HeaderPair[] {
  return [["Session-Expires", String(seconds)], ["Min-SE", String(minSessionS)]];
}

/** Headers of our refresh: we stay the refresher. */
export function refreshHeaders(seconds: number): HeaderPair[] {
  return [["Session-Expires", `${seconds};refresher=uac`], ["Min-SE", String(minSessionS)]];
}

/**
 * When to act, milliseconds from now (RFC 4028 section 10): the refresher at half the interval; the other ends the call shortly
 * before the interval is over: "the minimum of 32 seconds and one third of the session interval" earlier.
 */
export function sessionDelayMs(session: Session): number {
  const { intervalS } = session;
  return (session.weRefresh ? intervalS / 2 : intervalS - Math.min(32, intervalS / 3)) * 1000;
}

/** Upper case methods of Allow; null when there is no such header. */
export function allowed(message: SipMessage): string[] | null {
  const list = message.list("allow");
  return list.length === 0 ? null : list;
}

export function readSeconds(value: string | null): number | null {
  const match = value === null ? null : /^(\d{1,9})/.exec(value);
  return match ? Number(match[1]) : null;
}

function readExpires(message: SipMessage): { seconds: number; refresher: string | null } | null {
  const value = message.header("session-expires");
  const seconds = readSeconds(value);
  if (value === null || seconds === null) return null;
  return { seconds, refresher: /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(value)?.[1]?.toLowerCase() ?? null };
}
