/** The door of a meeting room: asks for the code, three times at most, and knows moderators by theirs. */
import type { LegEvent } from "../voice/voice.ts";
import { Announcement } from "./announcement.ts";
import type { RoomRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import type { Owner, Party } from "./party.ts";
import { spoken, type Word } from "./words.ts";

const MAX_TRIES = 3;
/** Longest code (MeetingRoom.pin); more digits are a wrong one. */
const MAX_DIGITS = 8;
/** Nothing more is typed: what is there counts, as with #. */
const DIGIT_MS = 4_000;
/** Nothing is typed at all. */
const SILENCE_MS = 10_000;
/**
 * Wrong codes from outside for one room in an hour, over all calls. Attack: dialling through the 10,000 codes at night. People of the
 * house are known and may always try.
 */
const MAX_WRONG_PER_HOUR = 20;
const HOUR_MS = 3_600_000;

export interface EntryOptions {
  ground: Ground;
  room: RoomRow;
  /** When wrong codes for this room came from outside. */
  wrong: Map<string, number[]>;
  /** The party is answered, and known. */
  enter(party: Party, moderator: boolean): void;
}

export class Entry implements Owner {
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

  start(): void {
    this.#party.owner = this;
    if (this.#party.phase === "up") this.#begin();
    else this.#options.ground.parties.answer(this.#party);
  }

  hear(party: Party, event: LegEvent): void {
    switch (event.type) {
      case "up":
        return this.#begin();
      case "digit":
        return this.#key(event.key);
      case "refer":
        return this.#options.ground.legs.refuseRefer(party.ref, 403);
      case "gone":
        return this.#cancelTimer();
      default:
    }
  }

  /** Attended transfer while the code is asked: who comes instead is asked, too. */
  replace(old: Party, fresh: Party): boolean {
    if (old !== this.#party) return false;
    this.#cancelTimer();
    this.#options.ground.parties.end(old, 480, "replaced");
    new Entry(this.#options, fresh).start();
    return true;
  }

  #begin(): void {
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

  #key(key: string): void {
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
    const wrongs = (wrong.get(room.id) ?? []).filter((at) => at > now - HOUR_MS);
    const mayTry = extensionId !== null || wrongs.length < MAX_WRONG_PER_HOUR;
    if (room.pin === null && typed === "") return enter(this.#party, false);
    if (mayTry && room.moderatorPin !== null && typed === room.moderatorPin) return enter(this.#party, true);
    // without a code for moderators everybody of the house is one
    if (mayTry && room.pin !== null && typed === room.pin) return enter(this.#party, room.moderatorPin === null && extensionId !== null);
    if (extensionId === null && typed !== "") wrong.set(room.id, [...wrongs, now].slice(-MAX_WRONG_PER_HOUR));
    if (++this.#tries < MAX_TRIES) return this.#ask("roomPinWrong", room.pin === null ? "roomModeratorPin" : "roomPin");
    new Announcement(ground, this.#party, [spoken("roomRefused", this.#party.who.language)]).start();
  }
}
