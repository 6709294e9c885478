/** Administration by REST: each kind lists, creates, changes and deletes the same way; a view is the body with its id. */
import { AdminDisposition, AdminNumber, AdminPhone, AdminPhoneLive, AdminQueue, AdminSkill, AdminUser, FlowHit, OncePassword } from "@tandem/protocol";
import { z } from "zod";
import { request } from "./api.ts";

const id = z.object({ id: z.string() });
const UserRow = AdminUser.and(id);
const QueueRow = AdminQueue.and(id);
const SkillRow = AdminSkill.and(id);
const NumberRow = AdminNumber.and(id);
const PhoneRow = AdminPhone.and(id).and(AdminPhoneLive);
const DispositionRow = AdminDisposition.and(id);
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
}
export interface AdminBodies {
  users: AdminUser;
  queues: AdminQueue;
  skills: AdminSkill;
  numbers: AdminNumber;
  phones: AdminPhone;
  dispositions: AdminDisposition;
}
export type AdminKind = keyof AdminRows;

const rowSchemas: { [K in AdminKind]: z.ZodType<AdminRows[K]> } = {
  users: UserRow, queues: QueueRow, skills: SkillRow, numbers: NumberRow, phones: PhoneRow, dispositions: DispositionRow,
};
/** What a creation answers: its id, and for users (and phones, which are accounts too) the password shown once. */
const Created = z.object({ id: z.string(), password: z.string().optional() });
export type Created = z.infer<typeof Created>;

/** What a phone must be told besides its account: the server's own name for its users, and where it listens. */
const SipSettings = z.object({ domain: z.string(), port: z.number() });

const path = (kind: AdminKind, rowId: string): string => `/admin/${kind}/${encodeURIComponent(rowId)}`;

export const adminApi = {
  list: <K extends AdminKind>(kind: K): Promise<AdminRows[K][]> => request("GET", `/admin/${kind}`, z.array(rowSchemas[kind])),
  create: <K extends AdminKind>(kind: K, body: AdminBodies[K]): Promise<Created> => request("POST", `/admin/${kind}`, Created, body),
  change: <K extends AdminKind>(kind: K, rowId: string, body: AdminBodies[K]): Promise<unknown> => request("PUT", path(kind, rowId), z.unknown(), body),
  remove: (kind: AdminKind, rowId: string): Promise<unknown> => request("DELETE", path(kind, rowId), z.unknown()),
  newPassword: (kind: "users" | "phones", rowId: string): Promise<z.infer<typeof OncePassword>> => request("POST", `${path(kind, rowId)}/password`, OncePassword),
  sip: (): Promise<z.infer<typeof SipSettings>> => request("GET", "/admin/sip", SipSettings),
  flows: (): Promise<z.infer<typeof FlowHit>[]> => request("GET", "/admin/flows", z.array(FlowHit)),
};
