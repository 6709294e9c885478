import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { ExtensionChoices } from "@tandem/protocol";
import { breathe } from "../voice/fakes.ts";
import { NO_CHOICES } from "./config.ts";
import { closeHouse, group, openHouse, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => closeHouse(house));

function choose(number: string, change: (chosen: ExtensionChoices) => void): void {
  const chosen = structuredClone({ ...NO_CHOICES, voicemail: { on: false, email: null, pin: null } });
  change(chosen);
  house.config.chosen.set(`e${number}`, chosen);
}

/** Two extensions in conversation: the refs of the caller's and the callee's leg. */
async function conversation(from: string, to: string, at: string): Promise<[string, string]> {
  const caller = house.dial(from, to);
  const callee = await house.answerAt(at);
  assert.ok(house.talking(caller, callee), "no conversation");
  return [caller, callee];
}

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
  const [caller, callee] = await conversation("lea", "202", "marc");
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
  choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "203" }));
  house.dial("lea", "202");
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  assert.deepEqual(house.sip.dialogs.get(house.legAt("nora"))?.invite?.history, [{ user: "202", host: "", why: "unconditional" }]);
  choose("203", (chosen) => (chosen.forward.always = { to: "number", number: "202" }));
  assert.equal(house.status(house.dial("otto", "202")), 483);
});

test("RFC 5359 2.8 and 2.9: forward when busy and when nobody answers, each to its own place", async () => {
  choose("202", (chosen) => {
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
  choose("202", (chosen) => (chosen.doNotDisturb = true));
  assert.equal(house.status(house.dial("lea", "202")), 486);
  assert.equal(house.exchange.state("e202"), "away");
});

test("call waiting: a second caller rings through, a third finds it busy", async () => {
  const [, marc] = await conversation("lea", "202", "marc");
  house.dial("nora", "202");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"]);
  await house.answerAt("marc");
  assert.equal(house.status(house.dial("otto", "202")), 486);
  assert.ok(marc);
});

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
  choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "0612345678" }));
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
  choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "301" }));
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

test("RFC 5359 2.12: a group rings all free members together, one after another, or in turn; nobody there: elsewhere", async () => {
  house.config.groupRows = [group("301", "all", ["e201", "e202", "e203"], { to: "number", number: "204" }), group("302", "hunt", ["e202", "e203"]), group("303", "round", ["e202", "e203"])];
  choose("203", (chosen) => (chosen.doNotDisturb = true));
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

test("RFC 5359 2.4: blind transfer: the transferor hears how it goes and is let go, the parties talk", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  house.refer(marc, "203");
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  house.media.tell({ type: "mediaStarted", id: lea });
  await breathe();
  assert.deepEqual(house.heardBy(lea), ["music"]);
  assert.deepEqual(house.sip.dialogs.get(house.legAt("nora"))?.invite?.from.user, "201");
  const nora = await house.answerAt("nora");
  assert.ok(house.talking(lea, nora));
  assert.deepEqual(house.heardBy(lea), []);
  assert.deepEqual(house.progress(marc), [180, 200]);
  house.clock.advance(4_000);
  assert.equal(house.status(marc), "ended");
});

test("a blind transfer that fails gives the party back to the transferor, by a new ring when they have hung up", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  house.refer(marc, "203");
  await breathe();
  house.sip.peer(house.legAt("nora"), { fail: 486 });
  await breathe();
  assert.deepEqual(house.progress(marc), [486]);
  assert.ok(house.talking(lea, marc));
  house.refer(marc, "203");
  await breathe();
  house.sip.peer(marc, "bye");
  house.sip.peer(house.legAt("nora"), { fail: 486 });
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"], "recall");
  const again = await house.answerAt("marc");
  assert.ok(house.talking(lea, again));
});

test("RFC 5359 2.5: attended transfer, from either side of the first call, puts the far ends together", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  const [consult, nora] = await conversation("marc", "203", "nora");
  house.refer(marc, "203", consult);
  await breathe();
  assert.ok(house.talking(lea, nora));
  assert.deepEqual([house.status(consult), house.progress(marc)], ["ended", [200]]);
  const [consult2, otto] = await conversation("nora", "204", "otto");
  house.refer(nora, "204", consult2);
  await breathe();
  assert.ok(house.talking(lea, otto), "and again, from the callee's side");
});

test("early attended transfer: the transferee takes the place of who dialled while it still rings", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  const consult = house.dial("marc", "203");
  await breathe();
  house.sip.peer(house.legAt("nora"), "ringing");
  house.refer(marc, "203", consult);
  await breathe();
  assert.equal(house.status(consult), 487);
  const nora = await house.answerAt("nora");
  assert.ok(house.talking(lea, nora));
});

test("a caller from outside transfers nobody, and a Replaces that names nothing is refused", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  const ana = house.sip.incoming("0170000202");
  const marc = await house.answerAt("marc");
  const refusals = (): number[] => house.sip.commands.flatMap((command) => (command.type === "refuseRefer" ? [command.status] : []));
  house.refer(ana, "0612345678");
  house.refer(marc, "203", "nothing");
  house.refer(marc, "203", marc);
  house.refer(marc, "203", ana);
  assert.deepEqual(refusals(), [403, 481, 481, 400]);
  assert.ok(house.talking(ana, marc));
});

test("RFC 5359 2.16: pick-up by code in one's own group only, and by a busy-lamp key (Replaces)", async () => {
  const caller = house.dial("otto", "202");
  await breathe();
  const ringing = house.legAt("marc");
  house.sip.peer(ringing, "ringing");
  const stranger = house.dial("nora", "*8");
  await breathe();
  assert.deepEqual(await house.listen(stranger), ["Aucun appel à intercepter."]);
  assert.equal(house.status(house.dial("nora", "202", { replaces: ringing })), 603);
  const lea = house.dial("lea", "*8202");
  await breathe();
  assert.ok(house.talking(caller, lea));
  assert.deepEqual(house.ringing(), []);
  house.sip.peer(lea, "bye");
  const again = house.dial("otto", "202");
  await breathe();
  const key = house.dial("lea", "202", { replaces: house.legAt("marc") });
  await breathe();
  assert.ok(house.talking(again, key));
});

test("an INVITE with Replaces takes a conversation to another telephone of the same holder; nobody else's, who may have seen it ring", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  for (const other of ["nora", "otto", "lea"]) assert.equal(house.status(house.dial(other, "202", { replaces: marc })), 603, other);
  assert.ok(house.talking(lea, marc));
  const desk = house.dial("marc", "202", { replaces: marc });
  await breathe();
  assert.ok(house.talking(lea, desk));
  assert.equal(house.status(marc), "ended");
  assert.equal(house.status(house.sip.incoming("202", { replaces: lea })), 403, "a stranger who guessed a dialog");
});

test("RFC 5359 2.15: parked in a slot with music, fetched by dialling it; forgotten, it rings the parker; nobody there, it waits on", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  house.refer(marc, "705");
  await breathe();
  assert.deepEqual(house.progress(marc), [200]);
  assert.deepEqual(house.exchange.parked(), [{ slot: "705", number: "201", name: "Léa" }]);
  house.clock.advance(5_000);
  assert.deepEqual((await house.listen(lea)).at(-1), "music");
  const empty = house.dial("otto", "706");
  await breathe();
  assert.deepEqual(await house.listen(empty), ["No call is parked at this number."]);
  const nora = house.dial("nora", "705");
  await breathe();
  assert.ok(house.talking(lea, nora));
  house.refer(nora, "705");
  await breathe();
  house.clock.advance(120_000);
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"], "back to the parker");
  house.clock.advance(20_000);
  await breathe();
  assert.deepEqual(house.exchange.parked().map(({ slot }) => slot), ["705"]);
  house.sip.peer(lea, "bye");
  assert.deepEqual(house.exchange.parked(), []);
});

test("*5 parks in the first free slot and says which: to a blind transfer and to a consultation", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  house.media.tell({ type: "mediaStarted", id: marc });
  house.refer(marc, "*5");
  await breathe();
  assert.deepEqual(house.heardBy(marc), ["Appel parqué au 7 0 1."]);
  assert.deepEqual(house.progress(marc), []);
  await house.listen(marc);
  assert.deepEqual(house.progress(marc), [200]);
  const [nora, otto] = await conversation("nora", "204", "otto");
  const consult = house.dial("nora", "*5");
  await breathe();
  assert.deepEqual(await house.listen(consult), ["Place de parcage 7 0 2. Transférez l'appel.", "music"]);
  house.refer(nora, "*5", consult);
  await breathe();
  assert.deepEqual(house.exchange.parked().map(({ slot, number }) => [slot, number]), [["701", "201"], ["702", "204"]]);
  assert.ok(lea && otto);
});

test("star codes switch what their holder set, and say so in the holder's language", async () => {
  const say = async (account: string, code: string): Promise<string> => {
    const ref = house.dial(account, code);
    await breathe();
    return (await house.listen(ref)).join(" ");
  };
  assert.equal(await say("lea", "*21*203#"), "Renvoi activé vers 2 0 3.");
  assert.equal(await say("otto", "*67*+33612345678%23"), "Calls are forwarded to 3 3 6 1 2 3 4 5 6 7 8.");
  assert.deepEqual(house.config.as().choices("e201").forward.always, { to: "number", number: "203" });
  assert.equal(await say("lea", "*61*700#"), "Renvoi activé vers 7 0 0.");
  assert.deepEqual(house.config.as().choices("e201").forward.noAnswer, { to: "voicemail", extensionId: "e201" });
  assert.equal(await say("lea", "*21*201#"), "Ce réglage n'est pas possible.", "to oneself");
  assert.equal(await say("lea", "#21#"), "Renvoi désactivé.");
  assert.equal(await say("lea", "##002#"), "Tous les renvois sont désactivés.");
  assert.deepEqual(house.config.as().choices("e201").forward, { always: null, busy: null, noAnswer: null, unreachable: null });
  assert.equal(await say("lea", "*78"), "Ne pas déranger : activé.");
  assert.equal(house.config.as().choices("e201").doNotDisturb, true);
  assert.equal(await say("lea", "*79"), "Ne pas déranger : désactivé.");
});

test("speed dials, intercom, withheld numbers, and whom I missed last", async () => {
  house.config.dials = [{ id: "d", code: "1", name: "Nora", number: "203", userId: "u201" }];
  house.dial("lea", "*01");
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  assert.equal(house.status(house.dial("marc", "*01")), 404, "mine, not everybody's");
  house.dial("otto", "**202");
  await breathe();
  assert.match(house.sip.dialogs.get(house.legAt("marc"))?.invite?.headers?.["Call-Info"] ?? "", /answer-after=0/);
  house.trunks.outside = { ok: true, e164: "+33612345678", attempts: [house.trunks.attempt("t1")] };
  house.dial("otto", "#31#0612345678");
  assert.equal((house.trunks.plans.at(-1) as { anonymous: boolean }).anonymous, true);
  await house.exchange.stop();
});

test("*69 calls whom I missed last", async () => {
  const caller = house.dial("otto", "201");
  await breathe();
  house.sip.peer(house.legAt("lea"), "ringing");
  house.sip.peer(caller, "cancel");
  await breathe();
  house.dial("lea", "*69");
  await breathe();
  assert.deepEqual(house.ringing(), ["otto"]);
});

test("RFC 5359 2.17: *66 rings me when the one I called in vain is free, then calls them", async () => {
  const [lea] = await conversation("lea", "202", "marc");
  await conversation("otto", "202", "marc");
  assert.equal(house.status(house.dial("nora", "202")), 486);
  const asked = house.dial("nora", "*66");
  await breathe();
  assert.deepEqual(await house.listen(asked), ["Vous serez rappelé dès que la ligne sera libre."]);
  house.clock.advance(5_000);
  assert.deepEqual(house.ringing(), [], "still busy");
  house.sip.peer(lea, "bye");
  for (const { ref } of house.sip.alive().filter(({ account }) => account === "otto")) house.sip.peer(ref, "bye");
  house.clock.advance(5_000);
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  const nora = await house.answerAt("nora");
  const marc = await house.answerAt("marc");
  assert.ok(house.talking(nora, marc));
});

test("RFC 5359 2.18: click to dial rings my phone first, by the API and by REFER outside a dialog", async () => {
  assert.equal(house.exchange.dial("e201", "203", null), true);
  await breathe();
  assert.deepEqual(house.ringing(), ["lea"]);
  const lea = await house.answerAt("lea");
  const nora = await house.answerAt("nora");
  assert.ok(house.talking(lea, nora));
  house.sip.hear({ type: "refer", ref: "r1", target: { user: "204", host: "tandem.local", raw: "", replaces: null }, referredBy: null, inDialog: false, from: { user: "marc", host: "", display: "", account: "marc" } });
  await house.answerAt("marc");
  await house.answerAt("otto");
  assert.deepEqual(house.progress("r1"), [180, 200]);
});

test("a call that goes on to the centre is handed over whole, unanswered and from within a conversation", async () => {
  choose("202", (chosen) => (chosen.forward.always = { to: "number", number: "3000" }));
  const caller = house.dial("nora", "202");
  assert.deepEqual(house.given.map(({ ref, to }) => [ref, to.user]), [[caller, "3000"]]);
  assert.equal(house.exchange.counts().parties, 0);
  const [lea, otto] = await conversation("lea", "204", "otto");
  house.refer(otto, "3000");
  await breathe();
  assert.deepEqual(house.given.at(-1)?.from, { user: "201", host: "", display: "Léa", account: null });
  assert.equal(house.given.at(-1)?.ref, lea);
  assert.deepEqual(house.progress(otto), [200]);
  house.media.close(lea); // the centre's now
});

test("too many legs at a time: the next caller hears 503, those who talk talk on", async () => {
  const [lea, marc] = await conversation("lea", "202", "marc");
  await house.exchange.stop();
  assert.equal(house.status(house.dial("nora", "204")), 503);
  assert.deepEqual([house.status(lea), house.status(marc)], ["ended", "ended"], "a stop says goodbye");
});
