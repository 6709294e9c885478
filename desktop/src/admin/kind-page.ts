/** What one section of the administration is: its columns, its form, its words. One file a kind beside this one. */
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { z } from "zod";
import { useAdminList, useFlows } from "../data/data.ts";
import type { AdminBodies, AdminKind, AdminRows } from "../data/data.ts";
import { useFormat, useLanguage, useT } from "../i18n/i18n.ts";
import type { Key, T } from "../i18n/i18n.ts";

/** Names of what rows refer to, and the words to say it with. */
export interface Look {
  t: T;
  format: ReturnType<typeof useFormat>;
  language: "fr" | "en";
  users: readonly AdminRows["users"][];
  queues: readonly AdminRows["queues"][];
  skills: readonly AdminRows["skills"][];
  flows: readonly { id: string; name: string }[];
  phones: readonly AdminRows["phones"][];
  extensions: readonly AdminRows["extensions"][];
  trunks: readonly AdminRows["trunks"][];
}

export function useLook(): Look {
  const t = useT();
  const format = useFormat();
  const language = useLanguage();
  const users = useAdminList("users").data ?? [];
  const queues = useAdminList("queues").data ?? [];
  const skills = useAdminList("skills").data ?? [];
  const flows = useFlows().data ?? [];
  const phones = useAdminList("phones", false).data ?? [];
  const extensions = useAdminList("extensions", false).data ?? [];
  const trunks = useAdminList("trunks", false).data ?? [];
  return { t, format, language, users, queues, skills, flows, phones, extensions, trunks };
}

export interface AdminColumn<R> {
  id: string;
  label: Key;
  /** Share of the width left by fixed columns, or a fixed width in rem. */
  width: { share: number } | { rem: number };
  align?: "right";
  /** What sorting compares. */
  sort: (row: R, look: Look) => string | number;
  cell: (row: R, look: Look) => ReactNode;
}

export interface FormProps<K extends AdminKind> {
  draft: AdminBodies[K];
  set: (change: Partial<AdminBodies[K]>) => void;
  /** In words, or null when the field is right. */
  error: (field: keyof AdminBodies[K] & string) => string | null;
  /** As stored; null while creating. */
  row: AdminRows[K] | null;
  look: Look;
}

export interface KindPage<K extends AdminKind> {
  kind: K;
  icon: LucideIcon;
  schema: z.ZodType<AdminBodies[K]>;
  columns: readonly AdminColumn<AdminRows[K]>[];
  nameOf: (row: AdminBodies[K], look: Look) => string;
  searchText: (row: AdminRows[K], look: Look) => string;
  /** Of a new one; `rows`: those that are there. */
  blank: (look: Look, rows: readonly AdminRows[K][]) => AdminBodies[K];
  Form: (props: FormProps<K>) => ReactNode;
  errors: Partial<Record<keyof AdminBodies[K] & string, Key>>;
  /** What deleting does; `blocked` says why it cannot be done yet. */
  removal: (row: AdminRows[K], look: Look) => { effect: string; blocked: string | null };
  wide?: boolean;
  /** Accounts: a password is made at creation and can be replaced. */
  password?: { effect: Key };
  /** A better way to make rows than the form alone: its button comes first. */
  Beside?: (props: { look: Look }) => ReactNode;
  /** Under the form of a stored row: what is done to it at once, outside the form's save. `show` gives the whole sheet to something seen once. */
  More?: (props: { row: AdminRows[K]; look: Look; show: (title: string, body: ReactNode) => void }) => ReactNode;
}

/** Names joined, `—` when there are none. */
export function list(names: readonly string[]): string {
  return names.length === 0 ? "—" : names.join(", ");
}

export function nameIn(rows: readonly { id: string; name: string }[], id: string): string {
  return rows.find((row) => row.id === id)?.name ?? id;
}
