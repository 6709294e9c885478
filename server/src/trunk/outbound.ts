/** Which trunks carry a call outside, and what they are told of the caller. */
import { randomUuid } from "./uuid.ts";
import type { Chance } from "../base/chance.ts";
import { readNumber, writeForTrunk } from "./numbers.ts";
import { domainOf, viaOf } from "./place.ts";
import type { OutboundCall, TrunkAttempt } from "./ports.ts";
import type { RouteRow, TrunkRow } from "./store.ts";
import { readPrivateKey } from "./stir/keys.ts";
import { signIdentity, type Attest } from "./stir/passport.ts";
import type { TrunkStore } from "./store.ts";

/** Silence of a hop after which the next trunk is tried: four sends of the INVITE over UDP. */
const noReplyMs = 6_000;

/** What a call is to the dial rules. */
export type Dialled =
  | { ok: true; e164: string; emergency: boolean }
  | { ok: false; why: "not-a-number" | "not-allowed" };

export function readDialled(call: OutboundCall, region: string, emergencyNumbers: readonly string[]): Dialled {
  if (call.emergency === true || emergencyNumbers.includes(call.dialled)) return { ok: true, e164: call.dialled, emergency: true };
  const read = readNumber(call.dialled, region);
  if (!read) return { ok: false, why: "not-a-number" };
  if (call.callClass === "internal" || (call.callClass === "national" && !read.national)) return { ok: false, why: "not-allowed" };
  return { ok: true, e164: read.e164, emergency: false };
}

/** The route of the longest prefix; an emergency call takes the home country's, or any there is. */
export function routeFor(e164: string, emergency: boolean, homePrefix: string | null, routes: readonly RouteRow[]): RouteRow | null {
  const number = emergency ? (homePrefix ?? "+") : e164;
  let best: { route: RouteRow; length: number } | null = null;
  for (const route of routes) {
    for (const prefix of route.prefixes) {
      if (number.startsWith(prefix) && prefix.length > (best?.length ?? 0)) best = { route, length: prefix.length };
    }
  }
  return best?.route ?? (emergency ? (routes[0] ?? null) : null);
}

/** By priority, within one by chance in proportion to weight (as SRV does, RFC 2782). */
export function inOrder(route: RouteRow, chance: Chance): string[] {
  const out: string[] = [];
  for (const [, group] of [...Map.groupBy(route.trunks, ({ priority }) => priority)].toSorted(([a], [b]) => a - b)) {
    const left = [...group];
    while (left.length > 0) {
      let at = chance.next() * left.reduce((sum, { weight }) => sum + weight, 0);
      const index = left.findIndex(({ weight }) => (at -= weight) < 0);
      out.push(left.splice(Math.max(index, 0), 1)[0]!.trunkId);
    }
  }
  return out;
}

/** The caller as this trunk shows them: who we are to the callee. */
function shownNumber(call: OutboundCall, trunk: TrunkRow): { e164: string | null; name: string; own: boolean } {
  // a forwarded call shows who really calls, to an operator that believes us
  if (call.onBehalfOf && trunk.trusted && trunk.callerNumber.mode === "extension") return { e164: call.onBehalfOf.e164, name: call.onBehalfOf.name, own: false };
  const e164 = trunk.callerNumber.mode === "fixed" ? trunk.callerNumber.number : (call.callerNumber ?? trunk.callerNumber.number);
  return { e164, name: call.callerName, own: true };
}

export function attemptOn(trunk: TrunkRow, call: OutboundCall, e164: string, emergency: boolean, store: TrunkStore, chance: Chance, nowMs: number): TrunkAttempt {
  const domain = domainOf(trunk);
  const caller = shownNumber(call, trunk);
  const callerUser = caller.e164 === null ? trunk.username || "anonymous" : writeForTrunk(caller.e164, trunk);
  // help must know whom to call back
  const anonymous = call.anonymous && !emergency;
  const headers: Record<string, string> = {};
  // RFC 3325 section 9.1: the assertion goes to whom we trust only; section 9.3 keeps it from going further
  if (trunk.trusted && caller.e164 !== null) headers["P-Asserted-Identity"] = `${anonymous ? "" : quoted(caller.name)}<sip:${callerUser}@${domain};user=phone>`;
  // RFC 3323 4.2
  if (anonymous) headers["Privacy"] = "id";
  const signed = trunk.signs && !emergency && (!anonymous || trunk.trusted) ? identity(caller, e164, store, chance, nowMs) : null;
  if (signed !== null) {
    headers["Identity"] = signed;
    // RFC 8224 4.1: what the compact form's iat is read from, and what lets clocks be compared
    headers["Date"] = new Date(nowMs).toUTCString();
  }
  for (const rule of trunk.headerRules) {
    if (rule.when !== "out") continue;
    for (const name of Object.keys(headers)) if (name.toLowerCase() === rule.header.toLowerCase()) delete headers[name];
    if (rule.do === "set") headers[rule.header] = rule.value;
  }
  const password = store.password(trunk.id);
  return {
    trunkId: trunk.id,
    target: { uri: `sip:${writeForTrunk(e164, trunk)}@${domain};user=phone` },
    // RFC 3323 4.1.1.3
    from: anonymous ? { user: "anonymous", display: "Anonymous", host: "anonymous.invalid" } : { user: callerUser, display: caller.name, host: domain },
    headers,
    ...(trunk.username !== "" && password !== "" ? { auth: { username: trunk.username, password } } : {}),
    via: viaOf(trunk),
    noReplyMs,
    srtp: trunk.srtp,
  };
}

function identity(caller: { e164: string | null; own: boolean }, e164: string, store: TrunkStore, chance: Chance, nowMs: number): string | null {
  const stir = store.stir();
  const key = store.stirKey();
  if (caller.e164 === null || key === null || stir.certificateUrl === "") return null;
  const read = readPrivateKey(key, stir.certificate);
  if (!read) return null;
  // RFC 8588 section 4: a number that is not ours is only passed on
  const attest: Attest = caller.own ? stir.attestAs : "C";
  return signIdentity({ orig: caller.e164.slice(1), dest: [e164.replace("+", "")], iat: Math.floor(nowMs / 1000), attest, origId: randomUuid(chance) }, stir.certificateUrl, read);
}

function quoted(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not pass (header injection)
  const clean = name.replace(/[\x00-\x1f\x7f]/g, " ").replace(/["\\]/g, "\\$&").trim();
  return clean === "" ? "" : `"${clean}" `;
}
