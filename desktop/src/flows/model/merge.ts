/**
 * Two people changed one flow: put together by step (and by setting, variable, test), three ways. Where both changed the same thing
 * differently, that is a conflict with both values; nothing is lost, the merged document holds mine until somebody chooses.
 */
import type { FlowDocument, FlowTest, Step } from "@tandem/protocol/flow/flow";
import { same } from "./equal.ts";

export interface Conflict {
  /** `step:<id>`, `setting:<name>`, `variable:<name>`, `test:<name>`. */
  id: string;
  what: "step" | "setting" | "variable" | "test";
  name: string;
  /** undefined: taken away. */
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  document: FlowDocument;
  conflicts: Conflict[];
}

/** The value when at most one side changed it, or both in the same way; null when they disagree. */
function agreed(b: unknown, m: unknown, t: unknown): { value: unknown } | null {
  if (m === t || same(m, b) || same(m, t)) return { value: t };
  return same(t, b) ? { value: m } : null;
}

type Pool = Record<string, unknown>;
type Side = "mine" | "theirs";

/** `choose`: which side a conflict takes; until somebody chose, mine. */
export function merge(base: FlowDocument, mine: FlowDocument, theirs: FlowDocument, choose: (id: string) => Side = () => "mine"): Merged {
  // Where a step stands is no loss: mine, quietly.
  return merged(base, mine, theirs, "mine", (torn) => (choose(torn.id) === "mine" ? torn.mine : torn.theirs));
}

/** `placed`: whose place a step has that both moved. `settle`: the value of what both changed differently. */
function merged(base: FlowDocument, mine: FlowDocument, theirs: FlowDocument, placed: Side, settle: (torn: Conflict) => unknown): Merged {
  const conflicts: Conflict[] = [];
  if (mine === theirs || mine === base) return { document: theirs, conflicts };
  if (theirs === base) return { document: mine, conflicts };
  const pool = (what: Conflict["what"], b: Pool, m: Pool, t: Pool): Pool => {
    if (m === b) return t;
    if (t === b) return m;
    const out: Pool = {};
    // Theirs first: what they added keeps their order, what I added comes after.
    for (const name of new Set([...Object.keys(t), ...Object.keys(m)])) {
      const value = one(what, name, b[name], m[name], t[name]);
      if (value !== undefined) out[name] = value;
    }
    return out;
  };
  const one = (what: Conflict["what"], name: string, b: unknown, m: unknown, t: unknown): unknown => {
    const easy = agreed(b, m, t);
    if (easy !== null) return easy.value;
    if (what === "step" && isStep(b) && isStep(m) && isStep(t)) {
      // Moving a step and rewriting it are two things.
      const { at: placeBase, ...wasBase } = b;
      const { at: placeMine, ...wasMine } = m;
      const { at: placeTheirs, ...wasTheirs } = t;
      const place = (agreed(placeBase, placeMine, placeTheirs) ?? { value: placed === "mine" ? placeMine : placeTheirs }).value;
      const content = agreed(wasBase, wasMine, wasTheirs)?.value ?? conflict(what, name, b, m, t);
      return { ...(content as Step), ...(place === undefined ? {} : { at: place }) };
    }
    return conflict(what, name, b, m, t);
  };
  const conflict = (what: Conflict["what"], name: string, b: unknown, m: unknown, t: unknown): unknown => {
    const torn: Conflict = { id: `${what}:${name}`, what, name, base: b, mine: m, theirs: t };
    conflicts.push(torn);
    return settle(torn);
  };
  const { steps: baseSteps, tests: baseTests, variables: baseVariables, ...baseSettings } = base;
  const { steps: mySteps, tests: myTests, variables: myVariables, ...mySettings } = mine;
  const { steps: theirSteps, tests: theirTests, variables: theirVariables, ...theirSettings } = theirs;
  const document = {
    ...pool("setting", baseSettings, mySettings, theirSettings),
    variables: pool("variable", baseVariables, myVariables, theirVariables),
    steps: pool("step", baseSteps, mySteps, theirSteps),
    tests: Object.values(pool("test", byName(baseTests), byName(myTests), byName(theirTests))),
  } as unknown as FlowDocument;
  return { document, conflicts };
}

/** Tests of one name are told apart by a number, so that none is lost. */
function byName(tests: readonly FlowTest[]): Record<string, FlowTest> {
  const out: Record<string, FlowTest> = {};
  for (const test of tests) {
    let name = test.name;
    for (let n = 2; Object.hasOwn(out, name); n++) name = `${test.name} #${n}`;
    out[name] = test;
  }
  return out;
}

const isStep = (value: unknown): value is Step => typeof value === "object" && value !== null && "kind" in value;

/**
 * The change `from` -> `to` made on `now`: undo and redo keep what came from others in between. Where others changed the same thing since, only
 * the parts that they left alone are taken back: what differs from `from` in `now` is theirs.
 */
export function reapply(from: FlowDocument, to: FlowDocument, now: FlowDocument): FlowDocument {
  return now === from ? to : merged(from, to, now, "theirs", (torn) => rebased(torn.base, torn.mine, torn.theirs)).document;
}

function rebased(from: unknown, to: unknown, now: unknown): unknown {
  const easy = agreed(from, to, now);
  if (easy !== null) return easy.value;
  if (Array.isArray(from) && Array.isArray(to) && Array.isArray(now)) return from.length === to.length && from.length === now.length ? now.map((one, i) => rebased(from[i], to[i], one)) : now;
  if (!isPool(from) || !isPool(to) || !isPool(now)) return now;
  // Their order, then what comes back.
  const parts = [...new Set([...Object.keys(now), ...Object.keys(to)])].map((name) => [name, rebased(from[name], to[name], now[name])] as const);
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

const isPool = (value: unknown): value is Pool => typeof value === "object" && value !== null && !Array.isArray(value);
