import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { openHouse, writeTake, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
  house.sip.registered.set("marc", []);
  house.config.chosen.set("e202", { ...house.config.as().choices("e202"), voicemail: { on: true, email: "marc@halo.example", pin: "4711" } });
});
afterEach(async () => {
  await house.exchange.stop();
  assert.deepEqual(house.exchange.counts(), { meetings: 0, parties: 0, legs: 0, ringing: 0, takes: 0, calls: 0 });
  assert.equal(house.timers(), 0, "timers left");
  house.close();
});

/** The media side has written `ms` of what runs, and says so. */
function recordingEnds(ms: number): void {
  const [id, recording] = [...house.media.recordings].at(-1)!;
  house.media.recordings.delete(id);
  writeTake(recording.paths.mixed);
  house.media.tell({ type: "recordingEnded", recordingId: id, path: recording.paths.stereo, durationMs: ms, bytes: 0 });
}

/** A message of that length for Marc; the caller hangs up after it. */
async function leaveMessage(account: string, ms: number): Promise<void> {
  const caller = house.dial(account, "202");
  await breathe();
  await house.listen(caller);
  recordingEnds(ms);
  house.sip.peer(caller, "bye");
  await breathe();
  await breathe();
}

test("nobody there: greeting, beep, message kept with who called, told by e-mail; the lamp counts it", async () => {
  const lamps: number[] = [];
  house.exchange.onVoicemail((id) => lamps.push(house.exchange.voicemailCounts(id).fresh));
  const caller = house.dial("lea", "202");
  await breathe();
  assert.deepEqual(await house.listen(caller), ["Vous êtes sur la messagerie de Marc. Laissez un message après le signal.", "beep"]);
  assert.equal(house.media.recordings.size, 1);
  assert.deepEqual([...house.media.recordings.values()].map(({ a, b }) => [a, b]), [[caller, null]]);
  await house.key(caller, "#");
  const [message] = await waitFor(() => house.exchange.voicemails("e202"));
  assert.deepEqual([message?.fromNumber, message?.fromName, message?.durationMs, message?.heard], ["201", "Léa", 1_000, false]);
  assert.deepEqual(await house.listen(caller), ["Message enregistré. Au revoir."]);
  assert.deepEqual(house.mails.map(({ to, path }) => [to, path]), [["marc@halo.example", house.exchange.voicemailPath(message!.id)]]);
  assert.deepEqual(lamps, [1]);
  assert.equal(house.records[0]?.result, "voicemail");
});

test("who hangs up at the beep leaves nothing; who hangs up after speaking leaves a message", async () => {
  await leaveMessage("lea", 400);
  assert.deepEqual(await house.exchange.voicemails("e202"), []);
  await leaveMessage("lea", 5_000.625);
  assert.deepEqual((await house.exchange.voicemails("e202")).map(({ durationMs }) => durationMs), [5_001], "whole milliseconds: the media side counts samples");
});

test("a message ends at the house's limit", async () => {
  const caller = house.dial("lea", "202");
  await breathe();
  await house.listen(caller);
  house.clock.advance(180_000);
  await breathe();
  assert.equal(house.media.recordings.size, 0);
  assert.deepEqual(await house.listen(caller), ["Message enregistré. Au revoir."]);
});

test("a caller from outside who is a customer leaves the message in their own name", async () => {
  house.config.rows[1]!.callerNumber = "+33170000202";
  const ana = house.sip.incoming("0170000202", { from: "+33611111111", display: "Ana" });
  await breathe();
  await house.listen(ana);
  recordingEnds(4_000);
  house.sip.peer(ana, "bye");
  const [message] = await waitFor(() => house.exchange.voicemails("e202"));
  assert.equal(message?.customerId, "cus_ana");
});

test("from one's own phone: counted, told by whom and when, heard, deleted; the lamp goes out", async () => {
  await leaveMessage("lea", 5_000);
  await leaveMessage("otto", 6_000);
  house.sip.registered.set("marc", ["phone"]);
  const marc = house.dial("marc", "*97");
  await breathe();
  const menu = await house.listen(marc);
  assert.match(menu[0]!, /^Vous avez 2 nouveaux messages, 2 messages en tout\.$/);
  const before = await house.exchange.voicemails("e202");
  await house.key(marc, "1");
  const heard = house.heardBy(marc);
  assert.match(heard[0]!, /^Message de Léa, le 23 novembre à 10 heures\.$/);
  assert.equal(heard[1], house.exchange.voicemailPath(before[0]!.id));
  assert.deepEqual(house.exchange.voicemailCounts("e202"), { fresh: 1, all: 2 });
  await house.key(marc, "7");
  await waitFor(() => Promise.resolve(house.exchange.voicemailCounts("e202").all === 1 ? [1] : []));
  assert.deepEqual(await house.listen(marc), ["Message effacé.", "Message de Otto, le 23 novembre à 10 heures."]);
  assert.deepEqual(house.exchange.voicemailCounts("e202"), { fresh: 1, all: 1 });
  await waitFor(() => Promise.resolve(existsSync(house.exchange.voicemailPath(before[0]!.id)) ? [] : ["the sound is deleted"]));
  await house.key(marc, "9");
  assert.deepEqual(await house.listen(marc), ["Message conservé.", "Plus de messages. Au revoir."]);
  await house.key(marc, "#");
  assert.deepEqual(await house.listen(marc), ["Plus de messages. Au revoir."]);
  assert.equal(house.status(marc), "ended");
});

test("from another phone: number and code; three wrong ones end it, ten an hour lock it, and a mailbox that is not there sounds the same", async () => {
  house.config.rows[3]!.userId = "nobody"; // this phone has no extension of its own
  const open = async (number: string, pin: string): Promise<string[]> => {
    const ref = house.dial("lea", "700");
    await breathe();
    await house.listen(ref);
    house.sip.peer(ref, "bye");
    const other = house.dial("otto", "700");
    await breathe();
    await house.listen(other);
    await house.key(other, `${number}#`);
    await house.listen(other);
    await house.key(other, `${pin}#`);
    const heard = await house.listen(other);
    house.sip.peer(other, "bye");
    return heard;
  };
  assert.match((await open("202", "4711"))[0]!, /^Vous n'avez aucun message/);
  const wrong = await open("202", "0000");
  assert.match(wrong[0]!, /inconnu/);
  assert.deepEqual(await open("999", "0000"), wrong);
  assert.deepEqual(await open("203", ""), wrong, "no code set: only from one's own phone");
  for (let i = 0; i < 9; i++) await open("202", "0000");
  assert.deepEqual(await open("202", "4711"), wrong, "locked");
  house.clock.advance(3_600_001);
  assert.match((await open("202", "4711"))[0]!, /^Vous n'avez aucun message/);
});

test("one's own greeting: recorded with *98, heard by callers, gone with #98#", async () => {
  house.sip.registered.set("marc", ["phone"]);
  const marc = house.dial("marc", "*98");
  await breathe();
  await house.listen(marc);
  recordingEnds(4_000);
  await waitFor(() => Promise.resolve(house.heardBy(marc)));
  assert.deepEqual(await house.listen(marc), ["Annonce enregistrée."]);
  house.sip.registered.set("marc", []);
  const caller = house.dial("lea", "202");
  await breathe();
  assert.equal((await house.listen(caller))[0], join(house.folder, "greeting-e202.wav"));
  recordingEnds(10);
  house.sip.peer(caller, "bye");
  house.sip.registered.set("marc", ["phone"]);
  const gone = house.dial("marc", "#98#");
  await breathe();
  assert.deepEqual(await house.listen(gone), ["L'annonce d'origine est rétablie."]);
});

test("a caller who says nothing to a silent mailbox menu is let go", async () => {
  house.sip.registered.set("marc", ["phone"]);
  const marc = house.dial("marc", "*97");
  await breathe();
  const first = await house.listen(marc);
  house.clock.advance(10_000);
  assert.deepEqual(await house.listen(marc), first, "once more");
  house.clock.advance(10_000);
  assert.deepEqual(await house.listen(marc), ["Au revoir."]);
  assert.equal(house.status(marc), "ended");
});

test("who listens to messages has no call that could go elsewhere: a transfer by their phone is refused", async () => {
  house.sip.registered.set("marc", ["phone"]);
  const marc = house.dial("marc", "*97");
  await breathe();
  house.refer(marc, "203");
  assert.deepEqual(house.sip.commands.at(-1), { type: "refuseRefer", ref: marc, status: 403 });
  assert.notEqual(house.status(marc), "ended");
});

/** What files and promises bring in their own time. */
async function waitFor<T>(look: () => Promise<T[]>): Promise<T[]> {
  for (let i = 0; i < 100_000; i++) {
    const found = await look();
    if (found.length > 0) return found;
    await new Promise((done) => setImmediate(done));
  }
  throw new Error("it did not come");
}

/** The database's answer to what begins so waits until it is let go. */
function holdDatabase(begins: string): () => void {
  const query = house.db.query.bind(house.db);
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  house.db.query = async (text, values) => {
    if (text.startsWith(begins)) await held;
    return query(text, values);
  };
  return letGo;
}

test("keys pressed while the mailbox is being read mean nothing: they neither end the call nor leave it without a voice", async () => {
  for (const key of ["#", "*", "1"]) {
    const letGo = holdDatabase("SELECT id, extension_id");
    const lea = house.dial("lea", "*97");
    await breathe();
    await house.key(lea, key);
    letGo();
    await breathe();
    assert.match((await house.listen(lea))[0] ?? "", /^Vous n'avez aucun message/, key);
    await house.key(lea, "*");
    assert.match((await house.listen(lea, "Enregistrez"))[0] ?? "", /^Enregistrez votre annonce/, `${key}, then a key that counts`);
    house.sip.peer(lea, "bye");
  }
});

test("a caller who ends a message before it is one is not told that it is kept; nor is who spoke to a mailbox that went away", async () => {
  const caller = house.dial("lea", "202");
  await breathe();
  await house.listen(caller);
  recordingEnds(400);
  await breathe();
  assert.deepEqual(await house.listen(caller), ["Au revoir."]);
  const other = house.dial("lea", "202");
  await breathe();
  await house.listen(other);
  house.config.rows = house.config.rows.filter(({ id }) => id !== "e202");
  recordingEnds(4_000);
  await breathe();
  assert.deepEqual(await house.listen(other), ["Au revoir."]);
  assert.equal(house.db.voicemails.size, 0);
});

test("a server that stops keeps the message that is being left before it is done", async () => {
  const caller = house.dial("lea", "202");
  await breathe();
  await house.listen(caller);
  const letGo = holdDatabase("INSERT INTO voicemail");
  let isOver = false;
  const stopped = house.exchange.stop().then(() => (isOver = true));
  await breathe();
  assert.equal(isOver, false, "not before it is stored");
  letGo();
  await stopped;
  assert.equal(house.db.voicemails.size, 1);
  assert.equal(house.status(caller), "ended");
});
