/** Hours and deflection through the API of the whole server: calendars, precedence, settings, previews, transfer lists, what a page offers. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FlowProofs, type FlowRow } from "@tandem/protocol/flow-studio";
import type { DeflectionPreview, DeflectionProblem, HolidayView, WidgetOptions } from "@tandem/protocol/hours";
import { Desktop, Page, until, type Answer, type Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

let at: TestSite;
let lea: Person;
let agent: Person;

/** Signed in over restarts: the port changes, the session stays. */
const lasting = (person: Person): Person => ({ ...person, call: (method, path, body, headers) => at.site.call(person.cookie, method, path, body, headers) });

before(async () => {
  at = await testSite();
  lea = lasting(await at.site.signIn("lea", at.server.secrets!.password));
  const made = await lea.call("POST", "/api/admin/users", { login: "an.agent", name: "An Agent", team: "Test", roles: ["agent"], language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true });
  agent = lasting(await at.site.signIn("an.agent", made.body["password"] as string));
});
after(async () => at?.stop());

const list = (answer: Answer): unknown => JSON.parse(answer.bytes.toString());
const DAYS = [1, 2, 3, 4, 5];
const WEEK = { name: "Hours", zone: "Europe/Paris", weekly: [{ days: DAYS, from: "09:00", to: "18:00" }] };
const NEVER = { zone: "Europe/Paris", weekly: [] };
const put = (path: string, body: unknown): Promise<Answer> => lea.call("PUT", path, body);
const ok = async (answer: Promise<Answer>): Promise<Answer> => {
  const got = await answer;
  assert.ok(got.status < 300, `${got.status} ${got.bytes.toString()}`);
  return got;
};
const preview = async (atIso: string | null, queue: string, channel: string): Promise<DeflectionPreview> => {
  const answer = await ok(lea.call("GET", `/api/hours/preview?queue=${queue}${atIso === null ? "" : `&at=${Date.parse(atIso)}`}`));
  return (list(answer) as DeflectionPreview[]).find((one) => one.channel === channel)!;
};
const reset = async (): Promise<void> => {
  for (const kind of ["deflection", "over-capacity", "details"]) await ok(lea.call("DELETE", `/api/admin/settings/${kind}`));
  for (const queue of ["q_support", "q_sales"]) for (const kind of ["queue-deflection", "over-capacity", "redirection"]) await ok(lea.call("DELETE", `/api/admin/queues/${queue}/settings/${kind}`));
  await ok(put("/api/hours/rules", { rules: [] }));
};

test("AHD-01 a new centre is open at all hours; its calendar, one per queue, channel and language, and the most specific wins", async () => {
  assert.equal((await preview("2026-11-22T03:00:00Z", "q_support", "ivr")).hours.state, "open");
  await ok(put("/api/hours/calendars/global", WEEK));
  const made = async (name: string): Promise<string> => (await ok(lea.call("POST", "/api/hours/calendars", { ...NEVER, name }))).body["id"] as string;
  const [queue, channel, language, both] = [await made("queue"), await made("channel"), await made("language"), await made("both")];
  const rules = [{ queueId: "q_support", calendarId: queue }, { channel: "chat", calendarId: channel }, { language: "en", calendarId: language }, { channel: "sms", language: "en", calendarId: both }];
  await ok(put("/api/hours/rules", { rules }));
  const calendarOf = async (q: string, of: string, lang: string): Promise<string> => (list(await ok(lea.call("GET", `/api/hours/preview?queue=${q}&language=${lang}`))) as DeflectionPreview[]).find((one) => one.channel === of)!.calendarId;
  assert.equal(await calendarOf("q_support", "chat", "en"), queue, "a queue's own before its channel's and language's");
  assert.equal(await calendarOf("q_sales", "chat", "en"), channel, "a channel before a language");
  assert.equal(await calendarOf("q_sales", "sms", "en"), both, "both before one");
  assert.equal(await calendarOf("q_sales", "ivr", "en"), language);
  assert.equal(await calendarOf("q_sales", "ivr", "fr"), "global");
  assert.equal((await lea.call("DELETE", `/api/hours/calendars/${queue}`)).body.code, "in-use");
});

test("what was set is there after a restart", async () => {
  await at.restart();
  const rules = (await ok(lea.call("GET", "/api/hours/rules"))).body["rules"] as unknown[];
  assert.equal(rules.length, 4);
  const calendars = (list(await ok(lea.call("GET", "/api/hours/calendars"))) as { id: string; name: string }[]);
  assert.deepEqual([calendars[0]!.id, calendars.map(({ name }) => name).toSorted()], ["global", ["Hours", "Nantes showroom", "both", "channel", "language", "queue"]]);
  await reset();
});

test("refused with its reason: a rule for everybody, the same twice, what does not exist, a name twice, places and zones that are none", async () => {
  const code = async (answer: Promise<Answer>): Promise<string> => `${(await answer).body.code} ${(await answer).body.field ?? ""}`.trim();
  assert.equal(await code(put("/api/hours/rules", { rules: [{ calendarId: "global" }] })), "contradiction calendarId");
  assert.equal(await code(put("/api/hours/rules", { rules: [{ channel: "sms", calendarId: "global" }, { channel: "sms", calendarId: "global" }] })), "contradiction rules");
  assert.equal(await code(put("/api/hours/rules", { rules: [{ queueId: "nowhere", calendarId: "global" }] })), "unknown-reference queueId");
  assert.equal(await code(put("/api/hours/rules", { rules: [{ channel: "sms", calendarId: "nothing" }] })), "unknown-reference calendarId");
  assert.equal(await code(lea.call("POST", "/api/hours/calendars", WEEK)), "taken name");
  assert.equal(await code(put("/api/hours/calendars/nothing", WEEK)), "not-found");
  assert.equal(await code(lea.call("POST", "/api/hours/calendars", { ...WEEK, name: "n", holidays: { places: [{ country: "XX" }] } })), "unknown-reference holidays");
  assert.equal(await code(lea.call("POST", "/api/hours/calendars", { ...WEEK, name: "n", zone: "Europe/Atlantis" })), "bad-input zone");
});

test("the holidays of a year are shown by their names, with what is kept open; places have names", async () => {
  const { id } = (await ok(lea.call("POST", "/api/hours/calendars", { ...WEEK, name: "Alsace", holidays: { places: [{ country: "FR", state: "67" }], kept: [{ rule: "12-26", year: 2026 }] } }))).body as { id: string };
  const of = async (year: number): Promise<HolidayView[]> => (list(await ok(lea.call("GET", `/api/hours/calendars/${id}/holidays?year=${year}`))) as HolidayView[]);
  const in2026 = await of(2026);
  assert.equal(in2026.length, 13);
  assert.deepEqual(in2026.find(({ date }) => date === "2026-12-26"), { date: "2026-12-26", until: "2026-12-26", rule: "12-26", name: { fr: "Lendemain de Noël", en: "Boxing Day" }, substitute: false, kept: true });
  assert.equal((await of(2027)).find(({ date }) => date === "2027-12-26")?.kept, false);
  assert.equal((await ok(lea.call("GET", "/api/hours/places?country=FR&language=fr"))).body["67"], "Département Bas-Rhin");
  assert.equal((await ok(lea.call("GET", "/api/hours/places?language=en"))).body["BE"], "Belgium");
});

test("holidays of places are seen before any calendar has them; several places together, what both have once; unknown ones are refused", async () => {
  const of = async (places: string): Promise<HolidayView[]> => list(await ok(lea.call("GET", `/api/hours/holidays?year=2026${places}`))) as HolidayView[];
  assert.equal((await of("&place=FR")).length, 11);
  const both = await of("&place=FR&place=FR,67");
  assert.equal(both.length, 13, "the two of Alsace beside the eleven of France");
  assert.deepEqual(both.map(({ date }) => date), both.map(({ date }) => date).toSorted());
  assert.equal(both.find(({ date }) => date === "2026-12-26")?.name.fr, "Lendemain de Noël");
  for (const place of ["XX", "FR,99x", "FR,constructor", "FR,67,nowhere"]) assert.equal((await lea.call("GET", `/api/hours/holidays?year=2026&place=${place}`)).body.code, "unknown-reference", place);
  for (const query of ["place=", "place=FR,1,2,3", "", Array.from({ length: 6 }, () => "place=FR").join("&")]) assert.equal((await lea.call("GET", `/api/hours/holidays?year=2026&${query}`)).body.code, "bad-input", query);
});

test("AHD-02, AHD-11 what would happen at an instant: by switch, by queue, by holiday", async () => {
  await ok(put("/api/hours/calendars/global", { ...WEEK, holidays: { places: [{ country: "FR" }] } }));
  assert.equal((await preview("2026-11-22T10:00:00Z", "q_sales", "ivr")).deflected, null, "deflection is off");
  await ok(put("/api/admin/settings/deflection", { calls: { enabled: true, ivr: { kind: "message" } } }));
  assert.deepEqual((await preview("2026-11-22T10:00:00Z", "q_sales", "ivr")).deflected, { why: "closed", goes: "message", queueId: "q_sales" });
  const holiday = await preview("2026-12-25T10:00:00Z", "q_sales", "ivr");
  assert.deepEqual([holiday.deflected?.why, holiday.hours.why, holiday.hours.nextOpenMs], ["holiday", "Noël", Date.parse("2026-12-28T08:00:00Z")]);
  await ok(put("/api/admin/queues/q_sales/settings/queue-deflection", { ivr: { kind: "queue", queueId: "q_support" } }));
  await ok(put("/api/admin/queues/q_support/settings/queue-deflection", { ivr: { kind: "voicemail" } }));
  assert.deepEqual((await preview("2026-11-22T10:00:00Z", "q_sales", "ivr")).deflected, { why: "closed", goes: "voicemail", queueId: "q_support" });
  const own = (await ok(lea.call("GET", "/api/admin/settings/queue-deflection/queues"))).body as Record<string, { ivr: { kind: string } }>;
  assert.deepEqual(Object.entries(own).map(([id, { ivr }]) => [id, ivr.kind]).toSorted(), [["q_sales", "queue"], ["q_support", "voicemail"]], "only what queues have of their own");
  assert.equal((await preview("2026-11-23T10:00:00Z", "q_sales", "ivr")).deflected, null);
});

test("queues that would send contacts round are refused, with their names, and a queue that others lead to is not deleted", async () => {
  const refused = await lea.call("PUT", "/api/admin/queues/q_support/settings/queue-deflection", { ivr: { kind: "queue", queueId: "q_sales" } }, { "accept-language": "fr" });
  assert.deepEqual([refused.status, refused.body.code], [409, "redirect-loop"]);
  assert.match(refused.body.why ?? "", /sans fin.*Ventes|sans fin.*Sales/);
  assert.equal((await put("/api/admin/queues/q_support/settings/redirection", { shares: [{ percent: 5, queueId: "gone" }] })).body.code, "unknown-reference");
  const virtual = await put("/api/admin/queues/q_support/settings/queue-deflection", { virtualAgent: { assistantId: "nobody", availability: "always" } });
  assert.deepEqual([virtual.body.code, virtual.body.field], ["unknown-reference", "virtualAgent"]);
  assert.equal((await lea.call("DELETE", "/api/admin/queues/q_support")).body.code, "in-use");
  await reset();
});

test("two saves at the same instant that together would make a circle: one is refused", async () => {
  await ok(put("/api/hours/calendars/global", WEEK));
  const [a, b] = await Promise.all([
    put("/api/admin/queues/q_support/settings/queue-deflection", { ivr: { kind: "queue", queueId: "q_sales" } }),
    put("/api/admin/queues/q_sales/settings/queue-deflection", { ivr: { kind: "queue", queueId: "q_support" } }),
  ]);
  assert.deepEqual([a.status, b.status].toSorted(), [200, 409]);
  await reset();
});

test("a queue that is removed takes its rules along", async () => {
  const { id } = (await ok(lea.call("POST", "/api/admin/queues", { name: "Returns", needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 60_000, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, ringMs: 20_000, wrapMs: 0 }))).body as { id: string };
  await ok(put("/api/hours/rules", { rules: [{ queueId: id, calendarId: "global" }, { channel: "sms", calendarId: "global" }] }));
  await ok(lea.call("DELETE", `/api/admin/queues/${id}`));
  const rules = await until("the rule's end", async () => {
    const left = (await ok(lea.call("GET", "/api/hours/rules"))).body["rules"] as unknown[];
    return left.length === 1 && left;
  });
  assert.deepEqual(rules, [{ queueId: null, channel: "sms", language: null, calendarId: "global" }]);
  await reset();
});

test("problems are told in both languages", async () => {
  await ok(put("/api/hours/calendars/global", { ...WEEK, weekly: [] }));
  await ok(put("/api/admin/settings/deflection", { chats: { enabled: true } }));
  const problems = (list(await ok(lea.call("GET", "/api/hours/problems"))) as DeflectionProblem[]);
  assert.ok(problems.some((p) => p.code === "never-open" && p.queueId === "q_sales"));
  assert.ok(problems.some((p) => p.code === "no-address" && p.channel === "chat" && p.words.fr.includes("e-mail") && p.words.en.includes("address")));
  await reset();
  await ok(lea.call("DELETE", "/api/hours/calendars/global"));
});

test("an administrator closes a queue: nothing is refused, and the published flows that hold no more are named with what is wrong; open again, they hold", async () => {
  const proofs = async (): Promise<FlowProofs> => FlowProofs.parse((await ok(lea.call("GET", "/api/flow-proofs"))).body);
  assert.deepEqual((await proofs()).broken, [], "the demo centre's flows hold");
  await ok(put("/api/hours/calendars/global", WEEK));
  const { id: never } = (await ok(lea.call("POST", "/api/hours/calendars", { ...NEVER, name: "closed for good" }))).body as { id: string };
  await ok(put("/api/hours/rules", { rules: [{ queueId: "q_support", calendarId: never }] }));
  const { broken } = await proofs();
  assert.deepEqual(broken.map(({ id, findings, first }) => [id, findings > 0, first.code]), [["flow_demo", true, "never-open"]]);
  assert.match(broken[0]!.first.words.fr, /n’ouvre jamais/);
  const rows = list(await ok(lea.call("GET", "/api/flows"))) as FlowRow[];
  assert.deepEqual(rows.map(({ id, broken: n }) => [id, n]), [["flow_demo", broken[0]!.findings]]);
  await reset();
  assert.deepEqual((await proofs()).broken, []);
  await ok(lea.call("DELETE", "/api/hours/calendars/global"));
  await ok(lea.call("DELETE", `/api/hours/calendars/${never}`));
});

test("AHD-04, AHD-05 a page asks what it may offer: as ever within hours, the deflection's options outside", async () => {
  const offered = async (query: string): Promise<WidgetOptions> => (await ok(at.site.anonymous("GET", `/api/widget/options?${query}`))).body as unknown as WidgetOptions;
  assert.deepEqual((await offered("channel=web")).options, [{ kind: "call" }, { kind: "chat" }]);
  await ok(put("/api/hours/calendars/global", { ...WEEK, weekly: [] }));
  await ok(put("/api/admin/settings/details", { supportEmail: "aide@exemple.fr" }));
  await ok(put("/api/admin/settings/deflection", { calls: { enabled: true, web: { email: true }, mobile: { email: true, number: "3900", voicemail: true } }, chats: { enabled: true } }));
  const web = await offered("channel=web&language=fr");
  assert.deepEqual([web.why, web.options], ["closed", [{ kind: "email", address: "aide@exemple.fr", mailto: null }]]);
  const mobile = await offered("channel=mobile&language=fr&app=Halo%204.2&device=Pixel");
  assert.deepEqual(mobile.options.map(({ kind }) => kind), ["email", "number", "voicemail"]);
  assert.equal(new URL((mobile.options[0] as { mailto: string }).mailto).searchParams.get("body"), "\r\n\r\nApplication: Halo 4.2\r\nAppareil: Pixel");
  assert.equal((await offered("channel=web&queue=nowhere")).queueId, web.queueId, "a queue that is not: the page's own");
  await reset();
});

test("AHD-03 the queues that an agent may hand a chat to, and a hand-over to one that is not shown is refused", async () => {
  await ok(put("/api/hours/calendars/global", WEEK)); // whatever the clock of this run says, the rule below decides
  const closed = (await ok(lea.call("POST", "/api/hours/calendars", { ...NEVER, name: "never" }))).body["id"] as string;
  const open = (await ok(lea.call("POST", "/api/hours/calendars", { ...NEVER, name: "always", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] }))).body["id"] as string;
  await ok(put("/api/hours/rules", { rules: [{ queueId: "q_sales", calendarId: closed }, { queueId: "q_support", calendarId: open }] }));
  const desktop = await new Desktop(at.site, agent.cookie).ready();
  await ok(agent.call("PUT", "/api/me/wish", { wish: "available" }));
  const page = new Page(at.site);
  await page.welcome();
  await page.say("client-id-1", "Bonjour");
  await page.say("client-id-2", "conseiller");
  const id = await until("the conversation", () => page.conversation?.interactionId);
  await until("the offer taken", async () => (await agent.call("POST", `/api/interactions/${id}/accept`)).status === 204);
  const shown = async (): Promise<string[]> => (list(await ok(agent.call("GET", `/api/interactions/${id}/transfer-queues`))) as { queueId: string }[]).map(({ queueId }) => queueId);
  assert.deepEqual(await shown(), ["q_support"]);
  assert.equal((await agent.call("POST", `/api/interactions/${id}/transfer`, { to: { kind: "queue", queueId: "q_sales" } })).body.code, "queue-closed");
  assert.equal((await lea.call("GET", `/api/interactions/${id}/transfer-queues`)).body.code, "not-yours");
  await ok(put("/api/admin/settings/deflection", { chats: { transferToClosedWhenOff: true } }));
  assert.deepEqual((await shown()).toSorted(), ["q_sales", "q_support"], "closed, but an agent of it is there");
  await ok(agent.call("POST", `/api/interactions/${id}/transfer`, { to: { kind: "queue", queueId: "q_sales" } }));
  await page.close();
  await desktop.close();
  await reset();
});
