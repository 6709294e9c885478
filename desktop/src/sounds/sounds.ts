/**
 * The desktop's sounds: synthesised, six contours, volume and mute for each. Every sound has a visual twin (the strip, the
 * card, the banner): nothing is told by sound alone. `followSession` once at the page's load; `play` for a settings page.
 */
import type { Centre } from "../data/centre.ts";
import { session } from "../data/session.ts";
import { useSelect } from "../data/store.ts";
import { heardLine, lines, phone, ringingLine } from "../phone/phone.ts";
import { cueOf, lineIsLost, LOST_AFTER_MS, rings } from "./cues.ts";
import { play, setRinging, unlockOnGesture } from "./player.ts";
import { soundSettings } from "./settings.ts";
import type { SoundSettings } from "./settings.ts";

export { play } from "./player.ts";
export { setSound } from "./settings.ts";
export type { SoundSetting, SoundSettings } from "./settings.ts";
export { soundNames } from "./tones.ts";
export type { SoundName } from "./tones.ts";

export function useSoundSettings(): SoundSettings {
  return useSelect(soundSettings, (settings) => settings);
}

/** Call waiting: how often a second call is heard while one talks. */
const WAITING_EVERY_MS = 5000;

/** Once, at the page's load: sounds follow whoever is signed in. */
export function followSession(): void {
  unlockOnGesture();
  let stop = (): void => {};
  let of: Centre | null = null;
  const look = (): void => {
    const now = session.get();
    const centre = now.phase === "in" ? now.centre : null;
    if (centre === of) return;
    of = centre;
    stop();
    stop = now.phase === "in" ? follow(now.centre, now.view.user.id) : () => {};
  };
  session.subscribe(look);
  look();
}

function follow(centre: Centre, agentId: string): () => void {
  let wasLive = false;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  let waitingTimer: ReturnType<typeof setInterval> | undefined;
  const updateRing = (): void => {
    const call = phone.get().call;
    const ringing = ringingLine(lines.get()) !== null;
    const talking = (call !== null && call.state !== "ringing") || heardLine(lines.get()) !== null || lines.get().list.some(({ state }) => state === "answering");
    // Answered here: silence at once, not a round trip later.
    setRinging((rings(centre.state.get(), agentId) && (call === null || call.state === "ringing")) || (ringing && !talking));
    // A ring over a conversation would be too much: two soft notes, again and again.
    if (ringing && talking) {
      if (waitingTimer === undefined) play("conversation");
      waitingTimer ??= setInterval(() => play("conversation"), WAITING_EVERY_MS);
    } else {
      clearInterval(waitingTimer);
      waitingTimer = undefined;
    }
  };
  const stops = [
    centre.state.subscribe(updateRing),
    phone.subscribe(updateRing),
    lines.subscribe(updateRing),
    centre.onChange(({ before, after, frame }) => {
      const cue = cueOf(before, after, frame, agentId);
      if (cue !== null) play(cue);
    }),
    centre.connection.subscribe(() => {
      const connection = centre.connection.get();
      if (connection.phase === "live") {
        wasLive = true;
        clearTimeout(lostTimer);
      } else if (connection.phase === "waiting" && connection.attempts === 1) {
        clearTimeout(lostTimer);
        lostTimer = setTimeout(() => {
          if (lineIsLost(centre.connection.get(), wasLive, Date.now())) play("lost");
        }, LOST_AFTER_MS + 50);
      }
    }),
    onMicLost(() => play("lost")),
  ];
  return () => {
    clearTimeout(lostTimer);
    clearInterval(waitingTimer);
    setRinging(false);
    for (const stop of stops) stop();
  };
}

function onMicLost(tell: () => void): () => void {
  let mic = phone.get().mic;
  return phone.subscribe(() => {
    const now = phone.get().mic;
    if (now === "lost" && mic !== "lost") tell();
    mic = now;
  });
}
