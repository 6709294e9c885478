/** Messages' sounds: what no message names, and what is named and gone. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { QueueVoicemailSettings } from "@tandem/protocol/callback";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase } from "../db/test-database.ts";
import { createMessages } from "./callback.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-messages-"));
const database = await testDatabase();
after(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

test("sounds that no message names are told and go after a week, what is being recorded stays, a message without its sound is told; done ones go with theirs", async () => {
  const NOW = Date.UTC(2026, 10, 21, 12);
  const DAY = 86_400_000;
  const clock = new VirtualClock(NOW);
  const told: { level: string; fields: object }[] = [];
  const log = { ...silentLog, warn: (fields: object) => void told.push({ level: "warn", fields }), error: (fields: object) => void told.push({ level: "error", fields }) };
  const messages = createMessages({ db: database.db, clock, chance: seededChance(3), log, folder, settings: () => QueueVoicemailSettings.parse({ keepDays: 30 }), queueName: (id) => id, agentName: () => null });
  await messages.open();
  const sound = (name: string, ageMs: number): void => {
    writeFileSync(join(folder, name), "RIFF");
    utimesSync(join(folder, name), (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
  };
  const left = async (): Promise<string> => {
    const id = messages.newId();
    await messages.add({ id, queueId: "q_1", number: "+33612345678", name: "", customerId: null, language: "fr", interactionId: null, durationMs: 4_000 });
    return id;
  };
  const [kept, mute] = [await left(), await left()];
  sound(`${kept}.wav`, 40 * DAY);
  sound("qm_now.wav", 60_000);
  sound("qm_yesterday.wav", DAY);
  sound("qm_yesterday.both.wav", DAY);
  sound("qm_old.wav", 8 * DAY);
  sound("somebody's.txt", 90 * DAY);
  await messages.tidy();
  assert.deepEqual(readdirSync(folder).toSorted(), [`${kept}.wav`, "qm_now.wav", "qm_yesterday.wav", "somebody's.txt"].toSorted());
  assert.deepEqual(told, [{ level: "warn", fields: { folder, files: ["qm_yesterday.wav"] } }, { level: "error", fields: { folder, messages: [mute] } }]);

  await messages.done(kept, "u_1");
  clock.advance(31 * DAY);
  await messages.tidy();
  assert.equal(await messages.get(kept), null);
  assert.ok(!readdirSync(folder).includes(`${kept}.wav`));
});
