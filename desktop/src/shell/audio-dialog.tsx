import { Play, Volume2, VolumeX, X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useT } from "../i18n/i18n.ts";
import { IconButton } from "../kit/button.tsx";
import { Select } from "../kit/select.tsx";
import { Slider } from "../kit/slider.tsx";
import { setMicrophone, setSpeaker, useAudioDevices } from "../phone/phone.ts";
import { play, setSound, soundNames, useSoundSettings } from "../sounds/sounds.ts";
import type { SoundName } from "../sounds/sounds.ts";
import { openLayer, useLayer } from "./ui.ts";

/** The select's own word for the system's device: no device has an empty id. */
const DEFAULT = "";

/** What is heard here: devices, and each sound with its own volume; kept on this machine. */
export function AudioDialog(): ReactNode {
  const t = useT();
  return (
    <ModalOverlay isDismissable isOpen={useLayer("audio")} onOpenChange={(open) => !open && openLayer(null)} className="fixed inset-0 z-40 flex justify-center bg-scrim px-4 pt-[10vh]">
      <Modal className="animate-appear h-fit max-h-[80vh] w-full max-w-[30rem] overflow-auto rounded-sheet border border-line bg-raised shadow-3">
        <Dialog className="outline-none">
          <header className="flex items-center gap-3 border-b border-line px-4 py-3">
            <Heading slot="title" className="grow text-sub font-semibold">
              {t("shell.audio.title")}
            </Heading>
            <IconButton icon={X} label={t("everywhere.close")} onPress={() => openLayer(null)} />
          </header>
          <Devices />
          <ul className="flex flex-col gap-1 px-4 pb-4">
            {soundNames.map((name) => (
              <SoundRow key={name} name={name} />
            ))}
          </ul>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Devices(): ReactNode {
  const t = useT();
  const { inputs, outputs, inputId, outputId } = useAudioDevices();
  return (
    <div className="grid gap-3 px-4 py-4 stack:grid-cols-2">
      <Select label={t("phone.mic.label")} options={[{ id: DEFAULT, label: t("phone.mic.default") }, ...inputs]} value={inputId ?? DEFAULT} onChange={(id) => void setMicrophone(id === DEFAULT ? null : id)} />
      <Select label={t("phone.speaker.label")} options={[{ id: DEFAULT, label: t("phone.speaker.default") }, ...outputs]} value={outputId ?? DEFAULT} onChange={(id) => void setSpeaker(id === DEFAULT ? null : id)} />
    </div>
  );
}

function SoundRow({ name }: { name: SoundName }): ReactNode {
  const t = useT();
  const { volume, muted } = useSoundSettings()[name];
  const sound = t(`phone.sound.${name}`);
  return (
    <li className="flex h-10 items-center gap-3">
      <IconButton icon={Play} tone="soft" label={t("phone.sound.try", { sound })} onPress={() => play(name)} />
      <span className="min-w-0 grow">
        <span className="block truncate text-body">{sound}</span>
        <span className="block truncate text-meta text-ink-2">{t(`phone.sound.${name}.how`)}</span>
      </span>
      <Slider label={t("phone.sound.volume", { sound })} value={volume} isDisabled={muted} onChange={(next) => setSound(name, { volume: next })} />
      <IconButton icon={muted ? VolumeX : Volume2} label={t("phone.sound.mute", { sound })} aria-pressed={muted} onPress={() => setSound(name, { muted: !muted })} />
    </li>
  );
}
