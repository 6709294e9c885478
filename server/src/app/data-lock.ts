import { connect, createServer } from "node:net";
import { closeSync, openSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Another server works in this data folder. */
export class DataFolderInUse extends Error {
  override name = "DataFolderInUse";
  readonly code = "data-folder-in-use";
  readonly dataDir: string;
  constructor(dataDir: string) {
    super(`another Tandem server is running on the data folder ${dataDir}: stop it, or give this one its own with --data-dir`);
    this.dataDir = dataDir;
  }
}

/** A server that is stopping still holds its folder: npm gives the terminal back before it has ended. */
const WAIT_MS = 5_000;

export interface DataLock {
  release(): Promise<void>;
}

/**
 * Locks a data folder for the life of this process. The lock is a listening unix socket, not a pid file: the kernel
 * closes it when the process dies in any way, and it tells the truth across containers that share the folder, where
 * pids do not. Two servers that find the same dead socket in the same millisecond could both pass; PostgreSQL's own
 * lock then stops the second one.
 */
export async function lockDataDir(dataDir: string): Promise<DataLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const file = join(resolve(dataDir), "server.lock");
  const { path, close } = shortPath(file);
  try {
    for (const until = Date.now() + WAIT_MS; await answers(path); await sleep(100)) {
      if (Date.now() > until) throw new DataFolderInUse(resolve(dataDir));
    }
    await rm(file, { force: true });
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((done, fail) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        fail(error.code === "EADDRINUSE" ? new DataFolderInUse(resolve(dataDir)) : error),
      );
      server.listen(path, done);
    });
    server.unref();
    let released: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      await new Promise<void>((done) => server.close(() => done())); // removes the socket file too
      close();
    };
    return { release: () => (released ??= release()) };
  } catch (error) {
    close();
    throw error;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") done(false);
      else fail(error);
    });
  });
}

/** Socket addresses hold about 100 bytes: a long path goes relative, or through an open folder on Linux. */
function shortPath(file: string): { path: string; close(): void } {
  const none = (): void => undefined;
  const short = relative(process.cwd(), file);
  for (const path of [file, short]) if (Buffer.byteLength(path) <= 100) return { path, close: none };
  const fd = openSync(join(file, ".."), "r");
  return { path: `/proc/self/fd/${fd}/server.lock`, close: () => closeSync(fd) };
}
