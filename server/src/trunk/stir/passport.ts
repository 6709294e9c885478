/** PASSporT (RFC 8225) with the SHAKEN extension (RFC 8588), and the Identity header that carries one (RFC 8224). */
import { sign, verify, type KeyObject } from "node:crypto";

export type Attest = "A" | "B" | "C";

/** Numbers in their canonical form (RFC 8224 8.3): digits without "+". */
export interface Claims {
  orig: string;
  dest: readonly string[];
  /** Seconds since 1970. */
  iat: number;
  /** Both or neither: with them it is a "shaken" PASSporT. */
  attest: Attest | null;
  origId: string | null;
}

/** What an Identity header holds; `header` and `payload` are "" in the compact form. */
export interface Identity {
  header: string;
  payload: string;
  signature: Buffer;
  info: string;
  alg: string;
  ppt: string | null;
}

/** Longest Identity that is read. Attack: JSON of the size of a message, parsed for each call. */
const maxIdentityChars = 6_000;

/**
 * The Identity header of a call of ours. RFC 8225 section 9: members in lexicographic order, no white space, so that whoever verifies
 * the compact form makes the same bytes. `compact` leaves header and payload out; a shaken PASSporT is always full (RFC 8588 section 6).
 */
export function signIdentity(claims: Claims, certificateUrl: string, key: KeyObject, compact = false): string {
  const { header, payload } = texts(claims, certificateUrl);
  const signed = `${base64url(header)}.${base64url(payload)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
  const shaken = claims.attest !== null;
  return `${compact && !shaken ? `..${signature}` : `${signed}.${signature}`};info=<${certificateUrl}>;alg=ES256${shaken ? ";ppt=shaken" : ""}`;
}

/** The JSON texts that are signed. */
export function texts(claims: Claims, certificateUrl: string): { header: string; payload: string } {
  const shaken = claims.attest !== null;
  return {
    header: JSON.stringify(shaken ? { alg: "ES256", ppt: "shaken", typ: "passport", x5u: certificateUrl } : { alg: "ES256", typ: "passport", x5u: certificateUrl }),
    payload: JSON.stringify(
      shaken
        ? { attest: claims.attest, dest: { tn: claims.dest }, iat: claims.iat, orig: { tn: claims.orig }, origid: claims.origId }
        : { dest: { tn: claims.dest }, iat: claims.iat, orig: { tn: claims.orig } },
    ),
  };
}

/** Null when malformed. */
export function readIdentity(value: string): Identity | null {
  if (value.length > maxIdentityChars) return null;
  const match = /^([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{1,300})\s*((?:;[^;]*)*)$/.exec(value.trim());
  if (!match || (match[1] === "") !== (match[2] === "")) return null;
  const param = (name: string): string | null => new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|<([^>]*)>|([^;\\s]*))`, "i").exec(match[4]!)?.slice(1).find((one) => one !== undefined) ?? null;
  const info = param("info");
  if (info === null) return null;
  return { header: fromBase64url(match[1]!), payload: fromBase64url(match[2]!), signature: Buffer.from(match[3]!, "base64url"), info, alg: param("alg") ?? "ES256", ppt: param("ppt") };
}

/** The claims of a full PASSporT; null when they are not what RFC 8225 asks for, or of an extension that we do not know. */
export function readClaims(identity: Identity): Claims | null {
  const header = object(identity.header);
  const payload = object(identity.payload);
  if (!header || !payload) return null;
  const ppt = header["ppt"] ?? null;
  if (header["typ"] !== "passport" || header["alg"] !== "ES256" || identity.alg !== "ES256" || header["x5u"] !== identity.info) return null;
  // RFC 8224 6.2 step 1: an unsupported ppt is passed over
  if (ppt !== identity.ppt || (ppt !== null && ppt !== "shaken")) return null;
  const { iat, attest, origid } = payload;
  const orig = (payload["orig"] as Record<string, unknown> | null | undefined)?.["tn"];
  const dest = (payload["dest"] as Record<string, unknown> | null | undefined)?.["tn"];
  if (typeof iat !== "number" || !Number.isSafeInteger(iat) || typeof orig !== "string") return null;
  const numbers = typeof dest === "string" ? [dest] : Array.isArray(dest) ? dest.filter((one) => typeof one === "string") : [];
  if (ppt === null) return { orig, dest: numbers, iat, attest: null, origId: null };
  if ((attest !== "A" && attest !== "B" && attest !== "C") || typeof origid !== "string") return null;
  return { orig, dest: numbers, iat, attest, origId: origid };
}

/** Checks the signature over header and payload; for the compact form over what `expected` makes of them. */
export function isSigned(identity: Identity, expected: Claims, key: KeyObject): boolean {
  const full = identity.payload === "" ? texts(expected, identity.info) : identity;
  return verify("sha256", Buffer.from(`${base64url(full.header)}.${base64url(full.payload)}`), { key, dsaEncoding: "ieee-p1363" }, identity.signature);
}

function object(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // a PASSporT that is no JSON is none
  }
}

/** latin1 keeps every byte, so that what was signed is what is checked. */
function base64url(text: string): string {
  return Buffer.from(text, "latin1").toString("base64url");
}

function fromBase64url(text: string): string {
  return Buffer.from(text, "base64url").toString("latin1");
}
