/** Who calls, and whom: an INVITE read as the arrival of a customer. */
import type { SipEvent } from "../sip/contract.ts";
import type { Arrived } from "./call.ts";
import type { OutsideCall, VoiceOptions } from "./ports.ts";

/** Longest value kept of a header: headers are written by strangers and stay in the log for years. */
const MAX_VALUE_CHARS = 200;
/** Longest value of a trunk's data header. */
const MAX_DATA_CHARS = 300;

type Incoming = Extract<SipEvent, { type: "incoming" }>;

/** The arrival, or the status that refuses the call. */
export function readIncoming(event: Incoming, options: Pick<VoiceOptions, "resolveNumber" | "outside" | "visitorOf" | "agentOf" | "newInteractionId">): { ok: true; sdp: string | null; arrived: Arrived } | { ok: false; status: number; why: string } {
  // RFC 3891 section 3: a customer's or an agent's leg is exchanged by order of the centre alone
  if (event.replaces !== null || event.join !== null) return { ok: false, status: 603, why: "Decline" };
  const outside = options.outside?.(event) ?? null;
  const target = options.resolveNumber(outside?.calledE164 ?? event.to.user, event.from.account);
  if (target.kind === "none") return { ok: false, status: 404, why: "Not Found" };
  const { account } = event.from;
  const visitor = account === null ? null : options.visitorOf(account);
  // RFC 3323 5.3: who asks for "user" privacy is not to be named to whom they call; a trunk's policy has decided for its own calls
  const unnamed = outside === null && event.privacy.includes("user");
  const context: Record<string, string> = { ...visitor?.context, ...(outside && contextOf(outside)) };
  const callId = headerOf(event, "call-id");
  const userAgent = headerOf(event, "user-agent");
  if (callId) context.callId = callId;
  if (userAgent) context.userAgent = userAgent;
  Object.assign(context, positionOf(headerOf(event, "geolocation")));
  // One of ours dials a number of ours: a customer's call like any other, and the agent who answers may know it.
  const agentId = account === null ? null : options.agentOf(account);
  if (agentId !== null) context.callingAgentId = agentId;
  const arrived: Arrived = {
    type: "arrived",
    id: options.newInteractionId(),
    medium: "voice",
    from: visitor?.visitorId ?? (outside ? (outside.callerE164 ?? "anonymous") : (unnamed ? "" : event.from.user.slice(0, MAX_VALUE_CHARS)) || "anonymous"),
    fromName: visitor?.name ?? (outside?.callerName ?? (unnamed ? "" : event.from.display)).slice(0, MAX_VALUE_CHARS),
    to: target.number,
    language: visitor?.language ?? null,
    context,
  };
  return { ok: true, sdp: event.sdp, arrived };
}

/** RFC 6442 with a geo URI (RFC 5870): where the telephone says that it is; it sends it when its owner lets it. A reference to be asked for is not. */
function positionOf(geolocation: string | null): Record<string, string> {
  const found = /<geo:(-?\d{1,2}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)(?:,-?[\d.]{1,16})?((?:;[^>]*)?)>/.exec(geolocation ?? "");
  if (!found || Math.abs(Number(found[1])) > 90 || Math.abs(Number(found[2])) > 180) return {};
  const within = /;u=(\d{1,6})/.exec(found[3] ?? "");
  return { latitude: found[1] ?? "", longitude: found[2] ?? "", ...(within && { accuracyM: within[1] ?? "" }) };
}

/** RDP-03: `data.` is of this contact, `crm.` also goes into the customer's record. Only a trunk's word gets here. */
function contextOf({ trunkName, verified, attest, data }: OutsideCall): Record<string, string> {
  const named = (prefix: string, fields: Readonly<Record<string, string>>): [string, string][] => Object.entries(fields).map(([field, value]) => [`${prefix}.${field}`, value.slice(0, MAX_DATA_CHARS)]);
  return {
    trunk: trunkName,
    ...(verified === "none" ? {} : { callerNumber: attest === null ? verified : `${verified} ${attest}` }),
    ...Object.fromEntries([...named("data", data.metadata), ...named("crm", data.crmRecord)]),
  };
}

function headerOf(event: Incoming, name: string): string | null {
  for (const [key, values] of event.headers) if (key.toLowerCase() === name) return values[0]?.slice(0, MAX_VALUE_CHARS) ?? null;
  return null;
}
