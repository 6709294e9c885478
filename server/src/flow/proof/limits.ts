/**
 * How many questions and how many seconds of prompts can stand between a customer and a person or a promise, at most. Counted from the
 * contact's begin, from the moment that a person is asked for, from each repetition of a question, and from a promise that was turned down
 * or failed (docs/en/proof.md). Nobody is counted for going back: a choice that leads to a question which everybody there has met already,
 * or a second time to the same question, begins a new count.
 */
import type { Edge, Graph, Node } from "./explore.ts";
import { dominance, strongParts } from "./graphs.ts";

/** Choices that circle without going back are walked one by one; beyond so many, their sum is taken. */
const MAX_WALKS = 100_000;

export interface Longest {
  seconds: number;
  asks: number;
  /** The ways that last longest, and those with most questions, to the end. */
  slow: Edge[];
  many: Edge[];
}

/** The longest from every state on, of the ways that one count follows. */
export function longestFrom(graph: Graph): (node: Node) => Longest {
  const { nodes } = graph;
  const back = backEdges(graph);
  const counted = nodes.map((node) => node.edges.filter((edge) => !edge.help && !edge.anew && !edge.rare && !back.has(edge)));
  const parts = strongParts(nodes.length, (id) => counted[id]!.map((edge) => edge.to.id));
  const seconds = new Float64Array(nodes.length);
  const asks = new Int32Array(nodes.length);
  const slow: Edge[][] = nodes.map(() => []);
  const many: Edge[][] = nodes.map(() => []);
  const best: Best = { seconds, asks, slow, many };
  let walks = MAX_WALKS;
  for (const part of parts) {
    const single = part.length === 1 && !counted[part[0]!]!.some((edge) => edge.to.id === part[0]);
    if (single) {
      for (const edge of counted[part[0]!]!) take(best, part[0]!, edge.seconds + seconds[edge.to.id]!, edge.asks + asks[edge.to.id]!, [edge], [edge]);
      continue;
    }
    walks = circling(part, nodes, counted, best, walks);
  }
  return ({ id }) => ({ seconds: seconds[id]!, asks: asks[id]!, slow: follow(slow, id), many: follow(many, id) });
}

interface Best {
  seconds: Float64Array;
  asks: Int32Array;
  slow: Edge[][];
  many: Edge[][];
}

function take(best: Best, node: number, seconds: number, asks: number, slow: readonly Edge[], many: readonly Edge[]): void {
  if (seconds > best.seconds[node]!) {
    best.seconds[node] = seconds;
    best.slow[node] = [...slow];
  }
  if (asks > best.asks[node]!) {
    best.asks[node] = asks;
    best.many[node] = [...many];
  }
}

function follow(ways: readonly (readonly Edge[])[], from: number): Edge[] {
  const all: Edge[] = [];
  const seen = new Set<number>();
  for (let at = from; !seen.has(at); ) {
    seen.add(at);
    const next = ways[at]!;
    all.push(...next);
    const last = next.at(-1);
    if (!last) break;
    at = last.to.id;
  }
  return all;
}

/** Of states that lead to each other: every way that meets no step twice. */
function circling(part: readonly number[], nodes: readonly Node[], counted: readonly (readonly Edge[])[], best: Best, budget: number): number {
  const inside = new Set(part);
  const found = new Map<number, { seconds: number; asks: number; slow: Edge[]; many: Edge[] }>();
  let left = budget;
  for (const from of part) {
    const mine = { seconds: 0, asks: 0, slow: [] as Edge[], many: [] as Edge[] };
    const met = new Set<string>();
    const path: Edge[] = [];
    const walk = (id: number, seconds: number, asks: number): void => {
      if (left-- <= 0) return;
      met.add(groupOf(nodes[id]!));
      for (const edge of counted[id]!) {
        const to = edge.to.id;
        const within = inside.has(to);
        path.push(edge);
        if (within && !met.has(groupOf(edge.to))) walk(to, seconds + edge.seconds, asks + edge.asks);
        else {
          const total = seconds + edge.seconds + (within ? 0 : best.seconds[to]!);
          const questions = asks + edge.asks + (within ? 0 : best.asks[to]!);
          if (total > mine.seconds) Object.assign(mine, { seconds: total, slow: [...path] });
          if (questions > mine.asks) Object.assign(mine, { asks: questions, many: [...path] });
        }
        path.pop();
      }
      met.delete(groupOf(nodes[id]!));
    };
    walk(from, 0, 0);
    found.set(from, mine);
  }
  const above = left > 0 ? null : sumOf(part, counted, best);
  for (const [id, mine] of found) take(best, id, above?.seconds ?? mine.seconds, above?.asks ?? mine.asks, mine.slow, mine.many);
  return left > 0 ? left : budget;
}

/** No way that meets each state once can be longer. */
function sumOf(part: readonly number[], counted: readonly (readonly Edge[])[], best: Best): { seconds: number; asks: number } {
  const inside = new Set(part);
  const sum = { seconds: 0, asks: 0 };
  const exit = { seconds: 0, asks: 0 };
  for (const id of part) {
    sum.seconds += Math.max(0, ...counted[id]!.map((edge) => edge.seconds));
    sum.asks += Math.max(0, ...counted[id]!.map((edge) => edge.asks));
    for (const { to } of counted[id]!) {
      if (inside.has(to.id)) continue;
      exit.seconds = Math.max(exit.seconds, best.seconds[to.id]!);
      exit.asks = Math.max(exit.asks, best.asks[to.id]!);
    }
  }
  return { seconds: sum.seconds + exit.seconds, asks: sum.asks + exit.asks };
}

/** The step, whatever the language and the manner. */
export const groupOf = (node: Node): string => (node.stepId === null ? `#${node.id}` : `${node.place.id}|${node.stepId}`);

/** Choices that lead back to a step which every way here has passed. */
function backEdges({ nodes, starts }: Graph): Set<Edge> {
  const groups = new Map<string, number>();
  const numberOf = (node: Node): number => {
    const key = groupOf(node);
    let number = groups.get(key);
    if (number === undefined) groups.set(key, (number = groups.size));
    return number;
  };
  const group = nodes.map(numberOf);
  const next: Set<number>[] = Array.from({ length: groups.size }, () => new Set());
  for (const node of nodes) for (const edge of node.edges) if (!edge.rare) next[group[node.id]!]!.add(group[edge.to.id]!);
  const lists = next.map((set) => [...set]);
  const dominates = dominance(groups.size, starts.map((node) => group[node.id]!), (at) => lists[at]!);
  const back = new Set<Edge>();
  for (const node of nodes) for (const edge of node.edges) if (edge.chosen && edge.to.stepId !== null && dominates(group[edge.to.id]!, group[node.id]!)) back.add(edge);
  return back;
}
