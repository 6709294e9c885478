/** Answers by words: each entry has its words, its answer, and what the conversation does then. */
import type { FlowAssistant } from "@tandem/protocol/flow-outside";
import { Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { TextsField } from "../service/says-field.tsx";

type Keywords = Extract<FlowAssistant["with"], { kind: "keywords" }>;
type Entry = Keywords["entries"][number];
const LANGUAGES = ["fr", "en"] as const;
const GOES = ["on", "resolved", "person"] as const;
/** As the server allows. */
const MAX_ENTRIES = 200;

export function KeywordFields({ value, error, onChange, look }: { value: Keywords; error: string | null; onChange: (value: Keywords) => void; look: Look }): ReactNode {
  const { t } = look;
  const put = (at: number, change: Partial<Entry>): void => onChange({ ...value, entries: value.entries.map((entry, i) => (i === at ? { ...entry, ...change } : entry)) });
  return (
    <>
      <ol aria-label={t("admin.outside.entries")} className="flex flex-col gap-3">
        {value.entries.map((entry, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- an entry is its place
          <li key={i} className="flex flex-col gap-3 rounded-card border border-line p-3">
            <div className="flex items-center gap-2">
              <h3 className="grow text-control font-semibold">{t("admin.outside.entry", { n: i + 1 })}</h3>
              <IconButton size="s" icon={X} label={t("admin.outside.entry.remove", { n: i + 1 })} isDisabled={value.entries.length === 1} onPress={() => onChange({ ...value, entries: value.entries.filter((_, at) => at !== i) })} />
            </div>
            <div className="grid grid-cols-2 gap-3">
              {LANGUAGES.map((language) => (
                <WordsField key={language} label={t(`admin.outside.words.${language}`)} words={entry.words[language] ?? []} onChange={(words) => put(i, { words: without({ ...entry.words, [language]: words.length === 0 ? undefined : words }) })} />
              ))}
            </div>
            <TextsField label={t("admin.outside.answer")} texts={entry.says} onChange={(says) => put(i, { says })} look={look} />
            <Select label={t("admin.outside.goes")} value={entry.goes} options={GOES.map((goes) => ({ id: goes, label: t(`admin.outside.goes.${goes}`) }))} onChange={(goes) => put(i, { goes })} />
          </li>
        ))}
      </ol>
      <div>
        <Button icon={Plus} isDisabled={value.entries.length >= MAX_ENTRIES} onPress={() => onChange({ ...value, entries: [...value.entries, { words: {}, says: {}, goes: "on" }] })}>
          {t("admin.outside.entry.add")}
        </Button>
      </div>
      <TextsField label={t("admin.outside.otherwise")} hint={t("admin.outside.otherwise.hint")} texts={value.otherwise} onChange={(otherwise) => onChange({ ...value, otherwise })} look={look} />
      {error !== null && <Wrong>{error}</Wrong>}
    </>
  );
}

/** What is wrong with the whole, brought into sight: the button that was pressed is far from it. */
function Wrong({ children }: { children: string }): ReactNode {
  const line = useRef<HTMLParagraphElement | null>(null);
  useEffect(() => {
    line.current?.scrollIntoView({ block: "center" }); // answered with a promise by newer browsers, which is no clean-up
  }, []);
  return (
    <p ref={line} role="alert" className="text-meta text-alert-ink">
      {children}
    </p>
  );
}

/** Words by commas; what is typed stays as typed while it reads as what is kept. */
function WordsField({ label, words, onChange }: { label: string; words: readonly string[]; onChange: (words: string[]) => void }): ReactNode {
  const [text, setText] = useState(words.join(", "));
  const read = (typed: string): string[] => typed.split(/[,;\n]/).map((word) => word.trim()).filter((word) => word.length >= 2 && word.length <= 60).slice(0, 30);
  return (
    <TextField
      label={label}
      value={read(text).join() === words.join() ? text : words.join(", ")}
      onChange={(typed) => {
        setText(typed);
        onChange(read(typed));
      }}
    />
  );
}

function without(words: { readonly fr?: string[] | undefined; readonly en?: string[] | undefined }): Entry["words"] {
  return { ...(words.fr === undefined ? {} : { fr: words.fr }), ...(words.en === undefined ? {} : { en: words.en }) };
}
