/**
 * The company telephone system with real telephones (baresip) on real sockets and real sound: every phone speaks a tone of its own,
 * so that what each heard says with whom it was connected, and for how long.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { until } from "../api/test-client.ts";
import { readWav } from "../rtp/rtp.ts";
import type { Baresip } from "./baresip.ts";
import { Linphone } from "./linphone.ts";
import { hearsFor, recordsFor, soundFlows, toneMs } from "./phone-sound.ts";
import { LampPhone } from "./test-lamp-phone.ts";
import { alike, DOMAIN, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";

const LEA_HZ = 440;
const MARC_HZ = 1_000;
const NORA_HZ = 620;
const OTTO_HZ = 800;

let rig: ExchangeRig;
let lea: Baresip;
let marc: Baresip;
let nora: Baresip;

before(async () => {
  rig = await startExchangeRig(
    [{ login: "lea", number: "201", freqHz: LEA_HZ }, { login: "marc", number: "202", freqHz: MARC_HZ, more: { ringMs: 5_000 } }, { login: "nora", number: "203", freqHz: NORA_HZ }, { login: "otto", number: "204", freqHz: OTTO_HZ }],
    async (config, ids) => {
      await config.putGroup(null, { number: "301", name: "Vente", strategy: "all", extensionIds: [ids.get("marc")!, ids.get("nora")!], ringMs: 15_000, otherwise: { to: "hang-up" } });
      for (const id of ids.values()) await config.setChoices(id, { ...config.choices(id), voicemail: { on: false, email: null, pin: null } });
    },
  );
  [lea, marc, nora] = await Promise.all([rig.phone("lea"), rig.phone("marc"), rig.phone("nora")]);
});

after(async () => {
  await Promise.all([lea?.stop(), marc?.stop(), nora?.stop()]);
  await rig?.stop();
});

const dial = (phone: Baresip, number: string): void => phone.command("dial", `sip:${number}@${DOMAIN}`);
async function call(from: Baresip, number: string, to: Baresip): Promise<void> {
  const [rings, up] = [to.next("CALL_INCOMING"), from.next("CALL_ESTABLISHED")];
  dial(from, number);
  await rings;
  to.command("accept");
  await up;
}

async function hangUp(phone: Baresip, ...others: Baresip[]): Promise<void> {
  const ends = [phone, ...others].map((one) => one.next("CALL_CLOSED"));
  phone.command("hangup");
  await Promise.all(ends);
}
/** Dials a star code; it is answered once what it switches is stored. Its confirmation is cut short. */
async function code(phone: Baresip, typed: string): Promise<void> {
  await phone.dial(`sip:${typed}@${DOMAIN}`);
  await phone.hangUp();
}

test("extension to extension: both hear each other; RFC 5359 2.1 and 2.3: held, the other hears music", async () => {
  await call(lea, "202", marc);
  await hearsFor(marc, LEA_HZ, 1_500);
  lea.command("hold");
  await soundFlows(2_500);
  lea.command("resume");
  await Promise.all([hearsFor(marc, LEA_HZ, 2_600), hearsFor(lea, MARC_HZ, 1_100)]);
  await hangUp(marc, lea);
  const music = readWav(readFileSync(join(rig.folder, "data", "prompts", "hold-music-2.wav")));
  assert.ok(music.ok);
  const heard = { lea: toneMs(lea.heard(), MARC_HZ), marc: toneMs(marc.heard(), LEA_HZ) };
  // baresip begins a new file when it resumes; who is held hears none of the other for most of the hold
  assert.ok(heard.lea > 1_000 && heard.marc > 2_500 && marc.heard().length / 8 - heard.marc > 1_500, JSON.stringify(heard));
  // of several parts one: a phone that a busy machine keeps waiting drops some packets, and what is cut in two is like nothing
  assert.ok([8_000, 4_000, 12_000, 1_600].some((from) => alike(marc.heard(), music.wav.channels[0]!.subarray(from, from + 3_200)) > 0.9), "music");
  assert.equal(toneMs(marc.heard(), MARC_HZ), 0, "nobody hears themselves");
});

test("RFC 5359 2.4: blind transfer: the third phone talks to the first, the second is out", async () => {
  await call(lea, "202", marc);
  await soundFlows(500);
  const [rings, out] = [nora.next("CALL_INCOMING"), marc.next("CALL_CLOSED")];
  marc.command("transfer", `sip:203@${DOMAIN}`);
  await rings;
  nora.command("accept");
  await out;
  await Promise.all([hearsFor(lea, NORA_HZ, 1_600), hearsFor(nora, LEA_HZ, 1_600)]);
  await hangUp(nora, lea);
  assert.ok(toneMs(lea.heard(), NORA_HZ) > 1_500, `${toneMs(lea.heard(), NORA_HZ)} ms of the third`);
  assert.ok(toneMs(nora.heard(), LEA_HZ) > 1_500, `${toneMs(nora.heard(), LEA_HZ)} ms of the first`);
});

test("RFC 5359 2.9: nobody answers: forwarded; 2.7: always, switched on and off by star code on the phone", async () => {
  const spokenTo = marc.next("CALL_CLOSED");
  dial(marc, "*61*203#");
  await spokenTo;
  assert.ok(marc.heard().length > 8_000, "a confirmation was spoken");
  const [rings, up] = [nora.next("CALL_INCOMING"), lea.next("CALL_ESTABLISHED")];
  dial(lea, "202");
  await marc.next("CALL_CLOSED");
  await rings;
  nora.command("accept");
  await up;
  await hangUp(lea, nora);
  await code(marc, "*21*203#");
  await call(lea, "202", nora);
  await hangUp(lea, nora);
  await code(marc, "##002#");
  await call(lea, "202", marc);
  await hangUp(lea, marc);
});

test("RFC 5359 2.8: busy and do not disturb are told as such", async () => {
  await code(marc, "*78");
  const refused = lea.next("CALL_CLOSED");
  dial(lea, "202");
  await refused;
  assert.match(lea.events.findLast((event) => event.type === "CALL_CLOSED")?.param ?? "", /486/);
  await code(marc, "*79");
});

test("RFC 5359 2.12 and 2.16: a group rings together; the one who answers has it, and a colleague may pick it up", async () => {
  const ring = [marc.next("CALL_INCOMING"), nora.next("CALL_INCOMING")];
  const [up, quiet] = [lea.next("CALL_ESTABLISHED"), marc.next("CALL_CLOSED")];
  dial(lea, "301");
  await Promise.all(ring);
  nora.command("accept");
  await Promise.all([up, quiet]);
  await hangUp(lea, nora);
  const rings = marc.next("CALL_INCOMING");
  const [leaUp, noraUp, silent] = [lea.next("CALL_ESTABLISHED"), nora.next("CALL_ESTABLISHED"), marc.next("CALL_CLOSED")];
  dial(lea, "202");
  await rings;
  dial(nora, "*8");
  await Promise.all([leaUp, noraUp, silent]);
  await hearsFor(lea, NORA_HZ, 800);
  await hangUp(lea, nora);
  assert.ok(toneMs(lea.heard(), NORA_HZ) > 700, `${toneMs(lea.heard(), NORA_HZ)} ms`);
});

test("RFC 5359 2.15: parked by transfer to a slot, fetched by dialling it", async () => {
  await call(lea, "202", marc);
  const out = marc.next("CALL_CLOSED");
  marc.command("transfer", `sip:705@${DOMAIN}`);
  await out;
  await soundFlows(500);
  const up = nora.next("CALL_ESTABLISHED");
  dial(nora, "705");
  await up;
  await Promise.all([hearsFor(lea, NORA_HZ, 1_100), hearsFor(nora, LEA_HZ, 1_100)]);
  await hangUp(nora, lea);
  assert.ok(toneMs(nora.heard(), LEA_HZ) > 1_000, `${toneMs(nora.heard(), LEA_HZ)} ms`);
  assert.ok(toneMs(lea.heard(), NORA_HZ) > 1_000, `${toneMs(lea.heard(), NORA_HZ)} ms`);
});

test("voicemail: a message left has the caller's sound; its holder hears it by telephone and deletes it", async () => {
  await code(marc, "*21*700#");
  const up = lea.next("CALL_ESTABLISHED");
  dial(lea, "202");
  await up;
  const folder = join(rig.folder, "data", "voicemail");
  await recordsFor(folder, LEA_HZ, 1_600);
  await hangUp(lea);
  const rows = await stored<{ id: string; duration_ms: number; from_number: string }>("SELECT id, duration_ms, from_number FROM voicemail");
  assert.deepEqual([rows.length, rows[0]!.from_number], [1, "201"]);
  // the recording of both sides, of which the message is one, goes once the message stands
  await until("the message alone", () => readdirSync(folder).filter((name) => name.startsWith("vm_")).join() === `${rows[0]!.id}.wav`);
  const read = readWav(readFileSync(join(folder, `${rows[0]!.id}.wav`)));
  assert.ok(read.ok);
  const left = toneMs(read.wav.channels[0]!, LEA_HZ);
  assert.ok(left > 1_500 && left > rows[0]!.duration_ms * 0.8, `${left} ms of the caller in ${rows[0]!.duration_ms} ms`);

  const opened = marc.next("CALL_ESTABLISHED");
  dial(marc, "*97");
  await opened;
  await soundFlows(1_500);
  marc.command("sndcode", "1");
  await hearsFor(marc, LEA_HZ, 1_200);
  marc.command("sndcode", "7");
  await until("no message", async () => (await rig.query("SELECT id FROM voicemail")).length === 0);
  await hangUp(marc);
  assert.ok(toneMs(marc.heard(), LEA_HZ) > 1_000, `${toneMs(marc.heard(), LEA_HZ)} ms of the message heard`);
  await code(marc, "##002#");
});

test("RFC 5359 2.2 and 2.5: Linphone consults a colleague and transfers by REFER with Replaces: the two others talk", async (t) => {
  const { address, passwords, server } = rig;
  const otto = await Linphone.start({ folder: join(rig.folder, "linphone"), source: join(rig.folder, "otto.wav"), address, cafile: null });
  t.after(() => otto.stop());
  otto.say(`register sip:otto@${DOMAIN} sip:${address}:${server.sipPort} ${passwords.get("otto")}`);
  await stored("SELECT 1 AS one FROM registration WHERE account = 'otto'");
  const [leaRings, leaUp] = [lea.next("CALL_INCOMING"), lea.next("CALL_ESTABLISHED")];
  otto.say(`call sip:201@${address}:${server.sipPort}`);
  await leaRings;
  lea.command("accept");
  await leaUp;
  await hearsFor(lea, OTTO_HZ, 800);
  otto.say("pause");
  const [noraRings, noraUp] = [nora.next("CALL_INCOMING"), nora.next("CALL_ESTABLISHED")];
  otto.say(`call sip:203@${address}:${server.sipPort}`);
  await noraRings;
  nora.command("accept");
  await noraUp;
  await hearsFor(nora, OTTO_HZ, 300);
  otto.say("transfer 1 --to-call 2");
  await Promise.all([hearsFor(lea, NORA_HZ, 2_100), hearsFor(nora, LEA_HZ, 2_100)]);
  await hangUp(lea, nora);
  assert.ok(toneMs(lea.heard(), OTTO_HZ) > 700, `${toneMs(lea.heard(), OTTO_HZ)} ms of the transferor`);
  assert.ok(toneMs(lea.heard(), NORA_HZ) > 2_000, `${toneMs(lea.heard(), NORA_HZ)} ms of the third\n${otto.output}`);
  assert.ok(toneMs(nora.heard(), LEA_HZ) > 2_000, `${toneMs(nora.heard(), LEA_HZ)} ms of the first`);
});

test("RFC 5359 2.16: a busy-lamp key: the colleague's phone is told who rings (RFC 4235) and takes the call by Replaces; a mailbox is watched by its holder only", async (t) => {
  const { address, passwords, server } = rig;
  const lamp = await LampPhone.start({ address, port: server.sipPort }, { name: "otto", password: passwords.get("otto")!, domain: DOMAIN });
  t.after(() => lamp.stop());
  assert.match(await lamp.ask("SUBSCRIBE", "202", ["Event: dialog", "Accept: application/dialog-info+xml", "Expires: 600"]), /^SIP\/2.0 200/);
  assert.match(await lamp.ask("SUBSCRIBE", "202", ["Event: message-summary", "Expires: 600"]), /^SIP\/2.0 (403|404|489)/, "a mailbox is its holder's");
  const [rings, up, quiet] = [marc.next("CALL_INCOMING"), lea.next("CALL_ESTABLISHED"), marc.next("CALL_CLOSED")];
  dial(lea, "202");
  await rings;
  const early = await until("who rings", () => lamp.told.map((text) => /call-id="([^"]+)" local-tag="([^"]+)" remote-tag="([^"]+)" direction="recipient"><state>early/.exec(text)).find((found) => found !== null));
  assert.ok(lamp.told.some((text) => text.includes("sip:201@")), "who calls");
  const sdp = ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", "m=audio 15790 RTP/AVP 8", ""].join("\r\n");
  const answer = await lamp.ask("INVITE", "202", [`Replaces: ${early[1]};to-tag=${early[2]};from-tag=${early[3]}`, "Supported: replaces"], sdp);
  assert.match(answer, /^SIP\/2.0 200/);
  await Promise.all([up, quiet]);
  const end = lea.next("CALL_CLOSED");
  lea.command("hangup");
  await end;
});

test("everything stands in the history, and nothing is left on", async () => {
  const rows = await stored<{ result: string; from_number: string; to_number: string }>("SELECT result, from_number, to_number FROM call_record ORDER BY started_at");
  assert.ok(rows.some((row) => row.result === "voicemail") && rows.some((row) => row.result === "busy"));
  assert.deepEqual(rows.slice(0, 1), [{ result: "answered", from_number: "201", to_number: "202" }]);
});

/** What is stored, once there is any. */
const stored = <T extends Record<string, unknown>>(query: string): Promise<T[]> => until(query, async () => {
  const rows = await rig.query<T>(query);
  return rows.length > 0 && rows;
});
