import type { LadderMessage } from "@tandem/protocol";
import { Copy } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { useFormat, useT } from "../i18n/i18n.ts";
import type { T } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Scroller } from "../kit/scroller.tsx";
import { toast } from "../kit/toast.tsx";
import { ladderOf } from "./ladder-model.ts";
import type { LadderView, Row, RowTone } from "./ladder-model.ts";

const ROW_PX = 34;
const strokes: Record<RowTone, string> = { request: "var(--acc)", progress: "var(--ink-3)", success: "var(--jade)", redirect: "var(--amber)", refusal: "var(--alert)" };
const inks: Record<RowTone, string> = { request: "text-ink", progress: "text-ink-2", success: "text-jade-ink", redirect: "text-amber-ink", refusal: "text-alert-ink" };

/** The messages of a call between its parties, first to last, and the chosen one as it was written. */
export function Ladder({ messages }: { messages: readonly LadderMessage[] }): ReactNode {
  const t = useT();
  const format = useFormat();
  const view = ladderOf(messages);
  /** Milliseconds matter on a ladder: +12 ms, +1.20 s. */
  const since = (ms: number): string => (ms === 0 ? t("ladder.start") : ms < 1000 ? `+${ms} ms` : `+${format.number(ms / 1000, ms < 10_000 ? 2 : 1)} s`);
  const [chosen, setChosen] = useState(0);
  const message = messages[chosen];
  return (
    <div className="flex min-h-0 grow">
      <div className="min-w-0 grow overflow-auto" tabIndex={-1}>
        <div style={{ minWidth: `${6 + view.lanes.length * 9}rem` }}>
          <Lanes view={view} />
          <ListBox
            aria-label={t("ladder.list")}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[String(chosen)]}
            onSelectionChange={(keys) => setChosen(Number([...keys][0] ?? 0))}
            className="pb-4 outline-none"
          >
            {view.rows.map((row, i) => (
              <ListBoxItem
                key={i}
                id={String(i)}
                textValue={row.message.what}
                aria-label={t("ladder.row", { what: row.message.what, from: nameAt(view, row.from), to: nameAt(view, row.to), at: since(row.atMs) })}
                className="group flex cursor-pointer items-center outline-none data-focus-visible:bg-fill data-hovered:bg-sunken data-selected:bg-acc-soft"
              >
                <span className="w-20 shrink-0 pr-3 text-right text-meta text-ink-3 tabular-nums">{since(row.atMs)}</span>
                <Arrow row={row} lanes={view.lanes.length} />
              </ListBoxItem>
            ))}
          </ListBox>
        </div>
      </div>
      <section aria-label={message?.what ?? t("ladder.pick")} className="flex w-[27rem] shrink-0 flex-col border-l border-line bg-sunken max-wide:w-[22rem]">
        {message === undefined ? (
          <p className="m-auto text-body text-ink-2">{t("ladder.pick")}</p>
        ) : (
          <>
            <header className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-2">
              <h3 className="min-w-0 grow truncate text-body font-semibold">{message.what}</h3>
              <Button size="s" tone="ghost" icon={Copy} onPress={() => void copy(message.text, t)}>
                {t("ladder.copy")}
              </Button>
            </header>
            <Wire label={message.what} text={message.text} />
          </>
        )}
      </section>
    </div>
  );
}

function Lanes({ view }: { view: LadderView }): ReactNode {
  return (
    <div className="sticky top-0 z-10 flex border-b border-line bg-surface">
      <span className="w-20 shrink-0" />
      {view.lanes.map((lane) => (
        <div key={lane.id} className="min-w-0 flex-1 px-2 py-2 text-center">
          <p className={cx("truncate text-body font-semibold", lane.id === "tandem" ? "text-acc" : "text-ink")}>{lane.name ?? lane.id.split(" ")[1]}</p>
          <p className="truncate font-mono text-meta text-ink-3">{lane.id === "tandem" ? "B2BUA" : lane.id}</p>
        </div>
      ))}
    </div>
  );
}

/** Lanes share the width evenly, so that places are percents and the drawing needs no measuring. */
function Arrow({ row, lanes }: { row: Row; lanes: number }): ReactNode {
  const t = useT();
  const at = (lane: number): number => ((lane + 0.5) / lanes) * 100;
  const [from, to] = [at(row.from), at(row.to)];
  const stroke = strokes[row.tone];
  const right = to > from;
  return (
    <span className="relative block min-w-0 grow" style={{ height: ROW_PX }}>
      <svg aria-hidden className="absolute inset-0 size-full overflow-visible">
        {Array.from({ length: lanes }, (_, lane) => (
          <line key={lane} x1={`${at(lane)}%`} x2={`${at(lane)}%`} y1="0" y2="100%" stroke="var(--line-2)" strokeDasharray={lane === row.from || lane === row.to ? undefined : "2 3"} />
        ))}
        <line x1={`${from}%`} x2={`${to}%`} y1={ROW_PX - 9} y2={ROW_PX - 9} stroke={stroke} strokeWidth="1.5" strokeDasharray={row.repeated ? "4 3" : undefined} />
        <svg x={`${to}%`} y={ROW_PX - 9} className="overflow-visible">
          <path d={right ? "M-8 -4 L-1 0 L-8 4 Z" : "M8 -4 L1 0 L8 4 Z"} fill={stroke} />
        </svg>
      </svg>
      <span className="absolute top-0.5 flex items-baseline justify-center gap-2 px-3" style={{ left: `${Math.min(from, to)}%`, width: `${Math.abs(to - from)}%` }}>
        <span className={cx("truncate text-control font-medium", inks[row.tone])}>{row.message.what}</span>
        {row.media !== null && <span className="truncate text-meta text-ink-3">{row.media}</span>}
        {row.repeated && <span className="shrink-0 text-meta text-ink-3">{t("ladder.repeated")}</span>}
      </span>
    </span>
  );
}

/** The message with the names of its header fields set apart from what they say. */
function Wire({ label, text }: { label: string; text: string }): ReactNode {
  const blank = text.indexOf("\r\n\r\n");
  const head = (blank < 0 ? text : text.slice(0, blank)).split("\r\n");
  const body = blank < 0 ? "" : text.slice(blank + 4).trimEnd();
  return (
    <Scroller label={label} className="min-h-0 grow">
      <pre className="px-4 py-3 font-mono text-meta leading-relaxed break-all whitespace-pre-wrap text-ink">
      {head.map((line, i) => {
        const colon = i === 0 ? -1 : line.indexOf(":");
        return (
          <span key={i} className={cx("block", i === 0 && "pb-1 font-semibold")}>
            {colon < 0 ? (
              line
            ) : (
              <>
                <span className="text-acc">{line.slice(0, colon + 1)}</span>
                {line.slice(colon + 1)}
              </>
            )}
          </span>
        );
      })}
      {body !== "" && <span className="mt-2 block border-t border-line pt-2 text-ink-2">{body.replaceAll("\r\n", "\n")}</span>}
      </pre>
    </Scroller>
  );
}

function nameAt(view: LadderView, lane: number): string {
  return view.lanes[lane]?.name ?? view.lanes[lane]?.id ?? "";
}

export async function copy(text: string, t: T): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast("good", t("ladder.copied"));
  } catch {
    // no permission, or a page not served securely: the text stays on screen to be selected
    toast("alert", t("ladder.notCopied"));
  }
}
