/**
 * Calls of one extension put together (RFC 5359 2.10), by key code (*3 on a further line) or from the desktop. Its other legs end, the
 * one it talks on stays; when it hangs up, the others go on, as after a transfer.
 */
import { announce } from "./announcement.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { lead } from "./guide.ts";
import { Meeting } from "./meeting.ts";
import type { Party } from "./party.ts";
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
export function mergeByCode(together: Together, extension: ExtensionRow, party: Party): void {
  const { ground } = together;
  lead(ground, party, {
    begin() {
      if (!putTogether(together, extension, party)) announce(ground, party, spoken("nothingTogether", party.who.language));
    },
  });
}

/** May that leg be joined by a further telephone of this extension? Only one's own calls: a colleague's are theirs. */
export function mayJoin({ ground }: Together, extension: ExtensionRow, ref: string): boolean {
  const there = ground.parties.get(ref);
  return there?.phase === "up" && there.who.extensionId === extension.id && (there.owner instanceof Talk || there.owner instanceof Meeting);
}

/** INVITE with Join (RFC 3911; RFC 5359 2.11): a further telephone comes into a conversation that goes on. */
export function joinByHeader({ ground, open }: Together, extension: ExtensionRow, party: Party, ref: string): void {
  const begin = (): void => {
    const there = ground.parties.get(ref);
    const owner = there?.owner;
    if (owner instanceof Meeting) return owner.join(party, { moderator: false, call: null });
    // the conversation ended while this telephone was answered
    if (!there || !(owner instanceof Talk)) return ground.parties.end(party, 481, "Call/Transaction Does Not Exist");
    const meeting = open(extension);
    const other = owner.other(there);
    const call = owner.give();
    meeting.join(other, { moderator: false, call });
    meeting.join(there, { moderator: true, call: null });
    meeting.join(party, { moderator: true, call: null });
  };
  lead(ground, party, { refusal: 491, begin });
}
