/** What customers meet before a person: opening hours, deflection, and the settings of queues and of the whole centre by kind. */
import { CallbackLinks } from "@tandem/protocol/callback";
import { DeflectionPreview, DeflectionProblem, HolidayView, HoursRule } from "@tandem/protocol/hours";
import type { HolidayPlace } from "@tandem/protocol/hours";
import { QUEUE_SETTINGS } from "@tandem/protocol/queue-settings";
import type { QueueSetting, QueueSettingKind } from "@tandem/protocol/queue-settings";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { z } from "zod";
import { t } from "../i18n/i18n.ts";
import { ApiFailure, request } from "./api.ts";
import { adminChanged } from "./query-client.ts";

/** Whose a setting is: a queue's own, the whole centre's, or ours. */
export const SettingFrom = z.enum(["queue", "centre", "default"]);
export type SettingFrom = z.infer<typeof SettingFrom>;
export interface Setting<K extends QueueSettingKind> {
  from: SettingFrom;
  body: QueueSetting<K>;
  revision: string;
}

const settingPath = (kind: QueueSettingKind, queueId: string | null): string => (queueId === null ? `/admin/settings/${kind}` : `/admin/queues/${encodeURIComponent(queueId)}/settings/${kind}`);
export const settingSchema = <K extends QueueSettingKind>(kind: K): z.ZodType<QueueSetting<K>> => QUEUE_SETTINGS[kind].schema as unknown as z.ZodType<QueueSetting<K>>;

/** `queueId` null: the whole centre's. */
export function useQueueSetting<K extends QueueSettingKind>(kind: K, queueId: string | null): UseQueryResult<Setting<K>> {
  return useQuery({ queryKey: ["admin", "service", "setting", kind, queueId], queryFn: () => request("GET", settingPath(kind, queueId), settingView(kind)) });
}
const settingView = <K extends QueueSettingKind>(kind: K): z.ZodType<Setting<K>> => z.object({ from: SettingFrom, body: settingSchema(kind), revision: z.string() });
/** What queues have of their own, by queue. */
export function useOwnSettings<K extends QueueSettingKind>(kind: K): UseQueryResult<Record<string, QueueSetting<K>>> {
  return useQuery({ queryKey: ["admin", "service", "own", kind], queryFn: () => request("GET", `/admin/settings/${kind}/queues`, z.record(z.string(), settingSchema(kind))) });
}
/** Null: what is more general holds again. `seen`: the revision that is on the screen; refused when somebody saved another meanwhile, which is then read. */
export function useSaveSetting<K extends QueueSettingKind>(kind: K, queueId: string | null, seen: string): UseMutationResult<unknown, Error, QueueSetting<K> | null> {
  return useMutation({ mutationFn: (body) => (body === null ? request("DELETE", settingPath(kind, queueId), z.unknown(), undefined, seen) : request("PUT", settingPath(kind, queueId), z.unknown(), body, seen)), onSuccess: adminChanged, onError: (failure) => (saysChanged(failure) ? adminChanged() : undefined) });
}
const saysChanged = (failure: unknown): boolean => failure instanceof ApiFailure && failure.code === "setting-changed";

/** Writes a part of a setting into what holds now; `change` answers null when that part is not as it was seen. Two who change different parts at once are both kept. */
export function useChangeSetting<K extends QueueSettingKind>(kind: K): UseMutationResult<unknown, Error, (now: QueueSetting<K>) => QueueSetting<K> | null> {
  const path = settingPath(kind, null);
  return useMutation({
    async mutationFn(change) {
      for (let tries = 1; ; tries++) {
        const { body, revision } = await request("GET", path, settingView(kind));
        const next = change(body);
        if (next === null) throw new ApiFailure(412, "setting-changed", t("admin.newer"), null);
        try {
          return await request("PUT", path, z.unknown(), next, revision);
        } catch (failure) {
          if (!saysChanged(failure) || tries === MOST_TRIES) throw failure;
        }
      }
    },
    onSettled: adminChanged,
  });
}
const MOST_TRIES = 5;

/** Public holidays of a year, of places that are chosen: before any calendar is saved with them. */
export function useHolidays(places: readonly HolidayPlace[], year: number): UseQueryResult<HolidayView[]> {
  const codes = places.map(({ country, state, region }) => [country, state, region].filter((part) => part !== undefined).join(","));
  const of = new URLSearchParams([["year", String(year)], ...codes.map((code) => ["place", code])]);
  return useQuery({ queryKey: ["holidays", codes, year], queryFn: () => request("GET", `/hours/holidays?${of.toString()}`, z.array(HolidayView)), placeholderData: keepPreviousData, staleTime: Infinity, enabled: codes.length > 0 });
}
/** Countries, the parts of a country, or the regions of a part: names by code. */
export function usePlaces(country: string | null, state: string | null, language: "fr" | "en", wanted = true): UseQueryResult<Record<string, string>> {
  const of = new URLSearchParams({ language, ...(country === null ? {} : { country }), ...(state === null ? {} : { state }) });
  return useQuery({ queryKey: ["places", country, state, language], queryFn: () => request("GET", `/hours/places?${of.toString()}`, z.record(z.string(), z.string())), staleTime: Infinity, enabled: wanted });
}

const Rules = z.object({ rules: z.array(HoursRule) });
export function useHoursRules(): UseQueryResult<HoursRule[]> {
  return useQuery({ queryKey: ["admin", "service", "rules"], queryFn: async () => (await request("GET", "/hours/rules", Rules)).rules });
}
export function useSaveHoursRules(): UseMutationResult<unknown, Error, readonly HoursRule[]> {
  return useMutation({ mutationFn: (rules) => request("PUT", "/hours/rules", z.unknown(), { rules }), onSuccess: adminChanged });
}

/** What happens to each queue's contacts by channel; `atMs` null: now, asked again as time goes on. */
export function useHoursPreview(atMs: number | null, language: "fr" | "en"): UseQueryResult<DeflectionPreview[]> {
  const of = new URLSearchParams({ language, ...(atMs === null ? {} : { at: String(atMs) }) });
  return useQuery({ queryKey: ["admin", "service", "preview", atMs, language], queryFn: () => request("GET", `/hours/preview?${of.toString()}`, z.array(DeflectionPreview)), placeholderData: keepPreviousData, ...(atMs === null ? { refetchInterval: 5000 } : {}) });
}
export function useDeflectionProblems(): UseQueryResult<DeflectionProblem[]> {
  return useQuery({ queryKey: ["admin", "service", "problems"], queryFn: () => request("GET", "/hours/problems", z.array(DeflectionProblem)), refetchInterval: 30_000 });
}

/** Links of promised calls that went to customers within a day, and what went wrong. */
export function useCallbackLinks(): UseQueryResult<CallbackLinks> {
  return useQuery({ queryKey: ["admin", "service", "links"], queryFn: () => request("GET", "/callbacks/links", CallbackLinks), refetchInterval: 30_000 });
}

/** How a text sounds, spoken by the centre's voice (WAV). */
export async function speak(text: string, language: "fr" | "en"): Promise<Blob | null> {
  const answer = await fetch("/api/admin/prompts/preview", { method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify({ text, language }) });
  return answer.ok ? answer.blob() : null;
}
