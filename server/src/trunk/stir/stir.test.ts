import assert from "node:assert/strict";
import { createPublicKey, verify, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { Certificates } from "./certificates.ts";
import { readCertificates, readPrivateKey } from "./keys.ts";
import { isSigned, readClaims, readIdentity, signIdentity, texts, type Claims } from "./passport.ts";
import { CERTIFICATES, KEYS } from "./test-certificates.ts";
import { readTnAuthList, speaksFor } from "./tn-auth-list.ts";
import { freshS, verifyCaller, type VerifyInput } from "./verify.ts";

const NOW = 1_800_000_000_000;
const URL_OF = "https://certs.example/op.pem";
const claims: Claims = { orig: "33270000100", dest: ["33612345678"], iat: NOW / 1000, attest: "A", origId: "123e4567-e89b-42d3-a456-426614174000" };
const key = (name: keyof typeof KEYS = "spc") => readPrivateKey(KEYS[name], CERTIFICATES[name])!;

function check(identity: string, more: Partial<VerifyInput> = {}): string {
  const verdict = verifyCaller({
    identities: [identity], date: null, caller: "33270000100", called: "33612345678", roots: [new X509Certificate(CERTIFICATES.root)],
    certificate: (url) => (url === URL_OF ? CERTIFICATES.spc : null), nowMs: NOW, ...more,
  });
  return verdict.verified === "failed" ? verdict.why : `${verdict.verified} ${verdict.attest}`;
}

test("RFC 8225 appendix A: the example's text and signature", () => {
  const published = createPublicKey("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH\n78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==\n-----END PUBLIC KEY-----");
  const header = "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9";
  // the example's iat is a string, which its own section 4.1 forbids: the bytes serve, the claims do not
  const payload = "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI6IjE0NDMyMDgzNDUiLCJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0";
  const signature = "rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w";
  const identity = readIdentity(`${header}.${payload}.${signature};info=<https://cert.example.org/passport.cer>;alg=ES256`)!;
  assert.equal(identity.header, texts({ ...claims, attest: null, origId: null }, "https://cert.example.org/passport.cer").header);
  assert.equal(isSigned(identity, claims, published), true);
  assert.equal(isSigned({ ...identity, payload: identity.payload.replace("1443208345", "1443208346") }, claims, published), false);
  assert.equal(readClaims(identity), null);
});

test("what we sign is in canonical form, and an independent verification finds it right", () => {
  const value = signIdentity(claims, URL_OF, key());
  const [token = "", ...params] = value.split(";");
  assert.deepEqual(params, [`info=<${URL_OF}>`, "alg=ES256", "ppt=shaken"]);
  const [header = "", payload = "", signature = ""] = token.split(".");
  assert.equal(Buffer.from(header, "base64url").toString(), `{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"${URL_OF}"}`);
  assert.equal(Buffer.from(payload, "base64url").toString(), `{"attest":"A","dest":{"tn":["33612345678"]},"iat":${NOW / 1000},"orig":{"tn":"33270000100"},"origid":"${claims.origId}"}`);
  const raw = Buffer.from(signature, "base64url");
  assert.equal(raw.length, 64);
  // as another implementation would: r and s as DER integers, checked against the certificate
  const integer = (bytes: Buffer): Buffer => {
    const trimmed = bytes.subarray(bytes.findIndex((b) => b !== 0));
    const positive = trimmed[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
    return Buffer.concat([Buffer.from([2, positive.length]), positive]);
  };
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  const der = Buffer.concat([Buffer.from([0x30, body.length]), body]);
  assert.equal(verify("sha256", Buffer.from(`${header}.${payload}`), new X509Certificate(CERTIFICATES.spc).publicKey, der), true);
});

test("a call signed by us passes; anything changed fails for its reason", () => {
  const good = signIdentity(claims, URL_OF, key());
  assert.equal(check(good), "passed A");
  assert.equal(check(good, { nowMs: NOW + freshS * 1000 }), "passed A");
  assert.equal(check(good, { nowMs: NOW + freshS * 1000 + 1_000 }), "not fresh");
  assert.equal(check(good, { nowMs: NOW - freshS * 1000 - 1_000 }), "not fresh");
  assert.equal(check(good, { caller: "33270000101" }), "signed for another caller");
  assert.equal(check(good, { caller: null }), "signed for another caller");
  assert.equal(check(good, { called: "33612345679" }), "signed for another callee");
  assert.equal(check(good, { certificate: () => null }), "certificate not to be had");
  assert.equal(check(good, { roots: [] }), "certificate not trusted");
  assert.equal(check(good, { certificate: () => CERTIFICATES.numbers }), "signature wrong");
  const then = Date.parse("2200-01-01");
  assert.equal(check(signIdentity({ ...claims, iat: then / 1000 }, URL_OF, key()), { nowMs: then }), "certificate not trusted"); // it has run out
  const [header = "", payload = "", signature = ""] = good.split(";")[0]!.split(".");
  const other = Buffer.from(Buffer.from(payload, "base64url").toString().replace('"A"', '"B"')).toString("base64url");
  assert.equal(check(`${header}.${other}.${signature};info=<${URL_OF}>;alg=ES256;ppt=shaken`), "signature wrong");
  // info is not what was signed
  assert.equal(check(good.replace(`info=<${URL_OF}>`, "info=<https://certs.example/other.pem>")), "PASSporT malformed");
  assert.equal(check(good.replace("ppt=shaken", "ppt=div")), "no Identity that we understand");
  assert.equal(check("rubbish"), "no Identity that we understand");
  assert.equal(verifyCaller({ identities: [], date: null, caller: "1", called: "2", roots: [], certificate: () => null, nowMs: NOW }).verified, "none");
});

test("the certificate: its chain, its authority, its numbers", () => {
  const by = (name: keyof typeof KEYS, chain: string, orig = claims.orig): string => check(signIdentity({ ...claims, orig }, URL_OF, key(name)), { certificate: () => chain, caller: orig });
  assert.equal(by("numbers", CERTIFICATES.numbers), "passed A");
  assert.equal(by("numbers", CERTIFICATES.numbers, "33612340000"), "passed A");
  assert.equal(by("numbers", CERTIFICATES.numbers, "33612349999"), "passed A");
  assert.equal(by("numbers", CERTIFICATES.numbers, "33612350000"), "certificate not for this number");
  assert.equal(by("none", CERTIFICATES.none), "certificate not for this number");
  // same name, other root
  assert.equal(by("evil", CERTIFICATES.evil), "certificate not trusted");
  assert.equal(by("evil", `${CERTIFICATES.evil}\n${CERTIFICATES.evilroot}`), "certificate not trusted");
  assert.equal(by("evil", `${CERTIFICATES.evil}\n${CERTIFICATES.root}`), "certificate not trusted");
  assert.equal(by("forged", CERTIFICATES.forged), "certificate not trusted");
  // a customer's certificate must not make others
  assert.equal(by("underleaf", `${CERTIFICATES.underleaf}\n${CERTIFICATES.spc}`), "certificate not trusted");
  assert.equal(by("spc", `${CERTIFICATES.spc}\n${CERTIFICATES.root}`), "passed A");
  assert.deepEqual(readTnAuthList(new X509Certificate(CERTIFICATES.numbers).raw), { codes: [], ranges: [{ start: "33612340000", count: 10_000 }], numbers: ["33270000100"] });
  assert.equal(readTnAuthList(new X509Certificate(CERTIFICATES.none).raw), null);
  assert.equal(speaksFor({ codes: [""], ranges: [], numbers: [] }, "331"), false);
});

test("the compact form says nothing: the call's own numbers and Date are what was signed", () => {
  const date = new Date(NOW).toUTCString();
  const compact = signIdentity({ ...claims, attest: null, origId: null }, URL_OF, key(), true);
  assert.match(compact, /^\.\.[A-Za-z0-9_-]{86};/);
  assert.equal(check(compact, { date }), "passed null");
  assert.equal(check(compact, { date, caller: "33270000101" }), "signature wrong");
  assert.equal(check(compact, { date: null }), "PASSporT malformed");
  assert.equal(check(compact, { date, nowMs: NOW + 61_000 }), "not fresh");
});

test("cut and changed Identity headers and certificates never throw", () => {
  const good = signIdentity(claims, URL_OF, key());
  for (let at = 0; at < good.length; at++) assert.notEqual(check(good.slice(0, at)), "passed A", String(at));
  const der = Buffer.from(new X509Certificate(CERTIFICATES.numbers).raw);
  for (let at = 0; at < der.length; at++) {
    readTnAuthList(der.subarray(0, at));
    const changed = Buffer.from(der);
    changed[at]! ^= 0xff;
    readTnAuthList(changed);
  }
});

test("keys: only a P-256 key that belongs to the certificate", () => {
  assert.ok(readPrivateKey(KEYS.spc, CERTIFICATES.spc));
  assert.equal(readPrivateKey(KEYS.spc, CERTIFICATES.numbers), null);
  assert.equal(readPrivateKey("rubbish", CERTIFICATES.spc), null);
  assert.equal(readPrivateKey(KEYS.spc, ""), null);
  assert.equal(readCertificates(`${CERTIFICATES.spc}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`).length, 1);
});

test("certificates are fetched only from named hosts over HTTPS, once, and kept for an hour; a miss for a minute", async () => {
  const fetched: string[] = [];
  let nowMs = NOW;
  let pem: string | null = "PEM";
  const certificates = new Certificates({ fetch: (url) => (fetched.push(url), Promise.resolve(pem)), allowedHosts: () => ["certs.example", "other.example:8443"] });
  const have = (url: string) => certificates.have(url, () => nowMs);
  for (const url of ["http://certs.example/a", "https://169.254.169.254/latest", "https://certs.example.evil.test/a", "https://certs.example:444/a", "https://u:p@certs.example/a", "file:///etc/passwd", "rubbish"]) assert.equal(have(url), null, url);
  assert.deepEqual(fetched, []);
  await Promise.all([have(URL_OF), have(URL_OF)]);
  await have("https://other.example:8443/x");
  assert.deepEqual(fetched, [URL_OF, "https://other.example:8443/x"]);
  assert.equal(certificates.here(URL_OF, nowMs), "PEM");
  assert.equal(have(URL_OF), null);
  nowMs += 3_600_001;
  assert.equal(certificates.here(URL_OF, nowMs), null);
  pem = null;
  await have(URL_OF);
  assert.equal(certificates.here(URL_OF, nowMs), null);
  assert.equal(have(URL_OF), null);
  nowMs += 60_001;
  assert.notEqual(have(URL_OF), null);
});
