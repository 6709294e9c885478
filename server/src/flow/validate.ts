/**
 * The sense of a definition, without walking it: steps that exist, texts in every language, keys that mean one thing, variables that
 * are declared, expressions that are typed, requests that go where the author meant. What takes walking (a person in reach) is the proof's.
 */
import { SecretName } from "@tandem/protocol/flow-outside";
import { MAX_STEPS, waysOf } from "@tandem/protocol/flow/flow";
import type { FlowDocument, Says, Step, StepOf, Texts, VariableType } from "@tandem/protocol/flow/flow";
import { CONTACT_FIELDS, expressionsOf } from "./expressions.ts";
import { partsOf } from "./parts.ts";
import type { Path } from "./parts.ts";
import { offered } from "./steps/menu.ts";
import { VARIABLE } from "./words.ts";

export interface Problem {
  path: Path;
  why: string;
}

/** Where a step ends the flow, or leaves it. */
const LEAVES: ReadonlySet<Step["kind"]> = new Set(["queue", "callback", "voicemail", "deflect", "transfer", "return", "end"]);
/** Of a step's own, in its texts. */
const OWN_VARIABLES: Partial<Record<Step["kind"], readonly string[]>> = { collect: ["value"], voicemail: ["value"], callback: ["value", "callback.number", "callback.when"] };

export function problemsOf(definition: FlowDocument): Problem[] {
  const problems: Problem[] = [];
  const { steps, variables } = definition;
  const say = (path: Path, why: string): void => void problems.push({ path, why });
  const check = new Texting(definition, say);

  // before anything that costs more with each of them: a definition may come from an import file
  if (Object.keys(steps).length > MAX_STEPS) return [{ path: ["steps"], why: `more than ${MAX_STEPS} steps` }];
  if (!Object.hasOwn(steps, definition.start)) say(["start"], `no step "${definition.start}"`);
  check.says(["reachHuman", "says"], definition.reachHuman.says, []);
  check.texts(["reachHuman", "label"], definition.reachHuman.label, []);
  check.says(["retry", "wrong"], definition.retry.wrong, []);
  check.says(["retry", "silence"], definition.retry.silence, []);
  if (new Set(definition.languages).size !== definition.languages.length) say(["languages"], "a language stands twice");
  for (const [name, { type, initial }] of Object.entries(variables)) {
    if (name in Object.prototype) say(["variables", name], "is a word of JavaScript's own: another name, please");
    if (initial !== undefined && initial !== null && !holds(type, typeof initial)) say(["variables", name], `begins with a ${typeof initial}, and is declared ${type}`);
  }
  for (const [id, step] of Object.entries(steps)) {
    const at = (path: Path): Path => ["steps", id, ...path];
    for (const { port, to } of waysOf(step)) if (!Object.hasOwn(steps, to)) say(at([port]), `leads to "${to}", which does not exist`);
    const own = OWN_VARIABLES[step.kind] ?? [];
    const parts = partsOf(step, variables);
    for (const one of parts.says) check.says(at(one.path), one.says, own);
    for (const one of parts.texts) check.texts(at(one.path), one.texts, own);
    for (const one of parts.raw) check.variables(at(one.path), one.text, one.path[0] === "url" || one.path[0] === "headers" || one.path[0] === "body" ? "secret" : "plain", own);
    for (const one of parts.expressions) {
      const why = expressionsOf(definition).problem(one.source, one.wanted, one.valueType);
      if (why !== null) say(at(one.path), why);
    }
    for (const { path, name, type } of parts.sets) {
      const declared = Object.hasOwn(variables, name) ? variables[name]?.type : undefined;
      if (declared === undefined) say(at(path), `variable "${name}" is not declared`);
      else if (type !== undefined && type !== "any" && !fits(type, declared)) say(at(path), `variable "${name}" is declared ${declared}, and a ${type} is put in`);
    }
    problems.push(...ownProblems(definition, step).map(({ path, why }) => ({ path: at(path), why })));
  }
  for (const id of withoutWayOut(steps)) say(["steps", id], "has no way out: no queue and no end can be reached");
  return problems;
}

/** Texts are there in every language, and name variables that exist. */
class Texting {
  readonly #definition: FlowDocument;
  readonly #say: (path: Path, why: string) => void;

  constructor(definition: FlowDocument, say: (path: Path, why: string) => void) {
    this.#definition = definition;
    this.#say = say;
  }

  says(path: Path, says: Says, own: readonly string[]): void {
    this.texts([...path, "sounds"], says.sounds, own);
    if (says.reads) this.texts([...path, "reads"], says.reads, own);
    for (const language of this.#definition.languages) if (says.aside?.[language]) this.variables([...path, "aside"], says.aside[language].text, "plain", own);
  }

  texts(path: Path, texts: Texts, own: readonly string[]): void {
    for (const language of this.#definition.languages) {
      const text = texts[language];
      if (text === undefined) this.#say(path, `no text in "${language}"`);
      else this.variables(path, text, "plain", own);
    }
  }

  variables(path: Path, text: string, where: "plain" | "secret", own: readonly string[]): void {
    for (const [, name = ""] of text.matchAll(VARIABLE)) if (!this.#known(name, where, own)) this.#say(path, `{${name}} is unknown`);
  }

  #known(name: string, where: "plain" | "secret", own: readonly string[]): boolean {
    if (own.includes(name)) return true;
    const dot = name.indexOf(".");
    const field = name.slice(dot + 1);
    switch (dot < 0 ? "" : name.slice(0, dot)) {
      case "data":
        return Object.hasOwn(this.#definition.variables, field);
      case "customer":
      case "case":
      case "context":
        return /^[A-Za-z]\w{0,39}$/.test(field);
      case "contact":
        return CONTACT_FIELDS.includes(field);
      case "centre":
        return field === "email" || field === "site";
      case "secret":
        return where === "secret" && SecretName.safeParse(field).success;
      default:
        return false;
    }
  }
}

function ownProblems(definition: FlowDocument, step: Step): Problem[] {
  switch (step.kind) {
    case "menu":
      return menuProblems(definition, step);
    case "collect": {
      const bounded = step.min !== undefined && step.max !== undefined && step.min > step.max;
      const counts = step.type === "digits" && [step.min, step.max].some((one) => one !== undefined && (!Number.isInteger(one) || one < 1 || one > 32));
      return [...(bounded ? [{ path: ["min"], why: "min is above max" }] : []), ...(counts ? [{ path: ["max"], why: "a count of digits is 1 to 32" }] : [])];
    }
    case "language": {
      const problems: Problem[] = [];
      if (new Set(step.choices.map((choice) => choice.key)).size !== step.choices.length) problems.push({ path: ["choices"], why: "a key means two things" });
      for (const { language } of step.choices) if (!definition.languages.includes(language)) problems.push({ path: ["choices"], why: `the flow does not speak "${language}"` });
      return problems;
    }
    case "update":
      return step.of === "new-case" && step.fields["subject"] === undefined ? [{ path: ["fields"], why: "a new case must have a subject" }] : [];
    case "http":
      // A value of the customer's in the host would send our secrets to whoever they name.
      return /^(\{secret\.\w+\}|https?:\/\/(\{secret\.\w+\}|[^/?#{}@\s])+)([/?#]|$)/.test(step.url) ? [] : [{ path: ["url"], why: "begins with http:// or https:// and a host without variables, or with a secret" }];
    case "subflow":
      return step.flowId === definition.id ? [{ path: ["flowId"], why: "a flow cannot be a part of itself" }] : [];
    default:
      return [];
  }
}

function menuProblems(definition: FlowDocument, step: StepOf<"menu">): Problem[] {
  const problems: Problem[] = [];
  const { languages, reachHuman } = definition;
  step.choices.forEach((choice, i) => {
    if (choice.language && !languages.includes(choice.language)) problems.push({ path: ["choices", i], why: `the flow does not speak "${choice.language}"` });
    if (choice.key === "*" && reachHuman.keys.includes("*")) problems.push({ path: ["choices", i], why: "* asks for a person in this flow (reachHuman.keys)" });
  });
  for (const language of languages) {
    const keys = offered(step, language).map((choice) => choice.key);
    if (new Set(keys).size !== keys.length) problems.push({ path: ["choices"], why: `a key means two things in "${language}"` });
    if (keys.length === 0) problems.push({ path: ["choices"], why: `no choice is left in "${language}"` });
  }
  return problems;
}

const holds = (type: VariableType, of: string): boolean => of === { text: "string", number: "number", boolean: "boolean", date: "string" }[type];
/** A text may always keep it; digits may be kept as a number. */
const fits = (put: VariableType, declared: VariableType): boolean => put === declared || declared === "text" || (put === "text" && declared !== "boolean");

/** Steps from which nothing that ends or leaves the flow can be reached, walking back from those. */
function withoutWayOut(steps: Readonly<Record<string, Step>>): string[] {
  const before = new Map<string, string[]>();
  for (const [id, step] of Object.entries(steps)) for (const { to } of waysOf(step)) before.set(to, [...(before.get(to) ?? []), id]);
  const out = new Set<string>();
  const open = Object.entries(steps).flatMap(([id, step]) => (LEAVES.has(step.kind) ? [id] : []));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (out.has(id)) continue;
    out.add(id);
    open.push(...(before.get(id) ?? []));
  }
  return Object.keys(steps).filter((id) => !out.has(id));
}

