import type { QueueView } from "@tandem/protocol";
import { useNavigate } from "@tanstack/react-router";
import { Rows3 } from "lucide-react";
import type { ReactNode } from "react";
import { useNow, useQueues } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { Num } from "../kit/num.tsx";
import { Spark } from "../kit/spark.tsx";
import { queueLevels } from "./floor-model.ts";
import { LimitBar } from "./limit-bar.tsx";
import { useRoving } from "./roving.ts";
import type { Roving } from "./roving.ts";
import { select, useSelected } from "./selection.ts";

/** The queues in the centre's order, which never changes by itself: one tab stop, arrows between rows, Enter opens. */
export function QueueTable(): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const queues = useQueues();
  const roving = useRoving(queues.map((queue) => queue.id));
  return (
    <section aria-labelledby="floor-queues" className="shrink-0">
      <header className="flex h-10 items-center gap-2 px-4">
        <h2 id="floor-queues" className="text-body font-semibold">
          {t("floor.queues")}
        </h2>
        <span className="text-meta text-ink-3">{t("floor.queues.frozen")}</span>
      </header>
      {queues.length === 0 ? (
        <div className="border-y border-line">
          <Empty icon={Rows3} title={t("floor.queues.none")} actions={<Button onPress={() => void navigate({ to: "/admin" })}>{t("floor.queues.none.action")}</Button>}>
            {t("floor.queues.none.help")}
          </Empty>
        </div>
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- the ARIA grid pattern: rows are focused and chosen
        <table role="grid" aria-labelledby="floor-queues" className="w-full table-fixed border-collapse text-control" {...roving.container}>
          <thead>
            <tr className="h-[1.8125rem] border-y border-line text-meta text-ink-3">
              <Head className="pl-4 text-left">{t("floor.queues.column.queue")}</Head>
              <Head className="w-[3.125rem] text-right">{t("floor.queues.column.waiting")}</Head>
              <Head className="w-[4.625rem] text-right">{t("floor.queues.column.oldest")}</Head>
              <Head className="w-[6.375rem] pl-3.5 text-left">{t("floor.queues.column.service")}</Head>
              <Head className="w-[2.875rem] text-right">{t("floor.queues.column.free")}</Head>
              <Head className="w-[4rem] pr-3 pl-2 text-left">{t("floor.queues.column.hour")}</Head>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <QueueRow key={queue.id} queue={queue} roving={roving} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Head({ children, className }: { children: ReactNode; className: string }): ReactNode {
  return (
    <th scope="col" className={cx("font-normal", className)}>
      {children}
    </th>
  );
}

function QueueRow({ queue, roving }: { queue: QueueView; roving: Roving }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const chosen = useSelected("queue", queue.id);
  const levels = queueLevels(queue, now);
  const { today, target, lastHour } = queue;
  const open = (): void => select({ what: "queue", id: queue.id });
  return (
    <tr
      {...roving.item(queue.id)}
      aria-selected={chosen}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open();
      }}
      className={cx("h-[1.9375rem] border-b border-line outline-offset-[-2px]", chosen ? "bg-acc-soft" : "hover:bg-sunken")}
    >
      <th scope="row" className="pl-4 text-left font-medium">
        <QueueName queue={queue} />
      </th>
      <td className={cx("text-right font-semibold", queue.waiting === 0 && "font-normal text-ink-3", levels.waiting === "breach" && "text-alert-ink", levels.waiting === "watch" && "text-amber-ink")}>{format.number(queue.waiting)}</td>
      <td className="text-right">{levels.waitMs === null ? <span className="text-ink-3">—</span> : <Num level={levels.wait}>{format.wait(levels.waitMs)}</Num>}</td>
      <td className="pl-3.5">
        {today.serviceLevel === null ? (
          <span className="text-ink-3">—</span>
        ) : (
          <span className="flex items-center gap-1.5 whitespace-nowrap">
            <LimitBar share={today.serviceLevel} limit={target.percent / 100} level={levels.service} width={42} />
            <span className={cx("text-meta font-medium", levels.service === "watch" && "text-amber-ink", levels.service === "breach" && "text-alert-ink")}>{format.percent(today.serviceLevel)}</span>
          </span>
        )}
      </td>
      <td className={cx("text-right", levels.free === "breach" && "font-semibold text-alert-ink")}>
        <span className="sr-only">{t("floor.queues.free", { free: queue.freeAgents, staffed: queue.staffed })}</span>
        <span aria-hidden>{queue.staffed === 0 ? "—" : `${queue.freeAgents}/${queue.staffed}`}</span>
      </td>
      <td className="pr-3 pl-2">
        <span className="sr-only">{t("floor.queues.hour", { first: lastHour[0] ?? 0, last: lastHour.at(-1) ?? 0, most: Math.max(0, ...lastHour) })}</span>
        <Spark values={lastHour} width={46} />
      </td>
    </tr>
  );
}

function QueueName({ queue }: { queue: QueueView }): ReactNode {
  return (
    <span className="flex items-center gap-2">
      <span className="flex shrink-0 gap-1">
        {queue.media.map((medium) => (
          <ChannelIcon key={medium} medium={medium} size={14} className="text-ink-2" />
        ))}
      </span>
      <span className="truncate" title={queue.name}>
        {queue.name}
      </span>
    </span>
  );
}
