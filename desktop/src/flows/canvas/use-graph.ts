/** The document as the canvas library wants it. A node or an edge is a new object only when something about it changed: 500 cards stay still while one moves. */
import { Position } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useFlowTraffic } from "../../data/data.ts";
import { useFormat, useT } from "../../i18n/i18n.ts";
import { useDesigner, useEditor, useView } from "../designer-context.ts";
import { CARD_WIDTH, ENTRY_Y, boxOf, placeOf } from "../model/geometry.ts";
import { marksOf } from "../model/path.ts";
import { portsOf, shownPorts } from "../model/ports.ts";
import { missingLanguages, subtitleOf, titleOf } from "../model/words.ts";
import { useNames } from "../use-names.ts";
import { ENTRY, ENTRY_HEIGHT, ENTRY_WIDTH } from "./entry-card.tsx";
import type { EntryNode } from "./entry-card.tsx";
import type { CardNode } from "./step-card.tsx";
import type { WayEdgeType } from "./way-edge.tsx";

export type AnyNode = CardNode | EntryNode;
const DOT = 9;
const NO_NUMBERS: readonly number[] = [];

export interface Graph {
  nodes: AnyNode[];
  edges: WayEdgeType[];
}

/** `dragged`: where steps are while they are held. `activeId`: the one tab stop. */
export function useGraph(dragged: ReadonlyMap<string, { x: number; y: number }> | null, activeId: string | null, chosenWay: string | null, entry: { title: string; subtitle: string }): Graph {
  const t = useT();
  const format = useFormat();
  const { flowId, mayEdit } = useDesigner();
  const document = useEditor((s) => s.document);
  const selection = useEditor((s) => s.selection);
  const findings = useEditor((s) => s.proof?.findings ?? null);
  const language = useView((v) => v.language);
  const path = useView((v) => v.path);
  const shown = useView((v) => v.traffic);
  const traffic = useFlowTraffic(flowId, shown).data ?? null;
  const names = useNames();
  const [kept] = useState(() => ({ node: keeper<AnyNode>(), edge: keeper<WayEdgeType>() }));

  const flow = useMemo(() => {
    const left = new Map<string, Record<string, number>>();
    let most = 0;
    if (shown && traffic !== null)
      for (const [way, count] of Object.entries(traffic.edges)) {
        const [stepId = "", port = ""] = way.split(" ");
        const ports = left.get(stepId) ?? {};
        ports[port] = count;
        left.set(stepId, ports);
        most = Math.max(most, count);
      }
    return { left, most, steps: shown ? (traffic?.steps ?? {}) : {} };
  }, [traffic, shown]);
  const marks = useMemo(() => (path === null ? null : marksOf(path.hops)), [path]);
  const problems = useMemo(() => {
    const worst = new Map<string, "error" | "warning">();
    for (const { stepId, severity } of findings ?? []) if (stepId !== null && worst.get(stepId) !== "error") worst.set(stepId, severity);
    return worst;
  }, [findings]);

  return useMemo(() => {
    const chosen = new Set(selection);
    const put = kept.node.begin();
    const way = kept.edge.begin();
    const entries = Object.entries(document.steps);
    const order = new Map(entries.map(([id], i) => [id, i]));
    const positionOf = (id: string, i: number): { x: number; y: number } => {
      const held = dragged?.get(id);
      const step = document.steps[id];
      return held ?? (step === undefined ? { x: 0, y: 0 } : placeOf(step, i));
    };
    const startAt = positionOf(document.start, entries.findIndex(([id]) => id === document.start));
    put(ENTRY, [startAt.x, startAt.y, entry.title, entry.subtitle], () => ({
      id: ENTRY, type: "entry", position: { x: startAt.x - ENTRY_WIDTH - 72, y: startAt.y }, width: ENTRY_WIDTH, height: ENTRY_HEIGHT, measured: { width: ENTRY_WIDTH, height: ENTRY_HEIGHT },
      draggable: false, selectable: false, focusable: false, deletable: false, connectable: mayEdit, data: entry,
      handles: [dot("source", "start", ENTRY_WIDTH, ENTRY_Y)],
      domAttributes: { "aria-roledescription": undefined, "aria-describedby": undefined },
    }));
    if (Object.hasOwn(document.steps, document.start))
      way("@entry start", [document.start, marks, path?.tone], () => ({
        id: "@entry start", type: "way", source: ENTRY, sourceHandle: "start", target: document.start, targetHandle: "in", focusable: false, selectable: false, reconnectable: false,
        data: { weight: 0.35, tone: marks !== null && marks.numbers.get(document.start)?.[0] === 1 ? (path?.tone ?? null) : null, near: false, under: 0 },
        domAttributes: plainEdge,
      }));
    entries.forEach(([id, step], i) => {
      const position = positionOf(id, i);
      const title = titleOf(step, t, names);
      const subtitle = subtitleOf(step, t, names);
      const isChosen = chosen.has(id);
      const problem = problems.get(id) ?? (missingLanguages(step, document.languages).length > 0 ? "warning" : null);
      const numbers = marks?.numbers.get(id) ?? NO_NUMBERS;
      const tone = numbers.length > 0 ? (path?.tone ?? null) : null;
      const reason = path?.tone === "alert" ? (marks?.reasons.get(id) ?? null) : null;
      const current = path?.tone === "acc" && marks?.last === id;
      const entered = flow.steps[id] ?? null;
      const left = flow.left.get(id) ?? null;
      const tab = activeId === id;
      const key = [step, position.x, position.y, title, subtitle, isChosen, problem, numbers, tone, reason, current, entered, left, tab, language, mayEdit, t, format];
      put(id, key, () => {
        const { height, ports } = boxOf(step);
        return {
          id, type: "step", position, width: CARD_WIDTH, height, measured: { width: CARD_WIDTH, height }, draggable: mayEdit, connectable: mayEdit, deletable: false, focusable: false, selected: isChosen,
          handles: [dot("target", "in", 0, ENTRY_Y), ...shownPorts(step).map((port) => dot("source", port.id, CARD_WIDTH, ports.get(port.id) ?? 0))],
          data: { step, title, subtitle, language, chosen: isChosen, problem, numbers, reason, tone, current, entered, left },
          domAttributes: {
            tabIndex: tab ? 0 : -1, role: "group", "aria-current": isChosen, "aria-roledescription": t("flows.step"), "aria-describedby": undefined,
            "aria-label": t("flows.card.name", { title, kind: subtitle, ways: portsOf(step).filter((port) => port.to !== null).length, problem: problem ?? "none", order: numbers.join(", ") || "none" }),
          },
        };
      });
      for (const port of shownPorts(step)) {
        if (port.to === null || !Object.hasOwn(document.steps, port.to)) continue;
        const { to } = port;
        const wayId = `${id} ${port.id}`;
        const onPath = marks?.ways.has(wayId) === true;
        const count = left?.[port.id] ?? 0;
        const weight = flow.most === 0 ? 0 : count / flow.most;
        const target = document.steps[to];
        const under = Math.max(position.y + boxOf(step).height, target === undefined ? 0 : positionOf(to, order.get(to) ?? 0).y + boxOf(target).height) + 22;
        const near = isChosen || chosen.has(to) || chosenWay === wayId;
        way(wayId, [to, onPath ? path?.tone : null, weight, near, mayEdit, chosenWay === wayId, under], () => ({
          id: wayId, type: "way", source: id, sourceHandle: port.id, target: to, targetHandle: "in", focusable: false, selected: chosenWay === wayId, reconnectable: mayEdit ? "target" : false,
          zIndex: onPath ? 2 : near ? 1 : 0,
          data: { weight, tone: onPath ? (path?.tone ?? null) : null, near, under },
          domAttributes: plainEdge,
        }));
      }
    });
    return { nodes: kept.node.all(), edges: kept.edge.all() };
  }, [kept, document, selection, dragged, activeId, chosenWay, entry, flow, marks, path, problems, language, names, mayEdit, t, format]);
}

/** Gives the same object again while its key is the same; what is not asked for in a round is forgotten. */
function keeper<V>() {
  let before = new Map<string, { key: readonly unknown[]; value: V }>();
  let now = before;
  return {
    begin() {
      before = now;
      now = new Map();
      return (id: string, key: readonly unknown[], make: () => V): void => {
        const old = before.get(id);
        now.set(id, { key, value: old !== undefined && alike(old.key, key) ? old.value : make() });
      };
    },
    all: (): V[] => [...now.values()].map(({ value }) => value),
  };
}

/** Ways are told by their steps: as pictures they say nothing more. */
const plainEdge = { role: "presentation", "aria-roledescription": undefined, "aria-label": undefined } as const;

function dot(type: "source" | "target", id: string, x: number, y: number) {
  return { id, type, position: type === "source" ? Position.Right : Position.Left, x: x - DOT / 2, y: y - DOT / 2, width: DOT, height: DOT };
}

const alike = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((one, i) => Object.is(one, b[i]));
