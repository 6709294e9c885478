import type { InteractionView } from "@tandem/protocol";
import type { ReactNode, RefObject } from "react";
import { useT } from "../i18n/i18n.ts";
import { Keypad } from "../kit/keypad.tsx";
import { Popover } from "../kit/popover.tsx";
import { sendDtmf } from "../phone/phone.ts";
import { openLayer, useLayer } from "../shell/ui.ts";

/** Tones into the contact's call. */
export function KeypadPopover({ interaction, triggerRef }: { interaction: InteractionView; triggerRef: RefObject<HTMLElement | null> }): ReactNode {
  const t = useT();
  const open = useLayer("keypad", interaction.id);
  return (
    <Popover label={t("desk.act.keypadLong")} triggerRef={triggerRef} placement="bottom" isOpen={open} onOpenChange={(next) => openLayer(next ? { what: "keypad", id: interaction.id } : null)} className="w-52 p-3">
      <Keypad hint={t("desk.keypad.hint")} onKey={sendDtmf} />
    </Popover>
  );
}
