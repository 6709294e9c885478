/** Visitors in the middle of a dialogue when the server is killed (kill -9), again and again: each goes on at the very step, with nothing asked twice. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Page, Site, until } from "../../server/src/api/test-client.ts";
import { RunningCentre } from "./centre.ts";

let centre: RunningCentre;
before(async () => {
  centre = await RunningCentre.start({ lang: "fr" });
});
after(async () => centre?.stop());

test("killed at the menu, at the question and just after the answer: the dialogue goes on, each question once, each answer once", async () => {
  const site = new Site(centre.port);
  let page = new Page(site);
  const { token } = await page.welcome();
  const texts = (): string[] => page.messages.map(({ text }) => text);
  /** What the page shows after it is back: the whole conversation, from the server's own memory. */
  const killed = async (): Promise<void> => {
    await centre.kill("SIGKILL");
    await until("the page to notice", () => page.closed);
    await centre.launch();
    page = new Page(site, { token });
    const welcome = await page.welcome();
    assert.ok(welcome.conversation, `the conversation is still open\n${JSON.stringify(welcome)}\n${centre.output.slice(-3_000)}`);
    shown = welcome.messages.map(({ author, text }) => `${author}: ${text}`);
  };
  let shown: string[] = [];
  const asked = (after: number): Promise<unknown> => until("the next question", () => page.messages.slice(after).find(({ author, choices }) => author === "flow" && choices !== undefined));

  await page.say("visitor-0001", "bonjour");
  await asked(0);
  await killed();
  const menu = shown.length;
  await page.say("visitor-0002", "1");
  await until("the order's question", () => texts().some((text) => /commande/i.test(text)));
  await killed();
  assert.ok(shown.length > menu, "what came before the crash is there");
  await page.say("visitor-0003", "10482");
  await killed();
  const admin = await centre.signIn("lea", centre.secrets.password);
  const customers = (await admin("GET", "/customers?q=Visiteur")) as { id: string }[];
  const view = (await admin("GET", `/customers/${customers[0]!.id}`)) as { timeline: { interactionId: string; state: string }[] };
  assert.deepEqual(view.timeline.map(({ state }) => state), ["queued"], "one conversation, which waits for a person");
  const messages = (await admin("GET", `/interactions/${view.timeline[0]!.interactionId}/messages`)) as { text: string; author: string }[];
  assert.deepEqual(messages.filter(({ author }) => author === "customer").map(({ text }) => text), ["bonjour", "1", "10482"]);
  const questions = messages.filter(({ author, text }) => author === "flow" && /numéro de commande|numéro de votre commande/i.test(text));
  assert.equal(questions.length, 1, JSON.stringify(messages));
  await page.close();
});
