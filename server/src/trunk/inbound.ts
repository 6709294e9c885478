/** What a call that comes by a trunk says of its caller, and what of it is believed. */
import type { X509Certificate } from "node:crypto";
import { parseNameAddr, splitList } from "../sip/sip.ts";
import { readFromTrunk } from "./numbers.ts";
import type { InboundCall, IncomingCall } from "./ports.ts";
import { verifyCaller } from "./stir/verify.ts";
import type { TrunkRow } from "./store.ts";

type Headers = ReadonlyMap<string, readonly string[]>;

/** Longest value read of a data header: it is kept with the contact for years. */
const maxValueChars = 300;
const maxNameChars = 100;

/** RDP-03: what another system says of the customer before the agent answers; a flag, however it is written. */
const FLAGS = new Set(["reserved_verified_customer", "reserved_bad_actor", "reserved_repeat_customer"]);

/** The headers of the INVITE after the trunk's rules for what comes in. Names lower case. */
export function ruledHeaders(incoming: IncomingCall, trunk: TrunkRow): Headers {
  const rules = trunk.headerRules.filter(({ when }) => when === "in");
  if (rules.length === 0) return incoming.headers;
  const out = new Map(incoming.headers);
  for (const rule of rules) {
    if (rule.do === "remove") out.delete(rule.header.toLowerCase());
    else out.set(rule.header.toLowerCase(), [rule.value]);
  }
  return out;
}

export interface Believing {
  roots: readonly X509Certificate[];
  certificate(url: string): string | null;
  nowMs: number;
  /** The user of our Contact at that registrar: the number is then in To. */
  contactUser: string | null;
}

export function readInbound(incoming: IncomingCall, trunk: TrunkRow, believing: Believing): InboundCall {
  const headers = ruledHeaders(incoming, trunk);
  const first = (name: string): string | null => headers.get(name)?.[0] ?? null;
  const asserted = trunk.trusted ? addresses(headers.get("p-asserted-identity") ?? []) : [];
  const from = addresses(headers.get("from") ?? [])[0] ?? null;
  const claimed = asserted.find(({ user }) => readFromTrunk(user, trunk) !== null) ?? asserted[0] ?? from;
  const number = claimed && readFromTrunk(claimed.user, trunk);
  // RFC 3323 4.1.1.3 and RFC 3325 9.3: the caller asked that nobody behind the operator is told
  const anonymous = incoming.privacy.some((word) => word === "id" || word === "user") || from === null || from.host === "anonymous.invalid" || /^(anonymous|restricted|unavailable|unknown)$/i.test(from.user);
  const to = incoming.to.user === believing.contactUser || readFromTrunk(incoming.to.user, trunk) === null
    ? (addresses([first("p-called-party-id") ?? "", first("to") ?? ""]).find(({ user }) => readFromTrunk(user, trunk) !== null)?.user ?? "")
    : incoming.to.user;
  const calledE164 = readFromTrunk(to, trunk);
  const verdict = verifyCaller({
    identities: headers.get("identity") ?? headers.get("y") ?? [], date: first("date"),
    caller: number === null ? null : number.slice(1), called: calledE164 === null ? null : calledE164.slice(1),
    roots: believing.roots, certificate: believing.certificate, nowMs: believing.nowMs,
  });
  return {
    trunkId: trunk.id, trunkName: trunk.name,
    callerE164: anonymous ? null : number,
    callerName: anonymous ? "" : (claimed?.display || from?.display || "").slice(0, maxNameChars),
    anonymous, calledE164,
    verified: verdict.verified, attest: verdict.attest,
    data: dataOf(headers, trunk),
    history: incoming.history,
  };
}

function addresses(values: readonly string[]): { user: string; host: string; display: string }[] {
  return values.flatMap(splitList).flatMap((value) => {
    const read = parseNameAddr(value);
    return read?.uri ? [{ user: read.uri.user, host: read.uri.host, display: read.display }] : [];
  });
}

function dataOf(headers: Headers, trunk: TrunkRow): InboundCall["data"] {
  const data: InboundCall["data"] = { metadata: {}, crmRecord: {} };
  for (const { header, field, to } of trunk.dataHeaders) {
    const value = headers.get(header.toLowerCase())?.[0]?.slice(0, maxValueChars);
    if (value === undefined || value === "") continue;
    const kept = FLAGS.has(field) ? String(/^(1|true|yes|y|oui)$/i.test(value)) : value;
    data[to === "metadata" ? "metadata" : "crmRecord"][field] = kept;
  }
  return data;
}
