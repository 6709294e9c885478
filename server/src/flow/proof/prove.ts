/** The proof: that whoever contacts this flow ends with a person, a promise or a declared exception, soon enough. What is proved, and what is not: docs/en/proof.md. */
import type { Finding, Proof } from "@tandem/protocol/flow-studio";
import type { FlowDocument, FlowLanguage } from "@tandem/protocol/flow/flow";
import { MAX_STEPS_ALONE } from "../interpreter.ts";
import { BECAUSE } from "./because.ts";
import type { Words } from "./because.ts";
import { faultOf, faultOfTarget } from "./ends.ts";
import { explore, OFFERED_ENOUGH } from "./explore.ts";
import type { Edge, Graph, Node } from "./explore.ts";
import { strongParts } from "./graphs.ts";
import { groupOf, longestFrom } from "./limits.ts";
import type { Longest } from "./limits.ts";
import { hops, Paths, stepOf } from "./paths.ts";
import { senseOf } from "./sense.ts";
import type { Site } from "./site.ts";
import { unsetVariables } from "./unset.ts";

/** Errors first, then in the order of the checks. `ok` = no errors. */
export function prove(document: FlowDocument, site: Site): Proof {
  const beganMs = site.clockMs?.() ?? 0;
  const graph = explore(document, site);
  const paths = new Paths(graph);
  const findings = [
    ...senseOf(document, site),
    ...(graph.tooBig ? [tooBig()] : []),
    ...ends(document, site, graph),
    ...loops(document, graph, paths),
    ...limits(document, graph, paths),
    ...foreignLanguages(document, graph, paths),
    ...unsetVariables(document, graph),
    ...unreachable(document, graph),
  ];
  findings.sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
  return { ok: !findings.some(({ severity }) => severity === "error"), ms: (site.clockMs?.() ?? 0) - beganMs, statesChecked: graph.nodes.length, findings };
}

function tooBig(): Finding {
  return { code: "too-big", severity: "error", stepId: null, language: null, path: [], words: { fr: "Ce parcours a trop d’états pour être prouvé : ses sous-parcours se multiplient.", en: "This flow has too many states to be proved: its sub-flows multiply." } };
}

// ---- where contacts end

function ends(document: FlowDocument, site: Site, graph: Graph): Finding[] {
  const found = new Map<string, { finding: Finding; length: number }>();
  // Fewer steps than that are gone round only in a circle, which is a finding of its own.
  const steps = Map.groupBy(graph.nodes.filter(({ stepId }) => stepId !== null), ({ place }) => place.passedKey);
  const endless = [...steps.values()].some((nodes) => new Set(nodes.map(groupOf)).size > MAX_STEPS_ALONE);
  const paths = new Paths(graph, (edge) => (endless || !edge.rare) && !(edge.help && edge.from.place.passed.some(({ times }) => times >= OFFERED_ENOUGH)));
  for (const node of graph.nodes) {
    const fault = node.end ? faultOf(node, node.end, site) : node.queue ? faultOfTarget(node.queue.queueId, site) : null;
    if (!fault || !paths.reaches(node)) continue;
    const key = `${fault.code} ${fault.cause}`;
    const path = paths.to(node);
    const known = found.get(key);
    if (known && known.length <= path.length) continue;
    found.set(key, {
      length: path.length,
      finding: { code: fault.code, severity: "error", stepId: stepOf(path, document, node), language: fault.code === "nobody-skilled" ? node.language : null, words: fault.words, path: hops(path, document, node, fault.words) },
    });
  }
  return [...found.values()].map(({ finding }) => finding);
}

// ---- circles

/** Circles that a contact goes round without choosing anything. */
function loops(document: FlowDocument, graph: Graph, paths: Paths): Finding[] {
  const { nodes } = graph;
  const alone = (edge: Edge): boolean => !edge.chosen && !edge.help && !edge.rare;
  const findings = new Map<string, Finding>();
  for (const part of strongParts(nodes.length, (id) => nodes[id]!.edges.filter(alone).map((edge) => edge.to.id))) {
    const inside = new Set(part);
    const within = (edge: Edge): boolean => alone(edge) && inside.has(edge.to.id);
    if (part.length === 1 && !nodes[part[0]!]!.edges.some(within)) continue;
    const first = part.map((id) => nodes[id]!).reduce((a, b) => (paths.length(b) < paths.length(a) ? b : a));
    if (findings.has(groupOf(first))) continue;
    const words: Words = { fr: "Qui ne choisit rien tourne en rond ici, sans personne ni fin.", en: "Who chooses nothing goes round here, with no person and no end." };
    const round = roundOf(first, within);
    const path = [...paths.to(first), ...round];
    findings.set(groupOf(first), { code: "loop", severity: "error", stepId: stepOf(path, document, first), language: null, words, path: hops(path, document, first, words) });
  }
  return [...findings.values()];
}

/** The shortest way from a state back to itself. */
function roundOf(start: Node, within: (edge: Edge) => boolean): Edge[] {
  const by = new Map<Node, Edge>();
  const open = [start];
  for (let at = open.shift(); at; at = open.shift()) {
    for (const edge of at.edges) {
      if (!within(edge) || by.has(edge.to)) continue;
      by.set(edge.to, edge);
      if (edge.to !== start) {
        open.push(edge.to);
        continue;
      }
      const round: Edge[] = [];
      for (let back: Edge | undefined = edge; back; back = back.from === start ? undefined : by.get(back.from)) round.push(back);
      return round.reverse();
    }
  }
  return [];
}

// ---- soon enough

interface Count {
  at: Node;
  /** Before the count begins, to draw it. */
  lead: Edge[];
  seconds: number;
  asks: number;
  longest: Longest;
  from: "begin" | "help" | "again" | "anew";
}

const FROM: Record<Count["from"], Words> = {
  begin: { fr: "depuis le début du contact", en: "from the contact’s begin" },
  help: { fr: "depuis la demande d’une personne", en: "from asking for a person" },
  again: { fr: "depuis la répétition de la question", en: "from the repetition of the question" },
  anew: { fr: "depuis une promesse refusée ou manquée", en: "from a promise that was turned down or failed" },
};

function limits(document: FlowDocument, graph: Graph, paths: Paths): Finding[] {
  const longest = longestFrom(graph);
  const worst = new Map<string, { count: Count; value: number }>();
  const { steps: mostSteps, seconds: mostSeconds } = document.limits;
  const judge = (count: Count): void => {
    const { at } = count;
    const rank = (code: "too-many-steps" | "too-long", value: number): void => {
      const key = `${code} ${count.from} ${at.language}`;
      if (value > (worst.get(key)?.value ?? 0)) worst.set(key, { count, value });
    };
    if (count.asks > mostSteps) rank("too-many-steps", count.asks);
    // Reading takes the customer's own time.
    if (!at.written && count.seconds > mostSeconds + SLACK) rank("too-long", count.seconds);
  };
  for (const start of graph.starts) {
    const all = longest(start);
    judge({ at: start, lead: [], seconds: all.seconds, asks: all.asks, longest: all, from: "begin" });
  }
  for (const node of graph.nodes) {
    if (node.apology !== null) {
      const all = longest(node);
      judge({ at: node, lead: [], seconds: node.apology + all.seconds, asks: all.asks, longest: all, from: "again" });
    }
    for (const edge of node.edges) {
      if (!edge.anew || edge.rare) continue;
      const all = longest(edge.to);
      judge({ at: node, lead: [edge], seconds: edge.seconds + all.seconds, asks: edge.asks + all.asks, longest: all, from: edge.help ? "help" : "anew" });
    }
  }
  return [...worst].map(([key, { count, value }]) => told(document, paths, key.startsWith("too-many") ? "too-many-steps" : "too-long", count, value));
}

/** Sums of decimals. */
const SLACK = 1e-6;

function told(document: FlowDocument, paths: Paths, code: "too-many-steps" | "too-long", count: Count, value: number): Finding {
  const { at, from, longest, lead } = count;
  const since = FROM[from];
  const seconds = Math.ceil(value * 10) / 10;
  const words: Words =
    code === "too-long"
      ? { fr: `Jusqu’à ${String(seconds).replace(".", ",")} s d’annonces ${since.fr} : la limite est ${document.limits.seconds} s.`, en: `Up to ${seconds} s of prompts ${since.en}: the limit is ${document.limits.seconds} s.` }
      : { fr: `Jusqu’à ${value} questions ${since.fr} : la limite est ${document.limits.steps}.`, en: `Up to ${value} questions ${since.en}: the limit is ${document.limits.steps}.` };
  const tail = code === "too-long" ? longest.slow : longest.many;
  const again = from === "again" ? [{ stepId: at.at, port: null, because: BECAUSE.repeated }] : [];
  const path = [...paths.to(at), ...lead, ...tail];
  const drawn = hops(path, document, path.at(-1)?.to ?? at, words);
  drawn.splice(paths.to(at).length, 0, ...again);
  return { code, severity: "error", stepId: stepOf(path, document, at), language: at.language satisfies FlowLanguage, words, path: drawn, ...(code === "too-long" ? { seconds } : { steps: value }) };
}

// ---- in a language that is not spoken there

/** Sub-flows that lack a language of who enters them, and flows that a sub-flow brings one to. */
function foreignLanguages(document: FlowDocument, graph: Graph, paths: Paths): Finding[] {
  const nearest = new Map<string, Node>();
  for (const node of graph.nodes) {
    const { place: { definition }, language } = node;
    if (node.stepId === null || definition.languages.includes(language) || !paths.reaches(node)) continue;
    const known = nearest.get(`${definition.id} ${language}`);
    if (!known || paths.length(node) < paths.length(known)) nearest.set(`${definition.id} ${language}`, node);
  }
  return [...nearest.values()].map((node) => {
    const { place: { definition }, language } = node;
    const words = { fr: `Le client arrive ici en ${language === "fr" ? "français" : "anglais"}, et « ${definition.name} » n’a pas de texte dans cette langue.`, en: `The customer comes here in ${language === "fr" ? "French" : "English"}, and “${definition.name}” has no text in that language.` };
    const path = paths.to(node);
    return { code: "missing-language", severity: "error", stepId: stepOf(path, document, node), language, words, path: hops(path, document, node, words) };
  });
}

// ---- what nobody meets

function unreachable(document: FlowDocument, graph: Graph): Finding[] {
  const met = new Set(graph.nodes.flatMap((node) => (node.stepId !== null && node.place.definition === document ? [node.stepId] : [])));
  return Object.keys(document.steps).filter((stepId) => !met.has(stepId)).map((stepId) => {
    const words = { fr: "Aucun contact n’arrive à cette étape.", en: "No contact ever comes to this step." };
    return { code: "unreachable", severity: "warning", stepId, language: null, words, path: [{ stepId, port: null, because: words }] };
  });
}
