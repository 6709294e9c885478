/**
 * Several parties who all hear each other: a meeting room, or calls that somebody put together (three-way). Voices are mixed, pictures are
 * not: a room is sound only. Keys: *6 my microphone; moderators: *5 everybody's, *4 the door, *9 the last who came leaves; *0 says them.
 */
import type { Language, MeetingView } from "@tandem/protocol";
import type { LegEvent } from "../voice/voice.ts";
import { announce } from "./announcement.ts";
import type { RoomRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import type { LiveCall } from "./history.ts";
import type { MeetingMix } from "./meeting-mix.ts";
import type { Owner, Party } from "./party.ts";
import type { Sound } from "./sounds.ts";
import { Talk } from "./talk.ts";
import { spoken, type Word } from "./words.ts";

/** A second key within this after the star. */
const KEYS_MS = 4_000;
/** In larger meetings nobody is named at the door: a tone, or the talk would never go on. */
const MAX_NAMED = 8;

interface Member {
  party: Party;
  /** The history's line that ends when this member goes. */
  call: LiveCall | null;
  muted: boolean;
  moderator: boolean;
  readonly sinceMs: number;
  /** Star was pressed. */
  star: boolean;
  cancelStar: () => void;
}

export interface MeetingOptions {
  id: string;
  ground: Ground;
  mix: MeetingMix;
  /** Null: calls put together, which end with the last but one. */
  room: RoomRow | null;
  name: string;
  /** Of what everybody hears: that of the first who came. */
  language: Language;
  over(): void;
}

export class Meeting implements Owner {
  readonly id: string;
  readonly room: RoomRow | null;
  readonly #options: MeetingOptions;
  readonly #members: Member[] = [];
  #speakers: ReadonlySet<string> = new Set();
  #locked = false;
  #allMuted = false;
  #over = false;

  constructor(options: MeetingOptions) {
    this.id = options.id;
    this.room = options.room;
    this.#options = options;
  }

  get size(): number {
    return this.#members.length;
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** An answered party, which nobody else owns any more. `call`: its line of the history, ended by its leaving. */
  join(party: Party, { moderator, call }: { moderator: boolean; call: LiveCall | null }): void {
    const { ground, language, mix } = this.#options;
    party.owner = this;
    ground.parties.unbridge(party);
    ground.sounds.stop(party);
    party.far = { number: this.room?.number ?? "", name: this.#options.name };
    const waiting = this.room !== null && this.#members.length === 1 ? this.#members[0]! : null;
    this.#members.push({ party, call, muted: this.#allMuted && !moderator, moderator, sinceMs: ground.clock.now(), star: false, cancelStar: () => {} });
    if (waiting) ground.sounds.stop(waiting.party);
    this.#seat();
    if (!this.room) return;
    if (this.#members.length === 1) return this.#alone(party, "roomFirst");
    mix.say([mix.tones.join, ...this.#named(party, "roomJoined", language)]);
  }

  hear(party: Party, event: LegEvent): void {
    const member = this.#members.find((one) => one.party === party);
    if (!member) return;
    switch (event.type) {
      case "held": // their music would be everybody's
        return this.#seat();
      case "digit":
        return this.#key(member, event.key);
      case "refer":
        return this.#referred(member, event);
      case "gone":
        return this.#left(member);
      default:
    }
  }

  /** Attended transfer: somebody comes in the place of who brought them. */
  replace(old: Party, fresh: Party): boolean {
    const member = this.#members.find((one) => one.party === old);
    if (!member || this.#over) return false;
    const { call } = member;
    // one's own other telephone is still oneself
    const moderator = member.moderator && old.who.extensionId !== null && old.who.extensionId === fresh.who.extensionId;
    this.#remove(member);
    this.#options.ground.parties.end(old, 480, "replaced");
    this.join(fresh, { moderator, call: null });
    this.#close(call);
    return true;
  }

  /** False: no such member. */
  mute(ref: string, muted: boolean): boolean {
    const member = this.#members.find(({ party }) => party.ref === ref);
    if (!member) return false;
    this.#setMuted(member, muted);
    return true;
  }

  /** Everybody but moderators; each may open their own again. Who comes later is muted, too. */
  muteAll(muted: boolean): void {
    const { language, mix } = this.#options;
    this.#allMuted = muted;
    for (const member of this.#members) if (!member.moderator || !muted) member.muted = muted;
    this.#seat();
    mix.say([spoken(muted ? "roomAllMuted" : "roomAllOpen", language)]);
  }

  lock(locked: boolean): void {
    if (this.#locked === locked) return;
    this.#locked = locked;
    this.#options.mix.say([spoken(locked ? "roomLockedNow" : "roomOpenNow", this.#options.language)]);
  }

  /** False: no such member. */
  kick(ref: string): boolean {
    const member = this.#members.find(({ party }) => party.ref === ref);
    if (!member) return false;
    const { party, call } = member;
    this.#remove(member);
    this.#close(call);
    announce(this.#options.ground, party, spoken("roomKicked", party.who.language));
    this.#someoneLeft(party);
    return true;
  }

  isModerator(userId: string): boolean {
    return this.#members.some(({ party, moderator }) => moderator && party.who.userId === userId);
  }

  /** By which member somebody takes part. */
  refOf(userId: string): string | null {
    return this.#members.find(({ party }) => party.who.userId === userId)?.party.ref ?? null;
  }

  /** The leg by which somebody of the house takes part. */
  partyOf(extensionId: string): Party | null {
    return this.#members.find(({ party }) => party.who.extensionId === extensionId)?.party ?? null;
  }

  speaking(refs: readonly string[]): void {
    this.#speakers = new Set(refs);
  }

  view(): MeetingView {
    return {
      id: this.id, name: this.#options.name, number: this.room?.number ?? null, locked: this.#locked,
      members: this.#members.map(({ party, muted, moderator, sinceMs }) => ({
        ref: party.ref, name: party.who.name || party.who.number, number: party.who.number, muted, moderator, speaking: !muted && this.#speakers.has(party.ref), sinceMs,
      })),
    };
  }

  #seat(): void {
    this.#options.mix.seat(this.#members.map(({ party, muted }) => ({ id: party.ref, muted: muted || party.holds })));
  }

  #alone(party: Party, word: Word): void {
    const { sounds } = this.#options.ground;
    sounds.play(party, [spoken(word, party.who.language)], () => sounds.music(party));
  }

  #named(party: Party, word: "roomJoined" | "roomLeft", language: Language): Sound[] {
    return party.who.extensionId !== null && party.who.name !== "" && this.#members.length <= MAX_NAMED ? [spoken(word, language, party.who.name)] : [];
  }

  #setMuted(member: Member, muted: boolean): void {
    if (member.muted === muted) return;
    member.muted = muted;
    this.#seat();
    if (this.#members.length > 1) this.#options.ground.sounds.play(member.party, [spoken(muted ? "roomMuted" : "roomUnmuted", member.party.who.language)], () => {});
  }

  #key(member: Member, key: string): void {
    const { clock, sounds } = this.#options.ground;
    member.cancelStar();
    if (key === "*") {
      member.star = true;
      member.cancelStar = clock.after(KEYS_MS, () => (member.star = false));
      return;
    }
    if (!member.star) return;
    member.star = false;
    const { language } = member.party.who;
    const say = (word: Word, ...values: string[]): void => {
      // who waits alone hears music again afterwards
      const alone = this.#members.length === 1 && this.room !== null;
      sounds.play(member.party, [spoken(word, language, ...values)], () => alone && this.#members.length === 1 && sounds.music(member.party));
    };
    if (key === "6") return this.#setMuted(member, !member.muted);
    if (key === "0") return say(member.moderator ? "roomKeysModerator" : "roomKeys");
    if (key === "#") return say("roomCount", String(this.#members.length));
    if (key !== "4" && key !== "5" && key !== "9") return;
    if (!member.moderator) return say("roomModeratorOnly");
    if (key === "4") return this.lock(!this.#locked);
    if (key === "5") return this.muteAll(!this.#allMuted);
    const last = this.#members.findLast((one) => one !== member);
    if (last) this.kick(last.party.ref);
  }

  /** Attended transfer from here: whom a member consulted comes in their place. Another number is no place to send a meeting to. */
  #referred(member: Member, event: Extract<LegEvent, { type: "refer" }>): void {
    const { ground } = this.#options;
    const { party } = member;
    const consultation = event.replaces?.ref ? ground.parties.get(event.replaces.ref) : null;
    if (party.who.extensionId === null || !consultation || consultation === party || consultation.who.extensionId !== party.who.extensionId || !(consultation.owner instanceof Talk)) return ground.legs.refuseRefer(party.ref, 403);
    const talk = consultation.owner;
    const third = talk.other(consultation);
    ground.legs.acceptRefer(party.ref);
    ground.legs.referProgress(party.ref, 200, "OK");
    const call = talk.give();
    const { call: own } = member;
    this.#remove(member);
    ground.parties.end(consultation, 480, "transferred");
    ground.parties.end(party, 480, "transferred");
    this.join(third, { moderator: false, call });
    this.#close(own);
  }

  #left(member: Member): void {
    this.#remove(member);
    this.#close(member.call);
    this.#someoneLeft(member.party);
  }

  #someoneLeft(party: Party): void {
    const { ground, language, mix } = this.#options;
    const [first] = this.#members;
    if (!first) return this.#end();
    if (this.#members.length === 1) {
      if (this.room) return this.#alone(first.party, "roomAlone");
      // nobody is left to talk to
      this.#remove(first);
      this.#close(first.call);
      ground.parties.end(first.party, 480, "the others hung up");
      return this.#end();
    }
    if (this.room) mix.say([mix.tones.leave, ...this.#named(party, "roomLeft", language)]);
  }

  #remove(member: Member): void {
    member.cancelStar();
    this.#members.splice(this.#members.indexOf(member), 1);
    this.#seat();
  }

  #close(call: LiveCall | null): void {
    if (call) this.#options.ground.history.close(call, "answered");
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.over();
  }
}
