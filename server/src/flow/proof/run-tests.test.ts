/** Test cases of flows: the real interpreter, a scripted customer and world. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FlowTest } from "@tandem/protocol/flow/flow";
import type { FlowDocumentInput } from "@tandem/protocol/flow/flow";
import type { z } from "zod";
import { flowDefinition } from "../definition.ts";
import { both, label } from "../test-flow.ts";
import { runTests } from "./run-tests.ts";
import { playScript } from "./scripted-run.ts";
import type { ScriptSite } from "./scripted-run.ts";
import type { ProofQueue } from "./site.ts";
import { testSite } from "./test-site.ts";

type Case = z.input<typeof FlowTest>;

const site = (queues: Readonly<Record<string, Partial<ProofQueue>>> = {}, more: Partial<ScriptSite> = {}): ScriptSite => ({ ...testSite({}, queues), nowMs: Date.UTC(2026, 10, 23, 9), hoursAt: () => "open", agent: () => null, ...more });

const STEPS: FlowDocumentInput["steps"] = {
  who: { kind: "lookup", next: "hello", unknown: "hello", failed: "down" },
  hello: { kind: "say", says: both("Bonjour {customer.name}."), next: "menu" },
  down: { kind: "say", says: both("Patientez."), next: "menu" },
  menu: { kind: "menu", label, says: both("Que voulez-vous ?"), choices: [{ key: "1", label: { fr: "Commande", en: "Order" }, next: "order", priority: 4 }, { key: "2", label: { fr: "Rappel", en: "Call back" }, next: "call" }, { key: "3", label: { fr: "Autre", en: "Other" }, next: "number" }, { key: "4", label: { fr: "Horaires", en: "Hours" }, next: "hours" }] },
  order: { kind: "collect", label, says: both("Numéro ?"), variable: "order", min: 3, max: 8, next: "state" },
  state: { kind: "http", url: "https://x.example/{data.order}", saves: [{ name: "late", pointer: "/late" }], next: "late", failed: "person" },
  late: { kind: "branch", cases: [{ when: "has(data.late) && data.late", next: "person" }], otherwise: "fine" },
  fine: { kind: "end", says: both("Tout va bien."), exception: "Information demandée" },
  call: { kind: "callback", queueId: "q", label, says: both("Quand ?"), declined: "person", failed: "person" },
  number: { kind: "transfer", number: "3639", failed: "mail" },
  mail: { kind: "deflect", to: { kind: "email" }, next: "fine", failed: "fine" },
  hours: { kind: "hours", of: { kind: "queue", queueId: "q" }, open: "person", closed: "box" },
  box: { kind: "voicemail", queueId: "q", says: both("Parlez."), failed: "fine" },
  person: { kind: "queue", queueId: "q" },
};
const flow = (tests: readonly Case[]): ReturnType<typeof flowDefinition> =>
  flowDefinition({
    id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "who", steps: STEPS, tests: [...tests], variables: { order: { type: "text" }, late: { type: "boolean" } },
    reachHuman: { queueId: "q_human", says: both("Une personne."), label }, retry: { wrong: both("Faux."), silence: both("Allô ?"), times: 1 },
  });

/** [ok, why in English, the way] of one test case. */
function result(one: Omit<Case, "name">, around = site()): { ok: boolean; why: string | null; way: string } {
  const [found] = runTests(flow([{ name: "case", ...one }]), around);
  assert.ok(found);
  return { ok: found.ok, why: found.why?.en ?? null, way: found.path.map(({ stepId, port }) => `${stepId} ${port}`).join(", ") };
}

describe("a test case", () => {
  test("passes by voice with keys, and tells its way", () => {
    const answers = { who: { name: "Ana" }, state: { late: true } };
    assert.deepEqual(result({ given: { answers }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "4711" }], expect: { end: "person", queueId: "q", priority: 4, data: { order: "4711", late: true }, says: "Bonjour Ana." } }), { ok: true, why: null, way: "who next, hello next, menu choice:0, order next, state next, late case:0, person null" });
  });
  test("passes in writing with words", () => {
    const way = result({ given: { medium: "chat", answers: { who: "unknown", state: { late: false } } }, acts: [{ do: "says", text: "commande" }, { do: "says", text: "c'est la 4711" }], expect: { end: "ended" } });
    // in writing too, what is said at the end is a message
    assert.deepEqual(way, { ok: false, why: "Expected an end without more, got a message.", way: "who unknown, hello next, menu choice:0, order next, state next, late otherwise, fine null" });
  });
  test("tells an end that was declared from one that was not", () => {
    const given = { answers: { state: { late: false } } };
    const acts = [{ do: "keys", keys: "1" }, { do: "keys", keys: "4711" }] as const;
    assert.equal(result({ given, acts: [...acts], expect: { end: "message", exception: true } }).ok, true);
    assert.equal(result({ given, acts: [...acts], expect: { end: "message", exception: false } }).why, "This end is a declared exception: Information demandée");
    assert.equal(result({ acts: [{ do: "keys", keys: "0" }], expect: { end: "person", exception: true } }).why, "This end is no declared exception.");
  });
  test("looks up in vain, fails, is silent, errs, asks for a person", () => {
    assert.equal(result({ acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "4711" }], expect: { end: "person", queueId: "q", says: "Patientez." } }).ok, true, "absent answers fail");
    assert.equal(result({ acts: [{ do: "silence" }, { do: "silence" }], expect: { end: "person", queueId: "q_human" } }).ok, true);
    assert.equal(result({ acts: [{ do: "keys", keys: "9" }, { do: "keys", keys: "9" }], expect: { end: "person", queueId: "q_human" } }).ok, true);
    assert.equal(result({ acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "q_human" } }).ok, true);
    assert.equal(result({ acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "0" }], expect: { end: "person", queueId: "q_human" } }).ok, true, "a lone 0, then a pause");
  });
  test("books a callback, leaves a message, is handed over or is not", () => {
    assert.equal(result({ acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "1" }], expect: { end: "callback" } }).ok, true);
    assert.equal(result({ given: { answers: { call: "fails" } }, acts: [{ do: "keys", keys: "2" }], expect: { end: "person", queueId: "q" } }).ok, true);
    assert.equal(result({ given: { hours: "closed", from: "anonymous" }, acts: [{ do: "keys", keys: "4" }, { do: "keys", keys: "0612345678#" }, { do: "keys", keys: "1" }], expect: { end: "voicemail" } }).ok, true);
    assert.equal(result({ acts: [{ do: "keys", keys: "3" }], expect: { end: "number" } }).ok, true);
    assert.equal(result({ given: { answers: { number: "fails" } }, acts: [{ do: "keys", keys: "3" }], expect: { end: "email" } }).ok, true);
  });
  test("a queue that is closed or empty leads into its deflection", () => {
    for (const queues of ["closed", "empty"] as const) assert.equal(result({ given: { queues, answers: { state: { late: true } } }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "4711" }], expect: { end: "voicemail", says: "Nous sommes fermés." } }).why, null, queues);
    const onwards = site({ q_human: { deflect: () => [{ to: "queue", queueId: "q" }] } });
    assert.equal(result({ acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "q" } }, onwards).ok, true);
  });
  test("an instant decides hours by the calendars, for steps and for queues", () => {
    const night = site({}, { hoursAt: (atMs) => (new Date(atMs).getUTCHours() < 8 ? "closed" : "open") });
    assert.equal(result({ given: { at: "2026-11-23T03:00:00Z" }, acts: [{ do: "keys", keys: "4" }], expect: { end: "voicemail" } }, night).ok, true);
    assert.equal(result({ given: { at: "2026-11-23T10:00:00Z" }, acts: [{ do: "keys", keys: "4" }], expect: { end: "person" } }, night).ok, true);
  });
  test("that expects something else says what it got", () => {
    const acts: Case["acts"] = [{ do: "keys", keys: "1" }, { do: "keys", keys: "4711" }];
    const why = (expect: Case["expect"]): string | null => result({ acts, expect }).why;
    assert.equal(why({ end: "voicemail" }), "Expected a voicemail, got a person.");
    assert.equal(why({ end: "person", queueId: "q2" }), "Expected q2 as the queue, got q.");
    assert.equal(why({ end: "person", priority: 1 }), "Expected 1 as the priority, got 4.");
    assert.equal(why({ end: "person", data: { late: true } }), "Expected true as the variable “late”, got nothing.");
    assert.equal(why({ end: "person", says: "Bonsoir" }), "“Bonsoir” was not said.");
    assert.equal(result({ acts: [], expect: { end: "person" } }).why, "The flow still waits for an answer at the step “menu”.");
  });
});

test("a script run tells each step with its words, what is asked now, and which act led there", () => {
  const run = playScript(flow([]), FlowTest.pick({ acts: true, given: true }).parse({ given: { answers: { who: "unknown" } }, acts: [{ do: "keys", keys: "1" }] }), site());
  assert.deepEqual(run.steps.map(({ stepId, port, act }) => [stepId, port, act]), [["who", "unknown", 0], ["hello", "next", 0], ["menu", "choice:0", 0], ["order", null, 1]]);
  assert.deepEqual(run.steps.at(-1)?.says, ["Numéro ?"]);
  assert.deepEqual(run.asks, { options: [{ key: "0", label: "Libellé" }], free: true });
  assert.equal(run.end, null);
});
