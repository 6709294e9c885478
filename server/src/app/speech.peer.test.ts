/**
 * A caller with a real telephone (baresip) who hears an uploaded MP3 and answers by speech, on the whole server: what is heard is measured, the
 * word said is taken, in the middle of the question, too; a word that is no answer is not understood.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { PromptView } from "@tandem/protocol/prompt";
import { until, type Person } from "../api/test-client.ts";
import { testSite, type TestSite } from "../api/test-site.ts";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { createDirectory } from "../directory/directory.ts";
import { flowDefinition, templates } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import { activeSpeechLevel, DBM0 } from "../prompt/prompt.ts";
import { goertzelPower, meanPower, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { withQueuesOf } from "./new-flow.ts";
import { outside } from "./peer-network.ts";
import { realClock } from "./real-ports.ts";
import { startSpeech } from "./speech.ts";

const { interfaceName, address } = outside();
const folder = mkdtempSync(join(tmpdir(), "tandem-speech-"));
const mp3 = readFileSync(new URL("../prompt/corpus/tone-1khz.mp3", import.meta.url));
/** When the caller says the word, from the answer on. Again, as people do who were not understood: a busy machine may have chopped it. */
const SAID_AT_MS = [4_000, 11_000, 25_000] as const;
/** Every caller has a number of their own: they call at the same time. */
const NUMBERS = { ana: "+33612345601", dan: "+33612345602", benoit: "+33612345603", claire: "+33612345604" };
type Caller = keyof typeof NUMBERS;

let at: TestSite;
let lea: Person;

const says = (fr: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr, en: fr } });
const label = (fr: string): { fr: string; en: string } => ({ fr, en: fr });
/** Two answers; `promptId` is played in the place of the question. */
function document(id: string, question: string, promptId: string | null): object {
  return flowDefinition({
    id, name: id, version: 1, languages: ["fr", "en"], start: "menu", reachHuman: { queueId: "q_support", says: says("Un conseiller."), label: label("Conseiller") },
    retry: { wrong: says("Je n'ai pas compris."), silence: says("Allô ?") }, silence: { voiceMs: 30_000, writtenMs: 60_000 }, variables: {},
    steps: {
      menu: {
        kind: "menu", label: label("Menu"), says: { ...says(question), ...(promptId !== null && { recording: { fr: promptId } }) },
        choices: [
          { key: "1", label: label("Livraison"), words: { fr: ["livraison", "colis"] }, next: "support" },
          { key: "2", label: label("Facture"), words: { fr: ["facture", "facturation"] }, next: "sales" },
        ],
      },
      sales: { kind: "queue", queueId: "q_sales" },
      support: { kind: "queue", queueId: "q_support" },
    },
  });
}

/** Another voice than the one of the patterns: higher by a tenth, and faster; with the noise of a line. */
function anotherVoice(samples: Int16Array): Int16Array {
  return Int16Array.from({ length: Math.floor(samples.length / 1.1) }, (_, i) => {
    const place = i * 1.1;
    const [a, b] = [samples[Math.floor(place)]!, samples[Math.min(samples.length - 1, Math.ceil(place))]!];
    return a + (b - a) * (place % 1) + ((i * 7919) % 61) - 30;
  });
}

/** `word` null: says nothing. */
async function callerWho(name: Caller, word: string | null): Promise<Baresip> {
  const speech = startSpeech({ log: silentLog });
  const said = word === null ? new Int16Array() : anotherVoice(await speech.synthesise(word, "fr"));
  await speech.stop();
  const sound = new Int16Array(300 * 8000);
  for (let i = 0; i < sound.length; i++) sound[i] = ((i * 7919) % 61) - 30;
  for (const atMs of SAID_AT_MS) sound.set(said, atMs * 8);
  writeFileSync(join(folder, `${name}.wav`), writeWav([sound]));
  return Baresip.start({ interfaceName, folder: join(folder, name), source: join(folder, `${name}.wav`), account: `<sip:${NUMBERS[name]}@outside.example>;regint=0;audio_codecs=PCMA,PCMU` });
}

before(async () => {
  at = await testSite(address, true);
  const password = at.server.secrets!.password;
  lea = await at.site.signIn("lea", password);
  const made = (await lea.call("POST", "/api/admin/prompts", { name: "Question", texts: {} })).body as unknown as PromptView;
  const upload = await fetch(`http://${address}:${at.server.port}/api/admin/prompts/${made.id}/recordings/fr?name=q.mp3`, { method: "PUT", headers: { cookie: lea.cookie, "content-type": "audio/mpeg" }, body: mp3 });
  assert.equal(upload.status, 200);
  const directory = await createDirectory({ db: at.database.db, clock: realClock, chance: seededChance(1), domain: "tandem.test", passwordLogN: 10 });
  for (const [id, number, question, promptId] of [
    ["recorded", "3901", "Livraison ou facture ?", made.id],
    ["long", "3902", "Bonjour et bienvenue. Nous avons le plaisir de vous accueillir, et nous vous expliquons longuement comment répondre. Dites livraison si vous attendez un colis, ou dites facture si vous avez une question sur une facture. Nous répétons cela encore une fois, tranquillement, pour que chacun ait bien compris de quoi il est question.", null],
  ] as const) {
    await directory.putFlow({ id, name: id, version: 1, definition: document(id, question, promptId) });
    assert.ok((await directory.putNumber(null, { number, label: id, flowId: id, language: "fr" })).ok);
  }
  const { document: shop } = templates.find(({ document }) => document.id === "template_shop")!;
  await directory.putFlow({ id: "shop", name: "Boutique", version: 1, definition: { ...withQueuesOf({ ...shop, id: "shop", name: "Boutique", version: 1 }, ["q_support", "q_sales"], []), silence: { voiceMs: 30_000, writtenMs: 60_000 }, tests: [] } });
  assert.ok((await directory.putNumber(null, { number: "3903", label: "shop", flowId: "shop", language: "fr" })).ok);
  await at.restart();
});

after(async () => {
  await at?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function contact(caller: Caller): Promise<Interaction | null> {
  const [row] = await at.database.db.query<{ body: Interaction }>("SELECT body FROM interaction WHERE body ->> 'from' = $1", [NUMBERS[caller]]);
  return row?.body ?? null;
}
/** Until the condition holds, for as long as a caller takes to speak and a busy machine to think. */
const eventually = <T>(what: string, find: () => Promise<T | null>): Promise<T> => until(what, find, 60_000);

describe("callers, two at once", { concurrency: 2 }, () => {
  test("an uploaded MP3 is what the caller hears, at its pitch and at -20 dBm0; the word said is the choice", async () => {
    const caller = await callerWho("ana", "facture");
    try {
      caller.command("dial", `sip:3901@${address}:${at.server.sipPort}`);
      const it = await eventually("the contact in a queue", async () => {
        const found = await contact("ana");
        return found?.queue ? found : null;
      });
      assert.deepEqual([it.queue?.queueId, it.trail.map(({ label: asked, answer }) => [asked, answer])], ["q_sales", [["Menu", "Facture"]]]);
      caller.command("hangup");
      await caller.until("the end", (one) => one.type === "CALL_CLOSED");
      const heard = caller.heard();
      const windows: { at: number; power: number }[] = [];
      for (let at8 = 0; at8 + 1600 <= heard.length; at8 += 800) {
        const part = heard.subarray(at8, at8 + 1600);
        if (meanPower(part) > 1e-5 && goertzelPower(part, 1000) > 0.95 * meanPower(part)) windows.push({ at: at8, power: meanPower(part) });
      }
      assert.ok(windows.length >= 8, `a tone of 1.2 s: ${windows.length} windows`);
      const dbm0 = 10 * Math.log10(Math.max(...windows.map(({ power }) => power))) + 6.15;
      assert.ok(Math.abs(dbm0 + 20) < 1, `${dbm0} dBm0`);
    } finally {
      caller.command("hangup");
      await caller.stop();
    }
  });

  test("a shipped template as its caller hears it: no silence before the first word nor between them, at -20 dBm0, nothing clipped", async () => {
    const caller = await callerWho("dan", null);
    try {
      caller.command("dial", `sip:3903@${address}:${at.server.sipPort}`);
      await eventually("the menu said", async () => {
        const state = ((await contact("dan"))?.flow as { state?: { stepId?: string; expects?: object | null } } | null)?.state;
        return state?.stepId === "need" && state.expects ? true : null;
      });
      caller.command("hangup");
      await caller.until("the end", (one) => one.type === "CALL_CLOSED");
      const heard = caller.heard();
      const loud: number[] = [];
      for (let frame = 0; (frame + 1) * 160 <= heard.length; frame++) if (10 * Math.log10(meanPower(heard.subarray(frame * 160, (frame + 1) * 160)) + 1e-12) > -45) loud.push(frame);
      const gaps = loud.map((frame, i) => frame - (loud[i - 1] ?? 0));
      assert.ok(loud.length > 200, `${loud.length} frames of a greeting and a menu`);
      assert.ok(Math.max(...gaps) * 20 < 3_000, `silences up to ${Math.max(...gaps) * 20} ms, ${loud[0]! * 20} ms before the first word`);
      const said = Float32Array.from(heard.subarray(loud[0]! * 160, (loud.at(-1)! + 1) * 160), (sample) => sample / 32_768);
      const dbm0 = activeSpeechLevel(said, 8_000).dbov - DBM0;
      assert.ok(Math.abs(dbm0 + 20) < 3, `${dbm0} dBm0`);
      assert.ok(said.every((sample) => Math.abs(sample) < 0.97), "no peak is cut");
    } finally {
      caller.command("hangup");
      await caller.stop();
    }
  });

  test("speech in the middle of the question cuts it off and is the choice", async () => {
    const caller = await callerWho("benoit", "livraison");
    try {
      caller.command("dial", `sip:3902@${address}:${at.server.sipPort}`);
      const it = await eventually("the contact in a queue", async () => {
        const found = await contact("benoit");
        return found?.queue ? found : null;
      });
      assert.deepEqual([it.queue?.queueId, it.trail.map(({ answer }) => answer)], ["q_support", ["Livraison"]]);
      // what is heard: the question until the word, then what waits; the question alone would last 20 s
      const took = it.queue!.sinceMs - it.createdAtMs;
      assert.ok(took > SAID_AT_MS[0] && took < 18_000, `${took} ms`);
    } finally {
      caller.command("hangup");
      await caller.stop();
    }
  });

  test("a word that is no answer is not understood: the question is asked again, and nobody is sent anywhere", async () => {
    const caller = await callerWho("claire", "ordinateur");
    try {
      caller.command("dial", `sip:3901@${address}:${at.server.sipPort}`);
      await eventually("the question asked again", async () => {
        const found = await contact("claire");
        const state = (found?.flow as { state?: { failures?: number } } | null)?.state;
        return found?.queue === null && (state?.failures ?? 0) >= 1 ? true : null;
      });
    } finally {
      caller.command("hangup");
      await caller.stop();
    }
  });
});
