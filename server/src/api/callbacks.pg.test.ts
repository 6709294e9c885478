/** Promised calls, a queue's messages and the ledger through the API of the whole server: agents, supervisors, visitors of a page, links. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { CallbackLinks, CallbackOffer, CallbackView, CustomerCallback, PromiseReport, QueueMessage } from "@tandem/protocol/callback";
import { tap, TRUNK } from "../app/trunk-rig.ts";
import { Desktop, until, type Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

const AGENT = { login: "hugo.agent", name: "Hugo Agent", team: "", roles: ["agent"], language: "fr", skills: [], queueIds: [] as string[], capacity: { voice: 1, chat: 1 }, active: true };

let at: TestSite;
let lea: Person;
let hugo: Person;
let queueId: string;

before(async () => {
  at = await testSite();
  const password = at.server.secrets!.password;
  lea = await at.site.signIn("lea", password);
  const made = await lea.call("POST", "/api/admin/users", AGENT);
  hugo = await at.site.signIn("hugo.agent", made.body["password"] as string);
  queueId = ((await lea.call("GET", "/api/admin/queues")).body as unknown as { id: string }[])[0]!.id;
});
after(() => at.stop());

const ask = (by: Person, body: object): ReturnType<Person["call"]> => by.call("POST", "/api/callbacks", { queueId, slot: null, number: "06 12 34 56 78", ...body });
const offer = async (): Promise<CallbackOffer> => (await lea.call("GET", `/api/callbacks/slots?queueId=${queueId}`)).body as unknown as CallbackOffer;

test("without a way outside nothing outside is promised; with one, a number is kept as it will be dialled, and premium, foreign and wrong ones are refused", async () => {
  const none = await ask(lea, {});
  assert.deepEqual([none.status, none.body.code, none.body.field], [400, "number-not-called", "number"]);
  const trunk = await lea.call("POST", "/api/telephony/trunks", { ...TRUNK, password: null, name: "Way", host: "127.0.0.1", port: 9 });
  const route = await lea.call("POST", "/api/telephony/routes", { name: "All", prefixes: ["+"], trunks: [{ trunkId: trunk.body["id"], priority: 1, weight: 1 }] });
  assert.equal(route.status, 200, JSON.stringify(route.body));
  await lea.call("PUT", `/api/agents/${lea.id}/wish`, { wish: "offline" });
  const made = await ask(lea, { reason: "Devis", name: "Camille" });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const view = made.body as unknown as CallbackView;
  assert.deepEqual([view.number, view.kind, view.by, view.state, view.reason], ["+33612345678", "in-order", "agent", "waiting", "Devis"]);
  assert.equal((await ask(lea, { number: "+33612345678" })).body["id"], view.id, "the same number, however it is written");
  for (const [number, code] of [["0899123456", "number-not-called"], ["+442079460000", "number-not-called"], ["12", "not-a-number"], ["camille", "not-a-number"], ["112", "not-a-number"]] as const) {
    assert.equal((await ask(lea, { number })).body.code, code, number);
  }
  await lea.call("PUT", `/api/admin/queues/${queueId}/settings/callback`, { abroad: true });
  assert.equal((await ask(lea, { number: "+442079460000" })).status, 200);
  assert.equal((await ask(lea, { queueId: "q_none" })).body.code, "not-found");
});

test("moved to a slot, seen by state, number and queue; cancelled it is over, and a report tells", async () => {
  const [view] = (await lea.call("GET", "/api/callbacks?state=waiting&number=%2B33612345678")).body as unknown as CallbackView[];
  const { slots } = await offer();
  const moved = await lea.call("POST", `/api/callbacks/${view!.id}/move`, { slot: slots[2] });
  assert.deepEqual([moved.status, (moved.body as unknown as CallbackView).slot], [200, slots[2]]);
  const odd = await lea.call("POST", `/api/callbacks/${view!.id}/move`, { slot: { startMs: slots[2]!.startMs + 1, endMs: slots[2]!.endMs + 1 } });
  assert.deepEqual([odd.status, odd.body.code], [409, "slot-gone"]);
  assert.equal((await lea.call("POST", `/api/callbacks/${view!.id}/cancel`)).body["state"], "cancelled");
  assert.equal((await lea.call("POST", `/api/callbacks/${view!.id}/move`, { slot: null })).body.code, "slot-gone");
  assert.equal((await lea.call("POST", "/api/callbacks/cb_none/cancel")).status, 404);
  assert.equal((await lea.call("GET", "/api/callbacks?state=odd")).body.code, "bad-input");
  const report = (await lea.call("GET", `/api/promises?queueId=${queueId}`)).body as unknown as PromiseReport;
  const of = (kind: string): PromiseReport["queues"][number] | undefined => report.queues.find((one) => one.kind === kind);
  assert.deepEqual([of("slot")?.broken, of("slot")?.broke, of("callback")?.released], [1, { "cancelled-by-staff": 1 }, 1]);
  assert.equal((await hugo.call("GET", "/api/promises")).status, 403);
  assert.equal((await lea.call("GET", "/api/promises?from=5&to=1")).body.code, "bad-input");
});

test("agents see the callbacks and messages of their queues, and act on no others", async () => {
  const others = ((await lea.call("GET", "/api/admin/queues")).body as unknown as { id: string }[]).filter(({ id }) => id !== queueId);
  const written = await lea.call("PUT", `/api/admin/users/${hugo.id}`, { ...AGENT, queueIds: [others[0]!.id] });
  assert.equal(written.status, 200, JSON.stringify(written.body));
  const made = (await ask(lea, { number: "0612000001" })).body as unknown as CallbackView;
  const own = (await ask(lea, { number: "0612000002", queueId: others[0]!.id })).body as unknown as CallbackView;
  const seen = ((await hugo.call("GET", "/api/callbacks")).body as unknown as CallbackView[]).map((one) => one.id);
  assert.deepEqual([seen.includes(own.id), seen.includes(made.id)], [true, false]);
  assert.deepEqual((await hugo.call("GET", `/api/callbacks?queueId=${queueId}`)).body, []);
  for (const act of ["cancel", "call", "machine"]) assert.equal((await hugo.call("POST", `/api/callbacks/${made.id}/${act}`)).status, 404, act);
  assert.equal((await hugo.call("POST", `/api/callbacks/${own.id}/machine`)).body.code, "too-late", "it is not theirs now");

  await at.database.db.query("INSERT INTO queue_message (id, queue_id, state, number, name, language, left_at, duration_ms) VALUES ('qm_1', $1, 'open', '+33612000003', '', 'fr', now(), 3000), ('qm_2', $2, 'open', '', '', 'fr', now(), 3000)", [queueId, others[0]!.id]);
  const messages = ((await hugo.call("GET", "/api/queue-messages")).body as unknown as QueueMessage[]).map((one) => one.id);
  assert.deepEqual(messages, ["qm_2"]);
  assert.equal((await hugo.call("POST", "/api/queue-messages/qm_1/claim")).status, 404);
  assert.equal((await hugo.call("GET", "/api/queue-messages/qm_1/sound")).status, 404);
  assert.equal((await hugo.call("GET", "/api/queue-messages/qm_2/sound")).body.code, "no-recording", "its file is gone");
  assert.equal((await hugo.call("POST", "/api/queue-messages/qm_2/call")).body.code, "not-a-number", "no number was left");
  assert.equal((await hugo.call("DELETE", "/api/queue-messages/qm_2")).status, 403);
  const heard = async (id: string): Promise<boolean> => ((await lea.call("GET", "/api/queue-messages")).body as unknown as QueueMessage[]).find((one) => one.id === id)!.heard;
  assert.equal(await heard("qm_2"), false, "a sound that is gone was heard by nobody");
  assert.equal((await lea.call("DELETE", "/api/queue-messages/qm_2")).status, 204);
  assert.equal((await lea.call("DELETE", "/api/queue-messages/qm_2")).status, 404);
});

test("an agent promises in the queues that they serve, a supervisor in any; to call oneself one has to serve the queue", async () => {
  const [first, second] = ((await lea.call("GET", "/api/admin/queues")).body as unknown as { id: string }[]).map(({ id }) => id) as [string, string];
  await lea.call("PUT", `/api/admin/users/${hugo.id}`, { ...AGENT, queueIds: [second] });
  const told = async (by: Person, body: object): Promise<unknown[]> => {
    const { status, body: answer } = await ask(by, body);
    return [status, answer.code, answer.field];
  };
  assert.deepEqual(await told(hugo, { queueId: first, number: "0612000011" }), [403, "not-your-queue", "queueId"]);
  assert.deepEqual(await told(hugo, { queueId: first, number: "0612000011", mine: true }), [403, "not-your-queue", "queueId"]);
  assert.equal((await hugo.call("GET", `/api/callbacks/slots?queueId=${first}`)).body.code, "not-your-queue");
  assert.equal((await hugo.call("GET", `/api/callbacks/slots?queueId=${second}`)).status, 200);
  const own = await ask(hugo, { queueId: second, number: "0612000011", mine: true });
  assert.deepEqual([own.status, own.body["agentId"], own.body["before"]], [200, hugo.id, false], JSON.stringify(own.body));
  const again = await ask(hugo, { queueId: second, number: "06 12 00 00 11" });
  assert.deepEqual([again.body["id"], again.body["before"]], [own.body["id"], true], "and it is said that there was one");

  const boss = { ...AGENT, login: "nora.boss", name: "Nora Boss", roles: ["agent", "supervisor"], queueIds: [second] };
  const made = await lea.call("POST", "/api/admin/users", boss);
  const nora = await at.site.signIn("nora.boss", made.body["password"] as string);
  assert.equal((await ask(nora, { queueId: first, number: "0612000012" })).status, 200);
  assert.deepEqual(await told(nora, { queueId: first, number: "0612000013", mine: true }), [403, "not-your-queue", "mine"], "the queue would never ring her");
  const [theirs] = (await lea.call("GET", "/api/callbacks?state=waiting&number=%2B33612000012")).body as unknown as CallbackView[];
  assert.equal((await nora.call("POST", `/api/callbacks/${theirs!.id}/call`)).body.code, "not-your-queue");
  assert.equal((await nora.call("POST", `/api/callbacks/${theirs!.id}/cancel`)).status, 200);
  assert.equal((await lea.call("POST", `/api/callbacks/${theirs!.id}/call`)).body.code, "too-late", "over");
});

test("a message that cannot be called back says why, and is free as before", async () => {
  await at.database.db.query("INSERT INTO queue_message (id, queue_id, state, number, name, language, left_at, duration_ms) VALUES ('qm_9', $1, 'open', '+33899123456', '', 'fr', now(), 3000)", [queueId]);
  const refused = await lea.call("POST", "/api/queue-messages/qm_9/call");
  assert.deepEqual([refused.body.code, refused.body.field], ["number-not-called", "number"]);
  const state = async (): Promise<unknown> => ((await lea.call("GET", "/api/queue-messages")).body as unknown as QueueMessage[]).find(({ id }) => id === "qm_9")?.state;
  assert.equal(await state(), "open");
  await lea.call("POST", "/api/queue-messages/qm_9/claim");
  await lea.call("POST", "/api/queue-messages/qm_9/call");
  assert.equal(await state(), "claimed", "hers before, hers after");
});

let visitors = 0;
/** The token of one more visitor. */
async function newVisitor(): Promise<string> {
  const token = `visitor-token-${++visitors}-0123456789abcdef`;
  await at.database.db.query("INSERT INTO visitor (id, token_hash, name, created_at) VALUES ($1, $2, 'Visiteur', now())", [`vis_${visitors}`, createHash("sha256").update(token).digest()]);
  return token;
}

test("WEB-01 a visitor of a page asks to be called: slots of the queue, a link that opens, moves and cancels it; limits by visitor and number, nobody else's promise is touched", async () => {
  const [visitor, other] = [await newVisitor(), await newVisitor()];
  const page = (token: string, body: object): ReturnType<Person["call"]> => at.site.anonymous("POST", "/api/widget/callbacks", { token, queueId, number: "0698765432", slot: null, language: "fr", ...body });
  const { slots, inOrder } = (await at.site.anonymous("GET", `/api/widget/callbacks/slots?queueId=${queueId}`)).body as unknown as CallbackOffer;
  assert.ok(slots.length > 5 && inOrder);
  assert.equal((await page("nobody", {})).status, 401);
  const made = await page(visitor, { slot: slots[0] });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const { token, callback } = made.body as unknown as { token: string; callback: CustomerCallback };
  assert.deepEqual([callback.state, callback.number, callback.slot], ["waiting", "+33698765432", slots[0]]);
  const echoed = await page(other, { slot: slots[1] });
  assert.equal(echoed.status, 200, JSON.stringify(echoed.body));
  const echo = echoed.body as unknown as { token: string; callback: CustomerCallback };
  assert.deepEqual({ ...echo.callback, slots: [] }, { ...callback, slot: slots[1], dueMs: slots[1]!.endMs, slots: [] }, "a stranger is told nothing of it: answered as a new one");
  await at.site.anonymous("POST", `/api/widget/callbacks/${echo.token}`, { cancel: true });
  assert.deepEqual(((await at.site.anonymous("GET", `/api/widget/callbacks/${token}`)).body as unknown as CustomerCallback).slot, slots[0], "who only knows the number moves nothing");
  const moved = await at.site.anonymous("POST", `/api/widget/callbacks/${token}`, { slot: slots[3] });
  assert.deepEqual((moved.body as unknown as CustomerCallback).slot, slots[3]);
  assert.equal((await at.site.anonymous("GET", "/api/widget/callbacks/0123456789abcdefghjkmnpqrs")).status, 404);
  const again = await page(visitor, { slot: slots[3] });
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.equal((await page(visitor, { slot: slots[4] })).status, 429, "three an hour of one number");
  for (const number of ["+33 6 98 76 54 32", "0698765432 ext. 7", "069876543\uff12"]) assert.equal((await page(other, { number })).status, 429, `${number} is that number`);
  const cancelled = await at.site.anonymous("POST", `/api/widget/callbacks/${again.body["token"] as string}`, { cancel: true });
  assert.equal(cancelled.body["state"], "cancelled");
  assert.equal((await at.site.anonymous("GET", `/api/widget/callbacks/${token}`)).status, 404, "the link of before was replaced");
});

test("WEB-01 AHD-04 a page asks only for what pages offer of that queue now: nothing, a time, or in turn; whatever ids a stranger knows", async () => {
  const number = (i: number): string => `06980000${10 + i}`;
  const ask = async (i: number, body: object): Promise<string | number> => {
    const answer = await at.site.anonymous("POST", "/api/widget/callbacks", { token: await newVisitor(), queueId, number: number(i), slot: null, language: "fr", ...body });
    return answer.status === 200 ? 200 : (answer.body.code ?? answer.status);
  };
  const slots = async (of = queueId): Promise<CallbackOffer> => (await at.site.anonymous("GET", `/api/widget/callbacks/slots?queueId=${of}`)).body as unknown as CallbackOffer;
  const [slot] = (await slots()).slots;
  assert.equal(await ask(1, {}), 200);
  assert.equal(await ask(2, { queueId: "q_none" }), "not-offered");
  assert.deepEqual(await slots("q_none"), { slots: [], inOrder: null });
  const deflect = async (options: object): Promise<void> => {
    const put = await lea.call("PUT", `/api/admin/queues/${queueId}/settings/over-capacity`, { enabled: true, agents: "none-free", then: { web: options, mobile: { to: "options", options } } });
    assert.equal(put.status, 200, JSON.stringify(put.body));
  };
  await deflect({ email: true });
  assert.deepEqual([await ask(3, {}), await ask(3, { slot }), await slots()], ["not-offered", "not-offered", { slots: [], inOrder: null }], "an e-mail is all there is");
  await deflect({ scheduledCall: true });
  const offered = await slots();
  assert.ok(offered.slots.length > 5);
  assert.equal(offered.inOrder, null);
  assert.deepEqual([await ask(4, {}), await ask(4, { slot: offered.slots[1] })], ["slot-gone", 200], "at a time only");
  assert.ok((await lea.call("DELETE", `/api/admin/queues/${queueId}/settings/over-capacity`)).status < 300);
  assert.equal(await ask(5, {}), 200);
});

test("what pages show is looked at so often from one network, IPv6 by its /64, and by nobody else's fault", async () => {
  const look = async (path: string, from: string): Promise<number> => (await at.site.anonymous("GET", path, undefined, { "x-forwarded-for": from })).status;
  const flood = await statuses("/api/widget/options", 2_001, (i) => `2001:db8:1:2::${i.toString(16)}`);
  assert.deepEqual(flood, new Map([[200, 2_000], [429, 1]]));
  const paths = ["/api/widget/options?language=en", `/api/widget/callbacks/slots?queueId=${queueId}`];
  assert.deepEqual(await Promise.all(paths.map((path) => look(path, "2001:db8:1:2:ffff::1"))), [429, 429], "one count for all that is looked at");
  assert.deepEqual(await Promise.all(paths.map((path) => look(path, "2001:db8:1:3::1"))), [200, 200]);
  assert.deepEqual(await Promise.all(paths.map(async (path) => (await at.site.anonymous("GET", path)).status)), [200, 200], "this machine has no limit");
});

test("WEB-01 a queue that is kept inside is not reached by a page that knows its id: no options, no time, no promise; where a queue leads pages there it is", async () => {
  const queues = (await lea.call("GET", "/api/admin/queues")).body as unknown as { id: string }[];
  const inside = queues.find(({ id }) => id !== queueId)!.id;
  const options = async (of: string): Promise<{ queueId: string; options: { kind: string; queueId?: string }[] }> => (await at.site.anonymous("GET", `/api/widget/options?queue=${of}`)).body as unknown as { queueId: string; options: { kind: string; queueId?: string }[] };
  const slots = async (): Promise<CallbackOffer> => (await at.site.anonymous("GET", `/api/widget/callbacks/slots?queueId=${inside}`)).body as unknown as CallbackOffer;
  const book = async (slot: CallbackOffer["slots"][0] | null): Promise<string | number> => {
    const answer = await at.site.anonymous("POST", "/api/widget/callbacks", { token: await newVisitor(), queueId: inside, number: "0698003344", slot, language: "fr" });
    return answer.status === 200 ? 200 : (answer.body.code ?? answer.status);
  };
  const { slots: [slot] } = await slots();
  assert.deepEqual([(await options(inside)).queueId, slot !== undefined], [inside, true], "as ever until it is said");
  const put = await lea.call("PUT", `/api/admin/queues/${inside}/settings/pages`, { reachable: false });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.deepEqual([(await options(inside)).queueId === inside, await slots(), await book(null), await book(slot!)], [false, { slots: [], inOrder: null }, "not-offered", "not-offered"]);
  await lea.call("PUT", `/api/admin/queues/${queueId}/settings/redirection`, { shares: [{ percent: 100, channels: ["web"], queueId: inside }] });
  await lea.call("PUT", `/api/admin/queues/${inside}/settings/over-capacity`, { enabled: true, agents: "none-free", then: { web: { scheduledCall: true } } });
  assert.deepEqual([(await options(queueId)).options.find(({ kind }) => kind === "scheduled-call")?.queueId, await book(slot!)], [inside, 200], "led there by a queue that pages reach");
  for (const [of, kind] of [[queueId, "redirection"], [inside, "over-capacity"], [inside, "pages"]] as const) await lea.call("DELETE", `/api/admin/queues/${of}/settings/${kind}`);
  assert.equal((await options(inside)).queueId, inside);
});

test("WEB-01 a promise's link reaches the customer's mobile by the operator's network, and opens it; another time is told anew, the same never twice, not over a restart either", async (t) => {
  const network = await tap((request) => (request.startsWith("MESSAGE ") ? "200 OK" : null));
  t.after(() => network.close());
  const texts = (): string[] => network.heard.filter((one) => one.startsWith("MESSAGE sip:+33612009911@")).map((one) => one.split("\r\n\r\n")[1]!);
  const [trunk] = (await lea.call("GET", "/api/telephony/trunks")).body as unknown as { id: string }[];
  const put = await lea.call("PUT", `/api/telephony/trunks/${trunk!.id}`, { ...TRUNK, password: null, name: "Way", host: "127.0.0.1", port: network.port });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  for (const publicUrl of ["http://rappel.example", "https://rappel.example/desk", "https://", "https://a b", "rappel.example"]) assert.deepEqual((await lea.call("PUT", "/api/admin/settings/details", { publicUrl })).body.field, "publicUrl", publicUrl);
  const { slots } = await offer();
  const linkOf = async (number: string): Promise<CallbackView["link"]> => ((await lea.call("GET", `/api/callbacks?number=${encodeURIComponent(number)}`)).body as unknown as CallbackView[])[0]!.link;
  const before = (await ask(lea, { number: "0612009922", slot: slots[2] })).body as unknown as CallbackView;
  assert.deepEqual(before.link, { state: "none", why: "off" });
  assert.equal((await lea.call("PUT", "/api/admin/settings/details", { publicUrl: "https://rappel.example" })).status, 200);

  const desktop = await new Desktop(at.site, lea.cookie).ready();
  const asked = (await ask(lea, { number: "0612009911", slot: slots[2] })).body as unknown as CallbackView;
  assert.deepEqual(asked.link, { state: "waits" });
  const [first] = await until("the first text", () => texts().length === 1 && texts());
  assert.match(first!, /^Halo & Fils: We will call you on \w+ \d+ \w+ between \d\d:\d\d and \d\d:\d\d \(Europe\/Paris\), from \+33 2 70 00 01 00\. Change the time or cancel: https:\/\/rappel\.example\/callback\/\w{26}$/);
  const path = `/api/widget/callbacks/${first!.slice(-26)}`;
  const seen = (await at.site.anonymous("GET", path)).body as unknown as CustomerCallback;
  assert.deepEqual([seen.state, seen.number, seen.slot], ["waiting", "+33612009911", slots[2]]);
  await until("said to be sent", async () => {
    const link = await linkOf("+33612009911");
    return link?.state === "sent" && link.via === "sms" && !link.otherTime;
  });
  await until("desktops read it again", () => desktop.frames.some((frame) => frame.t === "promisedWork" && frame.changed?.id === asked.id && !frame.changed.fresh));
  await desktop.close();
  assert.deepEqual(await linkOf("+33612009922"), { state: "none", why: null }, "promised before there was an address");

  await ask(lea, { number: "0612009911", slot: slots[2] });
  await at.site.anonymous("POST", path, { slot: slots[4] });
  await at.restart();
  lea = { ...lea, call: (...of) => at.site.call(lea.cookie, ...of) };
  await until("the other time", () => texts().length === 2);
  assert.match(texts()[1]!, /^Halo & Fils: The time has changed\. We will call you on /);
  await ask(lea, { number: "0612009911", slot: slots[4] });
  await ask(lea, { number: "0612009933", slot: slots[4] });
  await until("a text to somebody else, asked for later", () => network.heard.some((one) => one.startsWith("MESSAGE sip:+33612009933@")));
  assert.equal(texts().length, 2, "the same time is not told twice");
  assert.ok(!network.heard.some((one) => one.includes("+33612009922")), "what was promised before there was an address is not told");
  const report = (await lea.call("GET", "/api/callbacks/links")).body as unknown as CallbackLinks;
  assert.deepEqual([report.sent, report.failed, report.mail], [3, 0, false]);
  hugo = { ...hugo, call: (...of) => at.site.call(hugo.cookie, ...of) };
  assert.equal((await hugo.call("GET", "/api/callbacks/links")).status, 403);
});

test("links are not guessed: so many misses of one network, then none of its links is looked up; elsewhere they open", async () => {
  const made = await at.site.anonymous("POST", "/api/widget/callbacks", { token: await newVisitor(), queueId, number: "0698001122", slot: null, language: "fr" });
  const path = `/api/widget/callbacks/${made.body["token"] as string}`;
  const open = async (from?: string): Promise<number> => (await at.site.anonymous("GET", path, undefined, from === undefined ? {} : { "x-forwarded-for": from })).status;
  for (let i = 0; i < 40; i++) assert.equal(await open("2001:db8:5::1"), 200, "what opens is no guess");
  const missed = await statuses("/api/widget/callbacks/0123456789abcdefghjkmnpqrs", 31, (i) => `2001:db8:5::${i.toString(16)}`);
  assert.deepEqual(missed, new Map([[404, 30], [429, 1]]));
  assert.deepEqual([await open("2001:db8:5:0:1::1"), await open("2001:db8:5:1::1"), await open()], [429, 200, 200]);
});

/** How many of them had which status: sent in one go on one connection. */
async function statuses(path: string, count: number, from: (i: number) => string): Promise<Map<number, number>> {
  const socket = connect(at.site.port, at.site.host);
  socket.write(Array.from({ length: count }, (_, i) => `GET ${path} HTTP/1.1\r\nHost: tandem.test\r\nX-Forwarded-For: ${from(i + 1)}\r\n${i === count - 1 ? "Connection: close\r\n" : ""}\r\n`).join(""));
  let text = "";
  for await (const part of socket) text += String(part);
  const seen = new Map<number, number>();
  for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) seen.set(Number(status), (seen.get(Number(status)) ?? 0) + 1);
  return seen;
}
