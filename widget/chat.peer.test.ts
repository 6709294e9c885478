/** The built widget in Chromium, against the fixture that speaks the wire: what a visitor who writes lives, measured; every state without a finding of axe; on a telephone and on a television. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { RULES_OF_COLOURS } from "../lab/chromium.ts";
import { axe, endByMenu, mine, RULES, settled, startShop, until, write } from "./dev/test-shop.ts";

const { browser, dist, fixture, shop, stored, toAdviser, visit, visitorOf } = await startShop();

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
    const look = (where: string): Promise<void> => axe(page, where, theme === "light" ? RULES : RULES_OF_COLOURS);
    await look("home");
    await page.goto(`${fixture.url}/shop/alba.html?lang=en`);
    await page.locator(".launcher").waitFor();
    await look("product");
    await page.locator(".launcher").click();
    await page.locator(".call-card").waitFor();
    await look("greeting");
    await write(page, `axe ${theme}`);
    await page.locator(".choices button").first().waitFor();
    await look("flow");
    fixture.paceMs = 400;
    await page.locator(".person").click();
    await page.locator(".waiting").waitFor();
    await look("queue");
    await page.locator(".group.agent .bubble:not(.dots)").first().waitFor();
    fixture.paceMs = 60;
    await look("adviser");
    await page.locator("[aria-haspopup=menu]").click();
    await look("menu");
    await page.locator("[role=menuitem]").last().click();
    await look("confirmation");
    await page.locator(".confirm .danger").click();
    await page.locator(".stars label").nth(2).click();
    await look("rating");
    await page.locator(".header button").first().click();
    await page.locator(".keypad").waitFor();
    await look("call");
    await page.locator(".control.end").click();
    await page.locator(".bag").click();
    await page.locator("dialog[open]").waitFor();
    await look("basket");
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
    // the last words and the end come together: the form that takes their room does not hide them
    const visitor = visitorOf(`mobile ${width}`);
    for (let n = 1; n <= 12; n++) fixture.agentSays(visitor, `Une réponse assez longue pour qu’on doive faire défiler, la ${n}e.`);
    await page.getByText("la 12e").waitFor();
    fixture.agentSays(visitor, "Nous répondrons demain. Au revoir.");
    fixture.change(visitor, { state: "closed" });
    await page.locator(".stars").waitFor();
    await page.waitForFunction(() => {
      const thread = document.querySelector("tandem-widget")!.shadowRoot!.querySelector(".thread")!;
      return thread.textContent.includes("Au revoir") && thread.scrollHeight - thread.scrollTop - thread.clientHeight < 2;
    });
    await page.locator(".stars label").nth(4).click();
    assert.deepEqual({ ...(await measure()), panel: [] }, { panel: [], over: [], small: [] }, "rating");
    await page.locator(".header button").first().click();
    await page.locator(".keypad").waitFor();
    assert.deepEqual({ ...(await measure()), panel: [] }, { panel: [], over: [], small: [] }, "call");
    await context.close();
  });
}

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
