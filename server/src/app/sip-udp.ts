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
  /**
   * Several processes hear `port`: the kernel gives each peer (address and port) to one of them. What is sent to a peer that was not heard
   * there leaves by a port of our own, so that its answers come home (decision 0026).
   */
  shared?: boolean;
  /** What that peer must send to, to reach us. */
  ownAddress(remote: string): string;
  /** False: not even looked at. */
  admit(address: string): boolean;
  received(bytes: Uint8Array, flow: Flow): void;
}

export class SipUdp {
  port = 0;
  readonly #options: SipUdpOptions;
  /** Our own; the only one unless `shared`. */
  readonly #socket: Socket;
  readonly #sharedSocket: Socket | null;
  readonly #v6: boolean;
  readonly #flows = new Map<string, Flow>();
  #flowsSinceMs = 0;
  #open = false;

  constructor(options: SipUdpOptions) {
    this.#options = options;
    this.#v6 = isIPv6(options.host);
    this.#socket = this.#newSocket(false);
    this.#sharedSocket = options.shared ? this.#newSocket(true) : null;
  }

  #newSocket(reusePort: boolean): Socket {
    return createSocket({ type: this.#v6 ? "udp6" : "udp4", recvBufferSize: receiveBufferBytes, reusePort, lookup: (name, options, done) => {
      // an address is its own answer, at once: the library would take a turn of the loop to say so, for each datagram
      const family = isIP(name);
      if (family === 0) lookup(name, options, done);
      else done(null, name, family);
    } });
  }

  async open(): Promise<void> {
    const { host, port, log } = this.#options;
    const bind = async (socket: Socket, at: number): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", (error) => reject(Object.assign(error, { transport: "udp", port: at })));
        socket.bind(at, host, resolve);
      });
      socket.removeAllListeners("error");
      socket.on("error", (error) => log.error({ error: error.message }, "SIP UDP socket"));
    };
    const shared = this.#sharedSocket;
    if (shared) await bind(shared, port);
    try {
      await bind(this.#socket, shared ? 0 : port);
    } catch (error) {
      shared?.close();
      throw error;
    }
    this.port = this.#socket.address().port;
    this.#open = true;
    const { admit, received } = this.#options;
    this.#socket.on("message", (bytes, from) => {
      const address = plain(from.address);
      if (admit(address)) received(bytes, this.flow(address, from.port));
    });
    shared?.on("message", (bytes, from) => {
      const address = plain(from.address);
      if (admit(address)) received(bytes, this.#flow(address, from.port, port));
    });
  }

  /** The flow of a peer, which is the same whenever it is heard or asked for. */
  flow(address: string, port: number): Flow {
    return this.#flow(address, port, this.port);
  }

  #flow(address: string, port: number, localPort: number): Flow {
    const now = this.#options.now();
    if (this.#flows.size >= maxFlows || Math.abs(now - this.#flowsSinceMs) > flowsMs) {
      this.#flows.clear();
      this.#flowsSinceMs = now;
    }
    const key = localPort === this.port ? `${address}:${port}` : `${address}:${port}/shared`;
    const known = this.#flows.get(key);
    if (known) return known;
    const flow = this.#newFlow(address, port, localPort);
    this.#flows.set(key, flow);
    return flow;
  }

  #newFlow(address: string, port: number, localPort: number): Flow {
    return { id: `udp:${address}:${port}`, transport: "udp", remoteAddress: address, remotePort: port, localAddress: this.#options.ownAddress(address), localPort };
  }

  /** `failed` is told of an address that cannot be reached or a name that does not exist; null: nobody waits for it. `localPort`: of the flow that it answers or continues. */
  send(bytes: Uint8Array, port: number, host: string, failed: (() => void) | null, localPort = this.port): void {
    if (!this.#open) return;
    // a name is looked up by the socket; an IPv4 address on a dual-stack socket must be written as IPv6
    const to = this.#v6 && /^[\d.]+$/.test(host) ? mapped(host) : host;
    const socket = localPort === this.port ? this.#socket : (this.#sharedSocket ?? this.#socket);
    // a callback costs a turn of the loop: without one, what fails is an "error" of the socket, and logged there
    if (!failed) return socket.send(bytes, port, to);
    socket.send(bytes, port, to, (error) => {
      if (!error) return;
      this.#options.log.warn({ host, port, error: error.message }, "SIP datagram not sent");
      if (this.#open) failed();
    });
  }

  /** After one turn of the loop, so that the last datagrams leave. */
  close(): Promise<void> {
    const sockets = this.#sharedSocket ? [this.#socket, this.#sharedSocket] : [this.#socket];
    if (!this.#open) {
      for (const socket of sockets) socket.close();
      return Promise.resolve();
    }
    this.#open = false;
    return new Promise((resolve) => setImmediate(() => {
      let left = sockets.length;
      for (const socket of sockets) socket.close(() => {
        if (--left === 0) resolve();
      });
    }));
  }
}
