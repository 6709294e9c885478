/** Conditions of a branch: small typed comparisons as data. Nothing is evaluated as code. */
import { z } from "zod";
import { never } from "../base/assert.ts";
import { isOpen } from "./hours.ts";
import type { Hours } from "./hours.ts";
import { Value, Variable } from "./words.ts";

const Comparison = z.discriminatedUnion("op", [
  z.object({ op: z.literal("equals"), value: Variable, with: Value }),
  z.object({ op: z.literal("oneOf"), value: Variable, with: z.array(Value).max(100) }),
  z.object({ op: z.literal("above"), value: Variable, with: z.number() }),
  z.object({ op: z.literal("below"), value: Variable, with: z.number() }),
  z.object({ op: z.literal("startsWith"), value: Variable, with: z.string().max(100) }),
  /** There is a value, and it is not empty. */
  z.object({ op: z.literal("known"), value: Variable }),
  z.object({ op: z.literal("open"), hours: z.string().max(40) }),
]);

export type Condition =
  | z.infer<typeof Comparison>
  | { op: "all"; of: Condition[] }
  | { op: "any"; of: Condition[] }
  | { op: "not"; of: Condition };

/** Deepest nesting: a definition from outside must not exhaust the stack. */
const MAX_DEPTH = 6;

function conditionAt(depth: number): z.ZodType<Condition> {
  if (depth === 0) return Comparison;
  const inner = z.lazy(() => conditionAt(depth - 1));
  return z.union([
    Comparison,
    z.object({ op: z.enum(["all", "any"]), of: z.array(inner).min(1).max(20) }),
    z.object({ op: z.literal("not"), of: inner }),
  ]);
}
export const Condition: z.ZodType<Condition> = conditionAt(MAX_DEPTH);

export interface ConditionFacts {
  read(variable: string): Value;
  hours: Readonly<Record<string, Hours>>;
  nowMs: number;
}

export function holds(condition: Condition, facts: ConditionFacts): boolean {
  switch (condition.op) {
    case "equals":
      return same(facts.read(condition.value), condition.with);
    case "oneOf": {
      const value = facts.read(condition.value);
      return condition.with.some((one) => same(value, one));
    }
    case "above": {
      const value = numberOf(facts.read(condition.value));
      return value !== null && value > condition.with;
    }
    case "below": {
      const value = numberOf(facts.read(condition.value));
      return value !== null && value < condition.with;
    }
    case "startsWith":
      return String(facts.read(condition.value) ?? "").startsWith(condition.with);
    case "known": {
      const value = facts.read(condition.value);
      return value !== null && value !== "";
    }
    case "open": {
      const hours = facts.hours[condition.hours];
      return hours !== undefined && isOpen(hours, facts.nowMs);
    }
    case "all":
      return condition.of.every((one) => holds(one, facts));
    case "any":
      return condition.of.some((one) => holds(one, facts));
    case "not":
      return !holds(condition.of, facts);
    default:
      return never(condition, "condition");
  }
}

/** Every hours id that a condition names, for validation. */
export function hoursNamed(condition: Condition): string[] {
  switch (condition.op) {
    case "open":
      return [condition.hours];
    case "all":
    case "any":
      return condition.of.flatMap(hoursNamed);
    case "not":
      return hoursNamed(condition.of);
    default:
      return [];
  }
}

/** Digits that a customer typed compare with numbers: "12" is 12. */
function numberOf(value: Value): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^-?\d{1,15}(\.\d{1,6})?$/.test(value)) return Number(value);
  return null;
}

function same(a: Value, b: Value): boolean {
  if (typeof a === "number" || typeof b === "number") {
    const left = numberOf(a);
    return left !== null && left === numberOf(b);
  }
  return a === b;
}
