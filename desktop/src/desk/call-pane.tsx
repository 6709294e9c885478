import type { InteractionView } from "@tandem/protocol";
import { Phone } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { useUi } from "../shell/ui.ts";
import { KnownCard } from "./known-card.tsx";
import { NotesBox } from "./notes-box.tsx";
import { PaneHead } from "./pane.tsx";
import { RoutingButton } from "./routing-popover.tsx";

/** During the call: what was known, pinned; and the notes, which are the wrap-up already begun. */
export function CallPane({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const focused = useUi((s) => s.focusedId === interaction.id);
  return (
    <>
      <PaneHead
        focused={focused}
        icon={<Phone size={16} aria-hidden className="text-acc" />}
        title={t("desk.call.title")}
        aside={<span className="truncate">{interaction.queue?.name ?? interaction.to}</span>}
        tools={<RoutingButton interaction={interaction} />}
      />
      <div className="flex min-h-0 grow flex-col gap-3 overflow-auto p-3">
        <div className="px-1">
          <KnownCard interaction={interaction} />
        </div>
        <span className="grow" />
        <NotesBox interaction={interaction} className="min-h-36 shrink-0 basis-[36%]" />
      </div>
    </>
  );
}
