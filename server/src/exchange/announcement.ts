/** Says something to somebody and hangs up, or goes on elsewhere. */
import type { LegEvent } from "../voice/voice.ts";
import type { Ground } from "./ground.ts";
import type { Owner, Party } from "./party.ts";
import type { Sound } from "./sounds.ts";

export class Announcement implements Owner {
  readonly #ground: Ground;
  readonly #party: Party;
  readonly #sounds: readonly Sound[];
  readonly #done: (party: Party) => void;

  /** Answers a caller who is not answered yet. `done`: gives the party a new owner; absent, it is hung up. */
  constructor(ground: Ground, party: Party, sounds: readonly Sound[], done?: (party: Party) => void) {
    this.#ground = ground;
    this.#party = party;
    this.#sounds = sounds;
    this.#done = done ?? ((heard) => ground.parties.end(heard, 480, "announcement over"));
  }

  start(): void {
    this.#party.owner = this;
    if (this.#party.phase === "up") this.#say(this.#party);
    else this.#ground.parties.answer(this.#party);
  }

  hear(party: Party, event: LegEvent): void {
    if (event.type === "up") this.#say(party);
    if (event.type === "refer") this.#ground.legs.refuseRefer(party.ref, 403);
  }

  replace(): boolean {
    return false;
  }

  #say(party: Party): void {
    this.#ground.sounds.play(party, this.#sounds, () => this.#done(party));
  }
}
