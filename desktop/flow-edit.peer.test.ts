/** A flow is edited in Chromium on the fixture, by pointer and by keyboard alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { close, draft, inspector, openSeat, saved, step, way } from "./dev/test-flows.ts";
import { startScreens } from "./dev/test-screens.ts";

const screens = await startScreens();

/** Until the server holds what is on screen and the proof of it is there. */
async function settled(page: Page): Promise<void> {
  await saved(page);
  await page.locator("header[data-region] button[aria-pressed]", { hasText: /corriger|Prouvé/ }).first().waitFor();
}
const focused = (page: Page) => page.evaluate(() => (document.activeElement instanceof HTMLElement ? (document.activeElement.dataset["id"] ?? null) : null));

describe("editing", () => {
  it("keeps what is typed as one change, saves it by itself, and undoes and redoes it", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await step(page, "message").click();
    const message = inspector(page).getByLabel("Annonce", { exact: true });
    await message.fill("Laissez-nous ");
    await message.press("End");
    await message.pressSequentially("un mot.");
    await saved(page);
    const said = () => { const one = draft(world).document.steps["message"]; return one?.kind === "voicemail" ? one.says.sounds.fr : null; };
    assert.equal(said(), "Laissez-nous un mot.");
    await page.getByRole("button", { name: "Annuler", exact: true }).click();
    assert.equal(await message.inputValue(), "Laissez un message.");
    await step(page, "message").click();
    await page.keyboard.press("Control+Shift+Z");
    assert.equal(await message.inputValue(), "Laissez-nous un mot.");
    await saved(page);
    assert.equal(said(), "Laissez-nous un mot.");
    await close(seat);
  });

  it("connects by dragging from a way's circle to a step, and takes a way apart", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    const from = await step(page, "menu").locator("[data-handleid='choice:0']").boundingBox();
    const to = await step(page, "sales").locator("[data-handleid='in']").boundingBox();
    assert.ok(from !== null && to !== null);
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x - 60, to.y + 20, { steps: 6 });
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 6 });
    await page.mouse.up();
    await saved(page);
    const next = () => { const one = draft(world).document.steps["menu"]; return one?.kind === "menu" ? one.choices[0]?.next : null; };
    assert.equal(next(), "sales");
    await page.keyboard.press("Control+Z");
    await saved(page);
    assert.equal(next(), "tracking");
    await close(seat);
  });

  it("moves a step by dragging it, and undoes that", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    const box = await step(page, "message").boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 50, box.y + 12);
    await page.mouse.down();
    await page.mouse.move(box.x + 80, box.y + 40, { steps: 4 });
    await page.mouse.move(box.x + 110, box.y + 72, { steps: 4 });
    await page.mouse.up();
    await saved(page);
    const before = { x: 500, y: 360 };
    const at = draft(world).document.steps["message"]?.at;
    assert.ok(at !== undefined && at.x > before.x + 40 && at.y > before.y + 40, JSON.stringify(at));
    await page.keyboard.press("Control+Z");
    await saved(page);
    assert.deepEqual(draft(world).document.steps["message"]?.at, before);
    await close(seat);
  });

  it("drops a kind on a way: the new step goes in between", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await page.evaluate(() => {
      const rail = document.querySelector("[data-roving='say']");
      const edge = document.querySelector<SVGPathElement>(".react-flow__edge[data-id='hours open'] path");
      const pane = document.querySelector(".react-flow");
      if (rail === null || edge === null || pane === null) throw new Error("not drawn");
      const point = edge.getPointAtLength(edge.getTotalLength() / 2);
      const matrix = edge.getScreenCTM();
      if (matrix === null) throw new Error("not placed");
      const at = new DOMPoint(point.x, point.y).matrixTransform(matrix);
      const dataTransfer = new DataTransfer();
      rail.dispatchEvent(new DragEvent("dragstart", { dataTransfer, bubbles: true }));
      pane.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true, clientX: at.x, clientY: at.y }));
    });
    await saved(page);
    const { steps } = draft(world).document;
    const hours = steps["hours"];
    const say = steps["say"];
    assert.equal(hours?.kind === "hours" ? hours.open : null, "say");
    assert.equal(say?.kind === "say" ? say.next : null, "recognise");
    await close(seat);
  });

  it("copies steps to another flow through the clipboard, and says so when it holds something else", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await step(page, "understand").click();
    await page.keyboard.press("Control+C");
    await page.getByText("Étape copiée, aussi pour un autre parcours.").waitFor();
    await page.getByRole("link", { name: "Tous les parcours" }).click();
    await page.getByRole("rowheader", { name: "Fermeture annuelle" }).click();
    await step(page, "menu").click();
    await page.keyboard.press("Control+V");
    await step(page, "understand-2").waitFor();
    await saved(page);
    const copy = draft(world, "fermeture").document.steps["understand-2"];
    assert.equal(copy?.kind === "branch" ? copy.otherwise : null, "sales");
    await page.evaluate(() => navigator.clipboard.writeText("bonjour"));
    await step(page, "menu").click();
    await page.keyboard.press("Control+V");
    await page.getByText("Le presse-papiers ne contient pas d’étapes de parcours.").waitFor();
    await close(seat);
  });

  it("shows which language is missing, and fills it from the other", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await step(page, "menu").click();
    await inspector(page).getByRole("button", { name: /^Anglais/ }).first().click();
    await page.getByText("Pas encore de version anglaise").last().waitFor();
    await page.getByRole("button", { name: "Copier, puis traduire" }).click();
    await settled(page);
    const menu = draft(world).document.steps["menu"];
    assert.match((menu?.kind === "menu" ? menu.says.sounds.en : null) ?? "", /^Bonjour/);
    await page.getByRole("button", { name: "Prouvé" }).waitFor();
    await close(seat);
  });

  it("marks an expression that the server finds wrong at its own field", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page } = seat;
    await step(page, "understand").click();
    await inspector(page).getByLabel("Si", { exact: true }).fill("customer.known &&");
    await inspector(page).getByText("L’expression n’est pas finie.").waitFor();
    await inspector(page).getByLabel("Si", { exact: true }).fill("data.nothing == 1");
    await inspector(page).getByText("« data.nothing » n’est pas une variable de ce parcours.").waitFor();
    await close(seat);
  });

  it("looks up a case in the place of the customer, by the same step", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    const choose = async (field: string, of: string): Promise<void> => {
      await inspector(page).getByRole("button", { name: field }).click();
      await page.getByRole("option", { name: of, exact: true }).click();
    };
    await step(page, "recognise").click();
    await choose("Chercher", "Un dossier, par son numéro");
    await step(page, "recognise").getByText("Trouvé").waitFor();
    await saved(page);
    const found = draft(world).document.steps["recognise"];
    assert.equal(found?.kind === "lookup" ? found.of : null, "case");
    await choose("Chercher", "Un client");
    await step(page, "recognise").getByText("Connu", { exact: true }).waitFor();
    await close(seat);
  });

  it("takes keys after a press on the empty canvas, and deletes the way that was pressed", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    const pane = await page.locator(".react-flow__pane").boundingBox();
    assert.ok(pane !== null);
    await step(page, "menu").click();
    await page.locator(".react-flow__node.selected").waitFor();
    await page.mouse.click(pane.x + pane.width / 2, pane.y + 12);
    await page.locator(".react-flow__node.selected").waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const at = await way(page, "hours open").locator("path").first().evaluate((path: SVGPathElement) => {
      const point = path.getPointAtLength(path.getTotalLength() / 2);
      const matrix = path.getScreenCTM();
      if (matrix === null) throw new Error("not placed");
      const { x, y } = new DOMPoint(point.x, point.y).matrixTransform(matrix);
      return { x, y };
    });
    await page.mouse.click(at.x, at.y);
    await page.keyboard.press("Delete");
    await way(page, "hours open").waitFor({ state: "detached" });
    await saved(page);
    const hours = draft(world).document.steps["hours"];
    assert.equal(hours?.kind === "hours" ? hours.open : null, "nowhere");
    await close(seat);
  });

  it("goes on typing where a text was emptied, and where a language began without words; a decimal can be typed", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await step(page, "tomorrow").click();
    const first = inspector(page).locator("textarea").first();
    await first.click();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    await page.keyboard.type("Fermé");
    assert.equal(await first.inputValue(), "Fermé");
    await step(page, "menu").click();
    await inspector(page).getByRole("button", { name: /^Anglais/ }).first().click();
    await page.getByPlaceholder("ou écrire ici").first().click();
    await page.keyboard.type("Press 1");
    assert.equal(await inspector(page).locator("textarea").first().inputValue(), "Press 1");
    await page.getByRole("button", { name: "Réglages du parcours" }).click();
    await inspector(page).getByRole("button", { name: /^texte/ }).first().click();
    await page.getByRole("option", { name: "nombre" }).click();
    await inspector(page).getByLabel("Valeur au départ").first().click();
    await page.keyboard.type("1.05");
    assert.equal(await inspector(page).getByLabel("Valeur au départ").first().inputValue(), "1.05");
    await saved(page);
    assert.equal(draft(world).document.variables["order"]?.initial, 1.05);
    await close(seat);
  });
});

describe("the keyboard alone", () => {
  it("walks along the ways, adds a step in between, connects, edits, deletes and undoes", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    assert.equal(await page.locator(".react-flow__node[tabindex='0']").count(), 1);
    await step(page, "hours").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "recognise");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "menu");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "recognise");
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "hours");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "tomorrow");
    // L: which way, then where to.
    await page.keyboard.press("l");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("Ne veut pas");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByPlaceholder(/^Vers quelle étape/).fill("Ventes");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await saved(page);
    const declined = () => { const one = draft(world).document.steps["tomorrow"]; return one?.kind === "callback" ? one.declined : null; };
    assert.equal(declined(), "sales");
    // /: a message after this step's first open way, or beside it.
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "tomorrow");
    await page.keyboard.press("/");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("Fin");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-id") === "end");
    // Enter: into its fields.
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.closest("[data-inspector]") !== null);
    await step(page, "end").focus();
    await page.keyboard.press("Delete");
    await step(page, "end").waitFor({ state: "detached" });
    await page.keyboard.press("Control+Z");
    await step(page, "end").waitFor();
    await step(page, "end").focus();
    const before = draft(world).document.steps["end"]?.at;
    await page.keyboard.press("Shift+ArrowDown");
    await saved(page);
    const after = draft(world).document.steps["end"]?.at;
    assert.ok(after !== undefined && (before === undefined || after.y === before.y + 20), JSON.stringify([before, after]));
    assert.equal(await focused(page), "end");
    const zoom = page.getByRole("toolbar", { name: "Outils du canevas" }).locator("span", { hasText: "%" });
    const earlier = await zoom.innerText();
    await page.keyboard.press("+");
    await page.waitForFunction((was) => [...document.querySelectorAll("[role=toolbar] span")].some((span) => /%/.test(span.textContent ?? "") && span.textContent !== was), earlier);
    await page.keyboard.press("0");
    await close(seat);
  });
});
