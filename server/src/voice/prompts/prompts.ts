/** Prompts as WAV files: made once, kept on disk by the hash of what was asked. What somebody waits for is spoken before what is made ahead. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Language } from "../../hub/hub.ts";
import { readWav, timeStretch, writeWav } from "../../rtp/rtp.ts";
import { holdMusic } from "./hold-music.ts";
import { createSoundFiles } from "./sound-files.ts";
import type { SpeechEngine, SpokenWhen } from "./speech-engine.ts";

/** Longest text spoken: a customer's name or a chat pasted in a variable must not become an hour of speech. */
const MAX_TEXT_CHARS = 1200;
/** Texts with variables make a file each: callers must not fill the disk. 150 MB is about 2.6 hours. */
const MAX_CACHE_BYTES = 150 * 1024 * 1024;
/** How often, in new files, the cache is measured. */
const PRUNE_EVERY = 200;
const MUSIC_FILE = "hold-music-2.wav";

export interface Prompts {
  /** The absolute path of a WAV that speaks `text` (8 kHz mono). `when`: "now" unless told. Rejects with a SpeechError or a file error. */
  promptPath(text: string, language: Language, when?: SpokenWhen): Promise<string>;
  /** The same sound at another speed (time-stretch.ts), as a file beside. Rejects when `path` is no WAV of ours. */
  atSpeed(path: string, speed: number): Promise<string>;
  holdMusicPath(): Promise<string>;
  /** Makes what is not there yet, one after another, and later than whatever somebody waits for; failures are logged, not thrown. */
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
  const files = createSoundFiles({ folder, clock });
  /** Made ahead, and waited for since. */
  const hurried = new Set<string>();
  let made = 0;
  let stopped = false;
  const keep = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => log.error({ folder, error }, "the spoken prompts cannot be kept within their limit"));
  let pruning = keep(files.tidy().then(prune));

  const fileOf = (name: string, make: () => Promise<Int16Array>): Promise<string> =>
    files.path(name, async () => {
      const samples = await make();
      // whoever waits for the sound does not wait for this
      if (++made % PRUNE_EVERY === 0) pruning = keep(pruning.then(prune));
      return writeWav([samples]);
    });

  async function prune(): Promise<void> {
    const kept = (await files.list()).filter(({ name }) => name !== MUSIC_FILE);
    let bytes = kept.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of kept) {
      if (bytes <= maxCacheBytes) break;
      await files.remove(file.name);
      bytes -= file.bytes;
    }
  }

  const prompts: Prompts = {
    promptPath(text, language, when = "now") {
      const spoken = text.normalize("NFC").replaceAll(/\s+/g, " ").trim().slice(0, MAX_TEXT_CHARS);
      const key = [engine.name, engine.version, language, spoken].join("\0");
      const name = `${createHash("sha256").update(key).digest("hex").slice(0, 40)}.wav`;
      if (when === "now" && files.isMaking(name)) {
        hurried.add(name);
        engine.hurry?.(spoken, language);
      }
      return fileOf(name, () => engine.synthesise(spoken, language, 0, hurried.has(name) ? "now" : when)).finally(() => hurried.delete(name));
    },
    atSpeed(path, speed) {
      const name = `${createHash("sha256").update([path, speed.toFixed(2)].join("\0")).digest("hex").slice(0, 40)}.wav`;
      return fileOf(name, async () => {
        const read = readWav(await readFile(path));
        if (!read.ok) throw new Error(`${path}: ${read.why}`);
        return timeStretch(read.wav.channels[0]!, speed);
      });
    },
    holdMusicPath: () => fileOf(MUSIC_FILE, async () => holdMusic()),
    async warm(texts) {
      await prompts.holdMusicPath().catch((error: unknown) => log.error({ error }, "the music on hold could not be made"));
      for (const { text, language } of texts) {
        if (stopped) return;
        await prompts.promptPath(text, language, "later").catch((error: unknown) => {
          if (!stopped) log.error({ error, language }, "a prompt could not be made");
        });
      }
    },
    async stop() {
      stopped = true;
      await engine.stop();
      await Promise.all([files.settled(), pruning]);
    },
  };
  return prompts;
}
