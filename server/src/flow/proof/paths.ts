/** Shortest ways to a state, as they are drawn: step, the way out of it, and why. */
import type { FindingHop } from "@tandem/protocol/flow-studio";
import { wordsOf } from "./because.ts";
import type { Words } from "./because.ts";
import type { Edge, Graph, Node } from "./explore.ts";

export class Paths {
  readonly #by: (Edge | null | undefined)[];
  readonly #lengths: Int32Array;

  /** Breadth first; ways that the interpreter takes only to stop a circle come last. */
  constructor({ nodes, starts }: Graph, along: (edge: Edge) => boolean = () => true) {
    this.#by = Array.from({ length: nodes.length });
    this.#lengths = new Int32Array(nodes.length);
    const reach = (edge: Edge): void => {
      this.#by[edge.to.id] = edge;
      this.#lengths[edge.to.id] = this.#lengths[edge.from.id]! + 1;
      open.push(edge.to);
    };
    let rare: Edge[] = [];
    let open: Node[] = [];
    for (const start of starts) {
      this.#by[start.id] = null;
      open.push(start);
    }
    while (open.length > 0) {
      for (let head = 0; head < open.length; head++) {
        for (const edge of open[head]!.edges) {
          if (this.#by[edge.to.id] !== undefined || !along(edge)) continue;
          if (edge.rare) {
            rare.push(edge);
            continue;
          }
          reach(edge);
        }
      }
      open = [];
      for (const edge of rare) {
        if (this.#by[edge.to.id] === undefined) reach(edge);
      }
      rare = [];
    }
  }

  reaches(node: Node): boolean {
    return this.#by[node.id] !== undefined;
  }

  to(node: Node): Edge[] {
    const path: Edge[] = [];
    for (let edge = this.#by[node.id]; edge; edge = this.#by[edge.from.id]) path.push(edge);
    return path.reverse();
  }

  length(node: Node): number {
    return this.#lengths[node.id]!;
  }
}

/** `last`: what is wrong at the end of it. */
export function hops(path: readonly Edge[], main: { id: string }, at: Node, last: Words): FindingHop[] {
  const flow = (node: Node): { flowId?: string } => (node.place.definition.id === main.id ? {} : { flowId: node.place.definition.id });
  const hop = (edge: Edge): FindingHop => ({ stepId: edge.from.at, port: edge.from.stepId === null || edge.port === "" ? null : edge.port, because: wordsOf(edge.because), ...flow(edge.from) });
  // the end of a step is told once, with what is wrong with it
  const final = path.at(-1);
  const told = final?.port === "" && final.to.end !== null && final.to === at ? path.slice(0, -1) : path;
  return [...told.map(hop), { stepId: at.at, port: null, because: last, ...flow(at) }];
}

/** The last step of the flow itself on the way: where its author looks first. */
export function stepOf(path: readonly Edge[], main: object, at: Node): string | null {
  if (at.place.definition === main) return at.at;
  return path.findLast((edge) => edge.from.place.definition === main)?.from.at ?? null;
}
