/** Everything that speaks and hears, wired: the engine, spoken and recorded prompts, their table, lengths for the proof, recognisers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PromptLanguage, PromptUse, PromptView } from "@tandem/protocol/prompt";
import { QueueSettingKind } from "@tandem/protocol/queue-settings";
import type { PromptDesk } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import { DEFLECTION_KINDS } from "../deflection/deflection.ts";
import { WHOLE_CENTRE, type Directory, type QueueSettings } from "../directory/directory.ts";
import { createPromptStore, usesOf, type PromptRow, type PromptStore, type PromptUser } from "../prompt/prompt.ts";
import { decodeG711, encodeG711, readWav, writeWav } from "../rtp/rtp.ts";
import { createPrompts, createSoundFiles, withFallback, type Prompts, type Recogniser, type SpeechEngine, type SpokenWhen } from "../voice/voice.ts";
import { startConverter } from "./speech-convert.ts";
import { createSeconds, type SpeechSeconds } from "./speech-seconds.ts";
import { startSpotter } from "./speech-spotter.ts";
import { createVosk, readRecogniserUrl } from "./speech-vosk.ts";

export interface SpeechOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  dataDir: string;
  engine: SpeechEngine;
  recogniserUrl: string | undefined;
  /** What may name prompts: flows (drafts too), settings of queues and centre. (Calendars have no words.) Asked when administrators look or remove. */
  users(): PromptUser[] | Promise<PromptUser[]>;
}

export interface SpeechSetup {
  prompts: Prompts;
  store: PromptStore;
  /** A file that plays this entry in this language: its recording, else its text spoken; null = neither. */
  recordingPath(promptId: string, language: PromptLanguage, when?: SpokenWhen): Promise<string | null>;
  /** Deletes the files of recordings that no prompt has any more; at its second time, for a call may still play one. */
  sweep(): Promise<void>;
  /** Speaks what the recogniser must know of these phrases; nothing where it needs nothing. */
  patterns(language: PromptLanguage, phrases: readonly string[]): Promise<void>;
  recogniser: Recogniser;
  /** A recogniser of whole sentences is configured: what cannot be keyed may be asked by voice. */
  hearsFreely: boolean;
  seconds: SpeechSeconds;
  desk: PromptDesk;
  stop(): Promise<void>;
}

/** What is set on the pages of hours and deflection. */
const OF_HOURS: ReadonlySet<QueueSettingKind> = new Set(DEFLECTION_KINDS);

/** Flows as they are live and as they are being edited, and what is set for queues and for the centre. */
export async function promptUsers(directory: Pick<Directory, "flows" | "queues" | "studio">, settings: Pick<QueueSettings, "own">): Promise<PromptUser[]> {
  const own = (where: "queue" | "centre", id: string, name: string): PromptUser[] =>
    QueueSettingKind.options.flatMap((kind) => {
      const body = settings.own(kind, id);
      return body === null ? [] : [{ where: OF_HOURS.has(kind) ? "hours" : where, id, name, body }];
    });
  const drafts = await Promise.all(directory.studio.heads().filter(({ draft }) => draft.changed).map(async ({ id, name }): Promise<PromptUser> => ({ where: "flow", id, name, body: (await directory.studio.draft(id))?.document })));
  return [
    ...drafts,
    ...directory.flows().map(({ id, name, definition }): PromptUser => ({ where: "flow", id, name, body: definition })),
    ...directory.queues().flatMap(({ id, name }) => own("queue", id, name)),
    ...own("centre", WHOLE_CENTRE, ""),
  ];
}

/** What waiting callers and agents hear must be there: no prompt that is gone, no announcement that says nothing. */
export function checkPrompts(settings: Pick<QueueSettings, "check">, store: Pick<PromptStore, "prompt">): void {
  const unknown = (id: string | null | undefined): boolean => id !== null && id !== undefined && store.prompt(id) === null;
  settings.check("waiting", (_queueId, body) => {
    if (body === null) return null;
    if (unknown(body.music)) return { ok: false, code: "unknown-reference", field: "music" };
    if (body.announcements.some(({ recordingId }) => unknown(recordingId))) return { ok: false, code: "unknown-reference", field: "announcements" };
    const silent = body.announcements.some(({ says, recordingId }) => recordingId === undefined && Object.values(says).every((text) => (text ?? "").trim() === ""));
    return silent ? { ok: false, code: "nothing-said", field: "announcements" } : null;
  });
  settings.check("whisper", (_queueId, body) => (body !== null && unknown(body.recordingId) ? { ok: false, code: "unknown-reference", field: "recordingId" } : null));
}

export async function setUpSpeech({ db, clock, chance, log, dataDir, engine, recogniserUrl, users }: SpeechOptions): Promise<SpeechSetup> {
  const prompts = createPrompts({ engine, folder: join(dataDir, "prompts"), log, clock });
  const store = await createPromptStore({ db, clock, chance });
  const converter = startConverter({ clock, log });
  const urls = recogniserUrl === undefined ? null : readRecogniserUrl(recogniserUrl);
  const spotter = startSpotter({ engine, folder: join(dataDir, "patterns"), clock, log });
  const recogniser = urls ? withFallback(createVosk({ urls, clock, log }), spotter) : spotter;

  /** The file of a recording, written from the database when this machine has none yet. Named by its sound, it never changes. */
  const files = createSoundFiles({ folder: join(dataDir, "prompt-recordings"), clock });
  async function fileOf(hash: string): Promise<string | null> {
    try {
      return await files.path(`${hash}.wav`, async () => {
        const wav = await store.wav(hash);
        if (!wav) throw new NoSuchSound();
        return wav;
      });
    } catch (error) {
      if (error instanceof NoSuchSound) return null;
      throw error;
    }
  }

  async function sweep(atOnce = false): Promise<void> {
    const known = await store.hashes();
    await files.sweep((name) => known.has(name.replace(/\.wav$/, "")), atOnce);
  }
  await files.tidy().then(() => sweep(true)).catch((error: unknown) => log.error({ error }, "files of recordings that no prompt has any more stay"));

  async function recordingPath(promptId: string, language: PromptLanguage, when: SpokenWhen = "now"): Promise<string | null> {
    const recording = store.current(promptId, language);
    const path = recording && (await fileOf(recording.hash).catch((error: unknown) => {
      log.error({ promptId, language, error }, "a recording could not be fetched: the prompt's text is spoken");
      return null;
    }));
    if (path) return path;
    const text = store.prompt(promptId)?.texts[language];
    return text === undefined ? null : prompts.promptPath(text, language, when);
  }

  /** Through G.711 and back: what a caller hears, in a form that every browser plays. */
  async function asHeard(path: string): Promise<Uint8Array> {
    const read = readWav(await readFile(path));
    if (!read.ok) throw new Error(`${path}: ${read.why}`);
    const samples = read.wav.channels[0]!;
    const coded = new Uint8Array(samples.length);
    encodeG711("PCMA", samples, samples.length, coded, 0);
    const heard = new Int16Array(samples.length);
    decodeG711("PCMA", coded, heard);
    return writeWav([heard]);
  }

  const desk: PromptDesk = {
    async list() {
      const uses = usesOf(new Set(store.prompts().map(({ id }) => id)), await users());
      return store.prompts().map((row) => viewOf(row, uses.get(row.id) ?? []));
    },
    async view(id) {
      const row = store.prompt(id);
      return row && viewOf(row, usesOf(new Set([id]), await users()).get(id) ?? []);
    },
    put: (id, body) => store.put(id, body),
    remove: (id) => store.remove(id, async () => usesOf(new Set([id]), await users()).has(id)),
    async upload(id, language, bytes, of) {
      if (!store.prompt(id)) return { ok: false, code: "not-found" };
      const converted = await converter.convert(bytes);
      if (!converted) return { ok: false, code: "too-many" };
      return converted.ok ? store.addRecording(id, language, converted.converted, of) : converted;
    },
    dropRecording: (id, language) => store.dropRecording(id, language),
    restoreRecording: (id, language, hash) => store.restoreRecording(id, language, hash),
    async sound(id, language) {
      const path = await recordingPath(id, language);
      return path === null ? null : asHeard(path);
    },
    preview: async (text, language) => asHeard(await prompts.promptPath(text, language)),
  };

  return {
    prompts, store, recordingPath, sweep: () => sweep(), patterns: urls ? async () => {} : (...of) => spotter.ahead(...of), recogniser, desk, hearsFreely: urls !== null,
    seconds: createSeconds({ log, prompts, recordingPath }),
    async stop() {
      converter.stop();
      await recogniser.stop();
      await prompts.stop();
    },
  };
}

class NoSuchSound extends Error {}

function viewOf(row: PromptRow, uses: PromptUse[]): PromptView {
  const languages = ["fr", "en"] as const;
  const current = (language: PromptLanguage) => row.recordings[language].find((one) => one.current);
  const earlier = (language: PromptLanguage) => row.recordings[language].filter((one) => !one.current);
  const [fr, en] = [current("fr"), current("en")];
  return {
    id: row.id, name: row.name, texts: row.texts, recordings: { ...(fr && { fr }), ...(en && { en }) }, earlier: { fr: earlier("fr"), en: earlier("en") },
    missing: languages.filter((language) => !current(language) && row.texts[language] === undefined), uses,
  };
}
