/** Secrets at rest: AES-256-GCM under a key that lies beside the database, not in it, so that a stolen copy of the one is worth nothing. */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import type { Chance } from "../base/chance.ts";

export interface Seal {
  /** `about` binds the secret to its row: it opens nowhere else. */
  close(secret: string, about: string): string;
  /** Null when it was not sealed with this key for that row. */
  open(sealed: string, about: string): string | null;
  /** A name that only we can know, the same for the life of the key: 80 bits. */
  secretName(about: string): string;
}

const nonceBytes = 12;
const tagBytes = 16;

/** `key`: 32 bytes. */
export function createSeal(key: Uint8Array, chance: Chance): Seal {
  return {
    secretName: (about) => createHmac("sha256", key).update(`name:${about}`).digest("hex").slice(0, 20),
    close(secret, about) {
      const nonce = chance.bytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, "base64");
      if (bytes.length < nonceBytes + tagBytes) return null;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(about));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return null; // another key or row: the caller says what that means
      }
    },
  };
}
