/** The table of prompts over HTTP on a real PostgreSQL: recordings in, sound out, versions, uses, who may. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { PromptView } from "@tandem/protocol/prompt";
import { silentLog } from "../base/log.ts";
import { createDb, type Db } from "../db/db.ts";
import { activeSpeechLevel, DBM0 } from "../prompt/prompt.ts";
import { goertzelPower, meanPower, readWav, tone, writeWav } from "../rtp/rtp.ts";
import type { Answer, Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

let at: TestSite;
let lea: Person;
let password: string;
let db: Db;
const mp3 = readFileSync(new URL("../prompt/corpus/tone-1khz.mp3", import.meta.url));
before(async () => {
  at = await testSite();
  password = at.server.secrets!.password;
  lea = await at.site.signIn("lea", password);
  db = createDb({ connection: at.database.connection, log: silentLog });
});
after(async () => {
  await db?.close();
  await at?.stop();
});

const PATH = "/api/admin/prompts";

async function upload(id: string, language: string, bytes: Uint8Array, type = "audio/mpeg", cookie = lea.cookie): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${at.site.port}${PATH}/${id}/recordings/${language}?name=welcome.mp3`, { method: "PUT", headers: { cookie, "content-type": type, "accept-language": "fr" }, body: Buffer.from(bytes) });
  const read = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, bytes: read, body: JSON.parse(read.toString()) as Answer["body"] };
}
const view = (answer: Answer): PromptView => {
  assert.equal(answer.status, 200, answer.bytes.toString());
  return answer.body as unknown as PromptView;
};
function samplesOf(answer: Answer): Int16Array {
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "audio/wav"]);
  const read = readWav(answer.bytes);
  assert.ok(read.ok && read.wav.sampleRateHz === 8000 && read.wav.channels.length === 1);
  return read.wav.channels[0]!;
}
const beeping = (hz: number): Uint8Array => writeWav([tone(hz, 1000, 0.2)]);

test("a prompt from its name to its sound: spoken, then recorded, taken back, restored, and what is missing at each step", async () => {
  const made = view(await lea.call("POST", PATH, { name: "Accueil", texts: { fr: "Bonjour." } }));
  assert.deepEqual([made.missing, made.recordings, made.uses], [["en"], {}, []]);
  assert.equal((await lea.call("POST", PATH, { name: "ACCUEIL", texts: {} })).body.code, "taken");
  const spoken = samplesOf(await lea.call("GET", `${PATH}/${made.id}/audio/fr`));
  assert.ok(spoken.length > 4000 && goertzelPower(spoken, 1000) < 0.2 * meanPower(spoken));
  assert.equal((await lea.call("GET", `${PATH}/${made.id}/audio/en`)).body.code, "no-recording");

  const recorded = view(await upload(made.id, "fr", mp3));
  const first = recorded.recordings.fr!;
  assert.deepEqual([first.format, first.fileName, first.channels, first.byName.length > 0, recorded.missing], ["mp3", "welcome.mp3", 2, true, ["en"]]);
  const heard = samplesOf(await lea.call("GET", `${PATH}/${made.id}/audio/fr`));
  assert.ok(goertzelPower(heard.subarray(1600, 8000), 1000) > 0.95 * meanPower(heard.subarray(1600, 8000)));
  assert.ok(Math.abs(activeSpeechLevel(Float32Array.from(heard, (s) => s / 32768), 8000).dbov - DBM0 + 20) < 0.7);

  const replaced = view(await upload(made.id, "fr", beeping(700), "application/octet-stream"));
  assert.deepEqual([replaced.recordings.fr!.format, replaced.earlier.fr.map(({ hash }) => hash)], ["wav", [first.hash]]);
  assert.notEqual(replaced.recordings.fr!.hash, first.hash);
  const back = view(await lea.call("POST", `${PATH}/${made.id}/recordings/fr/restore`, { hash: first.hash }));
  assert.equal(back.recordings.fr!.hash, first.hash);
  const dropped = view(await lea.call("DELETE", `${PATH}/${made.id}/recordings/fr`));
  assert.deepEqual([dropped.recordings, dropped.earlier.fr.length], [{}, 2]);
  assert.equal((await lea.call("DELETE", `${PATH}/${made.id}/recordings/fr`)).body.code, "not-found");

  view(await upload(made.id, "en", beeping(700)));
  await at.restart();
  lea = await at.site.signIn("lea", password);
  const kept = view(await lea.call("GET", `${PATH}/${made.id}`));
  assert.deepEqual([kept.name, kept.recordings.en!.seconds > 1, kept.earlier.fr.length, kept.missing], ["Accueil", true, 2, []]);
  assert.equal((await lea.call("DELETE", `${PATH}/${made.id}`)).status, 204);
  assert.equal((await lea.call("GET", `${PATH}/${made.id}`)).status, 404);
  assert.deepEqual(await db.query("SELECT count(*)::int AS n FROM prompt_sound"), [{ n: 0 }], "sounds that nothing names are gone");
});

test("what cannot be a prompt is refused in the reader's language, and changes nothing", async () => {
  const { id } = view(await lea.call("POST", PATH, { name: "Refus", texts: {} }));
  const page = await upload(id, "fr", Buffer.from("<html>".repeat(500)), "text/html");
  assert.deepEqual([page.status, page.body.code, /WAV ou un MP3/.test(page.body.why ?? "")], [400, "not-audio", true]);
  assert.equal((await upload(id, "fr", writeWav([new Int16Array(16000)]))).body.code, "silent-audio");
  assert.equal((await upload(id, "fr", Buffer.alloc(0))).body.code, "empty-audio");
  assert.equal((await upload(id, "fr", Buffer.alloc(41 * 1024 * 1024))).status, 413);
  assert.equal((await upload("prm_none", "fr", mp3)).status, 404);
  assert.equal((await upload(id, "de", mp3)).status, 400);
  assert.deepEqual(view(await lea.call("GET", `${PATH}/${id}`)).recordings, {});
  // bytes are taken there and nowhere else
  const elsewhere = await fetch(`http://127.0.0.1:${at.site.port}${PATH}`, { method: "POST", headers: { cookie: lea.cookie, "content-type": "audio/mpeg" }, body: mp3 });
  assert.ok(elsewhere.status >= 400 && elsewhere.status < 500);
});

test("any text is spoken for who writes it, and nobody else's text", async () => {
  const said = samplesOf(await lea.call("POST", `${PATH}/preview`, { text: "Votre commande part demain.", language: "fr" }));
  assert.ok(said.length > 8000 && said.length < 32000);
  assert.equal((await lea.call("POST", `${PATH}/preview`, { text: " ", language: "fr" })).status, 400);
  assert.equal((await lea.call("POST", `${PATH}/preview`, { text: "a".repeat(1201), language: "fr" })).status, 400);
});

test("a prompt that a flow's draft plays names the flow, and stays", async () => {
  const { id } = view(await lea.call("POST", PATH, { name: "Utilisée", texts: { en: "Hello." } }));
  const [flow] = await db.query<{ id: string; name: string }>("SELECT id, name FROM flow LIMIT 1");
  await db.query("UPDATE flow_draft d SET revision = revision + 1, document = jsonb_set(v.document::jsonb, '{reachHuman,says,recording}', $1::jsonb)::json FROM flow_version v WHERE v.flow_id = d.flow_id AND d.flow_id = $2", [JSON.stringify({ en: id }), flow!.id]);
  await at.restart();
  lea = await at.site.signIn("lea", password);
  const used = view(await lea.call("GET", `${PATH}/${id}`));
  assert.deepEqual(used.uses, [{ where: "flow", id: flow!.id, name: flow!.name }]);
  const all = await lea.call("GET", PATH);
  assert.deepEqual((JSON.parse(all.bytes.toString()) as PromptView[]).find((one) => one.id === id)?.uses, used.uses);
  assert.deepEqual([(await lea.call("DELETE", `${PATH}/${id}`)).status, (await lea.call("DELETE", `${PATH}/${id}`)).body.code], [409, "in-use"]);
});

test("a prompt that hours, waiting or a whisper play names where, and stays; what plays nothing is refused with its reason", async () => {
  const { id } = view(await lea.call("POST", PATH, { name: "Fermé", texts: { fr: "Nous sommes fermés." } }));
  const [queue] = await db.query<{ id: string; name: string }>("SELECT id, name FROM queue LIMIT 1");
  const put = (kind: string, body: object, of = ""): Promise<Answer> => lea.call("PUT", of === "" ? `/api/admin/settings/${kind}` : `/api/admin/queues/${of}/settings/${kind}`, body);
  const says = { sounds: { fr: "Fermé." }, recording: { fr: id } };
  assert.equal((await put("deflection", { words: { message: says } })).status, 200);
  assert.equal((await put("queue-deflection", { ivr: { kind: "message", greeting: says } }, queue!.id)).status, 200);
  assert.equal((await put("waiting", { music: id }, queue!.id)).status, 200);
  const used = view(await lea.call("GET", `${PATH}/${id}`)).uses;
  assert.deepEqual(used.map(({ where, name }) => [where, name]).toSorted(), [["hours", ""], ["hours", queue!.name], ["queue", queue!.name]].toSorted());
  assert.equal((await lea.call("DELETE", `${PATH}/${id}`)).body.code, "in-use");

  const silent = await put("waiting", { announcements: [{ says: { fr: "Merci." }, firstAfterS: 5, everyS: 0 }, { says: { fr: " " }, firstAfterS: 5, everyS: 0 }] }, queue!.id);
  assert.deepEqual([silent.status, silent.body.code, silent.body.field, /ni texte ni message|neither a text nor/.test(silent.body.why ?? "")], [400, "nothing-said", "announcements", true]);
  const gone = [await put("waiting", { music: "prm_none" }), await put("waiting", { announcements: [{ says: {}, recordingId: "prm_none", firstAfterS: 5, everyS: 0 }] }), await put("whisper", { on: true, what: "recording", recordingId: "prm_none" })];
  assert.deepEqual(gone.map(({ body }) => [body.code, body.field]), [["unknown-reference", "music"], ["unknown-reference", "announcements"], ["unknown-reference", "recordingId"]]);
  assert.deepEqual((await db.query<{ body: { music: string } }>("SELECT body FROM queue_setting WHERE kind = 'waiting' AND queue_id = $1", [queue!.id])).map(({ body }) => body.music), [id], "nothing of it was saved");
  for (const [kind, of] of [["deflection", ""], ["queue-deflection", queue!.id], ["waiting", queue!.id]] as const) assert.equal((await lea.call("DELETE", of === "" ? `/api/admin/settings/${kind}` : `/api/admin/queues/${of}/settings/${kind}`)).status, 200);
  assert.equal((await lea.call("DELETE", `${PATH}/${id}`)).status, 204);
});

test("files of recordings that no prompt has any more are gone after a start", async () => {
  const files = (): string[] => readdirSync(join(dirname(at.recordingDir), "prompt-recordings"));
  const { id } = view(await lea.call("POST", PATH, { name: "Passagère", texts: {} }));
  const hash = view(await upload(id, "fr", beeping(900))).recordings.fr!.hash;
  const still = view(await lea.call("POST", PATH, { name: "Durable", texts: {} }));
  const kept = view(await upload(still.id, "en", beeping(1200))).recordings.en!.hash;
  // asked for by many at once, as by a crowd of callers after a start
  await Promise.all(Array.from({ length: 6 }, async () => samplesOf(await lea.call("GET", `${PATH}/${id}/audio/fr`))));
  samplesOf(await lea.call("GET", `${PATH}/${still.id}/audio/en`));
  assert.equal((await lea.call("DELETE", `${PATH}/${id}`)).status, 204);
  assert.ok(files().includes(`${hash}.wav`), "a call may play it still");
  await at.restart();
  lea = await at.site.signIn("lea", password);
  assert.deepEqual([files().includes(`${hash}.wav`), files().includes(`${kept}.wav`), files().some((name) => name.endsWith(".part"))], [false, true, false]);
});
