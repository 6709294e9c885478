/** Places for all steps, from left to right in the order in which a contact meets them. The same document always gets the same places. */
import { Graph, layout } from "@dagrejs/dagre";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { moveSteps, placeAfter } from "./edit.ts";
import { boxOf } from "./geometry.ts";
import { portsOf, shownPorts } from "./ports.ts";

const RANK_GAP = 84;
const NODE_GAP = 30;
/** The ranks of network simplex make the shortest ways, and cost 2.7 s of CPU for 500 steps; the tight tree's 0.25 s. */
const MAX_SIMPLEX_STEPS = 120;

export function laidOut(document: FlowDocument): Map<string, { x: number; y: number }> {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranksep: RANK_GAP, nodesep: NODE_GAP, edgesep: 12, ranker: Object.keys(document.steps).length > MAX_SIMPLEX_STEPS ? "tight-tree" : "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of walked(document)) {
    const step = document.steps[id];
    if (step !== undefined) graph.setNode(id, { width: boxOf(step).width, height: boxOf(step).height });
  }
  for (const [id, step] of Object.entries(document.steps))
    for (const port of shownPorts(step)) if (port.to !== null && port.to !== id && graph.hasNode(port.to)) graph.setEdge(id, port.to);
  layout(graph);
  const places = new Map<string, { x: number; y: number }>();
  for (const id of graph.nodes()) {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
    places.set(id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) });
  }
  return places;
}

/** Steps in the order of a walk from the start (breadth first), then those that no way reaches: this order decides ties. */
export function walked(document: FlowDocument): string[] {
  const out = new Set<string>();
  for (const from of [document.start, ...Object.keys(document.steps)]) {
    const queue = [from];
    for (const id of queue) {
      const step = document.steps[id];
      if (step === undefined || out.has(id)) continue;
      out.add(id);
      queue.push(...portsOf(step).flatMap(({ to }) => (to === null ? [] : [to])));
    }
  }
  return [...out];
}

/**
 * Every step has a place: the automatic layout's when nobody placed any (the same for everybody); else those without one go beside the step
 * that leads to them, so that nothing that stands is moved. The same document when all have one.
 */
export function placed(document: FlowDocument): FlowDocument {
  const without = Object.entries(document.steps).filter(([, step]) => step.at === undefined).length;
  if (without === 0) return document;
  if (without === Object.keys(document.steps).length) return moveSteps(document, laidOut(document));
  let next = document;
  for (const id of walked(document)) {
    if (next.steps[id]?.at !== undefined) continue;
    const from = Object.entries(next.steps).find(([, step]) => step.at !== undefined && portsOf(step).some(({ to }) => to === id));
    const port = from === undefined ? null : (portsOf(from[1]).find(({ to }) => to === id)?.id ?? null);
    next = moveSteps(next, new Map([[id, placeAfter(next, from?.[0] ?? null, port)]]));
  }
  return next;
}
