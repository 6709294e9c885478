import type { Flow } from "../contract.ts";
import type { RouteDecision } from "../settings.ts";
import type { Envelope } from "../envelope.ts";
import type { Ground } from "../ground.ts";
import { limits } from "../limits.ts";
import { wire, type SipMessage } from "../message.ts";
import type { HeaderPair } from "../print.ts";
import { parseUri } from "../uri.ts";
import type { Refusal } from "./proxy.ts";

type Redirection = Extract<RouteDecision, { as: "redirect" }>;

/**
 * The redirect server (RFC 3261 8.3): 3xx with the contacts, most wanted first. One of us is answered by a transaction, a stranger without
 * state and never with more bytes than it sent. Null when taken.
 */
export function redirect(ground: Ground, request: SipMessage, envelope: Envelope, flow: Flow, decision: Redirection, trusted: boolean): Refusal | null {
  const contacts = contactsOf(ground, decision, request.uri);
  if (contacts.length === 0) return { status: 480 };
  if (!trusted) return { status: decision.status, headers: contacts };
  const { transactions } = ground;
  if (transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
  transactions.respond(transactions.openServer(request, envelope, flow), decision.status, { headers: contacts });
  return null;
}

function contactsOf(ground: Ground, decision: Redirection, asked: string): HeaderPair[] {
  const found = decision.contacts.flatMap((entry) =>
    "account" in entry ? ground.location.of(entry.account, ground.nowMs).map(({ contact, q }) => ({ uri: contact, q: q * entry.q })) : [{ uri: wire(entry.uri), q: entry.q }]);
  return found
    // "the server MUST NOT ... return a redirection to a URI equal to the Request-URI": it would come back at once
    .filter(({ uri }) => uri !== asked && !/[\s<>"]/.test(uri) && parseUri(uri) !== null)
    .sort((a, b) => b.q - a.q)
    .slice(0, limits.maxForkTargets)
    .map(({ uri, q }): HeaderPair => ["Contact", `<${uri}>;q=${Number(Math.max(0, Math.min(1, q)).toFixed(3))}`]);
}
