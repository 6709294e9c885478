/**
 * What is known of a flow's variables at a step, over every path that leads there: some values, or any, and whether it may be unset.
 * A variable that stands in no `Facts` may be anything, unset too: a contact may bring data along (a redial, a trunk's headers).
 */
import type { FlowDocument, Value, VariableType } from "@tandem/protocol/flow/flow";
import { coerce, expressionsOf } from "../expressions.ts";
import type { Language } from "../../hub/hub.ts";

export interface Known {
  /** Null = any value of its type. */
  values: readonly Value[] | null;
  unset: boolean;
}
export type Facts = ReadonlyMap<string, Known>;

export const ANYTHING: Known = { values: null, unset: true };
export const SOMETHING: Known = { values: null, unset: false };
export const NOTHING_KNOWN: Facts = new Map();

/** More values than a menu has choices are any value. */
const MAX_VALUES = 12;
/** Values of several variables together that an expression is computed for; beyond, both of its outcomes are taken. */
const MAX_COMBINATIONS = 64;

/** Stands for every value of its type, where only its being there matters. */
const ANY_VALUE: Record<VariableType, Value> = { text: "\u0000", number: 0, boolean: false, date: "\u0000" };

export const knownOf = (facts: Facts, name: string): Known => facts.get(name) ?? ANYTHING;

export function either(a: Known, b: Known): Known {
  if (a === b) return a;
  const values = a.values === null || b.values === null ? null : [...new Set([...a.values, ...b.values])];
  return { values: values !== null && values.length > MAX_VALUES ? null : values, unset: a.unset || b.unset };
}

/** What holds whichever of both paths was taken; the first itself when the second brings nothing new. */
export function join(a: Facts, b: Facts): Facts {
  if (a === b) return a;
  let joined: Map<string, Known> | null = null;
  for (const [name, known] of a) {
    const other = b.get(name);
    if (other === undefined) {
      joined ??= new Map(a);
      joined.delete(name);
      continue;
    }
    const one = either(known, other);
    if (!same(one, known)) (joined ??= new Map(a)).set(name, one);
  }
  return joined ?? a;
}

function same(a: Known, b: Known): boolean {
  if (a === b) return true;
  if (a.unset !== b.unset || (a.values === null) !== (b.values === null)) return false;
  return a.values === null || b.values === null || (a.values.length === b.values.length && a.values.every((value) => b.values?.includes(value)));
}

export function withKnown(facts: Facts, name: string, known: Known): Facts {
  const next = new Map(facts);
  if (known.values === null && known.unset) next.delete(name);
  else next.set(name, known);
  return next;
}

/** As `Run.set`: the declared type, and what cannot be that type leaves it as it was. */
export function withSet(definition: FlowDocument, facts: Facts, name: string, value: Value): Facts {
  const type = definition.variables[name]?.type;
  const kept = type === undefined ? value : coerce(type, value);
  return kept === undefined ? facts : withKnown(facts, name, { values: [kept], unset: false });
}

/**
 * On entering a flow, as `Run.initialise`: what is there takes the type that it has in this flow, or is there no more; then initial values,
 * where nothing is set. `retyped`: names that another flow of this contact declares as something else.
 */
export function entered(definition: FlowDocument, facts: Facts, retyped: ReadonlySet<string>): Facts {
  let next = facts;
  for (const [name, { type, initial }] of Object.entries(definition.variables)) {
    const was = knownOf(next, name);
    const before = retyped.has(name) ? asType(type, was) : was;
    const begins = initial === undefined || initial === null || !before.unset ? before : either({ ...before, unset: false }, { values: [initial], unset: false });
    if (begins !== was) next = withKnown(next, name, begins);
  }
  return next;
}

/** From a flow into another: a value that is not known may be of the other's type, where it is as if it were not there. */
export function crossed(facts: Facts, retyped: ReadonlySet<string>): Facts {
  let next = facts;
  for (const name of retyped) if (next.get(name)?.values === null) next = withKnown(next, name, ANYTHING);
  return next;
}

function asType(type: VariableType, { values, unset }: Known): Known {
  if (values === null) return ANYTHING;
  const kept = values.map((value) => coerce(type, value)).filter((value) => value !== undefined);
  return { values: [...new Set(kept)], unset: unset || kept.length < values.length };
}

/** The outcomes that an expression can have here, each with what is then known; null = it reads what the proof does not follow: any outcome. */
export function outcomes(definition: FlowDocument, source: string, facts: Facts, contact: { language: Language; written: boolean }): { value: Value; facts: Facts }[] | null {
  const expressions = expressionsOf(definition);
  const { values, asked, contact: fields, outside } = expressions.reads(source);
  if (outside || fields.some((field) => field !== "language" && field !== "written")) return null;
  const names = [...new Set([...values, ...asked])];
  let combinations: ReadonlyMap<string, Value | undefined>[] = [new Map()];
  const stoodFor = new Set<string>();
  for (const name of names) {
    const known = knownOf(facts, name);
    // only whether it is there matters: any value stands for all
    const anyValue = known.values === null && !values.includes(name);
    if (known.values === null && !anyValue) return null;
    if (known.values === null) stoodFor.add(name);
    const each: (Value | undefined)[] = [...(known.values ?? [ANY_VALUE[definition.variables[name]?.type ?? "text"]]), ...(known.unset ? [undefined] : [])];
    combinations = combinations.flatMap((one) => each.map((value) => new Map([...one, [name, value]])));
    if (combinations.length > MAX_COMBINATIONS) return null;
  }
  const found = new Map<Value, Map<string, Known>>();
  for (const combination of combinations) {
    const value = compute(definition, source, combination, contact);
    const narrowed = found.get(value);
    const single = [...combination].map(([name, one]): [string, Known] => [name, one === undefined ? { values: [], unset: true } : stoodFor.has(name) ? SOMETHING : { values: [one], unset: false }]);
    if (!narrowed) found.set(value, new Map(single));
    else for (const [name, known] of single) narrowed.set(name, either(narrowed.get(name) ?? known, known));
  }
  return [...found].map(([value, narrowed]) => ({ value, facts: new Map([...facts, ...narrowed]) }));
}

function compute(definition: FlowDocument, source: string, combination: ReadonlyMap<string, Value | undefined>, { language, written }: { language: Language; written: boolean }): Value {
  const data = Object.fromEntries([...combination].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const contact = { medium: "", from: "", to: "", language, written, hidden: false, hour: 0, weekday: 1, date: "", time: "", returning: false };
  const result = expressionsOf(definition).evaluate(source, { data, customer: {}, case: {}, context: {}, contact });
  return result.ok ? result.value : null;
}
