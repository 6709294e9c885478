/** `tandem export FOLDER`: what is set in a centre, as files. */
import { resolve } from "node:path";
import type { PromptLanguage } from "@tandem/protocol/prompt";
import { sentenceOf } from "./client.ts";
import { stateOf, writeFolder, type Sound } from "./centre-state.ts";
import type { FilesOptions } from "./flows-files.ts";
import { CliError, DONE } from "./io.ts";

export async function exportCentre({ io, client, say }: FilesOptions, folder: string): Promise<number> {
  const state = await stateOf(client);
  const sounds: Sound[] = [];
  for (const [promptId, { recordings }] of Object.entries(state.prompts)) {
    for (const [language, recording] of Object.entries(recordings) as [PromptLanguage, { file: string }][]) {
      const { status, bytes, json } = await client.raw("GET", `/api/admin/prompts/${encodeURIComponent(promptId)}/audio/${language}`);
      if (status !== 200) throw new CliError(`${promptId} ${language}: ${sentenceOf(json) ?? status}`);
      sounds.push({ promptId, language, file: recording.file, bytes });
    }
  }
  const written = await writeFolder(resolve(io.cwd, folder), state, sounds);
  io.out(say(`${written.length} fichiers dans ${folder}`, `${written.length} files in ${folder}`));
  return DONE;
}
