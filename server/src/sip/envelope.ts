import type { SipMessage } from "./message.ts";
import { parseNameAddr, type NameAddr } from "./name-addr.ts";
import { parseVia, type Via } from "./via.ts";

/** The mandatory headers of RFC 3261 8.1.1, read and checked once per message. */
export interface Envelope {
  via: Via;
  /** The top Via as written. */
  viaText: string;
  branch: string;
  from: NameAddr;
  fromTag: string;
  to: NameAddr;
  toTag: string;
  callId: string;
  cseq: number;
  cseqMethod: string;
}

export type EnvelopeRead = { ok: true; envelope: Envelope } | { ok: false; why: string };

/** Headers that RFC 3261 20 allows once. Two of them are how a proxy and a server are made to disagree about who calls. */
const ONCE = ["from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type"] as const;

/** Refuses what RFC 3261 makes mandatory and is missing, double or malformed. */
export function readEnvelope(message: SipMessage): EnvelopeRead {
  for (const name of ONCE) {
    const at = message.find(name);
    if (at >= 0 && message.find(name, at + 4) >= 0) return { ok: false, why: `more than one ${name}` };
  }
  const firstVia = message.header("via");
  // one in a line as a rule; an empty line is no Via
  const viaText = firstVia === null || firstVia === "" || firstVia.includes(",") ? message.list("via")[0] : firstVia;
  const via = viaText === undefined ? null : parseVia(viaText);
  if (viaText === undefined || !via) return { ok: false, why: "Via missing or malformed" };
  const fromText = message.header("from");
  const from = fromText === null ? null : parseNameAddr(fromText);
  if (!from) return { ok: false, why: "From missing or malformed" };
  const toText = message.header("to");
  const to = toText === null ? null : parseNameAddr(toText);
  if (!to) return { ok: false, why: "To missing or malformed" };
  const callId = message.header("call-id");
  if (callId === null || callId === "" || /\s/.test(callId)) return { ok: false, why: "Call-ID missing or malformed" };
  const cseq = /^(\d{1,10})\s+([^\s]+)$/.exec(message.header("cseq") ?? "");
  // RFC 3261 8.1.1.5: "the sequence number MUST be expressible as a 32-bit unsigned integer and MUST be less than 2**31"
  if (!cseq || Number(cseq[1]) >= 2 ** 31) return { ok: false, why: "CSeq missing or malformed" };
  if (message.isRequest) {
    if (cseq[2] !== message.method) return { ok: false, why: "CSeq method is not the request's" };
    const hops = message.header("max-forwards");
    if (hops !== null && (!/^\d{1,10}$/.test(hops) || Number(hops) > 255)) return { ok: false, why: "Max-Forwards malformed" };
    if (/[\s<>]/.test(message.uri)) return { ok: false, why: "Request-URI malformed" };
  }
  return {
    ok: true,
    envelope: {
      via, viaText, branch: via.params.get("branch") ?? "",
      from, fromTag: from.params.get("tag") ?? "",
      to, toTag: to.params.get("tag") ?? "",
      callId, cseq: Number(cseq[1]), cseqMethod: cseq[2]!,
    },
  };
}
