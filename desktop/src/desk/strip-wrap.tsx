import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { useHandedTo } from "../kit/handed-to.ts";
import { StGlyph } from "../kit/st-glyph.tsx";
import { useNotes } from "./notebook.ts";
import { MachineButton } from "./promised-call.tsx";
import { ValidateButton, WrapLeft } from "./wrap-bar.tsx";

export function StripWrap({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const handed = useHandedTo(interaction);
  const { disposition } = useNotes(interaction);
  return (
    <div className="flex h-full items-center gap-3 px-4 max-stack:flex-wrap max-stack:py-2">
      <StGlyph state="wrap-up" size={13} />
      <div className="min-w-0 grow">
        <p className="truncate text-body font-semibold">{t("desk.wrap.of", { name: interaction.customer.name })}</p>
        <p className="truncate text-meta text-ink-2">{handed === null ? "" : `${handed} · `}{t(disposition === null ? "desk.wrap.chooseFirst" : "desk.wrap.ready")}</p>
      </div>
      <MachineButton interaction={interaction} />
      <WrapLeft interaction={interaction} />
      <ValidateButton interaction={interaction} />
    </div>
  );
}
