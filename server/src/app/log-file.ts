import { closeSync, openSync, readdirSync, renameSync, rmSync, fstatSync, write } from "node:fs";
import { basename, dirname } from "node:path";

/** Against a disk filled by a noisy night: 6 files of 20 MB at most. */
const MAX_FILE_BYTES = 20_000_000;
const OLD_FILES = 5;
/** Against a memory filled while the disk does not answer: further lines are dropped, and counted in the file. */
const MAX_WAITING_CHARS = 8_000_000;

/** A file of lines, written in the background, turned over when large: x.log, then x.log.1 to x.log.5. */
export class LogFile {
  readonly path: string;
  readonly #maxFileBytes: number;
  #fd: number;
  #bytes: number;
  #waiting: string[] = [];
  #waitingChars = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(path: string, maxFileBytes = MAX_FILE_BYTES) {
    this.path = path;
    this.#maxFileBytes = maxFileBytes;
    this.#fd = openSync(path, "a", 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  /** `line` ends with a newline. */
  write(line: string): void {
    if (this.#waitingChars > MAX_WAITING_CHARS) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingChars += line.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when all that was logged so far is in the file. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing;
    closeSync(this.#fd);
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // what is logged in the same turn goes into one write
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join("") + (this.#dropped > 0 ? `{"level":"warn","message":"log lines were dropped","lines":${this.#dropped}}\n` : "");
      this.#waiting = [];
      this.#waitingChars = 0;
      this.#dropped = 0;
      this.#bytes += await append(this.#fd, Buffer.from(text));
      if (this.#bytes >= this.#maxFileBytes) this.#turnOver();
    }
    this.#writing = undefined;
  }

  #turnOver(): void {
    closeSync(this.#fd);
    const name = basename(this.path);
    const there = new Set(readdirSync(dirname(this.path)));
    for (let n = OLD_FILES; n >= 1; n--) {
      if (!there.has(`${name}.${n}`)) continue;
      if (n === OLD_FILES) rmSync(`${this.path}.${n}`);
      else renameSync(`${this.path}.${n}`, `${this.path}.${n + 1}`);
    }
    renameSync(this.path, `${this.path}.1`);
    this.#fd = openSync(this.path, "a", 0o600);
    this.#bytes = 0;
  }
}

/** Answers the bytes written; a full disk must not end calls, so its lines are lost and the terminal is told. */
function append(fd: number, data: Buffer): Promise<number> {
  return new Promise((done) => {
    write(fd, data, 0, data.length, null, (error, written) => {
      if (error) process.stderr.write(`the log file cannot be written: ${error.message}\n`);
      done(error ? 0 : written);
    });
  });
}
