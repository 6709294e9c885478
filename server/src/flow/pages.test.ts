/** What docs/en/flows.md and docs/fr/flows.md show is what the language takes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Step } from "@tandem/protocol/flow/flow";
import { flowJsonSchema, readFlowDefinition } from "./definition.ts";
import { Expressions } from "./expressions.ts";

const root = join(import.meta.dirname, "../../..");

for (const language of ["en", "fr"]) {
  const page = readFileSync(join(root, `docs/${language}/flows.md`), "utf8");
  const blocks = [...page.matchAll(/^```(\w*)\n([^]*?)^```/gm)].map(([, kind, text]) => ({ kind, text: text ?? "" }));

  test(`${language}: the file is a flow`, () => {
    const read = readFlowDefinition(JSON.parse(blocks.find(({ kind }) => kind === "json")?.text ?? ""));
    assert.equal(read.ok ? "" : read.why.join("; "), "");
  });

  test(`${language}: the expressions are typed`, () => {
    const variables = { count: { type: "number" }, nombre: { type: "number" }, order: { type: "text" }, commande: { type: "text" }, due: { type: "date" }, echeance: { type: "date" }, vip: { type: "boolean" } } as const;
    const expressions = new Expressions({ variables });
    const lines = blocks.filter(({ kind }) => kind === "").flatMap(({ text }) => text.trim().split("\n"));
    assert.ok(lines.length >= 6);
    for (const line of lines) assert.equal(expressions.problem(line, "any"), null, line);
  });

  test(`${language}: every kind of step has its line, with its ways out`, () => {
    for (const option of Step.options) {
      const [kind] = [...option.shape.kind.values];
      assert.ok(page.includes(`\`${kind}\``), `${kind} is missing`);
      const line = page.split("\n").find((one) => one.startsWith("| ") && one.split("|")[1]?.includes(`\`${kind}\``)) ?? "";
      for (const name of Object.keys(option.shape)) {
        if (["kind", "name", "note", "at", "label", "says", "interruptible", "silenceMs", "min", "max", "check", "wrong", "confirm", "type", "confirmed", "choices", "flowId", "assistantId", "number", "exception", "queueId"].includes(name)) continue;
        assert.ok(line.includes(`\`${name}\``) || line.includes(`\`${name}:`) || line.includes(`(\`${name}\``), `${kind}: ${name} is not said`);
      }
    }
  });
}

test("the schema for editors is a JSON Schema of what authors write", () => {
  const schema = JSON.parse(JSON.stringify(flowJsonSchema())) as { $schema: string; required: string[]; properties: Record<string, unknown> };
  assert.match(schema.$schema, /2020-12/);
  assert.deepEqual(schema.required.includes("steps") && schema.required.includes("reachHuman"), true);
  assert.ok(!schema.required.includes("silence"), "defaults may be left out");
  assert.ok("tests" in schema.properties);
});
