/** Messages as drawn: grouped by author and time, with days between. Pure. */
import type { MessageView } from "@tandem/protocol";

/** How long a customer of a chat may wait for the next answer before it shows as late; no queue has a setting for it yet. */
export const REPLY_WITHIN_MS = 90_000;

/** A pause longer than this starts a new group, with its own name and hour. */
const GROUP_MS = 3 * 60_000;

export type Block =
  | { kind: "day"; key: string; atMs: number }
  | { kind: "system"; key: string; message: MessageView }
  | { kind: "group"; key: string; author: "customer" | "agent" | "flow"; name: string; atMs: number; messages: MessageView[] };

export function blocks(messages: readonly MessageView[]): Block[] {
  const out: Block[] = [];
  let day = "";
  for (const message of messages) {
    const on = new Date(message.atMs).toDateString();
    // The first day is said only when it is not today: most conversations are of now.
    if (on !== day && (day !== "" || on !== new Date(messages.at(-1)?.atMs ?? message.atMs).toDateString())) out.push({ kind: "day", key: `d${message.seq}`, atMs: message.atMs });
    day = on;
    if (message.author === "system") {
      out.push({ kind: "system", key: message.id, message });
      continue;
    }
    const last = out.at(-1);
    const previous = last?.kind === "group" ? last.messages.at(-1) : undefined;
    if (last?.kind === "group" && last.author === message.author && last.name === message.authorName && previous !== undefined && message.atMs - previous.atMs < GROUP_MS) last.messages.push(message);
    else out.push({ kind: "group", key: message.id, author: message.author, name: message.authorName, atMs: message.atMs, messages: [message] });
  }
  return out;
}

/** Since when the customer waits for an answer: the first of their messages after the agent's last. Null when the agent wrote last. */
export function unansweredSince(messages: readonly MessageView[]): number | null {
  let since: number | null = null;
  for (const message of messages) {
    if (message.author === "agent") since = null;
    else if (message.author === "customer") since ??= message.atMs;
  }
  return since;
}
