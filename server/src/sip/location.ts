import type { Flow } from "./contract.ts";
import { FlowIndex } from "./flow-index.ts";
import { limits } from "./limits.ts";
import type { TimerQueue } from "./timer-queue.ts";

/** One registered contact (RFC 3261 section 10, RFC 5626). */
export interface Binding {
  readonly id: string;
  readonly account: string;
  /** What makes two registrations the same: instance and reg-id (RFC 5626 6), or the contact URI. */
  readonly key: string;
  contact: string;
  flow: Flow;
  expiresAtMs: number;
  callId: string;
  cseq: number;
  userAgent: string;
  /** q of the contact, 0 to 1. */
  q: number;
}

/** Where the contacts of an account are: in memory, as flows do not outlive the process either. */
export class Location {
  readonly #timers: TimerQueue;
  readonly #accounts = new Map<string, Map<string, Binding>>();
  readonly #byId = new Map<string, Binding>();
  readonly #onFlow = new FlowIndex();
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

  find(account: string, key: string): Binding | null {
    return this.#accounts.get(account)?.get(key) ?? null;
  }

  byId(id: string): Binding | null {
    return this.#byId.get(id) ?? null;
  }

  /** True when a connection or UDP peer carries a registration of that account. */
  isOn(account: string, flow: Flow): boolean {
    for (const binding of this.#accounts.get(account)?.values() ?? []) if (binding.flow.id === flow.id) return true;
    return false;
  }

  /** Adds or renews. Returns the bindings that had to go for it (an account has `limits.maxContactsPerAccount` at most). */
  put(fresh: Omit<Binding, "id">): Binding[] {
    const own = this.#accounts.get(fresh.account) ?? new Map<string, Binding>();
    this.#accounts.set(fresh.account, own);
    const evicted: Binding[] = [];
    let binding = own.get(fresh.key);
    if (binding) {
      this.#onFlow.remove(binding.flow, binding.id);
      Object.assign(binding, fresh);
    } else {
      while (own.size >= limits.maxContactsPerAccount) {
        const oldest = [...own.values()].sort((a, b) => a.expiresAtMs - b.expiresAtMs)[0]!;
        this.remove(oldest);
        evicted.push(oldest);
      }
      binding = { ...fresh, id: `b|${this.#next++}` };
      own.set(fresh.key, binding);
      this.#accounts.set(fresh.account, own); // an eviction may have emptied and dropped it
      this.#byId.set(binding.id, binding);
    }
    this.#onFlow.add(binding.flow, binding.id);
    this.#timers.start(binding.id, "expires", binding.expiresAtMs);
    return evicted;
  }

  remove(binding: Binding): void {
    this.#timers.stopAll(binding.id);
    this.#byId.delete(binding.id);
    this.#onFlow.remove(binding.flow, binding.id);
    const own = this.#accounts.get(binding.account);
    own?.delete(binding.key);
    if (own?.size === 0) this.#accounts.delete(binding.account);
  }

  /** Takes out every binding of a connection that closed. */
  takeFlow(flow: Flow): Binding[] {
    const gone: Binding[] = [];
    for (const id of this.#onFlow.take(flow.id)) {
      const binding = this.#byId.get(id);
      if (!binding) continue;
      this.remove(binding);
      gone.push(binding);
    }
    return gone;
  }
}

/** Browsers come by WebSocket; everything else is a phone. */
export function kindOf(flow: Flow): "browser" | "phone" {
  return flow.transport === "ws" || flow.transport === "wss" ? "browser" : "phone";
}
