/**
 * insight: projections of the log. Today: the floor's live counters per queue.
 *
 * Invariant: counters follow from interactions alone (their segments), so that a restart counts the day again and gets the same.
 * Absent on purpose: decisions.
 */
export { QueueDays } from "./queue-days.ts";
export type { QueueDay } from "./queue-days.ts";
export { contactSpells } from "./spells.ts";
export type { Spell } from "./spells.ts";
