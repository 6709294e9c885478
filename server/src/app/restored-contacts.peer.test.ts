/** A server that starts again still reaches the telephones that registered before: real ones (baresip), over TCP and UDP, which register hourly. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../api/test-client.ts";
import type { Baresip } from "./baresip.ts";
import { freePort } from "./peer-network.ts";
import { DOMAIN, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";

let rig: ExchangeRig;
let lea: Baresip;
let marc: Baresip;

before(async () => {
  rig = await startExchangeRig([{ login: "lea", number: "201", freqHz: 440 }, { login: "marc", number: "202", freqHz: 1_000 }], async (config, ids) => {
    for (const id of ids.values()) await config.setChoices(id, { ...config.choices(id), voicemail: { on: false, email: null, pin: null } });
  }, { sipPort: await freePort() });
  const account = (name: string, transport: string): string =>
    `<sip:${name}@${DOMAIN};transport=${transport}>;auth_user=${name};auth_pass=${rig.passwords.get(name)};outbound="sip:${rig.address}:${rig.server.sipPort};transport=${transport}";regint=3600;answermode=manual;audio_codecs=PCMA,PCMU`;
  [lea, marc] = await Promise.all([rig.phone("lea", { account: account("lea", "tcp") }), rig.phone("marc", { account: account("marc", "udp") })]);
}, { timeout: 180_000 });
after(async () => {
  await Promise.all([lea?.stop(), marc?.stop()]);
  await rig?.stop();
});

const kept = (): Promise<{ account: string; body: { transport: string; contact: string; callId: string; cseq: number } }[]> => rig.query("SELECT account, body FROM registration ORDER BY account");

test("a phone over TCP whose connection ended with the last server is called by a new connection, without having registered again", { timeout: 180_000 }, async () => {
  // written behind by 50 ms
  const registered = await until("both are written", async () => kept().then((rows) => rows.length === 2 && rows));
  assert.deepEqual(registered.map(({ account, body }) => [account, body.transport]), [["lea", "tcp"], ["marc", "udp"]]);
  await rig.restart();
  assert.deepEqual(await kept(), registered, "nobody registered meanwhile");
  const [rings, up, heard] = [lea.next("CALL_INCOMING"), marc.next("CALL_ESTABLISHED"), lea.next("CALL_ESTABLISHED")];
  marc.command("dial", `sip:201@${DOMAIN}`);
  await rings;
  assert.deepEqual((await kept())[0], registered[0], "it rings by what the last server knew");
  lea.command("accept");
  await Promise.all([up, heard]);
  const ends = [lea.next("CALL_CLOSED"), marc.next("CALL_CLOSED")];
  lea.command("hangup");
  await Promise.all(ends);
});
