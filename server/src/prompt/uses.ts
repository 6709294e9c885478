/** Where a prompt is used: its id stands in a flow, a queue's settings or a calendar as a plain string, and ids are like nothing else. */

/** Deeper is no document of ours. Attack: a nested import that overruns the stack. */
const MAX_DEPTH = 40;

export interface PromptUser {
  where: "flow" | "queue" | "hours" | "centre";
  id: string;
  name: string;
  /** Any JSON. */
  body: unknown;
}

/** The ids of `ids` that stand anywhere in a document. */
export function idsIn(document: unknown, ids: ReadonlySet<string>, found = new Set<string>(), depth = 0): Set<string> {
  if (typeof document === "string") {
    if (ids.has(document)) found.add(document);
  } else if (typeof document === "object" && document !== null && depth < MAX_DEPTH) {
    for (const value of Object.values(document)) idsIn(value, ids, found, depth + 1);
  }
  return found;
}

export function usesOf(ids: ReadonlySet<string>, users: readonly PromptUser[]): Map<string, { where: PromptUser["where"]; id: string; name: string }[]> {
  const uses = new Map<string, { where: PromptUser["where"]; id: string; name: string }[]>();
  for (const { where, id, name, body } of users) {
    for (const promptId of idsIn(body, ids)) {
      const list = uses.get(promptId) ?? [];
      // a flow has a draft and a published version: one use
      if (!list.some((one) => one.where === where && one.id === id)) list.push({ where, id, name });
      uses.set(promptId, list);
    }
  }
  return uses;
}
