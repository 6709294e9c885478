import { newSecret } from "../base/ids.ts";
import type { ListeningPoint, SipEffect, SipEvent } from "./contract.ts";
import type { SipCoreSettings } from "./settings.ts";
import { Gruus } from "./gruu.ts";
import { Location, type Binding } from "./location.ts";
import { NextHops } from "./next-hops.ts";
import type { BindingEvent } from "./registrar.ts";
import { Requests } from "./requests.ts";
import { TimerQueue } from "./timer-queue.ts";
import { Transactions } from "./transactions.ts";

/** What all parts of one core stand on: time as given with the input, the effects gathered so far, timers and tables. */
export class Ground {
  readonly settings: SipCoreSettings;
  readonly timers = new TimerQueue();
  readonly location: Location;
  readonly transactions: Transactions;
  readonly hops: NextHops;
  readonly requests: Requests;
  readonly gruus: Gruus;
  /** Watchers of registrations hear of it (RFC 3680). */
  bindingTold: (binding: Binding, event: BindingEvent) => void = () => undefined;
  points: readonly ListeningPoint[] = [];
  #effects: SipEffect[] = [];

  constructor(settings: SipCoreSettings) {
    this.settings = settings;
    this.location = new Location(this.timers);
    const port = { timers: this.timers, now: () => this.nowMs, out: (effect: SipEffect) => void this.#effects.push(effect), newTag: () => this.newTag() };
    this.transactions = new Transactions(port);
    this.hops = new NextHops(port);
    this.requests = new Requests(this);
    const { chance, gruuKey, domain } = settings;
    this.gruus = new Gruus(gruuKey ?? chance.bytes(16), domain, Buffer.from(chance.bytes(8)).readBigUInt64BE());
  }

  /** The instant of what is being worked on. */
  get nowMs(): number {
    return this.timers.nowMs;
  }

  set nowMs(nowMs: number) {
    this.timers.nowMs = nowMs;
  }

  tell(event: SipEvent): void {
    this.#effects.push({ do: "tell", event });
  }

  takeEffects(): SipEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** 80 bits: RFC 3261 19.3 asks for at least 32, and a tag is also what keeps strangers out of a dialog. */
  newTag(): string {
    return newSecret(16, this.settings.chance);
  }

  newBranch(): string {
    return `z9hG4bK${newSecret(16, this.settings.chance)}`;
  }

  newCallId(): string {
    return newSecret(20, this.settings.chance);
  }
}
