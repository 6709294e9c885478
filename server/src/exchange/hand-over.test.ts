/** Customers whom the centre gives to the exchange: who is rung, what they hear, and the way back to a person. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { breathe } from "../voice/fakes.ts";
import { Legs, type ReleasedLeg } from "../voice/voice.ts";
import { NO_CHOICES } from "./config.ts";
import { closeHouse, group, openHouse, type House } from "./test-house.ts";

let house: House;
let centre: Legs;
let back: { leg: ReleasedLeg; why: string }[];
beforeEach(async () => {
  house = await openHouse();
  centre = new Legs(house.sip, house.media, silentLog);
  back = [];
  house.sip.hear = (event) => {
    if (event.type === "incoming") centre.take(event.ref, event.sdp, () => {});
    else if (!house.exchange.onSip(event)) centre.onSip(event);
  };
});
afterEach(async () => {
  for (const { leg } of back) {
    centre.adopt(leg, () => {});
    centre.hangUp(leg.ref, "");
  }
  await closeHouse(house);
});

/** Léa (201) of the centre gives a customer in conversation to that number. */
async function given(number: string, consulted?: string): Promise<string> {
  const from = "+33611111111";
  const ref = house.sip.incoming("3000", { from });
  centre.answer(ref);
  await breathe();
  const leg = centre.release(ref);
  assert.ok(leg, "in conversation");
  house.exchange.handOver(leg, { byUserId: "u201", number, ...(consulted !== undefined && { consulted }), customer: { number: from, name: "Ana", language: "fr" } }, (released, why) => void back.push({ leg: released, why }));
  await breathe();
  return ref;
}

test("to an extension of the house: music meanwhile, who calls is shown, conversation, the history has it", async () => {
  const ref = await given("202");
  assert.deepEqual([house.ringing(), house.heardBy(ref)], [["marc"], ["music"]]);
  assert.deepEqual(house.sip.dialogs.get(house.legAt("marc"))?.invite?.from, { user: "+33611111111", display: "Ana" });
  const marc = await house.answerAt("marc");
  assert.ok(house.talking(ref, marc));
  assert.deepEqual(house.heardBy(ref), []);
  house.sip.peer(marc, "bye");
  await breathe();
  assert.deepEqual([house.status(ref), back], ["ended", []]);
  assert.deepEqual(house.records.map(({ direction, result, toNumber, customerId }) => [direction, result, toNumber, customerId]), [["in", "answered", "202", "cus_ana"]]);
});

for (const [how, why, act] of [
  ["busy", "busy", () => house.sip.peer(house.legAt("marc"), { fail: 486 })],
  ["declined", "busy", () => house.sip.peer(house.legAt("marc"), { fail: 603 })],
  ["rings in vain", "no-answer", () => (house.sip.peer(house.legAt("marc"), "ringing"), house.clock.advance(60_000))],
  ["its phone is dead", "unreachable", () => house.sip.peer(house.legAt("marc"), { fail: 503 })],
] as const) {
  test(`${how}: the customer goes back to the centre whole, mailbox or not`, async () => {
    house.config.chosen.set("e202", { ...NO_CHOICES, voicemail: { on: true, email: null, pin: null } });
    const ref = await given("202");
    act();
    await breathe();
    assert.deepEqual(back.map((one) => [one.leg.ref, one.leg.state, one.why]), [[ref, "up", why]]);
    assert.deepEqual([house.status(ref), house.heardBy(ref), house.ringing()], [null, [], []]);
  });
}

test("do not disturb, no phone at all, a group whose overflow is a mailbox, a forward that hangs up: back; a forward to a colleague is followed", async () => {
  house.config.chosen.set("e203", { ...NO_CHOICES, voicemail: { on: true, email: null, pin: null }, doNotDisturb: true });
  await given("203");
  house.sip.registered.set("otto", []);
  await given("204");
  house.config.groupRows = [group("301", "all", [], { to: "voicemail", extensionId: "e202" })];
  await given("301");
  assert.deepEqual(back.map(({ why }) => why), ["busy", "unreachable", "unreachable"]);
  house.config.chosen.set("e204", { ...NO_CHOICES, forward: { ...NO_CHOICES.forward, always: { to: "number", number: "202" } } });
  const ref = await given("204");
  assert.ok(house.talking(ref, await house.answerAt("marc")));
  house.sip.peer(ref, "bye");
});

test("a ring group; a customer who hangs up while it rings leaves nothing ringing", async () => {
  house.config.groupRows = [group("301", "all", ["e202", "e203"])];
  const ref = await given("301");
  assert.deepEqual(house.ringing(), ["marc", "nora"]);
  house.sip.peer(ref, "bye");
  await breathe();
  assert.deepEqual([house.ringing(), back], [[], []]);
});

test("outside: at the right of who gives away, shown on the customer's behalf; what cannot be reached comes back", async () => {
  house.trunks.outside = { ok: true, e164: "+33140000000", attempts: [house.trunks.attempt("op")] };
  const ref = await given("0140000000");
  assert.deepEqual(house.trunks.plans.map((plan) => ({ ...(plan as object) })), [{ dialled: "0140000000", callClass: "national", callerNumber: null, callerName: "Léa", account: "e201", anonymous: false, emergency: false, onBehalfOf: { e164: "+33611111111", name: "Ana" } }]);
  const outside = [...house.sip.dialogs.values()].findLast(({ direction }) => direction === "out")!;
  house.sip.peer(outside.ref, { fail: 486 });
  await breathe();
  assert.deepEqual(back.map(({ leg, why }) => [leg.ref, why]), [[ref, "busy"]]);
  assert.deepEqual([...house.trunks.live], []);
});

test("attended: the customer takes the agent's place in the conversation with the consulted; in nobody else's", async () => {
  house.sip.hear = (event) => void (house.exchange.onSip(event) || (event.type === "incoming" ? centre.take(event.ref, event.sdp, () => {}) : centre.onSip(event)));
  const lea = house.dial("lea", "202");
  const marc = await house.answerAt("marc");
  const ref = await given("202", lea);
  assert.ok(house.talking(ref, marc));
  assert.deepEqual([house.status(lea), house.status(marc), house.ringing()], ["ended", null, []]);
  house.sip.peer(marc, "bye");
  await breathe();
  assert.equal(house.status(ref), "ended");
  const [nora, otto] = [house.dial("nora", "204"), await house.answerAt("otto")];
  await given("202", nora);
  assert.ok(house.talking(nora, otto), "a conversation of others is not theirs to give");
  assert.deepEqual(house.ringing(), ["marc"]);
});

test("whom one may give a customer to: extensions, groups, outside by one's class; never oneself, a code, a room, the centre", () => {
  house.trunks.outside = { ok: true, e164: "+33140000000", attempts: [] };
  house.config.groupRows = [group("301", "all", [])];
  const ask = (typed: string, by = "u201"): unknown => {
    const found = house.exchange.handOverTarget(by, typed);
    return found.ok ? found.to : found.code;
  };
  assert.deepEqual(ask("202"), { number: "202", name: "Marc" });
  assert.deepEqual(ask("marc"), { number: "202", name: "Marc" });
  assert.deepEqual(ask("301"), { number: "301", name: "Sales" });
  assert.deepEqual(ask("01 40 00 00 00"), { number: "0140000000", name: "" });
  for (const typed of ["201", "*5", "3000", "nobody", "12"]) assert.equal(ask(typed), "unknown-target", typed);
  assert.equal(ask("0140000000", "u-without-extension"), "not-allowed-outside");
  house.config.rows[0]!.callClass = "internal";
  assert.equal(ask("0140000000"), "not-allowed-outside");
  house.config.rows[0]!.callClass = "national";
  house.trunks.outside = { ok: false, status: 403, why: "not-allowed" };
  assert.equal(ask("0044207946000"), "not-allowed-outside");
  house.trunks.outside = { ok: false, status: 404, why: "no-route" };
  assert.equal(ask("0044207946000"), "unknown-target");
});
