/**
 * What differs between two documents of a flow, as a person would tell it: step by step, the smallest part that changed. Where a step stands on
 * the canvas is no change, nor is the order in which steps are written. Lists are compared by what their lines are about (a choice's key, a
 * case's condition, a test's name), so that one line put on top is one line added.
 */
import type { FlowChange } from "@tandem/protocol/flow-studio";

type Path = readonly string[];

/** Of a list's line: the field that says which line it is. */
const NAMES = ["key", "when", "name", "skillId", "language", "label"] as const;
/** Lists longer than this are compared line by line: alignment takes the product of both lengths. */
const MAX_ALIGNED = 300;

export function flowChanges(before: unknown, after: unknown): FlowChange[] {
  const changes: FlowChange[] = [];
  compare([], before, after, changes);
  return changes;
}

function compare(path: Path, before: unknown, after: unknown, changes: FlowChange[]): void {
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(path, before, after, changes);
  if (!isObject(before) || !isObject(after) || (isStep(path) && before["kind"] !== after["kind"])) {
    if (!equal(before, after)) changes.push(change(path, before, after));
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isIgnored(path, key)) continue;
    compare([...path, key], before[key], after[key], changes);
  }
}

function compareLists(path: Path, before: readonly unknown[], after: readonly unknown[], changes: FlowChange[]): void {
  for (const [i, j] of aligned(before, after)) {
    const at = [...path, String(j ?? i)];
    if (i === null) changes.push(change(at, undefined, after[j!]));
    else if (j === null) changes.push(change(at, before[i], undefined));
    else compare(at, before[i], after[j], changes);
  }
}

function change(path: Path, before: unknown, after: unknown): FlowChange {
  const stepId = path[0] === "steps" ? (path[1] ?? null) : null;
  return { path: path.join("/"), kind: before === undefined ? "added" : after === undefined ? "removed" : "changed", before: shown(path, before) ?? null, after: shown(path, after) ?? null, stepId };
}

/** A whole step without its place on the canvas. */
function shown(path: Path, value: unknown): unknown {
  if (!isStep(path) || !isObject(value)) return value;
  const { at: _, ...rest } = value;
  return rest;
}

const isStep = (path: Path): boolean => path.length === 2 && path[0] === "steps";
const isIgnored = (path: Path, key: string): boolean => (path.length === 0 && (key === "version" || key === "format")) || (isStep(path) && key === "at");

/** Pairs of lines (before, after), null where there is no other: the longest common sequence by name, then neighbours as changes. */
function aligned(before: readonly unknown[], after: readonly unknown[]): [number | null, number | null][] {
  const a = before.map(nameOf);
  const b = after.map(nameOf);
  const common: number[][] = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  const large = a.length > MAX_ALIGNED || b.length > MAX_ALIGNED;
  if (!large) for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const pairs: [number | null, number | null][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && (large || a[i] === b[j])) pairs.push([i++, j++]);
    else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) pairs.push([i++, null]);
    else pairs.push([null, j++]);
  }
  return joined(pairs);
}

/** A line gone and one come at the same place, with equal numbers of both between lines that stayed: the line was changed. */
function joined(pairs: readonly [number | null, number | null][]): [number | null, number | null][] {
  const result: [number | null, number | null][] = [];
  let [gone, come]: [number[], number[]] = [[], []];
  const flush = (): void => {
    const same = gone.length === come.length;
    if (same) gone.forEach((i, at) => result.push([i, come[at]!]));
    else result.push(...gone.map((i): [number, null] => [i, null]), ...come.map((j): [null, number] => [null, j]));
    [gone, come] = [[], []];
  };
  for (const [i, j] of pairs) {
    if (i !== null && j !== null) {
      flush();
      result.push([i, j]);
    } else if (i !== null) gone.push(i);
    else come.push(j!);
  }
  flush();
  return result;
}

function nameOf(line: unknown): string {
  if (!isObject(line)) return canonical(line);
  const name = NAMES.find((key) => line[key] !== undefined && !isObject(line[key]));
  return name === undefined ? canonical(line) : `${name} ${String(line[name])}`;
}

export function equal(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** The same text for the same content, whatever the order of keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isObject(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([x], [y]) => (x < y ? -1 : 1))) : inner)) ?? "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
