import type { InteractionView } from "@tandem/protocol";
import type { ReactElement, ReactNode } from "react";
import { inWords } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { toast } from "../kit/toast.tsx";
import { openLayer, useLayer } from "../shell/ui.ts";

/** Ending cuts somebody off: names them and what follows. Opened by its button or by Alt ⇧ E (pressed again, it confirms). */
export function EndConfirm({ interaction, trigger, onConfirm }: { interaction: InteractionView; trigger: ReactElement; onConfirm: () => Promise<unknown> }): ReactNode {
  const t = useT();
  const open = useLayer("end", interaction.id);
  const { name } = interaction.customer;
  const voice = interaction.medium === "voice";
  return (
    <ConfirmPopover
      trigger={trigger}
      isOpen={open}
      onOpenChange={(next) => openLayer(next ? { what: "end", id: interaction.id } : null)}
      question={t(voice ? "desk.end.askCall" : interaction.medium === "chat" ? "desk.end.askChat" : "desk.end.askMessage", { name })}
      effect={t(voice ? "desk.end.effectCall" : "desk.end.effectChat")}
      keepLabel={t("desk.end.keep")}
      confirmLabel={t(voice ? "desk.act.end" : "desk.end.close")}
      onConfirm={() => {
        onConfirm().catch((error: unknown) => toast("alert", inWords(error)));
      }}
    />
  );
}
