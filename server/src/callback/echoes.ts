/**
 * What a stranger asked for a number that is promised a call already. Whoever types somebody's number must not learn what its holder agreed on with us,
 * nor have them called twice: they are answered as for a promise of their own (an echo), and nobody is called for it. Echoes are rows beside
 * the promises, in a state of their own.
 */
import type { Clock } from "../base/clock.ts";
import type { CallbackRequest } from "./request.ts";
import type { RequestStore } from "./request-store.ts";

const MINUTE_MS = 60_000;
/** A call at a time is made within this time, one in turn within that: as long as an echo looks open. */
const AT_ITS_TIME_MS = 5 * MINUTE_MS;
const IN_TURN_MS = 15 * MINUTE_MS;

const overAtMs = ({ slot, nextAtMs, createdAtMs }: CallbackRequest): number => (slot ? slot.startMs + AT_ITS_TIME_MS : (nextAtMs ?? createdAtMs) + IN_TURN_MS);

export class Echoes {
  readonly #store: RequestStore;
  readonly #clock: Clock;
  readonly #live = new Map<string, CallbackRequest>();

  constructor(store: RequestStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async open(): Promise<void> {
    this.#live.clear();
    for (const echo of await this.#store.echoes()) this.#put(echo);
  }

  get(id: string): CallbackRequest | null {
    return this.#all().find((echo) => echo.id === id) ?? null;
  }

  /** Of one who asks, for other numbers than this one. */
  openOf(byId: string, number: string): number {
    return this.#all().filter((echo) => echo.byId === byId && echo.number !== number).length;
  }

  /** Of that number, the one that came first. */
  first(queueId: string, number: string): CallbackRequest | null {
    return this.#all().find((echo) => echo.queueId === queueId && echo.number === number) ?? null;
  }

  /** Asked again it is one, by its new link. */
  async keep(request: CallbackRequest, token: string): Promise<CallbackRequest> {
    const echo: CallbackRequest = { ...request, echo: true };
    const before = this.#all().find(({ byId, queueId, number }) => byId === echo.byId && queueId === echo.queueId && number === echo.number);
    await this.#store.keepEcho(echo, token, before?.id ?? null);
    if (before) this.#live.delete(before.id);
    return this.#put(echo);
  }

  async change(echo: CallbackRequest): Promise<CallbackRequest> {
    await this.#store.saveEcho(echo);
    return this.#put(echo);
  }

  cancel(echo: CallbackRequest): Promise<CallbackRequest> {
    return this.change({ ...echo, state: "cancelled", end: "customer", endedAtMs: this.#clock.now(), nextAtMs: null });
  }

  /** `request` goes to who holds the number, under a new link; the stranger's shows `was` from now on. */
  async handOver(request: CallbackRequest, token: string, was: CallbackRequest): Promise<void> {
    const echo: CallbackRequest = { ...was, echo: true };
    await this.#store.handOver(request, token, echo);
    this.#put(echo);
  }

  /** It becomes a promise; whoever calls saves it. */
  release(echo: CallbackRequest): CallbackRequest {
    this.#live.delete(echo.id);
    const { echo: _echo, ...request } = echo;
    return request;
  }

  /** To its holder: once its time has come it looks served. */
  shown(request: CallbackRequest): CallbackRequest {
    return request.echo && request.state === "waiting" && this.#clock.now() >= overAtMs(request) ? { ...request, state: "served" } : request;
  }

  #put(echo: CallbackRequest): CallbackRequest {
    if (this.shown(echo).state === "waiting") this.#live.set(echo.id, echo);
    else this.#live.delete(echo.id);
    return echo;
  }

  /** In the order in which they were asked for; those whose time is over are forgotten. */
  #all(): CallbackRequest[] {
    for (const echo of this.#live.values()) this.#put(echo);
    return [...this.#live.values()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  }
}
