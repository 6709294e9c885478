import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { writeWav } from "../rtp/rtp.ts";
import { createSeconds } from "./speech-seconds.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-seconds-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, seconds: number): string => {
  const path = join(folder, name);
  writeFileSync(path, writeWav([new Int16Array(Math.round(seconds * 8000))]));
  return path;
};

test("lengths are the sound's own: spoken texts once, recordings as they are now, the text where a recording lacks, an estimate where nothing can be made", async () => {
  const asked: string[] = [];
  const recordings = new Map([["prm_1 fr", file("one.wav", 2.5)]]);
  let dumb = true;
  const told: string[] = [];
  const lengths = createSeconds({
    log: { ...silentLog, warn: (_fields, message) => void told.push(message) },
    prompts: {
      promptPath(text, language) {
        asked.push(`${language} ${text}`);
        return text === "broken" && dumb ? Promise.reject(new Error("no voice")) : Promise.resolve(file("text.wav", 1.25));
      },
    },
    recordingPath: (promptId, language) => (promptId === "prm_away" ? Promise.reject(new Error("database")) : Promise.resolve(recordings.get(`${promptId} ${language}`) ?? null)),
  });
  const progress: string[] = [];
  const items = [{ text: "Bonjour", language: "fr" as const }, { text: "Salut", promptId: "prm_1", language: "fr" as const }, { text: "Hello", promptId: "prm_1", language: "en" as const }, { text: "broken", language: "fr" as const }, { text: "Bonjour", language: "fr" as const }];
  assert.deepEqual(await lengths.prepare(items, (done, of) => progress.push(`${done}/${of}`)), [items[3]]);
  assert.equal(told.length, 1, "said in the log");
  assert.deepEqual(items.slice(0, 3).map((item) => lengths.seconds(item)), [1.25, 2.5, 1.25]);
  assert.deepEqual(asked, ["fr Bonjour", "en Hello", "fr broken"], "each text once");
  assert.deepEqual(progress, ["1/5", "2/5", "3/5", "4/5", "5/5"]);
  assert.ok(lengths.seconds(items[3]!) > 0.5);
  dumb = false;
  assert.deepEqual(await lengths.prepare(items), []);
  assert.equal(lengths.seconds(items[3]!), 1.25, "an estimate is kept no longer than it must be");
  recordings.set("prm_1 fr", file("two.wav", 4));
  await lengths.prepare(items);
  assert.equal(lengths.seconds(items[1]!), 4, "a recording that was replaced");
  recordings.clear();
  await lengths.prepare(items);
  assert.equal(lengths.seconds(items[1]!), 1.25, "taken away: its text is spoken");
  await lengths.prepare([{ text: "x".repeat(120), promptId: "prm_away", language: "fr" }]);
  assert.ok(Math.abs(lengths.seconds({ text: "x".repeat(120), promptId: "prm_away", language: "fr" }) - 10.3) < 0.01);
  assert.equal(lengths.seconds({ text: "", language: "fr" }), 0);
});
