/** What who waits is told, on a virtual clock and the production engine; and what the agent is told first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Whisper } from "@tandem/protocol/waiting";
import { CHAT, testCentre, VOICE, type TestCentre } from "./test-centre.ts";
import { announcement, toldWait } from "./waiting.ts";
import { whisperFor } from "./whisper.ts";

function waiting(settings: object, traits = VOICE, agents: readonly string[] = []): TestCentre {
  const t = testCentre(traits, agents, null, { waiting: settings });
  t.arrive("i1");
  t.askForPerson("i1");
  t.channel.said.length = 0;
  return t;
}

test("a text is said first after, then every so often, in the customer's language; once only when its pace is 0", () => {
  const t = waiting({ position: false, estimate: false, announcements: [{ says: { fr: "Merci.", en: "Thanks." }, firstAfterS: 20, everyS: 30 }, { says: { fr: "Une fois." }, firstAfterS: 40, everyS: 0 }] });
  t.clock.advance(19_000);
  assert.deepEqual(t.channel.said, []);
  t.clock.advance(92_000); // 20, 50, 80, 110
  assert.deepEqual(t.channel.said.filter((one) => one === "Merci."), ["Merci.", "Merci.", "Merci.", "Merci."]);
  assert.deepEqual(t.channel.said.filter((one) => one === "Une fois."), ["Une fois."]);
});

test("words that cannot be said once are said the next time", () => {
  const t = waiting({ position: false, estimate: false, announcements: [{ says: { fr: "Merci." }, firstAfterS: 20, everyS: 30 }] });
  const { say } = t.channel;
  t.channel.say = () => {
    throw new Error("ours");
  };
  assert.throws(() => t.clock.advance(20_000), /ours/);
  t.channel.say = say;
  t.clock.advance(30_000);
  assert.deepEqual(t.channel.said, ["Merci."]);
});

test("a recording is said by its id; a text that the customer's language lacks is left out", () => {
  const t = waiting({ position: false, estimate: false, announcements: [{ says: {}, recordingId: "rec_1", firstAfterS: 5, everyS: 0 }, { says: { en: "English only" }, firstAfterS: 6, everyS: 0 }] });
  t.clock.advance(60_000);
  assert.deepEqual(t.channel.said, ["rec_1"]);
});

test("two things never come one upon the other: the second waits for the quiet time", () => {
  const t = waiting({ position: false, estimate: false, quietS: 30, announcements: [{ says: { fr: "A" }, firstAfterS: 10, everyS: 0 }, { says: { fr: "B" }, firstAfterS: 12, everyS: 0 }] });
  t.clock.advance(39_000);
  assert.deepEqual(t.channel.said, ["A"]);
  t.clock.advance(1_000);
  assert.deepEqual(t.channel.said, ["A", "B"]);
});

test("what is due at the same time is said in one go", () => {
  const t = waiting({ firstAfterS: 15, announcements: [{ says: { fr: "A" }, firstAfterS: 15, everyS: 0 }] });
  t.clock.advance(15_000);
  assert.deepEqual(t.channel.said, ["Vous êtes la prochaine personne. Merci de patienter. A"]);
});

test("place and wait are promises, told as facts, and each can be switched off", () => {
  const t = waiting({});
  t.clock.advance(15_000);
  const promised = t.writes.flatMap(({ facts }) => facts).filter(({ type }) => type === "promised");
  assert.deepEqual(promised.map(({ body }) => body), [{ queueId: "q_support", waitMs: null, position: 1, estimateMs: null }]);
  const silent = waiting({ position: false, estimate: false });
  silent.clock.advance(120_000);
  assert.deepEqual(silent.channel.said, []);
});

test("nothing is said while it rings; it is said when the ring was in vain", () => {
  const t = waiting({ firstAfterS: 15 }, VOICE, ["lea"]);
  assert.equal(t.state("i1").state, "offered");
  t.clock.advance(19_999);
  assert.deepEqual(t.channel.said, []);
  t.clock.advance(6_000);
  assert.equal(t.state("i1").state, "queued");
  assert.equal(t.channel.said.length, 1);
});

test("who reads is told an announcement once, and no place: the page shows it", () => {
  const t = waiting({ announcements: [{ says: { fr: "Merci." }, firstAfterS: 20, everyS: 30 }] }, CHAT);
  t.clock.advance(300_000);
  assert.deepEqual(t.channel.said, ["Merci."]);
});

test("an estimate is said as exactly as estimates were right lately", () => {
  const minutes = (n: number): number => n * 60_000;
  assert.deepEqual(toldWait(130_000, null), { leastMs: minutes(3), mostMs: minutes(3) });
  assert.deepEqual(toldWait(130_000, { p90Ms: 50_000, count: 500 }), { leastMs: minutes(3), mostMs: minutes(3) });
  assert.deepEqual(toldWait(minutes(5), { p90Ms: minutes(3), count: 500 }), { leastMs: minutes(5), mostMs: minutes(8) });
  assert.equal(toldWait(minutes(5), { p90Ms: minutes(6), count: 500 }), null, "wrong by more than itself: nothing is said");
  assert.deepEqual(toldWait(minutes(5), { p90Ms: minutes(6), count: 19 }), { leastMs: minutes(5), mostMs: minutes(5) }, "too few to know");
  assert.equal(toldWait(null, null), null);
  assert.equal(announcement("fr", 3, { leastMs: minutes(5), mostMs: minutes(8) }), "Vous êtes en position 3. Attente estimée : de 5 à 8 minutes.");
  assert.equal(announcement("en", null, { leastMs: minutes(1), mostMs: minutes(1) }), "Estimated wait: less than a minute.");
});

test("a call back is offered at the threshold and only where one is possible", () => {
  const none = waiting({ position: false, estimate: false });
  none.clock.advance(300_000);
  assert.deepEqual(none.channel.said, [], "nobody can book one in this centre");
  const t = testCentre(VOICE, [], null, { waiting: { position: false, estimate: false, callback: { afterS: 60, whenEstimateAboveS: 0, everyS: 180 } }, callbacks: true });
  t.arrive("i1");
  t.askForPerson("i1");
  t.channel.said.length = 0;
  t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "1" } });
  assert.equal(t.state("i1").state, "queued", "a key before the offer means nothing");
  t.clock.advance(59_000);
  assert.deepEqual(t.channel.said, []);
  t.clock.advance(1_000);
  assert.match(t.channel.said[0]!, /tapez 1/);
  const { sinceMs } = t.state("i1").queue!;
  t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "2" } });
  assert.equal(t.state("i1").state, "queued");
  t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "1" } });
  assert.equal(t.state("i1").state, "flow", "a dialogue settles it");
  assert.equal(t.centre.position("i1"), null);
  // they change their mind: a person, please
  t.clock.advance(2_000);
  t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "0" } });
  assert.equal(t.state("i1").state, "queued");
  assert.equal(t.state("i1").queue?.sinceMs, sinceMs, "the place is kept");
});

test("a refusal is remembered: who changed their mind in the dialogue is not asked again before the pace says so, not even when they wait too long", () => {
  const t = testCentre(VOICE, [], null, { waiting: { position: false, estimate: false, callback: { afterS: 10, whenEstimateAboveS: 0, everyS: 900 } }, callbacks: true });
  t.arrive("i1");
  t.askForPerson("i1");
  t.clock.advance(10_000);
  t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "1" } });
  t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "0" } });
  assert.equal(t.state("i1").state, "queued");
  t.channel.said.length = 0;
  t.clock.advance(899_000); // the queue's limit of ten minutes among them
  assert.deepEqual(t.channel.said, []);
  t.clock.advance(1_000);
  assert.match(t.channel.said[0] ?? "", /tapez 1/);
});

test("a call back is not offered while the queue can promise none, and is as soon as it can", () => {
  let possible = false;
  const t = testCentre(VOICE, [], null, { waiting: { position: false, estimate: false, callback: { afterS: 10, whenEstimateAboveS: 0, everyS: 60 } }, flows: { canCallBack: () => possible } });
  t.arrive("i1");
  t.askForPerson("i1");
  t.channel.said.length = 0;
  t.clock.advance(300_000);
  assert.deepEqual(t.channel.said, []);
  possible = true;
  t.clock.advance(30_000);
  assert.match(t.channel.said[0] ?? "", /tapez 1/);
});

test("thanks are no promise: where neither place nor wait can be said the ledger is told nothing", () => {
  const t = waiting({ position: false, estimate: true });
  t.clock.advance(15_000);
  assert.deepEqual(t.channel.said, ["Merci de patienter."]);
  assert.equal(t.writes.flatMap(({ facts }) => facts).some(({ type }) => type === "promised"), false);
});

test("who waits longer than anybody should is offered a call back though the estimate is short", () => {
  const t = testCentre(VOICE, [], null, { waiting: { position: false, estimate: false, callback: { afterS: 3_600, whenEstimateAboveS: 0, everyS: 180 } }, callbacks: true });
  t.arrive("i1");
  t.askForPerson("i1");
  t.channel.said.length = 0;
  t.clock.advance(599_000);
  assert.deepEqual(t.channel.said, []);
  t.clock.advance(2_000);
  assert.match(t.channel.said[0] ?? "", /tapez 1/);
});

test("the agent's ring carries the whisper of the queue, in the agent's language; a reader's does not", () => {
  for (const [traits, expected] of [[VOICE, "Appel depuis q_support."], [CHAT, undefined]] as const) {
    const t = testCentre(traits, ["lea"], null, { whisper: { on: true, countdown: true, speed: 1.25 } });
    t.arrive("i1");
    t.askForPerson("i1");
    const { whisper } = t.channel.rings[0]!;
    assert.equal(whisper?.utterances[0]?.text, expected);
    if (traits === VOICE) assert.deepEqual([whisper?.utterances[1]?.text, whisper?.speed], ["À votre tour\u202f! L’appel commence dans 3, 2, 1.", 1.25]);
  }
});

test("the whisper counts as waiting, its time does not run out the ring, and a dead medium does not keep the customer for ever", () => {
  const t = testCentre(VOICE, ["lea"], null, { whisper: { on: true } });
  t.arrive("i1");
  t.askForPerson("i1");
  t.clock.advance(19_000);
  t.centre.hear({ type: "agentPickedUp", id: "i1", agentId: "lea" });
  t.clock.advance(8_000); // the ring's 20 s are over
  assert.equal(t.state("i1").state, "offered");
  assert.equal(t.state("i1").offer?.pickedUpMs, t.clock.now() - 8_000);
  t.centre.hear({ type: "agentAnswered", id: "i1", agentId: "lea" });
  assert.equal(t.state("i1").state, "connected");
  assert.equal(t.state("i1").connectedAtMs, t.clock.now());
  const ring = t.state("i1").segments.find(({ kind }) => kind === "ring")!;
  assert.equal(ring.untilMs! - ring.sinceMs, 27_000, "ring and whisper are one wait");

  const dead = testCentre(VOICE, ["lea"], null, { whisper: { on: true } });
  dead.arrive("i1");
  dead.askForPerson("i1");
  dead.centre.hear({ type: "agentPickedUp", id: "i1", agentId: "lea" });
  dead.clock.advance(45_000);
  assert.equal(dead.state("i1").state, "queued");
});

test("picked up by somebody to whom it is not offered any more: their device falls silent", () => {
  const t = testCentre(VOICE, ["lea"]);
  t.arrive("i1");
  t.askForPerson("i1");
  t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
  t.channel.calls.length = 0;
  t.centre.hear({ type: "agentPickedUp", id: "i1", agentId: "lea" });
  assert.ok(!t.channel.calls.includes("connect i1 lea"));
});

test("what a whisper says: type and queue, the queue alone, a text, a recording, the flow's own words", () => {
  const t = testCentre(VOICE, []);
  t.arrive("i1");
  t.askForPerson("i1");
  const it = t.state("i1");
  const said = (whisper: object, language: "fr" | "en" = "en", change: object = {}): unknown => whisperFor({ ...it, ...change }, { name: "Support", whisper: Whisper.parse({ on: true, ...whisper }) }, language, "fr")?.utterances;
  assert.deepEqual(said({}), [{ text: "Call from Support.", language: "en" }]);
  assert.deepEqual(said({}, "fr", { context: { page: "Lampes" } }), [{ text: "Appel du site depuis Support.", language: "fr" }]);
  assert.deepEqual(said({}, "fr", { traits: { ...it.traits, medium: "callback" } }), [{ text: "Rappel depuis Support.", language: "fr" }]);
  assert.deepEqual(said({ what: "queue" }), [{ text: "Support", language: "en" }]);
  assert.deepEqual(said({ what: "text", says: { fr: "Client VIP", en: "VIP" } }, "fr"), [{ text: "Client VIP", language: "fr" }]);
  assert.deepEqual(said({ what: "text", says: { fr: "Client VIP" } }), [{ text: "Call from Support.", language: "en" }], "a text that is missing in the agent's language");
  assert.deepEqual(said({ what: "recording", recordingId: "r1" }), [{ text: "Call from Support.", language: "en", recordingId: "r1" }]);
  assert.deepEqual(said({ on: false }, "en", { queue: { ...it.queue!, whisper: "Panne totale" } }), [{ text: "Panne totale", language: "fr" }]);
  assert.equal(said({ on: false }), undefined);
});
