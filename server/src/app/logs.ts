import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import type { Log } from "../base/log.ts";
import { LogFile } from "./log-file.ts";

type Level = "debug" | "info" | "warn" | "error";

export interface Logs {
  log: Log;
  /** The JSON file that is being written. */
  file: string;
  /** Writes what is still in memory. */
  close(): Promise<void>;
}

/** Against a log that keeps secrets: these fields are cut at any depth that our code uses. */
const SECRET = ["password", "secret", "token", "authorization", "cookie", "ha1"];

/**
 * JSON lines into `<dataDir>/log/tandem.log`, for machines; on `terminal`, lines for people (a warning or worse always,
 * the rest from `level` on), or the same JSON when it is not a terminal and a collector reads it.
 */
export function createLogs(options: { dataDir: string; level: Level; terminal: NodeJS.WriteStream; now?: () => number }): Logs {
  const folder = join(options.dataDir, "log");
  mkdirSync(options.dataDir, { recursive: true, mode: 0o711 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new LogFile(join(folder, "tandem.log"));
  const { terminal } = options;
  // Who read the terminal is gone (a pipe's other end). The file goes on; told anywhere, it would be the same error again, for ever.
  let isRead = true;
  terminal.on("error", () => (isRead = false));
  const toTerminal = { write: (line: string): void => void (isRead && terminal.write(terminal.isTTY ? humanLine(line) : line)) };
  const logger = pino(
    {
      level: options.level,
      base: { pid: process.pid },
      redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "***" },
      timestamp: () => `,"at":"${new Date((options.now ?? Date.now)()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: "message",
    },
    pino.multistream([
      { level: options.level, stream: file },
      { level: options.level, stream: toTerminal },
    ]),
  );
  return {
    log: {
      debug: (fields, message) => logger.debug(fields, message),
      info: (fields, message) => logger.info(fields, message),
      warn: (fields, message) => logger.warn(fields, message),
      error: (fields, message) => logger.error(fields, message),
    },
    file: file.path,
    close: () => file.close(),
  };
}

const COLOURS: Record<string, string> = { debug: "\x1b[2m", info: "", warn: "\x1b[33m", error: "\x1b[31m" };

/** `10:32:07 warn  facts wait for the database  why=... facts=12` in the colour of its level. */
export function humanLine(json: string): string {
  const { level, at, message, pid: _, ...fields } = JSON.parse(json) as { level: string; at: string; message: string; pid: number } & Record<string, unknown>;
  const rest = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === "string" && !/[\s"=]/.test(value) ? value : JSON.stringify(value)}`)
    .join(" ");
  // Text from outside must not steer the terminal of the person who reads it (escape sequences in a caller's name).
  const text = `${at.slice(11, 19)} ${level.padEnd(5)} ${message}${rest ? `  ${rest}` : ""}`.replace(/\p{Cc}/gu, "�");
  return `${COLOURS[level] ?? ""}${text}${COLOURS[level] ? "\x1b[0m" : ""}\n`;
}
