/** Sounds kept as files by name: each is made once, however many ask for it at once, and half a sound never has a name. */
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { whenAbsent } from "../../base/when-absent.ts";

/** A file used again is marked so once a day at most, so that what looks for stale ones finds them. */
const TOUCH_AFTER_MS = 24 * 3600 * 1000;
/** A WAV's header. Shorter: the power failed between a file's name and its bytes. */
const LEAST_BYTES = 44;
const HALF = ".part";
/** Of this run: others of the same folder may be writing. */
const OURS = `.${process.pid}${HALF}`;

export interface SoundFiles {
  /** The absolute path of `name`; `make` gives its bytes when it is not there. Rejects as `make` does, or with a file error; the next one tries again. */
  path(name: string, make: () => Promise<Uint8Array>): Promise<string>;
  /** It is being made. */
  isMaking(name: string): boolean;
  /** What is there, the stalest first. */
  list(): Promise<{ name: string; bytes: number; usedMs: number }[]>;
  remove(name: string): Promise<void>;
  /** Deletes what a run before this one left half-written. */
  tidy(): Promise<void>;
  /** Deletes what is not `wanted`, and was not at the sweep before this one either: no call that has begun with it can be left. `atOnce`: no call is there at all. */
  sweep(wanted: (name: string) => boolean, atOnce?: boolean): Promise<void>;
  settled(): Promise<void>;
}

export function createSoundFiles({ folder, clock }: { folder: string; clock: Clock }): SoundFiles {
  const underway = new Map<string, Promise<string>>();
  let unwanted: ReadonlySet<string> = new Set();
  const names = async (): Promise<string[]> => (await readdir(folder).catch(whenAbsent)) ?? [];

  async function made(name: string, make: () => Promise<Uint8Array>): Promise<string> {
    const path = join(folder, name);
    const there = await stat(path).catch(whenAbsent);
    if (there && there.size >= LEAST_BYTES) {
      if (clock.now() - there.mtimeMs > TOUCH_AFTER_MS) await utimes(path, clock.now() / 1000, clock.now() / 1000);
      return path;
    }
    await mkdir(folder, { recursive: true });
    const half = `${path}${OURS}`;
    try {
      await writeFile(half, await make());
      await rename(half, path);
    } catch (error) {
      await rm(half, { force: true }); // a full disk is not to be filled by what it could not take
      throw error;
    }
    return path;
  }

  const files: SoundFiles = {
    path(name, make) {
      const running = underway.get(name);
      if (running) return running;
      const work = made(name, make).finally(() => underway.delete(name));
      underway.set(name, work);
      return work;
    },
    isMaking: (name) => underway.has(name),
    async list() {
      const files: { name: string; bytes: number; usedMs: number }[] = [];
      for (const name of await names()) {
        const there = name.endsWith(HALF) ? null : await stat(join(folder, name)).catch(whenAbsent);
        if (there) files.push({ name, bytes: there.size, usedMs: there.mtimeMs });
      }
      return files.toSorted((a, b) => a.usedMs - b.usedMs);
    },
    remove: (name) => rm(join(folder, name), { force: true }),
    async tidy() {
      for (const name of await names()) if (name.endsWith(HALF) && !name.endsWith(OURS)) await rm(join(folder, name), { force: true });
    },
    async sweep(wanted, atOnce = false) {
      const now = new Set((await files.list()).map(({ name }) => name).filter((name) => !wanted(name)));
      for (const name of now) if (atOnce || unwanted.has(name)) await files.remove(name);
      unwanted = now;
    },
    settled: async () => void (await Promise.allSettled(underway.values())),
  };
  return files;
}
