/** Changes of a document: each gives a new one that shares what did not change. */
import type { FlowDocument, FlowSettings, Step, StepKind, StepOf } from "@tandem/protocol/flow/flow";
import { CARD_WIDTH, boxOf, placeOf } from "./geometry.ts";
import { NOWHERE, portsOf, setWay, withoutTargets } from "./ports.ts";

/** Room between a card and the one put after it. */
const GAP = 64;

export function withStep(document: FlowDocument, id: string, step: Step): FlowDocument {
  return document.steps[id] === step ? document : { ...document, steps: { ...document.steps, [id]: step } };
}

export function changeStep(document: FlowDocument, id: string, change: (step: Step) => Step): FlowDocument {
  const step = document.steps[id];
  return step === undefined ? document : withStep(document, id, change(step));
}

export function changeSettings(document: FlowDocument, change: Partial<FlowSettings>): FlowDocument {
  return { ...document, ...change };
}

export function connect(document: FlowDocument, id: string, port: string, to: string | null): FlowDocument {
  return changeStep(document, id, (step) => setWay(step, port, to));
}

/** Their ways go too; ways to them are taken away or left open. The first step stays when it is not among them, else the next that is left begins. */
export function removeSteps(document: FlowDocument, ids: readonly string[]): FlowDocument {
  const gone = new Set(ids.filter((id) => Object.hasOwn(document.steps, id)));
  if (gone.size === 0 || gone.size === Object.keys(document.steps).length) return document;
  const steps = Object.fromEntries(Object.entries(document.steps).flatMap(([id, step]) => (gone.has(id) ? [] : [[id, withoutTargets(step, gone)]])));
  return { ...document, steps, start: gone.has(document.start) ? (Object.keys(steps)[0] ?? document.start) : document.start };
}

export function moveSteps(document: FlowDocument, places: ReadonlyMap<string, { x: number; y: number }>): FlowDocument {
  let steps = document.steps;
  for (const [id, at] of places) {
    const step = steps[id];
    if (step === undefined || (step.at?.x === at.x && step.at.y === at.y)) continue;
    if (steps === document.steps) steps = { ...steps };
    steps[id] = { ...step, at: { x: Math.round(at.x), y: Math.round(at.y) } };
  }
  return steps === document.steps ? document : { ...document, steps };
}

/** `menu`, then `menu-2` ... */
export function freeId(taken: (id: string) => boolean, wanted: string): string {
  const base = wanted.replace(/-\d+$/, "").slice(0, 36) || "step";
  if (!taken(base) && base !== NOWHERE) return base;
  for (let n = 2; ; n++) if (!taken(`${base}-${n}`)) return `${base}-${n}`;
}

export interface Added {
  document: FlowDocument;
  id: string;
}

/**
 * A new step. `after`: it goes into that way (what was there comes after the new step), or hangs on the first open way of that step, or goes into its only way;
 * `at`: where it is dropped, else beside the step that it comes after.
 */
export function addStep(document: FlowDocument, step: Step, where: { after?: { id: string; port: string | null } | null; at?: { x: number; y: number } }): Added {
  const id = freeId((one) => Object.hasOwn(document.steps, one), step.kind);
  const before = where.after === undefined || where.after === null ? undefined : document.steps[where.after.id];
  const port = before === undefined ? null : (where.after?.port ?? openOrOnly(before));
  const old = before === undefined || port === null ? null : (portsOf(before).find((one) => one.id === port)?.to ?? null);
  const onward = old === null ? undefined : portsOf(step).find((one) => one.to === null && !one.optional);
  const placed = { ...(onward === undefined ? step : setWay(step, onward.id, old)), at: round(where.at ?? placeAfter(document, where.after?.id ?? null, port)) };
  let next = withStep(document, id, placed);
  if (before !== undefined && where.after && port !== null) next = connect(next, where.after.id, port, id);
  return { document: next, id };
}

function openOrOnly(step: Step): string | null {
  const ways = portsOf(step).filter(({ optional }) => !optional);
  return (ways.find(({ to }) => to === null) ?? (ways.length === 1 ? ways[0] : undefined))?.id ?? null;
}

const round = ({ x, y }: { x: number; y: number }): { x: number; y: number } => ({ x: Math.round(x), y: Math.round(y) });

/** To the right of the way it hangs on, below what stands there already. */
export function placeAfter(document: FlowDocument, afterId: string | null, port: string | null): { x: number; y: number } {
  const entries = Object.entries(document.steps);
  const before = afterId === null ? undefined : document.steps[afterId];
  if (before === undefined || afterId === null) return { x: 80, y: Math.max(0, ...entries.map(([, step], i) => placeOf(step, i).y + boxOf(step).height + 40)) };
  const at = placeOf(before, entries.findIndex(([id]) => id === afterId));
  const x = at.x + CARD_WIDTH + GAP;
  let y = at.y + (port === null ? 0 : (boxOf(before).ports.get(port) ?? 0)) - 23;
  const column = entries.filter(([, step]) => step.at !== undefined).map(([, step], i) => ({ ...placeOf(step, i), height: boxOf(step).height })).filter((other) => other.x < x + CARD_WIDTH && other.x + CARD_WIDTH > x).toSorted((a, b) => a.y - b.y);
  for (const other of column) if (y < other.y + other.height + 16 && y + 120 > other.y) y = other.y + other.height + 24;
  return { x, y };
}

/** A step of that kind as it begins: complete enough to be kept, its ways open. `queueId`: where people are, as the flow knows. */
export function newStep(kind: StepKind, document: FlowDocument): Step {
  const { queueId } = document.reachHuman;
  const says = { sounds: {} };
  const asks = { label: {}, says, interruptible: true };
  const steps: { [K in StepKind]: StepOf<K> } = {
    say: { kind: "say", says, interruptible: true, next: NOWHERE },
    menu: { kind: "menu", ...asks, speech: true, choices: [{ key: "1", label: {}, words: {}, set: {}, next: NOWHERE }, { key: "2", label: {}, words: {}, set: {}, next: NOWHERE }] },
    collect: { kind: "collect", ...asks, variable: Object.keys(document.variables)[0] ?? "value", type: "digits", next: NOWHERE },
    language: { kind: "language", ...asks, choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: NOWHERE },
    branch: { kind: "branch", cases: [{ when: "customer.known", next: NOWHERE }], otherwise: NOWHERE },
    hours: { kind: "hours", of: { kind: "global" }, open: NOWHERE, closed: NOWHERE },
    lookup: { kind: "lookup", value: "contact.from", next: NOWHERE, unknown: NOWHERE },
    update: { kind: "update", fields: {}, next: NOWHERE, failed: NOWHERE },
    http: { kind: "http", method: "GET", url: "https://", headers: {}, timeoutMs: 3000, saves: [], next: NOWHERE, failed: NOWHERE },
    set: { kind: "set", values: [{ name: Object.keys(document.variables)[0] ?? "value", to: "\"\"" }], next: NOWHERE },
    queue: { kind: "queue", queueId, needs: [] },
    callback: { kind: "callback", queueId, offer: "choice", says, label: {}, askNumber: "when-hidden", declined: NOWHERE, failed: NOWHERE },
    voicemail: { kind: "voicemail", queueId, says, maxSeconds: 180 },
    deflect: { kind: "deflect", to: { kind: "queue", queueId }, failed: NOWHERE },
    assistant: { kind: "assistant", assistantId: "default", label: {}, says, maxTurns: 12, resolved: NOWHERE, person: NOWHERE, failed: NOWHERE },
    transfer: { kind: "transfer", number: "0", failed: NOWHERE },
    subflow: { kind: "subflow", flowId: "flow", next: NOWHERE },
    return: { kind: "return" },
    wait: { kind: "wait", ms: 2000, next: NOWHERE },
    end: { kind: "end" },
  };
  return steps[kind];
}
