/**
 * What a first start leaves in its data folder (cluster, migrations, demo, spoken words: some 25 s of a processor), made once for a state of the
 * sources and copied by the tests that do not look at the first start itself. Under .cache, like the compiled code: nothing to clean up.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as realTime } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Only ends a hopeless wait: the one who makes it takes a minute or so, on a machine that does ten other things some four. */
const WITHIN_MS = 540_000;
/** Words of which none was added for so long are all there; what is missing is spoken by each centre itself. */
const SPOKEN_MS = 4_000;
/** Of other sources, or left by a maker that was killed; younger ones may be in use by a run beside. */
const STALE_MS = 3_600_000;
const run = promisify(execFile);

export interface CentreSecrets {
  password: string;
  phonePassword: string;
}

/** A centre that started for the first time, and is asked to stop. */
export interface FirstStart {
  dataDir: string;
  secrets: CentreSecrets;
  /** Its exit code. */
  stop(): Promise<number | null>;
}

/** Fills `dataDir` with what a first start in that language leaves; `start` makes one when nobody has yet. */
export async function copyFirstStart(lang: "fr" | "en", dataDir: string, start: () => Promise<FirstStart>): Promise<CentreSecrets> {
  const folder = join(root, ".cache", `centre-${lang}-${stateOfSources()}`);
  const maker = `${folder}.maker`;
  mkdirSync(join(root, ".cache"), { recursive: true });
  for (const endMs = Date.now() + WITHIN_MS; !existsSync(folder); await realTime(100)) {
    if (Date.now() > endMs) throw new Error(`nobody made ${folder} within ${WITHIN_MS} ms`);
    if (!claim(maker)) continue;
    try {
      if (!existsSync(folder)) await make(lang, folder, start);
    } finally {
      rmSync(maker, { force: true });
    }
  }
  await run("cp", ["-a", "--reflink=auto", `${folder}/data/.`, dataDir]); // with owners: PostgreSQL has an account of its own under root
  return JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8")) as CentreSecrets;
}

async function make(lang: string, folder: string, start: () => Promise<FirstStart>): Promise<void> {
  for (const name of readdirSync(join(root, ".cache"))) {
    const path = join(root, ".cache", name);
    if (name.startsWith("centre-") && statSync(path).mtimeMs < Date.now() - STALE_MS) rmSync(path, { recursive: true, force: true });
  }
  const { dataDir, secrets, stop } = await start();
  const words = (): number => readdirSync(join(dataDir, "prompts"), { recursive: true }).length;
  for (let [count, sinceMs] = [words(), Date.now()]; Date.now() - sinceMs < SPOKEN_MS; await realTime(100)) {
    if (words() !== count) [count, sinceMs] = [words(), Date.now()];
  }
  const code = await stop();
  if (code !== 0) throw new Error(`the first start ended with ${code}`);
  const fresh = `${folder}.new-${process.pid}`;
  mkdirSync(fresh);
  await run("cp", ["-a", dataDir, join(fresh, "data")]);
  rmSync(dataDir, { recursive: true });
  writeFileSync(join(fresh, "secrets.json"), JSON.stringify(secrets), { mode: 0o600 });
  renameSync(fresh, folder);
}

/** One maker at a time; one that was killed is no maker any more. */
function claim(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    if (pid > 0 && !existsSync(`/proc/${pid}`)) rmSync(file, { force: true });
    return false;
  }
}

/** Of everything that decides what a first start writes; and of the day, for the demo's orders are some days old. */
function stateOfSources(): string {
  const hash = createHash("sha256").update(new Date().toISOString().slice(0, 10)).update(readFileSync(join(root, "package-lock.json")));
  for (const place of ["server/src", "protocol/src"]) {
    const names = readdirSync(join(root, place), { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|sql)$/.test(name) && !name.endsWith(".test.ts"));
    for (const name of names.toSorted()) hash.update(name).update(readFileSync(join(root, place, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
