import assert from "node:assert/strict";
import { test } from "node:test";
import { both, flow, label } from "../test-flow.ts";
import { playScript } from "./scripted-run.ts";
import type { ScriptSite } from "./scripted-run.ts";
import { testSite } from "./test-site.ts";

test("a test case at an instant asks a queue's hours in the language that was chosen in that very turn", () => {
  const definition = flow({
    a: { kind: "language", label, says: both("Langue"), choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: "b" },
    b: { kind: "queue", queueId: "q", ifClosed: "failed" },
  });
  const site: ScriptSite = { ...testSite(), nowMs: 0, hoursAt: (_atMs, of, _medium, language) => (language === "en" && of.kind === "queue" && of.queueId === "q" ? "closed" : "open"), agent: () => null };
  const given = { medium: "voice", language: "fr", at: "2026-11-23T10:00:00Z", hours: "open", queues: "served", from: "+33612345678", customer: null, context: {}, answers: {} } as const;
  assert.deepEqual(["1", "2"].map((keys) => playScript(definition, { acts: [{ do: "keys", keys }], given }, site).end?.queueId), ["q", "q_failed"]);
});
