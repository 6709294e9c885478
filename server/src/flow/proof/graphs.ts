/** Plain graph theory for the proof: strongly connected parts, dominators, shortest ways. Iterative: a flow of a thousand steps is deep. */

/** Strongly connected parts, in reverse topological order (Tarjan 1972): what a part leads to comes before it. */
export function strongParts(count: number, next: (node: number) => readonly number[]): number[][] {
  const index = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  const parts: number[][] = [];
  let counter = 0;
  for (let root = 0; root < count; root++) {
    if (index[root] !== -1) continue;
    const work: { node: number; to: readonly number[]; at: number }[] = [];
    const begin = (node: number): void => {
      index[node] = low[node] = counter++;
      stack.push(node);
      onStack[node] = 1;
      work.push({ node, to: next(node), at: 0 });
    };
    begin(root);
    for (let top = work.at(-1); top; top = work.at(-1)) {
      const to = top.to[top.at++];
      if (to !== undefined) {
        if (index[to] === -1) begin(to);
        else if (onStack[to]) low[top.node] = Math.min(low[top.node]!, index[to]!);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low[parent.node] = Math.min(low[parent.node]!, low[top.node]!);
      if (low[top.node] !== index[top.node]) continue;
      const part: number[] = [];
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack[member] = 0;
        part.push(member);
        if (member === top.node) break;
      }
      parts.push(part);
    }
  }
  return parts;
}

/** Does every way from a root to `node` pass `by`? (Cooper, Harvey, Kennedy 2001.) Unreached nodes are dominated by nothing but themselves. */
export function dominance(count: number, roots: readonly number[], next: (node: number) => readonly number[]): (by: number, node: number) => boolean {
  // one root above all
  const top = count;
  const following = (node: number): readonly number[] => (node === top ? roots : next(node));
  const order: number[] = [];
  const seen = new Uint8Array(count + 1);
  const work: { node: number; to: readonly number[]; at: number }[] = [{ node: top, to: roots, at: 0 }];
  seen[top] = 1;
  for (let at = work.at(-1); at; at = work.at(-1)) {
    const to = at.to[at.at++];
    if (to === undefined) {
      order.push(at.node);
      work.pop();
    } else if (!seen[to]) {
      seen[to] = 1;
      work.push({ node: to, to: following(to), at: 0 });
    }
  }
  order.reverse();
  const rank = new Int32Array(count + 1).fill(-1);
  order.forEach((node, i) => (rank[node] = i));
  const before: number[][] = Array.from({ length: count + 1 }, () => []);
  for (const node of order) for (const to of following(node)) before[to]!.push(node);
  const above = new Int32Array(count + 1).fill(-1);
  above[top] = top;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while (rank[a]! > rank[b]!) a = above[a]!;
      while (rank[b]! > rank[a]!) b = above[b]!;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of order) {
      if (node === top) continue;
      let found = -1;
      for (const one of before[node]!) if (above[one] !== -1) found = found === -1 ? one : meet(found, one);
      if (found !== above[node]) {
        above[node] = found;
        changed = true;
      }
    }
  }
  // depth-first intervals of the dominator tree answer in constant time
  const children: number[][] = Array.from({ length: count + 1 }, () => []);
  for (const node of order) if (node !== top) children[above[node]!]!.push(node);
  const begin = new Int32Array(count + 1).fill(-1);
  const end = new Int32Array(count + 1).fill(-1);
  let clock = 0;
  const walk: { node: number; at: number }[] = [{ node: top, at: 0 }];
  begin[top] = clock++;
  for (let at = walk.at(-1); at; at = walk.at(-1)) {
    const child = children[at.node]![at.at++];
    if (child === undefined) {
      end[at.node] = clock;
      walk.pop();
    } else {
      begin[child] = clock++;
      walk.push({ node: child, at: 0 });
    }
  }
  return (by, node) => by === node || (begin[by] !== -1 && begin[node] !== -1 && begin[by]! <= begin[node]! && begin[node]! < end[by]!);
}
