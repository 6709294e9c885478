/** Every shipped template: valid, in both languages, proved without a finding, its own test cases green, and `0` reaches a person at each of its questions. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StepKind } from "@tandem/protocol/flow/flow";
import { readFlowDefinition } from "../definition.ts";
import { play } from "../play.ts";
import { prove } from "../proof/prove.ts";
import { runTests } from "../proof/run-tests.ts";
import { testSite } from "../proof/test-site.ts";
import { templates } from "./templates.ts";

const site = { ...testSite(), nowMs: Date.UTC(2026, 10, 23, 9), hoursAt: () => "open" as const, agent: (id: string) => id };
/** Kinds at which a customer can be heard: they ask, or say something. */
const HEARS: readonly StepKind[] = ["say", "menu", "collect", "language", "assistant", "callback"];

test("there are twelve, each with an id of its own", () => {
  assert.equal(templates.length, 12);
  assert.equal(new Set(templates.map(({ document }) => document.id)).size, 12);
});

for (const { title, description, document } of templates) {
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

    for (const [stepId, step] of Object.entries(document.steps)) {
      if (!HEARS.includes(step.kind)) continue;
      for (const written of [false, true]) {
        // a number may begin with 0: alone, it asks for a person once nothing follows
        test(`0 at "${stepId}" reaches a person, ${written ? "in writing" : "by voice"}`, () => {
          const { outcome } = play({ ...document, start: stepId }, written, [...(step.kind === "callback" ? [{ brings: { ok: true, slots: [], inOrder: { position: 1, estimatedWaitMs: 60_000 } } } as const] : []), { answer: "0" }, ...(step.kind === "collect" && !written ? ["silence" as const] : [])]);
          assert.ok(outcome?.type === "queue" && outcome.queueId === document.reachHuman.queueId, JSON.stringify(outcome));
        });
      }
    }
  });
}
