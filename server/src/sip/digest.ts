import { hash, timingSafeEqual } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import type { Flow, SipEvent } from "./contract.ts";
import type { SipBorder, SipCredentials } from "./settings.ts";
import { keyedHash } from "./keyed-hash.ts";
import { limits } from "./limits.ts";
import { splitList, utf8, type SipMessage } from "./message.ts";
import type { HeaderPair } from "./print.ts";

/** How long a nonce may be used before we ask again with stale=true. */
const nonceLifeMs = 300_000;
/** Reordered requests of one client: this many counts below the highest are still accepted once each. */
const countWindow = 31;
/** Nonces of one millisecond that differ: two phones behind one address must not share their counts. */
const serials = 36 ** 2;

export type DigestVerdict =
  | { ok: true; account: string }
  /** `stale`: a nonce that is not good (any more), whatever the password: the client retries without asking its user. `busy`: right, but too many requests of that account. */
  | { ok: false; stale: boolean; offered: boolean; busy?: true };

interface NonceUse {
  highest: number;
  /** Bit i: the count `highest - i` was used. */
  seen: number;
}

export interface DigestOptions {
  realm: string;
  credentials(account: string): SipCredentials | null;
  chance: Chance;
  border?: SipBorder | undefined;
  tell(event: SipEvent): void;
  /** Shared by nodes that take each other's nonces; absent = by chance. */
  secret?: string | undefined;
}

/**
 * Digest authentication: RFC 3261 section 22 with RFC 8760 (SHA-256 beside MD5). Nonces are signed and carry their time, so that
 * challenges cost no memory; only a nonce that authenticated somebody has its counts remembered, to refuse replays.
 * An unknown account goes through the same computation and gets the same answer.
 */
export class Digest {
  readonly #realm: string;
  readonly #credentials: (account: string) => SipCredentials | null;
  readonly #secret: string;
  readonly #border: SipBorder | undefined;
  readonly #tell: (event: SipEvent) => void;
  /** Makes each nonce another one. */
  #serial = 0;
  readonly #used = new Map<string, NonceUse>();
  /** Nonces made before this are stale, because their counts may have been forgotten. */
  #forgottenBeforeMs = 0;

  constructor({ realm, credentials, chance, border, tell, secret }: DigestOptions) {
    this.#realm = realm;
    this.#credentials = credentials;
    this.#border = border;
    this.#tell = tell;
    this.#secret = secret ?? Buffer.from(chance.bytes(32)).toString("hex");
  }

  /**
   * The challenges of a 401, in the order in which that peer should prefer them (RFC 8760 2.4 leaves it to us). Phones read the first
   * only, so MD5 leads, except for peers known to do better, and stands alone for those that a second challenge breaks.
   */
  challenge(request: SipMessage, flow: Flow, stale: boolean, nowMs: number): HeaderPair[] {
    const nonce = this.#newNonce(flow, nowMs);
    return algorithmsFor(request.header("user-agent") ?? "", flow).map((algorithm): HeaderPair =>
      ["WWW-Authenticate", `Digest realm="${this.#realm}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale ? ", stale=true" : ""}`]);
  }

  /** What a request gets whose verdict is no. */
  refusal(request: SipMessage, flow: Flow, verdict: Exclude<DigestVerdict, { ok: true }>, nowMs: number): { status: number; headers: HeaderPair[] } {
    if (verdict.busy) return { status: 503, headers: [["Retry-After", "10"]] };
    return { status: 401, headers: this.challenge(request, flow, verdict.stale, nowMs) };
  }

  /**
   * Checks the Authorization for our realm. Counts (nc) are used up by a success only. A failure is told only of who answered a nonce
   * of ours: a forged source address cannot, so nobody gets somebody else banned.
   */
  verify(request: SipMessage, flow: Flow, nowMs: number): DigestVerdict {
    const fields = this.#ownFields(request);
    if (!fields) return { ok: false, stale: false, offered: false };
    const refused: DigestVerdict = { ok: false, stale: false, offered: true };
    const get = (name: string): string => fields.get(name) ?? "";
    const algorithm = get("algorithm").toUpperCase() || "MD5";
    const count = /^[0-9a-f]{8}$/i.test(get("nc")) ? Number.parseInt(get("nc"), 16) : 0;
    // qop=auth is required: without it a captured answer could be replayed for as long as the nonce lives
    if ((algorithm !== "MD5" && algorithm !== "SHA-256") || get("qop").toLowerCase() !== "auth" || count === 0 || get("cnonce") === "") return refused;

    const claimed = utf8(get("username"));
    // guessing goes on from an address that may not be banned: what it says is not looked at
    if (this.#border && !this.#border.mayTry(claimed, flow, nowMs)) return refused;
    // RFC 7616 3.3: stale = "the nonce value was stale ... the server SHOULD only set stale to TRUE if it receives a request for which the nonce
    // is invalid". The password is not looked at: an old nonce would be a way to try passwords that nobody counts. And without the word a phone
    // takes our restart, or its own new address, for a wrong password.
    const madeAtMs = this.#nonceTime(get("nonce"), flow);
    if (madeAtMs === null || nowMs - madeAtMs > nonceLifeMs || madeAtMs < this.#forgottenBeforeMs) return { ok: false, stale: true, offered: true };
    const kind = algorithm === "MD5" ? "md5" : "sha256";
    const found = this.#credentials(claimed);
    const decoy = keyedHash(this.#secret, get("username")).repeat(kind === "md5" ? 1 : 2);
    const ha1 = (kind === "md5" ? found?.ha1Md5 : found?.ha1Sha256) ?? null;
    const ha2 = hex(kind, `${request.method}:${get("uri")}`);
    const wanted = hex(kind, `${(ha1 ?? decoy).toLowerCase()}:${get("nonce")}:${get("nc")}:${get("cnonce")}:${get("qop")}:${ha2}`);
    const given = get("response").toLowerCase();
    const same = given.length === wanted.length && timingSafeEqual(Buffer.from(given, "latin1"), Buffer.from(wanted, "latin1"));
    if (!same || ha1 === null || !found) {
      this.#tell({ type: "authFailed", account: claimed.slice(0, limits.maxToldAccount), flow });
      return refused;
    }
    if (!this.#useCount(get("nonce"), count, nowMs)) return { ok: false, stale: true, offered: true };
    this.#tell({ type: "authenticated", account: found.account, flow, method: request.method });
    if (this.#border && !this.#border.mayAsk(found.account, nowMs)) return { ok: false, stale: false, offered: true, busy: true };
    return { ok: true, account: found.account };
  }

  /** The fields of the Authorization header for our realm (a client may send several). */
  #ownFields(request: SipMessage): Map<string, string> | null {
    for (const line of [...request.lines("authorization"), ...request.lines("proxy-authorization")]) {
      const fields = parseDigest(line);
      if (fields && fields.get("realm") === this.#realm) return fields;
    }
    return null;
  }

  #newNonce(flow: Flow, nowMs: number): string {
    this.#serial = (this.#serial + 1) % serials;
    const body = Math.floor(nowMs).toString(36).padStart(9, "0") + this.#serial.toString(36).padStart(2, "0");
    return body + this.#sign(body, flow);
  }

  /** The instant of a nonce that we made for that address; null for any other. */
  #nonceTime(nonce: string, flow: Flow): number | null {
    if (!/^[0-9a-z]{11}[\w-]{12}$/.test(nonce)) return null;
    const body = nonce.slice(0, 11);
    return timingSafeEqual(Buffer.from(nonce.slice(11)), Buffer.from(this.#sign(body, flow))) ? Number.parseInt(body.slice(0, 9), 36) : null;
  }

  /** 72 bits in 12 characters, to be guessed online: a challenge must stay shorter than the request that asked for it. */
  #sign(body: string, flow: Flow): string {
    return hash("sha256", `${this.#secret}${body}|${flow.remoteAddress}${this.#secret}`, "base64url").slice(0, 12);
  }

  #useCount(nonce: string, count: number, nowMs: number): boolean {
    const use = this.#used.get(nonce);
    if (!use) {
      if (this.#used.size >= limits.maxNonces) {
        this.#used.clear();
        this.#forgottenBeforeMs = nowMs;
        return false;
      }
      this.#used.set(nonce, { highest: count, seen: 1 });
      return true;
    }
    if (count > use.highest) {
      const shift = count - use.highest;
      use.seen = shift > countWindow ? 1 : ((use.seen << shift) | 1) >>> 0;
      use.highest = count;
      return true;
    }
    const back = use.highest - count;
    if (back > countWindow || (use.seen >>> back) & 1) return false;
    use.seen = (use.seen | (1 << back)) >>> 0;
    return true;
  }
}

/**
 * Measured: sipp 3.6.1 answers the first challenge and knows MD5 only; sip.js 0.21.2 takes the last one and knows MD5 only; libre up to
 * 1.x (baresip 1.0.0) gives up on a 401 that holds any other algorithm. Documented to do SHA-256: linphone (belle-sip), baresip from 2.0.
 */
function algorithmsFor(userAgent: string, flow: Flow): readonly ("MD5" | "SHA-256")[] {
  // browsers: no WebSocket stack does SHA-256; what they answer travels inside TLS, or on loopback
  if (flow.transport === "ws" || flow.transport === "wss" || /^baresip v?[01]\./i.test(userAgent)) return ["MD5"];
  if (/linphone|belle-sip|^baresip v?[2-9]\./i.test(userAgent)) return ["SHA-256", "MD5"];
  return ["MD5", "SHA-256"];
}

/** `Digest a=b, c="d"` -> fields, names lower case; null when it is another scheme or malformed. */
export function parseDigest(line: string): Map<string, string> | null {
  const scheme = /^Digest\s+/i.exec(line);
  if (!scheme) return null;
  const fields = new Map<string, string>();
  for (const part of splitList(line.slice(scheme[0].length))) {
    const match = /^([A-Za-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s"]*))$/.exec(part);
    if (!match) return null;
    fields.set(match[1]!.toLowerCase(), match[2] === undefined ? match[3]! : match[2].replace(/\\([\s\S])/g, "$1"));
  }
  return fields;
}

function hex(algorithm: "md5" | "sha256", text: string): string {
  return hash(algorithm, Buffer.from(text, "latin1"), "hex");
}
