/** Traps that the proof once took for ways to a person: each is played by the interpreter to its bad end, and refused by the proof. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { flowDefinition, readFlowDefinition } from "../definition.ts";
import type { FlowDefinition } from "../definition.ts";
import { play } from "../play.ts";
import { both, label } from "../test-flow.ts";
import { prove } from "./prove.ts";
import { testSite } from "./test-site.ts";

const person = { kind: "queue", queueId: "q" } as const;
const bad = { kind: "end" } as const;

function flow(steps: FlowDocumentInput["steps"], more: Partial<FlowDocumentInput> = {}): FlowDefinition {
  return flowDefinition({
    id: "f", name: "F", languages: ["fr", "en"], start: "a", reachHuman: { queueId: "q_human", says: both("Une personne."), label }, retry: { wrong: both("Faux."), silence: both("Allô ?") },
    limits: { steps: 10, seconds: 200 }, steps, ...more,
  });
}
const errors = (definition: FlowDefinition, part?: FlowDefinition): string[] => [...new Set(prove(definition, testSite({ flow: (id) => (id === part?.id ? part : null) })).findings.filter(({ severity }) => severity === "error").map(({ code, stepId }) => `${code} ${stepId}`))];

test("who writes is told a number, or that there is none: one with a variable in it may be none", () => {
  const of = (number: string): FlowDefinition => flow({ a: { kind: "branch", cases: [{ when: "contact.written", next: "told" }], otherwise: "person" }, told: { kind: "deflect", to: { kind: "number", number }, failed: "bad", next: "bye" }, bye: { kind: "end", exception: "Numéro donné" }, bad, person });
  const unknown = of("{customer.branch}");
  assert.deepEqual(play(unknown, true, []).outcome, { type: "end", how: "ended", ref: null, exception: null });
  assert.deepEqual(errors(unknown), ["undeclared-end bad"]);
  assert.deepEqual(errors(of("3639")), []);
});

test("a sub-flow that declares a variable as something else leaves another value behind, or none", () => {
  const part = (type: "text" | "boolean" | "number", initial?: number): FlowDefinition => flow({ a: { kind: "return" } }, { id: "part", name: "Partie", variables: { x: { type, ...(initial !== undefined && { initial }) } } });
  const main = (when: string, to: string): FlowDefinition =>
    flow({ a: { kind: "set", values: [{ name: "x", to }], next: "b" }, b: { kind: "subflow", flowId: "part", next: "c" }, c: { kind: "branch", cases: [{ when, next: "person" }], otherwise: "bad" }, person, bad }, { variables: { x: { type: "text" } } });
  const asked = flow({ a: { kind: "collect", type: "number", label, says: both("Combien ?"), variable: "x", next: "b" }, b: { kind: "return" } }, { id: "part", name: "Partie", variables: { x: { type: "number" } } });
  const cases: [FlowDefinition, FlowDefinition, boolean][] = [
    [main('data.x == "true"', '"true"'), part("text"), true],
    [main('data.x == "true"', '"true"'), part("boolean"), false],
    [main('data.x == "yes"', '"yes"'), part("number"), false],
    [main("has(data.x)", '"yes"'), part("number"), false],
    // a number where the flow expects a text cannot be read
    [main("has(data.x)", '"yes"'), part("number", 1), false],
    [main("has(data.x)", '"12"'), part("number"), false],
    // what it is, is not known
    [main("has(data.x)", "contact.from"), part("number"), false],
    [main("has(data.x)", '"yes"'), asked, false],
  ];
  for (const [definition, sub, proved] of cases) {
    const name = `${JSON.stringify(definition.steps.c)} ${sub.variables.x?.type} ${sub.variables.x?.initial}`;
    assert.deepEqual(errors(definition, sub), proved ? [] : ["undeclared-end bad"], name);
    const { outcome } = play(definition, false, [{ answer: "5#" }], { from: "anonymous" }, { flow: () => sub });
    assert.equal(outcome?.type, proved ? "queue" : "end", `${name}: really`);
  }
});

test("a number, a date or a yes that is there is there: who was asked for it goes the way of has()", () => {
  const asked = (type: "number" | "date" | "digits", declared: "number" | "date" | "text"): FlowDefinition =>
    flow({ a: { kind: "collect", type, label, says: both("Alors ?"), variable: "x", next: "b" }, b: { kind: "branch", cases: [{ when: "has(data.x)", next: "bad" }], otherwise: "person" }, person, bad }, { variables: { x: { type: declared } } });
  for (const [definition, keys] of [[asked("number", "number"), "5#"], [asked("date", "date"), "12032026"], [asked("digits", "text"), "12#"]] as const) {
    assert.equal(play(definition, false, [{ answer: keys }]).outcome?.type, "end");
    assert.deepEqual(errors(definition), ["undeclared-end bad"]);
  }
  const then = flow({ a: { kind: "collect", type: "number", label, says: both("Alors ?"), variable: "x", next: "b" }, b: { kind: "branch", cases: [{ when: "has(data.x)", next: "c" }], otherwise: "person" }, c: { kind: "branch", cases: [{ when: "data.x > 3", next: "bad" }], otherwise: "person" }, person, bad }, { variables: { x: { type: "number" } } });
  assert.deepEqual(errors(then), ["undeclared-end bad"], "and is still any number");
  const chosen = flow({ a: { kind: "http", url: "https://x.example/", saves: [{ name: "x", pointer: "/x" }], next: "b", failed: "person" }, b: { kind: "branch", cases: [{ when: "has(data.x)", next: "bad" }], otherwise: "person" }, person, bad }, { variables: { x: { type: "boolean" } } });
  assert.deepEqual(errors(chosen), ["undeclared-end bad"]);
});

test("what a sub-flow cannot take as its own is not there for it", () => {
  const part = flow({ a: { kind: "branch", cases: [{ when: "has(data.x)", next: "b" }], otherwise: "bad" }, b: { kind: "return" }, bad }, { id: "part", name: "Partie", variables: { x: { type: "number" } } });
  const whole = flow({ a: { kind: "collect", label, says: both("Compte ?"), variable: "x", min: 20, max: 20, next: "b" }, b: { kind: "subflow", flowId: "part", next: "person" }, person }, { variables: { x: { type: "text" } } });
  assert.equal(play(whole, false, [{ answer: "12345678901234567890" }], {}, { flow: () => part }).outcome?.type, "end");
  assert.deepEqual(errors(whole, part), ["undeclared-end b"]);
});

test("a sub-flow speaks the language of who enters it, and brings nobody to one that the flow has not", () => {
  const menu = { kind: "menu", label, says: both("Choisissez."), choices: [{ key: "1", label, next: "b" }] } as const;
  const french = flow({ a: { kind: "say", says: { sounds: { fr: "Seulement en français." } }, next: "b" }, b: { kind: "return" } }, { id: "part", name: "Partie", languages: ["fr"], reachHuman: { queueId: "q", says: { sounds: { fr: "Oui." } }, label: { fr: "Oui" } }, retry: { wrong: { sounds: { fr: "Non." } }, silence: { sounds: { fr: "Non." } } } });
  const enter = { a: { kind: "subflow", flowId: "part", next: "person" }, person } as const;
  assert.deepEqual(errors(flow(enter), french), ["missing-language a"]);
  assert.deepEqual(errors(flow(enter, { languages: ["fr"] }), french), []);
  const [finding] = prove(flow(enter), testSite({ flow: () => french })).findings;
  assert.deepEqual([finding?.language, finding?.path.at(-1)?.stepId, finding?.path.at(-1)?.flowId], ["en", "a", "part"]);
  const chooses = flow({ a: { kind: "language", label, says: both("Langue ?"), choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: "b" }, b: { kind: "return" } }, { id: "part", name: "Partie" });
  assert.deepEqual(errors(flow({ a: { kind: "subflow", flowId: "part", next: "c" }, c: { ...menu, choices: [{ key: "1", label, next: "person" }] }, person }, { languages: ["fr"] }), chooses), ["missing-language c"]);
});

test("a flow that is too large to be run is not published either", () => {
  const steps = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`s${i}`, flow({ a: person }).steps.a!]));
  const large = { ...flow({ a: person }), start: "s0", steps };
  assert.deepEqual(readFlowDefinition(large).ok, false);
  assert.ok(errors(large).includes("too-big null"));
});
