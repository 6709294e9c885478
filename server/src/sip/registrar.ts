import type { Flow } from "./contract.ts";
import type { Envelope } from "./envelope.ts";
import type { Ground } from "./ground.ts";
import { limits } from "./limits.ts";
import { type Binding } from "./location.ts";
import { utf8, type SipMessage } from "./message.ts";
import { parseNameAddr, type NameAddr } from "./name-addr.ts";
import type { Body, HeaderPair } from "./print.ts";
import { uriKey } from "./uri.ts";

export interface Answer {
  status: number;
  headers?: HeaderPair[];
  body?: Body;
}

interface Wanted {
  key: string;
  contact: NameAddr;
  expiresS: number;
  regId: boolean;
}

/** REGISTER of an authenticated account (RFC 3261 section 10.3, RFC 5626 for flows). All or nothing: a refusal changes nothing. */
export function register(ground: Ground, request: SipMessage, envelope: Envelope, flow: Flow, account: string): Answer {
  const to = envelope.to.uri;
  if (!to || to.user !== account) return { status: 403 };
  const lines = request.list("contact");
  const expiresHeader = request.header("expires");
  if (lines.length === 0) return listing(ground, account, false);

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
  if (ground.location.size + wanted.length > limits.maxBindings) return { status: 503, headers: [["Retry-After", "60"]] };
  for (const one of wanted) bind(ground, one, request, envelope, flow, account);
  const outbound = wanted.some((one) => one.regId && one.expiresS > 0) && request.has("supported", "outbound") && flow.transport !== "udp";
  return listing(ground, account, outbound);
}

function bind(ground: Ground, one: Wanted, request: SipMessage, envelope: Envelope, flow: Flow, account: string): void {
  const { key, contact, expiresS } = one;
  if (expiresS === 0) {
    const binding = ground.location.find(account, key);
    if (binding) unregister(ground, binding, "asked");
    return;
  }
  const expiresAtMs = ground.nowMs + expiresS * 1000;
  const q = Number(contact.params.get("q") ?? "1");
  const evicted = ground.location.put({
    account, key, contact: contact.raw, flow, expiresAtMs, callId: envelope.callId, cseq: envelope.cseq,
    userAgent: utf8(request.header("user-agent") ?? "").slice(0, 200), q: q >= 0 && q <= 1 ? q : 1,
  });
  for (const old of evicted) tellGone(ground, old, "expired");
  ground.tell({ type: "registered", account, contact: contact.raw, flow, expiresAtMs, userAgent: utf8(request.header("user-agent") ?? "").slice(0, 200) });
}

function readContact(ground: Ground, line: string, expiresHeader: string | null): Wanted | Answer {
  const contact = parseNameAddr(line);
  if (!contact || !contact.uri || contact.uri.scheme === "tel" || contact.raw.length > 1_000) return { status: 400 };
  const { minExpiresS = 30, maxExpiresS = 3600, defaultExpiresS = 600 } = ground.settings;
  const asked = contact.params.get("expires") ?? expiresHeader ?? "";
  // RFC 3261 20.19: a malformed value is treated as the default
  const askedS = /^\d{1,10}$/.test(asked) ? Number(asked) : defaultExpiresS;
  if (askedS > 0 && askedS < minExpiresS) return { status: 423, headers: [["Min-Expires", String(minExpiresS)]] };
  const instance = contact.params.get("+sip.instance");
  const regId = contact.params.get("reg-id");
  const key = instance !== undefined && instance.length <= 200 ? `${instance}|${regId ?? ""}` : uriKey(contact.uri);
  return { key, contact, expiresS: Math.min(askedS, maxExpiresS), regId: regId !== undefined && instance !== undefined };
}

/** RFC 3261 10.3: order within one Call-ID; another Call-ID is another client start and wins. */
function isOlder(envelope: Envelope, binding: Binding): boolean {
  return binding.callId === envelope.callId && envelope.cseq <= binding.cseq;
}

function listing(ground: Ground, account: string, outbound: boolean): Answer {
  const headers: HeaderPair[] = ground.location.of(account, ground.nowMs).map((binding) => {
    const leftS = Math.max(1, Math.round((binding.expiresAtMs - ground.nowMs) / 1000));
    const [instance = "", regId = ""] = binding.key.startsWith("<") ? binding.key.split("|") : [];
    const flow = instance === "" ? "" : `;+sip.instance="${instance}"${regId === "" ? "" : `;reg-id=${regId}`}`;
    return ["Contact", `<${binding.contact}>;expires=${leftS}${flow}`];
  });
  // RFC 5626 section 6: "the registrar MUST include the outbound option-tag in a Require header field"
  if (outbound) headers.push(["Require", "outbound"], ["Flow-Timer", "120"]);
  return { status: 200, headers };
}

export function unregister(ground: Ground, binding: Binding, reason: "asked" | "expired"): void {
  ground.location.remove(binding);
  tellGone(ground, binding, reason);
}

export function tellGone(ground: Ground, binding: Binding, reason: "asked" | "expired" | "transport"): void {
  ground.tell({ type: "unregistered", account: binding.account, contact: binding.contact, reason });
}
