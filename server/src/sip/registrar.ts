import type { Flow, SipBinding } from "./contract.ts";
import type { Envelope } from "./envelope.ts";
import { isOurs } from "./gate.ts";
import type { Ground } from "./ground.ts";
import { limits } from "./limits.ts";
import { wayToBinding, type Binding } from "./location.ts";
import { utf8, type SipMessage } from "./message.ts";
import { parseNameAddr, type NameAddr } from "./name-addr.ts";
import type { Body, HeaderPair } from "./print.ts";
import { printHost, uriKey } from "./uri.ts";
import { ownAddress } from "./way.ts";

export interface Answer {
  status: number;
  headers?: HeaderPair[];
  body?: Body;
}

/** What happened to a binding, in the words of RFC 3680 5.3. */
export type BindingEvent = "created" | "registered" | "refreshed" | "unregistered" | "expired" | "deactivated" | "rejected";

interface Wanted {
  key: string;
  contact: NameAddr;
  expiresS: number;
  instance: string;
  regId: string;
}

/** How often an RFC 5626 client shall send its keep-alive: NATs forget a UDP mapping after 30 s. */
const flowTimerS = { udp: 25, connection: 120 };
const noPath: readonly string[] = Object.freeze([]);

/** REGISTER of an authenticated account (RFC 3261 section 10.3, RFC 5626 for flows, 5627 for GRUUs). All or nothing: a refusal changes nothing. */
export function register(ground: Ground, request: SipMessage, envelope: Envelope, flow: Flow, account: string): Answer {
  const to = envelope.to.uri;
  if (!to || to.user !== account || !isOurs(ground, to.host, flow)) return { status: 403 };
  // one of us registers for themselves only: third-party registration (RFC 3261 10.2) is how an account is taken over
  if (envelope.from.uri?.user !== account) return { status: 403 };
  const lines = request.list("contact");
  const expiresHeader = request.header("expires");
  const path = readPath(request);
  if (!path) return { status: 400 };
  if (lines.length === 0) return listing(ground, request, flow, account, path, false);

  if (lines.some((line) => line === "*")) {
    // RFC 3261 10.3 step 6: "*" with anything else, or with an expiration other than zero, is a 400
    if (lines.length > 1 || expiresHeader !== "0") return { status: 400 };
    const old = ground.location.of(account, ground.nowMs);
    if (old.some((binding) => isOlder(envelope, binding))) return { status: 500 };
    for (const binding of old) unregister(ground, binding, "asked");
    return { status: 200 };
  }

  const wanted: Wanted[] = [];
  for (const line of lines) {
    const one = readContact(ground, line, expiresHeader);
    if ("status" in one) return one;
    const bound = ground.location.find(account, one.key);
    // step 7: "if the CSeq is not higher than the existing one with the same Call-ID, the update MUST be aborted"
    if (bound && isOlder(envelope, bound)) return { status: 500 };
    wanted.push(one);
  }
  const outbound = wanted.some((one) => one.regId !== "" && one.expiresS > 0) && request.has("supported", "outbound");
  // RFC 5626 6: a flow ends at the first hop; a proxy in between must say that it keeps it ("ob" in its Path)
  if (outbound && request.list("via").length > 1 && !path.some((route) => parseNameAddr(route)?.uri?.params.has("ob"))) return { status: 439 };
  if (ground.location.size + wanted.length > limits.maxBindings) return { status: 503, headers: [["Retry-After", "60"]] };
  for (const one of wanted) bind(ground, one, request, envelope, flow, account, path);
  return listing(ground, request, flow, account, path, outbound);
}

function bind(ground: Ground, one: Wanted, request: SipMessage, envelope: Envelope, flow: Flow, account: string, path: readonly string[]): void {
  const { key, contact, expiresS, instance, regId } = one;
  const before = ground.location.find(account, key);
  if (expiresS === 0) {
    if (before) unregister(ground, before, "asked");
    return;
  }
  const expiresAtMs = ground.nowMs + expiresS * 1000;
  const q = Number(contact.params.get("q") ?? "1");
  const { callId, cseq } = envelope;
  // RFC 5627 5.4: temporary GRUUs are good as long as the Call-ID of the registration stays
  const gruu = instance === "" ? "" : before?.callId === callId && before.gruu !== "" ? before.gruu : Buffer.from(ground.settings.chance.bytes(8)).toString("hex");
  const { binding, evicted } = ground.location.put({
    account, key, contact: contact.raw, flow, transport: flow.transport, remoteAddress: flow.remoteAddress, remotePort: flow.remotePort,
    expiresAtMs, callId, cseq, userAgent: utf8(request.header("user-agent") ?? "").slice(0, 200), q: q >= 0 && q <= 1 ? q : 1, path, instance, regId, gruu, elsewhere: false,
  });
  for (const old of evicted) tellGone(ground, old, "expired");
  ground.bindingTold(binding, before ? "refreshed" : "registered");
  ground.tell({ type: "bindingChanged", binding: kept(binding), gone: false });
  ground.tell({ type: "registered", account, contact: contact.raw, flow, expiresAtMs, userAgent: binding.userAgent });
}

function readContact(ground: Ground, line: string, expiresHeader: string | null): Wanted | Answer {
  const contact = parseNameAddr(line);
  if (!contact || !contact.uri || contact.uri.scheme === "tel" || contact.raw.length > limits.maxContactLength) return { status: 400 };
  const { minExpiresS = 30, maxExpiresS = 3600, defaultExpiresS = 600 } = ground.settings;
  const asked = contact.params.get("expires") ?? expiresHeader ?? "";
  // RFC 3261 20.19: a malformed value is treated as the default
  const askedS = /^\d{1,10}$/.test(asked) ? Number(asked) : defaultExpiresS;
  if (askedS > 0 && askedS < minExpiresS) return { status: 423, headers: [["Min-Expires", String(minExpiresS)]] };
  const instance = /^<([^<>"\s]{1,200})>$/.exec(contact.params.get("+sip.instance") ?? "")?.[1] ?? "";
  // RFC 5626 6: a reg-id means something beside an instance only, and is a number from 1
  const regId = instance !== "" && /^[1-9]\d{0,9}$/.test(contact.params.get("reg-id") ?? "") ? contact.params.get("reg-id")! : "";
  const key = instance === "" ? uriKey(contact.uri) : `<${instance}>|${regId}`;
  return { key, contact, expiresS: Math.min(askedS, maxExpiresS), instance, regId };
}

/** Path values (RFC 3327), the proxy next to us first; null when they are not addresses. */
function readPath(request: SipMessage): readonly string[] | null {
  const path = request.list("path");
  if (path.length === 0) return noPath;
  const good = path.length <= limits.maxPathHops && path.every((route) => route.length <= limits.maxContactLength && parseNameAddr(route)?.uri?.scheme === "sip");
  return good ? path : null;
}

/** RFC 3261 10.3: order within one Call-ID; another Call-ID is another client start and wins. */
function isOlder(envelope: Envelope, binding: Binding): boolean {
  return binding.callId === envelope.callId && envelope.cseq <= binding.cseq;
}

function listing(ground: Ground, request: SipMessage, flow: Flow, account: string, path: readonly string[], outbound: boolean): Answer {
  const gruus = request.has("supported", "gruu") || request.has("require", "gruu");
  const headers = ground.location.of(account, ground.nowMs).map((binding): HeaderPair => {
    const leftS = Math.max(1, Math.round((binding.expiresAtMs - ground.nowMs) / 1000));
    let value = `<${binding.contact}>;expires=${leftS}`;
    if (binding.q !== 1) value += `;q=${binding.q}`;
    if (binding.instance !== "") value += `;+sip.instance="<${binding.instance}>"`;
    if (binding.regId !== "") value += `;reg-id=${binding.regId}`;
    if (gruus && binding.instance !== "") value += `;pub-gruu="${ground.gruus.public(binding)}";temp-gruu="${ground.gruus.temporary(binding)}"`;
    return ["Contact", value];
  });
  // RFC 5626 section 6: "the registrar MUST include the outbound option-tag in a Require header field"
  if (outbound) headers.push(["Require", "outbound"], ["Flow-Timer", String(flow.transport === "udp" ? flowTimerS.udp : flowTimerS.connection)]);
  if (path.length > 0) {
    // RFC 3327 5.3: the Path comes back to a client that knows what it is
    if (request.has("supported", "path")) for (const route of path) headers.push(["Path", route]);
    // RFC 3608: who comes by an edge proxy is told what that proxy shall bring their requests to
    const own = ownAddress({ flow }, ground.points, ground.settings.domain);
    headers.push(["Service-Route", `<sip:${printHost(own.address)}:${own.port}${own.transport === "udp" ? "" : `;transport=${own.transport}`};lr>`]);
  }
  return { status: 200, headers };
}

export function unregister(ground: Ground, binding: Binding, reason: "asked" | "expired" | "removed"): void {
  ground.location.remove(binding);
  tellGone(ground, binding, reason);
}

export function tellGone(ground: Ground, binding: Binding, reason: "asked" | "expired" | "transport" | "removed"): void {
  // RFC 3680 5.3: after "deactivated" a phone registers again at once, after "rejected" it does not
  ground.bindingTold(binding, ({ asked: "unregistered", expired: "expired", transport: "deactivated", removed: "rejected" } as const)[reason]);
  // what runs out at another node is that node's to take out: here nobody may have heard yet that it was refreshed
  if (!binding.elsewhere || reason === "asked" || reason === "removed") ground.tell({ type: "bindingChanged", binding: kept(binding), gone: true });
  ground.tell({ type: "unregistered", account: binding.account, contact: binding.contact, reason });
}

/** A contact of the last run, when something still leads to it: a WebSocket is gone with its page, and what has expired is told so. */
export function restoreBinding(ground: Ground, stored: SipBinding, flow: Flow | null): void {
  // somebody was faster than the table: what they registered since is newer
  if (ground.location.find(stored.account, stored.key)) return;
  const binding: Binding = { ...stored, flow, id: "", elsewhere: false };
  if (binding.expiresAtMs <= ground.nowMs) return tellGone(ground, binding, "expired");
  if (!wayToBinding(binding) || ground.location.size >= limits.maxBindings) return tellGone(ground, binding, "transport");
  ground.location.put(binding);
}

/**
 * What another node of ours wrote of a contact. It holds unless this process has heard a later word of the same registration. The phone
 * is reached by the proxies of its Path, or at its own address when nothing stands in between: its connection is the other node's.
 */
export function learnBinding(ground: Ground, stored: SipBinding, gone: boolean): void {
  const here = ground.location.find(stored.account, stored.key);
  if (here && here.callId === stored.callId && (here.cseq > stored.cseq || (here.cseq === stored.cseq && !gone))) return;
  if (gone) {
    if (!here) return;
    ground.location.remove(here);
    ground.bindingTold(here, "unregistered");
    return ground.tell({ type: "unregistered", account: here.account, contact: here.contact, reason: "asked" });
  }
  const fresh = { ...stored, flow: null, elsewhere: true };
  if (stored.expiresAtMs <= ground.nowMs || !wayToBinding({ ...fresh, id: "" })) return;
  if (!here && ground.location.size >= limits.maxBindings) return;
  const { binding, evicted } = ground.location.put(fresh);
  for (const old of evicted) tellGone(ground, old, "expired");
  ground.bindingTold(binding, here ? "refreshed" : "registered");
  ground.tell({ type: "bindingLearned", account: binding.account });
}

function kept({ account, key, contact, transport, remoteAddress, remotePort, expiresAtMs, callId, cseq, userAgent, q, path, instance, regId, gruu }: Binding): SipBinding {
  return { account, key, contact, transport, remoteAddress, remotePort, expiresAtMs, callId, cseq, userAgent, q, path, instance, regId, gruu };
}
