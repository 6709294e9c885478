import type { Agent } from "./agent.ts";
import type { Entry, Item } from "./waiting.ts";
import { byWeight } from "./waiting.ts";

/** A pair found but not yet made: an item that changed, or the best item for an agent who became free. */
export interface Proposal {
  entry: Entry;
  item: Item | null;
  agent: Agent | null;
}

/** Proposals by turn; small and short-lived. */
export class ProposalHeap {
  readonly #nowMs: number;
  readonly #heap: Proposal[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  push(proposal: Proposal): void {
    const heap = this.#heap;
    let at = heap.push(proposal) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (byWeight(heap[above]!.entry, proposal.entry, this.#nowMs) <= 0) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = proposal;
  }

  pop(): Proposal | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && byWeight(heap[below + 1]!.entry, heap[below]!.entry, this.#nowMs) < 0) below++;
      if (byWeight(last.entry, heap[below]!.entry, this.#nowMs) <= 0) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
