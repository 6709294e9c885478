/** The telephone system's documents and commands that are not lists of rows: settings, the border's rules, new seats. */
import { BanView, BorderNotice, BorderRules, CallRecord, DirectoryEntry, ExtensionChoices, FraudRules, MeetingLive, MyTelephone, PhoneProvisioning, SeatMade, SpeedDial, StirBody, StirSettings, TelephonyNow, TelephonySettings, VoicemailMessage } from "@tandem/protocol";
import type { NewSeat } from "@tandem/protocol";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import type { InfiniteData, UseInfiniteQueryResult, UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { z } from "zod";
import { request } from "./api.ts";
import { adminChanged, queryClient } from "./query-client.ts";

/** What is one of its kind: read whole, written whole. */
export interface TelephonyDocuments {
  settings: TelephonySettings;
  border: BorderRules;
  fraud: FraudRules;
  /** The key is never sent back: null keeps the stored one. */
  stir: StirBody & { hasKey: boolean };
}
export type TelephonyDocument = keyof TelephonyDocuments;
/** What a form may write, and how what is read becomes that. */
const documents: { [D in TelephonyDocument]: z.ZodType<TelephonyDocuments[D]> } = { settings: TelephonySettings, border: BorderRules, fraud: FraudRules, stir: StirBody.extend({ hasKey: z.boolean() }) };
const answers: { [D in TelephonyDocument]: z.ZodType<TelephonyDocuments[D]> } = { ...documents, stir: StirSettings.extend({ hasKey: z.boolean() }).transform((read) => ({ ...read, privateKey: null })) };
export const documentSchema = <D extends TelephonyDocument>(which: D): z.ZodType<TelephonyDocuments[D]> => documents[which];

export function useTelephonyDocument<D extends TelephonyDocument>(which: D): UseQueryResult<TelephonyDocuments[D]> {
  return useQuery({ queryKey: ["admin", "telephony", which], queryFn: () => request("GET", `/telephony/${which}`, answers[which]) });
}

export function useSaveTelephonyDocument<D extends TelephonyDocument>(which: D): UseMutationResult<unknown, Error, TelephonyDocuments[D]> {
  return useMutation({
    mutationFn: (body) => request("PUT", `/telephony/${which}`, z.unknown(), body),
    onSuccess: adminChanged,
  });
}

export function useBans(): UseQueryResult<BanView[]> {
  return useQuery({ queryKey: ["admin", "telephony", "bans"], queryFn: () => request("GET", "/telephony/bans", z.array(BanView)), refetchInterval: 5000 });
}
export function useLiftBan(): UseMutationResult<unknown, Error, string> {
  return useMutation({
    mutationFn: (address) => request("DELETE", `/telephony/bans/${encodeURIComponent(address)}`, z.unknown()),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["admin", "telephony", "bans"] }),
  });
}

export function useBorderNotices(): UseQueryResult<BorderNotice[]> {
  return useQuery({ queryKey: ["admin", "telephony", "notices"], queryFn: () => request("GET", "/telephony/border/notices", z.array(BorderNotice)), refetchInterval: 10_000 });
}

const CALLS_A_PAGE = 50;
/** The house's calls, a page at a time towards the past. */
export function useCallHistory(): UseInfiniteQueryResult<InfiniteData<CallRecord[]>> {
  return useInfiniteQuery({
    queryKey: ["admin", "telephony", "calls"],
    queryFn: ({ pageParam }) => request("GET", `/telephony/calls?limit=${CALLS_A_PAGE}${pageParam === 0 ? "" : `&before=${pageParam}`}`, z.array(CallRecord)),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length < CALLS_A_PAGE ? undefined : last.at(-1)?.startedAtMs),
    refetchInterval: 10_000,
  });
}
export function useTelephonyNow(): UseQueryResult<TelephonyNow> {
  return useQuery({ queryKey: ["admin", "telephony", "now"], queryFn: () => request("GET", "/telephony/now", TelephonyNow), refetchInterval: 3000 });
}

export function useNewSeat(): UseMutationResult<SeatMade, Error, NewSeat> {
  return useMutation({
    mutationFn: (body) => request("POST", "/telephony/seats", SeatMade, body),
    onSuccess: adminChanged,
  });
}

/** Takes the phone's password away and gives it another: whoever uses the old one is out. */
export function useProvisionPhone(): UseMutationResult<PhoneProvisioning, Error, string> {
  return useMutation({ mutationFn: (phoneId) => request("POST", `/telephony/phones/${encodeURIComponent(phoneId)}/provisioning`, PhoneProvisioning) });
}

export function useChoices(extensionId: string): UseQueryResult<ExtensionChoices> {
  return useQuery({ queryKey: ["admin", "telephony", "choices", extensionId], queryFn: () => request("GET", `/telephony/extensions/${encodeURIComponent(extensionId)}/choices`, ExtensionChoices) });
}
export function useSetChoices(extensionId: string): UseMutationResult<unknown, Error, ExtensionChoices> {
  return useMutation({
    mutationFn: (body) => request("PUT", `/telephony/extensions/${encodeURIComponent(extensionId)}/choices`, z.unknown(), body),
    onSuccess: adminChanged,
  });
}

/* What the holder of an extension sees and sets: the Telephone page. */

/** My extension; null inside when I have none. Asked again where it is shown (`live`): parked calls and new messages come and go. */
export function useMyTelephone(live = false): UseQueryResult<MyTelephone> {
  return useQuery({ queryKey: ["telephone", "me"], queryFn: () => request("GET", "/telephony/me/extension", MyTelephone), refetchInterval: live ? 3000 : 30_000, ...(live ? {} : { staleTime: 30_000 }) });
}

/** Who can be dialled. `live`: their states are looked at; else only names for numbers are wanted. */
export function useDirectory(live = false): UseQueryResult<DirectoryEntry[]> {
  return useQuery({ queryKey: ["telephone", "directory"], queryFn: () => request("GET", "/telephony/me/directory", z.array(DirectoryEntry)), ...(live ? { refetchInterval: 2000 } : { staleTime: 60_000 }) });
}

export function useMyCalls(): UseInfiniteQueryResult<InfiniteData<CallRecord[]>> {
  return useInfiniteQuery({
    queryKey: ["telephone", "history"],
    queryFn: ({ pageParam }) => request("GET", `/telephony/me/history?limit=${CALLS_A_PAGE}${pageParam === 0 ? "" : `&before=${pageParam}`}`, z.array(CallRecord)),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length < CALLS_A_PAGE ? undefined : last.at(-1)?.startedAtMs),
    refetchInterval: 4000,
  });
}

export function useMyVoicemails(): UseQueryResult<VoicemailMessage[]> {
  return useQuery({ queryKey: ["telephone", "voicemails"], queryFn: () => request("GET", "/telephony/me/voicemails", z.array(VoicemailMessage)), refetchInterval: 5000 });
}
const voicemailPath = (id: string): string => `/telephony/me/voicemails/${encodeURIComponent(id)}`;
export const voicemailUrl = (id: string): string => `/api${voicemailPath(id)}/recording.wav`;
export function useVoicemailHeard(): UseMutationResult<unknown, Error, string> {
  return useMutation({ mutationFn: (id) => request("POST", `${voicemailPath(id)}/heard`, z.unknown()), onSuccess: () => queryClient.invalidateQueries({ queryKey: ["telephone"] }) });
}
export function useRemoveVoicemail(): UseMutationResult<unknown, Error, string> {
  return useMutation({ mutationFn: (id) => request("DELETE", voicemailPath(id), z.unknown()), onSuccess: () => queryClient.invalidateQueries({ queryKey: ["telephone"] }) });
}

export function useMyChoices(): UseQueryResult<ExtensionChoices> {
  return useQuery({ queryKey: ["telephone", "choices"], queryFn: () => request("GET", "/telephony/me/choices", ExtensionChoices), refetchInterval: 10_000 });
}
export function useSetMyChoices(): UseMutationResult<ExtensionChoices, Error, ExtensionChoices> {
  return useMutation({ mutationFn: (body) => request("PUT", "/telephony/me/choices", ExtensionChoices, body), onSuccess: (stored) => queryClient.setQueryData(["telephone", "choices"], stored) });
}

const SpeedDialRow = SpeedDial.and(z.object({ id: z.string() }));
export type SpeedDialRow = z.infer<typeof SpeedDialRow>;
/** Mine, and those of the house (`userId` null). */
export function useSpeedDials(): UseQueryResult<SpeedDialRow[]> {
  return useQuery({ queryKey: ["telephone", "speed-dials"], queryFn: () => request("GET", "/telephony/me/speed-dials", z.array(SpeedDialRow)) });
}
export function useAddSpeedDial(): UseMutationResult<unknown, Error, { name: string; number: string }> {
  return useMutation({
    mutationFn: (body) => request("POST", "/telephony/me/speed-dials", z.unknown(), { ...body, code: null, userId: null }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["telephone"] }),
  });
}
export function useRemoveSpeedDial(): UseMutationResult<unknown, Error, string> {
  return useMutation({ mutationFn: (id) => request("DELETE", `/telephony/me/speed-dials/${encodeURIComponent(id)}`, z.unknown()), onSuccess: () => queryClient.invalidateQueries({ queryKey: ["telephone"] }) });
}

/** Meetings that I take part in; supervisors see all. `often`: I may be in one. */
export function useMeetings(often: boolean): UseQueryResult<MeetingLive[]> {
  return useQuery({ queryKey: ["telephone", "meetings"], queryFn: () => request("GET", "/telephony/meetings", z.array(MeetingLive)), refetchInterval: often ? 1000 : 5000 });
}
export type MeetingOrder =
  | { to: "lock"; meetingId: string; locked: boolean }
  | { to: "mute-all"; meetingId: string; muted: boolean }
  | { to: "mute"; meetingId: string; ref: string; muted: boolean }
  | { to: "remove"; meetingId: string; ref: string }
  /** My calls put together: everybody hears everybody. */
  | { to: "together" };
export function useMeetingOrder(): UseMutationResult<unknown, Error, MeetingOrder> {
  const at = (meetingId: string): string => `/telephony/meetings/${encodeURIComponent(meetingId)}`;
  return useMutation({
    mutationFn(order) {
      switch (order.to) {
        case "lock":
          return request("POST", `${at(order.meetingId)}/lock`, z.unknown(), { locked: order.locked });
        case "mute-all":
          return request("POST", `${at(order.meetingId)}/mute`, z.unknown(), { muted: order.muted });
        case "mute":
          return request("POST", `${at(order.meetingId)}/members/${encodeURIComponent(order.ref)}/mute`, z.unknown(), { muted: order.muted });
        case "remove":
          return request("DELETE", `${at(order.meetingId)}/members/${encodeURIComponent(order.ref)}`, z.unknown());
        case "together":
          return request("POST", "/telephony/me/conference", z.unknown());
      }
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["telephone", "meetings"] }),
  });
}
