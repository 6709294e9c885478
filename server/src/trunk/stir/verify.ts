/** Whether a caller's number is signed by somebody that we believe (RFC 8224 section 6.2, RFC 8226). */
import { X509Certificate } from "node:crypto";
import { isP256, readCertificates } from "./keys.ts";
import { isSigned, readClaims, readIdentity, type Attest, type Claims, type Identity } from "./passport.ts";
import { readTnAuthList, speaksFor } from "./tn-auth-list.ts";

/** RFC 8224 6.2.1 step 4, RFC 8588: older (or from further in the future) is a replay. */
export const freshS = 60;

/** `why` is for the log and the administrator: what failed. */
export interface Verdict {
  verified: "passed" | "failed" | "none";
  attest: Attest | null;
  why: string;
}

export interface VerifyInput {
  /** Values of the Identity headers. */
  identities: readonly string[];
  /** Date of the message, for the compact form. */
  date: string | null;
  /** Canonical: digits. Null = the caller has no number. */
  caller: string | null;
  called: string | null;
  roots: readonly X509Certificate[];
  /** PEM of a certificate that is here; null when it could not be had or is not allowed. */
  certificate(url: string): string | null;
  nowMs: number;
}

export function verifyCaller(input: VerifyInput): Verdict {
  if (input.identities.length === 0) return { verified: "none", attest: null, why: "" };
  const identity = chooseIdentity(input.identities);
  if (!identity) return failed("no Identity that we understand");
  const claims = identity.payload === "" ? compactClaims(identity, input) : readClaims(identity);
  if (!claims) return failed("PASSporT malformed");
  if (Math.abs(input.nowMs / 1000 - claims.iat) > freshS) return failed("not fresh");
  if (claims.orig !== input.caller) return failed("signed for another caller");
  if (input.called === null || !claims.dest.includes(input.called)) return failed("signed for another callee");
  const pem = input.certificate(identity.info);
  if (pem === null) return failed("certificate not to be had");
  const chain = readCertificates(pem);
  const [leaf] = chain;
  if (!leaf || !isP256(leaf.publicKey)) return failed("certificate not usable");
  if (!isTrusted(chain, input.roots, input.nowMs)) return failed("certificate not trusted");
  const list = readTnAuthList(leaf.raw);
  if (!list || !speaksFor(list, claims.orig)) return failed("certificate not for this number");
  if (!isSigned(identity, claims, leaf.publicKey)) return failed("signature wrong");
  return { verified: "passed", attest: claims.attest, why: "" };
}

/** The one that we can read: a shaken PASSporT before a plain one, others ("div", "rph") passed over. */
export function chooseIdentity(values: readonly string[]): Identity | null {
  const read = values.slice(0, 5).flatMap((value) => readIdentity(value) ?? []);
  return read.find(({ ppt }) => ppt === "shaken") ?? read.find(({ ppt }) => ppt === null) ?? null;
}

/** RFC 8225 section 7: the compact form says nothing, its claims are the call's. */
function compactClaims(identity: Identity, { caller, called, date }: VerifyInput): Claims | null {
  const atMs = date === null ? Number.NaN : Date.parse(date);
  if (identity.ppt !== null || caller === null || called === null || Number.isNaN(atMs)) return null;
  return { orig: caller, dest: [called], iat: Math.floor(atMs / 1000), attest: null, origId: null };
}

/** A path from the leaf to a root: each issued and signed by the next, each valid now, the upper ones authorities. */
function isTrusted(chain: readonly X509Certificate[], roots: readonly X509Certificate[], nowMs: number): boolean {
  const [leaf, ...rest] = chain;
  let at = leaf;
  for (let step = 0; at && step <= chain.length; step++) {
    const here: X509Certificate = at;
    if (Date.parse(here.validFrom) > nowMs || Date.parse(here.validTo) < nowMs) return false;
    if (roots.some((root) => root.fingerprint256 === here.fingerprint256)) return true;
    const root = roots.find((one) => isIssuer(one, here));
    if (root) return Date.parse(root.validFrom) <= nowMs && Date.parse(root.validTo) >= nowMs;
    at = rest.find((one) => isIssuer(one, here));
  }
  return false;
}

function isIssuer(issuer: X509Certificate, of: X509Certificate): boolean {
  return issuer.fingerprint256 !== of.fingerprint256 && issuer.ca && of.checkIssued(issuer) && of.verify(issuer.publicKey);
}

function failed(why: string): Verdict {
  return { verified: "failed", attest: null, why };
}
