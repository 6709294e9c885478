/** The built flow designer in Chromium on the fixture, as it is looked at: no finding of axe in any state, the list, 500 steps; and the connections outside, in the administration. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { secretsOf } from "./dev/fixture/outside.ts";
import { close, draft, goTo, inspector, openSeat, saved, step } from "./dev/test-flows.ts";
import { startScreens, violationsInBothThemes } from "./dev/test-screens.ts";

const screens = await startScreens();

type Act = (page: Page) => Promise<unknown>;
/** One page is led through them: each begins where the one before it ended. */
const states: readonly (readonly [name: string, act: Act])[] = [
  ["the flow's settings", () => Promise.resolve()],
  ...["hours", "recognise", "menu", "tracking", "bye", "lighting", "understand", "tomorrow", "message"].map((id) => [`the step ${id}`, (page: Page) => step(page, id).click()] as const),
  ["a choice of a menu", async (page) => { await step(page, "menu").click(); await inspector(page).getByRole("button", { name: /Retour ou casse/ }).first().click(); }],
  ["a missing language", (page) => inspector(page).getByRole("button", { name: /^Anglais/ }).first().click()],
  ["adding a step", async (page) => { await step(page, "menu").focus(); await page.keyboard.press("/"); await page.getByRole("dialog").waitFor(); }],
  ["the history", async (page) => { await page.keyboard.press("Escape"); await page.getByRole("dialog").waitFor({ state: "detached" }); await page.getByRole("button", { name: "Historique" }).click(); await page.getByText("Durée au plus").waitFor(); }],
  ["the tests", async (page) => { await page.getByRole("button", { name: "Tests", exact: true }).click(); await page.getByRole("button", { name: /Retour : SAV/ }).first().click(); }],
  ["the problems", async (page) => { await page.getByRole("button", { name: /point à corriger/ }).click(); await page.locator("aside li button").first().click(); }],
  ["the keys of the canvas", (page) => page.getByRole("button", { name: "Clavier du canevas" }).click()],
  ["publishing", async (page) => { await page.keyboard.press("Escape"); await page.getByRole("button", { name: "Publier…" }).click(); await page.getByText("Une personne reste toujours à portée.").waitFor(); }],
  ["a try", async (page) => {
    await page.getByRole("dialog").getByRole("button", { name: "Annuler" }).click();
    await page.getByRole("button", { name: "Essayer" }).click();
    await page.getByRole("menuitem", { name: "Essai par écrit" }).click();
    await page.getByRole("button", { name: /^2,/ }).click();
    await page.getByRole("log").getByText("Une personne : SAV Luminaires").waitFor();
  }],
];

describe("accessibility (axe, every rule) and a silent console", () => {
  it("the list, a new flow and the queues of a template: no violation in either theme", async () => {
    const seat = await openSeat(screens, "/flows");
    assert.deepEqual(await violationsInBothThemes(seat.page), []);
    await seat.page.getByRole("button", { name: "Nouveau parcours" }).click();
    await seat.page.getByRole("radio", { name: /Boutique/ }).click();
    await seat.page.getByRole("button", { name: /Ventes$/ }).waitFor();
    assert.deepEqual(await violationsInBothThemes(seat.page), []);
    const hint = seat.page.getByText("Des modèles prouvés", { exact: false });
    assert.equal(await hint.count(), 0);
    await seat.page.route("**/api/flows", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: ((await response.json()) as unknown[]).slice(0, 1) });
    });
    await seat.page.reload();
    await hint.waitFor(); // who has one flow, the demo’s, is new here
    await close(seat);
  });

  it("the designer in every state: no violation in either theme", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    for (const [name, act] of states) {
      await act(seat.page);
      assert.deepEqual(await violationsInBothThemes(seat.page), [], name);
    }
    await close(seat);
  });

  it("fits 1280 x 720 in English: nothing scrolls sideways, the page itself not at all, and a try covers no tool", async () => {
    const seat = await openSeat(screens, "/flows/accueil", { width: 1280, height: 720, language: "en" });
    await seat.page.getByRole("checkbox", { name: "The * key too" }).waitFor();
    assert.ok(await seat.page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "a box below the fold scrolls with its panel");
    await step(seat.page, "menu").click();
    assert.ok(await seat.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("aside, aside *, header")].every((e) => e.scrollWidth <= e.clientWidth + 1 || getComputedStyle(e).overflowX !== "auto")));
    await seat.page.getByRole("button", { name: "Try", exact: true }).click();
    await seat.page.getByRole("menuitem", { name: "Try in text" }).click();
    const box = (name: string, role: "region" | "toolbar"): Promise<{ x: number; width: number } | null> => seat.page.getByRole(role, { name, exact: true }).boundingBox();
    await seat.page.getByRole("textbox", { name: "Type or say…" }).waitFor();
    const [panel, tools] = [await box("Try", "region"), await box("Canvas tools", "toolbar")];
    assert.ok(panel !== null && tools !== null && tools.x >= panel.x + panel.width, "the tools stand beside the try");
    await close(seat);
  });
});

describe("the list", () => {
  it("opens a flow by keyboard, finds without accents, and begins a new one from a template", async () => {
    const seat = await openSeat(screens, "/flows");
    const { page, world } = seat;
    await page.getByRole("searchbox").fill("fermeture");
    assert.equal(await page.locator("main tbody tr").count(), 1);
    await page.getByRole("searchbox").fill("");
    await page.locator("main tbody tr").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Grand parcours" }).waitFor();
    await page.getByRole("link", { name: "Tous les parcours" }).click();
    await page.getByRole("button", { name: "Nouveau parcours" }).click();
    await page.getByRole("button", { name: "Créer le parcours" }).click();
    await page.getByText("Il manque un nom").waitFor();
    await page.getByRole("radio", { name: /Boutique/ }).click();
    const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/flows"));
    await page.getByRole("button", { name: "Créer le parcours" }).click();
    assert.deepEqual((JSON.parse((await sent).postData() ?? "") as { queues: unknown }).queues, { support: "sav", sales: "ventes" }, "guessed by their names");
    await page.getByRole("heading", { name: "Boutique" }).waitFor();
    assert.equal(world.flows.size, 4);
    await close(seat);
  });

  it("lets a supervisor look but not change", async () => {
    const seat = await openSeat(screens, "/flows");
    const { page, world } = seat;
    world.me = { ...world.me, roles: ["agent", "supervisor"] };
    await goTo(screens, seat, "/flows/accueil");
    await step(page, "menu").click();
    assert.equal(await page.getByRole("button", { name: "Publier…" }).count(), 0);
    assert.equal(await page.getByRole("toolbar", { name: "Étapes à ajouter" }).count(), 0);
    await page.keyboard.press("Delete");
    await page.keyboard.press("/");
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal(await step(page, "menu").count(), 1);
    assert.equal(await inspector(page).getByLabel("Message", { exact: true }).getAttribute("readonly"), "");
    await close(seat);
  });
});

describe("connections outside", () => {
  it("an assistant is written, asked and saved, a secret is given by keys and never shown, a host is named: no violation in either theme", async () => {
    const seat = await openSeat(screens, "/admin#outside");
    const { page, world } = seat;
    await page.getByText("{secret.crm_key}").waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    await page.getByRole("button", { name: "Donner le secret crm_key" }).press("Enter");
    await page.keyboard.type("s3cret");
    await page.keyboard.press("Enter");
    await page.getByText("Le secret « crm_key » est enregistré.").waitFor();
    assert.ok((secretsOf(world).get("crm_key")?.changedAtMs ?? null) !== null);
    assert.equal(await page.getByText("s3cret").count(), 0);
    await page.getByLabel("Nouvel hôte").fill("http://crm");
    await page.keyboard.press("Enter");
    await page.getByText("Un nom ou une adresse, sans http:// ni chemin.").waitFor();
    await page.getByLabel("Nouvel hôte").fill("crm.local:8080");
    await page.keyboard.press("Enter");
    await page.getByText("crm.local:8080", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Nouvel assistant" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Nom", { exact: true }).fill("Accueil du soir");
    assert.equal(await sheet.getByLabel("Identifiant").inputValue(), "accueil-du-soir");
    await sheet.getByRole("button", { name: "Créer" }).click();
    await sheet.getByText("Chaque réponse a besoin de mots et d’un texte").waitFor();
    await sheet.getByLabel("Mots de la question, en français").fill("horaires, ouvert");
    await sheet.getByLabel("Français", { exact: true }).nth(0).fill("De 9 h à 18 h.");
    await sheet.getByLabel("Français", { exact: true }).nth(1).fill("Dites-le autrement.");
    await sheet.getByLabel("Une question de client").fill("quels horaires");
    await page.keyboard.press("Enter");
    await sheet.locator("[aria-live]").getByText("De 9 h à 18 h.").waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    await sheet.getByRole("button", { name: "Créer" }).click();
    await sheet.waitFor({ state: "detached" });
    const kept = world.service.settings.get("flow-outside ") as { hosts: string[]; assistants: { id: string }[] };
    assert.deepEqual([kept.hosts, kept.assistants.map(({ id }) => id)], [["crm.local:8080"], ["faq", "accueil-du-soir"]]);
    // Another administrator names a host and changes the same assistant meanwhile: the host is kept, the assistant is not written over unseen.
    await page.getByRole("button", { name: /^Modifier.*Accueil du soir/ }).click();
    await sheet.getByLabel("Nom", { exact: true }).fill("Accueil du soir tard");
    world.service.settings.set("flow-outside ", { hosts: [...kept.hosts, "erp.local"], assistants: kept.assistants.map((one) => (one.id === "faq" ? one : { ...one, name: "Accueil du week-end" })) });
    await sheet.getByRole("button", { name: "Enregistrer" }).click();
    await sheet.getByRole("button", { name: "Voir ce qui a été enregistré" }).waitFor();
    const names = (): unknown => (world.service.settings.get("flow-outside ") as { hosts: string[]; assistants: { name?: string }[] }).assistants.at(-1)?.name;
    assert.deepEqual([names(), await sheet.getByLabel("Nom", { exact: true }).inputValue()], ["Accueil du week-end", "Accueil du soir tard"]);
    await sheet.getByRole("button", { name: "Enregistrer" }).click();
    await sheet.waitFor({ state: "detached" });
    assert.deepEqual([names(), (world.service.settings.get("flow-outside ") as typeof kept).hosts], ["Accueil du soir tard", ["crm.local:8080", "erp.local"]]);
    // The designer offers it, and says when a step names one that is not there.
    await goTo(screens, seat, "/flows/accueil");
    await step(page, "tracking").click();
    await inspector(page).getByText("Cet assistant n’existe pas, ou plus").waitFor();
    await inspector(page).getByRole("button", { name: /^manon/ }).click();
    await page.getByRole("option", { name: /Accueil du soir/ }).click();
    await saved(page);
    const tracking = draft(world).document.steps["tracking"];
    assert.equal(tracking?.kind === "assistant" ? tracking.assistantId : null, "accueil-du-soir");
    await close(seat);
  });
});

describe("500 steps", () => {
  it("draws what is near the view at rest, and a hand that pans across it changes nothing in the page, nor its layers", async () => {
    const seat = await openSeat(screens, "/flows/grand");
    const { page } = seat;
    await step(page, "step-0").click();
    await page.keyboard.press("Control+A");
    await page.getByText("500 étapes choisies").waitFor();
    // What the proof found is on the cards: nothing of that comes in the hand.
    await page.getByRole("button", { name: /points à corriger/ }).waitFor();
    // The nearest first, and not the whole flow.
    await page.waitForFunction(() => {
      const right = document.querySelector(".react-flow")?.getBoundingClientRect().right ?? 0;
      return Math.max(...[...document.querySelectorAll(".react-flow__node")].map((card) => card.getBoundingClientRect().left)) > right + 480;
    });
    const drawn = await page.locator(".react-flow__node").count();
    assert.ok(drawn > 60 && drawn < 300, `${drawn} of 501 cards drawn`);
    const from = await page.evaluate(() => {
      // The ground between two cards.
      let y = 200;
      while (document.elementFromPoint(900, y)?.classList.contains("react-flow__pane") === false) y += 5;
      return { x: 900, y };
    });
    const layer = page.locator(".react-flow__viewport");
    const place = (): Promise<{ x: number; y: number }> => layer.evaluate((element) => ({ x: Math.round(element.getBoundingClientRect().x), y: Math.round(element.getBoundingClientRect().y) }));
    const frames = (): Promise<unknown> => page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); }));
    const before = await place();
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x - 20, from.y);
    await frames();
    // A hand that pans moves one layer: no card, no way and no style inside it is touched.
    await page.evaluate(() => {
      const touched: string[] = [];
      Object.assign(window, { touched });
      new MutationObserver((changes) => {
        for (const { target } of changes) if (target instanceof Element && target.closest(".react-flow__viewport > *") !== null) touched.push(target.outerHTML.slice(0, 80));
      }).observe(document.querySelector(".react-flow") ?? document.body, { subtree: true, childList: true, attributes: true });
    });
    const layered = await layersFound(page, async () => {
      for (let by = 40; by <= 400; by += 20) {
        await page.mouse.move(from.x - by, from.y);
        await frames();
      }
    });
    assert.deepEqual(await place(), { x: before.x - 400, y: before.y });
    assert.deepEqual(await page.evaluate(() => (window as unknown as { touched: string[] }).touched), []);
    assert.ok(layered < 12, `the page's layers were found anew ${layered} times in 19 movements`);
    // A change does find them anew: it is what was counted. Further than what was drawn, there is more; what is let go stays where it was let go.
    const more = await layersFound(page, async () => {
      for (let by = 420; by <= 860; by += 20) await page.mouse.move(from.x - by, from.y);
      await frames();
      await page.mouse.up();
      await page.locator(".react-flow.panning").waitFor({ state: "detached" });
    });
    assert.ok(more > 0);
    assert.deepEqual(await place(), { x: before.x - 860, y: before.y });
    await step(page, "step-80").click();
    assert.equal(await step(page, "step-80").evaluate((card) => card === document.activeElement), true);
    await close(seat);
  });
});

/** How often Chromium went through all parts of the page to find its layers, by its own trace: the larger part of what a change costs at 500 steps. */
async function layersFound(page: Page, act: () => Promise<void>): Promise<number> {
  const browser = page.context().browser();
  assert.ok(browser !== null);
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink", "cc"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: { name: string }[] };
  return traceEvents.filter(({ name }) => name === "PaintArtifactCompositor::Update").length;
}
