/** Who may have what, and who pays: mailboxes, other people's conversations, the outside line, the rules about callers. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { NO_CHOICES } from "./config.ts";
import { closeHouse, group, openHouse, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => closeHouse(house));

const refusals = (): number[] => house.sip.commands.flatMap((command) => (command.type === "refuseRefer" ? [command.status] : []));

/** Léa talks to an outside number: her leg and that one. */
async function outsideCall(): Promise<[string, string]> {
  house.trunks.outside = { ok: true, e164: "+33612345678", attempts: [house.trunks.attempt("t1")] };
  const lea = house.dial("lea", "0612345678");
  await breathe();
  const outside = house.sip.alive().findLast(({ direction }) => direction === "out")!.ref;
  house.sip.peer(outside, "answer");
  await breathe();
  assert.ok(house.talking(lea, outside));
  return [lea, outside];
}

test("who is transferred to the voicemail number is asked for number and code: the mailbox of who transferred is not open to them", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  house.config.chosen.set("e202", { ...NO_CHOICES, voicemail: { on: true, email: null, pin: "4711" } });
  const ana = house.sip.incoming("0170000202", { from: "+33611111111" });
  const marc = await house.answerAt("marc");
  house.refer(marc, "700");
  await breathe();
  assert.deepEqual(await house.listen(ana, "numéro"), ["Tapez le numéro de votre poste, puis dièse."]);
  assert.deepEqual(house.progress(marc), [200], "the transferor is let go");
  await house.key(ana, "202#");
  await house.key(ana, "4711#");
  assert.deepEqual(await house.listen(ana, "message"), ["Vous n'avez aucun message.", "Pour écouter, tapez 1. Pour effacer, 7. Pour conserver, 9. Message suivant, dièse. Pour votre annonce, étoile."]);
});

test("a colleague's conversation is nobody's consultation: neither a transfer nor a meeting takes it away", async () => {
  house.config.roomRows = [{ id: "r400", number: "400", name: "Atelier", pin: null, moderatorPin: null, maxMembers: 9 }];
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  const [nora, otto] = await house.conversation("nora", "204", "otto");
  house.refer(nora, "202", marc);
  await breathe();
  assert.deepEqual(refusals(), [403]);
  assert.ok(house.talking(lea, marc) && house.talking(nora, otto));
  const inRoom = house.dial("nora", "400");
  await breathe();
  house.refer(inRoom, "202", marc);
  await breathe();
  assert.deepEqual(refusals(), [403, 403]);
  assert.ok(house.talking(lea, marc));
});

test("a colleague's ringing phone is not taken by an attended transfer either", async () => {
  const [nora, otto] = await house.conversation("nora", "204", "otto");
  house.dial("lea", "202");
  await breathe();
  house.sip.peer(house.legAt("marc"), "ringing");
  house.refer(nora, "202", house.legAt("marc"));
  await breathe();
  assert.deepEqual(refusals(), [403]);
  assert.deepEqual(house.ringing(), ["marc"]);
  assert.ok(house.talking(nora, otto));
});

test("what an outside leg costs is counted as long as it lives: parked, transferred, held by somebody else", async () => {
  const [lea, outside] = await outsideCall();
  house.refer(lea, "705");
  await breathe();
  assert.deepEqual(house.exchange.parked().map(({ slot }) => slot), ["705"]);
  assert.deepEqual([...house.trunks.live], [[outside, "t1"]], "parked");
  house.sip.peer(lea, "bye");
  const nora = house.dial("nora", "705");
  await breathe();
  assert.ok(house.talking(nora, outside));
  assert.equal(house.trunks.live.size, 1, "fetched");
  house.refer(nora, "202");
  const marc = await house.answerAt("marc");
  assert.ok(house.talking(outside, marc));
  assert.equal(house.trunks.live.size, 1, "transferred");
  house.sip.peer(marc, "bye");
  await breathe();
  assert.equal(house.trunks.live.size, 0);
});

test("attended transfer of an outside call: counted until it ends", async () => {
  const [lea, outside] = await outsideCall();
  const [consult, marc] = await house.conversation("lea", "202", "marc");
  house.refer(lea, "202", consult);
  await breathe();
  assert.ok(house.talking(outside, marc));
  assert.equal(house.trunks.live.size, 1);
  house.sip.peer(outside, "bye");
  await breathe();
  assert.equal(house.trunks.live.size, 0);
});

test("a rule of the whole house that sends everybody to one extension, or to a group, lets them in there", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  const rule = { id: "1", position: 1, extensionId: null, hours: null, note: "", caller: "any" };
  house.config.rules = [{ ...rule, action: { do: "send", destination: { to: "number", number: "203" } } }];
  house.sip.incoming("0170000202", { from: "+33611111111" });
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
  house.config.groupRows = [group("301", "all", ["e201", "e204"])];
  house.config.rules = [{ ...rule, action: { do: "send", destination: { to: "number", number: "301" } } }];
  house.sip.incoming("0170000202", { from: "+33611111112" });
  await breathe();
  assert.deepEqual(house.ringing(), ["lea", "nora", "otto"]);
});

test("two rules that send callers round in a circle end by letting them in, not by ringing for ever", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  const rule = { hours: null, note: "", caller: "any" };
  house.config.rules = [
    { ...rule, id: "1", position: 1, extensionId: "e202", action: { do: "send", destination: { to: "number", number: "203" } } },
    { ...rule, id: "2", position: 2, extensionId: "e203", action: { do: "send", destination: { to: "number", number: "202" } } },
  ];
  house.sip.incoming("0170000202", { from: "+33611111111" });
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"]);
});

test("a number of the centre's that extensions show when they call is answered by the centre", () => {
  house.config.rows[1]!.callerNumber = "+33170003000";
  assert.equal(house.exchange.isPublic("0170003000"), false);
  const ref = house.sip.incoming("0170003000", { from: "+33611111111" });
  assert.equal(house.status(ref), null);
  assert.equal(house.exchange.counts().parties, 0, "not the exchange's");
});

test("a customer who is forwarded outside: the line of the history is theirs, not that of who is called", async () => {
  house.trunks.outside = { ok: true, e164: "+33612345678", attempts: [house.trunks.attempt("t1")] };
  house.config.rows[1]!.callerNumber = "+33170000202";
  house.config.chosen.set("e202", { ...NO_CHOICES, forward: { ...NO_CHOICES.forward, always: { to: "number", number: "0612345678" } } });
  const ana = house.sip.incoming("0170000202", { from: "+33611111111" });
  await breathe();
  assert.deepEqual(house.ringing(), ["outside"]);
  house.sip.peer(ana, "cancel");
  await breathe();
  assert.deepEqual(house.records.map(({ direction, customerId }) => [direction, customerId]), [["in", "cus_ana"]]);
});

test("a program that asks to dial again and again rings its user's phone so often and no more", async () => {
  const asked = Array.from({ length: 30 }, () => house.exchange.dial("e201", "203", null));
  await breathe();
  assert.equal(asked.filter((rings) => rings).length, 20);
  assert.equal(house.ringing().length, 20);
  house.clock.advance(20_000);
  await breathe();
  assert.equal(house.exchange.dial("e201", "203", null), true, "afterwards again");
});

test("a rule that names one of the house keeps them from a group, too", async () => {
  house.config.groupRows = [group("301", "all", ["e202", "e203"])];
  house.config.rules = [{ id: "1", position: 1, extensionId: null, hours: null, note: "", caller: "201", action: { do: "block" } }];
  assert.equal(house.status(house.dial("lea", "301")), 403);
  assert.deepEqual(house.ringing(), []);
  house.dial("otto", "301");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc", "nora"]);
});
