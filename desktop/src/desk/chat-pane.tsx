import type { InteractionView } from "@tandem/protocol";
import { Check, Globe, PhoneForwarded } from "lucide-react";
import { useRef } from "react";
import type { ReactNode } from "react";
import { end } from "../actions/end.ts";
import { run } from "../actions/run.ts";
import { transfer } from "../actions/transfer.ts";
import { api } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { IconButton } from "../kit/button.tsx";
import { Wait } from "../kit/num.tsx";
import { useUi } from "../shell/ui.ts";
import { Composer } from "./composer.tsx";
import { useDeskContext } from "./desk-context.ts";
import { EndConfirm } from "./end-confirm.tsx";
import { PaneHead } from "./pane.tsx";
import { RoutingButton } from "./routing-popover.tsx";
import { REPLY_WITHIN_MS } from "./transcript-model.ts";
import { Transcript } from "./transcript.tsx";
import { TransferPopover } from "./transfer-popover.tsx";
import { useAnswerDue } from "./work-row.tsx";

export function ChatPane({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const context = useDeskContext();
  const here = { ...context, focused: interaction };
  const focused = useUi((s) => s.focusedId === interaction.id);
  const due = useAnswerDue(interaction);
  const transferAnchor = useRef<HTMLSpanElement | null>(null);
  const chat = interaction.medium === "chat";
  const page = interaction.clues.find((clue) => clue.key === "page")?.values["title"];
  return (
    <>
      <PaneHead
        focused={focused}
        icon={<ChannelIcon medium={interaction.medium} size={16} className={focused ? "text-acc" : "text-ink-2"} />}
        title={interaction.customer.name}
        aside={due !== null && <Wait sinceMs={due} limitMs={REPLY_WITHIN_MS} showLimit className="text-control" />}
        tools={
          <>
            <RoutingButton interaction={interaction} />
            <span ref={transferAnchor} className="inline-flex">
              <IconButton icon={PhoneForwarded} label={t(chat ? "desk.act.transferChat" : "desk.act.transferMessage")} chord={focused ? "T" : null} onPress={() => run(transfer, here)} />
            </span>
            <EndConfirm interaction={interaction} onConfirm={() => api.end(interaction.id)} trigger={<IconButton icon={Check} label={t(chat ? "desk.act.endChat" : "desk.act.endMessage")} chord={focused ? "⇧ E" : null} onPress={() => run(end, here)} />} />
            <TransferPopover interaction={interaction} triggerRef={transferAnchor} />
          </>
        }
      />
      {(page !== undefined || !interaction.customerPresent) && (
        <p className="flex h-8 shrink-0 items-center gap-2 border-b border-line px-4 text-meta text-ink-2">
          <Globe size={14} aria-hidden className="text-ink-3" />
          <span className="truncate">
            {interaction.customerPresent ? t("desk.chat.viewing") : t("desk.chat.left")} {page !== undefined && <span className="text-ink">{page}</span>}
          </span>
        </p>
      )}
      <Transcript interaction={interaction} seen={focused} />
      <Composer interaction={interaction} />
    </>
  );
}
