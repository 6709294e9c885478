import type { Clock } from "../base/clock.ts";
import type { Interaction, Utterance } from "../hub/hub.ts";

/** The first word after so long, then at this pace: often enough to reassure, rare enough not to nag. */
const FIRST_MS = 15_000;
const EVERY_MS = 45_000;
/** Estimates are said in whole minutes, rounded up: an announced wait is a promise. */
const MINUTE_MS = 60_000;

interface WaitingOptions {
  clock: Clock;
  position(id: string): { position: number; of: number; estimatedWaitMs: number | null } | null;
  say(it: Interaction, utterances: readonly Utterance[]): void;
  live(id: string): Interaction | undefined;
}

/** Tells a waiting caller where they stand. Written media show it on the page instead. */
export class Waiting {
  readonly #timers = new Map<string, () => void>();
  readonly #options: WaitingOptions;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  follow(it: Interaction): void {
    if (it.traits.written) return;
    const waits = it.state === "queued" || it.state === "offered";
    if (waits && !this.#timers.has(it.id)) this.#set(it.id, FIRST_MS);
    if (!waits) {
      this.#timers.get(it.id)?.();
      this.#timers.delete(it.id);
    }
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #set(id: string, afterMs: number): void {
    const { clock, live, position, say } = this.#options;
    const cancel = clock.after(afterMs, () => {
      this.#timers.delete(id);
      const it = live(id);
      if (!it || (it.state !== "queued" && it.state !== "offered")) return;
      const place = position(id);
      // While it rings somewhere, an announcement would speak over the answer.
      if (place && it.state === "queued") say(it, [{ language: it.language, text: announcement(it.language, place.position, place.estimatedWaitMs) }]);
      this.#set(id, EVERY_MS);
    });
    this.#timers.set(id, cancel);
  }
}

export function announcement(language: "fr" | "en", position: number, estimatedWaitMs: number | null): string {
  const minutes = estimatedWaitMs === null ? null : Math.max(1, Math.ceil(estimatedWaitMs / MINUTE_MS));
  if (language === "fr") {
    const place = position === 1 ? "Vous êtes la prochaine personne." : `Vous êtes en position ${position}.`;
    const wait = minutes === null ? "Merci de patienter." : minutes === 1 ? "Attente estimée : moins d'une minute." : `Attente estimée : ${minutes} minutes.`;
    return `${place} ${wait}`;
  }
  const place = position === 1 ? "You are next in line." : `You are number ${position} in line.`;
  const wait = minutes === null ? "Thank you for waiting." : minutes === 1 ? "Estimated wait: less than a minute." : `Estimated wait: ${minutes} minutes.`;
  return `${place} ${wait}`;
}
