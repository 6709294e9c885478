/** Cases of a customer. Colleagues and flows change them too: the stream says when, and those that are shown are read again. */
import { CaseConflict, CaseView } from "@tandem/protocol";
import type { ChangeCase, NewCase } from "@tandem/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { z } from "zod";
import { ApiFailure, request } from "./api.ts";
import type { Centre } from "./centre.ts";
import { newClientId } from "./client-id.ts";
import { queryClient } from "./query-client.ts";

const path = (customerId: string): string => `/customers/${encodeURIComponent(customerId)}/cases`;

export function useCases(customerId: string): UseQueryResult<CaseView[]> {
  return useQuery({ queryKey: ["cases", customerId], queryFn: () => request("GET", path(customerId), z.array(CaseView)), staleTime: 0 });
}

export function followCases(centre: Centre): void {
  centre.onChange(({ frame }) => {
    if (frame.t === "caseChanged") void queryClient.invalidateQueries({ queryKey: ["cases", frame.customerId] });
    // back after a break: what was told meanwhile is not told again
    else if (frame.t === "snapshot" || frame.t === "resumed") void queryClient.invalidateQueries({ queryKey: ["cases"] });
  });
}

/** What was asked and not answered keeps its id: asked again in the same words, it is the same deed, and is done once. */
const unanswered = new Map<string, string>();

async function once(method: "POST" | "PUT", where: string, body: object): Promise<CaseView> {
  const asked = `${where} ${JSON.stringify(body)}`;
  const clientId = unanswered.get(asked) ?? newClientId();
  unanswered.set(asked, clientId);
  const answer = await request(method, where, CaseView, { ...body, clientId });
  unanswered.delete(asked);
  return answer;
}

const put = (queryKey: readonly string[], answer: CaseView): void =>
  void queryClient.setQueryData<CaseView[]>(queryKey, (shown = []) => (shown.some(({ number }) => number === answer.number) ? shown.map((one) => (one.number === answer.number ? answer : one)) : [answer, ...shown]));

/** What the server answered stands in the list at once, also as a refusal that says what stands there; the list is then asked for, whatever became of it. `onDone` also when nobody looks any more. */
function useCaseOrder<A>(customerId: string, ask: (asked: A) => Promise<CaseView>, onDone: (answer: CaseView, asked: A) => void): UseMutationResult<CaseView, Error, A> {
  const queryKey = ["cases", customerId];
  return useMutation({
    mutationFn: ask,
    onSuccess: (answer, asked) => {
      put(queryKey, answer);
      onDone(answer, asked);
    },
    onError(failure) {
      const conflict = failure instanceof ApiFailure ? CaseConflict.safeParse(failure.answer) : null;
      if (conflict?.success) put(queryKey, conflict.data.case);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}

type Given = Omit<NewCase, "clientId">;
export function useOpenCase(customerId: string, onDone: (answer: CaseView, given: Given) => void): UseMutationResult<CaseView, Error, Given> {
  return useCaseOrder(customerId, (given) => once("POST", path(customerId), given), onDone);
}

type Change = Omit<ChangeCase, "clientId">;
export function useChangeCase({ customerId, number }: CaseView, onDone: (answer: CaseView, change: Change) => void = () => {}): UseMutationResult<CaseView, Error, Change> {
  return useCaseOrder(customerId, (change) => once("PUT", `/cases/${encodeURIComponent(number)}`, change), onDone);
}
