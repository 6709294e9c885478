/** The built administration of hours and of waiting in Chromium on the fixture: no finding of axe, and the main gestures by keyboard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silence } from "./dev/silence.ts";
import { choose, openSection, row, save, sectionShown, select, stored, tab, toggle } from "./dev/test-admin.ts";
import { noViolationsInStates, startScreens } from "./dev/test-screens.ts";

const screens = await startScreens();

describe("accessibility (axe, every rule)", () => {
  noViolationsInStates(screens, "floor", sectionShown, [
    { name: "which hours hold for whom", path: "/admin#hours" },
    { name: "the calendars", path: "/admin#calendars" },
    { name: "a calendar", path: "/admin#calendars", act: row("Horaires du centre"), goesOn: true },
    { name: "waiting", path: "/admin#waiting" },
    { name: "the whisper", path: "/admin#waiting", act: tab("Annonce chuchotée"), goesOn: true },
    { name: "callbacks", path: "/admin#waiting", act: tab("Rappels"), goesOn: true },
    { name: "voicemail", path: "/admin#waiting", act: tab("Messagerie"), goesOn: true },
  ]);
});

describe("hours", () => {
  it("AHD-01 a week is changed by keys and by the pointer, to the minute, and saved as the days it holds for", async () => {
    const { page, world } = await openSection(screens, "calendars");
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
    await page.close();
  });

  it("AHD-01 a holiday is kept open with hours of its own, and a named day is closed", async () => {
    const { page, world } = await openSection(screens, "calendars");
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
    await page.close();
  });

  it("AHD-01 a new calendar shows a country’s holidays before anything is saved, and openings of a day do not lie on each other", async () => {
    const { page, world } = await openSection(screens, "calendars");
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
    assert.equal(made?.zone, "Europe/Paris", "the centre’s zone, wherever the administrator’s browser is");
    await page.close();
  });

  it("AHD-01 which rule holds is shown for a queue, a channel and a language, at an instant, in both languages", async () => {
    const { page, world } = await openSection(screens, "hours");
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
    await page.close();
    const english = await openSection(screens, "hours", { language: "en" });
    await english.page.getByText("Whole centre", { exact: true }).waitFor();
    await english.page.close();
  });

  it("two rules for the same are not sent", async () => {
    const { page } = await openSection(screens, "hours");
    await page.getByRole("button", { name: "Ajouter une règle" }).click();
    await page.getByRole("button", { name: "Ajouter une règle" }).click();
    await page.getByText("Deux règles disent la même chose").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Enregistrer", exact: true }).isDisabled(), true);
    await page.close();
  });
});

describe("waiting", () => {
  it("ACD-02 music, place, announcements and the callback’s offer: of the whole centre, then of a queue, with whose they are", async () => {
    const { page, world } = await openSection(screens, "waiting");
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
    await page.close();
  });

  it("what was typed is not dropped by another tab, another queue, another page or somebody else’s save without a question", async () => {
    const { page, world } = await openSection(screens, "waiting");
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
    await page.evaluate(() => void setTimeout(() => location.reload())); // after this is answered: the browser’s own question, answered with no
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
    await form.getByRole("alert").getByText("changé ailleurs pendant que vous écriviez", { exact: false }).waitFor();
    await select(form, "Téléphone").getByText("Un message, puis fin").waitFor();
    assert.equal(await page.locator("form").first().getByText("changé ailleurs", { exact: false }).count(), 0, "one’s own save is no news");
    await form.getByRole("button", { name: "Voir ce qui a été enregistré" }).click();
    await form.getByText("changé ailleurs", { exact: false }).waitFor({ state: "detached" });
    await select(form, "Téléphone").getByText("Messagerie vocale").waitFor();
    await page.getByRole("tab", { name: "Paroles" }).click();
    await page.getByRole("group", { name: "Messagerie vocale" }).waitFor();
    assert.equal(await question.count(), 0, "nothing is unsaved now");
    await page.close();
  });

  it("NOT-01, NOT-02 the whole centre’s whisper: its speed by keys, its countdown, heard as it will sound", async () => {
    const { page, world } = await openSection(screens, "waiting");
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
    await page.close();
  });

  it("NOT-06 a queue’s own whisper: its name, a text or a recording", async () => {
    const { page, world } = await openSection(screens, "waiting");
    await page.getByRole("option", { name: "Facturation" }).click();
    await tab("Annonce chuchotée")(page);
    await choose(page, select(page, "Ce qui est dit"), "Le nom de la file");
    await save(page, page, "Enregistrer pour cette file");
    assert.partialDeepStrictEqual(stored(world, "whisper facturation"), { what: "queue" });
    await page.getByRole("button", { name: "Enregistrer", exact: true }).and(page.locator(":focus")).waitFor(); // the form began anew with what is stored: the focus is not lost
    await choose(page, select(page, "Ce qui est dit"), "Un texte");
    await page.getByLabel("Français", { exact: true }).fill("Facture en main.");
    await page.getByText("Facture en main.", { exact: true }).last().waitFor();
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "whisper facturation"), { what: "text", says: { fr: "Facture en main." } });
    await choose(page, select(page, "Ce qui est dit"), "Un enregistrement");
    await choose(page, select(page, "Enregistrement"), "Accueil 2026");
    await save(page);
    assert.partialDeepStrictEqual(stored(world, "whisper facturation"), { what: "recording", recordingId: "accueil-2026" });
    await page.close();
  });

  it("callbacks and voicemail of a queue, with complaints in words", async () => {
    const { page, world } = await openSection(screens, "waiting");
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
    await page.close();
  });

  it("a supervisor looks and changes nothing", async () => {
    const { page, world } = await openSection(screens, "waiting");
    world.me = { ...world.me, roles: ["supervisor"] };
    await page.goto(new URL("/admin#waiting", screens.address).href);
    await page.getByText("Un administrateur peut modifier").waitFor();
    await page.getByText("Dire la place dans la file").waitFor();
    assert.equal(await page.getByRole("button", { name: "Enregistrer", exact: true }).count(), 0);
    assert.equal(await page.getByRole("switch", { name: "Dire la place dans la file" }).isDisabled(), true);
    await page.close();
  });
});
