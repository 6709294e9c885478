/** What the desktop knows of the centre: the snapshot with every event applied. Pure; `apply` is the only way it changes by the wire. */
import type {
  AgentView, DispositionView, InteractionView, MessageView, QueueView, ServerFrame, Snapshot, StreamEvent, UserView,
} from "@tandem/protocol";
import { emptyThread, withMessage } from "./thread.ts";
import type { Thread } from "./thread.ts";

export interface CentreState {
  /** Null until the first snapshot. */
  readonly epoch: string | null;
  readonly seq: number;
  readonly me: UserView | null;
  readonly agents: ReadonlyMap<string, AgentView>;
  readonly queues: ReadonlyMap<string, QueueView>;
  /** In order of arrival here; a change keeps the place, so that lists never move under the cursor. */
  readonly interactions: ReadonlyMap<string, InteractionView>;
  readonly dispositions: readonly DispositionView[];
  /** Messages by interaction: those seen on the stream or fetched. */
  readonly threads: ReadonlyMap<string, Thread>;
  /** Until when the customer of an interaction is shown as typing, in server time. */
  readonly typing: ReadonlyMap<string, number>;
  /** Who has which flow open in the designer. */
  readonly flowEditors: ReadonlyMap<string, readonly { id: string; name: string }[]>;
  /** Server clock minus this machine's clock. */
  readonly clockOffsetMs: number;
}

export const emptyState: CentreState = {
  epoch: null, seq: 0, me: null, agents: new Map(), queues: new Map(), interactions: new Map(), dispositions: [],
  threads: new Map(), typing: new Map(), flowEditors: new Map(), clockOffsetMs: 0,
};

export type Applied = { ok: true; state: CentreState } | { ok: false; why: "no-snapshot" | "epoch" };

/**
 * `atMs` is this machine's clock when the frame came. Sequence numbers are the centre's, so those that concern others are not
 * seen here: they grow, with holes, in the order of the socket. A frame already applied changes nothing.
 */
export function apply(state: CentreState, frame: ServerFrame, atMs: number): Applied {
  switch (frame.t) {
    case "snapshot":
      return { ok: true, state: fromSnapshot(state, frame, atMs) };
    case "resumed":
      // Said after the missed events: from here on everything up to its number is known.
      if (frame.epoch !== state.epoch) return { ok: false, why: "epoch" };
      return { ok: true, state: { ...state, seq: Math.max(state.seq, frame.seq), clockOffsetMs: frame.nowMs - atMs } };
    case "event":
      if (state.epoch === null) return { ok: false, why: "no-snapshot" };
      if (frame.seq <= state.seq) return { ok: true, state };
      return { ok: true, state: { ...applyEvent(state, frame), seq: frame.seq } };
    case "typing": {
      if (frame.who !== "customer") return { ok: true, state };
      return { ok: true, state: { ...state, typing: put(state.typing, frame.interactionId, frame.untilMs) } };
    }
    case "flowEditing":
      return { ok: true, state: { ...state, flowEditors: put(state.flowEditors, frame.flowId, frame.users) } };
    case "flowChanged": case "flowTried": case "promisedWork": case "caseChanged":
      // Heard by the pages that show them (`centre.onChange`).
      return { ok: true, state };
    case "pong":
      return { ok: true, state: { ...state, clockOffsetMs: frame.nowMs - atMs } };
    case "bye":
      return { ok: true, state };
  }
}

function fromSnapshot(state: CentreState, frame: Snapshot, atMs: number): CentreState {
  const fresh = new Map(frame.interactions.map((interaction) => [interaction.id, interaction]));
  const interactions = new Map<string, InteractionView>();
  for (const id of state.interactions.keys()) {
    const value = fresh.get(id);
    if (value !== undefined) interactions.set(id, value);
  }
  for (const [id, value] of fresh) interactions.set(id, value);
  const threads = new Map([...state.threads].filter(([id]) => fresh.has(id)));
  return {
    epoch: frame.epoch,
    seq: frame.seq,
    me: frame.me,
    agents: new Map(frame.agents.map((agent) => [agent.id, agent])),
    queues: new Map(frame.queues.map((queue) => [queue.id, queue])),
    interactions,
    dispositions: frame.dispositions,
    threads,
    typing: new Map(),
    flowEditors: new Map(),
    clockOffsetMs: frame.nowMs - atMs,
  };
}

function applyEvent(state: CentreState, event: StreamEvent): CentreState {
  switch (event.kind) {
    case "interaction":
      return { ...state, interactions: put(state.interactions, event.value.id, event.value) };
    case "interactionGone":
      return {
        ...state,
        interactions: drop(state.interactions, event.id),
        threads: drop(state.threads, event.id),
        typing: drop(state.typing, event.id),
      };
    case "message":
      return withMessages(state, event.value.interactionId, [event.value], event.value.author === "customer");
    case "agent":
      return { ...state, agents: put(state.agents, event.value.id, event.value) };
    case "agentGone":
      return { ...state, agents: drop(state.agents, event.id) };
    case "queue":
      return { ...state, queues: put(state.queues, event.value.id, event.value) };
    case "dispositions":
      return { ...state, dispositions: event.value };
    case "queueGone":
      return { ...state, queues: drop(state.queues, event.id) };
  }
}

/** Adds messages fetched by REST or come by the stream; a message of the customer ends the typing dots. */
export function withMessages(state: CentreState, interactionId: string, messages: readonly MessageView[], endsTyping = false): CentreState {
  let thread = state.threads.get(interactionId) ?? emptyThread;
  for (const message of messages) thread = withMessage(thread, message);
  return {
    ...state,
    threads: put(state.threads, interactionId, thread),
    typing: endsTyping ? drop(state.typing, interactionId) : state.typing,
  };
}

export function withThread(state: CentreState, interactionId: string, change: (thread: Thread) => Thread): CentreState {
  return { ...state, threads: put(state.threads, interactionId, change(state.threads.get(interactionId) ?? emptyThread)) };
}

function put<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function drop<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
