/** `tandem flows list`, `export`, `import`, `publish`: one file a flow, to and from a centre. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { FlowExists, FlowImported, FlowRow, FlowStudio, Published, Unproved } from "@tandem/protocol/flow-studio";
import { z } from "zod";
import { printFlow } from "../../directory/directory.ts";
import type { Client } from "./client.ts";
import { sentenceOf } from "./client.ts";
import { placed, readFlow } from "./flows-check.ts";
import { CliError, DONE, FAILED, type CliIo, type Language, type Say } from "./io.ts";

export interface FilesOptions {
  io: CliIo;
  language: Language;
  say: Say;
  client: Client;
}
const at = (id: string): string => `/api/flows/${encodeURIComponent(id)}`;

export async function listFlows({ io, client, say }: FilesOptions, json: boolean): Promise<number> {
  const rows = await client.call("GET", "/api/flows", z.array(FlowRow));
  if (json) io.out(JSON.stringify(rows, null, 2));
  else {
    for (const { id, name, published, draft, numbers } of rows) {
      const state = published ? `v${published.version}${draft ? say(", brouillon modifié", ", draft changed") : ""}` : say("jamais publié", "never published");
      io.out(`${id}\t${name}\t${state}\t${numbers.join(", ")}`);
    }
  }
  return DONE;
}

export async function exportFlow({ io, client }: FilesOptions, id: string, file: string | undefined, of: string): Promise<number> {
  const format = file?.endsWith(".json") ? "json" : "yaml";
  const { status, bytes, json } = await client.raw("GET", `${at(id)}/export?format=${format}&of=${encodeURIComponent(of)}`);
  if (status !== 200) throw new CliError(`${id}: ${sentenceOf(json) ?? status}`);
  if (file === undefined || file === "-") io.out(bytes.toString().trimEnd());
  else {
    await writeFile(resolve(io.cwd, file), bytes);
    io.err(`${id} → ${file}`);
  }
  return DONE;
}

export async function importFlows({ io, client, language, say }: FilesOptions, files: readonly string[], as: "replace" | "copy" | undefined, publish: boolean): Promise<number> {
  let failed = false;
  for (const file of files) {
    const read = await readFlow(file, io.cwd, language, say);
    if (!read.ok) {
      for (const problem of read.problems) io.err(`${file}:${placed(problem)}`);
      failed = true;
      continue;
    }
    const { status, json } = await client.raw("POST", "/api/flows/import", { type: "application/json", bytes: JSON.stringify({ text: printFlow(read.value, "json"), ...(as === undefined ? {} : { as }) }) });
    const done = FlowImported.safeParse(json);
    if (status !== 200 || !done.success) {
      const exists = FlowExists.safeParse(json).success ? say(" (--replace ou --copy)", " (--replace or --copy)") : "";
      io.err(`${file}: ${sentenceOf(json) ?? status}${exists}`);
      failed = true;
      continue;
    }
    io.out(`${file} → ${done.data.id}${say("\u202f: ", ": ")}${done.data.changed ? say("brouillon", "draft") : say("inchangé", "unchanged")}`);
    if (publish && !(await publishFlow({ io, client, language, say }, done.data.id, ""))) failed = true;
  }
  return failed ? FAILED : DONE;
}

/** False = refused; the failing path is told. */
export async function publishFlow({ io, client, language, say }: FilesOptions, id: string, note: string): Promise<boolean> {
  const { draft } = await client.call("GET", at(id), FlowStudio);
  const { status, json } = await client.raw("POST", `${at(id)}/publish`, { type: "application/json", bytes: JSON.stringify({ note, baseRevision: draft.revision }) });
  const done = Published.safeParse(json);
  if (status === 200 && done.success) {
    io.out(`${id}${say("\u202f: publié, v", ": published, v")}${done.data.version}`);
    return true;
  }
  io.err(`${id}: ${sentenceOf(json) ?? status}`);
  const unproved = Unproved.safeParse(json);
  if (unproved.success) {
    for (const { severity, code, words, path } of unproved.data.proof.findings) {
      if (severity !== "error") continue;
      io.err(`  ${code}${say("\u202f:", ":")} ${words[language]}`);
      path.forEach((hop, i) => io.err(`    ${i + 1}. ${hop.stepId}${hop.port === null ? "" : ` → ${hop.port}`}${say("\u202f:", ":")} ${hop.because[language]}`));
    }
    for (const { ok, name, why } of unproved.data.tests) if (!ok) io.err(`  ✗ ${name}${say("\u202f:", ":")} ${why?.[language] ?? ""}`);
  }
  return false;
}
