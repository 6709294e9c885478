/** `tandem` against files and against a whole server: exit codes, failing paths, what is written and what is not. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { testSite, type TestSite } from "../../api/test-site.ts";
import { Desktop, type Person } from "../../api/test-client.ts";
import { printFlow } from "../../directory/directory.ts";
import { demoFlow } from "../../flow/flow.ts";
import { writeWav } from "../../rtp/rtp.ts";
import { runCli } from "./run.ts";

let at: TestSite;
let lea: Person;
const folder = mkdtempSync(join(tmpdir(), "tandem-cli-"));
const there: Record<string, string> = {};
before(async () => {
  at = await testSite();
  const { password } = at.server.secrets!;
  lea = await at.site.signIn("lea", password);
  Object.assign(there, { TANDEM_URL: `http://127.0.0.1:${at.server.port}`, TANDEM_USER: "lea", TANDEM_PASSWORD: password });
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await at?.stop();
});

interface Run {
  code: number;
  out: string;
  err: string;
}
async function tandem(args: string[], env: Record<string, string> = {}, ask: (() => Promise<boolean>) | null = null): Promise<Run> {
  const told: Record<"out" | "err", string[]> = { out: [], err: [] };
  const code = await runCli(args, { env, cwd: folder, out: (text) => void told.out.push(text), err: (text) => void told.err.push(text), ask });
  return { code, out: told.out.join("\n"), err: told.err.join("\n") };
}
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const GOOD = printFlow({ ...demoFlow, tests: [{ name: "0 reaches a person", given: { medium: "voice", language: "fr", hours: "open", queues: "served", from: "+33612345678", customer: null, context: {}, answers: {} }, acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "q_support" } }] }, "yaml");
const TRAP = GOOD.replace("next: sales", "next: gone").replace("\ntests:", "\n  gone:\n    kind: end\ntests:");

test("without a server: files are proved with every id that they name; a trap is told step by step, exit code 1", async () => {
  assert.deepEqual((await tandem(["flows", "check", file("good.yaml", GOOD)])).code, 0);
  const trapped = await tandem(["flows", "check", "good.yaml", file("trap.yaml", TRAP)], { LANG: "fr_FR.UTF-8" });
  assert.equal(trapped.code, 1);
  assert.match(trapped.out, /^✓ good\.yaml .*prouvé/m);
  assert.match(trapped.out, /^✗ trap\.yaml .*pas prouvé/m);
  const hops = [...trapped.out.matchAll(/^ {4}\d+\. (\S+)/gm)].map(([, stepId]) => stepId);
  assert.deepEqual([hops[0], hops.at(-1)], ["who", "gone"]);
  assert.match(trapped.out, /need → choice:2\u202f:/);
  const json = JSON.parse((await tandem(["flows", "check", "trap.yaml", "--json"])).out) as { proof: { ok: boolean; findings: { code: string; path: unknown[] }[] } }[];
  assert.deepEqual([json[0]?.proof.ok, json[0]?.proof.findings.some(({ code, path }) => code === "undeclared-end" && path.length > 3)], [false, true]);
});

test("a site file is complete: a queue that it does not name does not exist, and one without the skill has nobody", async () => {
  const site = (queues: string): string => file("site.yaml", `queues:\n${queues}`);
  const both = "  q_support: { agents: [{ sk_english: 5 }] }\n  q_sales: { agents: [{ sk_english: 5, sk_sales: 5 }] }\n";
  assert.equal((await tandem(["flows", "check", "good.yaml", "--site", site(both)])).code, 0);
  const without = await tandem(["flows", "check", "good.yaml", "--site", site("  q_support: {}\n")]);
  assert.deepEqual([without.code, /q_sales/.test(without.out), /nobody-skilled/.test(without.out)], [1, true, true]);
  const wrong = await tandem(["flows", "check", "good.yaml", "--site", file("bad-site.yaml", "queues:\n  q: { agnets: [] }\n")]);
  assert.deepEqual([wrong.code, /2:8 queues\.q\.agnets: unknown key/.test(wrong.err)], [2, true]);
});

test("a file that cannot be read is told with line and column in the terminal's language; commands that are wrong exit with 2", async () => {
  const bad = await tandem(["flows", "check", file("bad.yaml", GOOD.replace("kind: collect", "kind: colect"))], { LC_ALL: "fr_FR" });
  assert.equal(bad.code, 1);
  assert.match(bad.out, /bad\.yaml:\d+:\d+ steps\.order\.kind: inconnu/);
  for (const args of [[], ["flows", "chek"], ["flows", "check", "--nope"], ["flows", "check", "nobody"], ["flows", "check"], ["flows", "list"], ["export"]]) assert.equal((await tandem(args)).code, 2, args.join(" "));
  assert.equal((await tandem(["--help"])).code, 0);
  const refused = await tandem(["flows", "list"], { ...there, TANDEM_PASSWORD: "wrong" });
  assert.deepEqual([refused.code, /Unknown login or password/.test(refused.err)], [2, true]);
  assert.deepEqual([(await tandem(["flows", "list"], { ...there, TANDEM_URL: "http://127.0.0.1:9" })).code], [2]);
  const nowhere = await tandem(["flows", "export", "flow_demo", join("no", "such", "folder", "x.yaml")], there);
  assert.deepEqual([nowhere.code, /ENOENT.*x\.yaml/.test(nowhere.err)], [2, true], "a sentence, not a stack");
});

test("a command signs nobody out: who works at the desk goes on", async () => {
  const desk = await new Desktop(at.site, lea.cookie).ready();
  assert.equal((await tandem(["flows", "list"], there)).code, 0);
  assert.equal((await lea.call("GET", "/api/session")).status, 200);
  assert.deepEqual(desk.frames.filter(({ t }) => t === "bye"), []);
  await desk.close();
});

test("saved tests run without a server; the failing one says why and which way it went", async () => {
  assert.match((await tandem(["flows", "test", "good.yaml"])).out, /^✓ good\.yaml .*: 1 of 1$/m);
  const failing = await tandem(["flows", "test", file("failing.yaml", GOOD.replace(/queueId: q_support\n$/, "queueId: q_sales\n"))]);
  assert.equal(failing.code, 1);
  assert.match(failing.out, /✗ 0 reaches a person: .*q_sales.*\n.*who → /);
});

test("with a server: its people and settings decide, for flows and for files that it does not have", async () => {
  assert.deepEqual((await tandem(["flows", "check", "flow_demo"], there)).code, 0);
  const stranger = await tandem(["flows", "check", file("stranger.yaml", GOOD.replaceAll("q_sales", "q_nowhere"))], there);
  assert.deepEqual([stranger.code, /q_nowhere/.test(stranger.out)], [1, true]);
  assert.equal((await tandem(["flows", "check"], there)).code, 0, "all flows of the centre");
});

test("a flow goes to a file, is changed there, comes back as a draft and is published; what is not proved is not", async () => {
  const exported = await tandem(["flows", "export", "flow_demo", "mine.yaml", "--of", "published"], there);
  assert.equal(exported.code, 0, exported.err);
  const printed = await tandem(["flows", "export", "flow_demo", "-"], there);
  assert.match(printed.out, /^format: 2\nid: flow_demo\n/, "a dash is the terminal, no file of that name");
  const text = readFileSync(join(folder, "mine.yaml"), "utf8").replace("id: flow_demo", "id: mine");
  file("mine.yaml", text);
  assert.match((await tandem(["flows", "import", "mine.yaml", "--publish"], there)).out, /mine: draft\nmine: published, v1/);
  assert.match((await tandem(["flows", "list"], there)).out, /^mine\t.*\tv1\t$/m);
  assert.match((await tandem(["flows", "import", "mine.yaml"], there)).out, /mine: unchanged/);
  file("mine.yaml", text.replace("next: sales", "next: gone").concat("  gone:\n    kind: end\n"));
  const exists = await tandem(["flows", "import", "mine.yaml"], there);
  assert.deepEqual([exists.code, /--replace/.test(exists.err)], [1, true]);
  assert.equal((await tandem(["flows", "import", "mine.yaml", "--replace"], there)).code, 0);
  const refused = await tandem(["flows", "publish", "mine"], there);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /undeclared-end[\s\S]*1\. who/);
  assert.match((await tandem(["flows", "list"], there)).out, /^mine\t.*\tv1, draft changed\t$/m);
});

test("a whole centre as a folder: exported, unchanged when imported again, differences told before they are written, then none", async () => {
  const made = await lea.call("POST", "/api/admin/prompts", { name: "Été: bienvenue", texts: { fr: "Bienvenue" } });
  assert.equal(made.status, 200, made.bytes.toString());
  const promptId = made.body["id"] as string;
  const tone = Int16Array.from({ length: 16_000 }, (_, i) => 9_000 * Math.sin((2 * Math.PI * 440 * i) / 8_000));
  const uploaded = await fetch(`${there["TANDEM_URL"]}/api/admin/prompts/${promptId}/recordings/fr?name=t.wav`, { method: "PUT", headers: { cookie: lea.cookie, "content-type": "audio/wav" }, body: Buffer.from(writeWav([tone])) });
  assert.equal(uploaded.status, 200, await uploaded.text());
  const calendar = await lea.call("POST", "/api/hours/calendars", { name: "Bureau", zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" }] });
  assert.equal(calendar.status, 200, calendar.bytes.toString());
  assert.equal((await lea.call("PUT", "/api/hours/rules", { rules: [{ queueId: "q_sales", calendarId: calendar.body["id"] }] })).status, 200);
  assert.equal((await lea.call("PUT", "/api/admin/queues/q_sales/settings/waiting", { music: promptId })).status, 200);
  assert.equal((await lea.call("PUT", "/api/admin/settings/deflection", { calls: { enabled: true } })).status, 200);

  const exported = await tandem(["export", "centre"], there);
  assert.equal(exported.code, 0, exported.err);
  assert.deepEqual(readdirSync(join(folder, "centre")).toSorted(), ["drafts", "flows", "hours.yaml", "names.yaml", "prompts", "prompts.yaml", "settings.yaml"]);
  assert.match(readdirSync(join(folder, "centre", "prompts"))[0] ?? "", /^Ete-bienvenue\.fr\.[0-9a-f]{12}\.wav$/);
  assert.deepEqual(await tandem(["import", "centre", "--check"], there), { code: 0, out: "Nothing differs.", err: "" });

  const settings = join("centre", "settings.yaml");
  const hours = join("centre", "hours.yaml");
  file(settings, readFileSync(join(folder, settings), "utf8").replace("firstAfterS: 15", "firstAfterS: 20"));
  file(hours, readFileSync(join(folder, hours), "utf8").replace('"18:00"', '"19:30"').replace("to: 18:00", "to: 19:30"));
  file(join("centre", "flows", "flow_demo.yaml"), readFileSync(join(folder, "centre", "flows", "flow_demo.yaml"), "utf8").replace("Très bien, un vendeur arrive.", "Un vendeur arrive."));
  const check = await tandem(["import", "centre", "--check"], there);
  assert.equal(check.code, 1);
  for (const line of ["~ calendar Bureau", '  ~ weekly/0/to: "18:00" → "19:30"', "  ~ waiting/firstAfterS: 15 → 20", "~ flow flow_demo", '  ~ steps/sales/says/reads/fr: "Très bien, un vendeur arrive." → "Un vendeur arrive."']) assert.ok(check.out.split("\n").includes(line), `${line}\n${check.out}`);
  const asked = await tandem(["import", "centre"], there, async () => false);
  assert.deepEqual([asked.code, (await tandem(["import", "centre", "--check"], there)).code], [1, 1], "answered no: nothing is written");
  const written = await tandem(["import", "centre"], there);
  assert.equal(written.code, 0, written.err);
  assert.match(written.out, /flow_demo: published, v2/);
  assert.deepEqual(await tandem(["import", "centre", "--check"], there), { code: 0, out: "Nothing differs.", err: "" });
});

test("the folder of one centre in another: queues by name, calendars and prompts made anew, recordings once", async () => {
  const other = await testSite();
  try {
    const env = { TANDEM_URL: `http://127.0.0.1:${other.server.port}`, TANDEM_USER: "lea", TANDEM_PASSWORD: other.server.secrets!.password };
    // Another centre's queue of the same name has an id of its own.
    for (const [path, from, to] of [["settings.yaml", "q_sales", "q_elsewhere"], ["hours.yaml", "q_sales", "q_elsewhere"], ["names.yaml", "q_sales", "q_elsewhere"], ["flows/flow_demo.yaml", "q_sales", "q_elsewhere"]] as const) {
      const name = join("centre", path);
      file(name, readFileSync(join(folder, name), "utf8").replaceAll(from, to));
    }
    const written = await tandem(["import", "centre", "--yes"], env);
    assert.equal(written.code, 0, `${written.out}\n${written.err}`);
    const lea2 = await other.site.signIn("lea", env.TANDEM_PASSWORD);
    const music = (await lea2.call("GET", "/api/admin/queues/q_sales/settings/waiting")).body["body"] as { music: string };
    const prompts = (await lea2.call("GET", "/api/admin/prompts")).body as unknown as { id: string; name: string; recordings: { fr?: { seconds: number } } }[];
    const played = prompts.find(({ id: one }) => one === music.music);
    assert.deepEqual([played?.name, played?.recordings.fr !== undefined], ["Été: bienvenue", true]);
    assert.deepEqual(await tandem(["import", "centre", "--check"], env), { code: 0, out: "Nothing differs.", err: "" });
    file(join("centre", "names.yaml"), readFileSync(join(folder, "centre", "names.yaml"), "utf8").replace(/q_elsewhere: .*/, "q_elsewhere: Nowhere"));
    const missing = await tandem(["import", "centre", "--check"], env);
    assert.deepEqual([missing.code, /q_elsewhere « Nowhere »/.test(missing.err)], [1, true]);
  } finally {
    await other.stop();
  }
});

test("an unpublished draft of somebody is not written over without a word", async () => {
  const { draft } = (await lea.call("GET", "/api/flows/mine")).body as unknown as { draft: { document: { name: string }; revision: number } };
  assert.ok(draft.revision > 0);
  await tandem(["export", "again"], there);
  const path = join("again", "flows", "mine.yaml");
  file(path, readFileSync(join(folder, path), "utf8").replace("Un vendeur", "Une vendeuse"));
  const refused = await tandem(["import", "again"], there);
  assert.deepEqual([refused.code, /draft of mine \(Léa Marchand\)/.test(refused.err)], [1, true]);
  assert.equal(((await lea.call("GET", "/api/flows/mine")).body as unknown as { draft: { revision: number } }).draft.revision, draft.revision);
  assert.equal((await tandem(["import", "again", "--yes"], there)).code, 0);
});
