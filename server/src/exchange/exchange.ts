/**
 * The company telephone system: extensions, ring groups, rooms, paging, and what their holders chose. What is written of it
 * (config.ts) lives in memory and goes to PostgreSQL first; a short number belongs to one thing only. The engine (engine.ts) is a
 * back-to-back agent made of small machines, each a file: a call being set up (setup, fork), a conversation (talk), a parked call,
 * a message being left, a mailbox being heard, a transfer, a meeting (meetings.ts: rooms, calls put together, announcements).
 *
 * Invariants: a party (one leg) belongs to one machine at a time and ends once; nothing rings before the caller was judged; whose
 * right to call outside counts is who dialled or who forwarded, never the caller from outside; states are worked out, not kept.
 * Absent on purpose: contacts of customers (centre), how SIP is spoken (sip), the way outside (trunk), pictures in meetings.
 */
export { createExchangeConfig } from "./config.ts";
export type { CallerRuleRow, ConfigChange, ConfigKind, ConfigRefusal, ConfigWritten, ExchangeConfig, ExtensionRow, GroupRow, PageRow, RoomRow, SipRoleRow, SpeedDialRow } from "./config.ts";
export { createProvisioning, qrOf } from "./provisioning.ts";
export type { PhoneSettings, Provisioning } from "./provisioning.ts";
export { makeSeat, renewPhone } from "./seat.ts";
export { createExchange } from "./engine.ts";
export type { Exchange } from "./engine.ts";
export type { Meeting } from "./meeting.ts";
export type { Meetings } from "./meetings.ts";
export type { HistoryQuery } from "./history.ts";
export type { Device, ExchangeOptions, Holder, IncomingCall, TrunkAttempt, TrunkPort, VoicemailMail } from "./ports.ts";
export type { DialogFact, ExtensionState } from "./states.ts";
export type { Counts } from "./voicemail-store.ts";
export { fixedWords, spokenDate } from "./words.ts";
