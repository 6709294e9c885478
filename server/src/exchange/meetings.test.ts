/** Meeting rooms, calls put together, announcements. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { closeHouse, openHouse, type House } from "./test-house.ts";
import { spoken, type Word } from "./words.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
  house.config.roomRows = [
    { id: "r400", number: "400", name: "Atelier", pin: null, moderatorPin: null, maxMembers: 3 },
    { id: "r401", number: "401", name: "Conseil", pin: "4711", moderatorPin: "9999", maxMembers: 20 },
  ];
  house.config.pageRows = [
    { id: "p500", number: "500", name: "Annonce", extensionIds: ["e201", "e202", "e203", "e204"], twoWay: false },
    { id: "p501", number: "501", name: "Quai", extensionIds: ["e203", "e204"], twoWay: true },
  ];
});
afterEach(() => closeHouse(house));

const fr = (word: Word, ...values: string[]): string => spoken(word, "fr", ...values).text;
const en = (word: Word, ...values: string[]): string => spoken(word, "en", ...values).text;

/** Dials and is answered. */
async function into(account: string, number: string): Promise<string> {
  const ref = house.dial(account, number);
  await breathe();
  house.media.tell({ type: "mediaStarted", id: ref });
  await breathe();
  return ref;
}

const meeting = () => house.exchange.meetings.views()[0]!;
const live = () => house.exchange.meetings.meeting(meeting().id)!;
const mix = () => [...house.media.mixes.values()].flat().map(({ id, muted }) => `${id}${muted ? " muted" : ""}`);
/** Everything that was said to a whole meeting. */
const said = (): string[] => [...house.media.mixSounds.values()].flat();

async function hold(ref: string, holds: boolean): Promise<void> {
  house.media.remoteHolds = holds;
  house.sip.peer(ref, "offer");
  await breathe();
}

test("the first waits with music, the second is named; who leaves is, too; who is left hears so; each has a line in the history", async () => {
  const lea = await into("lea", "400");
  assert.deepEqual(await house.listen(lea), [fr("roomFirst"), "music"]);
  house.clock.advance(5_000);
  const otto = await into("otto", "400");
  assert.deepEqual(house.heardBy(lea), [], "the music ended");
  assert.deepEqual(mix(), [lea, otto]);
  const marc = await into("marc", "400");
  assert.deepEqual(said(), ["join", fr("roomJoined", "Otto"), "join", fr("roomJoined", "Marc")], "in the language of who came first");
  assert.deepEqual(["201", "202", "203"].map((number) => house.exchange.state(`e${number}`)), ["busy", "busy", "free"]);
  const nora = await into("nora", "400");
  assert.deepEqual(await house.listen(nora), [fr("roomFull")]);
  assert.equal(house.status(nora), "ended");
  house.sip.peer(marc, "bye");
  await breathe();
  assert.deepEqual(said().slice(4), ["leave", fr("roomLeft", "Marc")]);
  house.sip.peer(lea, "bye");
  await breathe();
  assert.deepEqual(await house.listen(otto), [en("roomAlone"), "music"]);
  house.sip.peer(otto, "bye");
  await breathe();
  assert.deepEqual(house.exchange.meetings.views(), []);
  assert.deepEqual(house.records.map(({ fromNumber, toNumber, toName, result }) => `${fromNumber} ${toNumber} ${toName} ${result}`), ["202 400 Atelier answered", "201 400 Atelier answered", "204 400 Atelier answered"]);
  assert.equal(house.records[1]!.endedAtMs! - house.records[1]!.answeredAtMs!, 5_000);
});

test("the code: three tries; of members and of moderators; nobody is in the room before", async () => {
  const lea = await into("lea", "401");
  assert.deepEqual(house.heardBy(lea), [fr("roomPin")]);
  await house.key(lea, "1234#");
  assert.deepEqual(house.heardBy(lea), [fr("roomPinWrong"), fr("roomPin")]);
  await house.key(lea, "47115#");
  assert.deepEqual(house.exchange.meetings.views(), []);
  await house.key(lea, "#");
  assert.deepEqual(await house.listen(lea), [fr("roomRefused")]);
  assert.equal(house.status(lea), "ended");
  const marc = await into("marc", "401");
  await house.key(marc, "4711#");
  const nora = await into("nora", "401");
  await house.key(nora, "9999");
  house.clock.advance(4_000);
  await breathe();
  assert.deepEqual(meeting().members.map(({ name, moderator }) => [name, moderator]), [["Marc", false], ["Nora", true]], "also without the hash key");
});

test("who types nothing is asked again and hears goodbye", async () => {
  const lea = await into("lea", "401");
  for (let i = 0; i < 3; i++) {
    house.media.finishPlay(lea);
    await breathe();
    house.clock.advance(10_000);
    await breathe();
  }
  assert.deepEqual(await house.listen(lea), [fr("roomRefused")]);
});

test("outside callers cannot try all codes of a room, over any number of calls; the house still can", async () => {
  house.config.rows[0]!.callerNumber = "+33170000201";
  house.config.chosen.set("e201", { ...house.config.as().choices("e201"), forward: { always: { to: "number", number: "401" }, busy: null, noAnswer: null, unreachable: null } });
  const stranger = async (codes: string[]): Promise<string> => {
    const ref = house.sip.incoming("0170000201", { from: "+33611111111" });
    await breathe();
    house.media.tell({ type: "mediaStarted", id: ref });
    await breathe();
    for (const code of codes) await house.key(ref, `${code}#`);
    return ref;
  };
  await stranger(["4711"]);
  assert.equal(meeting().members.length, 1, "the right code opens");
  assert.deepEqual(meeting().members[0]!.moderator, false);
  for (let call = 0; call < 7; call++) await stranger(["1", "2", "3"]);
  await stranger(["4711"]);
  assert.equal(meeting().members.length, 1, "twenty wrong ones within the hour: no code counts");
  const marc = await into("marc", "401");
  await house.key(marc, "4711#");
  assert.equal(meeting().members.length, 2);
  house.clock.advance(3_600_001);
  await breathe();
  await stranger(["4711"]);
  assert.equal(meeting().members.length, 3);
});

test("keys: my microphone; a moderator closes all, locks the door, removes the last; a member cannot", async () => {
  const lea = await into("lea", "401");
  await house.key(lea, "9999#");
  const marc = await into("marc", "401");
  await house.key(marc, "4711#");
  await house.key(marc, "*6");
  assert.deepEqual(mix(), [lea, `${marc} muted`]);
  assert.deepEqual(house.heardBy(marc), [fr("roomMuted")]);
  await house.key(marc, "6");
  await house.key(marc, "*");
  house.clock.advance(4_001);
  await house.key(marc, "6");
  assert.deepEqual(mix(), [lea, `${marc} muted`], "only star and 6 within four seconds");
  await house.key(marc, "*6");
  assert.deepEqual(mix(), [lea, marc]);
  for (const key of ["4", "5", "9"]) {
    await house.key(marc, `*${key}`);
    assert.deepEqual(house.heardBy(marc), [fr("roomModeratorOnly")]);
  }
  assert.deepEqual([mix(), meeting().locked], [[lea, marc], false]);
  await house.key(lea, "*5");
  assert.deepEqual(mix(), [lea, `${marc} muted`]);
  const nora = await into("nora", "401");
  await house.key(nora, "4711#");
  assert.deepEqual(mix(), [lea, `${marc} muted`, `${nora} muted`], "who comes later is muted, too");
  await house.key(marc, "*6");
  assert.deepEqual(mix(), [lea, marc, `${nora} muted`]);
  await house.key(lea, "*5");
  assert.deepEqual(mix(), [lea, marc, nora]);
  await house.key(lea, "*9");
  assert.deepEqual([mix(), house.heardBy(nora)], [[lea, marc], [fr("roomKicked")]]);
  await house.listen(nora);
  assert.equal(house.status(nora), "ended");
  await house.key(lea, "*4");
  const again = await into("nora", "401");
  await house.key(again, "4711#");
  assert.deepEqual(await house.listen(again), [fr("roomLocked")]);
  const otto = await into("otto", "401");
  await house.key(otto, "9999#");
  assert.equal(meeting().members.length, 3, "moderators have the key");
  await house.key(lea, "*4");
  assert.equal(meeting().locked, false);
  await house.key(lea, "*"); // and hangs up before the second key: no timer is left
  assert.deepEqual(said().filter((text) => text === fr("roomLockedNow") || text === fr("roomOpenNow") || text === fr("roomAllMuted") || text === fr("roomAllOpen")), [fr("roomAllMuted"), fr("roomAllOpen"), fr("roomLockedNow"), fr("roomOpenNow")]);
});

test("a member whose phone holds is not heard: its music would be everybody's; who speaks is shown", async () => {
  const lea = await into("lea", "400");
  const marc = await into("marc", "400");
  await hold(marc, true);
  assert.deepEqual(mix(), [lea, `${marc} muted`]);
  await hold(marc, false);
  assert.deepEqual(mix(), [lea, marc]);
  const speaking = () => meeting().members.map((member) => member.speaking);
  assert.deepEqual(speaking(), [false, false]);
  house.media.tell({ type: "speaking", id: meeting().id, speakers: [marc] });
  assert.deepEqual(speaking(), [false, true]);
  live().mute(marc, true);
  assert.deepEqual(speaking(), [false, false]);
  assert.deepEqual([live().mute("nobody", true), live().kick("nobody")], [false, false]);
});

test("attended transfer into a room, and out of a conversation into it: who was consulted comes in the other's place", async () => {
  const lea = await into("lea", "400");
  const marcRoom = await into("marc", "400");
  const [marcTalk, nora] = await house.conversation("marc", "203", "nora");
  house.refer(marcTalk, "400", marcRoom);
  await breathe();
  assert.deepEqual(mix(), [lea, nora], "Nora is in Marc's place");
  assert.deepEqual(house.progress(marcTalk), [200]);
  const [leaTalk, otto] = await house.conversation("lea", "204", "otto");
  house.refer(lea, "204", leaTalk);
  await breathe();
  assert.deepEqual(mix(), [nora, otto]);
  assert.deepEqual([house.status(lea), house.status(leaTalk)], ["ended", "ended"]);
  house.refer(nora, "0612345678");
  assert.ok(house.sip.commands.some((command) => command.type === "refuseRefer" && command.ref === nora && command.status === 403), "a meeting is not sent elsewhere");
});

test("a blind transfer sends the other party to the room's door", async () => {
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  house.refer(lea, "400");
  await breathe();
  assert.deepEqual([mix(), house.progress(lea)], [[marc], [200]]);
});

test("RFC 5359 2.10: *3 puts two held calls together; when its maker leaves the others talk on, the last is not left alone", async () => {
  const [leaMarc, marc] = await house.conversation("lea", "202", "marc");
  await hold(leaMarc, true);
  const [leaNora, nora] = await house.conversation("lea", "203", "nora");
  await hold(leaNora, true);
  const lea = await into("lea", "*3");
  assert.deepEqual(mix(), [marc, nora, lea]);
  assert.deepEqual([house.status(leaMarc), house.status(leaNora), house.heardBy(marc)], ["ended", "ended", []]);
  assert.deepEqual(house.exchange.liveCalls().length, 2, "both calls go on");
  house.clock.advance(7_000);
  house.sip.peer(lea, "bye");
  await breathe();
  assert.deepEqual(mix(), [marc, nora]);
  house.clock.advance(3_000);
  house.sip.peer(nora, "bye");
  await breathe();
  assert.equal(house.status(marc), "ended");
  assert.deepEqual(house.records.map(({ toNumber, answeredAtMs, endedAtMs }) => [toNumber, endedAtMs! - answeredAtMs!]), [["203", 10_000], ["202", 10_000]]);
});

test("from the desktop: the call one talks on takes the held one in, and a further one; a held one alone is taken back; one call is nothing to put together", async () => {
  const { meetings } = house.exchange;
  const [row] = house.config.rows;
  const [leaMarc, marc] = await house.conversation("lea", "202", "marc");
  assert.equal(meetings.merge(row!), false);
  await hold(leaMarc, true);
  const [leaNora, nora] = await house.conversation("lea", "203", "nora");
  assert.equal(meetings.merge(row!), true);
  assert.deepEqual([mix(), house.status(leaMarc), house.status(leaNora)], [[marc, nora, leaNora], "ended", null]);
  await hold(leaNora, true);
  const [leaOtto, otto] = await house.conversation("lea", "204", "otto");
  assert.equal(meetings.merge(row!), true);
  await breathe();
  assert.deepEqual([meeting().members.map(({ name }) => name), house.status(leaOtto)], [["Marc", "Nora", "Léa", "Otto"], "ended"]);
  assert.ok(house.sip.commands.some((command) => command.type === "offer" && command.ref === leaNora), "our re-INVITE takes the leg back that its phone held");
  assert.deepEqual(mix().filter((one) => !one.startsWith(leaNora)), [marc, nora, otto]);
  assert.deepEqual(meeting().members.map(({ moderator }) => moderator), [false, false, true, false]);
});

test("*3 again, with one more call: its leg takes the place of the one in the conference", async () => {
  const [leaMarc] = await house.conversation("lea", "202", "marc");
  await hold(leaMarc, true);
  const [leaNora] = await house.conversation("lea", "203", "nora");
  house.exchange.meetings.merge(house.config.rows[0]!);
  await hold(leaNora, true);
  const [leaOtto] = await house.conversation("lea", "204", "otto");
  await hold(leaOtto, true);
  const fresh = await into("lea", "*3");
  assert.deepEqual(meeting().members.map(({ name, moderator }) => [name, moderator]), [["Marc", false], ["Nora", false], ["Léa", true], ["Otto", false]]);
  assert.deepEqual([house.status(leaNora), house.status(leaOtto), house.status(fresh)], ["ended", "ended", null]);
  const marc = await into("marc", "*3");
  assert.deepEqual(await house.listen(marc), [fr("nothingTogether")]);
});

test("RFC 5359 2.11: a further telephone of one's own joins the conversation (RFC 3911), and a meeting; a colleague's may not", async () => {
  const [lea, marc] = await house.conversation("lea", "202", "marc");
  const nora = house.dial("nora", "202", { join: marc });
  await breathe();
  assert.equal(house.status(nora), 603);
  assert.ok(house.talking(lea, marc));
  const second = house.dial("lea", "202", { join: lea });
  await breathe();
  assert.deepEqual(mix(), [marc, lea, second]);
  const third = house.dial("marc", "201", { join: marc });
  await breathe();
  assert.deepEqual(mix(), [marc, lea, second, third]);
  house.sip.peer(third, "bye");
  house.sip.peer(second, "bye");
  house.sip.peer(lea, "bye");
  await breathe();
  assert.equal(house.status(marc), "ended", "nobody is left to talk to");
});

test("calls to the outside that are put together are counted until they end", async () => {
  house.trunks.outside = { ok: true, e164: "+33612345678", attempts: [house.trunks.attempt("t1")] };
  const [leaMarc] = await house.conversation("lea", "202", "marc");
  await hold(leaMarc, true);
  const lea = house.dial("lea", "0612345678");
  await breathe();
  const outside = house.sip.alive().findLast(({ direction }) => direction === "out")!.ref;
  house.sip.peer(outside, "answer");
  await breathe();
  house.exchange.meetings.merge(house.config.rows[0]!);
  assert.equal(house.trunks.live.size, 1);
  house.sip.peer(lea, "bye");
  await breathe();
  assert.equal(house.trunks.live.size, 1, "the maker has left, the outside line goes on");
  house.sip.peer(outside, "bye");
  await breathe();
  assert.equal(house.trunks.live.size, 0);
});

test("an announcement: free telephones answer by themselves, hear the tone and the caller, and are not heard; who is busy, away or undisturbed is left out", async () => {
  house.config.rows.push({ ...house.config.rows[3]!, id: "e205", number: "205", userId: "u205" });
  house.config.pageRows[0]!.extensionIds.push("e205");
  house.config.chosen.set("e204", { ...house.config.as().choices("e204"), doNotDisturb: true });
  const [, busy] = await house.conversation("otto", "203", "nora");
  const lea = house.dial("lea", "500");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc"], "Nora talks, Otto talks and is not to be disturbed, 205 has no phone");
  const headers = house.sip.dialogs.get(house.legAt("marc"))?.invite?.headers;
  assert.match(headers?.["Call-Info"] ?? "", /answer-after=0/);
  house.media.tell({ type: "mediaStarted", id: lea });
  const marc = await house.answerAt("marc");
  house.media.tell({ type: "mediaStarted", id: marc });
  await breathe();
  assert.deepEqual([house.heardBy(marc), house.heardBy(lea)], [["page-tone"], ["page-tone"]]);
  assert.deepEqual(mix(), [lea, `${marc} muted`]);
  const second = house.dial("nora", "500");
  await breathe();
  assert.equal(house.status(second), 486, "one announcement at a time");
  house.sip.peer(lea, "bye");
  await breathe();
  assert.deepEqual([house.status(marc), house.status(busy)], ["ended", null]);
  assert.deepEqual(house.records.at(-1)!.extensionIds.toSorted(), ["e201", "e202"]);
});

test("who does not want to be disturbed is not", async () => {
  house.config.chosen.set("e204", { ...house.config.as().choices("e204"), doNotDisturb: true });
  const lea = house.dial("lea", "500");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc", "nora"]);
  house.sip.peer(lea, "bye");
  await breathe();
  assert.deepEqual(house.ringing(), [], "who gave up leaves no ringing phone");
});

test("an announcement to several ends with the caller's goodbye, or after five minutes; phones that do not answer by themselves ring no longer than five seconds", async () => {
  const lea = house.dial("lea", "500");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc", "nora", "otto"]);
  const [marc, nora] = [await house.answerAt("marc"), await house.answerAt("nora")];
  house.clock.advance(5_000);
  assert.deepEqual(house.ringing(), []);
  assert.deepEqual(mix(), [lea, `${marc} muted`, `${nora} muted`]);
  house.sip.peer(nora, "bye");
  await breathe();
  assert.deepEqual(mix(), [lea, `${marc} muted`]);
  house.clock.advance(295_000);
  await breathe();
  assert.deepEqual([house.status(lea), house.status(marc)], ["ended", "ended"]);
});

test("two-way: everybody hears everybody; nobody free: said, and over; from outside nobody reaches the loudspeakers", async () => {
  const lea = house.dial("lea", "501");
  await breathe();
  const [nora, otto] = [await house.answerAt("nora"), await house.answerAt("otto")];
  assert.deepEqual(mix(), [lea, nora, otto]);
  const marc = await into("marc", "500");
  assert.deepEqual(await house.listen(marc), [fr("pageNobody")]);
  assert.equal(house.records.at(-1)!.result, "unreachable");
  house.config.rows[0]!.callerNumber = "+33170000201";
  house.config.chosen.set("e201", { ...house.config.as().choices("e201"), forward: { always: { to: "number", number: "501" }, busy: null, noAnswer: null, unreachable: null } });
  const stranger = house.sip.incoming("0170000201", { from: "+33611111111" });
  await breathe();
  assert.equal(house.status(stranger), 403);
});

test("an announcement that its caller gives up before any telephone has answered was heard by nobody: the history says so", async () => {
  const lea = await into("lea", "500");
  assert.deepEqual(house.ringing(), ["marc", "nora", "otto"]);
  house.sip.peer(lea, "bye");
  await breathe();
  assert.deepEqual([house.ringing(), house.records.map(({ result }) => result)], [[], ["cancelled"]]);
});
