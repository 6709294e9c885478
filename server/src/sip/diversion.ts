import type { SipDiversion } from "./contract.ts";
import { limits } from "./limits.ts";
import { wire, type SipMessage } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import type { HeaderPair } from "./print.ts";
import { escapeUser, parseHostPort, printHost } from "./uri.ts";

/** RFC 7544 section 6.1: a diversion reason as the cause of RFC 4458. Those that share 404 are told apart by Diversion alone. */
const CAUSES: Readonly<Record<SipDiversion["why"], number>> = {
  "user-busy": 486, "no-answer": 408, unconditional: 302, deflection: 480, unavailable: 503,
  "time-of-day": 404, "do-not-disturb": 404, "follow-me": 404, "out-of-service": 404, away: 404, unknown: 404,
};
const BY_CAUSE = new Map<number, SipDiversion["why"]>([[486, "user-busy"], [408, "no-answer"], [302, "unconditional"], [480, "deflection"], [487, "deflection"], [503, "unavailable"]]);

/**
 * Who the call was forwarded from, oldest first. Diversion (RFC 5806) says it plainly; without one, History-Info (RFC 7044) does:
 * every entry but the last was left for the next, for the cause that either of the two carries.
 */
export function readHistory(message: SipMessage): readonly SipDiversion[] {
  const diverted = message.list("diversion").slice(0, limits.maxDiversions).flatMap((value): SipDiversion[] => {
    const from = parseNameAddr(value);
    if (!from?.uri) return [];
    const why = from.params.get("reason")?.toLowerCase() ?? "";
    return [{ user: from.uri.user, host: from.uri.host, why: isWhy(why) ? why : "unknown" }];
  });
  // RFC 5806: the newest stands first
  if (diverted.length > 0) return diverted.reverse();
  const entries = message.list("history-info").slice(0, limits.maxDiversions + 1).flatMap((value) => {
    const entry = parseNameAddr(value);
    return entry?.uri ? [{ uri: entry.uri, params: entry.params }] : [];
  });
  return entries.slice(0, -1).flatMap(({ uri }, i): SipDiversion[] => {
    const next = entries[i + 1]!;
    const inUri = Number(next.uri.params.get("cause"));
    const inReason = Number(/(?:^|&)Reason=SIP(?:%3B|;)\s*cause(?:%3D|=)(\d{3})/i.exec(uri.headers)?.[1]);
    // an entry without a cause and without "mp" is the same user reached at a contact (rc), not a diversion
    const cause = inUri || inReason;
    if (!cause && !next.params.has("mp")) return [];
    return [{ user: uri.user, host: uri.host, why: BY_CAUSE.get(cause) ?? "unknown" }];
  });
}

/** History-Info and Diversion of a call to `target` (a URI as written) that was forwarded. */
export function historyHeaders(history: readonly SipDiversion[], target: string, domain: string): HeaderPair[] {
  const kept = history.slice(-limits.maxDiversions);
  if (kept.length === 0) return [];
  const uriOf = ({ user, host }: SipDiversion): string => `sip:${wire(escapeUser(user))}@${printHost(parseHostPort(printHost(host))?.host ?? domain)}`;
  const index = (depth: number): string => Array.from({ length: depth + 1 }, () => "1").join(".");
  // "mp" names the entry that this one was mapped from (RFC 7044 section 5)
  const entries = kept.map((one, i) => `<${uriOf(one)}${i === 0 ? "" : `;cause=${CAUSES[kept[i - 1]!.why]}`}?Reason=SIP%3Bcause%3D${CAUSES[one.why]}>;index=${index(i)}${i === 0 ? "" : `;mp=${index(i - 1)}`}`);
  entries.push(`<${target};cause=${CAUSES[kept.at(-1)!.why]}>;index=${index(kept.length)};mp=${index(kept.length - 1)}`);
  return [
    ["History-Info", entries.join(", ")],
    ["Diversion", kept.map((one) => `<${uriOf(one)}>;reason=${one.why};counter=1`).reverse().join(", ")],
  ];
}

function isWhy(word: string): word is SipDiversion["why"] {
  return word in CAUSES;
}
