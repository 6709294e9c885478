import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readFlowDefinition } from "./definition.ts";
import { resumeFlow } from "./interpreter.ts";
import { openWorld, play } from "./play.ts";
import type { FlowState } from "./state.ts";
import { upgradeFlow } from "./upgrade.ts";

const says = { sounds: { fr: "Un", en: "One" } };
const label = { fr: "L", en: "L" };
/** As issues 2 and 3 stored them. */
const old = {
  id: "flow_shop", name: "Shop", version: 3, languages: ["fr", "en"], start: "who", priority: 1,
  reachHuman: { queueId: "q", says, label, words: ["patron"] },
  retry: { wrong: says, silence: says },
  hours: { shop: { zone: "Europe/Paris", weekly: [{ days: [1], from: "09:00", to: "18:00" }], exceptions: { "2026-12-25": [] } } },
  steps: {
    who: { kind: "lookup", by: "from", next: "open", unknown: "open" },
    open: { kind: "branch", cases: [{ when: { op: "not", of: { op: "open", hours: "shop" } }, next: "bye" }, { when: { op: "all", of: [{ op: "open", hours: "shop" }, { op: "above", value: "customer.orders", with: 10 }] }, next: "vip" }], otherwise: "need" },
    need: { kind: "menu", label, says, choices: [{ key: "1", label, next: "order", set: { "Order-kind": "x", many: 2 } }] },
    order: { kind: "collect", label, says: { sounds: { fr: "{from} {data.Order-kind}", en: "{from}" } }, name: "Order-no", minDigits: 2, maxDigits: 5, interDigitMs: 4000, next: "again" },
    again: { kind: "lookup", by: "data.Order-no", next: "vip", unknown: "test" },
    test: {
      kind: "branch",
      cases: [
        { when: { op: "equals", value: "data.Order-no", with: 12 }, next: "vip" }, { when: { op: "oneOf", value: "data.Order-kind", with: ["a\"b", "c"] }, next: "vip" }, { when: { op: "known", value: "data.none" }, next: "vip" },
        { when: { op: "not", of: { op: "equals", value: "data.none", with: "1" } }, next: "bye" }, { when: { op: "startsWith", value: "from", with: "+44" }, next: "vip" },
      ],
      otherwise: "vip",
    },
    vip: { kind: "queue", queueId: "vip", priority: 5 },
    bye: { kind: "hangup", says },
  },
};

describe("a definition of format 1", () => {
  const read = readFlowDefinition(old);
  test("is read as format 2, with what it had undeclared declared", () => {
    assert.ok(read.ok, read.ok ? "" : read.why.join("; "));
    assert.deepEqual(read.definition.variables, { open_shop: { type: "boolean" }, order_kind: { type: "text" }, many: { type: "number" }, order_no: { type: "text" }, none: { type: "text" } });
    assert.deepEqual(read.definition.steps.bye, { kind: "end", says, exception: "Flow of format 1" });
    assert.deepEqual(upgradeFlow(old).calendars, { "flow_shop-shop": old.hours.shop });
  });
  test("branches as it did: hours, numbers in words, what is not there", () => {
    assert.ok(read.ok);
    const { definition } = read;
    const closed = play(definition, true, [{ customer: null }, "hear"], {}, { hours: (of) => (of.kind === "calendar" && of.calendarId === "flow_shop-shop" ? "closed" : "open") });
    assert.equal(closed.outcome?.type, "end");
    assert.deepEqual(play(definition, true, [{ customer: { orders: "12" } }]).outcome, { type: "queue", queueId: "vip", needs: [], priority: 5, language: "fr" });
    const asked = play(definition, true, [{ customer: null }, "hear", { answer: "1" }]);
    assert.deepEqual([asked.said.at(-1), asked.state.data], ["+33612345678 x", { open_shop: true, order_kind: "x", many: 2 }]);
    const ends = (order: string): unknown => play(definition, true, [{ customer: null }, "hear", { answer: "1" }, "hear", { answer: order }, { customer: null }, "hear"]).outcome?.type;
    assert.deepEqual([ends("12"), ends("13")], ["queue", "end"], "12 is 12 as text and as number; nothing is unequal to 1");
    assert.deepEqual(play(definition, true, [{ customer: null }, "hear", { answer: "1" }, "hear", { answer: "99" }]).state.asked?.ask, { kind: "lookup", value: "99" });
  });
  test("no problem is met on the way", () => {
    assert.ok(read.ok);
    assert.deepEqual(play(read.definition, true, [{ customer: null }, "hear", { answer: "1" }, "hear", { answer: "13" }, { customer: null }, "hear"]).problems.filter((why) => !why.includes("customer.orders")), []);
  });
});

test("what is of format 2 stays as it is; nonsense stays nonsense", () => {
  for (const value of [null, 3, "x", [], {}, { steps: 1 }, { steps: { a: null } }, { format: 2, steps: { a: { kind: "hangup" } } }, { variables: {}, steps: { a: { kind: "hangup" } } }]) {
    assert.equal(readFlowDefinition(value).ok, false);
  }
  const two = { format: 2, steps: { a: { kind: "hangup" } } };
  assert.equal(upgradeFlow(two).document, two);
  for (const when of [{ op: "nope" }, { op: "all", of: 3 }, { op: "not" }, {}]) assert.equal(readFlowDefinition({ ...old, steps: { ...old.steps, test: { kind: "branch", cases: [{ when, next: "vip" }], otherwise: "vip" } } }).ok, true, "an unknown condition holds never");
});

test("a customer who was in a flow of format 1 when the software changed is asked again", () => {
  const read = readFlowDefinition({ ...old, hours: {} });
  assert.ok(read.ok);
  const before = { flowId: "flow_shop", version: 3, medium: "chat", written: true, from: "vis_1", to: "3000", language: "en", stepId: "need", saying: null, sayCount: 4, digits: "", failures: 1, ahead: "", sinceInput: 0, priority: 1, reason: null, data: {}, customer: null, done: false };
  // the cast is the case: a row of the database that lacks what came since
  const { state, effects } = resumeFlow(read.definition, before as unknown as FlowState, openWorld);
  assert.deepEqual([effects.map((effect) => effect.do), state.stepId, state.language, state.sayCount], [["say"], "need", "en", 5]);
});
