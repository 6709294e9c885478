/** The canvas: pan, zoom, choose, move, connect, by pointer and by keyboard. */
import { ReactFlow, SelectionMode, ViewportPortal, getViewportForBounds, useReactFlow, useStoreApi } from "@xyflow/react";
import type { Connection, Edge, NodeChange, OnConnectEnd } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { ClipboardEvent, DragEvent, KeyboardEvent, MouseEvent, ReactNode } from "react";
import { useFlowTraffic } from "../../data/data.ts";
import { useFormat, useT } from "../../i18n/i18n.ts";
import { toast } from "../../kit/toast.tsx";
import { setView, useDesigner, useEditor, useView } from "../designer-context.ts";
import { copySteps, pasteSteps } from "../model/clipboard.ts";
import { addStep, changeSettings, connect, moveSteps, newStep, removeSteps } from "../model/edit.ts";
import { boxOf, placeOf } from "../model/geometry.ts";
import { portsOf } from "../model/ports.ts";
import "./canvas.css";
import { useDrawn } from "./drawn.ts";
import { ENTRY, EntryCard } from "./entry-card.tsx";
import { kindOfDrag } from "./kind-drag.ts";
import { usePan } from "./pan.ts";
import { useSteady } from "./steady.ts";
import { StepCard } from "./step-card.tsx";
import { useGraph } from "./use-graph.ts";
import type { AnyNode } from "./use-graph.ts";
import { walk } from "./walk.ts";
import type { Arrow } from "./walk.ts";
import { WayEdge } from "./way-edge.tsx";

const nodeTypes = { step: StepCard, entry: EntryCard };
const edgeTypes = { way: WayEdge };
/** Clear of the rail (or the try) on the left and the bar below. */
const fitOptions = (trying: boolean) => ({ padding: { left: trying ? "330px" : "76px", right: "36px", top: "36px", bottom: "72px" } as const, maxZoom: 1, minZoom: 0.1, includeHiddenNodes: true });
/** Below this nothing can be read: a large flow opens at its start instead. */
const MIN_OPEN_ZOOM = 0.45;
const NUDGE = 20;
const hidden = { hideAttribution: true };

export function Canvas({ numbers }: { numbers: readonly string[] }): ReactNode {
  const t = useT();
  const format = useFormat();
  const designer = useDesigner();
  const { editor, mayEdit, flowId } = designer;
  const flow = useReactFlow();
  const store = useStoreApi();
  const host = useRef<HTMLDivElement | null>(null);
  const selection = useEditor((s) => s.selection);
  const start = useEditor((s) => s.document.start);
  const [dragged, setDragged] = useState<ReadonlyMap<string, { x: number; y: number }> | null>(null);
  const [lastId, setLastId] = useState<string | null>(null);
  const [chosenWay, setChosenWay] = useState<string | null>(null);
  const cameFrom = useRef<string | null>(null);
  const traffic = useView((v) => v.traffic);
  const calls = useFlowTraffic(flowId, traffic).data?.steps[start] ?? null;
  const alive = useEditor((s) => lastId !== null && Object.hasOwn(s.document.steps, lastId));
  const activeId = alive ? lastId : (selection[0] ?? start);
  const entry = useMemo(
    () => ({
      title: numbers.length === 0 ? t("flows.entry.none") : numbers.length === 1 ? format.phone(numbers[0] ?? "") : t("flows.entry.numbers", { n: numbers.length }),
      subtitle: calls === null ? t("flows.entry") : t("flows.entry.contacts", { n: calls }),
    }),
    [numbers, calls, t, format],
  );
  const { drawn, sight } = useDrawn(useGraph(dragged, activeId, chosenWay, entry));
  const pan = usePan(sight);

  /** Into view (only when it is not), chosen, and focused when it is drawn. */
  const show = (id: string, focus: boolean): void => {
    const { document } = editor.state.get();
    const step = document.steps[id];
    if (step === undefined) return;
    editor.select([id]);
    setLastId(id);
    setChosenWay(null);
    const at = placeOf(step, Object.keys(document.steps).indexOf(id));
    const { height, width: stepWidth } = boxOf(step);
    const { transform: [x, y, zoom], width, height: tall } = store.getState();
    const box = { left: at.x * zoom + x, top: at.y * zoom + y, right: (at.x + stepWidth) * zoom + x, bottom: (at.y + height) * zoom + y };
    const least = designer.view.get().trying === null ? 76 : 330;
    if (zoom < MIN_OPEN_ZOOM) void flow.setCenter(at.x + stepWidth / 2, at.y + height / 2, { zoom: 0.8 });
    else {
      // Only as far as it must: the eye keeps what it knows.
      const dx = box.left < least ? least - box.left : Math.min(0, width - 36 - box.right);
      const dy = box.top < 24 ? 24 - box.top : Math.min(0, tall - 76 - box.bottom);
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom });
    }
    if (focus) focusWhenDrawn(host, id);
  };
  const fit = (ids?: readonly string[]): void => void flow.fitView({ ...fitOptions(designer.view.get().trying !== null), ...(ids === undefined || ids.length === 0 ? {} : { nodes: [...ids, ...(ids.includes(editor.state.get().document.start) ? [ENTRY] : [])].map((id) => ({ id })) }) });
  /** The whole flow where it can be read, else its beginning: at once, or all that is seen in between would be drawn. */
  const open = (): void => {
    const { document } = editor.state.get();
    const first = document.steps[document.start];
    const { width, height } = store.getState();
    const { padding, minZoom, maxZoom } = fitOptions(false);
    const whole = getViewportForBounds(flow.getNodesBounds(flow.getNodes()), width, height, minZoom, maxZoom, padding);
    if (first === undefined || whole.zoom >= MIN_OPEN_ZOOM) return void flow.setViewport(whole);
    const at = placeOf(first, Object.keys(document.steps).indexOf(document.start));
    const zoom = 0.8;
    void flow.setViewport({ x: 330 - at.x * zoom, y: height / 2 - (at.y + boxOf(first).height / 2) * zoom, zoom });
  };
  useEffect(() => {
    designer.canvas.show = show;
    designer.canvas.fit = fit;
    designer.canvas.remove = remove;
  });

  const onNodesChange = (changes: NodeChange<AnyNode>[]): void => {
    const moved = new Map(dragged);
    let dropped = false;
    let selected: Set<string> | null = null;
    for (const change of changes) {
      if (change.type === "position" && change.position !== undefined) {
        moved.set(change.id, change.position);
        if (change.dragging === false) dropped = true;
      } else if (change.type === "select" && change.id !== ENTRY) {
        selected ??= new Set(editor.state.get().selection);
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      }
    }
    if (selected !== null) editor.select([...selected]);
    if (dropped) {
      setDragged(null);
      editor.change(null, (document) => moveSteps(document, moved));
    } else if (moved.size > 0) setDragged(moved);
  };

  const connected = ({ source, sourceHandle, target }: Pick<Connection, "source" | "sourceHandle" | "target">): void => {
    if (sourceHandle === null || sourceHandle === undefined) return;
    if (source === ENTRY) editor.change(null, (document) => changeSettings(document, { start: target }));
    else editor.change(null, (document) => connect(document, source, sourceHandle, target));
  };

  // The same functions in each round: another would draw every card and way again.
  const onReconnect = useSteady((old: Edge, connection: Connection) => connected({ ...connection, source: old.source, sourceHandle: old.sourceHandle ?? null }));
  const onEdgeClick = useSteady((_: MouseEvent, edge: Edge) => setChosenWay(edge.id === "@entry start" ? null : edge.id));
  const onNodeClick = useSteady((_: MouseEvent, node: AnyNode) => {
    setChosenWay(null);
    if (node.id === ENTRY) return;
    setLastId(node.id);
    setView(designer, { panel: "inspect" });
    host.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(node.id)}"]`)?.focus({ preventScroll: true });
  });

  /** Let go over nothing: what should come there? */
  const onConnectEnd: OnConnectEnd = (event, state) => {
    if (state.isValid === true || state.fromNode === null || state.fromHandle?.type !== "source" || state.fromNode.id === ENTRY) return;
    const point = "clientX" in event ? event : event.changedTouches[0];
    if (point === undefined || state.toNode !== null) return;
    const at = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY });
    setView(designer, { adding: { after: { id: state.fromNode.id, port: state.fromHandle.id ?? null }, at: { x: at.x, y: at.y - 23 } } });
  };

  const onDrop = (event: DragEvent): void => {
    const kind = kindOfDrag(event.dataTransfer);
    if (kind === null || !mayEdit) return;
    event.preventDefault();
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    // Dropped on a way: it goes in between.
    const way = window.document.elementsFromPoint(event.clientX, event.clientY).map((element) => element.closest(".react-flow__edge")?.getAttribute("data-id")).find((id) => id !== null && id !== undefined);
    const [stepId, port] = way === undefined || way.startsWith(ENTRY) ? [] : way.split(" ");
    const { document } = editor.state.get();
    const added = addStep(document, newStep(kind, document), { at: { x: at.x - 20, y: at.y - 20 }, after: stepId === undefined || port === undefined ? null : { id: stepId, port } });
    editor.change(null, () => added.document, [added.id]);
    show(added.id, true);
  };

  const remove = (ids: readonly string[]): void => {
    if (ids.length === 0 || !mayEdit) return;
    const { document } = editor.state.get();
    if (ids.length >= Object.keys(document.steps).length) {
      toast("info", t("flows.remove.last"));
      return;
    }
    // The eye and the focus stay near: on a step that led there, else on the first.
    const { steps } = editor.state.get().document;
    const near = Object.keys(steps).find((id) => !ids.includes(id) && portsOf(steps[id] ?? { kind: "return" }).some(({ to }) => to !== null && ids.includes(to)));
    editor.change(null, (now) => removeSteps(now, ids), []);
    toast("info", t("flows.removed", { n: ids.length }), { label: t("flows.undo"), perform: editor.takeBack() });
    const next = near ?? editor.state.get().document.start;
    setLastId(next);
    focusWhenDrawn(host, next);
  };

  const paste = (text: string): void => {
    const { document } = editor.state.get();
    const beside = pasteSteps(document, text);
    // Where it comes from another flow, or from far away: into the middle of what is seen.
    const pasted = beside.ok && !beside.ids.some((id) => inView(beside.document, id)) ? pasteSteps(document, text, middle()) : beside;
    if (!pasted.ok) {
      toast("alert", t(`flows.paste.${pasted.why}`));
      return;
    }
    editor.change(null, () => pasted.document, pasted.ids);
    const [first] = pasted.ids;
    if (first !== undefined) {
      show(first, true);
      editor.select(pasted.ids);
    }
  };

  const inView = (document: FlowDocument, id: string): boolean => {
    const step = document.steps[id];
    const { transform: [x, y, zoom], width, height } = store.getState();
    if (step?.at === undefined) return false;
    const [left, top] = [step.at.x * zoom + x, step.at.y * zoom + y];
    return left > 0 && top > 0 && left < width - 40 && top < height - 40;
  };
  const middle = (): { x: number; y: number } => {
    const { transform: [x, y, zoom], width, height } = store.getState();
    return { x: (width / 2 - x) / zoom - 90, y: (height / 2 - y) / zoom - 60 };
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target === null || target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null || event.defaultPrevented || event.altKey) return;
    const id = target.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? null;
    const chosen = selection.length > 0 ? selection : id === null ? [] : [id];
    const ctrl = event.ctrlKey || event.metaKey;
    const done = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (ctrl) {
      const key = event.key.toLowerCase();
      if (key === "a") {
        done();
        editor.select(Object.keys(editor.state.get().document.steps));
      } else if (key === "d" && mayEdit && chosen.length > 0) {
        done();
        paste(copySteps(editor.state.get().document, chosen));
      }
      return;
    }
    switch (event.key) {
      case "ArrowLeft": case "ArrowRight": case "ArrowUp": case "ArrowDown":
        done();
        if (event.shiftKey) {
          if (mayEdit) nudge(chosen, event.key);
        } else if (id === null) show(activeId ?? start, true);
        else {
          const next = walk(editor.state.get().document, id, event.key, cameFrom.current);
          if (next === null) return;
          cameFrom.current = id;
          show(next, true);
        }
        return;
      case "Home":
        done();
        return show(start, true);
      case "Enter": case " ":
        if (id === null || id === ENTRY) return;
        done();
        editor.select(event.shiftKey ? (selection.includes(id) ? selection.filter((one) => one !== id) : [...selection, id]) : [id]);
        if (event.key === "Enter") openInspector();
        return;
      case "Delete": case "Backspace":
        done();
        if (chosenWay !== null && mayEdit) {
          const [stepId = "", port = ""] = chosenWay.split(" ");
          setChosenWay(null);
          editor.change(null, (document) => connect(document, stepId, port, null));
        } else remove(chosen);
        return;
      case "Escape":
        if (designer.view.get().path !== null) setView(designer, { path: null });
        else editor.select([]);
        setChosenWay(null);
        return;
      case "+": case "=":
        done();
        return void flow.zoomIn();
      case "-":
        done();
        return void flow.zoomOut();
      case "0":
        done();
        return fit();
      case "/":
        done();
        if (mayEdit) setView(designer, { adding: { after: chosen.length === 1 ? { id: chosen[0] ?? start, port: null } : null, at: null } });
        return;
      case "l": case "L":
        if (chosen.length !== 1 || !mayEdit) return;
        done();
        return setView(designer, { connecting: { id: chosen[0] ?? start } });
      default:
    }
  };

  const nudge = (ids: readonly string[], arrow: Arrow): void => {
    const by = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] }[arrow] as [number, number];
    editor.change(`nudge ${ids.join()}`, (document) => {
      const all = Object.keys(document.steps);
      return moveSteps(document, new Map(ids.flatMap((one) => {
        const step = document.steps[one];
        if (step === undefined) return [];
        const at = placeOf(step, all.indexOf(one));
        return [[one, { x: at.x + by[0], y: at.y + by[1] }] as const];
      })));
    });
  };

  const openInspector = (): void => {
    setView(designer, { panel: "inspect" });
    requestAnimationFrame(() => window.document.querySelector<HTMLElement>("[data-inspector] textarea, [data-inspector] input, [data-inspector] button")?.focus());
  };

  const clip = (event: ClipboardEvent, cut: boolean): void => {
    if (selection.length === 0 || ownText(event)) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", copySteps(editor.state.get().document, selection));
    if (cut) remove(selection);
    else toast("good", t("flows.copied", { n: selection.length }));
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys bubble from the steps inside, which take the focus
    <div
      ref={host}
      // A press on the empty canvas, or on a way, gives it the keys.
      tabIndex={-1}
      className="absolute inset-0 outline-none"
      // Whatever it holds: the ground, a card, a way's end.
      onPointerDownCapture={sight.hold}
      onKeyDown={onKeyDown}
      onCopy={(event) => clip(event, false)}
      onCut={(event) => mayEdit && clip(event, true)}
      onPaste={(event) => {
        if (ownText(event) || !mayEdit) return;
        event.preventDefault();
        paste(event.clipboardData.getData("text/plain"));
      }}
      onFocus={(event) => {
        const id = event.target.dataset["id"];
        if (id !== undefined && id !== ENTRY) setLastId(id);
      }}
    >
      <ReactFlow
        className="designer"
        nodes={drawn.nodes}
        edges={drawn.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onNodeClick={onNodeClick}
        onPaneClick={() => {
          setChosenWay(null);
          editor.select([]);
        }}
        onEdgeClick={onEdgeClick}
        onConnect={connected}
        onConnectEnd={onConnectEnd}
        onReconnect={onReconnect}
        onDragOver={(event) => {
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }}
        onDrop={onDrop}
        aria-label={t("flows.canvas")}
        onInit={open}
        {...pan}
        minZoom={0.1}
        maxZoom={2}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Control", "Meta", "Shift"]}
        selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect={false}
        nodeDragThreshold={3}
        connectionRadius={24}
        proOptions={hidden}
      >
        <ViewportPortal>
          <div className="ground" />
        </ViewportPortal>
      </ReactFlow>
    </div>
  );
}

/** Only what is in view or near it is drawn: the step may come a moment after the view has moved. */
function focusWhenDrawn(host: { current: HTMLElement | null }, id: string, tries = 20): void {
  requestAnimationFrame(() => {
    const element = host.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    if (element instanceof HTMLElement) element.focus({ preventScroll: true });
    else if (tries > 0) focusWhenDrawn(host, id, tries - 1);
  });
}

/** Typed text is copied and pasted by its own field. */
function ownText(event: ClipboardEvent): boolean {
  return event.target instanceof HTMLElement && event.target.closest("input, textarea") !== null;
}
