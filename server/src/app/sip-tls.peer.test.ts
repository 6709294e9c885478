/**
 * Real phones over TLS with keys in the SDP (RFC 4568): baresip and linphone, and a browser at the other side. Both phones are told to
 * refuse a call without SRTP, and to believe our certificate only.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { generate } from "selfsigned";
import { silentLog } from "../base/log.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import { Baresip } from "./baresip.ts";
import { hearsTone, startBrowser } from "./browser-rig.ts";
import { Linphone } from "./linphone.ts";
import { outside } from "./peer-network.ts";
import { hearsFor, soundFlows, toneMs } from "./phone-sound.ts";
import { followCertificate } from "./tls.ts";
import { DOMAIN, PASSWORD, startVoiceRig, type VoiceRig } from "./voice-rig.ts";

const CONTEXT = { callerName: "Ana", callerNumber: "+33611", queueName: "Ventes", ringMs: 20_000 };
const { interfaceName, address } = outside();
const SECURE = ["module srtp.so"];
/** Keys that do not fit let nothing through. */
const HEARD_MS = 500;

let rig: VoiceRig;
let certPath: string;
let agent: Baresip;

before(async () => {
  const made = await generate([{ name: "commonName", value: "tandem" }], { keyType: "ec", notAfterDate: new Date(Date.now() + 86_400_000), extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: address }] }] });
  rig = await startVoiceRig({
    host: address, accounts: [{ account: "bob", kind: "phone" }], visitors: { "visitor-1": { visitorId: "vis_1", name: "Vera", language: "en", context: {} } },
    tls: { port: 0, certificates: followCertificate({ cert: made.cert, key: made.private }, null, silentLog), trust: null },
  });
  certPath = join(rig.folder, "cert.pem");
  writeFileSync(certPath, made.cert);
  for (const freqHz of [440, 1000]) writeFileSync(join(rig.folder, `${freqHz}.wav`), writeWav([tone(freqHz, 300_000, 0.3)]));
  agent = await Baresip.start({
    interfaceName, folder: join(rig.folder, "agent"), source: join(rig.folder, "1000.wav"), config: [...SECURE, `sip_cafile ${certPath}`],
    account: `<sip:bob@${DOMAIN};transport=tls>;auth_user=bob;auth_pass=${PASSWORD};outbound="sip:${address}:${rig.sip.ports.tls};transport=tls";regint=60;answermode=auto;audio_codecs=PCMA,PCMU;mediaenc=srtp-mand`,
  });
});

after(async () => {
  await agent?.stop();
  await rig?.stop();
});

test("baresip to baresip over TLS with SDES both ways: each hears the other's tone", { timeout: 180_000 }, async () => {
  const { event, voice } = rig;
  const customer = await Baresip.start({
    interfaceName, folder: join(rig.folder, "customer"), source: join(rig.folder, "440.wav"), config: [...SECURE, `sip_cafile ${certPath}`],
    account: `<sip:ana@outside.example;transport=tls>;regint=0;audio_codecs=PCMA,PCMU;mediaenc=srtp-mand`,
  });
  try {
    await rig.registered("bob");
    assert.deepEqual(rig.sip.contacts("bob").map(({ isPrivate }) => isPrivate), [true]);
    customer.command("dial", `sip:3000@${address}:${rig.sip.ports.tls};transport=tls`);
    const { id } = await rig.until("arrival", () => rig.told.find((one) => one.type === "arrived"));
    voice.open(id);
    await customer.until("answer", ({ type }) => type === "CALL_ESTABLISHED");
    voice.ring(id, "bob", CONTEXT);
    await event(id, "agentAnswered");
    voice.connect(id, "bob");
    await Promise.all([hearsFor(agent, 440, HEARD_MS), hearsFor(customer, 1000, HEARD_MS)]);
    customer.command("hangup");
    await event(id, "customerLeft");
    voice.end(id, "over");
    await agent.until("end", ({ type }) => type === "CALL_CLOSED");
  } finally {
    await customer.stop();
  }
});

test("a visitor's browser (DTLS-SRTP) reaches a phone with TLS and SDES: two kinds of SRTP bridged, each hears the other", { timeout: 180_000 }, async () => {
  const { event, voice } = rig;
  const browser = await startBrowser(rig);
  try {
    await rig.registered("bob");
    const visitor = await browser.open("visitor-1", 440, false);
    const from = rig.told.length;
    await visitor.evaluate("call()");
    const { id } = await rig.until("arrival", () => rig.told.slice(from).find((one) => one.type === "arrived"));
    voice.open(id);
    voice.ring(id, "bob", CONTEXT);
    await event(id, "agentAnswered");
    voice.connect(id, "bob");
    await Promise.all([hearsTone(visitor, 1000, 440), hearsFor(agent, 440, HEARD_MS)]);
    const closed = agent.events.filter(({ type }) => type === "CALL_CLOSED").length;
    await visitor.evaluate("bye()");
    await event(id, "customerLeft");
    voice.end(id, "over");
    await agent.until("end", () => agent.events.filter(({ type }) => type === "CALL_CLOSED").length > closed);
  } finally {
    await browser.stop();
  }
});

test("linphone over TLS, with keys as it offers them, both ways", { timeout: 180_000 }, async () => {
  const { event, voice } = rig;
  await rig.registered("bob");
  const phone = await Linphone.start({ folder: join(rig.folder, "linphone"), source: join(rig.folder, "440.wav"), address, cafile: certPath });
  try {
    const from = rig.told.length;
    phone.say(`call sip:3000@${address}:${rig.sip.ports.tls};transport=tls`);
    const { id } = await rig.until("arrival", () => rig.told.slice(from).find((one) => one.type === "arrived"));
    voice.open(id);
    voice.ring(id, "bob", CONTEXT);
    await event(id, "agentAnswered");
    voice.connect(id, "bob");
    await hearsFor(agent, 440, HEARD_MS);
    await soundFlows(1_500); // linphone writes what it heard when it ends
    const closed = agent.events.filter(({ type }) => type === "CALL_CLOSED").length;
    phone.say("terminate");
    await event(id, "customerLeft");
    voice.end(id, "over");
    await agent.until("end", () => agent.events.filter(({ type }) => type === "CALL_CLOSED").length > closed);
    await phone.stop();
    assert.ok(toneMs(phone.heard(), 1000) >= HEARD_MS, `the customer heard ${toneMs(phone.heard(), 1000)} ms of the agent`);
  } finally {
    await phone.stop();
  }
});

test("keys over SIP without TLS are refused with 488: whoever reads the signalling would have them", { timeout: 180_000 }, async () => {
  const customer = await Baresip.start({
    interfaceName, folder: join(rig.folder, "open"), source: join(rig.folder, "440.wav"), config: SECURE,
    account: "<sip:ana@outside.example>;regint=0;audio_codecs=PCMA,PCMU;mediaenc=srtp-mand",
  });
  try {
    const from = rig.told.length;
    customer.command("dial", `sip:3000@${address}:${rig.sip.ports.udp}`);
    const { id } = await rig.until("arrival", () => rig.told.slice(from).find((one) => one.type === "arrived"));
    rig.voice.open(id);
    const closed = await customer.until("end", ({ type }) => type === "CALL_CLOSED");
    assert.match(closed.param ?? "", /^488/);
  } finally {
    await customer.stop();
  }
});
