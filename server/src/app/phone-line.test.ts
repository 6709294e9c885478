import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "selfsigned";
import { hostForPhones, phoneLine } from "./phone-line.ts";

/** For tandem.halo.example, signed by an authority made for this test; ends in 2126. */
const SIGNED = `-----BEGIN CERTIFICATE-----
MIIBnjCCAUOgAwIBAgIUemRvpEwk0U3fbvo0uVhI+4qEzKMwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTIxMTczMDU4WhgPMjEy
NjEwMjgxNzMwNThaMB4xHDAaBgNVBAMME3RhbmRlbS5oYWxvLmV4YW1wbGUwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQbGjxwhdDWSWTjBHmAJO+PHkz1vw+cOO7z
QfOmVG1Bq5E7Z3KGCGYkX8DPBFARMhvWd6LvvWlvpHsIEMkWaMa9o2IwYDAeBgNV
HREEFzAVghN0YW5kZW0uaGFsby5leGFtcGxlMB0GA1UdDgQWBBTRFjIRDk9lGzEW
QitcXVGRop/NyTAfBgNVHSMEGDAWgBQTJsEuiJC7CIhQTmgPB0C2d495UTAKBggq
hkjOPQQDAgNJADBGAiEAiGO1JHad1zbuR9j3lp9D2secFKTGGOXYCt2h5BJMiNIC
IQCqoqldvsNiPP7toPiY5p4jB65p7ch1cJEDWFeCvd1+xw==
-----END CERTIFICATE-----
`;
const PARTS = { domain: "tandem.local", host: "192.0.2.10", ports: { tcp: 5060, tls: 5061 }, certificate: SIGNED };

test("who reached us by the name of our certificate registers over TLS, by that name", () => {
  assert.deepEqual(phoneLine(PARTS, "tandem.halo.example"), { domain: "tandem.local", host: "tandem.halo.example", port: 5061, transport: "tls" });
});

test("another name, none, no TLS, no certificate, or one of our own making: TCP to the address", async () => {
  const tcp = { domain: "tandem.local", host: "192.0.2.10", port: 5060, transport: "tcp" };
  const made = await generate([{ name: "commonName", value: "tandem.halo.example" }], { keyType: "ec", extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "tandem.halo.example" }] }] });
  for (const [parts, name] of [[PARTS, "evil.example"], [PARTS, "192.0.2.10"], [PARTS, null], [{ ...PARTS, ports: { tcp: 5060, tls: 0 } }, "tandem.halo.example"], [{ ...PARTS, certificate: null }, "tandem.halo.example"], [{ ...PARTS, certificate: made.cert }, "tandem.halo.example"]] as const)
    assert.deepEqual(phoneLine(parts, name), tcp, String(name));
});

test("telephones are told the advertised address, else the one listened on, else the machine's own", () => {
  assert.equal(hostForPhones({ host: "0.0.0.0", advertisedHost: "203.0.113.5" }, 0), "203.0.113.5");
  assert.equal(hostForPhones({ host: "192.0.2.7", advertisedHost: null }, 0), "192.0.2.7");
  assert.match(hostForPhones({ host: "0.0.0.0", advertisedHost: null }, 0), /^\d+\.\d+\.\d+\.\d+$/);
});
