/** Under the canvas: undo, zoom, fit, automatic layout, traffic. */
import { useReactFlow, useStore } from "@xyflow/react";
import { Activity, Keyboard, Maximize, Minus, Plus, Redo2, Undo2, WandSparkles } from "lucide-react";
import type { ReactNode } from "react";
import { DialogTrigger } from "react-aria-components";
import { useFormat, useT } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/button.tsx";
import { cx } from "../../kit/classes.ts";
import { Kbd } from "../../kit/kbd.tsx";
import { Popover } from "../../kit/popover.tsx";
import { toast } from "../../kit/toast.tsx";
import { setView, useDesigner, useEditor, useView } from "../designer-context.ts";
import { moveSteps } from "../model/edit.ts";
import { laidOut } from "../model/layout.ts";

export function BottomBar(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const { editor, mayEdit } = designer;
  const flow = useReactFlow();
  const canUndo = useEditor((s) => s.past.length > 0);
  const canRedo = useEditor((s) => s.future.length > 0);
  const traffic = useView((v) => v.traffic);
  const trying = useView((v) => v.trying !== null);
  const arrange = (): void => {
    const { document: before } = editor.state.get();
    editor.change(null, (document) => moveSteps(document, laidOut(document)));
    if (editor.state.get().document === before) return designer.canvas.fit();
    requestAnimationFrame(() => designer.canvas.fit());
    toast("good", t("flows.layout.done"), { label: t("flows.undo"), perform: editor.takeBack() });
  };
  return (
    <div role="toolbar" aria-label={t("flows.tools")} className={cx("absolute bottom-3 flex -translate-x-1/2 items-center gap-0.5 rounded-sheet border border-line bg-raised p-1 shadow-2", trying ? "left-[min(50%+9.75rem,100%-13rem)]" : "left-1/2")}>
      <IconButton tipPlacement="top" icon={Undo2} label={t("flows.undo")} isDisabled={!canUndo} onPress={editor.undo} />
      <IconButton tipPlacement="top" icon={Redo2} label={t("flows.redo")} isDisabled={!canRedo} onPress={editor.redo} />
      <Rule />
      <IconButton tipPlacement="top" icon={Minus} label={t("flows.zoom.out")} onPress={() => void flow.zoomOut()} />
      <Zoom />
      <IconButton tipPlacement="top" icon={Plus} label={t("flows.zoom.in")} onPress={() => void flow.zoomIn()} />
      <IconButton tipPlacement="top" icon={Maximize} label={t("flows.zoom.fit")} onPress={() => designer.canvas.fit()} />
      <Rule />
      <IconButton tipPlacement="top" icon={WandSparkles} label={t("flows.layout")} isDisabled={!mayEdit} onPress={arrange} />
      <button
        type="button"
        aria-pressed={traffic}
        onClick={() => setView(designer, { traffic: !traffic })}
        className={cx("flex h-7 items-center gap-1.5 rounded-control px-2 text-control font-medium whitespace-nowrap", traffic ? "bg-acc-soft text-acc-2" : "text-ink-2 hover:bg-fill")}
      >
        <Activity size={15} aria-hidden />
        {t("flows.traffic")}
      </button>
      <Rule />
      <Keys />
    </div>
  );
}

/** What the keyboard does while a step has the focus. */
const keys = [["→ ←", "walk"], ["↑ ↓", "neighbour"], ["⇧ →", "move"], ["↵", "open"], ["/", "add"], ["L", "connect"], ["Suppr", "remove"], ["Ctrl C X V D", "copy"], ["Ctrl A", "all"], ["Ctrl Z", "undo"], ["+ − 0", "zoom"], ["F6", "region"]] as const;

function Keys(): ReactNode {
  const t = useT();
  return (
    <DialogTrigger>
      <IconButton tipPlacement="top" icon={Keyboard} label={t("flows.keys")} />
      <Popover label={t("flows.keys")} placement="top end" className="w-80 p-3">
        <h3 className="mb-2 text-control font-semibold">{t("flows.keys")}</h3>
        <dl className="grid grid-cols-[7rem_1fr] items-center gap-x-3 gap-y-1.5 text-control">
          {keys.map(([cap, does]) => (
            <div key={does} className="contents">
              <dt>
                <Kbd>{cap === "Suppr" ? t("flows.key.delete") : cap}</Kbd>
                <span className="sr-only">{cap}</span>
              </dt>
              <dd className="text-ink-2">{t(`flows.keys.${does}`)}</dd>
            </div>
          ))}
        </dl>
      </Popover>
    </DialogTrigger>
  );
}

/** By itself, and by its number alone: nothing is drawn again while the view is moved. */
function Zoom(): ReactNode {
  const format = useFormat();
  const zoom = useStore((state) => Math.round(state.transform[2] * 100) / 100);
  return <span className="w-10 text-center text-control text-ink-2">{format.percent(zoom)}</span>;
}

function Rule(): ReactNode {
  return <span aria-hidden className="mx-1 h-4 w-px bg-line" />;
}
