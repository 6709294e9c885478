/** The built Telephone page in Chromium on the fixture: no finding of axe in either theme and at every width, all of it by keyboard, lists that keep still. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { RULES_OF_COLOURS, violations } from "../lab/chromium.ts";
import { startScreens } from "./dev/test-screens.ts";
import type { Look, Opened } from "./dev/test-screens.ts";

const screens = await startScreens();

const desktop = { width: 1440, height: 900 };
const mobile = { width: 390, height: 844 };

async function open(look: Look = {}): Promise<Opened> {
  const opened = await screens.open("floor", "/phone", { language: "en", ...look });
  await opened.page.getByRole("heading", { name: /201/ }).waitFor();
  return opened;
}

const tab = (page: Page, name: RegExp): Promise<void> => page.getByRole("tab", { name }).click();

describe("axe finds nothing", () => {
  for (const theme of ["light", "dark"] as const)
    for (const viewport of [desktop, mobile])
      it(`${theme}, ${viewport.width} px`, async () => {
        const { page } = await open({ theme, ...viewport });
        const found = (on: Page): Promise<string[]> => violations(on, theme === "light" ? null : RULES_OF_COLOURS);
        await page.getByRole("listitem").filter({ hasText: "Karim Benali" }).waitFor();
        assert.deepEqual(await found(page), [], "calls");
        await tab(page, /^Directory/);
        await page.getByRole("listitem").filter({ hasText: "Bastien Roy" }).waitFor();
        assert.deepEqual(await found(page), [], "directory");
        await tab(page, /^Messages/);
        await page.getByRole("button", { name: /^Listen to Karim/ }).click();
        assert.deepEqual(await found(page), [], "messages");
        if (viewport === mobile) {
          for (const name of [/^Settings/, /^Keypad/]) {
            await tab(page, name);
            assert.deepEqual(await found(page), [], String(name));
            assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, "nothing sticks out");
          }
        }
        await page.close();
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
    await page.close();
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
    // Reading again fails once, as while a server restarts: what was read stays in sight, with what is typed beside it.
    const field = page.getByRole("textbox", { name: "Name, number or code" });
    await field.fill("0612");
    const mine = /\/api\/telephony\/me\/(extension|history)/;
    await page.route(mine, (route) => route.fulfill({ status: 500, json: { code: "internal", why: "" } }));
    await Promise.all(["extension", "history"].map((of) => page.waitForResponse((response) => response.status() === 500 && response.url().includes(`/me/${of}`))));
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    assert.equal(await rows.first().innerText(), before);
    assert.equal(await field.inputValue(), "0612");
    await page.unroute(mine);
    await page.getByRole("button", { name: "1 new call, show" }).click();
    await rows.first().filter({ hasText: "Hugo Perrin" }).waitFor();
    await page.close();
  });
});

it("who has no extension is told what it takes; who has no role sees the telephone and nothing else", async () => {
  const { page, world } = await open();
  world.me = { ...world.me, roles: [] };
  world.admin.extensions.delete("e0");
  world.telephony.voicemails.length = 0;
  await page.goto(`${screens.address}/`);
  await page.getByText("No extension in your name yet").waitFor();
  assert.deepEqual(await page.getByRole("navigation").getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("aria-label"))), ["Telephone"]);
  assert.deepEqual(await violations(page), []);
  await page.close();
});
