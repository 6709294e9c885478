/** What times a queue can promise: its openings, slots that have room, and why a time cannot be. Reads what is open; promises nothing. */
import type { CallbackSettings } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import type { Clock } from "../base/clock.ts";
import type { Language } from "../hub/hub.ts";
import type { Booking } from "./contract.ts";
import type { CallbackRequest } from "./request.ts";
import { slotsOf } from "./slots.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Attack: a page or a machine that asks for calls all night. Open promises of a queue; beyond it a person is offered instead. */
export const MAX_OPEN_A_QUEUE = 2_000;
/** An opening is seen from its beginning, so that its slots are the same whenever one asks; none but "always" is longer. */
const SEEN_BACK_MS = 36 * 60 * MINUTE_MS;
/** How far an opening is looked for. */
const HORIZON_MS = 14 * DAY_MS;
/** Nobody means a later time. */
const FARTHEST_MS = 370 * DAY_MS;

export class Times {
  readonly #clock: Clock;
  readonly #settings: (queueId: string) => CallbackSettings;
  readonly #openings: (queueId: string, language: Language, fromMs: number, toMs: number) => readonly Slot[];
  readonly #open: ReadonlyMap<string, CallbackRequest>;

  /** `open`: every promise that is not over, as it stands. */
  constructor({ clock, settings, openings, open }: { clock: Clock; settings(queueId: string): CallbackSettings; openings(queueId: string, language: Language, fromMs: number, toMs: number): readonly Slot[]; open: ReadonlyMap<string, CallbackRequest> }) {
    this.#clock = clock;
    this.#settings = settings;
    this.#openings = openings;
    this.#open = open;
  }

  /** When the queue is open, then or later; null = not within the horizon. */
  next(queueId: string, language: Language, fromMs: number): number | null {
    const opening = this.#openings(queueId, language, fromMs, fromMs + HORIZON_MS)[0];
    return opening ? Math.max(fromMs, opening.startMs) : null;
  }

  isOpenAt(queueId: string, language: Language, atMs: number): boolean {
    return this.#openings(queueId, language, atMs, atMs + 1).length > 0;
  }

  openIn(queueId: string): number {
    let count = 0;
    for (const request of this.#open.values()) if (request.queueId === queueId) count++;
    return count;
  }

  /** Slots of the queue that have room. */
  slots(queueId: string, language: Language): Slot[] {
    const { dated, daysAhead, leadMinutes, perSlot, slotMinutes } = this.#settings(queueId);
    if (!dated) return [];
    const now = this.#clock.now();
    const taken = new Map<number, number>();
    for (const { queueId: of, slot } of this.#open.values()) if (of === queueId && slot) taken.set(slot.startMs, (taken.get(slot.startMs) ?? 0) + 1);
    const seenFromMs = now - SEEN_BACK_MS;
    return slotsOf(this.#openings(queueId, language, seenFromMs, now + daysAhead * DAY_MS), slotMinutes, now + leadMinutes * MINUTE_MS, seenFromMs).filter(({ startMs }) => (taken.get(startMs) ?? 0) < perSlot);
  }

  /** Why a time cannot be promised, if so. `moving`: the promise that would be kept at it. */
  refusal({ queueId, language, slot, unbound }: Pick<Booking, "queueId" | "language" | "slot" | "unbound">, moving: CallbackRequest | null): "not-offered" | "full" | null {
    const now = this.#clock.now();
    if (slot && (slot.endMs <= slot.startMs || slot.endMs < now || slot.startMs > now + FARTHEST_MS)) return "not-offered";
    if (unbound) return null;
    if (slot) {
      if (moving?.slot?.startMs === slot.startMs && moving.slot.endMs === slot.endMs) return null;
      const offered = this.slots(queueId, language).find(({ startMs }) => startMs === slot.startMs);
      return offered?.endMs === slot.endMs ? null : "not-offered";
    }
    if (!this.#settings(queueId).inOrder || this.next(queueId, language, now) === null) return "not-offered";
    return this.openIn(queueId) >= MAX_OPEN_A_QUEUE ? "full" : null;
  }
}
