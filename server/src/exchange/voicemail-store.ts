/** Messages and own greetings: rows in PostgreSQL, sound in files; counts in memory, because lamps ask at once. */
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { VoicemailMessage } from "@tandem/protocol";
import type { Db } from "../db/db.ts";
import type { Takes } from "./takes.ts";

/** Messages that one mailbox keeps. Attack: a machine that calls all night and fills the disk. */
export const MAX_MESSAGES = 100;

export interface Counts {
  fresh: number;
  all: number;
}

const COLUMNS = "id, extension_id, from_number, from_name, customer_id, left_at, duration_ms, heard";

export class VoicemailStore {
  readonly #db: Db;
  readonly #folder: string;
  readonly #takes: Takes;
  readonly #counts = new Map<string, Counts>();
  readonly #greetings = new Set<string>();
  readonly #hearers: ((extensionId: string) => void)[] = [];

  constructor(db: Db, folder: string, takes: Takes) {
    this.#db = db;
    this.#folder = folder;
    this.#takes = takes;
  }

  async open(): Promise<void> {
    // a server that died between the two deletions left messages of nobody
    for (const { extension_id } of await this.#db.query<{ extension_id: string }>("SELECT DISTINCT extension_id FROM voicemail v WHERE NOT EXISTS (SELECT FROM extension e WHERE e.id = v.extension_id)")) await this.forget(extension_id);
    const rows = await this.#db.query<{ extension_id: string; fresh: string; all: string }>('SELECT extension_id, count(*) FILTER (WHERE NOT heard) AS fresh, count(*) AS "all" FROM voicemail GROUP BY extension_id');
    for (const row of rows) this.#counts.set(row.extension_id, { fresh: Number(row.fresh), all: Number(row.all) });
    for (const name of await readdir(this.#folder)) {
      const greeting = /^greeting-(.+)\.wav$/.exec(name);
      if (greeting && !name.endsWith(".both.wav")) this.#greetings.add(greeting[1]!);
    }
  }

  counts(extensionId: string): Counts {
    return this.#counts.get(extensionId) ?? { fresh: 0, all: 0 };
  }

  onChange(hear: (extensionId: string) => void): void {
    this.#hearers.push(hear);
  }

  /** New ones first, each in the order they were left. */
  async list(extensionId: string): Promise<VoicemailMessage[]> {
    const rows = await this.#db.query<VoicemailRow>(`SELECT ${COLUMNS} FROM voicemail WHERE extension_id = $1 ORDER BY heard, left_at DESC LIMIT ${MAX_MESSAGES}`, [extensionId]);
    return rows.map(messageOf);
  }

  async ofCustomer(customerId: string): Promise<VoicemailMessage[]> {
    const rows = await this.#db.query<VoicemailRow>(`SELECT ${COLUMNS} FROM voicemail WHERE customer_id = $1 ORDER BY left_at DESC LIMIT ${MAX_MESSAGES}`, [customerId]);
    return rows.map(messageOf);
  }

  async message(id: string): Promise<VoicemailMessage | null> {
    const [row] = await this.#db.query<VoicemailRow>(`SELECT ${COLUMNS} FROM voicemail WHERE id = $1`, [id]);
    return row ? messageOf(row) : null;
  }

  pathOf(id: string): string {
    return join(this.#folder, `${id}.wav`);
  }

  /** The sound is at `pathOf(message.id)` already. */
  async add(message: VoicemailMessage): Promise<void> {
    await this.#db.query(`INSERT INTO voicemail (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, [
      message.id, message.extensionId, message.fromNumber, message.fromName, message.customerId, new Date(message.leftAtMs), message.durationMs, message.heard,
    ]);
    this.#count(message.extensionId, 1, 1);
  }

  async markHeard(id: string): Promise<boolean> {
    const [row] = await this.#db.query<{ extension_id: string }>("UPDATE voicemail SET heard = true WHERE id = $1 AND NOT heard RETURNING extension_id", [id]);
    if (row) this.#count(row.extension_id, -1, 0);
    return row !== undefined;
  }

  async remove(id: string): Promise<boolean> {
    const [row] = await this.#db.query<{ extension_id: string; heard: boolean }>("DELETE FROM voicemail WHERE id = $1 RETURNING extension_id, heard", [id]);
    if (!row) return false;
    this.#takes.discard(this.pathOf(id));
    this.#count(row.extension_id, row.heard ? 0 : -1, -1);
    return true;
  }

  greetingPath(extensionId: string): string | null {
    return this.#greetings.has(extensionId) ? this.#greetingFile(extensionId) : null;
  }

  async setGreeting(extensionId: string, fromPath: string): Promise<void> {
    await rename(fromPath, this.#greetingFile(extensionId));
    this.#greetings.add(extensionId);
  }

  dropGreeting(extensionId: string): void {
    if (this.#greetings.delete(extensionId)) this.#takes.discard(this.#greetingFile(extensionId));
  }

  /** The extension is gone: what was said to it and by it goes, too. */
  async forget(extensionId: string): Promise<void> {
    const rows = await this.#db.query<{ id: string }>("DELETE FROM voicemail WHERE extension_id = $1 RETURNING id", [extensionId]);
    for (const { id } of rows) this.#takes.discard(this.pathOf(id));
    this.dropGreeting(extensionId);
    this.#counts.delete(extensionId);
  }

  #greetingFile(extensionId: string): string {
    return join(this.#folder, `greeting-${extensionId}.wav`);
  }

  #count(extensionId: string, fresh: number, all: number): void {
    const before = this.counts(extensionId);
    this.#counts.set(extensionId, { fresh: Math.max(0, before.fresh + fresh), all: Math.max(0, before.all + all) });
    for (const hear of this.#hearers) hear(extensionId);
  }
}

interface VoicemailRow extends Record<string, unknown> {
  id: string;
  extension_id: string;
  from_number: string;
  from_name: string;
  customer_id: string | null;
  left_at: Date;
  duration_ms: number;
  heard: boolean;
}

function messageOf(row: VoicemailRow): VoicemailMessage {
  return {
    id: row.id, extensionId: row.extension_id, fromNumber: row.from_number, fromName: row.from_name, customerId: row.customer_id,
    leftAtMs: row.left_at.getTime(), durationMs: row.duration_ms, heard: row.heard,
  };
}
