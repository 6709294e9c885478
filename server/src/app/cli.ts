/** `tandem`: flows and settings as code, from a terminal or a pipeline (docs/en/flows-as-code.md). `bin/tandem` finds Node and starts it. */
import { createInterface } from "node:readline/promises";
import { runCli } from "./cli/run.ts";

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return /^(?:y|yes|o|oui)$/i.test(answer.trim());
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  ask: process.stdin.isTTY ? ask : null,
});
