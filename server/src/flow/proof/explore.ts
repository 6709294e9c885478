/**
 * Every state that a contact of a flow can be in, and every way between them: sub-flows entered, queues found served, closed, empty and
 * full, deflections walked. A state is a step with the flow around it, the language, and voice or writing; hours, queues and the outside may
 * change between any two steps, so none of them is a part of it. What is known of variables is joined over all paths.
 */
import { FlowLanguage } from "@tandem/protocol/flow/flow";
import type { FlowDocument, SkillNeed, VariableType } from "@tandem/protocol/flow/flow";
import { MAX_DEPTH } from "../run.ts";
import type { FlowEnd } from "../state.ts";
import { BECAUSE } from "./because.ts";
import type { Because } from "./because.ts";
import { Prompts } from "./prompts.ts";
import { WRITTEN_CHANNELS } from "./site.ts";
import type { ProofChannel, QueueFound, Site } from "./site.ts";
import { crossed, entered, join, NOTHING_KNOWN } from "./values.ts";
import type { Facts } from "./values.ts";
import { leaving } from "./ways.ts";
import type { To, Way } from "./ways.ts";

/** A document from an import file whose sub-flows multiply: refused, rather than proved for an hour. */
const MAX_NODES = 100_000;
/** Who was sent to a promise so often and still asks for a person waits for one: their own choice. */
export const OFFERED_ENOUGH = 2;

/** That a queue sent the contact away: what it remembers of it, and how often (`OFFERED_ENOUGH` at most). */
interface SentAway {
  queueId: string;
  memory: string;
  times: number;
}

/** Where a step stands: its flow, what it returns to, and what sent the contact there. */
export interface Place {
  readonly id: number;
  readonly definition: FlowDocument;
  /** The flow that the contact runs: the one that is proved, or a deflection. */
  readonly main: FlowDocument;
  readonly stack: readonly { definition: FlowDocument; next: string }[];
  /** By queue, each once. */
  readonly passed: readonly SentAway[];
  readonly passedKey: string;
  /** Known once a queue has sent the contact away. */
  readonly channel: ProofChannel | null;
  /** By step, then by manner and language. */
  readonly nodes: Map<string, Node[]>;
}

export type End =
  | { end: "person"; queueId: string; found: QueueFound; needs: readonly SkillNeed[] }
  | { end: "number" }
  | { end: FlowEnd; queueId: string | null; exception: string | null }
  /** Queues that send to each other for ever. */
  | { end: "circle"; queueId: string };

export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly port: string;
  readonly because: Because;
  readonly seconds: number;
  readonly asks: 0 | 1;
  readonly chosen: boolean;
  readonly anew: boolean;
  /** What is known on this way. */
  readonly facts: Facts;
  /** The contact asks for a person here. */
  readonly help: boolean;
  /** Only when nothing else leads there: the interpreter's own stop of a circle. */
  readonly rare: boolean;
}

export interface Node {
  readonly id: number;
  readonly place: Place;
  /** Null = a queue or an end: `at` is the step that led there. */
  readonly stepId: string | null;
  readonly at: string;
  readonly written: boolean;
  readonly language: FlowLanguage;
  readonly end: End | null;
  readonly queue: { queueId: string; needs: readonly SkillNeed[]; found: readonly QueueFound[]; chain: readonly string[] } | null;
  facts: Facts | null;
  edges: Edge[];
  apology: number | null;
}

export interface Graph {
  nodes: readonly Node[];
  starts: readonly Node[];
  /** It has more states than are looked at. */
  tooBig: boolean;
  prompts: Prompts;
}

export function explore(document: FlowDocument, site: Site): Graph {
  return new Explorer(document, site).run();
}

class Explorer {
  readonly #document: FlowDocument;
  readonly #site: Site;
  readonly #prompts: Prompts;
  readonly #nodes: Node[] = [];
  readonly #queues = new Map<string, Node>();
  readonly #ends = new Map<string, Node>();
  readonly #places = new Map<string, Place>();
  readonly #documents = new Map<FlowDocument, number>();
  readonly #open: Node[] = [];
  readonly #queued = new Set<Node>();
  /** Variables that the flows of a contact declare differently. A deflection has none of the flow's. */
  readonly #retyped: ReadonlySet<string>;
  #tooBig = false;

  constructor(document: FlowDocument, site: Site) {
    this.#document = document;
    this.#site = site;
    this.#prompts = new Prompts(site);
    this.#retyped = retypedIn(document, site);
  }

  run(): Graph {
    const { channels } = this.#site;
    const place = this.#place({ definition: this.#document, main: this.#document, stack: [], passed: [], channel: null });
    const starts: Node[] = [];
    for (const written of [false, true]) {
      if (channels.length > 0 && !channels.some((channel) => WRITTEN_CHANNELS.includes(channel) === written)) continue;
      for (const language of new Set(this.#document.languages)) starts.push(this.#enter(place, this.#document.start, written, language, entered(this.#document, NOTHING_KNOWN, this.#retyped)));
    }
    let head = 0;
    for (let node = this.#open[head]; node !== undefined; node = this.#open[++head]) {
      this.#queued.delete(node);
      if (this.#nodes.length > MAX_NODES) {
        this.#tooBig = true;
        break;
      }
      if (node.queue) this.#leaveQueue(node, node.queue);
      else this.#leaveStep(node);
    }
    return { nodes: this.#nodes, starts, tooBig: this.#tooBig, prompts: this.#prompts };
  }

  // ---- states

  #numberOf(definition: FlowDocument): number {
    let number = this.#documents.get(definition);
    if (number === undefined) this.#documents.set(definition, (number = this.#documents.size));
    return number;
  }

  #place(of: Omit<Place, "id" | "nodes" | "passedKey">): Place {
    const stack = of.stack.map(({ definition, next }) => `${this.#numberOf(definition)}.${next}`).join("/");
    const passedKey = `${of.channel ?? ""} ${of.passed.map(({ queueId, memory, times }) => `${queueId} ${memory} ${times}`).join("/")}`;
    const key = `${this.#numberOf(of.definition)}|${this.#numberOf(of.main)}|${stack}|${passedKey}`;
    let place = this.#places.get(key);
    if (!place) this.#places.set(key, (place = { ...of, id: this.#places.size, passedKey, nodes: new Map() }));
    return place;
  }

  #node(of: Pick<Node, "place" | "stepId" | "at" | "written" | "language" | "end" | "queue">): Node {
    const node: Node = { id: this.#nodes.length, ...of, facts: null, edges: [], apology: null };
    this.#nodes.push(node);
    return node;
  }

  #enter(place: Place, stepId: string, written: boolean, language: FlowLanguage, facts: Facts): Node {
    let nodes = place.nodes.get(stepId);
    if (!nodes) place.nodes.set(stepId, (nodes = []));
    let node = nodes.find((one) => one.written === written && one.language === language);
    if (!node) nodes.push((node = this.#node({ place, stepId, at: stepId, written, language, end: null, queue: null })));
    const known = node.facts === null ? facts : join(node.facts, facts);
    if (known !== node.facts) {
      node.facts = known;
      this.#visit(node);
    }
    return node;
  }

  #visit(node: Node): void {
    if (this.#queued.has(node)) return;
    this.#queued.add(node);
    this.#open.push(node);
  }

  #end(from: Node, end: End): Node {
    const key = `${from.id} ${end.end} ${"queueId" in end ? (end.queueId ?? "") : ""} ${end.end === "person" ? end.found : ""}`;
    let node = this.#ends.get(key);
    if (!node) this.#ends.set(key, (node = this.#node({ place: from.place, stepId: null, at: from.at, written: from.written, language: from.language, end, queue: null })));
    return node;
  }

  #queue(from: Node, queue: NonNullable<Node["queue"]>, place = from.place): Node {
    const needs = queue.needs.map(({ skillId, minLevel }) => `${skillId} ${minLevel}`).join(",");
    const key = `${place.passedKey}|${from.written ? "w" : "v"}${from.language}|${queue.queueId}|${needs}|${queue.found.join(",")}|${queue.chain.join(">")}`;
    let node = this.#queues.get(key);
    if (!node) {
      this.#queues.set(key, (node = this.#node({ place, stepId: null, at: from.at, written: from.written, language: from.language, end: null, queue })));
      this.#visit(node);
    }
    return node;
  }

  // ---- ways

  #leaveStep(node: Node): void {
    const { place, written, language } = node;
    const { definition, main } = place;
    const step = definition.steps[node.stepId ?? ""];
    const facts = node.facts ?? NOTHING_KNOWN;
    if (!step || node.stepId === null) {
      node.edges = [this.#help(node, BECAUSE.missing, { chosen: false, help: false })];
      return;
    }
    const left = leaving({ definition, main, site: this.#site, prompts: this.#prompts, written, language, facts }, step);
    node.apology = left.apology;
    node.edges = left.ways.map((way) => this.#edge(node, way));
    node.edges.push(this.#help(node, left.rests ? BECAUSE.askedForPerson : BECAUSE.circle, { chosen: true, help: true, rare: !left.rests }));
  }

  #help(node: Node, because: Because, more: Pick<Edge, "chosen" | "help"> & { rare?: boolean }): Edge {
    return { ...this.#edge(node, { way: { to: "human" }, port: "human", because, seconds: 0, asks: 0, chosen: more.chosen, anew: more.help, facts: NOTHING_KNOWN, language: node.language }), help: more.help, rare: more.rare === true };
  }

  #edge(from: Node, way: Way): Edge {
    const { port, because, asks, chosen, anew } = way;
    const { to, seconds } = this.#target(from, way.way, way);
    return { from, to, port, because, seconds: way.seconds + seconds, asks, chosen, anew, facts: way.facts, help: false, rare: false };
  }

  #target(from: Node, to: To, way: Way): { to: Node; seconds: number } {
    const { place, written } = from;
    const { definition, main, stack } = place;
    switch (to.to) {
      case "step":
        return { to: this.#enter(place, to.stepId, written, way.language, way.facts), seconds: 0 };
      case "human": {
        const { queueId, says } = definition.reachHuman;
        return { to: this.#queue(from, { queueId, needs: this.#needs(main, [], from.language), found: ["served", "closed", "empty", "full"], chain: [] }), seconds: written ? 0 : this.#prompts.says(definition, says, from.language) };
      }
      case "queue":
        return { to: this.#queue(from, { queueId: to.queueId, needs: this.#needs(main, to.needs, from.language), found: to.found, chain: [] }), seconds: 0 };
      case "sub": {
        const flow = stack.length < MAX_DEPTH ? (to.flowId === main.id ? main : this.#site.flow(to.flowId)) : null;
        if (!flow) return this.#target(from, { to: "human" }, way);
        const inside = this.#place({ ...place, definition: flow, stack: [...stack, { definition, next: to.next }] });
        return { to: this.#enter(inside, flow.start, written, from.language, entered(flow, way.facts, this.#retyped)), seconds: 0 };
      }
      case "back": {
        const back = stack.at(-1);
        if (!back) return this.#target(from, { to: "human" }, way);
        const outside = this.#place({ ...place, definition: back.definition, stack: stack.slice(0, -1) });
        return { to: this.#enter(outside, back.next, written, from.language, crossed(way.facts, this.#retyped)), seconds: 0 };
      }
      case "number":
        return { to: this.#end(from, { end: "number" }), seconds: 0 };
      case "end":
        return { to: this.#end(from, { end: to.how, queueId: to.queueId, exception: to.exception }), seconds: 0 };
    }
  }

  /** As `Run.toQueue`. */
  #needs(main: FlowDocument, needs: readonly SkillNeed[], language: FlowLanguage): SkillNeed[] {
    return [...needs, ...(main.languageNeeds[language] ?? []).filter((need) => !needs.some((one) => one.skillId === need.skillId))];
  }

  // ---- queues, and where they send contacts

  #leaveQueue(node: Node, queue: NonNullable<Node["queue"]>): void {
    const { queueId, needs, chain } = queue;
    const known = this.#site.queue(queueId);
    node.edges = [];
    const leads = (to: Node, found: QueueFound): void => void node.edges.push({ from: node, to, port: found, because: WHY[found], seconds: 0, asks: 0, chosen: false, anew: false, facts: NOTHING_KNOWN, help: false, rare: false });
    if (!known) {
      leads(this.#end(node, { end: "person", queueId, found: "empty", needs }), "empty");
      return;
    }
    for (const found of queue.found) {
      if ((found === "closed" && !known.everClosed) || (found !== "closed" && !known.everOpen)) continue;
      const seen = new Set<string>();
      for (const channel of this.#channelsOf(node)) {
        for (const deflected of known.deflect({ found, channel, before: node.place.passed.find((one) => one.queueId === queueId)?.memory ?? null })) {
          switch (deflected.to) {
            case "taken":
              if (!seen.has("taken")) leads(this.#end(node, { end: "person", queueId, found, needs }), found);
              seen.add("taken");
              break;
            case "queue":
              leads(chain.includes(deflected.queueId) || deflected.queueId === queueId ? this.#end(node, { end: "circle", queueId: deflected.queueId }) : this.#queue(node, { queueId: deflected.queueId, needs, found: ["served", "closed", "empty", "full"], chain: [...chain, queueId] }, this.#away(node, channel, null)), found);
              break;
            case "flow": {
              const { flow, memory } = deflected;
              const away = this.#place({ ...this.#away(node, channel, { queueId, memory }), definition: flow, main: flow, stack: [] });
              const language = flow.languages.includes(node.language) ? node.language : (flow.languages[0] ?? "fr");
              leads(this.#enter(away, flow.start, node.written, language, entered(flow, NOTHING_KNOWN, this.#retyped)), found);
            }
          }
        }
      }
    }
  }

  #channelsOf(node: Node): readonly ProofChannel[] {
    if (node.place.channel) return [node.place.channel];
    const { channels } = this.#site;
    const all: readonly ProofChannel[] = channels.length > 0 ? channels : ["ivr", "web", "mobile", "chat", "sms"];
    return all.filter((channel) => WRITTEN_CHANNELS.includes(channel) === node.written);
  }

  #away({ place }: Node, channel: ProofChannel, sent: Pick<SentAway, "queueId" | "memory"> | null): Place {
    if (sent === null) return this.#place({ ...place, channel });
    const before = place.passed.find(({ queueId }) => queueId === sent.queueId);
    const passed = [...place.passed.filter((one) => one !== before), { ...sent, times: Math.min((before?.times ?? 0) + 1, OFFERED_ENOUGH) }];
    return this.#place({ ...place, channel, passed: passed.sort((a, b) => (a.queueId < b.queueId ? -1 : 1)) });
  }
}

/** Names that this flow and its sub-flows, however deep, declare with more than one type. */
function retypedIn(document: FlowDocument, site: Site): Set<string> {
  const types = new Map<string, VariableType>();
  const retyped = new Set<string>();
  const met = new Set<string>();
  const open = [document];
  for (let flow = open.pop(); flow; flow = open.pop()) {
    met.add(flow.id);
    for (const [name, { type }] of Object.entries(flow.variables)) if ((types.get(name) ?? type) === type) types.set(name, type);
      else retyped.add(name);
    for (const step of Object.values(flow.steps)) {
      const inner = step.kind === "subflow" && !met.has(step.flowId) ? site.flow(step.flowId) : null;
      if (inner) open.push(inner);
    }
  }
  return retyped;
}

const WHY: Record<QueueFound, Because> = { served: BECAUSE.queueServed, closed: BECAUSE.queueClosed, empty: BECAUSE.queueEmpty, full: BECAUSE.queueFull };
