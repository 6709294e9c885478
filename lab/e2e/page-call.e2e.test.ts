/** "Call from this page": a visitor's browser calls the centre without a phone; the agent sees the page they were on; both hear each other. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { soundFlows, toneMs } from "../../server/src/app/phone-sound.ts";
import { becomeAvailable, hears, launchBrowser, openPage, signIn } from "./browser.ts";
import { RunningCentre } from "./centre.ts";
import { channels, toneFile } from "./sound.ts";

const VISITOR_HZ = 500;
const AGENT_HZ = 1200;
const folder = mkdtempSync(join(tmpdir(), "tandem-page-"));
let centre: RunningCentre;
let visitorBrowser: Browser;
let agentBrowser: Browser;

before(async () => {
  centre = await RunningCentre.start({ lang: "en" });
  visitorBrowser = await launchBrowser(toneFile(folder, VISITOR_HZ));
  agentBrowser = await launchBrowser(toneFile(folder, AGENT_HZ));
});

after(async () => {
  await visitorBrowser?.close();
  await agentBrowser?.close();
  await centre?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a visitor calls from the page; keys lead to a person; both hear each other; the recording has both sides", async () => {
  const agent = await signIn(agentBrowser, centre, "lea", centre.secrets.password, "en-GB");
  await becomeAvailable(agent.page);
  const context = await visitorBrowser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", permissions: ["microphone"] });
  const visitor = await openPage(context, `${centre.url}/shop/alba.html?lang=en`);
  await visitor.page.getByRole("button", { name: "Open chat" }).click();
  await visitor.page.getByRole("button", { name: "Call from this page" }).first().click();
  await visitor.page.getByRole("button", { name: "Hang up" }).waitFor();
  await visitor.page.getByRole("group", { name: "Keypad" }).waitFor();
  // Within the greeting, as people do: 0 leads to a person from everywhere.
  await visitor.page.getByRole("group", { name: "Keypad" }).getByText("0", { exact: true }).click();

  await agent.page.getByText(/is calling/).first().waitFor();
  await agent.page.getByText(/Alba/).first().waitFor(); // the page they call from
  await agent.page.keyboard.press("Alt+a");
  await hears(agent.page, VISITOR_HZ);
  await hears(visitor.page, AGENT_HZ);
  await soundFlows(2_000); // for the recording
  await agent.page.keyboard.press("Alt+m");
  await hears(agent.page, VISITOR_HZ);
  await agent.page.keyboard.press("Alt+m");
  await hears(visitor.page, AGENT_HZ);
  await visitor.page.getByRole("button", { name: "Hang up" }).click();
  await agent.page.getByRole("button", { name: /become available|Validate/i }).first().waitFor();
  await agent.page.keyboard.press("Alt+Enter");
  assert.deepEqual([...agent.problems, ...visitor.problems], []);

  const day = readdirSync(join(centre.dataDir, "recordings"))[0]!;
  const [file] = readdirSync(join(centre.dataDir, "recordings", day)).filter((name) => name.includes("stereo"));
  const [left, right] = channels(join(centre.dataDir, "recordings", day, file!));
  assert.ok(toneMs(left!, VISITOR_HZ) > 500, `visitor on the left: ${toneMs(left!, VISITOR_HZ)} ms`);
  assert.ok(toneMs(right!, AGENT_HZ) > 500, `agent on the right: ${toneMs(right!, AGENT_HZ)} ms`);
});

test("a visitor in a chat calls from the page: the call goes to the same agent at once, without a menu, beside the chat", async () => {
  const agent = await signIn(agentBrowser, centre, "lea", centre.secrets.password, "en-GB");
  await becomeAvailable(agent.page);
  const context = await visitorBrowser.newContext({ viewport: { width: 1280, height: 720 }, locale: "en-GB", permissions: ["microphone"] });
  const visitor = await openPage(context, `${centre.url}/shop/orphee.html?lang=en`);
  await visitor.page.getByRole("button", { name: "Open chat" }).click();
  await visitor.page.getByRole("textbox").last().fill("Agent please, about my broken lampshade");
  await visitor.page.getByRole("textbox").last().press("Enter");
  await agent.page.getByText("Agent please, about my broken lampshade").first().waitFor();
  await agent.page.keyboard.press("Alt+a");
  await visitor.page.getByText("Léa").first().waitFor();

  await visitor.page.getByRole("button", { name: "Call from this page" }).first().click();
  await agent.page.getByText(/is calling/).first().waitFor();
  await agent.page.keyboard.press("Alt+a");
  await hears(agent.page, VISITOR_HZ);
  await hears(visitor.page, AGENT_HZ);
  const admin = await centre.signIn("lea", centre.secrets.password);
  const hits = (await admin("GET", "/customers?q=Web%20User")) as { id: string }[];
  const timelines = await Promise.all(hits.map((hit) => admin("GET", `/customers/${hit.id}`) as Promise<{ timeline: { medium: string; state: string; reason: string }[] }>));
  const both = timelines.find((customer) => customer.timeline.length === 2)!;
  assert.deepEqual(both.timeline.map((one) => one.medium).toSorted(), ["chat", "voice"]);
  assert.deepEqual(both.timeline.map((one) => one.state), ["connected", "connected"]);
  assert.equal(new Set(both.timeline.map((one) => one.reason)).size, 1, "the reason came along");
  assert.deepEqual([...agent.problems, ...visitor.problems], []);
});
