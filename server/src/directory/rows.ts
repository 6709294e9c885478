import type { AdminDisposition, AdminNumber, AdminQueue, AdminSkill, AdminUser, Wish } from "@tandem/protocol";

export type UserRow = AdminUser & { id: string; wish: Wish };
export type SkillRow = AdminSkill & { id: string };
export type QueueRow = AdminQueue & { id: string };
export type NumberRow = AdminNumber & { id: string };
export type DispositionRow = AdminDisposition & { id: string };
export interface PhoneRow {
  id: string;
  account: string;
  label: string;
  userId: string | null;
  ha1Md5: string;
  ha1Sha256: string;
}
/** A flow as data; its shape is the room flow's business. */
export interface FlowRow {
  id: string;
  name: string;
  version: number;
  definition: unknown;
}
