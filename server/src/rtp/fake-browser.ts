/**
 * Test and bench aid: the far end of a WebRTC leg without a browser. Full ICE (it sends the checks), DTLS by werift's client (another's
 * code), SRTP. Knows no sockets: bytes go out by `send`, come in by `receive`.
 */
import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import { DtlsClient, HashAlgorithm, SignatureAlgorithm, type Transport } from "werift";
import type { Chance } from "../base/chance.ts";
import { makeCertificate } from "./dtls-certificate.ts";
import { SrtpDirection } from "./srtp.ts";

export interface BrowserIdentity {
  cert: string;
  key: string;
  fingerprint: string;
}

export function browserIdentity(nowMs: number, chance: Chance): BrowserIdentity {
  const made = makeCertificate(nowMs, chance);
  const body = Buffer.from(made.der).toString("base64").replace(/(.{64})/g, "$1\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    key: made.key.export({ type: "pkcs8", format: "pem" }).toString(),
    fingerprint: made.fingerprint,
  };
}

export class FakeBrowser {
  readonly ufrag = "brow";
  readonly password = "browserbrowserbrowser24";
  readonly identity: BrowserIdentity;
  readonly connected: Promise<void>;
  #send: (bytes: Uint8Array) => void;
  #remote: { ufrag: string; password: string } | null = null;
  #client: DtlsClient;
  #onData: (bytes: Buffer) => void = () => {};
  #inbound: SrtpDirection | null = null;
  #outbound: SrtpDirection | null = null;
  #started = false;
  #transaction = 0;
  /** Valid answers to our checks. */
  checksAnswered = 0;
  /** An RTP packet, decrypted. */
  onRtp: (bytes: Uint8Array, end: number) => void = () => {};

  constructor(identity: BrowserIdentity, send: (bytes: Uint8Array) => void) {
    this.identity = identity;
    this.#send = send;
    const transport: Transport = {
      type: "fake",
      address: { address: "", family: "IPv4", port: 0 } as never,
      closed: false,
      onData: () => {},
      send: (bytes) => {
        this.#send(bytes);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    this.#onData = (bytes) => transport.onData(bytes, ["", 0]);
    this.#client = new DtlsClient({
      transport,
      cert: identity.cert,
      key: identity.key,
      signatureHash: { hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 },
      srtpProfiles: [1],
      extendedMasterSecret: true,
      certificateRequest: true,
    });
    this.connected = new Promise((done) => {
      this.#client.onConnect.once(() => {
        const { localKey, localSalt, remoteKey, remoteSalt } = this.#client.extractSessionKeys(16, 14);
        this.#outbound = new SrtpDirection(localKey, localSalt);
        this.#inbound = new SrtpDirection(remoteKey, remoteSalt);
        done();
      });
    });
  }

  get ready(): boolean {
    return this.#outbound !== null;
  }

  /** An offer or an answer of ours (`setup` tells which). */
  sdp(setup: "actpass" | "active", direction = "sendrecv"): string {
    return [
      "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 8 126", "c=IN IP4 0.0.0.0", "a=rtcp-mux", "a=mid:0", `a=${direction}`,
      `a=ice-ufrag:${this.ufrag}`, `a=ice-pwd:${this.password}`, `a=fingerprint:sha-256 ${this.identity.fingerprint}`, `a=setup:${setup}`,
      "a=rtpmap:8 PCMA/8000", "a=rtpmap:126 telephone-event/8000", "",
    ].join("\r\n");
  }

  /** Takes the engine's credentials and begins: a check, and with its answer the handshake. */
  start(engineSdp: string): void {
    this.#remote = { ufrag: /a=ice-ufrag:(\S+)/.exec(engineSdp)![1]!, password: /a=ice-pwd:(\S+)/.exec(engineSdp)![1]! };
    this.check();
  }

  check(): void {
    const { ufrag, password } = this.#remote!;
    const name = Buffer.from(`${ufrag}:${this.ufrag}`);
    const header = Buffer.alloc(20);
    header.writeUInt16BE(1, 0);
    header.writeUInt32BE(0x2112a442, 4);
    header.writeUInt32BE(++this.#transaction, 16);
    const attribute = (type: number, value: Buffer): Buffer => {
      const head = Buffer.alloc(4);
      head.writeUInt16BE(type, 0);
      head.writeUInt16BE(value.length, 2);
      return Buffer.concat([head, value, Buffer.alloc((4 - (value.length & 3)) & 3)]);
    };
    let message = Buffer.concat([header, attribute(0x06, name), attribute(0x25, Buffer.alloc(0))]);
    message.writeUInt16BE(message.length - 20 + 24, 2);
    message = Buffer.concat([message, attribute(0x08, createHmac("sha1", password).update(message).digest())]);
    message.writeUInt16BE(message.length - 20 + 8, 2);
    const print = Buffer.alloc(4);
    print.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0);
    this.#send(Buffer.concat([message, attribute(0x8028, print)]));
  }

  receive(bytes: Uint8Array): void {
    const first = bytes[0]!;
    if (first < 4) {
      if (first === 1) this.checksAnswered++;
      this.shakeHands();
    } else if (first >= 20 && first <= 63) {
      this.#onData(Buffer.from(bytes));
    } else if (this.#inbound && first >= 128 && bytes[1]! < 192 + 8) {
      const end = this.#inbound.unprotect(bytes, bytes.length);
      if (end > 0) this.onRtp(bytes, end);
    }
  }

  shakeHands(): void {
    if (this.#started) return;
    this.#started = true;
    // Its repeats run on real timers; whether it worked shows in `connected`.
    this.#client.connect().catch((error: unknown) => {
      if (!/retransmit/.test(String(error))) throw error;
    });
  }

  /** Encrypts and sends the packet at `bytes[0, end)`; needs 14 octets of room behind. */
  sendRtp(bytes: Uint8Array, end: number): void {
    const protectedEnd = this.#outbound!.protect(bytes, 0, end);
    if (protectedEnd > 0) this.#send(bytes.subarray(0, protectedEnd));
  }

  /** Lets werift's timers end. */
  stop(): void {
    this.#client.dtls.flight = 99;
  }
}
