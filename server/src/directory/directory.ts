/**
 * The directory: who works here (users, skills, phones) and how contacts reach them (queues, numbers, flows with their drafts and versions, dispositions).
 *
 * All of it is small and read at every routing decision, so it lives in memory and every write goes through to PostgreSQL first.
 * Invariants: memory never shows what is not stored; names and logins are unique; what is in use is not removed.
 * Absent on purpose: live states of agents (acd), customers (crm), what a flow means (flow).
 */
export { createDirectory } from "./store.ts";
export type { Directory, DirectoryChange, Refusal, Unpublished } from "./store.ts";
export type { DispositionRow, FlowRow, NumberRow, PhoneRow, QueueRow, SkillRow, UserRow } from "./rows.ts";
export type { Author, DraftConflict, FlowDraft, FlowHead, FlowRefusal, Flows, FlowVersionRow, Publishing, Verdict } from "./flows.ts";
export { flowChanges } from "./flow-changes.ts";
export { printFile, printFlow, readBySchema, readFlowFile, readFlowJson } from "./flow-file.ts";
export type { FileProblem, FlowFormat, FlowSense, ReadFile } from "./flow-file.ts";
export { servesQueue } from "./serves.ts";
export { hashPassword, newPassword, verifyPassword } from "./password.ts";
export { createQueueSettings, WHOLE_CENTRE } from "./queue-settings.ts";
export type { QueueSettings, SettingRefusal } from "./queue-settings.ts";
export { createSessions } from "./sessions.ts";
export type { Sessions } from "./sessions.ts";
