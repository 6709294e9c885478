/** The built widget in Chromium, against the fixture that speaks the wire: what a visitor lives, measured. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { CustomerCallback } from "@tandem/protocol/callback";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchShell, MICROPHONE, violations } from "../lab/chromium.ts";
import { newOffer, slotsFrom, usual } from "./dev/fixture-offer.ts";
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
  browser = await launchShell(MICROPHONE);
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
  const bare = await launchShell();
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

// ---- what the page offers: usual, and in the place of the usual

const monday = (): { why: "closed"; nextOpenMs: number; queueId: string } => ({ why: "closed", nextOpenMs: new Date(new Date().setHours(33, 0, 0, 0)).getTime(), queueId: "conseil" });
const offers = (page: Page): Promise<string[]> => page.locator(".offer b").allTextContents();

async function deflected(options: typeof fixture.offer.options, look: Look = {}, path?: string): Promise<{ context: BrowserContext; page: Page }> {
  fixture.offer = { ...newOffer(Date.now()), options };
  const context = await visit(look);
  const page = await shop(context, path);
  await page.locator(".launcher").click();
  await page.locator(".offer").first().waitFor();
  return { context, page };
}
const backToUsual = async (context: BrowserContext): Promise<void> => {
  await context.close();
  fixture.offer = newOffer(Date.now());
};

test("WEB-01 WEB-02 open: one button to call, to be called back in turn or at a time, and to write; the promise is kept over a reload, moved and cancelled", async () => {
  const { context, page } = await deflected(usual);
  await page.getByText("Être rappelé").waitFor();
  assert.deepEqual(await offers(page), ["Appeler depuis cette page", "Être rappelé"]);
  await page.locator(".composer textarea").waitFor();
  assert.equal(fixture.offer.asked.at(-1)?.get("channel"), "web");
  await page.getByText("Être rappelé").click();
  await axe(page, "asking for a call");
  await page.getByRole("button", { name: "Demander l’appel" }).click();
  await page.getByText("Ce numéro n’est pas complet.").waitFor();
  assert.equal(fixture.offer.wanted.length, 0);
  await page.getByLabel("Votre numéro").fill("06 12 34 56 78");
  fixture.offer.refuse = "number-not-called";
  await page.keyboard.press("Enter");
  await page.getByText("Nous ne pouvons pas appeler ce numéro.").waitFor();
  await page.getByLabel("Votre numéro").fill("06 98 76 54 32");
  await page.keyboard.press("Enter");
  await page.getByText("à votre tour, en position 2").waitFor();
  assert.deepEqual(fixture.offer.wanted.map(({ queueId, number, slot }) => [queueId, number, slot]), [["conseil", "06 12 34 56 78", null], ["conseil", "06 98 76 54 32", null]]);
  assert.deepEqual(await offers(page), ["Appeler depuis cette page"], "one promise at a time");
  await axe(page, "promised");
  const [[kept, promise]] = [...fixture.offer.promised] as [[string, CustomerCallback]];
  fixture.offer.promised.set(kept, { ...promise, slots: promise.slots.slice(0, 5) });
  await page.reload();
  await page.getByText("Nous vous rappelons").waitFor();
  await page.getByRole("button", { name: "Changer l’horaire" }).click();
  await page.locator(".slot-day .slot").nth(1).click();
  assert.equal(await page.locator(".slot-day .slot").count(), 5, "the times of the promise's own queue, whatever this page offers");
  await page.locator(".callback .primary").click();
  await page.getByText(/entre 09:30 et 10:00/).waitFor();
  assert.equal([...fixture.offer.promised.values()][0]?.slot?.startMs, fixture.offer.callbacks.slots[1]?.startMs);
  // the same promise by its link, on another device: a telephone in English
  const href = (await page.getByRole("link", { name: "Lien vers ce rappel" }).getAttribute("href")) ?? "";
  assert.equal(href, `${fixture.url}/callback/${[...fixture.offer.promised.keys()][0]}`);
  await onItsPage(href);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))); // back from the other page
  await page.getByText(/entre 10:00 et 10:30/).waitFor();
  await page.getByRole("button", { name: "Annuler l’appel" }).click();
  await page.getByRole("button", { name: "Annuler l’appel" }).click();
  await page.locator(".promised").waitFor({ state: "detached" });
  assert.equal([...fixture.offer.promised.values()][0]?.state, "cancelled");
  await page.getByText("Être rappelé").waitFor();
  await backToUsual(context);
});

async function onItsPage(href: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "dark", locale: "en-GB", reducedMotion: "reduce" });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => assert.fail(error));
  await page.goto(href);
  await page.getByText(/between 09:30 and 10:00/i).waitFor();
  assert.match((await page.locator("main").textContent()) ?? "", /Halo.*Your call back.*06 98 76 54 32/);
  await axe(page, "a promise by its link");
  await page.getByRole("button", { name: "Change the time" }).click();
  await page.locator(".slot-day .slot").nth(2).click();
  await axe(page, "moved by its link");
  const over = await page.evaluate(() => [...document.querySelector("tandem-callback")!.shadowRoot!.querySelectorAll("main *")].map((e) => ({ e, box: e.getBoundingClientRect() })).filter(({ e, box }) => box.right > innerWidth + 0.5 || (e.matches("button") && box.height > 0 && (box.height < 43.5 || box.bottom > innerHeight))).map(({ e }) => e.className));
  assert.deepEqual(over, [], "nothing overflows, targets of 44 px, the button is in sight");
  fixture.offer.outage = true;
  await Promise.all([page.waitForResponse((response) => response.status() === 503), page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))]);
  // what is shown stays; the form, too
  await page.getByRole("button", { name: "Change the time" }).click();
  await page.getByText("The request did not go through.").waitFor();
  fixture.offer.outage = false;
  await page.getByRole("button", { name: "Change the time" }).click();
  await page.getByText(/between 10:00 and 10:30/i).waitFor();
  const token = href.split("/").at(-1)!;
  const promise = fixture.offer.promised.get(token)!;
  for (const [state, words] of [["calling", "We are calling you now"], ["served", "This call is over"], ["broken", "We could not reach you"], ["cancelled", "This call is cancelled"]] as const) {
    fixture.offer.promised.set(token, { ...promise, state });
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.getByText(words).waitFor();
    assert.equal(await page.getByRole("button").count(), 0, "nothing to change any more");
  }
  fixture.offer.promised.set(token, promise);
  fixture.offer.outage = true;
  await page.reload();
  await page.getByText("Your call does not show").waitFor();
  fixture.offer.outage = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Cancel the call" }).waitFor();
  await page.goto(`${fixture.url}/callback/0123456789abcdef`);
  await page.getByText("This link opens no call").waitFor();
  await axe(page, "a link that opens nothing");
  await context.close();
}

test("AHD-04 closed: the options stand in the place of calling and writing; a slot that goes meanwhile is told and another one taken", async () => {
  const slots = slotsFrom(Date.now());
  const { context, page } = await deflected({ ...monday(), options: [{ kind: "scheduled-call", queueId: "nuit", slots }, { kind: "email", address: "aide@halo.test", mailto: null }] }, {}, "alba.html?lang=en");
  await page.getByText("We are closed at the moment").waitFor();
  await page.getByText(/We open again .+ at 09:00\./).waitFor();
  assert.deepEqual(await offers(page), ["Schedule a call", "Send us an e-mail"]);
  assert.equal(await page.locator(".composer").count(), 0, "writing is not among them");
  assert.equal(await page.getByRole("button", { name: "Call from this page" }).count(), 0, "nor calling");
  await axe(page, "closed");
  await page.getByText("Schedule a call").click();
  await page.locator(".slot").first().waitFor(); // the form is a chunk apart
  assert.equal(await page.locator(".slot").count(), slots.length);
  await page.getByLabel("Your number").fill("+33612345678");
  await page.locator(".slot").nth(7).click();
  fixture.offer.refuse = "slot-gone";
  await page.keyboard.press("Enter");
  await page.getByText("This time has just been taken.").waitFor();
  await page.locator(".slot").nth(8).click();
  await page.keyboard.press("Enter");
  await page.getByText(/between 10:00 and 10:30/).waitFor();
  assert.deepEqual(fixture.offer.wanted.at(-1)?.slot, slots[8]);
  assert.equal(fixture.offer.wanted.at(-1)?.queueId, "nuit", "the queue of the option");
  await backToUsual(context);
});

test("AHD-05 e-mail: the page shows the address; on a telephone the mail application opens, prefilled", async () => {
  const web = await deflected({ ...monday(), options: [{ kind: "email", address: "aide@halo.test", mailto: null }] });
  assert.equal(await web.page.locator(".offer a").textContent(), "aide@halo.test");
  await backToUsual(web.context);
  const mailto = "mailto:aide@halo.test?body=%0D%0A%0D%0AApplication%3A%20Halo%204.2";
  const mobile = await deflected({ ...monday(), options: [{ kind: "email", address: "aide@halo.test", mailto }] }, { width: 390, height: 844 });
  assert.equal(await mobile.page.locator("a.offer").getAttribute("href"), mailto);
  assert.equal(fixture.offer.asked.at(-1)?.get("channel"), "mobile");
  assert.match(fixture.offer.asked.at(-1)?.get("device") ?? "", /Linux/);
  await backToUsual(mobile.context);
});

test("AHD-06 AHD-12 on a telephone: the number is dialled by the telephone, the voicemail is a call that says what was chosen; targets of 44 px, nothing overflows", async () => {
  const slots = slotsFrom(Date.now());
  const all = { ...monday(), options: [{ kind: "scheduled-call" as const, queueId: "nuit", slots }, { kind: "email" as const, address: "aide@halo.test", mailto: "mailto:aide@halo.test" }, { kind: "number" as const, number: "+33240009999" }, { kind: "voicemail" as const, queueId: "nuit" }] };
  const { context, page } = await deflected(all, { width: 390, height: 844 });
  assert.deepEqual(await offers(page), ["Programmer un appel", "Appeler maintenant", "Laisser un message", "Nous écrire un e-mail"]);
  assert.equal(await page.getByText("Appeler maintenant").locator("xpath=ancestor::a").getAttribute("href"), "tel:+33240009999");
  await axe(page, "mobile options");
  const wrong = (): Promise<string[]> =>
    page.evaluate(() => {
      const shown = [...document.querySelector("tandem-widget")!.shadowRoot!.querySelectorAll(".panel *")].map((e) => ({ e, box: e.getBoundingClientRect() })).filter(({ box }) => box.width > 2);
      return shown.filter(({ e, box }) => box.right > innerWidth + 0.5 || box.left < -0.5 || (e.matches("button, a.offer, .slot, .text input") && box.height < 43.5)).map(({ e, box }) => `${e.className} ${box.width}x${box.height}`);
    });
  assert.deepEqual(await wrong(), []);
  await page.getByText("Programmer un appel").click();
  await page.locator(".slot").first().waitFor();
  assert.deepEqual(await wrong(), [], "the slots");
  await axe(page, "slots on a telephone");
  await page.getByRole("button", { name: "Retour" }).click();
  const before = fixture.calls.length;
  await page.getByText("Laisser un message").click();
  await page.locator(".keypad").waitFor();
  assert.deepEqual(fixture.calls.slice(before).map(({ page: { device } }) => [device?.kind, device?.chosen, device?.chosenQueue]), [["mobile", "voicemail", "nuit"]]);
  await page.locator(".control.end").click();
  await page.getByRole("button", { name: "Revenir aux messages" }).click();
  await page.locator(".offer").first().waitFor();
  await backToUsual(context);
});

test("too busy is said as such; where options cannot be asked for, the page offers what it knows; where none is left, writing stays", async () => {
  const busy = await deflected({ why: "length", nextOpenMs: null, queueId: "conseil", options: [{ kind: "email", address: "aide@halo.test", mailto: null }] });
  await busy.page.getByText("Nos conseillers sont très sollicités").waitFor();
  await backToUsual(busy.context);
  const broken = await deflected(null);
  assert.deepEqual(await offers(broken.page), ["Appeler depuis cette page"]);
  await broken.page.locator(".composer").waitFor();
  await backToUsual(broken.context);
  fixture.offer.options = { ...monday(), options: [] };
  const context = await visit();
  const page = await shop(context);
  await page.locator(".launcher").click();
  await page.getByText("l’assistant vous répond").waitFor();
  await write(page, "il y a quelqu’un");
  await settled(page, 1);
  await backToUsual(context);
});

test("an open panel follows the hours by itself; what cannot be asked is as it was said last, and a promise made meanwhile stays", async () => {
  fixture.offer = { ...newOffer(Date.now()), options: usual };
  const context = await visit();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${fixture.url}/shop/alba.html?lang=fr`);
  await page.locator(".launcher").click();
  await page.getByText("Être rappelé").waitFor();
  fixture.offer.options = { ...monday(), options: [{ kind: "scheduled-call", queueId: "nuit", slots: slotsFrom(Date.now()) }] };
  await page.clock.runFor(61_000);
  await page.getByText("Nous sommes fermés pour le moment").waitFor();
  fixture.offer.options = null;
  const asked = fixture.offer.asked.length;
  await page.clock.runFor(61_000);
  await until("asked again", () => fixture.offer.asked.length > asked);
  assert.deepEqual(await offers(page), ["Programmer un appel"]);
  // the answer to a question that was asked before the promise was made comes after it
  await page.getByText("Programmer un appel").click();
  await page.getByLabel("Votre numéro").fill("0612345678");
  await page.locator(".slot").nth(1).click();
  fixture.offer.options = { ...monday(), options: [] };
  let late = (): void => undefined;
  await page.route("**/api/widget/options*", async (route) => {
    await new Promise<void>((go) => (late = go));
    await route.continue();
  });
  const held = page.waitForRequest("**/api/widget/options*");
  await page.clock.runFor(61_000);
  await held;
  await page.getByRole("button", { name: "Demander l’appel" }).click();
  await page.getByText("Nous vous rappelons").waitFor();
  const answered = page.waitForResponse("**/api/widget/options*");
  late();
  await answered;
  assert.equal(await page.getByText("Nous vous rappelons").count(), 1);
  await page.locator(".header .tool").last().click();
  const before = fixture.offer.asked.length;
  await page.clock.runFor(180_000);
  assert.equal(fixture.offer.asked.length, before, "a closed panel asks nothing");
  await backToUsual(context);
});

test("CTX-01 CTX-02 the device says its kind, application and terminal with chat and call; the position only once the visitor agreed, and no more once taken back", async () => {
  fixture.offer = newOffer(Date.now());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "fr-FR", permissions: ["microphone", "geolocation"], geolocation: { latitude: 47.2184, longitude: -1.5536, accuracy: 25 }, userAgent: "Mozilla/5.0 (SMART-TV; Tizen 8.0) AppleWebKit/537.36" });
  const page = await shop(context);
  await page.evaluate(() => Object.assign(document.querySelector<HTMLScriptElement>("script[data-tandem]")!.dataset, { app: "Halo TV 4.2.1", terminal: "Vitrine 12", position: "Pour trouver le magasin le plus proche." }));
  await page.locator(".launcher").click();
  await page.getByText("Pour trouver le magasin le plus proche.").waitFor();
  await axe(page, "position");
  await page.getByText("Conseillers en ligne").waitFor();
  const hello = fixture.received.findLast((f) => f.t === "hello");
  assert.ok(hello?.t === "hello" && hello.page.device !== undefined);
  const { kind, app, terminal, position, chosen, screen } = hello.page.device;
  assert.deepEqual({ kind, app, terminal, position, chosen }, { kind: "tv", app: { name: "Halo TV", version: "4.2.1" }, terminal: "Vitrine 12", position: undefined, chosen: undefined });
  assert.ok((screen?.width ?? 0) > 0);
  await page.getByRole("button", { name: "Partager ma position" }).click();
  await page.getByText("Position partagée").waitFor();
  const said = (): { latitude: number; longitude: number } | undefined => {
    const frame = fixture.received.findLast((f) => f.t === "page");
    return frame?.t === "page" ? frame.page.device?.position : undefined;
  };
  await until("the position is told", () => said()?.latitude === 47.2184);
  await page.locator(".call-card").click();
  await page.locator(".keypad").waitFor();
  assert.equal(fixture.calls.at(-1)?.page.device?.position?.longitude, -1.5536, "with the call, too");
  await page.locator(".control.end").click();
  await page.getByRole("button", { name: "Revenir aux messages" }).click();
  await page.getByRole("button", { name: "Ne plus partager" }).click();
  await until("it is taken back", () => fixture.received.findLast((f) => f.t === "page") !== undefined && said() === undefined);
  await context.clearPermissions();
  await backToUsual(context);
});

test("CTX-02 on a television the widget is worked by a remote control: arrows, OK and back reach a person, larger, in view", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: "fr-FR", reducedMotion: "reduce", userAgent: "Mozilla/5.0 (Linux; U; Linux; fr-FR) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 HbbTV/1.7.1 (+DRM; Maker; Model; 1.0; ;) Bravia" });
  const page = await shop(context);
  const focused = (): Promise<string> => page.evaluate(() => document.querySelector("tandem-widget")?.shadowRoot?.activeElement?.className ?? "");
  const walk = async (key: string, until: string): Promise<void> => {
    for (let press = 0; !(await focused()).split(" ").includes(until); press++) {
      assert.ok(press < 12, `${key} does not lead to ${until}: ${await focused()}`);
      await page.keyboard.press(key);
    }
  };
  await page.waitForFunction(() => (document.querySelector("tandem-widget")?.shadowRoot?.adoptedStyleSheets.length ?? 0) > 1);
  await page.locator(".launcher").focus();
  await page.keyboard.press("Enter");
  await page.locator(".call-card").waitFor();
  await walk("ArrowDown", "call-card");
  const box = await page.locator(".panel").boundingBox();
  assert.ok(box !== null && box.width > 550 && box.y >= 0 && box.y + box.height <= 720, JSON.stringify(box));
  await axe(page, "television");
  await page.keyboard.press("ArrowDown");
  await page.locator(".composer textarea").focus();
  await page.keyboard.type("TV bonjour");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.locator(".composer textarea:focus").count(), 1, "left and right stay within what is being written");
  await page.keyboard.press("Enter");
  await page.locator(".choices button").first().waitFor();
  await walk("ArrowUp", "person");
  await page.keyboard.press("Enter");
  await page.locator(".group.agent .bubble:not(.dots)").first().waitFor();
  assert.equal(visitorOf("TV bonjour").messages.filter((m) => m.author === "customer").length, 2);
  for (const [name, init] of [["HbbTV", { keyCode: 461 }], ["Android", { key: "GoBack" }]] as const) {
    await page.evaluate((of) => document.querySelector("tandem-widget")!.dispatchEvent(new KeyboardEvent("keydown", { ...of, bubbles: true, composed: true, cancelable: true })), init);
    // back closes, and leads back to the button
    await page.waitForFunction(() => document.querySelector("tandem-widget")?.shadowRoot?.activeElement?.className.split(" ").includes("launcher")).catch(() => assert.fail(`${name}: back does not lead to the button`));
    await page.keyboard.press("Enter");
    await page.locator(".panel").waitFor();
  }
  await context.close();
});

test("PIT-06 the way to a person stands beside every turn of the assistant", async () => {
  const context = await visit();
  const page = await shop(context);
  fixture.paceMs = 0;
  await page.locator(".launcher").click();
  await write(page, "PIT bonjour");
  await settled(page, 1);
  const visitor = visitorOf("PIT bonjour");
  for (let turn = 1; turn <= 4; turn++) {
    fixture.agentSays(visitor, `réponse ${turn}`);
    await page.getByText(`réponse ${turn}`).waitFor();
    const person = page.getByRole("button", { name: "Parler à un conseiller" });
    await person.waitFor();
    assert.equal(await person.isEnabled(), true);
    await write(page, `question ${turn}`);
    await settled(page, 1 + turn);
  }
  await page.getByRole("button", { name: "Parler à un conseiller" }).click();
  await settled(page, 6);
  assert.equal(stored("PIT bonjour").at(-1), "Conseiller");
  await context.close();
});
