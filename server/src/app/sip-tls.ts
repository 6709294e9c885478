/** TLS for SIP (RFC 3261 section 26, RFC 5922): versions 1.2 and 1.3 only; a certificate that changes while we run; peers checked by name. */
import { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { connect, createServer, getCACertificates, type DetailedPeerCertificate, type PeerCertificate, type Server, type TLSSocket } from "node:tls";
import type { Log } from "../base/log.ts";
import { plain } from "./own-address.ts";
import type { Certificates } from "./tls.ts";

/** A handshake may take this long. Attack: connections that stop in the middle of it. */
const handshakeMs = 5_000;
/** Handshakes at a time. Attack: a flood of them, each of which costs a signature. */
const maxHandshakes = 500;
/** The same from one address. Attack: one host keeps everybody else from connecting. An office whose power comes back must still fit. */
const maxHandshakesPerSource = 100;

/** RFC 8996: TLS 1.0 and 1.1 are not to be spoken any more. */
const MIN_VERSION = "TLSv1.2";

export interface SipTls {
  /** 0 = any. */
  port: number;
  certificates: Certificates;
  /** PEM of private authorities that sign the certificates of peers, beside the public ones. */
  trust: string | null;
}

/** What the settings of a server mean for SIP: null without a certificate. */
export function sipTlsOf(options: { tls: Certificates | null; sipTlsPort?: number; tlsTrust?: string | null }): SipTls | null {
  const { tls, sipTlsPort, tlsTrust } = options;
  return tls && sipTlsPort !== undefined ? { port: sipTlsPort, certificates: tls, trust: tlsTrust ?? null } : null;
}

/** The listener. */
export class SipTlsServer {
  readonly #tls: SipTls;
  readonly #log: Log;
  readonly #admit: (address: string) => boolean;
  readonly #server: Server;
  /** Remote address and port of each connection in its handshake. */
  readonly #handshakes = new Set<string>();
  readonly #perSource = new Map<string, number>();

  constructor(tls: SipTls, log: Log, admit: (address: string) => boolean, accepted: (socket: TLSSocket) => void) {
    this.#tls = tls;
    this.#log = log;
    this.#admit = admit;
    this.#server = createServer({ ...tls.certificates.current, minVersion: MIN_VERSION, handshakeTimeout: handshakeMs }, accepted);
    this.#server.prependListener("connection", (socket: Socket) => this.#count(socket));
    this.#server.on("secureConnection", (socket) => this.#settle(socket.remoteAddress ?? "", socket.remotePort));
    this.#server.on("tlsClientError", (error) => log.debug({ error: error.message }, "SIP TLS handshake"));
    tls.certificates.onChange((current) => this.#server.setSecureContext({ ...current, minVersion: MIN_VERSION }));
  }

  /** The port. */
  async open(host: string): Promise<number> {
    const { port } = this.#tls;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(Object.assign(error, { transport: "tls", port })));
      this.#server.listen(port, host, resolve);
    });
    this.#server.removeAllListeners("error");
    this.#server.on("error", (error) => this.#log.error({ error: error.message }, "SIP TLS server"));
    const at = this.#server.address();
    return at !== null && typeof at === "object" ? at.port : port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #count(socket: Socket): void {
    const { remoteAddress: source = "", remotePort } = socket;
    const own = this.#perSource.get(source) ?? 0;
    if (this.#handshakes.size >= maxHandshakes || own >= maxHandshakesPerSource || !this.#admit(plain(source))) {
      socket.destroy();
      return;
    }
    this.#handshakes.add(`${source} ${remotePort}`);
    this.#perSource.set(source, own + 1);
    socket.once("close", () => this.#settle(source, remotePort));
  }

  #settle(source: string, port: number | undefined): void {
    if (!this.#handshakes.delete(`${source} ${port}`)) return;
    const left = (this.#perSource.get(source) ?? 1) - 1;
    if (left > 0) this.#perSource.set(source, left);
    else this.#perSource.delete(source);
  }
}

/** A connection of ours to `host`, whose certificate must be one of `name` (the domain of the URI, before any DNS). */
export function connectTls(tls: SipTls, host: string, port: number, name: string): TLSSocket {
  return connect({
    host, port, minVersion: MIN_VERSION, ...tls.certificates.current,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(tls.trust === null ? {} : { ca: [...getCACertificates("default"), tls.trust] }),
    checkServerIdentity: (_, certificate) => wrongIdentity(name, certificate),
  });
}

/**
 * RFC 5922 section 7: the SIP identities of a certificate are its `sip:` URIs, else its DNS names; a wildcard is none. An address is
 * found among its addresses. Undefined when `name` is one of them.
 */
export function wrongIdentity(name: string, certificate: PeerCertificate | DetailedPeerCertificate): Error | undefined {
  const read = new X509Certificate(certificate.raw);
  const uris = [...(read.subjectAltName ?? "").matchAll(/URI:sip:([^,"@\s]+)/gi)].map((match) => match[1]!.toLowerCase());
  const found = isIP(name) !== 0
    ? read.checkIP(name) !== undefined
    : uris.length > 0
      ? uris.includes(name.toLowerCase())
      : read.checkHost(name, { wildcards: false, partialWildcards: false }) !== undefined;
  return found ? undefined : new Error(`the certificate is not one of ${name} but of ${read.subjectAltName ?? read.subject}`);
}
