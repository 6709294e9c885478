/** Two parties in conversation: bridged, held with music, handed over. */
import { never } from "../base/assert.ts";
import type { LegEvent } from "../voice/voice.ts";
import type { Ground } from "./ground.ts";
import type { LiveCall } from "./history.ts";
import type { Owner, Party } from "./party.ts";

export class Talk implements Owner {
  readonly #ground: Ground;
  readonly call: LiveCall;
  #a: Party;
  #b: Party;
  #over = false;

  /** Both are up. */
  constructor(ground: Ground, a: Party, b: Party, call: LiveCall) {
    this.#ground = ground;
    this.call = call;
    this.#a = a;
    this.#b = b;
  }

  start(): void {
    for (const party of [this.#a, this.#b]) {
      this.#seat(party);
      this.#ground.claim(party, this.call);
    }
    this.#ground.parties.bridge(this.#a, this.#b);
    this.#music();
  }

  other(party: Party): Party {
    return party === this.#a ? this.#b : this.#a;
  }

  hear(party: Party, event: LegEvent): void {
    switch (event.type) {
      case "held":
        return this.#music();
      case "refer":
        return this.#ground.transferAsked(this, party, event);
      case "gone":
        return this.end(event.why === "media-lost" ? "media lost" : "the other party hung up");
      case "ringing":
      case "early":
      case "up":
      case "mediaStarted":
      case "digit": // carried through the bridge by the media side
      case "referResult":
      case "playEnded":
        return;
      default:
        return never(event, "leg in conversation");
    }
  }

  replace(old: Party, fresh: Party): boolean {
    if (this.#over) return false;
    const stays = this.other(old);
    if (old === this.#a) this.#a = fresh;
    else this.#b = fresh;
    this.#ground.parties.end(old, 200, "replaced");
    this.#ground.history.answered(this.call, fresh.who);
    this.#ground.claim(fresh, this.call);
    this.#ground.sounds.stop(stays);
    this.#seat(fresh);
    this.#ground.parties.bridge(stays, fresh);
    this.#music();
    return true;
  }

  /** Ends the conversation without ending its parties: whoever asked gives both a new owner at once. */
  split(): void {
    if (this.#over) return;
    this.#ground.history.close(this.give(), "answered");
  }

  /** The same, while the call goes on elsewhere: whoever asked ends its line of the history. */
  give(): LiveCall {
    this.#over = true;
    const { parties, sounds } = this.#ground;
    parties.unbridge(this.#a);
    sounds.stop(this.#a);
    sounds.stop(this.#b);
    return this.call;
  }

  end(reason: string): void {
    if (this.#over) return;
    this.split();
    this.#ground.parties.end(this.#a, 480, reason);
    this.#ground.parties.end(this.#b, 480, reason);
  }

  #seat(party: Party): void {
    party.owner = this;
    this.#ground.sounds.stop(party);
  }

  /** Who is put on hold by the other hears music. */
  #music(): void {
    for (const party of [this.#a, this.#b]) {
      if (this.other(party).holds) this.#ground.sounds.music(party);
      else this.#ground.sounds.stop(party);
    }
  }
}
