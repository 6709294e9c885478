/**
 * Lamps and presence of the server as it runs: what watching phones are told of real calls (baresip), a real message left, do not
 * disturb and an agent's contact; and that routing knows of calls of the house.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Site, type Person } from "../api/test-client.ts";
import type { Baresip } from "./baresip.ts";
import { recordsFor } from "./phone-sound.ts";
import { DOMAIN, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";
import { LampPhone } from "./test-lamp-phone.ts";

const says = { sounds: { fr: "Un instant.", en: "One moment." } };
const EXPIRES = "Expires: 3600";

let rig: ExchangeRig;
let ana: Baresip;
let lea: Baresip;
let marc: Baresip;
/** Otto's desk phone has keys for 201; the other one is a second line of Lea's account. */
let otto: LampPhone;
let leaLamp: LampPhone;
let leaPassword = "";

before(async () => {
  rig = await startExchangeRig(
    [{ login: "ana", number: "209", freqHz: 440 }, { login: "lea", number: "201", freqHz: 1_000, more: { ringMs: 60_000 } }, { login: "marc", number: "202", freqHz: 620 }, { login: "otto", number: "204", freqHz: 800, more: { pickupGroup: "" } }],
    async (config, ids, directory) => {
      const user = (login: string) => directory.users().find((one) => one.login === login)!;
      // a supervisor may read why somebody else's contact waits
      assert.ok((await directory.putUser(user("lea").id, { ...user("lea"), roles: ["agent", "supervisor", "administrator"] })).ok);
      for (const login of ["ana", "marc", "otto"]) assert.ok((await directory.putUser(user(login).id, { ...user(login), roles: [] })).ok);
      await directory.setWish(user("lea").id, "available");
      const password = await directory.resetPassword(user("lea").id);
      assert.ok(password.ok);
      leaPassword = password.password!;
      const queue = await directory.putQueue(null, { name: "SAV", needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 600_000, ringMs: 60_000, wrapMs: 1_000 });
      assert.ok(queue.ok);
      const definition = {
        id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a", reachHuman: { queueId: queue.id, says, label: { fr: "Un conseiller", en: "An adviser" }, words: ["conseiller"] }, retry: { wrong: says, silence: says },
        steps: { a: { kind: "branch", cases: [{ when: "false", next: "b" }], otherwise: "a" }, b: { kind: "end" } },
      };
      await directory.putFlow({ id: "f", name: "F", version: 1, definition });
      assert.ok((await directory.putNumber(null, { number: "3000", label: "SAV", flowId: "f", language: "fr" })).ok);
      await config.setChoices(ids.get("lea")!, { ...config.choices(ids.get("lea")!), voicemail: { on: true, email: null, pin: null } });
    },
  );
  [ana, lea, marc] = await Promise.all([rig.phone("ana"), rig.phone("lea"), rig.phone("marc")]);
  const lamp = (name: string): Promise<LampPhone> => LampPhone.start({ address: rig.address, port: rig.server.sipPort }, { name, password: rig.passwords.get(name)!, domain: DOMAIN });
  [otto, leaLamp] = await Promise.all([lamp("otto"), lamp("lea")]);
}, { timeout: 240_000 });

after(async () => {
  otto?.stop();
  leaLamp?.stop();
  await Promise.all([ana?.stop(), lea?.stop(), marc?.stop()]);
  await rig?.stop();
});

const dial = (phone: Baresip, number: string): void => phone.command("dial", `sip:${number}@${DOMAIN}`);
async function code(phone: Baresip, typed: string): Promise<void> {
  const over = phone.next("CALL_CLOSED");
  dial(phone, typed);
  await over;
}
async function hangUp(phone: Baresip, ...others: Baresip[]): Promise<void> {
  const ends = [phone, ...others].map((one) => one.next("CALL_CLOSED"));
  phone.command("hangup");
  await Promise.all(ends);
}

/** What a package's NOTIFYs said, the oldest first. */
const toldOf = (phone: LampPhone, event: string): string[] => phone.told.filter((text) => new RegExp(`^Event: ${event}`, "m").test(text));
async function until<T>(what: string, found: () => T | false | Promise<T | false>): Promise<T> {
  for (const endMs = Date.now() + 60_000; Date.now() < endMs; await new Promise((done) => setTimeout(done, 50))) {
    const got = await found();
    if (got !== false) return got;
  }
  throw new Error(`it did not come: ${what}\n${[...otto.told, ...leaLamp.told].slice(-3).join("\n")}`);
}
const lastSays = (phone: LampPhone, event: string, what: RegExp): Promise<unknown> => until(`${event} ${what}`, () => what.test(toldOf(phone, event).at(-1) ?? ""));
const FREE = /<basic>open<\/basic>(?![\s\S]*(?:on-the-phone|busy))/;

test("SUBSCRIBE to presence, dialog and message-summary of an extension: NOTIFYs follow a real call from ringing to its end", { timeout: 240_000 }, async () => {
  assert.match(await otto.ask("SUBSCRIBE", "201", ["Event: presence", EXPIRES, "Accept: application/pidf+xml"]), /^SIP\/2\.0 200/);
  assert.match(await otto.ask("SUBSCRIBE", "201", ["Event: dialog", EXPIRES, "Accept: application/dialog-info+xml"]), /^SIP\/2\.0 200/);
  assert.match(await otto.ask("SUBSCRIBE", "201", ["Event: message-summary", EXPIRES]), /^SIP\/2\.0 403/, "a mailbox is its holder's");
  assert.match(await leaLamp.ask("SUBSCRIBE", "201", ["Event: message-summary", EXPIRES]), /^SIP\/2\.0 200/);
  await lastSays(otto, "presence", FREE);
  await lastSays(otto, "dialog", /<state>terminated/);
  await lastSays(leaLamp, "message-summary", /Messages-Waiting: no/);
  const [rings, up] = [lea.next("CALL_INCOMING"), marc.next("CALL_ESTABLISHED")];
  dial(marc, "201");
  await rings;
  await lastSays(otto, "dialog", /direction="recipient"><state>early/);
  await lastSays(otto, "presence", /on-the-phone/);
  lea.command("accept");
  await up;
  await lastSays(otto, "dialog", /<state>confirmed/);
  assert.ok(toldOf(otto, "dialog").every((text) => !text.includes("sip:202@")), "who is in no pick-up group with her is not told who calls");
  await hangUp(marc, lea);
  await lastSays(otto, "presence", FREE);
  // each package has NOTIFYs of its own
  await lastSays(otto, "dialog", /^(?![^]*(?:confirmed|early))/);
});

test("do not disturb, switched by star code, shows in PIDF, and its end", { timeout: 240_000 }, async () => {
  await code(lea, "*78");
  await lastSays(otto, "presence", /<basic>open<\/basic>[\s\S]*busy/);
  await code(lea, "*79");
  await lastSays(otto, "presence", FREE);
});

test("a message left lights the lamp of its holder's phones (RFC 3842)", { timeout: 240_000 }, async () => {
  await code(lea, "*21*700#");
  const up = marc.next("CALL_ESTABLISHED");
  dial(marc, "201");
  await up;
  await recordsFor(join(rig.folder, "data", "voicemail"), 620, 1_200);
  await hangUp(marc);
  await lastSays(leaLamp, "message-summary", /Messages-Waiting: yes[\s\S]*Voice-Message: 1\/0/);
  await code(lea, "##002#");
});

test("an agent on a call of the house is offered no contact, routing and watchers know why, and has it after", { timeout: 240_000 }, async () => {
  const site = new Site(rig.server.port, rig.address);
  const desk: Person = await site.signIn("lea", leaPassword);
  const [rings, up] = [lea.next("CALL_INCOMING"), marc.next("CALL_ESTABLISHED")];
  dial(marc, "201");
  await rings;
  lea.command("accept");
  await up;

  const calls = lea.events.filter(({ type }) => type === "CALL_INCOMING").length;
  dial(ana, "3000");
  const [id, why] = await until("the contact waits", async () => {
    const [row] = await rig.query<{ id: string }>("SELECT id FROM interaction WHERE body->>'state' = 'queued'");
    if (!row) return false;
    const answer = await desk.call("GET", `/api/interactions/${row.id}/routing`);
    assert.equal(answer.status, 200, answer.bytes.toString());
    const [view] = answer.body as unknown as { excluded: { name: string; cause: string }[]; exclusions: Record<string, number> }[];
    return view ? ([row.id, view] as const) : false;
  });
  assert.deepEqual([why.exclusions, why.excluded.map(({ name, cause }) => [name, cause])], [{ "on-internal-call": 1 }, [["Lea", "on-internal-call"]]]);
  assert.equal(lea.events.filter(({ type }) => type === "CALL_INCOMING").length, calls, "nothing rings into her call");

  const offered = lea.next("CALL_INCOMING");
  await hangUp(marc, lea);
  await offered;
  const [talk, customer] = [lea.next("CALL_ESTABLISHED"), until("connected", async () => (await rig.query(`SELECT 1 AS one FROM interaction WHERE id = '${id}' AND body->>'state' = 'connected'`)).length > 0)];
  lea.command("accept");
  await Promise.all([talk, customer]);
  await lastSays(otto, "presence", /on-the-phone/);
  await hangUp(ana, lea);
  await lastSays(otto, "presence", FREE);
});
