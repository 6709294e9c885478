import { ArrowLeft, X } from "lucide-react";
import type { ReactNode } from "react";
import { useAgent, useQueue } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { IconButton } from "../kit/button.tsx";
import { select } from "./selection.ts";

export interface InspectorHeadProps {
  title: string;
  lead?: ReactNode;
  subtitle?: ReactNode;
  /** The agent or queue to go back to. */
  from?: { what: "agent" | "queue"; id: string };
}

export function InspectorHead({ title, lead, subtitle, from }: InspectorHeadProps): ReactNode {
  const t = useT();
  const agent = useAgent(from?.what === "agent" ? from.id : null);
  const queue = useQueue(from?.what === "queue" ? from.id : null);
  const backTo = agent?.name ?? queue?.name ?? null;
  return (
    <header className="flex min-h-14 shrink-0 items-center gap-3 border-b border-line py-2.5 pr-3 pl-4">
      {from !== undefined && backTo !== null && <IconButton icon={ArrowLeft} label={t("floor.contact.back", { name: backTo })} onPress={() => select(from)} className="-ml-1.5" />}
      {lead}
      <div className="min-w-0 grow">
        <h2 className="truncate text-sub font-semibold">{title}</h2>
        {subtitle !== undefined && <div className="flex items-center gap-1.5 text-meta text-ink-2">{subtitle}</div>}
      </div>
      <IconButton icon={X} label={t("floor.inspector.close")} onPress={() => select(null)} />
    </header>
  );
}

export function InspectorSection({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className="border-b border-line px-4 py-3 last:border-b-0">
      <h3 className="mb-1.5 flex items-center justify-between gap-2 text-meta text-ink-3">
        {title}
        {aside}
      </h3>
      {children}
    </div>
  );
}
