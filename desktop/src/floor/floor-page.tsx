/** The live floor: what happens now against its limits, what needs a decision, who is doing what. Moves by facts, keeps its order. */
import type { ReactNode } from "react";
import { useReady } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Skeleton } from "../kit/skeleton.tsx";
import { Sheet } from "../shell/sheet.tsx";
import { AgentTiles } from "./agent-tiles.tsx";
import { DecisionList } from "./decision-list.tsx";
import { Inspector } from "./inspector.tsx";
import { KpiRow } from "./kpi-row.tsx";
import { QueueTable } from "./queue-table.tsx";
import { useFloorSounds } from "./use-floor-sounds.ts";

export function FloorPage(): ReactNode {
  const t = useT();
  const ready = useReady();
  return (
    <Sheet label={t("floor.label")} className="relative">
      {ready ? <Floor /> : <Skeleton rows={10} className="p-6" />}
    </Sheet>
  );
}

function Floor(): ReactNode {
  useFloorSounds();
  return (
    <>
      <KpiRow />
      <div className="flex min-h-0 grow max-fold:flex-col max-fold:overflow-auto">
        <div data-region tabIndex={-1} className="w-[29.75rem] min-w-0 shrink overflow-auto border-r border-line outline-none max-fold:w-full max-fold:shrink-0 max-fold:border-r-0">
          <QueueTable />
          <DecisionList />
        </div>
        <div data-region tabIndex={-1} className="flex min-h-0 min-w-0 grow basis-80 flex-col outline-none max-fold:min-h-96 max-fold:basis-auto max-fold:border-t max-fold:border-line">
          <AgentTiles />
        </div>
        <Inspector />
      </div>
    </>
  );
}
