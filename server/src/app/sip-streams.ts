/** SIP over connections: TCP and TLS, in and out, and WebSockets handed over. Every connection counts, idles and is closed alike. */
import type { IncomingMessage } from "node:http";
import { connect as connectTcp, createServer as createTcpServer, isIP, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { WebSocket } from "ws";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { countedAs } from "../base/network.ts";
import { StreamFramer, sipLimits, type Flow, type SipEffect } from "../sip/sip.ts";
import { plain } from "./own-address.ts";
import { connectTls, SipTlsServer, type SipTls } from "./sip-tls.ts";

/** TCP, TLS and WebSocket connections in all. Attack: connections that cost a descriptor each and say nothing. */
const maxConnections = 20_000;
/** The same from one address. Attack: one host takes all of the above. An office behind one NAT must still fit. */
const maxConnectionsPerSource = 1_000;
/** A connection that has sent nothing whole yet is closed after this. Attack: open and hold (slow loris). */
const firstMessageMs = 20_000;
/** A connection that is silent for this long is closed; registered clients ping or renew well within it. */
const idleMs = 2 * 3_600_000;
/** How long a connection of ours may take to open, TLS handshake included. */
const connectMs = 5_000;
/** A WebSocket is pinged this often and closed when a ping stays unanswered: a sleeping laptop must not count as reachable. */
const pingMs = 25_000;
/** What is left to say at a stop (BYE) may take this long to leave. */
const lingerMs = 1_000;
/** Bytes that a peer may leave unread before it is dropped. Attack: ask much, read nothing, and our memory fills. */
const maxUnsentBytes = 1_000_000;
/** Bytes kept for a connection that is still opening. Attack: calls to a host that drops packets, each of which waits with its INVITE. */
const maxWaitingBytes = 1_000_000;

type SendTo = Extract<SipEffect, { do: "sendTo" }>;

export interface SipStreamsOptions {
  host: string;
  tcpPort: number;
  /** Null: no TLS, neither in nor out. */
  tls: SipTls | null;
  clock: Clock;
  log: Log;
  ownAddress(remote: string): string;
  /** One connection or one message more from that address; false closes it. */
  admit(address: string): boolean;
  received(bytes: Uint8Array, flow: Flow): void;
  closed(flow: Flow): void;
  unreachable(to: SendTo): void;
}

/** One connection, whatever carries it. */
interface Connection {
  flow: Flow;
  /** Cancels the idle timer. */
  idle: () => void;
  send(bytes: Uint8Array): void;
  /** Now, whatever is unsent. */
  close(): void;
  /** When all is sent. */
  end(): void;
}

export class SipStreams {
  readonly ports = { tcp: 0, tls: 0 };
  readonly #options: SipStreamsOptions;
  readonly #tcp: Server;
  readonly #tls: SipTlsServer | null;
  readonly #connections = new Map<string, Connection>();
  readonly #perSource = new Map<string, number>();
  /** Connections that we opened, by place. RFC 5923: one is enough for all requests to that place. */
  readonly #opened = new Map<string, string>();
  /** Connections that we are opening, with what waits for them. */
  readonly #connecting = new Map<string, { socket: Socket; waiting: Uint8Array[]; waitingBytes: number }>();
  #next = 1;
  #stopped = false;

  constructor(options: SipStreamsOptions) {
    this.#options = options;
    this.#tcp = createTcpServer((socket) => this.#accepted("tcp", socket));
    this.#tls = options.tls && new SipTlsServer(options.tls, options.log, options.admit, (socket) => this.#accepted("tls", socket));
  }

  async open(): Promise<void> {
    const { host, tcpPort, log } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#tcp.once("error", (error) => reject(Object.assign(error, { transport: "tcp", port: tcpPort })));
      this.#tcp.listen(tcpPort, host, resolve);
    });
    this.#tcp.removeAllListeners("error");
    this.#tcp.on("error", (error) => log.error({ error: error.message }, "SIP TCP server"));
    const at = this.#tcp.address();
    this.ports.tcp = at !== null && typeof at === "object" ? at.port : tcpPort;
    if (!this.#tls) return;
    try {
      this.ports.tls = await this.#tls.open(host);
    } catch (error) {
      this.#tcp.close();
      throw error;
    }
  }

  /** On a connection that is there; one that went says nothing. */
  send(flow: Flow, bytes: Uint8Array): void {
    this.#connections.get(flow.id)?.send(bytes);
  }

  /** To a place: on the connection that we have to it, else on a new one. */
  sendTo(to: SendTo): void {
    if (this.#stopped) return;
    const place = `${to.transport}:${to.host}:${to.port}:${to.name ?? ""}`;
    const open = this.#connections.get(this.#opened.get(place) ?? "");
    if (open) return open.send(to.bytes);
    const opening = this.#connecting.get(place);
    if (opening) {
      opening.waitingBytes += to.bytes.length;
      if (opening.waitingBytes > maxWaitingBytes) return this.#options.unreachable(to);
      opening.waiting.push(to.bytes);
      return;
    }
    this.#connect(place, to);
  }

  #connect(place: string, to: SendTo): void {
    const { tls, log, unreachable } = this.#options;
    const { host, port, transport } = to;
    if (transport === "tls" && !tls) {
      log.warn({ host, port }, "SIP over TLS asked for, but this server has no certificate (--https or --tls-cert)");
      return unreachable(to);
    }
    const socket = transport === "tls" && tls ? connectTls(tls, host, port, to.name ?? host) : connectTcp({ host, port });
    const waiting = [to.bytes];
    this.#connecting.set(place, { socket, waiting, waitingBytes: to.bytes.length });
    const late = this.#options.clock.after(connectMs, () => {
      if (this.#connecting.has(place)) socket.destroy(new Error("no connection in time"));
    });
    socket.on("error", (error) => {
      log.warn({ transport, host, port, error: error.message }, "SIP connection");
      if (this.#connecting.delete(place) && !this.#stopped) unreachable(to);
    });
    // destroyed without an error, e.g. closed by the peer in the middle of its handshake
    socket.on("close", () => {
      late();
      if (this.#connecting.delete(place) && !this.#stopped) unreachable(to);
    });
    // TLS is there when the handshake is done and the name was checked
    socket.once(transport === "tls" ? "secureConnect" : "connect", () => {
      late();
      this.#connecting.delete(place);
      const remote = plain(socket.remoteAddress ?? host);
      const connection = this.#wire(socket, this.#flow(transport === "tls" ? "tls" : "tcp", remote, port, this.#options.ownAddress(remote), transport === "tls" ? this.ports.tls : this.ports.tcp));
      if (!connection) {
        socket.destroy();
        return unreachable(to);
      }
      this.#opened.set(place, connection.flow.id);
      for (const bytes of waiting) connection.send(bytes);
    });
  }

  attachWebSocket(ws: WebSocket, request: IncomingMessage): void {
    if (ws.protocol !== "sip") return ws.close(1002, "subprotocol sip expected");
    const { socket } = request;
    const secure = "encrypted" in socket && socket.encrypted === true;
    const flow = this.#flow(secure ? "wss" : "ws", socket.remoteAddress ?? "", socket.remotePort ?? 0, socket.localAddress ?? "", socket.localPort ?? 0);
    ws.on("error", (error) => this.#options.log.debug({ flow: flow.id, error: error.message }, "SIP WebSocket"));
    // asked before it counts: one that is sent away is nobody's to take off the list
    const connection = !this.#options.admit(flow.remoteAddress) ? null : this.#add(flow, {
      // RFC 7118 section 5: text or binary frames; SIP heads are UTF-8, so text is what every browser understands
      send: (bytes) => ws.send(bytes, { binary: false }),
      unsent: () => ws.bufferedAmount,
      close: () => ws.terminate(),
      end: () => ws.close(1001, "stopping"),
    });
    if (!connection) return ws.close(1013, "too many connections");
    ws.on("message", (data) => {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;
      if (bytes.length > sipLimits.maxMessageBytes) return ws.close(1009, "message too large");
      this.#received(connection, bytes);
    });
    let alive = true;
    const ping = (): void => {
      if (!alive) return ws.terminate();
      alive = false;
      ws.ping();
      stopPing = this.#options.clock.after(pingMs, ping);
    };
    let stopPing = this.#options.clock.after(pingMs, ping);
    ws.on("pong", () => (alive = true));
    ws.on("close", () => {
      stopPing();
      this.#closed(connection);
    });
  }

  /** Nothing new comes in; what is left to say may still leave. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const connection of this.#connections.values()) connection.end();
    for (const { socket } of this.#connecting.values()) socket.destroy();
    const cut = this.#options.clock.after(lingerMs, () => {
      for (const connection of this.#connections.values()) connection.close();
    });
    await Promise.all([new Promise<void>((resolve) => this.#tcp.close(() => resolve())), this.#tls?.close()]);
    cut();
  }

  #flow(transport: "tcp" | "tls" | "ws" | "wss", remote: string, remotePort: number, local: string, localPort: number): Flow {
    return { id: `${transport}:${this.#next++}`, transport, remoteAddress: plain(remote), remotePort, localAddress: plain(local), localPort };
  }

  #accepted(transport: "tcp" | "tls", socket: Socket | TLSSocket): void {
    const remote = plain(socket.remoteAddress ?? "");
    const flow = this.#flow(transport, remote, socket.remotePort ?? 0, isIP(remote) === 0 ? "" : this.#options.ownAddress(remote), socket.localPort ?? 0);
    socket.on("error", (error) => this.#options.log.debug({ flow: flow.id, error: error.message }, "SIP connection"));
    // TLS was asked before its handshake
    const welcome = transport === "tls" || this.#options.admit(remote);
    if (!welcome || !this.#wire(socket, flow)) socket.destroy();
  }

  #wire(socket: Socket, flow: Flow): Connection | null {
    const connection = this.#add(flow, { send: (bytes) => void socket.write(bytes), unsent: () => socket.writableLength, close: () => void socket.destroy(), end: () => void socket.end() });
    if (!connection) return null;
    socket.setNoDelay(true);
    const framer = new StreamFramer();
    socket.on("data", (data: Buffer) => {
      const messages = framer.push(data);
      for (const message of messages ?? []) this.#received(connection, message);
      if (messages === null) socket.destroy();
    });
    socket.on("close", () => this.#closed(connection));
    return connection;
  }

  #add(flow: Flow, by: { send(bytes: Uint8Array): void; unsent(): number; close(): void; end(): void }): Connection | null {
    const source = countedAs(flow.remoteAddress);
    const here = this.#perSource.get(source) ?? 0;
    if (this.#stopped || this.#connections.size >= maxConnections || here >= maxConnectionsPerSource) return null;
    this.#perSource.set(source, here + 1);
    const connection: Connection = {
      flow, close: by.close, end: by.end,
      idle: this.#options.clock.after(firstMessageMs, by.close),
      send: (bytes) => {
        if (by.unsent() > maxUnsentBytes) by.close();
        else by.send(bytes);
      },
    };
    this.#connections.set(flow.id, connection);
    return connection;
  }

  #received(connection: Connection, bytes: Uint8Array): void {
    if (!this.#connections.has(connection.flow.id)) return;
    connection.idle();
    connection.idle = this.#options.clock.after(idleMs, connection.close);
    // a message dropped from a stream would never be repeated: who says too much has to connect again
    if (!this.#options.admit(connection.flow.remoteAddress)) return connection.close();
    this.#options.received(bytes, connection.flow);
  }

  #closed(connection: Connection): void {
    connection.idle();
    const { flow } = connection;
    if (!this.#connections.delete(flow.id)) return;
    const source = countedAs(flow.remoteAddress);
    const left = (this.#perSource.get(source) ?? 1) - 1;
    if (left > 0) this.#perSource.set(source, left);
    else this.#perSource.delete(source);
    for (const [place, id] of this.#opened) if (id === flow.id) this.#opened.delete(place);
    if (!this.#stopped) this.#options.closed(flow);
  }
}
