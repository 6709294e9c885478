/** The self-signed certificate that names us in DTLS: fresh at every start, trusted only by its fingerprint in the SDP. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { Chance } from "../base/chance.ts";

const DAY_MS = 86_400_000;

export interface Certificate {
  der: Uint8Array;
  key: KeyObject;
  fingerprint: string;
}

/** Upper-case hex pairs with colons (RFC 8122). */
export function sha256Fingerprint(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex").toUpperCase().replace(/(..)(?!$)/g, "$1:");
}

/** X.509 v3 on P-256, valid from yesterday (peers' clocks differ) for two years. */
export function makeCertificate(nowMs: number, chance: Chance): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const name = der(0x30, der(0x31, der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from("tandem")))));
  const serial = Buffer.from(chance.bytes(8));
  serial[0] = (serial[0]! & 0x7f) | 0x40; // positive and of full length
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    name,
    der(0x30, utcTime(nowMs - DAY_MS), utcTime(nowMs + 730 * DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  return { der: certificate, key: privateKey, fingerprint: sha256Fingerprint(certificate) };
}

function utcTime(ms: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
