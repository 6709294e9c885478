/** The built floor and administration in Chromium on the fixture: no finding of axe, and the main gestures. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { noViolationsInStates, startScreens, violationsInBothThemes } from "./dev/test-screens.ts";
import type { Look, Opened, State } from "./dev/test-screens.ts";

const screens = await startScreens();

const shown = (page: Page): Promise<void> => page.locator("main [role=grid]").first().waitFor();
async function open(path: string, look: Look = {}): Promise<Opened> {
  const opened = await screens.open("floor", path, look);
  await shown(opened.page);
  return opened;
}

const tile = (page: Page, name: string) => page.locator("button[data-roving]", { hasText: name });

/** Beside the page, or over it. */
const opens = (act: (page: Page) => Promise<unknown>) => async (page: Page): Promise<void> => {
  await act(page);
  await page.locator("[role=dialog], aside h2").first().waitFor();
};

const states: State[] = [
  { name: "the floor", path: "/floor" },
  { name: "an agent on the floor", path: "/floor", act: (page) => tile(page, "Hugo Perrin").click() },
  {
    name: "the end of a call, asked", path: "/floor",
    async act(page) {
      await tile(page, "Hugo Perrin").click();
      await page.getByRole("button", { name: "Terminer l’appel…" }).click();
    },
  },
  {
    name: "somebody waiting in a queue", path: "/floor",
    async act(page) {
      await page.getByRole("row", { name: /SAV Luminaires/ }).click();
      await page.locator("aside li button").first().click();
    },
  },
  ...["users", "queues", "skills", "numbers", "phones", "dispositions", "extensions", "groups", "rooms", "pages", "callerRules", "speedDials", "trunks", "routes", "sipRoles"].flatMap((kind) => [
    { name: `administration, ${kind}`, path: `/admin#${kind}` },
    { name: `administration, a form of ${kind}`, path: `/admin#${kind}`, act: (page: Page) => page.locator("main [role=rowheader]").first().click() },
  ]),
  {
    name: "a form with complaints", path: "/admin#numbers",
    async act(page) {
      await page.getByRole("button", { name: "Nouveau numéro" }).click();
      await page.getByRole("button", { name: "Créer" }).click();
    },
  },
];

describe("accessibility (axe, every rule)", () => {
  noViolationsInStates(screens, "floor", shown, states.map(({ act, ...state }) => ({ ...state, ...(act === undefined ? {} : { act: opens(act) }) })));
});

describe("a page that cannot be drawn", () => {
  it("says so in its own place; what is around it, calls above all, goes on, and other pages open", async () => {
    const { page } = await screens.open("floor", "/");
    await page.locator("[aria-label][data-region]").first().waitFor();
    await page.route(/\/assets\/floor-page-.*\.js$/, (route) => route.fulfill({ contentType: "text/javascript", body: "export const FloorPage = () => { throw new Error('a mistake of ours'); };" }));
    const toFloor = page.getByRole("link", { name: "Plateau en direct" });
    await toFloor.click();
    await page.getByRole("main").getByRole("alert").getByText("Cette page n’a pas pu s’afficher").waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    await page.getByRole("button", { name: "Réessayer" }).click();
    await page.getByRole("main").getByRole("alert").waitFor();
    await page.getByRole("link", { name: "Bureau" }).click();
    await page.locator("[aria-label][data-region]").first().waitFor();
    await page.close();
  });
});

describe("the floor", () => {
  it("fits 1280 x 720 and 1024 x 768 without a sideways scroll", async () => {
    for (const [width, height] of [[1280, 720], [1024, 768]] as const) {
      const { page } = await open("/floor", { width, height });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("main *")].every((e) => e.scrollWidth <= e.clientWidth + 1 || getComputedStyle(e).overflowX !== "auto")));
      await page.close();
    }
  });

  it("is one tab stop for all queues and one for all tiles, with arrows between", async () => {
    const { page } = await open("/floor");
    assert.equal(await page.locator("[data-roving][tabindex='0']").count(), 2);
    await page.locator("tr[data-roving]").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("aside h2", { hasText: "Remplacements" }).waitFor();
    await page.locator("button[data-roving]").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /Estelle Brun/);
    await page.keyboard.press("End");
    assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /Nadia Haddad/);
    await page.close();
  });

  it("keeps its order while numbers move, and follows events", async () => {
    const { page, world } = await open("/floor");
    const names = () => page.locator("tr[data-roving] th").allInnerTexts();
    const before = await names();
    const ventes = world.queues.get("ventes");
    assert.ok(ventes !== undefined);
    const changed = { ...ventes, waiting: 27, oldestSinceMs: Date.now() - 600_000 };
    world.queues.set("ventes", changed);
    world.tell({ kind: "queue", value: changed });
    await page.locator("tr[data-roving]", { hasText: "Ventes" }).locator("td", { hasText: "27" }).waitFor();
    assert.deepEqual(await names(), before);
    await page.locator("li", { hasText: "Ventes dépasse" }).waitFor();
    await page.close();
  });

  it("ends a call only after asking, with the safe choice focused", async () => {
    const { page, world } = await open("/floor");
    await tile(page, "Hugo Perrin").click();
    await page.getByRole("button", { name: "Terminer l’appel…" }).click();
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Garder l’appel");
    await page.keyboard.press("Enter");
    const callOf = () => world.agents.get("hugo.perrin")?.load["voice"]?.length ?? 0;
    assert.equal(callOf(), 1);
    await page.getByRole("button", { name: "Terminer l’appel…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Terminer" }).click();
    await page.getByRole("button", { name: "Terminer l’appel…" }).waitFor({ state: "detached" });
    assert.equal(callOf(), 0);
    await page.close();
  });

  it("acts on a decision, and takes it back", async () => {
    const { page, world } = await open("/floor");
    await page.getByRole("button", { name: "Passer Léo hors ligne" }).click();
    await page.locator("li", { hasText: "ne répond pas" }).waitFor({ state: "detached" });
    assert.equal(world.agents.get("leo.garnier")?.wish, "offline");
    await page.getByRole("button", { name: "Annuler" }).click();
    await tile(page, "Léo Garnier").locator("text=Disponible").waitFor();
    assert.equal(world.agents.get("leo.garnier")?.wish, "available");
    await page.close();
  });
});

describe("administration", () => {
  it("says in words what is wrong, then creates, and shows the password once", async () => {
    const { page, world } = await open("/admin");
    await page.getByRole("button", { name: "Nouvel utilisateur" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Créer" }).click();
    await form.getByText("Il manque un nom").waitFor();
    await form.getByLabel("Nom").fill("Zoé Ünlü");
    assert.equal(await form.getByLabel("Identifiant").inputValue(), "zoe.unlu");
    // Taken: only the server knows, its words stand at the field.
    await form.getByLabel("Identifiant").fill("hugo.perrin");
    await form.getByRole("button", { name: "Créer" }).click();
    await form.getByText("L’identifiant « hugo.perrin » est déjà pris.").waitFor();
    await form.getByLabel("Identifiant").fill("zoe.unlu");
    await form.getByRole("button", { name: "Créer" }).click();
    await form.getByText("tilleul-orage-42").waitFor();
    await form.getByRole("button", { name: "C’est noté" }).click();
    await page.getByRole("rowheader", { name: "Zoé Ünlü" }).waitFor();
    const made = [...world.admin.users.values()].find((user) => user.login === "zoe.unlu");
    assert.deepEqual([made?.name, made?.roles, made?.capacity], ["Zoé Ünlü", ["agent"], { voice: 1, chat: 4 }]);
    await page.close();
  });

  it("changes a queue's limits in seconds for milliseconds, and asks before losing changes", async () => {
    const { page, world } = await open("/admin#queues");
    await page.getByRole("rowheader", { name: "SAV Luminaires" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Attente au plus").fill("95");
    await page.keyboard.press("Tab");
    await form.getByRole("button", { name: "Fermer" }).click();
    await form.getByText("Des changements ne sont pas enregistrés.").waitFor();
    await form.getByRole("button", { name: "Continuer" }).click();
    await form.getByRole("button", { name: "Enregistrer" }).click();
    await form.waitFor({ state: "detached" });
    assert.equal(world.admin.queues.get("sav")?.maxWaitMs, 95_000);
    await page.close();
  });

  it("finds without accents, sorts by a column, deletes after naming the effect", async () => {
    const { page, world } = await open("/admin");
    await page.getByRole("searchbox").fill("elod");
    await page.getByText("1 sur 40").waitFor();
    await page.getByRole("searchbox").fill("");
    await page.getByRole("columnheader", { name: "Nom" }).click();
    await page.getByRole("rowheader", { name: "Nora Schmitt" }).first().waitFor();
    assert.match((await page.getByRole("rowheader").first().innerText()) ?? "", /Nora Schmitt/);
    await page.getByRole("rowheader", { name: "Nora Schmitt" }).click();
    await page.getByRole("button", { name: "Supprimer…" }).click();
    await page.getByText("Ses sessions sont fermées").waitFor();
    await page.getByRole("button", { name: "Supprimer", exact: true }).click();
    await page.getByRole("rowheader", { name: "Nora Schmitt" }).waitFor({ state: "detached" });
    assert.equal(world.admin.users.has("nora.schmitt"), false);
    await page.close();
  });

  it("lets a supervisor look but not change", async () => {
    const { page, world } = await open("/admin");
    world.me = { ...world.me, roles: ["agent", "supervisor"] };
    await page.goto(`${screens.address}/admin`);
    await page.getByText("Un administrateur peut modifier.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Nouvel utilisateur" }).count(), 0);
    await page.getByRole("rowheader", { name: "Hugo Perrin" }).click();
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.close();
  });
});
