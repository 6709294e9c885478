/** What the proof found: each finding in words, and its way through the flow drawn on the canvas. */
import type { Finding } from "@tandem/protocol/flow-studio";
import { CircleAlert, CircleCheck, ListChecks, Route, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useFormat, useLanguage, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { setView, useDesigner, useEditor, useView } from "./designer-context.ts";
import { Head } from "./inspector/inspector.tsx";
import { pathOfFinding, stepsOf } from "./model/path.ts";
import { titleOf, wayWords } from "./model/words.ts";
import { useNames } from "./use-names.ts";

export function ProblemsPanel(): ReactNode {
  const t = useT();
  const format = useFormat();
  const proof = useEditor((s) => s.proof);
  const proving = useEditor((s) => s.proving);
  const subtitle = proof === null ? t(proving ? "flows.proof.running" : "flows.proof.none") : t("flows.proof.states", { n: format.number(proof.statesChecked), ms: format.number(proof.ms) });
  return (
    <>
      <Head icon={<ListChecks size={16} aria-hidden />} title={t("flows.proof")} subtitle={proving && proof !== null ? t("flows.proof.running") : subtitle} />
      <div className="min-h-0 grow overflow-auto border-t border-line">
        {proof === null && !proving ? (
          <Empty icon={CircleAlert} title={t("flows.proof.none")}>
            {t("flows.proof.none.help")}
          </Empty>
        ) : proof === null ? (
          <Skeleton rows={4} className="p-4" />
        ) : proof.findings.length === 0 ? (
          <Empty icon={CircleCheck} title={t("flows.proof.good")}>
            {t("flows.proof.good.help")}
          </Empty>
        ) : (
          <FindingList findings={proof.findings} />
        )}
      </div>
    </>
  );
}

export function FindingList({ findings, onShow }: { findings: readonly Finding[]; onShow?: () => void }): ReactNode {
  const [open, setOpen] = useState<number | null>(null);
  return (
    <ul className="flex flex-col">
      {findings.map((finding, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- findings have no id
        <FindingRow key={i} finding={finding} open={open === i} onToggle={() => setOpen(open === i ? null : i)} {...(onShow === undefined ? {} : { onShow })} />
      ))}
    </ul>
  );
}

function FindingRow({ finding, open, onToggle, onShow }: { finding: Finding; open: boolean; onToggle: () => void; onShow?: () => void }): ReactNode {
  const t = useT();
  const screen = useLanguage();
  const designer = useDesigner();
  const names = useNames();
  const language = useView((v) => v.language);
  const document = useEditor((s) => s.document);
  const { severity, stepId, words, path } = finding;
  const Icon = severity === "error" ? CircleAlert : TriangleAlert;
  const nameOf = (id: string): string => {
    const step = document.steps[id];
    return step === undefined ? id : titleOf(step, t, names);
  };
  const show = (): void => {
    if (path.length > 0) setView(designer, { path: { tone: "alert", hops: pathOfFinding(finding) }, ...(onShow === undefined ? {} : { panel: "problems" as const }) });
    const end = path.at(-1)?.stepId ?? stepId;
    onShow?.();
    if (path.length > 1) designer.canvas.fit(stepsOf(finding));
    else if (end !== null && end !== undefined) designer.canvas.show(end, false);
    else {
      // Of the flow itself: its settings.
      designer.editor.select([]);
      setView(designer, { panel: "inspect" });
    }
  };
  return (
    <li className="border-b border-line">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => {
          onToggle();
          if (!open && onShow === undefined && (stepId !== null || path.length > 0)) show();
        }}
        className="flex w-full items-start gap-2 px-4 py-3 text-left outline-offset-[-2px] hover:bg-sunken"
      >
        <Icon size={15} aria-hidden className={cx("mt-0.5", severity === "error" ? "text-alert" : "text-amber")} />
        <span className="min-w-0 grow">
          <span className="block text-control">{words[screen]}</span>
          <span className="block text-meta text-ink-3">
            {t(severity === "error" ? "flows.problem.error" : "flows.problem.warning")}
            {stepId !== null && ` · ${nameOf(stepId)}`}
            {finding.language !== null && ` · ${t(`flows.language.${finding.language}`)}`}
          </span>
        </span>
      </button>
      {open && (
        <div className="px-4 pt-2 pb-3">
          {path.length > 0 && (
            <ol aria-label={t("flows.problem.path")} className="mb-2 flex flex-col gap-1.5 border-l-2 border-alert/40 pl-3">
              {path.map((hop, i) => (
                // oxlint-disable-next-line react/no-array-index-key -- a path may come to a step twice
                <li key={i} className="text-meta">
                  <button type="button" disabled={hop.flowId !== undefined} onClick={() => designer.canvas.show(hop.stepId, false)} className="rounded-control text-left enabled:hover:underline">
                    <span className="font-medium">{hop.flowId === undefined ? `${i + 1}. ${nameOf(hop.stepId)}` : `${i + 1}. ${names.flow(hop.flowId)}, ${hop.stepId}`}</span>
                    {hop.flowId === undefined && hop.port !== null && <span className="text-ink-2">{` → ${wayWords(document, hop.stepId, hop.port, t, language)}`}</span>}
                  </button>
                  <span className="block text-ink-3">{hop.because[screen]}</span>
                </li>
              ))}
            </ol>
          )}
          <Button size="s" icon={Route} onPress={show}>
            {t(path.length > 0 ? "flows.problem.draw" : stepId === null ? "flows.problem.settings" : "flows.problem.show")}
          </Button>
        </div>
      )}
    </li>
  );
}
