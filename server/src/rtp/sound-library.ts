/** Prompts and music as samples, read once and kept while they fit. */
import type { FilePort } from "./media-ports.ts";
import { readWav } from "./wav.ts";

/** About 70 minutes of sound. Attack: an administrator's (or a bot's) thousand different prompts filling the worker's memory. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;

export type Sound = { ok: true; samples: Int16Array } | { ok: false; why: string };

export class SoundLibrary {
  #files: FilePort;
  /** In order of use, the least lately used first. */
  #sounds = new Map<string, Int16Array>();
  #bytes = 0;
  #loading = new Map<string, Promise<Sound>>();

  constructor(files: FilePort) {
    this.#files = files;
  }

  /** At once when cached, so that a prompt after a prompt leaves no gap. */
  cached(path: string): Int16Array | null {
    const samples = this.#sounds.get(path);
    if (!samples) return null;
    this.#sounds.delete(path);
    this.#sounds.set(path, samples);
    return samples;
  }

  load(path: string): Promise<Sound> {
    const samples = this.cached(path);
    if (samples) return Promise.resolve({ ok: true, samples });
    const under = this.#loading.get(path);
    if (under) return under;
    const loading = this.#read(path).finally(() => this.#loading.delete(path));
    this.#loading.set(path, loading);
    return loading;
  }

  async #read(path: string): Promise<Sound> {
    const file = await this.#files.read(path);
    if (!file.ok) return file;
    const read = readWav(file.bytes);
    if (!read.ok) return { ok: false, why: `${path}: ${read.why}` };
    const { sampleRateHz, channels } = read.wav;
    if (sampleRateHz !== 8000 || channels.length !== 1) {
      return { ok: false, why: `${path}: ${sampleRateHz} Hz with ${channels.length} channels: 8000 Hz mono needed` };
    }
    const samples = channels[0]!;
    this.#sounds.set(path, samples);
    this.#bytes += samples.byteLength;
    for (const [oldest, old] of this.#sounds) {
      if (this.#bytes <= MAX_CACHED_BYTES || oldest === path) break;
      this.#sounds.delete(oldest);
      this.#bytes -= old.byteLength;
    }
    return { ok: true, samples };
  }
}
