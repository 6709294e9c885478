/** What a caller hears while it rings there: the ringing tone of European networks (ETSI TR 101 041-2: 425 to 440 Hz). */

const HZ = 440;
const LEVEL = 0.08;
const ON_S = 1.5;
const PERIOD_MS = 5_000;

/** Sounds until the returned function is called. */
export function ringback(): () => void {
  const context = new AudioContext();
  const beep = (): void => {
    const tone = context.createOscillator();
    const gain = context.createGain();
    const from = context.currentTime + 0.02;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(LEVEL, from + 0.02);
    gain.gain.setValueAtTime(LEVEL, from + ON_S);
    gain.gain.linearRampToValueAtTime(0, from + ON_S + 0.02);
    tone.frequency.value = HZ;
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + ON_S + 0.05);
  };
  beep();
  const timer = setInterval(beep, PERIOD_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
