import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flowDefinition, readFlowDefinition } from "./definition.ts";
import type { FlowDefinitionInput } from "./definition.ts";
import { demoFlow } from "./demo-flow.ts";
import { play } from "./play.ts";
import { spokenPhrases, spokenTexts } from "./spoken-texts.ts";

const says = { sounds: { fr: "Un", en: "One" } };
const base: FlowDefinitionInput = {
  id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a",
  reachHuman: { queueId: "q", says, label: { fr: "Un conseiller", en: "An adviser" }, words: ["patron"] },
  retry: { wrong: says, silence: says },
  steps: { a: { kind: "end", says } },
};

function why(change: Partial<FlowDefinitionInput>): string {
  const read = readFlowDefinition({ ...base, ...change });
  return read.ok ? "" : read.why.join("; ");
}

describe("what a definition must be", () => {
  test("the base and the demo are valid, and survive JSON", () => {
    assert.equal(why({}), "");
    assert.equal(readFlowDefinition(JSON.parse(JSON.stringify(demoFlow))).ok, true);
  });
  const choice = { key: "1", label: { fr: "x", en: "x" }, next: "a" };
  const label = { fr: "L", en: "L" };
  const rows: [string, Partial<FlowDefinitionInput>, RegExp][] = [
    ["start", { start: "none" }, /start: no step "none"/],
    ["unknown next", { steps: { a: { kind: "say", says, next: "none" }, b: { kind: "end" } } }, /leads to "none"/],
    ["missing text", { steps: { a: { kind: "end", says: { sounds: { fr: "Un" } } } } }, /steps\.a\.says\.sounds: no text in "en"/],
    ["missing label", { steps: { a: { kind: "menu", label, says, choices: [{ ...choice, label: { fr: "x" }, next: "b" }] }, b: { kind: "end" } } }, /choices\.0\.label: no text in "en"/],
    ["no way out", { steps: { a: { kind: "say", says, next: "b" }, b: { kind: "say", says, next: "a" } } }, /steps\.a: has no way out.*steps\.b/],
    ["key twice", { steps: { a: { kind: "menu", label, says, choices: [{ ...choice, next: "b" }, { ...choice, next: "b" }] }, b: { kind: "end" } } }, /means two things/],
    ["key kept for a person", { steps: { a: { kind: "menu", label, says, choices: [{ ...choice, key: "0", next: "b" }] }, b: { kind: "end" } } }, /1 to 9/],
    ["digits", { variables: { n: { type: "text" } }, steps: { a: { kind: "collect", label, says, variable: "n", min: 4, max: 2, next: "b" }, b: { kind: "end" } } }, /min is above max/],
    ["variable in an expression", { steps: { a: { kind: "branch", cases: [{ when: "process.env == 1", next: "b" }], otherwise: "b" }, b: { kind: "end" } } }, /steps\.a\.cases\.0\.when: Unknown variable: process/],
  ];
  for (const [name, change, expected] of rows) test(name, () => assert.match(why(change), expected));

  test("anything at all is read without throwing", () => {
    for (const value of [null, 1, "x", [], {}, { steps: { a: null } }]) assert.equal(readFlowDefinition(value).ok, false);
  });
});

test("circles without a customer in them end with a person", () => {
  const read = readFlowDefinition({ ...base, steps: { a: { kind: "branch", cases: [{ when: "false", next: "b" }], otherwise: "a" }, b: { kind: "end" } } });
  assert.ok(read.ok);
  assert.deepEqual(play(read.definition, false, []).outcome, { type: "queue", queueId: "q", needs: [], priority: 0, language: "fr" });
});

test("branches compare data, the customer, the medium; the priority raised is kept on the way to a person; own words ask for one", () => {
  const read = readFlowDefinition({
    ...base, priority: 1, variables: { x: { type: "text" } },
    steps: {
      a: { kind: "branch", cases: [
        { when: 'number(customer.orders) > 10 && !(has(data.x) && data.x in ["1", "2"])', next: "vip" },
        { when: 'contact.from.startsWith("+44")', next: "british" },
      ], otherwise: "plain" },
      vip: { kind: "menu", label: { fr: "L", en: "L" }, says, choices: [{ key: "1", label: { fr: "Un", en: "One" }, next: "deal", priority: 7 }] },
      deal: { kind: "say", says, next: "plain" },
      british: { kind: "queue", queueId: "gb", priority: 3 },
      plain: { kind: "end", says },
    },
  });
  assert.ok(read.ok);
  const { definition } = read;
  const vip = play(definition, true, ["hear", { answer: "1" }, { answer: "je veux le patron" }], { customer: { orders: "12" } });
  assert.deepEqual(vip.outcome, { type: "queue", queueId: "q", needs: [], priority: 7, language: "fr" });
  assert.equal(play(definition, true, [], { customer: { orders: 12 }, data: { x: "2" }, from: "+44201" }).outcome?.type, "queue");
  assert.deepEqual(play(definition, false, ["hear"], {}).outcome, { type: "end", how: "message", ref: null, exception: null });
  const late = play(definition, false, [{ answer: "0" }]);
  assert.equal(late.outcome?.type, "queue", "a person is reached even from the goodbye");
});

test("every fixed text that the demo speaks is listed, what a caller hears first before the rest", () => {
  const texts = spokenTexts(demoFlow);
  assert.deepEqual(texts[0], { text: "Bonjour et bienvenue chez Halo et Fils.", language: "fr" });
  assert.ok(texts.some((one) => one.text === "For English, press 9." && one.language === "en"));
  assert.ok(texts.every((one) => one.text !== "" && !one.text.includes("{")));
});

test("recordings are listed with the text that stands in for them, in the order of the steps, whatever order they were written in", () => {
  const definition = flowDefinition({
    id: "f", name: "F", version: 1, languages: ["fr"], start: "first", reachHuman: { queueId: "q", says: { sounds: { fr: "Un conseiller." } }, label: { fr: "Conseiller" }, words: ["patron"] },
    retry: { wrong: { sounds: { fr: "Pardon ?" } }, silence: { sounds: { fr: "Allô ?" } } }, variables: {},
    steps: {
      last: { kind: "end", says: { sounds: { fr: "Au revoir {contact.from}." }, recording: { fr: "prm_2" } } },
      menu: { kind: "menu", label: { fr: "Menu" }, says: { sounds: { fr: "Que voulez-vous ?" }, recording: { fr: "prm_1" } }, choices: [{ key: "1", label: { fr: "Livraison" }, words: { fr: ["colis"] }, next: "last" }] },
      first: { kind: "say", says: { sounds: { fr: "Bonjour." } }, next: "menu" },
    },
  });
  assert.deepEqual(spokenTexts(definition).slice(0, 4), [
    { text: "Bonjour.", language: "fr" }, { text: "Que voulez-vous ?", language: "fr", promptId: "prm_1" }, { text: "", language: "fr", promptId: "prm_2" }, { text: "Un conseiller.", language: "fr" },
  ]);
  assert.deepEqual(spokenPhrases(definition).map(({ phrase }) => phrase), ["Livraison", "colis", "Conseiller", "conseiller", "un conseiller", "opérateur", "une personne", "quelqu'un", "humain", "agent", "patron"]);
});
