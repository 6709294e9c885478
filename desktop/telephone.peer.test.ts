/** The built Telephone page in Chromium on the fixture: no finding of axe in either theme and at every width, all of it by keyboard, lists that keep still. */
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
  const dist = await mkdtemp(join(tmpdir(), "tandem-telephone-"));
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

const desktop = { width: 1440, height: 900 };
const mobile = { width: 390, height: 844 };

async function open({ language = "en", theme = "light", viewport = desktop }: { language?: string; theme?: "light" | "dark"; viewport?: { width: number; height: number } } = {}): Promise<{ page: Page; world: World }> {
  const context = await browser.newContext({ viewport, colorScheme: theme, locale: language, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`http://127.0.0.1:${fixture.port}/phone?scene=floor&lang=${language}`);
  await page.getByRole("heading", { name: /201/ }).waitFor();
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

const tab = (page: Page, name: RegExp): Promise<void> => page.getByRole("tab", { name }).click();

describe("axe finds nothing", () => {
  for (const theme of ["light", "dark"] as const)
    for (const viewport of [desktop, mobile])
      it(`${theme}, ${viewport.width} px`, async () => {
        const { page } = await open({ theme, viewport });
        await page.getByRole("listitem").filter({ hasText: "Karim Benali" }).waitFor();
        assert.deepEqual(await violations(page), [], "calls");
        await tab(page, /^Directory/);
        await page.getByRole("listitem").filter({ hasText: "Bastien Roy" }).waitFor();
        assert.deepEqual(await violations(page), [], "directory");
        await tab(page, /^Messages/);
        await page.getByRole("button", { name: /^Listen to Karim/ }).click();
        assert.deepEqual(await violations(page), [], "messages");
        if (viewport === mobile) {
          for (const name of [/^Settings/, /^Keypad/]) {
            await tab(page, name);
            assert.deepEqual(await violations(page), [], String(name));
            assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, "nothing sticks out");
          }
        }
        await page.context().close();
      });
});

describe("by keyboard", () => {
  it("a name of the directory is typed and recognised; the keypad, the tabs, a message and its deletion", async () => {
    const { page, world } = await open();
    await page.keyboard.press("Alt+d");
    await page.waitForURL((url) => url.pathname === "/");
    await page.keyboard.press("Alt+p");
    await page.waitForURL((url) => url.pathname === "/phone");
    const field = page.getByRole("textbox", { name: "Name, number or code" });
    await field.focus();
    await page.keyboard.type("elodie");
    await page.getByText("Élodie Picard · 206").waitFor();
    await page.getByRole("tab", { name: /^Calls/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Delete the message from Karim Benali" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Listen to Karim/ }).waitFor({ state: "hidden" });
    assert.deepEqual(world.telephony.voicemails.map(({ id }) => id), ["v1", "v2"]);
    await page.getByRole("switch", { name: "Do not disturb" }).focus();
    await page.keyboard.press("Space");
    await page.getByText("Do not disturb is on: nothing rings here.").waitFor();
    await page.context().close();
  });
});

describe("lists keep still", () => {
  it("a call that comes while the mouse is on the history waits behind a button", async () => {
    const { page, world } = await open();
    const rows = page.getByRole("tabpanel").getByRole("listitem");
    await rows.filter({ hasText: "Karim Benali" }).hover();
    const before = await rows.first().innerText();
    world.telephony.myCalls.unshift({ ...world.telephony.myCalls[0]!, id: "fresh", fromNumber: "209", fromName: "Hugo Perrin", startedAtMs: Date.now() });
    await page.getByRole("button", { name: "1 new call, show" }).waitFor();
    assert.equal(await rows.first().innerText(), before);
    await page.getByRole("button", { name: "1 new call, show" }).click();
    await rows.first().filter({ hasText: "Hugo Perrin" }).waitFor();
    await page.context().close();
  });
});

it("who has no extension is told what it takes; who has no role sees the telephone and nothing else", async () => {
  const { page, world } = await open();
  world.me = { ...world.me, roles: [] };
  world.admin.extensions.delete("e0");
  world.telephony.voicemails.length = 0;
  await page.goto(`http://127.0.0.1:${fixture.port}/`);
  await page.getByText("No extension in your name yet").waitFor();
  assert.deepEqual(await page.getByRole("navigation").getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("aria-label"))), ["Telephone"]);
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});
