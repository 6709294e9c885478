/** What is said: a text per language, or a recording of the prompt table in its place. */
import type { Says, Texts } from "@tandem/protocol/flow/flow";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import type { Look } from "../admin/kind-page.ts";
import { useAdminList } from "../data/data.ts";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { HearButton, recorded, spoken } from "./sound.tsx";

const LANGUAGES = ["fr", "en"] as const;
/** A language without words is absent on the wire. */
function put<V>(of: Partial<Record<"fr" | "en", V>>, language: "fr" | "en", value: V | null): Partial<Record<"fr" | "en", V>> {
  const { [language]: _, ...rest } = of;
  return value === null ? rest : { ...rest, [language]: value };
}

export function TextsField({ label, hint, texts, onChange, look }: { label: string; hint?: string; texts: Texts; onChange: (texts: Texts) => void; look: Look }): ReactNode {
  return (
    <Group label={label} hint={hint}>
      <div className="grid grid-cols-2 gap-3">
        {LANGUAGES.map((language) => (
          <div key={language} className="flex min-w-0 flex-col gap-1.5">
            <TextField rows={2} label={look.t(`everywhere.language.${language}`)} value={texts[language] ?? ""} onChange={(text) => onChange(put(texts, language, text.trim() === "" ? null : text))} />
            {(texts[language] ?? "") !== "" && <Hear language={language} label={label} text={texts[language] ?? ""} recordingId={null} look={look} />}
          </div>
        ))}
      </div>
    </Group>
  );
}

/** `value` undefined: more general words hold, nothing is shown as ours. */
export function SaysField({ label, hint, value, onChange, look }: { label: string; hint?: string; value: Says; onChange: (says: Says) => void; look: Look }): ReactNode {
  const { recording: _, ...words } = value;
  const record = (language: "fr" | "en", id: string): void => {
    const recording = put(value.recording ?? {}, language, id === "" ? null : id);
    onChange(Object.keys(recording).length === 0 ? words : { ...value, recording });
  };
  return (
    <Group label={label} hint={hint}>
      <div className="grid grid-cols-2 gap-3">
        {LANGUAGES.map((language) => (
          <div key={language} className="flex min-w-0 flex-col gap-1.5">
            <TextField rows={2} label={look.t(`everywhere.language.${language}`)} value={value.sounds[language] ?? ""} onChange={(text) => onChange({ ...value, sounds: put(value.sounds, language, text.trim() === "" ? null : text) })} />
            <div className="flex items-center gap-1.5">
              <div className="min-w-0 grow">
                <RecordingSelect label={look.t("admin.service.recording.of", { what: label, language: look.t(`everywhere.language.${language}`) })} hideLabel none={look.t("admin.service.recording.none")} value={value.recording?.[language] ?? null} onChange={(id) => record(language, id ?? "")} />
              </div>
              <Hear language={language} label={label} text={value.sounds[language] ?? ""} recordingId={value.recording?.[language] ?? null} look={look} />
            </div>
          </div>
        ))}
      </div>
    </Group>
  );
}

/** What is typed, before it is saved, or the recording that stands in its place. */
function Hear({ language, label, text, recordingId, look }: { language: "fr" | "en"; label: string; text: string; recordingId: string | null; look: Look }): ReactNode {
  return <HearButton of={`${label}, ${look.t(`everywhere.language.${language}`)}`} sounds={[recordingId === null ? spoken(text, language) : recorded(recordingId, language)]} isDisabled={recordingId === null && text === ""} />;
}

/** A recording of the prompt table, or none. */
export function RecordingSelect({ label, hideLabel = false, none, value, onChange }: { label: string; hideLabel?: boolean; none: string; value: string | null; onChange: (id: string | null) => void }): ReactNode {
  const rows = useAdminList("prompts").data ?? [];
  const kept = value !== null && !rows.some(({ id }) => id === value) ? [{ id: value, label: value }] : [];
  return <Select hideLabel={hideLabel} label={label} value={value ?? ""} options={[{ id: "", label: none }, ...kept, ...rows.map(({ id, name }) => ({ id, label: name }))]} onChange={(id) => onChange(id === "" ? null : id)} />;
}
