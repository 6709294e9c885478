/** Plays the scores with WebAudio. A page may only sound after a first gesture: until then nothing is queued, a late ring would lie. */
import { soundSettings } from "./settings.ts";
import { RING_LOOP_MS, scores } from "./tones.ts";
import type { SoundName } from "./tones.ts";

/** Attack and release of each note: without them a tone clicks. */
const ATTACK_S = 0.008;
const RELEASE_S = 0.06;

let context: AudioContext | null = null;
let ringTimer: ReturnType<typeof setInterval> | undefined;
let stopLast = (): void => {};

/** Makes sound possible at the first key or click; call once. */
export function unlockOnGesture(): void {
  const unlock = (): void => {
    context ??= new AudioContext();
    void context.resume();
  };
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, unlock, { capture: true, passive: true });
}

/** Returns what cuts it short. Muted and not yet unlocked play nothing. */
export function play(name: SoundName): () => void {
  const { volume, muted } = soundSettings.get()[name];
  if (muted || volume === 0 || context === null || context.state !== "running") return () => {};
  const now = context.currentTime;
  const out = context.createGain();
  out.gain.value = volume * 0.35;
  out.connect(context.destination);
  let endS = 0;
  for (const note of scores[name]) {
    const from = now + note.atMs / 1000;
    const to = from + note.lastMs / 1000;
    const oscillator = context.createOscillator();
    oscillator.type = note.wave;
    oscillator.frequency.value = note.hz;
    const shape = context.createGain();
    shape.gain.setValueAtTime(0, from);
    shape.gain.linearRampToValueAtTime(note.gain, from + ATTACK_S);
    shape.gain.setTargetAtTime(0, to - RELEASE_S / 2, RELEASE_S / 3);
    oscillator.connect(shape).connect(out);
    oscillator.start(from);
    oscillator.stop(to + RELEASE_S);
    endS = Math.max(endS, to + RELEASE_S);
  }
  const timer = setTimeout(() => out.disconnect(), (endS - now) * 1000 + 50);
  return () => {
    clearTimeout(timer);
    out.disconnect();
  };
}

/** Rings until told otherwise. */
export function setRinging(ringing: boolean): void {
  if (ringing === (ringTimer !== undefined)) return;
  if (!ringing) {
    clearInterval(ringTimer);
    ringTimer = undefined;
    stopLast();
    return;
  }
  stopLast = play("ring");
  ringTimer = setInterval(() => {
    stopLast = play("ring");
  }, RING_LOOP_MS);
}
