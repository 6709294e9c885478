/** `tandem flows check` and `test`: files or flows of a centre, proved and tested; the failing path step by step. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { FileChecked, FlowRow, FlowStudio, type Finding, type Proof, type TestResult } from "@tandem/protocol/flow-studio";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { z } from "zod";
import { printFlow, readBySchema, readFlowFile, type FileProblem, type ReadFile } from "../../directory/directory.ts";
import { problemsOf, prove, runTests, upgradeFlow } from "../../flow/flow.ts";
import { sentenceOf, type Client } from "./client.ts";
import { CliError, DONE, FAILED, type CliIo, type Language, type Say } from "./io.ts";
import { SiteFile, siteOf } from "./site-file.ts";

export interface CheckOptions {
  io: CliIo;
  language: Language;
  say: Say;
  client: Client | null;
  names: readonly string[];
  site: string | undefined;
  json: boolean;
  only: "proof" | "tests";
}
interface Checked {
  /** The file, or the id. */
  from: string;
  id: string;
  name: string;
  proof: Proof;
  tests: TestResult[];
}
interface Unread {
  from: string;
  problems: readonly FileProblem[];
}

/** A file of a flow, by name or because it is there; else an id. */
export const isFile = (name: string, cwd: string): boolean => /\.(?:ya?ml|json)$/i.test(name) || existsSync(resolve(cwd, name));

export async function checkFlows(options: CheckOptions): Promise<number> {
  const { io, say, client, names, json, only } = options;
  const files = names.filter((name) => isFile(name, io.cwd));
  const ids = names.filter((name) => !files.includes(name));
  if (names.length === 0 && !client) throw new CliError(say("Donnez des fichiers, ou TANDEM_URL pour les parcours d’un centre.", "Give files, or TANDEM_URL for the flows of a centre."));
  if (ids.length > 0 && !client) throw new CliError(say(`Aucun fichier « ${ids[0]} », et sans TANDEM_URL aucun parcours n’est connu par son nom.`, `There is no file “${ids[0]}”, and without TANDEM_URL no flow is known by its name.`));
  const results = [
    ...(files.length > 0 ? await (client && options.site === undefined ? filesThere(files, client, options) : filesHere(files, options)) : []),
    ...(client && (ids.length > 0 || names.length === 0) ? await flowsThere(ids, client) : []),
  ];
  const bad = results.filter((result) => "problems" in result || (only === "proof" ? !result.proof.ok : result.tests.some(({ ok }) => !ok)));
  if (json) io.out(JSON.stringify(results, null, 2));
  else for (const result of results) for (const line of told(result, options)) io.out(line);
  return bad.length > 0 ? FAILED : DONE;
}

export function readText(path: string, cwd: string, say: Say): Promise<string> {
  return readFile(resolve(cwd, path), "utf8").catch((error: Error) => {
    throw new CliError(say(`${path} ne se lit pas\u202f: ${error.message}`, `${path} cannot be read: ${error.message}`));
  });
}

export async function readFlow(path: string, cwd: string, language: Language, say: Say): Promise<ReadFile<FlowDocument>> {
  return readFlowFile(await readText(path, cwd, say), { upgrade: (value) => upgradeFlow(value).document, problems: problemsOf }, { language, strict: false });
}

/** Without a server: with what the files name, or as the site file says. */
async function filesHere(files: readonly string[], { io, language, say, site, only }: CheckOptions): Promise<(Checked | Unread)[]> {
  const given = site === undefined ? ({ ok: true, value: SiteFile.parse({}) } as const) : readBySchema(await readText(site, io.cwd, say), SiteFile, language);
  if (!given.ok) throw new CliError([`${site}:`, ...given.problems.map((problem) => `  ${placed(problem)}`)].join("\n"));
  const read = await Promise.all(files.map(async (from) => ({ from, read: await readFlow(from, io.cwd, language, say) })));
  const around = siteOf(given.value, read.flatMap(({ read: one }) => (one.ok ? [one.value] : [])), () => performance.now());
  return read.map(({ from, read: one }) => {
    if (!one.ok) return { from, problems: one.problems };
    const { id, name } = one.value;
    return { from, id, name, proof: only === "proof" ? prove(one.value, around) : NOT_PROVED, tests: runTests(one.value, around) };
  });
}
/** `flows test` runs tests only. */
const NOT_PROVED: Proof = { ok: true, ms: 0, statesChecked: 0, findings: [] };

/** With the people, hours and settings of a centre. */
async function filesThere(files: readonly string[], client: Client, { io, language, say }: CheckOptions): Promise<(Checked | Unread)[]> {
  const results: (Checked | Unread)[] = [];
  for (const from of files) {
    const read = await readFlow(from, io.cwd, language, say);
    if (!read.ok) {
      results.push({ from, problems: read.problems });
      continue;
    }
    const { status, json } = await client.raw("POST", "/api/flows/check", { type: "application/json", bytes: JSON.stringify({ text: printFlow(read.value, "json") }) });
    const answer = FileChecked.safeParse(json);
    if (status !== 200 || !answer.success) throw new CliError(`${from}: ${sentenceOf(json) ?? status}`);
    results.push({ from, ...answer.data });
  }
  return results;
}

async function flowsThere(ids: readonly string[], client: Client): Promise<Checked[]> {
  const wanted = ids.length > 0 ? ids : (await client.call("GET", "/api/flows", z.array(FlowRow))).map(({ id }) => id);
  const results: Checked[] = [];
  for (const id of wanted) {
    const { draft } = await client.call("GET", `/api/flows/${encodeURIComponent(id)}`, FlowStudio);
    const checked = await client.call("POST", "/api/flows/check", FileChecked, { text: printFlow(draft.document, "json") });
    results.push({ from: id, ...checked });
  }
  return results;
}

// ---- as lines

export function placed({ path, line, column, why }: FileProblem): string {
  return `${line === null ? "" : `${line}:${column} `}${path === "" ? "" : `${path}: `}${why}`;
}

function told(result: Checked | Unread, { language, say, only }: CheckOptions): string[] {
  if ("problems" in result) return [`✗ ${result.from}${say("\u202f: ne se lit pas", ": cannot be read")}`, ...result.problems.map((problem) => `  ${result.from}:${placed(problem)}`)];
  const { from, name, proof, tests } = result;
  const title = from === name ? name : `${from} (${name})`;
  return only === "proof" ? proofLines(title, proof, language, say) : testLines(title, tests, language, say);
}

function proofLines(title: string, proof: Proof, language: Language, say: Say): string[] {
  const errors = proof.findings.filter(({ severity }) => severity === "error");
  const warnings = proof.findings.length - errors.length;
  const states = say(`${proof.statesChecked} états, ${Math.round(proof.ms)} ms`, `${proof.statesChecked} states, ${Math.round(proof.ms)} ms`);
  const head = proof.ok
    ? `✓ ${title}${say("\u202f: prouvé", ": proved")} (${states}${warnings === 0 ? "" : say(`, ${warnings} remarque${warnings > 1 ? "s" : ""}`, `, ${warnings} warning${warnings > 1 ? "s" : ""}`)})`
    : `✗ ${title}${say("\u202f: pas prouvé", ": not proved")} (${states})`;
  return [head, ...proof.findings.flatMap((finding) => findingLines(finding, language, say))];
}

function findingLines({ code, severity, stepId, words, path }: Finding, language: Language, say: Say): string[] {
  const where = stepId === null ? "" : ` [${stepId}]`;
  const first = `  ${severity === "error" ? say("erreur", "error") : say("remarque", "warning")} ${code}${where}${say("\u202f:", ":")} ${words[language]}`;
  if (severity === "warning") return [first];
  return [first, ...path.map((hop, i) => `    ${i + 1}. ${hop.stepId}${hop.port === null ? "" : ` → ${hop.port}`}${say("\u202f:", ":")} ${hop.because[language]}`)];
}

function testLines(title: string, tests: readonly TestResult[], language: Language, say: Say): string[] {
  if (tests.length === 0) return [`– ${title}${say("\u202f: aucun essai enregistré", ": no saved test")}`];
  const failed = tests.filter(({ ok }) => !ok).length;
  return [
    `${failed === 0 ? "✓" : "✗"} ${title}${say("\u202f:", ":")} ${say(`${tests.length - failed} sur ${tests.length}`, `${tests.length - failed} of ${tests.length}`)}`,
    ...tests.filter(({ ok }) => !ok).flatMap(({ name, why, path }) => [`  ✗ ${name}${say("\u202f:", ":")} ${why?.[language] ?? ""}`, `    ${path.map(({ stepId, port }) => (port === null ? stepId : `${stepId} → ${port}`)).join(", ")}`]),
  ];
}
