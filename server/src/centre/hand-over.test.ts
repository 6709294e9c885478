/** A customer given to somebody who is not the centre's, by command or by the agent's own phone, and back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CHAT, testCentre, VOICE, type TestCentre } from "./test-centre.ts";

const WAIT_MS = 60_000;

function talking(t: TestCentre, id: string, agentId = "lea"): void {
  t.arrive(id);
  t.askForPerson(id);
  t.accept(id, agentId);
  assert.deepEqual([t.state(id).state, t.state(id).agentId], ["connected", agentId]);
}

test("handed over by command: durable first, then the customer goes; the agent wraps up at once and the contact says to whom", async () => {
  const t = testCentre(VOICE, ["lea"], { customerId: "c1", name: "Camille", known: true, language: null, last: null });
  talking(t, "i1");
  t.channel.calls.length = 0;
  assert.deepEqual(await t.centre.commands.transfer("lea", "i1", { kind: "number", number: "240" }, "moteur bloqué"), { ok: true });
  assert.deepEqual(t.channel.calls, ["record i1 stop", "handOver i1 lea 240"], "given away, neither dropped nor ended");
  assert.deepEqual(t.writes.at(-1)?.facts.map(({ type, body }) => [type, body]), [["handedOver", { byAgentId: "lea", to: { number: "240", name: "Atelier" }, note: "moteur bloqué" }]]);
  assert.deepEqual([t.state("i1").state, t.centre.agent("lea")?.system], ["wrapping", "wrap-up"]);
  await t.centre.commands.wrap("lea", "i1", null, "");
  const { closed, handedTo } = t.state("i1");
  assert.deepEqual([closed?.why, handedTo?.name, handedTo?.number, handedTo?.note], ["handed-over", "Atelier", "240", "moteur bloqué"]);
});

test("refused in words: nobody there, not the agent's to call, a written medium, somebody else's contact; nothing is told", async () => {
  const t = testCentre(VOICE, ["lea", "hugo"]);
  talking(t, "i1");
  const facts = t.factsOf("i1").length;
  const ask = (agentId: string, number: string): Promise<unknown> => t.centre.commands.transfer(agentId, "i1", { kind: "number", number }, "");
  assert.deepEqual(await ask("lea", "999"), { ok: false, code: "unknown-target" });
  assert.deepEqual(await ask("lea", "+33899"), { ok: false, code: "not-allowed-outside" });
  assert.deepEqual(await ask("hugo", "240"), { ok: false, code: "not-yours" });
  assert.equal(t.factsOf("i1").length, facts);
  const chat = testCentre(CHAT, ["lea"]);
  talking(chat, "i2");
  assert.deepEqual(await chat.centre.commands.transfer("lea", "i2", { kind: "number", number: "240" }, ""), { ok: false, code: "not-possible" });
  assert.equal(chat.state("i2").state, "connected");
});

test("asked by the agent's phone (REFER): a queue and an agent first, then any number; accepted before the agent's leg goes", () => {
  const t = testCentre(VOICE, ["lea", "hugo"]);
  talking(t, "i1");
  t.channel.calls.length = 0;
  const ask = (target: string, agentId = "lea"): void =>
    t.centre.hear({ type: "transferAsked", id: "i1", agentId, target, accept: () => void t.channel.calls.push("accepted"), refuse: (why) => void t.channel.calls.push(`refused ${why}`) });
  ask("999");
  ask("+33899");
  ask("240", "hugo");
  ask("240");
  assert.deepEqual(t.channel.calls, ["refused unknown-target", "refused not-allowed-outside", "refused not theirs now", "accepted", "record i1 stop", "handOver i1 lea 240"]);
  ask("240");
  assert.equal(t.channel.calls.at(-1), "refused not theirs now", "given away once");
});

for (const wrapped of [false, true]) {
  test(`nobody took them: a new contact at the head of the queue that they came from, without menu, ${wrapped ? "after" : "during"} the wrap-up of who handed over`, async () => {
    const t = testCentre(VOICE, ["lea", "hugo"], { customerId: "c1", name: "Camille", known: true, language: null, last: null });
    t.centre.setWish("hugo", "break", "hugo");
    talking(t, "i1");
    // somebody else waits longer
    t.arrive("i0");
    t.askForPerson("i0");
    t.clock.advance(WAIT_MS);
    t.centre.setWish("lea", "break", "lea");
    await t.centre.commands.transfer("lea", "i1", { kind: "number", number: "240" }, "moteur");
    if (wrapped) await t.centre.commands.wrap("lea", "i1", null, "");
    t.channel.calls.length = 0;
    t.centre.hear({ type: "arrived", id: "i2", medium: "voice", from: "+33612849047", fromName: "Camille", to: "1000", language: "fr", context: {}, handedBack: { of: "i1", why: "no-answer" } });
    assert.deepEqual(t.channel.calls.filter((call) => call.includes("i2")), ["say i2", "open i2", "wait i2"]);
    const before = t.state("i1");
    const back = t.state("i2");
    assert.deepEqual(t.factsOf("i2"), ["arrived", "customerIdentified", "continued"]);
    assert.deepEqual([back.state, back.queue?.queueId, back.queue?.priority, back.queue?.returned, back.reason], ["queued", before.queue?.queueId, (before.queue?.priority ?? 0) + 1, true, before.reason]);
    assert.deepEqual(back.transfers.map(({ fromAgentId, note, to }) => [fromAgentId, note, to]), [["lea", "moteur", "Atelier"]]);
    assert.deepEqual(before.handedTo?.returned, { why: "no-answer", asInteractionId: "i2" });
    assert.deepEqual([t.factsOf("i1").at(-1), before.state], ["returned", wrapped ? "closed" : "wrapping"]);
    t.centre.setWish("hugo", "available", "hugo");
    assert.equal(t.state("i2").offer?.agentId, "hugo", "before who waits longer");
    t.accept("i2", "hugo");
    assert.equal(t.state("i2").state, "connected");
  });
}

test("the contact of before cannot be read: the number's own flow is their way to a person", () => {
  const t = testCentre(VOICE, ["lea"]);
  t.centre.hear({ type: "arrived", id: "i2", medium: "voice", from: "+33612849047", fromName: "Camille", to: "1000", language: "fr", context: {}, handedBack: { of: "gone", why: "busy" } });
  t.askForPerson("i2");
  assert.equal(t.state("i2").state, "offered");
});
