/** The built administration of hours, deflection and waiting in Chromium on the fixture: no finding of axe, and the main gestures by keyboard. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { startScreens, violationsInBothThemes } from "./dev/test-screens.ts";
import type { Look, Screens } from "./dev/test-screens.ts";
import type { World } from "./dev/fixture/world.ts";
import { silence } from "./dev/silence.ts";

let screens: Screens;

before(async () => {
  screens = await startScreens();
});
after(() => screens?.stop());

async function open(section: string, look: Look = {}): Promise<{ page: Page; world: World }> {
  const opened = await screens.open("floor", `/admin#${section}`, look);
  await opened.page.locator("main h2").waitFor();
  return opened;
}

const tab = (name: string) => async (page: Page): Promise<void> => {
  await page.getByRole("tab", { name, exact: true }).click();
  await page.locator("main form, main table, main [role=grid]").first().waitFor();
};
/** The sheet of a row of the page's table. */
const row = (name: string) => async (page: Page): Promise<Locator> => {
  await page.getByRole("rowheader", { name, exact: true }).click();
  const sheet = page.getByRole("dialog");
  await sheet.locator("form").first().waitFor();
  return sheet;
};
const queueSheet = async (page: Page, name: string): Promise<Locator> => {
  await tab("Par file")(page);
  return row(name)(page);
};
async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await field.click();
  await page.getByRole("option", { name: option, exact: true }).click();
}
/** What a select is called, its value apart. */
const select = (within: Locator | Page, name: string): Locator => within.getByRole("button", { name: new RegExp(`${name}$`) });
/** A box or a switch, by the keyboard. */
async function toggle(page: Page, box: Locator): Promise<void> {
  await box.focus();
  await page.keyboard.press("Space");
}
/** Of the first form: a sheet has several. */
async function save(page: Page, within: Locator | Page = page, name = "Enregistrer"): Promise<void> {
  const sent = page.waitForResponse((response) => response.request().method() === "PUT");
  await within.getByRole("button", { name, exact: true }).first().click();
  assert.ok((await sent).ok());
}
const stored = (world: World, key: string): unknown => world.service.settings.get(key);

const states: { name: string; section: string; act?: (page: Page) => Promise<unknown> }[] = [
  { name: "which hours hold for whom", section: "hours" },
  { name: "the calendars", section: "calendars" },
  { name: "a calendar", section: "calendars", act: row("Horaires du centre") },
  { name: "what happens now", section: "deflection" },
  { name: "the whole centre’s deflection", section: "deflection", act: tab("Centre entier") },
  { name: "deflection by queue", section: "deflection", act: tab("Par file") },
  { name: "a queue’s deflection", section: "deflection", act: (page) => queueSheet(page, "Ventes") },
  { name: "a queue over capacity", section: "deflection", act: (page) => queueSheet(page, "SAV Luminaires") },
  { name: "the words of deflection", section: "deflection", act: tab("Paroles") },
  { name: "waiting", section: "waiting" },
  { name: "the whisper", section: "waiting", act: tab("Annonce chuchotée") },
  { name: "callbacks", section: "waiting", act: tab("Rappels") },
  { name: "voicemail", section: "waiting", act: tab("Messagerie") },
];

describe("accessibility (axe, every rule)", () => {
  for (const { name, section, act } of states)
    it(`${name}: no violation in either theme`, async () => {
      const { page } = await open(section);
      await page.locator("main form, main table, main [role=grid], main ol").first().waitFor();
      await act?.(page);
      assert.deepEqual(await violationsInBothThemes(page), []);
      await page.context().close();
    });
});

describe("hours", () => {
  it("AHD-01 a week is changed by keys and by the pointer, to the minute, and saved as the days it holds for", async () => {
    const { page, world } = await open("calendars");
    const sheet = await row("Boutique")(page);
    const closes = sheet.getByRole("slider", { name: "mardi, ouverture 1, ferme" });
    await closes.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    assert.equal(await closes.getAttribute("aria-valuetext"), "19:16");
    await sheet.getByRole("button", { name: "Ajouter une ouverture, dimanche" }).focus();
    await page.keyboard.press("Enter");
    const opens = sheet.getByRole("slider", { name: "samedi, ouverture 1, ouvre" });
    await opens.focus();
    await page.keyboard.press("Delete");
    assert.equal(await opens.count(), 0);
    // Monday's bar, from 12:00 to 18:00.
    const bar = sheet.getByRole("group", { name: "lundi, Fermé" }).locator("div").first();
    await bar.scrollIntoViewIfNeeded();
    const box = await bar.boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width / 2, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 8);
    await page.mouse.move(box.x + box.width * 0.75, box.y + 8);
    await page.mouse.up();
    await sheet.getByRole("group", { name: "lundi, 12:00–18:00" }).waitFor();
    await sheet.getByLabel("Ferme", { exact: true }).fill("17:50");
    await save(page, sheet);
    assert.deepEqual(world.admin.calendars.get("boutique")?.weekly, [
      { days: [1], from: "12:00", to: "17:50" },
      { days: [2], from: "10:00", to: "19:16" },
      { days: [3, 4, 5], from: "10:00", to: "19:00" },
      { days: [7], from: "09:00", to: "18:00" },
    ]);
    await page.context().close();
  });

  it("AHD-01 a holiday is kept open with hours of its own, and a named day is closed", async () => {
    const { page, world } = await open("calendars");
    const sheet = await row("Horaires du centre")(page);
    await toggle(page, sheet.getByRole("switch", { name: "Noël : reste ouvert" }));
    await choose(page, select(sheet, "Noël : heures"), "heures propres");
    await sheet.getByRole("button", { name: "Ajouter un jour" }).click();
    const exception = sheet.getByRole("group", { name: "Exception 2" }).first();
    await sheet.getByRole("button", { name: "Enregistrer", exact: true }).click();
    await sheet.getByText("Un nom, et un dernier jour").waitFor();
    await exception.getByLabel("Nom", { exact: true }).fill("Inventaire");
    await exception.getByLabel("Premier jour").fill("2027-03-01");
    await save(page, sheet);
    const { holidays, exceptions } = world.admin.calendars.get("global") ?? assert.fail("the calendar is gone");
    assert.deepEqual(holidays.kept.at(-1), { rule: "12-25", year: null, openings: [{ from: "10:00", to: "16:00" }] });
    assert.deepEqual(exceptions.at(-1), { name: "Inventaire", from: "2027-03-01", to: "2027-03-01", openings: [] });
    await page.context().close();
  });

  it("AHD-01 a new calendar shows a country’s holidays before anything is saved, and openings of a day do not lie on each other", async () => {
    const { page, world } = await open("calendars");
    await page.getByRole("button", { name: "Nouveau calendrier" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Aucun jour férié : choisissez un pays.").waitFor();
    await sheet.getByRole("button", { name: "Ajouter un pays" }).click();
    await toggle(page, sheet.getByRole("switch", { name: "Noël : reste ouvert" }));
    await choose(page, select(sheet, "Noël : heures"), "heures propres");
    const add = sheet.getByRole("button", { name: "Ajouter des heures" }).first();
    await add.click();
    await sheet.getByLabel("Nom", { exact: true }).fill("Alsace");
    const sent = page.waitForResponse((response) => response.request().method() === "POST");
    await sheet.getByRole("button", { name: "Créer", exact: true }).click();
    assert.ok((await sent).ok());
    const made = [...world.admin.calendars.values()].find(({ name }) => name === "Alsace");
    assert.deepEqual(made?.holidays.kept, [{ rule: "12-25", year: null, openings: [{ from: "10:00", to: "16:00" }, { from: "17:00", to: "21:00" }] }]);
    await page.context().close();
  });

  it("AHD-01 which rule holds is shown for a queue, a channel and a language, at an instant, in both languages", async () => {
    const { page, world } = await open("hours");
    const holding = page.getByRole("list", { name: "Règles par ordre de précision" }).locator("[aria-current=true]");
    assert.equal((await holding.innerText()).replaceAll(/\s+/g, " "), "8 Centre entier Horaires du centre");
    await choose(page, select(page, "Canal"), "Chat");
    await holding.getByText("Boutique").waitFor();
    assert.equal((await holding.innerText()).replaceAll(/\s+/g, " "), "6 Canal Boutique");
    await choose(page, select(page, "Canal"), "Téléphone");
    await page.getByRole("radio", { name: "Anglais" }).click();
    await holding.getByText("File, canal, langue").waitFor();
    // Whoever looks for a year's Christmas sees it closed, and why.
    await page.getByRole("radio", { name: "Français" }).click();
    await page.getByLabel("À l’instant").fill(`${new Date().getUTCFullYear()}-12-25T10:00`);
    const answer = page.getByRole("status").filter({ hasText: "Calendrier" });
    await answer.getByText("Fermeture annuelle").waitFor();
    await page.getByRole("button", { name: "Ajouter une règle" }).click();
    await choose(page, select(page, "Règle 4, canal"), "SMS");
    await save(page);
    assert.deepEqual(world.service.rules.at(-1), { queueId: "sav", channel: "sms", language: null, calendarId: "global" });
    await page.context().close();
    const english = await open("hours", { language: "en" });
    await english.page.getByText("Whole centre", { exact: true }).waitFor();
    await english.page.context().close();
  });

  it("two rules for the same are not sent", async () => {
    const { page } = await open("hours");
    await page.getByRole("button", { name: "Ajouter une règle" }).click();
    await page.getByRole("button", { name: "Ajouter une règle" }).click();
    await page.getByText("Deux règles disent la même chose").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Enregistrer", exact: true }).isDisabled(), true);
    await page.context().close();
  });
});

describe("deflection", () => {
  it("AHD-02, AHD-03, AHD-07, AHD-10 the whole centre’s switches, ways and transfer boxes are saved; a missing number is told at its place", async () => {
    const { page, world } = await open("deflection");
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
    await page.context().close();
  });

  it("AHD-04, AHD-05, AHD-06 what a page offers in the place of calling: the number and the voicemail only on a telephone", async () => {
    const { page, world } = await open("deflection");
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
    await page.context().close();
  });

  it("AHD-08, AHD-09, AHD-11 a queue’s own way of the four, with its greeting; the table says whose word holds", async () => {
    const { page, world } = await open("deflection");
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
    await page.context().close();
  });

  it("AHD-11 queues that would send contacts round are refused, at the field", async () => {
    const { page, world } = await open("deflection");
    const sheet = await queueSheet(page, "Rappels du soir");
    await choose(page, select(sheet, "Téléphone"), "Une autre file");
    await choose(page, select(sheet, "Une autre file").last(), "Ventes");
    await sheet.getByRole("button", { name: "Enregistrer pour cette file" }).first().click();
    await sheet.getByText("sans fin").waitFor();
    assert.equal(stored(world, "queue-deflection rappels"), undefined);
    await page.context().close();
  });

  it("AHD-12, AHD-13 a telephone’s page has a queue or options, never both; texts have a message; the web has nothing of a queue", async () => {
    const { page, world } = await open("deflection");
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
    await page.context().close();
  });

  it("closing a queue’s sheet asks before it drops what was typed; staying keeps it", async () => {
    const { page, world } = await open("deflection");
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
    await page.context().close();
  });

  it("AHD-14 words are a text or a recording, per language", async () => {
    const { page, world } = await open("deflection");
    await tab("Paroles")(page);
    await choose(page, select(page, "Enregistrement pour Hors des heures, Français"), "Fermeture annuelle");
    const group = page.getByRole("group", { name: "Messagerie vocale" });
    await group.getByLabel("Anglais", { exact: true }).fill("Leave a message.");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "deflection "), { words: { message: { recording: { fr: "fermeture" } }, voicemail: { sounds: { en: "Leave a message." } } } });
    await page.context().close();
  });

  it("over capacity and shares of a queue; what it has of its own goes again after a question", async () => {
    const { page, world } = await open("deflection");
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
    await page.context().close();
  });

  it("what happens at an instant is told by queue and channel, with what leaves nobody reachable", async () => {
    const { page } = await open("deflection");
    await page.getByText("personne n’est joignable").waitFor();
    await page.getByLabel("À l’instant").fill("2027-05-01T11:00");
    const line = page.getByRole("row", { name: /^Ventes/ });
    await line.getByText("Férié").first().waitFor();
    assert.match(await line.getByRole("cell").first().innerText(), /Férié\s+Rappels du soir/);
    await page.context().close();
  });
});

describe("waiting", () => {
  it("ACD-02 music, place, announcements and the callback’s offer: of the whole centre, then of a queue, with whose they are", async () => {
    const { page, world } = await open("waiting");
    await page.getByText("Réglage d’origine").waitFor();
    await page.getByText("Dire la place dans la file").click();
    await choose(page, select(page, "Musique"), "Musique d’attente");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "waiting "), { music: "musique", position: false, estimate: true });
    await page.getByRole("option", { name: "Ventes" }).click();
    await page.getByText("Celui du centre entier").waitFor();
    await page.getByRole("button", { name: "Ajouter une annonce" }).click();
    const announcement = page.getByRole("group", { name: "Annonce 1" }).first();
    await announcement.getByLabel("Français").fill("Notre boutique est ouverte le samedi.");
    await announcement.getByLabel("Puis toutes les").fill("60");
    await page.getByLabel("Si l’estimation dépasse").fill("300");
    await save(page, page, "Enregistrer pour cette file");
    assert.partialDeepStrictEqual(stored(world, "waiting ventes"), { music: "musique", position: false, announcements: [{ says: { fr: "Notre boutique est ouverte le samedi." }, firstAfterS: 30, everyS: 60 }], callback: { whenEstimateAboveS: 300 } });
    await page.getByRole("option", { name: /Ventes.*1 propre/ }).waitFor();
    await page.context().close();
  });

  it("what was typed is not dropped by another tab, another queue, another page or somebody else’s save without a question", async () => {
    const { page, world } = await open("waiting");
    const question = page.getByText("Des changements ne sont pas enregistrés.");
    await page.getByLabel("Puis toutes les").first().fill("77");
    await page.keyboard.press("Tab");
    for (const leave of [() => page.getByRole("tab", { name: "Rappels" }).click(), () => page.getByRole("option", { name: "Ventes" }).click(), () => page.getByRole("link", { name: "Déviation", exact: true }).click()]) {
      await leave();
      await question.waitFor();
      await page.getByRole("button", { name: "Continuer", exact: true }).click();
      await question.waitFor({ state: "detached" });
      assert.equal(await page.getByLabel("Puis toutes les").first().inputValue(), "77", leave.toString());
    }
    const asked = page.waitForEvent("dialog");
    void page.reload().catch(() => null); // the browser’s own question: it is answered with no
    const dialog = await asked;
    assert.equal(dialog.type(), "beforeunload");
    await dialog.dismiss();
    assert.equal(await page.getByLabel("Puis toutes les").first().inputValue(), "77");
    await page.getByRole("link", { name: "Déviation", exact: true }).click();
    await page.getByRole("button", { name: "Abandonner", exact: true }).click();
    await tab("Centre entier")(page);
    const form = page.locator("form").nth(1);
    await choose(page, select(form, "Téléphone"), "Un message, puis fin");
    // Somebody else saves the same meanwhile: seen when this page looks again, and asked about.
    world.service.settings.set("deflection ", { calls: { enabled: true, ivr: { kind: "voicemail" } }, chats: { enabled: false } });
    await page.locator("form").first().getByLabel("Adresse d’assistance").fill("aide@halo.example");
    await save(page, page.locator("form").first());
    await form.getByText("changé ailleurs pendant que vous écriviez", { exact: false }).waitFor();
    await select(form, "Téléphone").getByText("Un message, puis fin").waitFor();
    assert.equal(await page.locator("form").first().getByText("changé ailleurs", { exact: false }).count(), 0, "one’s own save is no news");
    await form.getByRole("button", { name: "Voir ce qui a été enregistré" }).click();
    await form.getByText("changé ailleurs", { exact: false }).waitFor({ state: "detached" });
    await select(form, "Téléphone").getByText("Messagerie vocale").waitFor();
    await page.getByRole("tab", { name: "Paroles" }).click();
    await page.getByRole("group", { name: "Messagerie vocale" }).waitFor();
    assert.equal(await question.count(), 0, "nothing is unsaved now");
    await page.context().close();
  });

  it("NOT-01, NOT-02 the whole centre’s whisper: its speed by keys, its countdown, heard as it will sound", async () => {
    const { page, world } = await open("waiting");
    await tab("Annonce chuchotée")(page);
    await page.getByRole("slider", { name: "Vitesse" }).focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await page.getByText("Compte à rebours 3, 2, 1").click();
    const asked: string[] = [];
    await page.route("**/api/admin/prompts/preview", (route) => {
      asked.push((route.request().postDataJSON() as { text: string }).text);
      return route.fulfill({ contentType: "audio/wav", body: silence() });
    });
    await page.evaluate(() => {
      const rates: number[] = [];
      Object.assign(globalThis, { rates });
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        rates.push(this.playbackRate);
        return play.call(this);
      };
    });
    await page.getByRole("button", { name: "Écouter" }).click();
    await page.waitForFunction(() => (globalThis as unknown as { rates: number[] }).rates.length === 2);
    await page.getByRole("button", { name: "Écouter" }).waitFor();
    assert.deepEqual(asked, ["Appel depuis SAV Luminaires.", "À votre tour\u202f! L’appel commence dans 3, 2, 1."]);
    assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { rates: number[] }).rates), [1.25, 1.25]);
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "whisper "), { on: true, what: "type-and-queue", speed: 1.25, countdown: true });
    await page.context().close();
  });

  it("NOT-06 a queue’s own whisper: its name, a text or a recording", async () => {
    const { page, world } = await open("waiting");
    await page.getByRole("option", { name: "Facturation" }).click();
    await tab("Annonce chuchotée")(page);
    await choose(page, select(page, "Ce qui est dit"), "Le nom de la file");
    await save(page, page, "Enregistrer pour cette file");
    assert.partialDeepStrictEqual(stored(world, "whisper facturation"), { what: "queue" });
    await choose(page, select(page, "Ce qui est dit"), "Un texte");
    await page.getByLabel("Français", { exact: true }).fill("Facture en main.");
    await page.getByText("Facture en main.", { exact: true }).last().waitFor();
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "whisper facturation"), { what: "text", says: { fr: "Facture en main." } });
    await choose(page, select(page, "Ce qui est dit"), "Un enregistrement");
    await choose(page, select(page, "Enregistrement"), "Accueil 2026");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "whisper facturation"), { what: "recording", recordingId: "accueil-2026" });
    await page.context().close();
  });

  it("callbacks and voicemail of a queue, with complaints in words", async () => {
    const { page, world } = await open("waiting");
    await tab("Rappels")(page);
    await page.getByRole("radio", { name: "Le client" }).click();
    await page.getByRole("button", { name: /^Numéros/ }).click();
    await page.getByLabel("Numéro montré au client").fill("0240001000");
    await page.getByRole("button", { name: "Enregistrer", exact: true }).click();
    await page.getByText("Commencez par + et l’indicatif du pays.").waitFor();
    await page.getByLabel("Numéro montré au client").fill("+33 2 40 00 10 00");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "callback "), { first: "customer", callerNumber: "+33240001000" });
    await tab("Messagerie")(page);
    await page.getByLabel("Prévenir par e-mail").fill("sav@halo.example, aide@halo.example");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "voicemail "), { emails: ["sav@halo.example", "aide@halo.example"], keepDays: 90 });
    await page.context().close();
  });

  it("a supervisor looks and changes nothing", async () => {
    const { page, world } = await open("waiting");
    world.me = { ...world.me, roles: ["supervisor"] };
    await page.goto(new URL("/admin#waiting", screens.address).href);
    await page.getByText("Un administrateur peut modifier").waitFor();
    await page.getByText("Dire la place dans la file").waitFor();
    assert.equal(await page.getByRole("button", { name: "Enregistrer", exact: true }).count(), 0);
    assert.equal(await page.getByRole("switch", { name: "Dire la place dans la file" }).isDisabled(), true);
    await page.context().close();
  });
});
