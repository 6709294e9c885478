/** An agent who talks on a desk phone (baresip) and works in the browser: the phone rings and answers, the desk follows; hold from the phone. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Baresip } from "../../server/src/app/baresip.ts";
import { outside } from "../../server/src/app/peer-network.ts";
import { hearsFor, soundFlows, toneMs } from "../../server/src/app/phone-sound.ts";
import { becomeAvailable, launchBrowser, signIn } from "./browser.ts";
import { RunningCentre, until } from "./centre.ts";
import { toneFile } from "./sound.ts";

const CUSTOMER_HZ = 440;
const AGENT_HZ = 850;
const folder = mkdtempSync(join(tmpdir(), "tandem-desk-phone-"));
let centre: RunningCentre;
let browser: Browser;
let customer: Baresip;
let deskPhone: Baresip;
let admin: (method: string, path: string, body?: unknown) => Promise<unknown>;

before(async () => {
  centre = await RunningCentre.start({ host: "0.0.0.0", lang: "en" });
  admin = await centre.signIn("lea", centre.secrets.password);
  const me = (await admin("GET", "/session")) as { user: { id: string } };
  const made = (await admin("POST", "/admin/phones", { account: "desk12", label: "Desk 12", userId: me.user.id })) as { password: string };
  const net = outside();
  const line = (account: string, password: string, more: string): string => `<sip:${account}@tandem.local;transport=udp>;auth_user=${account};auth_pass=${password};outbound="sip:${net.address}:${centre.sipPort}";regint=60;audio_codecs=PCMA,PCMU${more}`;
  customer = await Baresip.start({ folder: join(folder, "customer"), interfaceName: net.interfaceName, source: toneFile(folder, CUSTOMER_HZ), account: line("camille", centre.secrets.phonePassword, "") });
  deskPhone = await Baresip.start({ folder: join(folder, "desk"), interfaceName: net.interfaceName, source: toneFile(folder, AGENT_HZ), account: line("desk12", made.password, "") });
  browser = await launchBrowser(null);
});

after(async () => {
  await customer?.stop();
  await deskPhone?.stop();
  await browser?.close();
  await centre?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const timeline = async (): Promise<{ state: string; agentName: string | null; closedWhy: string | null }[]> => ((await admin("GET", "/customers/cus_demo_camille")) as { timeline: { state: string; agentName: string | null; closedWhy: string | null }[] }).timeline;

test("the desk phone rings with the caller's name, answers, is heard; hanging up on it starts the wrap-up in the browser", async () => {
  const { page, problems } = await signIn(browser, centre, "lea", centre.secrets.password, "en-GB");
  await becomeAvailable(page);
  await until("both phones register", async () => {
    const phones = (await admin("GET", "/admin/phones")) as { account: string; registered: unknown[] }[];
    return ["camille", "desk12"].every((account) => phones.some((phone) => phone.account === account && phone.registered.length > 0));
  }, () => `${customer.output}\n${deskPhone.output}`);
  customer.command("dial", "sip:1000@tandem.local");
  await customer.until("answer", (event) => event.type === "CALL_ESTABLISHED");
  await soundFlows(500);
  customer.command("sndcode", "0");
  const ring = await deskPhone.until("ring", (event) => event.type === "CALL_INCOMING");
  assert.match(JSON.stringify(ring), /camille/i);
  await page.getByText("Camille Rousseau is calling", { exact: true }).waitFor();
  deskPhone.command("accept");
  await page.getByText("Recording", { exact: true }).first().waitFor();
  await Promise.all([hearsFor(customer, AGENT_HZ, 2_100), hearsFor(deskPhone, CUSTOMER_HZ, 2_100)]);

  // Hold asked on the phone itself: the desk shows it.
  deskPhone.command("hold");
  await page.getByText("On hold").first().waitFor();
  await soundFlows(1_500);
  deskPhone.command("resume");
  await page.getByText("Recording", { exact: true }).first().waitFor();
  await hearsFor(deskPhone, CUSTOMER_HZ, 2_100);
  deskPhone.command("hangup");
  await customer.until("end", (event) => event.type === "CALL_CLOSED");
  await page.getByRole("button", { name: /become available|Validate/i }).first().waitFor();
  await page.keyboard.press("Alt+Enter");
  await page.getByText("Nothing live").first().waitFor();
  assert.deepEqual(problems, []);
  const [last] = await timeline();
  assert.deepEqual([last?.state, last?.agentName, last?.closedWhy], ["closed", "Léa Marchand", "agent-ended"]);
  assert.ok(toneMs(customer.heard(), AGENT_HZ) > 2_000, `the customer heard the desk phone: ${toneMs(customer.heard(), AGENT_HZ)} ms`);
  assert.ok(toneMs(deskPhone.heard(), CUSTOMER_HZ) > 2_000, `the desk phone heard the customer: ${toneMs(deskPhone.heard(), CUSTOMER_HZ)} ms`);
});

test("a caller who gives up while it rings leaves nothing ringing", async () => {
  const rings = deskPhone.events.filter((event) => event.type === "CALL_INCOMING").length;
  const closed = deskPhone.events.filter((event) => event.type === "CALL_CLOSED").length;
  customer.events.length = 0;
  customer.command("dial", "sip:1000@tandem.local");
  await customer.until("answer", (event) => event.type === "CALL_ESTABLISHED");
  await soundFlows(500);
  customer.command("sndcode", "0");
  await deskPhone.until("second ring", () => deskPhone.events.filter((event) => event.type === "CALL_INCOMING").length > rings);
  customer.command("hangup");
  await deskPhone.until("end of ringing", () => deskPhone.events.filter((event) => event.type === "CALL_CLOSED").length > closed);
  await until("the call is closed", async () => (await timeline())[0]?.state === "closed");
  assert.deepEqual([(await timeline())[0]?.state, (await timeline())[0]?.closedWhy], ["closed", "abandoned"]);
});
