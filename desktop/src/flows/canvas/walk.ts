/** Where an arrow key leads on the canvas: along the ways, or to the step that stands above or below. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { boxOf, placeOf } from "../model/geometry.ts";
import { portsOf } from "../model/ports.ts";

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** `cameFrom`: the step that an arrow left last, so that going forth and back returns to it. */
export function walk(document: FlowDocument, id: string, arrow: Arrow, cameFrom: string | null): string | null {
  const step = document.steps[id];
  if (step === undefined) return null;
  if (arrow === "ArrowRight") {
    const targets = portsOf(step).flatMap(({ to }) => (to !== null && to !== id && Object.hasOwn(document.steps, to) ? [to] : []));
    return (cameFrom !== null && targets.includes(cameFrom) ? cameFrom : targets[0]) ?? null;
  }
  if (arrow === "ArrowLeft") {
    const sources = Object.entries(document.steps).flatMap(([other, one]) => (other !== id && portsOf(one).some(({ to }) => to === id) ? [other] : []));
    return (cameFrom !== null && sources.includes(cameFrom) ? cameFrom : sources[0]) ?? null;
  }
  return nearest(document, id, arrow === "ArrowDown");
}

/** The step below (or above) whose column is nearest. */
function nearest(document: FlowDocument, id: string, down: boolean): string | null {
  const all = Object.entries(document.steps).map(([other, step], i) => ({ id: other, ...placeOf(step, i), height: boxOf(step).height }));
  const from = all.find((one) => one.id === id);
  if (from === undefined) return null;
  let best: { id: string; cost: number } | null = null;
  for (const one of all) {
    const dy = down ? one.y - from.y : from.y - one.y;
    if (one.id === id || dy <= 0) continue;
    const cost = dy + 3 * Math.abs(one.x - from.x);
    if (best === null || cost < best.cost) best = { id: one.id, cost };
  }
  return best?.id ?? null;
}
