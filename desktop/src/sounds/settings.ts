/** Volume and mute of each sound, kept on this machine: two agents of one account may sit in different rooms. */
import { createStore } from "../data/store.ts";
import { soundNames } from "./tones.ts";
import type { SoundName } from "./tones.ts";

export interface SoundSetting {
  /** 0..1 */
  readonly volume: number;
  readonly muted: boolean;
}
export type SoundSettings = Readonly<Record<SoundName, SoundSetting>>;

const KEY = "tandem.sounds";
const initial: SoundSettings = {
  ring: { volume: 0.7, muted: false },
  conversation: { volume: 0.6, muted: false },
  message: { volume: 0.4, muted: false },
  watch: { volume: 0.4, muted: false },
  breach: { volume: 0.5, muted: false },
  lost: { volume: 0.5, muted: false },
};

/** What was kept, with anything unreadable replaced by the usual: a hand-edited value must not break the desk. */
export function readSettings(kept: string | null): SoundSettings {
  let parsed: unknown = null;
  try {
    parsed = kept === null ? null : JSON.parse(kept);
  } catch {
    return initial;
  }
  const given = (typeof parsed === "object" && parsed !== null ? parsed : {}) as Record<string, { volume?: unknown; muted?: unknown } | undefined>;
  const out: Record<string, SoundSetting> = {};
  for (const name of soundNames) {
    const { volume, muted } = given[name] ?? {};
    out[name] = {
      volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : initial[name].volume,
      muted: typeof muted === "boolean" ? muted : initial[name].muted,
    };
  }
  return out as SoundSettings;
}

export const soundSettings = createStore<SoundSettings>(readSettings(globalThis.document === undefined ? null : localStorage.getItem(KEY)));

export function setSound(name: SoundName, change: Partial<SoundSetting>): void {
  soundSettings.update((all) => ({ ...all, [name]: { ...all[name], ...change } }));
  localStorage.setItem(KEY, JSON.stringify(soundSettings.get()));
}
