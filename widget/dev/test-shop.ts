/** For tests: the demonstration shop with the built widget, on the fixture that speaks the wire, a Chromium to visit it, and what a visitor does. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchShell, MICROPHONE, violations } from "../../lab/chromium.ts";
import { newOffer } from "./fixture-offer.ts";
import type { OfferFixture } from "./fixture-offer.ts";
import { startFixture } from "./fixture-server.ts";
import type { Fixture } from "./fixture-server.ts";

export const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Between two acts of the canned people. */
const PACE_MS = 60;
/** Ends a wait for what does not come; nothing here takes that long, even on a busy machine. */
const HOPELESS_MS = 30_000;

export interface Look {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
}

type Visitor = NonNullable<ReturnType<Fixture["visitors"]["get"]>>;

export interface Shop {
  readonly browser: Browser;
  readonly fixture: Fixture;
  /** The build that is visited. */
  readonly dist: string;
  /** A visitor's browser; whoever asks for it closes it. */
  visit(look?: Look): Promise<BrowserContext>;
  /** A page of the shop with the widget on it. */
  shop(context: BrowserContext, path?: string): Promise<Page>;
  /** All the way to an adviser who has answered once. */
  toAdviser(page: Page, first: string): Promise<void>;
  /** Who wrote this. */
  visitorOf(text: string): Visitor;
  /** What the fixture holds of whoever wrote this, in order. */
  stored(text: string): string[];
  /** The widget, opened, where the fixture answers these options; null: it answers nothing. */
  deflected(options: OfferFixture["options"], look?: Look, path?: string): Promise<{ context: BrowserContext; page: Page }>;
  backToUsual(context: BrowserContext): Promise<void>;
}

/** As `npm test` built it, else built for this file; in a folder of its own, so that nobody who builds meanwhile changes it. */
function built(dist: string): void {
  const widget = join(import.meta.dirname, "..");
  if (process.env["TANDEM_SCREENS_BUILT"] === "1") cpSync(join(widget, "dist"), dist, { recursive: true });
  else execFileSync(process.execPath, [join(widget, "../node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], { cwd: widget, stdio: "inherit", env: { ...process.env, TANDEM_WIDGET_DIST: dist } });
}

/** For one test file, stopped at its end; it takes any free port, test files may run at once. */
export async function startShop(): Promise<Shop> {
  const dist = mkdtempSync(join(tmpdir(), "tandem-widget-"));
  built(dist);
  const fixture = await startFixture({ dist });
  const browser = await launchShell(MICROPHONE);
  after(async () => {
    await browser.close();
    await fixture.close();
    rmSync(dist, { recursive: true });
  });

  async function visit({ width = 1280, height = 800, theme = "light" }: Look = {}): Promise<BrowserContext> {
    fixture.paceMs = PACE_MS;
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: "fr-FR", permissions: ["microphone"], reducedMotion: "reduce" });
    context.setDefaultTimeout(HOPELESS_MS);
    return context;
  }

  async function shop(context: BrowserContext, path = "alba.html?lang=fr"): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => assert.fail(error));
    await page.goto(`${fixture.url}/shop/${path}`);
    await page.locator(".launcher, .panel").first().waitFor();
    return page;
  }

  const visitorOf = (text: string): Visitor => [...fixture.visitors.values()].find((v) => v.messages.some((m) => m.text === text)) ?? assert.fail(`no visitor wrote ${text}`);

  return {
    browser, fixture, dist, visit, shop, visitorOf,
    stored: (text) => visitorOf(text).messages.filter((m) => m.author === "customer").map((m) => m.text),
    async toAdviser(page, first) {
      await page.locator(".launcher").click();
      await write(page, first);
      await page.locator(".choices button").first().waitFor();
      await page.locator(".person").click();
      await page.locator(".group.agent .bubble:not(.dots)").first().waitFor();
    },
    async deflected(options, look = {}, path) {
      fixture.offer = { ...newOffer(Date.now()), options };
      const context = await visit(look);
      const page = await shop(context, path);
      await page.locator(".launcher").click();
      await page.locator(".offer").first().waitFor();
      return { context, page };
    },
    async backToUsual(context) {
      await context.close();
      fixture.offer = newOffer(Date.now());
    },
  };
}

export async function write(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
}

/** What the visitor's page shows as written by them. */
export const mine = (page: Page): Promise<string[]> => page.locator(".group.mine .bubble").allTextContents();

/** Until so many of them are shown, and all are with the server. */
export async function settled(page: Page, count: number): Promise<void> {
  await page.waitForFunction((n) => {
    const root = document.querySelector("tandem-widget")?.shadowRoot;
    return root?.querySelectorAll(".group.mine .bubble").length === n && root.querySelector(".bubble.sending") === null;
  }, count);
}

export async function endByMenu(page: Page): Promise<void> {
  await page.locator("[aria-haspopup=menu]").click();
  await page.locator("[role=menuitem]").last().click();
  await page.locator(".confirm .danger").click();
}

export async function axe(page: Page, where: string, rules = RULES): Promise<void> {
  assert.deepEqual(await violations(page, rules), [], where);
}

/** What the fixture heard tells nothing when it changes: looked at again and again. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const endMs = Date.now() + HOPELESS_MS; !holds(); await setTimeout(20)) assert.ok(Date.now() < endMs, `not in time: ${what}`);
}

/** What the page offers, in order. */
export const offers = (page: Page): Promise<string[]> => page.locator(".offer b").allTextContents();

/** Closed; it opens tomorrow at nine. */
export const closed = (): { why: "closed"; nextOpenMs: number; queueId: string } => ({ why: "closed", nextOpenMs: new Date(new Date().setHours(33, 0, 0, 0)).getTime(), queueId: "conseil" });
