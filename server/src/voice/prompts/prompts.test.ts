import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { Log } from "../../base/log.ts";
import { silentLog } from "../../base/log.ts";
import { VirtualClock } from "../../base/virtual-clock.ts";
import { readWav, tone } from "../../rtp/rtp.ts";
import { createPrompts } from "./prompts.ts";
import type { SpeechEngine } from "./speech-engine.ts";
import { SpeechError } from "./speech-engine.ts";

let dir = "";
let asked: string[] = [];
let hurried: string[] = [];
let lanes: string[] = [];

function engine(version = "1"): SpeechEngine {
  return {
    name: "fake", version,
    async synthesise(text, language, _accent, when) {
      asked.push(`${language} ${text}`);
      if (when === "later") lanes.push(text);
      if (text === "broken") throw new SpeechError("engine-failed", "broken");
      return tone(440, 1000);
    },
    hurry: (text) => void hurried.push(text),
    async stop() {},
  };
}

function prompts(options: { version?: string; log?: Log; maxCacheBytes?: number } = {}) {
  return createPrompts({
    engine: engine(options.version), folder: dir, log: options.log ?? silentLog, clock: new VirtualClock(Date.UTC(2026, 10, 21)),
    ...(options.maxCacheBytes === undefined ? {} : { maxCacheBytes: options.maxCacheBytes }),
  });
}

beforeEach(async () => {
  asked = [];
  hurried = [];
  lanes = [];
  dir = await mkdtemp(join(tmpdir(), "tandem-prompts-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("a text is made once: for many who ask at once, and for the next start", async () => {
  const first = prompts();
  const paths = await Promise.all(Array.from({ length: 20 }, () => first.promptPath("Bonjour", "fr")));
  assert.equal(new Set(paths).size, 1);
  assert.equal(await prompts().promptPath("  Bonjour ", "fr"), paths[0]);
  assert.deepEqual(asked, ["fr Bonjour"]);
  const read = readWav(await readFile(paths[0]!));
  assert.ok(read.ok && read.wav.sampleRateHz === 8000 && read.wav.channels.length === 1 && read.wav.channels[0]?.length === 8000);
});

test("language, text and version make different files", async () => {
  const one = prompts();
  const paths = [await one.promptPath("a", "fr"), await one.promptPath("a", "en"), await one.promptPath("b", "fr"), await prompts({ version: "2" }).promptPath("a", "fr")];
  assert.equal(new Set(paths).size, 4);
  assert.ok((await readdir(dir)).every((name) => name.endsWith(".wav")));
});

test("a failure is told, leaves no file, and the next attempt tries again", async () => {
  const one = prompts();
  await assert.rejects(one.promptPath("broken", "fr"), SpeechError);
  await assert.rejects(one.promptPath("broken", "fr"), SpeechError);
  assert.equal(asked.length, 2);
  assert.deepEqual(await readdir(dir), []);
});

test("warming up goes on past a failure and says so", async () => {
  const errors: string[] = [];
  const one = prompts({ log: { ...silentLog, error: (_, message) => errors.push(message) } });
  await one.warm([{ text: "broken", language: "fr" }, { text: "good", language: "en" }]);
  assert.deepEqual(errors, ["a prompt could not be made"]);
  assert.equal((await readdir(dir)).length, 2);
  assert.ok((await readdir(dir)).some((name) => name.startsWith("hold-music")));
});

test("the cache stays within its limit, the music excepted", async () => {
  const one = prompts({ maxCacheBytes: 50 * 16_100 });
  await one.holdMusicPath();
  for (let i = 0; i < 200; i++) await one.promptPath(`text ${i}`, "fr");
  await one.stop();
  const names = await readdir(dir);
  assert.ok(names.length <= 53, `${names.length} files`);
  assert.ok(names.some((name) => name.startsWith("hold-music")));
});

test("what is made ahead is made later, and hurries once somebody waits for it; whoever waits first never stands behind it", async () => {
  const one = prompts();
  const ahead = one.warm([{ text: "un", language: "fr" }, { text: "deux", language: "fr" }]);
  await one.promptPath("trois", "fr");
  await ahead;
  assert.deepEqual([lanes, hurried], [["un", "deux"], []]);
  const later = one.promptPath("quatre", "fr", "later");
  await Promise.all([later, one.promptPath("quatre", "fr")]);
  // asked for in the same breath: it goes the quick way from the start
  assert.deepEqual([lanes, hurried, asked.filter((text) => text === "fr quatre").length], [["un", "deux"], ["quatre"], 1]);
});
