/** From a number dialled inside to a conversation: phones, forwards, groups; and on to the centre. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { closeHouse, group, openHouse, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => closeHouse(house));

test("extension to extension: rings there with the caller's name, answered, hung up, kept in the history", async () => {
  const caller = house.dial("lea", "202");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"]);
  const callee = house.legAt("marc");
  assert.deepEqual(house.sip.dialogs.get(callee)?.invite?.from, { user: "201", display: "Léa" });
  assert.equal(house.sip.dialogs.get(callee)?.invite?.maxForwards, 69);
  assert.equal(house.sip.commands.some((command) => command.type === "progress"), false, "no ringback before anything rings");
  house.sip.peer(callee, "ringing");
  assert.ok(house.sip.commands.some((command) => command.type === "progress" && command.ref === caller && command.status === 180));
  assert.deepEqual(["201", "202", "203"].map((number) => house.exchange.state(`e${number}`)), ["busy", "ringing", "free"]);
  house.clock.advance(3_000);
  house.sip.peer(callee, "answer");
  await breathe();
  assert.ok(house.talking(caller, callee));
  assert.equal(house.exchange.busyElsewhere("u202"), true);
  house.clock.advance(60_000);
  house.sip.peer(callee, "bye");
  await breathe();
  assert.equal(house.status(caller), "ended");
  const [record] = await house.exchange.history({ extensionId: "e202", before: Infinity, limit: 10 });
  assert.deepEqual([record?.fromNumber, record?.toNumber, record?.direction, record?.result, record && record.endedAtMs! - record.answeredAtMs!], ["201", "202", "internal", "answered", 60_000]);
  assert.deepEqual(["201", "202"].map((number) => house.exchange.state(`e${number}`)), ["free", "free"]);
});

test("a caller who gives up leaves no ringing phone; the callee sees a missed call", async () => {
  const caller = house.dial("lea", "202");
  await breathe();
  house.sip.peer(house.legAt("marc"), "ringing");
  house.sip.peer(caller, "cancel");
  await breathe();
  assert.deepEqual(house.ringing(), []);
  assert.equal(house.records[0]?.result, "missed");
  assert.deepEqual(house.records[0]?.extensionIds, ["e201", "e202"]);
});

test("RFC 5359 2.1 and 2.3: who is put on hold hears music until they are taken back", async () => {
  const [caller, callee] = await house.conversation("lea", "202", "marc");
  house.media.tell({ type: "mediaStarted", id: callee });
  house.media.remoteHolds = true;
  house.sip.peer(caller, "offer");
  await breathe();
  assert.deepEqual([house.heardBy(callee), house.heardBy(caller)], [["music"], []]);
  house.media.remoteHolds = false;
  house.sip.peer(caller, "offer");
  await breathe();
  assert.deepEqual(house.heardBy(callee), []);
  assert.ok(house.talking(caller, callee));
});

test("busy, declined, no answer and absent give the caller the right word", async () => {
  const tries: [string, (ref: string) => void, number][] = [
    ["busy", (ref) => house.sip.peer(ref, { fail: 486 }), 486],
    ["declined", (ref) => house.sip.peer(ref, { fail: 603 }), 603],
    ["no answer", () => house.clock.advance(20_000), 480],
  ];
  for (const [name, happens, status] of tries) {
    const caller = house.dial("lea", "202");
    await breathe();
    house.sip.peer(house.legAt("marc"), "ringing");
    happens(house.legAt("marc"));
    await breathe();
    assert.equal(house.status(caller), status, name);
  }
  house.sip.registered.set("marc", []);
  assert.equal(house.status(house.dial("lea", "202")), 480);
  assert.equal(house.status(house.dial("lea", "299")), null, "of nobody: the room voice says so");
  await breathe();
  assert.deepEqual(house.records.map((record) => record.result).slice(0, 4), ["busy", "declined", "missed", "unreachable"]);
});

test("RFC 5359 2.7: forward always; who forwards is told to the next phone, and a circle of forwards ends", async () => {
  house.choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "203" }));
  house.dial("lea", "202");
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  assert.deepEqual(house.sip.dialogs.get(house.legAt("nora"))?.invite?.history, [{ user: "202", host: "", why: "unconditional" }]);
  house.choose("203", (chosen) => (chosen.forward.always = { to: "number", number: "202" }));
  assert.equal(house.status(house.dial("otto", "202")), 483);
});

test("RFC 5359 2.8 and 2.9: forward when busy and when nobody answers, each to its own place", async () => {
  house.choose("202", (chosen) => {
    chosen.forward.busy = { to: "number", number: "203" };
    chosen.forward.noAnswer = { to: "number", number: "204" };
    chosen.forward.unreachable = { to: "number", number: "201" };
  });
  house.dial("lea", "202");
  await breathe();
  house.sip.peer(house.legAt("marc"), { fail: 486 });
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  assert.equal(house.sip.dialogs.get(house.legAt("nora"))?.invite?.history?.[0]?.why, "user-busy");
  house.dial("lea", "202");
  await breathe();
  house.clock.advance(20_000);
  await breathe();
  assert.ok(house.ringing().includes("otto"));
  house.sip.registered.set("marc", []);
  house.dial("otto", "202");
  await breathe();
  assert.ok(house.ringing().includes("lea"));
});

test("a phone that sends the call on by itself (302) forwards it at its holder's right", async () => {
  house.dial("lea", "202");
  await breathe();
  const ref = house.legAt("marc");
  house.sip.dialogs.get(ref)!.state = "gone";
  house.sip.hear({ type: "failed", ref, status: 302, reason: "", contacts: [{ uri: "sip:203@tandem.local", user: "203", host: "tandem.local" }] });
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
});

test("do not disturb: the phone does not ring, callers hear busy", async () => {
  house.choose("202", (chosen) => (chosen.doNotDisturb = true));
  assert.equal(house.status(house.dial("lea", "202")), 486);
  assert.equal(house.exchange.state("e202"), "away");
});

test("call waiting: a second caller rings through, a third finds it busy", async () => {
  const [, marc] = await house.conversation("lea", "202", "marc");
  house.dial("nora", "202");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"]);
  await house.answerAt("marc");
  assert.equal(house.status(house.dial("otto", "202")), 486);
  assert.ok(marc);
});

test("RFC 5359 2.12: a group rings all free members together, one after another, or in turn; nobody there: elsewhere", async () => {
  house.config.groupRows = [group("301", "all", ["e201", "e202", "e203"], { to: "number", number: "204" }), group("302", "hunt", ["e202", "e203"]), group("303", "round", ["e202", "e203"])];
  house.choose("203", (chosen) => (chosen.doNotDisturb = true));
  const all = house.dial("otto", "301");
  await breathe();
  assert.deepEqual(house.ringing(), ["lea", "marc"]);
  await house.answerAt("marc");
  assert.deepEqual(house.ringing(), []);
  const lea = house.legAt("lea");
  assert.ok(house.sip.commands.some((command) => command.type === "hangUp" && command.ref === lea && command.causes?.[0]?.cause === 200), "answered elsewhere is no missed call");
  house.sip.peer(all, "bye");
  house.config.chosen.clear();
  house.dial("otto", "302");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"]);
  house.clock.advance(15_000);
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  house.clock.advance(15_000);
  await breathe();
  const first = house.dial("otto", "303");
  await house.answerAt("marc");
  house.sip.peer(first, "bye");
  await breathe();
  house.dial("otto", "303");
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"], "after the one who answered last");
  house.sip.registered.clear();
  house.sip.registered.set("otto", ["phone"]);
});

test("a call that goes on to the centre is handed over whole, unanswered and from within a conversation", async () => {
  house.choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "3000" }));
  const caller = house.dial("nora", "202");
  assert.deepEqual(house.given.map(({ ref, to }) => [ref, to.user]), [[caller, "3000"]]);
  assert.equal(house.exchange.counts().parties, 0);
  const [lea, otto] = await house.conversation("lea", "204", "otto");
  house.refer(otto, "3000");
  await breathe();
  assert.deepEqual(house.given.at(-1)?.from, { user: "201", host: "", display: "Léa", account: null });
  assert.equal(house.given.at(-1)?.ref, lea);
  assert.deepEqual(house.progress(otto), [200]);
  house.media.close(lea); // the centre's now
});

test("too many legs at a time: the next caller hears 503, those who talk talk on", async () => {
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  await house.exchange.stop();
  assert.equal(house.status(house.dial("nora", "204")), 503);
  assert.deepEqual([house.status(lea), house.status(marc)], ["ended", "ended"], "a stop says goodbye");
});
