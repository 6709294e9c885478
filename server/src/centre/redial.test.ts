import assert from "node:assert/strict";
import { test } from "node:test";
import { demoFlow, prove, roughSeconds, templates, type ProofQueue, type Site } from "../flow/flow.ts";
import { standingFlow, type Standing } from "./promise-standing.ts";
import { redialFlow } from "./redial.ts";

const queue = (id: string): ProofQueue => ({
  id, name: id, everOpen: true, everClosed: false, skilledAgents: () => 3, voicemailOwners: 3, callbacks: { inOrder: true, dated: true }, offersCallback: true, mayWait: { voice: "test", written: "test" }, deflect: () => [{ to: "taken" }],
});
const site: Site = {
  channels: ["ivr"], queue, hours: () => ({ everOpen: true, everClosed: true }), flow: () => null, recorded: () => true, seconds: ({ text }) => roughSeconds(text), hears: false, zone: "Europe/Paris", country: "FR", email: null,
};

test("the question to who was cut off is proved like every flow: a person is in reach of every key and of silence, for the demo and every template", () => {
  for (const flow of [demoFlow, ...templates.map((template) => template.document)]) {
    const { findings } = prove(redialFlow(flow), site);
    assert.deepEqual(findings.filter(({ severity }) => severity === "error").map(({ code, words }) => `${flow.id} ${code} ${words.en}`), []);
  }
});

test("so is the question to whom a call is promised, kept, moved and taken back", () => {
  const slot = { startMs: Date.UTC(2026, 10, 25, 9), endMs: Date.UTC(2026, 10, 25, 10) };
  for (const flow of [demoFlow, ...templates.map((template) => template.document)]) {
    for (const [start, when, trusted] of [["ask", slot, true], ["ask", null, true], ["ask", slot, false], ["cancelled", null, true]] as const) {
      const standing: Standing = { callbackId: "cb_1", slot: when, dueMs: null, trusted, place: { queueId: flow.reachHuman.queueId, needs: [], priority: 0, reason: null, preferredAgentId: null, sinceMs: 0 } };
      const { findings } = prove(standingFlow(flow, standing, "Europe/Paris", start), site);
      assert.deepEqual(findings.filter(({ severity }) => severity === "error").map(({ code, words }) => `${flow.id} ${start} ${code} ${words.en}`), []);
    }
  }
});
