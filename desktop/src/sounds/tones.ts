/** The sounds as scores, told apart by contour rather than loudness: rising asks, falling warns, the harsh one is for a lost line only. */

export const soundNames = ["ring", "conversation", "message", "watch", "breach", "lost"] as const;
export type SoundName = (typeof soundNames)[number];

export interface Note {
  /** From the start of the sound. */
  readonly atMs: number;
  readonly lastMs: number;
  readonly hz: number;
  /** Share of the sound's volume. */
  readonly gain: number;
  readonly wave: OscillatorType;
}

/** The ring begins again after this long. */
export const RING_LOOP_MS = 2400;

const A4 = 440;
const semitones = (n: number): number => A4 * 2 ** (n / 12);
const MAJOR_THIRD = 4;
const FOURTH = 5;

const soft = (atMs: number, lastMs: number, up: number, gain = 1): Note => ({ atMs, lastMs, hz: semitones(up), gain, wave: "sine" });
/** The same note an octave up and faint: carries through a noisy room without being louder. */
const bright = (note: Note): Note[] => [note, { ...note, hz: note.hz * 2, gain: note.gain * 0.25 }];

export const scores: Record<SoundName, readonly Note[]> = {
  /** Rising third, twice. */
  ring: [soft(0, 180, 7), soft(190, 300, 7 + MAJOR_THIRD), soft(640, 180, 7), soft(830, 420, 7 + MAJOR_THIRD)].flatMap(bright),
  /** Rising fourth. */
  conversation: [soft(0, 160, 3), soft(170, 340, 3 + FOURTH)].flatMap(bright),
  /** A soft tick. */
  message: [{ atMs: 0, lastMs: 45, hz: 1320, gain: 0.5, wave: "triangle" }],
  /** One note. */
  watch: [soft(0, 360, 0, 0.8)],
  /** Falling third, once. */
  breach: [soft(0, 220, MAJOR_THIRD), soft(240, 480, 0)].flatMap(bright),
  lost: [
    { atMs: 0, lastMs: 160, hz: 196, gain: 0.6, wave: "sawtooth" },
    { atMs: 200, lastMs: 160, hz: 185, gain: 0.6, wave: "sawtooth" },
    { atMs: 400, lastMs: 260, hz: 165, gain: 0.6, wave: "sawtooth" },
  ],
};
