/** In which order a ring group rings. Pure. */
import type { RingGroup } from "@tandem/protocol";

/**
 * Waves of members: those of one wave ring together, the next wave when nobody of the one before answered. `free`: members who can
 * be rung now, in the group's order. `last`: who answered last (round); somebody who left the group or is busy counts as absent.
 */
export function wavesOf<M extends { id: string }>(strategy: RingGroup["strategy"], free: readonly M[], last: string | null): M[][] {
  if (free.length === 0) return [];
  if (strategy === "all") return [[...free]];
  const from = strategy === "round" ? free.findIndex((member) => member.id === last) + 1 : 0;
  return [...free.slice(from), ...free.slice(0, from)].map((member) => [member]);
}
