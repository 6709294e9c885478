/**
 * Keeps our own voice out of our ear: while something is said to a caller, a part of it comes back (a hybrid, a loudspeaker). What is as soft as an
 * echo is handed on as silence then; a person who speaks into a telephone is louder.
 */

/** Prompts go out at -26 dBov; lines return them 20 dB down and more, and people speak at -26 or so. */
const ECHO_DBOV = -42;
/** After something loud, what follows belongs to it: soft ends of words, short pauses. */
const OPEN_BATCHES = 5;

export class EchoGate {
  readonly #pass: (samples: Int16Array) => void;
  /** Waits to see whether the next one is loud: then it was the word's begin. */
  #held: Int16Array | null = null;
  #open = 0;

  constructor(pass: (samples: Int16Array) => void) {
    this.#pass = pass;
  }

  /** Batches of equal length in order; `speaking`: we say something now. */
  hear(samples: Int16Array, speaking: boolean): void {
    const loud = levelDbov(samples) > ECHO_DBOV;
    this.#open = loud ? OPEN_BATCHES : Math.max(0, this.#open - 1);
    const open = !speaking || this.#open > 0;
    if (this.#held) this.#pass(open ? this.#held : new Int16Array(this.#held.length));
    this.#held = null;
    if (open) this.#pass(samples);
    else this.#held = samples;
  }
}

function levelDbov(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length) / 32768 ** 2 + 1e-12);
}
