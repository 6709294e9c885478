/** For tests: the desktop, built as it is delivered, on the fixture, and a Chromium to look at it. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { launchShell, violations } from "../../lab/chromium.ts";
import { startFixture } from "./fixture-server.ts";
import type { Scene, World } from "./fixture/world.ts";

export interface Look {
  language?: "fr" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
}

export interface Screens {
  readonly address: string;
  /** A page of a new visitor, who is not signed in. */
  visit(path: string, look?: Look): Promise<Page>;
  /** A page of a new visitor, signed in, on a scene that begins anew; `world` is what the fixture holds for this visitor. */
  open(scene: Scene, path: string, look?: Look): Promise<{ page: Page; world: World }>;
  stop(): Promise<void>;
}

/** A theme changes nothing but colours: these are the rules that look at them. */
const RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds on a page that stands in light: every rule there, those of colours in dark too. */
export async function violationsInBothThemes(page: Page): Promise<string[]> {
  assert.equal(await page.evaluate(() => document.documentElement.dataset["theme"]), "light");
  const found = await violations(page);
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "dark"));
  const dark = await violations(page, RULES_OF_COLOURS);
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "light"));
  return [...found, ...dark.map((line) => `dark: ${line}`)];
}

/** Builds into a folder of its own and takes any free port: test files may run at once. */
export async function startScreens(): Promise<Screens> {
  const dist = await mkdtemp(join(tmpdir(), "tandem-screens-"));
  await build({ root: join(import.meta.dirname, ".."), logLevel: "error", build: { outDir: dist } });
  const browser = await launchShell();
  const fixture = await startFixture({ port: 0, dist });
  const address = `http://127.0.0.1:${fixture.port}`;

  async function visit(path: string, { language = "fr", theme = "light", width = 1440, height = 900 }: Look = {}): Promise<Page> {
    // The animations of opening must be over when colours are measured.
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(new URL(path, address).href);
    return page;
  }

  return {
    address,
    visit,
    async open(scene, path, look = {}) {
      const url = new URL(path, address);
      url.search = new URLSearchParams({ scene, lang: look.language ?? "fr" }).toString();
      const page = await visit(url.href, look);
      const cookie = (await page.context().cookies()).find(({ name }) => name === "fixture");
      const world = fixture.world(cookie?.value ?? "");
      assert.ok(world !== undefined, `the fixture has no scene ${scene}`);
      return { page, world };
    },
    async stop() {
      await browser.close();
      await fixture.stop();
      await rm(dist, { recursive: true, force: true });
    },
  };
}
