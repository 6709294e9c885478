import assert from "node:assert/strict";
import { test } from "node:test";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { printFlow, readFlowFile, type FileProblem, type FlowSense } from "./flow-file.ts";

const sense: FlowSense = { upgrade: (value) => value, problems: (document) => (Object.hasOwn(document.steps, document.start) ? [] : [{ path: ["start"], why: "no such step" }]) };
const SAYS = { sounds: { fr: "Un conseiller", en: "An agent" } };
const document = FlowDocument.parse({
  id: "shop", name: "Shop", version: 7, languages: ["fr", "en"], start: "zebra",
  reachHuman: { queueId: "q", says: SAYS, label: { fr: "Un conseiller", en: "An agent" } },
  retry: { wrong: SAYS, silence: SAYS, times: 1 },
  steps: {
    zebra: { kind: "say", says: { sounds: { fr: "Deux\nlignes : la « seconde »", en: "#1: yes" } }, next: "apple", interruptible: false },
    apple: { kind: "menu", label: SAYS.sounds, says: SAYS, choices: [{ key: "1", label: SAYS.sounds, words: { fr: ["oui", "no"] }, next: "end" }], note: "on" },
    end: { kind: "queue", queueId: "q" },
  },
  tests: [{ name: "1 leads on", acts: [{ do: "keys", keys: "1" }], expect: { end: "person", queueId: "q" } }],
});
const wrong = (text: string, language: "fr" | "en" = "en", strict = true): FileProblem[] => {
  const read = readFlowFile(text, sense, { language, strict });
  assert.ok(!read.ok);
  return read.problems;
};

for (const format of ["yaml", "json"] as const) {
  test(`${format}: what is printed reads back the same, steps in their order, and prints the same again`, () => {
    const text = printFlow(document, format);
    const read = readFlowFile(text, sense, { language: "en", strict: true });
    assert.deepEqual(read, { ok: true, value: { ...document, version: 1 } });
    assert.deepEqual(Object.keys(read.value.steps), ["zebra", "apple", "end"]);
    assert.equal(printFlow(read.value, format), text);
    assert.equal(printFlow({ ...document, version: 9 }, format), text, "the version is the centre's, not the document's");
  });
}

test("a person can read it: defaults left out, texts of several lines as lines", () => {
  const text = printFlow(document, "yaml");
  assert.match(text, /fr: \|-\n {10}Deux\n {10}lignes : la « seconde »\n/);
  for (const [absent, present] of [["limits:", "retry:"], ["format: 1", "format: 2"], ["seconds:", "times: 1"], ["interruptible: true", "interruptible: false"], ["needs:", "queueId: q"]]) {
    assert.ok(!text.includes(absent!) && text.includes(present!), `${absent} / ${present}`);
  }
});

test("a mistake is told with its path, line and column, in the reader's language", () => {
  const text = printFlow(document, "yaml").replace("times: 1", "times: 9");
  const line = text.split("\n").findIndex((one) => one.includes("times: 9")) + 1;
  assert.deepEqual(wrong(text).map(({ why: _, ...at }) => at), [{ path: "retry.times", line, column: 3 }]);
  assert.match(wrong(text)[0]!.why, /5/);
  assert.match(wrong(text, "fr")[0]!.why, /^Trop grand/);
});

test("a key that nothing reads is a mistake, not silence", () => {
  const text = printFlow(document, "yaml").replace("interruptible: false", "interuptible: false");
  const line = text.split("\n").findIndex((one) => one.includes("interuptible")) + 1;
  assert.deepEqual(wrong(text, "fr"), [{ path: "steps.zebra.interuptible", line, column: 5, why: "clé inconnue" }]);
});

test("what is not there is told where its parent begins; an unknown kind with those that there are", () => {
  const text = printFlow(document, "yaml");
  const without = text.replace("    next: apple\n", "");
  assert.deepEqual(wrong(without).map(({ path, line }) => [path, line]), [["steps.zebra.next", without.split("\n").findIndex((one) => one === "  zebra:") + 1]]);
  const slip = text.replace("    next: apple\n", "    nxt: apple\n");
  assert.match(wrong(slip)[0]!.why, /^is missing; what is here: kind, says, interruptible, nxt$/);
  assert.match(wrong(slip, "fr")[0]!.why, /^manque\u202f; il y a ici\u202f: kind, says, interruptible, nxt$/);
  const misspelt = text.replace("kind: queue", "kind: quue");
  const line = misspelt.split("\n").findIndex((one) => one.includes("quue")) + 1;
  for (const [language, begins] of [["fr", "inconnu\u202f; permis\u202f: "], ["en", "unknown; allowed: "]] as const) {
    const [problem] = wrong(misspelt, language);
    assert.deepEqual([problem!.path, problem!.line, problem!.column], ["steps.end.kind", line, 5]);
    assert.ok(problem!.why.startsWith(begins), problem!.why);
    assert.equal(problem!.why.split(/\bvoicemail\b/).length, 2, `named once: ${problem!.why}`);
  }
});

test("the sense is looked at too, for what goes live; a draft may be unfinished", () => {
  const text = printFlow(document, "json").replace('"start": "zebra"', '"start": "nowhere"');
  assert.deepEqual(wrong(text).map(({ path, line, why }) => [path, line, why]), [["start", 5 + 4, "no such step"]]);
  assert.ok(readFlowFile(text, sense, { language: "en", strict: false }).ok);
});

test("hostile files are refused as values: bombs of aliases, half a file, nothing, too long, keys of prototypes", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefgh"].map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}`;
  assert.match(wrong(bomb)[0]!.why, /alias/i);
  assert.equal(wrong("{ \"id\": \"x\", ")[0]!.line, 1);
  assert.ok(wrong("").length > 0);
  assert.match(wrong("x".repeat(1_000_001), "fr")[0]!.why, /trop long/);
  assert.equal(wrong("__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }").length > 0 && ({} as { polluted?: number }).polluted, undefined);
  for (const [open, close] of [["[", "]"], ["{a: ", "}"], ["- ", ""], ["? ", ""]] as const) assert.match(wrong(`${open.repeat(20_000)}x${close.repeat(20_000)}`)[0]!.why, /deeply/, open);
  assert.match(wrong(Array.from({ length: 1_300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n").slice(0, 900_000))[0]!.why, /deeply/);
});
