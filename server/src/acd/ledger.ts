import type { Profile } from "./agent.ts";

/** Entries of a page: a page is copied from the columns about every 2,000 offers, which costs each some nanoseconds. */
const ENTRIES = 8192;
/** In place of a medium: the entry is a touch. Media are at most 31 (media.ts), so the number is free. */
const TOUCH = 31;

/** What is known of every agent, by slot. */
export interface Columns {
  /** By medium. */
  status: readonly Uint8Array[];
  turns: Float64Array;
  idleSinceMs: Float64Array;
}

/**
 * A stretch of the agents' history: the columns as they were at its beginning, and every change since. An instant of it
 * is a number of entries, so keeping what a decision saw costs two words; the columns of that instant are made when read.
 */
export class Page {
  /** Configuration by slot; it does not change within a page. */
  readonly roster: readonly (Profile | undefined)[];
  count = 0;
  readonly #begin: Columns;
  /** slot, medium and status in one word. */
  readonly #what = new Int32Array(ENTRIES);
  readonly #turn = new Float64Array(ENTRIES);
  readonly #idleSinceMs = new Float64Array(ENTRIES);
  #read: Columns | null = null;
  #readTo = 0;

  constructor(roster: readonly (Profile | undefined)[], columns: Columns) {
    this.roster = roster;
    this.#begin = copyOf(columns);
  }

  get full(): boolean {
    return this.count === ENTRIES;
  }

  status(slot: number, medium: number, status: number): void {
    this.#what[this.count++] = (slot << 9) | (medium << 4) | status;
  }

  touch(slot: number, turn: number, idleSinceMs: number): void {
    this.#turn[this.count] = turn;
    this.#idleSinceMs[this.count] = idleSinceMs;
    this.#what[this.count++] = (slot << 9) | (TOUCH << 4);
  }

  /** The columns after `count` entries; good until the next call. */
  at(count: number): Columns {
    if (this.#read === null || this.#readTo > count) {
      this.#read = copyOf(this.#begin);
      this.#readTo = 0;
    }
    const { status, turns, idleSinceMs } = this.#read;
    for (; this.#readTo < count; this.#readTo++) {
      const what = this.#what[this.#readTo]!;
      const slot = what >>> 9;
      const medium = (what >>> 4) & 31;
      if (medium === TOUCH) {
        turns[slot] = this.#turn[this.#readTo]!;
        idleSinceMs[slot] = this.#idleSinceMs[this.#readTo]!;
      } else status[medium]![slot] = what & 15;
    }
    return this.#read;
  }
}

function copyOf({ status, turns, idleSinceMs }: Columns): Columns {
  return { status: status.map((column) => column.slice()), turns: turns.slice(), idleSinceMs: idleSinceMs.slice() };
}

/** The page being written, begun when somebody wants to remember an instant; nobody remembers, nothing is written. */
export class Ledger {
  #page: Page | null = null;

  /** The page whose last entry is now. */
  page(roster: () => readonly (Profile | undefined)[], columns: () => Columns): Page {
    return (this.#page ??= new Page(roster(), columns()));
  }

  status(slot: number, medium: number, status: number): void {
    const page = this.#page;
    if (page === null) return;
    if (page.full) this.#page = null;
    else page.status(slot, medium, status);
  }

  touch(slot: number, turn: number, idleSinceMs: number): void {
    const page = this.#page;
    if (page === null) return;
    if (page.full) this.#page = null;
    else page.touch(slot, turn, idleSinceMs);
  }

  /** Configuration or the columns' size changed: what comes is another page. */
  close(): void {
    this.#page = null;
  }
}
