import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { envOf, flagOf, KEYS, setting, type Key } from "./settings.ts";

export type Lang = "fr" | "en";

/** All settings, checked; folders and files are absolute paths. */
export interface Config {
  host: string;
  /** 0: any free port. */
  port: number;
  https: boolean;
  /** Paths of PEM files; both or neither. */
  tlsCert?: string;
  tlsKey?: string;
  sipPort: number;
  /** Set whenever `https` is. */
  sipTlsPort?: number;
  /** Path of a PEM file. */
  tlsTrust?: string;
  srtpWithoutTls: boolean;
  sipHost?: string;
  domain: string;
  rtpPortMin: number;
  rtpPortMax: number;
  dataDir: string;
  recordingDir: string;
  databaseUrl?: string;
  lang: Lang;
  demo: boolean;
  /** See speech-vosk.ts. */
  recogniserUrl?: string;
  node?: string;
  /** Addresses. */
  sipFront?: string[];
  logLevel: "debug" | "info" | "warn" | "error";
}

export type ConfigResult =
  | { ok: true; config: Config }
  /** `text` is to be printed (exitCode 0: --help, to stdout; 2: an error), then the process ends. */
  | { ok: false; exitCode: 0 | 2; text: string };

export const CONFIG_FILE = "tandem.config.json";

interface Given {
  value: unknown;
  /** Where it came from, as a person would find it: `--port`, `TANDEM_PORT`, `tandem.config.json`. */
  from: string;
}

/**
 * Reads the settings once: flags win over the environment, the environment over the file, the file over the presets.
 * The first wrong value ends the reading: the text names the key, what it must be, and where the value came from.
 */
export function readConfig(from: { argv: readonly string[]; env: Readonly<Record<string, string | undefined>>; cwd: string }): ConfigResult {
  const lang = localeOf(from.env);
  const say = (en: string, fr: string): string => (lang === "fr" ? fr : en);
  const wrong = (text: string): ConfigResult => ({ ok: false, exitCode: 2, text });
  if (from.argv.includes("--help") || from.argv.includes("-h")) return { ok: false, exitCode: 0, text: helpText(lang) };

  const flags = readFlags(from.argv, say);
  if (!flags.ok) return wrong(flags.why);
  const file = readFile(flags.configFile ?? from.env["TANDEM_CONFIG"], from.cwd, say);
  if (!file.ok) return wrong(file.why);

  const values: Partial<Record<Key, unknown>> = {};
  const origin: Partial<Record<Key, string>> = {};
  for (const key of KEYS) {
    const env = from.env[envOf(key)];
    const { preset } = setting(key);
    const given: Given | undefined =
      flags.given.get(key) ??
      (env === undefined || env === "" ? undefined : { value: env, from: envOf(key) }) ??
      file.given.get(key) ??
      (preset === undefined ? undefined : { value: preset, from: say("preset", "valeur par défaut") });
    if (!given) continue;
    const parsed = setting(key).schema.safeParse(given.value);
    if (!parsed.success) {
      const must = setting(key).must[lang];
      // A database address holds a password: it is not repeated on the screen.
      const shown = key === "databaseUrl" ? "" : ` (${JSON.stringify(given.value)})`;
      return wrong(say(`${key}${shown}, from ${given.from}: must be ${must}.`, `${key}${shown}, lu dans ${given.from} : il faut ${must}.`));
    }
    values[key] = parsed.data;
    origin[key] = given.from;
  }

  const config = { lang, ...values } as Config;
  if (config.rtpPortMax - config.rtpPortMin < 3) {
    return wrong(say(`rtpPortMax (${config.rtpPortMax}), from ${origin.rtpPortMax}: must be at least rtpPortMin (${config.rtpPortMin}) + 3, the ports of one call.`, `rtpPortMax (${config.rtpPortMax}), lu dans ${origin.rtpPortMax} : il faut au moins rtpPortMin (${config.rtpPortMin}) + 3, les ports d'un appel.`));
  }
  if (config.node !== undefined && config.databaseUrl === undefined) {
    return wrong(say(`node, from ${origin.node}: needs databaseUrl (DATABASE_URL) too, the database that the nodes share.`, `node, lu dans ${origin.node} : il faut aussi databaseUrl (DATABASE_URL), la base que partagent les nœuds.`));
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    const [has, lacks] = config.tlsCert === undefined ? (["tlsKey", "tlsCert"] as const) : (["tlsCert", "tlsKey"] as const);
    return wrong(say(`${has}, from ${origin[has]}: needs ${lacks} (--${flagOf(lacks)}) too.`, `${has}, lu dans ${origin[has]} : il faut aussi ${lacks} (--${flagOf(lacks)}).`));
  }
  if (config.tlsCert !== undefined && origin.https === say("preset", "valeur par défaut")) config.https = true;
  if (config.https) config.sipTlsPort ??= 5061;
  config.dataDir = resolve(from.cwd, config.dataDir);
  config.recordingDir = config.recordingDir === undefined ? join(config.dataDir, "recordings") : resolve(from.cwd, config.recordingDir);
  if (config.tlsCert !== undefined) config.tlsCert = resolve(from.cwd, config.tlsCert);
  if (config.tlsTrust !== undefined) config.tlsTrust = resolve(from.cwd, config.tlsTrust);
  if (config.tlsKey !== undefined) config.tlsKey = resolve(from.cwd, config.tlsKey);
  return { ok: true, config };
}

/** The language of the system (POSIX order of the variables). */
export function localeOf(env: Readonly<Record<string, string | undefined>>): Lang {
  const given = env["TANDEM_LANG"] || env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return /^fr/i.test(given) ? "fr" : "en";
}

/** A port that is taken, with the flag that changes it: for `main` to print and end with 1. */
export function portTakenText(key: "port" | "sipPort" | "sipTlsPort", port: number, lang: Lang): string {
  const what = { port: { en: "Port", fr: "Le port" }, sipPort: { en: "SIP port", fr: "Le port SIP" }, sipTlsPort: { en: "SIP port (TLS)", fr: "Le port SIP (TLS)" } }[key];
  return lang === "fr"
    ? `${what.fr} ${port} est déjà pris par un autre programme : arrêtez-le, ou choisissez un autre port, par exemple : npm start -- --${flagOf(key)} ${port + 1}`
    : `${what.en} ${port} is taken by another program: end it, or choose another port, for example: npm start -- --${flagOf(key)} ${port + 1}`;
}

type Say = (en: string, fr: string) => string;

function readFlags(argv: readonly string[], say: Say): { ok: true; given: Map<Key, Given>; configFile?: string } | { ok: false; why: string } {
  const given = new Map<Key, Given>();
  const byFlag = new Map(KEYS.map((key) => [flagOf(key), key]));
  let configFile: string | undefined;
  for (let i = 0; i < argv.length; i++) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[i]!) ?? [];
    const off = name?.startsWith("no-") ? byFlag.get(name.slice(3)) : undefined;
    const key = name === undefined ? undefined : byFlag.get(name);
    if (off !== undefined && setting(off).isSwitch && inline === undefined) {
      given.set(off, { value: false, from: `--${name}` });
    } else if (key !== undefined && setting(key).isSwitch) {
      given.set(key, { value: inline ?? true, from: `--${name}` });
    } else if (key !== undefined || name === "config") {
      const value = inline ?? argv[++i];
      if (value === undefined || (inline === undefined && value.startsWith("--"))) return { ok: false, why: say(`--${name} needs a value (npm start -- --help)`, `--${name} attend une valeur (npm start -- --help)`) };
      if (key === undefined) configFile = value;
      else given.set(key, { value, from: `--${name}` });
    } else {
      return { ok: false, why: say(`unknown flag ${argv[i]}: see npm start -- --help`, `option inconnue ${argv[i]} : voir npm start -- --help`) };
    }
  }
  return { ok: true, given, ...(configFile === undefined ? {} : { configFile }) };
}

function readFile(named: string | undefined, cwd: string, say: Say): { ok: true; given: Map<Key, Given> } | { ok: false; why: string } {
  const path = resolve(cwd, named ?? CONFIG_FILE);
  const given = new Map<Key, Given>();
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && named === undefined) return { ok: true, given };
    return { ok: false, why: say(`the settings file ${path} cannot be read: ${(error as Error).message}`, `le fichier de réglages ${path} est illisible : ${(error as Error).message}`) };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    return { ok: false, why: say(`${path} is not JSON: ${(error as Error).message}`, `${path} n'est pas du JSON : ${(error as Error).message}`) };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return { ok: false, why: say(`${path} must be a JSON object`, `${path} doit être un objet JSON`) };
  for (const [name, value] of Object.entries(parsed)) {
    const key = KEYS.find((k) => k === name);
    if (key === undefined) return { ok: false, why: say(`${path}: unknown key "${name}"; known: ${KEYS.join(", ")}`, `${path} : clé inconnue « ${name} » ; connues : ${KEYS.join(", ")}`) };
    given.set(key, { value, from: path });
  }
  return { ok: true, given };
}

/** What --help prints. */
export function helpText(lang: Lang): string {
  const say: Say = (en, fr) => (lang === "fr" ? fr : en);
  const rows = KEYS.map((key): [string, string] => {
    const { help, preset, isSwitch } = setting(key);
    const flag = isSwitch ? `--[no-]${flagOf(key)}` : `--${flagOf(key)} <${say("value", "valeur")}>`;
    return [flag, `${help[lang]}${preset === undefined ? "" : ` [${preset}]`}`];
  });
  rows.push([`--config <${say("file", "fichier")}>`, say(`settings file [${CONFIG_FILE}, if it is there]`, `fichier de réglages [${CONFIG_FILE}, s'il existe]`)]);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    say("npm start -- [flags]", "npm start -- [options]"),
    "",
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    "",
    say(
      `Each flag is also a variable of the environment (--sip-port: ${envOf("sipPort")}; --database-url: DATABASE_URL) and a key of the settings file ("sipPort"). Flags win over the environment, the environment over the file.`,
      `Chaque option est aussi une variable d'environnement (--sip-port : ${envOf("sipPort")} ; --database-url : DATABASE_URL) et une clé du fichier de réglages ("sipPort"). Les options l'emportent sur l'environnement, l'environnement sur le fichier.`,
    ),
    "",
  ].join("\n");
}
