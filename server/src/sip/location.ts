import type { Flow, SipBinding } from "./contract.ts";
import { FlowIndex } from "./flow-index.ts";
import { limits } from "./limits.ts";
import { parseNameAddr } from "./name-addr.ts";
import type { TimerQueue } from "./timer-queue.ts";
import { parseUri } from "./uri.ts";
import type { Way } from "./way.ts";

/** One registered contact (RFC 3261 section 10, RFC 5626). `transport` and `remote...` say where it registered from. */
export interface Binding extends SipBinding {
  readonly id: string;
  /** Null: that connection is gone (a restart, or a proxy in between that closed it); the contact may still be reached by its address. */
  flow: Flow | null;
  /** Registered at another node of ours, which keeps it in the database; told of by `learn`. */
  elsewhere: boolean;
}

/** A contact as a request goes to it. */
export interface Place {
  /** Request-URI. */
  uri: string;
  way: Way;
  /** Route header values: the Path of its registration (RFC 3327). */
  routes: readonly string[];
  binding: Binding;
}

export interface PlaceFilter {
  only?: "browser" | "phone" | undefined;
  /** One device (GRUU, RFC 5627). */
  instance?: string | undefined;
}

/** Where the contacts of an account are. In memory; every change is told as `bindingChanged`, so that `app` can keep it over a restart. */
export class Location {
  readonly #timers: TimerQueue;
  readonly #accounts = new Map<string, Map<string, Binding>>();
  readonly #byId = new Map<string, Binding>();
  readonly #byGruu = new Map<string, Binding>();
  readonly #onFlow = new FlowIndex();
  /** Bindings of each UDP peer, which FlowIndex leaves out: who may have keep-alives answered. */
  readonly #onUdp = new Map<string, number>();
  #next = 1;

  constructor(timers: TimerQueue) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Live bindings of an account, the most wanted (q) and then the newest first. */
  of(account: string, nowMs: number): Binding[] {
    const own = this.#accounts.get(account);
    if (!own) return [];
    return [...own.values()].filter((b) => b.expiresAtMs > nowMs).sort((a, b) => b.q - a.q || b.expiresAtMs - a.expiresAtMs);
  }

  /** Every binding of an account, also one that has expired unnoticed. */
  all(account: string): Binding[] {
    return [...(this.#accounts.get(account)?.values() ?? [])];
  }

  /**
   * The target set of an account (RFC 3261 16.5 and 20.10): contacts of equal q ring together, those of a lower q after them. Of several
   * flows to one device (RFC 5626 5.3: "MUST NOT populate the target set with more than one contact with the same instance-id") the last registered one counts.
   */
  groups(account: string, nowMs: number, filter: PlaceFilter = {}): Place[][] {
    const own = this.#accounts.get(account);
    if (!own) return [];
    const seen = new Set<string>();
    const places: Place[] = [];
    for (const binding of [...own.values()].reverse()) {
      if (binding.expiresAtMs <= nowMs) continue;
      if (filter.only !== undefined && kindOf(binding) !== filter.only) continue;
      if (filter.instance !== undefined && binding.instance !== filter.instance) continue;
      const way = wayToBinding(binding);
      if (!way) continue;
      if (binding.instance !== "" && binding.regId !== "") {
        if (seen.has(binding.instance)) continue;
        seen.add(binding.instance);
      }
      places.push({ uri: binding.contact, way, routes: binding.path, binding });
    }
    const byQ = new Map<number, Place[]>();
    for (const place of places) {
      const group = byQ.get(place.binding.q);
      if (group) group.push(place);
      else byQ.set(place.binding.q, [place]);
    }
    return [...byQ].sort(([a], [b]) => b - a).map(([, group]) => group);
  }

  find(account: string, key: string): Binding | null {
    return this.#accounts.get(account)?.get(key) ?? null;
  }

  byId(id: string): Binding | null {
    return this.#byId.get(id) ?? null;
  }

  /** The device that a temporary GRUU was made for. */
  byGruu(gruu: string): Binding | null {
    return this.#byGruu.get(gruu) ?? null;
  }

  /** True when a connection or UDP peer carries a registration of that account. */
  isOn(account: string, flow: Flow): boolean {
    for (const binding of this.#accounts.get(account)?.values() ?? []) if (binding.flow?.id === flow.id) return true;
    return false;
  }

  /** True when that peer carries any registration. */
  hasFlow(flow: Flow): boolean {
    return flow.transport === "udp" ? this.#onUdp.has(flow.id) : this.#onFlow.has(flow.id);
  }

  /** Adds or renews. Returns the bindings that had to go for it (an account has `limits.maxContactsPerAccount` at most). */
  put(fresh: Omit<Binding, "id">): { binding: Binding; evicted: Binding[] } {
    let own = this.#accounts.get(fresh.account);
    if (!own) this.#accounts.set(fresh.account, (own = new Map()));
    const evicted: Binding[] = [];
    let binding = own.get(fresh.key);
    if (binding) {
      this.#unhook(binding);
      Object.assign(binding, fresh);
      own.delete(fresh.key); // the order is that of the last registration
    } else {
      while (own.size >= limits.maxContactsPerAccount) {
        const oldest = [...own.values()].sort((a, b) => a.expiresAtMs - b.expiresAtMs)[0]!;
        this.remove(oldest);
        evicted.push(oldest);
      }
      binding = { ...fresh, id: `b|${this.#next++}` };
      this.#accounts.set(fresh.account, own); // an eviction may have emptied and dropped it
      this.#byId.set(binding.id, binding);
    }
    own.set(fresh.key, binding);
    this.#hook(binding);
    this.#timers.start(binding.id, "expires", binding.expiresAtMs);
    return { binding, evicted };
  }

  remove(binding: Binding): void {
    this.#timers.stopAll(binding.id);
    this.#byId.delete(binding.id);
    this.#unhook(binding);
    const own = this.#accounts.get(binding.account);
    own?.delete(binding.key);
    if (own?.size === 0) this.#accounts.delete(binding.account);
  }

  /**
   * A connection closed: takes out what could only be reached by it. A contact behind a proxy (Path) stays: the proxy takes requests by
   * a new connection.
   */
  takeFlow(flow: Flow): Binding[] {
    const gone: Binding[] = [];
    for (const id of this.#onFlow.take(flow.id)) {
      const binding = this.#byId.get(id);
      if (!binding) continue;
      binding.flow = null;
      if (binding.path.length > 0 && wayToBinding(binding)) continue;
      this.remove(binding);
      gone.push(binding);
    }
    return gone;
  }

  #hook(binding: Binding): void {
    const { flow } = binding;
    if (binding.gruu !== "") this.#byGruu.set(binding.gruu, binding);
    if (flow?.transport === "udp") this.#onUdp.set(flow.id, (this.#onUdp.get(flow.id) ?? 0) + 1);
    else this.#onFlow.add(flow, binding.id);
  }

  #unhook(binding: Binding): void {
    const { flow } = binding;
    if (binding.gruu !== "") this.#byGruu.delete(binding.gruu);
    if (flow?.transport !== "udp") return this.#onFlow.remove(flow, binding.id);
    const left = (this.#onUdp.get(flow.id) ?? 1) - 1;
    if (left > 0) this.#onUdp.set(flow.id, left);
    else this.#onUdp.delete(flow.id);
  }
}

/** Browsers come by WebSocket; everything else is a phone. */
export function kindOf(from: { transport: Flow["transport"] }): "browser" | "phone" {
  return from.transport === "ws" || from.transport === "wss" ? "browser" : "phone";
}

/**
 * How a contact is reached: by the flow that it registered on. When that is gone, by a new connection, but only to the very address that
 * registered (the phone itself, or the proxy in front): an account cannot make us knock at other people's doors.
 */
export function wayToBinding(binding: Binding): Way | null {
  if (binding.flow) return { flow: binding.flow };
  const { transport, remoteAddress } = binding;
  if (transport !== "udp" && transport !== "tcp" && transport !== "tls") return null;
  const uri = binding.path[0] === undefined ? parseUri(binding.contact) : (parseNameAddr(binding.path[0])?.uri ?? null);
  if (!uri || uri.host !== remoteAddress) return null;
  return { flow: null, transport, host: remoteAddress, port: uri.port ?? (transport === "tls" ? 5061 : 5060) };
}
