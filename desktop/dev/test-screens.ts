/** For tests: the desktop, built as it is delivered, on the fixture, and a Chromium to look at it. */
import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { launchShell, RULES_OF_COLOURS, violations } from "../../lab/chromium.ts";
import { startFixture } from "./fixture-server.ts";
import type { Scene, World } from "./fixture/world.ts";

export interface Look {
  language?: "fr" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
}

export interface Opened {
  page: Page;
  world: World;
}

export interface Screens {
  readonly address: string;
  /** A page of a new visitor, who is not signed in. Pages that stayed open are closed: one at a time, closed by `page.close()`. */
  visit(path: string, look?: Look): Promise<Page>;
  /** A page of a new visitor, signed in, on a scene that begins anew; `world` is what the fixture holds for this visitor. `meet`: has the page before it goes anywhere. */
  open(scene: Scene, path: string, look?: Look, meet?: (page: Page) => void): Promise<Opened>;
}

/** What axe finds on a page that stands in light: every rule there, those of colours in dark too. */
export async function violationsInBothThemes(page: Page): Promise<string[]> {
  assert.equal(await page.evaluate(() => document.documentElement.dataset["theme"]), "light");
  const found = await violations(page);
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "dark"));
  const dark = await violations(page, RULES_OF_COLOURS);
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "light"));
  return [...found, ...dark.map((line) => `dark: ${line}`)];
}

/** What stands on a page, to be looked at: gone to at `path`, then led on by `act`. */
export interface State {
  name: string;
  path: string;
  act?: (page: Page) => Promise<unknown>;
  /** `act` leads here from where the state before ended, too. */
  goesOn?: true;
}

/**
 * A test a state. They share a page: another part of the same page (after #) is gone to inside the application, as a person does;
 * where an act has to be undone, or a state before failed, the page begins anew.
 */
export function noViolationsInStates(screens: Screens, scene: Scene, ready: (page: Page) => Promise<unknown>, states: readonly State[]): void {
  let left: { page: Page; at: string; acted: boolean } | null = null;
  for (const { name, path, act, goesOn } of states)
    it(`${name}: no violation in either theme`, async () => {
      const [at = "", part = ""] = path.split("#");
      const begun = left;
      left = null;
      const { page } = begun !== null && begun.at.split("#")[0] === at && !(begun.acted && begun.at === path && goesOn !== true) ? begun : await screens.open(scene, path);
      if (begun?.page === page && begun.at !== path) {
        await page.evaluate((to) => (location.hash = to), part);
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      if (begun?.page !== page || goesOn !== true) await ready(page);
      await act?.(page);
      assert.deepEqual(await violationsInBothThemes(page), []);
      left = { page, at: path, acted: act !== undefined };
    });
}

/** As `npm test` built it, else built for this file; in a folder of its own, so that nobody who builds meanwhile changes it. */
async function built(dist: string): Promise<void> {
  const desktop = join(import.meta.dirname, "..");
  if (process.env["TANDEM_SCREENS_BUILT"] === "1") return cp(join(desktop, "dist"), dist, { recursive: true });
  const { build } = await import("vite");
  await build({ root: desktop, logLevel: "error", build: { outDir: dist } });
}

/**
 * For one test file, stopped at its end; it takes any free port, test files may run at once. A browser's context is kept for each look, and
 * a blank page in it: Chromium then keeps one process with the application's code read and compiled, which costs more than most tests. (The
 * larger space for young objects spares it a tenth of the processor: a page is loaded, looked at and gone.)
 */
export async function startScreens(): Promise<Screens> {
  const dist = await mkdtemp(join(tmpdir(), "tandem-screens-"));
  await built(dist);
  const fixture = await startFixture({ port: 0, dist });
  const browser = await launchShell(["--process-per-site", "--js-flags=--min-semi-space-size=32"]);
  const address = `http://127.0.0.1:${fixture.port}`;
  const kept = new Map<string, { context: BrowserContext; blank: Page }>();
  after(async () => {
    await browser.close();
    await fixture.stop();
    await rm(dist, { recursive: true, force: true });
  });

  async function contextOf({ language = "fr", theme = "light", width = 1440, height = 900 }: Look): Promise<BrowserContext> {
    const key = JSON.stringify([language, theme, width, height]);
    const known = kept.get(key);
    if (known !== undefined) {
      for (const page of known.context.pages()) if (page !== known.blank) await page.close();
      await known.context.clearCookies();
      await known.blank.evaluate(() => localStorage.clear());
      return known.context;
    }
    // The animations of opening must be over when colours are measured.
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, reducedMotion: "reduce" });
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: address });
    const blank = await context.newPage();
    await blank.goto(`${address}/favicon.svg`);
    kept.set(key, { context, blank });
    return context;
  }

  async function visit(path: string, look: Look = {}, meet: (page: Page) => void = () => {}): Promise<Page> {
    const page = await (await contextOf(look)).newPage();
    meet(page);
    await page.goto(new URL(path, address).href);
    return page;
  }

  return {
    address,
    visit,
    async open(scene, path, look = {}, meet) {
      const url = new URL(path, address);
      url.search = new URLSearchParams({ scene, lang: look.language ?? "fr" }).toString();
      const page = await visit(url.href, look, meet);
      const cookie = (await page.context().cookies()).find(({ name }) => name === "fixture");
      const world = fixture.world(cookie?.value ?? "");
      assert.ok(world !== undefined, `the fixture has no scene ${scene}`);
      return { page, world };
    },
  };
}
