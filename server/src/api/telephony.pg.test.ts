/** The telephone system over the API of the whole server: what administrators keep, a seat in one form, and what each holder sets. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MyTelephone, SeatMade, SoftphoneSettings, type Extension, type ExtensionChoices, type NewSeat } from "@tandem/protocol";
import { testSite, type TestSite } from "./test-site.ts";
import type { Person } from "./test-client.ts";

let at: TestSite;
let lea: Person;
let leaPassword: string;

before(async () => {
  at = await testSite();
  leaPassword = at.server.secrets!.password;
  lea = await at.site.signIn("lea", leaPassword);
});
after(async () => at?.stop());

const SEAT: NewSeat = { name: "Nina Roux", login: "nina", userId: null, extension: "210", callClass: "national", language: "en", email: null, agent: false };
const EXTENSION: Extension = { number: "220", label: "Lobby", userId: null, phoneId: null, language: "fr", callClass: "internal", callerNumber: null, pickupGroup: "", ringMs: 20_000, listed: true };

const list = async (path: string): Promise<({ id: string } & Record<string, unknown>)[]> => (await lea.call("GET", `/api/telephony/${path}`)).body as unknown as ({ id: string } & Record<string, unknown>)[];
const seat = async (change: Partial<NewSeat> = {}): Promise<SeatMade> => {
  const made = await lea.call("POST", "/api/telephony/seats", { ...SEAT, ...change });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return SeatMade.parse(made.body);
};
const secretOf = (made: { provisioningUrl: string }): string => new URL(made.provisioningUrl).pathname;

test("every kind is made, listed, changed and removed; a number that is taken or the house's own is refused by name", async () => {
  const [lea201] = await list("extensions");
  const ext = lea201!.id;
  const kinds: Record<string, { body: object; changed: object; taken: string | null }> = {
    extensions: { body: EXTENSION, changed: { ...EXTENSION, label: "Front door" }, taken: "number" },
    groups: { body: { number: "310", name: "Sales", strategy: "hunt", extensionIds: [ext], ringMs: 20_000, otherwise: { to: "hang-up" } }, changed: { number: "311", name: "Sales", strategy: "round", extensionIds: [ext], ringMs: 20_000, otherwise: { to: "voicemail", extensionId: ext } }, taken: "number" },
    rooms: { body: { number: "410", name: "Room 2", pin: "1234", moderatorPin: null, maxMembers: 5 }, changed: { number: "410", name: "Room 2", pin: null, moderatorPin: "4321", maxMembers: 50 }, taken: "number" },
    pages: { body: { number: "510", name: "Shop", extensionIds: [ext], twoWay: false }, changed: { number: "510", name: "Shop", extensionIds: [ext], twoWay: true }, taken: "number" },
    "caller-rules": { body: { position: 3, caller: "anonymous", extensionId: null, hours: null, action: { do: "block" }, note: "" }, changed: { position: 4, caller: "any", extensionId: ext, hours: { days: [6, 7], fromMinute: 0, untilMinute: 1_440 }, action: { do: "send", destination: { to: "number", number: "300" } }, note: "weekend" }, taken: null },
    roles: { body: { match: "branch.example", role: "redirect", targets: [{ uri: "sip:a@b.example", q: 1 }], status: 302, recordRoute: false }, changed: { match: "branch.example", role: "proxy", targets: [], status: 302, recordRoute: true }, taken: "match" },
    "speed-dials": { body: { code: "7", name: "Taxi", number: "+33270000999", userId: null }, changed: { code: null, name: "Taxi", number: "112", userId: null }, taken: "code" },
  };
  for (const [kind, { body, changed, taken }] of Object.entries(kinds)) {
    const path = `/api/telephony/${kind}`;
    const made = await lea.call("POST", path, body);
    assert.equal(made.status, 200, `${kind}: ${JSON.stringify(made.body)}`);
    const { id } = made.body as { id: string };
    const listed = async (): Promise<object | undefined> => (await list(kind)).find((row) => row.id === id);
    assert.partialDeepStrictEqual(await listed(), body, kind);
    if (taken !== null) {
      const again = await lea.call("POST", path, body);
      assert.deepEqual([again.status, again.body.code, again.body.field], [409, "taken", taken], kind);
    }
    assert.equal((await lea.call("PUT", `${path}/${id}`, changed)).status, 200, kind);
    assert.partialDeepStrictEqual(await listed(), changed, kind);
    assert.equal((await lea.call("DELETE", `${path}/${id}`)).status, 204, kind);
    assert.equal(await listed(), undefined, kind);
    assert.deepEqual([(await lea.call("PUT", `${path}/${id}`, changed)).body.code, (await lea.call("DELETE", `${path}/${id}`)).body.code], ["not-found", "not-found"], kind);
  }
  const reserved = await lea.call("POST", "/api/telephony/extensions", { ...EXTENSION, number: "112" }, { "accept-language": "fr" });
  assert.deepEqual([reserved.status, reserved.body.code, reserved.body.field], [409, "reserved", "number"]);
  assert.match(reserved.body.why!, /réservé/);
  assert.equal((await lea.call("POST", "/api/telephony/extensions", { ...EXTENSION, number: "1000" })).body.code, "taken", "the centre's own number");
  assert.equal((await lea.call("POST", "/api/admin/numbers", { number: "300", label: "x", flowId: "flow_demo", language: "fr" })).body.code, "taken", "the demo's ring group");
  assert.equal((await lea.call("DELETE", `/api/telephony/extensions/${ext}`)).body.code, "in-use", "an announcement names it");
});

test("a supervisor sees that a room asks for codes, an administrator which ones", async () => {
  const made = await lea.call("POST", "/api/telephony/rooms", { number: "420", name: "Board", pin: "4711", moderatorPin: null, maxMembers: 5 });
  const { body: user } = await lea.call("POST", "/api/admin/users", { login: "floor", name: "Floor", team: "", roles: ["supervisor"], language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true });
  const floor = await at.site.signIn("floor", user["password"] as string);
  const answer = await floor.call("GET", "/api/telephony/rooms");
  assert.partialDeepStrictEqual((answer.body as unknown as { number: string }[]).find(({ number }) => number === "420"), { pin: "hidden", moderatorPin: null });
  assert.doesNotMatch(answer.bytes.toString(), /4711/);
  assert.partialDeepStrictEqual((await list("rooms")).find((row) => row["number"] === "420"), { pin: "4711", moderatorPin: null });
  assert.equal((await floor.call("GET", "/api/telephony/extensions")).status, 200);
  const [{ id: ext }] = (await list("extensions")) as [{ id: string }];
  assert.equal((await floor.call("GET", `/api/telephony/extensions/${ext}/choices`)).status, 403, "the code of a mailbox is there");
  assert.equal((await lea.call("DELETE", `/api/telephony/rooms/${(made.body as { id: string }).id}`)).status, 204);
});

test("settings are read, changed, and refused by the field that contradicts", async () => {
  const { body: settings } = await lea.call("GET", "/api/telephony/settings");
  assert.equal((await lea.call("PUT", "/api/telephony/settings", { ...settings, voicemailNumber: "888" })).status, 200);
  assert.equal((await lea.call("GET", "/api/telephony/settings")).body["voicemailNumber"], "888");
  const clash = await lea.call("PUT", "/api/telephony/settings", { ...settings, voicemailNumber: "201" });
  assert.deepEqual([clash.status, clash.body.code, clash.body.field], [409, "taken", "voicemailNumber"]);
  await lea.call("PUT", "/api/telephony/settings", settings);
});

test("a seat in one form: a person who can sign in, an extension, a phone whose settings the address gives once", async () => {
  const made = await seat({ email: "nina@halo.example" });
  assert.equal(made.account, "nina");
  assert.match(made.provisioningUrl, new RegExp(`^http://127\\.0\\.0\\.1:${at.site.port}/provision/[a-z0-9]{32}$`));
  assert.match(made.qrSvg, /^<svg /);
  const nina = await at.site.signIn("nina", made.password!);
  const mine = MyTelephone.parse((await nina.call("GET", "/api/telephony/me/extension")).body);
  assert.deepEqual([mine.extension?.id, mine.extension?.number, mine.extension?.label, mine.state], [made.extensionId, "210", "Nina Roux", "offline"]);
  assert.equal(((await nina.call("GET", "/api/telephony/me/choices")).body as unknown as ExtensionChoices).voicemail.email, "nina@halo.example");
  assert.equal((await nina.call("GET", "/api/telephony/extensions")).status, 403, "no role, no administration");
  assert.match(String((await nina.call("POST", "/api/session/phone")).body["account"]), /^web-/, "no role, but an extension: the browser is a telephone");

  const settings = await at.site.anonymous("GET", `${secretOf(made)}?format=json`);
  assert.equal(settings.headers.get("cache-control"), "no-store");
  const read = SoftphoneSettings.parse(settings.body);
  assert.deepEqual([read.account, read.password, read.domain, read.server, read.name, read.number], ["nina", made.phonePassword, "tandem.test", "127.0.0.1", "Nina Roux", "210"]);
  const again = await at.site.anonymous("GET", `${secretOf(made)}?format=json`);
  assert.deepEqual([again.status, again.body.code], [404, "not-found"]);
});

test("looking uses nothing up: not a HEAD, not a browser that opens the address; Linphone gets its XML, and then it is over", async () => {
  const path = secretOf(await seat({ login: "opens", extension: "211", name: "O'Neil & <Sons>" }));
  const browser = { accept: "text/html", "accept-language": "fr" };
  assert.equal((await fetch(`http://127.0.0.1:${at.site.port}${path}`, { method: "HEAD" })).status, 404);
  const page = await at.site.anonymous("GET", path, undefined, browser);
  assert.deepEqual([page.status, page.headers.get("content-type"), page.headers.get("x-frame-options")], [200, "text/html; charset=utf-8", "DENY"]);
  assert.match(page.bytes.toString(), /<html lang="fr">.*linphone-config:\/\/127\.0\.0\.1/s);
  assert.doesNotMatch(page.bytes.toString(), /Mot de passe/);
  // fetch writes the Host header itself: a raw request, with one that is no host.
  const raw = await new Promise<string>((resolve, reject) => {
    const socket = connect(at.site.port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: <not a host>\r\nAccept: text/html\r\nConnection: close\r\n\r\n`));
    let text = "";
    socket.on("data", (data) => (text += data.toString())).on("end", () => resolve(text)).on("error", reject);
  });
  assert.match(raw, /^HTTP\/1\.1 (200 OK[\s\S]*linphone-config:\/\/127\.0\.0\.1|400 )/);
  assert.doesNotMatch(raw, /not a host/);
  const xml = await at.site.anonymous("GET", path, undefined, { "user-agent": "Unknown" });
  assert.equal(xml.headers.get("content-type"), "application/xml; charset=utf-8");
  assert.match(xml.bytes.toString(), /<entry name="username" overwrite="true">opens<\/entry>/);
  assert.match(xml.bytes.toString(), /O&#39;Neil &#38; &#60;Sons&#62;/);
  const over = await at.site.anonymous("GET", path, undefined, browser);
  assert.deepEqual([over.status, /déjà servi/.test(over.bytes.toString())], [404, true]);
});

test("a person without a scanner reads the settings on a page, after asking for them, once", async () => {
  const made = await seat({ login: "types", extension: "212", name: "<b>T</b>" });
  const show = (): ReturnType<typeof at.site.anonymous> => at.site.anonymous("POST", secretOf(made), undefined, { "content-type": "text/plain", accept: "text/html", "accept-language": "en" });
  const page = (await show()).bytes.toString();
  for (const shown of ["types", made.phonePassword, "tandem.test", "127.0.0.1:", "&#60;b&#62;T&#60;/b&#62;", "212"]) assert.ok(page.includes(`>${shown}`), shown);
  assert.equal((await show()).status, 404);
});

test("of two phones that come in the same instant one is set up; a guessed address sets up none", async () => {
  const path = secretOf(await seat({ login: "twice", extension: "213" }));
  const both = await Promise.all([0, 1, 2, 3].map(() => at.site.anonymous("GET", `${path}?format=json`)));
  assert.deepEqual(both.map((a) => a.status).sort(), [200, 404, 404, 404]);
  for (const guess of ["x".repeat(32), "%00", "a".repeat(64)]) assert.equal((await at.site.anonymous("GET", `/provision/${guess}?format=json`)).status, 404, guess);
  const outside = { "x-forwarded-for": "203.0.113.9" };
  const guesses = await Promise.all(Array.from({ length: 40 }, (_, i) => at.site.anonymous("GET", `/provision/guess${i}?format=json`, undefined, outside)));
  assert.equal(guesses.filter((a) => a.status === 429).length, 10);
});

test("what the database keeps of a provisioning address opens nothing", async () => {
  const made = await seat({ login: "stolen", extension: "214" });
  const rows = await at.database.db.query<{ token_hash: Buffer; sealed: Buffer }>("SELECT token_hash, sealed FROM provisioning WHERE phone_id = $1", [made.phoneId]);
  const secret = secretOf(made).slice("/provision/".length);
  assert.deepEqual(rows.map((row) => row.token_hash.toString("hex")), [createHash("sha256").update(secret).digest("hex")]);
  for (const column of [rows[0]!.sealed, rows[0]!.token_hash]) for (const word of [made.phonePassword, secret, made.account]) assert.equal(column.includes(word), false);
  await at.database.db.query("UPDATE provisioning SET expires_at = now() - interval '1 second' WHERE phone_id = $1", [made.phoneId]);
  assert.equal((await at.site.anonymous("GET", `${secretOf(made)}?format=json`)).status, 404, "a day later");
});

test("a seat that cannot be is not half made: nobody stays behind, and the form's field is named", async () => {
  const before = [(await lea.call("GET", "/api/admin/users")).body, (await lea.call("GET", "/api/admin/phones")).body, await list("extensions")];
  const cases: [Partial<NewSeat>, string, string][] = [
    [{ login: "lea" }, "taken", "login"], [{ login: "new.one", extension: "201" }, "taken", "extension"], [{ login: "new.one", extension: "705" }, "reserved", "extension"],
    [{ userId: "usr_gone" }, "unknown-reference", "userId"], [{ login: "UP" }, "bad-input", "login"],
  ];
  for (const [change, code, field] of cases) {
    const refused = await lea.call("POST", "/api/telephony/seats", { ...SEAT, ...change });
    assert.deepEqual([refused.body.code, refused.body.field], [code, field], JSON.stringify(change));
  }
  assert.deepEqual([(await lea.call("GET", "/api/admin/users")).body, (await lea.call("GET", "/api/admin/phones")).body, await list("extensions")], before);
});

test("a seat for somebody who is here keeps who they are; a phone may be set up anew, which ends the old password and address", async () => {
  const users = (await lea.call("GET", "/api/admin/users")).body as unknown as { id: string; login: string }[];
  const hugo = users.find((u) => u.login === "hugo")!;
  const made = await seat({ userId: hugo.id, login: "ignored", name: "Ignored", extension: "215" });
  assert.deepEqual([made.userId, made.password, made.account], [hugo.id, null, "hugo"]);
  const second = await seat({ userId: hugo.id, extension: "216" });
  assert.equal(second.account, "hugo.2");
  const renewed = await lea.call("POST", `/api/telephony/phones/${made.phoneId}/provisioning`);
  assert.equal(renewed.status, 200);
  assert.notEqual(renewed.body["phonePassword"], made.phonePassword);
  assert.equal((await at.site.anonymous("GET", `${secretOf(made)}?format=json`)).status, 404, "the address of the password that ended");
  const settings = await at.site.anonymous("GET", `${secretOf(renewed.body as unknown as SeatMade)}?format=json`);
  assert.deepEqual([settings.body["password"], settings.body["number"], settings.body["name"]], [renewed.body["phonePassword"], "202", "Hugo Perrin"]);
});

test("my choices and my speed dials are mine: others' are neither seen nor touched, the house's are seen by all", async () => {
  const one = await at.site.signIn("mine1", (await seat({ login: "mine1", extension: "217" })).password!);
  const two = await at.site.signIn("mine2", (await seat({ login: "mine2", extension: "218" })).password!);
  const choices = (await one.call("GET", "/api/telephony/me/choices")).body as unknown as ExtensionChoices;
  const set = await one.call("PUT", "/api/telephony/me/choices", { ...choices, doNotDisturb: true, forward: { ...choices.forward, always: { to: "number", number: "201" } } });
  assert.equal(set.status, 200);
  assert.equal(((await two.call("GET", "/api/telephony/me/choices")).body as unknown as ExtensionChoices).doNotDisturb, false);
  assert.partialDeepStrictEqual((await list("extensions")).find((row) => row["number"] === "217"), { doNotDisturb: true, forwarded: true });
  const dial = { code: "5", name: "Mother", number: "+33612345678", userId: two.id };
  const made = await one.call("POST", "/api/telephony/me/speed-dials", dial);
  const id = made.body["id"] as string;
  const names = async (who: Person): Promise<unknown> => ((await who.call("GET", "/api/telephony/me/speed-dials")).body as unknown as { name: string }[]).map((row) => row.name);
  assert.deepEqual([await names(one), await names(two)], [["Mother", "Our own front desk"], ["Our own front desk"]], "mine, though I wrote another's name in it");
  assert.deepEqual([(await two.call("PUT", `/api/telephony/me/speed-dials/${id}`, dial)).status, (await two.call("DELETE", `/api/telephony/me/speed-dials/${id}`)).status], [404, 404]);
  const house = (await list("speed-dials"))[0]!.id;
  assert.deepEqual([(await one.call("DELETE", `/api/telephony/me/speed-dials/${house}`)).status, (await lea.call("PUT", `/api/telephony/speed-dials/${id}`, dial)).status], [404, 404]);
  assert.equal((await lea.call("DELETE", `/api/telephony/speed-dials/${id}`)).status, 404, "an administrator deletes the house's here, nobody's own");
  assert.equal((await one.call("DELETE", `/api/telephony/me/speed-dials/${id}`)).status, 204);
});

test("who has no extension is told so; the directory shows who is listed, and what they are", async () => {
  const made = await lea.call("POST", "/api/admin/users", { name: "No Phone", login: "nophone", team: "", roles: [], language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true });
  const none = await at.site.signIn("nophone", made.body["password"] as string);
  assert.equal(MyTelephone.parse((await none.call("GET", "/api/telephony/me/extension")).body).extension, null);
  const noPhone = await none.call("POST", "/api/session/phone");
  assert.deepEqual([noPhone.status, noPhone.body.code], [404, "no-extension"], "nothing would ring there");
  const refused = await none.call("GET", "/api/telephony/me/choices");
  assert.deepEqual([refused.status, refused.body.code], [404, "no-extension"]);
  const hidden = (await lea.call("POST", "/api/telephony/extensions", { ...EXTENSION, number: "299", listed: false })).body["id"];
  const entries = (await none.call("GET", "/api/telephony/me/directory")).body as unknown as { id: string; kind: string; number: string; name: string; state: string | null }[];
  assert.equal(entries.some((entry) => entry.id === hidden), false);
  assert.partialDeepStrictEqual(entries.find((e) => e.number === "201"), { name: "Léa Marchand", kind: "extension", state: "offline" });
  assert.deepEqual(["300", "400", "500"].map((number) => entries.find((e) => e.number === number)?.kind), ["group", "room", "page"]);
  await lea.call("DELETE", `/api/telephony/extensions/${hidden as string}`);
});

test("my voicemail and my calls are mine alone; the house's calls are for who supervises", async () => {
  const [one, two] = [await seat({ login: "voice1", extension: "230" }), await seat({ login: "voice2", extension: "231" })];
  const [first, second] = [await at.site.signIn("voice1", one.password!), await at.site.signIn("voice2", two.password!)];
  const { db } = at.database;
  const wav = Buffer.from(Array.from({ length: 400 }, (_, i) => i % 251));
  const folder = join(at.recordingDir, "..", "voicemail");
  mkdirSync(folder, { recursive: true });
  for (const [id, extensionId] of [["vm_one", one.extensionId], ["vm_two", two.extensionId]] as const) {
    await db.query("INSERT INTO voicemail (id, extension_id, from_number, from_name, customer_id, left_at, duration_ms, heard) VALUES ($1, $2, '+33612345678', 'Karim', NULL, now(), 4000, false)", [id, extensionId]);
    writeFileSync(join(folder, `${id}.wav`), wav);
  }
  for (const [id, minutes, ids] of [["pbx_a", 3, [one.extensionId]], ["pbx_b", 2, [one.extensionId, two.extensionId]], ["pbx_c", 1, [two.extensionId]]] as const) {
    await db.query(
      `INSERT INTO call_record (id, started_at, answered_at, ended_at, from_number, from_name, to_number, to_name, direction, result, extension_ids, trunk_id, customer_id)
       VALUES ($1, now() - make_interval(mins => $2), NULL, now(), '230', 'One', '231', 'Two', 'internal', 'missed', $3, NULL, NULL)`,
      [id, minutes, ids],
    );
  }
  const [customer] = await db.query<{ id: string }>("SELECT id FROM customer LIMIT 1");
  await db.query("UPDATE voicemail SET customer_id = $1 WHERE id = 'vm_two'", [customer!.id]);
  await at.restart(); // counts are read at the start
  lea = await at.site.signIn("lea", leaPassword);
  const [me, other] = [{ ...first, call: at.site.call.bind(at.site, first.cookie) }, { ...second, call: at.site.call.bind(at.site, second.cookie) }];
  assert.equal(MyTelephone.parse((await me.call("GET", "/api/telephony/me/extension")).body).unheard, 1);
  assert.deepEqual(((await me.call("GET", "/api/telephony/me/voicemails")).body as unknown as { id: string }[]).map((m) => m.id), ["vm_one"]);
  const path = "/api/telephony/me/voicemails/vm_one";
  const sound = await me.call("GET", `${path}/recording.wav`, undefined, { range: "bytes=10-19" });
  assert.deepEqual([sound.status, sound.bytes.equals(wav.subarray(10, 20))], [206, true]);
  assert.deepEqual([(await other.call("GET", `${path}/recording.wav`)).status, (await other.call("POST", `${path}/heard`)).status, (await other.call("DELETE", path)).status, (await lea.call("GET", `${path}/recording.wav`)).status], [404, 404, 404, 404]);
  assert.equal((await me.call("POST", `${path}/heard`)).status, 204);
  assert.equal(MyTelephone.parse((await me.call("GET", "/api/telephony/me/extension")).body).unheard, 0);
  assert.equal((await me.call("DELETE", path)).status, 204);
  assert.deepEqual((await me.call("GET", "/api/telephony/me/voicemails")).body, []);

  const { timeline } = (await lea.call("GET", `/api/customers/${customer!.id}`)).body as unknown as { timeline: { interactionId: string; voicemail?: { durationMs: number } }[] };
  assert.deepEqual(timeline.filter((entry) => entry.voicemail).map((entry) => [entry.interactionId, entry.voicemail!.durationMs]), [["vm_two", 4_000]], "kept in the customer's timeline");

  const calls = async (who: Person, query: string): Promise<string[]> => ((await who.call("GET", `/api/telephony/${query}`)).body as unknown as { id: string }[]).map((row) => row.id);
  assert.deepEqual([await calls(me, "me/history"), await calls(other, "me/history"), await calls(lea, "calls")], [["pbx_b", "pbx_a"], ["pbx_c", "pbx_b"], ["pbx_c", "pbx_b", "pbx_a"]]);
  const [newest] = (await me.call("GET", "/api/telephony/me/history?limit=1")).body as unknown as { id: string; startedAtMs: number }[];
  assert.deepEqual(await calls(me, `me/history?before=${newest!.startedAtMs}`), ["pbx_a"]);
  assert.deepEqual(await calls(lea, `calls?extensionId=${one.extensionId}&limit=1`), ["pbx_b"]);
  assert.equal((await me.call("GET", "/api/telephony/calls")).status, 403);
  assert.deepEqual((await lea.call("GET", "/api/telephony/now")).body, { calls: [], parked: [] });
  const dialled = await me.call("POST", "/api/telephony/me/dial", { number: "201" });
  assert.deepEqual([dialled.status, dialled.body.code], [409, "no-device"], "none of the phones is there to ring");
});
