/** The built flow designer in Chromium on the fixture: no finding of axe, editing by pointer and by keyboard alone, the proof's path, two people, 500 steps. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { startFixture } from "./dev/fixture-server.ts";
import type { Fixture } from "./dev/fixture-server.ts";
import { secretsOf } from "./dev/fixture/outside.ts";
import type { World } from "./dev/fixture/world.ts";
import { violationsInBothThemes } from "./dev/test-screens.ts";

let browser: Browser;
let fixture: Fixture;
let stop = async (): Promise<void> => {};

before(async () => {
  const dist = await mkdtemp(join(tmpdir(), "tandem-flows-"));
  await build({ root: import.meta.dirname, logLevel: "error", build: { outDir: dist } });
  fixture = await startFixture({ port: 0, dist });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  stop = async () => {
    await browser.close();
    await fixture.stop();
    await rm(dist, { recursive: true, force: true });
  };
});
after(() => stop());

interface Seat {
  page: Page;
  world: World;
  /** What the console said that is no plain refusal of the fixture's telephony. */
  complaints: string[];
}

async function open(path: string, { language = "fr", theme = "light", width = 1440, height = 900 }: { language?: string; theme?: "light" | "dark"; width?: number; height?: number } = {}): Promise<Seat> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, reducedMotion: "reduce" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: `http://127.0.0.1:${fixture.port}` });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if ((message.type() === "error" || message.type() === "warning") && !/ 50[03] /.test(message.text()) && !/409|422/.test(message.text())) complaints.push(message.text());
  });
  const url = new URL(path, `http://127.0.0.1:${fixture.port}`);
  url.search = `scene=floor&lang=${language}`;
  await page.goto(url.href);
  await page.locator(path === "/flows" ? "main tbody tr" : path.startsWith("/admin") ? "main h2" : ".react-flow__node[data-id]").first().waitFor();
  const cookie = (await context.cookies()).find(({ name }) => name === "fixture");
  const world = fixture.world(cookie?.value ?? "");
  assert.ok(world !== undefined);
  return { page, world, complaints };
}

async function close({ page, complaints }: Seat): Promise<void> {
  await page.context().close();
  assert.deepEqual(complaints, []);
}

const step = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
const way = (page: Page, id: string) => page.locator(`.react-flow__edge[data-id="${id}"]`);
const inspector = (page: Page) => page.locator("[data-inspector]");
const saved = (page: Page) => page.getByRole("status").getByText("Enregistré", { exact: true }).waitFor();
const focused = (page: Page) => page.evaluate(() => (document.activeElement instanceof HTMLElement ? (document.activeElement.dataset["id"] ?? null) : null));
const draft = (world: World, id = "accueil") => {
  const kept = world.flows.get(id);
  assert.ok(kept !== undefined);
  return kept;
};
/** Until the server holds what is on screen and the proof of it is there. */
async function settled(page: Page): Promise<void> {
  await saved(page);
  await page.locator("header[data-region] button[aria-pressed]", { hasText: /corriger|Prouvé/ }).first().waitFor();
}

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
    const seat = await open("/flows");
    assert.deepEqual(await violationsInBothThemes(seat.page), []);
    await seat.page.getByRole("button", { name: "Nouveau parcours" }).click();
    await seat.page.getByRole("radio", { name: /Boutique/ }).click();
    await seat.page.getByRole("button", { name: /Ventes$/ }).waitFor();
    assert.deepEqual(await violationsInBothThemes(seat.page), []);
    await close(seat);
  });

  it("the designer in every state: no violation in either theme", async () => {
    const seat = await open("/flows/accueil");
    for (const [name, act] of states) {
      await act(seat.page);
      assert.deepEqual(await violationsInBothThemes(seat.page), [], name);
    }
    await close(seat);
  });

  it("fits 1280 x 720 in English without a sideways scroll", async () => {
    const seat = await open("/flows/accueil", { width: 1280, height: 720, language: "en" });
    await step(seat.page, "menu").click();
    assert.ok(await seat.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("aside, aside *, header")].every((e) => e.scrollWidth <= e.clientWidth + 1 || getComputedStyle(e).overflowX !== "auto")));
    await close(seat);
  });
});

describe("editing", () => {
  it("keeps what is typed as one change, saves it by itself, and undoes and redoes it", async () => {
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
    const { page } = seat;
    await step(page, "understand").click();
    await inspector(page).getByLabel("Si", { exact: true }).fill("customer.known &&");
    await inspector(page).getByText("L’expression n’est pas finie.").waitFor();
    await inspector(page).getByLabel("Si", { exact: true }).fill("data.nothing == 1");
    await inspector(page).getByText("« data.nothing » n’est pas une variable de ce parcours.").waitFor();
    await close(seat);
  });

  it("looks up a case in the place of the customer, by the same step", async () => {
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    const pane = await page.locator(".react-flow__pane").boundingBox();
    assert.ok(pane !== null);
    await page.mouse.click(pane.x + pane.width / 2, pane.y + 12);
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
    const seat = await open("/flows/accueil");
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
    const seat = await open("/flows/accueil");
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

describe("proof, tests, versions", () => {
  it("refuses to publish a flow with a way to nowhere, and draws the failing path step by step", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    const trapped = structuredClone(draft(world).document);
    const tracking = trapped.steps["tracking"];
    assert.ok(tracking?.kind === "assistant");
    tracking.failed = "nowhere";
    Object.assign(draft(world), { document: trapped, revision: 50 });
    world.tellFrame({ t: "flowChanged", flowId: "accueil", revision: 50, by: "sofia" });
    await page.getByRole("button", { name: "2 points à corriger" }).waitFor();
    await page.getByRole("button", { name: "Publier…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Un chemin ne mène à personne.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Publier", exact: true }).count(), 0);
    await dialog.getByRole("button", { name: "Voir le chemin fautif" }).click();
    await dialog.waitFor({ state: "detached" });
    for (const [id, number] of [["hours", "1"], ["recognise", "2"], ["menu", "3"], ["tracking", "4"]] as const) await step(page, id).locator("span", { hasText: new RegExp(`^${number}$`) }).first().waitFor();
    await step(page, "tracking").getByText("Cette suite ne mène nulle part").waitFor();
    for (const id of ["hours open", "recognise next", "menu choice:0"]) assert.match((await way(page, id).locator("path").first().getAttribute("style")) ?? "", /--alert/);
    assert.doesNotMatch((await way(page, "menu choice:1").locator("path").first().getAttribute("style")) ?? "", /--alert/);
    assert.equal(draft(world).versions.length, 2);
    await close(seat);
  });

  it("publishes what is proved, with a note, and shows it in the history", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    await page.getByRole("button", { name: "Publier…" }).click();
    await page.getByLabel("Ce qui change").fill("Messagerie plus longue");
    await page.getByRole("dialog").getByRole("button", { name: "Publier", exact: true }).click();
    await page.getByText("Version 14 publiée.").waitFor();
    assert.equal(draft(world).versions.at(-1)?.note, "Messagerie plus longue");
    await page.getByText(/v14, par Léa/).waitFor();
    await page.getByRole("button", { name: "Historique" }).click();
    const panel = page.getByRole("complementary", { name: "Détail" });
    await panel.getByText("Messagerie plus longue").waitFor();
    await panel.getByRole("button", { name: /^Version 14/ }).click();
    await panel.getByText("Durée au plus").waitFor();
    await panel.getByRole("button", { name: /^Version 12/ }).click();
    await panel.getByRole("button", { name: "Revenir à cette version…" }).click();
    await page.getByRole("button", { name: "Revenir", exact: true }).click();
    await page.getByText("Retour à la version 12.").waitFor();
    const back = draft(world).document.steps["message"];
    assert.equal(back?.kind === "voicemail" ? back.maxSeconds : null, 60);
    await close(seat);
  });

  it("tries the draft by keys, draws the way live, keeps the run as a test, and the test turns red when the flow changes", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    await page.getByRole("button", { name: "Essayer" }).click();
    await page.getByRole("menuitem", { name: "Essai par écrit" }).click();
    await page.getByRole("button", { name: "3, Conseil et achat" }).click();
    await page.getByRole("log").getByText("Une personne : Ventes").waitFor();
    assert.match((await way(page, "menu choice:2").locator("path").first().getAttribute("style")) ?? "", /--acc\)/);
    await page.getByRole("button", { name: "Garder comme test" }).click();
    await saved(page);
    assert.deepEqual(draft(world).document.tests[1]?.acts, [{ do: "keys", keys: "3" }]);
    await page.getByRole("button", { name: "Fermer l’essai" }).click();
    await page.getByRole("button", { name: "Tests", exact: true }).click();
    await page.getByRole("button", { name: "Tout lancer" }).click();
    await page.getByText("2 tests réussis").waitFor();
    const menu = draft(world).document.steps["menu"];
    assert.ok(menu?.kind === "menu");
    const changed = structuredClone(draft(world).document);
    changed.steps["menu"] = { ...menu, choices: menu.choices.map((choice) => (choice.key === "3" ? { ...choice, next: "lighting" } : choice)) };
    Object.assign(draft(world), { document: changed, revision: 60 });
    world.tellFrame({ t: "flowChanged", flowId: "accueil", revision: 60, by: "sofia" });
    await page.getByText("2 tests", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Tout lancer" }).click();
    await page.getByText("1 test échoue").waitFor();
    await close(seat);
  });

  it("follows a try-it call on the canvas by the stream", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    await page.evaluate(() => undefined);
    world.tellFrame({ t: "flowTried", flowId: "accueil", stepId: "hours", port: "open" });
    // Nobody tries from here: another tab's call draws nothing.
    assert.equal(await page.locator(".react-flow__edge path[style*='--acc)']").count(), 0);
    await close(seat);
  });
});

describe("two people", () => {
  const theirs = (world: World, change: (document: ReturnType<typeof draft>["document"]) => void): void => {
    const kept = draft(world);
    const document = structuredClone(kept.document);
    change(document);
    Object.assign(kept, { document, revision: kept.revision + 1, by: "sofia", byName: "Sofia Laurent" });
  };

  it("sees who else is here, and what they change, at once", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    world.tellFrame({ t: "flowEditing", flowId: "accueil", users: [{ id: world.me.id, name: world.me.name }, { id: "sofia", name: "Sofia Laurent" }] });
    await page.getByRole("list", { name: "Aussi ici : Sofia Laurent" }).waitFor();
    theirs(world, (document) => { document.name = "Accueil d’hiver"; });
    world.tellFrame({ t: "flowChanged", flowId: "accueil", revision: draft(world).revision, by: "sofia" });
    await page.getByRole("heading", { name: "Accueil d’hiver" }).waitFor();
    await page.getByText("Les changements de Sofia Laurent ont été joints aux vôtres.").waitFor();
    await close(seat);
  });

  it("puts changes of different steps together without asking, also when the save met them", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    await step(page, "message").click();
    // Sofia saved, and her event has not come yet: the server answers 409.
    theirs(world, (document) => { const bye = document.steps["bye"]; if (bye?.kind === "end") bye.exception = "Changé par Sofia"; });
    await inspector(page).getByLabel("Annonce", { exact: true }).fill("Le mien");
    await page.getByText("Les changements de Sofia Laurent ont été joints aux vôtres.").waitFor();
    await saved(page);
    const { steps } = draft(world).document;
    assert.equal(steps["bye"]?.kind === "end" ? steps["bye"].exception : null, "Changé par Sofia");
    assert.equal(steps["message"]?.kind === "voicemail" ? steps["message"].says.sounds.fr : null, "Le mien");
    // Undo takes back mine, never hers.
    await page.getByRole("button", { name: "Annuler", exact: true }).click();
    await saved(page);
    const after = draft(world).document.steps;
    assert.equal(after["bye"]?.kind === "end" ? after["bye"].exception : null, "Changé par Sofia");
    assert.equal(after["message"]?.kind === "voicemail" ? after["message"].says.sounds.fr : null, "Laissez un message.");
    await close(seat);
  });

  it("asks for a choice where both changed the same step, with both versions in sight", async () => {
    const seat = await open("/flows/accueil");
    const { page, world } = seat;
    await step(page, "message").click();
    theirs(world, (document) => { const message = document.steps["message"]; if (message?.kind === "voicemail") message.says = { sounds: { fr: "Celui de Sofia", en: "Leave a message." } }; });
    await inspector(page).getByLabel("Annonce", { exact: true }).fill("Le mien");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Sofia Laurent a changé la même chose").waitFor();
    await dialog.getByText("Celui de Sofia").waitFor();
    await dialog.getByText("Le mien").waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    assert.equal(await dialog.getByRole("button", { name: "Continuer" }).isDisabled(), true);
    await dialog.getByRole("button", { name: "Prendre celle de Sofia Laurent" }).click();
    await dialog.getByRole("button", { name: "Continuer" }).click();
    await dialog.waitFor({ state: "detached" });
    await saved(page);
    assert.equal(await inspector(page).getByLabel("Annonce", { exact: true }).inputValue(), "Celui de Sofia");
    await close(seat);
  });
});

describe("the list", () => {
  it("opens a flow by keyboard, finds without accents, and begins a new one from a template", async () => {
    const seat = await open("/flows");
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
    const seat = await open("/flows");
    const { page, world } = seat;
    world.me = { ...world.me, roles: ["agent", "supervisor"] };
    await page.goto(`http://127.0.0.1:${fixture.port}/flows/accueil`);
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
    const seat = await open("/admin#outside");
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
    // The designer offers it, and says when a step names one that is not there.
    await page.goto(`http://127.0.0.1:${fixture.port}/flows/accueil`);
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
  it("draws only what is in view, and a change draws one card again", async () => {
    const seat = await open("/flows/grand");
    const { page } = seat;
    const drawn = await page.locator(".react-flow__node").count();
    assert.ok(drawn > 5 && drawn < 60, `${drawn} of 501 cards drawn`);
    await step(page, "step-0").click();
    await page.keyboard.press("Control+A");
    await page.getByText("500 étapes choisies").waitFor();
    await close(seat);
  });
});
