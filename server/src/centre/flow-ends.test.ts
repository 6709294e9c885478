/** Where dialogues end on a virtual clock: queues that do not take a contact, numbers that do not answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument, FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { placeOf } from "./flow-kept.ts";
import { deflectedFact } from "./flow-runner.ts";
import { CHAT, testCentre, VOICE } from "./test-centre.ts";
import { flow, label, menu, queueOf, rig, sales, says, support } from "./test-flows.ts";

const closedWith = (steps: FlowDocumentInput["steps"]): FlowDocument => flow(steps, { id: "deflection", reachHuman: { queueId: "q_sales", says: says("…"), label: label("Conseiller") } });

test("a queue that does not take a contact: another queue, or a flow instead, which comes back to the place that was asked for", () => {
  const to = rig(flow({ first: { kind: "queue", queueId: "q_sales", needs: [{ skillId: "sk_english", minLevel: 3 }], priority: 4 } }), VOICE, { deflect: (_it, queueId) => (queueId === "q_sales" ? { queueId: "q_support" } : null) });
  to.arrive("a");
  assert.deepEqual([queueOf(to.state("a")), to.state("a").queue?.priority, to.state("a").queue?.needs], ["q_support", 4, [{ skillId: "sk_english", minLevel: 3 }]]);

  let open = false;
  const t = rig(flow({ first: { kind: "queue", queueId: "q_sales", needs: [{ skillId: "sk_english", minLevel: 3 }], priority: 4, says: says("Je vous mets en relation") } }), VOICE, {
    deflect: () => (open ? null : { flow: closedWith({ closed: menu({ "1": "over" }), over: { kind: "end", exception: "closed" } }) }),
  });
  t.arrive("a");
  assert.equal(t.state("a").state, "flow");
  assert.equal(t.channel.calls.filter((call) => call.startsWith("say")).length, 1, "« Je vous mets en relation » is not said to who is not put through");
  open = true;
  t.key("a", "0");
  assert.deepEqual([queueOf(t.state("a")), t.state("a").queue?.priority, t.state("a").queue?.needs], ["q_sales", 4, [{ skillId: "sk_english", minLevel: 3 }]]);
});

test("who waits and is led into a flow keeps the place in the line, and what they wrote before is not taken for an answer there", () => {
  for (const traits of [VOICE, CHAT]) {
    const t = rig(flow({ first: menu({ "1": "sales" }), sales }), traits);
    t.arrive("a");
    if (traits.written) t.write("a", "1");
    else t.key("a", "1");
    const before = t.state("a").queue!;
    t.clock.advance(60_000);
    t.centre.tell("a", deflectedFact(t.state("a"), placeOf(before, null), closedWith({ closed: menu({ "1": "over" }), over: { kind: "end", exception: "closed" } })));
    assert.deepEqual([t.state("a").state, t.centre.queueLive("q_sales").count], ["flow", 0], traits.medium);
    if (traits.written) t.write("a", "un conseiller");
    else t.key("a", "0");
    assert.deepEqual([queueOf(t.state("a")), t.state("a").queue?.sinceMs], ["q_sales", before.sinceMs], traits.medium);
  }
});

test("a transfer to a queue that is closed frees the agent, and its flow goes on with the customer; the transfer stays in the history", async () => {
  const t = testCentre(VOICE, ["ann"], null, { flows: { deflect: (_it, queueId) => (queueId === "q_sales" ? { flow: closedWith({ closed: menu({ "1": "over" }), over: { kind: "end", exception: "closed" } }) } : null) } });
  t.arrive("a");
  t.askForPerson("a");
  t.accept("a", "ann");
  assert.equal(t.state("a").state, "connected");
  assert.deepEqual(await t.centre.commands.transfer("ann", "a", { kind: "queue", queueId: "q_sales" }, "devis"), { ok: true });
  assert.equal(t.state("a").state, "flow");
  assert.deepEqual(t.state("a").transfers.map(({ note }) => note), ["devis"]);
  assert.deepEqual(t.centre.agent("ann")?.load, {});
  assert.deepEqual(t.channel.calls.slice(-4), ["dropAgent a ann", "wait a", "stopWaiting a", "say a"]);
  t.centre.hear({ type: "input", id: "a", input: { kind: "key", key: "1" } });
  assert.deepEqual([t.state("a").closed?.why, t.state("a").flowEnd?.how], ["flow-ended", "ended"]);
});

// ---- to a number, and back

test("a flow hands its caller over to a number; nobody takes them: it goes on at its way for that, with all that it knew", () => {
  const document = flow({ first: menu({ "1": "number" }), number: { kind: "transfer", number: "240", failed: "nobody" }, nobody: menu({ "2": "yes" }), yes: sales });
  const t = rig(document, VOICE, { version: () => document, handOverTarget: (number) => (number === "240" ? { ok: true, to: { number, name: "Atelier" } } : { ok: false, code: "unknown-target" }) });
  t.arrive("a");
  t.key("a", "1");
  assert.deepEqual([t.state("a").closed?.why, t.state("a").handedTo?.name], ["handed-over", "Atelier"]);
  assert.ok(t.channel.calls.includes("handOver a null 240"));
  assert.ok(!t.channel.calls.some((call) => call.startsWith("end a")), "the call itself goes on");
  t.centre.hear({ type: "arrived", id: "b", medium: "voice", from: "+33612849047", fromName: "Camille", to: "1000", language: null, context: {}, handedBack: { of: "a", why: "no-answer" } });
  assert.equal(t.state("b").state, "flow");
  assert.deepEqual(t.state("b").trail.map(({ answer }) => answer), ["choix 1"], "nobody says it twice");
  assert.deepEqual(t.state("a").handedTo?.returned, { why: "no-answer", asInteractionId: "b" });
  t.key("b", "2");
  assert.equal(queueOf(t.state("b")), "q_sales");
});

test("a number that leads nowhere, or a medium that cannot leave, is its way for that at once", () => {
  const steps = { first: { kind: "transfer", number: "999", failed: "no" }, no: support } as const;
  const t = rig(flow(steps), VOICE, { handOverTarget: () => ({ ok: false, code: "unknown-target" }) });
  t.arrive("a");
  assert.equal(queueOf(t.state("a")), "q_support");
  const chat = rig(flow(steps), CHAT);
  chat.arrive("a");
  assert.equal(queueOf(chat.state("a")), "q_support");
});

test("numbers that all fail and lead to each other end with a person, at once", () => {
  const to = (number: string, failed: string): FlowDocumentInput["steps"][string] => ({ kind: "deflect", to: { kind: "number", number }, failed });
  const circle = flow({ a: to("+33388000001", "b"), b: to("+33388000002", "a") });
  const t = rig(circle, VOICE, { handOverTarget: () => ({ ok: false, code: "unknown-target" }) });
  t.arrive("i");
  assert.deepEqual([t.state("i").state, queueOf(t.state("i"))], ["queued", "q_support"]);
});

test("who hangs up while the last words are said has what they were given: a call, a message, a text; and is not asked to go on behind it", () => {
  const t = rig(flow({
    first: menu({ "1": "back", "2": "leave", "3": "link" }),
    back: { kind: "callback", queueId: "q_sales", offer: "in-order", label: label("Rappel"), says: says("Rappel ?"), declined: "no", failed: "no" },
    leave: { kind: "voicemail", queueId: "q_sales", says: says("Parlez"), maxSeconds: 60 },
    link: { kind: "deflect", to: { kind: "sms", text: { fr: "Lien", en: "Link" } }, says: says("Envoyé"), failed: "no" },
    no: support,
  }));
  const last = (): (typeof t.asked)[number] => t.asked.at(-1)!;
  const closed: unknown[] = [];
  t.centre.onChange(({ interaction: it }) => void (it.state === "closed" && it.id !== "c" && closed.push(it.flowEnd?.how)));
  const cutAt = (id: string): void => {
    assert.equal(t.state(id).state, "flow");
    t.cut(id);
    t.channel.slow = false;
    assert.equal(t.state(id).closed?.why, "customer-left");
  };
  t.arrive("a");
  t.key("a", "1");
  last().answer({ ok: true, slots: [], inOrder: { position: 1, estimatedWaitMs: 60_000 } });
  t.key("a", "1");
  t.channel.slow = true;
  last().answer({ ok: true, callbackId: "cb_1", dueMs: 5_000 });
  cutAt("a");
  assert.deepEqual(t.state("a").flowEnd, { how: "callback", ref: "cb_1", exception: null, dueMs: 5_000 });

  t.arrive("b");
  assert.equal(t.channel.said.at(-1), "Menu", "not asked whether to go on behind the promise");
  t.key("b", "2");
  t.channel.slow = true;
  last().answer({ ok: true, messageId: "qm_1", seconds: 5 });
  cutAt("b");
  assert.deepEqual(t.state("b").flowEnd, { how: "voicemail", ref: "qm_1", exception: null, dueMs: null });
  t.arrive("c");
  assert.equal(t.channel.said.at(-1), "Menu", "not asked whether to go on behind the message");

  // the usual way to leave one: hanging up while it is recorded; it is stored a moment later
  t.key("c", "2");
  assert.equal(last().ask.kind, "record");
  t.cut("c");
  last().answer({ ok: true, messageId: "qm_2", seconds: 5 });
  assert.deepEqual([t.state("c").flowEnd?.how, t.state("c").closed?.why], ["voicemail", "customer-left"]);
  t.arrive("d");
  assert.equal(t.channel.said.at(-1), "Menu", "nor who hung up while it was recorded");

  t.arrive("e");
  t.key("e", "2");
  t.key("e", "0");
  last().answer({ ok: true, messageId: "qm_3", seconds: 1 });
  assert.deepEqual([t.state("e").state, t.state("e").flowEnd], ["queued", undefined], "who asked for a person meanwhile is at no end");

  t.key("d", "3");
  t.channel.slow = true;
  last().answer({ ok: true });
  cutAt("d");
  assert.equal(t.state("d").flowEnd?.how, "sms");
  assert.deepEqual(closed, ["callback", "callback", "voicemail", "voicemail", "sms", "sms"], "never seen without: what was announced while they waited is not broken");
});

test("words that the medium cannot say are no silence on the line: a person, from a question and on the way to one", () => {
  const document = flow({ first: menu({ "1": "more", "2": "sales" }), more: menu({ "1": "sales" }), sales });
  for (const [key, from] of [["1", "q_support"], ["0", "q_support"], ["2", "q_sales"]] as const) {
    const t = rig(document);
    t.arrive("a");
    t.channel.say = () => {
      throw new Error("ours");
    };
    t.key("a", key);
    assert.deepEqual([t.state("a").state, queueOf(t.state("a"))], ["queued", from], key);
  }
});
