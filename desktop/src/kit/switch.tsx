import type { ReactNode } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import type { SwitchProps as AriaSwitchProps } from "react-aria-components";

export function Switch({ children, ...rest }: Omit<AriaSwitchProps, "className" | "children" | "style"> & { children?: ReactNode }): ReactNode {
  return (
    // around its hidden input, which else has the page for a ground and makes it scroll
    <AriaSwitch {...rest} className="group relative inline-flex min-h-6 items-center gap-2 text-control text-ink data-disabled:text-ink-4">
      <span className="flex h-4 w-7 items-center rounded-full bg-off p-0.5 transition-colors duration-100 group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-1 group-data-focus-visible:outline-acc group-data-selected:bg-acc">
        <span className="size-3 rounded-full bg-surface transition-transform duration-100 group-data-selected:translate-x-3" />
      </span>
      {children}
    </AriaSwitch>
  );
}
