import { newSecret } from "../base/ids.ts";
import type { ListeningPoint, SipCoreSettings, SipEffect, SipEvent } from "./contract.ts";
import { Location } from "./location.ts";
import { TimerQueue } from "./timer-queue.ts";
import { Transactions } from "./transactions.ts";

/** What all parts of one core stand on: time as given with the input, the effects gathered so far, timers and tables. */
export class Ground {
  readonly settings: SipCoreSettings;
  readonly timers = new TimerQueue();
  readonly location: Location;
  readonly transactions: Transactions;
  points: readonly ListeningPoint[] = [];
  nowMs = 0;
  #effects: SipEffect[] = [];

  constructor(settings: SipCoreSettings) {
    this.settings = settings;
    this.location = new Location(this.timers);
    this.transactions = new Transactions({ timers: this.timers, now: () => this.nowMs, out: (effect) => this.#effects.push(effect), newTag: () => this.newTag() });
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
