import type { Flow } from "./contract.ts";
import type { Envelope } from "./envelope.ts";
import type { SipMessage } from "./message.ts";
import { keyedHash } from "./keyed-hash.ts";
import { parseNameAddr } from "./name-addr.ts";
import { phrase, printResponse, type HeaderPair } from "./print.ts";
import { wayBack } from "./transactions.ts";
import { parseVia } from "./via.ts";
import type { Way } from "./way.ts";

/**
 * Answers that leave no state behind (RFC 3261 8.2.7): what strangers get. The To tag is a function of the request, so that a
 * repeated request gets the same answer. Over UDP an answer is never larger than its request, the challenge included: a forged source
 * address gains nothing by going through us.
 */
export class StatelessAnswers {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Null when nothing may be said. */
  answer(request: SipMessage, envelope: Envelope, flow: Flow, status: number, headers: readonly HeaderPair[] = []): { way: Way; bytes: Uint8Array } | null {
    if (request.method === "ACK") return null;
    const toTag = keyedHash(this.#secret, `${envelope.callId}|${envelope.fromTag}|${envelope.cseq}|${envelope.branch}`).slice(0, 8);
    const print = (extra: readonly HeaderPair[], compact: boolean | "bare"): Uint8Array =>
      printResponse(request, envelope, flow, { status, reason: phrase(status), toTag, headers: extra, compact });
    const way = wayBack(envelope, flow);
    const full = print(headers, false);
    if (flow.transport !== "udp" || full.length <= request.size) return { way, bytes: full };
    // a short request gets less: one challenge, or short names, or the bare status, or silence. A 401 without any challenge would say
    // that there is no way in
    const one = headers.slice(0, 1);
    const bare = one.map(([name, value]): HeaderPair => [name, value.replace("algorithm=MD5, ", "").replaceAll(", ", ",")]); // MD5 is what none means
    const ways: [readonly HeaderPair[], boolean | "bare"][] = status === 401 || status === 407 ? [[one, false], [bare, true], [bare, "bare"]] : [[headers, true], [[], true]];
    for (const [extra, compact] of ways) {
      const small = print(extra, compact);
      if (small.length <= request.size) return { way, bytes: small };
    }
    return null;
  }
}

/** Enough of a malformed request to answer it: its Via leads back, the rest is copied as it stands. Null when there is no way back. */
export function brokenEnvelope(request: SipMessage): Envelope | null {
  const viaText = request.list("via")[0];
  // a version that we do not know still tells where to answer 505
  const via = viaText === undefined ? null : parseVia(viaText.replace(/^SIP\s*\/\s*\d+\.\d+/i, "SIP/2.0"));
  if (viaText === undefined || !via) return null;
  const nothing = { display: "", raw: "", uri: null, params: new Map<string, string>() };
  const to = parseNameAddr(request.header("to") ?? "");
  return {
    via, viaText, branch: via.params.get("branch") ?? "", from: nothing, fromTag: "",
    to: nothing, toTag: to?.params.get("tag") ?? "", callId: request.header("call-id") ?? "", cseq: 0, cseqMethod: request.method,
  };
}
