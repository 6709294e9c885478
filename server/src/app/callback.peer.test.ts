/**
 * Promised calls and messages with real telephones (baresip) on the whole server: each phone speaks a tone of its own, so that who heard
 * whom is measured on what the phones and our files recorded.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { CallbackView, QueueMessage } from "@tandem/protocol/callback";
import { Desktop, Site, until, type Person } from "../api/test-client.ts";
import { readWav } from "../rtp/rtp.ts";
import type { Baresip } from "./baresip.ts";
import { sipp } from "./flow-rig.ts";
import { hearsFor, recordsFor, toneMs } from "./phone-sound.ts";
import { DOMAIN, must, putBoss, putQueue, recordTone, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";
import { LampPhone } from "./test-lamp-phone.ts";
import { TRUNK } from "./trunk-rig.ts";

const ANA_HZ = 440;
const LEA_HZ = 1_000;
const GREETING_HZ = 2_100;
/** The customer's telephone is one of the house whose account is its number, so that the centre knows where to call back. */
const says = { sounds: { fr: "Un instant.", en: "One moment." } };
const label = { fr: "Rappel", en: "Callback" };

let rig: ExchangeRig;
let ana: Baresip;
let lea: Baresip;
let boss: Person;
let agent: Person;
let queueId: string;
const passwords: string[] = [];
let watching: Desktop | null = null;
let lit: LampPhone | null = null;

before(async () => {
  rig = await startExchangeRig(
    [{ login: "209", number: "209", freqHz: ANA_HZ, more: { ringMs: 60_000 } }, { login: "lea", number: "201", freqHz: LEA_HZ }],
    async (_config, _ids, directory) => {
      const user = (login: string) => directory.users().find((one) => one.login === login)!;
      passwords.push(await putBoss(directory));
      passwords.push(must(await directory.resetPassword(user("lea").id)).password);
      must(await directory.putUser(user("209").id, { ...user("209"), roles: [] }));
      queueId = await putQueue(directory, "Support");
      const common = { version: 2, format: 2, languages: ["fr"], start: "a", reachHuman: { queueId, says, label: { fr: "Un conseiller", en: "An adviser" } }, retry: { wrong: says, silence: says } };
      await directory.putFlow({ id: "back", name: "Back", version: 1, definition: { ...common, id: "back", name: "Back", steps: { a: { kind: "callback", queueId, offer: "in-order", says, label, declined: "q", failed: "q" }, q: { kind: "queue", queueId } } } });
      await directory.putFlow({ id: "mail", name: "Mail", version: 1, definition: { ...common, id: "mail", name: "Mail", steps: { a: { kind: "voicemail", queueId, says } } } });
      must(await directory.putNumber(null, { number: "3000", label: "Support", flowId: "back", language: "fr" }));
      must(await directory.putNumber(null, { number: "3001", label: "Messages", flowId: "mail", language: "fr" }));
    },
  );
  const site = new Site(rig.server.port, rig.address);
  [boss, agent] = [await site.signIn("boss", passwords[0]!), await site.signIn("lea", passwords[1]!)];
  [ana, lea] = await Promise.all([rig.phone("209"), rig.phone("lea")]);
});

after(async () => {
  lit?.stop();
  await watching?.close();
  await Promise.all([ana?.stop(), lea?.stop()]);
  await rig?.stop();
});

async function set(kind: string, body: object): Promise<void> {
  const done = await boss.call("PUT", `/api/admin/queues/${queueId}/settings/${kind}`, body);
  assert.ok(done.status < 300, JSON.stringify(done.body));
}
const available = (wish = "available"): Promise<unknown> => boss.call("PUT", `/api/agents/${agent.id}/wish`, { wish });
const list = async (): Promise<CallbackView[]> => (await boss.call("GET", "/api/callbacks")).body as unknown as CallbackView[];
const callback = (what: string, id: string, test: (one: CallbackView) => boolean): Promise<CallbackView> => until(what, async () => (await list()).find((one) => one.id === id && test(one)));
/** The caller's dialogue stands at that step, in that phase of it. */
const asked = (stepId: string, phase = ""): Promise<unknown> => until(`the question ${stepId}`, async () => (await rig.query(`SELECT 1 FROM interaction WHERE body->>'state' = 'flow' AND body->'flow'->'state'->>'stepId' = '${stepId}' AND body->'flow'->'state'->>'phase' = '${phase}'`))[0]);
async function kept(kind: string): Promise<{ kept: number; late: number; broken: number }> {
  const report = (await boss.call("GET", `/api/promises?queueId=${queueId}`)).body as unknown as { queues: { kind: string; kept: number; late: number; broken: number }[] };
  const { kept = 0, late = 0, broken = 0 } = report.queues.find((one) => one.kind === kind) ?? {};
  return { kept, late, broken };
}

test("in order, agent first: asked for on the telephone, the agent rings, then the customer; both hear each other, it is recorded, and the promise is kept", async () => {
  await ana.dial(`sip:3000@${DOMAIN}`);
  const over = ana.next("CALL_CLOSED");
  await asked("a", "offer");
  ana.command("sndcode", "1");
  await over;
  const [promised] = await list();
  assert.ok(promised);
  assert.deepEqual([promised.kind, promised.state, promised.number, promised.by, promised.queueName], ["in-order", "waiting", "209", "flow", "Support"]);
  const [rings, anaRings] = [lea.next("CALL_INCOMING"), ana.next("CALL_INCOMING")];
  await available();
  await rings;
  assert.equal(ana.events.filter(({ type }) => type === "CALL_INCOMING").length, 0, "the customer's telephone is silent until the agent has answered");
  await lea.answer();
  await anaRings;
  const talkSinceMs = Date.now();
  await ana.answer();
  await Promise.all([hearsFor(lea, ANA_HZ, 2_100), hearsFor(ana, LEA_HZ, 2_100)]);
  const calling = (await list())[0]!;
  assert.equal(calling.state, "calling");
  const closed = ana.next("CALL_CLOSED");
  lea.command("hangup");
  await closed;
  const talkMs = Date.now() - talkSinceMs;
  const heard = { agent: toneMs(lea.heard(), ANA_HZ), customer: toneMs(ana.heard(), LEA_HZ) };
  assert.ok(heard.agent > 2_000 && heard.customer > 2_000, JSON.stringify(heard));
  const served = await callback("the end", promised.id, ({ state }) => state === "served");
  assert.deepEqual([served.end, served.attempts.map(({ outcome, agentId }) => [outcome, agentId])], ["reached", [["reached", agent.id]]]);
  const recorded = await until("the recording", async () => (await rig.query<{ paths: { durationMs: number }[] }>(`SELECT body->'recordings' AS paths FROM interaction WHERE id = '${served.attempts[0]!.interactionId}'`))[0]?.paths[0]);
  assert.ok(recorded.durationMs > 2_000 && recorded.durationMs <= talkMs + 500, `from the customer's answer on: ${JSON.stringify(recorded)} of ${talkMs} ms`);
  assert.deepEqual(await kept("callback"), { kept: 1, late: 0, broken: 0 });
});

test("dated, customer first: at its time the customer rings while an agent is kept; greeted, then the agent's telephone rings", async () => {
  const prompt = await recordTone(rig, boss, "greeting", GREETING_HZ, 1_500);
  await set("callback", { first: "customer", greeting: { ...says, recording: { fr: prompt } } });
  await available();
  const startMs = Date.now() + 1_500;
  const [rings, leaRings] = [ana.next("CALL_INCOMING"), lea.next("CALL_INCOMING")];
  const before = lea.events.filter(({ type }) => type === "CALL_INCOMING").length;
  const booked = await agent.call("POST", "/api/callbacks", { queueId, number: "209", slot: { startMs, endMs: startMs + 300_000 }, reason: "Devis", mine: true, language: "fr" });
  assert.equal(booked.status, 200, JSON.stringify(booked.body));
  await rings;
  assert.ok(Date.now() >= startMs, "not before its time");
  assert.equal(lea.events.filter(({ type }) => type === "CALL_INCOMING").length, before, "the agent's telephone waits for the customer");
  await ana.answer();
  await leaRings;
  await hearsFor(ana, GREETING_HZ, 1_100);
  await lea.answer();
  await Promise.all([hearsFor(ana, LEA_HZ, 1_300), hearsFor(lea, ANA_HZ, 1_300)]);
  const closed = lea.next("CALL_CLOSED");
  ana.command("hangup");
  await closed;
  const heard = { greeting: toneMs(ana.heard(), GREETING_HZ), agent: toneMs(ana.heard(), LEA_HZ), customer: toneMs(lea.heard(), ANA_HZ), agentGreeting: toneMs(lea.heard(), GREETING_HZ) };
  assert.ok(heard.greeting > 1_000 && heard.agent > 1_200 && heard.customer > 1_200 && heard.agentGreeting === 0, JSON.stringify(heard));
  const served = await callback("the end", booked.body["id"] as string, ({ state }) => state === "served");
  assert.deepEqual([served.kind, served.end], ["dated", "reached"]);
  assert.deepEqual(await kept("slot"), { kept: 1, late: 0, broken: 0 });
});

test("busy, then no answer: each is a try with its word, and after the last one the promise is broken with why", async () => {
  await set("callback", { first: "agent", attempts: 2, ringSeconds: 10, pauseMinutes: 60 });
  await available();
  const [rings, anaRings] = [lea.next("CALL_INCOMING"), ana.next("CALL_INCOMING")];
  const booked = await agent.call("POST", "/api/callbacks", { queueId, number: "209", slot: null, mine: true });
  assert.equal(booked.status, 200, JSON.stringify(booked.body));
  const id = booked.body["id"] as string;
  await rings;
  await lea.answer();
  await anaRings;
  const leaFree = lea.next("CALL_CLOSED");
  ana.command("hangup"); // a phone that rejects says busy
  await leaFree;
  const waiting = await callback("the first try", id, ({ attempts, state }) => attempts.length === 1 && state === "waiting");
  assert.ok(["busy", "refused"].includes(waiting.attempts[0]!.outcome), JSON.stringify(waiting.attempts));
  assert.ok(waiting.nextAtMs! > Date.now() + 50 * 60_000, "after the pause");

  const [again, anaAgain] = [lea.next("CALL_INCOMING"), ana.next("CALL_INCOMING")];
  assert.equal((await agent.call("POST", `/api/callbacks/${id}/call`)).status, 200);
  await again;
  await lea.answer();
  await anaAgain;
  const silent = ana.next("CALL_CLOSED");
  const end = lea.next("CALL_CLOSED");
  await silent;
  await end;
  const broken = await callback("the end", id, ({ state }) => state === "broken");
  assert.deepEqual([broken.end, broken.attempts.at(-1)?.outcome], ["no-answer", "no-answer"]);
  const heard = toneMs(lea.heard(), 440);
  assert.ok(heard > 2_000, `the agent hears it ring: ${heard} ms of the ringing tone`);
  assert.equal((await kept("callback")).broken, 1);
});

test("a message: left by a caller who hangs up, told to desktop and lamp at once, listened to, claimed by one, called back and done", async () => {
  await set("callback", {});
  await available();
  const desktop = (watching = new Desktop(new Site(rig.server.port, rig.address), agent.cookie));
  await until("the desktop", () => desktop.snapshot);
  const lamp = (lit = await LampPhone.start({ address: rig.address, port: rig.server.sipPort }, { name: "lea", password: rig.passwords.get("lea")!, domain: DOMAIN }));
  assert.match(await lamp.ask("SUBSCRIBE", "201", ["Event: message-summary", "Expires: 600"]), /^SIP\/2\.0 200/);
  await until("the lamp", () => lamp.told.some((one) => /Messages-Waiting: no/.test(one)));
  await ana.dial(`sip:3001@${DOMAIN}`);
  await recordsFor(join(rig.folder, "data", "queue-messages"), ANA_HZ, 1_600);
  await ana.hangUp();
  const told = await until("the desktop's notice", () => desktop.frames.find((frame) => frame.t === "promisedWork" && frame.changed?.kind === "message"));
  assert.ok(told.t === "promisedWork" && told.changed);
  assert.deepEqual([told.queueId, told.openMessages, told.changed.state, told.changed.fresh], [queueId, 1, "open", true]);
  await until("the lamp is lit", () => lamp.told.some((one) => /Messages-Waiting: yes[\s\S]*Voice-Message: 1\/0/.test(one)));
  const [message] = (await agent.call("GET", "/api/queue-messages?state=open")).body as unknown as QueueMessage[];
  assert.ok(message);
  assert.deepEqual([message.number, message.queueName, message.heard], ["209", "Support", false]);

  const sound = await agent.call("GET", `/api/queue-messages/${message.id}/sound`);
  const read = readWav(sound.bytes);
  assert.ok(sound.status === 200 && read.ok, String(sound.status));
  const spoke = toneMs(read.wav.channels[0]!, ANA_HZ);
  assert.ok(spoke > 1_500 && Math.abs(spoke - message.durationMs) < Math.max(700, message.durationMs / 4), `${spoke} ms of their tone in ${message.durationMs} ms`);
  assert.equal(toneMs(read.wav.channels[0]!.subarray(0, 8_000), 1_000), 0, "our own tone is not in it");
  assert.equal((await agent.call("GET", `/api/queue-messages/${message.id}/sound`, undefined, { range: "bytes=0-99" })).status, 206);

  assert.equal((await boss.call("POST", `/api/queue-messages/${message.id}/claim`)).status, 200);
  assert.equal((await agent.call("POST", `/api/queue-messages/${message.id}/claim`)).body.code, "not-yours");
  assert.equal((await boss.call("POST", `/api/queue-messages/${message.id}/release`)).status, 200);
  const [rings, anaRings] = [lea.next("CALL_INCOMING"), ana.next("CALL_INCOMING")];
  const called = await agent.call("POST", `/api/queue-messages/${message.id}/call`);
  assert.equal(called.status, 200, JSON.stringify(called.body));
  await rings;
  await lea.answer();
  await anaRings;
  await ana.answer();
  await hearsFor(ana, LEA_HZ, 300); // put through: an agent who goes before has not reached anybody
  const closed = ana.next("CALL_CLOSED");
  lea.command("hangup");
  await closed;
  await callback("the end", called.body["callbackId"] as string, ({ state, by }) => state === "served" && by === "message");
  assert.equal((await agent.call("POST", `/api/queue-messages/${message.id}/done`)).status, 200);
  await until("the lamp goes out", () => /Messages-Waiting: no/.test(lamp.told.at(-1) ?? ""));
  const [done] = (await agent.call("GET", "/api/queue-messages?state=done")).body as unknown as QueueMessage[];
  assert.deepEqual([done?.state, done?.agentId, done?.heard], ["done", agent.id, true]);
});

test("who rings while a call is promised to them is told so: kept, taken back at once, or a person now, who serves the promise", async () => {
  await available("offline");
  const startMs = Date.now() + 86_400_000;
  const book = async (): Promise<string> => {
    const booked = await agent.call("POST", "/api/callbacks", { queueId, number: "209", slot: { startMs, endMs: startMs + 1_800_000 }, mine: true, language: "fr" });
    assert.equal(booked.status, 200, JSON.stringify(booked.body));
    return booked.body["id"] as string;
  };
  const id = await book();
  await ana.dial(`sip:3000@${DOMAIN}`);
  await asked("ask");
  const over = ana.next("CALL_CLOSED");
  ana.command("sndcode", "1");
  await over;
  const stands = (await list()).find((one) => one.id === id);
  assert.deepEqual([stands?.state, stands?.slot?.startMs], ["waiting", startMs]);

  await ana.dial(`sip:3000@${DOMAIN}`);
  await asked("ask");
  ana.command("sndcode", "3");
  const back = await callback("it taken back", id, ({ state }) => state === "cancelled");
  assert.equal(back.end, "customer");
  await asked("a", "offer");
  await ana.hangUp();

  const again = await book();
  await ana.dial(`sip:3000@${DOMAIN}`);
  await asked("ask");
  const rings = lea.next("CALL_INCOMING");
  await available();
  ana.command("sndcode", "0");
  await rings;
  await lea.answer();
  assert.equal((await callback("it served", again, ({ state }) => state === "served")).end, "called-in");
  const closed = lea.next("CALL_CLOSED");
  ana.command("hangup");
  await closed;
});

/** What an operator's network answers, and what a try is then. */
const ODD = [["uas-busy", "busy", 486], ["uas-early-declined", "refused", 603], ["uas-unavailable", "unreachable", 480]] as const;

test("outside, by a trunk: busy, refused after the network's own words, and not there are tries with their word; kept over a restart while nobody was free, then dialled in E.164 with the queue's number; late is late", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-callback-"));
  const trunk = await boss.call("POST", "/api/telephony/trunks", { ...TRUNK, password: null, name: "Operator", host: "127.0.0.1", port: 9, keepAliveS: 0 });
  assert.equal(trunk.status, 200, JSON.stringify(trunk.body));
  const leadsTo = async (port: number): Promise<void> => {
    const { status, body } = await boss.call("PUT", `/api/telephony/trunks/${trunk.body["id"] as string}`, { ...TRUNK, password: null, name: "Operator", host: "127.0.0.1", port, keepAliveS: 0 });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const routed = await boss.call("POST", "/api/telephony/routes", { name: "All", prefixes: ["+"], trunks: [{ trunkId: trunk.body["id"], priority: 1, weight: 1 }] });
  assert.equal(routed.status, 200, JSON.stringify(routed.body));
  await set("callback", { callerNumber: "+33270000199", toleranceMinutes: 0, pauseMinutes: 60, attempts: 5 });
  await available();
  let id = "";
  for (const [scenario, outcome, status] of ODD) {
    const network = await sipp(scenario, { cwd: folder });
    await leadsTo(network.port);
    const rings = lea.next("CALL_INCOMING");
    if (id !== "") assert.equal((await agent.call("POST", `/api/callbacks/${id}/call`)).status, 200);
    else {
      const slot = { startMs: Date.now(), endMs: Date.now() + 1_000 };
      const booked = await agent.call("POST", "/api/callbacks", { queueId, number: "06 12 34 56 78", slot, mine: true, name: "Camille", reason: "Devis" });
      assert.equal(booked.status, 200, JSON.stringify(booked.body));
      id = booked.body["id"] as string;
    }
    await rings;
    const free = lea.next("CALL_CLOSED");
    await lea.answer();
    await free;
    const tried = await callback(scenario, id, ({ state, attempts }) => state === "waiting" && attempts.at(-1)?.status === status);
    assert.equal(tried.attempts.at(-1)?.outcome, outcome);
    assert.equal((await network.done).code, 0);
  }

  const operator = await sipp("uas-hangs-up", { cwd: folder });
  await leadsTo(operator.port);
  await available("offline");
  assert.equal((await agent.call("POST", `/api/callbacks/${id}/call`)).status, 200);
  const waiting = await callback("its contact", id, ({ interactionId }) => interactionId !== null);
  await rig.restart();
  await lea.stop();
  lea = await rig.phone("lea");
  boss = await new Site(rig.server.port, rig.address).signIn("boss", passwords[0]!);
  const again = await callback("its contact after the restart", id, ({ interactionId }) => interactionId !== null && interactionId !== waiting.interactionId);
  assert.deepEqual([again.sinceMs, again.attempts.length], [waiting.sinceMs, ODD.length], "the place is kept, and nothing was tried");
  const rings = lea.next("CALL_INCOMING");
  await available();
  await rings;
  const over = lea.next("CALL_CLOSED");
  await lea.answer();
  await over;
  const served = await callback("the end", id, ({ state }) => state === "served");
  assert.equal(served.attempts.at(-1)?.outcome, "reached");
  assert.equal((await operator.done).code, 0);
  const seen = readFileSync(join(folder, `uas-hangs-up-${operator.port}.msg`), "utf8");
  assert.match(seen, /^INVITE sip:\+33612345678@/m);
  assert.match(seen, /^From: .*<sip:\+33270000199@/m);
  assert.equal((await kept("slot")).late, 1, "after what was announced");
  rmSync(folder, { recursive: true, force: true });
});
