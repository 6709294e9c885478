import { isOver } from "../base/window.ts";
import type { Interaction } from "../hub/hub.ts";
import { contactSpells, type Spell } from "./spells.ts";

/** Short abandons are nobody's fault and not counted (catalogue: "short and in-menu excluded"). */
export const SHORT_ABANDON_MS = 5_000;
const SAMPLE_MS = 5 * 60_000;
const SAMPLES = 12;

export interface QueueDay {
  offered: number;
  answered: number;
  answeredInTarget: number;
  abandoned: number;
  /** SL(T) = answered <= T / (answered + abandoned), 0..1; null before the first. */
  serviceLevel: number | null;
  averageAnswerMs: number | null;
  averageHandleMs: number | null;
}

interface Sums {
  offered: number;
  answered: number;
  inTarget: number;
  abandoned: number;
  answerMs: number;
  handled: number;
  handleMs: number;
}

/** Counters of the current day (in the centre's time zone) per queue, kept up to date contact by contact. */
export class QueueDays {
  readonly #sums = new Map<string, Sums>();
  /** What each contact of today has added so far, so that it can be taken back and added anew. */
  readonly #added = new Map<string, Spell[]>();
  readonly #samples = new Map<string, number[]>();
  readonly #target: (queueId: string) => number;
  readonly #day: Intl.DateTimeFormat;
  #today = "";
  #sampledAtMs = 0;

  constructor(options: { timeZone: string; targetMs: (queueId: string) => number }) {
    this.#target = options.targetMs;
    this.#day = new Intl.DateTimeFormat("en-CA", { timeZone: options.timeZone });
  }

  follow(it: Interaction, nowMs: number): void {
    const today = this.#day.format(nowMs);
    if (today !== this.#today) {
      this.#sums.clear();
      this.#added.clear();
      this.#today = today;
    }
    if (this.#day.format(it.createdAtMs) !== today) return;
    for (const spell of this.#added.get(it.id) ?? []) this.#count(spell, -1);
    const spells = contactSpells(it, nowMs);
    for (const spell of spells) this.#count(spell, 1);
    this.#added.set(it.id, spells);
  }

  day(queueId: string): QueueDay {
    const s = this.#sums.get(queueId) ?? none();
    const decided = s.answered + s.abandoned;
    return {
      offered: s.offered,
      answered: s.answered,
      answeredInTarget: s.inTarget,
      abandoned: s.abandoned,
      serviceLevel: decided === 0 ? null : s.inTarget / decided,
      averageAnswerMs: s.answered === 0 ? null : s.answerMs / s.answered,
      averageHandleMs: s.handled === 0 ? null : s.handleMs / s.handled,
    };
  }

  /** Call often; takes a sample of the waiting counts every five minutes. True when it did. */
  sample(nowMs: number, waiting: ReadonlyMap<string, number>): boolean {
    if (!isOver(this.#sampledAtMs, SAMPLE_MS, nowMs)) return false;
    this.#sampledAtMs = nowMs;
    for (const [queueId, count] of waiting) {
      const samples = this.#samples.get(queueId) ?? Array.from({ length: SAMPLES }, () => 0);
      this.#samples.set(queueId, [...samples.slice(1), count]);
    }
    return true;
  }

  lastHour(queueId: string): number[] {
    return this.#samples.get(queueId) ?? Array.from({ length: SAMPLES }, () => 0);
  }

  #count(spell: Spell, by: 1 | -1): void {
    if (spell.end === "lost" || (spell.end === "abandoned" && spell.waitMs < SHORT_ABANDON_MS)) return;
    let s = this.#sums.get(spell.queueId);
    if (!s) this.#sums.set(spell.queueId, (s = none()));
    s.offered += by;
    if (spell.end === "abandoned") s.abandoned += by;
    if (spell.end !== "answered") return;
    s.answered += by;
    s.answerMs += by * spell.waitMs;
    if (spell.waitMs <= this.#target(spell.queueId)) s.inTarget += by;
    if (spell.handleMs === null) return;
    s.handled += by;
    s.handleMs += by * spell.handleMs;
  }
}

function none(): Sums {
  return { offered: 0, answered: 0, inTarget: 0, abandoned: 0, answerMs: 0, handled: 0, handleMs: 0 };
}
