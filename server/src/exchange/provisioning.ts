/**
 * Addresses that configure one softphone, once, within 24 hours. The secret in the address is 160 bits of chance; the database keeps
 * its hash, and the body (with the phone's password) sealed by a key made from the secret: what is stored opens nothing.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { renderSVG } from "uqr";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import type { Db } from "../db/db.ts";

const VALID_MS = 24 * 3_600_000;
const SECRET_CHARACTERS = 32; // 5 bits each
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a softphone must know that only the making of the seat knew; where the server is, is added when it is asked. */
export interface PhoneSettings {
  account: string;
  password: string;
  /** Shown to those who are called. */
  name: string;
  /** The extension, for people; null for a phone without one. */
  number: string | null;
}

export interface Provisioning {
  /** The secret of a new address for this phone. Older ones of the same phone end: its password has changed. */
  issue(phoneId: string, settings: PhoneSettings): Promise<string>;
  /** Does the address still work? Uses nothing up: for a page that asks before it shows. */
  waits(secret: string): Promise<boolean>;
  /** The settings, for who comes first; null for everybody after, and for what never was or has expired. */
  redeem(secret: string): Promise<PhoneSettings | null>;
}

export function createProvisioning({ db, clock, chance }: { db: Db; clock: Clock; chance: Chance }): Provisioning {
  const now = (): Date => new Date(clock.now());
  return {
    async issue(phoneId, settings) {
      const secret = newSecret(SECRET_CHARACTERS, chance);
      const nonce = chance.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", keyOf(secret), nonce);
      const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(settings), "utf8"), cipher.final(), cipher.getAuthTag()]);
      await db.transaction(async (tx) => {
        await tx.query("DELETE FROM provisioning WHERE phone_id = $1 OR expires_at <= $2", [phoneId, now()]);
        await tx.query("INSERT INTO provisioning (token_hash, phone_id, sealed, expires_at) VALUES ($1, $2, $3, $4)", [hashOf(secret), phoneId, sealed, new Date(clock.now() + VALID_MS)]);
      });
      return secret;
    },
    async waits(secret) {
      return (await db.query("SELECT 1 AS here FROM provisioning WHERE token_hash = $1 AND expires_at > $2", [hashOf(secret), now()])).length > 0;
    },
    async redeem(secret) {
      // Taken and read in one statement: of two that come at once, one gets it.
      const [row] = await db.query<{ sealed: Buffer }>("DELETE FROM provisioning WHERE token_hash = $1 AND expires_at > $2 RETURNING sealed", [hashOf(secret), now()]);
      if (!row) return null;
      const decipher = createDecipheriv("aes-256-gcm", keyOf(secret), row.sealed.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(row.sealed.subarray(-TAG_BYTES));
      const text = Buffer.concat([decipher.update(row.sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
      return JSON.parse(text) as PhoneSettings;
    },
  };
}

/** For cameras: dark on light in every theme, with the quiet zone of four modules that ISO/IEC 18004 asks for. */
export function qrOf(text: string): string {
  return renderSVG(text, { ecc: "M", border: 4 });
}

const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
const keyOf = (secret: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "", "tandem provisioning", 32));
