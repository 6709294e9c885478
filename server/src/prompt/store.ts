/**
 * The table of prompts. Small and read whenever a call is spoken to, so it lives in memory; every write goes to PostgreSQL first, one after
 * another. The sounds themselves are read when a file of them is missing.
 */
import { createHash } from "node:crypto";
import type { PromptBody, PromptLanguage, PromptRecording } from "@tandem/protocol/prompt";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { takesTurns } from "../base/in-turn.ts";
import type { Db } from "../db/db.ts";
import { writeWav } from "../rtp/rtp.ts";
import type { Converted } from "./convert.ts";

/** Replaced recordings kept per language, to be taken back. */
const EARLIER = 10;
/** Attack (or a script gone wild): prompts without end, all in memory. */
const MAX_PROMPTS = 5_000;

export interface PromptRow extends PromptBody {
  id: string;
  /** The newest first; the first `current` one is heard. */
  recordings: Readonly<Record<PromptLanguage, readonly (PromptRecording & { current: boolean })[]>>;
}

export interface PromptRefusal {
  ok: false;
  code: "taken" | "in-use" | "not-found" | "too-many-prompts";
  field?: string;
}
export type PromptWritten = { ok: true; id: string } | PromptRefusal;

export interface PromptStore {
  prompts(): PromptRow[];
  prompt(id: string): PromptRow | null;
  /** What is heard in that language, were it a recording. */
  current(id: string, language: PromptLanguage): PromptRecording | null;
  put(id: string | null, body: PromptBody): Promise<PromptWritten>;
  /** `used`: does something need it? Asked in the turn of the write. */
  remove(id: string, used: () => Promise<boolean> | boolean): Promise<PromptWritten>;
  addRecording(id: string, language: PromptLanguage, converted: Converted, of: { fileName: string; byName: string }): Promise<PromptWritten>;
  /** The text is spoken again; the recording stays among the earlier ones. */
  dropRecording(id: string, language: PromptLanguage): Promise<PromptWritten>;
  /** Takes an earlier one back. */
  restoreRecording(id: string, language: PromptLanguage, hash: string): Promise<PromptWritten>;
  /** The WAV of that hash; null = unknown. */
  wav(hash: string): Promise<Uint8Array | null>;
  /** Of every sound that is kept. */
  hashes(): Promise<Set<string>>;
  onChange(hear: (promptId: string) => void): void;
  /** Reads everything again: another server wrote. */
  reload(): Promise<void>;
}

interface RecordingRow {
  prompt_id: string;
  language: PromptLanguage;
  current: boolean;
  body: PromptRecording;
  [column: string]: unknown;
}

export async function createPromptStore({ db, clock, chance }: { db: Db; clock: Clock; chance: Chance }): Promise<PromptStore> {
  let rows = new Map<string, PromptRow>();
  const hearers: ((promptId: string) => void)[] = [];
  /** Each write checks what the one before it left. */
  const inTurn = takesTurns();
  const tell = (id: string): void => {
    for (const hear of hearers) hear(id);
  };

  async function read(only: string | null): Promise<Map<string, PromptRow>> {
    const found = new Map<string, PromptRow>();
    for (const row of await db.query<{ id: string; name: string; texts: PromptBody["texts"] }>("SELECT id, name, texts FROM prompt WHERE $1::text IS NULL OR id = $1 ORDER BY lower(name)", [only])) {
      found.set(row.id, { ...row, recordings: { fr: [], en: [] } });
    }
    const recordings = await db.query<RecordingRow>("SELECT prompt_id, language, current, body FROM prompt_recording WHERE $1::text IS NULL OR prompt_id = $1 ORDER BY at_ms DESC", [only]);
    for (const { prompt_id, language, current, body } of recordings) {
      const row = found.get(prompt_id);
      if (row) found.set(prompt_id, { ...row, recordings: { ...row.recordings, [language]: [...row.recordings[language], { ...body, current }] } });
    }
    return found;
  }
  async function refresh(id: string): Promise<void> {
    const row = (await read(id)).get(id);
    if (row) rows.set(id, row);
    else rows.delete(id);
    tell(id);
  }
  rows = await read(null);

  return {
    prompts: () => [...rows.values()].toSorted((a, b) => a.name.localeCompare(b.name)),
    prompt: (id) => rows.get(id) ?? null,
    current: (id, language) => rows.get(id)?.recordings[language].find(({ current }) => current) ?? null,
    put: (given, { name, texts }) =>
      inTurn(async () => {
        if (given !== null && !rows.has(given)) return { ok: false, code: "not-found" };
        if (given === null && rows.size >= MAX_PROMPTS) return { ok: false, code: "too-many-prompts" };
        const id = given ?? newId("prm", clock.now(), chance);
        const [taken] = await db.query<{ id: string }>("SELECT id FROM prompt WHERE lower(name) = lower($1) AND id <> $2", [name, id]);
        if (taken) return { ok: false, code: "taken", field: "name" };
        await db.query("INSERT INTO prompt (id, name, texts) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = $2, texts = $3", [id, name, JSON.stringify(texts)]);
        await refresh(id);
        return { ok: true, id };
      }),
    remove: (id, used) =>
      inTurn(async () => {
        if (!rows.has(id)) return { ok: false, code: "not-found" };
        if (await used()) return { ok: false, code: "in-use" };
        await db.transaction(async (tx) => {
          await tx.query("DELETE FROM prompt WHERE id = $1", [id]);
          await tx.query("DELETE FROM prompt_sound s WHERE NOT EXISTS (SELECT 1 FROM prompt_recording r WHERE r.hash = s.hash)");
        });
        await refresh(id);
        return { ok: true, id };
      }),
    addRecording: (id, language, converted, { fileName, byName }) =>
      inTurn(async () => {
        if (!rows.has(id)) return { ok: false, code: "not-found" };
        const wav = writeWav([converted.samples]);
        const hash = createHash("sha256").update(wav).digest("hex");
        const { samples: _, ...facts } = converted;
        const body: PromptRecording = { ...facts, hash, fileName: fileName.slice(0, 200), byName, atMs: clock.now() };
        await db.transaction(async (tx) => {
          await tx.query("INSERT INTO prompt_sound (hash, wav) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", [hash, wav]);
          await tx.query("UPDATE prompt_recording SET current = false WHERE prompt_id = $1 AND language = $2", [id, language]);
          await tx.query(
            "INSERT INTO prompt_recording (prompt_id, language, hash, at_ms, current, body) VALUES ($1, $2, $3, $4, true, $5) ON CONFLICT (prompt_id, language, hash) DO UPDATE SET at_ms = $4, current = true, body = $5",
            [id, language, hash, body.atMs, JSON.stringify(body)],
          );
          await tx.query("DELETE FROM prompt_recording WHERE prompt_id = $1 AND language = $2 AND hash IN (SELECT hash FROM prompt_recording WHERE prompt_id = $1 AND language = $2 ORDER BY current DESC, at_ms DESC OFFSET $3)", [id, language, 1 + EARLIER]);
          await tx.query("DELETE FROM prompt_sound s WHERE NOT EXISTS (SELECT 1 FROM prompt_recording r WHERE r.hash = s.hash)");
        });
        await refresh(id);
        return { ok: true, id };
      }),
    dropRecording: (id, language) =>
      inTurn(async () => {
        if (!rows.get(id)?.recordings[language].some(({ current }) => current)) return { ok: false, code: "not-found" };
        await db.query("UPDATE prompt_recording SET current = false WHERE prompt_id = $1 AND language = $2", [id, language]);
        await refresh(id);
        return { ok: true, id };
      }),
    restoreRecording: (id, language, hash) =>
      inTurn(async () => {
        if (!rows.get(id)?.recordings[language].some((one) => one.hash === hash)) return { ok: false, code: "not-found" };
        await db.transaction(async (tx) => {
          await tx.query("UPDATE prompt_recording SET current = false WHERE prompt_id = $1 AND language = $2", [id, language]);
          await tx.query("UPDATE prompt_recording SET current = true WHERE prompt_id = $1 AND language = $2 AND hash = $3", [id, language, hash]);
        });
        await refresh(id);
        return { ok: true, id };
      }),
    async wav(hash) {
      const [row] = await db.query<{ wav: Uint8Array }>("SELECT wav FROM prompt_sound WHERE hash = $1", [hash]);
      return row?.wav ?? null;
    },
    hashes: async () => new Set((await db.query<{ hash: string }>("SELECT hash FROM prompt_sound")).map(({ hash }) => hash)),
    onChange: (hear) => void hearers.push(hear),
    reload: () =>
      inTurn(async () => {
        rows = await read(null);
      }),
  };
}
