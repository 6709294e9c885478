import type { Ground } from "./ground.ts";
import { limits } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import { parseUri } from "./uri.ts";

/** Where a 3xx to a call of ours leads, of equal wish: an account of ours, or a URI (latin1 text of the wire). */
export type Redirected = { account: string } | { uri: string };

/**
 * The contacts of a 3xx that we may follow (RFC 3261 8.1.3.4), those of the highest q; empty when policy allows none. Into our own domain
 * by default: following a foreign contact would let a callee place calls in our name and at our cost.
 */
export function redirectedTo(ground: Ground, response: SipMessage, asked: string, redirects: number): Redirected[] {
  if (response.status >= 400 || redirects >= limits.maxRedirects) return [];
  const { domain, mayFollow } = ground.settings;
  const from = parseUri(asked)?.host ?? "";
  const allowed = response.list("contact").flatMap((text) => {
    const contact = parseNameAddr(text);
    const uri = contact?.uri;
    if (!contact || !uri || uri.scheme === "tel" || contact.raw === asked) return [];
    const ours = uri.host === domain.toLowerCase();
    if (!(mayFollow ? mayFollow({ user: uri.user, host: uri.host }, from) : ours)) return [];
    const q = Number(contact.params.get("q") ?? "1");
    return [{ q: q >= 0 && q <= 1 ? q : 1, to: ours ? { account: uri.user } : { uri: contact.raw.replace(/\?.*$/, "") } }];
  });
  const best = Math.max(...allowed.map(({ q }) => q));
  return allowed.filter(({ q }) => q === best).slice(0, limits.maxContactsPerAccount).map(({ to }) => to);
}
