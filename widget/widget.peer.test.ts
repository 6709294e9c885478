/** The built widget in Chromium, against the fixture that speaks the wire: what a visitor lives, measured. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium, MICROPHONE, violations } from "../lab/chromium.ts";
import { startFixture } from "./dev/fixture-server.ts";
import type { Fixture } from "./dev/fixture-server.ts";

const here = import.meta.dirname;
/** A folder of its own: other test files, and a server that is looked at meanwhile, have theirs. */
const dist = mkdtempSync(join(tmpdir(), "tandem-widget-"));
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let fixture: Fixture;
let browser: Browser;

before(async () => {
  execFileSync(process.execPath, [join(here, "../node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], { cwd: here, stdio: "inherit", env: { ...process.env, TANDEM_WIDGET_DIST: dist } });
  fixture = await startFixture({ dist });
  fixture.paceMs = 60;
  browser = await launchChromium(MICROPHONE);
});
after(async () => {
  await browser?.close();
  await fixture?.close();
  rmSync(dist, { recursive: true });
});

interface Look {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
}

async function visit(look: Look = {}): Promise<BrowserContext> {
  fixture.paceMs = 60;
  const context = await browser.newContext({ viewport: { width: look.width ?? 1280, height: look.height ?? 800 }, colorScheme: look.theme ?? "light", locale: "fr-FR", permissions: ["microphone"], reducedMotion: "reduce" });
  context.setDefaultTimeout(10_000);
  return context;
}

async function shop(context: BrowserContext, path = "alba.html?lang=fr"): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(error));
  await page.goto(`${fixture.url}/shop/${path}`);
  await page.locator(".launcher, .panel").first().waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
}

const mine = (page: Page): Promise<string[]> => page.locator(".group.mine .bubble").allTextContents();

async function settled(page: Page, count: number): Promise<void> {
  await page.waitForFunction((n) => {
    const root = document.querySelector("tandem-widget")?.shadowRoot;
    return root?.querySelectorAll(".group.mine .bubble").length === n && root.querySelector(".bubble.sending") === null;
  }, count);
}

function visitorOf(text: string): NonNullable<ReturnType<Fixture["visitors"]["get"]>> {
  const visitor = [...fixture.visitors.values()].find((v) => v.messages.some((m) => m.text === text));
  assert.ok(visitor, `no visitor wrote ${text}`);
  return visitor;
}

const stored = (text: string): string[] => visitorOf(text).messages.filter((m) => m.author === "customer").map((m) => m.text);

/** All the way to an adviser who has answered once. */
async function toAdviser(page: Page, first: string): Promise<void> {
  await page.locator(".launcher").click();
  await write(page, first);
  await page.locator(".choices button").first().waitFor();
  await page.locator(".person").click();
  await page.locator(".group.agent .bubble:not(.dots)").first().waitFor();
}

async function endByMenu(page: Page): Promise<void> {
  await page.locator("[aria-haspopup=menu]").click();
  await page.locator("[role=menuitem]").last().click();
  await page.locator(".confirm .danger").click();
}

async function axe(page: Page, where: string): Promise<void> {
  assert.deepEqual(await violations(page, RULES), [], where);
}

/** What the fixture heard tells nothing when it changes: looked at, for five seconds. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 5_000; !holds(); await setTimeout(20)) assert.ok(Date.now() < endMs, `not in time: ${what}`);
}

test("the script is at most 30 kB gzipped, and the calling code is not in it", () => {
  const main = readFileSync(join(dist, "tandem.js"));
  const call = readFileSync(join(dist, "tandem-call.js"));
  const size = gzipSync(main, { level: 9 }).length;
  assert.ok(size <= 30_000, `${size} bytes`);
  assert.ok(call.includes("Max-Forwards") && !main.includes("Max-Forwards"), "sip.js is apart");
});

test("nothing is connected until the visitor opens the chat; the language is the page's", async () => {
  const context = await visit();
  const before = fixture.visitors.size;
  const page = await shop(context, "?lang=en");
  await page.waitForLoadState("networkidle"); // no event tells that nothing came; the browser's own word that all is quiet
  assert.equal(fixture.visitors.size, before);
  await page.getByRole("button", { name: "Open chat", exact: true }).waitFor();
  await page.locator(".launcher").click();
  await page.getByText("Advisers online").waitFor();
  assert.equal(fixture.visitors.size, before + 1);
  assert.equal([...fixture.visitors.values()].at(-1)?.language, "en");
  await context.close();
});

test("a conversation is kept over reloads and pages, each message once", async () => {
  const context = await visit();
  const page = await shop(context);
  await page.locator(".launcher").click();
  await write(page, "première");
  await write(page, "deuxième");
  await settled(page, 2);
  await page.reload();
  await settled(page, 2);
  await page.goto(`${fixture.url}/shop/orphee.html?lang=fr`);
  await settled(page, 2);
  await write(page, "troisième");
  await settled(page, 3);
  assert.deepEqual(await mine(page), ["première", "deuxième", "troisième"]);
  assert.deepEqual(stored("première"), ["première", "deuxième", "troisième"]);
  assert.equal(visitorOf("première").page?.about["Produit"], "Lampe Orphée");
  await context.close();
});

test("written while the server is away, kept over a reload, sent once and in order on return; two tabs show the same", async () => {
  const context = await visit();
  const page = await shop(context);
  await page.locator(".launcher").click();
  await write(page, "avant la coupure");
  await settled(page, 1);
  const second = await shop(context, "lune.html?lang=fr");
  await settled(second, 1);
  fixture.outage(true);
  try {
    await page.locator(".offline").waitFor();
    await write(page, "pendant 1");
    await write(page, "pendant 2");
    assert.match((await page.locator(".offline").textContent()) ?? "", /Vos 2 messages partiront/);
    await page.reload();
    await page.locator(".bubble.sending").nth(1).waitFor();
    await write(page, "pendant 3");
  } finally {
    fixture.outage(false);
  }
  await settled(page, 4);
  await settled(second, 4);
  const all = ["avant la coupure", "pendant 1", "pendant 2", "pendant 3"];
  assert.deepEqual(stored("avant la coupure"), all);
  assert.deepEqual(await mine(page), all);
  assert.deepEqual(await mine(second), all);
  assert.equal(await page.locator(".offline").count(), 0);
  await context.close();
});

test("the browser's own offline mode: back at once with the online event", async () => {
  const context = await visit();
  const page = await shop(context);
  await page.locator(".launcher").click();
  await write(page, "un");
  await settled(page, 1);
  await context.setOffline(true);
  for (const socket of [...visitorOf("un").sockets]) socket.terminate();
  await page.locator(".offline").waitFor();
  await write(page, "deux");
  await context.setOffline(false);
  await settled(page, 2);
  assert.deepEqual(stored("un"), ["un", "deux"]);
  await context.close();
});

test("flow, queue, adviser, read mark, end with confirmation, rating, next conversation", async () => {
  const context = await visit();
  const page = await shop(context);
  await page.locator(".launcher").click();
  await write(page, "parcours entier");
  await page.getByRole("button", { name: "Un conseil avant d’acheter" }).waitFor();
  fixture.paceMs = 0;
  await page.getByRole("button", { name: "Un conseil avant d’acheter" }).click();
  await settled(page, 2);
  const visitor = visitorOf("parcours entier");
  fixture.change(visitor, { state: "queued", position: { position: 2, of: 3, estimatedWaitMs: 170_000 } });
  await page.locator(".waiting").waitFor();
  assert.match((await page.locator(".waiting").textContent()) ?? "", /position 2 sur 3.*environ 3 min/);
  fixture.systemSays(visitor, "connected", { agent: "Léa" });
  fixture.change(visitor, { state: "connected", position: null, agent: { name: "Léa Martin" } });
  await page.getByText("Léa a rejoint la conversation.").waitFor();
  assert.equal(await page.locator(".who h2").textContent(), "Léa Martin");
  fixture.agentTypes(visitor);
  await page.locator(".dots").waitFor();
  fixture.agentSays(visitor, "Bonjour");
  await page.locator(".group.agent .bubble:not(.dots)").waitFor();
  assert.equal(await page.locator(".dots").count(), 0, "the dots end with the message");
  await write(page, "merci");
  await settled(page, 3);
  fixture.change(visitor, { readByAgent: visitor.messages.at(-1)!.seq });
  await page.locator(".meta", { hasText: "Lu" }).waitFor();
  await until("the adviser is told what was read", () => visitor.readByCustomer === visitor.messages.length);
  fixture.paceMs = 60;

  await page.locator("[aria-haspopup=menu]").click();
  await page.locator("[role=menuitem]").last().click();
  assert.equal(await page.locator(".confirm button:focus").textContent(), "Continuer", "the safe choice has the focus");
  await page.keyboard.press("Escape");
  assert.equal(visitor.conversation?.state, "connected");
  await endByMenu(page);
  await page.locator(".stars label").nth(3).click();
  await page.locator(".comment").fill("Très clair");
  await page.getByRole("button", { name: "Envoyer mon avis" }).click();
  await page.getByText("Merci, votre avis est transmis.").waitFor();
  assert.deepEqual(visitor.rating, { score: 4, comment: "Très clair" });
  await page.getByRole("button", { name: "Nouvelle conversation" }).click();
  await page.locator(".greeting").waitFor();
  await page.reload();
  await page.locator(".greeting").waitFor();
  await write(page, "autre sujet");
  await settled(page, 1);
  assert.notEqual(visitor.messages.at(-1)?.interactionId, visitor.messages[0]?.interactionId);
  await context.close();
});

test("closed panel: unread badge; Escape closes and gives the focus back; no focus is stolen on the next page", async () => {
  const context = await visit();
  const page = await shop(context);
  await toAdviser(page, "badge");
  await page.keyboard.press("Escape");
  assert.match((await page.locator(".launcher:focus").getAttribute("aria-label")) ?? "", /Ouvrir la discussion/);
  fixture.agentSays(visitorOf("badge"), "Êtes-vous toujours là ?");
  await page.locator(".badge").waitFor();
  assert.equal(await page.locator(".badge").textContent(), "1");
  await page.reload();
  await page.locator(".badge").waitFor();
  await page.keyboard.press("Tab");
  await page.locator(".launcher").click();
  await page.getByText("Êtes-vous toujours là ?").waitFor();
  assert.equal(await page.locator("textarea:focus").count(), 1);
  await page.reload();
  await page.locator(".panel").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  await context.close();
});

for (const theme of ["light", "dark"] as const) {
  test(`no accessibility finding in any state (${theme})`, async () => {
    const context = await visit({ theme });
    const page = await shop(context, "?lang=fr");
    await axe(page, "home");
    await page.goto(`${fixture.url}/shop/alba.html?lang=en`);
    await page.locator(".launcher").waitFor();
    await axe(page, "product");
    await page.locator(".launcher").click();
    await page.locator(".call-card").waitFor();
    await axe(page, "greeting");
    await write(page, `axe ${theme}`);
    await page.locator(".choices button").first().waitFor();
    await axe(page, "flow");
    fixture.paceMs = 400;
    await page.locator(".person").click();
    await page.locator(".waiting").waitFor();
    await axe(page, "queue");
    await page.locator(".group.agent .bubble:not(.dots)").first().waitFor();
    fixture.paceMs = 60;
    await axe(page, "adviser");
    await page.locator("[aria-haspopup=menu]").click();
    await axe(page, "menu");
    await page.locator("[role=menuitem]").last().click();
    await axe(page, "confirmation");
    await page.locator(".confirm .danger").click();
    await page.locator(".stars label").nth(2).click();
    await axe(page, "rating");
    await page.locator(".header button").first().click();
    await page.locator(".keypad").waitFor();
    await axe(page, "call");
    await page.locator(".control.end").click();
    await page.locator(".bag").click();
    await page.locator("dialog[open]").waitFor();
    await axe(page, "basket");
    await context.close();
  });
}

for (const [width, height] of [[390, 844], [320, 568]] as const) {
  test(`full screen at ${width}x${height}: nothing overflows, targets of 44 px`, async () => {
    const context = await visit({ width, height });
    const page = await shop(context);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, "the shop reflows");
    await toAdviser(page, `mobile ${width}`);
    const measure = (): Promise<{ over: string[]; small: string[]; panel: number[] }> =>
      page.evaluate(() => {
        const root = document.querySelector("tandem-widget")!.shadowRoot!;
        const box = (e: Element): DOMRect => e.getBoundingClientRect();
        const panel = box(root.querySelector(".panel")!);
        const shown = [...root.querySelectorAll(".panel *")].filter((e) => box(e).width > 2);
        return {
          panel: [panel.x, panel.y, panel.width, panel.height],
          over: shown.filter((e) => box(e).right > innerWidth + 0.5 || box(e).left < -0.5).map((e) => e.className.toString()),
          small: shown.filter((e) => e.matches("button, textarea, .stars label") && (box(e).height < 43.5 || box(e).width < 40)).map((e) => `${e.className} ${box(e).width}x${box(e).height}`),
        };
      });
    const open = await measure();
    assert.deepEqual(open, { panel: [0, 0, width, height], over: [], small: [] });
    await endByMenu(page);
    await page.locator(".stars label").nth(4).click();
    assert.deepEqual({ ...(await measure()), panel: [] }, { panel: [], over: [], small: [] }, "rating");
    await page.locator(".header button").first().click();
    await page.locator(".keypad").waitFor();
    assert.deepEqual({ ...(await measure()), panel: [] }, { panel: [], over: [], small: [] }, "call");
    await context.close();
  });
}

test("a call from the page: both directions of sound, keys heard, mute, duration, hang up", async () => {
  const context = await visit();
  const page = await shop(context);
  const ended = fixture.callsEnded;
  fixture.keysHeard.length = 0;
  assert.match(await page.locator(".launcher").getAttribute("aria-label").then(String), /Ouvrir/);
  await page.evaluate(() => {
    // Watches the browser's own peer connection: what came in, measured at the end.
    const Real = RTCPeerConnection;
    const watched: RTCPeerConnection[] = [];
    Object.assign(window, { watched });
    window.RTCPeerConnection = new Proxy(Real, {
      construct(target, args: [RTCConfiguration?]) {
        const made = new target(...args);
        watched.push(made);
        return made;
      },
    });
  });
  await page.locator(".launcher").click();
  await page.locator(".call-card").click();
  await page.locator(".keypad").waitFor();
  await page.getByText("0:01").waitFor();
  await page.locator(".keypad button", { hasText: "5" }).click();
  await until("the first key is heard", () => fixture.keysHeard.length === 1);
  await page.locator(".keypad button", { hasText: "#" }).click();
  await until("the second", () => fixture.keysHeard.length === 2);
  assert.deepEqual(fixture.keysHeard, ["5", "#"]);
  const level = await page.evaluate(async () => {
    const { watched } = window as unknown as { watched: RTCPeerConnection[] };
    for (const report of (await watched[0]!.getStats()).values() as Iterable<{ type: string; audioLevel?: number }>) if (report.type === "inbound-rtp") return report.audioLevel ?? 0;
    return 0;
  });
  assert.ok(level > 0.05, `the tone is heard: ${level}`);
  await page.locator(".control", { hasText: "Muet" }).click();
  await page.getByText("Micro coupé").waitFor();
  await page.locator(".control", { hasText: "Messages" }).click();
  await page.locator(".call-bar").waitFor();
  await page.locator(".call-bar .stop").click();
  await page.getByText(/^Appel terminé\. Durée\s: 0:0\d/).waitFor();
  await until("the other side is told", () => fixture.callsEnded > ended);
  assert.equal(fixture.callsEnded, ended + 1);
  await context.close();
});

test("a refused microphone is said clearly, and nothing was called", async () => {
  const bare = await launchChromium();
  try {
    const context = await bare.newContext({ locale: "fr-FR", permissions: [] });
    const page = await context.newPage();
    await page.goto(`${fixture.url}/shop/alba.html?lang=fr`);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
    });
    await page.locator(".launcher").click();
    await page.locator(".call-card").click();
    await page.getByText("Le micro est bloqué pour ce site.").waitFor();
    await page.getByRole("button", { name: "Revenir aux messages" }).click();
    await page.locator(".greeting").waitFor();
  } finally {
    await bare.close();
  }
});
