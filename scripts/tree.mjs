// What start and test share: where things are, whether they are fresh, running programs. Runs on the system's Node 20
// before anything is installed, so it imports nothing but Node.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const french = /^fr/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "");
/** The sentence in the language of the locale. */
export const say = (en, fr) => (french ? fr : en);

/** Runs a program to its end; answers its exit code. `quiet` keeps its output and answers it too. */
export function run(file, args, { cwd = root, env = process.env, quiet = false } = {}) {
  return new Promise((done) => {
    const child = spawn(file, args, { cwd, env, stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
    child.once("error", (error) => done({ code: 127, output: error.message }));
    child.once("close", (code, signal) => done({ code: code ?? (signal === "SIGINT" ? 130 : 1), output }));
  });
}

/** npm as it was called, else the one on the path. */
export function npm(args, options) {
  const cli = process.env.npm_execpath;
  return cli && /\.c?js$/.test(cli) ? run(process.execPath, [cli, ...args], options) : run("npm", args, options);
}

/** Installs what package-lock.json says, when it is not what is there. Answers an exit code. */
export async function install() {
  const stamp = join(root, "node_modules/.tandem-lock");
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
  const installed = join(root, "node_modules/.package-lock.json");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return 0;
  const byHand = existsSync(installed) && !existsSync(stamp) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
  if (!byHand) {
    console.log(say("Installing dependencies (about 30 s the first time)...", "Installation des dépendances (30 s environ la première fois)..."));
    // No package of ours needs its install script; --include=dev because the screens are built here. Not `npm ci`: it
    // wants every platform's optional packages in the lock, of which our registry has not all; --no-save keeps the lock.
    const args = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--include=optional"];
    const { code } = await npm(args);
    if (code !== 0) {
      console.error(say("npm could not install the dependencies (see above).", "npm n'a pas pu installer les dépendances (voir ci-dessus)."));
      return code;
    }
  }
  writeFileSync(stamp, lock);
  return 0;
}

/** Node 24 or later: the one that npm installed beside us, else the system's; undefined when there is none. */
export function node24() {
  const local = join(root, "node_modules/.bin/node");
  if (existsSync(local)) return local;
  return Number(process.versions.node.split(".")[0]) >= 24 ? process.execPath : undefined;
}

export const noNode24 = () =>
  say(
    `Tandem needs Node 24, which npm has no package of for ${process.platform}-${process.arch}; this is Node ${process.version}. Install Node 24 (https://nodejs.org) and start again.`,
    `Tandem a besoin de Node 24, et npm n'a pas de paquet pour ${process.platform}-${process.arch} ; Node installé : ${process.version}. Installez Node 24 (https://nodejs.org) puis relancez.`,
  );

/** The environment for our own programs: installed commands first on the path, compiled code kept between starts. */
export function environment() {
  return {
    ...process.env,
    PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, ".cache/node"),
  };
}

/** All files under the given ones, in a fixed order. */
export function filesUnder(paths, keep = () => true) {
  const files = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) {
      if (keep(path)) files.push(path);
      return;
    }
    for (const name of readdirSync(path).sort()) if (name !== "node_modules" && name !== "dist" && !name.startsWith(".")) visit(join(path, name));
  };
  for (const path of paths) visit(path);
  return files;
}

/** Builds the screens whose sources changed since their last build. Answers the names of those that failed. */
export async function buildScreens() {
  const jobs = ["desktop", "widget"].map(async (name) => {
    const at = join(root, name);
    if (!existsSync(join(at, "package.json")) || !existsSync(join(at, "src"))) return [];
    const hash = createHash("sha256");
    const sources = [at, join(root, "protocol/src"), join(root, "package-lock.json")];
    for (const file of filesUnder(sources, (path) => !/\.test\.tsx?$/.test(path))) hash.update(file.slice(root.length)).update(readFileSync(file));
    const want = hash.digest("hex");
    const stamp = join(at, "dist/.sources");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === want) return [];
    console.log(say(`Building ${name}...`, `Construction de ${name}...`));
    const { code, output } = await npm(["run", "build", "--silent", "-w", name], { env: environment(), quiet: true });
    if (code === 0 && existsSync(join(at, "dist"))) {
      writeFileSync(stamp, want);
      return [];
    }
    console.error(`${output.trim().split("\n").slice(-15).join("\n")}\n${say(`${name} does not build (see above).`, `${name} ne se construit pas (voir ci-dessus).`)}`);
    return [name];
  });
  return (await Promise.all(jobs)).flat();
}
