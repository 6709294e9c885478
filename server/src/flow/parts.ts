/** What a definition is made of: its texts, expressions and variables, each with its place. For checks, the proof and the prompts. */
import type { FlowDocument, Says, Step, Texts, VariableType } from "@tandem/protocol/flow/flow";
import type { Wanted } from "./expressions.ts";

export type Path = readonly (string | number)[];

export interface Parts {
  says: { path: Path; says: Says }[];
  /** Shown or kept, never spoken. */
  texts: { path: Path; texts: Texts }[];
  expressions: { path: Path; source: string; wanted: Wanted; valueType?: "string" | "double" }[];
  /** Variables that it sets, by name. `type`: what is put in; absent = as the variable says. */
  sets: { path: Path; name: string; type?: VariableType | "any" }[];
  /** Texts for machines, with variables in them. */
  raw: { path: Path; text: string }[];
}

/** Of a step; paths begin at the step. `variables` say what expressions of `set` must give. */
export function partsOf(step: Step, variables: FlowDocument["variables"]): Parts {
  const parts: Parts = { says: [], texts: [], expressions: [], sets: [], raw: [] };
  const says = (path: Path, value: Says | undefined): void => void (value && parts.says.push({ path, says: value }));
  const texts = (path: Path, value: Texts | undefined): void => void (value && parts.texts.push({ path, texts: value }));
  if ("says" in step) says(["says"], step.says);
  if ("label" in step) texts(["label"], step.label);
  switch (step.kind) {
    case "menu":
      step.choices.forEach((choice, i) => {
        texts(["choices", i, "label"], choice.label);
        texts(["choices", i, "reason"], choice.reason);
        for (const [name, value] of Object.entries(choice.set)) parts.sets.push({ path: ["choices", i, "set"], name, type: typeOfValue(value) });
      });
      if (step.anything) parts.sets.push({ path: ["anything"], name: step.anything.name, type: "text" });
      break;
    case "collect": {
      says(["wrong"], step.wrong);
      says(["confirm"], step.confirm);
      texts(["optional", "label"], step.optional?.label);
      const numeric = step.type === "number" || step.type === "amount";
      parts.sets.push({ path: ["variable"], name: step.variable, type: numeric ? "number" : step.type === "date" ? "date" : "text" });
      if (step.check !== undefined) parts.expressions.push({ path: ["check"], source: step.check, wanted: "bool", valueType: numeric ? "double" : "string" });
      break;
    }
    case "branch":
      step.cases.forEach((one, i) => parts.expressions.push({ path: ["cases", i, "when"], source: one.when, wanted: "bool" }));
      break;
    case "lookup":
      parts.expressions.push({ path: ["value"], source: step.value, wanted: "any" });
      break;
    case "update":
      for (const [name, source] of Object.entries(step.fields)) parts.expressions.push({ path: ["fields", name], source, wanted: "any" });
      texts(["timeline"], step.timeline);
      break;
    case "http":
      parts.raw.push({ path: ["url"], text: step.url }, ...Object.entries(step.headers).map(([name, text]) => ({ path: ["headers", name], text })));
      if (step.body !== undefined) parts.raw.push({ path: ["body"], text: step.body });
      step.saves.forEach(({ name }, i) => parts.sets.push({ path: ["saves", i], name, type: "any" }));
      break;
    case "set":
      step.values.forEach(({ name, to }, i) => {
        parts.expressions.push({ path: ["values", i, "to"], source: to, wanted: variables[name]?.type ?? "any" });
        parts.sets.push({ path: ["values", i], name });
      });
      break;
    case "queue":
      if (step.preferredAgent !== undefined) parts.expressions.push({ path: ["preferredAgent"], source: step.preferredAgent, wanted: "text" });
      texts(["whisper"], step.whisper);
      break;
    case "callback":
      says(["confirmed"], step.confirmed);
      break;
    case "voicemail":
      says(["askNumber"], step.askNumber);
      says(["numberTaken"], step.numberTaken);
      break;
    case "deflect":
      if (step.to.kind === "sms") texts(["to", "text"], step.to.text);
      if (step.to.kind === "number") parts.raw.push({ path: ["to", "number"], text: step.to.number });
      break;
    case "transfer":
      parts.raw.push({ path: ["number"], text: step.number });
      break;
    default:
  }
  return parts;
}

function typeOfValue(value: unknown): VariableType | "any" {
  return typeof value === "string" ? "text" : typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "any";
}
