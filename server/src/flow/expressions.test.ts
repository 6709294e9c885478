import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { VariableType } from "@tandem/protocol/flow/flow";
import { coerce, Expressions } from "./expressions.ts";
import type { ExpressionFacts, Wanted } from "./expressions.ts";

const expressions = new Expressions({ variables: { order: { type: "text" }, count: { type: "number" }, vip: { type: "boolean" }, due: { type: "date" } } });
const facts: ExpressionFacts = {
  data: { order: "A12", count: 3, vip: true, due: "2026-12-01" },
  customer: { known: true, name: "Ana", orders: "12", since: 2019, gone: null },
  case: { known: false },
  context: { latitude: 48.8566, longitude: 2.3522, page: "/panier" },
  contact: { medium: "voice", from: "+33612345678", to: "3000", language: "fr", written: false, hidden: false, hour: 10, weekday: 1, date: "2026-11-23", time: "10:05", returning: false },
};

describe("what expressions give", () => {
  const rows: [string, unknown][] = [
    ["data.count > 2", true], ["data.count + 1 == 4", true], ["data.count % 2 == 1", true], ["data.count / 2", 1.5], ["2 * data.count - 0.5", 5.5], ["data.count in [1, 3]", true], ["data.count != 3", false],
    ['data.order.startsWith("A") && size(data.order) == 3', true], ["data.vip ? data.order : 'none'", "A12"], ["!data.vip", false], ["data.due > contact.date", true], ["days(contact.date, data.due)", 8], ['days("never", data.due) > 0', false],
    ['contact.medium == "voice" && !contact.hidden', true], ["contact.hour >= 9 && contact.hour < 18 && contact.weekday < 6", true], ['contact.time < "12:30"', true],
    ["number(customer.orders) > 10", true], ["number(customer.name) > 10", false], ["customer.since < 2020", true], ['customer.name == "Ana"', true], ["has(customer.nope)", false], ["has(customer.name)", true], ["customer.gone == null", true],
    ['has(context.page) && context.page.contains("panier")', true], ["distanceKm(context.latitude, context.longitude, 45.7640, 4.8357) > 390.0 && distanceKm(context.latitude, context.longitude, 45.7640, 4.8357) < 395.0", true],
    ['"a" + data.order', "aA12"], ["string(data.count)", "3"], ["data.order.lowerAscii()", "a12"],
  ];
  for (const [source, value] of rows) test(source, () => assert.deepEqual(expressions.evaluate(source, facts), { ok: true, value }));

  test("value, for the check of an answer", () => {
    assert.deepEqual(expressions.evaluate("value > data.count", { ...facts, value: 4 }, "double"), { ok: true, value: true });
    assert.deepEqual(expressions.evaluate('value.endsWith("9")', { ...facts, value: "19" }, "string"), { ok: true, value: true });
  });
});

describe("what is refused before it runs", () => {
  const rows: [string, Wanted, RegExp][] = [
    ["data.nope", "any", /No such key: nope/], ["contact.nope", "any", /No such key: nope/], ["process.env", "any", /Unknown variable: process/], ["data.order", "bool", /gives string, not true or false/], ["data.count", "bool", /gives double/], ["data.vip", "number", /gives bool, not number/],
    ["data.order + 1", "any", /no such overload/], ["data.order > 2", "bool", /no such overload/], ["data.count ==", "bool", /EOF/], ['data.order.matches("(a+)+$")', "bool", /matches\(\) is not part/], ["[1, 2].all(x, x > 0)", "bool", /all\(\) is not part/],
    ["[1].map(x, x)", "any", /map\(\) is not part/], ['!("b" in [1].filter(x, x > 0))', "bool", /filter\(\) is not part/], ["cel.bind(x, 1, x == 1)", "bool", /bind\(\) is not part/], ["value > 1", "bool", /Unknown variable: value/], ['"x"', "any", /^$/],
    [`${"(".repeat(60)}1${")".repeat(60)} == 1`, "bool", /maxDepth/], [`${"1+".repeat(240)}1 == 1`, "bool", /maxAstNodes/], ["[data.order]", "any", /gives list/],
  ];
  for (const [source, wanted, why] of rows) test(source.slice(0, 40), () => assert.match(expressions.problem(source, wanted) ?? "", why));

  test("what the customer's card holds is known only when it runs", () => assert.equal(expressions.problem("customer.orders > 10", "bool"), null));
});

test("what cannot be computed is no value, with the reason, never an exception", () => {
  const none: ExpressionFacts = { ...facts, data: {} };
  for (const source of ["data.count > 2", "customer.orders > 10", "customer.nope == 1", "data.count / 0 > 1 && customer.x", "1 / 0", "int(customer.name)", "data.order.substring(99)"]) {
    assert.equal(expressions.evaluate(source, none).ok, false, source);
  }
  assert.deepEqual(expressions.evaluate("data.vip || customer.nope", facts), { ok: true, value: true }, "what does not matter is not missed");
  assert.deepEqual(expressions.evaluate("has(data.count) && data.count > 2", none), { ok: true, value: false });
  fc.assert(fc.property(fc.string({ maxLength: 60 }), fc.constantFrom("data.", "customer.", "size(", "\"", "1 + ", "!"), (text, before) => {
    const given = expressions.evaluate(before + text, facts);
    // what runs was typed before
    return !given.ok || expressions.problem(before + text, "any") === null;
  }));
});

test("which variables it reads, and which it only asks about", () => {
  const reads = (source: string): string[][] => {
    const { values, asked } = expressions.reads(source);
    return [values, asked];
  };
  assert.deepEqual(reads('has(data.order) && data.count > 2 || customer.x == "1"'), [["count"], ["order"]]);
  assert.deepEqual(reads("data.vip ? data.due : data.order"), [["vip", "due", "order"], []]);
  assert.deepEqual(reads("((("), [[], []]);
});

test("a result that is no number is none: no card and no request is given it", () => {
  for (const source of ["data.count / 0", "0.0 / 0", 'number("douze")']) assert.equal(expressions.evaluate(source, facts).ok, false, source);
});

test("values take a variable's type, or none", () => {
  const rows: [VariableType, string | number | boolean | null, unknown][] = [
    ["text", 12, "12"], ["text", "x".repeat(500), "x".repeat(400)], ["number", "12,5", 12.5], ["number", "12x", undefined], ["number", Number.NaN, undefined], ["boolean", "true", true], ["boolean", 1, undefined], ["date", "2026-02-29", undefined], ["date", "2028-02-29", "2028-02-29"], ["text", null, undefined],
  ];
  for (const [type, value, expected] of rows) assert.equal(coerce(type, value), expected);
});
