/**
 * Calls of one extension put together (RFC 5359 2.10), by key code (*3 on a further line) or from the desktop. Its other legs end, the
 * one it talks on stays; when it hangs up, the others go on, as after a transfer.
 */
import { Announcement } from "./announcement.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { Meeting } from "./meeting.ts";
import type { Owner, Party } from "./party.ts";
import { Talk } from "./talk.ts";
import { spoken } from "./words.ts";

/** Most people in calls put together; for more there are rooms. */
const MAX_TOGETHER = 8;

export interface Together {
  ground: Ground;
  /** Calls that this extension put together before. */
  current(extensionId: string): Meeting | null;
  open(by: ExtensionRow): Meeting;
}

/** Over a leg of its own, or without one over that which it talks on. False: there are not two calls to put together. */
export function putTogether({ ground, current, open }: Together, extension: ExtensionRow, fresh: Party | null): boolean {
  const { parties } = ground;
  const legs = [...parties.all()].filter((party) => party.who.extensionId === extension.id && party.phase === "up" && party.owner instanceof Talk);
  const talks = legs.flatMap((leg) => (leg.owner instanceof Talk && leg.owner.other(leg).who.extensionId !== extension.id ? [{ leg, talk: leg.owner }] : []));
  const before = current(extension.id);
  const people = talks.length + (before?.size ?? 1);
  if (talks.length === 0 || people > MAX_TOGETHER || people < 3) return false;
  const seated = before?.partyOf(extension.id) ?? null;
  const own = fresh ?? seated ?? (talks.find(({ leg }) => !leg.holds) ?? talks.at(-1)!).leg;
  const meeting = before ?? open(extension);
  if (fresh && seated) meeting.replace(seated, fresh);
  for (const { leg, talk } of talks) {
    const call = talk.give();
    meeting.join(talk.other(leg), { moderator: false, call });
    if (leg !== own) parties.end(leg, 480, "put together");
  }
  if (meeting.partyOf(extension.id) !== own) meeting.join(own, { moderator: true, call: null });
  // it holds every call, as a phone does that has dialled the code on another line
  if (own.holds) parties.resume(own);
  return true;
}

/** *3: answers, then takes the place of the held lines. */
export class MergeByCode implements Owner {
  readonly #together: Together;
  readonly #extension: ExtensionRow;
  readonly #party: Party;

  constructor(together: Together, extension: ExtensionRow, party: Party) {
    this.#together = together;
    this.#extension = extension;
    this.#party = party;
  }

  start(): void {
    this.#party.owner = this;
    this.#together.ground.parties.answer(this.#party);
  }

  hear(party: Party, event: Parameters<Owner["hear"]>[1]): void {
    const { ground } = this.#together;
    if (event.type === "refer") return ground.legs.refuseRefer(party.ref, 403);
    if (event.type !== "up" || putTogether(this.#together, this.#extension, party)) return;
    new Announcement(ground, party, [spoken("nothingTogether", party.who.language)]).start();
  }

  replace(): boolean {
    return false;
  }
}

/** May that leg be joined by a further telephone of this extension? Only one's own calls: a colleague's are theirs. */
export function mayJoin({ ground }: Together, extension: ExtensionRow, ref: string): boolean {
  const there = ground.parties.get(ref);
  return there?.phase === "up" && there.who.extensionId === extension.id && (there.owner instanceof Talk || there.owner instanceof Meeting);
}

/** INVITE with Join (RFC 3911; RFC 5359 2.11): a further telephone comes into a conversation that goes on. */
export class JoinByHeader implements Owner {
  readonly #together: Together;
  readonly #extension: ExtensionRow;
  readonly #party: Party;
  readonly #ref: string;

  constructor(together: Together, extension: ExtensionRow, party: Party, ref: string) {
    this.#together = together;
    this.#extension = extension;
    this.#party = party;
    this.#ref = ref;
  }

  start(): void {
    this.#party.owner = this;
    this.#together.ground.parties.answer(this.#party);
  }

  hear(party: Party, event: Parameters<Owner["hear"]>[1]): void {
    const { ground, open } = this.#together;
    if (event.type === "refer") return ground.legs.refuseRefer(party.ref, 491);
    if (event.type !== "up") return;
    const there = ground.parties.get(this.#ref);
    const owner = there?.owner;
    if (owner instanceof Meeting) return owner.join(party, { moderator: false, call: null });
    // the conversation ended while this telephone was answered
    if (!there || !(owner instanceof Talk)) return ground.parties.end(party, 481, "Call/Transaction Does Not Exist");
    const meeting = open(this.#extension);
    const other = owner.other(there);
    const call = owner.give();
    meeting.join(other, { moderator: false, call });
    meeting.join(there, { moderator: true, call: null });
    meeting.join(party, { moderator: true, call: null });
  }

  replace(): boolean {
    return false;
  }
}
