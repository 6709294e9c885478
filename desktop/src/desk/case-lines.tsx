import type { CaseView } from "@tandem/protocol";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { CaseChip, useSubject } from "./case-words.tsx";

/** So many at a glance; the tab has all. */
const SHOWN = 3;

/** What is not settled with this customer: a line each, that opens it. */
export function CaseLines({ cases, onOpen }: { cases: readonly CaseView[]; onOpen: (number: string) => void }): ReactNode {
  const t = useT();
  const unsettled = cases.filter(({ state }) => state !== "closed").slice(0, SHOWN);
  if (unsettled.length === 0) return null;
  return (
    <section className="border-b border-line px-2 pt-3 pb-1.5">
      <h3 className="px-2 text-meta font-medium text-ink-2">{t("desk.case.unsettled")}</h3>
      <ul className="mt-0.5">
        {unsettled.map((one) => (
          <li key={one.number}>
            <Line one={one} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ one, onOpen }: { one: CaseView; onOpen: (number: string) => void }): ReactNode {
  const subject = useSubject(one);
  return (
    <button type="button" onClick={() => onOpen(one.number)} className="flex h-8 w-full items-center gap-2 rounded-control px-2 text-left text-body hover:bg-fill">
      <span className="font-mono text-control text-ink-2">{one.number}</span>
      <span className="min-w-0 grow truncate">{subject}</span>
      <CaseChip state={one.state} />
      <ChevronRight size={14} aria-hidden className="shrink-0 text-ink-3" />
    </button>
  );
}
