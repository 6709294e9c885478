/**
 * What a customer hears while waiting and what the agent hears first, with real telephones (baresip) on the whole server, set up through the
 * API as an administrator does: every sound is a tone of its own, so that it is told from the others on what each phone recorded.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { countdownText } from "@tandem/protocol/whisper-words";
import { Site, until, type Person } from "../api/test-client.ts";
import { meanPower } from "../rtp/rtp.ts";
import type { Baresip } from "./baresip.ts";
import { hearsFor, toneMs } from "./phone-sound.ts";
import { DOMAIN, must, putBoss, putQueue, recordTone, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";

const ANA_HZ = 440;
const LEA_HZ = 1_000;
const WHISPER_HZ = 700;
const MUSIC_HZ = 1_500;
const NEWS_HZ = 2_100;
const PLACE = "Vous êtes la prochaine personne. Merci de patienter.";
const says = { sounds: { fr: "Un instant.", en: "One moment." } };

let rig: ExchangeRig;
let ana: Baresip;
let lea: Baresip;
let admin: Person;
let queueId: string;

before(async () => {
  let password = "";
  rig = await startExchangeRig(
    [{ login: "ana", number: "209", freqHz: ANA_HZ }, { login: "lea", number: "201", freqHz: LEA_HZ }],
    async (_config, _ids, directory) => {
      const user = (login: string) => directory.users().find((one) => one.login === login)!;
      password = await putBoss(directory);
      must(await directory.putUser(user("ana").id, { ...user("ana"), roles: [] }));
      queueId = await putQueue(directory, "Support");
      const definition = { id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a", reachHuman: { queueId, says, label: { fr: "Un conseiller", en: "An adviser" } }, retry: { wrong: says, silence: says }, steps: { a: { kind: "queue", queueId } } };
      await directory.putFlow({ id: "f", name: "F", version: 1, definition });
      must(await directory.putNumber(null, { number: "3000", label: "Support", flowId: "f", language: "fr" }));
    },
  );
  admin = await new Site(rig.server.port, rig.address).signIn("boss", password);
  // made ahead: a caller waits eight seconds for words, an agent three, and a busy machine may take longer for its first ones
  for (const text of [countdownText("fr"), PLACE]) assert.equal((await admin.call("POST", "/api/admin/prompts/preview", { text, language: "fr" })).status, 200);
  [ana, lea] = await Promise.all([rig.phone("ana"), rig.phone("lea")]);
});

after(async () => {
  await Promise.all([ana?.stop(), lea?.stop()]);
  await rig?.stop();
});

async function set(kind: string, body: object): Promise<void> {
  const done = await admin.call("PUT", `/api/admin/queues/${queueId}/settings/${kind}`, body);
  assert.ok(done.status < 300, JSON.stringify(done.body));
}

test("whisper and countdown are heard by the agent and not by the caller, who hears the queue's music until both talk; it counts as waiting", async () => {
  const [music, whisper] = [await recordTone(rig, admin, "music", MUSIC_HZ, 3_000), await recordTone(rig, admin, "whisper", WHISPER_HZ, 2_000)];
  await set("waiting", { music, position: false, estimate: false, callback: null });
  await set("whisper", { on: true, what: "recording", recordingId: whisper, speed: 1, countdown: true });
  await admin.call("PUT", `/api/agents/${await idOf("lea")}/wish`, { wish: "available" });
  const rings = lea.next("CALL_INCOMING");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await rings;
  await lea.answer();
  // the whisper, and the countdown
  await until("the conversation", async () => (await latest()) === "connected");
  await Promise.all([hearsFor(ana, LEA_HZ, 1_100), hearsFor(lea, ANA_HZ, 1_100)]);
  const over = ana.next("CALL_CLOSED");
  lea.command("hangup");
  await over;
  const heard = {
    agentWhisper: toneMs(lea.heard(), WHISPER_HZ), callerWhisper: toneMs(ana.heard(), WHISPER_HZ),
    callerMusic: toneMs(ana.heard(), MUSIC_HZ), agentMusic: toneMs(lea.heard(), MUSIC_HZ),
    caller: toneMs(lea.heard(), ANA_HZ), agent: toneMs(ana.heard(), LEA_HZ),
  };
  // once and to its end; a phone that a busy machine keeps waiting drops some of it
  assert.ok(heard.agentWhisper >= 1_500 && heard.agentWhisper <= 2_100, JSON.stringify(heard));
  assert.equal(heard.callerWhisper, 0, JSON.stringify(heard));
  assert.ok(heard.callerMusic > 3_000 && heard.agentMusic === 0, JSON.stringify(heard));
  assert.ok(heard.caller > 1_000 && heard.agent > 1_000, JSON.stringify(heard));
  // while the agent heard whisper and countdown, nothing of the caller's came through
  const first = lea.heard().subarray(0, 8 * 2_500);
  assert.equal(toneMs(first, ANA_HZ), 0, "the conversation begins after the whisper");
  const [segments] = await rig.query<{ ring: number }>("SELECT (s->>'untilMs')::bigint - (s->>'sinceMs')::bigint AS ring FROM interaction, jsonb_array_elements(body->'segments') s WHERE s->>'kind' = 'ring' LIMIT 1");
  assert.ok(Number(segments?.ring) > 4_000, `ring and whisper are one wait: ${JSON.stringify(segments)}`);
});

const wish = async (of: string): Promise<unknown> => admin.call("PUT", `/api/agents/${await idOf("lea")}/wish`, { wish: of });
const latest = async (): Promise<string | undefined> => (await rig.query<{ state: string }>("SELECT body->>'state' AS state FROM interaction ORDER BY (body->>'createdAtMs')::bigint DESC LIMIT 1"))[0]?.state;

/** Level of what is not silent, at the digital reference point of telephony (ITU-T G.100.1: full scale of a tone is +3.14 dBm0). */
function dbm0(samples: Int16Array): number {
  const powers = frames(samples).map(meanPower).filter((power) => power > 1e-5);
  return 10 * Math.log10(powers.reduce((sum, power) => sum + power, 0) / powers.length) + 6.15;
}
const frames = (samples: Int16Array): Int16Array[] => Array.from({ length: Math.floor(samples.length / 400) }, (_, i) => samples.subarray(i * 400, (i + 1) * 400));
/** What is heard one after another, frame by frame of 50 ms; what lasts less than 200 ms (the gaps between words) is not counted. */
function order(samples: Int16Array): { what: string; samples: Int16Array }[] {
  const kind = (frame: Int16Array): string => (toneMs(frame, MUSIC_HZ) > 0 ? "music" : toneMs(frame, NEWS_HZ) > 0 ? "news" : toneMs(frame, LEA_HZ) > 0 ? "agent" : "speech");
  const parts: { what: string; from: number; to: number }[] = [];
  for (const [i, frame] of frames(samples).entries()) {
    if (meanPower(frame) < 1e-5) continue;
    const what = kind(frame);
    if (parts.at(-1)?.what === what) parts.at(-1)!.to = i;
    else parts.push({ what, from: i, to: i });
  }
  const long = parts.filter(({ from, to }) => to - from >= 4);
  return long.filter(({ what }, i) => long[i - 1]?.what !== what).map(({ what, from, to }) => ({ what, samples: samples.subarray(from * 400, (to + 1) * 400) }));
}

const what = (parts: readonly { what: string }[]): string => parts.map((part) => part.what).join();

test("who waits hears the queue's announcement and their place, each over the music, which comes back, all at one level; the place that was said is a promise, kept once an agent has them", async () => {
  const news = await recordTone(rig, admin, "news", NEWS_HZ, 1_000);
  const [row] = await rig.query<{ body: { music: string } }>("SELECT body FROM queue_setting WHERE kind = 'waiting'");
  await set("waiting", { ...row!.body, position: true, firstAfterS: 5, quietS: 5, announcements: [{ says: {}, recordingId: news, firstAfterS: 1, everyS: 0 }] });
  await set("whisper", { on: false });
  await wish("offline");
  await ana.dial(`sip:3000@${DOMAIN}`);
  await until("the place is said", async () => (await rig.query("SELECT 1 FROM promise WHERE kind = 'position'"))[0]);
  await until("the music after the words", () => what(order(ana.hearing())).endsWith("music,speech,music"), 60_000);
  const rings = lea.next("CALL_INCOMING");
  await wish("available");
  await rings;
  await lea.answer();
  await hearsFor(ana, LEA_HZ, 500);
  const over = ana.next("CALL_CLOSED");
  await lea.hangUp();
  await over;
  const heard = order(ana.heard());
  // between the music and the agent a phone that a busy machine keeps waiting makes a moment of neither
  assert.match(what(heard), /^music,news,music,speech,music,(speech,)?agent$/);
  const level = Object.fromEntries(heard.map(({ what, samples }) => [what, Math.round(dbm0(samples))]));
  for (const what of ["music", "news"]) assert.ok(Math.abs(level[what]! + 20) <= 1, JSON.stringify(level));
  assert.ok(Math.abs(level["speech"]! + 20) <= 6, JSON.stringify(level));
  const report = (await admin.call("GET", `/api/promises?queueId=${queueId}`)).body as unknown as { queues: { kind: string; kept: number; late: number; broken: number; released: number; open: number }[] };
  assert.deepEqual(report.queues.map(({ kind, kept, late, broken, released, open }) => [kind, kept, late, broken, released, open]), [["position", 1, 0, 0, 0, 0]]);
});

test("who hangs up during the whisper: the customer frees the agent, who rings no more; the agent sends the customer back to the music, and rings no more either", async () => {
  await set("whisper", { on: true, what: "recording", recordingId: (await rig.query<{ id: string }>("SELECT id FROM prompt WHERE name = 'whisper'"))[0]!.id });
  const whispered = async (): Promise<void> => {
    await wish("available");
    const rings = lea.next("CALL_INCOMING");
    ana.command("dial", `sip:3000@${DOMAIN}`);
    await rings;
    await lea.answer();
    await until("the whisper", async () => (await rig.query("SELECT 1 FROM interaction WHERE body->>'state' = 'offered' AND body->'offer'->>'pickedUpMs' IS NOT NULL"))[0]);
  };
  await whispered();
  const free = lea.next("CALL_CLOSED");
  await ana.hangUp();
  await free;
  await until("the customer's end", async () => (await latest()) === "closed");

  await whispered();
  await lea.hangUp();
  await until("the customer waits", async () => (await latest()) === "queued");
  await ana.hangUp();
  await until("the customer's end", async () => (await latest()) === "closed");
});

async function idOf(login: string): Promise<string> {
  const [row] = await rig.query<{ id: string }>(`SELECT id FROM app_user WHERE login = '${login}'`);
  return row!.id;
}
