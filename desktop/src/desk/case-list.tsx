import type { CaseView } from "@tandem/protocol";
import { FolderPlus, FolderOpen } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Empty } from "../kit/notice.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { CaseCard } from "./case-card.tsx";
import { NewCaseForm, useNewCaseDraft } from "./new-case-form.tsx";

interface CaseListProps {
  customerId: string;
  cases: UseQueryResult<CaseView[]>;
  /** The number of the one that is open. */
  opened: string | null;
  onOpen: (number: string | null) => void;
}

/** Fewer are seen at a glance. */
const FILTERED_FROM = 6;
const filters = ["unsettled", "closed", "all"] as const;

/** Every case of a customer; one at a time is open. */
export function CaseList({ customerId, cases, opened, onOpen }: CaseListProps): ReactNode {
  const t = useT();
  const draft = useNewCaseDraft(customerId);
  // What was typed and not kept is still there when the agent comes back from another conversation.
  const [writing, setWriting] = useState(draft.begun);
  const [gaveUp, setGaveUp] = useState(false);
  const [filter, setFilter] = useState<(typeof filters)[number]>("all");
  const all = useInPlace(cases.data ?? []);
  const counts = { all: all.length, closed: all.filter(({ state }) => state === "closed").length, unsettled: all.filter(({ state }) => state !== "closed").length };
  const filtered = counts.all >= FILTERED_FROM && counts.closed > 0 && counts.unsettled > 0;
  // The one that is open stays, whatever becomes of it.
  const shown = !filtered || filter === "all" ? all : all.filter(({ number, state }) => number === opened || (state === "closed") === (filter === "closed"));
  if (cases.data === undefined) return cases.isPending ? <Skeleton rows={4} className="p-4" /> : <ReadFailed query={cases} className="m-4" />;
  if (writing)
    return (
      <NewCaseForm
        customerId={customerId}
        onDone={(number) => {
          setWriting(false);
          setGaveUp(number === null);
          if (number !== null) onOpen(number);
        }}
      />
    );
  const begin = (
    // oxlint-disable-next-line jsx-a11y/no-autofocus -- the focus was in the form that was given up
    <Button autoFocus={gaveUp} icon={FolderPlus} onPress={() => setWriting(true)}>
      {t("desk.case.new")}
    </Button>
  );
  if (all.length === 0)
    return (
      <Empty icon={FolderOpen} title={t("desk.case.none")} actions={begin}>
        {t("desk.case.noneExplain")}
      </Empty>
    );
  return (
    <>
      <ReadFailed query={cases} className="mx-4 mt-3" />
      {filtered && (
        <div className="border-b border-line px-4 py-2">
          <Segmented label={t("desk.case.filter")} options={filters.map((each) => ({ id: each, label: t(`desk.case.filter.${each}`, { n: counts[each] }) }))} value={filter} onChange={setFilter} />
        </div>
      )}
      <ul>
        {shown.map((one) => (
          <li key={one.number} className="border-b border-line">
            <CaseCard one={one} isOpen={opened === one.number} onToggle={() => onOpen(opened === one.number ? null : one.number)} />
          </li>
        ))}
      </ul>
      <div className="px-4 py-3">{begin}</div>
    </>
  );
}

/** As the server sorts them when they are first seen; after that each keeps its place under the hand, and new ones come first. */
function useInPlace(cases: readonly CaseView[]): readonly CaseView[] {
  const [places, setPlaces] = useState<readonly string[]>([]);
  const fresh = cases.map(({ number }) => number).filter((number) => !places.includes(number));
  const now = fresh.length === 0 ? places : [...fresh, ...places];
  if (fresh.length > 0) setPlaces(now);
  return cases.toSorted((a, b) => now.indexOf(a.number) - now.indexOf(b.number));
}
