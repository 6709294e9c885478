/** Promised calls, messages of queues, and what became of what was promised. The stream says when a list is old (`promisedWork`). */
import { CallbackBooked, CallbackOffer, CallbackView, PromiseReport, QueueMessage } from "@tandem/protocol/callback";
import type { NewCallback } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { z } from "zod";
import { request } from "./api.ts";
import type { Centre } from "./centre.ts";
import { queryClient } from "./query-client.ts";
import { createStore, useSelect } from "./store.ts";

const stale = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["promised"] });

export type Shown = "open" | "over";
const CALLBACK_STATES: Record<Shown, string> = { open: "waiting,calling", over: "served,broken,cancelled" };
const MESSAGE_STATES: Record<Shown, string> = { open: "open,claimed", over: "done" };

const query = (fields: Record<string, string | number | null>): string => new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]))).toString();

export function useCallbacks(queueId: string | null, shown: Shown): UseQueryResult<CallbackView[]> {
  return useQuery({ queryKey: ["promised", "callbacks", queueId, shown], queryFn: () => request("GET", `/callbacks?${query({ queueId, state: CALLBACK_STATES[shown] })}`, z.array(CallbackView)) });
}

export function useQueueMessages(queueId: string | null, shown: Shown): UseQueryResult<QueueMessage[]> {
  return useQuery({ queryKey: ["promised", "messages", queueId, shown], queryFn: () => request("GET", `/queue-messages?${query({ queueId, state: MESSAGE_STATES[shown] })}`, z.array(QueueMessage)) });
}

export const messageSoundUrl = (id: string): string => `/api/queue-messages/${encodeURIComponent(id)}/sound`;

/** The calls that one customer was promised and that are still to come. */
export function useCustomerCallbacks(customerId: string | null): UseQueryResult<CallbackView[]> {
  return useQuery({ queryKey: ["promised", "of", customerId], queryFn: () => request("GET", `/callbacks?${query({ customerId, state: CALLBACK_STATES.open })}`, z.array(CallbackView)), enabled: customerId !== null });
}

/** An answering machine took the call that this contact is: it is tried again by rule. */
export const tookByMachine = (id: string): Promise<unknown> => request("POST", `/callbacks/${encodeURIComponent(id)}/machine`, z.unknown());

/** What a queue can promise now; asked afresh at each opening. */
export function useCallbackOffer(queueId: string | null, language: "fr" | "en"): UseQueryResult<CallbackOffer> {
  return useQuery({ queryKey: ["promised", "offer", queueId, language], queryFn: () => request("GET", `/callbacks/slots?${query({ queueId, language })}`, CallbackOffer), enabled: queueId !== null, staleTime: 0, gcTime: 0 });
}

export function useBookCallback(): UseMutationResult<CallbackBooked, Error, z.input<typeof NewCallback>> {
  return useMutation({ mutationFn: (body) => request("POST", "/callbacks", CallbackBooked, body), onSuccess: stale });
}

export type CallbackOrder = { id: string; do: "call" | "cancel" } | { id: string; do: "move"; slot: Slot | null };
/** After a failure, too: what was shown is then old. */
export function useCallbackOrder(): UseMutationResult<CallbackView, Error, CallbackOrder> {
  return useMutation({ mutationFn: (order) => request("POST", `/callbacks/${encodeURIComponent(order.id)}/${order.do}`, CallbackView, order.do === "move" ? { slot: order.slot } : undefined), onSettled: stale });
}

export type MessageOrder = "claim" | "release" | "done" | "call";
export function useMessageOrder(): UseMutationResult<QueueMessage, Error, { id: string; order: MessageOrder }> {
  return useMutation({ mutationFn: ({ id, order }) => request("POST", `/queue-messages/${encodeURIComponent(id)}/${order}`, QueueMessage), onSettled: stale });
}
export function useRemoveMessage(): UseMutationResult<unknown, Error, string> {
  return useMutation({ mutationFn: (id) => request("DELETE", `/queue-messages/${encodeURIComponent(id)}`, z.unknown()), onSettled: stale });
}

export function usePromiseReport(queueId: string | null, days: number): UseQueryResult<PromiseReport> {
  return useQuery({ queryKey: ["promised", "report", queueId, days], queryFn: () => request("GET", `/promises?${query({ queueId, from: Date.now() - days * 86_400_000 })}`, PromiseReport) });
}

const work = createStore<ReadonlyMap<string, { messages: number; callbacks: number }>>(new Map());

/** From the centre's beginning: its stream tells what waits right after the first snapshot, before anything is drawn. */
export function followPromisedWork(centre: Centre): void {
  work.set(new Map());
  centre.onChange(({ frame }) => {
    if (frame.t !== "promisedWork") return;
    work.set(new Map(work.get()).set(frame.queueId, { messages: frame.openMessages, callbacks: frame.openCallbacks }));
    if (frame.changed !== null) void stale();
  });
}

/** What waits for somebody in the user's queues. */
export function usePromisedWork(): { messages: number; callbacks: number } {
  return {
    messages: useSelect(work, (queues) => [...queues.values()].reduce((sum, { messages }) => sum + messages, 0)),
    callbacks: useSelect(work, (queues) => [...queues.values()].reduce((sum, { callbacks }) => sum + callbacks, 0)),
  };
}
