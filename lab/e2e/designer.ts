/** The flow designer as an administrator works it, on a French screen. */
import type { Locator, Page } from "playwright-core";

/** Only ends a hopeless wait: what is proved first takes a moment, on a machine that does ten other things a minute. */
const PROVED_WITHIN_MS = 180_000;

export const step = (page: Page, id: string): Locator => page.locator(`.react-flow__node[data-id="${id}"]`);
export const way = (page: Page, id: string): Locator => page.locator(`.react-flow__edge[data-id="${id}"]`);
export const inspector = (page: Page): Locator => page.locator("[data-inspector]");
export const saved = (page: Page): Promise<void> => page.getByRole("status").getByText(/^(Enregistré|Saved)$/).waitFor();

export async function openFlow(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: /^(Parcours|Flows)$/ }).click();
  await page.getByRole("rowheader", { name }).click();
  await page.locator(".react-flow__node[data-id]").first().waitFor();
  await page.getByRole("button", { name: /^(Prouvé|Proved)|à corriger|to correct|to fix/ }).first().waitFor();
}

/** The server has proved what is on screen. */
export async function proved(page: Page): Promise<void> {
  await saved(page);
  await page.getByRole("button", { name: "Prouvé", exact: true }).waitFor({ timeout: PROVED_WITHIN_MS });
}

/** The publish dialog, proved, with its note written. */
export async function publishing(page: Page, note: string): Promise<void> {
  await page.getByRole("button", { name: "Publier…" }).click();
  await page.getByText("Une personne reste toujours à portée.").waitFor({ timeout: PROVED_WITHIN_MS });
  await page.getByLabel("Ce qui change").fill(note);
}

export async function published(page: Page, version: number): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: "Publier", exact: true }).click();
  await page.getByText(`Version ${version} publiée.`).waitFor({ timeout: PROVED_WITHIN_MS });
}

/** By keyboard: this way of the step leads to a new step of that kind. */
export async function draw(page: Page, from: string, port: RegExp, kind: string): Promise<void> {
  await step(page, from).click();
  await step(page, from).focus();
  await page.keyboard.press("l");
  await page.getByRole("menuitem", { name: port }).click();
  await page.getByRole("menuitem", { name: /^(Ajouter une étape|Add a step)$/ }).click();
  await page.getByPlaceholder(/Message, menu/i).fill(kind);
  await page.getByRole("menuitem", { name: new RegExp(`^${kind}`) }).first().click();
}
