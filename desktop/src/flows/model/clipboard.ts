/** Steps as text for the clipboard, so that they go from one flow to another; and back, with names of their own. */
import { FLOW_FORMAT, FlowDocument, MAX_STEPS, Step, StepId } from "@tandem/protocol/flow/flow";
import { z } from "zod";
import { freeId } from "./edit.ts";
import { boxOf, placeOf } from "./geometry.ts";
import { renamedTargets } from "./ports.ts";

const Clip = z.object({ tandem: z.literal("steps"), format: z.literal(FLOW_FORMAT), steps: z.record(StepId, Step), variables: FlowDocument.shape.variables });

/** Copied besides their places: so far from where they stood. */
const SHIFT = 32;
/** Attack: a huge text on the clipboard is parsed at every paste. */
const MAX_CLIP_CHARS = 2_000_000;

export function copySteps(document: FlowDocument, ids: readonly string[]): string {
  const all = Object.keys(document.steps);
  const steps = Object.fromEntries(ids.flatMap((id) => {
    const step = document.steps[id];
    return step === undefined ? [] : [[id, { ...step, at: placeOf(step, all.indexOf(id)) }]];
  }));
  const text = JSON.stringify(steps);
  const variables = Object.fromEntries(Object.entries(document.variables).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text)));
  return JSON.stringify({ tandem: "steps", format: FLOW_FORMAT, steps, variables }, null, 1);
}

export type Pasted = { ok: true; document: FlowDocument; ids: string[] } | { ok: false; why: "empty" | "not-steps" | "too-many" };

/** Ways inside the copy follow it; ways to steps that exist here stay; others are left open. `at`: where its top left corner goes. */
export function pasteSteps(document: FlowDocument, text: string, at: { x: number; y: number } | null = null): Pasted {
  if (text.trim() === "") return { ok: false, why: "empty" };
  const read = text.length > MAX_CLIP_CHARS ? null : Clip.safeParse(parseJson(text));
  if (read?.success !== true || Object.keys(read.data.steps).length === 0) return { ok: false, why: "not-steps" };
  const { steps: copied, variables } = read.data;
  if (Object.keys(copied).length + Object.keys(document.steps).length > MAX_STEPS) return { ok: false, why: "too-many" };
  const names = new Map<string, string>();
  const taken = new Set(Object.keys(document.steps));
  for (const id of Object.keys(copied)) {
    const name = freeId((one) => taken.has(one), id);
    taken.add(name);
    names.set(id, name);
  }
  const places = Object.values(copied).map((step, i) => placeOf(step, i));
  const corner = { x: Math.min(...places.map(({ x }) => x)), y: Math.min(...places.map(({ y }) => y)) };
  const shift = at === null ? { x: SHIFT, y: SHIFT } : { x: at.x - corner.x, y: at.y - corner.y };
  const there = Object.values(document.steps).map((step, i) => rect(step, placeOf(step, i)));
  shift.y += clearOf(there, Object.values(copied).map((step, i) => rect(step, { x: (places[i]?.x ?? 0) + shift.x, y: (places[i]?.y ?? 0) + shift.y })));
  const pasted = Object.fromEntries(
    Object.entries(copied).map(([id, step], i) => {
      const place = placeOf(step, i);
      const renamed = renamedTargets(step, names, (to) => (Object.hasOwn(document.steps, to) ? to : null));
      return [names.get(id) ?? id, { ...renamed, at: { x: Math.round(place.x + shift.x), y: Math.round(place.y + shift.y) } }];
    }),
  );
  return { ok: true, document: { ...document, variables: { ...variables, ...document.variables }, steps: { ...document.steps, ...pasted } }, ids: [...names.values()] };
}

interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
function rect(step: Step, { x, y }: { x: number; y: number }): Rect {
  const { width, height } = boxOf(step);
  return { left: x, top: y, right: x + width, bottom: y + height };
}

/** How far down steps must go together so that they cover none of those that are there. */
function clearOf(there: readonly Rect[], come: readonly Rect[]): number {
  let down = 0;
  for (;;) {
    const from = down;
    for (const one of come)
      for (const other of there)
        if (one.left < other.right && other.left < one.right && one.top + from < other.bottom && other.top < one.bottom + from) down = Math.max(down, other.bottom + SHIFT - one.top);
    // Each round leaves at least one of them above for good.
    if (down === from) return down;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the schema, like any other text
  }
}
