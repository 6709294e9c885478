/** Versions: who published what when and why; the differences step by step; and going back to one. */
import { Unproved } from "@tandem/protocol/flow-studio";
import type { FlowChange } from "@tandem/protocol/flow-studio";
import { Download, History, RotateCcw, SquarePen } from "lucide-react";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { ApiFailure, flowApi, flowsChanged, inWords, useFlowDiff, useNow } from "../data/data.ts";
import { useFormat, useLanguage, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { Empty } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { toast } from "../kit/toast.tsx";
import { ChangeList } from "./change-list.tsx";
import { useDesigner, useEditor } from "./designer-context.ts";
import { Head } from "./inspector/inspector.tsx";
import { placed } from "./model/layout.ts";
import { titleOf } from "./model/words.ts";
import { useNames } from "./use-names.ts";

export function HistoryPanel(): ReactNode {
  const t = useT();
  const format = useFormat();
  const { editor, flowId, mayEdit } = useDesigner();
  const versions = useEditor((s) => s.studio.versions);
  const published = useEditor((s) => s.studio.published?.version ?? null);
  const draft = useEditor((s) => s.studio.draft);
  const [open, setOpen] = useState<number | "draft" | null>(published === null ? null : "draft");
  const now = useNow(60_000);
  const screen = useLanguage();
  const sorted = versions.toSorted((a, b) => b.version - a.version);
  const rollBack = async (version: number): Promise<void> => {
    try {
      await editor.flush();
      await editor.own(() => flowApi.rollback(flowId, version));
      await flowsChanged();
      toast("good", t("flows.history.rolledBack", { version }));
    } catch (error) {
      // What was proved then may not be any more: a queue is gone, hours have changed.
      const unproved = error instanceof ApiFailure && error.status === 422 ? Unproved.safeParse(error.answer) : null;
      const [finding] = unproved?.success === true ? unproved.data.proof.findings.filter(({ severity }) => severity === "error") : [];
      toast("alert", finding === undefined ? inWords(error) : `${inWords(error)} ${finding.words[screen]}`);
    }
  };
  /** As one change of the draft: looked at, changed further, or undone like every other. */
  const intoDraft = async (version: number): Promise<void> => {
    try {
      const document = placed(await flowApi.version(flowId, version));
      editor.change(null, (now) => ({ ...document, id: now.id, version: now.version }), []);
      toast("good", t("flows.history.inDraft", { version }), { label: t("flows.undo"), perform: editor.takeBack() });
    } catch (error) {
      toast("alert", inWords(error));
    }
  };
  return (
    <>
      <Head icon={<History size={16} aria-hidden />} title={t("flows.history")} subtitle={t("flows.history.count", { n: versions.length })} />
      <div className="min-h-0 grow overflow-auto border-t border-line">
        {sorted.length === 0 && (
          <Empty icon={History} title={t("flows.history.never")}>
            {t("flows.history.never.help")}
          </Empty>
        )}
        <ol>
          {published !== null && (
            <Version title={t("flows.history.draft")} by={draft.byName} when={format.when(draft.atMs, now)} note="" open={open === "draft"} onToggle={() => setOpen(open === "draft" ? null : "draft")}>
              <Differences from={published} to="draft" />
            </Version>
          )}
          {sorted.map((version, i) => (
            <Version
              key={version.version}
              title={t("flows.history.version", { version: version.version })}
              live={version.version === published}
              by={version.byName}
              when={format.when(version.atMs, now)}
              note={version.note}
              open={open === version.version}
              onToggle={() => setOpen(open === version.version ? null : version.version)}
            >
              {sorted[i + 1] === undefined ? <p className="text-meta text-ink-2">{t("flows.history.first")}</p> : <Differences from={sorted[i + 1]?.version ?? 0} to={version.version} />}
              {mayEdit && (
                <div className="flex flex-wrap gap-2">
                  <Button size="s" icon={SquarePen} onPress={() => void intoDraft(version.version)}>
                    {t("flows.history.intoDraft")}
                  </Button>
                  {version.version !== published && (
                    <ConfirmPopover
                      trigger={
                        <Button size="s" icon={RotateCcw}>
                          {t("flows.history.rollBack")}
                        </Button>
                      }
                      placement="bottom start"
                      tone="primary"
                      question={t("flows.history.rollBack.ask", { version: version.version })}
                      effect={t("flows.history.rollBack.effect")}
                      confirmLabel={t("flows.history.rollBack.do")}
                      onConfirm={() => void rollBack(version.version)}
                    />
                  )}
                </div>
              )}
            </Version>
          ))}
        </ol>
      </div>
      <footer className="flex shrink-0 gap-3 border-t border-line px-4 py-2.5 text-meta">
        <a href={flowApi.exportUrl(flowId, "yaml")} download={`${flowId}.yaml`} className="flex items-center gap-1.5 rounded-control text-ink-2 underline-offset-2 hover:underline">
          <Download size={13} aria-hidden />
          {t("flows.export.yaml")}
        </a>
        <a href={flowApi.exportUrl(flowId, "json")} download={`${flowId}.json`} className="rounded-control text-ink-2 underline-offset-2 hover:underline">
          {t("flows.export.json")}
        </a>
      </footer>
    </>
  );
}

function Version({ title, live = false, by, when, note, open, onToggle, children }: { title: string; live?: boolean; by: string; when: string; note: string; open: boolean; onToggle: () => void; children: ReactNode }): ReactNode {
  const t = useT();
  return (
    <li className="border-b border-line">
      <button type="button" aria-expanded={open} onClick={onToggle} className="flex w-full flex-col gap-0.5 px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-sunken">
        <span className="flex w-full items-center gap-2">
          <span className="text-control font-medium">{title}</span>
          {live && <Chip tone="jade">{t("flows.history.live")}</Chip>}
          <span className="grow text-right text-meta text-ink-3">{when}</span>
        </span>
        <span className="text-meta text-ink-2">{by}</span>
        {note !== "" && <span className="text-meta text-ink-2">{note}</span>}
      </button>
      {open && <div className="flex flex-col items-start gap-3 px-4 pb-3">{children}</div>}
    </li>
  );
}

/** Grouped by step: each group shows its step on the canvas. */
function Differences({ from, to }: { from: number; to: number | "draft" }): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const names = useNames();
  const revision = useEditor((s) => s.revision);
  const diff = useFlowDiff(designer.flowId, from, to, to === "draft" ? revision : null);
  const steps = useEditor((s) => s.document.steps);
  const groups = useMemo(() => {
    const by = new Map<string | null, FlowChange[]>();
    for (const change of diff.data ?? []) if (!/\/at(\/|$)/.test(change.path)) by.set(change.stepId, [...(by.get(change.stepId) ?? []), change]);
    return [...by];
  }, [diff.data]);
  if (diff.isError) return <p className="text-meta text-alert-ink">{inWords(diff.error)}</p>;
  if (diff.data === undefined) return <Skeleton rows={2} />;
  if (groups.length === 0) return <p className="text-meta text-ink-2">{t("flows.history.nothing")}</p>;
  return (
    <div className="flex w-full flex-col gap-3">
      {groups.map(([stepId, changes]) => {
        const step = stepId === null ? undefined : steps[stepId];
        const title = stepId === null ? t("flows.flow") : step === undefined ? stepId : titleOf(step, t, names);
        return (
          <section key={stepId ?? ""} className="flex flex-col gap-1.5">
            <h4 className="text-meta font-semibold">
              {step === undefined || stepId === null ? (
                title
              ) : (
                <button type="button" onClick={() => designer.canvas.show(stepId, false)} className="rounded-control underline-offset-2 hover:underline">
                  {title}
                </button>
              )}
            </h4>
            <ChangeList changes={changes} />
          </section>
        );
      })}
    </div>
  );
}
