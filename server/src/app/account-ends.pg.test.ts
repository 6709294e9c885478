/** The whole server: what an administrator takes away ends at once, in memory, in the table and for whoever watches. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SeatMade } from "@tandem/protocol";
import { until, type Person } from "../api/test-client.ts";
import { testSite, type TestSite } from "../api/test-site.ts";
import { LampPhone } from "./test-lamp-phone.ts";

let at: TestSite;
let lea: Person;
const open: LampPhone[] = [];

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
});
after(async () => {
  for (const phone of open) phone.stop();
  await at?.stop();
});

const OK = /^SIP\/2\.0 200/;
const EXPIRES = "Expires: 600";

async function seat(login: string, extension: string): Promise<SeatMade> {
  const made = await lea.call("POST", "/api/telephony/seats", { name: login, login, userId: null, extension, callClass: "internal", language: "en", email: null, agent: false });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return SeatMade.parse(made.body);
}

/** Registered, and watching a colleague and its own registration. */
async function phoneOf(name: string, password: string): Promise<LampPhone> {
  const phone = await LampPhone.start({ address: "127.0.0.1", port: at.server.sipPort }, { name, password, domain: "tandem.test" });
  open.push(phone);
  assert.match(await phone.ask("REGISTER", name, [EXPIRES]), OK);
  assert.match(await phone.ask("SUBSCRIBE", "201", ["Event: presence", EXPIRES]), OK);
  assert.match(await phone.ask("SUBSCRIBE", name, ["Event: reg", EXPIRES]), OK);
  await until("the first NOTIFYs", () => phone.told.length >= 2);
  assert.ok(phone.told.every((text) => /^Subscription-State: active/m.test(text)));
  return phone;
}

const rows = (account: string): Promise<unknown[]> => at.database.db.query("SELECT key FROM registration WHERE account = $1", [account]);
const stored = (account: string): Promise<unknown> => until(`${account} is stored`, async () => (await rows(account)).length > 0);
const stateOf = async (extensionId: string): Promise<unknown> => ((await lea.call("GET", "/api/telephony/extensions")).body as unknown as { id: string; state: string }[]).find(({ id }) => id === extensionId)?.state;

async function isOut(phone: LampPhone, account: string): Promise<void> {
  const ended = await until("both subscriptions end", () => {
    const last = phone.told.filter((text) => /^Subscription-State: terminated;reason=rejected/m.test(text));
    return last.length >= 2 && last;
  });
  assert.deepEqual(ended.map((text) => /^Event: (\w+)/m.exec(text)![1]).toSorted(), ["presence", "reg"]);
  await until("its row is gone", async () => (await rows(account)).length === 0);
}

test("a telephone with a new password is out until it has it; one that is deleted is out for good", { timeout: 120_000 }, async () => {
  const made = await seat("nina", "210");
  const phone = await phoneOf("nina", made.phonePassword);
  await stored("nina");
  assert.equal(await stateOf(made.extensionId), "free");
  const renewed = await lea.call("POST", `/api/admin/phones/${made.phoneId}/password`);
  await isOut(phone, "nina");
  assert.equal(await stateOf(made.extensionId), "offline");
  assert.match(await phone.ask("REGISTER", "nina", [EXPIRES]), /^SIP\/2\.0 40[13]/, "the old password");

  const again = await phoneOf("nina", String(renewed.body["password"]));
  await stored("nina");
  assert.equal((await lea.call("DELETE", `/api/admin/phones/${made.phoneId}`)).status, 204);
  await isOut(again, "nina");
  assert.match(await again.ask("REGISTER", "nina", [EXPIRES]), /^SIP\/2\.0 40[13]/);
});

test("somebody switched off: desk phone and browser are out at once, and stay out; somebody deleted: theirs too", { timeout: 120_000 }, async () => {
  const made = await seat("omar", "211");
  const desk = await phoneOf("omar", made.phonePassword);
  const omar = await at.site.signIn("omar", made.password!);
  const { account, password } = (await omar.call("POST", "/api/session/phone")).body as { account: string; password: string };
  const browser = await phoneOf(account, password);
  await Promise.all([stored("omar"), stored(account)]);
  const user = ((await lea.call("GET", "/api/admin/users")).body as unknown as { id: string }[]).find(({ id }) => id === omar.id)!;
  assert.equal((await lea.call("PUT", `/api/admin/users/${omar.id}`, { ...user, active: false })).status, 200);
  await Promise.all([isOut(desk, "omar"), isOut(browser, account)]);
  for (const [phone, name] of [[desk, "omar"], [browser, account]] as const) assert.match(await phone.ask("REGISTER", name, [EXPIRES]), /^SIP\/2\.0 40[13]/, name);

  assert.equal((await lea.call("PUT", `/api/admin/users/${omar.id}`, { ...user, active: true })).status, 200);
  const back = await phoneOf("omar", made.phonePassword);
  await stored("omar");
  assert.equal((await lea.call("DELETE", `/api/admin/users/${omar.id}`)).status, 204);
  await isOut(back, "omar");
});

test("signing out ends the telephone of that browser", { timeout: 120_000 }, async () => {
  const made = await seat("pia", "212");
  const pia = await at.site.signIn("pia", made.password!);
  const { account, password } = (await pia.call("POST", "/api/session/phone")).body as { account: string; password: string };
  const browser = await phoneOf(account, password);
  await stored(account);
  assert.equal((await pia.call("DELETE", "/api/session")).status, 204);
  await isOut(browser, account);
});
