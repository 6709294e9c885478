import { useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { DialogTrigger } from "react-aria-components";
import { useT } from "../i18n/i18n.ts";
import { Button } from "./button.tsx";
import { Popover } from "./popover.tsx";

export interface ConfirmPopoverProps {
  /** The button that asks. Leave out when the popover is opened by `isOpen` (a shortcut). */
  trigger: ReactElement;
  /** Names the person or thing: "Raccrocher avec Camille Rousseau ?" */
  question: string;
  /** What happens then. */
  effect?: ReactNode;
  confirmLabel: string;
  keepLabel?: string;
  tone?: "danger" | "primary";
  placement?: "bottom end" | "bottom start" | "bottom" | "top" | "top end" | "top start";
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  onConfirm: () => void;
}

/** Only before what cuts someone off or cannot be undone. The safe choice has the focus. */
export function ConfirmPopover({ trigger, question, effect, confirmLabel, keepLabel, tone = "danger", placement = "bottom end", isOpen, onOpenChange, onConfirm }: ConfirmPopoverProps): ReactNode {
  const t = useT();
  const [own, setOwn] = useState(false);
  const open = isOpen ?? own;
  const change = (next: boolean): void => {
    setOwn(next);
    onOpenChange?.(next);
  };
  return (
    <DialogTrigger isOpen={open} onOpenChange={change}>
      {trigger}
      <Popover label={question} placement={placement} className="w-72 p-3">
        <p className="text-body font-semibold text-ink">{question}</p>
        {effect !== undefined && <div className="mt-1 text-meta text-ink-2">{effect}</div>}
        <div className="mt-3 flex justify-end gap-2">
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus, on its safe choice */}
          <Button autoFocus tone="secondary" onPress={() => change(false)}>
            {keepLabel ?? t("everywhere.cancel")}
          </Button>
          <Button
            tone={tone}
            onPress={() => {
              change(false);
              onConfirm();
            }}
          >
            {confirmLabel}
          </Button>
        </div>
      </Popover>
    </DialogTrigger>
  );
}
