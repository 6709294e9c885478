/**
 * The 20 ms beat without drift: every beat is due at start + n * 5 ms, and endpoints are spread over four phases so that a
 * thousand frames do not leave in one burst. It runs only while somebody is on it.
 */
import type { Clock } from "../base/clock.ts";

const PHASES = 4;
const STEP_MS = 5;
/** After a stall, frames are made up for at most so long; what is older is skipped (the far jitter buffer dropped it anyway). */
const MAX_BEHIND_MS = 100;

export class Ticker<Member> {
  #clock: Clock;
  #tick: (member: Member, dueMs: number) => void;
  #phases: Set<Member>[] = Array.from({ length: PHASES }, () => new Set<Member>());
  #phaseOf = new Map<Member, number>();
  #step = 0;
  #dueMs = 0;
  #cancel: (() => void) | null = null;
  /** Beats that were skipped because we were late. */
  skippedSteps = 0;

  constructor(clock: Clock, tick: (member: Member, dueMs: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
  }

  add(member: Member): void {
    if (this.#phaseOf.has(member)) return;
    let least = 0;
    for (let i = 1; i < PHASES; i++) if (this.#phases[i]!.size < this.#phases[least]!.size) least = i;
    this.#phases[least]!.add(member);
    this.#phaseOf.set(member, least);
    if (this.#cancel === null) {
      this.#dueMs = this.#clock.now() + STEP_MS;
      this.#cancel = this.#clock.after(STEP_MS, () => this.#run());
    }
  }

  remove(member: Member): void {
    const phase = this.#phaseOf.get(member);
    if (phase === undefined) return;
    this.#phases[phase]!.delete(member);
    this.#phaseOf.delete(member);
  }

  #run(): void {
    const now = this.#clock.now();
    if (now - this.#dueMs > MAX_BEHIND_MS) {
      const skipped = Math.floor((now - this.#dueMs - MAX_BEHIND_MS) / STEP_MS);
      this.skippedSteps += skipped;
      this.#dueMs += skipped * STEP_MS;
    }
    while (this.#dueMs <= now) {
      // Members may leave while we walk: a Set allows that.
      for (const member of this.#phases[this.#step % PHASES]!) this.#tick(member, this.#dueMs);
      this.#step++;
      this.#dueMs += STEP_MS;
    }
    this.#cancel = this.#phaseOf.size > 0 ? this.#clock.after(Math.max(0, this.#dueMs - this.#clock.now()), () => this.#run()) : null;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#phaseOf.clear();
    for (const phase of this.#phases) phase.clear();
  }
}
