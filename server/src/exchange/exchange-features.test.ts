/** What holders do with a call: transfer, pick-up, parking, star codes, call-back, click to dial. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { closeHouse, openHouse, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => closeHouse(house));

test("RFC 5359 2.4: blind transfer: the transferor hears how it goes and is let go, the parties talk", async () => {
  const [lea, marc] = await house.conversation("lea", "202", "marc");
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
  const [lea, marc] = await house.conversation("lea", "202", "marc");
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
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  const [consult, nora] = await house.conversation("marc", "203", "nora");
  house.refer(marc, "203", consult);
  await breathe();
  assert.ok(house.talking(lea, nora));
  assert.deepEqual([house.status(consult), house.progress(marc)], ["ended", [200]]);
  const [consult2, otto] = await house.conversation("nora", "204", "otto");
  house.refer(nora, "204", consult2);
  await breathe();
  assert.ok(house.talking(lea, otto), "and again, from the callee's side");
});

test("early attended transfer: the transferee takes the place of who dialled while it still rings", async () => {
  const [lea, marc] = await house.conversation("lea", "202", "marc");
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
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  for (const other of ["nora", "otto", "lea"]) assert.equal(house.status(house.dial(other, "202", { replaces: marc })), 603, other);
  assert.ok(house.talking(lea, marc));
  const desk = house.dial("marc", "202", { replaces: marc });
  await breathe();
  assert.ok(house.talking(lea, desk));
  assert.equal(house.status(marc), "ended");
  assert.equal(house.status(house.sip.incoming("202", { replaces: lea })), 403, "a stranger who guessed a dialog");
});

test("RFC 5359 2.15: parked in a slot with music, fetched by dialling it; forgotten, it rings the parker; nobody there, it waits on", async () => {
  const [lea, marc] = await house.conversation("lea", "202", "marc");
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
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  house.media.tell({ type: "mediaStarted", id: marc });
  house.refer(marc, "*5");
  await breathe();
  assert.deepEqual(house.heardBy(marc), ["Appel parqué au 7 0 1."]);
  assert.deepEqual(house.progress(marc), []);
  await house.listen(marc);
  assert.deepEqual(house.progress(marc), [200]);
  const [nora, otto] = await house.conversation("nora", "204", "otto");
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
  const [lea] = await house.conversation("lea", "202", "marc");
  await house.conversation("otto", "202", "marc");
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
