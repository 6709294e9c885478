import { createSocket, type Socket as UdpSocket } from "node:dgram";
import type { IncomingMessage } from "node:http";
import { createServer, connect, isIPv6, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { WebSocket } from "ws";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { StreamFramer, sipLimits, type Flow, type SipCommand, type SipCore, type SipEffect, type SipEvent } from "../sip/sip.ts";

/** TCP and WebSocket connections in all. Attack: connections that cost a descriptor each and say nothing. */
const maxConnections = 20_000;
/** The same from one address. Attack: one host takes all of the above. An office behind one NAT must still fit. */
const maxConnectionsPerSource = 1_000;
/** A connection that has sent nothing whole yet is closed after this. Attack: open and hold (slow loris). */
const firstMessageMs = 20_000;
/** A connection that is silent for this long is closed; registered clients ping or renew well within it. */
const idleMs = 2 * 3_600_000;
/** How long a TCP connection of ours may take to open. */
const connectMs = 5_000;
/** A WebSocket is pinged this often and closed when a ping stays unanswered: a sleeping laptop must not count as reachable. */
const pingMs = 25_000;
/** What is left to say at a stop (BYE) may take this long to leave. */
const lingerMs = 1_000;
/** Bytes that a peer may leave unread before it is dropped. Attack: ask much, read nothing, and our memory fills. */
const maxUnsentBytes = 1_000_000;
/** Receive buffer of the UDP socket: a burst of a few thousand datagrams, not seconds of stale ones. */
const udpReceiveBufferBytes = 2_000_000;

export interface SipSocketOptions {
  host: string;
  /** Written into Via and Contact for peers beyond our own networks, when a NAT stands in front; null = our own address. */
  advertisedHost?: string | null;
  udpPort: number;
  tcpPort: number;
  core: SipCore;
  clock: Clock;
  log: Log;
  /** Called in order for every event of the core. What it throws is logged and hurts nobody else. */
  hear(event: SipEvent): void;
}

export interface SipSockets {
  readonly ports: { udp: number; tcp: number };
  command(command: SipCommand): void;
  contacts(account: string): ReturnType<SipCore["contacts"]>;
  /** Takes over an accepted WebSocket of subprotocol "sip" (RFC 7118); anything else is closed. */
  attachWebSocket(ws: WebSocket, request: IncomingMessage): void;
  /** BYE and CANCEL for every leg, then the sockets close. */
  stop(): Promise<void>;
}

/** Opens UDP and TCP on one host (port 0 = any). Rejects when a port is taken (`code` EADDRINUSE, `transport`, `port`). */
export async function openSipSockets(options: SipSocketOptions): Promise<SipSockets> {
  const sockets = new Sockets(options);
  await sockets.open();
  return sockets;
}

/** A TCP connection or WebSocket, as the sockets see it. */
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

class Sockets implements SipSockets {
  readonly ports = { udp: 0, tcp: 0 };
  readonly #options: SipSocketOptions;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Map<string, Connection>();
  readonly #perSource = new Map<string, number>();
  /** Connections that we opened, by "host:port". */
  readonly #opened = new Map<string, string>();
  /** Connections that we are opening, with what waits for them. */
  readonly #connecting = new Map<string, { socket: Socket; waiting: Uint8Array[] }>();
  #next = 1;
  #wakeAtMs: number | null = null;
  #cancelWake: () => void = () => undefined;
  #stopped = false;

  constructor(options: SipSocketOptions) {
    this.#options = options;
    this.#udp = createSocket({ type: isIPv6(options.host) ? "udp6" : "udp4", recvBufferSize: udpReceiveBufferBytes });
    this.#tcp = createServer((socket) => this.#accepted(socket));
  }

  async open(): Promise<void> {
    const { host, udpPort, tcpPort, log, core } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#udp.once("error", (error) => reject(Object.assign(error, { transport: "udp", port: udpPort })));
      this.#udp.bind(udpPort, host, resolve);
    });
    this.#udp.removeAllListeners("error");
    this.#udp.on("error", (error) => log.error({ error: error.message }, "SIP UDP socket"));
    try {
      await new Promise<void>((resolve, reject) => {
        this.#tcp.once("error", (error) => reject(Object.assign(error, { transport: "tcp", port: tcpPort })));
        this.#tcp.listen(tcpPort, host, resolve);
      });
    } catch (error) {
      this.#udp.close();
      throw error;
    }
    this.#tcp.removeAllListeners("error");
    this.#tcp.on("error", (error) => log.error({ error: error.message }, "SIP TCP server"));
    this.ports.udp = this.#udp.address().port;
    const tcp = this.#tcp.address();
    this.ports.tcp = tcp !== null && typeof tcp === "object" ? tcp.port : tcpPort;
    const address = isWildcard(host) ? (nearAddress("", this.#options.clock.now()) ?? firstAddress()) : host;
    core.listen([{ transport: "udp", address, port: this.ports.udp }, { transport: "tcp", address, port: this.ports.tcp }]);
    this.#udp.on("message", (bytes, from) => this.#datagram(bytes, from.address, from.port));
  }

  command(command: SipCommand): void {
    this.#do(this.#options.core.command(command, this.#options.clock.now()));
  }

  contacts(account: string): ReturnType<SipCore["contacts"]> {
    return this.#options.core.contacts(account, this.#options.clock.now());
  }

  attachWebSocket(ws: WebSocket, request: IncomingMessage): void {
    if (ws.protocol !== "sip") return ws.close(1002, "subprotocol sip expected");
    const { socket } = request;
    const secure = "encrypted" in socket && socket.encrypted === true;
    const flow = this.#flow(secure ? "wss" : "ws", socket.remoteAddress ?? "", socket.remotePort ?? 0, socket.localAddress ?? "", socket.localPort ?? 0);
    ws.on("error", (error) => this.#options.log.debug({ flow: flow.id, error: error.message }, "SIP WebSocket"));
    const connection = this.#add(flow, {
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

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#do(this.#options.core.stop(this.#options.clock.now()));
    this.#stopped = true;
    this.#cancelWake();
    for (const connection of this.#connections.values()) connection.end();
    for (const socket of this.#connecting.values()) socket.socket.destroy();
    const cut = this.#options.clock.after(lingerMs, () => {
      for (const connection of this.#connections.values()) connection.close();
    });
    await Promise.all([
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
      // one turn of the loop, so that the last datagrams leave
      new Promise<void>((resolve) => setImmediate(() => this.#udp.close(() => resolve()))),
    ]);
    cut();
  }

  #datagram(bytes: Buffer, address: string, port: number): void {
    const flow = this.#udpFlow(address, port);
    this.#do(this.#options.core.receive(bytes, flow, this.#options.clock.now()));
  }

  #udpFlow(address: string, port: number): Flow {
    return { id: `udp:${address}:${port}`, transport: "udp", remoteAddress: address, remotePort: port, localAddress: this.#ownAddress(address), localPort: this.ports.udp };
  }

  /** What that peer must send to, to reach us. */
  #ownAddress(remote: string): string {
    const { host, advertisedHost, clock } = this.#options;
    const near = nearAddress(remote, clock.now());
    if (near === null && advertisedHost) return advertisedHost;
    return isWildcard(host) ? (near ?? firstAddress()) : host;
  }

  #flow(transport: "tcp" | "ws" | "wss", remote: string, remotePort: number, local: string, localPort: number): Flow {
    return { id: `${transport}:${this.#next++}`, transport, remoteAddress: plain(remote), remotePort, localAddress: plain(local), localPort };
  }

  #accepted(socket: Socket): void {
    const flow = this.#flow("tcp", socket.remoteAddress ?? "", socket.remotePort ?? 0, this.#ownAddress(plain(socket.remoteAddress ?? "")), socket.localPort ?? 0);
    socket.on("error", (error) => this.#options.log.debug({ flow: flow.id, error: error.message }, "SIP TCP"));
    if (!this.#wire(socket, flow)) socket.destroy();
  }

  #wire(socket: Socket, flow: Flow): Connection | null {
    const connection = this.#add(flow, { send: (bytes) => void socket.write(bytes), unsent: () => socket.writableLength, close: () => void socket.destroy(), end: () => void socket.end() });
    if (!connection) return null;
    socket.setNoDelay(true);
    const framer = new StreamFramer();
    socket.on("data", (data) => {
      const messages = framer.push(data);
      for (const message of messages ?? []) this.#received(connection, message);
      if (messages === null) socket.destroy();
    });
    socket.on("close", () => this.#closed(connection));
    return connection;
  }

  #add(flow: Flow, by: { send(bytes: Uint8Array): void; unsent(): number; close(): void; end(): void }): Connection | null {
    const source = this.#perSource.get(flow.remoteAddress) ?? 0;
    if (this.#stopped || this.#connections.size >= maxConnections || source >= maxConnectionsPerSource) return null;
    this.#perSource.set(flow.remoteAddress, source + 1);
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
    this.#do(this.#options.core.receive(bytes, connection.flow, this.#options.clock.now()));
  }

  #closed(connection: Connection): void {
    connection.idle();
    const { flow } = connection;
    if (!this.#connections.delete(flow.id)) return;
    const left = (this.#perSource.get(flow.remoteAddress) ?? 1) - 1;
    if (left > 0) this.#perSource.set(flow.remoteAddress, left);
    else this.#perSource.delete(flow.remoteAddress);
    for (const [place, id] of this.#opened) if (id === flow.id) this.#opened.delete(place);
    if (!this.#stopped) this.#do(this.#options.core.flowClosed(flow, this.#options.clock.now()));
  }

  #do(effects: readonly SipEffect[]): void {
    for (const effect of effects) {
      if (effect.do === "send") this.#send(effect.flow, effect.bytes);
      else if (effect.do === "sendTo") this.#sendTo(effect);
      else {
        try {
          this.#options.hear(effect.event);
        } catch (error) {
          this.#options.log.error({ event: effect.event.type, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, "hearing a SIP event failed");
        }
      }
    }
    this.#armWake();
  }

  #send(flow: Flow, bytes: Uint8Array): void {
    if (flow.transport === "udp") this.#sendUdp(bytes, flow.remotePort, flow.remoteAddress, () => undefined);
    else this.#connections.get(flow.id)?.send(bytes);
  }

  #sendUdp(bytes: Uint8Array, port: number, host: string, failed: () => void): void {
    if (this.#stopped) return;
    this.#udp.send(bytes, port, host, (error) => {
      if (!error) return;
      this.#options.log.warn({ host, port, error: error.message }, "SIP datagram not sent");
      if (!this.#stopped) failed();
    });
  }

  #sendTo(to: Extract<SipEffect, { do: "sendTo" }>): void {
    const { transport, host, port } = to;
    const failed = (): void => this.#do(this.#options.core.unreachable({ transport, host, port }, this.#options.clock.now()));
    if (transport === "udp") return this.#sendUdp(to.bytes, port, host, failed);
    const place = `${host}:${port}`;
    const open = this.#connections.get(this.#opened.get(place) ?? "");
    if (open) return open.send(to.bytes);
    const opening = this.#connecting.get(place);
    if (opening) return void opening.waiting.push(to.bytes);
    const waiting = [to.bytes];
    const socket = connect({ host, port });
    this.#connecting.set(place, { socket, waiting });
    socket.setTimeout(connectMs, () => {
      if (socket.connecting) socket.destroy(new Error("no connection in time"));
    });
    socket.on("error", (error) => {
      this.#options.log.warn({ host, port, error: error.message }, "SIP TCP connection");
      if (this.#connecting.delete(place) && !this.#stopped) failed();
    });
    socket.once("connect", () => {
      socket.setTimeout(0);
      this.#connecting.delete(place);
      const flow = this.#flow("tcp", socket.remoteAddress ?? host, port, socket.localAddress ?? "", this.ports.tcp);
      const connection = this.#wire(socket, flow);
      if (!connection) {
        socket.destroy();
        return failed();
      }
      this.#opened.set(place, flow.id);
      for (const bytes of waiting) connection.send(bytes);
    });
  }

  /** One timer for all that the core waits for. */
  #armWake(): void {
    if (this.#stopped) return;
    const at = this.#options.core.nextWakeAt();
    if (at === this.#wakeAtMs) return;
    this.#cancelWake();
    this.#wakeAtMs = at;
    if (at === null) return;
    this.#cancelWake = this.#options.clock.after(at - this.#options.clock.now(), () => {
      this.#wakeAtMs = null;
      this.#do(this.#options.core.wake(this.#options.clock.now()));
    });
  }
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** IPv4 in IPv6 as plain IPv4. */
function plain(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

interface LocalNet {
  address: string;
  net: number;
  mask: number;
}
/** How long a list of interfaces is believed: a laptop changes its network while we run, but reading it per datagram costs 50 µs. */
const interfacesMs = 10_000;
let nets: readonly LocalNet[] = [];
let netsReadAtMs = -Infinity;

/** Our address on the network of that peer: the one that it reaches without a router; null when it is not near. */
function nearAddress(remote: string, nowMs: number): string | null {
  if (Math.abs(nowMs - netsReadAtMs) > interfacesMs) {
    netsReadAtMs = nowMs;
    nets = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter((i) => i.family === "IPv4")
      .map((i) => ({ address: i.address, net: number(i.address) & number(i.netmask), mask: number(i.netmask) }));
  }
  const at = number(remote);
  return nets.find(({ net, mask }) => (at & mask) === net)?.address ?? null;
}

/** The first outside loopback, of the interfaces read last. */
function firstAddress(): string {
  return (nets.find(({ address }) => !address.startsWith("127.")) ?? nets[0])?.address ?? "127.0.0.1";
}

function number(address: string): number {
  return address.split(".").reduce((sum, part) => (sum << 8) | (Number(part) & 255), 0);
}
