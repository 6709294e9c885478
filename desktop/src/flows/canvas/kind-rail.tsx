/** The kinds of steps beside the canvas: pressed, one comes after the chosen step; dragged, where it is let go (on a way: in between). */
import { Ellipsis } from "lucide-react";
import type { StepKind } from "@tandem/protocol/flow/flow";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/button.tsx";
import { setView, useDesigner } from "../designer-context.ts";
import { useRoving } from "../../floor/roving.ts";
import { kindIcons, railKinds } from "../kinds.ts";
import { addStep, newStep } from "../model/edit.ts";
import type { Designer } from "../designer-context.ts";
import { dragKind } from "./kind-drag.ts";

/** After the chosen step (into its first open way), else beside everything; then chosen itself. */
export function insertKind(designer: Designer, kind: StepKind, where?: { after: { id: string; port: string | null } | null; at: { x: number; y: number } | null }): void {
  const { document, selection } = designer.editor.state.get();
  const [only] = selection;
  const after = where?.after ?? (selection.length === 1 && only !== undefined ? { id: only, port: null } : null);
  const added = addStep(document, newStep(kind, document), { after, ...(where?.at === null || where?.at === undefined ? {} : { at: where.at }) });
  designer.editor.change(null, () => added.document, [added.id]);
  designer.canvas.show(added.id, true);
}

export function KindRail(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const roving = useRoving([...railKinds, "more"]);
  return (
    <div role="toolbar" aria-label={t("flows.rail")} aria-orientation="vertical" className="absolute top-3 left-3 flex flex-col gap-0.5 rounded-sheet border border-line bg-raised p-1 shadow-2" {...roving.container}>
      {railKinds.map((kind) => {
        const Icon = kindIcons[kind];
        const label = t(`flows.kind.${kind}`);
        return (
          <button
            key={kind}
            type="button"
            draggable
            title={label}
            aria-label={t("flows.add.kind", { kind: label })}
            {...roving.item(kind)}
            onClick={() => insertKind(designer, kind)}
            onDragStart={(event) => dragKind(event.dataTransfer, kind)}
            className="flex size-8 items-center justify-center rounded-control text-ink-2 transition-colors duration-100 hover:bg-fill hover:text-ink"
          >
            <Icon size={16} aria-hidden />
          </button>
        );
      })}
      <IconButton size="l" tipPlacement="right" icon={Ellipsis} label={t("flows.add.more")} onPress={() => setView(designer, { adding: { after: null, at: null } })} />
    </div>
  );
}
