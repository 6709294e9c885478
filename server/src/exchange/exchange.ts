/**
 * The company telephone system: extensions, ring groups, rooms, paging, and what their holders chose. What is written of it
 * (config.ts) lives in memory and goes to PostgreSQL first; a short number belongs to one thing only.
 *
 * Absent on purpose: contacts of customers (centre), how SIP is spoken (sip), the way outside (trunk).
 */
export { createExchangeConfig } from "./config.ts";
export type { CallerRuleRow, ConfigChange, ConfigKind, ConfigRefusal, ConfigWritten, ExchangeConfig, ExtensionRow, GroupRow, PageRow, RoomRow, SipRoleRow, SpeedDialRow } from "./config.ts";
export { createProvisioning, qrOf } from "./provisioning.ts";
export type { PhoneSettings, Provisioning } from "./provisioning.ts";
export { makeSeat, renewPhone } from "./seat.ts";
