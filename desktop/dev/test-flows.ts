/** For tests of the flow designer: a seat in it whose console is listened to, and what a test looks at. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { World } from "./fixture/world.ts";
import type { Look, Opened, Screens } from "./test-screens.ts";

export interface Seat extends Opened {
  /** What the console said that is no plain refusal of the fixture's telephony. */
  complaints: string[];
}

/** Until the canvas stands where it opens: what is pressed before moves away under the pointer. */
const placed = async (page: Page): Promise<void> => {
  await page.locator(".react-flow__node[data-id]").first().waitFor();
  await page.waitForFunction(() => !/translate\(0px, ?0px\)/.test(document.querySelector<HTMLElement>(".react-flow__viewport")?.style.transform ?? "translate(0px,0px)"));
};

export async function openSeat(screens: Screens, path: string, look: Look = {}): Promise<Seat> {
  const complaints: string[] = [];
  const { page, world } = await screens.open("floor", path, look, (met) => {
    met.on("pageerror", (error) => complaints.push(error.message));
    met.on("console", (message) => {
      if ((message.type() === "error" || message.type() === "warning") && !/ 50[03] /.test(message.text()) && !/409|422/.test(message.text())) complaints.push(message.text());
    });
  });
  if (path === "/flows") await page.locator("main tbody tr").first().waitFor();
  else if (path.startsWith("/admin")) await page.locator("main h2").first().waitFor();
  else await placed(page);
  return { page, world, complaints };
}

/** The same visitor on another page, loaded anew. */
export async function goTo(screens: Screens, { page }: Seat, path: string): Promise<void> {
  await page.goto(new URL(path, screens.address).href);
  await placed(page);
}

export async function close({ page, complaints }: Seat): Promise<void> {
  await page.close();
  assert.deepEqual(complaints, []);
}

export const step = (page: Page, id: string): Locator => page.locator(`.react-flow__node[data-id="${id}"]`);
export const way = (page: Page, id: string): Locator => page.locator(`.react-flow__edge[data-id="${id}"]`);
export const inspector = (page: Page): Locator => page.locator("[data-inspector]");
export const saved = (page: Page): Promise<void> => page.getByRole("status").getByText("Enregistré", { exact: true }).waitFor();

/** What the fixture holds of a flow. */
export function draft(world: World, id = "accueil"): NonNullable<ReturnType<World["flows"]["get"]>> {
  const kept = world.flows.get(id);
  assert.ok(kept !== undefined);
  return kept;
}
