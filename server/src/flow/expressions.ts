/**
 * Expressions are CEL (the Common Expression Language): typed, without loops or side effects, never `eval`. What could cost more than
 * the length of the expression is left out: regular expressions (catastrophic backtracking) and comprehensions over lists (nested, they
 * multiply). Evaluation never throws: what cannot be computed is null, with the reason.
 */
import { Environment } from "@marcbachmann/cel-js";
import type { ASTNode } from "@marcbachmann/cel-js";
import type { FlowDocument, Value, VariableType } from "@tandem/protocol/flow/flow";
import { daysBetween, isDate } from "./dates.ts";

/** Attack: an expression of 500 characters that nests until the stack is gone. */
const LIMITS = { maxAstNodes: 250, maxDepth: 30, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 };

const LEFT_OUT = new Set(["matches", "all", "exists", "exists_one", "map", "filter", "bind", "json", "base64"]);

/** The contact's own facts. Numbers are CEL doubles, which compare with whole numbers too. */
const CONTACT = { medium: "string", from: "string", to: "string", language: "string", written: "bool", hidden: "bool", hour: "double", weekday: "double", date: "string", time: "string", returning: "bool" } as const;
export const CONTACT_FIELDS: readonly string[] = Object.keys(CONTACT);

const CEL_TYPE: Record<VariableType, string> = { text: "string", number: "double", boolean: "bool", date: "string" };

/** What an expression reads. `value` is the answer that a collect step checks. */
export interface ExpressionFacts {
  data: Readonly<Record<string, Value>>;
  customer: Readonly<Record<string, Value>>;
  case: Readonly<Record<string, Value>>;
  context: Readonly<Record<string, Value>>;
  contact: Readonly<Record<keyof typeof CONTACT, Value>>;
  value?: Value;
}

export type Evaluated = { ok: true; value: Value } | { ok: false; why: string };

type Program = { ok: true; run: (facts: object) => unknown; ast: ASTNode; type: string } | { ok: false; why: string };

export interface Reads {
  values: string[];
  asked: string[];
  contact: string[];
  outside: boolean;
}

/** An expression's result: `bool` for conditions, a variable's type, or `any` plain value. */
export type Wanted = "bool" | VariableType | "any";

/** The expressions of one definition, each compiled once. */
export class Expressions {
  readonly #environments = new Map<string, Environment>();
  readonly #programs = new Map<string, Program>();
  readonly #variables: FlowDocument["variables"];

  constructor(definition: Pick<FlowDocument, "variables">) {
    this.#variables = definition.variables;
  }

  /** `valueType`: the type of `value`, for the check of a collect step. */
  evaluate(source: string, facts: ExpressionFacts, valueType?: "string" | "double"): Evaluated {
    const program = this.#program(source, valueType);
    if (!program.ok) return program;
    try {
      const result = plain(program.run(facts));
      return result === undefined ? { ok: false, why: "the result is not a plain value" } : { ok: true, value: result };
    } catch (error) {
      return { ok: false, why: reason(error) };
    }
  }

  /** Null = well formed, typed, and of the wanted type. */
  problem(source: string, wanted: Wanted, valueType?: "string" | "double"): string | null {
    const program = this.#program(source, valueType);
    if (!program.ok) return program.why;
    const { type } = program;
    if (type.startsWith("dyn") || fits(type, wanted)) return null;
    return `gives ${type}, not ${wanted === "bool" ? "true or false" : wanted}`;
  }

  /** The variables `data.<name>` that it reads for their value, and those that it only asks about with `has()`; the contact's fields; `outside`: it reads more than these. */
  reads(source: string): Reads {
    const program = this.#program(source, "string");
    const found: Reads = { values: [], asked: [], contact: [], outside: false };
    if (program.ok) gather(program.ast, found);
    return found;
  }

  #program(source: string, valueType?: "string" | "double"): Program {
    const key = `${valueType ?? ""}|${source}`;
    let program = this.#programs.get(key);
    if (!program) {
      program = this.#compile(source, valueType);
      this.#programs.set(key, program);
    }
    return program;
  }

  #compile(source: string, valueType?: "string" | "double"): Program {
    try {
      const run = this.#environment(valueType).parse(source);
      const outlaw = leftOut(run.ast);
      if (outlaw !== null) return { ok: false, why: `${outlaw}() is not part of the language` };
      const checked = run.check();
      if (!checked.valid) return { ok: false, why: reason(checked.error) };
      return { ok: true, run, ast: run.ast, type: checked.type ?? "dyn" };
    } catch (error) {
      return { ok: false, why: reason(error) };
    }
  }

  #environment(valueType?: "string" | "double"): Environment {
    const key = valueType ?? "";
    let environment = this.#environments.get(key);
    if (!environment) {
      const schema = Object.fromEntries(Object.entries(this.#variables).map(([name, { type }]) => [name, CEL_TYPE[type]]));
      environment = BASE.clone().registerVariable({ name: "data", schema });
      if (valueType) environment.registerVariable("value", valueType);
      this.#environments.set(key, environment);
    }
    return environment;
  }
}

const BASE = base();

function base(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS });
  // Numbers of a flow are doubles; authors write 3, not 3.0.
  const mixed: [string, (a: number, b: number) => number][] = [["+", (a, b) => a + b], ["-", (a, b) => a - b], ["*", (a, b) => a * b], ["/", (a, b) => a / b], ["%", (a, b) => a % b]];
  for (const [operator, does] of mixed) {
    environment.registerOperator(`double ${operator} int`, (a: number, b: bigint) => does(a, Number(b)));
    environment.registerOperator(`int ${operator} double`, (a: bigint, b: number) => does(Number(a), b));
  }
  environment.registerOperator("double % double", (a: number, b: number) => a % b);
  environment.registerOperator("double == int", (a: number, b: bigint) => a === Number(b));
  environment.registerOperator("double in list<int>", (a: number, all: readonly bigint[]) => all.some((one) => a === Number(one)));
  environment.registerFunction("number(dyn): double", (value: unknown) => numberOf(value));
  environment.registerFunction("days(string, string): double", (from: string, to: string) => daysBetween(from, to) ?? Number.NaN);
  environment.registerFunction("distanceKm(dyn, dyn, dyn, dyn): double", (latA: unknown, lonA: unknown, latB: unknown, lonB: unknown) => distanceKm(numberOf(latA), numberOf(lonA), numberOf(latB), numberOf(lonB)));
  return environment.registerVariable("customer", "map<string, dyn>").registerVariable("case", "map<string, dyn>").registerVariable("context", "map<string, dyn>").registerVariable({ name: "contact", schema: CONTACT });
}

const compiled = new WeakMap<object, Expressions>();

export function expressionsOf(definition: FlowDocument): Expressions {
  let found = compiled.get(definition);
  if (!found) compiled.set(definition, (found = new Expressions(definition)));
  return found;
}

/** As the variable's type; undefined when it cannot be that. */
export function coerce(type: VariableType, value: Value): Value | undefined {
  if (value === null) return undefined;
  switch (type) {
    case "text":
      return String(value).slice(0, 400);
    case "number": {
      const number = numberOf(value);
      return Number.isFinite(number) ? number : undefined;
    }
    case "boolean":
      return typeof value === "boolean" ? value : value === "true" ? true : value === "false" ? false : undefined;
    case "date":
      return typeof value === "string" && isDate(value) ? value : undefined;
  }
}

/** Digits that a customer typed are a number too; NaN for what is none. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^\s*-?\d{1,15}([.,]\d{1,9})?\s*$/.test(value)) return Number(value.replace(",", "."));
  return Number.NaN;
}

/** Great circle on a sphere of 6,371 km (haversine). */
function distanceKm(latA: number, lonA: number, latB: number, lonB: number): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const h = Math.sin(radians(latB - latA) / 2) ** 2 + Math.cos(radians(latA)) * Math.cos(radians(latB)) * Math.sin(radians(lonB - lonA) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)));
}

function plain(value: unknown): Value | undefined {
  switch (typeof value) {
    case "string":
      return value.slice(0, 400);
    case "number":
      // no card and no request has use for what is no number
      return Number.isFinite(value) ? value : undefined;
    case "boolean":
      return value;
    case "bigint":
      return Number(value);
    default:
      return value === null ? null : undefined;
  }
}

function fits(type: string, wanted: Wanted): boolean {
  switch (wanted) {
    case "bool":
    case "boolean":
      return type === "bool";
    case "number":
      return type === "double" || type === "int" || type === "uint";
    case "text":
      return type === "string" || type === "double" || type === "int";
    case "date":
      return type === "string";
    case "any":
      return ["string", "double", "int", "uint", "bool", "null"].includes(type);
  }
}

function leftOut(node: ASTNode): string | null {
  if ((node.op === "call" || node.op === "rcall") && LEFT_OUT.has(node.args[0])) return node.args[0];
  for (const child of childrenOf(node)) {
    const found = leftOut(child);
    if (found !== null) return found;
  }
  return null;
}

function gather(node: ASTNode, found: Reads): void {
  if (node.op === "call" && node.args[0] === "has") {
    for (const asked of node.args[1]) {
      if (asked.op === "." && asked.args[0].op === "id" && asked.args[0].args === "data") found.asked.push(asked.args[1]);
      else found.outside = true;
    }
    return;
  }
  if (node.op === "." && node.args[0].op === "id" && node.args[0].args === "data") {
    found.values.push(node.args[1]);
    return;
  }
  if (node.op === "." && node.args[0].op === "id" && node.args[0].args === "contact") {
    found.contact.push(node.args[1]);
    return;
  }
  // customer, case, context, value; or data other than by a name
  if (node.op === "id") found.outside = true;
  for (const child of childrenOf(node)) gather(child, found);
}

function childrenOf(node: ASTNode): ASTNode[] {
  const args: unknown = node.args;
  const isNode = (one: unknown): one is ASTNode => typeof one === "object" && one !== null && "op" in one && "args" in one;
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flat(2).filter(isNode) : [];
}

/** The first line: the rest of CEL's message draws the place. */
function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
