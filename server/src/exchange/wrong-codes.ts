const HOUR_MS = 3_600_000;

/** Wrong codes of late, each for a door (a room, a mailbox), over all calls. Attack: dialling through the 10,000 codes at night. */
export class WrongCodes {
  readonly #maxPerHour: number;
  readonly #at = new Map<string, readonly number[]>();

  constructor(maxPerHour: number) {
    this.#maxPerHour = maxPerHour;
  }

  /** False: too many within the hour, now even the right one does not open. */
  mayTry(door: string, nowMs: number): boolean {
    return this.#lately(door, nowMs).length < this.#maxPerHour;
  }

  wrong(door: string, nowMs: number): void {
    this.#at.set(door, [...this.#lately(door, nowMs), nowMs].slice(-this.#maxPerHour));
  }

  opened(door: string): void {
    this.#at.delete(door);
  }

  #lately(door: string, nowMs: number): readonly number[] {
    return (this.#at.get(door) ?? []).filter((at) => at > nowMs - HOUR_MS);
  }
}
