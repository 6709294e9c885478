import { CircleAlert, Search, X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { Button as AriaButton, FieldError, Input, Label, NumberField as AriaNumberField, SearchField as AriaSearchField, Text, TextArea, TextField as AriaTextField } from "react-aria-components";
import type { NumberFieldProps as AriaNumberFieldProps, SearchFieldProps as AriaSearchFieldProps, TextFieldProps as AriaTextFieldProps } from "react-aria-components";
import { useT } from "../i18n/i18n.ts";
import { cx } from "./classes.ts";

export const inputBox =
  "w-full rounded-card border border-field/70 bg-raised px-2.5 text-body text-ink outline-none data-disabled:text-ink-4 data-focused:border-acc data-focused:shadow-[0_0_0_1px_var(--acc)] data-invalid:border-alert data-invalid:data-focused:shadow-[0_0_0_1px_var(--alert)]";

interface FieldWords {
  label: string;
  /** Named but not drawn, where the place says it: under a column of the same. */
  hideLabel?: boolean;
  /** Under the field while it is right: what to type, an example. */
  hint?: string;
  /** In words: what is wrong and what would be right. Null when right. */
  error?: string | null;
}

export interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "children" | "style" | "isInvalid">, FieldWords {
  placeholder?: string;
  /** More than one line: a text area of so many rows. */
  rows?: number;
  mono?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
}

export function TextField({ label, hideLabel = false, hint, error = null, placeholder, rows, mono = false, inputRef, ...rest }: TextFieldProps): ReactNode {
  const shape = cx(inputBox, mono && "font-mono");
  return (
    <AriaTextField {...rest} {...(hideLabel ? { "aria-label": label } : {})} isInvalid={error !== null} className="flex flex-col gap-1.5">
      {!hideLabel && <FieldLabel>{label}</FieldLabel>}
      {rows === undefined ? (
        <Input {...(inputRef === undefined ? {} : { ref: inputRef })} placeholder={placeholder ?? ""} className={cx(shape, "h-8")} />
      ) : (
        <TextArea rows={rows} placeholder={placeholder ?? ""} className={cx(shape, "resize-y py-1.5")} />
      )}
      <FieldFoot hint={hint} error={error} />
    </AriaTextField>
  );
}

export interface NumberFieldProps extends Omit<AriaNumberFieldProps, "className" | "children" | "style" | "isInvalid">, FieldWords {
  /** After the number: s, min, %. */
  unit?: string;
}

export function NumberField({ label, hideLabel = false, hint, error = null, unit, ...rest }: NumberFieldProps): ReactNode {
  return (
    <AriaNumberField {...rest} {...(hideLabel ? { "aria-label": label } : {})} isInvalid={error !== null} className="flex flex-col gap-1.5">
      {!hideLabel && <FieldLabel>{label}</FieldLabel>}
      <span className="relative">
        <Input className={cx(inputBox, "h-8", unit !== undefined && "pr-10")} />
        {unit !== undefined && (
          <span aria-hidden className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-meta text-ink-3">
            {unit}
          </span>
        )}
      </span>
      <FieldFoot hint={hint} error={error} />
    </AriaNumberField>
  );
}

export interface SearchFieldProps extends Omit<AriaSearchFieldProps, "className" | "children" | "style"> {
  label: string;
  placeholder?: string;
}

export function SearchField({ label, placeholder, ...rest }: SearchFieldProps): ReactNode {
  const t = useT();
  return (
    <AriaSearchField {...rest} aria-label={label} className="group relative flex items-center">
      <Search size={15} aria-hidden className="pointer-events-none absolute left-2.5 text-ink-3" />
      <Input placeholder={placeholder ?? label} className={cx(inputBox, "h-8 pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden")} />
      <AriaButton aria-label={t("kit.clear")} className="absolute right-1 flex size-6 items-center justify-center rounded-control text-ink-3 group-data-empty:hidden data-hovered:bg-fill">
        <X size={14} aria-hidden />
      </AriaButton>
    </AriaSearchField>
  );
}

export function FieldLabel({ children }: { children: ReactNode }): ReactNode {
  return <Label className="text-control font-medium text-ink">{children}</Label>;
}

export function FieldFoot({ hint, error }: { hint?: string | undefined; error: string | null }): ReactNode {
  if (error !== null)
    return (
      <FieldError className="flex items-start gap-1.5 text-meta text-alert-ink">
        <CircleAlert size={13} aria-hidden className="mt-0.5" />
        <span>{error}</span>
      </FieldError>
    );
  if (hint === undefined) return null;
  return (
    <Text slot="description" className="text-meta text-ink-3">
      {hint}
    </Text>
  );
}
