/** The key schedule of TLS 1.2 (RFC 5246 sections 5, 6.3, 8; RFC 7627; RFC 5705) and its AES-GCM records (RFC 5288). */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import type { SrtpKeys } from "./media-ports.ts";
import { DTLS_1_2 } from "./dtls-messages.ts";

const TAG_BYTES = 16;
const EXPLICIT_BYTES = 8;

export function prf(secret: Buffer, label: string, seed: Buffer, bytes: number): Buffer {
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  let a = labelled;
  let out = Buffer.alloc(0);
  while (out.length < bytes) {
    a = createHmac("sha256", secret).update(a).digest();
    out = Buffer.concat([out, createHmac("sha256", secret).update(a).update(labelled).digest()]);
  }
  return out.subarray(0, bytes);
}

export class DtlsKeys {
  #master: Buffer;
  #clientRandom: Buffer;
  #serverRandom: Buffer;
  #clientKey: Buffer;
  #serverKey: Buffer;
  #clientIv: Buffer;
  #serverIv: Buffer;

  /** `sessionHash`: SHA-256 of the transcript up to and with ClientKeyExchange. */
  constructor(premaster: Buffer, sessionHash: Buffer, clientRandom: Buffer, serverRandom: Buffer) {
    this.#master = prf(premaster, "extended master secret", sessionHash, 48);
    this.#clientRandom = clientRandom;
    this.#serverRandom = serverRandom;
    const block = prf(this.#master, "key expansion", Buffer.concat([serverRandom, clientRandom]), 40);
    this.#clientKey = block.subarray(0, 16);
    this.#serverKey = block.subarray(16, 32);
    this.#clientIv = block.subarray(32, 36);
    this.#serverIv = block.subarray(36, 40);
  }

  verifyData(label: "client finished" | "server finished", transcriptHash: Buffer): Buffer {
    return prf(this.#master, label, transcriptHash, 12);
  }

  /** RFC 5764 section 4.2, as seen by the server. */
  srtp(): SrtpKeys {
    const material = prf(this.#master, "EXTRACTOR-dtls_srtp", Buffer.concat([this.#clientRandom, this.#serverRandom]), 60);
    return {
      remoteKey: material.subarray(0, 16),
      localKey: material.subarray(16, 32),
      remoteSalt: material.subarray(32, 46),
      localSalt: material.subarray(46, 60),
    };
  }

  /** Body of an epoch-1 record of ours; `number` is its epoch and sequence. */
  seal(type: number, number: Buffer, plain: Buffer): Buffer {
    const cipher = createCipheriv("aes-128-gcm", this.#serverKey, Buffer.concat([this.#serverIv, number]));
    cipher.setAAD(additional(number, type, plain.length));
    return Buffer.concat([number, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Plain text of a client's record, or null when it is not authentic. */
  open(type: number, number: Buffer, body: Buffer): Buffer | null {
    const size = body.length - EXPLICIT_BYTES - TAG_BYTES;
    if (size < 0) return null;
    const nonce = Buffer.concat([this.#clientIv, body.subarray(0, EXPLICIT_BYTES)]);
    const decipher = createDecipheriv("aes-128-gcm", this.#clientKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additional(number, type, size));
    decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
    const plain = decipher.update(body.subarray(EXPLICIT_BYTES, EXPLICIT_BYTES + size));
    try {
      decipher.final();
    } catch {
      return null; // `final` throws for a wrong tag: an answer, not an accident
    }
    return plain;
  }
}

function additional(number: Buffer, type: number, length: number): Buffer {
  return Buffer.concat([number, Buffer.of(type, DTLS_1_2 >> 8, DTLS_1_2 & 255, length >> 8, length & 255)]);
}
