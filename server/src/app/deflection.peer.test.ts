/**
 * Deflection outside hours on the whole server, set up through the API as an administrator does: a real telephone (baresip) calls a queue that is closed, a page
 * chats with it. Every recording is a tone of its own, so that what the caller heard is told from what they said.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Page, Site, until, type Person } from "../api/test-client.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import type { Baresip } from "./baresip.ts";
import { soundFlows, toneMs } from "./phone-sound.ts";
import { DOMAIN, must, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";

const ANA_HZ = 440;
const LEA_HZ = 1_000;
const MARC_HZ = 620;
const MESSAGE_HZ = 1_500;
const GREETING_HZ = 2_100;
const says = { sounds: { fr: "Un instant.", en: "One moment." } };
const silent = (recording: string): object => ({ sounds: { fr: "Fermé.", en: "Closed." }, recording: { fr: recording } });

let rig: ExchangeRig;
let ana: Baresip;
let lea: Baresip;
let marc: Baresip;
let admin: Person;
let day: string;
let night: string;
let message: string;
let greeting: string;

before(async () => {
  let password = "";
  rig = await startExchangeRig(
    [{ login: "ana", number: "209", freqHz: ANA_HZ }, { login: "lea", number: "201", freqHz: LEA_HZ }, { login: "marc", number: "202", freqHz: MARC_HZ }],
    async (_config, _ids, directory) => {
      const user = (login: string) => directory.users().find((one) => one.login === login)!;
      password = must(await directory.putUser(null, { login: "boss", name: "Boss", team: "", roles: ["administrator", "supervisor"], language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true })).password!;
      const queue = async (name: string): Promise<string> => must(await directory.putQueue(null, { name, needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 600_000, ringMs: 20_000, wrapMs: 0 })).id;
      [day, night] = [await queue("Day"), await queue("Night")];
      for (const login of ["ana", "marc"]) must(await directory.putUser(user(login).id, { ...user(login), roles: [] }));
      must(await directory.putUser(user("lea").id, { ...user("lea"), queueIds: [night] }));
      await directory.setWish(user("lea").id, "available");
      const definition = { format: 2, id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a", reachHuman: { queueId: day, says, label: { fr: "Un conseiller", en: "An adviser" } }, retry: { wrong: says, silence: says }, steps: { a: { kind: "queue", queueId: day } } };
      await directory.putFlow({ id: "f", name: "F", version: 1, definition });
      must(await directory.putNumber(null, { number: "3000", label: "Support", flowId: "f", language: "fr" }));
    },
  );
  admin = await new Site(rig.server.port, rig.address).signIn("boss", password);
  // its address book is whom it writes to
  [ana, lea, marc] = await Promise.all([rig.phone("ana", { config: ["module_app contact.so"], contacts: [`"Support" <sip:3000@${DOMAIN}>`] }), rig.phone("lea"), rig.phone("marc")]);
  [message, greeting] = [await recorded("message", MESSAGE_HZ, 2_000), await recorded("greeting", GREETING_HZ, 1_500)];
  const never = (await call("POST", "/api/hours/calendars", { name: "Never", zone: "Europe/Paris", weekly: [] }))["id"];
  await call("PUT", "/api/hours/rules", { rules: [{ queueId: day, calendarId: never }] });
  await call("PUT", "/api/admin/settings/details", { supportEmail: "aide@exemple.fr" });
}, { timeout: 60_000 });

beforeEach(async () => {
  await call("DELETE", "/api/admin/settings/deflection");
  for (const kind of ["queue-deflection", "over-capacity", "redirection"]) await call("DELETE", `/api/admin/queues/${day}/settings/${kind}`);
});

after(async () => {
  await Promise.all([ana?.stop(), lea?.stop(), marc?.stop()]);
  await rig?.stop();
});

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const done = await admin.call(method, path, body);
  assert.ok(done.status < 300, `${method} ${path}: ${JSON.stringify(done.body)}`);
  return done.body;
}
const ivr = (own: object): Promise<unknown> => call("PUT", `/api/admin/queues/${day}/settings/queue-deflection`, { ivr: own });

/** A prompt of the table whose recording is a tone. */
async function recorded(name: string, freqHz: number, ms: number): Promise<string> {
  const id = (await call("POST", "/api/admin/prompts", { name }))["id"] as string;
  const sent = await fetch(`http://${rig.address}:${rig.server.port}/api/admin/prompts/${id}/recordings/fr?name=${name}.wav`, { method: "PUT", headers: { cookie: admin.cookie, "content-type": "audio/wav" }, body: new Uint8Array(writeWav([tone(freqHz, ms, 0.3)])) });
  assert.equal(sent.status, 200, await sent.text());
  return id;
}

interface Contact extends Record<string, unknown> {
  id: string;
  state: string;
  body: { traits: { medium: string }; data: Record<string, string>; closed: { why: string } | null; handedTo?: { number: string } };
}
const last = async (): Promise<Contact | undefined> => (await rig.query<Contact>("SELECT id, body->>'state' AS state, body FROM interaction ORDER BY (body->>'createdAtMs')::bigint DESC LIMIT 1"))[0];
const closed = (): Promise<Contact> => until("the contact's end", async () => {
  const contact = await last();
  return contact?.state === "closed" && contact;
});
const ending = async (id: string): Promise<Record<string, unknown>> => {
  const [row] = await rig.query<{ body: { outcome: Record<string, unknown> } }>(`SELECT body FROM fact WHERE interaction_id = '${id}' AND type = 'flowEnded' ORDER BY seq DESC LIMIT 1`);
  return row?.body.outcome ?? {};
};

test("AHD-09, AHD-11 a caller hears the queue's own message, in its recording, and the call ends, declared", { timeout: 60_000 }, async () => {
  await ivr({ kind: "message", greeting: silent(message) });
  const over = ana.next("CALL_CLOSED");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await over;
  assert.ok(toneMs(ana.heard(), MESSAGE_HZ) >= 1_800, `${toneMs(ana.heard(), MESSAGE_HZ)} ms of the message`);
  const outcome = await ending((await closed()).id);
  assert.deepEqual([outcome["type"], outcome["how"]], ["end", "message"]);
  assert.match(outcome["exception"] as string, /declared in the settings/);
});

test("AHD-07 a caller goes on to the queue that is open, and talks to its agent", { timeout: 60_000 }, async () => {
  await call("PUT", "/api/admin/settings/deflection", { calls: { enabled: true, ivr: { kind: "queue", queueId: night } } });
  const rings = lea.next("CALL_INCOMING");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await rings;
  const up = lea.next("CALL_ESTABLISHED");
  lea.command("accept");
  await up;
  await soundFlows(1_500);
  const over = ana.next("CALL_CLOSED");
  lea.command("hangup");
  await over;
  assert.ok(toneMs(ana.heard(), LEA_HZ) > 700, "they talked");
  const [{ queue } = { queue: null }] = await rig.query<{ queue: string | null }>(`SELECT s->>'queueId' AS queue FROM interaction, jsonb_array_elements(body->'segments') s WHERE id = '${(await last())!.id}' AND s->>'kind' = 'talk'`);
  assert.equal(queue, night);
});

test("AHD-07 a caller is put through to the number, and talks there", { timeout: 60_000 }, async () => {
  await ivr({ kind: "number", number: "202", greeting: silent(greeting) });
  const rings = marc.next("CALL_INCOMING");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await rings;
  const up = marc.next("CALL_ESTABLISHED");
  marc.command("accept");
  await up;
  await soundFlows(1_500);
  const over = ana.next("CALL_CLOSED");
  marc.command("hangup");
  await over;
  assert.ok(toneMs(ana.heard(), GREETING_HZ) >= 1_300 && toneMs(ana.heard(), MARC_HZ) > 700, `${toneMs(ana.heard(), GREETING_HZ)} ${toneMs(ana.heard(), MARC_HZ)}`);
  assert.equal((await last())?.body.handedTo?.number, "202");
});

test("AHD-08 a caller whose number is hidden is asked for one, confirms it, leaves a message after the queue's own greeting; it is the queue's", { timeout: 90_000 }, async (t) => {
  await call("PUT", "/api/admin/settings/deflection", { words: { askNumber: silent(message) } });
  await ivr({ kind: "voicemail", greeting: silent(greeting) });
  const stranger = await rig.phone("ana", { account: "<sip:anonymous@anonymous.invalid>;regint=0;audio_codecs=PCMA,PCMU" });
  t.after(() => stranger.stop());
  const up = stranger.next("CALL_ESTABLISHED");
  stranger.command("dial", `sip:3000@${rig.address}:${rig.server.sipPort}`);
  await up;
  await soundFlows(2_500);
  for (const key of "0612345678#") {
    stranger.command("sndcode", key);
    await soundFlows(350);
  }
  stranger.command("sndcode", "1");
  await soundFlows(6_000);
  const over = stranger.next("CALL_CLOSED");
  stranger.command("hangup");
  await over;
  const messages = await until("the message", async () => {
    const { bytes } = await admin.call("GET", `/api/queue-messages?queueId=${day}`);
    const list = JSON.parse(bytes.toString()) as { queueId: string; number: string; durationMs: number; state: string }[];
    return list.length > 0 && list;
  });
  const heard = { asked: toneMs(stranger.heard(), MESSAGE_HZ), greeted: toneMs(stranger.heard(), GREETING_HZ) };
  assert.ok(heard.asked >= 1_800 && heard.greeted >= 1_300, JSON.stringify(heard));
  assert.deepEqual(messages.map(({ queueId, number, state }) => [queueId, number, state]), [[day, "+33612345678", "open"]]);
  assert.ok(messages[0]!.durationMs > 1_500, `${messages[0]!.durationMs} ms`);
});

test("AHD-02 deflection off: a caller to the closed queue waits, as one waits", { timeout: 60_000 }, async () => {
  const up = ana.next("CALL_ESTABLISHED");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await up;
  await until("waiting", async () => (await last())?.state === "queued");
  const over = ana.next("CALL_CLOSED");
  ana.command("hangup");
  await over;
  await closed();
});

test("AHD-09 0 during the message: nobody of the queue is there, so a voicemail is offered", { timeout: 60_000 }, async () => {
  await ivr({ kind: "message", greeting: silent(message) });
  const up = ana.next("CALL_ESTABLISHED");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await up;
  ana.command("sndcode", "0");
  const passed = await until("the second deflection", async () => {
    const text = (await last())?.body.data["deflected"] ?? "";
    return text.includes(",") && text;
  });
  assert.match(passed, new RegExp(`^${day} closed \\d+,${day} closed \\d+$`));
  const over = ana.next("CALL_CLOSED");
  ana.command("hangup");
  await over;
  await closed();
});

test("PIT-05 0 during the message: somebody of the closed queue is there, and they ring", { timeout: 60_000 }, async () => {
  await ivr({ kind: "message", greeting: silent(message) });
  const { id, ...user } = JSON.parse((await admin.call("GET", "/api/admin/users")).bytes.toString()).find((one: { login: string }) => one.login === "lea") as { id: string };
  await call("PUT", `/api/admin/users/${id}`, { ...user, queueIds: [day, night] });
  const [up, rings] = [ana.next("CALL_ESTABLISHED"), lea.next("CALL_INCOMING")];
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await up;
  ana.command("sndcode", "0");
  await rings;
  const over = ana.next("CALL_CLOSED");
  ana.command("hangup");
  await over;
  await closed();
  await call("PUT", `/api/admin/users/${id}`, { ...user, queueIds: [night] });
});

test("AHD-10 a chat outside hours reads the support address and ends", { timeout: 60_000 }, async () => {
  await call("PUT", "/api/admin/settings/deflection", { chats: { enabled: true } });
  const page = new Page(new Site(rig.server.port, rig.address));
  await page.welcome();
  await page.say("client-id-1", "Bonjour");
  const told = await until("the address", () => page.messages.find(({ text }) => text.includes("aide@exemple.fr")));
  assert.equal(told.author, "flow");
  await until("the end", () => page.conversation?.state === "closed");
  const outcome = await ending((await closed()).id);
  assert.deepEqual([outcome["type"], outcome["how"]], ["end", "email"]);
  await page.close();
});

test("AHD-13 a text outside hours is answered with the queue's own message, delivered to the telephone", { timeout: 60_000 }, async () => {
  await call("PUT", `/api/admin/queues/${day}/settings/queue-deflection`, { sms: { enabled: true, message: { sounds: { fr: "Nous répondrons demain à 9 h." } } } });
  ana.command("message", "Bonjour, êtes-vous ouverts");
  const contact = await until("the text's end", async () => {
    const found = await last();
    return found?.state === "closed" && found.body.traits.medium === "message" && found;
  });
  const facts = await until("its answer delivered", async () => {
    const rows = await rig.query<{ type: string; body: { message?: { author: string; text: string } } }>(`SELECT type, body FROM fact WHERE interaction_id = '${contact.id}' AND type LIKE 'message%' ORDER BY seq`);
    return rows.some(({ type }) => type === "messageDelivered") && rows;
  });
  const told = facts.flatMap(({ body }) => (body.message?.author === "flow" ? [body.message.text] : []));
  assert.deepEqual(told, ["Nous répondrons demain à 9 h."]);
  const outcome = await ending(contact.id);
  assert.deepEqual([outcome["type"], outcome["how"]], ["end", "message"]);
});
