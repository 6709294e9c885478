/** What README's coverage tables and docs/sip-conformance.md call proven names a test that is there, links lead somewhere, settings are listed: what is edited by hand would rot. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { envOf, flagOf, KEYS, setting } from "./server/src/app/settings.ts";

const root = import.meta.dirname;

interface Proof {
  row: string;
  file: string;
  name: string;
}

/** Proofs are written `path/of/x.test.ts`: name of the test; several in a cell, one after another. */
function proofsIn(page: string): Proof[] {
  const proofs: Proof[] = [];
  for (const line of readFileSync(join(root, page), "utf8").split("\n")) {
    if (!line.startsWith("| ")) continue;
    const row = line.split("|")[1]!.trim();
    for (const [, file, name] of line.matchAll(/`([\w./-]+\.test\.tsx?)`\s?: (.*?)(?=(?:[.,;] )?`[\w./-]+\.test\.tsx?`|\s*\|)/g)) proofs.push({ row, file: file!, name: name!.trim().replace(/[.;]$/, "") });
  }
  return proofs;
}

/** A test's title as a pattern: what a template fills in may be anything. */
function titlesIn(file: string): RegExp[] {
  const text = readFileSync(join(root, file), "utf8");
  const escape = (part: string): string => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return [...text.matchAll(/\b(?:test|it|trial)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g)].map(([, double, single, template]) => {
    const plain = (double ?? single)?.replace(/\\(.)/g, "$1");
    const pattern = plain !== undefined ? escape(plain) : template!.split(/\$\{[^}]*\}/).map(escape).join(".+");
    return new RegExp(`^${pattern}$`);
  });
}

for (const page of ["README.md", "README.fr.md", "docs/sip-conformance.md"]) {
  if (!existsSync(join(root, page))) continue;
  test(`every proof that ${page} names is a test that exists`, () => {
    const proofs = proofsIn(page);
    assert.ok(proofs.length > 10, `only ${proofs.length} proofs were read: has the form of the table changed?`);
    const missing = proofs.filter(({ file, name }) => !existsSync(join(root, file)) || !titlesIn(file).some((title) => title.test(name)));
    assert.deepEqual(missing, []);
  });
}

test("a row that is done names its proof", () => {
  for (const page of ["README.md", "README.fr.md"]) {
    const rows = readFileSync(join(root, page), "utf8").split("\n").filter((line) => /^\| [A-Z]{3}-\d\d \|/.test(line));
    assert.ok(rows.length > 100, page);
    const bare = rows.filter((line) => /\*\*(?:done|fait)\*\*/.test(line) && !/\.test\.tsx?`/.test(line));
    assert.deepEqual(bare, [], page);
  }
});

/** Every page that people read, with its text outside code. */
function pages(): { path: string; prose: string }[] {
  const markdown = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md")).map((path) => join("docs", path));
  return ["README.md", "README.fr.md", "ARCHITECTURE.md", "CHANGELOG.md", ...markdown].map((path) => {
    const text = readFileSync(join(root, path), "utf8").replaceAll(/^```[^]*?^```/gm, "").replaceAll(/^ {4}.*$/gm, "");
    return { path, prose: text.replaceAll(/`[^`\n]*`/g, "``") };
  });
}

test("a link of a page leads to a file", () => {
  const broken = pages().flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)].map(([, to = ""]) => to).filter((to) => !/^https?:/.test(to) && !existsSync(join(root, dirname(path), to))).map((to) => `${path}: ${to}`));
  assert.deepEqual(broken, []);
});

test("French pages put a narrow no-break space before ; ! ? and inside guillemets", () => {
  const wide = pages().filter(({ path }) => path === "README.fr.md" || path.startsWith("docs/fr/")).flatMap(({ path, prose }) =>
    // proofs are names of tests, which are English
    prose.split("\n").map((line) => (/^\| [A-Z]{3}-\d\d \|/.test(line) ? line.split(" | ").slice(0, 3).join(" | ") : line)).flatMap((line) => [...line.matchAll(/.{0,20}(?:[ \u00a0][;!?»](?=\s|$)|«[ \u00a0])/g)].map(([found]) => `${path}: ${found}`)));
  assert.deepEqual(wide, []);
});

test("both READMEs list every setting, and none that is not there", () => {
  const flags = KEYS.map((key) => `\`--${setting(key).isSwitch ? "[no-]" : ""}${flagOf(key)}\` | \`${envOf(key)}\``);
  for (const page of ["README.md", "README.fr.md"]) {
    const listed = [...readFileSync(join(root, page), "utf8").matchAll(/^\| (`--[^|]*` \| `[^|]*`) \|/gm)].map(([, row]) => row);
    assert.deepEqual(listed, flags, page);
  }
});

test("the French coverage table says what the English one says", () => {
  const states: readonly [RegExp, string][] = [[/^\*\*(?:done|fait)\*\*/, "done"], [/^(?:first depth|premier niveau)/, "first depth"], [/^(?:to come|à venir)$/, "to come"]];
  const table = (page: string): unknown[] => {
    const proofs = Map.groupBy(proofsIn(page), ({ row }) => row);
    return readFileSync(join(root, page), "utf8").split("\n").filter((line) => /^\| [A-Z]{3}-\d\d \|/.test(line)).map((line) => {
      const [row = "", , state = ""] = line.slice(2).split(" | ");
      return { row, state: states.find(([form]) => form.test(state))?.[1] ?? state, proofs: (proofs.get(row) ?? []).map(({ file, name }) => `${file}: ${name}`) };
    });
  };
  assert.deepEqual(table("README.fr.md"), table("README.md"));
});
