/** A chat between two browsers; the server is killed with -9 in the middle and started again: nothing lost, nothing doubled, order kept. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { becomeAvailable, launchBrowser, openPage, signIn, withPictures } from "./browser.ts";
import { RunningCentre } from "./centre.ts";

let centre: RunningCentre;
let browser: Browser;

before(async () => {
  centre = await RunningCentre.start({ lang: "fr" });
  browser = await launchBrowser(null);
});

after(async () => {
  await browser?.close();
  await centre?.stop();
});

/** How often each of `texts` stands in what the page shows, and their order. */
async function shown(page: Page, texts: readonly string[]): Promise<{ counts: number[]; order: string[] }> {
  return page.evaluate((wanted) => {
    const deepText = (node: Node): string => {
      const shadow = node instanceof Element ? node.shadowRoot : null;
      if (node.nodeType === Node.TEXT_NODE) return `${node.textContent ?? ""}\n`;
      return [...(shadow ? [shadow] : []), ...node.childNodes].map(deepText).join("");
    };
    const lines = deepText(document.body).split("\n").map((line) => line.trim());
    return { counts: wanted.map((text) => lines.filter((line) => line === text).length), order: lines.filter((line) => wanted.includes(line)) };
  }, texts);
}

test("kill -9 in the middle of a chat: nothing lost, nothing doubled, order kept, the conversation goes on with the same agent", async () => {
  const agent = await signIn(browser, centre, "lea", centre.secrets.password);
  await becomeAvailable(agent.page);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "fr-FR" });
  const visitor = await openPage(context, `${centre.url}/shop/orphee.html?lang=fr`);
  await withPictures({ agent: () => agent.page, visitor: () => visitor.page }, () => converse(agent.page, visitor.page));
  assert.deepEqual([...agent.problems, ...visitor.problems], []);
});

async function converse(agent: Page, visitor: Page): Promise<void> {
  await visitor.getByRole("button", { name: "Ouvrir la discussion" }).click();
  const write = async (page: Page, text: string): Promise<void> => {
    const box = page.getByRole("textbox").last();
    await box.fill(text);
    await box.press("Enter");
  };
  await write(visitor, "Bonjour, un conseiller svp");
  await agent.getByText(/Bonjour, un conseiller svp/).first().waitFor();
  await agent.keyboard.press("Alt+a");
  await visitor.getByText("Léa").first().waitFor();

  const said: string[] = [];
  const say = async (page: Page, text: string): Promise<void> => {
    said.push(text);
    await write(page, text);
  };
  for (let i = 1; i <= 4; i++) {
    await say(visitor, `question ${i}`);
    await agent.getByText(`question ${i}`, { exact: true }).first().waitFor();
    await say(agent, `réponse ${i}`);
    await visitor.getByText(`réponse ${i}`, { exact: true }).waitFor();
  }
  // Typing never waits for the server: some of these leave just before it dies, the rest while it is dead.
  await say(visitor, "juste avant");
  await centre.kill("SIGKILL");
  await say(visitor, "pendant la panne");
  await centre.launch();
  await agent.getByText("pendant la panne", { exact: true }).first().waitFor();
  await visitor.reload(); // and over a reload, too: on a small screen the conversation waits behind its button
  await visitor.getByRole("button", { name: /Ouvrir la discussion/ }).click();
  await agent.getByText("pendant la panne", { exact: true }).first().waitFor();
  await say(agent, "de retour");
  await visitor.getByText("de retour", { exact: true }).waitFor();
  await say(visitor, "merci");
  await agent.getByText("merci", { exact: true }).first().waitFor();

  for (const page of [visitor, agent]) {
    const { counts, order } = await shown(page, said);
    // The worklist may show the newest message once more than the conversation does.
    assert.deepEqual(counts.slice(0, -1), said.slice(0, -1).map(() => 1), `each message once: ${JSON.stringify(counts)}`);
    assert.deepEqual(order.filter((text, i) => order.indexOf(text) === i && text !== "merci"), said.slice(0, -1), "in the order in which they were said");
  }
  const admin = await centre.signIn("lea", centre.secrets.password);
  const hits = (await admin("GET", "/customers?q=Visiteur")) as { id: string }[];
  const customer = (await admin("GET", `/customers/${hits[0]!.id}`)) as { timeline: { interactionId: string }[] };
  assert.equal(customer.timeline.length, 1, "one conversation, not two");
  const messages = (await admin("GET", `/interactions/${customer.timeline[0]!.interactionId}/messages`)) as { seq: number; text: string; author: string }[];
  assert.deepEqual(messages.map((m) => m.seq), messages.map((_, i) => i + 1), "numbers without holes");
  assert.deepEqual(messages.filter((m) => said.includes(m.text)).map((m) => m.text), said);

  // The visitor ends it and rates; the agent wraps up.
  await visitor.getByRole("button", { name: "Plus d’options" }).click();
  await visitor.getByRole("menuitem", { name: /Terminer la conversation/ }).click();
  await visitor.getByRole("button", { name: "Terminer", exact: true }).click();
  await visitor.getByLabel(/5 sur 5/).check();
  await visitor.getByRole("button", { name: "Envoyer mon avis" }).click();
  await visitor.getByText("Merci, votre avis est transmis.").waitFor();
  await agent.keyboard.press("Alt+Enter");
  const rated = (await admin("GET", `/customers/${hits[0]!.id}`)) as { timeline: { rating: number | null; state: string }[] };
  assert.equal(rated.timeline[0]!.rating, 5);
}
