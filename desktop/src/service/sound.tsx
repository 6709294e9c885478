/** Sounds of the administration, heard as customers and agents hear them: one after another, one at a time in a place. */
import type { PromptLanguage } from "@tandem/protocol/prompt";
import { Play, Square } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { promptSoundUrl, speak } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { toast } from "../kit/toast.tsx";

/** Gives an address to play, or null where there is no sound. */
export type Sound = () => Promise<string | null>;

/** Spoken by the centre's voice. */
export const spoken =
  (text: string, language: PromptLanguage): Sound =>
  async () => {
    const sound = await speak(text, language);
    return sound === null ? null : URL.createObjectURL(sound);
  };
/** `version` changes with the sound, so that no browser plays an old one. */
export const recorded =
  (id: string, language: PromptLanguage, version = ""): Sound =>
  () =>
    Promise.resolve(promptSoundUrl(id, language, version));

/** `rate`: the browser changes it at the same pitch, as the server does. What cannot be heard is told. */
export function useSounds(): { playing: boolean; play: (sounds: readonly Sound[], rate?: number) => void; stop: () => void } {
  const t = useT();
  const audio = useRef<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  const silence = useCallback(() => {
    const was = audio.current;
    audio.current = null;
    if (was === null) return;
    was.pause();
    if (was.src.startsWith("blob:")) URL.revokeObjectURL(was.src);
  }, []);
  useEffect(() => silence, [silence]);
  const stop = (): void => {
    silence();
    setPlaying(false);
  };
  const play = (sounds: readonly Sound[], rate = 1): void => {
    silence();
    setPlaying(true);
    const next = async (at: number): Promise<void> => {
      const sound = sounds[at];
      if (sound === undefined) return stop();
      const made = new Audio();
      audio.current = made;
      const url = await sound();
      if (audio.current !== made) {
        if (url?.startsWith("blob:") === true) URL.revokeObjectURL(url); // stopped meanwhile
        return;
      }
      if (url === null) return fail();
      made.addEventListener("ended", () => audio.current === made && (silence(), void next(at + 1).catch(fail)), { once: true });
      made.src = url;
      made.playbackRate = rate;
      await made.play().catch((error: unknown) => {
        if (audio.current === made) throw error; // else it was stopped before it began
      });
    };
    const fail = (): void => {
      stop();
      toast("alert", t("admin.prompts.sound.failed"));
    };
    next(0).catch(fail);
  };
  return { playing, play, stop };
}

/** Hear it, or stop. `small`: beside a field, whose name is `of`. */
export function HearButton({ sounds, rate = 1, of, isDisabled = false }: { sounds: readonly Sound[]; rate?: number; of?: string; isDisabled?: boolean }): ReactNode {
  const t = useT();
  const { playing, play, stop } = useSounds();
  const word = t(playing ? "admin.prompts.sound.stop" : "admin.prompts.sound.play");
  const icon = playing ? Square : Play;
  const press = (): void => (playing ? stop() : play(sounds, rate));
  const off = isDisabled && !playing;
  return of === undefined ? (
    <Button icon={icon} onPress={press} isDisabled={off}>
      {word}
    </Button>
  ) : (
    <IconButton icon={icon} label={t("admin.sound.of", { what: word, name: of })} onPress={press} isDisabled={off} />
  );
}
