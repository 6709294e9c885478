import type { Flow, SipIdentity } from "../contract.ts";
import type { RouteDecision, RouteQuestion } from "../settings.ts";
import type { Digest } from "../digest.ts";
import type { Envelope } from "../envelope.ts";
import { admitInvite, isOurs, type GateVerdict } from "../gate.ts";
import type { Ground } from "../ground.ts";
import { utf8, type SipMessage } from "../message.ts";
import { parseNameAddr } from "../name-addr.ts";
import type { HeaderPair } from "../print.ts";
import { parseUri, type SipUri } from "../uri.ts";
import type { Refusal } from "./proxy.ts";

/** What to do with a request outside a dialog. `admitted`: the gate was asked already (a count of a nonce is used up by asking). */
export type Role =
  | { as: "agent"; admitted: GateVerdict | null }
  | { as: "refuse"; refusal: Refusal }
  | { as: "proxy"; decision: Extract<RouteDecision, { as: "proxy" }>; from: SipIdentity; trusted: boolean; routes: string[] }
  | { as: "redirect"; decision: Extract<RouteDecision, { as: "redirect" }>; trusted: boolean };

const AGENT: Role = { as: "agent", admitted: null };

/**
 * The gate, then `settings.route`. In our domain the gate is the one of calls, whatever the method; for the domain of somebody else a
 * stranger gets what `route` gives to strangers, and is asked for a password when it would give more to one of us.
 */
export function roleOf(ground: Ground, digest: Digest, request: SipMessage, envelope: Envelope, flow: Flow): Role {
  const { route } = ground.settings;
  const target = route ? parseUri(request.uri) : null;
  // what we cannot read the agent refuses with the right words
  if (!route || !target || target.headers !== "") return AGENT;
  const ours = target.scheme === "tel" || isOurs(ground, target.host, flow);
  if (ours && (target.user === "" || request.method === "REGISTER")) return AGENT;

  const question: RouteQuestion = { method: request.method, target: { scheme: target.scheme, user: target.user, host: target.host, ours }, from: claimed(envelope), trusted: true };
  const invite = request.method === "INVITE";
  // would it be ours to pass on for somebody who proves who they are? If not even then, the agent knows whom to ask for a password
  if (route(question).as === "agent" && !(invite && ours)) return AGENT;
  const gate = ours ? admitInvite(ground, digest, request, envelope, flow, target) : admitRelay(ground, digest, request, envelope, flow);
  if (!gate.ok) return invite && ours ? { as: "agent", admitted: gate } : { as: "refuse", refusal: asProxy(gate) };
  const trusted = gate.from.account !== null;
  const decision = route({ ...question, from: gate.from, trusted });
  if (decision.as === "agent") {
    if (ours) return { as: "agent", admitted: gate };
    return { as: "refuse", refusal: trusted ? { status: 404 } : asProxy({ status: 401, headers: digest.challenge(request, flow, false, ground.nowMs) }) };
  }
  if (decision.as === "refuse") return { as: "refuse", refusal: { status: decision.status } };
  if (decision.as === "redirect") return { as: "redirect", decision, trusted };
  return { as: "proxy", decision, from: gate.from, trusted, routes: withoutOurs(ground, request, flow) };
}

/** To a domain that is not ours: with the right password one of us, without any a stranger. */
function admitRelay(ground: Ground, digest: Digest, request: SipMessage, envelope: Envelope, flow: Flow): GateVerdict {
  const from = claimed(envelope);
  const verdict = digest.verify(request, flow, ground.nowMs);
  const ours = isOurs(ground, from.host, flow);
  if (verdict.ok) return ours && from.user !== verdict.account ? { ok: false, status: 403, headers: [] } : { ok: true, from: { ...from, account: verdict.account } };
  if (verdict.offered || ours) return { ok: false, ...digest.refusal(request, flow, verdict, ground.nowMs) };
  return { ok: true, from };
}

function claimed(envelope: Envelope): SipIdentity {
  const { uri, display } = envelope.from;
  return { user: uri?.user ?? "", host: uri?.host ?? "", display: utf8(display), account: null };
}

/** RFC 3261 22.3: a proxy challenges with 407, so that the server behind it may ask for a password of its own. */
function asProxy({ status, headers }: { status: number; headers: HeaderPair[] }): Refusal {
  if (status !== 401) return { status, headers };
  return { status: 407, headers: headers.map(([name, value]) => [name === "WWW-Authenticate" ? "Proxy-Authenticate" : name, value]) };
}

/** RFC 3261 16.4: "If the first value in the Route header field indicates this proxy, the proxy MUST remove that value". */
function withoutOurs(ground: Ground, request: SipMessage, flow: Flow): string[] {
  if (request.find("route") < 0) return [];
  const routes = request.list("route");
  const first: SipUri | null = parseNameAddr(routes[0] ?? "")?.uri ?? null;
  if (first && isOurs(ground, first.host, flow)) routes.shift();
  return routes;
}
