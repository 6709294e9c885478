/**
 * The main job, whole: a real phone (baresip) calls the number, hears the French greeting, presses a key, waits with music, and
 * reaches an agent in Chromium who sees the screen pop, answers by keyboard, hears and is heard, holds, transfers; the colleague
 * answers, wraps up, and the timeline tells it. Everything is the product as `npm start` runs it.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Baresip } from "../../server/src/app/baresip.ts";
import { outside } from "../../server/src/app/peer-network.ts";
import { hearsFor, soundFlows, toneMs } from "../../server/src/app/phone-sound.ts";
import { becomeAvailable, hears, launchBrowser, signIn } from "./browser.ts";
import { RunningCentre, until } from "./centre.ts";
import { channels, dbfs, toneFile } from "./sound.ts";

const CUSTOMER_HZ = 440;
const LEA_HZ = 1000;
const HUGO_HZ = 700;
const GREETING_MS = 3_500;
const folder = mkdtempSync(join(tmpdir(), "tandem-call-"));

let centre: RunningCentre;
let leaBrowser: Browser;
let hugoBrowser: Browser;
let phone: Baresip;
let admin: (method: string, path: string, body?: unknown) => Promise<unknown>;

before(async () => {
  centre = await RunningCentre.start({ host: "0.0.0.0", lang: "fr" });
  admin = await centre.signIn("lea", centre.secrets.password);
  const net = outside();
  phone = await Baresip.start({
    folder: join(folder, "camille"), interfaceName: net.interfaceName, source: toneFile(folder, CUSTOMER_HZ),
    account: `<sip:camille@tandem.local;transport=udp>;auth_user=camille;auth_pass=${centre.secrets.phonePassword};outbound="sip:${net.address}:${centre.sipPort}";regint=60;audio_codecs=PCMA,PCMU`,
  });
  leaBrowser = await launchBrowser(toneFile(folder, LEA_HZ));
  hugoBrowser = await launchBrowser(toneFile(folder, HUGO_HZ));
});

after(async () => {
  await phone?.stop();
  await leaBrowser?.close();
  await hugoBrowser?.close();
  await centre?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const shot = (page: Page, name: string): Promise<unknown> => (process.env.TANDEM_SHOTS ? page.screenshot({ path: join(process.env.TANDEM_SHOTS, `${name}.png`) }) : Promise.resolve());

test("a phone call reaches a person, is heard both ways, transferred, wrapped up and told by the timeline", async () => {
  const lea = await signIn(leaBrowser, centre, "lea", centre.secrets.password);
  await registered("camille");
  phone.command("dial", "sip:1000@tandem.local");
  await phone.until("answer", (event) => event.type === "CALL_ESTABLISHED");

  // The greeting, in French (its sound is checked on what the phone recorded, below), a key, then music: nobody is available yet.
  const upMs = Date.now();
  await soundFlows(GREETING_MS);
  phone.command("sndcode", "2");
  await soundFlows(2_500);
  phone.command("sndcode", "0");
  await soundFlows(5_000);
  const waitedMs = Date.now() - upMs;
  await lea.page.keyboard.press("Alt+1");
  await lea.page.getByText("Camille Rousseau appelle", { exact: true }).waitFor();
  // Known before answering: who, why, what they chose, their order.
  await lea.page.getByText("Avant de décrocher").waitFor();
  await lea.page.getByText("Retour ou article abîmé").first().waitFor();
  await lea.page.getByText("Lampe Orphée").first().waitFor();
  await shot(lea.page, "ring");
  await lea.page.keyboard.press("Alt+a");
  await hears(lea.page, CUSTOMER_HZ);
  await shot(lea.page, "live");
  await hearsFor(phone, LEA_HZ, 2_100);

  // The SIP lab: an administrator sees the messages of this call as a ladder, while it lives.
  await lea.page.getByRole("button", { name: "Messages SIP" }).first().click();
  const ladder = lea.page.getByRole("listbox", { name: "Messages, du premier au dernier" });
  await ladder.getByRole("option", { name: /^INVITE, de .*camille.* à Tandem, début/i }).waitFor();
  await ladder.getByRole("option", { name: /^180 Ringing, de Tandem à .*camille/i }).first().waitFor();
  await ladder.getByRole("option", { name: /^200 OK, de .* à Tandem/ }).first().click();
  await shot(lea.page, "ladder");
  await lea.page.keyboard.press("Escape");

  // Hold: the customer hears music, not the agent.
  await lea.page.keyboard.press("Alt+h");
  await lea.page.getByText("En attente").first().waitFor();
  await soundFlows(2_500);
  await lea.page.keyboard.press("Alt+h");
  await hears(lea.page, CUSTOMER_HZ);

  // Transfer to Hugo, with a note, by keyboard and mouse as agents do.
  const { password } = (await admin("POST", `/admin/users/${await userId("hugo")}/password`)) as { password: string };
  const hugo = await signIn(hugoBrowser, centre, "hugo", password);
  await becomeAvailable(hugo.page);
  await lea.page.keyboard.press("Alt+t");
  await lea.page.getByRole("menuitem", { name: /Hugo Perrin/ }).click();
  await lea.page.getByLabel("À savoir avant de répondre").fill("Abat-jour fendu, veut un échange");
  await shot(lea.page, "transfer");
  await lea.page.getByRole("button", { name: "Transférer", exact: true }).last().click();

  await hugo.page.getByText("Camille Rousseau appelle", { exact: true }).waitFor();
  await hugo.page.getByText("Abat-jour fendu, veut un échange").first().waitFor();
  await hugo.page.keyboard.press("Alt+a");
  await hears(hugo.page, CUSTOMER_HZ);
  await hearsFor(phone, HUGO_HZ, 2_000);
  phone.command("hangup");
  await phone.until("end", (event) => event.type === "CALL_CLOSED");

  await hugo.page.getByText("Retour › Casse transport").first().waitFor();
  await hugo.page.getByRole("textbox").last().fill("Échange accordé");
  await hugo.page.getByText("Retour › Casse transport").first().click();
  await shot(hugo.page, "wrap");
  await hugo.page.keyboard.press("Alt+Enter");
  await hugo.page.getByRole("button", { name: "Valider et redevenir disponible" }).waitFor({ state: "detached" });

  const camille = (await admin("GET", "/customers/cus_demo_camille")) as { timeline: { state: string; notes: string; agentName: string; disposition: string | null; hasRecording: boolean; reason: string }[] };
  const [entry] = camille.timeline;
  assert.equal(entry?.state, "closed");
  assert.equal(entry?.notes, "Échange accordé");
  assert.equal(entry?.agentName, "Hugo Perrin");
  assert.equal(entry?.hasRecording, true);
  assert.equal(entry?.reason, "Retour ou article abîmé");
  assert.notEqual(entry?.disposition, null);
  assert.deepEqual([...lea.problems, ...hugo.problems], []);

  // Afterwards the ladder is whole, of every leg, and says no secret: three dialogs with their ends, one INVITE of them signed.
  const { interactionId } = (camille as unknown as { timeline: { interactionId: string }[] }).timeline[0]!;
  const ladderAfter = (await admin("GET", `/calls/${interactionId}/ladder`)) as { from: string; to: string; what: string; callId: string; text: string }[];
  const dialogs = Map.groupBy(ladderAfter, (m) => m.callId);
  assert.equal(dialogs.size, 3, "the customer, Léa, Hugo");
  for (const [callId, messages] of dialogs) for (const what of ["INVITE", "200 OK", "ACK", "BYE"]) assert.ok(messages.some((m) => m.what === what), `${what} of ${callId}`);
  assert.ok(ladderAfter.some((m) => m.to.startsWith("ws ") && m.what === "INVITE"));
  const signed = ladderAfter.filter((m) => /^(proxy-)?authorization:/im.test(m.text));
  assert.ok(signed.length > 0, "the phone authenticated its call");
  for (const m of ladderAfter) assert.doesNotMatch(m.text, /response="?[0-9a-f]{32}|a=ice-pwd:(?!•)|a=crypto:\S+ \S+ inline:(?!•)/i);

  // What the caller heard: speech first, music while waiting and on hold, then each agent's tone.
  const heard = phone.heard();
  const greeting = heard.subarray(0, GREETING_MS * 8);
  assert.ok(dbfs(greeting) > -35, `the greeting is audible: ${dbfs(greeting).toFixed(1)} dBFS`);
  assert.equal(toneMs(greeting, LEA_HZ), 0, "no agent yet");
  assert.ok(breathes(greeting), "speech pauses; a tone does not");
  assert.ok(toneMs(heard, LEA_HZ) >= 2_000, `hears Léa: ${toneMs(heard, LEA_HZ)} ms`);
  assert.ok(toneMs(heard, HUGO_HZ) >= 1_500, `hears Hugo: ${toneMs(heard, HUGO_HZ)} ms`);
  const waiting = heard.subarray((waitedMs - 2_000) * 8, waitedMs * 8);
  assert.ok(dbfs(waiting) > -45, `music while waiting: ${dbfs(waiting).toFixed(1)} dBFS`);

  // Two parts were recorded, one an agent: customer left, agent right.
  const day = readdirSync(join(centre.dataDir, "recordings"))[0]!;
  const files = readdirSync(join(centre.dataDir, "recordings", day)).filter((name) => name.includes("stereo")).sort();
  assert.equal(files.length, 2);
  const parts = files.map((name) => channels(join(centre.dataDir, "recordings", day, name)));
  for (const [left] of parts) assert.ok(toneMs(left!, CUSTOMER_HZ) > 1_500, "the customer on the left");
  assert.ok(parts.some(([, right]) => toneMs(right!, LEA_HZ) > 1_500), "Léa on the right of one");
  assert.ok(parts.some(([, right]) => toneMs(right!, HUGO_HZ) > 1_500), "Hugo on the right of the other");
});

/** The registrar has the phone (it may have registered before its control connection was ours). */
function registered(account: string): Promise<void> {
  return until(`${account} registers`, async () => ((await admin("GET", "/admin/phones")) as { account: string; registered: unknown[] }[]).some((one) => one.account === account && one.registered.length > 0), () => phone.output);
}

async function userId(login: string): Promise<string> {
  const users = (await admin("GET", "/admin/users")) as { id: string; login: string }[];
  return users.find((user) => user.login === login)!.id;
}

/** Speech has frames 20 dB apart within seconds; tones and steady noise do not. */
function breathes(samples: Int16Array): boolean {
  const levels: number[] = [];
  for (let at = 0; at + 160 <= samples.length; at += 160) levels.push(dbfs(samples.subarray(at, at + 160)));
  levels.sort((a, b) => a - b);
  return levels[Math.floor(levels.length * 0.9)]! - levels[Math.floor(levels.length * 0.1)]! > 20;
}
