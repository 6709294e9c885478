/** How components read the centre. Each hook draws its component again only when what it returns changes. */
import type { AgentView, DispositionView, InteractionView, QueueView, SessionView, UserView } from "@tandem/protocol";
import { useEffect, useState, useSyncExternalStore } from "react";
import { inWords } from "./api.ts";
import type { Centre } from "./centre.ts";
import { session } from "./session.ts";
import type { Session } from "./session.ts";
import type { CentreState } from "./state.ts";
import { useSelect } from "./store.ts";
import type { Connection } from "./stream.ts";
import { contiguousUpTo, emptyThread } from "./thread.ts";
import type { Thread } from "./thread.ts";

export function useSession(): Session {
  return useSelect(session, (s) => s);
}

/** The signed-in desktop; only below the shell that checked the session. */
export function useCentre(): Centre {
  const now = useSession();
  if (now.phase !== "in") throw new Error("useCentre outside a signed-in screen");
  return now.centre;
}

export function useSessionView(): SessionView {
  const now = useSession();
  if (now.phase !== "in") throw new Error("useSessionView outside a signed-in screen");
  return now.view;
}

export function useCentreState<R>(select: (state: CentreState) => R): R {
  return useSelect(useCentre().state, select);
}

/** True once the first snapshot is here: before it, skeletons. */
export function useReady(): boolean {
  return useCentreState((s) => s.epoch !== null);
}
export function useMe(): UserView {
  const view = useSessionView();
  return useCentreState((s) => s.me) ?? view.user;
}
export function useMyAgent(): AgentView | null {
  const me = useMe();
  return useAgent(me.id);
}
export function useAgent(id: string | null): AgentView | null {
  return useCentreState((s) => (id === null ? null : (s.agents.get(id) ?? null)));
}
export function useAgents(): readonly AgentView[] {
  return useCentreState((s) => [...s.agents.values()]);
}
export function useQueues(): readonly QueueView[] {
  return useCentreState((s) => [...s.queues.values()]);
}
export function useQueue(id: string | null): QueueView | null {
  return useCentreState((s) => (id === null ? null : (s.queues.get(id) ?? null)));
}
/** All open interactions that this user may see, in order of arrival. */
export function useInteractions(): readonly InteractionView[] {
  return useCentreState((s) => [...s.interactions.values()]);
}
/** Those offered to me, mine in conversation, and those I wrap up. */
export function useMyInteractions(): readonly InteractionView[] {
  const me = useMe();
  return useCentreState((s) => [...s.interactions.values()].filter((i) => isMine(i, me.id)));
}
export function isMine(interaction: InteractionView, agentId: string): boolean {
  return interaction.state === "offered" ? interaction.offer?.agentId === agentId : interaction.agentId === agentId;
}
export function useInteraction(id: string | null): InteractionView | null {
  return useCentreState((s) => (id === null ? null : (s.interactions.get(id) ?? null)));
}
export function useDispositions(): readonly DispositionView[] {
  return useCentreState((s) => s.dispositions);
}
export function useConnection(): Connection {
  return useSelect(useCentre().connection, (c) => c);
}

export interface LoadedThread extends Thread {
  /** False while older messages are still on their way. */
  readonly whole: boolean;
  /** Why they could not be fetched, in words. */
  readonly why: string | null;
  readonly reload: () => void;
}

/** The conversation's messages, fetched when first shown and again when a hole is seen (after an absence). */
export function useThread(interactionId: string): LoadedThread {
  const centre = useCentre();
  const thread = useCentreState((s) => s.threads.get(interactionId) ?? emptyThread);
  const expected = useCentreState((s) => s.interactions.get(interactionId)?.messages ?? 0);
  const whole = contiguousUpTo(thread) >= Math.max(expected, thread.messages.at(-1)?.seq ?? 0);
  const [failure, setFailure] = useState<{ turn: string; why: string } | null>(null);
  const live = useConnection().phase === "live";
  const [asked, setAsked] = useState(0);
  /** Changes when asking again may give more: line back, asked by hand, one more message announced. */
  const turn = `${interactionId} ${live} ${asked} ${expected}`;
  useEffect(() => {
    if (whole) return;
    let here = true;
    centre.loadThread(interactionId).then(
      () => here && setFailure(null),
      (error: unknown) => here && setFailure({ turn, why: inWords(error) }),
    );
    return () => {
      here = false;
    };
  }, [centre, interactionId, whole, turn]);
  const why = !whole && failure?.turn === turn ? failure.why : null;
  return { ...thread, whole, why, reload: () => setAsked((n) => n + 1) };
}

/** Is the customer of this interaction typing now? Falls silent by itself when the time is over. */
export function useTyping(interactionId: string): boolean {
  const centre = useCentre();
  const untilMs = useCentreState((s) => s.typing.get(interactionId) ?? 0);
  const [overAt, setOverAt] = useState(0);
  useEffect(() => {
    const leftMs = untilMs - centre.now();
    if (leftMs <= 0) return;
    const timer = setTimeout(() => setOverAt(untilMs), leftMs);
    return () => clearTimeout(timer);
  }, [centre, untilMs]);
  return untilMs > overAt && untilMs > centre.now();
}

const tickers = new Map<number, { listeners: Set<() => void> }>();

/**
 * Server time, drawn again on each tick. One timer for the page per period, aligned to it, so that all counters turn together.
 * @param everyMs 1000 for timers; larger for slow ages.
 */
export function useNow(everyMs = 1000): number {
  const centre = useCentre();
  useSyncExternalStore(
    (listener) => listenTicks(everyMs, listener),
    () => Math.floor(Date.now() / everyMs),
  );
  return centre.now();
}

function listenTicks(everyMs: number, listener: () => void): () => void {
  let ticker = tickers.get(everyMs);
  if (ticker === undefined) {
    ticker = { listeners: new Set() };
    tickers.set(everyMs, ticker);
    const run = ticker;
    const next = (): void => {
      if (run.listeners.size === 0) {
        tickers.delete(everyMs);
        return;
      }
      run.listeners.forEach((each) => each());
      setTimeout(next, everyMs - (Date.now() % everyMs) + 5);
    };
    setTimeout(next, everyMs - (Date.now() % everyMs) + 5);
  }
  ticker.listeners.add(listener);
  const { listeners } = ticker;
  return () => listeners.delete(listener);
}
