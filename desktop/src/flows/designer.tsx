/** One flow opened: its bar, the canvas, and beside it what is chosen, what is wrong, what was before. */
import { ReactFlowProvider } from "@xyflow/react";
import { CircleAlert } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import { useCentre, useFlowList, useMe } from "../data/data.ts";
import type { FlowStudio } from "@tandem/protocol/flow-studio";
import { t, useLanguage, useT } from "../i18n/i18n.ts";
import { Notice } from "../kit/notice.tsx";
import { toast } from "../kit/toast.tsx";
import { BottomBar } from "./canvas/bottom-bar.tsx";
import { AddDialog, ConnectDialog } from "./canvas/canvas-dialogs.tsx";
import { Canvas } from "./canvas/canvas.tsx";
import { KindRail } from "./canvas/kind-rail.tsx";
import type { Designer as OneDesigner } from "./designer-context.ts";
import { ConflictDialog } from "./conflict-dialog.tsx";
import { createDesigner, DesignerContext, setView, useDesigner, useEditor, useView } from "./designer-context.ts";
import { DesignerBar } from "./designer-bar.tsx";
import { HistoryPanel } from "./history-panel.tsx";
import { Inspector } from "./inspector/inspector.tsx";
import { same } from "./model/equal.ts";
import { pathOfFinding, withHop } from "./model/path.ts";
import { PathBar } from "./canvas/path-bar.tsx";
import { ProblemsPanel } from "./problems-panel.tsx";
import { PublishDialog } from "./publish-dialog.tsx";
import { TestsPanel } from "./tests-panel.tsx";
import { TryPanel } from "./try-panel.tsx";

/** Flows that were left before everything was saved, by who left them: opened again, they are as they were. */
const unsaved = new Map<string, OneDesigner>();
const holdsTyping = ({ editor }: OneDesigner): boolean => editor.state.get().document !== editor.state.get().saved;
// Also from another page of ours: what the server has not taken yet goes with the tab.
window.addEventListener("beforeunload", (event) => {
  if ([...unsaved.values()].some(holdsTyping)) event.preventDefault();
});

export function Designer({ studio }: { studio: FlowStudio }): ReactNode {
  const language = useLanguage();
  const me = useMe();
  const centre = useCentre();
  const mayEdit = me.roles.includes("administrator");
  const key = `${me.id} ${studio.id}`;
  // One editor for as long as the flow is open, and longer while it holds what is not saved yet.
  const designer = useMemo(
    () => unsaved.get(key) ?? createDesigner(studio, { language, mayEdit, onMerged: (byName) => toast("info", byName === me.name ? t("flows.merged.own") : t("flows.merged", { name: byName })) }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- made once a flow; languages change on screen only
    [key, mayEdit],
  );
  useEffect(() => {
    centre.editFlow(studio.id);
    if (unsaved.delete(key)) void designer.editor.reload();
    const off = centre.onChange(({ frame }) => {
      if (frame.t === "flowChanged" && frame.flowId === studio.id) designer.editor.changedElsewhere(frame.revision);
      if (frame.t === "flowTried" && frame.flowId === studio.id) {
        const { path, trying } = designer.view.get();
        if (trying === "call") setView(designer, { path: { tone: "acc", hops: withHop(path?.tone === "acc" ? path.hops : [], { stepId: frame.stepId, port: frame.port, because: null }) } });
      }
    });
    const leaving = (event: BeforeUnloadEvent): void => {
      if (holdsTyping(designer)) event.preventDefault();
    };
    window.addEventListener("beforeunload", leaving);
    return () => {
      off();
      centre.editFlow(null);
      window.removeEventListener("beforeunload", leaving);
      if (!holdsTyping(designer)) return;
      unsaved.set(key, designer);
      void designer.editor.flush().then((done) => done && unsaved.get(key) === designer && unsaved.delete(key));
    };
  }, [centre, designer, key, studio.id]);
  return (
    <DesignerContext value={designer}>
      <ReactFlowProvider>
        <Open />
      </ReactFlowProvider>
    </DesignerContext>
  );
}

/** A failing path stays drawn only while the proof still finds it: mended, it is gone. */
function useFailingPath(): void {
  const designer = useDesigner();
  const proof = useEditor((state) => state.proof);
  useEffect(() => {
    const { path } = designer.view.get();
    // A test's path gives no reasons: it is the tests' to take away.
    if (proof === null || path?.tone !== "alert" || !path.hops.some(({ because }) => because !== null)) return;
    if (!proof.findings.some((finding) => same(pathOfFinding(finding), path.hops))) setView(designer, { path: null });
  }, [designer, proof]);
}

function Open(): ReactNode {
  const words = useT();
  useFailingPath();
  const designer = useDesigner();
  const { editor, mayEdit, flowId } = designer;
  const panel = useView((v) => v.panel);
  const trying = useView((v) => v.trying !== null);
  const tried = useRef(trying);
  const failed = useEditor((s) => (s.saving === "failed" || s.saving === "invalid" ? s.why : null));
  const saving = useEditor((s) => s.saving);
  const rows = useFlowList().data;
  const numbers = useMemo(() => rows?.find(({ id }) => id === flowId)?.numbers ?? [], [rows, flowId]);
  useEffect(() => {
    // The try stands over the left of the canvas: what it follows stays in sight beside it, and has the room back after it.
    if (tried.current !== trying) designer.canvas.fit();
    tried.current = trying;
  }, [designer, trying]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, [contenteditable], [role=dialog]") !== null;
      if (typing || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "z" || key === "y") {
        event.preventDefault();
        if (key === "y" || event.shiftKey) editor.redo();
        else editor.undo();
      } else if (key === "s") {
        event.preventDefault();
        void editor.flush();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [editor]);
  return (
    <>
      <DesignerBar />
      {failed !== null && (
        <Notice tone="alert" icon={CircleAlert} className="rounded-none border-b border-line">
          {words(saving === "invalid" ? "flows.save.invalid" : "flows.save.failed", { why: failed })}
        </Notice>
      )}
      <div className="flex min-h-0 grow">
        <section aria-label={words("flows.canvas")} data-region tabIndex={-1} className="relative min-w-0 grow overflow-hidden outline-none">
          <Canvas numbers={numbers} />
          {mayEdit && !trying && <KindRail />}
          <PathBar />
          <BottomBar />
          <TryPanel />
        </section>
        <aside aria-label={words("flows.panel")} data-region tabIndex={-1} className="flex w-[20rem] shrink-0 flex-col border-l border-line bg-surface outline-none">
          {panel === "problems" ? <ProblemsPanel /> : panel === "history" ? <HistoryPanel /> : panel === "tests" ? <TestsPanel /> : <Inspector />}
        </aside>
      </div>
      <AddDialog />
      <ConnectDialog />
      <ConflictDialog />
      <PublishDialog />
    </>
  );
}
