/** What is said, in one language at a time; variables stand out, and a language without words says what happens without them. */
import type { FlowLanguage, Texts } from "@tandem/protocol/flow/flow";
import { Braces, Languages } from "lucide-react";
import { useId, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { Button } from "../../kit/button.tsx";
import { cx } from "../../kit/classes.ts";
import { Menu } from "../../kit/menu.tsx";
import { setView, useDesigner, useEditor, useView } from "../designer-context.ts";
import { useVariables } from "../use-variables.ts";
import { SoundPreview } from "./sound-preview.tsx";
import { without } from "./step-form.ts";

export interface TextsFieldProps {
  label: string;
  texts: Texts;
  onChange: (texts: Texts) => void;
  /** Rows of text; 1: one line. */
  rows?: number;
  /** Spoken: with a preview of its sound. */
  spoken?: boolean;
  /** May stay without words in any language. */
  optional?: boolean;
  hint?: string;
  /** Without variables: names, labels. */
  plain?: boolean;
}

const MAX_CHARS = 1200;

export function TextsField({ label, texts, onChange, rows = 4, spoken = false, optional = false, hint, plain = false }: TextsFieldProps): ReactNode {
  const t = useT();
  const { mayEdit } = useDesigner();
  const id = useId();
  const language = useView((v) => v.language);
  const languages = useEditor((s) => s.document.languages);
  const area = useRef<HTMLTextAreaElement | null>(null);
  const shown = languages.includes(language) ? language : (languages[0] ?? "fr");
  const text = texts[shown] ?? "";
  const other = languages.find((one) => one !== shown && texts[one] !== undefined);
  const missing = !optional && text === "" && Object.values(texts).some((one) => one !== "");
  // Emptied, the field becomes the sentence that a language is missing, and back: whoever types goes on typing.
  const typing = useRef(false);
  useLayoutEffect(() => {
    const field = area.current;
    if (!typing.current || field === null || field === document.activeElement) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
  const type = (next: string): void => {
    typing.current = true;
    put(next);
  };
  const put = (next: string): void => onChange(without<Texts>({ ...texts, [shown]: next === "" ? undefined : next.slice(0, MAX_CHARS) }));
  const insert = (variable: string): void => {
    const at = area.current;
    const from = at?.selectionStart ?? text.length;
    const to = at?.selectionEnd ?? text.length;
    put(`${text.slice(0, from)}{${variable}}${text.slice(to)}`);
    requestAnimationFrame(() => {
      at?.focus();
      at?.setSelectionRange(from + variable.length + 2, from + variable.length + 2);
    });
  };
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex min-h-7 items-center gap-2">
        <label htmlFor={id} className="min-w-0 grow truncate text-control font-medium">
          {label}
        </label>
        {languages.length > 1 && <LanguageToggle languages={languages} texts={texts} optional={optional} shown={shown} label={label} />}
      </div>
      {missing && other !== undefined && mayEdit ? (
        <div className="flex flex-col items-center gap-2 rounded-card border border-dashed border-line-2 px-4 py-4 text-center">
          <p className="text-control font-semibold">{t(`flows.missing.${shown}`)}</p>
          <p className="text-meta text-ink-2">{t(`flows.missing.help.${shown}`)}</p>
          <Button tone="primary" icon={Languages} onPress={() => put(texts[other] ?? "")}>
            {t("flows.missing.copy")}
          </Button>
          <textarea ref={area} onBlur={() => (typing.current = false)} id={id} aria-label={`${label}, ${t(`flows.language.${shown}`)}`} rows={1} value="" onChange={(event) => type(event.target.value)} placeholder={t("flows.missing.write")} className="w-full resize-none rounded-card border border-field/70 bg-raised px-2.5 py-1.5 text-body outline-none focus:border-acc" />
        </div>
      ) : (
        <TextBox id={id} area={area} lang={shown} rows={rows} value={text} onChange={type} onLeave={() => (typing.current = false)} readOnly={!mayEdit} plain={plain} />
      )}
      <div className="flex items-center gap-2">
        {spoken && <SoundPreview text={text} language={shown} />}
        {hint !== undefined && <span className="min-w-0 grow text-meta text-ink-3">{hint}</span>}
        {hint === undefined && <span className="grow" />}
        {!plain && mayEdit && !missing && <VariableMenu onPick={insert} />}
      </div>
    </div>
  );
}

function LanguageToggle({ languages, texts, optional, shown, label }: { languages: readonly FlowLanguage[]; texts: Texts; optional: boolean; shown: FlowLanguage; label: string }): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const some = Object.values(texts).some((one) => one !== "");
  return (
    <div role="group" aria-label={t("flows.language.of", { field: label })} className="inline-flex rounded-control bg-fill p-0.5">
      {languages.map((one) => {
        const lacks = texts[one] === undefined && (!optional || some);
        return (
          <button
            key={one}
            type="button"
            aria-pressed={one === shown}
            onClick={() => setView(designer, { language: one })}
            className={cx("flex h-6 items-center gap-1.5 rounded-[5px] px-2 text-control", one === shown ? "bg-raised font-medium text-ink shadow-1" : "text-ink-2 hover:text-ink")}
          >
            {t(`flows.language.${one}`)}
            {lacks && (
              <>
                <span aria-hidden className="size-1.5 rounded-full bg-amber" />
                <span className="sr-only">{t("flows.language.missing")}</span>
              </>
            )}
          </button>
        );
      })}
    </div>
  );
}

/** A text area over a copy of its text in which variables are marked: the same letters at the same places. */
function TextBox({ id, area, lang, rows, value, onChange, onLeave, readOnly, plain }: { id: string; area: { current: HTMLTextAreaElement | null }; lang: string; rows: number; value: string; onChange: (value: string) => void; onLeave: () => void; readOnly: boolean; plain: boolean }): ReactNode {
  const back = useRef<HTMLDivElement | null>(null);
  const same = "px-2.5 py-1.5 text-body whitespace-pre-wrap break-words";
  return (
    <div className="relative rounded-card border border-field/70 bg-raised focus-within:border-acc focus-within:shadow-[0_0_0_1px_var(--acc)]">
      <div ref={back} aria-hidden className={cx("pointer-events-none absolute inset-0 overflow-hidden text-transparent", same)}>
        {plain ? null : value.split(/(\{[^{}\n]{1,60}\})/).map((piece, i) =>
          // oxlint-disable-next-line react/no-array-index-key -- pieces of one text have no other identity
          i % 2 === 1 ? <mark key={i} className="rounded-tag bg-acc-soft text-transparent shadow-[0_0_0_1px_var(--acc-line)]">{piece}</mark> : piece,
        )}
      </div>
      <textarea
        ref={(element) => {
          area.current = element;
        }}
        id={id}
        lang={lang}
        rows={rows}
        readOnly={readOnly}
        value={value}
        onBlur={onLeave}
        onChange={(event) => onChange(rows === 1 ? event.target.value.replace(/\n/g, " ") : event.target.value)}
        onScroll={(event) => {
          if (back.current !== null) back.current.scrollTop = event.currentTarget.scrollTop;
        }}
        className={cx("relative block w-full resize-none bg-transparent text-ink outline-none [field-sizing:content]", rows === 1 ? "min-h-8" : "max-h-64", same)}
        style={{ minHeight: rows === 1 ? undefined : `${rows * 1.1875 + 0.75}rem` }}
      />
    </div>
  );
}

export function VariableMenu({ onPick }: { onPick: (variable: string) => void }): ReactNode {
  const t = useT();
  const variables = useVariables();
  return (
    <Menu
      label={t("flows.variable.insert")}
      trigger={<Button size="s" tone="ghost" icon={Braces}>{t("flows.variable")}</Button>}
      entries={variables.map(({ path, label }) => ({ id: path, label: path, hint: label, perform: () => onPick(path) }))}
    />
  );
}
