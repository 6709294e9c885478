/** The built page of promised calls, messages and the ledger in Chromium on the fixture: no finding of axe, both languages, by keyboard; and the whisper on the desk. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { violations } from "../lab/chromium.ts";
import { startScreens } from "./dev/test-screens.ts";
import type { Look, Opened } from "./dev/test-screens.ts";
import { silence } from "./dev/silence.ts";

const screens = await startScreens();

async function open(look: Look = {}): Promise<Opened> {
  const opened = await screens.open("floor", "/promised", look);
  await opened.page.route("**/api/queue-messages/m1/sound", (route) => route.fulfill({ contentType: "audio/wav", body: silence() }));
  await opened.page.getByRole("listitem").filter({ hasText: "Camille Rousseau" }).waitFor();
  return opened;
}
const tab = (page: Page, name: RegExp): Promise<void> => page.getByRole("tab", { name }).click();
const row = (page: Page, text: string): ReturnType<Page["locator"]> => page.getByRole("listitem").filter({ hasText: text });

describe("axe finds nothing, nothing sticks out", () => {
  for (const [language, theme, width, height] of [["fr", "light", 1440, 900], ["en", "dark", 1280, 720], ["fr", "light", 390, 844]] as const)
    it(`${language}, ${theme}, ${width}x${height}`, async () => {
      const { page } = await open({ language, theme, width, height });
      const fits = async (where: string): Promise<void> => {
        assert.deepEqual(await violations(page), [], where);
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${where} sticks out`);
      };
      await fits("callbacks");
      await page.getByRole("button", { name: language === "fr" ? "Promettre un rappel" : "Promise a call" }).click();
      await page.getByRole("dialog").waitFor();
      await fits("booking");
      await page.keyboard.press("Escape");
      await tab(page, /^Messages/);
      await row(page, "Marc Lenoir").waitFor();
      await row(page, "Marc Lenoir").getByRole("button").first().click();
      await fits("messages");
      await tab(page, /^Prom/);
      await page.getByRole("img", { name: /SAV Luminaires/ }).first().waitFor();
      await fits("report");
      await page.close();
    });
});

it("callbacks: the soonest first, what came of the others; called, moved and cancelled by keyboard", async () => {
  const { page, world } = await open();
  const names = await page.getByRole("list", { name: "Rappels" }).getByRole("listitem").locator(".text-body.font-semibold").allTextContents();
  assert.deepEqual(names, ["Oumar Diallo", "Camille Rousseau", "+33 6 77 00 11 22"]);
  await row(page, "Oumar Diallo").getByText(/prochain essai/).waitFor();
  await row(page, "Oumar Diallo").getByText("1 essai", { exact: false }).first().waitFor();
  await row(page, "Oumar Diallo").getByText("Lien non envoyé\u00a0: aucun raccordement ne porte de SMS vers ce numéro").waitFor();
  await row(page, "Camille Rousseau").getByText(/^Lien envoyé par SMS, /).waitFor();
  const waits = world.promised.callbacks.get("cb2")!;
  await row(page, "+33 6 77 00 11 22").getByText("Lien au client\u00a0: envoi en attente").waitFor();
  world.promised.callbacks.set("cb2", { ...waits, dueMs: null, link: { state: "sent", via: "email", atMs: Date.now(), otherTime: false } });
  for (const tell of world.viewers) tell({ t: "promisedWork", queueId: "sav", openMessages: 2, openCallbacks: 3, changed: { kind: "callback", id: "cb2", state: "waiting", fresh: false } });
  await row(page, "+33 6 77 00 11 22").getByText(/^Lien envoyé par e-mail, /).waitFor();
  await row(page, "+33 6 77 00 11 22").getByText(/^depuis /).waitFor(); // in turn, and no time was said
  await page.getByRole("button", { name: "Appeler Camille Rousseau" }).press("Enter");
  await row(page, "Camille Rousseau").getByText("Appel en cours").waitFor();
  assert.equal(world.promised.callbacks.get("cb1")?.state, "calling");
  await page.getByRole("button", { name: "Changer l’horaire du rappel de Oumar Diallo" }).press("Enter");
  await page.getByRole("button", { name: /^Choisir|Quand/, disabled: false }).press("Enter"); // once its times are read
  await page.getByRole("option").nth(2).press("Enter");
  await page.getByRole("button", { name: "Changer", exact: true }).press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(world.promised.callbacks.get("cb3")?.slot?.startMs, world.promised.offer.slots[1]?.startMs, "the first option is in turn");
  await page.getByRole("button", { name: "Annuler le rappel de Oumar Diallo" }).press("Enter");
  await page.getByRole("button", { name: "Annuler le rappel", exact: true }).press("Enter");
  // The focus is on the list: the row stays where it is, without its buttons, until it is left.
  await row(page, "Oumar Diallo").getByText("Plus ici").waitFor();
  assert.equal(await row(page, "Oumar Diallo").getByRole("button").count(), 0);
  await page.getByRole("radio", { name: "À faire" }).focus();
  await row(page, "Oumar Diallo").waitFor({ state: "detached" });
  assert.equal(world.promised.callbacks.get("cb3")?.end, "staff");
  await page.getByRole("radio", { name: "Terminés" }).click();
  await row(page, "Jean Petit").getByText("sans réponse", { exact: false }).waitFor();
  await page.close();
});

it("a call is promised from the desk, at a time, by the agent themselves; a wrong number is told at its field", async () => {
  const { page, world } = await open({ language: "en" });
  await page.getByRole("button", { name: "Promise a call" }).click();
  await page.getByRole("button", { name: "Promise", exact: true }).click();
  await page.getByText("A number has at least three digits.").waitFor();
  await page.getByText("Choose a moment.").waitFor();
  await page.getByRole("textbox", { name: "Number to call" }).fill("+33611223344");
  await page.getByRole("textbox", { name: "Name" }).fill("Zoé Blanc");
  await page.getByRole("button", { name: /When/ }).click();
  await page.getByRole("option").nth(1).click();
  await page.getByText("I will call myself").click();
  await page.getByRole("button", { name: "Promise", exact: true }).click();
  await row(page, "Zoé Blanc").waitFor();
  const made = [...world.promised.callbacks.values()].at(-1);
  assert.deepEqual([made?.number, made?.agentId, made?.slot?.startMs], ["+33611223344", world.me.id, world.promised.offer.slots[0]?.startMs]);
  await page.close();
});

it("AHD-08 messages of the queues: the oldest first, taken, given back, called back and done; a colleague's cannot be taken; the mark counts", async () => {
  const { page, world } = await open();
  await page.getByRole("link", { name: "Rappels et messages – 5 en attente" }).waitFor();
  await tab(page, /^Messages/);
  await row(page, "Marc Lenoir").waitFor();
  const list = page.getByRole("list", { name: "Messages" }).getByRole("listitem");
  assert.match(await list.first().innerText(), /Marc Lenoir/);
  assert.match(await row(page, "Nora Haddad").innerText(), /Pris par Sofia Lambert/);
  assert.equal(await page.getByRole("button", { name: /^M’en charger.: message de Nora Haddad/ }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Rappeler Nora Haddad" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Rappeler Numéro inconnu" }).count(), 0, "without a number");
  await page.getByRole("button", { name: /^M’en charger.: message de Marc Lenoir/ }).press("Enter");
  await row(page, "Marc Lenoir").getByText("Pris par vous").waitFor();
  await page.getByRole("button", { name: "Rendre le message de Marc Lenoir" }).press("Enter");
  await page.getByRole("button", { name: /^M’en charger.: message de Marc Lenoir/ }).waitFor();
  await page.getByRole("button", { name: "Rappeler Marc Lenoir" }).press("Enter");
  await row(page, "Marc Lenoir").getByText("Pris par vous").waitFor();
  assert.equal(world.promised.messages.get("m1")?.callbackId, "cb1");
  await page.getByRole("button", { name: "Écouter le message de Marc Lenoir" }).press("Enter");
  assert.match((await page.locator("audio").getAttribute("src")) ?? "", /queue-messages\/m1\/sound/);
  await page.getByRole("radio", { name: "1,5×" }).click();
  assert.equal(await page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.playbackRate), 1.5);
  await page.getByRole("button", { name: /^Traité.: message de Marc Lenoir/ }).press("Enter");
  await row(page, "Marc Lenoir").getByText("Plus ici").waitFor();
  assert.equal(world.promised.messages.get("m1")?.state, "done");
  const shown = await list.count();
  world.promised.messages.set("m8", { ...world.promised.messages.get("m2")!, id: "m8", name: "Lou Nouvelle" });
  for (const tell of world.viewers) tell({ t: "promisedWork", queueId: "sav", openMessages: 5, openCallbacks: 0, changed: { kind: "message", id: "m8", state: "open", fresh: true } });
  await page.getByRole("button", { name: /^1 nouveau/ }).waitFor();
  assert.equal(await list.count(), shown, "it waits behind the button, whatever is under the mouse stays there");
  await page.getByRole("button", { name: /^1 nouveau/ }).press("Enter");
  await row(page, "Lou Nouvelle").waitFor();
  await page.getByRole("button", { name: "Écouter le message de Lou Nouvelle" }).press("Enter");
  await page.getByText("Le son de ce message est introuvable.").waitFor();
  for (const tell of world.viewers) tell({ t: "promisedWork", queueId: "sav", openMessages: 4, openCallbacks: 0, changed: { kind: "message", id: "m9", state: "open", fresh: true } });
  await page.getByRole("link", { name: "Rappels et messages – 4 en attente" }).waitFor();
  await page.close();
});

it("an agent is offered the queues that they serve; what was typed is not dropped without a question; a number that has a promise is said to have one", async () => {
  const { page, world } = await open();
  const me = world.agents.get(world.me.id) ?? assert.fail("nobody");
  world.me = { ...world.me, roles: ["agent"] };
  world.agents.set(me.id, { ...me, queueIds: ["sav"] });
  await page.goto(new URL("/promised", screens.address).href);
  await row(page, "Camille Rousseau").waitFor();
  await page.getByRole("button", { name: "Promettre un rappel" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("button", { name: /File d’attente/ }).click();
  assert.deepEqual(await page.getByRole("option").allTextContents(), ["SAV Luminaires"]);
  await page.getByRole("option").first().click();
  await sheet.getByRole("textbox", { name: "Numéro à rappeler" }).fill("0611223344");
  await page.keyboard.press("Escape");
  await sheet.getByText("Des changements ne sont pas enregistrés.").waitFor();
  assert.equal(await sheet.getByRole("button", { name: "Continuer" }).evaluate((button) => button === document.activeElement), true);
  await page.keyboard.press("Enter");
  assert.equal(await sheet.getByRole("textbox", { name: "Numéro à rappeler" }).inputValue(), "0611223344");
  await page.route("**/api/callbacks", (route) => route.fulfill({ json: { ...world.promised.callbacks.get("cb1"), before: true } }));
  await sheet.getByRole("button", { name: /Quand/ }).click();
  await page.getByRole("option").first().click();
  await sheet.getByRole("button", { name: "Promettre", exact: true }).click();
  await page.getByText("déjà promis", { exact: false }).waitFor();
  await page.close();
});

it("the ledger says what was kept, late and broken, and how far off the estimates were, without embellishing", async () => {
  const { page } = await open();
  await tab(page, /^Promesses/);
  await page.getByText("84\u202f% tenues sur 217 échues").waitFor();
  await page.getByText(/Nous annonçons trop peu.: 1 min de plus en moyenne\./).waitFor();
  await page.getByText("Trop peu de mesures pour juger.").waitFor();
  await page.getByText(/Pourquoi.: sans réponse 2, occupé 1/).waitFor();
  await page.getByText(/ne compte ni pour ni contre nous/).waitFor();
  await page.getByRole("button", { name: /Toutes les files/ }).click();
  await page.getByRole("option", { name: "SAV Luminaires" }).click();
  await page.getByText("Trop peu de mesures pour juger.").waitFor({ state: "detached" });
  const days = page.getByRole("heading", { name: "Par jour" });
  await days.waitFor();
  await page.route("**/api/promises?*", async (route) => {
    const response = await route.fetch();
    const report = (await response.json()) as { days: object[] };
    await route.fulfill({ response, json: { ...report, days: report.days.slice(0, 1).map((one) => ({ ...one, kept: 0, late: 0, broken: 0 })) } });
  });
  await page.getByRole("radio", { name: "30 jours" }).click();
  await days.waitFor({ state: "detached" }); // of days on which nothing fell due there is no picture
  await page.close();
});

it("a promised call is said to be one, whether its customer is there is seen, and a machine that answered is one press and a question", async () => {
  const { page, world } = await screens.open("ring", "/");
  await page.getByRole("button", { name: /Décrocher|Répondre/ }).first().waitFor();
  const ringing = [...world.interactions.values()].find((i) => i.offer?.agentId === world.me.id && i.medium === "voice");
  assert.ok(ringing?.offer);
  const callback = { id: "cb1", attempt: 2, customer: "not-dialled", why: null } as const;
  world.put({ ...ringing, callback }, "offered");
  const strip = page.getByRole("region", { name: "Appel", exact: true });
  await strip.getByText(/^Rappel promis/).waitFor();
  const live = { ...ringing, callback, state: "connected" as const, offer: null, agentId: world.me.id, connectedAtMs: Date.now() };
  world.put({ ...live, callback: { ...callback, customer: "dialled" } }, "dialled");
  await strip.getByText("Nous l’appelons… · 2e essai", { exact: false }).waitFor();
  assert.equal(await strip.getByRole("button", { name: "Répondeur" }).count(), 0, "nobody answered yet");
  world.put({ ...live, callback: { ...callback, customer: "reached" } }, "reached");
  await strip.getByText("Client en ligne", { exact: false }).waitFor();
  assert.deepEqual(await violations(page), []);
  await strip.getByRole("button", { name: "Répondeur" }).click();
  const asked: string[] = [];
  await page.route("**/api/**", (route) => {
    if (route.request().method() !== "POST") return route.continue();
    asked.push(new URL(route.request().url()).pathname);
    return route.fulfill({ json: {} });
  });
  await page.getByRole("button", { name: "C’est un répondeur" }).click();
  await page.getByText(/^Noté.: répondeur/).waitFor();
  assert.deepEqual(asked, ["/api/callbacks/cb1/machine", `/api/interactions/${ringing.id}/end`]);
  await page.close();
});

it("the customer’s record tells what was promised to them, and promises", async () => {
  const { page, world } = await screens.open("ring", "/");
  await page.getByRole("button", { name: /Décrocher|Répondre/ }).first().waitFor();
  await page.getByRole("button", { name: /^Camille Rousseau/ }).first().click();
  const record = page.getByRole("complementary", { name: "Client" });
  await record.getByRole("list", { name: "Rappels promis" }).getByText("SAV Luminaires", { exact: false }).first().waitFor();
  await record.getByRole("list", { name: "Rappels promis" }).getByText(/^Lien envoyé par SMS, /).first().waitFor();
  await record.getByRole("button", { name: "Promettre un rappel" }).click();
  const sheet = page.getByRole("dialog");
  const name = await sheet.getByRole("textbox", { name: "Nom" }).inputValue();
  assert.ok(name.length > 2 && (await sheet.getByRole("textbox", { name: "Numéro à rappeler" }).inputValue()).length > 3, name);
  await sheet.getByRole("button", { name: /Quand/ }).click();
  await page.getByRole("option").nth(1).click();
  await sheet.getByRole("button", { name: "Promettre", exact: true }).click();
  await sheet.waitFor({ state: "detached" });
  assert.equal([...world.promised.callbacks.values()].at(-1)?.name, name);
  await page.close();
});

it("while the whisper is heard, the desk's strip says so in the place of answering", async () => {
  const { page, world } = await screens.open("ring", "/");
  await page.getByRole("button", { name: /Décrocher|Répondre/ }).first().waitFor();
  const ringing = [...world.interactions.values()].find((i) => i.offer?.agentId === world.me.id && i.medium === "voice");
  assert.ok(ringing?.offer);
  world.put({ ...ringing, offer: { ...ringing.offer, pickedUpMs: Date.now() } }, "pickedUp");
  await page.getByText("Annonce…").waitFor();
  await page.getByText("pour passer").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.close();
});
