/** Calls to the outside and from it: trunks, rights, who the caller is, whether they are let in. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { closeHouse, group, openHouse, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => closeHouse(house));

test("outside: trunks one after another, the number and class asked once, early media passed on", async () => {
  house.trunks.outside = { ok: true, e164: "+33170000001", attempts: [house.trunks.attempt("t1"), house.trunks.attempt("t2")] };
  const caller = house.dial("lea", "0170000001");
  await breathe();
  const first = [...house.sip.dialogs.values()].at(-1)!;
  assert.deepEqual(first.invite?.target, { uri: "sip:x@t1" });
  assert.deepEqual([...house.trunks.live.values()], ["t1"]);
  house.sip.peer(first.ref, { fail: 503 });
  await breathe();
  const second = [...house.sip.dialogs.values()].at(-1)!;
  assert.deepEqual(second.invite?.target, { uri: "sip:x@t2" });
  house.sip.hear({ type: "ringing", ref: second.ref, status: 183, sdp: "early" });
  await breathe();
  assert.ok(house.sip.commands.some((command) => command.type === "progress" && command.ref === caller && command.status === 183 && command.sdp !== undefined));
  assert.ok(house.talking(caller, second.ref), "early media is heard");
  house.sip.peer(second.ref, "answer");
  await breathe();
  assert.ok(house.talking(caller, second.ref));
  house.sip.peer(caller, "bye");
  await breathe();
  const [record] = house.records;
  assert.deepEqual([record?.direction, record?.toNumber, record?.trunkId, record?.result], ["out", "0170000001", "t2", "answered"]);
  assert.deepEqual(house.trunks.plans.length, 1);
});

test("a busy outside number is not tried by the next trunk; the operator's word reaches the caller", async () => {
  house.trunks.outside = { ok: true, e164: "+33170000001", attempts: [house.trunks.attempt("t1"), house.trunks.attempt("t2")] };
  const caller = house.dial("lea", "0170000001");
  await breathe();
  house.sip.peer([...house.sip.dialogs.values()].at(-1)!.ref, { fail: 486 });
  await breathe();
  assert.equal(house.status(caller), 486);
});

test("SRTP that is offered and not wanted is offered no more, on the same trunk", async () => {
  house.trunks.outside = { ok: true, e164: "+33170000001", attempts: [house.trunks.attempt("t1", "offered")] };
  house.dial("lea", "0170000001");
  await breathe();
  assert.equal(house.media.offered.at(-1)?.kind, "srtp");
  house.sip.peer([...house.sip.dialogs.values()].at(-1)!.ref, { fail: 488 });
  await breathe();
  assert.equal(house.media.offered.at(-1)?.kind, "rtp");
});

test("RFC 5359 2.14: an internal extension calls nobody outside, but help always; a caller from outside never gets an outside line", async () => {
  house.config.rows[0]!.callClass = "internal";
  house.trunks.outside = { ok: true, e164: "112", attempts: [house.trunks.attempt("t1")] };
  assert.equal(house.status(house.dial("lea", "0612345678")), 403);
  house.dial("lea", "112");
  await breathe();
  assert.deepEqual(house.ringing(), ["outside"]);
  house.config.rows[1]!.callerNumber = "+33170000202";
  house.config.rows[1]!.callClass = "internal";
  house.choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "0612345678" }));
  assert.equal(house.status(house.sip.incoming("0170000202")), 403, "the forwarder's right counts");
});

test("from outside: an extension's own number rings it; short numbers are not for strangers", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  assert.equal(house.exchange.isPublic("0170000202"), true);
  assert.equal(house.exchange.isPublic("202"), false);
  house.sip.incoming("0170000202", { from: "+33611111111", display: "Ana" });
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"]);
  const ref = house.sip.incoming("202");
  assert.equal(house.exchange.counts().parties, 2, "the second is not the exchange's");
  assert.equal(house.status(ref), null);
  house.sip.peer(house.legAt("marc"), { fail: 486 });
  await breathe();
  assert.deepEqual([house.records[0]?.direction, house.records[0]?.customerId], ["in", "cus_ana"]);
});

test("a stranger who gives a number of the house is shown as withheld", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  house.sip.incoming("0170000202", { from: "203", display: "Nora" });
  await breathe();
  assert.deepEqual(house.sip.dialogs.get(house.legAt("marc"))?.invite?.from, { user: "anonymous", display: "" });
});

test("a group's overflow reaches an outside number also for callers from outside: an administrator sent them; a phone without an extension gets help", async () => {
  house.trunks.outside = { ok: true, e164: "+33612345678", attempts: [house.trunks.attempt("t1")] };
  house.config.rows[1]!.callerNumber = "+33170000202";
  house.choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "301" }));
  house.config.groupRows = [group("301", "all", [], { to: "number", number: "+33612345678" })];
  house.sip.incoming("0170000202", { from: "+33611111111" });
  await breathe();
  assert.deepEqual(house.ringing(), ["outside"]);
  assert.deepEqual((house.trunks.plans.at(-1) as { onBehalfOf?: unknown }).onBehalfOf, { e164: "+33611111111", name: "" });
  house.config.rows[0]!.userId = "nobody"; // lea has no extension now
  assert.equal(house.status(house.dial("lea", "0612345678")), 403);
  house.dial("lea", "112");
  await breathe();
  assert.equal((house.trunks.plans.at(-1) as { emergency: boolean }).emergency, true);
  assert.deepEqual(house.ringing(), ["outside", "outside"]);
});

test("RFC 5359 2.13: the caller is judged before anything rings: blocked, withheld, sent elsewhere by the hour", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  const rule = { position: 1, extensionId: null, hours: null, note: "" };
  house.config.rules = [
    { ...rule, id: "1", caller: "+33699", action: { do: "block" } },
    { ...rule, id: "2", caller: "anonymous", action: { do: "block" } },
    { ...rule, id: "3", caller: "any", extensionId: "e202", hours: { days: [1, 2, 3, 4, 5], fromMinute: 600, untilMinute: 720 }, action: { do: "send", destination: { to: "number", number: "203" } } },
  ];
  assert.equal(house.status(house.sip.incoming("0170000202", { from: "+33699000000" })), 403);
  assert.equal(house.status(house.sip.incoming("0170000202", { from: "anonymous" })), 433);
  await breathe();
  assert.deepEqual(house.records.map((record) => record.result), ["blocked", "blocked"]);
  assert.deepEqual(house.ringing(), []);
  house.sip.incoming("0170000202", { from: "+33611111111" });
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"], "at 10:00 in Paris");
  house.clock.advance(3 * 3_600_000);
  house.sip.incoming("0170000202", { from: "+33611111112" });
  await breathe();
  assert.ok(house.ringing().includes("marc"), "at 13:00");
});
