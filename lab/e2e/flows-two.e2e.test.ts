/** Two administrators at one flow, each in a browser of their own, one screen French and one English: their changes meet on the real server. And a call into the draft. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { hearsOther, launchBrowser, signIn, withPictures } from "./browser.ts";
import { RunningCentre, until } from "./centre.ts";
import { draw, inspector, openFlow, saved, step, way } from "./designer.ts";
import { toneFile } from "./sound.ts";

const NAME = "À deux";
const folder = mkdtempSync(join(tmpdir(), "tandem-two-"));
const ends: (() => unknown)[] = [];
let centre: RunningCentre;
let lea: Page;
let hugo: Page;
let flowId = "";
let api: (method: string, path: string, body?: unknown) => Promise<unknown>;
const problems: string[][] = [];

before(async () => {
  centre = await RunningCentre.start({ lang: "fr" });
  ends.push(() => centre.stop());
  api = await centre.signIn("lea", centre.secrets.password);
  const users = (await api("GET", "/admin/users")) as { id: string; login: string }[];
  const { id, ...user } = users.find((one) => one.login === "hugo")!;
  await api("PUT", `/admin/users/${id}`, { ...user, language: "en", roles: ["agent", "supervisor", "administrator"] });
  const { password } = (await api("POST", `/admin/users/${id}/password`)) as { password: string };
  flowId = ((await api("POST", "/flows", { name: NAME, templateId: "template_shop" })) as { id: string }).id;
  const seat = async (login: string, secret: string, locale: string): Promise<Page> => {
    const browser = await launchBrowser(toneFile(folder, 600));
    ends.push(() => browser.close());
    const opened = await signIn(browser, centre, login, secret, locale);
    problems.push(opened.problems);
    await openFlow(opened.page, NAME);
    return opened.page;
  };
  lea = await seat("lea", centre.secrets.password, "fr-FR");
  hugo = await seat("hugo", password, "en-GB");
});
after(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const trial = (name: string, work: () => Promise<void>): void => void test(name, () => withPictures({ "two-lea": () => lea, "two-hugo": () => hugo }, work));
const shot = async (page: Page, name: string): Promise<void> => {
  if (process.env["TANDEM_SHOTS"] !== undefined) await page.screenshot({ path: join(process.env["TANDEM_SHOTS"], `e2e-${name}.png`) });
};
type Says = { says: { sounds: { fr: string; en: string } } };
const draft = async (): Promise<Record<string, Says>> => ((await api("GET", `/flows/${flowId}`)) as { draft: { document: { steps: Record<string, Says> } } }).draft.document.steps;
/** A text of the step that is open there. */
const holds = (page: Page, text: string): Promise<unknown> => page.waitForFunction((wanted) => [...document.querySelectorAll<HTMLTextAreaElement>("[data-inspector] textarea")].some(({ value }) => value === wanted), text);
const message = (page: Page) => inspector(page).locator("textarea").first();

trial("each sees the other; different steps changed at the same time are put together, on the server and on both screens", async () => {
  await lea.getByRole("list", { name: /^Aussi ici : Hugo Perrin/ }).waitFor();
  await hugo.getByRole("list", { name: /^Also here: Léa Marchand/ }).waitFor();
  await step(lea, "welcome").click();
  await step(hugo, "advice").click();
  await Promise.all([message(lea).fill("Bonjour, ici Halo."), message(hugo).fill("A salesperson comes.")]);
  await until("both are in the draft", async () => {
    const steps = await draft();
    return steps["welcome"]?.says.sounds.fr === "Bonjour, ici Halo." && steps["advice"]?.says.sounds.en === "A salesperson comes.";
  });
  for (const page of [lea, hugo]) await saved(page);
  await step(hugo, "welcome").click();
  await inspector(hugo).getByRole("button", { name: /^French/ }).first().click();
  await holds(hugo, "Bonjour, ici Halo.");
  await inspector(hugo).getByRole("button", { name: /^English/ }).first().click();
  await step(lea, "advice").click();
  await inspector(lea).getByRole("button", { name: /^Anglais/ }).first().click();
  await holds(lea, "A salesperson comes.");
  await inspector(lea).getByRole("button", { name: /^Français/ }).first().click();
  await shot(hugo, "two-en");
});

trial("the same step changed by both asks, with both versions in sight, and keeps the one that is chosen", async () => {
  for (const page of [lea, hugo]) await step(page, "need").click();
  // Both begin from the same revision, however long one of them takes to type: nothing is saved before. The one who saves second is asked.
  const typed = Promise.withResolvers<void>();
  const save = (url: URL): boolean => url.pathname === `/api/flows/${encodeURIComponent(flowId)}/draft`;
  for (const page of [lea, hugo]) await page.route(save, async (route) => typed.promise.then(() => route.continue()));
  await Promise.all([message(lea).fill("Celui de Léa."), message(hugo).fill("Celui de Hugo.")]);
  typed.resolve();
  const asked = await Promise.race([lea, hugo].map(async (page) => (await page.getByRole("dialog").getByText(/a changé la même chose|changed the same thing/).waitFor(), page)));
  const other = asked === lea ? hugo : lea;
  const dialog = asked.getByRole("dialog");
  await dialog.getByText("Celui de Léa.").first().waitFor();
  await dialog.getByText("Celui de Hugo.").first().waitFor();
  await shot(asked, "conflict");
  await dialog.getByRole("button", { name: /^(Prendre celle de|Take the one of)/ }).first().click();
  await dialog.getByRole("button", { name: /^(Continuer|Go on)$/ }).click();
  await dialog.waitFor({ state: "detached" });
  for (const page of [lea, hugo]) await saved(page);
  const theirs = other === lea ? "Celui de Léa." : "Celui de Hugo.";
  const mine = other === lea ? "Celui de Hugo." : "Celui de Léa.";
  const kept = JSON.stringify((await draft())["need"]);
  assert.ok(kept.includes(theirs), kept);
  assert.ok(!kept.includes(mine), kept);
  assert.equal(await other.getByRole("dialog").count(), 0, "who was first is asked nothing");
});

trial("a call from the browser into the draft: the voice is heard, and its path is drawn as it goes", async () => {
  await lea.getByRole("button", { name: "Essayer" }).click();
  await lea.getByRole("menuitem", { name: "Essai par appel" }).click();
  const log = lea.getByRole("log");
  await log.getByText(/^Demande/).first().waitFor(); // the menu, by what it is called for the agent
  assert.match((await way(lea, "welcome next").locator("path").first().getAttribute("style")) ?? "", /--acc\)/);
  await hearsOther(lea, 600); // the prompt, and not one's own microphone
  await shot(lea, "try-call-fr");
  await lea.getByRole("button", { name: "Raccrocher" }).first().click();
  await lea.getByText("Essai terminé").waitFor();
});

trial("the refusal in English: the same path, numbered, with English reasons", async () => {
  await draw(hugo, "order", /do not have it/, "End");
  await saved(hugo);
  await hugo.getByRole("button", { name: /points? to fix/ }).waitFor();
  await hugo.getByRole("button", { name: "Publish…" }).click();
  await shot(hugo, "refused-dialog-en");
  await hugo.getByRole("button", { name: "See the failing path" }).click();
  await hugo.getByRole("dialog").waitFor({ state: "detached" });
  await step(hugo, "end").locator("span[aria-hidden]", { hasText: /^5$/ }).waitFor();
  await step(hugo, "need").getByText(/the customer chooses 1/).waitFor();
  await step(hugo, "end").getByText(/no exception is declared/).waitFor();
  await shot(hugo, "refused-en");
});

test("no page had an error", () => assert.deepEqual(problems.flat(), []));
