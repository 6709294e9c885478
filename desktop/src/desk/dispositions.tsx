import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useDispositions } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";

/** Why they called or wrote, as chips. `digits` shows the key of each (wrap-up: 1, 2, 3 outside of text). */
export function Dispositions({ value, onChange, digits = false }: { value: string | null; onChange: (id: string | null) => void; digits?: boolean }): ReactNode {
  const t = useT();
  const language = useLanguage();
  const dispositions = useDispositions();
  if (dispositions.length === 0) return <p className="text-meta text-ink-3">{t("desk.notes.noDispositions")}</p>;
  return (
    <ToggleButtonGroup
      aria-label={t("desk.notes.disposition")}
      selectionMode="single"
      selectedKeys={value === null ? [] : [value]}
      onSelectionChange={(keys) => onChange(dispositions.find((d) => keys.has(d.id))?.id ?? null)}
      className="flex flex-wrap gap-1.5"
    >
      {dispositions.map(({ id, label }, i) => (
        <ToggleButton
          key={id}
          id={id}
          className="group inline-flex h-7 items-center gap-1.5 rounded-control border border-line-2 bg-raised px-2.5 text-control text-ink-2 data-hovered:bg-sunken data-hovered:text-ink data-selected:border-acc-line data-selected:bg-acc-soft data-selected:font-medium data-selected:text-acc-2"
        >
          <Check size={14} aria-hidden className="hidden group-data-selected:block" />
          {label[language]}
          {digits && i < 9 && (
            <span aria-hidden className="text-meta text-ink-3 group-data-selected:text-acc-2">
              {i + 1}
            </span>
          )}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
