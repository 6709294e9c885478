/**
 * Settings of queues and of the whole centre by kind (protocol/src/queue-settings.ts). Small and read at every routing decision, so they live
 * in memory; every write goes to PostgreSQL first, one after another. Bodies given out are frozen: they are shared.
 */
import { createHash } from "node:crypto";
import { QUEUE_SETTINGS, QueueSettingKind, type QueueSetting } from "@tandem/protocol/queue-settings";
import { takesTurns } from "../base/in-turn.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import type { Directory } from "./store.ts";

/** The whole centre, in the place of a queue's id. */
export const WHOLE_CENTRE = "";

/** `code` "elsewhere": this kind is not set there; the others come from the rooms that understand the setting (`check`). */
export interface SettingRefusal {
  ok: false;
  code: "setting-changed" | "not-found" | "elsewhere" | "bad-input" | "unknown-reference" | "contradiction" | "redirect-loop" | "nothing-said";
  field?: string;
  /** Of a circle: the queues on it, in order. */
  names?: readonly string[];
}
/** What a room has against a body that its schema allows; null = nothing. A body null: what is more general would hold again. */
export type SettingCheck<K extends QueueSettingKind> = (queueId: string, body: QueueSetting<K> | null) => SettingRefusal | null;

export interface QueueSettings {
  /** The queue's own, else the whole centre's (where the kind has one), else the defaults. */
  get<K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K>;
  own<K extends QueueSettingKind>(kind: K, queueId: string): QueueSetting<K> | null;
  /** What queues have of their own, by queue. */
  ofQueues<K extends QueueSettingKind>(kind: K): Readonly<Record<string, QueueSetting<K>>>;
  /** Names what holds there now by its content: the same again is the same, on every node. */
  revision(kind: QueueSettingKind, queueId: string): string;
  /** Null removes it: what is more general holds again. `body` is read by the kind's schema. `seen`: only while that revision holds. */
  put(kind: QueueSettingKind, queueId: string, body: unknown, seen?: string): Promise<{ ok: true } | SettingRefusal>;
  check<K extends QueueSettingKind>(kind: K, check: SettingCheck<K>): void;
  onChange(hear: (change: { kind: QueueSettingKind; queueId: string }) => void): void;
  reload(): Promise<void>;
}

export async function createQueueSettings({ db, directory, log }: { db: Db; directory: Pick<Directory, "queue" | "onChange">; log: Log }): Promise<QueueSettings> {
  const kept = new Map<string, unknown>();
  const defaults = new Map(QueueSettingKind.options.map((kind) => [kind, frozen(QUEUE_SETTINGS[kind].schema.parse({}))]));
  const checks = new Map<QueueSettingKind, SettingCheck<QueueSettingKind>>();
  const hearers: Parameters<QueueSettings["onChange"]>[0][] = [];
  /** Each write checks what the one before it left. */
  const inTurn = takesTurns();
  const keyOf = (kind: QueueSettingKind, queueId: string): string => `${kind} ${queueId}`;

  const load = async (): Promise<void> => {
    const rows = await db.query<{ queue_id: string; kind: string; body: unknown }>("SELECT queue_id, kind, body FROM queue_setting");
    kept.clear();
    for (const { queue_id: queueId, kind, body } of rows) {
      const known = QueueSettingKind.safeParse(kind);
      const read = known.success ? QUEUE_SETTINGS[known.data].schema.safeParse(body) : known;
      if (known.success && read.success) kept.set(keyOf(known.data, queueId), frozen(read.data));
      else log.error({ queueId, kind, why: read.error?.message ?? "" }, "a stored setting cannot be read: what is more general holds until it is saved again");
    }
  };
  await load();

  const settings: QueueSettings = {
    get: (kind, queueId) => settings.own(kind, queueId) ?? settings.own(kind, WHOLE_CENTRE) ?? (defaults.get(kind) as never),
    own: (kind, queueId) => (kept.get(keyOf(kind, queueId)) as never) ?? null,
    ofQueues: (kind) => Object.fromEntries([...kept].filter(([key]) => key.startsWith(`${kind} `) && key !== keyOf(kind, WHOLE_CENTRE)).map(([key, body]) => [key.slice(kind.length + 1), body as never])),
    revision: (kind, queueId) => createHash("sha256").update(sorted(settings.get(kind, queueId))).digest("base64url").slice(0, 22),
    put: (kind, queueId, body, seen) =>
      inTurn(async () => {
        if (queueId !== WHOLE_CENTRE && !directory.queue(queueId)) return { ok: false, code: "not-found" };
        if (seen !== undefined && seen !== settings.revision(kind, queueId)) return { ok: false, code: "setting-changed" };
        const { schema, at } = QUEUE_SETTINGS[kind];
        if (at === (queueId === WHOLE_CENTRE ? "queue" : "centre")) return { ok: false, code: "elsewhere" };
        const read = schema.safeParse(body ?? {});
        if (!read.success) return { ok: false, code: "bad-input", field: read.error.issues[0]?.path.join(".") ?? "" };
        const refusal = checks.get(kind)?.(queueId, body === null ? null : read.data) ?? null;
        if (refusal) return refusal;
        if (body === null) await db.query("DELETE FROM queue_setting WHERE queue_id = $1 AND kind = $2", [queueId, kind]);
        else await db.query("INSERT INTO queue_setting (queue_id, kind, body) VALUES ($1, $2, $3) ON CONFLICT (queue_id, kind) DO UPDATE SET body = $3", [queueId, kind, JSON.stringify(read.data)]);
        if (body === null) kept.delete(keyOf(kind, queueId));
        else kept.set(keyOf(kind, queueId), frozen(read.data));
        for (const hear of hearers) hear({ kind, queueId });
        return { ok: true };
      }),
    check: (kind, check) => void checks.set(kind, check),
    onChange: (hear) => void hearers.push(hear),
    reload: () => inTurn(load),
  };

  // A queue that is gone leaves nothing: its id does not come again, but its rows would stay for ever.
  directory.onChange(({ kind, id, gone }) => {
    if (kind !== "queue" || !gone) return;
    void inTurn(async () => {
      await db.query("DELETE FROM queue_setting WHERE queue_id = $1", [id]);
      for (const key of [...kept.keys()]) if (key.endsWith(` ${id}`)) kept.delete(key);
    }).catch((error: Error) => log.warn({ queueId: id, why: error.message }, "settings of a queue that is gone stay in the database; nothing reads them"));
  });
  return settings;
}

/** JSON with its keys in order: PostgreSQL keeps an order of its own. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === "object" && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one));
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
