import type { Flow, SipIdentity } from "./contract.ts";
import type { Digest } from "./digest.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { utf8, type SipMessage } from "./message.ts";
import type { HeaderPair } from "./print.ts";
import type { SipUri } from "./uri.ts";

export type GateVerdict =
  | { ok: true; from: SipIdentity }
  | { ok: false; status: number; headers: HeaderPair[] };

/** True when this host means us: the domain, an address where we listen, or the one that the peer reached us at. */
export function isOurs(ground: Ground, host: string, flow: Flow): boolean {
  if (host === ground.settings.domain.toLowerCase() || host === flow.localAddress) return true;
  if (host === "localhost") return flow.remoteAddress === "127.0.0.1" || flow.remoteAddress === "::1";
  return ground.points.some((point) => point.address === host);
}

/**
 * Who may place a call (an INVITE outside a dialog). To a public number: anybody, as a stranger. Whoever claims to be one of us must
 * prove it: From in our domain, a registered flow, or an Authorization for our realm. To anything else: only one of us, and a target
 * that does not exist gets the same challenge, so that nobody learns the names of accounts by calling them.
 */
export function admitInvite(ground: Ground, digest: Digest, request: SipMessage, envelope: Envelope, flow: Flow, target: SipUri): GateVerdict {
  const { uri } = envelope.from;
  const user = uri?.user ?? "";
  const host = uri?.host ?? "";
  const display = utf8(envelope.from.display);
  const verdict = digest.verify(request, flow, ground.nowMs);
  if (verdict.ok) {
    // an account may not speak in the name of another one
    if (isOurs(ground, host, flow) && user !== verdict.account) return { ok: false, status: 403, headers: [] };
    return { ok: true, from: { user, host, display, account: verdict.account } };
  }
  const claims = verdict.offered || host === ground.settings.domain.toLowerCase() || (isOurs(ground, host, flow) && ground.location.isOn(user, flow));
  if (!claims && ground.settings.isPublicTarget(target.user, flow.remoteAddress) && (ground.settings.border?.strangerMayCall(target.user, flow, ground.nowMs) ?? true)) return { ok: true, from: { user, host, display, account: null } };
  return { ok: false, ...digest.refusal(request, flow, verdict, ground.nowMs) };
}

/** For what only one of us may ask, in their own name, whatever the target: subscriptions, publications, transfers outside a call. `from.account` is set. */
export function admitAccount(ground: Ground, digest: Digest, request: SipMessage, envelope: Envelope, flow: Flow): GateVerdict {
  const verdict = digest.verify(request, flow, ground.nowMs);
  if (!verdict.ok) return { ok: false, ...digest.refusal(request, flow, verdict, ground.nowMs) };
  const { uri, display } = envelope.from;
  const user = uri?.user ?? "";
  const host = uri?.host ?? "";
  if (isOurs(ground, host, flow) && user !== verdict.account) return { ok: false, status: 403, headers: [] };
  return { ok: true, from: { user, host, display: utf8(display), account: verdict.account } };
}
