/**
 * Pictures of the desk on the fixture, to be looked at beside the design's: `node desktop/dev/shots.ts [name...]`.
 * Writes shots/<name>-<language>-<theme>-<width>.png at the repository's root (git-ignored). Vite serves the sources, so that the
 * page's own phone store can be given a call: the fixture has no SIP.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { createServer } from "vite";
import { launchChromium } from "../../lab/chromium.ts";
import { startFixture } from "./fixture-server.ts";

const out = join(import.meta.dirname, "..", "..", "shots");

interface Shot {
  name: string;
  scene: string;
  /** Another page than the desk. */
  path?: string;
  /** What the browser's phone shows. */
  phone?: "ringing" | "live" | "idle";
  /** Calls of the house in this browser. */
  lines?: readonly object[];
  then?: (page: Page) => Promise<void>;
}

/** A section of the administration, and its first row's form or the named button pressed. */
const section = (name: string, path: string, act?: "row" | RegExp): Shot => ({
  name,
  scene: "floor",
  path: `admin#${path}`,
  ...(act === undefined ? {} : { then: (page) => (act === "row" ? page.locator("main [role=rowheader]").first() : page.getByRole("button", { name: act }).first()).click() }),
});

/** A line of the phone's list, in the middle of its call. */
const line = (id: string, number: string, name: string, state: string, ago: number, more: object = {}): object => ({ id, direction: state === "ringing" ? "in" : "out", number, name, state, sinceMs: Date.now() - ago, held: false, muted: false, audioLost: false, transferring: false, ...more });

function telephoneShots(): Shot[] {
  const at = { scene: "floor", path: "phone", phone: "idle" } as const;
  const tab = (name: RegExp) => (page: Page) => page.getByRole("tab", { name }).click();
  const aicha = line("a", "202", "Aïcha Diallo", "live", 214_000);
  return [
    { ...at, name: "telephone" },
    { ...at, name: "telephone-directory", then: tab(/^(Annuaire|Directory)/) },
    { ...at, name: "telephone-messages", then: tab(/^Messages/) },
    { ...at, name: "telephone-settings", then: (page) => page.getByRole("tab", { name: /^(Réglages|Settings)/ }).click({ timeout: 500 }).catch(() => undefined /* beside the lists, where there is room */) },
    { ...at, name: "telephone-pad", then: (page) => page.getByRole("tab", { name: /^(Clavier|Keypad)/ }).click({ timeout: 500 }).catch(() => undefined /* beside the lists */) },
    { ...at, name: "telephone-ring", lines: [line("r", "+33612849047", "Karim Benali", "ringing", 3_000)] },
    { ...at, name: "telephone-live", lines: [aicha] },
    { ...at, name: "telephone-two", lines: [{ ...aicha, held: true }, line("b", "206", "Élodie Picard", "live", 18_000)] },
    { ...at, name: "telephone-waiting", lines: [aicha, line("r", "206", "Élodie Picard", "ringing", 3_000)] },
    { ...at, name: "telephone-transfer", lines: [aicha], then: (page) => page.getByRole("button", { name: /^(Transférer|Transfer)$/ }).click() },
    { name: "telephone-dock", scene: "live", phone: "live", lines: [line("r", "206", "Élodie Picard", "ringing", 3_000)] },
  ];
}

const alt = (key: string) => (page: Page) => page.keyboard.press(`Alt+${key}`);

const shots: readonly Shot[] = [
  { name: "signin", scene: "signin" },
  { name: "ring", scene: "ring", phone: "ringing" },
  { name: "live", scene: "live", phone: "live" },
  {
    name: "cases",
    scene: "live",
    phone: "live",
    then: async (page) => {
      await page.getByRole("tab", { name: /^(Dossiers|Cases)/ }).click();
      await page.getByRole("button", { name: "1042" }).click();
    },
  },
  {
    name: "case-new",
    scene: "live",
    phone: "live",
    then: async (page) => {
      await page.getByRole("tab", { name: /^(Dossiers|Cases)/ }).click();
      await page.getByRole("button", { name: /^(Nouveau dossier|New case)/ }).click();
    },
  },
  { name: "wrapup", scene: "wrapup", phone: "idle" },
  { name: "empty", scene: "empty", phone: "idle" },
  { name: "chat-offer", scene: "chat-offer", phone: "idle" },
  { name: "transfer", scene: "live", phone: "live", then: alt("t") },
  {
    name: "transfer-number",
    scene: "live",
    phone: "live",
    then: async (page) => {
      await page.keyboard.press("Alt+t");
      await page.getByRole("menuitem").first().waitFor();
      await page.keyboard.type("06 12 34 56 78");
    },
  },
  {
    name: "transfer-note",
    scene: "live",
    phone: "live",
    then: async (page) => {
      await page.keyboard.press("Alt+t");
      await page.getByRole("menuitem").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.keyboard.type("Remplacement promis avant samedi.");
    },
  },
  {
    name: "audio",
    scene: "live",
    phone: "live",
    then: async (page) => {
      await page.keyboard.press("Alt+s");
      await page.getByRole("button", { name: /Sons et micro|Sounds and microphone/ }).click();
    },
  },
  { name: "status", scene: "live", phone: "live", then: alt("s") },
  { name: "palette", scene: "live", phone: "live", then: (page) => page.keyboard.press("Control+k") },
  { name: "end", scene: "live", phone: "live", then: (page) => page.keyboard.press("Alt+Shift+E") },
  { name: "why", scene: "live", phone: "live", then: alt("w") },
  { name: "keypad", scene: "live", phone: "live", then: alt("k") },
  {
    name: "ladder",
    scene: "live",
    phone: "live",
    then: async (page) => {
      await page.getByRole("button", { name: /^(Messages SIP|SIP messages)$/ }).first().click();
      await page.getByRole("option").nth(3).click();
    },
  },
  ...["extensions", "phones", "groups", "rooms", "pages", "callerRules", "speedDials", "trunks", "routes", "sipRoles", "prompts", "calendars"].flatMap((kind) => [section(`admin-${kind}`, kind), section(`admin-${kind}-form`, kind, "row")]),
  section("admin-hours", "hours"),
  section("admin-deflection", "deflection"),
  section("admin-waiting", "waiting"),
  section("admin-telephony", "telephony"),
  section("admin-calls", "calls"),
  section("admin-security", "security"),
  ...(["border", "stir", "notices", "bans"] as const).map((tab, i): Shot => ({ name: `admin-${tab}`, scene: "floor", path: "admin#security", then: (page) => page.getByRole("tab").nth(i + 1).click() })),
  section("admin-seat", "extensions", /Nouvelle place|New seat/),
  {
    name: "admin-seat-made",
    scene: "floor",
    path: "admin#extensions",
    async then(page) {
      await page.getByRole("button", { name: /Nouvelle place|New seat/ }).click();
      await page.getByLabel(/^(Nom|Name)$/).fill("Nina Roux");
      await page.getByRole("button", { name: /Créer la place|Create the seat/ }).click();
      await page.getByRole("img", { name: /QR/ }).waitFor();
    },
  },
  { name: "flows", scene: "floor", path: "flows" },
  { name: "flow-designer", scene: "floor", path: "flows/accueil", then: (page) => page.locator("[data-id=menu]").click() },
  ...telephoneShots(),
  { name: "shortcuts", scene: "live", phone: "live", then: alt("/") },
];
const sizes = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];

const { values, positionals } = parse(process.argv.slice(2));
const fixture = await startFixture({ port: 0 });
process.env["TANDEM_SERVER"] = `http://127.0.0.1:${fixture.port}`;
const vite = await createServer({ root: join(import.meta.dirname, ".."), logLevel: "error", server: { port: 26100, strictPort: false } });
await vite.listen();
const address = vite.resolvedUrls?.local[0] ?? "";
const browser = await launchChromium();
await mkdir(out, { recursive: true });
try {
  for (const shot of shots) {
    if (positionals.length > 0 && !positionals.includes(shot.name)) continue;
    for (const language of values.languages)
      for (const theme of values.themes)
        for (const size of sizes.filter(({ width }) => values.widths.includes(width))) {
          const context = await browser.newContext({ viewport: size, colorScheme: theme, locale: language });
          const page = await context.newPage();
          page.on("pageerror", (error) => console.error(`${shot.name}: ${error.message}`));
          page.on("console", (message) => message.type() === "error" && !/40[14]|503/.test(message.text()) && console.error(`${shot.name}: ${message.text()}`));
          if (shot.scene !== "signin") await page.goto(`${address}api/dev/scene/${shot.scene}?lang=${language}`);
          else await page.goto(address);
          await page.waitForSelector(shot.scene === "signin" ? "form" : "[data-region]");
          if (shot.path !== undefined) {
            await page.goto(`${address}${shot.path}`);
            await page.waitForSelector("main h2");
          }
          await page.waitForTimeout(900);
          if (shot.phone !== undefined) await giveCall(page, shot.phone, shot.lines ?? []);
          await shot.then?.(page);
          await page.waitForTimeout(500);
          await page.screenshot({ path: join(out, `${shot.name}-${language}-${theme}-${size.width}.png`) });
          await context.close();
        }
  }
} finally {
  await browser.close();
  await vite.close();
  await fixture.stop();
}

async function giveCall(page: Page, state: "ringing" | "live" | "idle", calls: readonly object[]): Promise<void> {
  await page.evaluate(async ({ callState, list }) => {
    const load = (path: string): Promise<Record<string, { set(value: unknown): void }>> => import(path);
    // Its own tries to reach a telephone that the fixture has not would come in between.
    const { stopPhone } = (await import("/src/phone/phone.ts" as string)) as { stopPhone(): Promise<void> };
    await stopPhone();
    const { phone, lines } = await load("/src/phone/phone.ts");
    lines?.set({ list, failed: null });
    const { levels } = await load("/src/phone/levels.ts");
    phone?.set({ registration: "registered", why: null, mic: "granted", failure: null, call: callState === "idle" ? null : { interactionId: "camille-call", state: callState, muted: false, audioLost: false } });
    let at = 0;
    setInterval(() => levels?.set({ mine: 0.05, theirs: Math.abs(Math.sin(++at * 1.7)) * 0.6 }), 80);
  }, { callState: state, list: calls });
}

function parse(argv: readonly string[]) {
  const list = (name: string, all: readonly string[]): string[] => argv.find((a) => a.startsWith(`--${name}=`))?.split("=")[1]?.split(",") ?? [...all];
  return {
    values: {
      languages: list("languages", ["fr", "en"]),
      themes: list("themes", ["light", "dark"]).map((theme) => (theme === "dark" ? ("dark" as const) : ("light" as const))),
      widths: list("widths", ["1440", "1280"]).map(Number),
    },
    positionals: argv.filter((a) => !a.startsWith("--")),
  };
}
