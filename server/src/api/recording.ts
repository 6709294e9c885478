import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../base/log.ts";

/** A part of a file, both ends included; null = not one range that we can serve (RFC 9110, 14.1.2): several, or of another unit. */
export function readRange(header: string | undefined, size: number): { start: number; end: number } | "beyond" | null {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return null;
  if (from === "") return Number(to) === 0 || size === 0 ? "beyond" : { start: Math.max(0, size - Number(to)), end: size - 1 };
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return null; // invalid: ignored, the whole is sent
  return start >= size ? "beyond" : { start, end };
}

/**
 * Sends a WAV, whole or the range asked (players seek by ranges). False when it is not there, or not under `folder`: nothing was sent. Never the
 * reply itself: a promise of one waits until it is sent, and then gives nothing.
 */
export async function sendRecording(request: FastifyRequest, reply: FastifyReply, { path, folder, log }: { path: string; folder: string; log: Log }): Promise<boolean> {
  try {
    const [real, home] = await Promise.all([realpath(path), realpath(folder)]);
    if (!real.startsWith(home + sep)) {
      log.error({ path, folder }, "a recording's path leads out of the recordings' folder; not served");
      return false;
    }
    const { size } = await stat(real);
    reply.type("audio/wav").header("accept-ranges", "bytes").header("cache-control", "private, no-store");
    const range = readRange(request.headers.range, size);
    if (range === "beyond") reply.code(416).header("content-range", `bytes */${size}`).send();
    else if (range === null) reply.header("content-length", size).send(createReadStream(real));
    else {
      const { start, end } = range;
      reply.code(206).header("content-range", `bytes ${start}-${end}/${size}`).header("content-length", end - start + 1).send(createReadStream(real, { start, end }));
    }
    return true;
  } catch (error) {
    log.warn({ path, why: (error as Error).message }, "a recording's file is not readable");
    return false;
  }
}
