import type { Interaction } from "../hub/hub.ts";

/** One stay in a queue, from entering it to an answer or a loss; a transfer starts another. Times in ms. */
export interface Spell {
  queueId: string;
  sinceMs: number;
  end: "waiting" | "answered" | "abandoned" | "lost";
  waitMs: number;
  /** Talk, hold and wrap-up after the answer; null while they last. */
  handleMs: number | null;
}

/** The stays of one contact, read off its segments. */
export function contactSpells(it: Interaction, nowMs: number): Spell[] {
  const spells: Spell[] = [];
  let open: Spell | null = null;
  let handledSinceMs: number | null = null;
  const closeHandling = (untilMs: number): void => {
    const last = spells.at(-1);
    if (handledSinceMs !== null && last) last.handleMs = untilMs - handledSinceMs;
    handledSinceMs = null;
  };
  for (const segment of it.segments) {
    const untilMs = segment.untilMs ?? nowMs;
    if (segment.kind === "queue" || segment.kind === "ring") {
      closeHandling(segment.sinceMs);
      open ??= spell(spells, segment.queueId ?? "", segment.sinceMs);
      open.waitMs = untilMs - open.sinceMs;
    } else if (segment.kind !== "flow") {
      if (open) {
        open.end = "answered";
        open.waitMs = segment.sinceMs - open.sinceMs;
        open = null;
        handledSinceMs = segment.sinceMs;
      }
      if (segment.untilMs !== null && segment === it.segments.at(-1)) closeHandling(untilMs);
    }
  }
  if (open && it.closed) open.end = it.closed.why === "abandoned" ? "abandoned" : "lost";
  return spells;
}

function spell(spells: Spell[], queueId: string, sinceMs: number): Spell {
  const one: Spell = { queueId, sinceMs, end: "waiting", waitMs: 0, handleMs: null };
  spells.push(one);
  return one;
}
