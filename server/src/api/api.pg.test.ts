/** The API of the whole server on a real PostgreSQL: who may call what, what a refusal says, and what administrators keep. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Desktop, Page, until, type Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";
import { ANYONE, SIGNED_IN, WHO_MAY } from "./test-who-may.ts";

let at: TestSite;
let lea: Person;
let agent: Person;
let supervisor: Person;
let administrator: Person;

const USER = { name: "New Person", team: "Test", language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true } as const;
const QUEUE = { name: "Returns", needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 60_000, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, ringMs: 20_000, wrapMs: 0 } as const;

/** A user made by the API signs in with the password that the API showed once. */
async function newUser(login: string, roles: readonly string[]): Promise<Person> {
  const made = await lea.call("POST", "/api/admin/users", { ...USER, login, roles });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return at.site.signIn(login, made.body["password"] as string);
}

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
  agent = await newUser("an.agent", ["agent"]);
  supervisor = await newUser("a.supervisor", ["supervisor"]);
  administrator = await newUser("an.admin", ["administrator"]);
});

after(async () => at?.stop());

interface Operation {
  summary?: string;
  "x-who"?: unknown;
}

async function routes(): Promise<[route: string, operation: Operation][]> {
  const document = await at.site.anonymous("GET", "/api/openapi.json");
  const paths = document.body["paths"] as Record<string, Record<string, Operation>>;
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]));
}

test("the OpenAPI document lists every route with a summary and who may call it, and the page shows it", async () => {
  const found = await routes();
  assert.deepEqual(Object.fromEntries(found.map(([route, operation]) => [route, operation["x-who"]])), WHO_MAY);
  assert.deepEqual(found.filter(([, operation]) => (operation.summary ?? "") === "").map(([route]) => route), []);
  const document = await at.site.anonymous("GET", "/api/openapi.json");
  assert.match(document.body["openapi"] as string, /^3\./);
  for (const match of document.bytes.toString().matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = match[1]!.split("/").reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document.body);
    assert.ok(target, `${match[1]} is there`);
  }
  const page = await at.site.anonymous("GET", "/api/docs/");
  assert.equal(page.status, 200);
  assert.match(page.bytes.toString(), /swagger/i);
});

test("every route is held to who may call it", async () => {
  const roles: [string, Person][] = [["agent", agent], ["supervisor", supervisor], ["administrator", administrator]];
  const isLast = (route: string): number => (route === "DELETE /api/session" ? 1 : 0);
  let refused = 0;
  for (const [route, operation] of (await routes()).sort(([a], [b]) => isLast(a) - isLast(b))) {
    const who = operation["x-who"];
    if (who === ANYONE || isLast(route)) continue;
    const [method, path] = route.replace("{id}", "nope").split(" ") as [string, string];
    const body = method === "GET" || method === "DELETE" ? undefined : {};
    const nobody = await at.site.anonymous(method, path, body);
    assert.deepEqual([nobody.status, nobody.body.code], [401, "signed-out"], route);
    const stale = await at.site.call("tandem_session=0000000000000000000000000000000", method, path, body);
    assert.equal(stale.status, 401, route);
    for (const [role, person] of roles) {
      const answer = await person.call(method, path, body);
      const may = who === SIGNED_IN || (who as string[]).includes(role);
      assert.equal(answer.body.code !== "not-allowed", may, `${route} as ${role}: ${answer.status} ${answer.body.code}`);
      if (!may) {
        assert.equal(answer.status, 403, `${route} as ${role}`);
        refused++;
      }
      assert.ok(answer.status < 500, `${route} as ${role}: ${answer.status}`);
    }
  }
  assert.ok(refused > 60, `${refused} refusals were seen`);
});

test("another site's page can command nothing, not even a sign-in; its sockets find no stream", async () => {
  const origin = { origin: "https://evil.example" };
  assert.equal((await lea.call("PUT", "/api/me/wish", { wish: "break" }, origin)).body.code, "wrong-origin");
  assert.equal((await at.site.anonymous("POST", "/api/session", { login: "lea", password: at.server.secrets!.password }, origin)).body.code, "wrong-origin");
  const own = { origin: `http://127.0.0.1:${at.site.port}` };
  assert.equal((await lea.call("PUT", "/api/me/wish", { wish: "offline" }, own)).status, 204);
  const stream = new Desktop(at.site, lea.cookie, undefined, "https://evil.example");
  await until("the refusal", () => stream.closed);
  assert.equal(stream.frames.length, 0);
  const anonymous = new Desktop(at.site, "");
  await until("the refusal", () => anonymous.closed);
  const rate = await at.site.anonymous("POST", "/api/widget/rate", { token: "x", interactionId: "y", score: 3, comment: "" }, origin);
  assert.deepEqual([rate.status, rate.headers.get("access-control-allow-origin")], [404, "*"], "the widget lives on any site");
});

test("bad input: a stable code, the field, and a sentence in the language asked", async () => {
  const cases: [person: Person, method: string, path: string, body: unknown, code: string, field: string | undefined][] = [
    [lea, "PUT", "/api/me/wish", { wish: "asleep" }, "bad-input", "wish"],
    [lea, "POST", "/api/admin/users", { ...USER, login: "UPPER CASE", roles: ["agent"] }, "bad-input", "login"],
    [lea, "POST", "/api/admin/users", { ...USER, login: "ok.login", roles: ["janitor"] }, "bad-input", "roles"],
    [lea, "POST", "/api/admin/users", { ...USER, login: "ok.login", roles: ["agent"], skills: [{ skillId: "sk_nope", level: 3 }] }, "unknown-reference", "skills"],
    [lea, "POST", "/api/admin/users", { ...USER, login: "lea", roles: ["agent"] }, "taken", "login"],
    [lea, "POST", "/api/admin/queues", { ...QUEUE, ringMs: 1 }, "bad-input", "ringMs"],
    [lea, "POST", "/api/admin/numbers", { number: "12ab", label: "x", flowId: "flow_demo", language: "fr" }, "bad-input", "number"],
    [lea, "PATCH", "/api/interactions/nope/notes", { disposition: "dsp_nope", notes: "" }, "unknown-reference", "disposition"],
    [lea, "GET", "/api/customers?q=", undefined, "bad-input", "q"],
    [lea, "GET", "/api/customers/nope", undefined, "not-found", undefined],
    [lea, "POST", "/api/customers/nope/cases", { clientId: "client-1", subject: "x" }, "not-found", undefined],
    [lea, "POST", "/api/customers/cus_demo_emma/cases", { clientId: "client-1", subject: "  " }, "bad-input", "subject"],
    [lea, "POST", "/api/customers/cus_demo_emma/cases", { clientId: "client-1", subject: "x", fields: { "bad name": "x" } }, "bad-input", "fields"],
    [lea, "POST", "/api/customers/cus_demo_emma/cases", { clientId: "client-1", subject: "x", fields: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`f${i}`, "x"])) }, "bad-input", "fields"],
    [lea, "PUT", "/api/cases/1001", { clientId: "client-1", state: "lost" }, "bad-input", "state"],
    [lea, "PUT", "/api/cases/1001", { clientId: "client-1", note: "x".repeat(4_001) }, "bad-input", "note"],
    [lea, "PUT", "/api/cases/999999", { clientId: "client-1", state: "closed" }, "not-found", undefined],
  ];
  for (const [person, method, path, body, code, field] of cases) {
    const french = await person.call(method, path, body, { "accept-language": "fr-CA,fr;q=0.9" });
    const english = await person.call(method, path, body, { "accept-language": "en-GB" });
    assert.deepEqual([french.body.code, french.body.field, english.body.code, english.body.field], [code, field, code, field], path);
    assert.ok(french.status >= 400 && french.status < 500, `${path}: ${french.status}`);
    assert.notEqual(french.body.why, english.body.why, path);
    assert.match(french.body.why!, /\p{L}.*[.]$/u);
    assert.match(english.body.why!, /\p{L}.*[.]$/u);
  }
  const garbage = await fetch(`http://127.0.0.1:${at.site.port}/api/me/wish`, { method: "PUT", headers: { cookie: lea.cookie, "content-type": "application/json" }, body: "{" });
  assert.deepEqual([garbage.status, ((await garbage.json()) as { code: string }).code], [400, "bad-input"]);
  const huge = await lea.call("PUT", "/api/me/wish", { wish: "x".repeat(300_000) });
  assert.deepEqual([huge.status, huge.body.code], [413, "too-large"]);
});

test("a case is opened, changed and found by who may correct a customer's record; an answer that was lost is asked for again", async () => {
  interface Kept { number: string; subject: string; state: string; fields: Record<string, string>; openedAtMs: number; changedAtMs: number; notes: { byName: string; text: string }[] }
  const of = async (person: Person): Promise<Kept[]> => (await person.call("GET", "/api/customers/cus_demo_emma/cases")).body as unknown as Kept[];
  assert.deepEqual(await of(agent), []);
  const asked = { clientId: "client-emma-1", subject: "Suspension too short", fields: { order: "10460" }, note: "Cable of 80 cm" };
  const opened = await agent.call("POST", "/api/customers/cus_demo_emma/cases", asked);
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  const { openedAtMs, ...made } = opened.body as unknown as Kept;
  const { number } = made;
  assert.deepEqual(made, { number, customerId: "cus_demo_emma", subject: "Suspension too short", state: "open", fields: { order: "10460" }, changedAtMs: openedAtMs, changedBy: "New Person", notes: [{ atMs: openedAtMs, byName: "New Person", text: "Cable of 80 cm" }] });
  assert.match(number, /^1\d{3}$/);
  assert.deepEqual((await agent.call("POST", "/api/customers/cus_demo_emma/cases", asked)).body, opened.body);
  const pending = { clientId: "client-emma-2", state: "pending", note: "Longer cable ordered" };
  const first = await supervisor.call("PUT", `/api/cases/${number}`, pending);
  assert.deepEqual((await supervisor.call("PUT", `/api/cases/${number}`, pending)).body, first.body);
  // somebody else's browser may have the same id: that is another deed
  await agent.call("PUT", `/api/cases/${number}`, { clientId: "client-emma-2", subject: "Cable too short", fields: { order: "", length: "80" } });
  const [only, ...others] = await of(lea);
  assert.deepEqual([only?.number, only?.subject, only?.state, only?.fields, only?.notes.map(({ text }) => text), others], [number, "Cable too short", "pending", { length: "80" }, ["Longer cable ordered", "Cable of 80 cm"], []]);
  const late = await supervisor.call("PUT", `/api/cases/${number}`, { clientId: "client-emma-3", subject: "Cable", fields: { length: "90" }, was: { subject: "Suspension too short", fields: { length: "80" } } });
  assert.deepEqual([late.status, late.body.code, (late.body as unknown as { case: Kept & { changedBy: string } }).case.subject, (late.body as unknown as { case: { changedBy: string } }).case.changedBy], [409, "case-changed", "Cable too short", "New Person"]);
  for (const typed of [number, `n° ${number}`]) assert.deepEqual(((await agent.call("GET", `/api/customers?q=${encodeURIComponent(typed)}`)).body as unknown as { id: string }[])[0]?.id, "cus_demo_emma", typed);
  assert.equal((await administrator.call("POST", "/api/customers/cus_demo_emma/cases", asked)).status, 403);
});

test("every administered kind is made, listed, changed and removed; names that are taken and things in use are refused", async () => {
  const kinds: Record<string, { body: object; changed: object; taken: string | null }> = {
    skills: { body: { name: "Welsh" }, changed: { name: "Cymraeg" }, taken: "name" },
    queues: { body: QUEUE, changed: { ...QUEUE, name: "Returns and repairs" }, taken: "name" },
    numbers: { body: { number: "+33199000001", label: "Second", flowId: "flow_demo", language: "fr" }, changed: { number: "+33199000001", label: "Other", flowId: "flow_demo", language: "en" }, taken: "number" },
    phones: { body: { account: "desk.1", label: "Desk", userId: null }, changed: { account: "desk.1", label: "Counter", userId: null }, taken: "account" },
    dispositions: { body: { label: { fr: "Essai", en: "Trial" } }, changed: { label: { fr: "Essai 2", en: "Trial 2" } }, taken: null },
    users: { body: { ...USER, login: "temp", roles: ["agent"] }, changed: { ...USER, login: "temp", roles: ["agent", "supervisor"] }, taken: "login" },
  };
  for (const [kind, { body, changed, taken }] of Object.entries(kinds)) {
    const path = `/api/admin/${kind}`;
    const made = await lea.call("POST", path, body);
    assert.equal(made.status, 200, `${kind}: ${JSON.stringify(made.body)}`);
    const id = made.body["id"] as string;
    assert.equal(typeof made.body["password"], kind === "users" || kind === "phones" ? "string" : "undefined");
    const listed = async (): Promise<object | undefined> => ((await lea.call("GET", path)).body as unknown as { id: string }[]).find((row) => row.id === id);
    assert.partialDeepStrictEqual(await listed(), body, kind);
    const again = await lea.call("POST", path, body);
    if (taken === null) await lea.call("DELETE", `${path}/${again.body["id"] as string}`);
    else assert.deepEqual([again.status, again.body.code, again.body.field], [409, "taken", taken], kind);
    const put = await lea.call("PUT", `${path}/${id}`, changed);
    assert.equal(put.status, 200, `${kind}: ${JSON.stringify(put.body)}`);
    assert.equal(put.body["password"], undefined, "a password is shown once");
    assert.partialDeepStrictEqual(await listed(), changed, kind);
    assert.equal((await lea.call("DELETE", `${path}/${id}`)).status, 204, kind);
    assert.equal(await listed(), undefined, kind);
    assert.equal((await lea.call("PUT", `${path}/${id}`, changed)).body.code, "not-found", kind);
    assert.equal((await lea.call("DELETE", `${path}/${id}`)).body.code, "not-found", kind);
  }
  for (const path of ["/api/admin/skills/sk_english", "/api/admin/queues/q_support", "/api/admin/queues/q_sales"]) {
    assert.deepEqual((await lea.call("DELETE", path)).body.code, "in-use", path);
  }
  const { id } = (await lea.call("POST", "/api/admin/queues", { ...QUEUE, name: "Only hers" })).body as { id: string };
  const hers = (await lea.call("POST", "/api/admin/users", { ...USER, login: "hers", roles: ["agent"], queueIds: [id] })).body as { id: string };
  assert.equal((await lea.call("DELETE", `/api/admin/queues/${id}`)).body.code, "in-use", "an agent of this queue alone would become one of all queues");
  assert.equal((await lea.call("DELETE", `/api/admin/users/${hers.id}`)).status, 204);
  assert.equal((await lea.call("DELETE", `/api/admin/queues/${id}`)).status, 204);
});

test("an administrator always remains, even when two are removed in the same instant", async () => {
  const rows = (await lea.call("GET", "/api/admin/users")).body as unknown as ({ id: string; roles: string[] } & Record<string, unknown>)[];
  const admins = rows.filter((row) => row.roles.includes("administrator"));
  assert.equal(admins.length, 2);
  const demote = async (by: Person, target: string): Promise<string> => {
    const { id, ...row } = admins.find((r) => r.id === target)!;
    return (await by.call("PUT", `/api/admin/users/${id}`, { ...row, roles: ["agent", "supervisor"] })).body.code ?? "done";
  };
  const answers = await Promise.all([demote(lea, administrator.id), demote(administrator, lea.id)]);
  assert.equal(answers.filter((a) => a === "done").length, 1, answers.join());
  const left = answers[0] === "done" ? lea : administrator;
  for (const { id, ...row } of admins) assert.equal((await left.call("PUT", `/api/admin/users/${id}`, row)).status, 200);
  assert.equal((await lea.call("DELETE", `/api/admin/users/${administrator.id}`)).status, 204, "two are two again");
  assert.deepEqual((await lea.call("DELETE", `/api/admin/users/${lea.id}`)).body.code, "last-administrator");
  assert.equal((await lea.call("GET", "/api/session")).status, 200, "a refused removal signs nobody out");
  administrator = await newUser("an.admin", ["administrator"]);
});

test("passwords shown once open the door; a new one, a sign-out and a removal shut the old ways at once", async () => {
  const made = await lea.call("POST", "/api/admin/users", { ...USER, login: "passing", roles: ["agent"] });
  const { id, password } = made.body as { id: string; password: string };
  const first = await at.site.signIn("passing", password);
  const desktop = await new Desktop(at.site, first.cookie).ready();
  const renewed = await lea.call("POST", `/api/admin/users/${id}/password`);
  assert.equal(renewed.status, 200);
  assert.notEqual(renewed.body["password"], password);
  await until("bye", () => desktop.frames.find((f) => f.t === "bye" && f.why === "password-changed"));
  assert.equal((await first.call("GET", "/api/session")).status, 401);
  await assert.rejects(at.site.signIn("passing", password));
  const second = await at.site.signIn("passing", renewed.body["password"] as string);
  assert.equal((await second.call("DELETE", "/api/session")).status, 204);
  assert.equal((await second.call("GET", "/api/session")).status, 401);
  const third = await at.site.signIn("passing", renewed.body["password"] as string);
  assert.equal((await lea.call("DELETE", `/api/admin/users/${id}`)).status, 204);
  assert.equal((await third.call("GET", "/api/session")).status, 401);
  const phone = (await lea.call("POST", "/api/admin/phones", { account: "booth", label: "Booth", userId: null })).body as { id: string; password: string };
  const phone2 = (await lea.call("POST", `/api/admin/phones/${phone.id}/password`)).body as { password: string };
  assert.ok(phone.password.length >= 16 && phone2.password.length >= 16 && phone.password !== phone2.password);
  await lea.call("DELETE", `/api/admin/phones/${phone.id}`);
});

test("guessing a password is slowed, also when all guesses come at once; others still sign in", async () => {
  const guesses = await Promise.all(Array.from({ length: 14 }, (_, i) => at.site.anonymous("POST", "/api/session", { login: "hugo", password: `guess-${i}` })));
  assert.deepEqual(guesses.map((a) => a.status).sort(), [...Array.from({ length: 8 }, () => 401), ...Array.from({ length: 6 }, () => 429)]);
  assert.equal(guesses.find((a) => a.status === 429)!.body.code, "too-many");
  await at.site.signIn("lea", at.server.secrets!.password);
});

test("a supervisor who is no agent sees the floor, sets others' status, and signs out", async () => {
  const desktop = await new Desktop(at.site, supervisor.cookie).ready();
  assert.equal(desktop.snapshot!.agents.some((a) => a.id === supervisor.id), false);
  assert.ok(desktop.snapshot!.queues.length >= 2);
  desktop.send({ t: "ping" });
  await until("pong", () => desktop.frames.find((f) => f.t === "pong"));
  assert.equal((await supervisor.call("PUT", `/api/agents/${agent.id}/wish`, { wish: "meeting" })).status, 204);
  await until("the agent's new status", () => desktop.events.find((e) => e.kind === "agent" && e.value.id === agent.id && e.value.wish === "meeting"));
  assert.equal((await supervisor.call("PUT", `/api/agents/${administrator.id}/wish`, { wish: "available" })).body.code, "not-found");
  assert.equal((await supervisor.call("DELETE", "/api/session")).status, 204);
  await until("bye", () => desktop.frames.find((f) => f.t === "bye"));
});

test("an agent made supervisor while signed in comes back to a snapshot that shows every contact", async () => {
  const page = new Page(at.site);
  await page.welcome();
  const { interactionId } = await page.say("rights-0001", "bonjour");
  const desktop = await new Desktop(at.site, agent.cookie).ready();
  assert.equal(desktop.snapshot!.interactions.some((it) => it.id === interactionId), false);
  const { epoch, seq } = desktop.snapshot!;
  const row = { ...USER, login: "an.agent" };
  await lea.call("PUT", `/api/admin/users/${agent.id}`, { ...row, roles: ["agent", "supervisor"] });
  await until("the stream ends", () => desktop.closed);
  assert.equal(desktop.closed!.code, 1012);
  const back = await new Desktop(at.site, agent.cookie, { epoch, seq: Math.max(seq, ...desktop.events.map((e) => e.seq)) }).ready();
  assert.ok(back.snapshot, "what a supervisor missed cannot be made up for by events");
  assert.ok(back.snapshot.interactions.some((it) => it.id === interactionId));
  await lea.call("PUT", `/api/admin/users/${agent.id}`, { ...row, roles: ["agent"] });
  await until("the stream ends", () => back.closed);
  page.send({ t: "end" });
  await until("the end", () => page.conversation?.state === "closed");
  await page.close();
});

test("recordings: by range, for who had the contact or supervises, and never from outside their folder", async () => {
  const wav = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));
  mkdirSync(join(at.recordingDir, "day"), { recursive: true });
  const inside = join(at.recordingDir, "day", "a.wav");
  writeFileSync(inside, wav);
  const outside = join(at.recordingDir, "..", "secret.wav");
  writeFileSync(outside, "secret");
  const page = new Page(at.site);
  await page.welcome();
  const { interactionId } = await page.say("record-0001", "bonjour");
  page.send({ t: "end" });
  await until("the end", () => page.conversation?.state === "closed");
  const row = (mixedPath: string): string => JSON.stringify([{ mixedPath, stereoPath: mixedPath, durationMs: 1_000 }]);
  await until("the closed row", async () => (await at.database.db.query("UPDATE interaction SET body = jsonb_set(body, '{recordings}', $2) WHERE id = $1 AND closed RETURNING id", [interactionId, row(inside)])).length > 0);
  const path = `/api/interactions/${interactionId}/recording.wav`;
  const whole = await lea.call("GET", path);
  assert.deepEqual([whole.status, whole.bytes.equals(wav), whole.headers.get("accept-ranges")], [200, true, "bytes"]);
  const part = await lea.call("GET", path, undefined, { range: "bytes=100-199" });
  assert.deepEqual([part.status, part.headers.get("content-range"), part.bytes.equals(wav.subarray(100, 200))], [206, "bytes 100-199/1000", true]);
  assert.equal((await lea.call("GET", path, undefined, { range: "bytes=5000-" })).status, 416);
  assert.equal((await agent.call("GET", path)).body.code, "no-recording", "an agent who never had it");
  assert.equal((await lea.call("GET", `${path}?part=1`)).body.code, "no-recording");
  await at.database.db.query("UPDATE interaction SET body = jsonb_set(body, '{recordings}', $2) WHERE id = $1", [interactionId, row(outside)]);
  const stolen = await lea.call("GET", path);
  assert.deepEqual([stolen.status, stolen.body.code], [404, "no-recording"]);
  await page.close();
});

test("health, figures and pages: for this machine, with headers that keep pages ours", async () => {
  assert.deepEqual((await at.site.anonymous("GET", "/healthz")).body, { ok: true, database: true });
  const metrics = await at.site.anonymous("GET", "/metrics");
  assert.match(metrics.bytes.toString(), /^tandem_queue_waiting\{queue="Lamp support"\} 0$/m);
  const outside = await at.site.anonymous("GET", "/metrics", undefined, { "x-forwarded-for": "203.0.113.5" });
  assert.deepEqual([outside.status, outside.body.code], [403, "not-allowed"]);
  const desk = await at.site.anonymous("GET", "/some/page");
  assert.equal(desk.status, 200);
  assert.match(desk.headers.get("content-security-policy")!, /default-src 'self'.*frame-ancestors 'none'/);
  assert.equal(desk.headers.get("x-frame-options"), "DENY");
  const shop = await at.site.anonymous("GET", "/shop/");
  assert.deepEqual([shop.status, shop.headers.get("x-frame-options")], [200, null]);
  for (const path of ["/api/nothing", "/assets/gone.js", "/widget/gone.js", "/shop/gone.html", "/%2e%2e/secret.wav"]) {
    const answer = await at.site.anonymous("GET", path);
    assert.ok(answer.status === 404 || !answer.bytes.toString().includes("secret"), path);
    if (!path.includes("secret")) assert.equal(answer.body.code, "not-found", path);
  }
});
