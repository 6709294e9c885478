/** How a step sounds and reads: the text, a recording in its place, another text where it is read, a word to who speaks the other language. */
import type { FlowLanguage, Says } from "@tandem/protocol/flow/flow";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { Checkbox } from "../../kit/checkbox.tsx";
import { cx } from "../../kit/classes.ts";
import { TextField } from "../../kit/field.tsx";
import { Select } from "../../kit/select.tsx";
import { usePrompts } from "../../data/data.ts";
import { useEditor, useView } from "../designer-context.ts";
import { without } from "./step-form.ts";
import { TextsField } from "./texts-field.tsx";

const otherOf = (language: FlowLanguage): FlowLanguage => (language === "fr" ? "en" : "fr");

/** `optional`: absent means that nothing is said; a tick takes it away. */
export function SaysField({ label, says, onChange, optional = false, hint }: { label: string; says: Says | undefined; onChange: (says: Says | undefined) => void; optional?: boolean; hint?: string }): ReactNode {
  if (optional)
    return (
      <div className="flex flex-col gap-2">
        <Checkbox isSelected={says !== undefined} onChange={(on) => onChange(on ? { sounds: {} } : undefined)}>
          {label}
          {hint !== undefined && <span className="block text-meta text-ink-3">{hint}</span>}
        </Checkbox>
        {says !== undefined && <Body label={label} says={says} onChange={onChange} />}
      </div>
    );
  return <Body label={label} says={says ?? { sounds: {} }} onChange={onChange} {...(hint === undefined ? {} : { hint })} />;
}

function Body({ label, says, onChange, hint }: { label: string; says: Says; onChange: (says: Says) => void; hint?: string }): ReactNode {
  const t = useT();
  const id = useId();
  const [open, setOpen] = useState(false);
  const shown = useView((v) => v.language);
  const languages = useEditor((s) => s.document.languages);
  const language = languages.includes(shown) ? shown : (languages[0] ?? "fr");
  const aside = says.aside?.[language];
  const set = (change: { [K in keyof Says]?: Says[K] | undefined }): void => onChange(without<Says>({ ...says, ...change }));
  const extras = [says.reads !== undefined && t("flows.says.reads.short"), says.recording !== undefined && t("flows.says.recording.short"), says.aside !== undefined && t("flows.says.aside.short")].filter((one) => one !== false);
  return (
    <div className="flex flex-col gap-2">
      <TextsField spoken label={label} texts={says.sounds} onChange={(sounds) => set({ sounds })} {...(hint === undefined ? {} : { hint })} />
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} className="flex max-w-full items-center gap-1 self-start rounded-control text-meta whitespace-nowrap text-ink-2 hover:text-ink">
        <ChevronRight size={13} aria-hidden className={cx("shrink-0 transition-transform duration-100", open && "rotate-90")} />
        {t("flows.says.more")}
        {extras.length > 0 && <span className="truncate text-ink-3">· {extras.join(", ")}</span>}
      </button>
      <div id={id} hidden={!open} className="flex flex-col gap-3 border-l-2 border-line pl-3">
        {open && (
          <>
            <RecordingSelect language={language} value={says.recording?.[language] ?? null} onChange={(promptId) => set({ recording: orNothing({ ...says.recording, [language]: promptId ?? undefined }) })} />
            <Checkbox isSelected={says.reads !== undefined} onChange={(on) => set({ reads: on ? says.sounds : undefined })}>
              {t("flows.says.reads")}
            </Checkbox>
            {says.reads !== undefined && <TextsField label={t("flows.says.reads.label")} texts={says.reads} rows={3} onChange={(reads) => set({ reads })} />}
            <Checkbox isSelected={aside !== undefined} onChange={(on) => set({ aside: orNothing({ ...says.aside, [language]: on ? { language: otherOf(language), text: language === "fr" ? "For English, press 9." : "Pour le français, tapez 9." } : undefined }) })}>
              {t("flows.says.aside", { other: t(`flows.language.${otherOf(language)}`) })}
            </Checkbox>
            {aside !== undefined && <TextField label={t("flows.says.aside.label")} value={aside.text} onChange={(text) => text !== "" && set({ aside: { ...says.aside, [language]: { ...aside, text } } })} />}
          </>
        )}
      </div>
    </div>
  );
}

function orNothing<T extends object>(value: T): T | undefined {
  const kept = without<T>(value);
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function RecordingSelect({ language, value, onChange }: { language: FlowLanguage; value: string | null; onChange: (id: string | null) => void }): ReactNode {
  const t = useT();
  const prompts = usePrompts().data ?? [];
  const known = value === null || prompts.some(({ id }) => id === value) ? prompts : [...prompts, { id: value, name: value }];
  return (
    <Select
      label={t("flows.says.recording", { language: t(`flows.language.${language}`) })}
      value={value ?? ""}
      options={[{ id: "", label: t("flows.says.recording.none") }, ...known.map(({ id, name }) => ({ id, label: name }))]}
      onChange={(id) => onChange(id === "" ? null : id)}
    />
  );
}
