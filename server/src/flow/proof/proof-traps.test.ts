/** Every way of real flows, with a trap put into it: each is found, and drawn from the start to the trap. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { waysOf } from "@tandem/protocol/flow/flow";
import type { FlowDocument, Says, Step } from "@tandem/protocol/flow/flow";
import type { Finding } from "@tandem/protocol/flow-studio";
import { demoFlow } from "../demo-flow.ts";
import { templates } from "../templates/templates.ts";
import { explore } from "./explore.ts";
import { prove } from "./prove.ts";
import { testSite } from "./test-site.ts";

const both = (text: string): Says => ({ sounds: { fr: text, en: text } });
const LABEL = { fr: "Question", en: "Question" };
const LONG = both("Votre appel est important pour nous. ".repeat(30).slice(0, 1100));

interface Trap {
  name: string;
  /** Steps that stand in the way; the first is entered, and may lead on to `on`. */
  steps(on: string): Record<string, Step>;
  code: string;
}
const menu = (next: string): Step => ({ kind: "menu", label: LABEL, says: both("Un."), interruptible: true, choices: [{ key: "1", label: LABEL, words: {}, next, set: {} }], speech: true });

const TRAPS: Trap[] = [
  { name: "an end that nobody declared", code: "undeclared-end", steps: () => ({ trap: { kind: "end", says: both("Au revoir.") } }) },
  { name: "an end after an e-mail, undeclared", code: "undeclared-end", steps: (on) => ({ trap: { kind: "deflect", to: { kind: "email" }, failed: on } }) },
  { name: "a circle of words", code: "loop", steps: () => ({ trap: { kind: "say", says: both("Patientez."), interruptible: true, next: "trap" } }) },
  { name: "a question that silence repeats for ever", code: "loop", steps: (on) => ({ trap: { ...(menu(on) as Extract<Step, { kind: "menu" }>), noAnswer: "trap" } }) },
  { name: "a request that is made until it works", code: "loop", steps: (on) => ({ trap: { kind: "http", method: "GET", url: "https://x.example/", headers: {}, timeoutMs: 3000, saves: [], next: on, failed: "trap2" }, trap2: { kind: "wait", ms: 1000, next: "trap" } }) },
  { name: "a queue that does not exist", code: "reference", steps: () => ({ trap: { kind: "queue", queueId: "gone", needs: [] } }) },
  { name: "a queue with nobody skilled", code: "nobody-skilled", steps: () => ({ trap: { kind: "queue", queueId: "q_unskilled", needs: [] } }) },
  { name: "a queue that waits while closed", code: "no-person", steps: () => ({ trap: { kind: "queue", queueId: "q_waits", needs: [] } }) },
  { name: "a queue that never opens", code: "never-open", steps: () => ({ trap: { kind: "queue", queueId: "q_never", needs: [] } }) },
  { name: "a voicemail that nobody owns", code: "unowned-voicemail", steps: () => ({ trap: { kind: "voicemail", queueId: "q_unowned", says: both("Parlez."), maxSeconds: 180 } }) },
  { name: "a minute of words", code: "too-long", steps: (on) => ({ trap: { kind: "say", says: LONG, interruptible: true, next: on } }) },
  { name: "a wait of a minute", code: "too-long", steps: (on) => ({ trap: { kind: "wait", ms: 60_000, next: on } }) },
  { name: "five questions in a row", code: "too-many-steps", steps: (on) => ({ trap: menu("trap2"), trap2: menu("trap3"), trap3: menu("trap4"), trap4: menu("trap5"), trap5: menu(on) }) },
  { name: "a text in one language only", code: "missing-language", steps: (on) => ({ trap: { kind: "say", says: { sounds: { fr: "Bonjour." } }, interruptible: true, next: on } }) },
  { name: "a variable that nothing has set", code: "unset-variable", steps: (on) => ({ trap: { kind: "branch", cases: [{ when: 'data.trapped == "x"', next: on }], otherwise: on } }) },
  { name: "a condition that cannot be computed", code: "expression", steps: (on) => ({ trap: { kind: "branch", cases: [{ when: "data.nowhere > 1", next: on }], otherwise: on } }) },
  { name: "a step that does not exist", code: "dead-end", steps: () => ({ trap: { kind: "say", says: both("Bonjour."), interruptible: true, next: "nowhere" } }) },
  { name: "a sub-flow that is not published", code: "reference", steps: (on) => ({ trap: { kind: "subflow", flowId: "gone", next: on } }) },
];

const site = testSite({}, {
  q_unskilled: { skilledAgents: () => 0 }, q_never: { everOpen: false }, q_unowned: { voicemailOwners: 0 },
  q_waits: { deflect: () => [{ to: "taken" }] },
});

/** The flow with every way from `stepId` by `port` leading into the trap. */
function trapped(flow: FlowDocument, stepId: string, port: string, trap: Trap): FlowDocument {
  const document = structuredClone(flow);
  const on = waysOf(flow.steps[stepId]!).find((way) => way.port === port)!.to;
  const step = document.steps[stepId]! as Record<string, unknown> & Step;
  const [name = "", index] = port.split(":");
  if (index === undefined) {
    if (name === "optional" || name === "anything") (step[name] as { next: string }).next = "trap";
    else step[name] = "trap";
  } else ((name === "choice" ? step["choices"] : step["cases"]) as { next: string }[])[Number(index)]!.next = "trap";
  assert.equal(waysOf(document.steps[stepId]!).find((way) => way.port === port)!.to, "trap", `${stepId} ${port} was led into the trap`);
  return { ...document, variables: { ...document.variables, trapped: { type: "text" } }, steps: { ...document.steps, ...trap.steps(on) } };
}

/** The path begins at the start, and each hop is the next step of the one before (or of a trap beyond). */
function checkPath(document: FlowDocument, { code, path, words }: Finding): void {
  assert.ok(words.fr !== "" && words.en !== "" && words.fr !== words.en, code);
  if (["missing-language", "expression", "dead-end"].includes(code)) return;
  if (code === "reference" && path.length === 1) return;
  assert.equal(path[0]?.stepId, document.start, `${code}: ${path.map((hop) => hop.stepId).join(" ")}`);
  for (const [i, hop] of path.entries()) {
    assert.ok(hop.because.fr !== "" && hop.because.en !== "");
    const next = path[i + 1];
    const step = document.steps[hop.stepId];
    if (!next || !step || hop.flowId !== undefined || next.flowId !== undefined || hop.port === null || hop.port === "human") continue;
    assert.equal(waysOf(step).find((way) => way.port === hop.port)?.to, next.stepId, `${code}: ${hop.stepId} ${hop.port} -> ${next.stepId}`);
  }
}

/** Ways that a caller can take: reading takes nobody's time. */
function spokenWays(flow: FlowDocument): Set<string> {
  return new Set(explore(flow, site).nodes.flatMap((node) => (node.written ? [] : node.edges.map((edge) => `${edge.from.stepId} ${edge.port}`))));
}

for (const flow of [demoFlow, ...templates.map(({ document }) => document)]) {
  describe(flow.name, () => {
    test("is proved as it is", () => assert.deepEqual(prove(flow, site).findings.filter(({ severity }) => severity === "error"), []));

    test("every trap in every way is found and drawn", () => {
      const spoken = spokenWays(flow);
      let tried = 0;
      for (const trap of TRAPS) {
        for (const [stepId, step] of Object.entries(flow.steps)) {
          for (const { port } of waysOf(step)) {
            if (trap.code === "too-long" && !spoken.has(`${stepId} ${port}`)) continue;
            tried++;
            const document = trapped(flow, stepId, port, trap);
            const proof = prove(document, site);
            const found = proof.findings.filter(({ code, severity }) => code === trap.code && severity === "error");
            assert.ok(!proof.ok && found.length > 0, `${trap.name} at ${stepId} ${port}: ${proof.findings.map(({ code }) => code).join(" ")}`);
            for (const finding of found) checkPath(document, finding);
            assert.ok(found.some(({ path }) => path.some((hop) => hop.stepId.startsWith("trap"))), `${trap.name} at ${stepId} ${port}: the path leads to the trap`);
          }
        }
      }
      assert.ok(tried > 18 * 5);
    });
  });
}
