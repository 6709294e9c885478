import type { InteractionView } from "@tandem/protocol";
import { useEffect, useEffectEvent, useState } from "react";
import type { ReactNode, RefObject } from "react";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Popover } from "../kit/popover.tsx";
import { sendDtmf } from "../phone/phone.ts";
import { openLayer, useLayer } from "../shell/ui.ts";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Tones for the other side's machine; the computer's own keys work too. */
export function KeypadPopover({ interaction, triggerRef }: { interaction: InteractionView; triggerRef: RefObject<HTMLElement | null> }): ReactNode {
  const t = useT();
  const open = useLayer("keypad", interaction.id);
  return (
    <Popover label={t("desk.act.keypadLong")} triggerRef={triggerRef} placement="bottom" isOpen={open} onOpenChange={(next) => openLayer(next ? { what: "keypad", id: interaction.id } : null)} className="w-52 p-3">
      <Keys />
    </Popover>
  );
}

function Keys(): ReactNode {
  const t = useT();
  const [sent, setSent] = useState("");
  const press = (key: string): void => {
    sendDtmf(key);
    setSent((before) => (before + key).slice(-16));
  };
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1] ?? (event.key === "*" || event.key === "#" ? event.key : undefined);
      if (digit === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      press(digit);
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
  return (
    <>
      <p aria-live="polite" className="mb-2 h-6 truncate text-center font-mono text-sub text-ink">
        {sent === "" ? <span className="text-meta text-ink-3">{t("desk.keypad.hint")}</span> : sent}
      </p>
      <div className="grid grid-cols-3 gap-1.5">
        {keys.map((key) => (
          <Button key={key} tone="soft" className="h-11 text-head" onPress={() => press(key)}>
            {key}
          </Button>
        ))}
      </div>
    </>
  );
}
