/** One signed-in desktop: the centre's state kept true by the stream, and what the agent does that must be seen at once. */
import type { ServerFrame } from "@tandem/protocol";
import { api } from "./api.ts";
import { newClientId } from "./client-id.ts";
import { createOutbox } from "./outbox.ts";
import { apply, emptyState, withMessages, withThread } from "./state.ts";
import type { CentreState } from "./state.ts";
import { createStore } from "./store.ts";
import type { Store } from "./store.ts";
import { startStream } from "./stream.ts";
import type { Connection, Stream, StreamPorts } from "./stream.ts";
import { contiguousUpTo, emptyThread, withFailure, withoutPending, withPending } from "./thread.ts";

/** Typing is told at most this often; the server shows it a little longer. */
const TYPING_EVERY_MS = 2500;

export interface CentreChange {
  readonly before: CentreState;
  readonly after: CentreState;
  readonly frame: ServerFrame;
}

export interface Centre {
  readonly state: Store<CentreState>;
  readonly connection: Store<Connection>;
  /** Server time now. */
  now(): number;
  /** Each applied frame with the state before and after: sounds and announcements listen here. */
  onChange(listener: (change: CentreChange) => void): () => void;
  /** Fetches what is missing of a conversation, once at a time; resolves when it is whole. */
  loadThread(interactionId: string): Promise<void>;
  sendMessage(interactionId: string, text: string): void;
  /** Tries a refused message again, or forgets it. */
  resendMessage(interactionId: string, clientId: string): void;
  discardMessage(interactionId: string, clientId: string): void;
  typing(interactionId: string): void;
  markRead(interactionId: string, upTo: number): void;
  /** This desktop has the flow open in the designer; null: none. Said again after each reconnection. */
  editFlow(flowId: string | null): void;
  stop(): void;
}

export function createCentre(ports: StreamPorts): Centre {
  const state = createStore<CentreState>(emptyState);
  const connection = createStore<Connection>({ phase: "connecting", sinceMs: ports.now(), attempts: 0 });
  const listeners = new Set<(change: CentreChange) => void>();
  const loading = new Map<string, Promise<void>>();
  const typingToldMs = new Map<string, number>();
  const readTold = new Map<string, number>();
  let editedFlow: string | null = null;

  const outbox = createOutbox({
    after: ports.after,
    send: (id, message) => api.sendMessage(id, message),
    onSent: (message) => state.update((s) => withMessages(s, message.interactionId, [message])),
    onRefused: (id, clientId, why) => state.update((s) => withThread(s, id, (thread) => withFailure(thread, clientId, why))),
  });

  const stream: Stream = startStream({
    ports,
    resumeFrom: () => ({ epoch: state.get().epoch, seq: state.get().seq }),
    onFrame(frame) {
      const before = state.get();
      const applied = apply(before, frame, ports.now());
      if (!applied.ok) {
        console.warn(`stream: ${frame.t} does not fit (${applied.why}), starting over`);
        state.set({ ...before, epoch: null });
        return "restart";
      }
      state.set(applied.state);
      for (const listener of listeners) listener({ before, after: applied.state, frame });
      return "ok";
    },
    onConnection(next) {
      connection.set(next);
      if (next.phase !== "live") return;
      outbox.nudge();
      if (editedFlow !== null) stream.send({ t: "editFlow", flowId: editedFlow });
    },
  });

  const load = async (interactionId: string): Promise<void> => {
    const thread = state.get().threads.get(interactionId) ?? emptyThread;
    const after = contiguousUpTo(thread);
    const messages = await api.messages(interactionId, after);
    state.update((s) => withMessages(s, interactionId, messages));
  };

  const put = (interactionId: string, clientId: string, text: string): void => {
    const pending = { clientId, text, atMs: ports.now() + state.get().clockOffsetMs, state: "sending" as const, why: null };
    state.update((s) => withThread(s, interactionId, (thread) => withPending(thread, pending)));
    outbox.put(interactionId, { clientId, text });
  };

  const pendingOf = (interactionId: string, clientId: string) =>
    state.get().threads.get(interactionId)?.pending.find((p) => p.clientId === clientId);

  return {
    state,
    connection,
    now: () => ports.now() + state.get().clockOffsetMs,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadThread(interactionId) {
      const running = loading.get(interactionId);
      if (running !== undefined) return running;
      const started = load(interactionId).finally(() => loading.delete(interactionId));
      loading.set(interactionId, started);
      return started;
    },
    sendMessage: (interactionId, text) => put(interactionId, newClientId(), text.trim()),
    resendMessage(interactionId, clientId) {
      const pending = pendingOf(interactionId, clientId);
      if (pending !== undefined) put(interactionId, clientId, pending.text);
    },
    discardMessage(interactionId, clientId) {
      if (pendingOf(interactionId, clientId)?.state !== "failed") return;
      state.update((s) => withThread(s, interactionId, (thread) => withoutPending(thread, clientId)));
    },
    typing(interactionId) {
      const now = ports.now();
      if (now - (typingToldMs.get(interactionId) ?? -TYPING_EVERY_MS) < TYPING_EVERY_MS) return;
      if (stream.send({ t: "typing", interactionId })) typingToldMs.set(interactionId, now);
    },
    markRead(interactionId, upTo) {
      if (upTo <= (readTold.get(interactionId) ?? 0)) return;
      if (stream.send({ t: "read", interactionId, upTo })) readTold.set(interactionId, upTo);
    },
    editFlow(flowId) {
      editedFlow = flowId;
      stream.send({ t: "editFlow", flowId });
    },
    stop: wakeups(stream),
  };
}

/** Network back, or the tab in front again: look at once. Returns what ends the stream and the listening. */
function wakeups(stream: Stream): () => void {
  const nudge = (): void => stream.nudge();
  const onVisible = (): void => {
    if (document.visibilityState === "visible") nudge();
  };
  globalThis.addEventListener?.("online", nudge);
  globalThis.document?.addEventListener("visibilitychange", onVisible);
  return () => {
    globalThis.removeEventListener?.("online", nudge);
    globalThis.document?.removeEventListener("visibilitychange", onVisible);
    stream.stop();
  };
}
