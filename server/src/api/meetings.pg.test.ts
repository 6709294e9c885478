/** Meetings over the API of the whole server: two telephones in a room, seen and steered by whom it concerns. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MeetingLive, SeatMade } from "@tandem/protocol";
import { LampPhone } from "../app/test-lamp-phone.ts";
import type { Person } from "./test-client.ts";
import { until } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

interface Guest {
  person: Person;
  phone: LampPhone;
}

let at: TestSite;
let lea: Person;
const guests: Guest[] = [];

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
  for (const [login, number] of [["nina", "210"], ["omar", "211"], ["zoe", "212"]] as const) {
    const made = SeatMade.parse((await lea.call("POST", "/api/telephony/seats", { name: login, login, userId: null, extension: number, callClass: "national", language: "en", email: null, agent: false })).body);
    const phone = await LampPhone.start({ address: "127.0.0.1", port: at.server.sipPort }, { name: made.account, password: made.phonePassword, domain: "tandem.test" });
    guests.push({ person: await at.site.signIn(login, made.password!), phone });
  }
});
after(async () => {
  for (const { phone } of guests) phone.stop();
  await at?.stop();
});

const meetings = async (person: Person): Promise<MeetingLive[]> => MeetingLive.array().parse((await person.call("GET", "/api/telephony/meetings")).body);
const sdp = (port: number): string => ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${port} RTP/AVP 8`, ""].join("\r\n");

test("whoever is in a meeting sees and steers it, a supervisor too; for others it is not there", async () => {
  const [nina, omar, zoe] = guests as [Guest, Guest, Guest];
  for (const [i, { phone }] of [nina, omar].entries()) assert.match(await phone.ask("INVITE", "400", [], sdp(16_010 + 2 * i)), /^SIP\/2.0 200/);
  const [seen] = await until("both are there", async () => ((await meetings(nina.person))[0]?.members.length === 2 ? meetings(nina.person) : null));
  assert.deepEqual([seen!.number, seen!.locked, seen!.maySteer, seen!.members.map(({ name, number, muted, moderator }) => [name, number, muted, moderator])], ["400", false, true, [["nina", "210", false, true], ["omar", "211", false, true]]]);
  assert.equal(seen!.ownRef, seen!.members[0]!.ref);
  assert.deepEqual((await meetings(lea)).map(({ ownRef, maySteer }) => [ownRef, maySteer]), [[null, true]]);
  assert.deepEqual(await meetings(zoe.person), []);

  const path = `/api/telephony/meetings/${seen!.id}`;
  const [own, other] = seen!.members.map(({ ref }) => `${path}/members/${ref}`) as [string, string];
  for (const [method, where, body] of [["POST", `${path}/lock`, { locked: true }], ["POST", `${path}/mute`, { muted: true }], ["POST", `${other}/mute`, { muted: true }], ["DELETE", other, undefined]] as const) {
    assert.deepEqual((await zoe.person.call(method, where, body)).body.code, "not-found", where);
  }
  assert.equal((await nina.person.call("POST", `${path}/lock`, { locked: true })).status, 204);
  assert.equal((await nina.person.call("POST", `${own}/mute`, { muted: true })).status, 204);
  assert.deepEqual((await meetings(lea)).map(({ locked, members }) => [locked, members.map(({ muted }) => muted)]), [[true, [true, false]]]);
  assert.equal((await lea.call("POST", `${path}/mute`, { muted: false })).status, 204);
  assert.deepEqual((await meetings(lea))[0]!.members.map(({ muted }) => muted), [false, false]);
  assert.equal((await nina.person.call("DELETE", `${path}/members/nobody`)).body.code, "not-found");
  assert.equal((await nina.person.call("DELETE", other)).status, 204);
  assert.deepEqual((await meetings(nina.person))[0]!.members.map(({ name }) => name), ["nina"]);
  assert.deepEqual(await meetings(omar.person), []);
});

test("calls are put together only when there are two", async () => {
  const [nina] = guests as [Guest];
  const refused = await nina.person.call("POST", "/api/telephony/me/conference");
  assert.deepEqual([refused.status, refused.body.code], [409, "no-calls"]);
});
