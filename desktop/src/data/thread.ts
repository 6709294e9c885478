/** The messages of one interaction: those acknowledged by the server in order of `seq`, and ours still on their way. Pure. */
import type { MessageView } from "@tandem/protocol";

export interface PendingMessage {
  readonly clientId: string;
  readonly text: string;
  readonly atMs: number;
  /** `sending` includes waiting for the network; `failed` only when the server refused, with its reason in words. */
  readonly state: "sending" | "failed";
  readonly why: string | null;
}

export interface Thread {
  readonly messages: readonly MessageView[];
  readonly pending: readonly PendingMessage[];
}

export const emptyThread: Thread = { messages: [], pending: [] };

/** Same `seq` twice is one message; one of ours that comes back leaves the pending list. */
export function withMessage(thread: Thread, message: MessageView): Thread {
  const pending = message.clientId === null ? thread.pending : thread.pending.filter((p) => p.clientId !== message.clientId);
  const last = thread.messages.at(-1);
  if (last === undefined || last.seq < message.seq) return { messages: [...thread.messages, message], pending };
  const at = thread.messages.findIndex((m) => m.seq >= message.seq);
  if (thread.messages[at]?.seq === message.seq) return pending.length === thread.pending.length ? thread : { ...thread, pending };
  return { messages: [...thread.messages.slice(0, at), message, ...thread.messages.slice(at)], pending };
}

export function withPending(thread: Thread, added: PendingMessage): Thread {
  // Sent and acknowledged before the optimistic line was drawn, or a retry: never twice.
  if (thread.messages.some((m) => m.clientId === added.clientId)) return thread;
  return { ...thread, pending: [...thread.pending.filter((p) => p.clientId !== added.clientId), added] };
}

export function withFailure(thread: Thread, clientId: string, why: string): Thread {
  return { ...thread, pending: thread.pending.map((p) => (p.clientId === clientId ? { ...p, state: "failed", why } : p)) };
}

export function withoutPending(thread: Thread, clientId: string): Thread {
  return { ...thread, pending: thread.pending.filter((p) => p.clientId !== clientId) };
}

/** The highest seq below which nothing is missing: what to ask the server for is "after this one". */
export function contiguousUpTo(thread: Thread): number {
  let seq = 0;
  for (const message of thread.messages) {
    if (message.seq !== seq + 1) break;
    seq = message.seq;
  }
  return seq;
}
