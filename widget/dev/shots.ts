/** Screenshots of the widget and the shop on the fixture, to look at: node widget/dev/shots.ts [name-filter] -> ./shots/widget-*.png */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium, MICROPHONE } from "../../lab/chromium.ts";
import { startFixture } from "./fixture-server.ts";
import type { Fixture } from "./fixture-server.ts";

const out = join(import.meta.dirname, "../../shots");
mkdirSync(out, { recursive: true });
const only = process.argv[2] ?? "";

interface Shot {
  name: string;
  size: [number, number];
  lang: "fr" | "en";
  theme: "light" | "dark";
  path: string;
  act?: (page: Page, fixture: Fixture) => Promise<void>;
}

const openChat = async (page: Page): Promise<void> => {
  await page.locator(".launcher").click();
  await page.locator(".greeting").waitFor();
  await page.waitForTimeout(300);
};
const ask = async (page: Page, text: string): Promise<void> => {
  await page.locator("textarea").fill(text);
  await page.keyboard.press("Enter");
};
const toFlow = async (page: Page): Promise<void> => {
  await openChat(page);
  await ask(page, page.url().includes("lang=en") ? "Hello, a question about Alba" : "Bonjour, une question sur l’Alba");
  await page.locator(".choices button").first().waitFor();
  await page.waitForTimeout(200);
};
const toQueue = async (page: Page): Promise<void> => {
  await toFlow(page);
  await page.locator(".person").click();
  await page.locator(".waiting").waitFor();
  await page.waitForTimeout(200);
};
const toAgent = async (page: Page, fixture: Fixture): Promise<void> => {
  await toQueue(page);
  await page.locator(".group.agent .bubble:not(.dots)").first().waitFor();
  await ask(page, page.url().includes("lang=en") ? "And for a 2.40 m ceiling, what do you suggest?" : "Et pour une hauteur de 2,40 m, vous conseillez quoi ?");
  await page.locator(".group.agent .bubble:not(.dots)").nth(1).waitFor();
  await page.waitForTimeout(300);
  void fixture;
};
const toEnd = async (page: Page, fixture: Fixture): Promise<void> => {
  await toAgent(page, fixture);
  await page.locator("[aria-haspopup=menu]").click();
  await page.locator("[role=menuitem]").last().click();
  await page.locator(".confirm .danger").click();
  await page.locator(".stars label").nth(3).click();
  await page.waitForTimeout(200);
};

const both: readonly ["fr", "light"][] | readonly ["fr" | "en", "light" | "dark"][] = [["fr", "light"], ["en", "light"], ["fr", "dark"], ["en", "dark"]];
const shots: Shot[] = [
  ...both.flatMap(([lang, theme]): Shot[] => [
    { name: `home-${lang}-${theme}`, size: [1440, 900], lang, theme, path: "" },
    { name: `alba-chat-${lang}-${theme}`, size: [1440, 900], lang, theme, path: "alba.html", act: toAgent },
    { name: `small-flow-${lang}-${theme}`, size: [1280, 720], lang, theme, path: "orphee.html", act: toFlow },
    { name: `phone-${lang}-${theme}`, size: [390, 844], lang, theme, path: "alba.html", act: toQueue },
  ]),
  { name: "lune", size: [1440, 900], lang: "fr", theme: "light", path: "lune.html" },
  { name: "orphee", size: [1440, 900], lang: "en", theme: "dark", path: "orphee.html" },
  { name: "greeting", size: [1280, 720], lang: "fr", theme: "light", path: "alba.html", act: openChat },
  { name: "rate-fr", size: [1280, 800], lang: "fr", theme: "light", path: "alba.html", act: toEnd },
  { name: "rate-dark-en", size: [390, 844], lang: "en", theme: "dark", path: "alba.html", act: toEnd },
  {
    name: "confirm", size: [1280, 800], lang: "fr", theme: "light", path: "alba.html",
    act: async (page, fixture) => {
      await toAgent(page, fixture);
      await page.locator("[aria-haspopup=menu]").click();
      await page.locator("[role=menuitem]").last().click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: "offline", size: [1280, 800], lang: "fr", theme: "light", path: "alba.html",
    act: async (page, fixture) => {
      await toAgent(page, fixture);
      fixture.outage(true);
      await ask(page, "Et en blanc ?");
      await ask(page, "Je peux venir la voir ?");
      await page.locator(".offline").waitFor();
      await page.waitForTimeout(300);
      fixture.outage(false);
    },
  },
  { name: "call", size: [1280, 800], lang: "fr", theme: "light", path: "alba.html", act: async (page) => { await openChat(page); await page.locator(".call-card").click(); await page.locator(".keypad").waitFor(); await page.waitForTimeout(1500); } },
  { name: "call-phone-en-dark", size: [390, 844], lang: "en", theme: "dark", path: "alba.html", act: async (page) => { await openChat(page); await page.locator(".call-card").click(); await page.locator(".keypad").waitFor(); await page.waitForTimeout(1500); } },
  { name: "narrow-320", size: [320, 640], lang: "fr", theme: "light", path: "alba.html", act: toFlow },
  { name: "phone-page", size: [390, 844], lang: "fr", theme: "light", path: "alba.html" },
  { name: "phone-home", size: [390, 844], lang: "en", theme: "dark", path: "" },
];

const fixture = await startFixture();
fixture.paceMs = 120;
const browser = await launchChromium(MICROPHONE);
try {
  for (const shot of shots.filter((s) => s.name.includes(only))) {
    const context = await browser.newContext({ viewport: { width: shot.size[0], height: shot.size[1] }, colorScheme: shot.theme, locale: shot.lang === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", permissions: ["microphone"] });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.log(shot.name, error.message));
    page.on("console", (message) => message.type() === "error" && console.log(shot.name, message.text()));
    page.setDefaultTimeout(8_000);
    await page.goto(`${fixture.url}/shop/${shot.path}?lang=${shot.lang}`);
    await page.waitForTimeout(400);
    await shot.act?.(page, fixture).catch((error: unknown) => console.log(shot.name, String(error)));
    await page.screenshot({ path: join(out, `widget-${shot.name}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await fixture.close();
}
process.exit(0);
