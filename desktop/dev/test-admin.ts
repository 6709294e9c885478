/** For tests of the administration: its pages, and how a person works what stands on them. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { World } from "./fixture/world.ts";
import type { Look, Opened, Screens } from "./test-screens.ts";

export async function openSection(screens: Screens, section: string, look: Look = {}): Promise<Opened> {
  const opened = await screens.open("floor", `/admin#${section}`, look);
  await opened.page.locator("main h2").waitFor();
  return opened;
}

/** Until a section shows what it holds. */
export const sectionShown = (page: Page): Promise<void> => page.locator("main form, main table, main [role=grid], main ol").first().waitFor();

export const tab = (name: string) => async (page: Page): Promise<void> => {
  await page.getByRole("tab", { name, exact: true }).click();
  await page.getByRole("tab", { name, exact: true, selected: true }).waitFor();
  await page.locator("main form, main table, main [role=grid]").first().waitFor();
};

/** The sheet of a row of the page's table. */
export const row = (name: string) => async (page: Page): Promise<Locator> => {
  await page.getByRole("rowheader", { name, exact: true }).click();
  const sheet = page.getByRole("dialog");
  await sheet.locator("form").first().waitFor();
  return sheet;
};

export async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await field.click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** What a select is called, its value apart. */
export const select = (within: Locator | Page, name: string): Locator => within.getByRole("button", { name: new RegExp(`${name}$`) });

/** A box or a switch, by the keyboard. */
export async function toggle(page: Page, box: Locator): Promise<void> {
  await box.focus();
  await page.keyboard.press("Space");
}

/** Of the first form: a sheet has several. */
export async function save(page: Page, within: Locator | Page = page, name = "Enregistrer"): Promise<void> {
  const sent = page.waitForResponse((response) => response.request().method() === "PUT");
  await within.getByRole("button", { name, exact: true }).first().click();
  assert.ok((await sent).ok());
}

/** What the fixture keeps of a setting, by its key and its queue ("" for the whole centre). */
export const stored = (world: World, key: string): unknown => world.service.settings.get(key);
