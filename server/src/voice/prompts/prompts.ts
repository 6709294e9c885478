/** Prompts as WAV files: made once, kept on disk by the hash of what was asked, one synthesis for many who ask at once. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import { whenAbsent } from "../../base/when-absent.ts";
import type { Language } from "../../hub/hub.ts";
import { readWav, timeStretch, writeWav } from "../../rtp/rtp.ts";
import { holdMusic } from "./hold-music.ts";
import type { SpeechEngine } from "./speech-engine.ts";

/** Longest text spoken: a customer's name or a chat pasted in a variable must not become an hour of speech. */
const MAX_TEXT_CHARS = 1200;
/** Texts with variables make a file each: callers must not fill the disk. 150 MB is about 2.6 hours. */
const MAX_CACHE_BYTES = 150 * 1024 * 1024;
/** How often, in new files, the cache is measured. */
const PRUNE_EVERY = 200;
/** A file used again is marked so once a day at most, so that pruning takes the stale ones. */
const TOUCH_AFTER_MS = 24 * 3600 * 1000;
const MUSIC_FILE = "hold-music-2.wav";

export interface Prompts {
  /** The absolute path of a WAV that speaks `text` (8 kHz mono). Rejects with a SpeechError or a file error. */
  promptPath(text: string, language: Language): Promise<string>;
  /** The same sound at another speed (time-stretch.ts), as a file beside. Rejects when `path` is no WAV of ours. */
  atSpeed(path: string, speed: number): Promise<string>;
  holdMusicPath(): Promise<string>;
  /** Makes what is not there yet, one after another; failures are logged, not thrown. */
  warm(texts: readonly { text: string; language: Language }[]): Promise<void>;
  stop(): Promise<void>;
}

export interface PromptsOptions {
  engine: SpeechEngine;
  /** `<dataDir>/prompts`; made when absent. */
  folder: string;
  log: Log;
  clock: Clock;
  maxCacheBytes?: number;
}

export function createPrompts({ engine, folder, log, clock, maxCacheBytes = MAX_CACHE_BYTES }: PromptsOptions): Prompts {
  const underway = new Map<string, Promise<string>>();
  let made = 0;
  let stopped = false;

  /** The file `name`, made by `make` when it is not there; a half-written file never has the final name. */
  async function fileOf(name: string, make: () => Promise<Int16Array>): Promise<string> {
    const path = join(folder, name);
    const there = await stat(path).catch(whenAbsent);
    if (there) {
      if (clock.now() - there.mtimeMs > TOUCH_AFTER_MS) await utimes(path, clock.now() / 1000, clock.now() / 1000);
      return path;
    }
    await mkdir(folder, { recursive: true });
    const samples = await make();
    const half = `${path}.${process.pid}.part`;
    await writeFile(half, writeWav([samples]));
    await rename(half, path);
    if (++made % PRUNE_EVERY === 0) await prune();
    return path;
  }

  function once(name: string, make: () => Promise<Int16Array>): Promise<string> {
    const running = underway.get(name);
    if (running) return running;
    const work = fileOf(name, make).finally(() => underway.delete(name));
    underway.set(name, work);
    return work;
  }

  async function prune(): Promise<void> {
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    for (const name of await readdir(folder)) {
      if (name === MUSIC_FILE) continue;
      const path = join(folder, name);
      const there = await stat(path).catch(whenAbsent);
      if (there) files.push({ path, bytes: there.size, usedMs: there.mtimeMs });
    }
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    files.sort((a, b) => a.usedMs - b.usedMs);
    for (const file of files) {
      if (bytes <= maxCacheBytes) break;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
  }

  const prompts: Prompts = {
    promptPath(text, language) {
      const spoken = text.normalize("NFC").replaceAll(/\s+/g, " ").trim().slice(0, MAX_TEXT_CHARS);
      const key = [engine.name, engine.version, language, spoken].join("\0");
      const name = `${createHash("sha256").update(key).digest("hex").slice(0, 40)}.wav`;
      return once(name, () => engine.synthesise(spoken, language));
    },
    atSpeed(path, speed) {
      const name = `${createHash("sha256").update([path, speed.toFixed(2)].join("\0")).digest("hex").slice(0, 40)}.wav`;
      return once(name, async () => {
        const read = readWav(await readFile(path));
        if (!read.ok) throw new Error(`${path}: ${read.why}`);
        return timeStretch(read.wav.channels[0]!, speed);
      });
    },
    holdMusicPath: () => once(MUSIC_FILE, async () => holdMusic()),
    async warm(texts) {
      await prompts.holdMusicPath().catch((error: unknown) => log.error({ error }, "the music on hold could not be made"));
      for (const { text, language } of texts) {
        if (stopped) return;
        await prompts.promptPath(text, language).catch((error: unknown) => {
          if (!stopped) log.error({ error, language }, "a prompt could not be made");
        });
      }
    },
    async stop() {
      stopped = true;
      await engine.stop();
      await Promise.allSettled(underway.values());
    },
  };
  return prompts;
}
