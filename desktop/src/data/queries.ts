/** What is asked rather than streamed, with when it must be asked again. */
import type { CustomerHit, CustomerView, LadderMessage, RoutingView } from "@tandem/protocol";
import type { TransferQueue } from "@tandem/protocol/hours";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { adminApi } from "./admin-api.ts";
import type { AdminBodies, AdminKind, AdminRows, Created, SipSettings } from "./admin-api.ts";
import { api } from "./api.ts";
import { useCentreState } from "./hooks.ts";
import { adminChanged, queryClient } from "./query-client.ts";

/** The customer's record; asked again when one of their contacts changes state (the timeline grew). */
export function useCustomer(id: string | null): UseQueryResult<CustomerView> {
  const marks = useCentreState((s) =>
    id === null ? "" : [...s.interactions.values()].filter((i) => i.customer.id === id).map((i) => `${i.id}:${i.state}`).join(),
  );
  return useQuery({
    queryKey: ["customer", id, marks], queryFn: () => api.customer(id ?? ""), enabled: id !== null,
    placeholderData: (previous) => (previous?.id === id ? previous : undefined),
  });
}

export function useCustomerSearch(q: string): UseQueryResult<CustomerHit[]> {
  const words = q.trim();
  return useQuery({ queryKey: ["customers", words], queryFn: () => api.customers(words), enabled: words.length >= 2, placeholderData: keepPreviousData });
}

export function useEditCustomer(id: string): UseMutationResult<unknown, Error, { name: string; notes: string }> {
  return useMutation({
    mutationFn: (body) => api.editCustomer(id, body),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["customer", id] }),
  });
}

/** Why this contact went where it went, decision by decision; fresh on each opening and on each change of state. */
export function useRouting(interactionId: string | null): UseQueryResult<RoutingView[]> {
  const state = useCentreState((s) => (interactionId === null ? null : (s.interactions.get(interactionId)?.state ?? null)));
  return useQuery({
    queryKey: ["routing", interactionId, state], queryFn: () => api.routing(interactionId ?? ""),
    enabled: interactionId !== null, staleTime: 2000, placeholderData: keepPreviousData,
  });
}

/** The queues that a contact may be handed to; asked afresh at each opening, because queues open and close. */
export function useTransferQueues(interactionId: string): UseQueryResult<TransferQueue[]> {
  return useQuery({ queryKey: ["transfer-queues", interactionId], queryFn: () => api.transferQueues(interactionId), staleTime: 0, gcTime: 0, refetchInterval: 30_000 });
}

/** The SIP messages of a call; asked again while it lives, because it goes on. */
export function useLadder(callId: string): UseQueryResult<LadderMessage[]> {
  const live = useCentreState((s) => s.interactions.has(callId));
  return useQuery({ queryKey: ["ladder", callId], queryFn: () => api.ladder(callId), staleTime: 1000, ...(live ? { refetchInterval: 2000 } : {}) });
}

/** `live`: asked again and again where the rows show what is registered, called or connected now. */
export function useAdminList<K extends AdminKind>(kind: K, live = true): UseQueryResult<AdminRows[K][]> {
  return useQuery({
    queryKey: ["admin", kind], queryFn: () => adminApi.list(kind),
    ...(live && (kind === "phones" || kind === "extensions" || kind === "trunks") ? { refetchInterval: 5000 } : {}),
  });
}

export function useFlows(): UseQueryResult<{ id: string; name: string }[]> {
  return useQuery({ queryKey: ["admin", "flows"], queryFn: adminApi.flows });
}

export function useSipSettings(): UseQueryResult<SipSettings> {
  return useQuery({ queryKey: ["admin", "sip"], queryFn: adminApi.sip, staleTime: Infinity });
}

/** Creates when `id` is null. Other kinds are asked again too: a skill's deletion changes queues and users. */
export function useAdminSave<K extends AdminKind>(kind: K): UseMutationResult<Created, Error, { id: string | null; body: AdminBodies[K] }> {
  return useMutation({
    mutationFn: async ({ id, body }) => {
      if (id === null) return adminApi.create(kind, body);
      await adminApi.change(kind, id, body);
      return { id };
    },
    onSuccess: adminChanged,
  });
}

export function useAdminRemove(kind: AdminKind): UseMutationResult<unknown, Error, string> {
  return useMutation({
    mutationFn: (id) => adminApi.remove(kind, id),
    onSuccess: adminChanged,
  });
}

export function useNewPassword(kind: "users" | "phones"): UseMutationResult<{ id: string; password: string }, Error, string> {
  return useMutation({ mutationFn: (id) => adminApi.newPassword(kind, id) });
}

/** A command whose failure the caller shows (`error` is an ApiFailure in words). */
export function useCommand<A>(run: (argument: A) => Promise<unknown>): UseMutationResult<unknown, Error, A> {
  return useMutation({ mutationFn: run });
}

