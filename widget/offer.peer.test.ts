/** What the built widget offers in Chromium: a call now, back or at a time, writing; and in the place of the usual when it is closed or too busy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerCallback } from "@tandem/protocol/callback";
import { newOffer, slotsFrom, usual } from "./dev/fixture-offer.ts";
import { axe, closed, offers, settled, startShop, until, write } from "./dev/test-shop.ts";

const { backToUsual, browser, deflected, fixture, shop, visit } = await startShop();

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
  await page.getByText("Ce numéro n’est pas complet.").waitFor({ state: "detached" });
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
  context.setDefaultTimeout(30_000);
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
  const { context, page } = await deflected({ ...closed(), options: [{ kind: "scheduled-call", queueId: "nuit", slots }, { kind: "email", address: "aide@halo.test", mailto: null }], confirmsByMail: true }, {}, "alba.html?lang=en");
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
  const mailbox = page.getByLabel("Your e-mail (optional)");
  await page.getByLabel("Your number").press("Enter");
  const missing = page.getByText("Choose a time.");
  await missing.waitFor();
  const inSight = (words: Element): boolean => {
    const [said, pane] = [words.getBoundingClientRect(), words.closest(".callback-body")!.getBoundingClientRect()];
    return said.top >= pane.top && said.bottom <= pane.bottom;
  };
  assert.equal(await missing.evaluate(inSight), true);
  await mailbox.fill("josé@halo.test"); // for which the server has no words
  await page.locator(".slot").nth(7).click();
  fixture.offer.refuse = "slot-gone";
  await page.keyboard.press("Enter");
  await page.getByText("Please check the e-mail address.").waitFor();
  assert.equal(await mailbox.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field), true, "what is wrong is in sight");
  await mailbox.fill("camille@halo.test");
  await page.locator(".callback-body").evaluate((pane) => pane.scrollTo(0, pane.scrollHeight));
  await page.locator(".callback .primary").click();
  await page.getByText("This time has just been taken.").waitFor();
  assert.equal(await page.getByText("This time has just been taken.").evaluate(inSight), true, "from far below, too");
  await page.locator(".slot").nth(8).click();
  await page.keyboard.press("Enter");
  await page.getByText(/between 10:00 and 10:30/).waitFor();
  assert.deepEqual(fixture.offer.wanted.at(-1)?.slot, slots[8]);
  assert.equal(fixture.offer.wanted.at(-1)?.queueId, "nuit", "the queue of the option");
  assert.equal(fixture.offer.wanted.at(-1)?.email, "camille@halo.test");
  await backToUsual(context);
});

test("AHD-05 e-mail: the page shows the address; on a telephone the mail application opens, prefilled", async () => {
  const web = await deflected({ ...closed(), options: [{ kind: "email", address: "aide@halo.test", mailto: null }] });
  assert.equal(await web.page.locator(".offer a").textContent(), "aide@halo.test");
  await backToUsual(web.context);
  const mailto = "mailto:aide@halo.test?body=%0D%0A%0D%0AApplication%3A%20Halo%204.2";
  const mobile = await deflected({ ...closed(), options: [{ kind: "email", address: "aide@halo.test", mailto }] }, { width: 390, height: 844 });
  assert.equal(await mobile.page.locator("a.offer").getAttribute("href"), mailto);
  assert.equal(fixture.offer.asked.at(-1)?.get("channel"), "mobile");
  assert.match(fixture.offer.asked.at(-1)?.get("device") ?? "", /Linux/);
  await backToUsual(mobile.context);
});

test("AHD-06 AHD-12 on a telephone: the number is dialled by the telephone, the voicemail is a call that says what was chosen; targets of 44 px, nothing overflows", async () => {
  const slots = slotsFrom(Date.now());
  const all = { ...closed(), options: [{ kind: "scheduled-call" as const, queueId: "nuit", slots }, { kind: "email" as const, address: "aide@halo.test", mailto: "mailto:aide@halo.test" }, { kind: "number" as const, number: "+33240009999" }, { kind: "voicemail" as const, queueId: "nuit" }] };
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
  fixture.offer.options = { ...closed(), options: [] };
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
  fixture.offer.options = { ...closed(), options: [{ kind: "scheduled-call", queueId: "nuit", slots: slotsFrom(Date.now()) }] };
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
  fixture.offer.options = { ...closed(), options: [] };
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
