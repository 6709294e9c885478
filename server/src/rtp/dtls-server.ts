/**
 * DTLS 1.2 server for DTLS-SRTP (RFC 6347, RFC 5764), no more than browsers need: one suite, P-256, client certificate
 * required and its signature checked, both Finished checked, no renegotiation, no resumption. Bytes and time in, bytes out.
 * No cookie exchange: ICE has already proved the address that a hello comes from.
 */
import { createECDH, createHash, sign, timingSafeEqual, verify, X509Certificate, type ECDH } from "node:crypto";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { makeCertificate, sha256Fingerprint, type Certificate } from "./dtls-certificate.ts";
import { DtlsKeys } from "./dtls-keys.ts";
import {
  CONTENT,
  ECDSA_P256_SHA256,
  HANDSHAKE,
  readCertificate,
  readCertificateVerify,
  readClientHello,
  readClientKeyExchange,
  readFragments,
  readRecords,
  RSA_PKCS1_SHA256,
  writeCertificate,
  writeCertificateRequest,
  writeEcdhParameters,
  writeHandshake,
  writeRecord,
  writeServerHello,
  writeSignature,
  type DtlsRecord,
  type Fragment,
} from "./dtls-messages.ts";
import type { DtlsPort, DtlsSession } from "./media-ports.ts";

/** First wait before a flight is sent again; doubles (RFC 6347 section 4.2.4 says 1 s, and allows less on known links). */
const FIRST_RETRANSMIT_MS = 400;
const MAX_RETRANSMIT_MS = 6400;
/** A handshake that takes longer has failed. */
const HANDSHAKE_MS = 30_000;
/** Attack: fragments of many messages, never completed. A client's flight has five messages. */
const MAX_MESSAGES_AHEAD = 6;
const MAX_DATAGRAM_BYTES = 1200;

type Handlers = Parameters<DtlsPort["open"]>[0];

export function createDtlsPort(clock: Clock, chance: Chance): DtlsPort {
  const certificate = makeCertificate(clock.now(), chance);
  return {
    fingerprint: certificate.fingerprint,
    open: (handlers) => new DtlsServer(certificate, clock, chance, handlers),
  };
}

interface Assembly {
  type: number;
  body: Buffer;
  /** Octets present, one flag each. */
  present: Uint8Array;
  missing: number;
}

type State = "hello" | "certificate" | "keyExchange" | "verify" | "finished" | "connected" | "dead";

class DtlsServer implements DtlsSession {
  #certificate: Certificate;
  #clock: Clock;
  #chance: Chance;
  #handlers: Handlers;
  #state: State = "hello";
  #transcript: Buffer[] = [];
  #nextReceive = 0;
  #nextSend = 0;
  #assemblies = new Map<number, Assembly>();
  #recordSequence = [0, 0];
  /** The flight to repeat: records' type, epoch and plain body. */
  #flight: { type: number; epoch: number; body: Buffer }[] = [];
  #cancelTimer: (() => void) | null = null;
  #startedMs = -1;
  #clientRandom: Buffer = Buffer.alloc(0);
  #serverRandom: Buffer = Buffer.alloc(0);
  #ecdh: ECDH | null = null;
  #peer: X509Certificate | null = null;
  #peerFingerprint = "";
  #keys: DtlsKeys | null = null;

  constructor(certificate: Certificate, clock: Clock, chance: Chance, handlers: Handlers) {
    this.#certificate = certificate;
    this.#clock = clock;
    this.#chance = chance;
    this.#handlers = handlers;
  }

  receive(bytes: Uint8Array): void {
    for (const record of readRecords(Buffer.from(bytes))) {
      if (this.#state === "dead") return;
      this.#record(record);
    }
  }

  close(): void {
    if (this.#state === "connected") this.#send([{ type: CONTENT.alert, epoch: 1, body: Buffer.of(1, 0) }]);
    this.#die();
  }

  #die(): void {
    this.#state = "dead";
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#assemblies.clear();
  }

  #fail(why: string, alert: number): void {
    const epoch = this.#state === "connected" ? 1 : 0;
    this.#send([{ type: CONTENT.alert, epoch, body: Buffer.of(2, alert) }]);
    this.#die();
    this.#handlers.failed(why);
  }

  #record(record: DtlsRecord): void {
    let { body } = record;
    if (record.epoch === 1) {
      // A Finished that overtook the key exchange comes again with the client's next try.
      const plain = this.#keys?.open(record.type, record.number, record.body);
      if (!plain) return;
      body = plain;
    } else if (record.epoch !== 0 || this.#state === "connected") {
      return; // after the handshake nothing unauthenticated is heard
    }
    if (record.type === CONTENT.alert) this.#alert(body, record.epoch);
    else if (record.type === CONTENT.handshake) this.#fragments(body, record.epoch);
  }

  #alert(body: Buffer, epoch: number): void {
    const fatal = body[0] === 2;
    if (body.length < 2 || (!fatal && body[1] !== 0)) return;
    const wasConnected = this.#state === "connected" && epoch === 1;
    this.#die();
    // a page that hangs up over its handshake closes, too: nothing has failed
    if (wasConnected || !fatal) this.#handlers.closed();
    else this.#handlers.failed(`alert ${body[1]} from the peer`);
  }

  #fragments(body: Buffer, epoch: number): void {
    const fragments = readFragments(body);
    if (!fragments) return;
    for (const fragment of fragments) {
      if (fragment.messageSeq < this.#nextReceive) {
        // Something already answered: the last of its flight again asks for our flight again.
        if (fragment.messageSeq === this.#nextReceive - 1 && this.#flight.length > 0 && fragment.offset === 0) this.#send(this.#flight);
        continue;
      }
      if (this.#state !== "connected" && fragment.messageSeq < this.#nextReceive + MAX_MESSAGES_AHEAD) this.#assemble(fragment);
    }
    for (;;) {
      const next = this.#assemblies.get(this.#nextReceive);
      if (!next || next.missing > 0 || this.#state === "dead") return;
      // Finished alone travels encrypted, and it must.
      if ((next.type === HANDSHAKE.finished) !== (epoch === 1)) return;
      this.#assemblies.delete(this.#nextReceive);
      const whole = writeHandshake(next.type, this.#nextReceive, next.body);
      this.#nextReceive++;
      this.#message(next.type, next.body, whole);
    }
  }

  #assemble(fragment: Fragment): void {
    let assembly = this.#assemblies.get(fragment.messageSeq);
    if (!assembly) {
      assembly = { type: fragment.type, body: Buffer.alloc(fragment.length), present: new Uint8Array(fragment.length), missing: fragment.length };
      this.#assemblies.set(fragment.messageSeq, assembly);
    }
    if (assembly.type !== fragment.type || assembly.body.length !== fragment.length) return;
    for (let i = 0; i < fragment.body.length; i++) {
      const at = fragment.offset + i;
      if (assembly.present[at]) continue;
      assembly.present[at] = 1;
      assembly.body[at] = fragment.body[i]!;
      assembly.missing--;
    }
  }

  #message(type: number, body: Buffer, whole: Buffer): void {
    switch (this.#state) {
      case "hello":
        return type === HANDSHAKE.clientHello ? this.#clientHello(body, whole) : this.#unexpected(type);
      case "certificate":
        return type === HANDSHAKE.certificate ? this.#clientCertificate(body, whole) : this.#unexpected(type);
      case "keyExchange":
        return type === HANDSHAKE.clientKeyExchange ? this.#clientKeyExchange(body, whole) : this.#unexpected(type);
      case "verify":
        return type === HANDSHAKE.certificateVerify ? this.#certificateVerify(body, whole) : this.#unexpected(type);
      case "finished":
        return type === HANDSHAKE.finished ? this.#finished(body, whole) : this.#unexpected(type);
      default:
        return;
    }
  }

  #unexpected(type: number): void {
    this.#fail(`handshake message ${type} while waiting for ${this.#state}`, 10);
  }

  #clientHello(body: Buffer, whole: Buffer): void {
    const read = readClientHello(body);
    if (!read.ok) return this.#fail(read.why, 40);
    this.#startedMs = this.#clock.now();
    this.#clientRandom = Buffer.from(read.hello.random);
    this.#serverRandom = Buffer.from(this.#chance.bytes(32));
    this.#transcript.push(whole);
    this.#ecdh = createECDH("prime256v1");
    const parameters = writeEcdhParameters(this.#ecdh.generateKeys());
    const signature = sign("sha256", Buffer.concat([this.#clientRandom, this.#serverRandom, parameters]), this.#certificate.key);
    this.#state = "certificate";
    this.#newFlight([
      this.#ours(HANDSHAKE.serverHello, writeServerHello(this.#serverRandom, read.hello.pointFormats)),
      this.#ours(HANDSHAKE.certificate, writeCertificate(this.#certificate.der)),
      this.#ours(HANDSHAKE.serverKeyExchange, Buffer.concat([parameters, writeSignature(ECDSA_P256_SHA256, signature)])),
      this.#ours(HANDSHAKE.certificateRequest, writeCertificateRequest()),
      this.#ours(HANDSHAKE.serverHelloDone, Buffer.alloc(0)),
    ]);
    this.#retransmitLater(FIRST_RETRANSMIT_MS);
  }

  #clientCertificate(body: Buffer, whole: Buffer): void {
    const der = readCertificate(body);
    if (!der) return this.#fail("no client certificate", 42);
    try {
      this.#peer = new X509Certificate(der);
    } catch {
      return this.#fail("unreadable client certificate", 42); // X509Certificate has no other way to say so
    }
    this.#peerFingerprint = sha256Fingerprint(der);
    this.#transcript.push(whole);
    this.#state = "keyExchange";
  }

  #clientKeyExchange(body: Buffer, whole: Buffer): void {
    const point = readClientKeyExchange(body);
    if (!point) return this.#fail("malformed ClientKeyExchange", 50);
    this.#transcript.push(whole);
    let premaster: Buffer;
    try {
      premaster = this.#ecdh!.computeSecret(point);
    } catch {
      return this.#fail("the client's point is not on the curve", 47);
    }
    this.#keys = new DtlsKeys(premaster, this.#hash(), this.#clientRandom, this.#serverRandom);
    this.#state = "verify";
  }

  #certificateVerify(body: Buffer, whole: Buffer): void {
    const read = readCertificateVerify(body);
    if (!read || (read.scheme !== ECDSA_P256_SHA256 && read.scheme !== RSA_PKCS1_SHA256)) return this.#fail("malformed CertificateVerify", 50);
    const key = this.#peer!.publicKey;
    const fits = key.asymmetricKeyType === (read.scheme === ECDSA_P256_SHA256 ? "ec" : "rsa");
    if (!fits || !verify("sha256", Buffer.concat(this.#transcript), key, read.signature)) {
      return this.#fail("the client does not hold its certificate's key", 51);
    }
    this.#transcript.push(whole);
    this.#state = "finished";
  }

  #finished(body: Buffer, whole: Buffer): void {
    const keys = this.#keys!;
    const expected = keys.verifyData("client finished", this.#hash());
    if (body.length !== expected.length || !timingSafeEqual(body, expected)) return this.#fail("wrong Finished", 51);
    this.#transcript.push(whole);
    const finished = this.#ours(HANDSHAKE.finished, keys.verifyData("server finished", this.#hash()));
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#state = "connected";
    this.#flight = [
      { type: CONTENT.changeCipherSpec, epoch: 0, body: Buffer.of(1) },
      { type: CONTENT.handshake, epoch: 1, body: finished },
    ];
    this.#send(this.#flight);
    this.#transcript = [];
    this.#handlers.connected(keys.srtp(), this.#peerFingerprint);
  }

  #hash(): Buffer {
    const hash = createHash("sha256");
    for (const message of this.#transcript) hash.update(message);
    return hash.digest();
  }

  #ours(type: number, body: Buffer): Buffer {
    const whole = writeHandshake(type, this.#nextSend++, body);
    this.#transcript.push(whole);
    return whole;
  }

  #newFlight(messages: readonly Buffer[]): void {
    this.#flight = messages.map((body) => ({ type: CONTENT.handshake, epoch: 0, body }));
    this.#send(this.#flight);
  }

  #retransmitLater(waitMs: number): void {
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      if (this.#clock.now() - this.#startedMs > HANDSHAKE_MS) return this.#fail("handshake timed out", 80);
      this.#send(this.#flight);
      this.#retransmitLater(Math.min(waitMs * 2, MAX_RETRANSMIT_MS));
    });
  }

  /** As few datagrams as fit; every record gets a new number, also when it is sent again. */
  #send(records: readonly { type: number; epoch: number; body: Buffer }[]): void {
    let datagram: Buffer = Buffer.alloc(0);
    for (const { type, epoch, body } of records) {
      const sequence = this.#recordSequence[epoch]!++;
      let sealed = body;
      if (epoch === 1) {
        const number = Buffer.alloc(8);
        number.writeUInt16BE(1, 0);
        number.writeUIntBE(sequence, 2, 6);
        sealed = this.#keys!.seal(type, number, body);
      }
      const record = writeRecord(type, epoch, sequence, sealed);
      if (datagram.length > 0 && datagram.length + record.length > MAX_DATAGRAM_BYTES) {
        this.#handlers.send(datagram);
        datagram = Buffer.alloc(0);
      }
      datagram = Buffer.concat([datagram, record]);
    }
    if (datagram.length > 0) this.#handlers.send(datagram);
  }
}
