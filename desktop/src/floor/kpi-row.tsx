import type { ReactNode } from "react";
import { useAgents, useNow, useQueues } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import type { Level } from "../kit/level.ts";
import { LevelMark } from "../kit/num.tsx";
import { Spark } from "../kit/spark.tsx";
import { ABANDON_LIMIT, kpis } from "./floor-model.ts";
import { LimitBar } from "./limit-bar.tsx";

/** Six numbers, each with its threshold. */
export function KpiRow(): ReactNode {
  const t = useT();
  const format = useFormat();
  const { service, waiting, longest, abandon, agents, today } = kpis(useQueues(), useAgents(), useNow());
  return (
    <section aria-label={t("floor.kpis")} className="grid shrink-0 grid-cols-6 border-b border-line max-fold:grid-cols-3">
      <Kpi
        label={t("floor.kpi.service")}
        level={service?.level ?? "ok"}
        value={service === null ? "—" : format.percent(service.value)}
        mark={service !== null && service.deltaPoints < 0 ? `−${Math.abs(service.deltaPoints)}` : null}
        limit={
          service === null
            ? t("floor.kpi.noneYet")
            : service.withinMs === null
              ? t("floor.kpi.service.goalMixed", { goal: format.percent(service.goal) })
              : t("floor.kpi.service.goal", { goal: format.percent(service.goal), within: format.duration(service.withinMs) })
        }
        chart={service !== null && <LimitBar share={service.value} limit={service.goal} level={service.level} />}
      />
      <Kpi
        label={t("floor.kpi.waiting")}
        level={waiting.level}
        value={format.number(waiting.value)}
        mark={waiting.value > waiting.free ? `+${waiting.value - waiting.free}` : null}
        limit={t("floor.kpi.waiting.free", { n: waiting.free })}
        chart={<Spark values={waiting.lastHour} limit={waiting.free} level={waiting.level} width={64} height={28} filled />}
      />
      <Kpi
        label={t("floor.kpi.longest")}
        level={longest?.level ?? "ok"}
        value={longest === null ? "—" : format.wait(longest.waitMs)}
        mark={longest === null || longest.level === "ok" ? null : longest.level === "breach" ? `+${format.wait(longest.waitMs - longest.limitMs)}` : `−${format.timer(longest.limitMs - longest.waitMs)}`}
        limit={longest === null ? t("floor.kpi.longest.none") : t("floor.kpi.longest.limit", { limit: format.timer(longest.limitMs), queue: longest.queueName })}
      />
      <Kpi
        label={t("floor.kpi.abandon")}
        level={abandon?.level ?? "ok"}
        value={abandon === null ? "—" : format.percent(abandon.value, 1)}
        mark={null}
        limit={abandon === null ? t("floor.kpi.noneYet") : t("floor.kpi.abandon.limit", { limit: format.percent(ABANDON_LIMIT) })}
        chart={abandon !== null && <LimitBar share={abandon.value / (ABANDON_LIMIT * 2)} limit={0.5} level={abandon.level} />}
      />
      <Kpi label={t("floor.kpi.agents")} level="ok" value={`${format.number(agents.signedIn)} / ${format.number(agents.total)}`} mark={null} limit={t("floor.kpi.agents.available", { n: agents.available })} />
      <Kpi
        label={t("floor.kpi.answered")}
        level="ok"
        value={format.number(today.answered)}
        mark={null}
        limit={today.averageHandleMs === null ? t("floor.kpi.noneYet") : t("floor.kpi.answered.aht", { time: format.timer(today.averageHandleMs), offered: format.number(today.offered) })}
      />
    </section>
  );
}

interface KpiProps {
  label: string;
  level: Level;
  value: string;
  /** The distance to the limit. */
  mark: string | null;
  limit: string;
  chart?: ReactNode;
}

function Kpi({ label, level, value, mark, limit, chart }: KpiProps): ReactNode {
  const t = useT();
  return (
    <div className="relative flex min-w-0 flex-col justify-center border-l border-line py-3 pr-4 pl-4 first:border-l-0 max-fold:nth-[4]:border-l-0 max-fold:nth-[n+4]:border-t">
      <h2 className="truncate text-meta text-ink-2">{label}</h2>
      <p className={cx("flex items-center gap-2 text-display font-semibold tracking-[-0.02em] whitespace-nowrap", level === "watch" && "text-amber-ink", level === "breach" && "text-alert-ink")}>
        {value}
        {level !== "ok" && <span className="sr-only">{t(`floor.level.${level}`)}</span>}
        {mark !== null && level !== "ok" && (
          <span className="tracking-normal">
            <LevelMark level={level}>{mark}</LevelMark>
          </span>
        )}
      </p>
      <p className="truncate text-meta text-ink-3">{limit}</p>
      {chart !== undefined && chart !== false && <span className="absolute right-4 bottom-3.5 hidden wide:block">{chart}</span>}
    </div>
  );
}
