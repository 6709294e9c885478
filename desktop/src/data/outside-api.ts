/** What flows use outside: secrets (written, never read), and assistants (docs/en/assistants.md). Hosts and assistants are the setting `flow-outside`. */
import { AssistantName, AssistantTried, FlowSecretRow } from "@tandem/protocol/flow-outside";
import type { TryAssistant } from "@tandem/protocol/flow-outside";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { z } from "zod";
import { request } from "./api.ts";
import { queryClient } from "./query-client.ts";

const SECRETS = ["admin", "flow-secrets"] as const;
const secretPath = (name: string): string => `/admin/flow-secrets/${encodeURIComponent(name)}`;

export function useFlowSecrets(): UseQueryResult<FlowSecretRow[]> {
  return useQuery({ queryKey: SECRETS, queryFn: () => request("GET", "/admin/flow-secrets", z.array(FlowSecretRow)) });
}
/** `value` null: taken away. */
export function useSaveSecret(): UseMutationResult<unknown, Error, { name: string; value: string | null }> {
  return useMutation({ mutationFn: ({ name, value }) => (value === null ? request("DELETE", secretPath(name), z.unknown()) : request("PUT", secretPath(name), z.unknown(), { value })), onSuccess: () => queryClient.invalidateQueries({ queryKey: SECRETS }) });
}

/** What a step may name; supervisors see it too. */
export function useAssistantNames(): UseQueryResult<AssistantName[]> {
  return useQuery({ queryKey: ["admin", "assistant-names"], queryFn: () => request("GET", "/flow-assistants", z.array(AssistantName)), staleTime: 30_000 });
}
export function useTryAssistant(): UseMutationResult<z.infer<typeof AssistantTried>, Error, TryAssistant> {
  return useMutation({ mutationFn: (question) => request("POST", "/admin/flow-assistants/try", AssistantTried, question) });
}
