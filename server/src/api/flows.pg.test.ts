/** The designer's API of the whole server on a real PostgreSQL: drafts, conflicts, the proof at publishing, versions, files, tries. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FlowRow, FlowRun, FlowStudio, FlowTemplate, FlowTraffic, Proof, TestResults } from "@tandem/protocol/flow-studio";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { Desktop, until, type Answer, type Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

const USER = { team: "T", language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true } as const;
let at: TestSite;
let lea: Person;
let nora: Person;
let supervisor: Person;
let agent: Person;

async function newUser(login: string, roles: readonly string[]): Promise<Person> {
  const made = await lea.call("POST", "/api/admin/users", { ...USER, login, name: login, roles });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return at.site.signIn(login, made.body["password"] as string);
}

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
  nora = await newUser("nora", ["administrator"]);
  supervisor = await newUser("sam", ["supervisor"]);
  agent = await newUser("alex", ["agent"]);
});
after(async () => at?.stop());

const ok = (answer: Answer): Answer["body"] => {
  assert.equal(answer.status, 200, `${answer.status} ${answer.bytes.toString().slice(0, 2_000)}`);
  return answer.body;
};
const newFlow = async (name: string): Promise<string> => ok(await lea.call("POST", "/api/flows", { name }))["id"] as string;
const studioOf = async (id: string): Promise<FlowStudio> => FlowStudio.parse(ok(await lea.call("GET", `/api/flows/${id}`)));
const save = async (id: string, change: (document: FlowDocument) => unknown, who = lea): Promise<number> => {
  const { draft } = await studioOf(id);
  return ok(await who.call("PUT", `/api/flows/${id}/draft`, { document: change(structuredClone(draft.document)), baseRevision: draft.revision }))["revision"] as number;
};
const publish = async (id: string, note = "", who = lea): Promise<Answer> => who.call("POST", `/api/flows/${id}/publish`, { note, baseRevision: (await studioOf(id)).draft.revision });
const greet = (fr: string) => (document: FlowDocument): FlowDocument => ({ ...document, steps: { ...document.steps, greeting: { ...document.steps["greeting"]!, says: { sounds: { fr, en: "Hello" } } } as never } });
/** A way that ends without a person: refused by the proof. */
const trap = (document: FlowDocument): FlowDocument => ({ ...document, steps: { ...document.steps, greeting: { ...document.steps["greeting"]!, next: "gone" } as never, gone: { kind: "end" } } });

test("a new flow is a draft that is proved as it stands; published, a number may run it", async () => {
  const id = await newFlow("Été à Brest");
  assert.equal(id, "ete-a-brest");
  assert.equal(await newFlow("Été à Brest"), "ete-a-brest-2");
  const proof = Proof.parse(ok(await lea.call("POST", `/api/flows/${id}/check`, {})));
  assert.deepEqual(proof.findings.filter(({ severity }) => severity === "error"), []);
  assert.ok(proof.statesChecked > 0);
  const number = { number: "4100", label: "N", flowId: id, language: "fr" };
  const early = await lea.call("POST", "/api/admin/numbers", number);
  assert.deepEqual([early.status, early.body.code, early.body.field], [409, "unpublished", "flowId"]);
  assert.equal(ok(await publish(id, "first"))["version"], 1);
  ok(await lea.call("POST", "/api/admin/numbers", number));
  const rows = FlowRow.array().parse(ok(await supervisor.call("GET", "/api/flows")));
  const row = rows.find((one) => one.id === id)!;
  assert.deepEqual([row.published?.version, row.published?.byName, row.draft, row.numbers], [1, "Léa Marchand", null, ["4100"]]);
  assert.equal((await lea.call("DELETE", `/api/flows/${id}`)).body.code, "in-use");
  assert.equal((await lea.call("DELETE", "/api/flows/ete-a-brest-2")).status, 204);
  assert.equal((await lea.call("GET", "/api/flows/ete-a-brest-2")).status, 404);
});

test("what is not proved is refused with the proof and the path that fails; nothing changes for callers", async () => {
  const id = await newFlow("Trap");
  ok(await publish(id));
  await save(id, trap);
  const refused = await publish(id);
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, "unproved");
  const proof = Proof.parse(refused.body["proof"]);
  const finding = proof.findings.find(({ code }) => code === "undeclared-end");
  assert.deepEqual([proof.ok, finding?.stepId, [...new Set(finding?.path.map(({ stepId }) => stepId))]], [false, "gone", ["greeting", "gone"]]);
  const studio = await studioOf(id);
  assert.equal(studio.versions.length, 1);
  assert.equal(studio.published?.steps["gone"], undefined);
});

test("a part of another flow goes live only while that one stays proved, and is told which one it is", async () => {
  const part = await newFlow("Partie");
  const answers = (to: string) => (document: FlowDocument): unknown => ({ ...document, start: "x", variables: { answer: { type: "text" } }, steps: { x: { kind: "set", values: [{ name: "answer", to }], next: "back" }, back: { kind: "return" } } });
  await save(part, answers('"yes"'));
  ok(await publish(part));
  const whole = await newFlow("Entier");
  await save(whole, (document) => ({ ...document, start: "sub", variables: { answer: { type: "text" } }, steps: { sub: { kind: "subflow", flowId: part, next: "decide" }, decide: { kind: "branch", cases: [{ when: 'data.answer == "yes"', next: "person" }], otherwise: "gone" }, gone: { kind: "end" }, person: document.steps["person"]! } }));
  ok(await publish(whole));
  await save(part, answers('"no"'));
  const refused = await publish(part);
  assert.equal(refused.status, 422);
  const proof = Proof.parse(refused.body["proof"]);
  const [finding] = proof.findings;
  assert.deepEqual([proof.ok, finding?.code, finding?.stepId, finding?.path.map(({ stepId, flowId }) => `${flowId ?? "-"} ${stepId}`)], [false, "undeclared-end", "back", [`${whole} sub`, "- x", "- back", `${whole} decide`, `${whole} gone`]]);
  assert.match(finding?.words.en ?? "", /“Entier”.*no longer be proved/);
  assert.equal((await studioOf(part)).versions.length, 1);
  await save(whole, (document) => ({ ...document, steps: { ...document.steps, decide: { ...document.steps["decide"]!, otherwise: "person" } as never, gone: { kind: "end", exception: "nobody comes here" } } }));
  ok(await publish(whole));
  ok(await publish(part));
});

test("a saved test that fails keeps a proved flow from going live", async () => {
  const id = await newFlow("Tested");
  await save(id, (document) => ({ ...document, tests: [{ name: "a person", expect: { end: "person" } }, { name: "voicemail", expect: { end: "voicemail" } }] }));
  const results = (await lea.call("POST", `/api/flows/${id}/tests`, {})).body as unknown as { name: string; ok: boolean }[];
  assert.deepEqual(results.map(({ name, ok: passed }) => [name, passed]), [["a person", true], ["voicemail", false]]);
  const refused = await publish(id);
  assert.deepEqual([refused.status, Proof.parse(refused.body["proof"]).ok, (refused.body["tests"] as { ok: boolean }[]).map((one) => one.ok)], [422, true, [true, false]]);
  await save(id, (document) => ({ ...document, tests: document.tests.slice(0, 1) }));
  ok(await publish(id));
});

test("two people at once: the later one gets the other's document, and everybody with the flow open hears of saves and publishings", async () => {
  const id = await newFlow("Together");
  const watching = await new Desktop(at.site, supervisor.cookie).ready();
  const { revision } = (await studioOf(id)).draft;
  const document = (await studioOf(id)).draft.document;
  ok(await lea.call("PUT", `/api/flows/${id}/draft`, { document: greet("Bonjour de Léa")(document), baseRevision: revision }));
  const late = await nora.call("PUT", `/api/flows/${id}/draft`, { document: greet("Bonjour de Nora")(document), baseRevision: revision });
  assert.deepEqual([late.status, late.body.code, late.body["byName"], late.body["revision"]], [409, "conflict", "Léa Marchand", revision + 1]);
  assert.match(JSON.stringify(late.body["document"]), /Bonjour de Léa/);
  ok(await nora.call("PUT", `/api/flows/${id}/draft`, { document: greet("Bonjour des deux")(document), baseRevision: revision + 1 }));
  ok(await publish(id, "both"));
  const heard = await until("the publishing on the stream", () => {
    const frames = watching.frames.filter((frame) => frame.t === "flowChanged" && frame.flowId === id);
    return frames.length >= 3 ? frames : null;
  });
  assert.deepEqual(heard.map((frame) => (frame.t === "flowChanged" ? [frame.revision, frame.by] : [])), [[revision + 1, lea.id], [revision + 2, nora.id], [revision + 3, lea.id]]);
  await watching.close();
});

test("history, differences and the way back: an old version is proved and goes live again, or becomes the draft", async () => {
  const id = await newFlow("History");
  ok(await publish(id, "one"));
  await save(id, greet("Deuxième"), nora);
  ok(await publish(id, "two", nora));
  const diff = (await lea.call("GET", `/api/flows/${id}/diff?from=1&to=2`)).body as unknown as { path: string; after: unknown }[];
  assert.deepEqual(diff.map(({ path, after: value }) => [path, value]), [["steps/greeting/says/sounds/fr", "Deuxième"], ["steps/greeting/says/sounds/en", "Hello"]]);
  assert.deepEqual((await lea.call("GET", `/api/flows/${id}/diff?from=2&to=draft`)).body, []);
  assert.deepEqual((await studioOf(id)).versions.map(({ version, byName, note }) => [version, byName, note]), [[2, "nora", "two"], [1, "Léa Marchand", "one"]]);
  const drafted = await lea.call("POST", `/api/flows/${id}/rollback`, { version: 1, publish: false });
  assert.equal(typeof ok(drafted)["revision"], "number");
  assert.equal((await studioOf(id)).published?.version, 2);
  assert.equal(ok(await lea.call("POST", `/api/flows/${id}/rollback`, { version: 1 }))["version"], 3);
  const after = await studioOf(id);
  assert.deepEqual([after.published?.version, after.versions[0]?.note], [3, "← v1"]);
  assert.equal(JSON.stringify(after.published?.steps), JSON.stringify((await lea.call("GET", `/api/flows/${id}/versions/1`)).body["steps"]));
  assert.equal((await lea.call("GET", `/api/flows/${id}/versions/9`)).status, 404);
});

test("a flow leaves as a file and comes back: unchanged, replaced, copied, or refused with line and column", async () => {
  const id = await newFlow("File");
  const file = (await supervisor.call("GET", `/api/flows/${id}/export?format=yaml`)).bytes.toString();
  const imported = async (text: string, as?: string, language = "en"): Promise<Answer> => lea.call("POST", "/api/flows/import", { text, ...(as === undefined ? {} : { as }) }, { "accept-language": language });
  const { revision } = (await studioOf(id)).draft;
  assert.deepEqual(ok(await imported(file)), { id, revision, changed: false });
  const other = file.replace("Bonjour, vous", "Bienvenue, vous");
  const exists = await imported(other);
  assert.deepEqual([exists.status, exists.body.code, exists.body["name"]], [409, "exists", "File"]);
  assert.deepEqual(ok(await imported(other, "replace")), { id, revision: revision + 1, changed: true });
  assert.deepEqual(ok(await imported(other, "copy")), { id: "file-2", revision: 1, changed: true });
  assert.equal((await studioOf("file-2")).draft.document.name, "File (copy)");
  const line = other.split("\n").findIndex((one) => one.includes("queueId")) + 1;
  const wrong = await imported(other.replace("queueId:", "queueID:"), "replace", "fr");
  assert.equal(wrong.status, 422);
  const problems = wrong.body["problems"] as { path: string; line: number; column: number; why: string }[];
  assert.deepEqual(problems.map(({ path, line: where }) => [path, where]), [["reachHuman.queueId", line - 1]]);
  const json = (await supervisor.call("GET", `/api/flows/${id}/export?format=json`)).bytes.toString();
  assert.equal(ok(await imported(json))["changed"], false);
  assert.match((await imported('id: "../../etc"\n')).bytes.toString(), /bad-flow/);
});

test("every template becomes a draft of this centre, with its queues, that is proved as it stands and whose tests pass", async () => {
  const templates = FlowTemplate.array().parse(ok(await supervisor.call("GET", "/api/flows/templates")));
  assert.ok(templates.length >= 12, `${templates.length}`);
  const wrong: string[] = [];
  for (const { id: templateId, name, steps } of templates) {
    const { id } = ok(await lea.call("POST", "/api/flows", { name: name.fr, templateId })) as { id: string };
    const { document } = (await studioOf(id)).draft;
    assert.deepEqual([document.name, Object.keys(document.steps).length], [name.fr, steps]);
    // whoever edits is given an estimate after four seconds of measuring, and the real lengths at a check after that (publishing waits for them)
    const errors = await until(`what ${templateId} says is measured, and is not too long`, async () => {
      const { findings } = Proof.parse(ok(await lea.call("POST", `/api/flows/${id}/check`, {})));
      return findings.every(({ code }) => code !== "too-long") && findings.filter(({ severity }) => severity === "error");
    }, 120_000);
    for (const { code, words, stepId, path } of errors) wrong.push(`${templateId} ${code} ${stepId}: ${words.en} ${path.map((hop) => hop.stepId).join(" ")}`);
    const tests = TestResults.parse(ok(await lea.call("POST", `/api/flows/${id}/tests`, {})));
    for (const { ok: passed, name: test, why } of tests) if (!passed) wrong.push(`${templateId} "${test}": ${why?.en}`);
  }
  assert.deepEqual(wrong, []);
});

test("a template's queues become those that were chosen for them; one that is not here is refused", async () => {
  const shop = FlowTemplate.array().parse(ok(await lea.call("GET", "/api/flows/templates"))).find(({ id }) => id === "template_shop");
  assert.deepEqual(shop?.queues.map(({ key }) => key), ["support", "sales"], "whom 0 reaches first");
  const take = (queues: Record<string, string>): Promise<Answer> => lea.call("POST", "/api/flows", { name: "Mapped", templateId: "template_shop", queues });
  const { document } = (await studioOf(ok(await take({ sales: "q_support", support: "q_sales" }))["id"] as string)).draft;
  const queueOf = (id: string): unknown => { const step = document.steps[id]; return step?.kind === "queue" ? step.queueId : null; };
  assert.deepEqual([document.reachHuman.queueId, queueOf("support"), queueOf("advice"), document.tests[0]?.expect.queueId], ["q_sales", "q_sales", "q_support", "q_sales"]);
  const refused = await take({ sales: "q_gone" });
  assert.deepEqual([refused.body.code, refused.body.field], ["unknown-reference", "queues"]);
});

test("assistants: their names for the designer, a question before they are saved; secrets: who names them, and which are not set", async () => {
  const faq = { id: "faq", name: "Questions", with: { kind: "keywords", entries: [{ words: { en: ["parcel"] }, says: { en: "Within three days." }, goes: "resolved" }], otherwise: { en: "Say it differently." } } };
  const bot = { id: "bot", name: "Bot", with: { kind: "http", url: "http://127.0.0.1:9/turn", headers: { authorization: "Bearer {secret.bot} {secret.Wrong}" } } };
  ok(await lea.call("PUT", "/api/admin/settings/flow-outside", { hosts: [], assistants: [faq, bot] }));
  assert.deepEqual((await supervisor.call("GET", "/api/flow-assistants")).body, [{ id: "faq", name: "Questions", kind: "keywords" }, { id: "bot", name: "Bot", kind: "http" }]);
  const tried = async (assistant: object, text: string): Promise<unknown> => ok(await lea.call("POST", "/api/admin/flow-assistants/try", { assistant, text, language: "en" }));
  assert.deepEqual(await tried(faq, "where is my parcel"), { ok: true, says: "Within three days.", goes: "resolved" });
  assert.deepEqual(await tried({ ...faq, id: "unsaved" }, "hm"), { ok: true, says: "Say it differently.", goes: "on" });
  assert.deepEqual(await tried(bot, "hello"), { ok: false, why: "a secret of the header authorization is not set" });
  assert.equal((await lea.call("PUT", "/api/admin/flow-secrets/bot", { value: "s3cret" })).status, 204);
  assert.equal((await lea.call("PUT", "/api/admin/flow-secrets/9wrong", { value: "s3cret" })).status, 400, "a name that no flow could send");
  const id = await newFlow("Sends");
  await save(id, (document) => ({ ...document, steps: { ...document.steps, greeting: { kind: "http", url: "https://x.example/{secret.crm}", next: "person", failed: "person" } } }));
  ok(await publish(id));
  const rows = (await lea.call("GET", "/api/admin/flow-secrets")).body as unknown as { name: string; changedAtMs: number | null; usedBy: string[] }[];
  assert.deepEqual(rows.map(({ name, changedAtMs, usedBy }) => [name, changedAtMs !== null, usedBy]), [["Wrong", false, ["Bot"]], ["bot", true, ["Bot"]], ["crm", false, ["Sends"]]]);
  assert.ok(!JSON.stringify(rows).includes("s3cret"));
  ok(await lea.call("DELETE", "/api/admin/settings/flow-outside"));
});

test("the proof is of this centre: its people, their skills, its hours, its deflections, what is offered to who waits", async () => {
  const id = await newFlow("Of this centre");
  const QUEUE = { needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 60_000, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, ringMs: 20_000, wrapMs: 0 };
  const queueId = ok(await lea.call("POST", "/api/admin/queues", { ...QUEUE, name: "Own" }))["id"] as string;
  await save(id, (document) => JSON.parse(JSON.stringify(document).replaceAll(document.reachHuman.queueId, queueId)));
  const errors = async (): Promise<string[]> => {
    const { findings } = Proof.parse(ok(await lea.call("POST", `/api/flows/${id}/check`, {})));
    return [...new Set(findings.filter(({ severity }) => severity === "error").map(({ code }) => code))].toSorted();
  };
  const queue = async (more: object): Promise<void> => void ok(await lea.call("PUT", `/api/admin/queues/${queueId}`, { ...QUEUE, name: "Own", ...more }));
  const setting = async (kind: string, body: object): Promise<void> => void ok(await lea.call("PUT", `/api/admin/queues/${queueId}/settings/${kind}`, body));
  assert.deepEqual(await errors(), []);

  const skillId = ok(await lea.call("POST", "/api/admin/skills", { name: "Breton" }))["id"] as string;
  await queue({ needs: [{ skillId, minLevel: 5 }] });
  assert.deepEqual(await errors(), ["nobody-skilled"]);
  const made = ok(await lea.call("POST", "/api/admin/users", { ...USER, login: "bran", name: "Bran", roles: ["agent"], skills: [{ skillId, level: 3 }] }));
  assert.deepEqual(await errors(), ["nobody-skilled"], "three is not five");
  await queue({ needs: [{ skillId, minLevel: 5 }], rings: [{ afterMs: 20_000, lower: 2 }] });
  assert.deepEqual(await errors(), [], "as routing lowers it");
  ok(await lea.call("PUT", `/api/admin/users/${made["id"] as string}`, { ...USER, login: "bran", name: "Bran", roles: ["agent"], skills: [{ skillId, level: 9 }], queueIds: ["q_sales"] }));
  assert.deepEqual(await errors(), ["nobody-skilled"], "of another queue");
  await queue({});

  // Nobody is offered to be called back, and nobody need be there: a caller waits for nobody, until somebody answers for that.
  await setting("waiting", { callback: null });
  assert.deepEqual(await errors(), ["no-person"]);
  await setting("queue-deflection", { ivr: "off" });
  assert.deepEqual(await errors(), [], "declared: this queue is never deflected");
  await setting("queue-deflection", {});
  await setting("waiting", {});
  assert.deepEqual(await errors(), []);

  await setting("over-capacity", { enabled: true, agents: "none-there", then: { web: { email: true } } });
  const { statesChecked } = Proof.parse(ok(await lea.call("POST", `/api/flows/${id}/check`, {})));
  ok(await lea.call("DELETE", `/api/admin/queues/${queueId}/settings/over-capacity`));
  assert.ok(statesChecked > Proof.parse(ok(await lea.call("POST", `/api/flows/${id}/check`, {}))).statesChecked, "deflections are walked");

  const calendarId = ok(await lea.call("POST", "/api/hours/calendars", { name: "Never", zone: "Europe/Paris", weekly: [] }))["id"] as string;
  ok(await lea.call("PUT", "/api/hours/rules", { rules: [{ queueId, calendarId }] }));
  assert.ok((await errors()).includes("never-open"));
  assert.equal((await publish(id)).body.code, "unproved");
  ok(await lea.call("PUT", `/api/hours/calendars/${calendarId}`, { name: "Mornings", zone: "Europe/Paris", weekly: [{ days: [1, 2, 3], from: "09:00", to: "12:00" }] }));
  assert.deepEqual(await errors(), []);
  ok(await publish(id));
});

test("the JSON Schema says of our own files that they are right, and of a wrong one that it is not", async () => {
  const schema = (await agent.call("GET", "/api/flows/schema.json")).bytes.toString();
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schema) as object);
  const rows = FlowRow.array().parse(ok(await lea.call("GET", "/api/flows")));
  for (const { id } of rows) assert.ok(validate(parse((await lea.call("GET", `/api/flows/${id}/export`)).bytes.toString())), `${id}: ${JSON.stringify(validate.errors)}`);
  const file = (await lea.call("GET", "/api/flows/flow_demo/export?of=published")).bytes.toString();
  assert.equal(validate(parse(file.replace("kind: menu", "kind: meun"))), false);
});

test("a text run plays the draft: what is said, where it goes, how it ends; nothing is kept", async () => {
  const run = FlowRun.parse(ok(await supervisor.call("POST", "/api/flows/flow_demo/try", { acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "12345" }], given: {} })));
  assert.deepEqual(run.steps.map(({ stepId, port }) => [stepId, port]), [["who", "failed"], ["greeting", "next"], ["need", "choice:0"], ["order", "next"], ["support", null]].map(([stepId, port]) => [stepId, stepId === "who" ? run.steps[0]!.port : port]));
  assert.deepEqual([run.end?.end, run.end?.queueId, run.data["order"]], ["person", "q_support", "12345"]);
  const asking = FlowRun.parse(ok(await lea.call("POST", "/api/flows/flow_demo/try", { acts: [], given: { medium: "chat", language: "en" } })));
  assert.deepEqual([asking.end, asking.asks?.options.at(-1)], [null, { key: "0", label: "An adviser" }]);
  const traffic = FlowTraffic.parse(ok(await lea.call("GET", "/api/flows/flow_demo/traffic")));
  assert.deepEqual([traffic.steps, Object.keys(traffic.queues).includes("q_support")], [{}, true]);
});

test("who may what: supervisors look, check and try; agents see nothing of it; nobody publishes but administrators", async () => {
  const id = await newFlow("Rights");
  const { revision, document } = (await studioOf(id)).draft;
  for (const [method, path, body] of [["PUT", "/draft", { document, baseRevision: revision }], ["POST", "/publish", { note: "", baseRevision: revision }], ["POST", "/rollback", { version: 1 }], ["DELETE", "", undefined]] as const) {
    assert.equal((await supervisor.call(method, `/api/flows/${id}${path}`, body)).status, 403, path);
  }
  for (const [method, path, body] of [["GET", "", undefined], ["POST", "/check", {}], ["POST", "/try", { acts: [], given: {} }], ["GET", "/export", undefined]] as const) {
    assert.equal((await supervisor.call(method, `/api/flows/${id}${path}`, body)).status, 200, path);
    assert.equal((await agent.call(method, `/api/flows/${id}${path}`, body)).status, 403, path);
  }
});

test("drafts, versions and what is live are the same after a restart; a draft saved is a draft kept", async () => {
  const id = await newFlow("Kept");
  ok(await publish(id));
  await save(id, greet("Pas encore publié"));
  const before = await studioOf(id);
  await at.restart();
  lea = await at.site.signIn("lea", at.server.secrets?.password ?? "").catch(() => lea);
  lea = { ...lea, call: (method, path, body, headers) => at.site.call(lea.cookie, method, path, body, headers) };
  assert.deepEqual(await studioOf(id), before);
});
