import { seededChance, type Chance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createHash } from "node:crypto";
import { createSipCore } from "./core.ts";
import type { Flow, SipCommand, SipCore, SipEffect, SipEvent, SipHop } from "./contract.ts";
import type { SipCoreSettings } from "./settings.ts";

/** For tests: hosts with a core each on one seeded network that loses and reorders datagrams, under one virtual clock. */
export class LossyNet {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly chance: Chance;
  readonly hosts: TestHost[] = [];
  /** Part of UDP datagrams lost. */
  loss = 0;
  delayMs = 10;
  jitterMs = 0;
  sent = 0;

  constructor(seed: number) {
    this.chance = seededChance(seed);
  }

  host(address: string, settings: Partial<SipCoreSettings> = {}): TestHost {
    const host = new TestHost(this, address, { domain: "tandem.test", credentials: () => null, isPublicTarget: () => true, chance: this.chance, ...settings });
    this.hosts.push(host);
    return host;
  }

  carry(bytes: Uint8Array, from: TestHost, to: { address: string; port: number }, flow: Flow | null): void {
    this.sent++;
    const reliable = flow !== null && flow.transport !== "udp";
    if (!reliable && this.chance.next() < this.loss) return;
    const target = this.hosts.find((host) => host.address === to.address);
    const afterMs = this.delayMs + (reliable ? 0 : Math.floor(this.chance.next() * this.jitterMs));
    if (target) this.clock.after(afterMs, () => target.receive(bytes, target.flowTo(from, flow?.transport ?? "udp")));
  }
}

export class TestHost {
  readonly net: LossyNet;
  readonly address: string;
  readonly core: SipCore;
  readonly events: SipEvent[] = [];
  /** Every message received, as text. */
  readonly heard: string[] = [];
  /** What its name server answers. */
  readonly dns = new Map<string, readonly SipHop[]>();
  /** Reacts to events, as the room above would. */
  on: (event: SipEvent) => void = () => undefined;
  #cancelWake: () => void = () => undefined;

  constructor(net: LossyNet, address: string, settings: SipCoreSettings) {
    this.net = net;
    this.address = address;
    this.core = createSipCore(settings);
    this.core.listen([{ transport: "udp", address, port: 5060 }]);
  }

  flowTo(peer: { address: string }, transport: Flow["transport"] = "udp"): Flow {
    return { id: `${transport}:${peer.address}:5060`, transport, remoteAddress: peer.address, remotePort: 5060, localAddress: this.address, localPort: 5060 };
  }

  receive(bytes: Uint8Array, flow: Flow): void {
    this.heard.push(Buffer.from(bytes).toString("latin1"));
    this.do(this.core.receive(bytes, flow, this.net.clock.now()));
  }

  command(command: SipCommand): void {
    this.do(this.core.command(command, this.net.clock.now()));
  }

  do(effects: SipEffect[]): void {
    for (const effect of effects) {
      if (effect.do === "tell") {
        this.events.push(effect.event);
        this.on(effect.event);
      } else if (effect.do === "send") this.net.carry(effect.bytes, this, { address: effect.flow.remoteAddress, port: effect.flow.remotePort }, effect.flow);
      else if (effect.do === "resolve") this.do(this.core.resolved(effect.id, this.dns.get(effect.uri) ?? [], this.net.clock.now()));
      else this.net.carry(effect.bytes, this, { address: effect.host, port: effect.port }, null);
    }
    this.#cancelWake();
    const at = this.core.nextWakeAt();
    if (at !== null) this.#cancelWake = this.net.clock.after(at - this.net.clock.now(), () => this.do(this.core.wake(this.net.clock.now())));
  }

  of<T extends SipEvent["type"]>(type: T): Extract<SipEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SipEvent, { type: T }> => event.type === type);
  }
}

export const sdp = (name: string): string => `v=0\r\no=${name} 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`;

export function ha1(algorithm: "md5" | "sha256", user: string, realm: string, password: string): string {
  return createHash(algorithm).update(`${user}:${realm}:${password}`).digest("hex");
}
