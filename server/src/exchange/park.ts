/** Parked calls: somebody waits in a slot with music until anybody of the house dials it; forgotten, they ring the parker again. */
import type { LegEvent } from "../voice/voice.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { lead, type Guide } from "./guide.ts";
import type { Owner, Party } from "./party.ts";
import { oneByOne, spoken } from "./words.ts";

interface Slot {
  /** Null: kept for who is told it right now. */
  parked: Party | null;
  by: ExtensionRow | null;
  cancelTimer: () => void;
}

export class ParkLot {
  readonly #ground: () => Ground;
  readonly #slots = new Map<string, Slot>();

  constructor(ground: () => Ground) {
    this.#ground = ground;
  }

  isFree(slot: string): boolean {
    return !this.#slots.has(slot);
  }

  /** The first free slot; null when all are taken. */
  free(): string | null {
    const { from, to } = this.#ground().config.settings().park;
    for (let slot = Number(from); slot <= Number(to); slot++) {
      const name = String(slot).padStart(from.length, "0");
      if (this.isFree(name)) return name;
    }
    return null;
  }

  /** `by`: whom the call goes back to; null = nobody, it waits on. The slot is free, or kept for this. */
  put(party: Party, slot: string, by: ExtensionRow | null): void {
    const { clock, config, sounds } = this.#ground();
    const { returnAfterMs } = config.settings().park;
    const here: Slot = { parked: party, by, cancelTimer: by ? clock.after(returnAfterMs, () => this.#back(slot)) : () => {} };
    this.#slots.set(slot, here);
    party.owner = new Parked(this.#ground, this, slot);
    sounds.music(party);
  }

  /** Whoever waits there, for a new owner; the slot is free again. */
  take(slot: string): Party | null {
    const here = this.#slots.get(slot);
    if (!here?.parked) return null;
    this.leave(slot);
    return here.parked;
  }

  leave(slot: string): void {
    this.#slots.get(slot)?.cancelTimer();
    this.#slots.delete(slot);
  }

  /** *5: answers, names a slot, and keeps it until the call is transferred to this leg. */
  offer(party: Party, by: ExtensionRow): void {
    const slot = this.free();
    if (slot !== null) this.#slots.set(slot, { parked: null, by, cancelTimer: () => {} });
    lead(this.#ground(), party, new Offer(this.#ground, this, party, slot, by));
  }

  views(): { slot: string; number: string; name: string }[] {
    return [...this.#slots].flatMap(([slot, { parked }]) => (parked ? [{ slot, number: parked.who.number, name: parked.who.name }] : []));
  }

  #back(slot: string): void {
    const here = this.#slots.get(slot);
    if (!here?.parked || !here.by) return;
    const { parked, by } = here;
    this.leave(slot);
    this.#ground().setUp({
      caller: parked, target: { to: "extension", extension: by }, dialled: by.number, right: null, by: null, recall: true,
      outcome: {
        // nobody there: the call waits on, in its slot or in another
        failed: () => {
          const free = this.isFree(slot) ? slot : this.free();
          if (free === null) return false;
          this.put(parked, free, by);
          return true;
        },
      },
    });
  }
}

class Parked implements Owner {
  readonly #ground: () => Ground;
  readonly #lot: ParkLot;
  readonly #slot: string;

  constructor(ground: () => Ground, lot: ParkLot, slot: string) {
    this.#ground = ground;
    this.#lot = lot;
    this.#slot = slot;
  }

  hear(party: Party, event: LegEvent): void {
    if (event.type === "gone") this.#lot.leave(this.#slot);
    if (event.type === "refer") this.#ground().legs.refuseRefer(party.ref, 403);
  }

  replace(): boolean {
    return false;
  }
}

class Offer implements Guide {
  readonly #ground: () => Ground;
  readonly #lot: ParkLot;
  readonly #party: Party;
  readonly #slot: string | null;
  readonly #by: ExtensionRow;

  constructor(ground: () => Ground, lot: ParkLot, party: Party, slot: string | null, by: ExtensionRow) {
    this.#ground = ground;
    this.#lot = lot;
    this.#party = party;
    this.#slot = slot;
    this.#by = by;
  }

  gone(): void {
    if (this.#slot !== null) this.#lot.leave(this.#slot);
  }

  replace(old: Party, fresh: Party): boolean {
    if (this.#slot === null) return false;
    this.#ground().parties.end(old, 480, "parked");
    this.#lot.put(fresh, this.#slot, this.#by);
    return true;
  }

  begin(): void {
    const party = this.#party;
    const { language } = this.#by;
    const { parties, sounds } = this.#ground();
    if (this.#slot === null) return sounds.play(party, [spoken("noSlot", language)], () => parties.end(party, 480, "no free slot"));
    sounds.play(party, [spoken("parkHere", language, oneByOne(this.#slot))], () => sounds.music(party));
  }
}
