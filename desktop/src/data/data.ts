/**
 * The desktop's data: what the server shows, kept true.
 *
 * `session` says who is signed in; below it one `centre` (stream, state, outbox). Components read by the hooks and never touch
 * the wire; commands are `api.*`, whose failures are in words. Invariants: the state is a snapshot with every event applied in
 * order; times are the server's; a message is sent until answered, never doubled.
 * Deliberately absent: guesses of what a command will change (the stream answers within a tick), except our own messages.
 */
export { api, ApiFailure, inWords } from "./api.ts";
export { useCases, useChangeCase, useOpenCase } from "./cases-api.ts";
export { adminApi } from "./admin-api.ts";
export type { AdminBodies, AdminKind, AdminRows } from "./admin-api.ts";
export type { Centre, CentreChange } from "./centre.ts";
export {
  isMine, useAgent, useAgents, useCentre, useCentreState, useConnection, useDispositions, useInteraction, useInteractions, useMe,
  useMyAgent, useMyInteractions, useNow, useQueue, useQueues, useReady, useSession, useSessionView, useThread, useTyping,
} from "./hooks.ts";
export type { LoadedThread } from "./hooks.ts";
export {
  useAdminList, useAdminRemove, useAdminSave, useCommand, useCustomer, useCustomerSearch, useEditCustomer, useFlows, useLadder, useNewPassword, useRouting, useSipSettings, useTransferQueues,
} from "./queries.ts";
export { useAssistantNames, useFlowSecrets, useSaveSecret, useTryAssistant } from "./outside-api.ts";
export { flowApi, flowsChanged, useCalendars, useFlowDiff, useFlowList, useFlowProofs, useFlowTemplates, useFlowTraffic, usePrompts } from "./flow-studio-api.ts";
export { promptSoundUrl, usePromptSound } from "./prompts-api.ts";
export type { PromptOrder } from "./prompts-api.ts";
export { settingSchema, speak, useCallbackLinks, useChangeSetting, useDeflectionProblems, useHolidays, useHoursPreview, useHoursRules, useOwnSettings, usePlaces, useQueueSetting, useSaveHoursRules, useSaveSetting } from "./service-api.ts";
export type { Setting, SettingFrom } from "./service-api.ts";
export { messageSoundUrl, tookByMachine, useBookCallback, useCallbackOffer, useCallbackOrder, useCallbacks, useCustomerCallbacks, useMessageOrder, usePromiseReport, usePromisedWork, useQueueMessages, useRemoveMessage } from "./promised-api.ts";
export type { CallbackOrder, MessageOrder, Shown } from "./promised-api.ts";
export { queryClient } from "./query-client.ts";
export { changeLanguage, checkSession, session, signIn, signOut } from "./session.ts";
export type { Session } from "./session.ts";
export type { CentreState } from "./state.ts";
export { createStore, useSelect } from "./store.ts";
export type { Store } from "./store.ts";
export type { Connection } from "./stream.ts";
export type { PendingMessage, Thread } from "./thread.ts";
export {
  documentSchema, useAddSpeedDial, useBans, useBorderNotices, useCallHistory, useChoices, useDirectory, useLiftBan, useMeetingOrder, useMeetings, useMyCalls, useMyChoices, useMyTelephone, useMyVoicemails, useNewSeat, useProvisionPhone, useRemoveSpeedDial, useRemoveVoicemail, useSaveTelephonyDocument, useSetChoices, useSetMyChoices, useSpeedDials, useTelephonyDocument, useTelephonyNow, useVoicemailHeard, voicemailUrl,
} from "./telephony-api.ts";
export type { MeetingOrder, SpeedDialRow, TelephonyDocument, TelephonyDocuments } from "./telephony-api.ts";
