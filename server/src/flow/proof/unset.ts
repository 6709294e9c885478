/** Variables that are read where, on some path, nothing has set them. */
import type { Finding } from "@tandem/protocol/flow-studio";
import type { FlowDocument, Step, Texts } from "@tandem/protocol/flow/flow";
import { expressionsOf } from "../expressions.ts";
import { partsOf } from "../parts.ts";
import { VARIABLE } from "../words.ts";
import type { Graph, Node } from "./explore.ts";
import { hops, Paths } from "./paths.ts";
import { knownOf } from "./values.ts";

interface Use {
  name: string;
  at: string;
  /** An expression cannot be computed without it; a text leaves it out. */
  needed: boolean;
}

export function unsetVariables(document: FlowDocument, graph: Graph): Finding[] {
  const byStep = new Map<string, Node[]>();
  for (const node of graph.nodes) if (node.stepId !== null && node.place.definition === document) byStep.set(node.stepId, [...(byStep.get(node.stepId) ?? []), node]);
  const ways = new Map<string, Paths>();
  const without = (name: string): Paths => {
    let found = ways.get(name);
    if (!found) ways.set(name, (found = new Paths(graph, (edge) => !edge.rare && knownOf(edge.facts, name).unset && edge.to.place.passed.length === 0)));
    return found;
  };
  const findings: Finding[] = [];
  for (const [stepId, step] of Object.entries(document.steps)) {
    for (const use of usesOf(document, step)) {
      const nodes = (byStep.get(stepId) ?? []).filter((node) => node.facts !== null && knownOf(node.facts, use.name).unset && without(use.name).reaches(node));
      const node = nodes.sort((a, b) => without(use.name).length(a) - without(use.name).length(b))[0];
      if (!node) continue;
      const words = use.needed
        ? { fr: `La variable « ${use.name} » est lue ici, et aucune étape de ce chemin ne lui donne de valeur : la condition serait fausse (écrire has(data.${use.name}) d’abord, ou une valeur initiale).`, en: `The variable “${use.name}” is read here, and no step of this path has set it: the condition would be false (write has(data.${use.name}) first, or give it an initial value).` }
        : { fr: `La variable « ${use.name} » est dite ou envoyée ici, et aucune étape de ce chemin ne lui donne de valeur.`, en: `The variable “${use.name}” is said or sent here, and no step of this path has set it.` };
      findings.push({ code: "unset-variable", severity: use.needed ? "error" : "warning", stepId, at: use.at, language: null, words, path: hops(without(use.name).to(node), document, node, words) });
    }
  }
  return findings;
}

function usesOf(document: FlowDocument, step: Step): Use[] {
  const parts = partsOf(step, document.variables);
  const uses = new Map<string, Use>();
  const add = (use: Use): void => {
    if (Object.hasOwn(document.variables, use.name) && (use.needed || !uses.has(use.name))) uses.set(use.name, use);
  };
  // what an earlier assignment of the same step has set is there
  const set = new Set<string>();
  for (const { path, source } of parts.expressions) {
    const { values, asked } = expressionsOf(document).reads(source);
    for (const name of values) if (!asked.includes(name) && !set.has(name)) add({ name, at: path.join("/"), needed: true });
    if (step.kind === "set") {
      const target = step.values[Number(path[1])]?.name;
      if (target !== undefined) set.add(target);
    }
  }
  const texts = [...parts.says.flatMap(({ path, says }) => [says.sounds, says.reads].flatMap((one) => (one ? textsOf(one).map((text) => ({ path, text })) : []))), ...parts.texts.flatMap(({ path, texts }) => textsOf(texts).map((text) => ({ path, text }))), ...parts.raw];
  for (const { path, text } of texts) for (const [, variable = ""] of text.matchAll(VARIABLE)) if (variable.startsWith("data.")) add({ name: variable.slice(5), at: path.join("/"), needed: false });
  return [...uses.values()];
}

const textsOf = (texts: Texts): string[] => [texts.fr, texts.en].filter((text) => text !== undefined);
