/** DTLS 1.2 on the wire (RFC 6347, RFC 5246): records, handshake fragments and the few messages that a server reads and writes. */

export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;

export const HANDSHAKE = {
  clientHello: 1,
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export const DTLS_1_2 = 0xfefd;
export const ECDHE_ECDSA_AES128_GCM_SHA256 = 0xc02b;
export const P256 = 23;
export const ECDSA_P256_SHA256 = 0x0403;
export const RSA_PKCS1_SHA256 = 0x0401;
export const SRTP_AES128_CM_SHA1_80 = 0x0001;
const EXT = { groups: 10, pointFormats: 11, useSrtp: 14, extendedMasterSecret: 23, renegotiationInfo: 0xff01 } as const;

/** Attack: a handshake message that claims megabytes. A chain of RSA certificates stays below this. */
export const MAX_HANDSHAKE_BYTES = 16 * 1024;

export interface DtlsRecord {
  type: number;
  version: number;
  epoch: number;
  /** Epoch and sequence number, 8 octets, as the cipher wants them. */
  number: Buffer;
  body: Buffer;
}

/** The records of a datagram; stops at the first that is cut short. */
export function readRecords(bytes: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  for (let at = 0; at + 13 <= bytes.length; ) {
    const end = at + 13 + bytes.readUInt16BE(at + 11);
    if (end > bytes.length) break;
    records.push({
      type: bytes[at]!,
      version: bytes.readUInt16BE(at + 1),
      epoch: bytes.readUInt16BE(at + 3),
      number: bytes.subarray(at + 3, at + 11),
      body: bytes.subarray(at + 13, end),
    });
    at = end;
  }
  return records;
}

export function writeRecord(type: number, epoch: number, sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head[0] = type;
  head.writeUInt16BE(DTLS_1_2, 1);
  head.writeUInt16BE(epoch, 3);
  head.writeUIntBE(sequence, 5, 6);
  head.writeUInt16BE(body.length, 11);
  return Buffer.concat([head, body]);
}

export interface Fragment {
  type: number;
  length: number;
  messageSeq: number;
  offset: number;
  body: Buffer;
}

/** The handshake fragments of a record; null when malformed. */
export function readFragments(body: Buffer): Fragment[] | null {
  const fragments: Fragment[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + 12 > body.length) return null;
    const length = body.readUIntBE(at + 1, 3);
    const offset = body.readUIntBE(at + 6, 3);
    const size = body.readUIntBE(at + 9, 3);
    if (at + 12 + size > body.length || offset + size > length || length > MAX_HANDSHAKE_BYTES) return null;
    fragments.push({ type: body[at]!, length, messageSeq: body.readUInt16BE(at + 4), offset, body: body.subarray(at + 12, at + 12 + size) });
    at += 12 + size;
  }
  return fragments;
}

/** A whole message with its header as one fragment: what is sent, and what the transcript hashes. */
export function writeHandshake(type: number, messageSeq: number, body: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head[0] = type;
  head.writeUIntBE(body.length, 1, 3);
  head.writeUInt16BE(messageSeq, 4);
  head.writeUIntBE(body.length, 9, 3);
  return Buffer.concat([head, body]);
}

export interface ClientHello {
  random: Buffer;
  pointFormats: boolean;
}

/** Checks that the client can do the one set that we do; else says what is missing. */
export function readClientHello(body: Buffer): { ok: true; hello: ClientHello } | { ok: false; why: string } {
  const reader = new Reader(body);
  reader.take(2); // legacy_version: DTLS 1.3 clients say 1.2 here too
  const random = reader.take(32);
  reader.vector(1);
  reader.vector(1);
  const suites = u16s(reader.vector(2));
  reader.vector(1);
  const extensions = new Reader(reader.vector(2));
  if (reader.failed) return { ok: false, why: "malformed ClientHello" };
  let groups: number[] = [];
  let profiles: number[] = [];
  let pointFormats = false;
  let extendedMasterSecret = false;
  while (extensions.left > 0) {
    const type = extensions.u16();
    const data = new Reader(extensions.vector(2));
    if (extensions.failed) return { ok: false, why: "malformed extensions" };
    if (type === EXT.groups) groups = u16s(data.vector(2));
    else if (type === EXT.useSrtp) profiles = u16s(data.vector(2));
    else if (type === EXT.pointFormats) pointFormats = true;
    else if (type === EXT.extendedMasterSecret) extendedMasterSecret = true;
  }
  if (!suites.includes(ECDHE_ECDSA_AES128_GCM_SHA256)) return { ok: false, why: "no TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" };
  if (!groups.includes(P256)) return { ok: false, why: "no P-256" };
  if (!profiles.includes(SRTP_AES128_CM_SHA1_80)) return { ok: false, why: "no SRTP_AES128_CM_HMAC_SHA1_80" };
  // RFC 7627: without it a man in the middle can make two sessions share their keys. Every browser has it.
  if (!extendedMasterSecret) return { ok: false, why: "no extended master secret" };
  return { ok: true, hello: { random, pointFormats } };
}

export function writeServerHello(random: Buffer, pointFormats: boolean): Buffer {
  const extensions = [
    extension(EXT.extendedMasterSecret, Buffer.alloc(0)),
    extension(EXT.renegotiationInfo, Buffer.of(0)),
    extension(EXT.useSrtp, Buffer.of(0, 2, SRTP_AES128_CM_SHA1_80 >> 8, SRTP_AES128_CM_SHA1_80 & 255, 0)),
  ];
  if (pointFormats) extensions.push(extension(EXT.pointFormats, Buffer.of(1, 0)));
  return Buffer.concat([u16(DTLS_1_2), random, Buffer.of(0), u16(ECDHE_ECDSA_AES128_GCM_SHA256), Buffer.of(0), vector(2, Buffer.concat(extensions))]);
}

export function writeCertificate(der: Uint8Array): Buffer {
  return vector(3, vector(3, Buffer.from(der)));
}

/** The first certificate of the chain, or null. */
export function readCertificate(body: Buffer): Buffer | null {
  const reader = new Reader(new Reader(body).vector(3));
  const certificate = reader.vector(3);
  return reader.failed || certificate.length === 0 ? null : certificate;
}

export function writeEcdhParameters(publicKey: Buffer): Buffer {
  return Buffer.concat([Buffer.of(3), u16(P256), vector(1, publicKey)]);
}

export function writeSignature(scheme: number, signature: Buffer): Buffer {
  return Buffer.concat([u16(scheme), vector(2, signature)]);
}

export function writeCertificateRequest(): Buffer {
  const schemes = vector(2, Buffer.concat([u16(ECDSA_P256_SHA256), u16(RSA_PKCS1_SHA256)]));
  return Buffer.concat([vector(1, Buffer.of(64, 1)), schemes, u16(0)]);
}

export function readClientKeyExchange(body: Buffer): Buffer | null {
  const reader = new Reader(body);
  const point = reader.vector(1);
  return reader.failed || point.length !== 65 ? null : point;
}

export function readCertificateVerify(body: Buffer): { scheme: number; signature: Buffer } | null {
  const reader = new Reader(body);
  const scheme = reader.u16();
  const signature = reader.vector(2);
  return reader.failed ? null : { scheme, signature };
}

class Reader {
  #bytes: Buffer;
  #at = 0;
  failed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.failed ? 0 : this.#bytes.length - this.#at;
  }

  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) this.failed = true;
    if (this.failed) return Buffer.alloc(0);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  u16(): number {
    const bytes = this.take(2);
    return this.failed ? 0 : bytes.readUInt16BE(0);
  }

  /** What follows a length of `lengthBytes` octets. */
  vector(lengthBytes: number): Buffer {
    const length = this.take(lengthBytes);
    return this.failed ? Buffer.alloc(0) : this.take(length.readUIntBE(0, lengthBytes));
  }
}

function u16s(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readUInt16BE(2 * i));
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function vector(lengthBytes: number, content: Buffer): Buffer {
  const head = Buffer.alloc(lengthBytes);
  head.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([head, content]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([u16(type), vector(2, content)]);
}
