/**
 * Deflection on the whole server, set up through the API as an administrator does: a real telephone (baresip) calls a queue that is closed, too busy or shared
 * out, a page chats with it; and flows that put their caller through or send a text. Every recording is a tone of its own, so that what the caller
 * heard is told from what they said. What a caller says to the virtual agent is the word of a double of a speech recogniser.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { WebSocketServer } from "ws";
import { Page, Site, until, type Person } from "../api/test-client.ts";
import type { Baresip } from "./baresip.ts";
import { sipp } from "./flow-rig.ts";
import { hearsFor, recordsFor, toneMs } from "./phone-sound.ts";
import { DOMAIN, must, putBoss, putQueue, recordTone, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";
import { TRUNK } from "./trunk-rig.ts";

const ANA_HZ = 440;
const LEA_HZ = 1_000;
const MARC_HZ = 620;
const MESSAGE_HZ = 1_500;
const GREETING_HZ = 2_100;
const says = { sounds: { fr: "Un instant.", en: "One moment." } };
/** Lengths of the two recordings; of what is played whole, a phone that a busy machine keeps waiting drops some. */
const MESSAGE_MS = 1_200;
const GREETING_MS = 900;
const isWhole = (heardMs: number, ofMs: number): boolean => heardMs >= 0.7 * ofMs;
const silent = (recording: string): object => ({ sounds: { fr: "Fermé.", en: "Closed." }, recording: { fr: recording } });

let rig: ExchangeRig;
let ana: Baresip;
let lea: Baresip;
let marc: Baresip;
let admin: Person;
let day: string;
let night: string;
let third: string;
let leaId: string;
/** Speaks the protocol of a Vosk server: hears what `said` is, once. */
const recogniser = new WebSocketServer({ port: 0, host: "127.0.0.1" });
let said: string | null = null;
recogniser.on("connection", (socket) => socket.on("message", (_data, binary) => {
  if (!binary) return;
  const text = said;
  said = null;
  socket.send(text === null ? '{"partial" : ""}' : JSON.stringify({ result: text.split(" ").map((word) => ({ word, conf: 1 })), text }));
}));
let message: string;
let greeting: string;

before(async () => {
  let password = "";
  await new Promise<void>((ready) => (recogniser.address() === null ? recogniser.once("listening", ready) : ready()));
  rig = await startExchangeRig(
    [{ login: "ana", number: "209", freqHz: ANA_HZ }, { login: "lea", number: "201", freqHz: LEA_HZ }, { login: "marc", number: "202", freqHz: MARC_HZ, more: { ringMs: 4_000 } }],
    async (_config, _ids, directory) => {
      const user = (login: string) => directory.users().find((one) => one.login === login)!;
      password = await putBoss(directory);
      [day, night, third] = [await putQueue(directory, "Day"), await putQueue(directory, "Night"), await putQueue(directory, "Third")];
      leaId = user("lea").id;
      for (const login of ["ana", "marc"]) must(await directory.putUser(user(login).id, { ...user(login), roles: [] }));
      must(await directory.putUser(user("lea").id, { ...user("lea"), queueIds: [night] }));
      await directory.setWish(user("lea").id, "available");
      const flow = async (number: string, id: string, steps: Record<string, object>): Promise<void> => {
        const definition = { format: 2, id, name: id, version: 1, languages: ["fr", "en"], start: Object.keys(steps)[0], reachHuman: { queueId: day, says, label: { fr: "Un conseiller", en: "An adviser" } }, retry: { wrong: says, silence: says }, steps };
        await directory.putFlow({ id, name: id, version: 1, definition });
        must(await directory.putNumber(null, { number, label: id, flowId: id, language: "fr" }));
      };
      const label = (text: string): object => ({ fr: text, en: text });
      await flow("3000", "f", { a: { kind: "queue", queueId: day } });
      await flow("3001", "g", {
        menu: { kind: "menu", label: label("Menu"), says, choices: [{ key: "1", label: label("Atelier"), next: "workshop" }, { key: "2", label: label("Lien"), next: "link" }] },
        workshop: { kind: "transfer", number: "202", failed: "nobody" },
        link: { kind: "deflect", to: { kind: "sms", text: label("Votre lien : https://exemple.fr/suivi") }, failed: "nobody" },
        nobody: { kind: "queue", queueId: night },
      });
      await flow("3002", "h", { a: { kind: "queue", queueId: night } });
    },
    { recogniserUrl: `ws://127.0.0.1:${(recogniser.address() as AddressInfo).port}` },
  );
  admin = await new Site(rig.server.port, rig.address).signIn("boss", password);
  // its address book is whom it writes to
  [ana, lea, marc] = await Promise.all([rig.phone("ana", { config: ["module_app contact.so"], contacts: [`"Support" <sip:3000@${DOMAIN}>`] }), rig.phone("lea"), rig.phone("marc")]);
  [message, greeting] = [await recordTone(rig, admin, "message", MESSAGE_HZ, MESSAGE_MS), await recordTone(rig, admin, "greeting", GREETING_HZ, GREETING_MS)];
  const never = (await call("POST", "/api/hours/calendars", { name: "Never", zone: "Europe/Paris", weekly: [] }))["id"];
  await call("PUT", "/api/hours/rules", { rules: [{ queueId: day, calendarId: never }] });
  await call("PUT", "/api/admin/settings/details", { supportEmail: "aide@exemple.fr" });
});

beforeEach(async () => {
  await call("DELETE", "/api/admin/settings/deflection");
  for (const queueId of [day, night]) for (const kind of ["queue-deflection", "over-capacity", "redirection"]) await call("DELETE", `/api/admin/queues/${queueId}/settings/${kind}`);
});

after(async () => {
  await Promise.all([ana?.stop(), lea?.stop(), marc?.stop()]);
  await rig?.stop();
  for (const client of recogniser.clients) client.terminate();
  recogniser.close();
});

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const done = await admin.call(method, path, body);
  assert.ok(done.status < 300, `${method} ${path}: ${JSON.stringify(done.body)}`);
  return done.body;
}
const ivr = (own: object): Promise<unknown> => call("PUT", `/api/admin/queues/${day}/settings/queue-deflection`, { ivr: own });

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
const queued = (queueId: string): Promise<Contact> => until(`a contact that waits in ${queueId}`, async () => (await rig.query<Contact>(`SELECT id, body->>'state' AS state, body FROM interaction WHERE body->>'state' = 'queued' AND body->'queue'->>'queueId' = '${queueId}'`))[0]);
const ending = async (id: string): Promise<Record<string, unknown>> => {
  const [row] = await rig.query<{ body: { outcome: Record<string, unknown> } }>(`SELECT body FROM fact WHERE interaction_id = '${id}' AND type = 'flowEnded' ORDER BY seq DESC LIMIT 1`);
  return row?.body.outcome ?? {};
};

test("AHD-09, AHD-11 a caller hears the queue's own message, in its recording, and the call ends, declared", async () => {
  await ivr({ kind: "message", greeting: silent(message) });
  const over = ana.next("CALL_CLOSED");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await over;
  assert.ok(isWhole(toneMs(ana.heard(), MESSAGE_HZ), MESSAGE_MS), `${toneMs(ana.heard(), MESSAGE_HZ)} ms of the message`);
  const outcome = await ending((await closed()).id);
  assert.deepEqual([outcome["type"], outcome["how"]], ["end", "message"]);
  assert.match(outcome["exception"] as string, /declared in the settings/);
});

test("AHD-07 a caller goes on to the queue that is open, and talks to its agent", async () => {
  await call("PUT", "/api/admin/settings/deflection", { calls: { enabled: true, ivr: { kind: "queue", queueId: night } } });
  const rings = lea.next("CALL_INCOMING");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await rings;
  await lea.answer();
  await hearsFor(ana, LEA_HZ, 800);
  const over = ana.next("CALL_CLOSED");
  lea.command("hangup");
  await over;
  assert.ok(toneMs(ana.heard(), LEA_HZ) > 700, "they talked");
  const [{ queue } = { queue: null }] = await rig.query<{ queue: string | null }>(`SELECT s->>'queueId' AS queue FROM interaction, jsonb_array_elements(body->'segments') s WHERE id = '${(await last())!.id}' AND s->>'kind' = 'talk'`);
  assert.equal(queue, night);
});

test("AHD-07 a caller is put through to the number, and talks there", async () => {
  await ivr({ kind: "number", number: "202", greeting: silent(greeting) });
  const rings = marc.next("CALL_INCOMING");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await rings;
  await marc.answer();
  await hearsFor(ana, MARC_HZ, 800);
  const over = ana.next("CALL_CLOSED");
  marc.command("hangup");
  await over;
  assert.ok(isWhole(toneMs(ana.heard(), GREETING_HZ), GREETING_MS) && toneMs(ana.heard(), MARC_HZ) > 700, `${toneMs(ana.heard(), GREETING_HZ)} ${toneMs(ana.heard(), MARC_HZ)}`);
  assert.equal((await last())?.body.handedTo?.number, "202");
});

test("AHD-08 a caller whose number is hidden is asked for one, confirms it, leaves a message after the queue's own greeting; it is the queue's", async (t) => {
  await call("PUT", "/api/admin/settings/deflection", { words: { askNumber: silent(message) } });
  await ivr({ kind: "voicemail", greeting: silent(greeting) });
  const stranger = await rig.phone("ana", { account: "<sip:anonymous@anonymous.invalid>;regint=0;audio_codecs=PCMA,PCMU" });
  t.after(() => stranger.stop());
  await stranger.dial(`sip:3000@${rig.address}:${rig.server.sipPort}`);
  await hearsFor(stranger, MESSAGE_HZ, 0.8 * MESSAGE_MS);
  for (const key of "0612345678#") stranger.command("sndcode", key);
  await until("the number read back", async () => (await rig.query("SELECT 1 FROM interaction WHERE body->>'state' = 'flow' AND body->'flow'->'state'->>'phase' = 'number-back'"))[0]);
  stranger.command("sndcode", "1");
  await recordsFor(join(rig.folder, "data", "queue-messages"), ANA_HZ, 1_600);
  await stranger.hangUp();
  const messages = await until("the message", async () => {
    const { bytes } = await admin.call("GET", `/api/queue-messages?queueId=${day}`);
    const list = JSON.parse(bytes.toString()) as { queueId: string; number: string; durationMs: number; state: string }[];
    return list.length > 0 && list;
  });
  const heard = { asked: toneMs(stranger.heard(), MESSAGE_HZ), greeted: toneMs(stranger.heard(), GREETING_HZ) };
  assert.ok(isWhole(heard.asked, MESSAGE_MS) && isWhole(heard.greeted, GREETING_MS), JSON.stringify(heard));
  assert.deepEqual(messages.map(({ queueId, number, state }) => [queueId, number, state]), [[day, "+33612345678", "open"]]);
  assert.ok(messages[0]!.durationMs > 1_500, `${messages[0]!.durationMs} ms`);
});

test("AHD-02 deflection off: a caller to the closed queue waits, as one waits", async () => {
  await ana.dial(`sip:3000@${DOMAIN}`);
  await until("waiting", async () => (await last())?.state === "queued");
  await ana.hangUp();
  await closed();
});

test("AHD-09 0 during the message: nobody of the queue is there, so a voicemail is offered", async () => {
  await ivr({ kind: "message", greeting: silent(message) });
  await ana.dial(`sip:3000@${DOMAIN}`);
  ana.command("sndcode", "0");
  const passed = await until("the second deflection", async () => {
    const text = (await last())?.body.data["deflected"] ?? "";
    return text.includes(",") && text;
  });
  assert.match(passed, new RegExp(`^${day} closed \\d+,${day} closed \\d+$`));
  await ana.hangUp();
  await closed();
});

test("PIT-05 0 during the message: somebody of the closed queue is there, and they ring", async () => {
  await ivr({ kind: "message", greeting: silent(message) });
  const { id, ...user } = JSON.parse((await admin.call("GET", "/api/admin/users")).bytes.toString()).find((one: { login: string }) => one.login === "lea") as { id: string };
  await call("PUT", `/api/admin/users/${id}`, { ...user, queueIds: [day, night] });
  const [up, rings] = [ana.next("CALL_ESTABLISHED"), lea.next("CALL_INCOMING")];
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await up;
  ana.command("sndcode", "0");
  await rings;
  await ana.hangUp();
  await closed();
  await call("PUT", `/api/admin/users/${id}`, { ...user, queueIds: [night] });
});

test("ACD-03 too busy, by how many wait, how long, and who is there: each caller beyond goes its own way, and who waits already stays and is served", async () => {
  const rule = (own: object, ivr: object): Promise<unknown> => call("PUT", `/api/admin/queues/${night}/settings/over-capacity`, { enabled: true, ...own, then: { ivr } });
  await call("PUT", `/api/agents/${leaId}/wish`, { wish: "offline" });
  await ana.dial(`sip:3002@${DOMAIN}`);
  const { id } = await queued(night);

  await rule({ length: 1 }, { kind: "message", greeting: silent(message) });
  const over = marc.next("CALL_CLOSED");
  marc.command("dial", `sip:3002@${DOMAIN}`);
  await over;
  assert.ok(isWhole(toneMs(marc.heard(), MESSAGE_HZ), MESSAGE_MS), `${toneMs(marc.heard(), MESSAGE_HZ)} ms of the message`);

  await rule({ longestWaitMs: 1_000 }, { kind: "queue", queueId: third });
  await marc.dial(`sip:3002@${DOMAIN}`);
  await queued(third);
  await marc.hangUp();

  await rule({ agents: "none-there" }, { kind: "number", number: "201" });
  const leaRings = lea.next("CALL_INCOMING");
  await marc.dial(`sip:3002@${DOMAIN}`);
  await leaRings;
  const silence = lea.next("CALL_CLOSED");
  await marc.hangUp();
  await silence;

  const [waits] = await rig.query<Contact>(`SELECT body->>'state' AS state FROM interaction WHERE id = '${id}'`);
  assert.equal(waits?.state, "queued");
  const rings = lea.next("CALL_INCOMING");
  await call("PUT", `/api/agents/${leaId}/wish`, { wish: "available" });
  await rings;
  const free = lea.next("CALL_CLOSED");
  await ana.hangUp();
  await free;
});

test("a share of the calls goes to another queue though this one is open, of the channels that it names", async () => {
  const share = (channels: string[]): Promise<unknown> => call("PUT", `/api/admin/queues/${night}/settings/redirection`, { shares: [{ percent: 100, channels, queueId: third }] });
  await share(["ivr"]);
  await ana.dial(`sip:3002@${DOMAIN}`);
  await queued(third);
  await ana.hangUp();
  await share(["chat"]);
  const rings = lea.next("CALL_INCOMING");
  await ana.dial(`sip:3002@${DOMAIN}`);
  await rings;
  const free = lea.next("CALL_CLOSED");
  await ana.hangUp();
  await free;
});

test("a virtual agent answers a caller's words before anybody does: day and night, or within hours only, and then the closed queue's own way", async () => {
  const faq = { id: "faq", name: "FAQ", with: { kind: "keywords", entries: [{ words: { fr: ["horaires"] }, says: { fr: "Dès neuf heures." }, goes: "resolved" }], otherwise: { fr: "Pardon." } } };
  await call("PUT", "/api/admin/settings/flow-outside", { hosts: [], assistants: [faq] });
  await call("PUT", "/api/admin/settings/deflection", { calls: { enabled: true, ivr: { kind: "message" } }, words: { assistant: silent(greeting), message: silent(message) } });
  const agent = (availability: string): Promise<unknown> => call("PUT", `/api/admin/queues/${day}/settings/queue-deflection`, { virtualAgent: { assistantId: "faq", availability } });
  const heard = (): [boolean, boolean] => [isWhole(toneMs(ana.heard(), GREETING_HZ), GREETING_MS), isWhole(toneMs(ana.heard(), MESSAGE_HZ), MESSAGE_MS)];
  await agent("always");
  await ana.dial(`sip:3000@${DOMAIN}`);
  const over = ana.next("CALL_CLOSED");
  await hearsFor(ana, GREETING_HZ, 0.8 * GREETING_MS);
  said = "quels sont vos horaires";
  await over;
  const contact = await closed();
  assert.deepEqual([heard(), (await ending(contact.id))["exception"]], [[true, false], "Resolved by the virtual agent: declared in the settings of the queue"]);

  await agent("hours");
  const end = ana.next("CALL_CLOSED");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await end;
  assert.deepEqual(heard(), [false, true]);
});

test("a flow puts its caller through to a telephone: they talk; busy, and no answer, lead back into the flow, and on to a person", async () => {
  const through = async (): Promise<void> => {
    const rings = marc.next("CALL_INCOMING");
    await ana.dial(`sip:3001@${DOMAIN}`);
    ana.command("sndcode", "1");
    await rings;
  };
  await through();
  await marc.answer();
  await Promise.all([hearsFor(ana, MARC_HZ, 600), hearsFor(marc, ANA_HZ, 600)]);
  const over = ana.next("CALL_CLOSED");
  await marc.hangUp();
  await over;
  assert.ok(toneMs(ana.heard(), MARC_HZ) > 500 && toneMs(marc.heard(), ANA_HZ) > 500, `${toneMs(ana.heard(), MARC_HZ)} ${toneMs(marc.heard(), ANA_HZ)}`);

  for (const why of ["busy", "no-answer"]) {
    const leaRings = lea.next("CALL_INCOMING");
    await through();
    const silence = marc.next("CALL_CLOSED");
    if (why === "busy") marc.command("hangup"); // a phone that rejects says busy
    await leaRings;
    await silence;
    const [was] = await rig.query<{ why: string }>("SELECT body->'handedTo'->'returned'->>'why' AS why FROM interaction WHERE body->'handedTo'->>'number' = '202' AND body->'handedTo'->'returned' IS NOT NULL ORDER BY (body->>'createdAtMs')::bigint DESC LIMIT 1");
    assert.equal(was?.why, why);
    const free = lea.next("CALL_CLOSED");
    await ana.hangUp();
    await free;
  }
});

test("a caller gets a link as a text by the operator's network, and the call is over; without a way there a person rings", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-sms-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const caller = await rig.phone("ana", { account: "<sip:+33612345678@outside.example>;regint=0;audio_codecs=PCMA,PCMU" });
  t.after(() => caller.stop());
  const asks = async (): Promise<void> => {
    const up = caller.next("CALL_ESTABLISHED");
    caller.command("dial", `sip:3001@${rig.address}:${rig.server.sipPort}`);
    await up;
    caller.command("sndcode", "2");
  };
  const rings = lea.next("CALL_INCOMING");
  await asks();
  await rings;
  const free = lea.next("CALL_CLOSED");
  await caller.hangUp();
  await free;

  const network = await sipp("uas-message", { cwd: folder });
  const trunk = await call("POST", "/api/telephony/trunks", { ...TRUNK, password: null, name: "Operator", host: "127.0.0.1", port: network.port, keepAliveS: 0 });
  await call("POST", "/api/telephony/routes", { name: "All", prefixes: ["+"], trunks: [{ trunkId: trunk["id"], priority: 1, weight: 1 }] });
  const over = caller.next("CALL_CLOSED");
  await asks();
  await over;
  assert.equal((await network.done).code, 0);
  const seen = readFileSync(join(folder, `uas-message-${network.port}.msg`), "utf8");
  assert.match(seen, /^MESSAGE sip:\+33612345678@/m);
  assert.match(seen, /^Votre lien : https:\/\/exemple\.fr\/suivi/m);
  const outcome = await ending((await closed()).id);
  assert.deepEqual([outcome["type"], outcome["how"]], ["end", "sms"]);
});

test("AHD-10 a chat outside hours reads the support address and ends", async () => {
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

test("AHD-13 a text outside hours is answered with the queue's own message, delivered to the telephone", async () => {
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
