/** Slots: a queue's openings cut into equal spans. Pure. */
import type { Slot } from "@tandem/protocol/hours";

const MINUTE_MS = 60_000;
/** Attack (or a setting of 60 days open day and night in slots of 5 minutes): a page that asks for slots must not be answered with a megabyte. */
export const MAX_SLOTS = 1_000;

/**
 * Whole slots inside the openings, from the opening's own beginning on (09:00, 09:30 ...), none that begins before `fromMs`. Openings in order, as
 * seen from `seenFromMs` on: one that begins there began before (always open), and its slots stand on the clock's own multiples.
 */
export function slotsOf(openings: readonly Slot[], slotMinutes: number, fromMs: number, seenFromMs: number): Slot[] {
  const lengthMs = slotMinutes * MINUTE_MS;
  const slots: Slot[] = [];
  for (const opening of openings) {
    const firstMs = opening.startMs === seenFromMs ? Math.ceil(opening.startMs / lengthMs) * lengthMs : opening.startMs;
    const past = Math.max(0, Math.ceil((fromMs - firstMs) / lengthMs));
    for (let startMs = firstMs + past * lengthMs; startMs + lengthMs <= opening.endMs; startMs += lengthMs) {
      if (slots.length === MAX_SLOTS) return slots;
      slots.push({ startMs, endMs: startMs + lengthMs });
    }
  }
  return slots;
}
