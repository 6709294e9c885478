import type { ReactNode, RefObject } from "react";
import { Dialog, Popover as AriaPopover } from "react-aria-components";
import type { PopoverProps as AriaPopoverProps } from "react-aria-components";
import { cx } from "./classes.ts";

export interface PopoverProps extends Omit<AriaPopoverProps, "className" | "children" | "style" | "triggerRef"> {
  /** Name of the dialog inside. */
  label: string;
  children: ReactNode;
  className?: string;
  triggerRef?: RefObject<HTMLElement | null>;
}

/** The dialog inside has the name; React Aria would give the trigger's to the box around it too, which is no landmark. */
const unnamed = { "aria-labelledby": "" };

/** A floating card: inside a DialogTrigger, or controlled by `isOpen` with `triggerRef`. Esc and a click outside close it. */
export function Popover({ label, children, className, triggerRef, ...rest }: PopoverProps): ReactNode {
  return (
    <AriaPopover
      offset={6}
      {...unnamed}
      {...rest}
      {...(triggerRef === undefined ? {} : { triggerRef })}
      className={cx("animate-appear max-h-[min(36rem,90vh)] overflow-auto rounded-sheet border border-line bg-raised shadow-3 outline-none", className)}
    >
      <Dialog aria-label={label} className="outline-none">
        {children}
      </Dialog>
    </AriaPopover>
  );
}
