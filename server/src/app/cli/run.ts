/** The commands of `tandem`, read and given to those that carry them out. Answers the exit code. */
import { parseArgs } from "node:util";
import { exportCentre } from "./centre-export.ts";
import { importCentre } from "./centre-import.ts";
import { connect, type Client } from "./client.ts";
import { checkFlows } from "./flows-check.ts";
import { exportFlow, importFlows, listFlows, publishFlow, type FilesOptions } from "./flows-files.ts";
import { CliError, DONE, FAILED, languageOf, WRONG, type CliIo, type Say } from "./io.ts";

const OPTIONS = {
  json: { type: "boolean", default: false },
  site: { type: "string" },
  of: { type: "string", default: "draft" },
  note: { type: "string", default: "" },
  replace: { type: "boolean", default: false },
  copy: { type: "boolean", default: false },
  publish: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const language = languageOf(io.env);
  const say: Say = (fr, en) => (language === "fr" ? fr : en);
  try {
    let parsed: ReturnType<typeof parse>;
    try {
      parsed = parse(argv);
    } catch (error) {
      throw new CliError(`${(error as Error).message}\n\n${usage(say)}`);
    }
    const { values, positionals } = parsed;
    const [first = "", second = "", ...rest] = positionals;
    if (values.help || first === "" || first === "help") {
      io.out(usage(say));
      return first === "" && !values.help ? WRONG : DONE;
    }
    const client = await connect(io, language, say);
    const server = (): Client => {
      if (client) return client;
      throw new CliError(say("Donnez le centre\u202f: TANDEM_URL, TANDEM_USER, TANDEM_PASSWORD.", "Name the centre: TANDEM_URL, TANDEM_USER, TANDEM_PASSWORD."));
    };
    const one = (what: string | undefined): string => {
      if (what === undefined || what === "") throw new CliError(usage(say));
      return what;
    };
    const files = (): FilesOptions => ({ io, language, say, client: server() });
    const command = first === "flows" ? `flows ${second}` : first;
    switch (command) {
      case "flows check":
      case "flows test":
        return await checkFlows({ io, language, say, client, names: rest, site: values.site, json: values.json, only: second === "check" ? "proof" : "tests" });
      case "flows list":
        return await listFlows(files(), values.json);
      case "flows export":
        return await exportFlow(files(), one(rest[0]), rest[1], values.of);
      case "flows import":
        one(rest[0]);
        return await importFlows(files(), rest, values.replace ? "replace" : values.copy ? "copy" : undefined, values.publish);
      case "flows publish": {
        let done = one(rest[0]) !== "";
        for (const id of rest) done = (await publishFlow(files(), id, values.note)) && done;
        return done ? DONE : FAILED;
      }
      case "export":
        return await exportCentre(files(), one(second));
      case "import":
        return await importCentre(files(), one(second), { check: values.check, yes: values.yes });
      default:
        throw new CliError(usage(say));
    }
  } catch (error) {
    if (error instanceof CliError) {
      io.err(error.message);
      return error.code;
    }
    if (!ofTheSystem(error)) throw error;
    io.err(error.message);
    return WRONG;
  }
}

/** A file that cannot be written, a folder that cannot be made: its own sentence says which and why. */
function ofTheSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
}

function usage(say: Say): string {
  return say(
    `tandem flows check [FICHIERS ou IDENTIFIANTS] [--site FICHIER] [--json]   prouve\u202f: chacun atteint une personne
tandem flows test  [FICHIERS ou IDENTIFIANTS] [--site FICHIER] [--json]   joue les essais enregistrés
tandem flows list [--json]
tandem flows export IDENTIFIANT [FICHIER] [--of draft|published|VERSION]
tandem flows import FICHIERS [--replace|--copy] [--publish]
tandem flows publish IDENTIFIANTS [--note TEXTE]
tandem export DOSSIER                      parcours, horaires, déviation, réglages des files, annonces
tandem import DOSSIER [--check] [--yes]    montre les différences, puis les écrit

Le centre\u202f: TANDEM_URL, TANDEM_USER, TANDEM_PASSWORD. Sans lui, check et test lisent des fichiers.
Code de sortie\u202f: 0 tout va bien, 1 pas prouvé, refusé ou différent (--check), 2 mal appelé ou injoignable.`,
    `tandem flows check [FILES or IDS] [--site FILE] [--json]   proves: everybody reaches a person
tandem flows test  [FILES or IDS] [--site FILE] [--json]   runs the saved tests
tandem flows list [--json]
tandem flows export ID [FILE] [--of draft|published|VERSION]
tandem flows import FILES [--replace|--copy] [--publish]
tandem flows publish IDS [--note TEXT]
tandem export FOLDER                      flows, hours, deflection, settings of queues, prompts
tandem import FOLDER [--check] [--yes]    shows what differs, then writes it

The centre: TANDEM_URL, TANDEM_USER, TANDEM_PASSWORD. Without it, check and test read files.
Exit code: 0 all is well, 1 not proved, refused or different (--check), 2 called wrongly or out of reach.`,
  );
}
