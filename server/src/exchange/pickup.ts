/** Answering a call that rings elsewhere: by code (*8), or by INVITE with Replaces (a busy-lamp key, RFC 3891). */
import { announce } from "./announcement.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { lead } from "./guide.ts";
import type { Party } from "./party.ts";
import { spoken } from "./words.ts";

/** *8 (`number` null: the call that has rung longest in one's own pick-up group) or *8 and an extension. */
export function pickUp(ground: Ground, caller: Party, by: ExtensionRow, number: string | null): void {
  const ringing = [...ground.ringing].flatMap((fork) => [...fork.parties()]).find((party) => {
    const extension = party.who.extensionId === null ? null : ground.config.extension(party.who.extensionId);
    return extension !== null && mayPickUp(by, extension) && (number === null ? extension.id !== by.id : extension.number === number);
  });
  if (!ringing) return announce(ground, caller, spoken("nothingToPickUp", by.language));
  takePlace(ground, caller, ringing.ref);
}

/** An INVITE whose Replaces names a leg of ours. False: refused. */
export function takeOver(ground: Ground, caller: Party, by: ExtensionRow, ref: string): boolean {
  const old = ground.parties.get(ref);
  if (!old) return false;
  const extension = old.who.extensionId === null ? null : ground.config.extension(old.who.extensionId);
  // What rings belongs to the pick-up group. A conversation is its holder's, who may go on with it on another telephone: that a lamp told
  // the colleagues how to take the call while it rang is no leave to take it away afterwards.
  const rings = old.direction === "out" && old.phase !== "up";
  if (!extension || (rings ? !mayPickUp(by, extension) : by.id !== extension.id)) return false;
  takePlace(ground, caller, ref);
  return true;
}

function mayPickUp(by: ExtensionRow, of: ExtensionRow): boolean {
  return by.id === of.id || (by.pickupGroup !== "" && by.pickupGroup === of.pickupGroup);
}

/** Answers the one who takes over, then puts them into the other's place, if that is still there. */
function takePlace(ground: Ground, fresh: Party, ref: string): void {
  lead(ground, fresh, {
    refusal: 491,
    begin() {
      const old = ground.parties.get(ref);
      if (!old?.owner.replace(old, fresh)) announce(ground, fresh, spoken("nothingToPickUp", fresh.who.language));
    },
  });
}
