import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Rich } from "../i18n/rich.ts";
import { Avatar } from "../kit/avatar.tsx";
import { useLeftMs } from "../kit/num.tsx";
import { OfferButtons } from "./strip-ring.tsx";

/** A chat offered while the voice strip is taken by a call: below the worklist, where it covers nothing. */
export function ChatOfferCard({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const left = useLeftMs(interaction.offer?.untilMs ?? 0);
  const { customer, reason, queue, lastMessage } = interaction;
  return (
    <section aria-label={t("desk.ring.writes", { name: customer.name })} className="animate-appear m-1.5 rounded-sheet bg-ring p-3">
      <div className="flex items-center gap-2.5">
        <Avatar name={customer.name} medium={interaction.medium} />
        <div className="min-w-0 grow">
          <p className="truncate text-body font-semibold">{t("desk.ring.writes", { name: customer.name })}</p>
          <p className="truncate text-meta text-ink-2">{queue?.name}</p>
        </div>
      </div>
      {(reason ?? lastMessage?.text) !== undefined && <p className="mt-2 line-clamp-2 text-meta text-ink">{reason ?? lastMessage?.text}</p>}
      <p className="mt-2 text-meta text-ink-2">
        <Rich k="desk.ring.returnsIn" values={{ time: format.duration(left) }} />
      </p>
      <div className="mt-2 [&>span]:flex-wrap">
        <OfferButtons interaction={interaction} small />
      </div>
    </section>
  );
}
