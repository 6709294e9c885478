/**
 * What the visitor's page knows of its conversation: a pure reducer over the wire's frames and the visitor's own acts.
 *
 * The promise it keeps: a message the visitor sent is shown from that instant on, is re-sent until the server gives it back
 * (its `clientId` in a MessageView = written durably), and is never shown twice. A message waits in `outbox` until then.
 */
import type { Conversation, MessageView, WidgetServerFrame } from "@tandem/protocol";

export interface Outgoing {
  clientId: string;
  text: string;
  /** Also its order: strictly rising within a tab, so that every tab re-sends the shared outbox in the same order. */
  atMs: number;
  /** The server's code when it said no; such a message is not sent again by itself. */
  refused: string | null;
}

export interface Talk {
  /** The conversation shown; its `conversation` may follow a frame later. */
  interactionId: string | null;
  conversation: Conversation | null;
  /** Of `interactionId` only, by seq, each once. */
  messages: readonly MessageView[];
  /** Every message up to this seq is here: the `after` of the next hello. */
  have: number;
  outbox: readonly Outgoing[];
  /** Conversations put away by the visitor: the server may still offer them, we no longer show them. */
  left: readonly string[];
  /** Highest seq that was on the visitor's screen. */
  seen: number;
}

/** Enough to recognise an echo that comes late; more would only grow the page's storage. */
const MAX_LEFT = 8;

export const emptyTalk: Talk = { interactionId: null, conversation: null, messages: [], have: 0, outbox: [], left: [], seen: 0 };

export type TalkEvent =
  | { type: "frame"; frame: WidgetServerFrame }
  | { type: "send"; clientId: string; text: string; nowMs: number }
  | { type: "retry"; clientId: string }
  | { type: "discard"; clientId: string }
  | { type: "seen"; upTo: number }
  | { type: "leave" }
  /** What another tab of this visitor wrote to the shared storage. */
  | { type: "shared"; outbox: readonly Outgoing[]; left: readonly string[]; seen: { interactionId: string | null; upTo: number } };

export function stepTalk(talk: Talk, event: TalkEvent): Talk {
  switch (event.type) {
    case "frame":
      return onFrame(talk, event.frame);
    case "send": {
      const last = talk.outbox.at(-1);
      const atMs = last ? Math.max(event.nowMs, last.atMs + 1) : event.nowMs;
      return { ...talk, outbox: [...talk.outbox, { clientId: event.clientId, text: event.text, atMs, refused: null }] };
    }
    case "retry":
      return { ...talk, outbox: talk.outbox.map((o) => (o.clientId === event.clientId ? { ...o, refused: null } : o)) };
    case "discard":
      return { ...talk, outbox: talk.outbox.filter((o) => o.clientId !== event.clientId) };
    case "seen":
      return event.upTo > talk.seen ? { ...talk, seen: event.upTo } : talk;
    case "leave":
      return leave(talk);
    case "shared": {
      const known = new Set([...talk.outbox.map((o) => o.clientId), ...ownIds(talk.messages)]);
      const added = event.outbox.filter((o) => !known.has(o.clientId));
      let next = added.length > 0 ? { ...talk, outbox: inOrder([...talk.outbox, ...added]) } : talk;
      if (next.interactionId !== null && event.left.includes(next.interactionId)) next = leave(next);
      const { interactionId, upTo } = event.seen;
      return interactionId === next.interactionId && upTo > next.seen ? { ...next, seen: upTo } : next;
    }
  }
}

/** True when this message cannot be placed without one that was missed: the caller says hello again. */
export function missesBefore(talk: Talk, message: MessageView): boolean {
  if (message.interactionId === talk.interactionId) return message.seq > talk.have + 1;
  return adopts(talk, message.interactionId) && message.seq > 1;
}

/** Messages of others that were never on the visitor's screen. */
export function unread(talk: Talk): number {
  let count = 0;
  for (const m of talk.messages) if (m.seq > talk.seen && (m.author === "agent" || m.author === "flow")) count++;
  return count;
}

/** What is still to send on this connection, in order. */
export function toSend(talk: Talk): readonly Outgoing[] {
  return talk.outbox.filter((o) => o.refused === null);
}

function onFrame(talk: Talk, frame: WidgetServerFrame): Talk {
  switch (frame.t) {
    case "welcome": {
      const next = acknowledge(talk, frame.messages);
      const value = frame.conversation;
      if (value === null) {
        // The server no longer knows it as open: what was missed may still have come with this frame.
        const closed = next.conversation === null ? null : ({ ...next.conversation, state: "closed", position: null } as const);
        return place({ ...next, conversation: closed }, frame.messages, true);
      }
      if (next.left.includes(value.interactionId)) return next;
      return place({ ...turnTo(next, value.interactionId), conversation: value }, frame.messages, true);
    }
    case "conversation": {
      const { value } = frame;
      if (talk.left.includes(value.interactionId)) return talk;
      if (value.interactionId !== talk.interactionId && talk.interactionId !== null && value.state === "closed") return talk;
      return { ...turnTo(talk, value.interactionId), conversation: value };
    }
    case "message": {
      const { value } = frame;
      if (missesBefore(talk, value)) return talk;
      const next = acknowledge(talk, [value]);
      const turned = adopts(next, value.interactionId) ? turnTo(next, value.interactionId) : next;
      return place(turned, [value], false);
    }
    case "refused":
      return {
        ...talk,
        outbox: talk.outbox.map((o) => (o.clientId === frame.clientId ? { ...o, refused: frame.code } : o)),
      };
    case "typing":
    case "pong":
      return talk;
  }
}

/** A message of an unknown conversation opens it here, unless one is open already (then it is the late echo of an older one). */
function adopts(talk: Talk, interactionId: string): boolean {
  if (interactionId === talk.interactionId || talk.left.includes(interactionId)) return false;
  return talk.interactionId === null || talk.conversation?.state === "closed";
}

function turnTo(talk: Talk, interactionId: string): Talk {
  if (talk.interactionId === interactionId) return talk;
  return { ...leave(talk), interactionId };
}

function leave(talk: Talk): Talk {
  const left = talk.interactionId === null ? talk.left : [...talk.left, talk.interactionId].slice(-MAX_LEFT);
  return { ...emptyTalk, outbox: talk.outbox, left };
}

function acknowledge(talk: Talk, messages: readonly MessageView[]): Talk {
  const echoed = new Set(ownIds(messages));
  if (!talk.outbox.some((o) => echoed.has(o.clientId))) return talk;
  return { ...talk, outbox: talk.outbox.filter((o) => !echoed.has(o.clientId)) };
}

function place(talk: Talk, messages: readonly MessageView[], whole: boolean): Talk {
  const known = new Set(talk.messages.map((m) => m.seq));
  const fresh = messages.filter((m) => m.interactionId === talk.interactionId && !known.has(m.seq));
  if (fresh.length === 0) return talk;
  const all = [...talk.messages, ...fresh].sort((a, b) => a.seq - b.seq);
  const have = whole ? all.at(-1)!.seq : Math.max(talk.have, ...fresh.map((m) => m.seq));
  return { ...talk, messages: all, have };
}

function ownIds(messages: readonly MessageView[]): string[] {
  return messages.flatMap((m) => (m.clientId === null ? [] : [m.clientId]));
}

function inOrder(outbox: readonly Outgoing[]): Outgoing[] {
  return [...outbox].sort((a, b) => a.atMs - b.atMs || (a.clientId < b.clientId ? -1 : 1));
}
