/** For tests and screenshots: Chromium (Debian's), and what axe finds in its pages. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";

/** No sandbox (tests run as root, in containers), and nothing that it would do on the network by itself. */
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** A microphone is there and granted without a question. */
export const MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];

/** The whole browser: sound, calls, two people. */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> => chromium.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, ...more] });

/** The same engine without the browser's own windows, for pages on fixtures: it takes less of the processor. */
export const launchShell = (more: readonly string[] = []): Promise<Browser> => chromium.launch({ executablePath: "/usr/bin/chromium-headless-shell", args: [...QUIET, ...more] });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Nothing is told of what passed; and of what axe fetches beforehand no rule that is on by itself needs the style sheets. */
const OPTIONS = { resultTypes: ["violations"], preload: { assets: ["media"] } };

/** A theme changes nothing but colours: these are the rules that look at them. */
export const RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds on the page, a line a rule. `only`: the rules of these names, or with one of these tags (also those that are off by themselves); else every rule that is on. */
export async function violations(page: Page, only: readonly string[] | null = null): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  return page.evaluate(async (options) => {
    type Axe = { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    const found = await (globalThis as unknown as { axe: Axe }).axe.run(options);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`).join(" | ")}`);
  }, only === null ? OPTIONS : { ...OPTIONS, runOnly: [...only] });
}
