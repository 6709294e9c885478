import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FlowDocument, Step, StepId, waysOf } from "@tandem/protocol/flow/flow";
import type { StepKind } from "@tandem/protocol/flow/flow";
import { walk } from "../canvas/walk.ts";
import { kindGroups, railKinds } from "../kinds.ts";
import { copySteps, pasteSteps } from "./clipboard.ts";
import { addStep, connect, freeId, moveSteps, newStep, removeSteps } from "./edit.ts";
import { boxOf } from "./geometry.ts";
import { laidOut, placed } from "./layout.ts";
import { marksOf, withHop } from "./path.ts";
import { NOWHERE, portsOf, setWay, shownPorts } from "./ports.ts";
import { missingLanguages } from "./words.ts";

const says = { sounds: { fr: "Bonjour" } };
const base = FlowDocument.parse({
  id: "a", name: "A", version: 1, languages: ["fr"], start: "hello",
  reachHuman: { queueId: "q", says, label: { fr: "Personne" } }, retry: { wrong: says, silence: says }, variables: { order: { type: "text" } },
  steps: {
    hello: { kind: "say", says, next: "menu" },
    menu: { kind: "menu", label: { fr: "Menu" }, says, choices: [{ key: "1", label: { fr: "Un" }, next: "one" }, { key: "2", label: { fr: "Deux" }, next: "two" }] },
    one: { kind: "queue", queueId: "q", at: { x: 400, y: 0 } },
    two: { kind: "queue", queueId: "r", at: { x: 400, y: 200 } },
  },
});
const kinds = Object.values(kindGroups).flat();

describe("ways", () => {
  it("every kind is offered, and a new step of it fits the schema with all its ways open", () => {
    const all: StepKind[] = Step.options.map((option) => option.shape.kind.value);
    assert.deepEqual(kinds.toSorted(), all.toSorted());
    assert.ok(railKinds.every((kind) => kinds.includes(kind)));
    for (const kind of kinds) {
      const step = newStep(kind, base);
      assert.ok(Step.safeParse(step).success, kind);
      assert.ok(portsOf(step).every(({ to }) => to === null), kind);
    }
    assert.ok(StepId.safeParse(NOWHERE).success);
  });

  it("setting any way of any kind is seen by waysOf, and taking it back leaves what was there", () => {
    for (const kind of kinds) {
      const step = newStep(kind, base);
      for (const port of portsOf(step)) {
        const led = setWay(step, port.id, "there");
        assert.ok(Step.safeParse(led).success, `${kind} ${port.id}`);
        assert.deepEqual(waysOf(led).filter(({ to }) => to === "there").map((way) => way.port), [port.id], `${kind} ${port.id}`);
        assert.equal(portsOf(led).find(({ id }) => id === port.id)?.to, "there");
        assert.deepEqual(setWay(led, port.id, null), step, `${kind} ${port.id}`);
      }
      assert.equal(setWay(step, "kind", "there"), step, "no way of that name");
    }
  });

  it("the card has a circle for every way that it shows, inside its height", () => {
    for (const kind of kinds) {
      const step = newStep(kind, base);
      const { ports, height } = boxOf(step);
      assert.deepEqual([...ports.keys()], shownPorts(step).map(({ id }) => id), kind);
      assert.ok([...ports.values()].every((y) => y > 0 && y < height), kind);
    }
  });
});

describe("edits", () => {
  it("removing a step opens the required ways to it and takes the optional ones away; the last one stays", () => {
    const led = { ...base, steps: { ...base.steps, one: setWay(base.steps["one"]!, "ifClosed", "two") } };
    const { steps, start } = removeSteps(led, ["two"]);
    assert.deepEqual(Object.keys(steps), ["hello", "menu", "one"]);
    assert.equal(portsOf(steps["menu"]!).find(({ id }) => id === "choice:1")?.to, null);
    assert.equal("ifClosed" in steps["one"]!, false);
    assert.equal(start, "hello");
    assert.equal(removeSteps(base, ["hello"]).start, "menu");
    assert.equal(removeSteps(base, Object.keys(base.steps)), base);
    assert.ok(FlowDocument.safeParse(removeSteps(led, ["two"])).success);
  });

  it("a step put into a way leads on to what was there", () => {
    const { document, id } = addStep(base, newStep("say", base), { after: { id: "menu", port: "choice:0" } });
    assert.equal(id, "say");
    assert.equal(portsOf(document.steps["menu"]!).find((port) => port.id === "choice:0")?.to, "say");
    assert.deepEqual(waysOf(document.steps["say"]!), [{ port: "next", to: "one" }]);
    const at = document.steps["say"]?.at;
    assert.ok(at !== undefined && at.x > 0);
  });

  it("a step after one with a single way goes in between; after one whose ways all lead somewhere, it stands by itself", () => {
    const { document, id } = addStep(base, newStep("wait", base), { after: { id: "hello", port: null } });
    assert.deepEqual([waysOf(document.steps["hello"]!), waysOf(document.steps[id]!)], [[{ port: "next", to: "wait" }], [{ port: "next", to: "menu" }]]);
    const alone = addStep(base, newStep("wait", base), { after: { id: "menu", port: null } });
    assert.equal(alone.document.steps["menu"], base.steps["menu"]);
  });

  it("ids are free, short and never the open one", () => {
    const taken = new Set(["say", "say-2"]);
    assert.equal(freeId((id) => taken.has(id), "say"), "say-3");
    assert.equal(freeId(() => false, NOWHERE), "nowhere-2");
    assert.ok(StepId.safeParse(freeId((id) => id.length > 39, "a".repeat(60))).success);
  });

  it("changes nothing when nothing changes: the same document", () => {
    assert.equal(moveSteps(base, new Map([["one", { x: 400, y: 0 }]])), base);
    assert.equal(connect(base, "gone", "next", "one"), base);
  });
});

describe("the clipboard", () => {
  it("copies steps with their ways and variables to another flow under names of their own", () => {
    const copied = { ...base, steps: { ...base.steps, ask: { ...newStep("collect", base), next: "one", variable: "order" } as Step } };
    const text = copySteps(copied, ["menu", "one", "ask"]);
    const target = { ...base, variables: {}, steps: { menu: base.steps["menu"]!, hello: base.steps["hello"]! } };
    const pasted = pasteSteps(target, text);
    assert.ok(pasted.ok);
    assert.deepEqual(pasted.ids, ["menu-2", "one", "ask"]);
    assert.deepEqual(waysOf(pasted.document.steps["menu-2"]!).map(({ to }) => to), ["one", NOWHERE]);
    assert.deepEqual(Object.keys(pasted.document.variables), ["order"]);
    assert.ok(FlowDocument.safeParse(pasted.document).success);
  });

  it("covers no step that is there: the copies keep their places to each other and go down together", () => {
    const document = placed(base);
    const pasted = pasteSteps(document, copySteps(document, ["hello", "menu"]));
    assert.ok(pasted.ok);
    const boxes = Object.entries(pasted.document.steps).map(([id, one]) => ({ id, ...one.at!, ...boxOf(one) }));
    for (const a of boxes) for (const b of boxes) assert.ok(a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y, `${a.id} and ${b.id}`);
    const [hello, menu, before, after] = [pasted.document.steps["hello-2"]?.at, pasted.document.steps["menu-2"]?.at, document.steps["hello"]?.at, document.steps["menu"]?.at];
    assert.deepEqual([(menu?.x ?? 0) - (hello?.x ?? 0), (menu?.y ?? 0) - (hello?.y ?? 0)], [(after?.x ?? 0) - (before?.x ?? 0), (after?.y ?? 0) - (before?.y ?? 0)]);
  });

  it("refuses what is no steps, in words, without changing anything", () => {
    assert.deepEqual(pasteSteps(base, ""), { ok: false, why: "empty" });
    for (const text of ["bonjour", "{}", "[1]", '{"tandem":"steps","format":1,"steps":{}}', JSON.stringify({ tandem: "steps", format: 2, steps: { X: { kind: "end" } }, variables: {} }), "x".repeat(3_000_000)]) assert.deepEqual(pasteSteps(base, text), { ok: false, why: "not-steps" });
    const many = Object.fromEntries(Array.from({ length: 998 }, (_, i) => [`e${i}`, { kind: "end" }]));
    assert.deepEqual(pasteSteps(base, JSON.stringify({ tandem: "steps", format: 2, steps: many, variables: {} })), { ok: false, why: "too-many" });
  });
});

describe("the layout", () => {
  it("goes from left to right, overlaps nothing, and is the same whatever the order of keys", () => {
    const places = laidOut(base);
    const x = (id: string): number => places.get(id)?.x ?? Number.NaN;
    assert.ok(x("hello") < x("menu") && x("menu") < x("one") && x("one") === x("two"));
    const boxes = [...places].map(([id, at]) => ({ ...at, ...boxOf(base.steps[id]!) }));
    for (const a of boxes) for (const b of boxes) assert.ok(a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
    const turned = { ...base, steps: Object.fromEntries(Object.entries(base.steps).toReversed()) };
    assert.deepEqual(new Map([...laidOut(turned)].toSorted()), new Map([...places].toSorted()));
  });
});

describe("steps without a place", () => {
  it("get the layout's when nobody placed any, else one beside what leads to them, and nothing that stands moves", () => {
    const bare = { ...base, steps: Object.fromEntries(Object.entries(base.steps).map(([id, { at: _, ...step }]) => [id, step as Step])) };
    assert.deepEqual(placed(bare).steps["menu"]?.at, laidOut(bare).get("menu"));
    const some = placed(base);
    assert.deepEqual([some.steps["one"]?.at, some.steps["two"]?.at], [{ x: 400, y: 0 }, { x: 400, y: 200 }]);
    assert.ok(Object.values(some.steps).every(({ at }) => at !== undefined));
    assert.equal(placed(some), some);
    const boxes = Object.values(some.steps).map((step) => ({ ...step.at!, ...boxOf(step) }));
    for (const a of boxes) for (const b of boxes) assert.ok(a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y);
  });
});

describe("walking by arrows", () => {
  it("follows ways right and left, returns where it came from, and goes down the column", () => {
    assert.equal(walk(base, "menu", "ArrowRight", null), "one");
    assert.equal(walk(base, "menu", "ArrowRight", "two"), "two");
    assert.equal(walk(base, "two", "ArrowLeft", null), "menu");
    assert.equal(walk(base, "one", "ArrowDown", null), "two");
    assert.equal(walk(base, "two", "ArrowRight", null), null);
  });
});

describe("paths and languages", () => {
  it("numbers a step each time it is met, and marks the ways between", () => {
    const marks = marksOf([{ stepId: "menu", port: "choice:0", because: { fr: "a", en: "a" } }, { stepId: "one", port: "ifClosed", because: null }, { stepId: "menu", port: null, because: { fr: "b", en: "b" } }]);
    assert.deepEqual(marks.numbers.get("menu"), [1, 3]);
    assert.deepEqual([...marks.ways], ["menu choice:0", "one ifClosed"]);
    assert.equal(marks.reasons.get("menu")?.fr, "b");
    assert.equal(marks.last, "menu");
  });

  it("a step that a call enters and then leaves is one hop; met again, it is another", () => {
    const told = [["a", null], ["a", "next"], ["b", null], ["b", "noAnswer"], ["a", null]] as const;
    const hops = told.reduce<ReturnType<typeof withHop>>((so, [stepId, port]) => withHop(so, { stepId, port, because: null }), []);
    assert.deepEqual(hops.map(({ stepId, port }) => [stepId, port]), [["a", "next"], ["b", "noAnswer"], ["a", null]]);
  });

  it("says which languages of the flow a step has no words in", () => {
    assert.deepEqual(missingLanguages(base.steps["menu"]!, ["fr", "en"]), ["en"]);
    assert.deepEqual(missingLanguages(base.steps["one"]!, ["fr", "en"]), []);
  });
});
