import type { UserRow } from "./rows.ts";

/** Does this person take contacts of that queue? Without queues of their own they take those of every one. */
export function servesQueue({ active, roles, queueIds }: Pick<UserRow, "active" | "roles" | "queueIds">, queueId: string): boolean {
  return active && roles.includes("agent") && (queueIds.length === 0 || queueIds.includes(queueId));
}
