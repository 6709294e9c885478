/** The built administration of deflection in Chromium on the fixture: no finding of axe, and the main gestures by keyboard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { choose, openSection, row, save, sectionShown, select, stored, tab, toggle } from "./dev/test-admin.ts";
import { noViolationsInStates, startScreens, violationsInBothThemes } from "./dev/test-screens.ts";

const screens = await startScreens();

const queueSheet = async (page: Page, name: string): Promise<Locator> => {
  await tab("Par file")(page);
  return row(name)(page);
};

describe("accessibility (axe, every rule)", () => {
  noViolationsInStates(screens, "floor", sectionShown, [
    { name: "what happens now", path: "/admin#deflection" },
    { name: "the whole centre’s deflection", path: "/admin#deflection", act: tab("Centre entier"), goesOn: true },
    { name: "deflection by queue", path: "/admin#deflection", act: tab("Par file"), goesOn: true },
    { name: "a queue’s deflection", path: "/admin#deflection", act: (page) => queueSheet(page, "Ventes"), goesOn: true },
    { name: "a queue over capacity", path: "/admin#deflection", act: (page) => queueSheet(page, "SAV Luminaires") },
    { name: "the words of deflection", path: "/admin#deflection", act: tab("Paroles") },
  ]);
});

describe("deflection", () => {
  it("AHD-02, AHD-03, AHD-07, AHD-10 the whole centre’s switches, ways and transfer boxes are saved; a missing number is told at its place", async () => {
    const { page, world } = await openSection(screens, "deflection");
    await tab("Centre entier")(page);
    const form = page.locator("form").nth(1);
    await choose(page, select(form, "Téléphone"), "Un numéro");
    await toggle(page, form.getByRole("checkbox", { name: "Permettre les transferts vers des files fermées" }));
    await form.getByRole("button", { name: "Enregistrer" }).click();
    await form.getByText("Un numéro manque").waitFor();
    await form.getByLabel("Numéro", { exact: true }).first().fill("+33 2 40 00 10 55");
    await form.getByText("Dévier les chats hors des heures").click();
    await toggle(page, form.getByRole("checkbox", { name: /quand la déviation est désactivée/ }));
    assert.equal(await page.getByRole("alert").filter({ hasText: "n’est plus prouvé" }).count(), 0);
    world.service.broken.push({ id: "accueil", name: "Accueil", version: 3, findings: 3, first: { code: "no-person", stepId: "person", words: { fr: "La file « Ventes » peut être fermée, et rien n’est prévu alors.", en: "The queue can be closed." } } });
    await save(page, form);
    const told = page.getByRole("alert").filter({ hasText: "Un parcours publié n’est plus prouvé" });
    await told.getByText(/La file « Ventes » peut être fermée.*2 autres constats\./).waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    assert.match((await told.getByRole("link", { name: "Accueil" }).getAttribute("href")) ?? "", /\/flows\/accueil$/);
    await page.getByRole("navigation").getByRole("link", { name: "Parcours" }).first().click();
    await page.getByRole("row", { name: /^Accueil/ }).first().getByText("N’est plus prouvé").waitFor();
    assert.partialDeepStrictEqual(stored(world, "deflection "), { calls: { enabled: true, transferToClosed: true, ivr: { kind: "number", number: "+33240001055" } }, chats: { enabled: false, transferToClosedWhenOff: true, email: true } });
    await page.close();
  });

  it("customers’ links: what is missing without a public address, a wrong one told at its place, what did not go out; who leaves a save under way goes on when it is stored", async () => {
    const { page, world } = await openSection(screens, "deflection");
    await tab("Centre entier")(page);
    const form = page.locator("form").first();
    const site = form.getByLabel("Adresse publique de ce site");
    await site.fill("");
    await form.getByText("Sans adresse publique").waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "the tab scrolls, not the page");
    await site.fill("http://rappel.exemple.fr");
    await form.getByRole("button", { name: "Enregistrer" }).click();
    await form.getByText("https:// et le nom d’un hôte", { exact: false }).waitFor();
    await site.fill("");
    await site.pressSequentially("https://rappel.exemple.fr/"); // by keys: what is typed stays as it is typed
    assert.equal(await site.inputValue(), "https://rappel.exemple.fr/");
    const held = Promise.withResolvers<void>();
    await page.route("**/api/admin/settings/details", async (route) => {
      if (route.request().method() === "PUT") await held.promise;
      await route.continue();
    });
    await page.route("**/api/flow-proofs", () => {}); // a large centre’s proofs, for which nobody waits
    await form.getByRole("button", { name: "Enregistrer" }).click();
    await page.getByRole("tab", { name: "Par file" }).click();
    const question = page.getByText("Des changements ne sont pas enregistrés.");
    await question.waitFor();
    held.resolve();
    await page.getByRole("rowheader", { name: "Ventes" }).waitFor();
    assert.equal(await question.count(), 0);
    assert.partialDeepStrictEqual(stored(world, "details "), { publicUrl: "https://rappel.exemple.fr" });
    await tab("Centre entier")(page);
    await form.getByText("depuis 24 h : 12 envoyés.", { exact: false }).waitFor();
    await form.getByText("aucun raccordement ne porte de SMS", { exact: false }).waitFor();
    await page.close();
  });

  it("AHD-04, AHD-05, AHD-06 what a page offers in the place of calling: the number and the voicemail only on a telephone", async () => {
    const { page, world } = await openSection(screens, "deflection");
    await tab("Centre entier")(page);
    const form = page.locator("form").nth(1);
    const web = form.getByRole("group", { name: "Page web" });
    assert.deepEqual(await web.getByRole("checkbox").count(), 2);
    await toggle(page, web.getByRole("checkbox", { name: "Appel programmé" }));
    const mobile = form.getByRole("group", { name: "Page mobile" });
    await toggle(page, mobile.getByRole("checkbox", { name: "Numéro" }));
    await mobile.getByLabel("Numéro", { exact: true }).last().fill("3639");
    await save(page, form);
    assert.partialDeepStrictEqual(stored(world, "deflection "), { calls: { web: { scheduledCall: false, email: true }, mobile: { voicemail: true, number: "3639" } } });
    await page.locator("form").first().getByLabel("Adresse d’assistance").fill("pas une adresse");
    await page.locator("form").first().getByRole("button", { name: "Enregistrer" }).click();
    await page.getByText("Une adresse comme aide@exemple.fr.").waitFor();
    await page.close();
  });

  it("AHD-08, AHD-09, AHD-11 a queue’s own way of the four, with its greeting; the table says whose word holds", async () => {
    const { page, world } = await openSection(screens, "deflection");
    const cell = (column: number): Locator => page.getByRole("row", { name: "Remplacements" }).getByRole("gridcell").nth(column);
    await tab("Par file")(page);
    assert.match(await cell(0).innerText(), /Messagerie vocale\s+centre/);
    const sheet = await row("Remplacements")(page);
    for (const [way, kind] of [["Un message, puis fin", "message"], ["Messagerie vocale", "voicemail"]] as const) {
      await choose(page, select(sheet, "Téléphone"), way);
      await toggle(page, sheet.getByRole("switch", { name: "Accueil propre" }));
      await sheet.getByLabel("Français", { exact: true }).fill("Nous remplaçons dès demain.");
      const button = kind === "message" ? "Enregistrer pour cette file" : "Enregistrer";
      await save(page, sheet, button);
      assert.partialDeepStrictEqual(stored(world, "queue-deflection remplacements"), { ivr: { kind, greeting: { sounds: { fr: "Nous remplaçons dès demain." } } } });
      await sheet.getByText("Propre à la file").first().waitFor();
    }
    await page.keyboard.press("Escape");
    await cell(0).getByText("Propre à la file").waitFor();
    assert.equal(await page.getByRole("row", { name: "Pro et hôtels" }).getByRole("gridcell").first().innerText().then((words) => words.split("\n")[0]), "Attend", "never deflected");
    await page.close();
  });

  it("AHD-11 queues that would send contacts round are refused, at the field", async () => {
    const { page, world } = await openSection(screens, "deflection");
    const sheet = await queueSheet(page, "Rappels du soir");
    await choose(page, select(sheet, "Téléphone"), "Une autre file");
    await choose(page, select(sheet, "Une autre file").last(), "Ventes");
    await sheet.getByRole("button", { name: "Enregistrer pour cette file" }).first().click();
    await sheet.getByText("sans fin").waitFor();
    assert.equal(stored(world, "queue-deflection rappels"), undefined);
    await page.close();
  });

  it("AHD-12, AHD-13 a telephone’s page has a queue or options, never both; texts have a message; the web has nothing of a queue", async () => {
    const { page, world } = await openSection(screens, "deflection");
    const sheet = await queueSheet(page, "Ventes");
    assert.equal(await sheet.getByRole("checkbox", { name: "Appel programmé" }).count(), 1);
    await sheet.getByRole("radio", { name: "Une file" }).click();
    assert.equal(await sheet.getByRole("checkbox", { name: "Appel programmé" }).count(), 0, "a queue leaves no options");
    await choose(page, select(sheet, "Une autre file").last(), "SAV Luminaires");
    await sheet.getByText("Répondre par un message propre").click();
    await sheet.getByLabel("Français", { exact: true }).fill("Nous ouvrons à 9 h.");
    await sheet.getByText("Toujours comme le centre entier.").waitFor();
    await save(page, sheet);
    assert.partialDeepStrictEqual(stored(world, "queue-deflection ventes"), { mobile: { to: "queue", queueId: "sav" }, sms: { enabled: true, message: { sounds: { fr: "Nous ouvrons à 9 h." } } } });
    await page.close();
  });

  it("closing a queue’s sheet asks before it drops what was typed; staying keeps it", async () => {
    const { page, world } = await openSection(screens, "deflection");
    const sheet = await queueSheet(page, "Ventes");
    await sheet.getByText("Répondre par un message propre").click();
    await page.keyboard.press("Escape");
    await sheet.getByRole("alert").getByText("Des changements ne sont pas enregistrés.").waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await sheet.getByRole("switch", { name: "Répondre par un message propre" }).isChecked(), true);
    await page.keyboard.press("Escape");
    await sheet.getByRole("button", { name: "Abandonner" }).click();
    await sheet.waitFor({ state: "detached" });
    assert.equal(stored(world, "queue-deflection ventes") === undefined || !JSON.stringify(stored(world, "queue-deflection ventes")).includes('"enabled":true'), true);
    await page.close();
  });

  it("AHD-14 words are a text or a recording, per language", async () => {
    const { page, world } = await openSection(screens, "deflection");
    await tab("Paroles")(page);
    await choose(page, select(page, "Enregistrement pour Hors des heures, Français"), "Fermeture annuelle");
    const group = page.getByRole("group", { name: "Messagerie vocale" });
    await group.getByLabel("Anglais", { exact: true }).fill("Leave a message.");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "deflection "), { words: { message: { recording: { fr: "fermeture" } }, voicemail: { sounds: { en: "Leave a message." } } } });
    await page.close();
  });

  it("over capacity and shares of a queue; what it has of its own goes again after a question", async () => {
    const { page, world } = await openSection(screens, "deflection");
    const sheet = await queueSheet(page, "SAV Luminaires");
    const busy = sheet.locator("form").nth(1);
    await busy.getByText("tant de contacts attendent").click();
    await busy.getByLabel("tant de contacts attendent", { exact: true }).and(page.locator("input[inputmode]")).fill("12");
    await save(page, busy);
    assert.partialDeepStrictEqual(stored(world, "over-capacity sav"), { enabled: true, longestWaitMs: 600_000, length: 12, then: { ivr: { kind: "voicemail" } } });
    const shares = sheet.locator("form").nth(2);
    await shares.getByRole("button", { name: "Ajouter une part" }).click();
    await shares.getByLabel("Part", { exact: true }).fill("110");
    await toggle(page, shares.getByRole("checkbox", { name: "Chat" }));
    await save(page, shares, "Enregistrer pour cette file");
    assert.deepEqual(stored(world, "redirection sav"), { shares: [{ percent: 100, channels: ["chat"], queueId: "facturation" }] }, "the field holds no more than 100");
    await busy.getByRole("button", { name: "Revenir à celui du centre" }).click();
    await page.getByRole("button", { name: "Abandonner" }).click();
    await busy.getByText("Réglage d’origine").waitFor();
    assert.equal(stored(world, "over-capacity sav"), undefined);
    await page.close();
  });

  it("what happens at an instant is told by queue and channel, with what leaves nobody reachable", async () => {
    const { page } = await openSection(screens, "deflection");
    await page.getByText("personne n’est joignable").waitFor();
    await page.getByLabel("À l’instant").fill("2027-05-01T11:00");
    const line = page.getByRole("row", { name: /^Ventes/ });
    await line.getByText("Fête du travail").first().waitFor(); // which day it is, be it a holiday or one of the centre’s own
    assert.match(await line.getByRole("cell").first().innerText(), /Fête du travail\s+Rappels du soir/);
    await page.close();
  });
});
