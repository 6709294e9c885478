import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallerRule } from "@tandem/protocol";
import { judgeCaller, type CallerFacts } from "./callers.ts";

const rule = (caller: string, more: Partial<CallerRule> = {}): CallerRule => ({ position: 1, caller, extensionId: null, hours: null, action: { do: "block" }, note: "", ...more });
const outside = (number: string): CallerFacts => ({ number, anonymous: number === "", inside: false, extensionId: "e1" });
const verdict = (rules: CallerRule[], facts: CallerFacts, at = "2026-06-01T10:00:00Z"): string => judgeCaller(rules, facts, "Europe/Paris", Date.parse(at)).let;

test("a prefix, a whole number, a withheld number, anybody", () => {
  assert.equal(verdict([rule("+3389")], outside("+33891234567")), "block");
  assert.equal(verdict([rule("+3389")], outside("+33812345678")), "in");
  assert.equal(verdict([rule("0612345678")], outside("0612345678")), "block");
  assert.equal(verdict([rule("06")], outside("0612345678")), "in", "digits alone are one whole number");
  assert.equal(verdict([rule("anonymous")], outside("")), "block");
  assert.equal(verdict([rule("anonymous")], outside("+33612345678")), "in");
  assert.equal(verdict([rule("+33")], { ...outside("+33612345678"), anonymous: true }), "in", "a withheld number is not looked at");
  assert.equal(verdict([rule("any")], outside("")), "block");
  assert.equal(verdict([], outside("+33612345678")), "in");
});

test("the first rule that fits decides", () => {
  const rules = [rule("+33612345678", { action: { do: "allow" } }), rule("+336"), rule("any", { action: { do: "send", destination: { to: "hang-up" } } })];
  assert.deepEqual(["+33612345678", "+33698765432", "+4930123456"].map((number) => verdict(rules, outside(number))), ["in", "block", "send"]);
});

test("a rule of one extension concerns it alone; a rule of the house does not concern its own people unless it names them", () => {
  assert.equal(verdict([rule("any", { extensionId: "e2" })], outside("+33612345678")), "in");
  const colleague: CallerFacts = { number: "204", anonymous: false, inside: true, extensionId: "e1" };
  assert.equal(verdict([rule("any")], colleague), "in");
  assert.equal(verdict([rule("204")], colleague), "block");
  assert.equal(verdict([rule("any", { extensionId: "e1" })], colleague), "block");
});

test("hours are those on the wall, also on the days when the clock is changed", () => {
  const night = rule("any", { hours: { days: [7], fromMinute: 120, untilMinute: 180 } }); // Sundays from 2 to 3
  // 29 March 2026: from 1:59 to 3:00. The hour does not exist.
  assert.deepEqual(["00:59", "01:00", "01:30"].map((at) => verdict([night], outside("+331"), `2026-03-29T${at}:00Z`)), ["in", "in", "in"]);
  // 25 October 2026: 2:00 to 2:59 comes twice.
  assert.deepEqual(["23:59", "00:00", "00:59", "01:00", "01:59", "02:00"].map((at) => verdict([night], outside("+331"), `2026-10-${at === "23:59" ? "24" : "25"}T${at}:00Z`)), ["in", "block", "block", "block", "block", "in"]);
  assert.equal(verdict([night], outside("+331"), "2026-10-26T01:30:00Z"), "in", "on a Monday");
});
