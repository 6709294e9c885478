/**
 * Texts and registrations over the life of the server: a customer writes from a telephone (baresip, SIP MESSAGE), the assistant answers
 * in text, an agent in Chromium goes on; the server is killed with -9 and started again: telephones that never registered again are
 * written to and ring.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Baresip } from "../../server/src/app/baresip.ts";
import { freePort, outside } from "../../server/src/app/peer-network.ts";
import { becomeAvailable, launchBrowser, signIn, withPictures } from "./browser.ts";
import { RunningCentre } from "./centre.ts";
import { toneFile } from "./sound.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-text-"));
let centre: RunningCentre;
let browser: Browser;
let customer: Baresip;
let deskPhone: Baresip;
let lobby: Baresip;
let screen: Socket;
let admin: (method: string, path: string, body?: unknown) => Promise<unknown>;

before(async () => {
  centre = await RunningCentre.start({ host: "0.0.0.0", lang: "fr" });
  admin = await centre.signIn("lea", centre.secrets.password);
  const net = outside();
  const sound = toneFile(folder, 440);
  const consolePort = await freePort();
  const phone = async (name: string, password: string): Promise<Baresip> =>
    Baresip.start({
      folder: join(folder, name), interfaceName: net.interfaceName, source: sound, config: ["module_app contact.so", ...(name === "camille" ? ["module cons.so", `cons_listen 127.0.0.1:${consolePort}`] : [])], contacts: [`"Accueil" <sip:${name === "camille" ? "1000" : "camille"}@tandem.local>`],
      // an hour: none of them registers again while this test lasts
      account: `<sip:${name}@tandem.local;transport=udp>;auth_user=${name};auth_pass=${password};outbound="sip:${net.address}:${centre.sipPort}";regint=3600;audio_codecs=PCMU`,
    });
  const made = async (account: string): Promise<string> => ((await admin("POST", "/admin/phones", { account, label: account, userId: null })) as { password: string }).password;
  customer = await phone("camille", centre.secrets.phonePassword);
  screen = connect(consolePort, "127.0.0.1").on("data", (data) => (shown += data.toString("utf8")));
  deskPhone = await phone("desk77", await made("desk77"));
  lobby = await phone("lobby77", await made("lobby77"));
  for (const [number, account] of [["877", "desk77"], ["878", "lobby77"]] as const) {
    const { id } = ((await admin("GET", "/admin/phones")) as { id: string; account: string }[]).find((one) => one.account === account)!;
    await admin("POST", "/telephony/extensions", { number, label: account, userId: null, phoneId: id, language: "fr", callClass: "internal", callerNumber: null, pickupGroup: "", ringMs: 20_000, listed: true });
  }
  browser = await launchBrowser(null);
});

after(async () => {
  screen?.destroy();
  await customer?.stop();
  await deskPhone?.stop();
  await lobby?.stop();
  await browser?.close();
  await centre?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The customer's telephone shows the texts that it gets on its console only. */
let shown = "";
async function receives(page: Page, text: string): Promise<void> {
  for (const until = Date.now() + 60_000; !shown.includes(text); ) {
    if (Date.now() > until) throw new Error(`no text ${text}:\n${shown}\n${customer.output}`);
    await page.waitForFunction(() => true); // a round trip
  }
}

/** How often it says that it has registered. */
const registrations = (phone: Baresip): number => phone.output.match(/200 OK \(\) \[\d+ binding/g)?.length ?? 0;

test("a text from a telephone: the assistant greets, an agent answers; over a kill -9 the conversation and the registrations go on", async () => {
  const agent = await signIn(browser, centre, "lea", centre.secrets.password);
  await becomeAvailable(agent.page);
  await withPictures({ agent: () => agent.page }, () => converse(agent.page));
  assert.deepEqual(agent.problems, []);
});

async function converse(agent: Page): Promise<void> {
  for (const until = Date.now() + 60_000; [customer, deskPhone, lobby].some((phone) => registrations(phone) === 0); ) {
    assert.ok(Date.now() < until, "the telephones register");
    await agent.waitForFunction(() => true);
  }
  customer.command("message", "Bonjour, un conseiller svp");
  await receives(agent, "Bonjour Camille, bienvenue chez"); // the assistant, in text
  await agent.getByText(/Bonjour, un conseiller svp/).first().waitFor();
  await agent.keyboard.press("Alt+a");
  const write = async (text: string): Promise<void> => {
    const box = agent.getByRole("textbox").last();
    await box.fill(text);
    await box.press("Enter");
  };
  await write("Bonjour, ici Léa");
  await receives(agent, "Bonjour, ici Léa");
  await agent.getByText("Remis", { exact: true }).waitFor();

  await centre.kill("SIGKILL");
  await centre.launch();
  const before = [customer, deskPhone, lobby].map(registrations);
  assert.deepEqual(before, [1, 1, 1], "nobody has registered again");
  customer.command("message", "Toujours là ?");
  await agent.getByText("Toujours là ?", { exact: true }).first().waitFor();
  await write("Oui, de retour");
  await receives(agent, "Oui, de retour");

  // the telephone of the desk rings, and gets a text from a colleague
  lobby.command("dial", "sip:877@tandem.local");
  await deskPhone.until("ring", (event) => event.type === "CALL_INCOMING");
  deskPhone.command("accept");
  await lobby.until("answer", (event) => event.type === "CALL_ESTABLISHED");
  lobby.command("hangup");
  assert.deepEqual([customer, deskPhone, lobby].map(registrations), [1, 1, 1], "and still nobody has");

  // a telephone that is gone: the agent is told that the text did not arrive
  await customer.stop();
  await write("Encore un mot");
  await agent.getByText(/^Non remis/).waitFor();
  await agent.keyboard.press("Alt+Shift+e");
  await agent.keyboard.press("Alt+Shift+e");
  const { timeline } = (await admin("GET", "/customers/cus_demo_camille")) as { timeline: { medium: string; interactionId: string }[] };
  assert.equal(timeline.filter(({ medium }) => medium === "message").length, 1, `one conversation on the customer's page: ${JSON.stringify(timeline)}`);
  const messages = (await admin("GET", `/interactions/${timeline[0]!.interactionId}/messages`)) as { author: string; text: string }[];
  assert.deepEqual(messages.filter(({ author }) => author === "customer").map(({ text }) => text), ["Bonjour, un conseiller svp", "Toujours là ?"]);
}
