/** Administration by REST: each kind lists, creates, changes and deletes the same way; a view is the body with its id. */
import {
  AdminDisposition, AdminNumber, AdminPhone, AdminPhoneLive, AdminQueue, AdminSkill, AdminUser, CallerRule, Extension, ExtensionLive, FlowHit, MeetingRoomView, OncePassword, OutboundRoute, PageGroup, RingGroup, SipRole,
  SpeedDial, TrunkRow,
} from "@tandem/protocol";
import type { TrunkBody } from "@tandem/protocol";
import { Calendar } from "@tandem/protocol/hours";
import { PromptView } from "@tandem/protocol/prompt";
import type { PromptBody } from "@tandem/protocol/prompt";
import { z } from "zod";
import { request } from "./api.ts";

const id = z.object({ id: z.string() });
const UserRow = AdminUser.and(id);
const QueueRow = AdminQueue.and(id);
const SkillRow = AdminSkill.and(id);
const NumberRow = AdminNumber.and(id);
const PhoneRow = AdminPhone.and(id).and(AdminPhoneLive);
const DispositionRow = AdminDisposition.and(id);
const ExtensionRow = Extension.and(id).and(ExtensionLive);
const RingGroupRow = RingGroup.and(id);
const MeetingRoomRow = MeetingRoomView.and(id);
const PageGroupRow = PageGroup.and(id);
const CallerRuleRow = CallerRule.and(id);
const SpeedDialRow = SpeedDial.and(id);
const OutboundRouteRow = OutboundRoute.and(id);
const SipRoleRow = SipRole.and(id);
const CalendarRow = Calendar.and(id);
export type UserRow = z.infer<typeof UserRow>;
export type QueueRow = z.infer<typeof QueueRow>;
export type SkillRow = z.infer<typeof SkillRow>;
export type NumberRow = z.infer<typeof NumberRow>;
export type PhoneRow = z.infer<typeof PhoneRow>;
export type DispositionRow = z.infer<typeof DispositionRow>;

export interface AdminRows {
  users: UserRow;
  queues: QueueRow;
  skills: SkillRow;
  numbers: NumberRow;
  phones: PhoneRow;
  dispositions: DispositionRow;
  extensions: z.infer<typeof ExtensionRow>;
  groups: z.infer<typeof RingGroupRow>;
  rooms: z.infer<typeof MeetingRoomRow>;
  pages: z.infer<typeof PageGroupRow>;
  callerRules: z.infer<typeof CallerRuleRow>;
  speedDials: z.infer<typeof SpeedDialRow>;
  /** The password is never sent back; null keeps the stored one. */
  trunks: TrunkRow & { password: null };
  routes: z.infer<typeof OutboundRouteRow>;
  sipRoles: z.infer<typeof SipRoleRow>;
  prompts: PromptView;
  calendars: z.infer<typeof CalendarRow>;
}
export interface AdminBodies {
  users: AdminUser;
  queues: AdminQueue;
  skills: AdminSkill;
  numbers: AdminNumber;
  phones: AdminPhone;
  dispositions: AdminDisposition;
  extensions: Extension;
  groups: RingGroup;
  rooms: MeetingRoomView;
  pages: PageGroup;
  callerRules: CallerRule;
  speedDials: SpeedDial;
  trunks: TrunkBody;
  routes: OutboundRoute;
  sipRoles: SipRole;
  prompts: PromptBody;
  calendars: Calendar;
}
export type AdminKind = keyof AdminRows;

const rowSchemas: { [K in AdminKind]: z.ZodType<AdminRows[K]> } = {
  users: UserRow, queues: QueueRow, skills: SkillRow, numbers: NumberRow, phones: PhoneRow, dispositions: DispositionRow,
  extensions: ExtensionRow, groups: RingGroupRow, rooms: MeetingRoomRow, pages: PageGroupRow, callerRules: CallerRuleRow, speedDials: SpeedDialRow, trunks: TrunkRow.transform((row) => ({ ...row, password: null })), routes: OutboundRouteRow, sipRoles: SipRoleRow,
  prompts: PromptView, calendars: CalendarRow,
};
/** The telephone system's kinds are routes of their own. */
const places: Record<AdminKind, string> = {
  users: "/admin/users", queues: "/admin/queues", skills: "/admin/skills", numbers: "/admin/numbers", phones: "/admin/phones", dispositions: "/admin/dispositions",
  extensions: "/telephony/extensions", groups: "/telephony/groups", rooms: "/telephony/rooms", pages: "/telephony/pages", callerRules: "/telephony/caller-rules", speedDials: "/telephony/speed-dials",
  trunks: "/telephony/trunks", routes: "/telephony/routes", sipRoles: "/telephony/roles", prompts: "/admin/prompts", calendars: "/hours/calendars",
};
/** What a creation answers: its id, and for users (and phones, which are accounts too) the password shown once. */
const Created = z.object({ id: z.string(), password: z.string().optional() });
export type Created = z.infer<typeof Created>;

/** What a phone must be told besides its account: the server's own name for its users, and where it listens. */
const SipSettings = z.object({ domain: z.string(), host: z.string(), port: z.number() });
export type SipSettings = z.infer<typeof SipSettings>;

const path = (kind: AdminKind, rowId: string): string => `${places[kind]}/${encodeURIComponent(rowId)}`;

export const adminApi = {
  list: <K extends AdminKind>(kind: K): Promise<AdminRows[K][]> => request("GET", places[kind], z.array(rowSchemas[kind])),
  create: <K extends AdminKind>(kind: K, body: AdminBodies[K]): Promise<Created> => request("POST", places[kind], Created, body),
  change: <K extends AdminKind>(kind: K, rowId: string, body: AdminBodies[K]): Promise<unknown> => request("PUT", path(kind, rowId), z.unknown(), body),
  remove: (kind: AdminKind, rowId: string): Promise<unknown> => request("DELETE", path(kind, rowId), z.unknown()),
  newPassword: (kind: "users" | "phones", rowId: string): Promise<z.infer<typeof OncePassword>> => request("POST", `${path(kind, rowId)}/password`, OncePassword),
  sip: (): Promise<SipSettings> => request("GET", "/admin/sip", SipSettings),
  flows: (): Promise<z.infer<typeof FlowHit>[]> => request("GET", "/admin/flows", z.array(FlowHit)),
};
