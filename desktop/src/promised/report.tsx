import { PromiseBreak } from "@tandem/protocol/callback";
import type { PromiseError, PromiseReport } from "@tandem/protocol/callback";
import { Scale } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useNow, usePromiseReport } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { Empty } from "../kit/notice.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { nearly, within } from "./stretch.ts";

type Line = PromiseReport["queues"][number];
type Tally = Pick<Line, "kept" | "late" | "broken">;
/** Fewer measures say nothing of the next one. */
const ENOUGH = 5;
/** Nearer than this, nobody notices. */
const FAIR_MS = 15_000;
const PERIODS = ["7", "30", "90"] as const;
const FILLS = { kept: "var(--jade)", late: "var(--amber)", broken: "var(--alert)" } as const;

/** What was promised, and what became of it: a line a queue and kind. */
export function Report({ queueId }: { queueId: string | null }): ReactNode {
  const t = useT();
  const [days, setDays] = useState<(typeof PERIODS)[number]>("7");
  const report = usePromiseReport(queueId, Number(days));
  const labels: Record<(typeof PERIODS)[number], Key> = { 7: "promised.report.days.7", 30: "promised.report.days.30", 90: "promised.report.days.90" };
  return (
    <div className="flex flex-col gap-5 px-4 py-4">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <Segmented label={t("promised.report.days")} options={PERIODS.map((id) => ({ id, label: t(labels[id]) }))} value={days} onChange={setDays} />
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-meta text-ink-2">
          {(["kept", "late", "broken"] as const).map((what) => (
            <li key={what} className="flex items-center gap-1.5">
              <svg width={10} height={10} aria-hidden>
                <Mark what={what} x={0} width={10} height={10} />
              </svg>
              {t(`promised.report.${what}`)}
            </li>
          ))}
        </ul>
      </div>
      {report.data === undefined ? report.isError ? <ReadFailed query={report} title={t("promised.failed")} /> : <Skeleton rows={6} /> : report.data.queues.length === 0 ? <Empty icon={Scale} title={t("promised.report.none")}>{t("promised.report.none.help")}</Empty> : <Body report={report.data} />}
    </div>
  );
}

function Body({ report }: { report: PromiseReport }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const names = new Map(report.queues.map(({ queueId, queueName }) => [queueId, queueName]));
  const days = new Map<string, Tally>();
  for (const { day, kept, late, broken } of report.days) {
    const sum = days.get(day) ?? { kept: 0, late: 0, broken: 0 };
    days.set(day, { kept: sum.kept + kept, late: sum.late + late, broken: sum.broken + broken });
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-card border border-line">
        {report.queues.map((line) => (
          <Queue key={`${line.queueId} ${line.kind}`} line={line} />
        ))}
      </ul>
      <p className="text-meta text-ink-2">{t("promised.report.note")}</p>
      {[...days.values()].some((tally) => total(tally) > 0) && (
        <section aria-labelledby="promised-days">
          <h2 id="promised-days" className="mb-2 text-sub font-semibold">
            {t("promised.report.day")}
          </h2>
          <ul className="flex h-32 items-end gap-1 overflow-x-auto border-b border-line">
            {[...days].toSorted(([a], [b]) => a.localeCompare(b)).map(([day, tally]) => (
              <Day key={day} day={day} tally={tally} most={Math.max(...[...days.values()].map(total))} />
            ))}
          </ul>
        </section>
      )}
      {report.worst.length > 0 && (
        <section aria-labelledby="promised-worst">
          <h2 id="promised-worst" className="mb-1 text-sub font-semibold">
            {t("promised.report.worst")}
          </h2>
          <ul className="divide-y divide-line">
            {report.worst.map((one) => (
              <li key={one.id} className="flex flex-wrap items-baseline gap-x-3 py-1.5 text-body">
                <span className="w-28 text-meta text-ink-2">{format.when(one.madeAtMs, now)}</span>
                <span className="grow">{[t(`promised.report.kind.${one.kind}`), names.get(one.queueId) ?? ""].filter((part) => part !== "").join(" · ")}</span>
                <span className={one.outcome === "broken" ? "text-alert-ink" : "text-amber-ink"}>{one.lateMs !== null && one.outcome === "late" ? t("promised.report.worst.late", { time: format.duration(nearly(one.lateMs)) }) : t("promised.report.worst.broken")}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const total = ({ kept, late, broken }: Tally): number => kept + late + broken;

function Queue({ line }: { line: Line }): ReactNode {
  const t = useT();
  const format = useFormat();
  const due = total(line);
  const why = (code: string): string => {
    const known = PromiseBreak.safeParse(code);
    return known.success ? t(`promised.why.${known.data}`) : code;
  };
  const broke = Object.entries(line.broke);
  return (
    <li className="grid grid-cols-[minmax(12rem,1fr)_minmax(14rem,1.2fr)_minmax(18rem,1.6fr)] gap-x-6 gap-y-2 px-4 py-3 max-fold:grid-cols-1">
      <div className="min-w-0">
        <h2 className="truncate text-body font-semibold">{line.queueName}</h2>
        <p className="text-meta text-ink-2">{t(`promised.report.kind.${line.kind}`)}</p>
      </div>
      <div className="min-w-0">
        <Stack tally={line} />
        <p className="mt-1.5 text-body">{due === 0 ? t("promised.report.share.none") : t("promised.report.share", { share: format.percent(line.kept / due), n: due })}</p>
        <p className="text-meta text-ink-2">
          {[`${t("promised.report.late")} ${format.number(line.late)}`, `${t("promised.report.broken")} ${format.number(line.broken)}`, `${t("promised.report.released")} ${format.number(line.released)}`, `${t("promised.report.open")} ${format.number(line.open)}`].join(" · ")}
        </p>
        {line.meanLateMs !== null && <p className="text-meta text-amber-ink">{t("promised.report.meanLate", { time: format.duration(nearly(line.meanLateMs)) })}</p>}
        {broke.length > 0 && <p className="text-meta text-alert-ink">{t("promised.report.broke", { why: broke.map(([code, n]) => `${why(code)} ${format.number(n)}`).join(", ") })}</p>}
      </div>
      <div className="min-w-0">{line.error === null ? null : <Errors line={line} error={line.error} />}</div>
    </li>
  );
}

/** By form as well as hue: late is hatched across, broken is hollow. */
function Mark({ what, x, width, height, y = 0 }: { what: keyof typeof FILLS; x: number; width: number; height: number; y?: number }): ReactNode {
  return (
    <g>
      <rect x={x} y={y} width={Math.max(0, width)} height={height} rx={1.5} fill={FILLS[what]} />
      {what === "late" && width > 3 && <rect x={x} y={y + height / 2 - 1} width={width} height={2} fill="var(--surface)" />}
      {what === "broken" && width > 4 && height > 4 && <rect x={x + 2} y={y + 2} width={width - 4} height={height - 4} rx={1} fill="var(--surface)" />}
    </g>
  );
}

function Stack({ tally }: { tally: Tally }): ReactNode {
  const sum = total(tally);
  const width = 240;
  let x = 0;
  return (
    <svg viewBox={`0 0 ${width} 10`} preserveAspectRatio="none" aria-hidden className="h-2.5 w-full max-w-80">
      {sum === 0 && <rect width={width} height={10} rx={1.5} fill="var(--fill)" />}
      {sum > 0 &&
        (["kept", "late", "broken"] as const).map((what) => {
          const w = (tally[what] / sum) * width;
          const at = x;
          x += w;
          return <Mark key={what} what={what} x={at} width={w - (w > 2 ? 1 : 0)} height={10} />;
        })}
    </svg>
  );
}

function Day({ day, tally, most }: { day: string; tally: Tally; most: number }): ReactNode {
  const t = useT();
  const format = useFormat();
  const atMs = new Date(`${day}T12:00:00`).getTime();
  const height = 96;
  const of = (n: number): number => (most === 0 ? 0 : (n / most) * height);
  let y = height;
  return (
    <li className="flex min-w-7 flex-1 flex-col items-center gap-1">
      <svg width={20} height={height} role="img" aria-label={t("promised.report.dayRow", { day: format.day(atMs), kept: tally.kept, late: tally.late, broken: tally.broken })}>
        {(["kept", "late", "broken"] as const).map((what) => {
          const h = of(tally[what]);
          y -= h;
          return h > 0 && <Mark key={what} what={what} x={2} y={y} width={16} height={Math.max(1, h - 1)} />;
        })}
      </svg>
      <span aria-hidden className="text-meta text-ink-2 tabular-nums">
        {new Date(atMs).getDate()}
      </span>
    </li>
  );
}

/** How far off announcements were: half of them in the box, nine in ten in the line, the mean as the mark; the announced moment in the middle. */
function Errors({ line, error }: { line: Line; error: PromiseError }): ReactNode {
  const t = useT();
  const format = useFormat();
  if (error.count < ENOUGH) return <p className="text-meta text-ink-2">{t("promised.report.error.few")}</p>;
  const { bias, p50, p90, count } = error;
  const size = Math.max(p90, Math.abs(bias), 1) * 1.15;
  const width = 320;
  const x = (ms: number): number => width / 2 + (ms / size) * (width / 2);
  const time = (ms: number): string => format.duration(nearly(Math.abs(ms)));
  const [half, most] = [format.duration(within(p50)), format.duration(within(p90))];
  return (
    <figure className="m-0">
      <svg viewBox={`0 0 ${width} 26`} role="img" aria-label={t("promised.report.chart", { kind: t(`promised.report.kind.${line.kind}`), queue: line.queueName, bias: `${bias < 0 ? "−" : "+"}${time(bias)}`, half, most })} className="h-6.5 w-full max-w-80">
        <line x1={0} x2={width} y1={13} y2={13} stroke="var(--line-2)" />
        <line x1={x(-p90)} x2={x(p90)} y1={13} y2={13} stroke="var(--ink-3)" strokeWidth={2} />
        <rect x={x(-p50)} y={7} width={Math.max(1, x(p50) - x(-p50))} height={12} rx={2} fill="var(--fill-2)" stroke="var(--ink-3)" />
        <line x1={width / 2} x2={width / 2} y1={2} y2={24} stroke="var(--ink)" strokeDasharray="2 2" />
        <path d={`M${x(bias)} 6 l5 7 -5 7 -5 -7Z`} fill={Math.abs(bias) <= FAIR_MS ? "var(--jade)" : "var(--amber)"} stroke="var(--ink)" />
      </svg>
      <p aria-hidden className="flex max-w-80 justify-between text-meta text-ink-2">
        <span>← {t("promised.report.sooner")}</span>
        <span>{t("promised.report.announced")}</span>
        <span>{t("promised.report.later")} →</span>
      </p>
      <figcaption className="mt-1 text-meta text-ink">
        {Math.abs(bias) <= FAIR_MS ? t("promised.report.error.fair", { time: format.duration(FAIR_MS) }) : t(bias > 0 ? "promised.report.error.under" : "promised.report.error.over", { time: time(bias) })}{" "}
        <span className="text-ink-2">{t("promised.report.error.spread", { half, most, n: count })}</span>
      </figcaption>
    </figure>
  );
}
