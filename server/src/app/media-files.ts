/** Real files for the media engine: prompts read whole, recordings grown by queued writes that never block the sound. */
import { close, mkdir, open, write } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { FilePort, GrowingFile } from "../rtp/rtp.ts";

interface Write {
  bytes: Uint8Array;
  at: number;
}

class QueuedFile implements GrowingFile {
  pendingBytes = 0;
  #failed: (why: string) => void;
  #fd = -1;
  #broken = false;
  #busy = true;
  #queue: Write[] = [];
  #size = 0;
  #idle: (() => void) | null = null;

  constructor(path: string, failed: (why: string) => void) {
    this.#failed = failed;
    mkdir(dirname(path), { recursive: true, mode: 0o750 }, (folderError) => {
      if (folderError) return this.#break(folderError);
      // Recordings hold people's voices: for the server's own account only, and never over an existing file.
      open(path, "wx", 0o600, (error, fd) => {
        if (error) return this.#break(error);
        this.#fd = fd;
        this.#busy = false;
        this.#next();
      });
    });
  }

  append(bytes: Uint8Array): void {
    this.#push({ bytes, at: this.#size });
    this.#size += bytes.length;
  }

  patch(offset: number, bytes: Uint8Array): void {
    this.#push({ bytes, at: offset });
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.#idle = () => {
        if (this.#fd < 0) return done();
        close(this.#fd, (error) => {
          if (error) this.#failed(error.message);
          done();
        });
      };
      this.#next();
    });
  }

  #push(entry: Write): void {
    if (this.#broken) return;
    this.#queue.push(entry);
    this.pendingBytes += entry.bytes.length;
    this.#next();
  }

  #next(): void {
    if (this.#busy) return;
    const entry = this.#queue.shift();
    if (!entry) {
      this.#idle?.();
      this.#idle = null;
      return;
    }
    this.#busy = true;
    this.#write(entry, 0);
  }

  #write(entry: Write, from: number): void {
    write(this.#fd, entry.bytes, from, entry.bytes.length - from, entry.at + from, (error, written) => {
      if (error) return this.#break(error);
      if (from + written < entry.bytes.length) return this.#write(entry, from + written);
      this.pendingBytes -= entry.bytes.length;
      this.#busy = false;
      this.#next();
    });
  }

  #break(error: Error): void {
    this.#broken = true;
    this.#busy = false;
    this.#queue = [];
    this.pendingBytes = 0;
    this.#failed(error.message);
    this.#next();
  }
}

export const realFiles: FilePort = {
  async read(path) {
    try {
      return { ok: true, bytes: await readFile(path) };
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) };
    }
  },
  create: (path, failed) => new QueuedFile(path, failed),
};
