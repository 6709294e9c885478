/** The SIP core's sockets: what comes in goes to the core, what it says goes out, and one timer wakes it. */
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { isPrivate, type Flow, type ListeningPoint, type SipBinding, type SipCommand, type SipCore, type SipDialogSketch, type SipEffect, type SipEvent, type SipPeer, type SipReason } from "../sip/sip.ts";
import { firstAddress, isWildcard, nearAddress } from "./own-address.ts";
import type { SipDns } from "./sip-dns.ts";
import { SipStreams } from "./sip-streams.ts";
import type { SipTls } from "./sip-tls.ts";
import { SipUdp } from "./sip-udp.ts";

export interface SipSocketOptions {
  /** One address, or "0.0.0.0" (all of IPv4) or "::" (all, both families). */
  host: string;
  /** Written into Via and Contact for peers beyond our own networks, when a NAT stands in front; null = our own address. */
  advertisedHost?: string | null;
  udpPort: number;
  /** Several processes hear `udpPort`, and each has a port of its own beside it: `ports.udp` (decision 0026). */
  udpShared?: boolean;
  tcpPort: number;
  /** SRTP keys may be taken and given over signalling that others can read. */
  keysInTheOpen?: boolean;
  /** SIP over TLS, in and out; absent or null = none. */
  tls?: SipTls | null;
  core: SipCore;
  clock: Clock;
  log: Log;
  /** Where names lead; absent = nowhere. */
  dns?: SipDns;
  /** Asked of every datagram, connection and message before anything is parsed; false drops it (or closes). `connected`: not a datagram. Absent = all are welcome. */
  admit?(address: string, connected: boolean): boolean;
  /** Sees every message that the core took or made, after the core did. */
  seen?(direction: "in" | "out", bytes: Uint8Array, peer: Pick<Flow, "transport" | "remoteAddress" | "remotePort">): void;
  /** Called in order for every event of the core. What it throws is logged and hurts nobody else. */
  hear(event: SipEvent): void;
}

export interface SipSockets {
  /** `tls` is 0 without a certificate. */
  readonly ports: { udp: number; tcp: number; tls: number };
  command(command: SipCommand): void;
  contacts(account: string): ReturnType<SipCore["contacts"]>;
  /** The other end of a leg; SRTP keys may travel to it in SDP when `keysAllowed`. */
  peerOf(ref: string): (SipPeer & { keysAllowed: boolean }) | null;
  readonly keysInTheOpen: boolean;
  /** Registrations of the last run; those that nothing leads to any more are told as gone. */
  restore(bindings: readonly SipBinding[]): void;
  /** Registrations that other nodes have written. */
  learn(changes: readonly { binding: SipBinding; gone: boolean }[]): void;
  /** BYE into a dialog of a node that is no more. */
  endDialog(sketch: SipDialogSketch, causes: readonly SipReason[]): void;
  /** Takes over an accepted WebSocket of subprotocol "sip" (RFC 7118); anything else is closed. */
  attachWebSocket(ws: WebSocket, request: IncomingMessage): void;
  /** BYE and CANCEL for every leg, then the sockets close. */
  stop(): Promise<void>;
}

/** Opens UDP, TCP and TLS on one host (port 0 = any). Rejects when a port is taken (`code` EADDRINUSE, `transport`, `port`). */
export async function openSipSockets(options: SipSocketOptions): Promise<SipSockets> {
  const sockets = new Sockets(options);
  await sockets.open();
  return sockets;
}

class Sockets implements SipSockets {
  readonly ports = { udp: 0, tcp: 0, tls: 0 };
  readonly #options: SipSocketOptions;
  readonly #udp: SipUdp;
  readonly #streams: SipStreams;
  #wakeAtMs: number | null = null;
  #cancelWake: () => void = () => undefined;
  #stopped = false;

  constructor(options: SipSocketOptions) {
    this.#options = options;
    const { host, log, clock, core } = options;
    const received = (bytes: Uint8Array, flow: Flow): void => {
      const effects = core.receive(bytes, flow, clock.now());
      options.seen?.("in", bytes, flow);
      this.#do(effects);
    };
    const ownAddress = (remote: string): string => this.#ownAddress(remote);
    const admit = (connected: boolean) => (address: string): boolean => options.admit?.(address, connected) ?? true;
    this.#udp = new SipUdp({ host, port: options.udpPort, shared: options.udpShared === true, log, now: () => clock.now(), ownAddress, admit: admit(false), received });
    this.#streams = new SipStreams({
      host, tcpPort: options.tcpPort, tls: options.tls ?? null, clock, log, ownAddress, admit: admit(true), received,
      closed: (flow) => this.#do(core.flowClosed(flow, clock.now())),
      unreachable: (to) => this.#unreachable(to),
    });
  }

  async open(): Promise<void> {
    await this.#udp.open();
    try {
      await this.#streams.open();
    } catch (error) {
      await this.#udp.close();
      throw error;
    }
    this.ports.udp = this.#udp.port;
    Object.assign(this.ports, this.#streams.ports);
    const towards = (remote: string): string => this.#ownAddress(remote);
    this.#options.core.listen(this.#ownAddresses().flatMap((address): ListeningPoint[] => [
      { transport: "udp", address, port: this.ports.udp, towards },
      { transport: "tcp", address, port: this.ports.tcp, towards },
      ...(this.ports.tls === 0 ? [] : [{ transport: "tls" as const, address, port: this.ports.tls, towards }]),
    ]));
  }

  command(command: SipCommand): void {
    this.#do(this.#options.core.command(command, this.#options.clock.now()));
  }

  contacts(account: string): ReturnType<SipCore["contacts"]> {
    return this.#options.core.contacts(account, this.#options.clock.now());
  }

  restore(bindings: readonly SipBinding[]): void {
    const flowOf = ({ transport, remoteAddress, remotePort }: SipBinding): Flow | null => (transport === "udp" ? this.#udp.flow(remoteAddress, remotePort) : null);
    this.#do(this.#options.core.restore(bindings.map((binding) => ({ binding, flow: flowOf(binding) })), this.#options.clock.now()));
  }

  learn(changes: readonly { binding: SipBinding; gone: boolean }[]): void {
    this.#do(this.#options.core.learn(changes, this.#options.clock.now()));
  }

  endDialog(sketch: SipDialogSketch, causes: readonly SipReason[]): void {
    const { peer } = sketch;
    const flow = peer?.transport === "udp" ? this.#udp.flow(peer.address, peer.port) : null;
    this.#do(this.#options.core.endDialog(sketch, flow, causes, this.#options.clock.now()));
  }

  get keysInTheOpen(): boolean {
    return this.#options.keysInTheOpen === true;
  }

  peerOf(ref: string): (SipPeer & { keysAllowed: boolean }) | null {
    const peer = this.#options.core.peer(ref);
    return peer && { ...peer, keysAllowed: this.keysInTheOpen || (peer.flow !== null && isPrivate(peer.flow)) };
  }

  attachWebSocket(ws: WebSocket, request: IncomingMessage): void {
    this.#streams.attachWebSocket(ws, request);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#do(this.#options.core.stop(this.#options.clock.now()));
    this.#stopped = true;
    this.#cancelWake();
    await Promise.all([this.#streams.stop(), this.#udp.close()]);
  }

  /** What that peer must send to, to reach us. */
  #ownAddress(remote: string): string {
    const { host, advertisedHost, clock } = this.#options;
    const nowMs = clock.now();
    const near = nearAddress(remote, nowMs);
    const v6 = remote.includes(":");
    // a public address of the other family is of no use to this peer; a name may be of both
    if (near === null && advertisedHost && (!isAddress(advertisedHost) || advertisedHost.includes(":") === v6)) return advertisedHost;
    return isWildcard(host) ? (near ?? firstAddress(v6 ? 6 : 4, nowMs) ?? host) : host;
  }

  /** Ours for requests that no flow exists for yet: one of each family that we listen on. */
  #ownAddresses(): string[] {
    const { host, clock } = this.#options;
    if (!isWildcard(host)) return [host];
    return [firstAddress(4, clock.now()), host === "::" ? firstAddress(6, clock.now()) : null].flatMap((address) => address ?? []);
  }

  /** Without a resolver names lead nowhere. */
  #resolve(id: string, uri: string): void {
    const { core, clock, dns } = this.#options;
    void (dns?.find(uri) ?? Promise.resolve([])).then((hops) => {
      if (!this.#stopped) this.#do(core.resolved(id, hops, clock.now()));
    });
  }

  #do(effects: readonly SipEffect[]): void {
    for (const effect of effects) {
      if (effect.do === "send") this.#send(effect.flow, effect.bytes);
      else if (effect.do === "sendTo") this.#sendTo(effect);
      else if (effect.do === "resolve") this.#resolve(effect.id, effect.uri);
      else if (effect.do === "tell") {
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
    this.#options.seen?.("out", bytes, flow);
    if (flow.transport === "udp") this.#udp.send(bytes, flow.remotePort, flow.remoteAddress, null, flow.localPort);
    else this.#streams.send(flow, bytes);
  }

  #sendTo(to: Extract<SipEffect, { do: "sendTo" }>): void {
    this.#options.seen?.("out", to.bytes, { transport: to.transport, remoteAddress: to.host, remotePort: to.port });
    if (to.transport === "udp") this.#udp.send(to.bytes, to.port, to.host, () => this.#unreachable(to));
    else this.#streams.sendTo(to);
  }

  #unreachable({ transport, host, port }: Extract<SipEffect, { do: "sendTo" }>): void {
    if (!this.#stopped) this.#do(this.#options.core.unreachable({ transport, host, port }, this.#options.clock.now()));
  }

  /** One timer for all that the core waits for. */
  #armWake(): void {
    if (this.#stopped) return;
    const at = this.#options.core.nextWakeAt();
    // a timer that fires too early does no harm, and most are stopped long before they are due: none is set anew for each message
    if (at === this.#wakeAtMs || (at !== null && this.#wakeAtMs !== null && this.#wakeAtMs <= at)) return;
    this.#cancelWake();
    this.#wakeAtMs = at;
    if (at === null) return;
    this.#cancelWake = this.#options.clock.after(at - this.#options.clock.now(), () => {
      this.#wakeAtMs = null;
      this.#do(this.#options.core.wake(this.#options.clock.now()));
    });
  }
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/.test(host);
}
