/** Flows as their designer reads and writes them (protocol/flow-studio.ts). */
import { DraftSaved, FlowChange, FlowProofs, FlowRow, FlowRun, FlowStudio, FlowTemplate, FlowTraffic, Proof, Published, TestResults } from "@tandem/protocol/flow-studio";
import type { NewFlow, TryFlow } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { z } from "zod";
import { request } from "./api.ts";
import { PROOFS, queryClient } from "./query-client.ts";

/** What is proved first: a busy server ends a proof after two minutes and says so. Given up sooner, what is published a moment later would be called not reached. */
const PROVED_MS = 150_000;

const at = (id: string): string => `/flows/${encodeURIComponent(id)}`;
const Made = z.object({ id: z.string() });

export const flowApi = {
  list: () => request("GET", "/flows", z.array(FlowRow)),
  proofs: () => request("GET", "/flow-proofs", FlowProofs),
  templates: () => request("GET", "/flows/templates", z.array(FlowTemplate)),
  create: (body: NewFlow) => request("POST", "/flows", Made, body),
  remove: (id: string) => request("DELETE", at(id), z.unknown()),
  /** A document of another installation, or of this one's repository. Refused with 422 and `BadFlow`, or with 409 and `FlowExists` when `as` is not said (`ApiFailure.answer`). */
  import: (text: string, as?: "replace" | "copy") => request("POST", "/flows/import", Made, { text, ...(as === undefined ? {} : { as }) }),
  exportUrl: (id: string, format: "yaml" | "json") => `/api${at(id)}/export?format=${format}`,
  studio: (id: string) => request("GET", at(id), FlowStudio),
  /** Refused with 409 and a `DraftConflict` (`ApiFailure.answer`) when somebody else saved in between. */
  save: (id: string, document: FlowDocument, baseRevision: number) => request("PUT", `${at(id)}/draft`, DraftSaved, { document, baseRevision }),
  check: (id: string) => request("POST", `${at(id)}/check`, Proof, {}, undefined, PROVED_MS),
  tests: (id: string) => request("POST", `${at(id)}/tests`, TestResults, {}, undefined, PROVED_MS),
  /** Refused with 422 and `Unproved` (`ApiFailure.answer`). */
  publish: (id: string, note: string, baseRevision: number) => request("POST", `${at(id)}/publish`, Published, { note, baseRevision }, undefined, PROVED_MS),
  version: (id: string, version: number) => request("GET", `${at(id)}/versions/${version}`, FlowDocument),
  diff: (id: string, from: number | "draft", to: number | "draft") => request("GET", `${at(id)}/diff?from=${from}&to=${to}`, z.array(FlowChange)),
  rollback: (id: string, version: number) => request("POST", `${at(id)}/rollback`, z.unknown(), { version }, undefined, PROVED_MS),
  traffic: (id: string) => request("GET", `${at(id)}/traffic`, FlowTraffic),
  /** Of the draft as it is stored. */
  run: (id: string, body: TryFlow) => request("POST", `${at(id)}/try`, FlowRun, body),
};

export function useFlowList(): UseQueryResult<FlowRow[]> {
  return useQuery({ queryKey: ["flows"], queryFn: flowApi.list, refetchInterval: 15_000 });
}
/** What is published, with the centre as it is: asked again after every change of an administrator. */
export function useFlowProofs(): UseQueryResult<FlowProofs> {
  return useQuery({ queryKey: PROOFS, queryFn: flowApi.proofs, refetchInterval: 60_000 });
}
export function useFlowTemplates(wanted: boolean): UseQueryResult<FlowTemplate[]> {
  return useQuery({ queryKey: ["flow-templates"], queryFn: flowApi.templates, enabled: wanted, staleTime: Infinity });
}
/** The last 24 hours, and the queues as they are now. */
export function useFlowTraffic(id: string, wanted: boolean): UseQueryResult<FlowTraffic> {
  return useQuery({ queryKey: ["flow-traffic", id], queryFn: () => flowApi.traffic(id), enabled: wanted, refetchInterval: 10_000 });
}
/** `revision`: of the draft, where it is one of both: another one is another difference. */
export function useFlowDiff(id: string, from: number | "draft" | null, to: number | "draft", revision: number | null): UseQueryResult<FlowChange[]> {
  return useQuery({ queryKey: ["flow-diff", id, from, to, revision], placeholderData: keepPreviousData, queryFn: () => flowApi.diff(id, from ?? to, to), enabled: from !== null, staleTime: 0 });
}
export const flowsChanged = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["flows"] });

/** Recordings that a step may play, by name. */
export function usePrompts(): UseQueryResult<{ id: string; name: string }[]> {
  return useQuery({ queryKey: ["prompts", "names"], queryFn: () => request("GET", "/admin/prompts", z.array(z.object({ id: z.string(), name: z.string() }))), staleTime: 30_000, retry: false });
}

/** Calendars of opening hours, by name. */
export function useCalendars(): UseQueryResult<{ id: string; name: string }[]> {
  return useQuery({ queryKey: ["hours", "calendar-names"], queryFn: () => request("GET", "/hours/calendars", z.array(z.object({ id: z.string(), name: z.string() }))), staleTime: 30_000, retry: false });
}
