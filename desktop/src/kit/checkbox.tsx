import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox } from "react-aria-components";
import type { CheckboxProps as AriaCheckboxProps } from "react-aria-components";

export function Checkbox({ children, ...rest }: Omit<AriaCheckboxProps, "className" | "children" | "style"> & { children?: ReactNode }): ReactNode {
  return (
    // around its hidden input, which else has the page for a ground and makes it scroll
    <AriaCheckbox {...rest} className="group relative flex min-h-6 items-center gap-2 text-control text-ink data-disabled:text-ink-4">
      <span className="flex size-4 shrink-0 items-center justify-center rounded-tag border border-field bg-raised text-on-acc group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-1 group-data-focus-visible:outline-acc group-data-selected:border-acc group-data-selected:bg-acc">
        <Check size={12} strokeWidth={3} aria-hidden className="opacity-0 group-data-selected:opacity-100" />
      </span>
      <span className="grow">{children}</span>
    </AriaCheckbox>
  );
}
