/** Every shipped template: valid, in both languages, proved without a finding, its own test cases green, in both languages alike, and `0` reaches a person at each step where somebody can press it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { readFlowDefinition } from "../definition.ts";
import { play } from "../play.ts";
import type { Act } from "../play.ts";
import { prove } from "../proof/prove.ts";
import { runTests } from "../proof/run-tests.ts";
import { playScript } from "../proof/scripted-run.ts";
import type { ScriptSite } from "../proof/scripted-run.ts";
import { testSite } from "../proof/test-site.ts";
import { templates } from "./templates.ts";

const site: ScriptSite = { ...testSite(), nowMs: Date.UTC(2026, 10, 23, 9), hoursAt: () => "open" as const, agent: (id: string) => id };

test("there are twelve, each with an id of its own", () => {
  assert.equal(templates.length, 12);
  assert.equal(new Set(templates.map(({ document }) => document.id)).size, 12);
});

test("the documentation's tables say of each what it is and how many test cases it carries; an address of nobody has a remark that says so", () => {
  const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");
  for (const [language, path] of [["en", "docs/en/templates.md"], ["fr", "docs/fr/modeles.md"]] as const) {
    const page = plain(readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8"));
    const rows = new Map(page.split("\n").filter((line) => line.startsWith("| ")).map((line) => line.split("|").map((cell) => cell.trim())).map(([, title, about, , tests]) => [title, `${about} ${tests}`]));
    for (const { title, description, document } of templates) assert.equal(rows.get(title[language]), plain(`${description[language]} ${document.tests.length}`), title[language]);
  }
  for (const { document } of templates) for (const [id, step] of Object.entries(document.steps)) assert.ok(!JSON.stringify(step).includes("example.com") || step.note !== undefined, `${document.id} ${id}`);
});

for (const { title, description, queues, document } of templates) {
  describe(title.en, () => {
    test("stands as JSON, with its title and description in both languages", () => {
      assert.equal(readFlowDefinition(JSON.parse(JSON.stringify(document))).ok, true);
      for (const words of [title, description]) assert.ok(words.fr.length > 3 && words.en.length > 3 && words.fr !== words.en);
    });

    test("is proved, without a finding", () => {
      const proof = prove(document, site);
      assert.deepEqual(proof.findings.map(({ code, stepId, words }) => `${code} at ${stepId}: ${words.en}`), []);
      assert.equal(proof.ok, true);
    });

    test("passes its own test cases", () => {
      assert.ok(document.tests.length >= 5);
      assert.deepEqual(runTests(document, site).filter(({ ok }) => !ok), []);
    });

    test("its test cases end alike in both languages, and nothing that is said has a gap or a brace in it", () => {
      for (const one of document.tests) {
        const { says: _, ...expect } = one.expect;
        // sentences are of one language
        const languages = one.acts.some((act) => act.do === "says") ? [one.given.language] : document.languages;
        for (const language of languages) {
          const given = { ...one.given, language };
          const [result] = runTests({ ...document, tests: [{ ...one, given, expect }] }, site);
          assert.equal(result?.why ?? null, null, `${one.name} in ${language}`);
          for (const { says } of playScript(document, { acts: one.acts, given }, site).steps) for (const words of says) assert.doesNotMatch(words, /[{}]|  |^\s|\s$| [.,]|^$/, words);
        }
      }
    });

    test("each queue that it names has a name for whoever takes it, and no other", () => {
      const named = [document.reachHuman.queueId, ...Array.from(JSON.stringify(document.steps).matchAll(/"queueId":"([^"]+)"/g), ([, id]) => id)];
      assert.deepEqual(Object.keys(queues).toSorted(), [...new Set(named)].toSorted());
      for (const { fr, en } of Object.values(queues)) assert.ok(fr.length > 2 && en.length > 2);
    });

    for (const stepId of Object.keys(document.steps)) {
      for (const written of [false, true]) {
        const begun = play({ ...document, start: stepId }, written, []);
        // to a queue, or on at once: nobody can press anything there
        if (begun.outcome !== null) continue;
        const { kind } = document.steps[begun.state.stepId]!;
        test(`0 at "${stepId}" reaches a person, ${written ? "in writing" : "by voice"}`, () => {
          const reaches = (acts: readonly Act[]): void => {
            // a number may begin with 0: alone, it asks for a person once nothing follows
            const { outcome } = play({ ...document, start: stepId }, written, [...acts, { answer: "0" }, ...(kind === "collect" && !written ? ["silence" as const] : [])]);
            assert.ok(outcome?.type === "queue" && outcome.queueId === document.reachHuman.queueId, JSON.stringify(outcome));
          };
          reaches([]);
          if (begun.state.saying !== null && kind !== "end" && kind !== "transfer") reaches(["hear"]);
          if (kind === "callback") reaches([{ brings: { ok: true, slots: [], inOrder: { position: 1, estimatedWaitMs: 60_000 } } }]);
        });
      }
    }
  });
}
