/** The built administration of the telephone system in Chromium on the fixture: no finding of axe, and the main gestures by keyboard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { openSection, sectionShown } from "./dev/test-admin.ts";
import { noViolationsInStates, startScreens } from "./dev/test-screens.ts";
import type { State } from "./dev/test-screens.ts";

const screens = await startScreens();

const save = (page: Page) => page.getByRole("button", { name: "Enregistrer", exact: true });
const tab = (name: string) => (page: Page) => page.getByRole("tab", { name }).click();

const states: State[] = [
  { name: "settings", path: "/admin#telephony" },
  { name: "the calls", path: "/admin#calls" },
  { name: "outgoing calls", path: "/admin#security" },
  { name: "the network border", path: "/admin#security", act: tab("Entrée du réseau"), goesOn: true },
  { name: "signed numbers", path: "/admin#security", act: tab("Numéros signés"), goesOn: true },
  { name: "the journal", path: "/admin#security", act: tab("Journal"), goesOn: true },
  { name: "bans", path: "/admin#security", act: tab("Bannis"), goesOn: true },
  {
    name: "all that is folded of a trunk", path: "/admin#trunks",
    async act(page) {
      await page.locator("main [role=rowheader]").first().click();
      for (const fold of ["Numéros", "Chiffrement, identité, limites", "En-têtes SIP"]) await page.getByRole("dialog").getByRole("button", { name: fold }).click();
    },
  },
  {
    name: "a holder's choices", path: "/admin#extensions",
    async act(page) {
      await page.locator("main [role=rowheader]").first().click();
      await page.getByRole("button", { name: /Renvois, ne pas déranger/ }).click();
      await page.getByRole("switch", { name: "Ne pas déranger" }).waitFor();
    },
  },
  {
    name: "a rule with hours and a destination", path: "/admin#callerRules",
    async act(page) {
      await page.getByRole("rowheader").nth(1).click();
      await page.getByRole("toolbar", { name: "Jours" }).waitFor();
    },
  },
  {
    name: "a new seat with complaints", path: "/admin#extensions",
    async act(page) {
      await page.getByRole("button", { name: "Nouvelle place" }).click();
      await page.getByRole("button", { name: "Créer la place" }).click();
    },
  },
];

describe("accessibility (axe, every rule)", () => {
  noViolationsInStates(screens, "floor", sectionShown, states);
});

describe("the telephone system's administration", () => {
  it("shows the calls under way and those that were, each with how it ended", async () => {
    const { page } = await openSection(screens, "calls");
    await page.getByText("parqué au 701").waitFor();
    assert.match(await page.getByRole("listitem").filter({ hasText: "Aïcha Diallo" }).innerText(), /Aïcha Diallo\s*202\s*→\s*\+33 6 12 84 90 47\s*En ligne\s*3:\d\d/);
    // The history is another request than the calls under way.
    await page.getByRole("row").nth(1).waitFor();
    const rows = await page.getByRole("row").allInnerTexts();
    assert.equal(rows.length, 13);
    assert.match(rows.find((row) => row.includes("Filtré")) ?? "", /numéro masqué/);
    await page.close();
  });

  it("makes a seat in one form by keyboard: complaints in words, then the code, the address and the lines, once", async () => {
    const { page, world } = await openSection(screens, "extensions");
    await page.getByRole("button", { name: "Nouvelle place" }).focus();
    await page.keyboard.press("Enter");
    const form = page.getByRole("dialog");
    await form.getByLabel("Nom", { exact: true }).focus();
    await page.keyboard.press("Enter");
    await form.getByText("Il manque un nom").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement === document.querySelector("[aria-invalid=true]")), true, "the first field that is wrong has the focus");
    await page.keyboard.type("Zoé Ünlü");
    assert.equal(await form.getByLabel("Identifiant").inputValue(), "zoe.unlu");
    assert.equal(await form.getByLabel("Poste", { exact: true }).inputValue(), "241", "the number after the highest");
    await form.getByLabel("Poste", { exact: true }).fill("201");
    await page.keyboard.press("Enter");
    await form.getByText("Déjà pris").waitFor();
    await form.getByLabel("Poste", { exact: true }).fill("250");
    await page.keyboard.press("Enter");
    await form.getByRole("img", { name: "QR code des réglages du téléphone" }).waitFor();
    for (const shown of ["tilleul-orage-42", "vh3k8s0qzt5m2c7x", "https://tandem.halo.example/provision/", "zoe.unlu", "192.0.2.10:5060"]) assert.ok((await form.innerText()).includes(shown), shown);
    await form.getByRole("button", { name: "C’est noté" }).click();
    await page.getByRole("rowheader", { name: "250" }).waitFor();
    assert.partialDeepStrictEqual([...world.admin.extensions.values()].find((row) => row.number === "250"), { label: "Zoé Ünlü", callClass: "national" });
    await page.close();
  });

  it("gives a seat to somebody who is here, with a number that is free once those in use are read: no name is asked, no sign-in password shown", async () => {
    const { page } = await openSection(screens, "extensions");
    let read = (): void => {};
    const held = new Promise<void>((done) => (read = done));
    await page.route("**/api/admin/extensions", (route) => held.then(() => route.continue()));
    await page.reload();
    assert.ok(await page.getByRole("button", { name: "Nouvelle place" }).isDisabled());
    read();
    await page.getByRole("button", { name: "Nouvelle place" }).click();
    const form = page.getByRole("dialog");
    assert.equal(await form.getByLabel("Poste", { exact: true }).inputValue(), "241");
    await form.getByRole("button", { name: /Pour/ }).click();
    await page.getByRole("option", { name: "Nadia Haddad" }).click();
    assert.equal(await form.getByLabel("Identifiant").count(), 0);
    await form.getByRole("button", { name: "Créer la place" }).click();
    await form.getByRole("img", { name: /QR code/ }).waitFor();
    assert.equal((await form.innerText()).includes("tilleul-orage-42"), false);
    await page.close();
  });

  it("writes a trunk: what is wrong inside a fold opens it, and an unchanged password is not sent as an empty one", async () => {
    const { page, world } = await openSection(screens, "trunks");
    await page.getByRole("rowheader", { name: "Opérateur principal" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: /^Numéros/ }).click();
    await form.getByLabel("Numéro", { exact: true }).fill("0270000100");
    await form.getByRole("button", { name: /^Numéros/ }).click();
    await save(page).click();
    await form.getByText("Commencez par + et l’indicatif du pays").waitFor();
    await form.getByLabel("Numéro", { exact: true }).fill("+33 2 70 00 01 99");
    const sent = page.waitForRequest((request) => request.method() === "PUT");
    await save(page).click();
    const body = (await sent).postDataJSON() as { password: unknown; callerNumber: unknown; live: unknown };
    assert.deepEqual([body.password, body.callerNumber, body.live], [null, { mode: "extension", number: "+33270000199" }, undefined]);
    await page.getByText("Opérateur principal : enregistré").waitFor();
    assert.equal(world.admin.trunks.get("t1")?.callerNumber.number, "+33270000199");
    await page.close();
  });

  it("keeps the order of a hunting group, changed by buttons", async () => {
    const { page, world } = await openSection(screens, "groups");
    await page.getByRole("rowheader", { name: "310" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Avancer 205 Damien Faure" }).click();
    await form.getByRole("button", { name: /Ajouter un poste/ }).click();
    await page.getByRole("option", { name: "209 Hugo Perrin" }).click();
    await save(page).click();
    await page.getByText("310 Comptabilité : enregistré").waitFor();
    assert.deepEqual(world.admin.groups.get("g2")?.extensionIds, ["e4", "e2", "e8"]);
    await page.close();
  });

  it("sets a holder's forward without touching the extension's own form", async () => {
    const { page, world } = await openSection(screens, "extensions");
    await page.getByRole("rowheader", { name: "202" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: /Renvois, ne pas déranger/ }).click();
    await form.getByRole("button", { name: /Toujours/ }).click();
    await page.getByRole("option", { name: "Un numéro" }).click();
    await form.getByRole("button", { name: "Enregistrer ces choix" }).click();
    await form.getByText("Un poste, ou un numéro complet").waitFor();
    await form.getByLabel("Numéro", { exact: true }).last().fill("06 12 34 56 78");
    await page.keyboard.press("Enter");
    assert.equal(world.telephony.choices.get("e1"), undefined, "Enter in a choice saves nothing of the extension");
    await form.getByRole("button", { name: "Enregistrer ces choix" }).click();
    await page.getByText("Choix du poste enregistrés").waitFor();
    assert.deepEqual(world.telephony.choices.get("e1")?.forward.always, { to: "number", number: "0612345678" });
    await page.close();
  });

  it("changes the rules against fraud, undoes, saves; lifts a ban", async () => {
    const { page, world } = await openSection(screens, "security");
    const rules = () => world.telephony.documents["fraud"] as { allowedCountries: string[]; spendPerHour: number };
    await page.getByRole("button", { name: "Retirer Suisse" }).click();
    await page.getByLabel("Débuts de numéro interdits").fill("rien");
    await save(page).click();
    await page.getByText("+ suivi de 1 à 15 chiffres").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement === document.querySelector("[aria-invalid=true]")), true, "the first field that is wrong has the focus");
    await page.getByRole("button", { name: "Annuler les changements" }).click();
    await page.getByRole("button", { name: "Retirer Suisse" }).waitFor();
    assert.notEqual(await page.getByLabel("Débuts de numéro interdits").inputValue(), "rien", "what was typed is undone too");
    await page.getByRole("button", { name: "Retirer Espagne" }).click();
    await page.getByRole("textbox", { name: "Dépense par heure" }).fill("12,5");
    // Pressed at once: the number is read as the field loses the focus.
    const stored = page.waitForResponse((response) => response.request().method() === "PUT");
    await save(page).click();
    assert.equal((await stored).status(), 200);
    assert.deepEqual([rules().allowedCountries.includes("CH"), rules().allowedCountries.includes("ES"), rules().spendPerHour], [true, false, 1_250]);
    await page.getByRole("tab", { name: "Bannis" }).click();
    await page.getByRole("button", { name: "Lever le bannissement de 203.0.113.77" }).click();
    await page.getByRole("listitem").filter({ hasText: "203.0.113.77" }).waitFor({ state: "detached" });
    assert.deepEqual(world.telephony.bans.map((ban) => ban.address), ["2001:db8:77::/64"]);
    await page.close();
  });

  it("says that the journal and the bans could not be read, in the place of nothing to report, and reads them again", async () => {
    const { page } = await openSection(screens, "security");
    const away = /\/telephony\/(border\/notices|bans)$/;
    await page.route(away, (route) => route.fulfill({ status: 500, json: { code: "internal" } }));
    await page.reload();
    for (const [name, nothing] of [["Journal", "Rien à signaler"], ["Bannis", "Personne n’est banni"]] as const) {
      await page.getByRole("tab", { name }).click();
      await page.getByRole("tabpanel").getByRole("button", { name: "Réessayer" }).waitFor();
      assert.equal(await page.getByText(nothing).count(), 0);
    }
    await page.unroute(away);
    await page.getByRole("tabpanel").getByRole("button", { name: "Réessayer" }).click();
    await page.getByRole("button", { name: "Lever le bannissement de 203.0.113.77" }).waitFor();
    await page.close();
  });

  it("fits 1280 x 720 and 1024 x 768 without a sideways scroll, every section", async () => {
    for (const [width, height] of [[1280, 720], [1024, 768]] as const) {
      const { page } = await openSection(screens, "telephony", { width, height });
      for (const section of ["telephony", "extensions", "callerRules", "trunks", "routes", "security"]) {
        const before = await page.locator("main h2").innerText();
        await page.evaluate((to) => (location.hash = to), section);
        if (section !== "telephony") await page.waitForFunction((was) => document.querySelector<HTMLElement>("main h2")?.innerText !== was, before);
        await sectionShown(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${section} at ${width}`);
      }
      await page.close();
    }
  });
});
