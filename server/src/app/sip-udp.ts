/** SIP over UDP: one socket; on "::" it speaks IPv4 too. */
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns";
import { isIP, isIPv6 } from "node:net";
import type { Log } from "../base/log.ts";
import type { Flow } from "../sip/sip.ts";
import { mapped, plain } from "./own-address.ts";

/** Peers remembered, so that a datagram of a known one costs no search for our own address; forgotten all at once. Attack: ever new source ports. */
const maxFlows = 20_000;
/** And so long, as our own addresses may change. */
const flowsMs = 10_000;
/** Receive buffer: a burst of a few thousand datagrams, not seconds of stale ones. */
const receiveBufferBytes = 2_000_000;

export interface SipUdpOptions {
  host: string;
  port: number;
  log: Log;
  now(): number;
  /** What that peer must send to, to reach us. */
  ownAddress(remote: string): string;
  /** False: not even looked at. */
  admit(address: string): boolean;
  received(bytes: Uint8Array, flow: Flow): void;
}

export class SipUdp {
  port = 0;
  readonly #options: SipUdpOptions;
  readonly #socket: Socket;
  readonly #v6: boolean;
  readonly #flows = new Map<string, Flow>();
  #flowsSinceMs = 0;
  #open = false;

  constructor(options: SipUdpOptions) {
    this.#options = options;
    this.#v6 = isIPv6(options.host);
    this.#socket = createSocket({ type: this.#v6 ? "udp6" : "udp4", recvBufferSize: receiveBufferBytes, lookup: (name, options, done) => {
      // an address is its own answer, at once: the library would take a turn of the loop to say so, for each datagram
      const family = isIP(name);
      if (family === 0) lookup(name, options, done);
      else done(null, name, family);
    } });
  }

  async open(): Promise<void> {
    const { host, port, log } = this.#options;
    const socket = this.#socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("error", (error) => reject(Object.assign(error, { transport: "udp", port })));
      socket.bind(port, host, resolve);
    });
    socket.removeAllListeners("error");
    socket.on("error", (error) => log.error({ error: error.message }, "SIP UDP socket"));
    this.port = socket.address().port;
    this.#open = true;
    const { admit, received } = this.#options;
    socket.on("message", (bytes, from) => {
      const address = plain(from.address);
      if (admit(address)) received(bytes, this.flow(address, from.port));
    });
  }

  /** The flow of a peer, which is the same whenever it is heard or asked for. */
  flow(address: string, port: number): Flow {
    const now = this.#options.now();
    if (this.#flows.size >= maxFlows || Math.abs(now - this.#flowsSinceMs) > flowsMs) {
      this.#flows.clear();
      this.#flowsSinceMs = now;
    }
    const key = `${address}:${port}`;
    const known = this.#flows.get(key);
    if (known) return known;
    const flow = this.#newFlow(address, port);
    this.#flows.set(key, flow);
    return flow;
  }

  #newFlow(address: string, port: number): Flow {
    return { id: `udp:${address}:${port}`, transport: "udp", remoteAddress: address, remotePort: port, localAddress: this.#options.ownAddress(address), localPort: this.port };
  }

  /** `failed` is told of an address that cannot be reached or a name that does not exist. */
  send(bytes: Uint8Array, port: number, host: string, failed: () => void): void {
    if (!this.#open) return;
    // a name is looked up by the socket; an IPv4 address on a dual-stack socket must be written as IPv6
    const to = this.#v6 && /^[\d.]+$/.test(host) ? mapped(host) : host;
    this.#socket.send(bytes, port, to, (error) => {
      if (!error) return;
      this.#options.log.warn({ host, port, error: error.message }, "SIP datagram not sent");
      if (this.#open) failed();
    });
  }

  /** After one turn of the loop, so that the last datagrams leave. */
  close(): Promise<void> {
    if (!this.#open) {
      this.#socket.close();
      return Promise.resolve();
    }
    this.#open = false;
    return new Promise((resolve) => setImmediate(() => this.#socket.close(() => resolve())));
  }
}
