/**
 * The Telephone page, whole: two Chromium browsers and a real baresip are three extensions of the demo house. They call each other and
 * hear each other, hold with music, transfer blind and after a consultation, talk three together, park; what was missed is called back; a
 * message is left and played in the page; the same by a screen of a mobile telephone.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { Baresip } from "../../server/src/app/baresip.ts";
import { outside } from "../../server/src/app/peer-network.ts";
import { recordsFor, soundFlows } from "../../server/src/app/phone-sound.ts";
import { hears, hearsOther, launchBrowser, openPage, silent, withPictures } from "./browser.ts";
import { RunningCentre } from "./centre.ts";
import { toneFile } from "./sound.ts";

const LEA_HZ = 500;
const HUGO_HZ = 1200;
const AICHA_HZ = 800;
const folder = mkdtempSync(join(tmpdir(), "tandem-telephone-"));
const ends: (() => unknown)[] = [];
let centre: RunningCentre;
let aicha: Baresip;
let lea: Page;
let hugo: Page;
let hugoBrowser: Browser;
const problems: string[] = [];

const passwords: Record<string, string> = {};

async function telephone(browser: Browser, login: string, viewport = { width: 1440, height: 900 }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: "en-GB", permissions: ["microphone"] });
  const opened = await openPage(context, centre.url);
  problems.push(...opened.problems);
  opened.page.on("pageerror", (error) => problems.push(`${login}: ${error.message}`));
  // What React catches is told here only.
  opened.page.on("console", (message) => message.type() === "error" && !/Failed to load resource/.test(message.text()) && problems.push(`${login}: ${message.text()}`));
  const { page } = opened;
  await page.getByLabel(/identifiant|login/i).first().fill(login);
  await page.locator("input[type=password]").fill(passwords[login] ?? "");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /^Telephone/ }).click();
  await page.getByRole("heading", { name: /^Extension \d+/ }).waitFor();
  await page.getByText("The telephone is connecting…").waitFor({ state: "hidden" });
  return page;
}

before(async () => {
  centre = await RunningCentre.start({ host: "0.0.0.0", lang: "en" });
  ends.push(() => centre.stop());
  const admin = await centre.signIn("lea", centre.secrets.password);
  const users = (await admin("GET", "/admin/users")) as { id: string; login: string }[];
  const made = (await admin("POST", "/admin/phones", { account: "aicha1", label: "Aïcha's phone", userId: users.find(({ login }) => login === "aicha")!.id })) as { password: string };
  const hugoId = users.find(({ login }) => login === "hugo")!.id;
  passwords["lea"] = centre.secrets.password;
  passwords["hugo"] = ((await admin("POST", `/admin/users/${hugoId}/password`)) as { password: string }).password;
  const net = outside();
  aicha = await Baresip.start({
    folder: join(folder, "aicha"), interfaceName: net.interfaceName, source: toneFile(folder, AICHA_HZ),
    account: `<sip:aicha1@tandem.local;transport=udp>;auth_user=aicha1;auth_pass=${made.password};outbound="sip:${net.address}:${centre.sipPort}";regint=60;audio_codecs=PCMA,PCMU`,
  });
  ends.push(() => aicha.stop());
  const leaBrowser = await launchBrowser(toneFile(folder, LEA_HZ));
  ends.push(() => leaBrowser.close());
  hugoBrowser = await launchBrowser(toneFile(folder, HUGO_HZ));
  ends.push(() => hugoBrowser.close());
  lea = await telephone(leaBrowser, "lea");
  hugo = await telephone(hugoBrowser, "hugo");
  // Registered: the directory shows it as free.
  await tab(lea, "Directory");
  await row(lea, "Hugo").getByText("Free").waitFor();
});
after(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const trial = (name: string, work: () => Promise<void>): void => void test(name, () => withPictures({ lea: () => lea, hugo: () => hugo }, work));
const tab = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name: new RegExp(`^${name}`) }).click();
/** A line of a list whose text holds `text`, in the tab shown. */
function row(page: Page, text: string): Locator {
  return page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: text }).first();
}
const calls = (page: Page): Locator => page.getByRole("region", { name: "Calls under way" });
const card = (page: Page, name: string): Locator => calls(page).getByRole("article", { name: new RegExp(name) });

async function dial(page: Page, number: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Name, number or code" });
  await field.fill(number);
  await field.press("Enter");
}
async function answer(page: Page): Promise<void> {
  await calls(page).getByRole("button", { name: /^Answer/ }).click();
}
async function over(...pages: Page[]): Promise<void> {
  for (const page of pages) await calls(page).waitFor({ state: "hidden" });
}
/** Her telephone rings for a call that it was not told of before. */
let rung = 0;
async function aichaRings(): Promise<void> {
  const incoming = (): number => aicha.events.filter(({ type }) => type === "CALL_INCOMING").length;
  await aicha.until("ring", () => incoming() > rung);
  rung = incoming();
}
async function leaTalksToHugo(): Promise<void> {
  await dial(lea, "202");
  await answer(hugo);
  await hears(lea, HUGO_HZ);
}
async function transferToAicha(how: "Direct" | "Introduce first"): Promise<void> {
  await card(lea, "Hugo").getByRole("button", { name: "Transfer" }).click();
  await lea.getByRole("searchbox", { name: "Name or number" }).fill("203");
  await lea.keyboard.press("ArrowDown");
  await lea.keyboard.press("Enter");
  await lea.getByRole("button", { name: how }).click();
  await aichaRings();
}

trial("browser calls browser by its directory: ringing here and there, both hear each other, mute, keys, the end", async () => {
  await tab(lea, "Directory");
  await row(lea, "Hugo").getByRole("button", { name: /^Call Hugo/ }).click();
  await card(lea, "Hugo").getByText("Ringing there").waitFor();
  await hugo.getByRole("alert").filter({ hasText: "Léa" }).waitFor({ state: "attached" });
  await row(lea, "Hugo").getByText("Ringing").waitFor();
  await answer(hugo);
  await hears(lea, HUGO_HZ);
  await hears(hugo, LEA_HZ);
  await card(lea, "Hugo").getByText("In conversation").waitFor();
  await card(lea, "Hugo").getByRole("button", { name: "Mute" }).click();
  await silent(hugo);
  await card(lea, "Hugo").getByRole("button", { name: "Mute" }).click();
  await hears(hugo, LEA_HZ);
  await card(hugo, "Léa").getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
  await row(lea, "Hugo").getByText("Free").waitFor();
});

trial("hold: the other side hears music, then the voice again; Alt A answers wherever one is", async () => {
  await lea.getByRole("link", { name: "Live floor" }).click();
  await dial(hugo, "201");
  await lea.getByRole("button", { name: /^Answer/ }).waitFor();
  await lea.keyboard.press("Alt+a");
  await hears(lea, HUGO_HZ);
  await hears(hugo, LEA_HZ);
  await card(lea, "Hugo").getByRole("button", { name: "Hold" }).click();
  await card(lea, "Hugo").getByText("On hold").waitFor();
  await silent(lea);
  await hearsOther(hugo, LEA_HZ); // music, not the voice
  await card(lea, "Hugo").getByRole("button", { name: "Resume" }).click();
  await hears(hugo, LEA_HZ);
  await hears(lea, HUGO_HZ);
  await card(lea, "Hugo").getByRole("button", { name: /^End/ }).click();
  await over(hugo);
  await lea.getByRole("link", { name: /^Telephone/ }).click();
});

trial("blind transfer: the other party talks to the third, I am out", async () => {
  await leaTalksToHugo();
  await transferToAicha("Direct");
  aicha.command("accept");
  await over(lea);
  await hears(hugo, AICHA_HZ);
  aicha.command("hangup");
  await over(hugo);
});

trial("consultation, then transfer: the first waits, the two are put together", async () => {
  await leaTalksToHugo();
  await transferToAicha("Introduce first");
  await card(lea, "Hugo").getByText("On hold").waitFor();
  aicha.command("accept");
  await hears(lea, AICHA_HZ);
  await lea.getByRole("button", { name: "Connect them" }).click();
  await over(lea);
  await hears(hugo, AICHA_HZ);
  await card(hugo, "Léa|Aïcha|203|201").getByRole("button", { name: /^End/ }).click();
  await over(hugo);
});

trial("three together: each hears the others, one microphone is turned off from the page; when I leave, the two talk on", async () => {
  await leaTalksToHugo();
  await dial(lea, "203");
  await aichaRings();
  aicha.command("accept");
  await hears(lea, AICHA_HZ);
  await lea.getByRole("button", { name: "Three-way" }).click();
  const meeting = lea.getByRole("region", { name: /^Meeting/ });
  await meeting.getByText("3 people").waitFor();
  // The louder of two tones is what the analyser names: with one microphone off, the other is heard.
  await meeting.getByRole("button", { name: /^Mute Aïcha/ }).click();
  await hears(hugo, LEA_HZ);
  await meeting.getByRole("button", { name: /^Let Aïcha/ }).click();
  await meeting.getByRole("button", { name: /^Mute Léa/ }).click();
  await hears(hugo, AICHA_HZ);
  await calls(lea).getByRole("button", { name: /^End/ }).click();
  await over(lea);
  await hears(hugo, AICHA_HZ);
  aicha.command("hangup");
  await over(hugo);
});

trial("park: the call waits in a slot that both see, and is taken from the page", async () => {
  await leaTalksToHugo();
  await card(lea, "Hugo").getByRole("button", { name: "Park" }).click();
  await over(lea);
  await lea.getByRole("button", { name: /Take Hugo.* back, slot \d+$/ }).click();
  await hears(lea, HUGO_HZ);
  await hears(hugo, LEA_HZ);
  await calls(lea).getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
});

trial("a second call while one talks: call waiting; answering it puts the first on hold; declining leaves the first alone", async () => {
  await leaTalksToHugo();
  aicha.command("dial", "sip:201@tandem.local");
  await calls(lea).getByText("Second call").waitFor();
  await hears(lea, HUGO_HZ);
  await answer(lea);
  await hears(lea, AICHA_HZ);
  await card(lea, "Hugo").getByText("On hold").waitFor();
  await card(lea, "Aïcha").getByRole("button", { name: /^End/ }).click();
  await card(lea, "Aïcha").waitFor({ state: "hidden" });
  await card(lea, "Hugo").getByRole("button", { name: "Resume" }).click();
  await hears(lea, HUGO_HZ);
  aicha.command("dial", "sip:201@tandem.local");
  await calls(lea).getByRole("button", { name: /^Decline/ }).click();
  await hears(lea, HUGO_HZ);
  aicha.command("hangup");
  await card(lea, "Hugo").getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
});

trial("missed: marked in the history and called back by one click; the ladder for the administrator", async () => {
  await tab(lea, "Calls");
  await dial(hugo, "201");
  await card(hugo, "Léa").getByText("Ringing there").waitFor();
  await hugo.getByRole("button", { name: "Cancel the call" }).click();
  await over(lea, hugo);
  await lea.mouse.move(5, 5);
  await row(lea, "Hugo").getByText("Missed").waitFor();
  await row(lea, "Hugo").getByRole("button", { name: "SIP messages" }).click();
  await lea.getByRole("dialog").getByText(/INVITE/).first().waitFor();
  await lea.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await row(lea, "Hugo").getByRole("button", { name: /^Call Hugo.* back$/ }).click();
  await answer(hugo);
  await hears(lea, HUGO_HZ);
  await card(lea, "Hugo").getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
});

trial("voicemail: nobody answers, a message is left; it is told, played in the page, deleted", async () => {
  await hugo.getByRole("form", { name: "Settings" }).getByText("Do not disturb", { exact: true }).click();
  await hugo.getByText("Do not disturb is on: nothing rings here.").waitFor();
  await dial(lea, "202");
  await card(lea, "Hugo").getByText("In conversation").waitFor();
  // the greeting and the beep pass, then the tone is recorded
  await recordsFor(join(centre.dataDir, "voicemail"), LEA_HZ, 1_600);
  await card(lea, "Hugo").getByRole("button", { name: /^End/ }).click();
  await over(lea);
  await hugo.getByRole("form", { name: "Settings" }).getByText("Do not disturb", { exact: true }).click();
  await tab(hugo, "Messages");
  await row(hugo, "Léa").getByText("New").waitFor();
  await row(hugo, "Léa").getByRole("button", { name: /^Listen to/ }).click();
  const sound = row(hugo, "Léa").locator("audio");
  await sound.waitFor();
  await hugo.waitForFunction(() => (document.querySelector<HTMLAudioElement>("audio[controls]")?.currentTime ?? 0) > 0.2);
  const durationS = await sound.evaluate((audio: HTMLAudioElement) => audio.duration);
  assert.ok(durationS > 1, `a message of ${durationS} s`);
  await row(hugo, "Léa").getByText("New").waitFor({ state: "hidden" });
  await row(hugo, "Léa").getByRole("button", { name: /^Delete/ }).click();
  await hugo.getByRole("button", { name: "Delete", exact: true }).click();
  await hugo.getByText("No messages").waitFor();
});

trial("a mobile telephone's screen (390 × 844) places and takes the same calls", async () => {
  await hugo.context().close();
  hugo = await telephone(hugoBrowser, "hugo", { width: 390, height: 844 });
  await tab(hugo, "Keypad");
  for (const digit of "201") await hugo.getByRole("form", { name: "Keypad" }).getByRole("button", { name: new RegExp(`^${digit}( |$)`) }).click();
  await hugo.getByRole("button", { name: /^Call Léa/ }).click();
  await answer(lea);
  await hears(hugo, LEA_HZ);
  await hears(lea, HUGO_HZ);
  const width = await hugo.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `nothing sticks out: ${width} px`);
  await calls(hugo).getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
  await dial(lea, "202");
  await answer(hugo);
  await hears(hugo, LEA_HZ);
  await calls(hugo).getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
});

trial("somebody without a role in the centre has the telephone and nothing else: calls and is called", async () => {
  const admin = await centre.signIn("lea", centre.secrets.password);
  const seat = (await admin("POST", "/telephony/seats", { name: "Nina Roux", login: "nina.roux", userId: null, extension: "210", callClass: "internal", language: "en", email: null, agent: false })) as { password: string };
  passwords["nina.roux"] = seat.password;
  await hugo.context().close();
  hugo = await telephone(hugoBrowser, "nina.roux");
  assert.deepEqual(await hugo.getByRole("navigation").getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href"))), ["/phone"]);
  await dial(hugo, "201");
  await answer(lea);
  await hears(hugo, LEA_HZ);
  await hears(lea, HUGO_HZ); // the microphone of that browser
  await calls(lea).getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
  await dial(lea, "210");
  await answer(hugo);
  await hears(lea, HUGO_HZ);
  await calls(lea).getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
});

trial("an agent in a customer's call: a call of the house waits; taking it puts the customer on hold, and the customer is there after it", async () => {
  await lea.keyboard.press("Alt+1");
  await lea.getByText("Available").first().waitFor();
  await lea.getByRole("link", { name: "Desk" }).click();
  aicha.command("dial", "sip:1000@tandem.local");
  await aicha.until("answer", () => aicha.events.filter(({ type }) => type === "CALL_ESTABLISHED").length > 0);
  await soundFlows(500); // the greeting has begun
  aicha.command("sndcode", "0");
  await lea.getByText(/is calling/).first().waitFor();
  await lea.keyboard.press("Alt+a");
  await hears(lea, AICHA_HZ);
  await dial(hugo, "201");
  await calls(lea).getByText("Second call").waitFor();
  await hears(lea, AICHA_HZ);
  await lea.keyboard.press("Alt+a");
  await hears(lea, HUGO_HZ);
  await calls(lea).getByRole("button", { name: /^End/ }).click();
  await over(lea, hugo);
  await lea.keyboard.press("Alt+h");
  await hears(lea, AICHA_HZ);
  aicha.command("hangup");
});

test("no page had an error", () => assert.deepEqual(problems, []));
