/** The newcomer's command and its ends: first start, Ctrl-C, kill -9, a second start, a taken port, a folder in use, a wrong setting. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { hadFirstStart, RunningCentre } from "./centre.ts";

const MAIN = fileURLToPath(new URL("../../server/src/app/main.ts", import.meta.url));
let centre: RunningCentre;

before(async () => {
  centre = await RunningCentre.firstStart("en");
});
after(() => centre?.stop());

const postmaster = (): number | null => {
  const file = join(centre.dataDir, "postgres", "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : null;
};
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
/** Starts a second server that must not come up; what it said and how it ended. */
function refused(...flags: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [MAIN, "--lang", "en", "--rtp-port-min", "31000", "--rtp-port-max", "31100", ...flags], { timeout: 120_000 }, (_error, stdout, stderr) => done({ code: child.exitCode, said: stdout + stderr }));
  });
}

test("the first start prints three things to do, with passwords that work, and serves each", async () => {
  assert.match(centre.output, /1\. The desktop\s+http/);
  assert.match(centre.output, /2\. The demo shop\s+http/);
  assert.match(centre.output, /3\. Any SIP phone\s+account camille/);
  for (const path of ["/", "/shop/", "/widget/tandem.js", "/healthz", "/metrics", "/api/openapi.json", "/api/docs/"]) {
    const answer = await fetch(`${centre.url}${path}`, { redirect: "follow" });
    assert.equal(answer.status, 200, path);
  }
  const me = await (await centre.signIn("lea", centre.secrets.password))("GET", "/session");
  assert.deepEqual((me as { user: { roles: string[] } }).user.roles, ["agent", "supervisor", "administrator"]);
});

test("a taken port and a folder in use are named, with what to do; nothing is broken by it", async (t) => {
  const other = mkdtempSync(join(tmpdir(), "tandem-e2e-other-"));
  t.after(() => rmSync(other, { recursive: true, force: true }));
  await hadFirstStart("en", other);
  const inUse = refused("--port", "0", "--sip-port", "0", "--data-dir", centre.dataDir);
  const port = await refused("--port", `${centre.port}`, "--sip-port", "0", "--data-dir", other);
  assert.equal(port.code, 1);
  assert.match(port.said, new RegExp(`${centre.port} is taken.*--port`));
  const sip = await refused("--port", "0", "--sip-port", `${centre.sipPort}`, "--data-dir", other);
  assert.equal(sip.code, 1);
  assert.match(sip.said, new RegExp(`${centre.sipPort} is taken.*--sip-port`));
  const folder = await inUse;
  assert.equal(folder.code, 1);
  assert.match(folder.said, /in use|another Tandem/i);
  assert.equal((await fetch(`${centre.url}/healthz`)).status, 200);
});

test("a wrong setting names its key, what it must be and where it came from", async () => {
  const wrong = await refused("--sip-port", "many");
  assert.equal(wrong.code, 2);
  assert.match(wrong.said, /sipPort.*"many".*--sip-port.*must be a port/);
});

test("Ctrl-C stops all, the database included; the next start is the same centre", async () => {
  const database = postmaster();
  assert.ok(database !== null && alive(database));
  assert.equal(await centre.kill("SIGINT"), 0);
  assert.equal(alive(database), false, "no orphan");
  assert.equal(postmaster(), null);
  await centre.launch();
  await centre.signIn("lea", centre.secrets.password);
});

test("after kill -9 no orphan stands in the way of the next start, and what was acknowledged is there", async () => {
  const admin = await centre.signIn("lea", centre.secrets.password);
  const { id } = (await admin("POST", "/admin/skills", { name: "Kept over kill -9" })) as { id: string };
  await centre.kill("SIGKILL");
  await centre.launch();
  const skills = (await (await centre.signIn("lea", centre.secrets.password))("GET", "/admin/skills")) as { id: string; name: string }[];
  assert.equal(skills.find((skill) => skill.id === id)?.name, "Kept over kill -9");
});
