import { hash } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import { newSecret } from "../base/ids.ts";
import type { Flow, SipAuth } from "./contract.ts";
import { parseDigest } from "./digest.ts";
import { wire, type SipMessage } from "./message.ts";
import type { HeaderPair } from "./print.ts";
import type { Way } from "./way.ts";

/** Longest nonce or opaque that we repeat. Attack: a challenge that makes each of our requests as large as a message may be. */
const maxNonceChars = 1_000;

type Algorithm = "MD5" | "SHA-256" | "SHA-512-256";
/** RFC 8760 2.4: the strongest that both know. Node's names of the hashes. */
const STRENGTH: readonly Algorithm[] = ["MD5", "SHA-256", "SHA-512-256"];
const HASH = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" } as const;

interface Challenge {
  realm: string;
  nonce: string;
  opaque: string | null;
  algorithm: Algorithm;
  /** As written by the peer, to be repeated. */
  algorithmText: string | null;
  /** "-sess": the first hash also holds nonce and cnonce (RFC 3261 22.4, RFC 7616 3.4.2). */
  sess: boolean;
  qop: boolean;
  stale: boolean;
}

interface Held extends Challenge {
  count: number;
}

type Kind = 401 | 407;

/**
 * Our answer to others' challenges (RFC 3261 22.2 and 22.3, RFC 8760): one object for one call or one registration, made from the
 * credentials that a command carried. Digest leak: an answer is material to guess the password from, so it is given to nobody but the
 * peer that the command was meant for:
 * - only to the addresses and ports that its URI (or next hop) led to (`meantFor`), whoever the dialog's target has become since;
 * - only for one realm, the configured one or the first that the peer asked for; never with a weaker hash than before;
 * - within a call only to one of 401 and 407, and once somebody behind the peer has answered only to replace a stale nonce of that one
 *   (a callee's phone can send a 407 through an honest operator).
 */
export class ClientAuth {
  readonly #auth: SipAuth;
  readonly #chance: Chance;
  readonly #peers = new Set<string>();
  #realm: string | null;
  readonly #held = new Map<Kind, Held>();
  /** What the last INVITE carried. */
  #invite: readonly HeaderPair[] = [];
  /** Challenges answered for the request in work. */
  #answers = 0;
  /** No new challenge is answered, only a stale nonce replaced. */
  #settled = false;
  readonly #use: "call" | "registration";

  constructor(auth: SipAuth, chance: Chance, use: "call" | "registration") {
    this.#auth = auth;
    this.#chance = chance;
    this.#use = use;
    this.#realm = auth.realm === undefined ? null : wire(auth.realm);
  }

  /** The hops of the peer whose password this is. */
  meantFor(ways: readonly Way[]): void {
    for (const way of ways) this.#peers.add(placeOf(way));
  }

  /** The peer passed our request on: challenges from now on come from somebody behind it. */
  settle(): void {
    this.#settled = true;
  }

  /** The headers that a request starts with: the last challenge again, with the next count (RFC 3261 22.3); none for another peer. */
  begin(method: string, uri: string, way: Way): HeaderPair[] {
    this.#answers = 0;
    if (!this.#peers.has(placeOf(way))) return [];
    return this.#headers(method, uri);
  }

  /** The headers for another try after this 401 or 407; null when it is final for us. */
  answer(response: SipMessage, flow: Flow, method: string, uri: string): HeaderPair[] | null {
    const kind = response.status;
    if (kind !== 401 && kind !== 407) return null;
    if (!this.#peers.has(placeOf({ flow }))) return null;
    const challenge = this.#choose(response, kind);
    if (!challenge) return null;
    const held = this.#held.get(kind);
    if (this.#use === "call" && !held && this.#held.size > 0) return null;
    if (held && (challenge.nonce === held.nonce || STRENGTH.indexOf(challenge.algorithm) < STRENGTH.indexOf(held.algorithm))) return null;
    if (this.#settled && !(held && challenge.stale)) return null;
    // RFC 3261 22.1: no try with credentials that were just refused; only a stale nonce is worth one more, and a proxy's challenge beside a server's
    if (this.#answers >= 1 && !challenge.stale && held) return null;
    if (this.#answers >= 3) return null;
    this.#answers++;
    this.#realm ??= challenge.realm;
    this.#held.set(kind, { ...challenge, count: 0 });
    return this.#headers(method, uri);
  }

  /** For the ACK of a 2xx: "will duplicate all of the Authorization and Proxy-Authorization header field values" of the INVITE (22.1). */
  forAck(way: Way): readonly HeaderPair[] {
    return this.#peers.has(placeOf(way)) ? this.#invite : [];
  }

  #headers(method: string, uri: string): HeaderPair[] {
    const headers = [...this.#held].map(([kind, held]): HeaderPair => {
      held.count++;
      return [kind === 401 ? "Authorization" : "Proxy-Authorization", this.#print(held, method, uri)];
    });
    if (method === "INVITE") this.#invite = headers;
    return headers;
  }

  /** The strongest of the challenges that are for us and that we understand. */
  #choose(response: SipMessage, kind: Kind): Challenge | null {
    let best: Challenge | null = null;
    for (const line of response.lines(kind === 401 ? "www-authenticate" : "proxy-authenticate")) {
      const one = readChallenge(line);
      if (!one || (this.#realm !== null && one.realm !== this.#realm)) continue;
      if (!best || STRENGTH.indexOf(one.algorithm) > STRENGTH.indexOf(best.algorithm)) best = one;
    }
    return best;
  }

  #print(held: Held, method: string, uri: string): string {
    const { realm, nonce, algorithm, sess, qop, opaque, count } = held;
    const digest = (text: string): string => hash(HASH[algorithm], Buffer.from(text, "latin1"), "hex");
    const username = wire(this.#auth.username);
    const cnonce = newSecret(16, this.#chance);
    const nc = count.toString(16).padStart(8, "0");
    const secret = digest(`${username}:${realm}:${wire(this.#auth.password)}`);
    const ha1 = sess ? digest(`${secret}:${nonce}:${cnonce}`) : secret;
    const ha2 = digest(`${method}:${uri}`);
    // without qop: RFC 2069, which RFC 3261 22.4 keeps for old servers
    const response = digest(qop ? `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`);
    const fields = [`username=${quote(username)}`, `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(uri)}`, `response="${response}"`];
    if (held.algorithmText !== null) fields.push(`algorithm=${held.algorithmText}`);
    if (qop) fields.push("qop=auth", `nc=${nc}`, `cnonce="${cnonce}"`);
    else if (sess) fields.push(`cnonce="${cnonce}"`);
    if (opaque !== null) fields.push(`opaque=${quote(opaque)}`);
    return `Digest ${fields.join(", ")}`;
  }
}

function readChallenge(line: string): Challenge | null {
  const fields = parseDigest(line);
  const nonce = fields?.get("nonce") ?? "";
  const realm = fields?.get("realm");
  const opaque = fields?.get("opaque") ?? null;
  if (!fields || realm === undefined || nonce === "" || nonce.length > maxNonceChars || (opaque?.length ?? 0) > maxNonceChars) return null;
  const algorithmText = fields.get("algorithm") ?? null;
  const name = (algorithmText ?? "MD5").toUpperCase();
  const sess = name.endsWith("-SESS");
  const algorithm = STRENGTH.find((known) => known === (sess ? name.slice(0, -5) : name));
  if (!algorithm) return null;
  const qops = fields.get("qop")?.toLowerCase().split(",").map((one) => one.trim());
  // auth-int alone: not spoken (no operator asks for it)
  if (qops && !qops.includes("auth")) return null;
  return { realm, nonce, opaque, algorithm, algorithmText, sess, qop: qops !== undefined, stale: fields.get("stale")?.toLowerCase() === "true" };
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Address and port, in one spelling: IPv6 has many. */
function placeOf(way: Way): string {
  const [address, port] = way.flow ? [way.flow.remoteAddress, way.flow.remotePort] : [way.host, way.port];
  return `${address.includes(":") ? (URL.parse(`http://[${address}]`)?.hostname ?? address) : address} ${port}`;
}
