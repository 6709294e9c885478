import type { Chance } from "../base/chance.ts";

/** Draws of the day: everything that people do comes from one seeded Chance. */
export class Dice {
  readonly #chance: Chance;
  constructor(chance: Chance) {
    this.#chance = chance;
  }
  /** True with probability p. */
  maybe(p: number): boolean {
    return this.#chance.next() < p;
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.#chance.next();
  }
  /** Exponential with the given mean: gaps between arrivals, patience, talk times. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#chance.next());
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#chance.next() * list.length)]!;
  }
}

/** How one customer behaves, drawn when they arrive. */
export interface Caller {
  patienceMs: number;
  talkMs: number;
  /** What they answer the flow: keys for voice, texts for written media, in order; then silence. */
  answers: readonly string[];
  thinkMs: number;
  leavesInFlow: boolean;
}

const VOICE_ANSWERS: readonly (readonly string[])[] = [["0"], ["1", "1", "0", "4", "8", "2"], ["2", "#"], ["3"], ["9", "0"], ["7", "7", "7"], [], ["*"]];
const CHAT_ANSWERS: readonly (readonly string[])[] = [["Je veux parler à un conseiller"], ["2", "10482"], ["conseil d'achat"], ["blah", "blah", "blah"], ["hello", "1"], []];

export function drawCaller(dice: Dice, written: boolean): Caller {
  return {
    patienceMs: dice.exponential(written ? 240_000 : 120_000),
    talkMs: 5_000 + dice.exponential(written ? 200_000 : 120_000),
    answers: dice.pick(written ? CHAT_ANSWERS : VOICE_ANSWERS),
    thinkMs: dice.between(300, 9_000),
    leavesInFlow: dice.maybe(0.05),
  };
}

/** How one agent behaves. */
export interface Worker {
  answerMs: number;
  /** Does not notice the ring. */
  missP: number;
  declineP: number;
  wrapMs: number;
  /** Goes on a break, comes back. */
  breakEveryMs: number;
  /** The desktop dies in the middle of work. */
  crashP: number;
}

export function drawWorker(dice: Dice): Worker {
  return {
    answerMs: dice.between(500, 23_000),
    missP: dice.pick([0, 0.05, 0.3]),
    declineP: dice.pick([0, 0, 0.1]),
    wrapMs: dice.between(1_000, 60_000),
    breakEveryMs: dice.between(600_000, 3_000_000),
    crashP: dice.pick([0, 0, 0.1]),
  };
}
