/** The door of a meeting room: asks for the code, three times at most, and knows moderators by theirs. */
import { announce } from "./announcement.ts";
import type { RoomRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { lead, type Guide } from "./guide.ts";
import type { Party } from "./party.ts";
import { spoken, type Word } from "./words.ts";
import type { WrongCodes } from "./wrong-codes.ts";

const MAX_TRIES = 3;
/** Longest code (MeetingRoom.pin); more digits are a wrong one. */
const MAX_DIGITS = 8;
/** Nothing more is typed: what is there counts, as with #. */
const DIGIT_MS = 4_000;
/** Nothing is typed at all. */
const SILENCE_MS = 10_000;
/** Wrong codes from outside for one room in an hour. People of the house are known and may always try. */
export const MAX_WRONG_PER_HOUR = 20;

export interface EntryOptions {
  ground: Ground;
  room: RoomRow;
  /** By room: those that came from outside. */
  wrong: WrongCodes;
  /** The party is answered, and known. */
  enter(party: Party, moderator: boolean): void;
}

export function askCode(options: EntryOptions, party: Party): void {
  lead(options.ground, party, new Entry(options, party));
}

class Entry implements Guide {
  readonly #options: EntryOptions;
  readonly #party: Party;
  #typed = "";
  #tries = 0;
  #asked = false;
  #cancelTimer: () => void = () => {};

  constructor(options: EntryOptions, party: Party) {
    this.#options = options;
    this.#party = party;
  }

  gone(): void {
    this.#cancelTimer();
  }

  /** Attended transfer while the code is asked: who comes instead is asked, too. */
  replace(old: Party, fresh: Party): boolean {
    if (old !== this.#party) return false;
    this.#cancelTimer();
    this.#options.ground.parties.end(old, 480, "replaced");
    askCode(this.#options, fresh);
    return true;
  }

  begin(): void {
    const { room, enter } = this.#options;
    // without a code for moderators everybody of the house is one
    if (room.pin === null && room.moderatorPin === null) return enter(this.#party, this.#party.who.extensionId !== null);
    this.#ask(room.pin === null ? "roomModeratorPin" : "roomPin");
  }

  #ask(...words: Word[]): void {
    this.#typed = "";
    this.#asked = true;
    const { sounds } = this.#options.ground;
    sounds.play(this.#party, words.map((word) => spoken(word, this.#party.who.language)), () => this.#within(SILENCE_MS));
  }

  key(key: string): void {
    if (!this.#asked) return;
    this.#options.ground.sounds.stop(this.#party);
    this.#cancelTimer();
    if (key === "#") return this.#check();
    if (this.#typed.length <= MAX_DIGITS) this.#typed += key;
    this.#within(DIGIT_MS);
  }

  #within(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.ground.clock.after(ms, () => this.#check());
  }

  #check(): void {
    const { ground, room, wrong, enter } = this.#options;
    const typed = this.#typed;
    const { extensionId } = this.#party.who;
    this.#asked = false;
    const now = ground.clock.now();
    const mayTry = extensionId !== null || wrong.mayTry(room.id, now);
    if (room.pin === null && typed === "") return enter(this.#party, false);
    if (mayTry && room.moderatorPin !== null && typed === room.moderatorPin) return enter(this.#party, true);
    // without a code for moderators everybody of the house is one
    if (mayTry && room.pin !== null && typed === room.pin) return enter(this.#party, room.moderatorPin === null && extensionId !== null);
    if (extensionId === null && typed !== "") wrong.wrong(room.id, now);
    if (++this.#tries < MAX_TRIES) return this.#ask("roomPinWrong", room.pin === null ? "roomModeratorPin" : "roomPin");
    announce(ground, this.#party, spoken("roomRefused", this.#party.who.language));
  }
}
