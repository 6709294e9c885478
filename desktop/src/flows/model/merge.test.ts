import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Step } from "@tandem/protocol/flow/flow";
import { same } from "./equal.ts";
import { merge, reapply } from "./merge.ts";

const says = { sounds: { fr: "Bonjour" } };
const base = FlowDocument.parse({
  id: "a", name: "A", version: 1, languages: ["fr"], start: "s0", reachHuman: { queueId: "q", says, label: { fr: "P" } }, retry: { wrong: says, silence: says },
  steps: Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`s${i}`, { kind: "queue", queueId: `q${i}`, at: { x: i, y: 0 } }])),
  tests: [{ name: "T", expect: { end: "person" } }],
});
const queue = (queueId: string, x = 0): Step => ({ kind: "queue", queueId, needs: [], at: { x, y: 0 } });
const edited = (steps: Record<string, Step | null>): FlowDocument => ({ ...base, steps: Object.fromEntries(Object.entries({ ...base.steps, ...steps }).flatMap(([id, step]) => (step === null ? [] : [[id, step]]))) });

describe("three-way merge", () => {
  it("puts changes of different steps together, added and removed ones too", () => {
    const { document, conflicts } = merge(base, edited({ s1: queue("mine", 1), new: queue("n") }), edited({ s2: null, s3: queue("theirs", 3) }));
    assert.deepEqual(conflicts, []);
    assert.deepEqual(Object.keys(document.steps).toSorted(), ["new", "s0", "s1", "s3", "s4", "s5"]);
    assert.deepEqual([document.steps["s1"], document.steps["s3"]].map((step) => step?.kind === "queue" && step.queueId), ["mine", "theirs"]);
  });

  it("a move and a rewriting of one step are no conflict", () => {
    const { document, conflicts } = merge(base, edited({ s1: queue("q1", 99) }), edited({ s1: queue("theirs", 1) }));
    assert.deepEqual(conflicts, []);
    assert.deepEqual(document.steps["s1"], queue("theirs", 99));
  });

  it("the same step changed differently is a conflict that holds all three, and takes the side chosen", () => {
    const mine = edited({ s1: queue("mine", 1) });
    const theirs = edited({ s1: queue("theirs", 1) });
    const { document, conflicts } = merge(base, mine, theirs);
    assert.deepEqual(conflicts.map(({ id, what }) => [id, what]), [["step:s1", "step"]]);
    assert.ok(same(conflicts[0]?.theirs, queue("theirs", 1)) && same(conflicts[0]?.base, base.steps["s1"]));
    assert.equal(document.steps["s1"]?.kind === "queue" && document.steps["s1"].queueId, "mine");
    const chosen = merge(base, mine, theirs, () => "theirs").document.steps["s1"];
    assert.equal(chosen?.kind === "queue" && chosen.queueId, "theirs");
  });

  it("a removal against a change is a conflict; either side can win", () => {
    const mine = edited({ s1: null });
    const theirs = edited({ s1: queue("theirs", 1) });
    assert.deepEqual(merge(base, mine, theirs).conflicts.map(({ id }) => id), ["step:s1"]);
    assert.equal(Object.hasOwn(merge(base, mine, theirs).document.steps, "s1"), false);
    assert.equal(Object.hasOwn(merge(base, mine, theirs, () => "theirs").document.steps, "s1"), true);
  });

  it("settings, variables and tests are merged one by one", () => {
    const { document, conflicts } = merge(base, { ...base, name: "Mine", variables: { a: { type: "text" } } }, { ...base, priority: 3, variables: { b: { type: "text" } }, tests: [...base.tests, { ...base.tests[0]!, name: "U" }] });
    assert.deepEqual(conflicts, []);
    assert.deepEqual([document.name, document.priority, Object.keys(document.variables).toSorted(), document.tests.map(({ name }) => name)], ["Mine", 3, ["a", "b"], ["T", "U"]]);
    assert.deepEqual(merge(base, { ...base, name: "M" }, { ...base, name: "T" }).conflicts.map(({ id }) => id), ["setting:name"]);
  });

  it("over random edits nothing is lost: what only one side touched is as that side left it", () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    for (let round = 0; round < 300; round++) {
      const edit = (mark: string): FlowDocument => edited(Object.fromEntries(Array.from({ length: random(4) }, (_, i) => [random(5) === 0 ? `${mark}${i}` : `s${random(6)}`, random(5) === 0 ? null : queue(`${mark}${round}`, random(3))])));
      const mine = edit("m");
      const theirs = edit("t");
      const { document, conflicts } = merge(base, mine, theirs);
      const torn = new Set(conflicts.map(({ name }) => name));
      for (const id of new Set([...Object.keys(base.steps), ...Object.keys(mine.steps), ...Object.keys(theirs.steps)])) {
        const [b, m, t, got] = [base, mine, theirs, document].map(({ steps }) => steps[id]);
        if (torn.has(id)) assert.ok(!same(b, m) && !same(b, t), `seed 7 round ${round} ${id}: torn without need`);
        else if (same(b, m)) assert.ok(same(got, t), `round ${round} ${id}`);
        else if (same(b, t)) assert.ok(same(got, m), `round ${round} ${id}`);
      }
    }
  });

  it("undo on a document that others changed in between takes back only mine", () => {
    const after = edited({ s1: queue("mine", 1) });
    const now = edited({ s1: queue("mine", 1), s2: queue("theirs", 2) });
    const undone = reapply(after, base, now);
    assert.ok(same(undone.steps["s1"], base.steps["s1"]));
    assert.equal(undone.steps["s2"]?.kind === "queue" && undone.steps["s2"].queueId, "theirs");
    assert.equal(reapply(after, base, after), base);
  });

  it("undo of a step that somebody changed since takes back my part of it and leaves theirs", () => {
    const choice = (key: string, fr: string, next: string) => ({ key, label: { fr }, words: {}, set: {}, next });
    const menu = (label: string, first: string, second: string, ...more: ReturnType<typeof choice>[]): Step => ({ kind: "menu", label: { fr: label }, says, interruptible: true, speech: true, choices: [choice("1", "Un", first), choice("2", "Deux", second), ...more] });
    const before = edited({ menu: menu("Avant", "s1", "s2") });
    const after = edited({ menu: menu("Après", "s3", "s2") });
    const now = edited({ menu: menu("Après", "s3", "s4") });
    const undone = reapply(after, before, now);
    assert.ok(same(undone.steps["menu"], menu("Avant", "s1", "s4")), JSON.stringify(undone.steps["menu"]));
    // The very same field: theirs stays.
    const torn = reapply(after, before, edited({ menu: menu("Le sien", "s3", "s2") }));
    assert.ok(same(torn.steps["menu"], menu("Le sien", "s1", "s2")));
    // A step that I added and somebody wrote in is not taken away from them.
    const added = reapply(edited({ mine: queue("a") }), base, edited({ mine: queue("hers") }));
    assert.ok(same(added.steps["mine"], queue("hers")));
    // Lines of another number: theirs as they are.
    const more = edited({ menu: menu("Après", "s3", "s4", choice("3", "Trois", "s5")) });
    assert.ok(same(reapply(after, before, more).steps["menu"], { ...more.steps["menu"], label: { fr: "Avant" } }));
    // Where they moved it since is where it stays; what I took away comes back beside what they added.
    assert.deepEqual(reapply(edited({ s1: queue("q1", 50) }), base, edited({ s1: queue("q1", 70) })).steps["s1"]?.at, { x: 70, y: 0 });
    // I took a step away, somebody put another under its name: theirs, whole.
    assert.ok(same(reapply(edited({ s5: null }), base, edited({ s5: queue("hers", 9) })).steps["s5"], queue("hers", 9)));
    // A step that became one of another kind since is no mixture of both.
    const end: Step = { kind: "end", exception: "Information", at: { x: 1, y: 1 } };
    assert.ok(same(reapply(edited({ s1: queue("mine") }), base, edited({ s1: end })).steps["s1"], end));
    const test = base.tests[0]!;
    assert.deepEqual(reapply({ ...base, tests: [{ ...test, name: "X" }] }, base, { ...base, tests: [{ ...test, name: "X" }, { ...test, name: "U" }] }).tests.map(({ name }) => name).toSorted(), ["T", "U"]);
  });
});
