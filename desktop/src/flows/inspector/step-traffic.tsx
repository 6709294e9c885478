/** What went through a step in the last 24 hours, way by way. */
import type { Step } from "@tandem/protocol/flow/flow";
import { Activity } from "lucide-react";
import type { ReactNode } from "react";
import { useFlowTraffic, useNow } from "../../data/data.ts";
import { useFormat, useT } from "../../i18n/i18n.ts";
import { Empty } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/skeleton.tsx";
import { useDesigner, useView } from "../designer-context.ts";
import { portsOf } from "../model/ports.ts";
import { portWords } from "../model/words.ts";

export function StepTraffic({ id, step }: { id: string; step: Step }): ReactNode {
  const t = useT();
  const format = useFormat();
  const { flowId } = useDesigner();
  const language = useView((v) => v.language);
  const traffic = useFlowTraffic(flowId, true);
  const now = useNow(60_000);
  if (traffic.data === undefined) return traffic.isPending ? <Skeleton rows={3} className="p-4" /> : <Empty icon={Activity} title={t("flows.traffic.failed")} />;
  const entered = traffic.data.steps[id] ?? 0;
  if (entered === 0)
    return (
      <Empty icon={Activity} title={t("flows.traffic.none")}>
        {t("flows.traffic.none.help")}
      </Empty>
    );
  const rows = portsOf(step).map((port) => ({ port, count: traffic.data.edges[`${id} ${port.id}`] ?? 0 }));
  const gone = Math.max(0, entered - rows.reduce((sum, { count }) => sum + count, 0));
  return (
    <div className="flex flex-col gap-4 p-4">
      <p>
        <span className="text-display font-semibold">{format.number(entered)}</span> <span className="text-control text-ink-2">{t("flows.traffic.entered", { since: format.when(traffic.data.sinceMs, now) })}</span>
      </p>
      <table className="w-full text-control">
        <caption className="sr-only">{t("flows.traffic.ways")}</caption>
        <tbody>
          {rows.map(({ port, count }) => (
            <Row key={port.id} label={portWords(port, t, language)} count={count} of={entered} />
          ))}
          {rows.length > 0 && gone > 0 && <Row label={t("flows.traffic.gone")} count={gone} of={entered} />}
        </tbody>
      </table>
    </div>
  );
}

function Row({ label, count, of }: { label: string; count: number; of: number }): ReactNode {
  const format = useFormat();
  const share = Math.min(1, count / of);
  return (
    <tr className="h-8">
      <th scope="row" className="max-w-0 truncate pr-2 text-left font-normal">{label}</th>
      <td className="w-28 pl-2 text-right text-ink-2">
        <span className="flex items-center justify-end gap-2">
          <span aria-hidden className="block h-1 w-14 overflow-hidden rounded-full bg-fill-2">
            <span className="block h-full rounded-full bg-ink-2" style={{ width: `${share * 100}%` }} />
          </span>
          {format.number(count)}
        </span>
      </td>
      <td className="w-12 text-right text-ink-3">{format.percent(share)}</td>
    </tr>
  );
}
