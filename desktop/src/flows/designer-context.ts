/** What all parts of the open designer share: the editor, what is shown beside and over the canvas, and the names of what steps refer to. */
import type { FlowRun, FlowStudio } from "@tandem/protocol/flow-studio";
import type { FlowLanguage } from "@tandem/protocol/flow/flow";
import { createContext, useContext } from "react";
import { createStore, flowApi, useSelect } from "../data/data.ts";
import type { Store } from "../data/data.ts";
import { createEditor } from "./editor.ts";
import type { Editor, EditorState } from "./editor.ts";
import { placed } from "./model/layout.ts";
import type { Hop } from "./model/path.ts";

export type Panel = "inspect" | "problems" | "history" | "tests";

export interface View {
  panel: Panel;
  /** A way through the flow drawn on the canvas: of a finding, of a run, of a test. */
  path: { tone: "alert" | "acc"; hops: readonly Hop[] } | null;
  traffic: boolean;
  trying: "text" | "call" | null;
  run: FlowRun | null;
  /** The list of kinds is open; a chosen one comes after that step's way, or there. */
  adding: { after: { id: string; port: string | null } | null; at: { x: number; y: number } | null } | null;
  /** The keyboard's way to connect: this step, then its way, then where to. */
  connecting: { id: string } | null;
  publishing: boolean;
  /** Which language of texts the inspector and the cards show. */
  language: FlowLanguage;
}

export interface Designer {
  readonly flowId: string;
  readonly editor: Editor;
  readonly view: Store<View>;
  readonly mayEdit: boolean;
  /** Set by the canvas. `show`: into view, chosen, and with `focus` the focus too. `fit`: these steps in view, or all. `remove`: with the way back. */
  readonly canvas: { show(id: string, focus: boolean): void; fit(ids?: readonly string[]): void; remove(ids: readonly string[]): void };
}

export function createDesigner(studio: FlowStudio, { language, mayEdit, onMerged }: { language: FlowLanguage; mayEdit: boolean; onMerged: (byName: string) => void }): Designer {
  const flowId = studio.id;
  const { languages } = studio.draft.document;
  return {
    flowId,
    mayEdit,
    editor: createEditor(studio, {
      now: () => performance.now(),
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      save: (document, base) => flowApi.save(flowId, document, base),
      check: () => flowApi.check(flowId),
      studio: () => flowApi.studio(flowId),
      placed,
      onMerged,
    }),
    view: createStore<View>({ panel: "inspect", path: null, traffic: true, trying: null, run: null, adding: null, connecting: null, publishing: false, language: languages.includes(language) ? language : (languages[0] ?? "fr") }),
    canvas: { show: () => undefined, fit: () => undefined, remove: () => undefined },
  };
}

export const DesignerContext = createContext<Designer | null>(null);

export function useDesigner(): Designer {
  const designer = useContext(DesignerContext);
  if (designer === null) throw new Error("outside the designer");
  return designer;
}
export function useEditor<R>(select: (state: EditorState) => R): R {
  return useSelect(useDesigner().editor.state, select);
}
export function useView<R>(select: (view: View) => R): R {
  return useSelect(useDesigner().view, select);
}
export function setView(designer: Designer, change: Partial<View>): void {
  designer.view.update((view) => ({ ...view, ...change }));
}
