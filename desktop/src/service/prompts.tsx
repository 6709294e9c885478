/** Prompts: what customers hear, by the name that flows and queues use; what is missing in a language stands out. */
import { PromptBody } from "@tandem/protocol/prompt";
import type { PromptLanguage, PromptView } from "@tandem/protocol/prompt";
import { AudioLines, Mic2, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { FormProps, KindPage, Look } from "../admin/kind-page.ts";
import { Chip } from "../kit/chip.tsx";
import { TextField } from "../kit/field.tsx";
import { PromptSound } from "./prompt-sound.tsx";
import { HearButton, spoken } from "./sound.tsx";

const LANGUAGES: readonly PromptLanguage[] = ["fr", "en"];

export const promptsPage: KindPage<"prompts"> = {
  kind: "prompts",
  icon: AudioLines,
  schema: PromptBody,
  columns: [
    { id: "name", label: "admin.named", width: { share: 30 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "fr", label: "admin.prompts.fr", width: { share: 26 }, sort: (row) => row.texts.fr ?? "", cell: (row, look) => <Heard row={row} language="fr" look={look} /> },
    { id: "en", label: "admin.prompts.en", width: { share: 26 }, sort: (row) => row.texts.en ?? "", cell: (row, look) => <Heard row={row} language="en" look={look} /> },
    { id: "uses", label: "admin.prompts.uses", width: { share: 18 }, sort: (row) => row.uses.length, cell: (row, look) => (row.uses.length === 0 ? "—" : row.uses.map((use) => useName(use, look)).join(", ")) },
  ],
  nameOf: (row) => row.name,
  searchText: (row, look) => [row.name, row.texts.fr ?? "", row.texts.en ?? "", ...row.uses.map((use) => useName(use, look))].join(" "),
  blank: () => ({ name: "", texts: {} }),
  errors: { name: "admin.error.named", texts: "admin.error.prompts.texts" },
  removal: (row, look) => ({ effect: look.t("admin.prompts.delete.effect"), blocked: row.uses.length === 0 ? null : look.t("admin.prompts.inUse", { uses: row.uses.map((use) => useName(use, look)).join(", ") }) }),
  Form: PromptForm,
  More: Sounds,
  wide: true,
};

function useName({ where, name }: PromptView["uses"][number], { t }: Look): string {
  if (where === "centre") return t("admin.prompts.use.centre");
  if (where !== "hours") return name;
  return name === "" ? t("admin.prompts.use.hoursCentre") : t("admin.prompts.use.hours", { name });
}

/** What is heard in one language: a recording and its length, a spoken text, or nothing. */
function Heard({ row, language, look }: { row: PromptView; language: PromptLanguage; look: Look }): ReactNode {
  const { t, format } = look;
  const recording = row.recordings[language];
  if (recording !== undefined) {
    return (
      <Chip tone="sky" icon={Mic2}>
        {t("admin.prompts.recording", { length: format.timer(recording.seconds * 1000) })}
      </Chip>
    );
  }
  const text = row.texts[language];
  if (text !== undefined) return <span title={text}>{text}</span>;
  return (
    <Chip tone="amber" icon={TriangleAlert}>
      {t("admin.prompts.missing")}
    </Chip>
  );
}

function PromptForm({ draft, set, error, look }: FormProps<"prompts">): ReactNode {
  const { t } = look;
  const text = (language: PromptLanguage, value: string): void => {
    const { [language]: _, ...rest } = draft.texts;
    set({ texts: value.trim() === "" ? rest : { ...rest, [language]: value } });
  };
  return (
    <>
      <TextField label={t("admin.named")} hint={t("admin.prompts.name.hint")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
      {LANGUAGES.map((language) => (
        <div key={language} className="flex items-start gap-1.5">
          <div className="min-w-0 grow">
        <TextField label={t(`admin.prompts.text.${language}`)} {...(language === "en" ? { hint: t("admin.prompts.text.hint") } : {})} error={language === "fr" ? error("texts") : null} rows={3} value={draft.texts[language] ?? ""} onChange={(value) => text(language, value)} />
          </div>
          <div className="pt-6.5">
            <HearButton of={t(`admin.prompts.text.${language}`)} sounds={[spoken(draft.texts[language] ?? "", language)]} isDisabled={draft.texts[language] === undefined} />
          </div>
        </div>
      ))}
    </>
  );
}

function Sounds({ row, look }: { row: PromptView; look: Look }): ReactNode {
  const { t } = look;
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <div>
        <h3 className="text-body font-semibold">{t("admin.prompts.sounds")}</h3>
        <p className="mt-0.5 text-meta text-ink-3">{t("admin.prompts.sounds.hint")}</p>
      </div>
      {LANGUAGES.map((language) => (
        <PromptSound key={language} row={row} language={language} look={look} />
      ))}
    </section>
  );
}
