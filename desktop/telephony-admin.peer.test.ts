/** The built administration of the telephone system in Chromium on the fixture: no finding of axe, and the main gestures by keyboard. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { startFixture } from "./dev/fixture-server.ts";
import type { Fixture } from "./dev/fixture-server.ts";
import type { World } from "./dev/fixture/world.ts";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let browser: Browser;
let fixture: Fixture;
let stop = async (): Promise<void> => {};

before(async () => {
  const dist = await mkdtemp(join(tmpdir(), "tandem-telephony-"));
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

async function open(section: string, { language = "fr", theme = "light", width = 1440, height = 900 }: { language?: string; theme?: "light" | "dark"; width?: number; height?: number } = {}): Promise<{ page: Page; world: World }> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${fixture.port}/admin?scene=floor&lang=${language}#${section}`);
  await page.locator("main h2").waitFor();
  const cookie = (await context.cookies()).find(({ name }) => name === "fixture");
  const world = fixture.world(cookie?.value ?? "");
  assert.ok(world !== undefined);
  return { page, world };
}

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axePath });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } };
    const { violations: found } = await axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`).join(" | ")}`);
  });
}

const save = (page: Page) => page.getByRole("button", { name: "Enregistrer", exact: true });
const tab = (name: string) => (page: Page) => page.getByRole("tab", { name }).click();

const states: { name: string; section: string; act?: (page: Page) => Promise<void> }[] = [
  { name: "settings", section: "telephony" },
  { name: "the calls", section: "calls" },
  { name: "outgoing calls", section: "security" },
  { name: "the network border", section: "security", act: tab("Entrée du réseau") },
  { name: "signed numbers", section: "security", act: tab("Numéros signés") },
  { name: "the journal", section: "security", act: tab("Journal") },
  { name: "bans", section: "security", act: tab("Bannis") },
  {
    name: "all that is folded of a trunk", section: "trunks",
    async act(page) {
      await page.locator("main [role=rowheader]").first().click();
      for (const fold of ["Numéros", "Chiffrement, identité, limites", "En-têtes SIP"]) await page.getByRole("dialog").getByRole("button", { name: fold }).click();
    },
  },
  {
    name: "a holder's choices", section: "extensions",
    async act(page) {
      await page.locator("main [role=rowheader]").first().click();
      await page.getByRole("button", { name: /Renvois, ne pas déranger/ }).click();
      await page.getByRole("switch", { name: "Ne pas déranger" }).waitFor();
    },
  },
  {
    name: "a rule with hours and a destination", section: "callerRules",
    async act(page) {
      await page.getByRole("rowheader").nth(1).click();
      await page.getByRole("toolbar", { name: "Jours" }).waitFor();
    },
  },
  {
    name: "a new seat with complaints", section: "extensions",
    async act(page) {
      await page.getByRole("button", { name: "Nouvelle place" }).click();
      await page.getByRole("button", { name: "Créer la place" }).click();
    },
  },
];

describe("accessibility (axe, every rule)", () => {
  for (const theme of ["light", "dark"] as const)
    for (const { name, section, act } of states)
      it(`${name}, ${theme}: no violation`, async () => {
        const { page } = await open(section, { theme });
        await page.locator("main form, main [role=grid], main table").first().waitFor();
        await act?.(page);
        assert.deepEqual(await violations(page), []);
        await page.context().close();
      });
});

describe("the telephone system's administration", () => {
  it("shows the calls under way and those that were, each with how it ended", async () => {
    const { page } = await open("calls");
    await page.getByText("parqué au 701").waitFor();
    assert.match(await page.getByRole("listitem").filter({ hasText: "Aïcha Diallo" }).innerText(), /Aïcha Diallo\s*202\s*→\s*\+33 6 12 84 90 47\s*En ligne\s*3:\d\d/);
    const rows = await page.getByRole("row").allInnerTexts();
    assert.equal(rows.length, 13);
    assert.match(rows.find((row) => row.includes("Filtré")) ?? "", /numéro masqué/);
    await page.context().close();
  });

  it("makes a seat in one form by keyboard: complaints in words, then the code, the address and the lines, once", async () => {
    const { page, world } = await open("extensions");
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
    await page.context().close();
  });

  it("gives a seat to somebody who is here: no name is asked, no sign-in password shown", async () => {
    const { page } = await open("extensions");
    await page.getByRole("button", { name: "Nouvelle place" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: /Pour/ }).click();
    await page.getByRole("option", { name: "Nadia Haddad" }).click();
    assert.equal(await form.getByLabel("Identifiant").count(), 0);
    await form.getByRole("button", { name: "Créer la place" }).click();
    await form.getByRole("img", { name: /QR code/ }).waitFor();
    assert.equal((await form.innerText()).includes("tilleul-orage-42"), false);
    await page.context().close();
  });

  it("writes a trunk: what is wrong inside a fold opens it, and an unchanged password is not sent as an empty one", async () => {
    const { page, world } = await open("trunks");
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
    await page.context().close();
  });

  it("keeps the order of a hunting group, changed by buttons", async () => {
    const { page, world } = await open("groups");
    await page.getByRole("rowheader", { name: "310" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Avancer 205 Damien Faure" }).click();
    await form.getByRole("button", { name: /Ajouter un poste/ }).click();
    await page.getByRole("option", { name: "209 Hugo Perrin" }).click();
    await save(page).click();
    await page.getByText("310 Comptabilité : enregistré").waitFor();
    assert.deepEqual(world.admin.groups.get("g2")?.extensionIds, ["e4", "e2", "e8"]);
    await page.context().close();
  });

  it("sets a holder's forward without touching the extension's own form", async () => {
    const { page, world } = await open("extensions");
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
    await page.context().close();
  });

  it("changes the rules against fraud, undoes, saves; lifts a ban", async () => {
    const { page, world } = await open("security");
    const rules = () => world.telephony.documents["fraud"] as { allowedCountries: string[]; spendPerHour: number };
    await page.getByRole("button", { name: "Retirer Suisse" }).click();
    await page.getByRole("button", { name: "Annuler les changements" }).click();
    await page.getByRole("button", { name: "Retirer Suisse" }).waitFor();
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
    await page.context().close();
  });

  it("fits 1280 x 720 and 1024 x 768 without a sideways scroll, every section", async () => {
    for (const [width, height] of [[1280, 720], [1024, 768]] as const)
      for (const section of ["extensions", "callerRules", "trunks", "routes", "security", "telephony"]) {
        const { page } = await open(section, { width, height });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${section} at ${width}`);
        await page.context().close();
      }
  });
});
