/** "Call from this page": a visitor's browser calls the centre without a phone; the agent sees the page they were on; both hear each other. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { soundFlows, toneMs } from "../../server/src/app/phone-sound.ts";
import { TRUNK } from "../../server/src/app/trunk-rig.ts";
import { becomeAvailable, hears, launchBrowser, openPage, signIn } from "./browser.ts";
import { RunningCentre, until } from "./centre.ts";
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

/** Runs in the page: a call is answered before there is a way for its sound, as on a slow line or machine; what is keyed in between must not be lost. */
function lateSound(byMs: number): void {
  const setRemoteDescription = RTCPeerConnection.prototype.setRemoteDescription as (this: RTCPeerConnection, description: RTCSessionDescriptionInit) => Promise<void>;
  RTCPeerConnection.prototype.setRemoteDescription = async function (this: RTCPeerConnection, { type, sdp = "" }: RTCSessionDescriptionInit) {
    const lines = sdp.split("\r\n");
    const isWay = (line: string): boolean => line.startsWith("a=candidate:");
    await setRemoteDescription.call(this, { type, sdp: lines.filter((line) => !isWay(line) && line !== "a=end-of-candidates").join("\r\n") });
    setTimeout(() => {
      for (const line of lines) if (isWay(line)) void this.addIceCandidate({ candidate: line.slice(2), sdpMLineIndex: 0 });
    }, byMs);
  };
}

test("a visitor calls from the page; keys lead to a person; both hear each other; the recording has both sides", async () => {
  const agent = await signIn(agentBrowser, centre, "lea", centre.secrets.password, "en-GB");
  await becomeAvailable(agent.page);
  const context = await visitorBrowser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", permissions: ["microphone"] });
  await context.addInitScript(lateSound, 2_000);
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

interface Promised {
  state: string;
  number: string;
  slot: { startMs: number; endMs: number } | null;
  by: string;
}

test("AHD-04 AHD-06 closed today: a telephone's page offers a time, a number, a message and an e-mail; the time is promised, moved and cancelled by its link, the message is heard by the agents", async () => {
  const admin = await centre.signIn("lea", centre.secrets.password);
  const global = ((await admin("GET", "/hours/calendars")) as { id: string; zone: string }[]).find(({ id }) => id === "global")!;
  const day = (days: number): string => new Intl.DateTimeFormat("sv-SE", { timeZone: global.zone }).format(Date.now() + days * 86_400_000);
  await admin("PUT", "/hours/calendars/global", { ...global, exceptions: [{ from: day(0), to: day(1), name: "Stocktaking", openings: [] }] });
  await admin("PUT", "/admin/settings/details", { supportEmail: "help@halo.example" });
  await admin("PUT", "/admin/settings/deflection", { calls: { enabled: true, web: { scheduledCall: true, email: true }, mobile: { scheduledCall: true, email: true, number: "+33240009999", voicemail: true } }, chats: { enabled: true, email: true } });
  const trunk = (await admin("POST", "/telephony/trunks", { ...TRUNK, password: null, port: 9 })) as { id: string };
  await admin("POST", "/telephony/routes", { name: "All", prefixes: ["+"], trunks: [{ trunkId: trunk.id, priority: 1, weight: 1 }] });

  const context = await visitorBrowser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", permissions: ["microphone"] });
  const visitor = await openPage(context, `${centre.url}/shop/alba.html?lang=en`);
  const { page } = visitor;
  await page.getByRole("button", { name: "Open chat" }).click();
  await page.getByText("We are closed at the moment").waitFor();
  assert.deepEqual(await page.locator(".offer b").allTextContents(), ["Schedule a call", "Call now", "Leave a message", "Send us an e-mail"]);
  assert.equal(await page.getByRole("button", { name: "Call from this page" }).count(), 0);

  await page.getByText("Schedule a call").click();
  await page.getByLabel("Your number").fill("06 12 34 56 78");
  await page.locator(".slot").nth(1).click();
  await page.getByRole("button", { name: "Ask for the call" }).click();
  await page.getByText("We will call you").waitFor();
  const promises = async (): Promise<Promised[]> => (await admin("GET", "/callbacks?number=%2B33612345678")) as Promised[];
  const [booked] = await promises();
  assert.deepEqual([booked?.state, booked?.number, booked?.by], ["waiting", "+33612345678", "page"]);
  const linked = await openPage(context, (await page.getByRole("link", { name: "Link to this call" }).getAttribute("href"))!);
  await moveAndCancel(linked.page, booked!, promises);

  await page.bringToFront();
  await page.getByRole("button", { name: /^Leave a message/ }).click();
  await page.getByRole("group", { name: "Keypad" }).waitFor();
  const messages = async (): Promise<{ id: string; number: string; durationMs: number }[]> => (await admin("GET", "/queue-messages")) as { id: string; number: string; durationMs: number }[];
  // no menu is heard first, for the page knew what they want; hash skips the words and the question for a number
  const hash = page.getByRole("group", { name: "Keypad" }).getByText("#", { exact: true });
  const isTaken = (): boolean => readdirSync(join(centre.dataDir, "queue-messages")).some((name) => /^qm_\w+\.wav$/.test(name));
  for (const endMs = Date.now() + 120_000; !isTaken(); ) {
    assert.ok(Date.now() < endMs, "no message is taken");
    await hash.click();
    // the next words have begun, or the recording has, which a further hash would end
    for (const nextMs = Date.now() + 3_000; Date.now() < nextMs && !isTaken(); ) await soundFlows(100);
  }
  await soundFlows(1_500);
  await hash.click();
  await until("the message is there", async () => (await messages()).length > 0);
  const [message] = await messages();
  assert.equal(message?.number, "", "none was given");
  const path = join(centre.dataDir, "queue-messages", `${message.id}.wav`);
  assert.ok(toneMs(channels(path)[0]!, VISITOR_HZ) > 500, `the visitor is heard: ${toneMs(channels(path)[0]!, VISITOR_HZ)} ms of ${message.durationMs}`);
  assert.deepEqual([...visitor.problems, ...linked.problems], []);
});

async function moveAndCancel(page: Page, booked: Promised, promises: () => Promise<Promised[]>): Promise<void> {
  await page.getByText(/between \d\d:\d\d and/i).waitFor();
  await page.getByRole("button", { name: "Change the time" }).click();
  await page.locator(".slot").nth(4).click();
  await page.getByRole("button", { name: "Change the time" }).click();
  await page.getByRole("button", { name: "Cancel the call" }).waitFor();
  const [moved] = await promises();
  assert.ok(moved!.slot!.startMs > booked.slot!.startMs, "agents see the new time");
  await page.getByRole("button", { name: "Cancel the call" }).click();
  await page.getByRole("button", { name: "Cancel the call" }).click();
  await page.getByText("This call is cancelled").waitFor();
  assert.deepEqual((await promises()).map(({ state }) => state), ["cancelled"]);
}
