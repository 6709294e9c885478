/** Whom a ring group rings, and in which order. */
import type { RingGroup } from "@tandem/protocol";
import type { ExtensionRow, GroupRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import type { Who } from "./party.ts";

/** Members who can be rung now, in the group's order; never the caller. */
export function freeMembers({ config, devicesOf, states }: Ground, group: GroupRow, caller: Who): ExtensionRow[] {
  return group.extensionIds
    .map((id) => config.extension(id))
    .filter((extension) => extension !== null)
    .filter((extension) => devicesOf(extension).length > 0 && !config.choices(extension.id).doNotDisturb && states.of(extension.id) === "free" && extension.id !== caller.extensionId);
}

/**
 * Waves of members, pure: those of one wave ring together, the next wave when nobody of the one before answered. `free`: members who can
 * be rung now, in the group's order. `last`: who answered last (round); somebody who left the group or is busy counts as absent.
 */
export function wavesOf<M extends { id: string }>(strategy: RingGroup["strategy"], free: readonly M[], last: string | null): M[][] {
  if (free.length === 0) return [];
  if (strategy === "all") return [[...free]];
  const from = strategy === "round" ? free.findIndex((member) => member.id === last) + 1 : 0;
  return [...free.slice(from), ...free.slice(0, from)].map((member) => [member]);
}
