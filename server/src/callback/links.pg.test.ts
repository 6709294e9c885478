import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { linkWords } from "./link-words.ts";
import { createLinks, type Links, type Sent } from "./links.ts";
import type { CallbackRequest } from "./request.ts";
import { RequestStore } from "./request-store.ts";

const NINE = Date.UTC(2026, 7, 24, 7); // Monday 24 August, 9:00 in Paris
const HOUR = 3_600_000;
const CHANCE = seededChance(11);
const ACCENTS = { centreName: "Halo – été", zone: "Europe/Paris", shownNumber: null };

let database: TestDatabase;
let clock: VirtualClock;
let links: Links;
let store: RequestStore;
let requests: Map<string, CallbackRequest>;
let site: string | null;
let answer: Sent;
let relay: boolean;
let awaited: Set<string>;
/** What went out: to whom, and the words. */
let out: { to: string; words: string }[];

const token = (): string => /\/callback\/(\w{26})\s*$/m.exec(out.at(-1)!.words)![1]!;

/** A promise as it is booked: its row, and what it is now. */
async function promise(more: Partial<CallbackRequest> = {}): Promise<CallbackRequest> {
  const request: CallbackRequest = {
    id: `cb_${requests.size}`, state: "waiting", queueId: "q", number: `+3361122334${requests.size % 10}`, name: "", customerId: null, language: "fr", reason: null, priority: 0, needs: [], trail: [], data: {}, agentId: null, by: "flow", byName: "", byId: "", to: "",
    createdAtMs: clock.now(), sinceMs: clock.now(), slot: { startMs: NINE + 5 * HOUR, endMs: NINE + 5.5 * HOUR }, dueMs: null, nextAtMs: null, attempts: [], interactionId: null, heldBy: null, machineOf: null, endedAtMs: null, end: null, ...more,
  };
  requests.set(request.id, request);
  await database.db.query("INSERT INTO callback_request (id, state, queue_id, number, created_at, token_hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7)", [request.id, request.echo ? "echo" : request.state, request.queueId, `${request.number} ${request.id}`, new Date(clock.now()), Buffer.from(request.id), JSON.stringify(request)]);
  return request;
}

describe("the link of a promised call reaches its customer", () => {
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.db.query("DELETE FROM callback_request");
    clock = new VirtualClock(NINE);
    requests = new Map();
    site = "https://rappel.example";
    answer = { ok: true };
    relay = true;
    awaited = new Set();
    out = [];
    store = new RequestStore(database.db, async () => {});
    const send = async (to: string, words: string): Promise<Sent> => {
      if (answer.ok) out.push({ to, words });
      return answer;
    };
    links = createLinks({
      db: database.db, clock, chance: CHANCE, log: silentLog, request: async (id) => requests.get(id) ?? null, awaited: async () => awaited, site: () => site, facts: () => ({ ...ACCENTS, shownNumber: "+33 2 70 00 01 00" }), isMobile: (number) => number.startsWith("+336"),
      emailOf: async (id) => (id === "cus_1" ? "camille@example.fr" : null), text: (request, words) => send(request.number, words), mail: () => (relay ? (to, words) => send(to, `${words.subject}\n${words.mail}`) : null),
    });
  });

  test("a text to a mobile says when, in which zone, from which number, and its link opens the promise; told once, however often it is asked", async () => {
    const { id, number } = await promise();
    await links.tell(id);
    await links.tell(id);
    assert.deepEqual(out.map(({ to }) => to), [number]);
    assert.match(out[0]!.words, /^Halo - été : Nous vous appellerons le lundi 24 aout entre 14:00 et 14:30 \(Europe\/Paris\), depuis le \+33 2 70 00 01 00\. Changer l'heure ou annuler : https:\/\/rappel\.example\/callback\/\w{26}$/);
    assert.equal((await store.byToken(token()))?.id, id);
    assert.deepEqual(await links.report(), { sinceMs: NINE - 24 * HOUR, sent: 1, failed: 0, lastFailed: null, mail: true });
  });

  test("another time is told anew and said to be another; both links open it; the same time back is told, too", async () => {
    const request = await promise({ language: "en" });
    await links.tell(request.id);
    const first = token();
    for (const hours of [7, 5]) {
      requests.set(request.id, { ...request, slot: { startMs: NINE + hours * HOUR, endMs: NINE + (hours + 0.5) * HOUR } });
      clock.advance(1_000);
      await links.tell(request.id);
      await links.tell(request.id);
    }
    assert.deepEqual(out.map(({ words }) => /: (The time has changed\. )?We will call you on (.*), from/.exec(words)?.slice(1)), [[undefined, "Monday 24 August between 14:00 and 14:30 (Europe/Paris)"], ["The time has changed. ", "Monday 24 August between 16:00 and 16:30 (Europe/Paris)"], ["The time has changed. ", "Monday 24 August between 14:00 and 14:30 (Europe/Paris)"]]);
    for (const link of [first, token()]) assert.equal((await store.byToken(link))?.id, request.id);
  });

  test("nothing goes out without an address of this site, nor of a promise that is over or being called, nor to a fixed line without e-mail", async () => {
    for (const more of [{ state: "cancelled" }, { state: "calling" }, { number: "+33270000100" }, { number: "209" }] as const) await links.tell((await promise(more)).id);
    const { id } = await promise();
    site = null;
    await links.tell(id);
    await links.tell("cb_gone");
    assert.deepEqual([out, links.byMail("q")], [[], false]);
  });

  test("an address that was typed comes first; without a relay the text goes; a fixed line's known customer is written to, but never at a stranger's word", async () => {
    await links.tell((await promise({ email: "typed@example.fr", by: "page", byId: "vis_1" })).id);
    assert.match(out[0]!.words, /^Votre appel du lundi 24 août, 14:00 – Halo – été\nBonjour,/);
    relay = false;
    const { id, number } = await promise({ email: "typed@example.fr" });
    await links.tell(id);
    relay = true;
    await links.tell((await promise({ number: "+33270000100", customerId: "cus_1" })).id);
    await links.tell((await promise({ number: "+33270000100", customerId: "cus_1", by: "page", byId: "vis_2" })).id);
    assert.deepEqual(out.map(({ to }) => to), ["typed@example.fr", number, "camille@example.fr"]);
  });

  test("what a stranger asked for a number that is promised already is told to their own address, and never to the number", async () => {
    const echo = await promise({ echo: true, by: "page", byId: "vis_1" });
    await links.tell(echo.id);
    assert.deepEqual(out, []);
    requests.set(echo.id, { ...echo, email: "typed@example.fr" });
    await links.tell(echo.id);
    assert.deepEqual([out.map(({ to }) => to), (await store.byToken(token()))?.id], [["typed@example.fr"], echo.id]);
  });

  test("who holds the number takes the promise over: a stranger's e-mail shows an echo from then on, a text to the number the promise", async () => {
    const request = await promise({ email: "typed@example.fr", by: "page", byId: "vis_1" });
    await links.tell(request.id);
    const strangers = token();
    const { email: _gone, ...own } = request;
    requests.set(request.id, { ...own, by: "flow", byId: "", slot: null });
    await store.handOver(requests.get(request.id)!, "t".repeat(26), { ...request, id: "cb_echo", echo: true });
    clock.advance(1_000);
    await links.tell(request.id);
    assert.deepEqual([out.at(-1)!.to, (await store.byToken(token()))?.id, (await store.byToken(strangers))?.id], [request.number, request.id, "cb_echo"]);
  });

  test("what was refused is tried again and told to the administrator until it went; what may have arrived is not sent twice", async () => {
    const { id } = await promise();
    answer = { ok: false, why: "no-way", retry: true };
    await assert.rejects(links.tell(id), /no-way/);
    assert.deepEqual([(await links.report()).failed, (await links.report()).lastFailed], [1, { via: "sms", why: "no-way", atMs: NINE }]);
    answer = { ok: true };
    await links.tell(id);
    assert.deepEqual([out.length, (await links.report()).failed], [1, 0]);

    const cut = await promise();
    await links.tell(cut.id);
    await database.db.query("UPDATE callback_link SET state = 'sending' WHERE request_id = $1", [cut.id]); // as a server leaves it that ends here
    await links.tell(cut.id);
    await links.tell(cut.id);
    assert.deepEqual([out.length, (await links.report()).lastFailed?.why], [2, "interrupted"]);

    const silent = await promise();
    answer = { ok: false, why: "no-answer", retry: false };
    await links.tell(silent.id);
    answer = { ok: true };
    await links.tell(silent.id);
    assert.equal(out.length, 2);
  });

  test("whoever reads the promise sees what became of its link, and hears when that changes: waits, sent by which way, not sent and why, old, none and why", async () => {
    const told: string[] = [];
    links.onTold(({ id }) => told.push(id));
    const linkOf = async (id: string): Promise<unknown> => (await links.of([requests.get(id)!])).get(id) ?? null;
    const [mobile, mail, refused, landline, none] = [await promise(), await promise({ email: "typed@example.fr", number: "+33270000100" }), await promise(), await promise({ number: "+33270000100" }), await promise()];
    awaited.add(mobile.id);
    assert.deepEqual([await linkOf(mobile.id), await linkOf(landline.id), await linkOf(none.id)], [{ state: "waits" }, { state: "none", why: "no-address" }, { state: "none", why: null }]);
    awaited.clear();
    for (const { id } of [mobile, mail, landline]) await links.tell(id);
    answer = { ok: false, why: "no-way", retry: true };
    await assert.rejects(links.tell(refused.id));
    assert.deepEqual(told, [mobile.id, mail.id, landline.id, refused.id]);
    const all = await links.of([...requests.values()]);
    assert.deepEqual([mobile, mail, refused, landline].map(({ id }) => all.get(id)), [
      { state: "sent", via: "sms", atMs: NINE, otherTime: false }, { state: "sent", via: "email", atMs: NINE, otherTime: false }, { state: "failed", via: "sms", atMs: NINE, why: "no-way" }, { state: "none", why: "no-address" },
    ]);
    await database.db.query("UPDATE callback_link SET state = 'sending' WHERE request_id = $1", [mail.id]);
    assert.deepEqual(await linkOf(mail.id), { state: "waits" }, "handed over, and not answered yet");

    requests.set(mobile.id, { ...mobile, slot: { startMs: NINE + 7 * HOUR, endMs: NINE + 7.5 * HOUR } });
    assert.deepEqual(await linkOf(mobile.id), { state: "sent", via: "sms", atMs: NINE, otherTime: true }, "the time that holds was not told");
    awaited.add(mobile.id);
    assert.deepEqual(await linkOf(mobile.id), { state: "waits" });
    awaited.clear();
    requests.set(mobile.id, { ...mobile, state: "served", slot: null });
    requests.set(none.id, { ...none, state: "cancelled" });
    assert.deepEqual([await linkOf(mobile.id), await linkOf(none.id)], [{ state: "sent", via: "sms", atMs: NINE, otherTime: false }, null]);
    site = null;
    assert.deepEqual([await linkOf(landline.id), await linkOf(refused.id)], [{ state: "none", why: "off" }, { state: "failed", via: "sms", atMs: NINE, why: "no-way" }]);
  });

  test("one number gets so many a day, strangers so many an hour together; who asks for their own number is told all the same", async () => {
    const request = await promise();
    for (let n = 0; n < 8; n++) {
      requests.set(request.id, { ...request, slot: { startMs: NINE + n * HOUR, endMs: NINE + (n + 1) * HOUR } });
      clock.advance(1_000);
      await links.tell(request.id);
    }
    assert.deepEqual([out.length, (await links.report()).lastFailed?.why], [5, "too-many"]);
    for (let n = 0; n < 70; n++) await links.tell((await promise({ number: `+336000001${String(n).padStart(2, "0")}`, by: "page", byId: `vis_${n}` })).id);
    assert.equal(out.length, 65);
    await links.tell((await promise({ number: "+33699999999" })).id);
    assert.equal(out.length, 66);
    clock.advance(HOUR);
    await links.tell((await promise({ number: "+33699999998", by: "page", byId: "vis_x" })).id);
    assert.equal(out.length, 67);
    await database.db.query("INSERT INTO callback_link (id, request_id, via, sent_to, token_hash, stranger, state, at) SELECT 'many ' || n, $1, 'sms', '+336' || n, decode(lpad(to_hex(n), 8, '0'), 'hex'), false, 'sent', $2 FROM generate_series(1, 1000) n", [request.id, new Date(clock.now())]);
    await links.tell((await promise({ number: "+33699999997" })).id);
    assert.equal(out.length, 67, "forged callers together");
  });
});

test("in turn: with the time that was announced, or none; a number that the network decides is not named", () => {
  const words = (language: "fr" | "en", dueMs: number | null): string => linkWords({ slot: null, dueMs, language }, { ...ACCENTS, url: "https://x.example/callback/t", moved: false }).sms;
  assert.equal(words("fr", NINE + 20 * 60_000), "Halo - été : Nous vous appellerons à votre tour, vers 09:20 (Europe/Paris). Changer l'heure ou annuler : https://x.example/callback/t");
  assert.equal(words("en", null), "Halo - été: We will call you in your turn. Change the time or cancel: https://x.example/callback/t");
});
