/** A step on the canvas: what it is, what it says, and its ways out as rows. Its size is known before it is drawn (`geometry.ts`). */
import type { FlowLanguage, Step } from "@tandem/protocol/flow/flow";
import { Handle, Position } from "@xyflow/react";
import type { Node, NodeProps } from "@xyflow/react";
import { CircleAlert, CircleCheck, Clock, Headset, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { ReactNode } from "react";
import { useNow, useQueue } from "../../data/data.ts";
import { useFormat, useLanguage, useT } from "../../i18n/i18n.ts";
import { cx } from "../../kit/classes.ts";
import { levelUnder } from "../../kit/level.ts";
import { kindIcons } from "../kinds.ts";
import { ENTRY_Y, FOOT_HEIGHT, HEAD_HEIGHT, QUOTE_HEIGHT, ROWS_PAD, ROW_HEIGHT, boxOf } from "../model/geometry.ts";
import { shownPorts } from "../model/ports.ts";
import { portWords, quoteOf } from "../model/words.ts";

export interface CardData extends Record<string, unknown> {
  step: Step;
  title: string;
  subtitle: string;
  language: FlowLanguage;
  chosen: boolean;
  problem: "error" | "warning" | null;
  /** Its numbers on the path drawn, and why the path goes on from here. */
  numbers: readonly number[];
  reason: { fr: string; en: string } | null;
  tone: "alert" | "acc" | null;
  /** A run stands here now. */
  current: boolean;
  /** Contacts that entered it in 24 hours, and by which ways they left; null: not shown. */
  entered: number | null;
  left: Readonly<Record<string, number>> | null;
}
export type CardNode = Node<CardData, "step">;

export const StepCard = memo(function StepCard({ data }: NodeProps<CardNode>): ReactNode {
  const { step, chosen, tone, current } = data;
  return (
    <div
      style={{ height: boxOf(step).height }}
      className={cx(
        "relative rounded-card border bg-raised text-ink shadow-2",
        chosen ? "border-acc shadow-[0_0_0_1px_var(--acc),var(--sh-2)]" : tone === "alert" ? "border-alert" : tone === "acc" ? "border-acc" : "border-line",
        current && "shadow-[0_0_0_3px_var(--acc-line)]",
      )}
    >
      <Content data={data} />
    </div>
  );
});

function Content({ data }: { data: CardData }): ReactNode {
  const t = useT();
  const format = useFormat();
  const screen = useLanguage();
  const { step, title, subtitle, language, problem, numbers, reason, tone, entered, left } = data;
  const Icon = kindIcons[step.kind];
  const quote = quoteOf(step);
  const said = quote === null ? "" : (quote[language] ?? "");
  const ports = shownPorts(step);
  const { ports: rows } = boxOf(step);
  return (
    <>
      <Handle type="target" position={Position.Left} id="in" style={{ top: ENTRY_Y }} className="way-end" />
      <header style={{ height: HEAD_HEIGHT }} className="flex items-center gap-2 px-2">
        <span className="flex size-[1.625rem] shrink-0 items-center justify-center rounded-control bg-fill text-ink-2">
          <Icon size={14} aria-hidden />
        </span>
        <span className="min-w-0 grow leading-tight">
          <span className="block truncate text-control font-semibold">{title}</span>
          <span className="block truncate text-floor text-ink-3">{subtitle}</span>
        </span>
        {problem === "error" && <CircleAlert size={14} aria-hidden className="text-alert" />}
        {problem === "warning" && <TriangleAlert size={14} aria-hidden className="text-amber" />}
      </header>
      {quote !== null && (
        <div style={{ height: QUOTE_HEIGHT }} className="px-2 pb-1.5">
          <p lang={language} className={cx("line-clamp-2 h-full overflow-hidden rounded-control px-2 py-1 text-floor leading-[1.05rem]", said === "" ? "border border-dashed border-line-2 text-ink-3" : "bg-sunken text-ink-2")}>
            {said === "" ? t(`flows.missing.${language}`) : <Quote text={said} />}
          </p>
        </div>
      )}
      {ports.length > 0 && (
        <ul style={{ paddingBlock: ROWS_PAD }} className="border-t border-line">
          {ports.map((port) => {
            const count = left?.[port.id];
            return (
              <li key={port.id} style={{ height: ROW_HEIGHT }} className="flex items-center gap-1.5 pr-2.5 pl-2 text-meta">
                {port.mark !== null && <span className="flex size-4 shrink-0 items-center justify-center rounded-tag bg-fill text-floor font-medium text-ink-2">{port.mark}</span>}
                <span className={cx("min-w-0 grow truncate", port.to === null && !port.optional ? "text-amber-ink" : "text-ink")}>{portWords(port, t, language)}</span>
                {port.to === null && port.optional ? (
                  <Headset size={12} aria-hidden className="text-ink-3" />
                ) : (
                  count !== undefined && entered !== null && entered > 0 && <span className="text-floor text-ink-3">{format.percent(Math.min(1, count / entered))}</span>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {ports.map((port) => (
        <Handle key={port.id} type="source" position={Position.Right} id={port.id} style={{ top: rows.get(port.id) ?? 0 }} className={cx("way-end", port.to === null && (port.optional ? "way-free" : "way-open"))} />
      ))}
      {step.kind === "queue" && <QueueFoot queueId={step.queueId} />}
      {numbers.length > 0 && tone !== null && (
        <span aria-hidden className={cx("absolute -top-2.5 -left-2.5 flex h-5 min-w-5 items-center justify-center rounded-full px-1 text-floor font-semibold", tone === "alert" ? "bg-alert text-on-alert" : "bg-acc text-on-acc")}>
          {numbers.join(" · ")}
        </span>
      )}
      {reason !== null && (
        <span className="reason absolute top-full left-0 z-10 mt-1.5 block w-max max-w-[13rem] rounded-control border border-alert/30 bg-alert-soft px-2 py-1 text-floor text-alert-ink">{reason[screen]}</span>
      )}
    </>
  );
}

/** Variables in a quotation stand out as they do in the editor. */
export function Quote({ text }: { text: string }): ReactNode {
  return (
    <>
      {text.split(/(\{[^{}]{1,60}\})/).map((piece, i) =>
        i % 2 === 1 ? (
          // oxlint-disable-next-line react/no-array-index-key -- pieces of one text have no other identity
          <span key={i} className="font-medium text-acc-2">{piece.slice(1, -1).replace(/^(data|customer|contact|context)\./, "")}</span>
        ) : (
          piece
        ),
      )}
    </>
  );
}

/** The queue now, against its limit. */
function QueueFoot({ queueId }: { queueId: string }): ReactNode {
  const t = useT();
  const format = useFormat();
  const queue = useQueue(queueId);
  const now = useNow();
  const waited = queue?.oldestSinceMs === null || queue?.oldestSinceMs === undefined ? 0 : now - queue.oldestSinceMs;
  const level = queue === null ? "ok" : levelUnder(waited, queue.maxWaitMs);
  return (
    <footer style={{ height: FOOT_HEIGHT }} className="flex items-center gap-1.5 border-t border-line px-2 text-floor text-ink-2">
      {queue === null ? (
        <span className="truncate text-amber-ink">{t("flows.queue.gone")}</span>
      ) : queue.waiting === 0 ? (
        <>
          {queue.staffed === 0 ? <TriangleAlert size={12} aria-hidden className="text-amber" /> : <CircleCheck size={12} aria-hidden className="text-jade" />}
          <span className="truncate">{t("flows.queue.empty", { n: queue.staffed })}</span>
        </>
      ) : (
        <>
          {level === "breach" ? <span className="rounded-tag bg-alert px-1 font-semibold text-on-alert">{format.wait(waited)}</span> : <Clock size={12} aria-hidden className={level === "watch" ? "text-amber" : "text-ink-3"} />}
          {level !== "breach" && <span className={cx("font-medium", level === "watch" && "text-amber-ink")}>{format.wait(waited)}</span>}
          <span className="truncate">{t("flows.queue.wait", { n: queue.waiting, limit: format.timer(queue.maxWaitMs) })}</span>
        </>
      )}
    </footer>
  );
}
