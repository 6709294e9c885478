/** What the agent hears before the customer: words, speed, countdown; played as it will sound. */
import type { Whisper } from "@tandem/protocol/waiting";
import { countdownText, whisperText } from "@tandem/protocol/whisper-words";
import { useState } from "react";
import type { ReactNode } from "react";
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import { Group } from "../admin/fields.tsx";
import { nameIn } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { useAdminList } from "../data/data.ts";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { RecordingSelect, TextsField } from "./says-field.tsx";
import type { SettingFieldsProps } from "./setting-form.tsx";
import { HearButton, recorded, spoken } from "./sound.tsx";

const LANGUAGES = ["fr", "en"] as const;

export function WhisperFields({ draft, set, queueId, look }: SettingFieldsProps<"whisper">): ReactNode {
  const { t, format } = look;
  return (
    <>
      <Switch isSelected={draft.on} onChange={(on) => set({ on })}>
        {t("admin.whisper.on")}
      </Switch>
      {draft.on && (
        <>
          <div className="w-80">
            <Select label={t("admin.whisper.what")} value={draft.what} options={(["type-and-queue", "queue", "text", "recording"] as const).map((id) => ({ id, label: t(`admin.whisper.what.${id}`) }))} onChange={(what) => set({ what })} />
          </div>
          {draft.what === "text" && <TextsField label={t("admin.whisper.text")} texts={draft.says} onChange={(says) => set({ says })} look={look} />}
          {draft.what === "recording" && (
            <div className="w-80">
              <RecordingSelect label={t("admin.whisper.recording")} none={t("admin.choose")} value={draft.recordingId} onChange={(recordingId) => set({ recordingId })} />
            </div>
          )}
          <Slider minValue={0.5} maxValue={2} step={0.05} value={draft.speed} onChange={(speed) => set({ speed: Math.round(speed * 100) / 100 })} className="flex w-80 flex-col gap-1.5">
            <span className="flex justify-between text-control">
              <Label className="font-medium">{t("admin.whisper.speed")}</Label>
              <SliderOutput className="tabular-nums">{t("admin.whisper.speed.times", { speed: format.number(draft.speed, 2) })}</SliderOutput>
            </span>
            <SliderTrack className="relative flex h-6 items-center">
              <span className="h-1 w-full rounded-full bg-fill-2" />
              <span className="absolute h-1 rounded-full bg-acc" style={{ width: `${((draft.speed - 0.5) / 1.5) * 100}%` }} />
              <SliderThumb className="top-1/2 size-4 rounded-full border-2 border-acc bg-raised data-focus-visible:outline-2 data-focus-visible:outline-acc" />
            </SliderTrack>
          </Slider>
          <Switch isSelected={draft.countdown} onChange={(countdown) => set({ countdown })}>
            {t("admin.whisper.countdown")}
          </Switch>
          <Hear whisper={draft} queueName={queueId === null ? (look.queues[0]?.name ?? "") : nameIn(look.queues, queueId)} look={look} />
        </>
      )}
    </>
  );
}

/** As it will sound. */
function Hear({ whisper, queueName, look }: { whisper: Whisper; queueName: string; look: Look }): ReactNode {
  const { t } = look;
  const [language, setLanguage] = useState<"fr" | "en">(look.language);
  const recordings = useAdminList("prompts").data ?? [];
  const recording = whisper.what === "recording" ? whisper.recordingId : null;
  const words = whisperText(whisper, queueName, "call", language);
  const sounds = [recording === null ? spoken(words, language) : recorded(recording, language), ...(whisper.countdown ? [spoken(countdownText(language), language)] : [])];
  return (
    <Group label={t("admin.whisper.hear")}>
      <div className="flex flex-wrap items-center gap-3">
        <Segmented label={t("admin.hours.language")} value={language} options={LANGUAGES.map((id) => ({ id, label: t(`everywhere.language.${id}`) }))} onChange={setLanguage} />
        <HearButton sounds={sounds} rate={whisper.speed} isDisabled={whisper.what === "recording" && recording === null} />
      </div>
      <p className="text-control text-ink-2" lang={language}>
        {recording === null ? words : nameIn(recordings, recording)}
        {whisper.countdown && ` ${countdownText(language)}`}
      </p>
    </Group>
  );
}
