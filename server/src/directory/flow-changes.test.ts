import assert from "node:assert/strict";
import { test } from "node:test";
import { flowChanges } from "./flow-changes.ts";

const say = (fr: string, more: object = {}): Record<string, unknown> => ({ kind: "say", says: { sounds: { fr, en: "Hello" } }, next: "menu", ...more });
const choice = (key: string, next: string, label = key): object => ({ key, label: { fr: label }, next });
const menu = (...choices: object[]): Record<string, unknown> => ({ kind: "menu", choices });
const flow = (steps: object, more: object = {}): object => ({ id: "f", name: "F", version: 1, start: "hello", steps, ...more });
const told = (before: object, after: object): string[] => flowChanges(before, after).map(({ kind, path, stepId }) => `${kind} ${path}${stepId === null ? "" : ` of ${stepId}`}`);

test("one text changed is one change, with both texts and its step", () => {
  assert.deepEqual(flowChanges(flow({ hello: say("Bonjour") }), flow({ hello: say("Bonsoir") })), [{ path: "steps/hello/says/sounds/fr", kind: "changed", before: "Bonjour", after: "Bonsoir", stepId: "hello" }]);
});

test("moved on the canvas, written in another order, published again: no change", () => {
  const before = flow({ hello: say("a", { at: { x: 1, y: 2 } }), menu: menu() }, { version: 1 });
  const after = flow({ menu: menu(), hello: { at: { x: 9, y: 9 }, next: "menu", says: { sounds: { en: "Hello", fr: "a" } }, kind: "say" } }, { version: 2 });
  assert.deepEqual(flowChanges(before, after), []);
});

test("a step added or removed is one change, without its place; of another kind, it is changed as a whole", () => {
  const changes = flowChanges(flow({ hello: say("a") }), flow({ hello: say("a"), menu: { ...menu(choice("1", "x")), at: { x: 1, y: 1 } } }));
  assert.deepEqual(changes, [{ path: "steps/menu", kind: "added", before: null, after: menu(choice("1", "x")), stepId: "menu" }]);
  assert.deepEqual(told(flow({ hello: say("a") }), flow({})), ["removed steps/hello of hello"]);
  assert.deepEqual(told(flow({ hello: say("a") }), flow({ hello: menu() })), ["changed steps/hello of hello"]);
});

test("a choice put first is one choice added, one taken away is one removed, another's label is that label", () => {
  const [one, two, three] = [choice("1", "a"), choice("2", "b"), choice("3", "c")];
  assert.deepEqual(told(flow({ m: menu(two, three) }), flow({ m: menu(one, two, three) })), ["added steps/m/choices/0 of m"]);
  assert.deepEqual(told(flow({ m: menu(one, two, three) }), flow({ m: menu(one, three) })), ["removed steps/m/choices/1 of m"]);
  assert.deepEqual(told(flow({ m: menu(one, two) }), flow({ m: menu(one, choice("2", "b", "deux")) })), ["changed steps/m/choices/1/label/fr of m"]);
  assert.deepEqual(told(flow({ m: menu(one, two) }), flow({ m: menu(one, choice("3", "b", "2")) })), ["changed steps/m/choices/1/key of m"], "only its key");
});

test("settings of the flow belong to no step", () => {
  assert.deepEqual(flowChanges(flow({}, { limits: { steps: 4, seconds: 40 } }), flow({}, { limits: { steps: 5, seconds: 40 }, priority: 2 })), [
    { path: "limits/steps", kind: "changed", before: 4, after: 5, stepId: null },
    { path: "priority", kind: "added", before: null, after: 2, stepId: null },
  ]);
});

test("very long lists are compared line by line", () => {
  const lines = Array.from({ length: 400 }, (_, i) => `word ${i}`);
  assert.deepEqual(told(flow({}, { words: lines }), flow({}, { words: [...lines.slice(0, 399), "other"] })), ["changed words/399"]);
});
