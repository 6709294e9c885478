/** All meetings under way: who enters which room, announcements, calls put together, and what moderators and supervisors do from a screen. */
import type { Language, MeetingView } from "@tandem/protocol";
import { newId } from "../base/ids.ts";
import type { MediaEvent } from "../rtp/rtp.ts";
import { announce } from "./announcement.ts";
import type { ExtensionRow, RoomRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { askCode, MAX_WRONG_PER_HOUR } from "./meeting-entry.ts";
import { MeetingMix, type MixOptions } from "./meeting-mix.ts";
import { Meeting } from "./meeting.ts";
import { Page } from "./paging.ts";
import type { Party } from "./party.ts";
import { joinByHeader, mayJoin, mergeByCode, putTogether, type Together } from "./three-way.ts";
import { spoken, type Word } from "./words.ts";
import { WrongCodes } from "./wrong-codes.ts";

const TOGETHER: Readonly<Record<Language, string>> = { fr: "Conférence", en: "Conference" };

export class Meetings {
  readonly #ground: () => Ground;
  readonly #mixOptions: MixOptions;
  readonly #meetings = new Map<string, Meeting>();
  /** Pages under way, by the page group's id. */
  readonly #pages = new Set<string>();
  readonly #wrong = new WrongCodes(MAX_WRONG_PER_HOUR);

  constructor(ground: () => Ground, mixOptions: MixOptions) {
    this.#ground = ground;
    this.#mixOptions = mixOptions;
  }

  /** A caller, answered or not, for a room. */
  enter(party: Party, roomId: string): void {
    const room = this.#ground().config.rooms().find(({ id }) => id === roomId);
    if (!room) return this.#ground().parties.end(party, 404, "Not Found");
    askCode({ ground: this.#ground(), room, wrong: this.#wrong, enter: (entered, moderator) => this.#join(entered, room, moderator) }, party);
  }

  /** A caller of the house speaks to a group. */
  page(party: Party, pageId: string): void {
    const ground = this.#ground();
    const page = ground.config.pages().find(({ id }) => id === pageId);
    if (!page) return ground.parties.end(party, 404, "Not Found");
    // whoever comes from outside has no business in everybody's loudspeaker
    if (party.who.extensionId === null) return ground.parties.end(party, 403, "Forbidden");
    if (this.#pages.has(page.id)) return ground.parties.end(party, 486, "Busy Here");
    this.#pages.add(page.id);
    new Page({ ground, page, mix: this.#mix("page"), over: () => this.#pages.delete(page.id) }, party).start();
  }

  /** From the desktop: the calls of an extension put together. False: there are not two. */
  merge(extension: ExtensionRow): boolean {
    return putTogether(this.#together(), extension, null);
  }

  /** *3. */
  mergeByCode(party: Party, extension: ExtensionRow): void {
    mergeByCode(this.#together(), extension, party);
  }

  /** A further telephone of the extension comes into that call of theirs. False: it may not. */
  joinCall(party: Party, extension: ExtensionRow, ref: string): boolean {
    if (!mayJoin(this.#together(), extension, ref)) return false;
    joinByHeader(this.#together(), extension, party, ref);
    return true;
  }

  views(): MeetingView[] {
    return [...this.#meetings.values()].map((meeting) => meeting.view());
  }

  meeting(id: string): Meeting | null {
    return this.#meetings.get(id) ?? null;
  }

  get size(): number {
    return this.#meetings.size + this.#pages.size;
  }

  onMedia(event: MediaEvent): void {
    if (event.type === "speaking") this.#meetings.get(event.id)?.speaking(event.speakers);
  }

  #together(): Together {
    return {
      ground: this.#ground(),
      current: (extensionId) => [...this.#meetings.values()].find((meeting) => meeting.room === null && meeting.partyOf(extensionId) !== null) ?? null,
      open: (by) => this.#open(null, TOGETHER[by.language], by.language),
    };
  }

  #join(party: Party, room: RoomRow, moderator: boolean): void {
    const { history } = this.#ground();
    const meeting = [...this.#meetings.values()].find((one) => one.room?.id === room.id);
    if (meeting?.locked && !moderator) return this.#turnAway(party, "roomLocked");
    if (meeting && meeting.size >= room.maxMembers) return this.#turnAway(party, "roomFull");
    const call = history.open(party.who, { number: room.number, name: room.name }, null);
    history.answered(call, party.who);
    this.#ground().claim(party, call);
    (meeting ?? this.#open(room, room.name, party.who.language)).join(party, { moderator, call });
  }

  #turnAway(party: Party, word: Word): void {
    announce(this.#ground(), party, spoken(word, party.who.language));
  }

  #open(room: RoomRow | null, name: string, language: Language): Meeting {
    const mix = this.#mix("meeting");
    const meeting = new Meeting({ id: mix.id, ground: this.#ground(), mix, room, name, language, over: () => this.#meetings.delete(mix.id) });
    this.#meetings.set(mix.id, meeting);
    return meeting;
  }

  #mix(prefix: string): MeetingMix {
    const { clock, chance } = this.#ground();
    return new MeetingMix(newId(prefix, clock.now(), chance), this.#mixOptions);
  }
}
