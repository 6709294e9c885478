import { Check } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useDispositions } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";

export interface DispositionsProps {
  value: string | null;
  onChange: (id: string | null) => void;
  /** Shows the key of each (wrap-up: 1, 2, 3 outside of text). */
  digits?: boolean;
  /** Once one is chosen the others step back behind "Autre…". */
  folds?: boolean;
}

/** Why they called or wrote, as chips. */
export function Dispositions({ value, onChange, digits = false, folds = false }: DispositionsProps): ReactNode {
  const t = useT();
  const language = useLanguage();
  const dispositions = useDispositions();
  const [unfolded, setUnfolded] = useState(false);
  const folded = folds && value !== null && !unfolded;
  if (dispositions.length === 0) return <p className="text-meta text-ink-3">{t("desk.notes.noDispositions")}</p>;
  return (
    <ToggleButtonGroup
      aria-label={t("desk.notes.disposition")}
      selectionMode="single"
      selectedKeys={value === null ? [] : [value]}
      onSelectionChange={(keys) => {
        onChange(dispositions.find((d) => keys.has(d.id))?.id ?? null);
        setUnfolded(false);
      }}
      className="flex flex-wrap gap-1.5"
    >
      {dispositions.map(({ id, label }, i) =>
        folded && id !== value ? null : (
        <ToggleButton
          key={id}
          id={id}
          className="group inline-flex h-7 max-w-full items-center gap-1.5 whitespace-nowrap rounded-control border border-line-2 bg-raised px-2.5 text-control text-ink-2 data-hovered:bg-sunken data-hovered:text-ink data-selected:border-acc-line data-selected:bg-acc-soft data-selected:font-medium data-selected:text-acc-2"
        >
          <Check size={14} aria-hidden className="hidden group-data-selected:block" />
          {label[language]}
          {digits && i < 9 && (
            <span aria-hidden className="text-meta text-ink-3 group-data-selected:text-acc-2">
              {i + 1}
            </span>
          )}
        </ToggleButton>
        ),
      )}
      {folded && (
        <Button tone="ghost" onPress={() => setUnfolded(true)}>
          {t("desk.notes.otherDisposition")}
        </Button>
      )}
    </ToggleButtonGroup>
  );
}
