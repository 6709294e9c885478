import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from "react-aria-components";
import { cx } from "./classes.ts";
import { FieldFoot, FieldLabel, inputBox } from "./field.tsx";

export interface SelectProps<Id extends string> {
  label: string;
  /** Named but not drawn, where the place says it. */
  hideLabel?: boolean;
  options: readonly { id: Id; label: string; hint?: string }[];
  value: Id | null;
  onChange: (id: Id) => void;
  placeholder?: string;
  hint?: string;
  error?: string | null;
  isDisabled?: boolean;
}

export function Select<Id extends string>({ label, hideLabel = false, options, value, onChange, placeholder, hint, error = null, isDisabled = false }: SelectProps<Id>): ReactNode {
  return (
    <AriaSelect
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
      isDisabled={isDisabled}
      isInvalid={error !== null}
      {...(hideLabel ? { "aria-label": label } : {})}
      placeholder={placeholder ?? "—"}
      className="group flex min-w-0 flex-col gap-1.5"
    >
      {!hideLabel && <FieldLabel>{label}</FieldLabel>}
      <AriaButton className={cx(inputBox, "flex h-8 items-center gap-2 text-left data-focus-visible:border-acc group-data-invalid:border-alert")}>
        {/* The words alone: the chosen item's own content carries its tick. */}
        <SelectValue className="min-w-0 grow truncate data-placeholder:text-ink-3">{({ isPlaceholder, selectedText, defaultChildren }) => (isPlaceholder ? defaultChildren : (selectedText ?? defaultChildren))}</SelectValue>
        <ChevronDown size={14} aria-hidden className="text-ink-3" />
      </AriaButton>
      <FieldFoot hint={hint} error={error} />
      <Popover offset={4} className="animate-appear max-h-72 min-w-(--trigger-width) overflow-auto rounded-card border border-line bg-raised p-1 shadow-3">
        <ListBox aria-label={label} className="outline-none">
          {options.map((option) => (
            <ListBoxItem key={option.id} id={option.id} textValue={option.label} className="group/item flex min-h-7 items-center gap-2 rounded-control px-2 text-body outline-none data-focused:bg-fill">
              <Check size={14} aria-hidden className="opacity-0 group-data-selected/item:opacity-100" />
              <span className="grow">{option.label}</span>
              {option.hint !== undefined && <span className="text-meta text-ink-3">{option.hint}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
