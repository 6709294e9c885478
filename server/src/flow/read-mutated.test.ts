/** A definition comes from a file that anybody edited, or a row of another age: what is wrong in it is told, and never thrown; what is accepted runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readFlowDefinition } from "./definition.ts";
import { demoFlow } from "./demo-flow.ts";
import { startFlow, stepFlow } from "./interpreter.ts";
import { contextOf, openWorld } from "./play.ts";
import { spokenTexts } from "./spoken-texts.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const both = { fr: "x", en: "x" };
const rich: Json = JSON.parse(JSON.stringify({
  ...demoFlow,
  variables: { ...demoFlow.variables, n: { type: "number", initial: 1 } },
  steps: {
    ...demoFlow.steps,
    who: { kind: "branch", cases: [{ when: 'data.n > 2 && has(customer.x) && contact.from.startsWith("+33")', next: "http" }], otherwise: "greeting" },
    http: { kind: "http", url: "https://a.example/{data.order}", headers: { a: "{secret.k}" }, saves: [{ name: "n", pointer: "/n" }], next: "set", failed: "set" },
    set: { kind: "set", values: [{ name: "n", to: "data.n + 1" }], next: "back" },
    back: { kind: "callback", queueId: "q_support", says: { sounds: both }, label: both, declined: "sales", failed: "vm" },
    vm: { kind: "voicemail", queueId: "q_support", says: { sounds: both }, failed: "move" },
    move: { kind: "transfer", number: "{data.order}", failed: "out" },
    out: { kind: "deflect", to: { kind: "sms", text: both }, failed: "sales" },
  },
})) as Json;
const old: Json = {
  ...(JSON.parse(JSON.stringify(demoFlow)) as Record<string, Json>),
  steps: { who: { kind: "branch", cases: [{ when: { op: "all", of: [{ op: "open", hours: "h" }, { op: "not", of: { op: "above", value: "data.x", with: 3 } }] }, next: "ask" }], otherwise: "ask" }, ask: { kind: "collect", label: both, says: { sounds: both }, name: "x", minDigits: 1, maxDigits: 3, next: "by" }, by: { kind: "lookup", by: "data.x", next: "end", unknown: "end" }, end: { kind: "hangup" } },
  hours: { h: { zone: "Europe/Paris", weekly: [] } },
};
for (const key of ["format", "variables"]) delete (old as Record<string, Json>)[key];

/** Every place of a document. */
function placesOf(value: Json, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, one]) => placesOf(one, [...at, key]))];
}

function changed(value: Json, at: readonly (string | number)[], to: Json | undefined): Json {
  const [key, ...rest] = at;
  if (key === undefined) return to ?? null;
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === String(key) ? changed(one, rest, to) : one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, one]): [string, Json][] => (name !== String(key) ? [[name, one]] : rest.length === 0 && to === undefined ? [] : [[name, changed(one, rest, to)]])));
}

const replacement = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom<Json>(null, true, 0, -1, 1e308, "", "constructor", "__proto__", "toString", "{data.constructor}", "{contact.hour}", "1 == 1", "data.constructor", "data.n", '"x"', "who", "need", [], {}, "x".repeat(2_000), { fr: "x" }, ["*"], "*", "#"),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

for (const [name, document] of [["format 2", rich], ["format 1", old]] as const) {
  const places = placesOf(document);
  test(`${name}: changed anywhere`, () => {
    assert.ok(readFlowDefinition(document).ok, JSON.stringify(readFlowDefinition(document)));
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...places), replacement), { minLength: 1, maxLength: 3 }), fc.boolean(), (changes, written) => {
        let value = document;
        for (const [at, to] of changes) value = changed(value, at, to);
        const read = readFlowDefinition(value);
        if (!read.ok) {
          assert.ok(read.why.length > 0 && read.why.every((one) => one.length > 2));
          return;
        }
        accepted++;
        spokenTexts(read.definition);
        let turn = startFlow(read.definition, contextOf(written), openWorld);
        for (let i = 0; i < 12 && !turn.state.done; i++) {
          const { saying, asked } = turn.state;
          turn = stepFlow(read.definition, turn.state, saying !== null ? { kind: "said", sayId: saying } : asked ? { kind: "answered", askId: asked.askId, answer: { ok: i % 2 === 0, why: "x" } as { ok: false; why: string } } : { kind: "key", key: String((i % 9) + 1) }, openWorld);
        }
      }),
      { numRuns: 3_000, seed: 4 },
    );
    assert.ok(accepted > 100 && accepted < 2_900, `${accepted} accepted`);
  });
}
