import type { CustomerView } from "@tandem/protocol";
import { Package } from "lucide-react";
import type { ReactNode } from "react";
import { useFormat, useT, keyIfKnown } from "../i18n/i18n.ts";
import { Chip } from "../kit/chip.tsx";
import type { ChipTone } from "../kit/chip.tsx";

const tones: Record<string, ChipTone> = { delivered: "jade", shipped: "sky", damaged: "alert", cancelled: "plain", returned: "amber" };

export function OrderCard({ order }: { order: CustomerView["orders"][number] }): ReactNode {
  const t = useT();
  const format = useFormat();
  const status = keyIfKnown(`desk.order.${order.status}`);
  return (
    <article>
      <p className="flex items-center gap-2">
        <span className="text-body font-semibold">
          {t("desk.order.title")} <span className="font-mono text-control">{order.number}</span>
        </span>
        <Chip tone={tones[order.status] ?? "plain"}>{status === null ? order.status : t(status)}</Chip>
        <span className="grow text-right text-body font-semibold whitespace-nowrap">{format.money(order.totalCents, order.currency)}</span>
      </p>
      <div className="mt-2 flex items-center gap-3">
        <span className="flex size-9 shrink-0 items-center justify-center rounded-control bg-fill text-ink-3">
          <Package size={18} aria-hidden />
        </span>
        <div className="min-w-0 grow">
          <p className="truncate text-body font-medium">{order.title}</p>
          <p className="truncate text-meta text-ink-2">{order.detail}</p>
        </div>
        <span className="text-meta whitespace-nowrap text-ink-2">{format.date(order.atMs)}</span>
      </div>
    </article>
  );
}
