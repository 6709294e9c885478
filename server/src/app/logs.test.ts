import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LogFile } from "./log-file.ts";
import { createLogs, humanLine } from "./logs.ts";

const terminal = (isTTY: boolean): { lines: string[]; stream: NodeJS.WriteStream } => {
  const lines: string[] = [];
  return { lines, stream: Object.assign(new EventEmitter(), { isTTY, write: (line: string) => lines.push(line) }) as unknown as NodeJS.WriteStream };
};
const inFolder = async (work: (dataDir: string) => Promise<void>): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), "tandem-logs-"));
  try {
    await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true });
  }
};
const at = Date.UTC(2026, 10, 21, 10, 32, 7);

test("JSON into the file, a line for people on the terminal, secrets in neither, levels respected", () =>
  inFolder(async (dataDir) => {
    const { lines, stream } = terminal(true);
    const logs = createLogs({ dataDir, level: "info", terminal: stream, now: () => at });
    logs.log.debug({}, "not this");
    logs.log.warn({ why: "gone away", facts: 12, user: { password: "hunter2" }, authorization: "Digest x" }, "facts wait");
    await logs.close();
    const text = readFileSync(logs.file, "utf8");
    assert.deepEqual(JSON.parse(text), { level: "warn", at: "2026-11-21T10:32:07.000Z", pid: process.pid, why: "gone away", facts: 12, user: { password: "***" }, authorization: "***", message: "facts wait" });
    assert.equal(statSync(logs.file).mode & 0o777, 0o600);
    assert.deepEqual(lines, ['\x1b[33m10:32:07 warn  facts wait  why="gone away" facts=12 user={"password":"***"} authorization=***\x1b[0m\n']);
  }));

test("a reader of the terminal who is gone does not end the log, nor fill it with that", () =>
  inFolder(async (dataDir) => {
    const { lines, stream } = terminal(false);
    const logs = createLogs({ dataDir, level: "info", terminal: stream });
    logs.log.info({}, "one");
    stream.emit("error", new Error("write EPIPE"));
    logs.log.info({}, "two");
    await logs.close();
    assert.deepEqual([lines.length, readFileSync(logs.file, "utf8").trim().split("\n").length], [1, 2]);
  }));

test("a collector that is not a terminal gets the JSON", () =>
  inFolder(async (dataDir) => {
    const { lines, stream } = terminal(false);
    const logs = createLogs({ dataDir, level: "debug", terminal: stream });
    logs.log.debug({ n: 1 }, "x");
    await logs.close();
    assert.equal((JSON.parse(lines[0]!) as { n: number }).n, 1);
  }));

test("escape sequences from outside do not reach the terminal", () => {
  const line = humanLine(JSON.stringify({ level: "info", at: new Date(at).toISOString(), message: "call \u001b]0;owned\u0007", from: "a\u009b31m\nb" }));
  assert.doesNotMatch(line.slice(0, -1), /\p{Cc}/u);
});

test("files turn over and stay few, their lines in order", () =>
  inFolder(async (dataDir) => {
    const path = join(dataDir, "x.log");
    const file = new LogFile(path, 100);
    for (let i = 100; i < 200; i++) {
      file.write(`${i} 3456789\n`);
      if (i % 3 === 0) await file.written();
    }
    await file.close();
    assert.deepEqual(readdirSync(dataDir).sort(), ["x.log", ...[1, 2, 3, 4, 5].map((n) => `x.log.${n}`)]);
    const numbers = [".5", ".4", ".3", ".2", ".1", ""].flatMap((suffix) => readFileSync(path + suffix, "utf8").match(/^\d+/gm)?.map(Number) ?? []);
    assert.ok(numbers.length > 40 && numbers.length <= 60);
    assert.deepEqual(numbers, Array.from({ length: numbers.length }, (_, n) => 200 - numbers.length + n));
  }));

test("lines that the disk cannot take in time are dropped and counted, not kept in memory", () =>
  inFolder(async (dataDir) => {
    const file = new LogFile(join(dataDir, "x.log"));
    for (let i = 0; i < 12; i++) file.write(`${"x".repeat(1_000_000)}\n`);
    await file.close();
    const lines = readFileSync(file.path, "utf8").trim().split("\n");
    assert.equal(lines.length, 9);
    assert.deepEqual(JSON.parse(lines[8]!), { level: "warn", message: "log lines were dropped", lines: 4 });
  }));
