/** The built desk in Chromium on the fixture: no finding of axe, and the main gestures by keyboard alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { violations } from "../lab/chromium.ts";
import { startScreens, violationsInBothThemes } from "./dev/test-screens.ts";
import type { Look } from "./dev/test-screens.ts";
import type { Scene } from "./dev/fixture/world.ts";

const screens = await startScreens();

/** Without a scene: nobody is signed in. */
async function open(scene: Scene | null, look: Look = {}): Promise<Page> {
  if (scene === null) {
    const page = await screens.visit("/", look);
    await page.waitForSelector("form");
    return page;
  }
  const { page } = await screens.open(scene, "/", look);
  await page.waitForSelector("[aria-label][data-region]");
  await page.locator(scene === "empty" ? "dl" : "button[aria-current=true]").first().waitFor();
  return page;
}

const states: { name: string; scene: Scene | null; act?: (page: Page) => Promise<void> }[] = [
  { name: "sign-in", scene: null },
  { name: "ringing", scene: "ring" },
  { name: "a call and two chats", scene: "live" },
  { name: "wrap-up", scene: "wrapup" },
  { name: "nothing live", scene: "empty" },
  { name: "a chat offered", scene: "chat-offer" },
  { name: "the status menu", scene: "live", act: (page) => page.keyboard.press("Alt+s") },
  { name: "the transfer", scene: "live", act: (page) => page.keyboard.press("Alt+t") },
  { name: "the confirmation of the end", scene: "live", act: (page) => page.keyboard.press("Alt+Shift+E") },
  { name: "the palette", scene: "live", act: (page) => page.keyboard.press("Control+k") },
  { name: "the shortcuts", scene: "live", act: (page) => page.keyboard.press("Alt+/") },
  {
    name: "the sounds",
    scene: "live",
    act: async (page) => {
      await page.keyboard.press("Alt+s");
      await page.getByRole("button", { name: "Sons et micro" }).click();
      await page.getByRole("slider").first().waitFor();
    },
  },
  {
    name: "the note of a transfer",
    scene: "live",
    act: async (page) => {
      await page.keyboard.press("Alt+t");
      await page.getByRole("menuitem").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("textbox", { name: "À savoir avant de répondre" }).waitFor();
    },
  },
  { name: "the routing reasons", scene: "live", act: (page) => page.keyboard.press("Alt+w") },
];

describe("accessibility (axe, every rule)", () => {
  for (const { name, scene, act } of states)
    it(`${name}: no violation in either theme`, async () => {
      const page = await open(scene);
      if (act !== undefined) {
        await act(page);
        await page.waitForSelector("[role=dialog]");
      }
      assert.deepEqual(await violationsInBothThemes(page), []);
      await page.close();
    });

  it("at 1024, 640 and 320 px nothing is lost: no sideways scroll, no violation", async () => {
    for (const width of [1024, 640, 320]) {
      const page = await open("live", { width, height: 640, language: "en" });
      const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
      assert.ok(scroll <= client, `${width}: ${scroll} > ${client}`);
      assert.deepEqual(await violations(page), [], String(width));
      await page.close();
    }
  });
});

describe("by keyboard alone", () => {
  it("signs in, and a wrong password says so", async () => {
    const page = await open(null);
    await page.getByLabel("Identifiant").focus();
    await page.keyboard.type("lea.marchand");
    await page.keyboard.press("Tab");
    await page.keyboard.type("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "incorrect" }).waitFor();
    await page.keyboard.type("halo");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /Bureau/ }).waitFor();
    await page.close();
  });

  it("writes to a chat with Enter, and the message comes back once", async () => {
    const page = await open("live");
    const composer = page.getByLabel("Répondre à Karim Benali");
    await composer.focus();
    await page.keyboard.type("Comptez 70 cm");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("au-dessus de la table.");
    await page.keyboard.press("Enter");
    const log = page.getByRole("log");
    await log.getByText("Comptez 70 cm").waitFor();
    await assert.doesNotReject(log.getByText("envoi…").waitFor({ state: "detached" }));
    assert.equal(await log.getByText("au-dessus de la table.").count(), 1);
    assert.equal(await composer.inputValue(), "");
    await page.close();
  });

  it("keeps a draft per conversation, and the focus where the agent types when a key changes conversation", async () => {
    const page = await open("live");
    await page.getByLabel("Répondre à Karim Benali").fill("Brouillon pour Karim");
    await page.getByRole("button", { name: /Inès Fontaine/ }).click();
    await page.getByLabel("Répondre à Inès Fontaine").waitFor();
    await page.getByRole("button", { name: /Karim Benali/ }).first().click();
    assert.equal(await page.getByLabel("Répondre à Karim Benali").inputValue(), "Brouillon pour Karim");
    await page.reload();
    await page.getByRole("button", { name: /Karim Benali/ }).first().click();
    assert.equal(await page.getByLabel("Répondre à Karim Benali").inputValue(), "Brouillon pour Karim");
    await page.close();
  });

  it("accepts an offered chat with Alt A without taking the focus from the text", async () => {
    const page = await open("chat-offer");
    await page.getByRole("button", { name: /Karim Benali/ }).first().click();
    const composer = page.getByLabel("Répondre à Karim Benali");
    await composer.focus();
    await page.keyboard.type("Je vérifie");
    await page.keyboard.press("Alt+a");
    await page.getByLabel("Répondre à Sami Roche").waitFor();
    await page.close();
  });

  it("holds, resumes and ends a call; ending asks first and names the person", async () => {
    const page = await open("live");
    await page.keyboard.press("Alt+h");
    await page.getByRole("button", { name: /^Reprendre/ }).waitFor();
    await page.keyboard.press("Alt+h");
    await page.getByRole("button", { name: /^Attente/ }).waitFor();
    await page.keyboard.press("Alt+Shift+E");
    await page.getByRole("dialog", { name: "Raccrocher avec Camille Rousseau" }).waitFor();
    assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /Continuer/);
    await page.keyboard.press("Alt+Shift+E");
    await page.getByRole("heading", { name: /Post-appel/ }).first().waitFor();
    await page.close();
  });

  it("closes a wrap-up with a digit, notes and Alt Enter", async () => {
    const page = await open("wrapup");
    await page.keyboard.press("2");
    await page.getByRole("radio", { name: "Retour › Ne convient pas", checked: true }).waitFor();
    await page.getByLabel("Notes", { exact: true }).fill("Remplacement accordé");
    await page.keyboard.press("Alt+Enter");
    await page.getByRole("heading", { name: /Post-appel/ }).first().waitFor({ state: "detached" });
    await page.close();
  });

  it("a case: what is open stands first in the record; noted, settled, a new one; what is typed outlives another conversation, a colleague's change is seen", async () => {
    const { page, world } = await screens.open("live", "/");
    const record = page.getByRole("complementary", { name: "Client" });
    const row = (name: RegExp) => page.getByRole("button", { name }).first();
    await row(/Camille Rousseau/).click();
    await record.getByRole("button", { name: /^1042 ?Lampe Orphée/ }).press("Enter");
    const card = record.getByRole("article").filter({ hasText: "1042" });
    const state = (name: string) => card.getByRole("radiogroup", { name: "Où en est le dossier 1042" }).getByRole("radio", { name });
    await card.getByText("Photos reçues.").waitFor();
    await card.getByRole("button", { name: "Modifier le dossier 1042" }).press("Enter");
    await card.getByRole("textbox", { name: "Autre champ" }).waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    await card.getByRole("button", { name: "Annuler" }).press("Enter");
    // looked at before anything is sent: what React Aria announces of a button that waits names it for seconds after it is gone
    await record.getByRole("button", { name: "Nouveau dossier…" }).press("Enter");
    await record.getByRole("button", { name: "Ouvrir le dossier" }).press("Enter");
    await record.getByText("Dites en quelques mots de quoi il s’agit.").waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    await record.getByRole("button", { name: "Annuler" }).press("Enter");
    await state("En attente").press("Enter");
    await card.getByRole("button", { expanded: true }).filter({ hasText: "En attente" }).waitFor();
    const note = card.getByRole("textbox", { name: "Ajouter une note" });
    await note.fill("Elle préfère un avoir.");
    await row(/Karim Benali/).click();
    await record.getByText("karim@exemple.fr").waitFor();
    await row(/Camille Rousseau/).click();
    await record.getByRole("button", { name: /^1042 ?Lampe Orphée/ }).click();
    assert.equal(await note.inputValue(), "Elle préfère un avoir.");
    // the note arrives, its answer does not: it stays where it was typed, and asked again it is not written twice
    await page.route("**/api/cases/1042", async (route) => {
      await route.fetch();
      await route.abort();
    }, { times: 1 });
    await card.getByRole("button", { name: "Ajouter", exact: true }).click();
    await card.getByRole("alert").waitFor();
    assert.equal(await note.inputValue(), "Elle préfère un avoir.");
    await card.getByRole("button", { name: "Ajouter", exact: true }).click();
    await card.getByRole("list", { name: "Notes du dossier 1042" }).getByText("Elle préfère un avoir.").waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll("article textarea")].every((field) => field instanceof HTMLTextAreaElement && field.value === ""));
    assert.deepEqual([world.cases.get("camille")?.[0]?.state, world.cases.get("camille")?.[0]?.notes.length], ["pending", 3]);
    // a colleague closes it: seen at once, in its place
    const byHugo = (change: object): void => {
      world.cases.set("camille", world.cases.get("camille")!.map((one) => (one.number === "1042" ? { ...one, ...change, changedBy: "Hugo Perrin" } : one)));
      for (const tell of world.viewers) tell({ t: "caseChanged", customerId: "camille", number: "1042" });
    };
    byHugo({ state: "closed", subject: "Avoir de 189 €" });
    await state("Clos").and(page.locator("[aria-checked=true]")).waitFor();
    assert.match((await record.getByRole("article").first().textContent()) ?? "", /1042.*Avoir de 189 €/);

    await record.getByRole("button", { name: "Nouveau dossier…" }).press("Enter");
    await record.getByRole("textbox", { name: "Objet" }).fill("Suspension trop courte");
    await row(/Karim Benali/).click();
    await record.getByText("karim@exemple.fr").waitFor();
    await row(/Camille Rousseau/).click();
    await record.getByRole("tab", { name: /^Dossiers/ }).click();
    assert.equal(await record.getByRole("textbox", { name: "Objet" }).inputValue(), "Suspension trop courte");
    await record.getByRole("textbox", { name: "Objet" }).press("Enter");
    await record.getByRole("button", { expanded: true }).filter({ hasText: "Dossier 1043" }).filter({ hasText: "Suspension trop courte" }).waitFor();
    assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /Dossier 1043/, "the focus is where the form was");
    assert.equal(await record.getByRole("tab", { name: /^Dossiers/ }).textContent(), "Dossiers4");

    // by its number, from anywhere
    await page.keyboard.press("Control+k");
    await page.keyboard.type("1017");
    await page.getByRole("menuitem", { name: "Camille Rousseau" }).filter({ hasText: "Dossier 1017" }).waitFor();
    await page.keyboard.press("Enter");
    await record.getByRole("button", { expanded: true }).filter({ hasText: "Dossier 1017" }).waitFor();

    // its subject changed here and by a colleague meanwhile: what was typed stays, theirs beside it, and one of them is chosen
    await record.getByRole("button", { name: /Dossier 1042/ }).press("Enter");
    await card.getByRole("button", { name: "Modifier le dossier 1042" }).press("Enter");
    await card.getByRole("textbox", { name: "Objet" }).fill("Avoir de 200 €");
    await card.getByRole("textbox", { name: "remplacement" }).fill("");
    byHugo({ subject: "Avoir de 150 €" });
    await card.getByRole("alert").filter({ hasText: "Hugo Perrin" }).filter({ hasText: "Avoir de 150 €" }).waitFor();
    assert.equal(await card.getByRole("textbox", { name: "Objet" }).inputValue(), "Avoir de 200 €");
    await card.getByRole("button", { name: "Garder la mienne" }).press("Enter");
    await card.getByRole("button", { name: "Enregistrer" }).press("Enter");
    await card.getByRole("button", { name: "Modifier le dossier 1042" }).waitFor();
    const kept = world.cases.get("camille")?.find(({ number }) => number === "1042");
    assert.deepEqual([kept?.subject, kept?.fields], ["Avoir de 200 €", { order: "10482" }]);

    // typed on while it is on its way: that stays, and is no conflict with what was sent; the focus is never lost with what is taken away
    await card.getByRole("button", { name: "Modifier le dossier 1042" }).press("Enter");
    const subject = card.getByRole("textbox", { name: "Objet" });
    const other = card.getByRole("textbox", { name: "Autre champ" });
    await other.fill("couleur");
    await other.press("Enter");
    const colour = card.getByRole("textbox", { name: "couleur" });
    await colour.and(page.locator(":focus")).waitFor();
    await card.getByRole("button", { name: "Retirer le champ couleur" }).press("Enter");
    await other.and(page.locator(":focus")).waitFor();
    const held = Promise.withResolvers<void>();
    await page.route("**/api/cases/1042", async (route) => {
      await held.promise;
      await route.continue();
    }, { times: 1 });
    await subject.fill("Avoir de 210 €");
    await card.getByRole("button", { name: "Enregistrer" }).press("Enter");
    await subject.fill("Avoir de 210 €, parti");
    const answered = page.waitForResponse((response) => response.request().method() === "PUT");
    held.resolve();
    await answered;
    await card.getByRole("button", { name: "Enregistrer" }).and(page.locator(":not([data-pending])")).press("Enter");
    await card.getByRole("button", { name: "Modifier le dossier 1042" }).waitFor();
    assert.equal(world.cases.get("camille")?.find(({ number }) => number === "1042")?.subject, "Avoir de 210 €, parti");
    await page.close();
  });

  it("F6 goes round the regions", async () => {
    const page = await open("live");
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press("F6");
      seen.add((await page.evaluate(() => document.activeElement?.closest("[data-region]")?.getAttribute("aria-label") ?? document.activeElement?.closest("[data-region]")?.tagName)) ?? "");
    }
    assert.ok(seen.size >= 6, [...seen].join());
    await page.close();
  });

  it("turned off, letters no longer command", async () => {
    const page = await open("live");
    await page.keyboard.press("Alt+/");
    await page.getByRole("switch").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Alt+t");
    // What a key opens stands on the page one frame later: no event tells that nothing came.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.close();
  });
});
